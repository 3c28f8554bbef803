"""Each fault, seen by an ordinary client, on an operation of each protocol."""

import time

import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import IncompleteRead, ProtocolError

from compliance.embedded.server import EmbeddedAccount

ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=20)

# One operation per protocol and dialect: client, method, operation, arguments.
OPERATIONS = {
    "query": ("iam", "list_roles", "ListRoles", {}),
    "query-sns": ("sns", "list_topics", "ListTopics", {}),
    "query-sts": ("sts", "get_caller_identity", "GetCallerIdentity", {}),
    "query-rds": ("rds", "describe_db_instances", "DescribeDBInstances", {}),
    "ec2": ("ec2", "describe_vpcs", "DescribeVpcs", {}),
    "rest-xml": ("s3", "list_buckets", "ListBuckets", {}),
    "rest-xml-bucket": ("s3", "get_bucket_encryption", "GetBucketEncryption", {"Bucket": "any"}),
    "json-1.1": ("logs", "describe_log_groups", "DescribeLogGroups", {}),
    "json-kms": ("kms", "list_keys", "ListKeys", {}),
    "json-1.0-query-compatible": ("cloudwatch", "describe_alarms", "DescribeAlarms", {}),
    "json-sqs": ("sqs", "list_queues", "ListQueues", {}),
    "rest-json": ("lambda", "list_functions", "ListFunctions", {}),
    "rest-json-absent-in-moto": ("accessanalyzer", "list_analyzers", "ListAnalyzers", {}),
    "cbor": ("eventbridgev2", "list_event_buses", "ListEventBuses", {}),
}
DENIED = {
    "ec2": "UnauthorizedOperation",
    "s3": "AccessDenied",
    "iam": "AccessDenied",
    "sts": "AccessDenied",
    "rds": "AccessDenied",
    "sqs": "AccessDenied",
    "cloudwatch": "AccessDenied",
    "sns": "AuthorizationError",
}
THROTTLED = {
    "ec2": "RequestLimitExceeded",
    "s3": "SlowDown",
    "iam": "Throttling",
    "sts": "Throttling",
    "rds": "Throttling",
    "sns": "Throttling",
    "cloudwatch": "Throttling",
    "lambda": "TooManyRequestsException",
}


@pytest.fixture(params=OPERATIONS.values(), ids=OPERATIONS.keys())
def operation(request):
    return request.param


def call(account, operation, config=ONCE):
    service, method, _, arguments = operation
    return getattr(account.session().client(service, config=config), method)(**arguments)


def error_of(account, operation, config=ONCE):
    with pytest.raises(ClientError) as caught:
        call(account, operation, config)
    return caught.value


def test_denied_comes_under_the_code_of_the_service(account: EmbeddedAccount, operation):
    account.faults.deny(operation[0], operation[2])
    error = error_of(account, operation).response["Error"]
    assert error["Code"] == DENIED.get(operation[0], "AccessDeniedException")
    assert f"is not authorized to perform: {operation[0]}:{operation[2]}" in error["Message"]


def test_throttled_comes_under_the_code_of_the_service(account, operation):
    account.faults.throttle(operation[0], operation[2])
    code = error_of(account, operation).response["Error"]["Code"]
    assert code == THROTTLED.get(operation[0], "ThrottlingException")


@pytest.mark.parametrize("kind", ["expire", "not_implemented"])
def test_refusals_are_client_errors(account, operation, kind):
    with account.fault(kind, operation[0], operation[2]):
        response = error_of(account, operation).response
    assert response["ResponseMetadata"]["HTTPStatusCode"] in {400, 403, 404, 501}
    assert response["Error"]["Code"].strip("0123456789")


@pytest.mark.parametrize(("kind", "status"), [("fail", 500), ("unavailable", 503)])
def test_server_errors_keep_their_status(account, operation, kind, status):
    with account.fault(kind, operation[0], operation[2]):
        response = error_of(account, operation).response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_html_is_never_an_answer(account, operation):
    broken = (ClientError, BotoCoreError, ResponseParserError)
    with account.fault("html", operation[0], operation[2], status=502), pytest.raises(broken):
        call(account, operation)


@pytest.mark.parametrize("name", ["query", "ec2"])
def test_truncated_xml_does_not_parse(account, name):
    service, _, operation_name, _ = OPERATIONS[name]
    with account.fault("truncate", service, operation_name), pytest.raises(ResponseParserError):
        call(account, OPERATIONS[name])


def test_truncated_xml_of_s3_is_a_server_error(account):
    # botocore suspects that a 200 of S3 that does not parse hides an error, and retries it as a 500.
    with account.fault("truncate", "s3", "ListBuckets"):
        assert error_of(account, OPERATIONS["rest-xml"]).response["Error"]["Code"] == "500"


@pytest.mark.parametrize("name", ["json-1.1", "rest-json", "json-kms"])
def test_truncated_json_looks_empty_to_botocore(account, name):
    # botocore takes what does not parse for a message and answers without any member: no "there is none".
    service, _, operation_name, _ = OPERATIONS[name]
    with account.fault("truncate", service, operation_name):
        assert set(call(account, OPERATIONS[name])) == {"ResponseMetadata"}


