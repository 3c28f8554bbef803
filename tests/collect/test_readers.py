"""What each kind's readers make of AWS's answers, in recorded shapes that no emulator shows."""

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from urllib.parse import quote

import pytest

from compliance.address import GLOBAL
from compliance.collect.client import Gone
from compliance.collect.operations import OPERATIONS
from compliance.collect.readers import LINKERS, LISTERS, PROBERS, READERS, RESOLVERS
from compliance.evidence import Cause, Known, Unreadable
from compliance.models import KINDS
from compliance.models.network import Route, SecurityRule
from compliance.models.storage import Algorithm, Encryption

from .recorded import ACCOUNT, REGION, Recorded, Refusal, fact, handle, led_to, listed, probed, resolved

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-0000-4000-8000-000000000001"


def known(said):
    assert isinstance(said, Known), said
    return said.value


# Declarations


def test_every_fact_has_a_reader_and_every_kind_a_way_to_be_found():
    facts = {(kind, name) for kind, model in KINDS.items() for name in model.facts}
    assert facts == READERS.keys()
    relations = {"NetworkEstate", "Output", "Deployment"}
    assert KINDS.keys() - relations == LISTERS.keys()
    assert KINDS.keys() - relations == PROBERS.keys()


def test_every_declared_operation_is_used_by_somebody():
    groups = (READERS.values(), LISTERS.values(), LINKERS, PROBERS.values(), RESOLVERS.values())
    used = {call for group in groups for each in group for call in each.calls}
    assert OPERATIONS.keys() - used == {"sts:GetCallerIdentity"}


# Buckets


def encryption(rule):
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ({"SSEAlgorithm": "AES256"}, Encryption(Algorithm.SSE_S3, None, bucket_key=False)),
        ({"SSEAlgorithm": "aws:kms"}, Encryption(Algorithm.SSE_KMS, None, bucket_key=False)),
        (
            {"SSEAlgorithm": "aws:kms:dsse", "KMSMasterKeyID": KEY},
            Encryption(Algorithm.DSSE_KMS, KEY, bucket_key=False),
        ),
    ],
)
def test_default_encryption(default, expected):
    session = Recorded(s3__GetBucketEncryption=encryption({"ApplyServerSideEncryptionByDefault": default}))
    assert known(fact(session, "Bucket", "encryption", handle("Bucket", "data"))) == expected


def test_no_default_encryption_is_a_fact():
    refused = Refusal("ServerSideEncryptionConfigurationNotFoundError", "none", 404)
    session = Recorded(s3__GetBucketEncryption=refused)
    assert known(fact(session, "Bucket", "encryption", handle("Bucket", "data"))) is None


