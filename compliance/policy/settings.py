"""The sections of a policy, typed. What each means is in `schema.json`, where editors show it, too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from compliance.models.network import Destination, Network
from compliance.policy.selector import Selector


@dataclass(frozen=True, slots=True)
class RequiredOutput:
    """What an output has to look like: a named shape, how many values, a pattern for each."""

    shape: str = "any"
    minimum: int = 1
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class DeploymentSettings:
    """Settings of `deployment`."""

    required_outputs: Mapping[str, RequiredOutput] = field(default_factory=dict)


class RequiredAlgorithm(StrEnum):
    """A bucket's algorithm as a policy asks for it."""

    SSE_S3 = "SSE-S3"
    SSE_KMS = "SSE-KMS"
    DSSE_KMS = "DSSE-KMS"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class EncryptionRule:
    """What default encryption certain buckets must have. `key` and `bucket_key` None: either way will do."""

    algorithm: RequiredAlgorithm
    select: Selector = field(default_factory=Selector)
    key: str | None = None
    bucket_key: bool | None = None


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """How strictly one notification per event is meant for certain buckets."""

    overlap: Literal["event", "filter"]
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class MonitoringRule:
    """Which topic certain buckets must notify: its ARN, its name, or the key of the output that names it."""

    topic: str
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class StorageSettings:
    """Settings of `storage`."""

    encryption: tuple[EncryptionRule, ...] = ()
    notifications: tuple[NotificationRule, ...] = ()
    monitored: tuple[MonitoringRule, ...] = ()


@dataclass(frozen=True, slots=True)
class BlocksRule:
    """The address blocks that certain VPCs must have, no more and no fewer."""

    cidrs: tuple[Network, ...]
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier of subnets needs; None where the rule's own numbers hold."""

    minimum_zones: int | None = None
    subnets_per_zone: int = 1


@dataclass(frozen=True, slots=True)
class ZonesRule:
    """In how many zones each tier of certain VPCs must have subnets; without tiers, those that exist."""

    minimum: int
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """Settings of `network`. `reserved_cidrs` are ranges in use elsewhere: no VPC may overlap them."""

    cidrs: tuple[BlocksRule, ...] = ()
    reserved_cidrs: tuple[Network, ...] = ()
    zones: tuple[ZonesRule, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowLogRule:
    """Which flow logs certain VPCs need. Without destinations any one will do."""

    traffic: Literal["ALL", "ACCEPT", "REJECT"] = "ALL"
    destinations: tuple[Destination, ...] = ()
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class DeliveryRule:
    """How old the newest record of certain flow logs may be."""

    max_delay_minutes: int
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class FlowLogSettings:
    """Settings of `flow_logs`."""

    required: tuple[FlowLogRule, ...] = ()
    delivery: tuple[DeliveryRule, ...] = ()


@dataclass(frozen=True, slots=True)
class PrincipalException:
    """Principals to which a rule of `identity` does not apply, and why."""

    select: Selector
    reason: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of a reference in short form: these actions on these resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class Reference:
    """The most that certain roles may do: `allow` in short form, or a whole IAM `document`, or both."""

    select: Selector
    allow: tuple[Grant, ...] = ()
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Settings of `identity`. In `sensitive_actions`, `standard` stands for the shipped list."""

    sensitive_actions: tuple[str, ...] = ()
    managed_policies_allowed: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    admin_allowed: tuple[PrincipalException, ...] = ()
    escalation_allowed: tuple[PrincipalException, ...] = ()
    notaction_allowed: tuple[PrincipalException, ...] = ()
    sensitive_allowed: tuple[PrincipalException, ...] = ()
    wildcard_allowed: tuple[PrincipalException, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishersRule:
    """Which services certain topics must admit, and nobody else."""

    services: tuple[str, ...]
    select: Selector = field(default_factory=Selector)


@dataclass(frozen=True, slots=True)
class MessagingSettings:
    """Settings of `messaging`."""

    publishers: tuple[PublishersRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Trust:
    """Settings of `trust`: who is no outsider."""

    accounts: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    vpces: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the population must have been judged: a percentage of the applicable pairs."""

    minimum_percent: float = 0.0
