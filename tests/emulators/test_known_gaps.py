"""Where the emulators differ from AWS, as a checked table: a row that fails is a gap that was closed.

Each row says what AWS does (from its API reference) and what the emulator was seen to do; its probe makes the
calls again and returns what it sees now. Nothing else in this repository may lean on an emulator's behaviour
that is listed here.
"""

import json
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from compliance.embedded.building import code, document
from compliance.embedded.gaps import Emulator, emulator_at
from compliance.embedded.ministack import Ministack

MOTO, MINISTACK, BOTH = "moto", "ministack", "both"
AN_IMAGE = [{"Name": "name", "Values": ["amzn2-ami-hvm-*"]}]
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})
ALLOW = document({"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"})
TRUST = document(
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
)


@dataclass(frozen=True, slots=True)
class Gap:
    """One row: who, what, what AWS does, how to look, and what the emulator does."""

    emulator: str
    what: str
    aws: str
    probe: Callable[[Any], object]
    seen: object


class Caller:
    """Clients by service name, and names that nobody took."""

    def __init__(self, session):
        self._session = session
        self._clients = {}

    def __getattr__(self, service):
        if service not in self._clients:
            name = {"lambda_": "lambda"}.get(service, service.replace("_", "-"))
            self._clients[service] = self._session.client(name, config=ONCE)
        return self._clients[service]

    def name(self):
        return f"gap-{uuid4().hex[:12]}"

    def bucket(self):
        name = self.name()
        self.s3.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": self._session.region_name}
        )
        return name

    def role(self):
        name = self.name()
        return name, self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]

    def function(self, **more):
        name = self.name()
        return self.lambda_.create_function(
            FunctionName=name,
            Runtime="python3.12",
            Role=self.role()[1],
            Handler="index.handler",
            Code={"ZipFile": code()},
            **more,
        )