@pytest.mark.parametrize(
    "answer",
    [
        {},
        encryption({}),
        {"ServerSideEncryptionConfiguration": {"Rules": []}},
        encryption({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:new"}}),
    ],
)
def test_encryption_that_can_not_be_understood_is_no_fact(answer):
    said = fact(Recorded(s3__GetBucketEncryption=answer), "Bucket", "encryption", handle("Bucket", "data"))
    assert said.cause is Cause.MALFORMED
    assert said.operation == "s3:GetBucketEncryption"


@pytest.mark.parametrize(("prefix", "suffix"), [("Prefix", "Suffix"), ("prefix", "suffix")])
def test_filter_rules_are_told_in_either_spelling(prefix, suffix):
    rules = [{"Name": suffix, "Value": ".gz"}, {"Name": prefix, "Value": "in/"}]
    row = {"TopicArn": "arn", "Events": ["b", "a"], "Filter": {"Key": {"FilterRules": rules}}}
    answer = {"TopicConfigurations": [row], "EventBridgeConfiguration": {}}
    session = Recorded(s3__GetBucketNotificationConfiguration=answer)
    (found,) = known(fact(session, "Bucket", "notifications", handle("Bucket", "data")))
    assert (found.prefix, found.suffix, found.events) == ("in/", ".gz", ("a", "b"))


def test_buckets_are_listed_in_their_own_region_the_oldest_spelling_too():
    rows = [
        {"Name": "here", "BucketRegion": REGION}, {"Name": "old", "BucketRegion": "EU"},
        {"Name": "there", "BucketRegion": "us-east-1"}, {"Name": "silent"},
    ]  # fmt: skip
    session = Recorded(s3__ListBuckets={"Buckets": rows})
    assert [each.name for each in known(listed(session, "Bucket"))] == ["here", "old", "silent"]
    # Without any parameter S3 leaves the regions out.
    assert session.asked["s3:ListBuckets"][0]["MaxBuckets"] == 10_000
    assert [each.name for each in known(listed(session, "Bucket", region="us-east-1"))] == ["there"]


def test_switches_and_versioning_that_were_never_set_are_facts():
    session = Recorded(
        s3__GetPublicAccessBlock=Refusal("NoSuchPublicAccessBlockConfiguration", "none", 404),
        s3__GetBucketVersioning={},
        s3__GetBucketTagging=Refusal("NoSuchTagSet", "none", 404),
        s3__GetBucketPolicy=Refusal("NoSuchBucketPolicy", "none", 404),
    )
    data = handle("Bucket", "data")
    assert known(fact(session, "Bucket", "public_access_block", data)) is None
    assert known(fact(session, "Bucket", "versioning", data)) is None
    assert known(fact(session, "Bucket", "tags", data)) == {}
    assert known(fact(session, "Bucket", "document", data)) is None


@pytest.mark.parametrize("name", ["encryption", "notifications", "document", "versioning", "tags"])
def test_a_bucket_that_is_gone_has_no_facts(name):
    gone = Refusal("NoSuchBucket", "gone", 404)
    operations = ["GetBucketEncryption", "GetBucketNotificationConfiguration", "GetBucketPolicy",
                  "GetBucketVersioning", "GetBucketTagging"]  # fmt: skip
    session = Recorded(**{f"s3__{each}": gone for each in operations})
    assert isinstance(fact(session, "Bucket", name, handle("Bucket", "data")), Gone)


# Principals

ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/worker"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "AIDAEXAMPLE4DELETED"}}],
}


def role_row(**more):
    row = {
        "RoleName": "worker", "Arn": ROLE, "Path": "/app/", "RolePolicyList": [],
        "AssumeRolePolicyDocument": quote(json.dumps(TRUST)), "AttachedManagedPolicies": [],
    }  # fmt: skip
    return {"RoleDetailList": [row | more], "UserDetailList": [], "GroupDetailList": [], "Policies": []}


WORKER = handle("Role", "worker", region=GLOBAL)


@pytest.mark.parametrize("document", [quote(json.dumps(TRUST)), json.dumps(TRUST), "%0A%7B%7D"])
def test_a_document_is_json_text_however_it_comes(document):
    session = Recorded(iam__GetAccountAuthorizationDetails=role_row(AssumeRolePolicyDocument=document))
    text = known(fact(session, "Role", "trust", WORKER))
    assert isinstance(json.loads(text), dict)


def test_a_document_that_is_none_stays_text_for_whoever_reads_it():
    session = Recorded(iam__GetAccountAuthorizationDetails=role_row(AssumeRolePolicyDocument="%7Bcut"))
    assert known(fact(session, "Role", "trust", WORKER)) == "{cut"


def test_a_deleted_principal_stays_what_aws_made_of_it():
    session = Recorded(iam__GetAccountAuthorizationDetails=role_row())
    assert "AIDAEXAMPLE4DELETED" in known(fact(session, "Role", "trust", WORKER))


def test_a_role_on_a_later_page_with_all_that_hangs_on_it():
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/limits"
    admin = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    row = role_row(
        RolePolicyList=[
            {"PolicyName": "b", "PolicyDocument": "%7B%7D"},
            {"PolicyName": "a", "PolicyDocument": "{}"},
        ],
        AttachedManagedPolicies=[{"PolicyName": "ReadOnlyAccess", "PolicyArn": admin}],
        PermissionsBoundary={"PermissionsBoundaryArn": boundary},
        Tags=[{"Key": "team", "Value": "a"}],
    )
    other = role_row(RoleName="other") | {"IsTruncated": True, "Marker": "m"}
    pages = lambda: [other, row]  # noqa: E731
    session = Recorded(iam__GetAccountAuthorizationDetails=pages())
    assert [each.name for each in known(fact(session, "Role", "inline", WORKER))] == ["a", "b"]
    session = Recorded(iam__GetAccountAuthorizationDetails=pages())
    assert known(fact(session, "Role", "boundary", WORKER)) == boundary
    session = Recorded(iam__GetAccountAuthorizationDetails=pages())
    found = led_to(session, WORKER, "ManagedPolicy")
    assert {(each.name, each.account) for each in found} == {
        ("aws:ReadOnlyAccess", ACCOUNT),
        ("limits", ACCOUNT),
    }


def test_a_managed_policy_that_iam_does_not_know_is_a_fact():
    session = Recorded(iam__GetPolicy=Refusal("NoSuchEntity", "none", 404))
    gone = handle("ManagedPolicy", "gone", region=GLOBAL)
    assert known(fact(session, "ManagedPolicy", "exists", gone)) is False


def test_a_refused_managed_policy_is_not_a_missing_one():
    session = Recorded(iam__GetPolicy=Refusal("AccessDenied", "no", 403))
    said = fact(session, "ManagedPolicy", "exists", handle("ManagedPolicy", "p", region=GLOBAL))
    assert said.cause is Cause.DENIED


# Keys


def metadata(**more):
    facts = {"KeyId": KEY.rpartition("/")[2], "Arn": KEY, "KeyState": "Enabled", "KeyManager": "CUSTOMER",
             "KeySpec": "SYMMETRIC_DEFAULT"}  # fmt: skip
    return {"KeyMetadata": facts | more}


def test_an_alias_and_its_key_are_one_resource():
    session = Recorded(kms__DescribeKey=metadata())
    found = known(resolved(session, handle("Key", "alias/app")))
    assert (found.name, found.arn) == (KEY.rpartition("/")[2], KEY)
    assert known(resolved(session, handle("Key", "0a1b"))).name == "0a1b"
    assert len(session.asked["kms:DescribeKey"]) == 1  # a key's own id needs no asking


def test_a_key_of_aws_itself_is_told_apart():
    session = Recorded(kms__DescribeKey=metadata(KeyManager="AWS"))
    assert known(fact(session, "Key", "is_customer_managed", handle("Key", "alias/aws/s3"))) is False


def test_a_kind_of_key_that_can_not_rotate_does_not():
    session = Recorded(kms__GetKeyRotationStatus=Refusal("UnsupportedOperationException", "asymmetric", 400))
    assert known(fact(session, "Key", "rotates", handle("Key", "k"))) is False


def test_aliases_are_those_of_this_key():
    rows = [{"AliasName": "alias/b", "TargetKeyId": "k"}, {"AliasName": "alias/a", "TargetKeyId": "k"},
            {"AliasName": "alias/aws/unused"}]  # fmt: skip
    session = Recorded(kms__ListAliases={"Aliases": rows})
    assert known(fact(session, "Key", "aliases", handle("Key", "k"))) == ("alias/a", "alias/b")


# Functions, topics, queues, secrets, databases, trails, alarms, groups


def configuration(**more):
    base = {"FunctionName": "f", "CodeSize": 10, "Role": ROLE}
    return {"lambda__GetFunctionConfiguration": base | more}


def test_a_function_that_is_being_made_says_so():
    session = Recorded(
        **configuration(State="Pending", StateReasonCode="Creating", LastUpdateStatus="InProgress")
    )
    function = handle("Function", "f")
    assert known(fact(session, "Function", "state", function)) == "Pending"
    assert known(fact(session, "Function", "last_update", function)) == "InProgress"


def test_an_image_function_outside_a_network_has_neither_runtime_nor_place():
    session = Recorded(**configuration(PackageType="Image", VpcConfig={"VpcId": "", "SubnetIds": []}))
    function = handle("Function", "f")
    expectations = {
        "runtime": None, "handler": None, "vpc_id": None, "subnet_ids": (), "key_arn": None,
        "state": "Active", "variables": (), "log_group": "/aws/lambda/f",
    }  # fmt: skip
    for name, expected in expectations.items():
        assert known(fact(session, "Function", name, function)) == expected, name


def test_the_values_of_variables_stay_where_they_are():
    environment = {"Variables": {"PASSWORD": "hunter2", "A": "b"}}
    said = fact(
        Recorded(**configuration(Environment=environment)), "Function", "variables", handle("Function", "f")
    )
    assert said == Known(("A", "PASSWORD"))


def test_a_function_without_a_policy_answers_as_if_it_were_not_there():
    session = Recorded(lambda__GetPolicy=Refusal("ResourceNotFoundException", "none", 404))
    assert known(fact(session, "Function", "document", handle("Function", "f"))) is None


def test_a_function_writes_to_the_log_group_that_it_names():
    session = Recorded(**configuration(LoggingConfig={"LogGroup": "/shared"}))
    assert [each.name for each in led_to(session, handle("Function", "f"), "LogGroup")] == ["/shared"]


@pytest.mark.parametrize(
    ("arn", "confirmed"),
    [(f"arn:aws:sns:{REGION}:{ACCOUNT}:t:1", True), ("PendingConfirmation", False), ("Deleted", False)],
)
def test_a_subscription_counts_when_it_is_confirmed(arn, confirmed):
    row = {"Protocol": "email", "Endpoint": "a@example.com", "SubscriptionArn": arn}
    session = Recorded(sns__ListSubscriptionsByTopic={"Subscriptions": [row]})
    found = known(fact(session, "Topic", "subscriptions", handle("Topic", "t")))
    assert [each.is_confirmed for each in found] == [confirmed]


def test_a_queue_without_policy_or_key():
    session = Recorded(
        sqs__GetQueueUrl={"QueueUrl": "https://q"},
        sqs__GetQueueAttributes={"Attributes": {"QueueArn": "arn"}},
    )
    assert known(fact(session, "Queue", "document", handle("Queue", "q"))) is None
    strange = Recorded(sqs__GetQueueUrl={"QueueUrl": "https://q"}, sqs__GetQueueAttributes={})
    assert isinstance(fact(strange, "Queue", "document", handle("Queue", "q")), Unreadable)


def test_no_queues_are_no_member():
    assert known(listed(Recorded(sqs__ListQueues={}), "Queue")) == ()


def test_a_secret_that_waits_for_its_deletion_is_not_there():
    when = datetime(2026, 4, 1, tzinfo=UTC)
    arn = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
    session = Recorded(secretsmanager__DescribeSecret={"ARN": arn, "Name": "db", "DeletedDate": when})
    secret = handle("Secret", "db-AbCdEf", arn=arn)
    assert known(probed(session, secret)) is False
    assert known(fact(session, "Secret", "deletes_at", secret)) == when
    assert known(fact(session, "Secret", "rotates", secret)) is False


DATABASE = {
    "DBInstanceIdentifier": "db", "DBInstanceArn": f"arn:aws:rds:{REGION}:{ACCOUNT}:db:db",
    "Engine": "postgres",
    "PubliclyAccessible": False, "StorageEncrypted": True, "MultiAZ": False, "DeletionProtection": True,
    "BackupRetentionPeriod": 7,
}  # fmt: skip


def test_a_database_that_is_being_made_has_no_endpoint():
    session = Recorded(rds__DescribeDBInstances={"DBInstances": [DATABASE]})
    database = handle("Database", "db")
    for name, expected in {"endpoint": None, "key_arn": None, "secret_arn": None, "vpc_id": None, "tags": {},
                           "security_group_ids": ()}.items():  # fmt: skip
        assert known(fact(session, "Database", name, database)) == expected, name


def test_a_database_leads_to_its_secret_groups_and_key():
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1-AbCdEf"
    row = DATABASE | {"MasterUserSecret": {"SecretArn": secret}, "KmsKeyId": KEY,
                      "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}]}  # fmt: skip
    session = Recorded(rds__DescribeDBInstances={"DBInstances": [row]})
    database = handle("Database", "db")
    assert [each.arn for each in led_to(session, database, "Secret")] == [secret]
    assert [each.name for each in led_to(session, database, "SecurityGroup")] == ["sg-1"]
    assert [each.arn for each in led_to(session, database, "Key")] == [KEY]


def test_a_trail_is_read_where_its_home_is_without_its_shadows():
    session = Recorded(cloudtrail__DescribeTrails={"trailList": []})
    assert known(listed(session, "Trail")) == ()
    assert session.asked["cloudtrail:DescribeTrails"] == [{"includeShadowTrails": False}]
    assert isinstance(probed(session, handle("Trail", "t")), Gone)


def test_an_alarm_over_an_expression_has_no_metric():
    row = {"AlarmName": "a", "AlarmArn": "arn", "ActionsEnabled": False, "StateValue": "OK", "Metrics": []}
    session = Recorded(cloudwatch__DescribeAlarms={"MetricAlarms": [row], "CompositeAlarms": []})
    assert known(fact(session, "Alarm", "metric", handle("Alarm", "a"))) is None
    assert led_to(session, handle("Alarm", "a"), "Topic") == []


def test_a_log_group_is_not_one_whose_name_is_longer():
    rows = [{"logGroupName": "/app-2", "retentionInDays": 1}, {"logGroupName": "/app"}]
    session = Recorded(logs__DescribeLogGroups={"logGroups": rows})
    assert known(fact(session, "LogGroup", "retention_days", handle("LogGroup", "/app"))) is None
    assert isinstance(probed(session, handle("LogGroup", "/ap")), Gone)


# Networks


def association(block, state="associated"):
    return {"CidrBlock": block, "CidrBlockState": {"State": state}}


def test_a_network_has_its_associated_blocks_the_primary_first():
    row = {
        "VpcId": "vpc-1", "CidrBlock": "10.1.0.0/16", "IsDefault": False,
        "CidrBlockAssociationSet": [association("10.0.0.0/16"), association("10.1.0.0/16"),
                                    association("10.2.0.0/16", "disassociating")],
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": {"State": "associated"}}
        ],
    }  # fmt: skip
    session = Recorded(ec2__DescribeVpcs={"Vpcs": [row]})
    vpc = handle("Vpc", "vpc-1")
    blocks = tuple(map(ip_network, ("10.1.0.0/16", "10.0.0.0/16")))
    assert known(fact(session, "Vpc", "cidr_blocks", vpc)) == blocks
    assert known(fact(session, "Vpc", "ipv6_blocks", vpc)) == (ip_network("2001:db8::/56"),)
    assert known(fact(session, "Vpc", "tags", vpc)) == {}


def test_a_subnet_of_ipv6_alone():
    row = {
        "SubnetId": "subnet-1",
        "VpcId": "vpc-1",
        "AvailabilityZone": "eu-west-1a",
        "MapPublicIpOnLaunch": False,
    }
    session = Recorded(ec2__DescribeSubnets={"Subnets": [row]})
    assert known(fact(session, "Subnet", "cidr_block", handle("Subnet", "subnet-1"))) is None


def tables(*routes):
    row = {
        "RouteTableId": "rtb-1",
        "VpcId": "vpc-1",
        "Associations": [{"Main": True}],
        "Routes": list(routes),
    }
    return Recorded(ec2__DescribeRouteTables={"RouteTables": [row]})


def test_routes_to_every_kind_of_target():
    session = tables(
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"},
        {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "blackhole"},
        {"DestinationCidrBlock": "10.9.0.0/16", "State": "blackhole"},
    )
    assert known(fact(session, "RouteTable", "routes", handle("RouteTable", "rtb-1"))) == (
        Route("10.0.0.0/16", "local", is_active=True),
        Route("::/0", "eigw-1", is_active=True),
        Route("pl-1", "vpce-1", is_active=True),
        Route("0.0.0.0/0", "nat-1", is_active=False),
        Route("10.9.0.0/16", "", is_active=False),
    )


def test_a_route_to_who_knows_where_does_not_hide_those_behind_it():
    strange = {"DestinationOfTheFuture": "x", "GatewayId": "local", "State": "active"}
    session = tables(strange, {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"})
    said = fact(session, "RouteTable", "routes", handle("RouteTable", "rtb-1"))
    assert said.cause is Cause.MALFORMED


def test_rules_with_every_kind_of_source():
    rule = {
        "IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-2"}, {"UserId": "1"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
    }  # fmt: skip
    row = {
        "GroupId": "sg-1",
        "GroupName": "g",
        "VpcId": "vpc-1",
        "IpPermissions": [rule],
        "IpPermissionsEgress": [],
    }
    session = Recorded(ec2__DescribeSecurityGroups={"SecurityGroups": [row]})
    sources = ("10.0.0.0/8", "::/0", "pl-1", "sg-2")
    found = known(fact(session, "SecurityGroup", "ingress", handle("SecurityGroup", "sg-1")))
    assert found == (SecurityRule("all", None, None, sources),)


NAT = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "deleted"}


def test_a_gateway_that_is_deleted_is_gone():
    session = Recorded(ec2__DescribeNatGateways={"NatGateways": [NAT]})
    assert isinstance(fact(session, "Gateway", "state", handle("Gateway", "nat-1")), Gone)
    assert known(probed(session, handle("Gateway", "nat-1"))) is False
    live = Recorded(ec2__DescribeNatGateways={"NatGateways": [NAT | {"State": "available"}]})
    assert known(fact(live, "Gateway", "subnet_ids", handle("Gateway", "nat-1"))) == ("subnet-1",)


def test_an_internet_gateway_that_hangs_nowhere():
    row = {"InternetGatewayId": "igw-1", "Attachments": []}
    session = Recorded(ec2__DescribeInternetGateways={"InternetGateways": [row]})
    assert known(fact(session, "Gateway", "state", handle("Gateway", "igw-1"))) == "detached"


# Stacks


def resources(*rows):
    told = [{"ResourceType": t, "PhysicalResourceId": p, "ResourceStatus": s} for t, p, s in rows]
    return Recorded(cloudformation__ListStackResources={"StackResourceSummaries": told})


def test_a_stack_leads_to_what_it_made_by_whatever_name_that_has():
    nested = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/app-Nested-1A2B/0a1b2c3d"
    session = resources(
        ("AWS::S3::Bucket", "data", "CREATE_COMPLETE"),
        ("AWS::S3::Bucket", "never", "CREATE_FAILED"),
        ("AWS::S3::Bucket", "kept", "DELETE_FAILED"),
        ("AWS::S3::Bucket", "lost", "DELETE_COMPLETE"),
        ("AWS::S3::Bucket", None, "CREATE_IN_PROGRESS"),
        ("AWS::SNS::Topic", f"arn:aws:sns:{REGION}:{ACCOUNT}:t", "CREATE_COMPLETE"),
        ("AWS::SQS::Queue", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q", "CREATE_COMPLETE"),
        ("AWS::IAM::Role", "worker", "UPDATE_COMPLETE"),
        ("AWS::CloudFormation::Stack", nested, "CREATE_COMPLETE"),
        ("AWS::Example::Other", "x", "CREATE_COMPLETE"),
    )
    app = handle("Stack", "app")
    assert [each.name for each in led_to(session, app, "Bucket")] == ["data", "kept"]
    assert [each.arn for each in led_to(session, app, "Topic")] == [f"arn:aws:sns:{REGION}:{ACCOUNT}:t"]
    assert [each.name for each in led_to(session, app, "Queue")] == ["q"]
    assert [(each.name, each.region) for each in led_to(session, app, "Role")] == [("worker", GLOBAL)]
    assert [(each.name, each.arn) for each in led_to(session, app, "Stack")] == [("app-Nested-1A2B", nested)]


def test_a_stack_that_does_not_exist_is_gone():
    session = Recorded(
        cloudformation__DescribeStacks=Refusal("ValidationError", "Stack with id app does not exist")
    )
    assert isinstance(fact(session, "Stack", "status", handle("Stack", "app")), Gone)


# What is left out of an answer must not read as something else


@pytest.mark.parametrize(
    ("kind", "name", "operation", "answer"),
    [
        ("Vpc", "is_default", "ec2__DescribeVpcs", {"Vpcs": [{"VpcId": "x"}]}),
        ("Subnet", "zone", "ec2__DescribeSubnets", {"Subnets": [{"SubnetId": "x"}]}),
        ("RouteTable", "is_main", "ec2__DescribeRouteTables", {"RouteTables": [{"RouteTableId": "x"}]}),
        ("SecurityGroup", "ingress", "ec2__DescribeSecurityGroups", {"SecurityGroups": [{"GroupId": "x"}]}),
        ("Function", "role_arn", "lambda__GetFunctionConfiguration", {}),
        ("Function", "document", "lambda__GetPolicy", {}),
        ("Function", "tags", "lambda__ListTags", {}),
        ("Topic", "document", "sns__GetTopicAttributes", {}),
        ("Topic", "tags", "sns__ListTagsForResource", {}),
        ("Key", "state", "kms__DescribeKey", {}),
        ("Key", "document", "kms__GetKeyPolicy", {}),
        ("Key", "rotates", "kms__GetKeyRotationStatus", {}),
        ("Bucket", "document", "s3__GetBucketPolicy", {}),
        ("Bucket", "public_access_block", "s3__GetPublicAccessBlock", {}),
        ("Bucket", "tags", "s3__GetBucketTagging", {}),
        ("Secret", "rotates", "secretsmanager__DescribeSecret", {}),
        (
            "Database",
            "is_public",
            "rds__DescribeDBInstances",
            {"DBInstances": [{"DBInstanceIdentifier": "x"}]},
        ),
        ("Trail", "bucket", "cloudtrail__DescribeTrails", {"trailList": [{"Name": "x"}]}),
        ("Trail", "is_logging", "cloudtrail__GetTrailStatus", {}),
        ("Stack", "status", "cloudformation__DescribeStacks", {"Stacks": [{"StackName": "x"}]}),
        ("LogGroup", "tags", "logs__ListTagsForResource", {}),
        ("Alarm", "actions_enabled", "cloudwatch__DescribeAlarms", {"MetricAlarms": [{"AlarmName": "x"}]}),
    ],
)
def test_a_member_that_is_always_there_and_is_not_is_malformed(kind, name, operation, answer):
    said = fact(Recorded(**{operation: answer}), kind, name, handle(kind, "x"))
    assert said.cause is Cause.MALFORMED
    assert said.operation == operation.replace("__", ":")
