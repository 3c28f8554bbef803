"""Flow logs: where they deliver, what AWS says of it, and when data last arrived."""

from datetime import UTC, datetime, timedelta

import pytest

from compliance.evidence import Cause, Known
from compliance.models.network import Destination

from .recorded import ACCOUNT, NOW, REGION, Recorded, Refusal, fact, handle, led_to

GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/vpc/app"
LOG = handle("FlowLog", "fl-1")


def described(**more):
    row = {"FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "ResourceId": "vpc-1", "TrafficType": "ALL"}
    return {"FlowLogs": [row | more]}


def to_group(**more):
    return described(LogDestinationType="cloud-watch-logs", LogGroupName="/vpc/app", **more)


def to_bucket(destination="arn:aws:s3:::logs"):
    return described(LogDestinationType="s3", LogDestination=destination)


@pytest.mark.parametrize(
    ("answer", "destination", "arn"),
    [
        (to_group(), Destination.CLOUD_WATCH_LOGS, GROUP),
        (described(LogGroupName="/vpc/app"), Destination.CLOUD_WATCH_LOGS, GROUP),
        (to_group(LogDestination=GROUP), Destination.CLOUD_WATCH_LOGS, GROUP),
        (to_group(LogDestination=f"{GROUP}:*"), Destination.CLOUD_WATCH_LOGS, f"{GROUP}:*"),
        (
            described(LogDestinationType="cloud-watch-logs", LogDestination="/vpc/app"),
            Destination.CLOUD_WATCH_LOGS,
            GROUP,
        ),
        (to_bucket("arn:aws:s3:::logs/network/"), Destination.S3, "arn:aws:s3:::logs/network/"),
    ],
)
def test_the_destination_however_it_is_told(answer, destination, arn):
    session = Recorded(ec2__DescribeFlowLogs=answer)
    assert fact(session, "FlowLog", "destination", LOG) == Known(destination)
    session = Recorded(ec2__DescribeFlowLogs=answer)
    assert fact(session, "FlowLog", "destination_arn", LOG) == Known(arn)


def test_a_destination_of_a_new_kind_is_no_fact():
    answer = described(LogDestinationType="pigeon", LogDestination="arn:aws:pigeon:::loft")
    said = fact(Recorded(ec2__DescribeFlowLogs=answer), "FlowLog", "destination", LOG)
    assert said.cause is Cause.MALFORMED


def test_what_aws_says_of_a_failed_delivery():
    answer = to_group(DeliverLogsStatus="FAILED", DeliverLogsErrorMessage="Access error")
    session = Recorded(ec2__DescribeFlowLogs=answer)
    assert fact(session, "FlowLog", "delivery_status", LOG) == Known("FAILED")
    assert fact(session, "FlowLog", "delivery_error", LOG) == Known("Access error")


def test_nothing_is_said_before_the_first_delivery():
    session = Recorded(ec2__DescribeFlowLogs=to_group())
    for name in ("delivery_status", "delivery_error", "role_arn"):
        assert fact(session, "FlowLog", name, LOG) == Known(None)


def test_it_leads_to_role_group_and_bucket():
    role = f"arn:aws:iam::{ACCOUNT}:role/delivery"
    session = Recorded(ec2__DescribeFlowLogs=to_group(DeliverLogsPermissionArn=role))
    assert [each.name for each in led_to(session, LOG, "Role")] == ["delivery"]
    assert [each.name for each in led_to(session, LOG, "LogGroup")] == ["/vpc/app"]
    session = Recorded(ec2__DescribeFlowLogs=to_bucket("arn:aws:s3:::logs/network/"))
    assert [(each.name, each.arn) for each in led_to(session, LOG, "Bucket")] == [
        ("logs", "arn:aws:s3:::logs")
    ]


# When data last arrived


def newest(session):
    return fact(session, "FlowLog", "newest_data_at", LOG)


def stream(**times):
    return {"logStreams": [{name: int(at.timestamp() * 1000) for name, at in times.items()}]}


def test_the_newest_event_of_a_group_by_whichever_time_is_later():
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    session = Recorded(
        ec2__DescribeFlowLogs=to_group(),
        logs__DescribeLogStreams=stream(lastEventTimestamp=early, lastIngestionTime=late),
    )
    assert newest(session) == Known(late)
    assert session.asked["logs:DescribeLogStreams"] == [
        {"logGroupName": "/vpc/app", "orderBy": "LastEventTime", "descending": True, "limit": 1}
    ]


@pytest.mark.parametrize("streams", [{"logStreams": []}, {"logStreams": [{"logStreamName": "fresh"}]}])
def test_a_group_that_nothing_has_reached(streams):
    session = Recorded(ec2__DescribeFlowLogs=to_group(), logs__DescribeLogStreams=streams)
    assert newest(session) == Known(None)


def test_a_group_that_is_gone_holds_nothing():
    gone = Refusal("ResourceNotFoundException", "no such group")
    session = Recorded(ec2__DescribeFlowLogs=to_group(), logs__DescribeLogStreams=gone)
    assert newest(session) == Known(None)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Refusal("AccessDeniedException", "no"), Cause.DENIED),
        (Refusal("ExpiredTokenException", "expired"), Cause.CREDENTIALS),
        ({}, Cause.MALFORMED),
        ({"logStreams": [{"lastEventTimestamp": 10**18}]}, Cause.MALFORMED),
    ],
)
def test_a_group_that_does_not_tell_is_not_an_empty_one(answer, cause):
    session = Recorded(ec2__DescribeFlowLogs=to_group(), logs__DescribeLogStreams=answer)
    assert newest(session).cause is cause


