"""The only door to AWS: nothing but declared reads, each call once, every page of every list."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.model import ServiceModel

from compliance.collect.attempt import attempt
from compliance.collect.client import Client, Gone
from compliance.collect.operations import OPERATIONS
from compliance.errors import RefusedOperation
from compliance.evidence import Cause, FactUnreadable, Unreadable

from .recorded import LOADER, REGION, Recorded, Refusal, sealed_session

READS = re.compile(r"(Get|List|Describe|Head)[A-Z]\w+")


class Body:
    def __init__(self, content):
        self.content = content

    def stream(self, **_):
        yield self.content


class Wire(boto3.Session):
    """A session whose requests end before they are sent; `answer` says what comes back."""

    def __init__(self, answer):
        super().__init__(botocore_session=sealed_session(), region_name=REGION)
        self.answer, self.sent = answer, []

    def client(self, service, **options):
        made = super().client(service, **options)
        made.meta.events.register("before-send", self._send)
        return made

    def _send(self, request, **_):
        self.sent.append(f"{request.method} {request.url}")
        status, headers, content = self.answer(request)
        return AWSResponse(request.url, status, headers, Body(content))


def sending(content=b"", status=200, **headers):
    return Wire(lambda _: (status, {name.replace("_", "-"): text for name, text in headers.items()}, content))


def cause_of(session, operation, **parameters):
    with pytest.raises(FactUnreadable) as caught:
        Client(session).ask(operation, REGION, **parameters)
    return caught.value.unreadable.cause


# Nothing but reads


def test_what_is_declared_reads_by_its_name():
    assert [id_ for id_, each in OPERATIONS.items() if not READS.fullmatch(each.name)] == []


def test_no_declared_operation_hands_out_secrets():
    telling = {
        "GetSecretValue",
        "GetParameter",
        "GetSessionToken",
        "GetFederationToken",
        "GetObject",
        "Decrypt",
    }
    assert not {each.name for each in OPERATIONS.values()} & telling


def test_every_operation_that_is_not_declared_is_stopped_before_it_is_signed():
    """All operations of all services that botocore knows, announced to the clients that a run uses."""
    session = Wire(lambda request: pytest.fail(f"{request.url} was about to leave"))
    known = Client(session)
    mine = {
        service: known._made(service, REGION) for service in {each.service for each in OPERATIONS.values()}
    }
    stopped, passed = 0, set()
    for service in session.get_available_services():
        model = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
        made = mine.get(service, mine["sts"])
        for name in model.operation_names:
            # What a call begins with, whatever it is (botocore.client, _make_api_call).
            begun = f"provide-client-params.{model.service_id.hyphenize()}.{name}"
            operation = model.operation_model(name)
            try:
                made.meta.events.emit_until_response(begun, model=operation, params={}, context={})
            except RefusedOperation:
                stopped += 1
            else:
                passed.add(f"{service}:{name}")
    assert passed == set(OPERATIONS)
    assert stopped > 10_000


def test_not_even_an_address_is_signed_for_it():
    # Copying a snapshot between regions makes botocore sign a URL for the other region.
    made = Client(sending())._made("docdb", REGION)
    made._request_signer.generate_presigned_url = lambda *_, **__: pytest.fail("a URL was signed")
    copy = {"SourceDBClusterSnapshotIdentifier": "a", "TargetDBClusterSnapshotIdentifier": "b"}
    with pytest.raises(RefusedOperation):
        made.copy_db_cluster_snapshot(**copy, SourceRegion="us-east-1")


@pytest.mark.parametrize(
    ("service", "method", "parameters"),
    [
        ("s3", "delete_bucket", {"Bucket": "data"}),
        ("s3", "put_bucket_policy", {"Bucket": "data", "Policy": "{}"}),
        ("s3", "get_object", {"Bucket": "data", "Key": "a"}),
        ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
        ("iam", "create_user", {"UserName": "a"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "a"}),
        ("sts", "assume_role", {"RoleArn": "arn:aws:iam::1:role/long-enough", "RoleSessionName": "ab"}),
        ("logs", "delete_log_group", {"logGroupName": "a"}),
        ("lambda", "invoke", {"FunctionName": "a"}),
        ("cloudwatch", "put_metric_data", {"Namespace": "a", "MetricData": []}),
    ],
)
def test_a_call_that_changes_or_reveals_never_leaves(service, method, parameters):
    session = sending()
    made = Client(session)._made(service, REGION)
    with pytest.raises(RefusedOperation, match="nothing was sent"):
        getattr(made, method)(**parameters)
    assert session.sent == []


def test_asking_for_what_nobody_declared_is_refused():
    client = Client(sending())
    with pytest.raises(RefusedOperation, match="s3:DeleteBucket is not among the declared reads"):
        client.ask("s3:DeleteBucket", REGION, Bucket="data")
    with pytest.raises(RefusedOperation):
        client.rows("iam:ListUsers", "Users", REGION)


# Each call once


def test_a_call_is_made_once_and_its_answer_remembered():
    session = Recorded(ec2__DescribeVpcs=[{"Vpcs": [{"VpcId": "vpc-1"}]}])
    client = Client(session)
    assert client.rows("ec2:DescribeVpcs", "Vpcs", REGION) == client.rows("ec2:DescribeVpcs", "Vpcs", REGION)
    assert len(session.asked["ec2:DescribeVpcs"]) == 1


def test_other_parameters_and_other_regions_are_other_calls():
    session = Recorded(s3__GetBucketVersioning={"Status": "Enabled"})
    client = Client(session)
    for name, region in (("a", REGION), ("b", REGION), ("a", "us-east-1"), ("b", REGION)):
        client.ask("s3:GetBucketVersioning", region, Bucket=f"bucket-{name}")
    assert len(session.asked["s3:GetBucketVersioning"]) == 3


def test_a_refusal_is_remembered_like_an_answer():
    session = Recorded(ec2__DescribeVpcs=[Refusal("UnauthorizedOperation", "no", 403)])
    client = Client(session)
    for _ in range(2):
        with pytest.raises(FactUnreadable, match="UnauthorizedOperation"):
            client.rows("ec2:DescribeVpcs", "Vpcs", REGION)
    assert len(session.asked["ec2:DescribeVpcs"]) == 1


def test_threads_that_ask_at_the_same_time_share_one_call():
    begun, answered = threading.Barrier(4, timeout=10), threading.Event()

    def answer(_):
        answered.wait(10)
        return 200, {}, b"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"

    session = Wire(answer)
    client = Client(session)

    def ask():
        begun.wait()
        return client.rows("ec2:DescribeVpcs", "Vpcs", REGION)

    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(ask) for _ in range(3)]
        begun.wait()
        answered.set()
        assert [each.result(10) for each in asked] == [[], [], []]
    assert len(session.sent) == 1
    assert client.calls == {"ec2:DescribeVpcs": 1}


# None, gone, unreadable


def test_some_errors_say_that_there_is_none():
    session = Recorded(s3__GetBucketPolicy=Refusal("NoSuchBucketPolicy", "none", 404))
    assert Client(session).ask("s3:GetBucketPolicy", REGION, Bucket="data") is None


def test_some_errors_say_that_the_resource_is_gone():
    session = Recorded(s3__GetBucketPolicy=Refusal("NoSuchBucket", "gone", 404))
    with pytest.raises(Gone):
        Client(session).ask("s3:GetBucketPolicy", REGION, Bucket="data")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda each: each.id)
def test_a_denial_is_never_none_nor_gone(operation):
    """No error code of a refusal is in a row of what means "there is none"."""
    assert not (operation.none | operation.gone) & {
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403",
        "Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown", "500", "InternalError",
        "ExpiredToken", "OptInRequired", "NotImplemented", "InvalidAction", "404",
    }  # fmt: skip


# Pages

CLIENTS = Client(Recorded())
KEYS = {
    "cloudformation:DescribeStacks": "Stacks",
    "cloudformation:ListStackResources": "StackResourceSummaries",
    "cloudtrail:ListTags": "ResourceTagList",
    "cloudwatch:DescribeAlarms": "MetricAlarms",
    "ec2:DescribeFlowLogs": "FlowLogs",
    "ec2:DescribeInternetGateways": "InternetGateways",
    "ec2:DescribeNatGateways": "NatGateways",
    "ec2:DescribeRouteTables": "RouteTables",
    "ec2:DescribeSecurityGroups": "SecurityGroups",
    "ec2:DescribeSubnets": "Subnets",
    "ec2:DescribeTransitGatewayAttachments": "TransitGatewayAttachments",
    "ec2:DescribeTransitGatewayVpcAttachments": "TransitGatewayVpcAttachments",
    "ec2:DescribeVpcEndpoints": "VpcEndpoints",
    "ec2:DescribeVpcPeeringConnections": "VpcPeeringConnections",
    "ec2:DescribeVpcs": "Vpcs",
    "iam:GetAccountAuthorizationDetails": "RoleDetailList",
    "kms:ListAliases": "Aliases",
    "kms:ListKeys": "Keys",
    "kms:ListResourceTags": "Tags",
    "lambda:ListFunctions": "Functions",
    "logs:DescribeLogGroups": "logGroups",
    "rds:DescribeDBInstances": "DBInstances",
    "s3:ListBuckets": "Buckets",
    "s3:ListObjectsV2": "Contents",
    "secretsmanager:ListSecrets": "SecretList",
    "sns:ListSubscriptionsByTopic": "Subscriptions",
    "sns:ListTopics": "Topics",
    "sqs:ListQueues": "QueueUrls",
}
NOT_READ_AS_LISTS = {"logs:DescribeLogStreams": "the newest stream alone is asked for"}
PARAMETERS = {
    "cloudformation:ListStackResources": {"StackName": "app"},
    "cloudtrail:ListTags": {"ResourceIdList": ["arn:aws:cloudtrail:eu-west-1:111122223333:trail/t"]},
    "kms:ListResourceTags": {"KeyId": "k"},
    "s3:ListObjectsV2": {"Bucket": "data"},
    "sns:ListSubscriptionsByTopic": {"TopicArn": "arn:aws:sns:eu-west-1:111122223333:t"},
}


@cache
def paginator_of(operation):
    declared = OPERATIONS[operation]
    made = CLIENTS._made(declared.service, REGION)
    method = {value: key for key, value in made.meta.method_to_api_mapping.items()}[declared.name]
    return made.get_paginator(method)._pagination_cfg if made.can_paginate(method) else None


def page(operation, rows, token=None):
    """A page as the operation's own pagination demands it."""
    config = paginator_of(operation)
    more = {config["more_results"]: token is not None} if "more_results" in config else {}
    tokens = config["output_token"]
    first = (tokens if isinstance(tokens, str) else tokens[0]).split(" || ")[0]
    answer = {} if rows is None else {KEYS[operation]: rows}
    return answer | more | ({first: token} if token else {})


