"""moto's server, made quiet: nothing on stdout or stderr, and no connection left open at the end.

The only module that imports moto's server and werkzeug; import it only when an account starts.
"""

import logging
import socket
from collections.abc import Iterable
from threading import Lock
from typing import Any

from moto import backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import ThreadedWSGIServer

from compliance.embedded.gateway import Application, StartResponse
from compliance.embedded.session import ACCOUNT_ID, DUMMY_KEY
from compliance.embedded.state import State

__all__ = ["QuietServer", "State", "application"]

# What socketserver hands around: a socket, and an address that is a pair.
Connection = Any
Peer = Any
Backend = Any

_log = logging.getLogger(__name__)
# Without a handler of its own, a warning of moto ends on stderr by way of the last resort.
logging.getLogger("moto").addHandler(logging.NullHandler())


class _QuietDispatcher(DomainDispatcherApplication):
    def get_backend_for_host(self, host: str | None) -> Backend:
        """As moto's, which prints a line to stdout for each service that it lacks."""
        if host is None or host == "moto_api" or host in backends.list_of_moto_modules():
            return host
        matches = (name for name, pattern in self.backend_url_patterns if pattern.match(f"http://{host}"))
        return next(matches, None)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """As moto's, without the search for the account that owns the access key if it is the dummy one.

        That search visits IAM in every partition, and each loads over a thousand managed policies.
        """
        if f"Credential={DUMMY_KEY}/" in environ.get("HTTP_AUTHORIZATION", ""):
            environ.setdefault("HTTP_X_MOTO_ACCOUNT_ID", ACCOUNT_ID)
        answer: Iterable[bytes] = super().__call__(environ, start_response)
        return answer


class _QuietHandler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Keep no access log."""


class QuietServer(ThreadedWSGIServer):
    """A threaded server that writes nothing and knows its open connections."""

    # So that closing the server waits for its threads.
    daemon_threads = False

    def __init__(self, host: str, port: int, application: Application) -> None:
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(host, port, application, handler=_QuietHandler)

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002, ARG002
        """Hand errors of the emulator to `logging`, where nobody hears them unless asked to."""
        _log.debug(message, *args)

    def handle_error(self, _request: Connection, client_address: Peer) -> None:
        """Leave a broken connection to its client."""
        _log.debug("connection from %s broke", client_address, exc_info=True)

    def process_request(self, request: Connection, client_address: Peer) -> None:
        """Note the connection, then serve it in a thread."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Connection) -> None:
        """Close the connection and forget it."""
        super().shutdown_request(request)
        with self._guard:
            self._open.discard(request)

    def stop(self) -> None:
        """Take no more requests and hang up on those that are open."""
        self.shutdown()
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    _log.debug("connection was closed already")


def application() -> Application:
    """Return a fresh WSGI application that answers as AWS would, as far as moto goes."""
    dispatcher: Application = _QuietDispatcher(create_backend_app)
    return dispatcher
