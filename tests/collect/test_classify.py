"""What a value names, by its shape and by its key's words."""

import pytest

from compliance.collect.classify import MAX_PART_LENGTH, SENSITIVE, classify, readings_of
from compliance.collect.classify.names import name_in
from compliance.collect.classify.vocabulary import MEANINGS
from compliance.collect.classify.words import words_of
from compliance.collect.output_parts import members_of
from compliance.models import KINDS
from compliance.models.deployment import NamedResource, OutputValue, Unclassified

UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
MRK = "mrk-1234abcd12ab34cd56ef1234567890ab"
ACCOUNT, REGION = "123456789012", "eu-west-1"


def output(key, text, *, is_sensitive=False):
    parts = () if is_sensitive else tuple(part for _, part in members_of(text))
    return OutputValue(key, text, parts, "outputs.json", is_sensitive)


def named(key, text):
    """(kind, name) of each resource that the output names."""
    found = classify(output(key, text))
    assert isinstance(found, tuple), found
    return [(one.kind, one.name) for one in found]


def reason(key, text):
    found = classify(output(key, text))
    assert isinstance(found, Unclassified), found
    return found.reason


@pytest.mark.parametrize(
    ("rest", "kind", "name"),
    [
        ("s3:::data", "Bucket", "data"),
        ("s3:::data/prefix/*", "Bucket", "data"),
        (f"ec2:{REGION}:{ACCOUNT}:vpc/vpc-1", "Vpc", "vpc-1"),
        (f"ec2:{REGION}:{ACCOUNT}:subnet/subnet-1", "Subnet", "subnet-1"),
        (f"ec2:{REGION}:{ACCOUNT}:route-table/rtb-1", "RouteTable", "rtb-1"),
        (f"ec2:{REGION}:{ACCOUNT}:internet-gateway/igw-1", "Gateway", "igw-1"),
        (f"ec2:{REGION}:{ACCOUNT}:natgateway/nat-1", "Gateway", "nat-1"),
        (f"ec2:{REGION}:{ACCOUNT}:transit-gateway-attachment/tgw-attach-1", "Gateway", "tgw-attach-1"),
        (f"ec2:{REGION}:{ACCOUNT}:security-group/sg-1", "SecurityGroup", "sg-1"),
        (f"ec2:{REGION}:{ACCOUNT}:vpc-endpoint/vpce-1", "Endpoint", "vpce-1"),
        (f"ec2:{REGION}:{ACCOUNT}:vpc-flow-log/fl-1", "FlowLog", "fl-1"),
        (f"kms:{REGION}:{ACCOUNT}:key/{UUID}", "Key", UUID),
        (f"kms:{REGION}:{ACCOUNT}:key/{MRK}", "Key", MRK),
        (f"kms:{REGION}:{ACCOUNT}:alias/team/logs", "Key", "alias/team/logs"),
        (f"logs:{REGION}:{ACCOUNT}:log-group:/aws/vpc/flow", "LogGroup", "/aws/vpc/flow"),
        (f"logs:{REGION}:{ACCOUNT}:log-group:/aws/vpc/flow:*", "LogGroup", "/aws/vpc/flow"),
        (f"logs:{REGION}:{ACCOUNT}:log-group:flow:log-stream:a", "LogGroup", "flow"),
        (f"sns:{REGION}:{ACCOUNT}:security", "Topic", "security"),
        (f"sns:{REGION}:{ACCOUNT}:security.fifo", "Topic", "security.fifo"),
        (f"sqs:{REGION}:{ACCOUNT}:jobs", "Queue", "jobs"),
        (f"iam::{ACCOUNT}:role/deploy", "Role", "deploy"),
        (f"iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/deploy", "Role", "deploy"),
        (f"sts::{ACCOUNT}:assumed-role/deploy/session", "Role", "deploy"),
        (f"iam::{ACCOUNT}:user/team/ann", "User", "ann"),
        (f"iam::{ACCOUNT}:group/admins", "Group", "admins"),
        (f"iam::{ACCOUNT}:policy/scoped", "ManagedPolicy", "scoped"),
        (f"iam::{ACCOUNT}:policy/team/scoped", "ManagedPolicy", "team/scoped"),
        ("iam::aws:policy/ReadOnlyAccess", "ManagedPolicy", "aws:ReadOnlyAccess"),
        ("iam::aws:policy/service-role/Basic", "ManagedPolicy", "aws:service-role/Basic"),
        (f"lambda:{REGION}:{ACCOUNT}:function:metrics", "Function", "metrics"),
        (f"lambda:{REGION}:{ACCOUNT}:function:metrics:live", "Function", "metrics"),
        (f"lambda:{REGION}:{ACCOUNT}:function:metrics:$LATEST", "Function", "metrics"),
        (f"rds:{REGION}:{ACCOUNT}:db:payments", "Database", "payments"),
        (f"secretsmanager:{REGION}:{ACCOUNT}:secret:db/main-AbCdEf", "Secret", "db/main-AbCdEf"),
        (f"secretsmanager:{REGION}:{ACCOUNT}:secret:main-AbCdEf:password::", "Secret", "main-AbCdEf"),
        (f"cloudformation:{REGION}:{ACCOUNT}:stack/finance/{UUID}", "Stack", "finance"),
        (f"cloudwatch:{REGION}:{ACCOUNT}:alarm:NAT is down: zone a", "Alarm", "NAT is down: zone a"),
        (f"cloudtrail:{REGION}:{ACCOUNT}:trail/main", "Trail", "main"),
    ],
)
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_an_arn_names_its_resource(partition, rest, kind, name):
    assert named("Anything", f"arn:{partition}:{rest}") == [(kind, name)]


