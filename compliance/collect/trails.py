"""Reading trails."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import arn_of, handle_of
from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.storage import key_handle
from compliance.collect.tags import tags_of
from compliance.models import Bucket, Key, LogGroup, Role, Trail

_DESCRIBE = "cloudtrail:DescribeTrails"


def _rows(at: Reach) -> list[Answer]:
    # Shadows of trails at home elsewhere would be judged twice.
    return at.rows(_DESCRIBE, "trailList", includeShadowTrails=False)


def _row(at: Reach, handle: Handle) -> Answer:
    for row in _rows(at):
        if row["Name"] == handle.name:
            return row
    raise Gone(_DESCRIBE)


@lists(Trail, calls=_DESCRIBE)
def trails(at: Reach) -> Iterator[Handle]:
    """The trails whose home is this region."""
    return (at.handle("Trail", row["Name"], arn=row["TrailARN"]) for row in _rows(at))


@probes(Trail, calls=_DESCRIBE)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the trail exists."""
    return bool(_row(at, handle))


@reads(Trail, "is_multi_region validates_files bucket key_arn log_group_arn role_arn", calls=_DESCRIBE)
def trail(at: Reach, handle: Handle) -> dict[str, Any]:
    """What the trail is told to do."""
    row = _row(at, handle)
    return {
        "arn": row["TrailARN"],
        "is_multi_region": row["IsMultiRegionTrail"],
        "validates_files": row["LogFileValidationEnabled"],
        "bucket": row["S3BucketName"],
        "key_arn": row.get("KmsKeyId"),
        "log_group_arn": row.get("CloudWatchLogsLogGroupArn"),
        "role_arn": row.get("CloudWatchLogsRoleArn"),
    }


@reads(Trail, "is_logging delivered_at delivery_error", calls="cloudtrail:GetTrailStatus")
def status(at: Reach, handle: Handle) -> dict[str, Any]:
    """Whether it is logging, and when it last delivered."""
    answer = at.ask("cloudtrail:GetTrailStatus", Name=arn_of(handle, at.partition))
    return {
        "is_logging": answer["IsLogging"],
        "delivered_at": answer.get("LatestDeliveryTime"),
        "delivery_error": answer.get("LatestDeliveryError") or None,
    }


@reads(Trail, "tags", calls="cloudtrail:ListTags")
def tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The trail's tags."""
    arn = arn_of(handle, at.partition)
    for row in at.rows("cloudtrail:ListTags", "ResourceTagList", ResourceIdList=[arn]):
        return tags_of(row["TagsList"])
    return {}


@links(Trail, Bucket, LogGroup, Key, Role, calls=_DESCRIBE)
def leads_to(at: Reach, handle: Handle) -> Iterator[Handle]:
    """Its bucket, log group, key and role."""
    row = _row(at, handle)
    yield at.handle("Bucket", row["S3BucketName"])
    if key := row.get("KmsKeyId"):
        yield key_handle(at, key)
    for arn in (row.get("CloudWatchLogsLogGroupArn"), row.get("CloudWatchLogsRoleArn")):
        if arn and (found := handle_of(at, arn)):
            yield found
