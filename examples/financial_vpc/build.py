"""Build the financial VPC (system S1) by plain API calls: as it was first deployed, or corrected.

README.md beside this file says what each state consists of and which emulator holds which defect.
"""

from collections.abc import Sequence

import boto3

from compliance.embedded import building, flow_logs, networks
from compliance.embedded.building import Site
from compliance.embedded.gaps import Gap, holds
from compliance.embedded.networks import Subnet

STATES = ("corrected", "as-first-deployed")

# What the requirements ask for. The first deployment delivered the first of them alone.
REQUIRED_OUTPUTS = (
    "VpcId",
    "VpcCidr",
    "PublicSubnetIds",
    "PrivateSubnetIds",
    "NatInstanceIds",
    "FlowLogsBucketName",
    "FlowLogsLogGroupName",
)

STACK = "financial-vpc-prod"
_SUFFIX = "prod-5e1f"
_FAILED_STACK = "financial-vpc-prod-attempt"
_FLOW_LOG_DAYS = 90
_RETENTION_DAYS = 30


def build(session: boto3.Session, state: str) -> dict[str, str | list[str]]:
    """Build one state in an empty account. Returns its outputs, flat, lists joined by commas.

    Raises ValueError: the state is none of STATES.
    """
    if state not in STATES:
        raise ValueError(f"the financial VPC has no state {state!r}: choose one of {', '.join(STATES)}")
    corrected = state == "corrected"
    site = _site(session, STACK)
    networks.remove_default_vpc(site)
    outputs = _network(site, "172.31.0.0/16" if corrected else "10.0.0.0/16", 3 if corrected else 2)
    vpc_id = outputs["VpcId"]
    key_arn = _key(site)
    topic_arn = _topic(site, key_arn)
    outputs |= {"LogsKeyArn": key_arn, "AlarmTopicArn": topic_arn}
    outputs |= _flow_logs(site, vpc_id, key_arn)
    outputs["MetricsFunctionArn"] = _metrics_function(
        site, vpc_id, outputs["PrivateSubnetIds"].split(","), key_arn
    )
    _alarms(site, outputs["NatInstanceIds"].split(","), topic_arn)
    if not corrected:
        _leftover_of_failed_attempt(session)
        outputs = {"VpcId": vpc_id}
    outputs["StackName"] = building.stack(site, outputs)
    if not corrected and holds(session, Gap.STACK_ROLLBACK):
        _fail_to_update(site)
    return dict(outputs)


def _site(session: boto3.Session, stack: str) -> Site:
    tags = {
        "Environment": "prod",
        "Project": "financial-vpc",
        "Owner": "platform",
        "CostCenter": "fin-001",
        "StackName": stack,
    }
    return Site(session, stack, _SUFFIX, tags)


def _network(site: Site, cidr: str, zone_count: int) -> dict[str, str]:
    zones = site.zones(zone_count)
    vpc_id = networks.vpc(site, cidr)
    gateway_id = networks.internet_gateway(site, vpc_id)
    public = networks.subnets(site, vpc_id, "public", networks.blocks(cidr, 20, 0, zone_count), zones)
    private = networks.subnets(site, vpc_id, "private", networks.blocks(cidr, 20, 4, zone_count), zones)
    # The last /24 of the network, in blocks of 16 addresses, as transit-gateway attachments like them.
    transit = networks.subnets(site, vpc_id, "transit", networks.blocks(cidr, 28, 4080, zone_count), zones)
    networks.route_table(site, vpc_id, "public", public, GatewayId=gateway_id)
    networks.route_table(site, vpc_id, "transit", transit)
    nats = _nat_instances(site, vpc_id, cidr, public, private)
    return {
        "VpcId": vpc_id,
        "VpcCidr": cidr,
        "PublicSubnetIds": ",".join(subnet.id for subnet in public),
        "PrivateSubnetIds": ",".join(subnet.id for subnet in private),
        "TransitGatewaySubnetIds": ",".join(subnet.id for subnet in transit),
        "NatInstanceIds": ",".join(nats),
        "AvailabilityZones": ",".join(zones),
    }


def _nat_instances(
    site: Site, vpc_id: str, cidr: str, public: Sequence[Subnet], private: Sequence[Subnet]
) -> list[str]:
    group_id = networks.security_group(site, vpc_id, "nat", "traffic of the private subnets", [cidr])
    image_id = networks.image(site)
    made = []
    for outside, inside in zip(public, private, strict=True):
        instance_id = networks.nat_instance(site, outside, group_id, image_id)
        networks.route_table(site, vpc_id, f"private-{inside.zone}", [inside], InstanceId=instance_id)
        made.append(instance_id)
    return made