def rows_of(operation, pages):
    session = Recorded(**{operation.replace(":", "__"): pages})
    client = Client(session)
    ask = lambda: client.rows(operation, KEYS[operation], REGION, **PARAMETERS.get(operation, {}))  # noqa: E731
    return session, attempt({operation}, ask)


def test_the_table_of_lists_is_complete():
    paged = {operation for operation in OPERATIONS if paginator_of(operation)}
    assert paged == KEYS.keys() | NOT_READ_AS_LISTS.keys()


@pytest.mark.parametrize("operation", KEYS)
def test_all_pages_are_read_in_order(operation):
    one, two = {"n": 1}, {"n": 2}
    session, said = rows_of(operation, [page(operation, [one], "t1"), page(operation, [two])])
    assert said.value == [one, two]
    assert "t1" in session.asked[operation][1].values()


@pytest.mark.parametrize("operation", KEYS)
def test_a_token_that_comes_again_is_malformed(operation):
    _, said = rows_of(
        operation, [page(operation, [{}], "t1"), page(operation, [{}], "t1"), page(operation, [])]
    )
    assert isinstance(said, Unreadable), said
    assert said.cause is Cause.MALFORMED


@pytest.mark.parametrize("operation", KEYS)
def test_a_page_without_its_list_is_malformed_unless_that_means_empty(operation):
    _, said = rows_of(operation, [page(operation, [{}], "t1"), page(operation, None)])
    if OPERATIONS[operation].empty_if == "ResponseMetadata":
        assert said.value == [{}]
    else:
        assert said.cause is Cause.MALFORMED


