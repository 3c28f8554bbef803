"""How each AWS service words a refusal: status, headers and body as its protocol demands.

One table says which error code a service uses for which trouble; one function per protocol writes the body.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from compliance.embedded.recognise import Call
from compliance.embedded.service_models import model_of

_REQUEST_ID = "00000000-0000-4000-8000-000000000000"
_AUDITOR = "arn:aws:iam::123456789012:user/auditor"
_EC2_PREAMBLE = "You are not authorized to perform this operation."
_FAMILIES = {"rest-json": "rest-json", "json": "json", "smithy-rpc-v2-cbor": "json"}


class Trouble(StrEnum):
    """Why a service refuses, in words of ours."""

    DENIED = "denied"
    THROTTLED = "throttled"
    EXPIRED = "expired"
    INTERNAL = "internal"
    UNAVAILABLE = "unavailable"
    NOT_IMPLEMENTED = "not implemented"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


# Codes by trouble: what most services of a protocol say ("xml" for query and REST-XML, "json" for the rest).
_CODES: dict[Trouble, dict[str, tuple[str, int]]] = {
    Trouble.DENIED: {
        "xml": ("AccessDenied", 403),
        "json": ("AccessDeniedException", 400),
        "rest-json": ("AccessDeniedException", 403),
        "ec2": ("UnauthorizedOperation", 403),
        "sns": ("AuthorizationError", 403),
        "sqs": ("AccessDenied", 403),
        "cloudwatch": ("AccessDenied", 403),
    },
    Trouble.THROTTLED: {
        "xml": ("Throttling", 400),
        "json": ("ThrottlingException", 400),
        "rest-json": ("ThrottlingException", 429),
        "ec2": ("RequestLimitExceeded", 503),
        "s3": ("SlowDown", 503),
        "lambda": ("TooManyRequestsException", 429),
        "cloudwatch": ("Throttling", 400),
    },
    Trouble.EXPIRED: {
        "xml": ("ExpiredToken", 403),
        "json": ("ExpiredTokenException", 400),
        "rest-json": ("ExpiredTokenException", 403),
        "ec2": ("RequestExpired", 400),
        "s3": ("ExpiredToken", 400),
    },
    Trouble.INTERNAL: {
        "xml": ("InternalFailure", 500),
        "json": ("InternalFailure", 500),
        "rest-json": ("ServiceException", 500),
        "ec2": ("InternalError", 500),
        "s3": ("InternalError", 500),
    },
    Trouble.UNAVAILABLE: {
        "xml": ("ServiceUnavailable", 503),
        "json": ("ServiceUnavailable", 503),
        "rest-json": ("ServiceUnavailableException", 503),
        "ec2": ("Unavailable", 503),
    },
    Trouble.NOT_IMPLEMENTED: {
        "xml": ("InvalidAction", 400),
        "json": ("UnknownOperationException", 400),
        "rest-json": ("UnknownOperationException", 404),
        "ec2": ("InvalidAction", 400),
        "s3": ("NotImplemented", 501),
    },
}
_MESSAGES = {
    Trouble.THROTTLED: "Rate exceeded",
    Trouble.EXPIRED: "The security token included in the request is expired",
    Trouble.INTERNAL: "We encountered an internal error. Please try again.",
    Trouble.UNAVAILABLE: "Service is unable to handle request.",
    Trouble.NOT_IMPLEMENTED: "The requested functionality is not implemented.",
}


def refusal(call: Call, trouble: Trouble, message: str = "", code: str = "", status: int = 0) -> Answer:
    """Word a refusal as the called service does. Code, status and message may be given instead."""
    usual_code, usual_status = _code(call, trouble)
    text = message or _MESSAGES.get(trouble) or denial(call)
    write = _WRITERS.get(call.protocol, _query)
    return write(call, code or usual_code, text, status or usual_status)


def denial(call: Call, because: str = "") -> str:
    """AWS's sentence for a denied call; `because` is its last clause, a missing identity grant by default."""
    action = f"{call.service}:{call.operation}"
    reason = because or f"no identity-based policy allows the {action} action"
    sentence = f"User: {_AUDITOR} is not authorized to perform: {action} because {reason}"
    return f"{_EC2_PREAMBLE} {sentence}" if call.service == "ec2" else sentence


def _code(call: Call, trouble: Trouble) -> tuple[str, int]:
    codes = _CODES[trouble]
    family = _FAMILIES.get(call.protocol, "xml")
    return codes.get(call.service, codes[family])


def _xml(status: int, text: str) -> Answer:
    headers = {"Content-Type": "text/xml", "x-amzn-RequestId": _REQUEST_ID}
    return Answer(status, headers, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode())


def _query(_call: Call, code: str, message: str, status: int) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(status, f"<ErrorResponse>{error}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>")


def _ec2(_call: Call, code: str, message: str, status: int) -> Answer:
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(status, f"<Response><Errors>{error}</Errors><RequestID>{_REQUEST_ID}</RequestID></Response>")


def _rest_xml(call: Call, code: str, message: str, status: int) -> Answer:
    # S3 alone leaves out the ErrorResponse around the error.
    if call.service != "s3":
        return _query(call, code, message, status)
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message><RequestId>{_REQUEST_ID}</RequestId>"
    return _xml(status, f"<Error>{inner}</Error>")


def _json(call: Call, code: str, message: str, status: int) -> Answer:
    metadata = model_of(call.service).metadata
    headers = {
        "Content-Type": f"application/x-amz-json-{metadata.get('jsonVersion', '1.0')}",
        "x-amzn-RequestId": _REQUEST_ID,
    }
    if "awsQueryCompatible" in metadata:
        headers["x-amzn-query-error"] = f"{code};Sender"
    return Answer(status, headers, json.dumps({"__type": code, "message": message}).encode())


def _rest_json(_call: Call, code: str, message: str, status: int) -> Answer:
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": _REQUEST_ID, "x-amzn-ErrorType": code}
    return Answer(status, headers, json.dumps({"message": message}).encode())


def _cbor(_call: Call, code: str, message: str, status: int) -> Answer:
    pairs = b"".join(map(_cbor_text, ("__type", code, "message", message)))
    headers = {
        "Content-Type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-RequestId": _REQUEST_ID,
    }
    return Answer(status, headers, b"\xa2" + pairs)


def _cbor_text(text: str) -> bytes:
    # Major type 3 with a two-byte length (RFC 8949, 3.1).
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data


_WRITERS: dict[str, Callable[[Call, str, str, int], Answer]] = {
    "query": _query,
    "ec2": _ec2,
    "rest-xml": _rest_xml,
    "json": _json,
    "rest-json": _rest_json,
    "smithy-rpc-v2-cbor": _cbor,
}