def _key(site: Site) -> str:
    statements = [
        building.logs_may_use_key(site),
        building.services_may_use_key(site, "cloudwatch.amazonaws.com", "sns.amazonaws.com"),
    ]
    return building.key(site, site.name("financial-vpc-logs"), statements)


def _topic(site: Site, key_arn: str) -> str:
    alarms = building.may_publish(site, "cloudwatch.amazonaws.com", site.arn("cloudwatch", "alarm:*"))
    return building.topic(site, site.name("financial-vpc-alarms"), key_arn, [alarms])


def _flow_logs(site: Site, vpc_id: str, key_arn: str) -> dict[str, str]:
    bucket_name = site.name(f"financial-vpc-flow-logs-{site.account_id}")
    building.bucket(site, bucket_name, days=_FLOW_LOG_DAYS)
    group = f"/vpc/{site.name('financial-vpc-flow-logs')}"
    group_arn = building.log_group(site, group, key_arn, _RETENTION_DAYS)
    role_arn = flow_logs.delivery_role(site, site.name("financial-vpc-flow-logs"), group_arn)
    made = flow_logs.destinations(site, vpc_id, group=group, role_arn=role_arn, bucket_name=bucket_name)
    flow_logs.delivered_now(site, made[-1], group=group, bucket_name=bucket_name)
    building.bucket_policy(site, bucket_name, flow_logs.logs_may_be_delivered(site, bucket_name))
    return {"FlowLogsBucketName": bucket_name, "FlowLogsLogGroupName": group, "FlowLogsRoleArn": role_arn}


def _metrics_function(site: Site, vpc_id: str, subnet_ids: Sequence[str], key_arn: str) -> str:
    name = site.name("financial-vpc-metrics")
    group_arn = building.log_group(site, f"/aws/lambda/{name}", key_arn, _RETENTION_DAYS)
    role_arn = building.role(
        site, name, building.trust(site, "lambda.amazonaws.com"), _metrics_statements(site, group_arn)
    )
    group_id = networks.security_group(site, vpc_id, "metrics", "the metrics function, outbound only")
    made = site.lambda_.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role_arn,
        Handler="index.handler",
        Code={"ZipFile": building.code()},
        Timeout=30,
        VpcConfig={"SubnetIds": list(subnet_ids), "SecurityGroupIds": [group_id]},
        Environment={"Variables": {"METRIC_NAMESPACE": "FinancialVpc"}},
        Tags=dict(site.tags),
    )
    return str(made["FunctionArn"])


def _metrics_statements(site: Site, group_arn: str) -> list[building.Document]:
    return [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"{group_arn}:*",
        },
        {
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "FinancialVpc"}},
        },
        {
            "Effect": "Allow",
            "Action": ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
            "Resource": [
                site.arn("ec2", f"{kind}/*") for kind in ("network-interface", "subnet", "security-group")
            ],
        },
        {"Effect": "Allow", "Action": ["ec2:DescribeNetworkInterfaces"], "Resource": "*"},
    ]


def _alarms(site: Site, nat_ids: Sequence[str], topic_arn: str) -> None:
    common = {
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "ActionsEnabled": True,
        "AlarmActions": [topic_arn],
        "Tags": site.tag_list(),
    }
    for nat_id in nat_ids:
        site.cloudwatch.put_metric_alarm(
            AlarmName=site.name(f"financial-vpc-nat-{nat_id}"),
            Namespace="AWS/EC2",
            MetricName="StatusCheckFailed",
            Dimensions=[{"Name": "InstanceId", "Value": nat_id}],
            TreatMissingData="breaching",
            **common,
        )
    site.cloudwatch.put_metric_alarm(
        AlarmName=site.name("financial-vpc-flow-log-delivery"),
        Namespace="FinancialVpc",
        MetricName="FlowLogDeliveryErrors",
        TreatMissingData="notBreaching",
        **common,
    )


def _leftover_of_failed_attempt(session: boto3.Session) -> None:
    # Tagged with a stack that does not exist any more; its policy stayed, too.
    attempt = _site(session, _FAILED_STACK)
    name = attempt.name(f"financial-vpc-attempt-flow-logs-{attempt.account_id}")
    building.bucket(attempt, name, days=_FLOW_LOG_DAYS)
    building.bucket_policy(attempt, name, flow_logs.logs_may_be_delivered(attempt, name))


def _fail_to_update(site: Site) -> None:
    # A resource that cannot be made: the update fails and is rolled back.
    template = building.stack_template(site, {}, Impossible={"Type": "Example::Absent::Type"})
    site.cloudformation.update_stack(StackName=site.stack, TemplateBody=template)
    site.cloudformation.get_waiter("stack_rollback_complete").wait(
        StackName=site.stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
