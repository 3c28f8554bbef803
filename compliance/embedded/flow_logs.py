"""Flow logs as the example systems have them: two destinations, a role, and the traces of a delivery.

Like `building`: plain API calls, one after the other, everything named and tagged.
"""

from datetime import UTC, datetime

from compliance.embedded.building import Document, Site, role, trust

_ROLE_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams")


def logs_may_be_delivered(site: Site, name: str) -> list[Document]:
    """Return the bucket statements with which the log delivery service writes for this account."""
    by_this_account = {
        "StringEquals": {"aws:SourceAccount": site.account_id},
        "ArnLike": {"aws:SourceArn": site.arn("logs", "*")},
    }
    service = {"Service": "delivery.logs.amazonaws.com"}
    write = {
        "Sid": "AWSLogDeliveryWrite",
        "Effect": "Allow",
        "Principal": service,
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/AWSLogs/{site.account_id}/*",
        "Condition": by_this_account,
    }
    check = {
        "Sid": "AWSLogDeliveryCheck",
        "Effect": "Allow",
        "Principal": service,
        "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
        "Resource": f"arn:aws:s3:::{name}",
        "Condition": by_this_account,
    }
    return [write, check]


def destinations(site: Site, vpc_id: str, *, group: str, role_arn: str, bucket_name: str) -> list[str]:
    """Send all traffic of a VPC to a log group and, without a prefix, to a bucket. Returns the ids."""
    common = {
        "ResourceIds": [vpc_id],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "TagSpecifications": site.tagged("vpc-flow-log", site.name("flow-log")),
    }
    to_group = site.ec2.create_flow_logs(
        LogDestinationType="cloud-watch-logs", LogGroupName=group, DeliverLogsPermissionArn=role_arn, **common
    )
    to_bucket = site.ec2.create_flow_logs(
        LogDestinationType="s3", LogDestination=f"arn:aws:s3:::{bucket_name}", **common
    )
    return [*to_group["FlowLogIds"], *to_bucket["FlowLogIds"]]


def delivery_role(site: Site, name: str, group_arn: str) -> str:
    """Make the role that may write to one log group and no more. Returns its ARN."""
    statement = {"Effect": "Allow", "Action": list(_ROLE_ACTIONS), "Resource": f"{group_arn}:*"}
    guarded = trust(site, "vpc-flow-logs.amazonaws.com", site.arn("ec2", "vpc-flow-log/*"))
    return role(site, name, guarded, [statement])


def delivered_now(site: Site, flow_log_id: str, *, group: str, bucket_name: str) -> None:
    """Leave the traces of a delivery: one event in the group and one object in the bucket, of this minute.

    The object's name has the id of the flow log that delivers there, as AWS names them.
    """
    now = datetime.now(UTC)
    record = f"2 {site.account_id} eni-0a1b2c3d 172.31.0.10 172.31.64.10 443 49152 6 10 840 1 60 ACCEPT OK"
    stream = "eni-0a1b2c3d-all"
    site.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    event = {"timestamp": int(now.timestamp() * 1000), "message": record}
    site.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    day = f"AWSLogs/{site.account_id}/vpcflowlogs/{site.region}/{now:%Y/%m/%d}"
    file = f"{site.account_id}_vpcflowlogs_{site.region}_{flow_log_id}_{now:%Y%m%dT%H%MZ}_0a1b2c3d.log"
    site.s3.put_object(Bucket=bucket_name, Key=f"{day}/{file}", Body=record.encode())
