"""Requests are named as botocore named them when it made them: every read of the services that matter."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.exceptions import ParamValidationError

from compliance.embedded.recognise import Call, Request, _routes, call_of
from compliance.embedded.service_models import model_of
from compliance.embedded.session import session_at

SERVICES = (
    *("s3", "s3control", "lambda", "ec2", "iam", "sts", "kms", "logs", "cloudwatch", "sns", "sqs", "rds"),
    *(
        "secretsmanager",
        "cloudformation",
        "cloudtrail",
        "config",
        "securityhub",
        "guardduty",
        "organizations",
    ),
    *(
        "resourcegroupstaggingapi",
        "events",
        "ssm",
        "accessanalyzer",
        "dynamodb",
        "autoscaling",
        "elb",
        "elbv2",
    ),
    *("ecs", "eks", "apigateway", "apigatewayv2", "route53", "eventbridgev2", "account"),
)
READS = ("Get", "List", "Describe", "Head", "Lookup")

# What nothing in the request tells apart: these differ by host or by the caller's intent alone.
SAME_REQUEST = {
    ("s3", "ListDirectoryBuckets"): "ListBuckets",
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
}
NAMED = {"Bucket": "a-bucket", "AccountId": "123456789012"}
SIMPLE = {"integer": 5, "long": 5, "float": 1.0, "double": 1.0, "boolean": True, "timestamp": 0, "blob": b"x"}


class _Sent(Exception):
    pass


def example_of(shape, name=""):
    """A value that the shape's own constraints accept."""
    if shape.type_name == "structure":
        return {member: example_of(shape.members[member], member) for member in shape.required_members}
    if shape.type_name == "list":
        return [example_of(shape.member, name)]
    if shape.type_name == "map":
        return {}
    if shape.type_name == "string":
        return (
            shape.enum[0]
            if shape.enum
            else {"Bucket": "a-bucket", "AccountId": "123456789012"}.get(name, "x" * 40)
        )
    numbers = {
        "integer": 5,
        "long": 5,
        "float": 1.0,
        "double": 1.0,
        "boolean": True,
        "timestamp": 0,
        "blob": b"x",
    }
    return numbers[shape.type_name]


def sent_by(client, operation):
    """The HTTP request that botocore would send."""
    caught = []

    def catch(request, **_):
        caught.append(request)
        raise _Sent

    client.meta.events.register("before-send", catch)
    model = client.meta.service_model.operation_model(operation)
    try:
        client._make_api_call(operation, example_of(model.input_shape) if model.input_shape else {})
    except _Sent:
        pass
    except ParamValidationError:
        return None
    finally:
        client.meta.events.unregister("before-send", catch)
    parts = urlsplit(caught[0].url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    headers = {name.lower(): text(value) for name, value in caught[0].headers.items()}
    body = caught[0].body or b""
    return Request(
        caught[0].method, parts.path, query, headers, body.encode() if isinstance(body, str) else bytes(body)
    )


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


@pytest.mark.parametrize("service", SERVICES)
def test_every_read_is_recognised(service):
    session = session_at("http://127.0.0.1:1", "eu-west-1")
    client = session.client(service)
    wrong = {}
    checked = 0
    for operation in client.meta.service_model.operation_names:
        if not operation.startswith(READS):
            continue
        try:
            request = sent_by(client, operation)
        except ValueError:  # a shape with a constraint that the example does not meet
            continue
        if request is None:
            continue
        checked += 1
        call = call_of(request)
        expected = SAME_REQUEST.get((service, operation), operation)
        if (call.service, call.operation) != (service, expected):
            wrong[operation] = (call.service, call.operation, request.method, request.path)
    assert not wrong
    assert checked


def test_buckets_stay_in_the_paths_when_clients_take_them_out():
    client = session_at("http://127.0.0.1:1", "eu-west-1").client("s3")
    sent_by(client, "GetBucketEncryption")
    _routes.cache_clear()
    model_of.cache_clear()
    call = call_of(sent_by(client, "GetBucketEncryption"))
    assert (call.operation, call.parameters["Bucket"]) == ("GetBucketEncryption", "a-bucket")


def test_an_unsigned_request_is_unknown():
    assert call_of(Request("GET", "/", {}, {})) == Call("unknown", "unknown")


def test_a_path_that_no_model_has_is_unknown():
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/lambda/aws4_request"}
    call = call_of(Request("GET", "/1999-01-01/nothing", {}, headers))
    assert (call.service, call.operation, call.region) == ("lambda", "unknown", "eu-west-1")


def test_a_body_that_is_not_json_has_no_parameters():
    headers = {
        "authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/kms/aws4_request",
        "x-amz-target": "TrentService.ListKeys",
    }
    call = call_of(Request("POST", "/", {}, headers, b"[not json"))
    assert (call.service, call.operation, dict(call.parameters)) == ("kms", "ListKeys", {})


def test_encoded_labels_are_decoded():
    headers = {"authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request"}
    call = call_of(Request("GET", "/bucket/a%2Fb%20c/d", {}, headers))
    assert (call.operation, call.parameters) == ("GetObject", {"Bucket": "bucket", "Key": "a/b c/d"})
