"""Build the scalable infrastructure (system S0) by plain API calls: as it was first deployed, or corrected.

README.md beside this file says what each state consists of and which emulator holds which defect.
"""

from dataclasses import dataclass
from typing import Any

import boto3

from compliance.embedded import building, flow_logs, networks
from compliance.embedded.building import Site
from compliance.embedded.gaps import Gap, holds

STATES = ("corrected", "as-first-deployed")

STACK = "scalable-infrastructure-prod"
_SUFFIX = "prod-9c3a"
_CIDR = "172.20.0.0/16"
_FLOW_LOG_DAYS = 90
_FLOW_LOG_RETENTION_DAYS = 30
_TRAIL_RETENTION_DAYS = 365


@dataclass(frozen=True, slots=True)
class _Buckets:
    data: str
    logs: str
    backups: str

    def all(self) -> tuple[str, str, str]:
        """Return the names of all three."""
        return self.data, self.logs, self.backups


def build(session: boto3.Session, state: str) -> dict[str, str | list[str]]:
    """Build one state in an empty account. Returns its outputs, flat, lists joined by commas.

    Raises ValueError: the state is none of STATES.
    """
    if state not in STATES:
        raise ValueError(
            f"the scalable infrastructure has no state {state!r}: choose one of {', '.join(STATES)}"
        )
    corrected = state == "corrected"
    site = _site(session, _SUFFIX if corrected else "")
    networks.remove_default_vpc(site)
    outputs = _network(site)
    key_arn = _key(site, logs=corrected)
    buckets = _buckets(site, key_arn)
    topic_arn = _topic(site, key_arn, buckets, admits=corrected)
    outputs |= _flow_logs(site, outputs["VpcId"], key_arn, buckets)
    outputs |= _trail(site, key_arn, buckets)
    if corrected:
        _notify(site, buckets, topic_arn)
    else:
        _notify_wrongly(site, buckets, topic_arn)
        _attach_absent_policy(site)
    _alarms(site, topic_arn)
    outputs |= {
        "KmsKeyArn": key_arn,
        "DataBucketName": buckets.data,
        "LogsBucketName": buckets.logs,
        "BackupsBucketName": buckets.backups,
        "SecurityTopicArn": topic_arn,
    }
    outputs["StackName"] = building.stack(site, outputs)
    return dict(outputs)


def _site(session: boto3.Session, suffix: str) -> Site:
    tags = {
        "Environment": "prod",
        "Project": "scalable-infrastructure",
        "Owner": "platform",
        "CostCenter": "inf-001",
        "StackName": STACK,
    }
    return Site(session, STACK, suffix, tags)


def _network(site: Site) -> dict[str, str]:
    zones = site.zones(3)
    vpc_id = networks.vpc(site, _CIDR)
    gateway_id = networks.internet_gateway(site, vpc_id)
    public = networks.subnets(site, vpc_id, "public", networks.blocks(_CIDR, 20, 0, 3), zones)
    private = networks.subnets(site, vpc_id, "private", networks.blocks(_CIDR, 20, 4, 3), zones)
    networks.route_table(site, vpc_id, "public", public, GatewayId=gateway_id)
    networks.route_table(site, vpc_id, "private", private)
    return {
        "VpcId": vpc_id,
        "PublicSubnetIds": ",".join(subnet.id for subnet in public),
        "PrivateSubnetIds": ",".join(subnet.id for subnet in private),
    }


def _key(site: Site, *, logs: bool) -> str:
    services = (
        "cloudtrail.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "s3.amazonaws.com",
        "sns.amazonaws.com",
    )
    statements = [building.services_may_use_key(site, *services)]
    if logs:
        statements.append(building.logs_may_use_key(site))
    return building.key(site, site.name("scalable-infrastructure"), statements)


def _buckets(site: Site, key_arn: str) -> _Buckets:
    base = f"scalable-{{}}-{site.account_id}" if site.suffix else "scalable-{}"
    names = _Buckets(*(site.name(base.format(use)) for use in ("data", "logs", "backups")))
    building.bucket(site, names.data, key_arn=key_arn)
    building.bucket(site, names.logs, days=_FLOW_LOG_DAYS)
    building.bucket(site, names.backups, key_arn=key_arn)
    building.bucket_policy(site, names.data)
    building.bucket_policy(site, names.backups)
    return names


def _topic(site: Site, key_arn: str, buckets: _Buckets, *, admits: bool) -> str:
    alarms = building.may_publish(site, "cloudwatch.amazonaws.com", site.arn("cloudwatch", "alarm:*"))
    names = [f"arn:aws:s3:::{name}" for name in buckets.all()]
    events = building.may_publish(site, "s3.amazonaws.com", names)
    return building.topic(site, site.name("security-alerts"), key_arn, [alarms, events] if admits else [])


def _flow_logs(site: Site, vpc_id: str, key_arn: str, buckets: _Buckets) -> dict[str, str]:
    group = f"/vpc/{site.name('scalable-infrastructure-flow-logs')}"
    group_arn = building.log_group(site, group, key_arn, _FLOW_LOG_RETENTION_DAYS)
    role_arn = flow_logs.delivery_role(site, _flow_log_role_name(site), group_arn)
    made = flow_logs.destinations(site, vpc_id, group=group, role_arn=role_arn, bucket_name=buckets.logs)
    flow_logs.delivered_now(site, made[-1], group=group, bucket_name=buckets.logs)
    return {"FlowLogsLogGroupName": group, "FlowLogsRoleArn": role_arn}


