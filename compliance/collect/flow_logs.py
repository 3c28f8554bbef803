"""Reading flow logs: how they are set up, whether they deliver, and when data last arrived."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.collect.arns import handle_of
from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.tags import tags_of
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.models import Bucket, FlowLog, LogGroup, Role, Vpc
from compliance.models.network import Destination

_FLOW_LOGS = "ec2:DescribeFlowLogs"
LOOK_BACK_DAYS = 3


@lists(FlowLog, calls=_FLOW_LOGS)
def flow_logs(at: Reach) -> Iterator[Handle]:
    """All flow logs of the region."""
    return (at.handle("FlowLog", row["FlowLogId"]) for row in at.rows(_FLOW_LOGS, "FlowLogs"))


@probes(FlowLog, calls=_FLOW_LOGS)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the flow log exists."""
    return bool(_row(at, handle))


@links(Vpc, FlowLog, calls=_FLOW_LOGS)
def flow_logs_of(at: Reach, vpc: Handle) -> Iterator[Handle]:
    """The flow logs of the VPC itself."""
    rows = (row for row in at.rows(_FLOW_LOGS, "FlowLogs") if row["ResourceId"] == vpc.name)
    return (at.handle("FlowLog", row["FlowLogId"]) for row in rows)


@links(FlowLog, Role, Bucket, LogGroup, calls=_FLOW_LOGS)
def leads_to(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The role that delivers, and the bucket or log group that it delivers to."""
    row = _row(at, handle)
    for arn in (row.get("DeliverLogsPermissionArn"), _destination_arn(at, row)):
        if arn and (found := handle_of(at, arn)):
            yield found


@reads(
    FlowLog,
    "resource_id is_active traffic destination destination_arn role_arn delivery_status delivery_error tags",
    calls=_FLOW_LOGS,
)
def flow_log(at: Reach, handle: Handle) -> dict[str, Any]:
    """A flow log as EC2 describes it. `LogDestinationType` is absent from the oldest: CloudWatch Logs."""
    row = _row(at, handle)
    return {
        "resource_id": row["ResourceId"],
        "is_active": row["FlowLogStatus"] == "ACTIVE",
        "traffic": row.get("TrafficType", "ALL"),  # flow logs of a transit gateway have none
        "destination": _destination(row),
        "destination_arn": _destination_arn(at, row),
        "role_arn": row.get("DeliverLogsPermissionArn"),
        "delivery_status": row.get("DeliverLogsStatus"),
        "delivery_error": row.get("DeliverLogsErrorMessage"),
        "tags": tags_of(row.get("Tags")),
    }


@reads(FlowLog, "newest_data_at", calls=f"{_FLOW_LOGS} logs:DescribeLogStreams s3:ListObjectsV2")
def newest_data_at(at: Reach, handle: Handle) -> datetime | None:
    """When data last arrived at the destination. A destination that is gone holds none.

    For CloudWatch Logs by the newest stream's own times, which AWS updates within the hour; for S3 by the
    newest object of this flow log. Source: Amazon VPC User Guide, "Flow log records" and "Flow log files".
    """
    row = _row(at, handle)
    arn = _destination_arn(at, row)
    try:
        if _destination(row) is Destination.S3:
            return _newest_object(at, arn, handle)
        if _destination(row) is Destination.FIREHOSE:
            raise FactUnreadable(arn, Unreadable(Cause.NOT_COLLECTED, message="a stream shows no arrivals"))
        return _newest_event(at, arn)
    except Gone:
        return None


def _newest_event(at: Reach, arn: str) -> datetime | None:
    group = arn.split(":log-group:", 1)[1].removesuffix(":*")
    answer = at.ask(
        "logs:DescribeLogStreams", logGroupName=group, orderBy="LastEventTime", descending=True, limit=1
    )
    for stream in answer["logStreams"]:
        newest = max(stream.get("lastEventTimestamp", 0), stream.get("lastIngestionTime", 0))
        return datetime.fromtimestamp(newest / 1000, UTC) if newest else None
    return None


def _newest_object(at: Reach, arn: str, handle: Handle) -> datetime | None:
    """The newest object below the day folders, newest day first, plain and Hive-compatible ones."""
    bucket, _, prefix = arn.split(":::", 1)[1].partition("/")
    for days_ago in range(LOOK_BACK_DAYS):
        day = at.now - timedelta(days=days_ago)
        for folder in _day_folders(at, prefix, day):
            page = at.rows("s3:ListObjectsV2", "Contents", Bucket=bucket, Prefix=folder)
            if times := [each["LastModified"] for each in page if handle.name in each["Key"]]:
                return max(times)  # type: ignore[no-any-return]
    return None


def _day_folders(at: Reach, prefix: str, day: datetime) -> Iterator[str]:
    base = f"{prefix.rstrip('/')}/AWSLogs" if prefix.strip("/") else "AWSLogs"
    yield f"{base}/{at.account}/vpcflowlogs/{at.region}/{day:%Y/%m/%d}/"
    yield (
        f"{base}/aws-account-id={at.account}/aws-service=vpcflowlogs/aws-region={at.region}/"
        f"year={day:%Y}/month={day:%m}/day={day:%d}/"
    )


def _destination(row: Answer) -> Destination:
    return Destination(row.get("LogDestinationType", Destination.CLOUD_WATCH_LOGS.value))


def _destination_arn(at: Reach, row: Answer) -> str:
    if (stated := row.get("LogDestination", "")).startswith("arn:"):
        return str(stated)
    # A log group may be told by its name, whichever member holds it.
    return f"arn:{at.partition}:logs:{at.region}:{at.account}:log-group:{stated or row['LogGroupName']}"


def _row(at: Reach, handle: Handle) -> Answer:
    return at.row(_FLOW_LOGS, "FlowLogs", "FlowLogId", handle.name)
