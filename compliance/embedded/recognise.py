"""Tell which operation of which service an HTTP request asks for, whatever protocol it speaks.

Decided by botocore's models alone: action and version (query, EC2), target header (JSON), path (CBOR),
method, path, query and required headers (REST). Knows nothing of faults or of the emulator.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel

from compliance.embedded.service_models import model_of, services_signed_as

_CREDENTIAL = re.compile(r"Credential=[^/]*/\d{8}/(?P<region>[^/]*)/(?P<service>[^/]*)/aws4_request")
_CBOR_PATH = re.compile(r"/service/(?P<service>[^/]+)/operation/(?P<operation>[^/]+)$")
_LABEL = re.compile(r"\{([^}+]+)(\+?)\}")
# Directory buckets and their access points sign under a name that no model states.
_SIGNED_OTHERWISE = {"s3express": "s3"}


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent: header names in lower case, path still percent-encoded, body read to its end."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one operation. Unrecognised ones have service or operation "unknown"."""

    service: str
    operation: str
    protocol: str = "rest-json"
    region: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def call_of(request: Request) -> Call:
    """Name the call that a request makes. Never raises: what no model explains is called "unknown"."""
    region, signed_as = _scope(request)
    services = services_signed_as(signed_as)
    for recognise in (_cbor_call, _target_call, _action_call, _rest_call):
        call = recognise(request, services, region)
        if call is not None:
            return call
    return Call(services[0] if services else signed_as, "unknown", region=region)


def _scope(request: Request) -> tuple[str, str]:
    match = _CREDENTIAL.search(request.headers.get("authorization", ""))
    if match is None:
        return "", "unknown"
    return match["region"], _SIGNED_OTHERWISE.get(match["service"], match["service"])


def _cbor_call(request: Request, services: tuple[str, ...], region: str) -> Call | None:
    match = _CBOR_PATH.match(request.path)
    if match is None:
        return None
    named = tuple(s for s in services if model_of(s).metadata.get("targetPrefix") == match["service"])
    return _first(named, match["operation"], "smithy-rpc-v2-cbor", region, {})


def _target_call(request: Request, services: tuple[str, ...], region: str) -> Call | None:
    target = request.headers.get("x-amz-target")
    if target is None:
        return None
    prefix, _, operation = target.rpartition(".")
    named = tuple(s for s in services if model_of(s).metadata.get("targetPrefix") == prefix)
    return _first(named, operation, "json", region, _json_object(request.body))


def _action_call(request: Request, services: tuple[str, ...], region: str) -> Call | None:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    versioned = [s for s in services if model_of(s).api_version == form.get("Version")]
    # Neptune and DocumentDB speak RDS's API under RDS's name and version: the first is the name's owner.
    action = form.pop("Action", "unknown")
    protocol = "ec2" if versioned and model_of(versioned[0]).protocol == "ec2" else "query"
    form.pop("Version", None)
    return _first(tuple(versioned), action, protocol, region, form)


def _first(
    services: tuple[str, ...], operation: str, protocol: str, region: str, parameters: Mapping[str, Any]
) -> Call | None:
    for service in services:
        if operation in model_of(service).operation_names:
            return Call(service, operation, protocol, region, parameters)
    return None


@dataclass(frozen=True, slots=True)
class _Route:
    service: str
    operation: str
    protocol: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    required_query: frozenset[str]
    required_headers: frozenset[str]
    rank: tuple[int, int, int, bool]

    def matches(self, request: Request) -> re.Match[str] | None:
        """Say whether the request fits, with the values of the path's labels."""
        if request.method != self.method or not self.required_query <= request.query.keys():
            return None
        if any(request.query.get(name) != value for name, value in self.query.items()):
            return None
        if not self.required_headers <= request.headers.keys():
            return None
        return self.path.fullmatch(request.path.rstrip("/") or "/")


def _rest_call(request: Request, services: tuple[str, ...], region: str) -> Call | None:
    fitting = [
        (route, labels)
        for service in services
        for route in _routes(service)
        if (labels := route.matches(request)) is not None
    ]
    if not fitting:
        return None
    # "?encryption" fits ListObjects, too: whatever demands most of the request is what was meant.
    route, labels = max(fitting, key=lambda pair: pair[0].rank)
    parameters = {name: unquote(value) for name, value in labels.groupdict().items()} | dict(request.query)
    return Call(route.service, route.operation, route.protocol, region, parameters)


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = model_of(service)
    if not model.protocol.startswith("rest-"):
        return ()
    return tuple(_route(model.operation_model(name)) for name in model.operation_names)


def _route(operation: OperationModel) -> _Route:
    path, _, query_text = operation.http["requestUri"].partition("?")
    query = dict(parse_qsl(query_text, keep_blank_values=True))
    located = {place: frozenset(_required(operation, place)) for place in ("querystring", "header")}
    demands = len(query) + len(located["querystring"]) + len(located["header"])
    fixed = sum(1 for part in path.split("/") if part and "{" not in part)
    return _Route(
        operation.service_model.service_name,
        operation.name,
        operation.service_model.protocol,
        operation.http["method"],
        _path_pattern(path),
        query,
        located["querystring"],
        located["header"],
        (fixed, demands, path.count("{"), not operation.deprecated),
    )


def _required(operation: OperationModel, place: str) -> Iterator[str]:
    shape = operation.input_shape
    if shape is None:
        return
    for name in shape.required_members:
        member = shape.members[name]
        if member.serialization.get("location") == place:
            yield member.serialization["name"].lower() if place == "header" else member.serialization["name"]


def _path_pattern(path: str) -> re.Pattern[str]:
    # Splitting by two groups yields text, label, "+" or "", text, label, ... and text at the end.
    parts = _LABEL.split(path.rstrip("/") or "/")
    pattern = re.escape(parts[0])
    for label, greedy, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pattern += f"(?P<{label.replace('-', '_')}>{'.+' if greedy else '[^/]+'})" + re.escape(text)
    return re.compile(pattern)


def _json_object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
