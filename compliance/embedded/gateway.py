"""Stand between the HTTP server and the emulator: log each call, let it go wrong on demand, else pass it on.

A WSGI application around a WSGI application. Knows nothing of what any operation means.
"""

import io
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from threading import Event, Lock
from typing import Any
from urllib.parse import parse_qsl

from compliance.embedded.faults import Effect, Fault, Faults
from compliance.embedded.recognise import Call, Request, call_of
from compliance.embedded.refusals import Answer

StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

READY_PATH = "/embedded/ready"


class Gateway:
    """The WSGI application that the server runs. Calls and faults may be read and set from any thread."""

    def __init__(self, emulator: Application, served: Callable[[], AbstractContextManager[None]]) -> None:
        self.faults = Faults()
        self.calls: Counter[tuple[str, str]] = Counter()
        self.log: list[Call] = []
        self.closing = Event()
        self._emulator = emulator
        self._served = served
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Raises ConnectionResetError: a fault took the connection away."""
        if environ["PATH_INFO"] == READY_PATH:
            return _send(Answer(204, {}, b""), environ, start_response)
        call = self._record(_request(environ))
        answer: Answer | None = None
        for fault in self.faults.striking(call):
            if fault.effect in (Effect.DELAY, Effect.STALL):
                self.closing.wait(fault.seconds)
            if fault.effect is not Effect.DELAY:
                answer = self._spoilt(fault, call, environ)
        return _send(answer or self._true_answer(environ), environ, start_response)

    def _record(self, request: Request) -> Call:
        call = call_of(request)
        with self._lock:
            self.calls[call.service, call.operation] += 1
            self.log.append(call)
        return call

    def _spoilt(self, fault: Fault, call: Call, environ: dict[str, Any]) -> Answer:
        if fault.effect is Effect.STALL:
            raise ConnectionResetError
        if fault.effect is Effect.RESET:
            _reset(environ["werkzeug.socket"], self._true_answer(environ))
        if fault.effect is Effect.TRUNCATE:
            whole = self._true_answer(environ)
            return Answer(whole.status, whole.headers, whole.body[: len(whole.body) // 2])
        return fault.answer(call)

    def _true_answer(self, environ: dict[str, Any]) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            started.append((status, headers))

        with self._served():
            chunks = self._emulator(environ, start)
            body = b"".join(chunks)
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return Answer(int(status.split()[0]), dict(headers), body)


def _request(environ: dict[str, Any]) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    ends_by_itself = environ.get("wsgi.input_terminated", False)
    body = environ["wsgi.input"].read() if ends_by_itself else environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    path, _, query = environ["RAW_URI"].partition("?")
    return Request(
        environ["REQUEST_METHOD"], path, dict(parse_qsl(query, keep_blank_values=True)), headers, body
    )


def _send(answer: Answer, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    length = len(answer.body)
    if environ["REQUEST_METHOD"] == "HEAD":
        # The length of a HEAD answer is that of the object, which only the emulator knows.
        length = int(_header(answer, "content-length") or 0)
    if answer.status not in (204, 304):
        headers["Content-Length"] = str(length)
    start_response(f"{answer.status} .", list(headers.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


def _header(answer: Answer, wanted: str) -> str | None:
    return next((value for name, value in answer.headers.items() if name.lower() == wanted), None)


def _reset(connection: socket.socket, answer: Answer) -> None:
    head = f"HTTP/1.1 {answer.status} .\r\nContent-Length: {len(answer.body) + 1}\r\n\r\n"
    connection.sendall(head.encode() + answer.body[: len(answer.body) // 2])
    # Closing with a linger time of zero makes the kernel send RST instead of FIN.
    with socket.socket(fileno=connection.detach()) as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionResetError
