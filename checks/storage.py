"""Buckets."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import combinations

from compliance.access import Layers, Request, evaluate, parse
from compliance.check import Context, check
from compliance.models import Bucket, Function, Key, Queue, Topic
from compliance.models.storage import Encryption, Notification
from compliance.policy.settings import RequiredAlgorithm
from compliance.reasoning import allowed, exposure_of, public_violations, requests, shown
from compliance.verdict import NotApplicable, Violation

SERVICE = "s3.amazonaws.com"


@check(Bucket, id="s3-default-encryption", reads=("encryption", "Key.is_customer_managed", "Key.aliases"))
def default_encryption(bucket: Bucket, context: Context) -> Iterator[Violation]:
    """Buckets encrypt new objects with the algorithm and the key that the policy requires.

    KMS where SSE-S3 is required is a violation, too: readers would need the key as well.
    Source: Amazon S3 User Guide, "Setting default server-side encryption behavior for Amazon S3 buckets".
    """
    required, actual = context.policy.encryption_for(bucket), bucket.encryption
    if actual is None:
        yield Violation("no default encryption is set", required.algorithm, "none")
    elif required.algorithm not in {RequiredAlgorithm.ANY, actual.algorithm}:
        yield Violation("default encryption differs from the policy", required.algorithm, _shown(actual))
    elif required.key and actual.algorithm.uses_key and not _is_key(required.key, actual, bucket, context):
        yield Violation("the key differs from the policy", required.key, actual.key or "aws/s3")
    elif required.bucket_key not in {None, actual.bucket_key}:
        yield Violation(
            "the bucket key differs from the policy", f"{required.bucket_key}", f"{actual.bucket_key}"
        )


@check(Bucket, id="s3-single-notification", reads=("notifications",))
def single_notification(bucket: Bucket, context: Context) -> Iterator[Violation]:
    """No event of a bucket is sent by more than one notification.

    `s3:ObjectCreated:*` contains `s3:ObjectCreated:Put`. Where the policy says `filter`, the same event may
    occur again if prefix or suffix keep the keys apart.
    Source: Amazon S3 User Guide, "Configuring event notifications using object key name filtering".
    """
    rule = context.policy.notification_rule_for(bucket)
    for one, other in combinations(bucket.notifications, 2):
        shared = sorted({event for a in one.events for b in other.events for event in _common_events(a, b)})
        if shared and (rule.overlap == "event" or _filters_overlap(one, other)):
            both = f"{_described(one)} and {_described(other)}"
            yield Violation(f"{', '.join(shared)} is sent more than once", "one notification per event", both)


@check(
    Bucket,
    id="s3-notification-delivers",
    reads=("notifications", "Topic.document", "Queue.document", "Function.document"),
)
def notification_delivers(bucket: Bucket, context: Context) -> Iterator[Violation]:
    """Every notification has a destination that exists and admits S3, for this bucket or account alone.

    Buckets under monitoring notify the topic that the policy names.
    Source: Amazon S3 User Guide, "Granting permissions to publish event notification messages".
    """
    monitoring = context.policy.monitoring_for(bucket)
    if not bucket.notifications and not monitoring:
        raise NotApplicable("it has no notifications, and the policy asks for none")
    destinations = sorted({each.destination_arn for each in bucket.notifications})
    for arn in destinations:
        yield from _refused_by_destination(bucket, arn, context)
    if monitoring and not _notifies(bucket, monitoring.topic, context):
        actual = ", ".join(destinations) or "no notification"
        yield Violation(
            "the bucket does not notify the topic that the policy names", monitoring.topic, actual
        )


@check(Bucket, id="s3-policy-not-public", reads=("document",))
def policy_not_public(bucket: Bucket, context: Context) -> Iterator[Violation]:
    """A bucket's policy grants nothing to the public, decided by what the policy means.

    Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public".
    """
    if bucket.document is None:
        return
    yield from public_violations(exposure_of(bucket.document, bucket, context.policy, "s3"))


def _is_key(required: str, actual: Encryption, bucket: Bucket, context: Context) -> bool:
    """Whether the bucket's key is the required one, however either is named."""
    if actual.key is None or actual.key.endswith("alias/aws/s3"):
        return required in {"aws-managed", "alias/aws/s3"}
    if actual.key == required:
        return True
    for key in context.inventory.of(Key, via=bucket):
        names = {key.arn, key.name, f"output:{key.output_key}", *key.aliases}
        if actual.key in names or any(actual.key.endswith(f":{alias}") for alias in key.aliases):
            names.add("customer-managed" if key.is_customer_managed else "aws-managed")
            return required in names
    if not (":key/" in required and ":key/" in actual.key):  # the ARNs of two keys need no looking up
        context.inventory.find(Key, actual.key)  # raises where nobody knows the key
    return False