def outcome(call, **arguments):
    """The error code, "unparseable", or "ok"."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    except ResponseParserError:
        return "unparseable"
    return "ok"


def _vpc_id(aws):
    return aws.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]


def _flow_log(aws, destination, **more):
    made = aws.ec2.create_flow_logs(
        ResourceIds=[_vpc_id(aws)],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType=destination,
        **more,
    )
    return made["FlowLogIds"], made.get("Unsuccessful")


def fresh_bucket_encryption(aws):
    return outcome(aws.s3.get_bucket_encryption, Bucket=aws.bucket())


def fresh_bucket_public_access_block(aws):
    return outcome(aws.s3.get_public_access_block, Bucket=aws.bucket())


def fresh_bucket_ownership(aws):
    return outcome(aws.s3.get_bucket_ownership_controls, Bucket=aws.bucket())


def list_buckets_page(aws):
    aws.bucket(), aws.bucket()
    answer = aws.s3.list_buckets(MaxBuckets=1)
    return len(answer["Buckets"]), "ContinuationToken" in answer


def describe_subnets_page(aws):
    vpc_id = _vpc_id(aws)
    for n in range(6):
        aws.ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.9.{n}.0/24")
    answer = aws.ec2.describe_subnets(MaxResults=5, Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    return len(answer["Subnets"]), "NextToken" in answer


def authorization_details_page(aws):
    aws.role(), aws.role()
    answer = aws.iam.get_account_authorization_details(Filter=["Role"], MaxItems=1)
    return len(answer["RoleDetailList"]) > 1, answer["IsTruncated"]


def list_roles_page(aws):
    aws.role(), aws.role()
    answer = aws.iam.list_roles(MaxItems=1)
    return len(answer["Roles"]) > 1, answer["IsTruncated"]


def list_functions_page(aws):
    aws.function(), aws.function()
    answer = aws.lambda_.list_functions(MaxItems=1)
    return len(answer["Functions"]) > 1, "NextMarker" in answer


def describe_alarms_page(aws):
    for _ in range(2):
        aws.cloudwatch.put_metric_alarm(
            AlarmName=aws.name(),
            Namespace="x",
            MetricName="y",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
        )
    answer = aws.cloudwatch.describe_alarms(MaxRecords=1)
    return len(answer["MetricAlarms"]) > 1, "NextToken" in answer


def list_keys_page(aws):
    aws.kms.create_key(), aws.kms.create_key()
    answer = aws.kms.list_keys(Limit=1)
    return len(answer["Keys"]) > 1, answer["Truncated"]


def list_keys_next_page(aws):
    aws.kms.create_key(), aws.kms.create_key()
    pages = aws.kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 1})
    return len({key["KeyId"] for page in pages for key in page["Keys"]}) > 1


def entities_of_policy(aws):
    arn = aws.iam.create_policy(PolicyName=aws.name(), PolicyDocument=ALLOW)["Policy"]["Arn"]
    for _ in range(101):
        aws.iam.attach_role_policy(RoleName=aws.role()[0], PolicyArn=arn)
    pages = aws.iam.get_paginator("list_entities_for_policy").paginate(PolicyArn=arn)
    return sum(len(page["PolicyRoles"]) for page in pages) == 101


def aws_key_manager(aws):
    try:
        return aws.kms.describe_key(KeyId="alias/aws/s3")["KeyMetadata"]["KeyManager"]
    except ClientError as error:
        return error.response["Error"]["Code"]


def fresh_function_state(aws):
    vpc_id = _vpc_id(aws)
    subnet = aws.ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    group = aws.ec2.create_security_group(GroupName=aws.name(), Description="x", VpcId=vpc_id)["GroupId"]
    made = aws.function(VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})
    read = aws.lambda_.get_function_configuration(FunctionName=made["FunctionName"])
    return made.get("State"), read["VpcConfig"].get("VpcId", "")


def overlapping_notifications(aws):
    arn = aws.sns.create_topic(Name=aws.name())["TopicArn"]
    events = (["s3:ObjectCreated:*"], ["s3:ObjectCreated:Put"])
    configurations = [{"TopicArn": arn, "Events": event} for event in events]
    return outcome(
        aws.s3.put_bucket_notification_configuration,
        Bucket=aws.bucket(),
        NotificationConfiguration={"TopicConfigurations": configurations},
    )


def filter_name(aws):
    name = aws.bucket()
    rules = [{"Name": "prefix", "Value": "in/"}]
    one = {
        "TopicArn": aws.sns.create_topic(Name=aws.name())["TopicArn"],
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    wanted = {"TopicConfigurations": [one]}
    aws.s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration=wanted)
    got = aws.s3.get_bucket_notification_configuration(Bucket=name)["TopicConfigurations"][0]
    return got["Filter"]["Key"]["FilterRules"][0]["Name"]


def capital_filter_name(aws):
    rules = [{"Name": "Prefix", "Value": "in/"}]
    one = {
        "TopicArn": aws.sns.create_topic(Name=aws.name())["TopicArn"],
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    return outcome(
        aws.s3.put_bucket_notification_configuration,
        Bucket=aws.bucket(),
        NotificationConfiguration={"TopicConfigurations": [one]},
    )


def fresh_email_subscription(aws):
    arn = aws.sns.create_topic(Name=aws.name())["TopicArn"]
    aws.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="a@example.com")
    found = aws.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"][0]["SubscriptionArn"]
    return "PendingConfirmation" if found == "PendingConfirmation" else "confirmed"


def snapshot_public_access(aws):
    return outcome(aws.ec2.get_snapshot_block_public_access_state)


def analyzers(aws):
    return outcome(aws.accessanalyzer.list_analyzers)


def resource_explorer(aws):
    return outcome(aws.resource_explorer_2.list_indexes)


def drift_detection(aws):
    return outcome(aws.cloudformation.detect_stack_drift, StackName=_stack(aws))


def simulation(aws):
    return outcome(aws.iam.simulate_custom_policy, PolicyInputList=[ALLOW], ActionNames=["logs:PutLogEvents"])


def flow_log_with_prefix(aws):
    destination = f"arn:aws:s3:::{aws.bucket()}/prefix"
    try:
        made, _ = _flow_log(aws, "s3", LogDestination=destination)
    except (ClientError, ResponseParserError) as error:
        return type(error).__name__
    return "made" if made else "refused"


def flow_log_facts(aws):
    group, (_, role_arn) = aws.name(), aws.role()
    aws.logs.create_log_group(logGroupName=group)
    made, _ = _flow_log(aws, "cloud-watch-logs", LogGroupName=group, DeliverLogsPermissionArn=role_arn)
    found = aws.ec2.describe_flow_logs(FlowLogIds=made)["FlowLogs"][0]
    return {"DeliverLogsPermissionArn", "DeliverLogsStatus"} - found.keys()


def object_under_a_tls_policy(aws):
    name = aws.bucket()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
    }
    aws.s3.put_bucket_policy(Bucket=name, Policy=document(deny))
    # The calls go over plain HTTP, so that a Deny on TLS concerns none of them.
    return outcome(aws.s3.put_object, Bucket=name, Key="a", Body=b"a")


def attach_an_absent_policy(aws):
    arn = f"arn:aws:iam::123456789012:policy/{aws.name()}"
    return outcome(aws.iam.attach_role_policy, RoleName=aws.role()[0], PolicyArn=arn)


def delete_an_attached_policy(aws):
    role_name, _ = aws.role()
    arn = aws.iam.create_policy(PolicyName=role_name, PolicyDocument=ALLOW)["Policy"]["Arn"]
    aws.iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    return outcome(aws.iam.delete_policy, PolicyArn=arn)


def absent_policy_in_details(aws):
    role_name, _ = aws.role()
    arn = f"arn:aws:iam::123456789012:policy/{role_name}"
    aws.iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    listed = aws.iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    pages = aws.iam.get_paginator("get_account_authorization_details").paginate(Filter=["Role"])
    roles = [role for page in pages for role in page["RoleDetailList"] if role["RoleName"] == role_name]
    return len(listed), len(roles[0].get("AttachedManagedPolicies", []))


def second_cidr_block(aws):
    return outcome(aws.ec2.associate_vpc_cidr_block, VpcId=_vpc_id(aws), CidrBlock="100.64.0.0/16")


def transit_gateway(aws):
    return outcome(aws.ec2.create_transit_gateway)


def source_dest_check_off(aws):
    image = aws.ec2.describe_images(Filters=AN_IMAGE)["Images"][0]["ImageId"]
    made = aws.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    return outcome(aws.ec2.modify_instance_attribute, InstanceId=made, SourceDestCheck={"Value": False})


def key_of_a_log_group(aws):
    key_arn, name = aws.kms.create_key()["KeyMetadata"]["Arn"], aws.name()
    aws.logs.create_log_group(logGroupName=name, kmsKeyId=key_arn)
    found = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    return found.get("kmsKeyId") == key_arn


def images_of_a_name(aws):
    names = [image["Name"] for image in aws.ec2.describe_images(Filters=AN_IMAGE)["Images"]]
    return all(name.startswith("amzn2-ami-hvm-") for name in names)


def zone_of_an_instance(aws):
    subnet = aws.ec2.create_subnet(
        VpcId=_vpc_id(aws), CidrBlock="10.9.0.0/24", AvailabilityZone="eu-west-1b"
    )["Subnet"]["SubnetId"]
    image = aws.ec2.describe_images(Filters=AN_IMAGE)["Images"][0]["ImageId"]
    made = aws.ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)
    return made["Instances"][0]["Placement"]["AvailabilityZone"]


def tagged_resources(aws):
    tags = {"gap": aws.name()}
    as_list = [{"Key": key, "Value": value} for key, value in tags.items()]
    specification = [{"ResourceType": "vpc", "Tags": as_list}]
    aws.ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=specification)
    aws.logs.create_log_group(logGroupName=aws.name(), tags=tags)
    aws.sns.create_topic(Name=aws.name(), Tags=as_list)
    wanted = [{"Key": "gap", "Values": [tags["gap"]]}]
    found = aws.resourcegroupstaggingapi.get_resources(TagFilters=wanted)["ResourceTagMappingList"]
    return sorted(resource["ResourceARN"].split(":")[2] for resource in found)


def rolled_back_update(aws):
    name = _stack(aws)
    template = json.dumps(
        {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "No": {"Type": "Example::No::No"}}}
    )
    aws.cloudformation.update_stack(StackName=name, TemplateBody=template)
    aws.cloudformation.get_waiter("stack_rollback_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    return aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def failed_update(aws):
    name = _stack(aws)
    nat = {"Type": "AWS::IAM::InstanceProfile", "Properties": {"Roles": ["absent"]}}
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "No": nat}})
    outcome(aws.cloudformation.update_stack, StackName=name, TemplateBody=template)
    return aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]


def _stack(aws):
    name = aws.name()
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    aws.cloudformation.create_stack(StackName=name, TemplateBody=template)
    aws.cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
    )
    return name


def managed_policy(aws):
    return outcome(aws.iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/SecurityAudit")


NO_ENCRYPTION = "ServerSideEncryptionConfigurationNotFoundError"
NO_BLOCK = "NoSuchPublicAccessBlockConfiguration"
NO_OWNERSHIP = "OwnershipControlsNotFoundError"
FLOW_LOG_FACTS = {"DeliverLogsPermissionArn", "DeliverLogsStatus"}
GAPS = (
    # Defaults that AWS sets and the emulator does not.
    Gap(MOTO, "fresh bucket: encryption", "AES256", fresh_bucket_encryption, NO_ENCRYPTION),
    Gap(BOTH, "fresh bucket: public access block", "all four on", fresh_bucket_public_access_block, NO_BLOCK),
    Gap(MOTO, "fresh bucket: ownership", "BucketOwnerEnforced", fresh_bucket_ownership, NO_OWNERSHIP),
    Gap(MOTO, "e-mail subscription", "PendingConfirmation", fresh_email_subscription, "confirmed"),
    Gap(MINISTACK, "e-mail subscription", "PendingConfirmation", fresh_email_subscription, "confirmed"),
    Gap(
        MOTO,
        "fresh function in a VPC",
        "Pending, the VPC's id",
        fresh_function_state,
        ("Active", "vpc-123abc"),
    ),
    Gap(MOTO, "manager of alias/aws/s3", "AWS", aws_key_manager, "CUSTOMER"),
    Gap(MINISTACK, "manager of alias/aws/s3", "AWS", aws_key_manager, "NotFoundException"),
    # Pages: (all came at once or how many came, whether there is more).
    Gap(MOTO, "ListBuckets, one a page", "(1, True)", list_buckets_page, (1, False)),
    Gap(MOTO, "DescribeSubnets, five a page", "(5, True)", describe_subnets_page, (6, False)),
    Gap(MINISTACK, "DescribeSubnets, five a page", "(5, True)", describe_subnets_page, (6, False)),
    Gap(
        BOTH, "authorization details, one a page", "(False, True)", authorization_details_page, (True, False)
    ),
    Gap(MINISTACK, "ListRoles, one a page", "(False, True)", list_roles_page, (True, False)),
    Gap(MOTO, "ListFunctions, one a page", "(False, True)", list_functions_page, (True, False)),
    Gap(MOTO, "DescribeAlarms, one a page", "(False, True)", describe_alarms_page, (True, False)),
    Gap(MINISTACK, "DescribeAlarms, one a page", "(False, True)", describe_alarms_page, (False, False)),
    Gap(MOTO, "ListKeys, one a page", "(False, True)", list_keys_page, (True, False)),
    Gap(MINISTACK, "ListKeys says that there is more, and how to get it", "True", list_keys_next_page, False),
    Gap(MOTO, "entities of a policy of 101 roles are all there", "True", entities_of_policy, False),
    # What AWS refuses and the emulator accepts, or the other way round.
    Gap(BOTH, "overlapping notifications", "InvalidArgument", overlapping_notifications, "ok"),
    Gap(MOTO, "filter name as it is read back", "Prefix", filter_name, "prefix"),
    Gap(MOTO, "filter name with a capital", "ok", capital_filter_name, "500"),
    Gap(MOTO, "flow log to a bucket with a prefix", "made", flow_log_with_prefix, "refused"),
    Gap(MOTO, "Deny on TLS meets calls without it", "ok", object_under_a_tls_policy, "403"),
    Gap(MINISTACK, "attach an absent policy", "NoSuchEntity", attach_an_absent_policy, "ok"),
    Gap(MOTO, "delete an attached policy", "DeleteConflict", delete_an_attached_policy, "ok"),
    Gap(MINISTACK, "absent policy: listed, in details", "(1, 1)", absent_policy_in_details, (1, 0)),
    Gap(MOTO, "failed update of a stack", "UPDATE_ROLLBACK_COMPLETE", failed_update, "CREATE_COMPLETE"),
    Gap(MINISTACK, "failed update of a stack", "UPDATE_ROLLBACK_COMPLETE", failed_update, "UPDATE_COMPLETE"),
    # What is not there at all.
    Gap(MINISTACK, "flow log: facts that are absent", "none", flow_log_facts, FLOW_LOG_FACTS),
    Gap(MINISTACK, "AssociateVpcCidrBlock", "ok", second_cidr_block, "InvalidAction"),
    Gap(MINISTACK, "CreateTransitGateway", "ok", transit_gateway, "InvalidAction"),
    Gap(MINISTACK, "ModifyInstanceAttribute", "ok", source_dest_check_off, "InvalidAction"),
    Gap(MINISTACK, "key of a log group is read back", "True", key_of_a_log_group, False),
    Gap(MINISTACK, "DescribeImages filters by name", "True", images_of_a_name, False),
    Gap(MINISTACK, "zone of an instance in 1b", "eu-west-1b", zone_of_an_instance, "eu-west-1a"),
    Gap(MINISTACK, "tagging API: VPC, log group, topic", "all three", tagged_resources, []),
    Gap(MOTO, "account-level EC2 settings", "ok", snapshot_public_access, "unparseable"),
    Gap(MINISTACK, "account-level EC2 settings", "ok", snapshot_public_access, "InvalidAction"),
    Gap(MOTO, "Access Analyzer", "ok", analyzers, "500"),
    Gap(MINISTACK, "Access Analyzer", "ok", analyzers, "404"),
    Gap(MOTO, "Resource Explorer", "ok", resource_explorer, "500"),
    Gap(MINISTACK, "Resource Explorer", "ok", resource_explorer, "405"),
    Gap(MOTO, "DetectStackDrift", "ok", drift_detection, "unparseable"),
    Gap(MINISTACK, "DetectStackDrift", "ok", drift_detection, "InvalidAction"),
    Gap(MOTO, "SimulateCustomPolicy", "ok", simulation, "unparseable"),
)


@pytest.mark.parametrize(
    ("gap", "emulator"),
    [
        pytest.param(gap, emulator, id=f"{emulator}: {gap.what}")
        for gap in GAPS
        for emulator in ((MOTO, MINISTACK) if gap.emulator == BOTH else (gap.emulator,))
    ],
)
def test_the_gap_is_still_open(gap, emulator, moto, ministack):
    account = moto if emulator == MOTO else ministack
    assert gap.probe(Caller(account.session())) == gap.seen, f"AWS: {gap.aws}"


def test_what_the_examples_lean_on_is_there(moto, ministack):
    # Not gaps: facts without which a state of an example could not be built as examples/*/README.md says.
    assert rolled_back_update(Caller(ministack.session())) == "UPDATE_ROLLBACK_COMPLETE"
    assert simulation(Caller(ministack.session())) == "ok"
    for account in (moto, ministack):
        assert managed_policy(Caller(account.session())) == "ok"


def test_each_emulator_is_told_from_the_other(moto, ministack):
    assert emulator_at(moto.session()) is Emulator.MOTO
    assert emulator_at(ministack.session()) is Emulator.MINISTACK


def test_the_second_emulator_does_not_enforce_iam(guarded_ministack):
    # Its releases from 1.5 on are said to, with AUTH=true. AWS: UnauthorizedOperation, AccessDenied.
    root = Caller(guarded_ministack.session())
    name = root.name()
    root.iam.create_user(UserName=name)
    made = root.iam.create_access_key(UserName=name)["AccessKey"]
    session = guarded_ministack.session(key=made["AccessKeyId"], secret=made["SecretAccessKey"])
    nobody = Caller(session)
    assert outcome(nobody.ec2.describe_vpcs) == "ok"
    assert outcome(nobody.s3.list_buckets) == "ok"


def test_nothing_of_the_second_emulator_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with Ministack() as account:
        assert outcome(Caller(account.session()).sts.get_caller_identity) == "ok"
        address = urlsplit(account.url)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port)).close()


def test_the_second_emulator_forgets_when_asked_to(ministack):
    aws = Caller(ministack.session())
    name = aws.bucket()
    ministack.forget()
    assert name not in [bucket["Name"] for bucket in aws.s3.list_buckets()["Buckets"]]
