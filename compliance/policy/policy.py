"""A policy, loaded and resolved for one environment. Knows nothing of files."""

from dataclasses import dataclass, field
from typing import Literal

from compliance.models import Resource
from compliance.policy.selector import Selecting, first_for
from compliance.policy.settings import (
    BlocksRule,
    Coverage,
    DeliveryRule,
    DeploymentSettings,
    EncryptionRule,
    FlowLogRule,
    FlowLogSettings,
    IdentitySettings,
    MessagingSettings,
    MonitoringRule,
    NetworkSettings,
    NotificationRule,
    PrincipalException,
    PublishersRule,
    Reference,
    StorageSettings,
    Trust,
    ZonesRule,
)
from compliance.policy.waiver import Waiver
from compliance.verdict import NotApplicable


@dataclass(frozen=True, slots=True)
class Policy:
    """What must hold. Each `…_for` gives the setting for a resource; NotApplicable: there is none.

    Of several settings that select a resource, the first one counts.
    """

    environment: str | None = None
    unknown: Literal["error", "skip"] = "error"
    coverage: Coverage = field(default_factory=Coverage)
    deployment: DeploymentSettings = field(default_factory=DeploymentSettings)
    storage: StorageSettings = field(default_factory=StorageSettings)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    flow_logs: FlowLogSettings = field(default_factory=FlowLogSettings)
    identity: IdentitySettings = field(default_factory=IdentitySettings)
    messaging: MessagingSettings = field(default_factory=MessagingSettings)
    trust: Trust = field(default_factory=Trust)
    waivers: tuple[Waiver, ...] = ()

    def encryption_for(self, bucket: Resource) -> EncryptionRule:
        """The default encryption that the bucket must have."""
        return first_for(self.storage.encryption, bucket, "encryption")

    def notification_rule_for(self, bucket: Resource) -> NotificationRule:
        """How one notification per event is meant; strictly by event if the policy says nothing."""
        return first_for((*self.storage.notifications, NotificationRule("event")), bucket, "notifications")

    def monitoring_for(self, bucket: Resource) -> MonitoringRule | None:
        """The topic that the bucket must notify, None if it need not notify any."""
        return next((rule for rule in self.storage.monitored if rule.select.matches(bucket)), None)

    def blocks_for(self, vpc: Resource) -> BlocksRule:
        """The address blocks that the VPC must have."""
        return first_for(self.network.cidrs, vpc, "address blocks")

    def zones_for(self, vpc: Resource) -> ZonesRule:
        """The zones and tiers that the VPC must have."""
        return first_for(self.network.zones, vpc, "zones")

    def flow_logs_for(self, vpc: Resource) -> tuple[FlowLogRule, ...]:
        """All flow logs that the VPC must have; every matching rule counts."""
        rules = tuple(rule for rule in self.flow_logs.required if rule.select.matches(vpc))
        if not rules:
            raise NotApplicable("the policy requires no flow log for it")
        return rules

    def delivery_for(self, flow_log: Resource) -> DeliveryRule:
        """How fresh the flow log's data must be."""
        return first_for(self.flow_logs.delivery, flow_log, "delivery delay")

    def reference_for(self, role: Resource) -> Reference:
        """The most that the role may do."""
        return first_for(self.identity.references, role, "reference access")

    def publishers_for(self, topic: Resource) -> PublishersRule | None:
        """The services that the topic must admit, None if the policy names none."""
        return next((rule for rule in self.messaging.publishers if rule.select.matches(topic)), None)

    def waiver_for(self, check: str, subject: Resource) -> Waiver | None:
        """The waiver that covers the pair, the one that lasts longest if there are several."""
        covering = [waiver for waiver in self.waivers if waiver.covers(check, subject)]
        return max(covering, key=lambda waiver: waiver.expires, default=None)

    def selects_by_tag(self) -> bool:
        """Whether any setting needs to know tags."""
        sections = (self.storage, self.network, self.flow_logs, self.identity, self.messaging)
        settings = [each for section in sections for each in _settings(section)]
        return any(each.select.tag for each in (*settings, *self.waivers))


def exempt(exceptions: tuple[PrincipalException, ...], subject: Resource) -> None:
    """Raise NotApplicable with the stated reason if an exception selects the resource."""
    for each in exceptions:
        if each.select.matches(subject):
            raise NotApplicable(f"excepted by the policy: {each.reason}")


def _settings(section: object) -> list[Selecting]:
    groups = (getattr(section, name) for name in section.__dataclass_fields__)  # type: ignore[attr-defined]
    return [each for group in groups if isinstance(group, tuple) for each in group if hasattr(each, "select")]
