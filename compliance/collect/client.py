"""The only door to AWS: each distinct call once, nothing but declared reads, every page of every list.

Answers and failures are both remembered, so that a call which was refused is not asked again.
"""

import json
import os
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from compliance.collect.causes import code_of, unreadable_because
from compliance.collect.operations import OPERATIONS, Operation
from compliance.errors import RefusedOperation
from compliance.evidence import FactUnreadable

Answer = Mapping[str, Any]

# What making a client, sending and parsing raise: botocore's parsers stumble over what no service sends, and
# where S3 redirects without saying where to, botocore wants to ask HeadBucket, which is refused.
_FAILURES = (
    BotoCoreError, ClientError, ResponseParserError, OSError, RefusedOperation,
    ValueError, LookupError, TypeError, AttributeError,
)  # fmt: skip

CONCURRENCY = 16
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
MAX_ATTEMPTS = 6


class Gone(Exception):
    """AWS says that the resource itself does not exist."""


class Client:
    """AWS, read-only, for one session. Safe to share between threads."""

    def __init__(
        self,
        session: boto3.Session,
        *,
        concurrency: int = CONCURRENCY,
        read_timeout_s: float = READ_TIMEOUT_S,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._session = session
        self._config = _config(session, concurrency, read_timeout_s)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str], Any] = {}
        self._answers: dict[str, Future[Any]] = {}

    def ask(self, operation: str, region: str, **parameters: object) -> Answer | None:
        """The answer of one call; None where AWS says that there is none.

        Raises Gone: the resource does not exist. FactUnreadable: AWS would not say.
        """
        _declared(operation)
        return self._once("ask", operation, region, parameters, self._call)  # type: ignore[no-any-return]

    def rows(self, operation: str, key: str, region: str, **parameters: object) -> list[Answer]:
        """All rows of all pages, in AWS's order. Raises as `ask`; KeyError: a page has no `key`."""
        rows: list[Answer] = []
        empty_if = _declared(operation).empty_if
        for page in self._once("pages", operation, region, parameters, self._pages):
            rows += () if empty_if in page and key not in page else page[key]
        return rows

    def _once(
        self, how: str, operation: str, region: str, parameters: Mapping[str, Any], do: Callable[..., Any]
    ) -> Any:  # noqa: ANN401 - what the call returns
        key = json.dumps([how, operation, region, parameters], sort_keys=True, default=str)
        with self._lock:
            known = self._answers.get(key)
            mine = self._answers.setdefault(key, Future())
        if known is None:
            try:
                mine.set_result(do(operation, region, parameters))
            except Exception as error:  # noqa: BLE001 - whatever it is, all who asked must see it
                mine.set_exception(error)
        return mine.result()

    def _call(self, operation: str, region: str, parameters: Mapping[str, Any]) -> Answer | None:
        try:
            client, method = self._client_for(operation, region)
            return getattr(client, method)(**parameters)  # type: ignore[no-any-return]
        except _FAILURES as error:
            self._none_or_raise(operation, error)
            return None

    def _pages(self, operation: str, region: str, parameters: Mapping[str, Any]) -> list[Answer]:
        try:
            client, method = self._client_for(operation, region)
            if not client.can_paginate(method):
                return [getattr(client, method)(**parameters)]
            return list(client.get_paginator(method).paginate(**parameters))
        except _FAILURES as error:
            self._none_or_raise(operation, error)
            return []

    def _none_or_raise(self, operation: str, error: Exception) -> None:
        declared = OPERATIONS[operation]
        if isinstance(error, ClientError):
            if code_of(error) in declared.none:
                return
            if code_of(error) in declared.gone:
                raise Gone(operation) from error
        unreadable = unreadable_because(error, operation)
        raise FactUnreadable(operation, unreadable) from error

    def _client_for(self, operation: str, region: str) -> tuple[Any, str]:
        declared = OPERATIONS[operation]
        key = (declared.service, region)
        with self._lock:  # making clients is not thread-safe
            if key not in self._clients:
                self._clients[key] = self._made(*key)
            return self._clients[key], xform_name(declared.name)

    def _made(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3 has no types
        client = self._session.client(service, region_name=region, config=self._config)
        if service == "s3" and not _is_aws(client.meta.endpoint_url):
            # An endpoint of one's own has no host name for each bucket.
            by_path = self._config.merge(Config(s3={"addressing_style": "path"}))
            client = self._session.client(service, region_name=region, config=by_path)
        events = client.meta.events
        # The first event of a call: before its parameters are looked at, and before anything is signed.
        events.register_first("provide-client-params", _refuse_undeclared)
        events.register_first("before-call", _refuse_undeclared)
        events.register_first("before-send", lambda event_name, **_: self._count(service, event_name))
        events.register_first("before-parse", _refuse_strange_bodies)
        return client

    def _count(self, service: str, event_name: str) -> None:
        # Each attempt and each page counts, since each costs. The event is before-send.<id>.<Operation>.
        with self._lock:
            self.calls[f"{service}:{event_name.rpartition('.')[2]}"] += 1


def _declared(operation: str) -> Operation:
    if operation not in OPERATIONS:
        raise RefusedOperation(f"{operation} is not among the declared reads (collect/operations.py)")
    return OPERATIONS[operation]


def _refuse_undeclared(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's operation model
    """Stop whatever is not a declared read, before it is signed."""
    operation = f"{model.service_model.service_name}:{model.name}"
    if operation not in OPERATIONS:
        raise RefusedOperation(f"{operation} is not among the declared reads; nothing was sent")


def _refuse_strange_bodies(operation_model: Any, response_dict: Mapping[str, Any], **_: object) -> None:  # noqa: ANN401
    """An empty, cut or HTML body parses as an answer without members; make it the error that it is."""
    body = response_dict["body"]
    if response_dict["status_code"] >= 300 or operation_model.output_shape is None:  # noqa: PLR2004
        return
    if not isinstance(body, bytes) or not operation_model.output_shape.members:
        return
    start = body[:512].lstrip().lower()
    if not start or (start.startswith(b"<") and (b"<html" in start or b"<!doctype html" in start)):
        raise ResponseParserError(f"the answer is {'an HTML page' if start else 'empty'}")
    if "json" in operation_model.service_model.resolved_protocol:
        try:
            json.loads(body)
        except ValueError as error:  # botocore takes half an answer for one without members
            raise ResponseParserError("the answer is not JSON, or only half of it") from error


def _is_aws(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def _config(session: boto3.Session, concurrency: int, read_timeout_s: float) -> Config:
    """Adaptive retries and time limits; what the environment or the profile says about retries wins."""
    profile = session._session.get_scoped_config()  # noqa: SLF001 - boto3 shows no other way
    mode = os.environ.get("AWS_RETRY_MODE") or profile.get("retry_mode") or "adaptive"
    attempts = os.environ.get("AWS_MAX_ATTEMPTS") or profile.get("max_attempts") or MAX_ATTEMPTS
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        max_pool_connections=concurrency,
        retries={"mode": mode, "total_max_attempts": int(attempts)},
        user_agent_extra="aws-compliance-suite",
    )
