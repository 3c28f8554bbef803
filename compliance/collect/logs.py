"""Reading log groups, one by one by name: an account may have tens of thousands."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.storage import key_handle
from compliance.collect.tags import tags_of
from compliance.models import Key, LogGroup

_DESCRIBE = "logs:DescribeLogGroups"


@lists(LogGroup, calls=_DESCRIBE)
def log_groups(at: Reach) -> Iterator[Handle]:
    """All log groups of the region."""
    return (at.handle("LogGroup", row["logGroupName"]) for row in at.rows(_DESCRIBE, "logGroups"))


@probes(LogGroup, calls=_DESCRIBE)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the log group exists."""
    return bool(_row(at, handle))


@reads(LogGroup, "retention_days key_arn", calls=_DESCRIBE)
def log_group(at: Reach, handle: Handle) -> dict[str, Any]:
    """A log group; without `retentionInDays` it keeps for ever, without `kmsKeyId` AWS encrypts it."""
    row = _row(at, handle)
    return {"retention_days": row.get("retentionInDays"), "key_arn": row.get("kmsKeyId")}


@reads(LogGroup, "tags", calls="logs:ListTagsForResource")
def tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The log group's tags."""
    arn = f"arn:{at.partition}:logs:{handle.region}:{handle.account}:log-group:{handle.name}"
    found: dict[str, str] = at.ask("logs:ListTagsForResource", resourceArn=arn)["tags"]
    return tags_of({"Key": key, "Value": value} for key, value in found.items())


@links(LogGroup, Key, calls=_DESCRIBE)
def key_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The key that encrypts it, if it has one of its own."""
    if key := _row(at, handle).get("kmsKeyId"):
        yield key_handle(at, key)


def _row(at: Reach, handle: Handle) -> Answer:
    # A prefix also finds longer names; the list has no way to ask for exactly one.
    for row in at.rows(_DESCRIBE, "logGroups", logGroupNamePrefix=handle.name):
        if row["logGroupName"] == handle.name:
            return row
    raise Gone(_DESCRIBE)