def _common_events(one: str, other: str) -> Iterator[str]:
    """The narrower of two event types if one contains the other."""
    if fnmatchcase(one, other):
        yield one
    elif fnmatchcase(other, one):
        yield other


def _filters_overlap(one: Notification, other: Notification) -> bool:
    """Whether some key passes both filters, the way S3 compares them: prefixes, and suffixes."""
    prefixes = one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix)
    suffixes = one.suffix.endswith(other.suffix) or other.suffix.endswith(one.suffix)
    return prefixes and suffixes


def _refused_by_destination(bucket: Bucket, arn: str, context: Context) -> Iterator[Violation]:
    """What is wrong with the destination: not there, closed to S3, or open to everybody's buckets."""
    kind, action = {
        "sns": (Topic, "sns:Publish"),
        "sqs": (Queue, "sqs:SendMessage"),
        "lambda": (Function, "lambda:InvokeFunction"),
    }[arn.split(":")[2]]
    destination = context.inventory.find(kind, arn)
    if destination is None:
        yield Violation("the destination does not exist", "a destination that exists", arn)
        return
    layers = Layers(resource_policy=parse(destination.document) if destination.document else None)
    yield from _closed(bucket, action, arn, layers)
    yield from _open_to_others(bucket, action, arn, layers)


def _closed(bucket: Bucket, action: str, arn: str, layers: Layers) -> Iterator[Violation]:
    """Whether S3 may not do it for this bucket."""
    source = {"aws:SourceArn": bucket.arn, "aws:SourceAccount": bucket.address.account}
    if not evaluate(Request(SERVICE, action, arn, context=source), layers).allowed:
        yield Violation(
            f"the destination does not let S3 do {action}", "a policy that admits this bucket", arn
        )


def _open_to_others(bucket: Bucket, action: str, arn: str, layers: Layers) -> Iterator[Violation]:
    """Whether S3 may do it for a bucket of somebody else."""
    account = bucket.address.account
    strangers = {
        "StringLike": {"aws:SourceArn": "arn:*:s3:::?*", "aws:SourceAccount": "????????????"},
        "StringNotLike": {"aws:SourceArn": "arn:*:s3:::*:*"},  # no bucket's name has a colon
        "StringNotEquals": {"aws:SourceAccount": account, "aws:SourceOwner": account},
        "ArnNotEquals": {"aws:SourceArn": bucket.arn},
    }
    if witness := allowed(layers, requests([action], [arn], strangers), SERVICE, account):
        expected = "aws:SourceArn or aws:SourceAccount limited to this bucket or account"
        yield Violation(
            "the destination admits S3 for other accounts' buckets", expected, shown(witness), arn
        )


def _notifies(bucket: Bucket, topic: str, context: Context) -> bool:
    """Whether a notification goes to the topic, which the policy names by ARN, name or output."""
    destinations = {each.destination_arn for each in bucket.notifications}
    if topic in destinations or topic in {arn.rpartition(":")[2] for arn in destinations}:
        return True
    named = [each for each in context.inventory.of(Topic, via=bucket) if f"output:{each.output_key}" == topic]
    return any(each.arn in destinations for each in named)


def _shown(encryption: Encryption) -> str:
    return f"{encryption.algorithm} with {encryption.key}" if encryption.key else encryption.algorithm.value


def _described(notification: Notification) -> str:
    keys = "".join(
        f" {word} {value!r}"
        for word, value in (("prefix", notification.prefix), ("suffix", notification.suffix))
        if value
    )
    sent = f"{', '.join(notification.events)}{keys} to {notification.destination_arn}"
    return f"{notification.name or 'unnamed'} ({sent})"