def test_an_arn_says_account_and_region():
    (found,) = classify(output("Alerts", f"arn:aws-cn:sns:cn-north-1:{ACCOUNT}:security"))
    arn = f"arn:aws-cn:sns:cn-north-1:{ACCOUNT}:security"
    assert found == NamedResource("Alerts", arn, "Topic", "security", ACCOUNT, "cn-north-1")


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/deploy", ACCOUNT),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
        ("arn:aws:s3:::data", None),
    ],
)
def test_what_an_arn_leaves_out_stays_unsaid(arn, account):
    (found,) = classify(output("Anything", arn))
    assert (found.account, found.region) == (account, None)


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders", "no check looks at dynamodb table"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts:{UUID}", "no check looks at sns subscription"),
        (f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/data", "no check looks at s3 accesspoint"),
        (f"arn:aws:apigateway:{REGION}::/restapis/abc", "no check looks at apigateway restapis"),
        (f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:main", "no check looks at rds cluster"),
        ("arn:aws:x:::", "no check looks at x"),
        ("arn:aws:iam::123456789012:role/*", "it is a pattern of ARNs"),
        ("arn:aws:s3", "it starts like an ARN, but isn't one"),
        ("arn:", "it starts like an ARN, but isn't one"),
        ("arn:aws:s3:::da\x1bta", "no check looks at s3 da"),
    ],
)
def test_an_arn_of_something_else_says_why_it_is_not_judged(arn, expected):
    assert reason("Anything", arn).startswith(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("vpc-0a1b2c3d4e5f60718", "Vpc"),
        ("vpc-0a1b2c3d", "Vpc"),
        ("subnet-deadbeef", "Subnet"),
        ("sg-deadbeef", "SecurityGroup"),
        ("rtb-deadbeef", "RouteTable"),
        ("igw-deadbeef", "Gateway"),
        ("nat-0a1b2c3d4e5f60718", "Gateway"),
        ("tgw-attach-0a1b2c3d4e5f60718", "Gateway"),
        ("vpce-0a1b2c3d4e5f60718", "Endpoint"),
        ("fl-0a1b2c3d4e5f60718", "FlowLog"),
        (UUID, "Key"),
        (MRK, "Key"),
        ("alias/logs", "Key"),
        ("alias/aws/s3", "Key"),
        ("/aws/lambda/metrics", "LogGroup"),
        ("/payments/api", "LogGroup"),
        ("vpc-1", "Vpc"),
        ("subnet-1a", "Subnet"),
        ("sg-0", "SecurityGroup"),
        ("rtb-0", "RouteTable"),
        ("igw-0", "Gateway"),
        ("vpce-0", "Endpoint"),
        ("fl-0", "FlowLog"),
    ],
)
def test_a_shape_tells_without_the_key(text, kind):
    assert named("Anything", text) == [(kind, text)]


