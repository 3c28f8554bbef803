"""Buckets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from compliance.models.resource import Resource, resource


class Algorithm(StrEnum):
    """How a bucket encrypts new objects, named as people name it."""

    SSE_S3 = "SSE-S3"
    SSE_KMS = "SSE-KMS"
    DSSE_KMS = "DSSE-KMS"

    @property
    def uses_key(self) -> bool:
        """Whether a KMS key does it."""
        return self is not Algorithm.SSE_S3


@dataclass(frozen=True, slots=True)
class Encryption:
    """Default encryption. `key` is the key's id, ARN or alias; None with KMS is the AWS-managed key."""

    algorithm: Algorithm
    key: str | None
    bucket_key: bool


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: which events on which keys go where. `name` is its configuration id."""

    name: str
    destination_arn: str
    events: tuple[str, ...]
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class PublicAccessBlock:
    """The four switches of one level, bucket or account."""

    blocks_acls: bool
    ignores_acls: bool
    blocks_policies: bool
    restricts_buckets: bool


@resource
class Bucket(Resource):
    """A bucket. `document` is its policy; `versioning` is `Enabled`, `Suspended` or None (never on)."""

    encryption: Encryption | None
    notifications: tuple[Notification, ...]
    document: str | None
    public_access_block: PublicAccessBlock | None
    versioning: str | None
    tags: Mapping[str, str]