@pytest.mark.parametrize("name", ["ec2", "rest-xml"])
def test_a_web_page_with_status_200_looks_empty_to_botocore(account, name):
    # The page is well-formed XML, so it parses; none of the members that a true answer always has is there.
    service, _, operation_name, _ = OPERATIONS[name]
    with account.fault("html", service, operation_name):
        assert set(call(account, OPERATIONS[name])) == {"ResponseMetadata"}


def test_a_web_page_with_status_200_breaks_the_query_parser(account):
    with account.fault("html", "iam", "ListRoles"), pytest.raises(KeyError):
        call(account, OPERATIONS["query"])


@pytest.mark.parametrize("name", ["query", "ec2", "rest-xml", "json-1.1", "rest-json"])
def test_an_empty_body_has_no_fact_in_it(account, name):
    service, _, operation_name, _ = OPERATIONS[name]
    with account.fault("empty", service, operation_name):
        if name in {"query", "ec2"}:
            with pytest.raises(ResponseParserError):
                call(account, OPERATIONS[name])
        else:
            assert set(call(account, OPERATIONS[name])) <= {"ResponseMetadata"}


@pytest.mark.parametrize("name", ["query", "ec2", "rest-xml", "json-1.1", "rest-json"])
def test_a_reset_connection_is_a_connection_error(account, name):
    service, _, operation_name, _ = OPERATIONS[name]
    lost = (ConnectionClosedError, BotoCoreError, ProtocolError, IncompleteRead, ConnectionError)
    with account.fault("reset", service, operation_name), pytest.raises(lost):
        call(account, OPERATIONS[name])


@pytest.mark.parametrize("name", ["query", "ec2", "rest-xml", "json-1.1", "rest-json"])
def test_a_stalled_call_times_out(account, name):
    service, _, operation_name, _ = OPERATIONS[name]
    impatient = ONCE.merge(Config(read_timeout=0.1))
    with account.fault("stall", service, operation_name, seconds=30), pytest.raises(ReadTimeoutError):
        call(account, OPERATIONS[name], impatient)


def test_a_delay_is_served_and_then_the_truth(account):
    account.faults.delay("sts", seconds=0.2)
    began = time.monotonic()
    assert call(account, OPERATIONS["query-sts"])["Account"] == "123456789012"
    assert time.monotonic() - began >= 0.2


def test_a_delay_adds_to_another_fault(account):
    account.faults.deny("sts")
    delay = account.faults.delay("sts", seconds=0.0)
    error_of(account, OPERATIONS["query-sts"])
    assert delay.struck == 1


def test_throttling_n_times_is_overcome_by_retries(account):
    fault = account.faults.throttle("iam", "ListRoles", times=2)
    patient = Config(retries={"mode": "standard", "total_max_attempts": 3})
    assert call(account, OPERATIONS["query"], patient)["Roles"] == []
    assert fault.struck == 2


def test_credentials_may_expire_in_mid_run(account):
    account.faults.expire(after=2)
    call(account, OPERATIONS["query-sts"])
    call(account, OPERATIONS["ec2"])
    assert error_of(account, OPERATIONS["query"]).response["Error"]["Code"] == "ExpiredToken"


def test_a_fault_may_meet_one_bucket_only(account):
    s3 = account.session().client("s3", config=ONCE)
    for name in ("open", "shut"):
        s3.create_bucket(
            Bucket=f"{name}-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
    account.faults.deny("s3", "GetBucketLocation", where={"Bucket": "shut-bucket"})
    assert s3.get_bucket_location(Bucket="open-bucket")["LocationConstraint"] == "eu-west-1"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.get_bucket_location(Bucket="shut-bucket")


def test_the_reason_of_a_denial_may_be_an_organization(account):
    account.faults.deny("ec2", because="an explicit deny in a service control policy")
    message = error_of(account, OPERATIONS["ec2"]).response["Error"]["Message"]
    assert message.endswith("because an explicit deny in a service control policy")


def test_a_head_request_is_denied_without_a_body(account):
    account.faults.deny("s3", "HeadBucket")
    with pytest.raises(ClientError) as caught:
        account.session().client("s3", config=ONCE).head_bucket(Bucket="any-bucket")
    assert caught.value.response["Error"]["Code"] == "403"


def test_a_fault_of_one_operation_leaves_the_others_alone(account):
    account.faults.deny("iam", "ListUsers")
    assert call(account, OPERATIONS["query"])["Roles"] == []


def test_a_fault_of_a_service_meets_all_its_operations(account):
    account.faults.deny("iam")
    iam = account.session().client("iam", config=ONCE)
    for method in (iam.list_roles, iam.list_users, iam.get_account_summary):
        with pytest.raises(ClientError, match="AccessDenied"):
            method()


def test_clearing_makes_everything_well(account):
    account.faults.deny()
    account.faults.fail()
    account.faults.clear()
    assert call(account, OPERATIONS["query-sts"])["Account"] == "123456789012"


def test_a_fault_ends_with_its_block(account):
    with account.fault("deny", "sts"):
        error_of(account, OPERATIONS["query-sts"])
    assert call(account, OPERATIONS["query-sts"])["Account"] == "123456789012"


def test_an_own_code_and_message_are_passed_on(account):
    account.faults.deny("kms", code="KMSAccessDenied", message="no & never")
    error = error_of(account, OPERATIONS["json-kms"]).response["Error"]
    assert (error["Code"], error["Message"]) == ("KMSAccessDenied", "no & never")
