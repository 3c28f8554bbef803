"""`EmbeddedAccount`: an empty AWS account on 127.0.0.1 for as long as a `with` block lasts.

The emulator is moto, run in this process on a free port; moto and flask come with the extra `embedded` and
are imported only when an account starts.
"""

import http.client
import importlib
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from types import ModuleType, TracebackType
from typing import Self

import boto3

from compliance.embedded.faults import Fault, Faults
from compliance.embedded.gateway import READY_PATH, Gateway
from compliance.embedded.recognise import Call
from compliance.embedded.session import ACCOUNT_ID, session_at
from compliance.errors import SettingsError

__all__ = ["ACCOUNT_ID", "DEFAULT_REGION", "EmbeddedAccount", "EmbeddedExtraMissingError"]

DEFAULT_REGION = "eu-west-1"

_HOST = "127.0.0.1"
_READY_ATTEMPTS = 50
_ENVIRONMENT = {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}


class EmbeddedExtraMissingError(SettingsError, ImportError):
    """The emulator is not installed; the message names the extra."""


class EmbeddedAccount:
    """A fresh, empty account that answers over HTTP. Use it as a context manager; it can be entered once.

    Several may live at the same time, in one process or in many: each has its own port and its own state.
    """

    def __init__(self) -> None:
        self._exits = ExitStack()
        self._gateway: Gateway | None = None
        self._port = 0

    def __enter__(self) -> Self:
        """Start serving, and return once the account answers. Raises EmbeddedExtraMissingError."""
        with ExitStack() as undo:
            undo.enter_context(_environment(_ENVIRONMENT))
            self._gateway, self._port = _start(undo)
            _await_ready(self._port)
            self._exits = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop serving and forget everything."""
        self._exits.__exit__(kind, error, traceback)

    @property
    def url(self) -> str:
        """Where the account answers, such as "http://127.0.0.1:40123"."""
        return f"http://{_HOST}:{self._port}"

    @property
    def faults(self) -> Faults:
        """What goes wrong from now on."""
        return self._running.faults

    @property
    def calls(self) -> Counter[tuple[str, str]]:
        """How often each (service, operation) was called, faults included, since `forget_calls`."""
        return self._running.calls

    @property
    def log(self) -> list[Call]:
        """Each call with its parameters, in order of arrival, since `forget_calls`."""
        return self._running.log

    def forget_calls(self) -> None:
        """Start counting anew."""
        self._running.calls.clear()
        self._running.log.clear()

    @contextmanager
    def fault(self, kind: str, *where: str, **details: object) -> Iterator[Fault]:
        """Let one thing go wrong while the block runs: `fault("deny", "s3", "GetBucketEncryption")`.

        `kind` is the name of a method of `Faults`; the rest are its arguments.
        """
        fault: Fault = getattr(self.faults, kind)(*where, **details)
        try:
            yield fault
        finally:
            self.faults.remove(fault)

    def session(self, region: str = DEFAULT_REGION) -> boto3.Session:
        """Return a session whose clients all reach this account, whatever the environment says."""
        return session_at(self.url, region)

    @property
    def _running(self) -> Gateway:
        if self._gateway is None:
            raise RuntimeError("the account is not running: use `with EmbeddedAccount() as account:`")
        return self._gateway


def _start(undo: ExitStack) -> tuple[Gateway, int]:
    emulator = _emulator()
    state = emulator.State()
    undo.callback(state.discard)
    gateway = Gateway(emulator.application(), state.served)
    server = emulator.QuietServer(_HOST, 0, gateway)
    thread = Thread(target=server.serve_forever, args=(0.02,), name="embedded-account", daemon=True)
    thread.start()
    undo.callback(thread.join)
    undo.callback(server.stop)
    undo.callback(gateway.closing.set)
    return gateway, server.port


def _emulator() -> ModuleType:
    try:
        return importlib.import_module("compliance.embedded.emulator")
    except ImportError as error:
        raise EmbeddedExtraMissingError(
            f"the embedded account needs {error.name}, which is not installed: install the extra `embedded`, "
            "for example python -m pip install 'aws-compliance-suite[embedded]'",
            name=error.name,
        ) from error


def _await_ready(port: int) -> None:
    for attempt in range(1, _READY_ATTEMPTS + 1):
        connection = http.client.HTTPConnection(_HOST, port, timeout=1)
        try:
            connection.request("GET", READY_PATH)
            connection.getresponse().read()
        except OSError:
            if attempt == _READY_ATTEMPTS:
                raise
        else:
            return
        finally:
            connection.close()


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