def _flow_log_role_name(site: Site) -> str:
    return site.name("scalable-flow-logs")


def _trail(site: Site, key_arn: str, buckets: _Buckets) -> dict[str, str]:
    name = site.name("scalable-trail")
    trail_arn = site.arn("cloudtrail", f"trail/{name}")
    # CloudTrail tries the bucket when the trail is made, so its policy has to be there before.
    delivery = flow_logs.logs_may_be_delivered(site, buckets.logs)
    building.bucket_policy(site, buckets.logs, [*delivery, *_trail_may_write(site, buckets.logs)])
    group = f"/aws/cloudtrail/{name}"
    group_arn = building.log_group(site, group, key_arn, _TRAIL_RETENTION_DAYS)
    write = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"{group_arn}:log-stream:{site.account_id}_CloudTrail_{site.region}*",
    }
    trusted = building.trust(site, "cloudtrail.amazonaws.com", trail_arn)
    role_arn = building.role(site, site.name("scalable-trail"), trusted, [write])
    site.cloudtrail.create_trail(
        Name=name,
        S3BucketName=buckets.logs,
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        CloudWatchLogsLogGroupArn=f"{group_arn}:*",
        CloudWatchLogsRoleArn=role_arn,
        KmsKeyId=key_arn,
        TagsList=site.tag_list(),
    )
    site.cloudtrail.start_logging(Name=name)
    return {"TrailArn": trail_arn, "TrailLogGroupName": group}


def _trail_may_write(site: Site, bucket_name: str) -> list[building.Document]:
    source = {
        "StringEquals": {"aws:SourceArn": site.arn("cloudtrail", f"trail/{site.name('scalable-trail')}")}
    }
    service = {"Service": "cloudtrail.amazonaws.com"}
    check = {
        "Sid": "TrailCheck",
        "Effect": "Allow",
        "Principal": service,
        "Action": "s3:GetBucketAcl",
        "Resource": f"arn:aws:s3:::{bucket_name}",
        "Condition": source,
    }
    write = {
        "Sid": "TrailWrite",
        "Effect": "Allow",
        "Principal": service,
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket_name}/AWSLogs/{site.account_id}/*",
        "Condition": source,
    }
    return [check, write]


def _notify(site: Site, buckets: _Buckets, topic_arn: str) -> None:
    for name in buckets.all():
        _put_notifications(site, name, _created_and_removed(topic_arn))


def _notify_wrongly(site: Site, buckets: _Buckets, topic_arn: str) -> None:
    # "ObjectCreated:*" contains "ObjectCreated:Put", so that each put is announced twice.
    put = _notification("put", topic_arn, "s3:ObjectCreated:Put")
    _put_notifications(site, buckets.data, [*_created_and_removed(topic_arn), put])
    _put_notifications(site, buckets.logs, _created_and_removed(topic_arn))
    # The destination is deleted afterwards: nobody lets a notification name one that is absent already.
    absent = site.sns.create_topic(Name="backup-events")["TopicArn"]
    _put_notifications(site, buckets.backups, _created_and_removed(absent))
    site.sns.delete_topic(TopicArn=absent)


def _created_and_removed(topic_arn: str) -> list[dict[str, Any]]:
    return [
        _notification("created", topic_arn, "s3:ObjectCreated:*"),
        _notification("removed", topic_arn, "s3:ObjectRemoved:*"),
    ]


def _notification(name: str, topic_arn: str, *events: str) -> dict[str, Any]:
    return {"Id": name, "TopicArn": topic_arn, "Events": list(events)}


def _put_notifications(site: Site, bucket_name: str, to_topics: list[dict[str, Any]]) -> None:
    site.s3.put_bucket_notification_configuration(
        Bucket=bucket_name,
        NotificationConfiguration={"TopicConfigurations": to_topics},
        SkipDestinationValidation=True,
    )


def _attach_absent_policy(site: Site) -> None:
    # Of attaching what is absent and deleting what is attached, each emulator lets exactly one pass.
    role_name = _flow_log_role_name(site)
    arn = f"arn:aws:iam::{site.account_id}:policy/service-role/VPCFlowLogsDeliveryRolePolicy"
    if not holds(site.session, Gap.DELETED_WHILE_ATTACHED):
        site.iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
        return
    statement = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    site.iam.create_policy(
        Path="/service-role/",
        PolicyName="VPCFlowLogsDeliveryRolePolicy",
        PolicyDocument=building.document(statement),
    )
    site.iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    site.iam.delete_policy(PolicyArn=arn)


def _alarms(site: Site, topic_arn: str) -> None:
    site.cloudwatch.put_metric_alarm(
        AlarmName=site.name("scalable-flow-log-delivery"),
        Namespace="ScalableInfrastructure",
        MetricName="FlowLogDeliveryErrors",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
        ActionsEnabled=True,
        AlarmActions=[topic_arn],
        Tags=site.tag_list(),
    )
