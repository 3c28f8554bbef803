"""Reading buckets."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import handle_of
from compliance.collect.client import Answer
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.tags import tags_of
from compliance.models import Bucket, Function, Key, Queue, Topic
from compliance.models.storage import Algorithm, Encryption, Notification, PublicAccessBlock

_ENCRYPTION = "s3:GetBucketEncryption"
_NOTIFICATIONS = "s3:GetBucketNotificationConfiguration"

_ALGORITHMS = {
    "AES256": Algorithm.SSE_S3,
    "aws:kms": Algorithm.SSE_KMS,
    "aws:kms:dsse": Algorithm.DSSE_KMS,
}
_DESTINATIONS = (
    ("TopicConfigurations", "TopicArn"),
    ("QueueConfigurations", "QueueArn"),
    ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
)


@lists(Bucket, calls="s3:ListBuckets")
def buckets(at: Reach) -> Iterator[Handle]:
    """The buckets of this region; where the answer names no region, all of them are the home region's."""
    for row in _listed(at):
        # "EU" is how the oldest buckets of eu-west-1 are listed (GetBucketLocation, API reference).
        region = {"EU": "eu-west-1"}.get(row.get("BucketRegion", ""), row.get("BucketRegion", at.home_region))
        if region == at.region:
            yield at.handle("Bucket", row["Name"])


@probes(Bucket, calls="s3:ListBuckets")
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether this account owns a bucket of that name."""
    return any(row["Name"] == handle.name for row in _listed(at))


def _listed(at: Reach) -> list[Answer]:
    # Regions are in the answer if the request has any parameter (ListBuckets, API reference).
    return at.rows("s3:ListBuckets", "Buckets", MaxBuckets=10_000)


@reads(Bucket, "encryption", calls=_ENCRYPTION)
def encryption(at: Reach, handle: Handle) -> Encryption | None:
    """The first rule's default, which is the only one that AWS keeps."""
    answer = at.ask_or_none(_ENCRYPTION, Bucket=handle.name)
    if answer is None:
        return None
    rule = answer["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule["ApplyServerSideEncryptionByDefault"]
    algorithm = _ALGORITHMS[default["SSEAlgorithm"]]
    return Encryption(algorithm, default.get("KMSMasterKeyID"), rule.get("BucketKeyEnabled", False))


@reads(Bucket, "notifications", calls=_NOTIFICATIONS)
def notifications(at: Reach, handle: Handle) -> tuple[Notification, ...]:
    """All notifications but EventBridge's, which takes every event beside them. Sorted by name."""
    answer = at.ask(_NOTIFICATIONS, Bucket=handle.name)
    found = [
        Notification(row.get("Id", ""), row[arn], tuple(sorted(row["Events"])), *_filter_of(row))
        for key, arn in _DESTINATIONS
        for row in answer.get(key, ())
    ]
    return tuple(sorted(found, key=lambda each: (each.name, each.destination_arn, each.events)))


@reads(Bucket, "document", calls="s3:GetBucketPolicy")
def document(at: Reach, handle: Handle) -> str | None:
    """The bucket policy."""
    answer = at.ask_or_none("s3:GetBucketPolicy", Bucket=handle.name)
    return None if answer is None else answer["Policy"]


@reads(Bucket, "public_access_block", calls="s3:GetPublicAccessBlock")
def public_access_block(at: Reach, handle: Handle) -> PublicAccessBlock | None:
    """The bucket's own switches, None where it was never given any."""
    answer = at.ask_or_none("s3:GetPublicAccessBlock", Bucket=handle.name)
    if answer is None:
        return None
    switches = answer["PublicAccessBlockConfiguration"]
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return PublicAccessBlock(*(bool(switches.get(name, False)) for name in names))


@reads(Bucket, "versioning", calls="s3:GetBucketVersioning")
def versioning(at: Reach, handle: Handle) -> str | None:
    """Enabled, Suspended, or None where it was never on."""
    return at.ask("s3:GetBucketVersioning", Bucket=handle.name).get("Status")


@reads(Bucket, "tags", calls="s3:GetBucketTagging")
def tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The bucket's tags."""
    answer = at.ask_or_none("s3:GetBucketTagging", Bucket=handle.name)
    return tags_of(None if answer is None else answer["TagSet"])


@links(Bucket, Key, calls=_ENCRYPTION)
def key_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The key that it encrypts with, if it names one."""
    if (default := encryption(at, handle)) and default.key:
        yield key_handle(at, default.key)


@links(Bucket, Topic, Queue, Function, calls=_NOTIFICATIONS)
def destinations_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """Where its notifications go."""
    for each in notifications(at, handle):
        if found := handle_of(at, each.destination_arn):
            yield found


def key_handle(at: Reach, key: str) -> Handle:
    """The handle of a key that is named by ARN, id or alias."""
    return (handle_of(at, key) if key.startswith("arn:") else None) or at.handle("Key", key)


def _filter_of(row: Answer) -> tuple[str, str]:
    """Prefix and suffix; AWS writes `Prefix`, everyone else `prefix`."""
    rules: list[Any] = row.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    values = {rule["Name"].lower(): rule["Value"] for rule in rules}
    return values.get("prefix", ""), values.get("suffix", "")