@pytest.mark.parametrize(
    ("text", "kind", "name", "account", "region"),
    [
        ("main.c9abcdef.eu-west-1.rds.amazonaws.com", "Database", "main", None, REGION),
        ("main.c9abcdef.eu-west-1.rds.amazonaws.com:5432", "Database", "main", None, REGION),
        ("MAIN.c9abcdef.cn-north-1.rds.amazonaws.com.cn", "Database", "main", None, "cn-north-1"),
        (
            "jdbc:postgresql://main.c9ab.us-gov-west-1.rds.amazonaws.com:5432/db?ssl=true",
            "Database",
            "main",
            None,
            "us-gov-west-1",
        ),
        ("postgres://admin@main.c9ab.eu-west-1.rds.amazonaws.com/db", "Database", "main", None, REGION),
        (f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/jobs", "Queue", "jobs", ACCOUNT, REGION),
        (f"https://eu-west-1.queue.amazonaws.com/{ACCOUNT}/jobs.fifo", "Queue", "jobs.fifo", ACCOUNT, REGION),
        (f"https://queue.amazonaws.com/{ACCOUNT}/jobs", "Queue", "jobs", ACCOUNT, None),
        (f"http://127.0.0.1:5000/{ACCOUNT}/jobs", "Queue", "jobs", ACCOUNT, None),
        (f"http://localhost:4566/{ACCOUNT}/jobs", "Queue", "jobs", ACCOUNT, None),
        ("s3://data", "Bucket", "data", None, None),
        ("s3://data/prefix/", "Bucket", "data", None, None),
        ("data.s3.amazonaws.com", "Bucket", "data", None, None),
        ("data.s3.eu-west-1.amazonaws.com", "Bucket", "data", None, REGION),
        ("my.dotted.data.s3.dualstack.eu-west-1.amazonaws.com", "Bucket", "my.dotted.data", None, REGION),
        ("https://data.s3-eu-west-1.amazonaws.com/a/b", "Bucket", "data", None, REGION),
        ("http://data.s3-website-eu-west-1.amazonaws.com", "Bucket", "data", None, REGION),
        ("http://data.s3-website.eu-central-1.amazonaws.com/", "Bucket", "data", None, "eu-central-1"),
        ("https://s3.eu-west-1.amazonaws.com/data/key", "Bucket", "data", None, REGION),
        ("https://s3.amazonaws.com/data", "Bucket", "data", None, None),
        ("Z1HUB:vpce-0abc-12de.ec2.us-east-1.vpce.amazonaws.com", "Endpoint", "vpce-0abc", None, "us-east-1"),
    ],
)
def test_an_address_of_aws_names_its_resource_and_place(text, kind, name, account, region):
    assert classify(output("Anything", text)) == (
        NamedResource("Anything", text, kind, name, account, region),
    )


@pytest.mark.parametrize(
    "text",
    [
        "main.cluster-c9abcdef.eu-west-1.rds.amazonaws.com",
        "main.cluster-ro-c9abcdef.eu-west-1.rds.amazonaws.com:3306",
        "main.proxy-c9abcdef.eu-west-1.rds.amazonaws.com",
        "https://abc.execute-api.eu-west-1.amazonaws.com/prod/",
        "https://abc.lambda-url.eu-west-1.on.aws/",
        "lb-1.eu-west-1.elb.amazonaws.com",
        "lb-1.elb.eu-west-1.amazonaws.com",
        "d111111abcdef8.cloudfront.net",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:latest",
        "main.abc.0001.euw1.cache.amazonaws.com",
        "i-0a1b2c3d4e5f60718",
        "eni-0a1b2c3d4e5f60718",
        "ami-0a1b2c3d",
        "tgw-0a1b2c3d4e5f60718",
        "pcx-1",
        "/aws/service/ami-amazon-linux-latest/x",
    ],
)
def test_what_aws_has_but_no_check_looks_at_is_listed(text):
    assert reason("Anything", text).startswith("no check looks at ")


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/16",
        "172.31.0.0/16,10.1.0.0/16",
        "10.0.0.1",
        "2001:db8::/32",
        "3",
        "0.5",
        "-1e5",
        "true",
        "False",
        "123456789012",
        "eu-west-1",
        "us-gov-west-1",
        "eu-west-1a,eu-west-1b,eu-west-1c",
        "us-west-2-lax-1a",
        "euw1-az1",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        "1.4.0",
        "v2.0.1-rc.1",
        "team@example.com",
        "https://example.com/status?x=1",
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home",
    ],
)
def test_a_fact_names_no_resource_and_needs_no_mention(text):
    assert classify(output("Anything", text)) is None


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("Environment", "production"),
        ("EnvironmentName", "production"),
        ("stack.Stage", "dev"),
        ("HealthCheckPath", "/health"),
        ("BucketPrefix", "logs"),
        ("FunctionRuntime", "python3.12"),
        ("DbUserName", "postgres"),
        ("master_username", "postgres"),
        ("DomainName", "example.com"),
        ("SiteUrl", "example.com"),
        ("LogGroupClass", "STANDARD"),
        ("AvailabilityZones", "first,second"),
    ],
)
def test_a_key_of_a_property_names_no_resource(key, text):
    assert classify(output(key, text)) is None


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("FlowLogsBucket", "logs", "Bucket"),
        ("FlowLogsBucketName", "logs", "Bucket"),
        ("flow-logs-bucket-name", "logs", "Bucket"),
        ("flow_logs_bucket_id", "logs", "Bucket"),
        ("S3BucketV2", "logs", "Bucket"),
        ("BucketOutput", "logs", "Bucket"),
        ("DataBucketE3889A50", "data", "Bucket"),
        ("ExportsOutputRefDataBucketE3889A507F9C5B1C", "data", "Bucket"),
        ("Storage.BucketName", "data", "Bucket"),
        ("FlowLogGroup", "flow", "LogGroup"),
        ("LogGroupName", "flow", "LogGroup"),
        ("SecurityTopicName", "security", "Topic"),
        ("AlertsSNS", "security", "Topic"),
        ("QueueName", "jobs", "Queue"),
        ("JobsDlq", "jobs", "Queue"),
        ("FlowLogRoleName", "flow", "Role"),
        ("LambdaExecutionRole", "flow", "Role"),
        ("AdminUserName", "ann", "User"),
        ("AdminGroup", "admins", "Group"),
        ("ManagedPolicyName", "team/scoped", "ManagedPolicy"),
        ("MetricsFunctionName", "metrics", "Function"),
        ("MetricsLambda", "metrics", "Function"),
        ("DatabaseIdentifier", "payments", "Database"),
        ("DBInstanceId", "payments", "Database"),
        ("Database", "payments", "Database"),
        ("DbSecretName", "db/main", "Secret"),
        ("StackName", "finance", "Stack"),
        ("AlarmNames", "NAT is down", "Alarm"),
        ("TrailName", "main", "Trail"),
        ("CloudTrail", "main", "Trail"),
        ("PrivateSubnetIds", "subnet-a", "Subnet"),
        ("VpcIDs", "vpc-prod", "Vpc"),
        ("S3EndpointId", "vpce-a", "Endpoint"),
        ("DataKey", UUID, "Key"),
    ],
)
def test_the_last_words_of_the_key_tell_what_a_name_is(key, text, kind):
    assert named(key, text) == [(kind, text)]


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("BucketKeyArn", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{UUID}", "Key"),
        ("VpcName", "sg-0a1b2c3d", "SecurityGroup"),
        ("VpcId", "sg-1", "SecurityGroup"),
        ("DbPassword", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:x-AbCdEf", "Secret"),
    ],
)
def test_the_shape_wins_over_the_key(key, text, kind):
    assert named(key, text)[0][0] == kind


