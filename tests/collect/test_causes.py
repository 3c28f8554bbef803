"""Why a call failed: AWS's codes, botocore's exceptions, and what of their words goes into a finding."""

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from compliance.collect.causes import unreadable_because
from compliance.evidence import Cause

VPCS = "ec2:DescribeVpcs"


def refused(code, message="no", status=400, operation=VPCS):
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return unreadable_because(boto.ClientError(response, "Op"), operation)


CODES = [
    ("UnauthorizedOperation", 403, Cause.DENIED),
    ("AccessDenied", 403, Cause.DENIED),
    ("AccessDeniedException", 400, Cause.DENIED),
    ("AuthorizationError", 403, Cause.DENIED),
    ("AuthorizationErrorException", 403, Cause.DENIED),
    ("AllAccessDisabled", 403, Cause.DENIED),
    ("InsufficientPrivilegesException", 400, Cause.DENIED),
    ("SomethingNew", 403, Cause.DENIED),
    ("403", 403, Cause.DENIED),
    ("ExpiredToken", 403, Cause.CREDENTIALS),
    ("ExpiredTokenException", 400, Cause.CREDENTIALS),
    ("RequestExpired", 400, Cause.CREDENTIALS),
    ("InvalidClientTokenId", 403, Cause.CREDENTIALS),
    ("UnrecognizedClientException", 400, Cause.CREDENTIALS),
    ("SignatureDoesNotMatch", 403, Cause.CREDENTIALS),
    ("RequestTimeTooSkewed", 403, Cause.CREDENTIALS),
    ("InvalidAccessKeyId", 403, Cause.CREDENTIALS),
    ("Throttling", 400, Cause.THROTTLED),
    ("ThrottlingException", 400, Cause.THROTTLED),
    ("RequestLimitExceeded", 503, Cause.THROTTLED),
    ("SlowDown", 503, Cause.THROTTLED),
    ("TooManyRequestsException", 429, Cause.THROTTLED),
    ("SomethingNew", 429, Cause.THROTTLED),
    ("OptInRequired", 403, Cause.REGION_OFF),
    ("AuthFailure", 401, Cause.REGION_OFF),
    ("InvalidAction", 400, Cause.NOT_IMPLEMENTED),
    ("NotImplemented", 501, Cause.NOT_IMPLEMENTED),
    ("UnknownOperationException", 404, Cause.NOT_IMPLEMENTED),
    ("SomethingNew", 501, Cause.NOT_IMPLEMENTED),
    ("RequestTimeout", 400, Cause.TIMED_OUT),
    ("SomethingNew", 504, Cause.TIMED_OUT),
    ("InternalError", 500, Cause.SERVICE_ERROR),
    ("ServiceUnavailable", 503, Cause.SERVICE_ERROR),
    ("PermanentRedirect", 301, Cause.SERVICE_ERROR),
    ("SomethingNew", 400, Cause.SERVICE_ERROR),
    ("", 404, Cause.SERVICE_ERROR),
]


@pytest.mark.parametrize(("code", "status", "cause"), CODES)
def test_a_code_has_one_cause(code, status, cause):
    said = refused(code, status=status)
    assert (said.cause, said.code, said.operation) == (cause, code, VPCS)


def test_a_refusal_without_a_word_is_an_operation_that_is_not_there():
    assert refused("400", "").cause is Cause.NOT_IMPLEMENTED
    assert refused("400", "bad input").cause is Cause.SERVICE_ERROR


USER = "User: arn:aws:iam::111122223333:user/auditor is not authorized to perform: s3:ListAllMyBuckets"
# IAM User Guide, "Troubleshoot access denied error messages", examples.
WORDS = [
    ("because no identity-based policy allows the s3:ListAllMyBuckets action", Cause.DENIED),
    ("with an explicit deny in an identity-based policy", Cause.DENIED),
    ("with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/no", Cause.DENIED),
    ("because no service control policy allows the s3:ListAllMyBuckets action", Cause.DENIED_BY_SCP),
    ("with an explicit deny in a service control policy", Cause.DENIED_BY_SCP),
    (
        "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p",
        Cause.DENIED_BY_SCP,
    ),
    ("with an explicit deny in a resource control policy", Cause.DENIED_BY_SCP),
    ("because no permissions boundary allows the s3:ListAllMyBuckets action", Cause.DENIED_BY_BOUNDARY),
    ("with an explicit deny in a permissions boundary", Cause.DENIED_BY_BOUNDARY),
    ("because no session policy allows the s3:ListAllMyBuckets action", Cause.DENIED_BY_SESSION_POLICY),
    ("with an explicit deny in a session policy", Cause.DENIED_BY_SESSION_POLICY),
    ("because no VPC endpoint policy allows the s3:ListAllMyBuckets action", Cause.DENIED_BY_ENDPOINT_POLICY),
    ("with an explicit deny in a VPC endpoint policy", Cause.DENIED_BY_ENDPOINT_POLICY),
    (
        "because no resource-based policy allows the s3:ListAllMyBuckets action",
        Cause.DENIED_BY_RESOURCE_POLICY,
    ),
    ("with an explicit deny in a resource-based policy", Cause.DENIED_BY_RESOURCE_POLICY),
]


