"""Why a call failed: botocore's exceptions and AWS's error codes, sorted into causes by one table.

Services name the same thing differently (EC2 `UnauthorizedOperation`, S3 `AccessDenied`, SNS
`AuthorizationError`); what is in no row is a service error, never an answer.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore import exceptions as boto

from compliance.collect.operations import OPERATIONS
from compliance.evidence import Cause, Unreadable
from compliance.text import printable

_CODES: Mapping[Cause, frozenset[str]] = {
    Cause.DENIED: frozenset(
        {
            "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AuthorizationError",
            "AuthorizationErrorException", "Forbidden", "InsufficientPrivilegesException",
            "NotAuthorized", "UnauthorizedAccess", "UnauthorizedOperation", "403",
        }
    ),
    Cause.CREDENTIALS: frozenset(
        {
            "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
            "InvalidClientTokenId", "InvalidSecurity", "InvalidToken", "MissingAuthenticationToken",
            "RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "TokenRefreshRequired",
            "UnrecognizedClientException", "NotSignedUp", "InvalidSignatureException",
        }
    ),
    Cause.THROTTLED: frozenset(
        {
            "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
            "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling",
            "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException", "429",
        }
    ),
    Cause.REGION_OFF: frozenset({"OptInRequired", "AuthFailure", "RegionDisabledException"}),
    Cause.NOT_IMPLEMENTED: frozenset(
        {"InvalidAction", "NotImplemented", "NotImplementedException", "UnknownOperationException",
         "UnsupportedOperation", "501"}
    ),
    Cause.TIMED_OUT: frozenset({"RequestTimeout", "RequestTimeoutException", "GatewayTimeout", "504"}),
}  # fmt: skip
_CAUSE_OF_CODE = {code: cause for cause, codes in _CODES.items() for code in codes}

# AWS says which policy refused (IAM User Guide, "Troubleshoot access denied error messages").
_REFUSED_BY: tuple[tuple[str, Cause], ...] = (
    (r"\b(in an?|no) (service|resource) control policy", Cause.DENIED_BY_SCP),
    (r"\b(in an?|no) permissions? boundary", Cause.DENIED_BY_BOUNDARY),
    (r"\b(in an?|no) session policy", Cause.DENIED_BY_SESSION_POLICY),
    (r"\b(in an?|no) VPC endpoint policy", Cause.DENIED_BY_ENDPOINT_POLICY),
    (r"\b(in an?|no) resource-based policy", Cause.DENIED_BY_RESOURCE_POLICY),
)

_BY_TYPE: tuple[tuple[type[Exception], Cause], ...] = (
    (boto.NoCredentialsError, Cause.CREDENTIALS),
    (boto.PartialCredentialsError, Cause.CREDENTIALS),
    (boto.CredentialRetrievalError, Cause.CREDENTIALS),
    (boto.UnauthorizedSSOTokenError, Cause.CREDENTIALS),
    (boto.TokenRetrievalError, Cause.CREDENTIALS),
    (boto.SSOError, Cause.CREDENTIALS),
    (boto.ReadTimeoutError, Cause.TIMED_OUT),
    (boto.ConnectTimeoutError, Cause.TIMED_OUT),
    (boto.HTTPClientError, Cause.UNREACHABLE),
    (boto.ConnectionError, Cause.UNREACHABLE),
    (boto.PaginationError, Cause.MALFORMED),
)

# What changes from call to call has no place in a finding: the same refusal must read the same.
_VARYING = re.compile(
    r"(Encoded authorization failure message: \S+|\b(request[ -]?id|host[ -]?id)[\"']?[:=> ]+[^\s<,;)]+"
    r"|\(reached max retries: \d+\))", re.IGNORECASE,
)  # fmt: skip


def unreadable_because(error: Exception, operation: str) -> Unreadable:
    """Why the operation did not answer. Anything unrecognised is a service error or malformed."""
    action = OPERATIONS[operation].action if operation in OPERATIONS else ""
    if isinstance(error, boto.ClientError):
        return _refused(error.response, operation, action)
    for kind, cause in _BY_TYPE:
        if isinstance(error, kind):
            return Unreadable(cause, operation, type(error).__name__, _stable(error))
    # A parser error is what a body in another language leaves: an HTML page, half an answer, nothing.
    return Unreadable(Cause.MALFORMED, operation, type(error).__name__, _stable(error))


def code_of(error: boto.ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refused(response: Mapping[str, Any], operation: str, action: str) -> Unreadable:
    error = response.get("Error", {})
    code, message = str(error.get("Code", "")), _stable(error.get("Message", ""))
    status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    cause = _CAUSE_OF_CODE.get(code) or _CAUSE_OF_CODE.get(status) or Cause.SERVICE_ERROR
    if cause is Cause.DENIED:
        cause = next((c for pattern, c in _REFUSED_BY if re.search(pattern, message, re.IGNORECASE)), cause)
    if cause is Cause.SERVICE_ERROR and status == "400" and not message:
        cause = Cause.NOT_IMPLEMENTED  # how one emulator says so; AWS never leaves the message empty
    return Unreadable(cause, operation, code, message, action)


def _stable(error: object) -> str:
    return printable(_VARYING.sub("", " ".join(str(error).split())).strip(), limit=300)