def test_the_key_wins_over_a_shape_that_may_be_anything():
    assert named("SecretName", "/prod/db") == [("Secret", "/prod/db")]
    assert named("StackName", "vpc-2") == [("Stack", "vpc-2")]
    assert reason("ConfigParameter", "/prod/config") == "no check looks at a parameter"


def test_a_function_name_loses_its_qualifier():
    assert named("FunctionName", "metrics:live") == [("Function", "metrics")]


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("Anything", "some words", "neither the value's shape nor the key's last words"),
        ("BucketAcl", "private", "no check looks at an access control list"),
        ("BucketMode2Setting", "private", "neither"),
        ("VpcId", "to be done", "its key speaks of a Vpc, but none can be called like this"),
        ("BucketName", "Not_A_Bucket", "its key speaks of a Bucket"),
        ("BucketName", "ab", "its key speaks of a Bucket"),
        ("RoleName", "\x1b[31mred", "its key speaks of a Role"),
        ("RoleName", "a\nb", "its key speaks of a Role"),
        ("DatabaseName", "payments", "it may be an instance or a database in it"),
        ("PolicyName", "inline", "it may be an inline policy"),
        ("DbHost", "db.internal", "it says where a Database answers, but not which one"),
        ("TableName", "orders", "no check looks at a table"),
        ("DynamoDBTableName", "orders", "no check looks at a table"),
        ("DbSubnetGroupName", "orders", "no check looks at a group of parameters or subnets"),
        ("123", "x", "neither"),
        ("", "x", "neither"),
        ("Anything", "", "it is empty"),
        ("Anything", " , ,", "it is empty"),
        ("Anything", "[]", "it is empty"),
        ("Anything", "{}", "it is empty"),
        ("Anything", "x" * (MAX_PART_LENGTH + 1), "it is too long to name a resource (2,049 characters)"),
        ("Anything", '[{"a": 1}]', "it is nested too deeply"),
        ("Anything", '{"a": {"b": "vpc-1"}}', "it is nested too deeply"),
        ("Anything", '{"a": [["vpc-1"]]}', "it is nested too deeply"),
        ("Anything", '["x"', "neither"),
        ("Anything", "[" * 100_000, "it is too long"),
    ],
)
def test_what_stays_unclear_says_why(key, text, expected):
    assert reason(key, text).startswith(expected)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("DbPassword", "hunter2"),
        ("DbPassword", "12345"),
        ("AccessToken", "abc"),
        ("ClientSecret", "abc"),
        ("ApiKeyId", "abc"),
        ("PrivateKey", "-----BEGIN" + "x" * 4000),
        ("Connection", "postgres://admin:hunter2@db.internal/x"),
        ("Connection", "postgres://admin:hunter2@main.c9ab.eu-west-1.rds.amazonaws.com/x"),
        ("Login", '{"user": "ann", "password": "hunter2"}'),
    ],
)
def test_a_password_is_never_shown(key, text):
    shown = {reading.value for reading in readings_of(output(key, text)) if isinstance(reading, Unclassified)}
    assert shown == {SENSITIVE}


