"""`Ministack`: the second emulator, in a process of its own for as long as a `with` block lasts.

An independent account to hold against the embedded one, so that nothing is fitted to one emulator's quirks.
With `auth=True` it enforces IAM. The package `ministack` must be installed beside this one.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from types import TracebackType
from typing import Self

import boto3

from compliance.embedded.session import ACCOUNT_ID, DUMMY_KEY, session_at

_HOST = "127.0.0.1"
_READY_WITHIN_S = 60
_STOP_WITHIN_S = 10


class Ministack:
    """A fresh, empty account that answers over HTTP at `url`, with 123456789012 for its number."""

    def __init__(self, *, auth: bool = False) -> None:
        self._auth = auth
        self._exits = ExitStack()
        self._port = 0

    def __enter__(self) -> Self:
        """Start, and return once it answers. Raises RuntimeError: it ended early or did not get ready."""
        with ExitStack() as undo:
            scratch = undo.enter_context(tempfile.TemporaryDirectory(prefix="ministack-"))
            self._port = _free_port()
            process = _start(self._port, scratch, auth=self._auth)
            undo.callback(_stop, process)
            _await_ready(self.url, process)
            self._exits = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process and all that it started."""
        self._exits.__exit__(kind, error, traceback)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{_HOST}:{self._port}"

    def session(
        self, region: str = "eu-west-1", *, key: str = DUMMY_KEY, secret: str = DUMMY_KEY
    ) -> boto3.Session:
        """Return a session whose clients reach this account; test/test is its root."""
        return session_at(self.url, region, key=key, secret=secret)

    def forget(self) -> None:
        """Make the account empty again."""
        request = urllib.request.Request(f"{self.url}/_ministack/reset", method="POST")  # noqa: S310
        urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


def _free_port() -> int:
    # It takes no port 0. Between this and its own bind somebody may take the port; then it ends, and says so.
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _start(port: int, scratch: str, *, auth: bool) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": _HOST,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "AUTH": "true" if auth else "false",
        "TMPDIR": scratch,
        "S3_DATA_DIR": scratch,
        "LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "ministack"],
        env=environment,
        cwd=scratch,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/_ministack/ready", timeout=1).close()  # noqa: S310
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"ministack did not get ready at {url} (exit status: {process.poll()})")


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