def objects(*rows):
    contents = [{"Key": key, "LastModified": at} for key, at in rows]
    return {"KeyCount": len(rows), "IsTruncated": False} | ({"Contents": contents} if rows else {})


NONE = objects()
TODAY = f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/2026/03/01/"
HIVE = f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/year={{}}/month={{}}/day={{}}/"


def key(name, folder=TODAY):
    return f"{folder}{ACCOUNT}_vpcflowlogs_{REGION}_{name}_20260301T0005Z_0a1b2c3d.log.gz"


def test_the_newest_object_is_this_flow_logs_own():
    at, later = datetime(2026, 3, 1, 0, 5, tzinfo=UTC), datetime(2026, 3, 1, 0, 10, tzinfo=UTC)
    page = objects((key("fl-1"), at), (key("fl-2"), later))
    session = Recorded(ec2__DescribeFlowLogs=to_bucket(), s3__ListObjectsV2=page)
    assert newest(session) == Known(at)
    assert session.asked["s3:ListObjectsV2"] == [{"Bucket": "logs", "Prefix": TODAY}]


def test_after_midnight_yesterday_counts_in_either_layout():
    at = datetime(2026, 2, 28, 23, 55, tzinfo=UTC)
    pages = [NONE, NONE, NONE, objects((key("fl-1", "any/"), at))]
    session = Recorded(ec2__DescribeFlowLogs=to_bucket("arn:aws:s3:::logs/network/"), s3__ListObjectsV2=pages)
    assert newest(session) == Known(at)
    base = "network/AWSLogs/"
    assert [each["Prefix"] for each in session.asked["s3:ListObjectsV2"]] == [
        f"{base}{ACCOUNT}/vpcflowlogs/{REGION}/2026/03/01/",
        base + HIVE.format("2026", "03", "01"),
        f"{base}{ACCOUNT}/vpcflowlogs/{REGION}/2026/02/28/",
        base + HIVE.format("2026", "02", "28"),
    ]


def test_three_days_without_an_object_are_none():
    session = Recorded(ec2__DescribeFlowLogs=to_bucket(), s3__ListObjectsV2=NONE)
    assert newest(session) == Known(None)
    assert len(session.asked["s3:ListObjectsV2"]) == 6


def test_a_bucket_that_is_gone_holds_nothing():
    session = Recorded(
        ec2__DescribeFlowLogs=to_bucket(), s3__ListObjectsV2=Refusal("NoSuchBucket", "gone", 404)
    )
    assert newest(session) == Known(None)


def test_a_bucket_that_is_closed_is_not_an_empty_one():
    session = Recorded(
        ec2__DescribeFlowLogs=to_bucket(), s3__ListObjectsV2=Refusal("AccessDenied", "no", 403)
    )
    assert newest(session).cause is Cause.DENIED


def test_a_stream_shows_no_arrivals():
    arn = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/logs"
    answer = described(LogDestinationType="kinesis-data-firehose", LogDestination=arn)
    assert newest(Recorded(ec2__DescribeFlowLogs=answer)).cause is Cause.NOT_COLLECTED