def test_a_page_of_no_objects_says_so():
    session = Recorded(s3__ListObjectsV2={"KeyCount": 0, "IsTruncated": False})
    assert Client(session).rows("s3:ListObjectsV2", "Contents", REGION, Bucket="data") == []


@pytest.mark.parametrize("operation", KEYS)
def test_a_page_that_is_refused_makes_the_whole_list_unreadable(operation):
    _, said = rows_of(operation, [page(operation, [{}], "t1"), Refusal("Throttling", "slow down")])
    assert said.cause is Cause.THROTTLED


# What comes over the wire


@pytest.mark.parametrize(
    ("operation", "parameters", "content"),
    [
        ("ec2:DescribeVpcs", {}, b""),
        ("ec2:DescribeVpcs", {}, b"<html><body>Login</body></html>"),
        ("ec2:DescribeVpcs", {}, b"  <!DOCTYPE html><html></html>"),
        ("ec2:DescribeVpcs", {}, b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y"></html>'),
        ("ec2:DescribeVpcs", {}, b"<DescribeVpcsResponse><vpcSet><item>"),
        ("sts:GetCallerIdentity", {}, b"<html></html>"),
        ("sts:GetCallerIdentity", {}, b"<Strange/>"),
        ("iam:GetPolicy", {"PolicyArn": "arn:aws:iam::aws:policy/SecurityAudit"}, b"<GetPolicyResponse/>"),
        ("s3:GetBucketVersioning", {"Bucket": "data"}, b""),
        ("s3:GetBucketVersioning", {"Bucket": "data"}, b'<?xml version="1.0"?><html xmlns="y"></html>'),
        ("s3:GetBucketNotificationConfiguration", {"Bucket": "data"}, b"<html></html>"),
        ("s3:GetBucketPolicy", {"Bucket": "data"}, b"<html></html>"),
        ("secretsmanager:GetResourcePolicy", {"SecretId": "a"}, b'{"ARN": "arn'),
        ("secretsmanager:GetResourcePolicy", {"SecretId": "a"}, b""),
        ("secretsmanager:GetResourcePolicy", {"SecretId": "a"}, b"Bad gateway"),
        ("secretsmanager:GetResourcePolicy", {"SecretId": "a"}, b"null"),
        ("sqs:ListQueues", {}, b'{"QueueUrls": ["https'),
        ("lambda:GetPolicy", {"FunctionName": "f"}, b'{"Policy": "'),
        ("kms:DescribeKey", {"KeyId": "k"}, b"<html></html>"),
    ],
)
def test_what_no_service_sends_is_no_answer(operation, parameters, content, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert cause_of(sending(content), operation, **parameters) in {Cause.MALFORMED, Cause.SERVICE_ERROR}


def test_an_answer_without_members_may_be_true():
    content = b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
    answer = Client(sending(content)).ask("s3:GetBucketVersioning", REGION, Bucket="data")
    assert "Status" not in answer


def test_a_redirect_that_says_where_to_is_followed():
    enabled = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"

    def answer(request):
        here = "us-east-2" not in request.url
        return (301, {"x-amz-bucket-region": "us-east-2"}, b"") if here else (200, {}, enabled)

    session = Wire(answer)
    assert Client(session).ask("s3:GetBucketVersioning", REGION, Bucket="data")["Status"] == "Enabled"
    assert len(session.sent) == 2


def test_a_redirect_to_nowhere_asks_nothing_undeclared():
    # botocore would look for the region with HeadBucket.
    error = b"<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"
    session = sending(error, 301)
    assert cause_of(session, "s3:GetBucketVersioning", Bucket="data") is Cause.MALFORMED
    assert len(session.sent) == 1


def test_nobody_at_home_is_unreachable(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    session = boto3.Session("test", "test", region_name=REGION)
    for operation in ("sts:GetCallerIdentity", "ec2:DescribeVpcs", "s3:ListBuckets", "kms:ListKeys"):
        assert cause_of(session, operation) is Cause.UNREACHABLE


def test_an_endpoint_that_is_no_address_is_an_unreadable_fact(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    session = boto3.Session("test", "test", region_name=REGION)
    assert cause_of(session, "sts:GetCallerIdentity") is Cause.MALFORMED


def test_no_credentials_are_an_unreadable_fact(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    assert cause_of(boto3.Session(region_name=REGION), "ec2:DescribeVpcs") is Cause.CREDENTIALS


def test_buckets_are_in_the_path_where_the_endpoint_is_ones_own(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    session = sending(b"<VersioningConfiguration/>")
    Client(session).ask("s3:GetBucketVersioning", REGION, Bucket="data")
    assert session.sent == ["GET http://127.0.0.1:4566/data?versioning"]


def test_what_the_environment_says_about_retries_wins(monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    config = Client(sending())._config
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
    monkeypatch.delenv("AWS_MAX_ATTEMPTS")
    monkeypatch.delenv("AWS_RETRY_MODE")
    assert Client(sending())._config.retries["mode"] == "adaptive"