def test_a_sensitive_output_is_not_looked_into_and_not_forgotten():
    found = classify(output("VpcId", SENSITIVE, is_sensitive=True))
    assert found == Unclassified(
        "VpcId", SENSITIVE, "it is sensitive, by its mark or by its key, so it was not looked into"
    )


def test_a_list_names_each_of_its_members_once():
    assert named("Network", "vpc-1, subnet-1,vpc-1") == [("Vpc", "vpc-1"), ("Subnet", "subnet-1")]
    assert named("Network", '["vpc-1", "subnet-1"]') == [("Vpc", "vpc-1"), ("Subnet", "subnet-1")]


def test_members_of_an_object_are_read_with_their_keys():
    text = '{"vpc": "vpc-1", "bucket_name": "data", "zones": ["eu-west-1a"], "role": "deploy", "x": null}'
    assert named("Settings", text) == [("Vpc", "vpc-1"), ("Bucket", "data"), ("Role", "deploy")]
    assert named("Bucket", '{"name": "data"}') == [("Bucket", "data")]


def test_members_whose_keys_say_nothing_are_what_a_plural_key_says():
    assert named("bucket_names", '{"data": "my-data", "logs": "my-logs"}') == [
        ("Bucket", "my-data"),
        ("Bucket", "my-logs"),
    ]
    assert reason("bucket", '{"data": "my-data"}').startswith("neither")


def test_parts_given_without_their_text_are_read_as_they_are():
    assert classify(OutputValue("SubnetIds", "?", ("subnet-a",), "x")) == (
        NamedResource("SubnetIds", "subnet-a", "Subnet", "subnet-a"),
    )


def test_a_list_keeps_what_it_names_and_what_stays_unclear():
    readings = list(readings_of(output("Network", "vpc-1,what is this,3")))
    assert [type(reading) for reading in readings] == [NamedResource, Unclassified]
    assert named("Network", "what is this,vpc-1") == [("Vpc", "vpc-1")]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("FlowLogsBucketName", "flow log bucket name"),
        ("db_secret_arn", "db secret arn"),
        ("private-subnet-ids", "private subnet id"),
        ("VpcIDs", "vpc id"),
        ("SNSTopicARN", "sns topic arn"),
        ("Policies", "policy"),
        ("DnsAddress", "dns address"),
        ("VpcId8D3C1234", "vpc id"),
        ("DatabaseDB8D3C1234", "database db"),
        ("ExportsOutputRefVpc8378EB38272D6E3A", "vpc"),
        ("ExportsOutputFnGetAttDataBucketE3889A50Arn7F9C5B1C", "data bucket arn"),
        ("Network.VpcId", "vpc id"),
        ("x" * 300 + "VpcId", "x" * 251 + " vpc id"),
    ],
)
def test_a_key_is_split_into_words(key, words):
    assert " ".join(words_of(key)) == words


def test_words_stand_for_kinds_that_exist_and_every_kind_has_legal_names():
    kinds = {found for found in MEANINGS.values() if isinstance(found, str)}
    assert kinds == set(KINDS) - {"Deployment", "Output", "NetworkEstate"}
    assert all(name_in(kind, "\x1b") is None for kind in kinds)


@pytest.mark.parametrize("key", ["A" * 100_000, "Ab" * 100_000, "DEADBEEF" * 10_000 + "_"])
def test_a_hostile_key_takes_no_time(key):
    assert reason(key, "x" * 2000).startswith("neither")