@pytest.mark.parametrize(("because", "cause"), WORDS)
def test_aws_says_which_policy_refused(because, cause):
    said = refused("AccessDenied", f"{USER} {because}", 403, "s3:ListBuckets")
    assert said.cause is cause
    assert said.cause.is_denial


def test_only_a_missing_grant_asks_for_one():
    grant = "; grant s3:ListAllMyBuckets"
    said = refused(
        "AccessDenied", f"{USER} because no identity-based policy allows it", 403, "s3:ListBuckets"
    )
    assert str(said).endswith(grant)
    said = refused(
        "AccessDenied", f"{USER} with an explicit deny in a service control policy", 403, "s3:ListBuckets"
    )
    assert grant not in str(said)


def test_words_of_a_policy_do_not_make_a_denial():
    assert refused("InternalError", "in a service control policy", 500).cause is Cause.SERVICE_ERROR


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "You are not authorized. Encoded authorization failure message: kxLz7iH3-3F5gS.w_9Q",
            "You are not authorized. Encoded authorization failure message: 8m2",
        ),
        (
            "no (Service: S3, Request ID: 4442587FB7D0A2F9, Host ID: a/b+c=)",
            "no (Service: S3, Request ID: 1, Host ID: 2)",
        ),
        ("gone; RequestId: 59dbff89-35bd-4eac-99ed-be587EXAMPLE", "gone; RequestId: 0"),
        ("<requestId>59dbff89</requestId><vpcSet/>", "<requestId>0f</requestId><vpcSet/>"),
        ('{"requestId": "59dbff89", "a": 1}', '{"requestId": "0f", "a": 1}'),
        ("x-amzn-request-id: 59dbff89 refused", "x-amzn-request-id: 0f refused"),
        ("failed (reached max retries: 4)", "failed (reached max retries: 0)"),
    ],
)
def test_what_varies_from_call_to_call_is_left_out(one, other):
    assert refused("AccessDenied", one, 403) == refused("AccessDenied", other, 403)
    assert refused("AccessDenied", one, 403).message


def test_a_message_is_one_short_printable_line():
    said = refused("AccessDenied", "a\nb\x1b[31m" + "c" * 5000, 403)
    assert said.message.startswith("a b")
    assert len(said.message) <= 300
    assert said.message.isprintable()


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (boto.NoCredentialsError(), Cause.CREDENTIALS),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), Cause.CREDENTIALS),
        (boto.CredentialRetrievalError(provider="sso", error_msg="x"), Cause.CREDENTIALS),
        (boto.UnauthorizedSSOTokenError(), Cause.CREDENTIALS),
        (boto.TokenRetrievalError(provider="sso", error_msg="x"), Cause.CREDENTIALS),
        (boto.SSOTokenLoadError(error_msg="x"), Cause.CREDENTIALS),
        (boto.ReadTimeoutError(endpoint_url="https://x"), Cause.TIMED_OUT),
        (boto.ConnectTimeoutError(endpoint_url="https://x"), Cause.TIMED_OUT),
        (boto.EndpointConnectionError(endpoint_url="https://x"), Cause.UNREACHABLE),
        (boto.ConnectionClosedError(endpoint_url="https://x"), Cause.UNREACHABLE),
        (boto.SSLError(endpoint_url="https://x", error="certificate"), Cause.UNREACHABLE),
        (boto.ProxyConnectionError(proxy_url="https://x"), Cause.UNREACHABLE),
        (boto.HTTPClientError(error="x"), Cause.UNREACHABLE),
        (boto.PaginationError(message="The same next token was received twice"), Cause.MALFORMED),
        (ResponseParserError("half"), Cause.MALFORMED),
        (ValueError("Invalid endpoint: x"), Cause.MALFORMED),
    ],
)
def test_what_botocore_raises_has_a_cause(error, cause):
    said = unreadable_because(error, VPCS)
    assert (said.cause, said.operation, said.code) == (cause, VPCS, type(error).__name__)


def test_an_operation_that_nobody_declared_has_no_grant_to_ask_for():
    assert refused("AccessDenied", operation="sts:AssumeRole").action == ""
