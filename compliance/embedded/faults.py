"""What should go wrong, where and how often: a small register that tests fill and the gateway asks.

Knows nothing of HTTP: a fault says what happens (refuse, answer this, stall, …); `gateway` makes it happen.
Each method takes the service as botocore names it and the operation; without them the fault meets every call.
`times` limits how often it strikes, `after` lets that many matching calls pass first, and `where` demands
parameters (form fields, JSON members, or the labels and query of a REST path).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from threading import Lock
from typing import Any, TypedDict, Unpack

from compliance.embedded.recognise import Call
from compliance.embedded.refusals import Answer, Trouble, denial, refusal

_HTML = b"<html><head><title>Bad gateway</title></head><body><h1>502 Bad gateway</h1></body></html>"


class Effect(Enum):
    """What a fault does to a call."""

    REFUSE = auto()
    ANSWER = auto()
    DELAY = auto()
    STALL = auto()
    RESET = auto()
    TRUNCATE = auto()


class Scope(TypedDict, total=False):
    """When a fault strikes: how often, after how many calls, for which parameters."""

    times: int | None
    after: int
    where: Mapping[str, Any]


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong. `struck` counts how often it has."""

    effect: Effect
    service: str | None = None
    operation: str | None = None
    trouble: Trouble = Trouble.INTERNAL
    message: str = ""
    because: str = ""
    code: str = ""
    status: int = 0
    seconds: float = 0.0
    body: bytes = b""
    times: int | None = None
    after: int = 0
    where: Mapping[str, Any] = field(default_factory=dict)
    struck: int = 0

    def strikes(self, call: Call) -> bool:
        """Say whether this call is hit, and count it. Calls that must pass first are counted down."""
        if not self._concerns(call) or self.struck == self.times:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.struck += 1
        return True

    def answer(self, call: Call) -> Answer:
        """Say what the caller is told instead of the truth."""
        if self.effect is Effect.ANSWER:
            return Answer(self.status, {"Content-Type": "text/html"}, self.body)
        message = self.message or (denial(call, self.because) if self.because else "")
        return refusal(call, self.trouble, message, self.code, self.status)

    def _concerns(self, call: Call) -> bool:
        if self.service not in (None, call.service) or self.operation not in (None, call.operation):
            return False
        return all(call.parameters.get(name) == value for name, value in self.where.items())


class Faults:
    """The faults of one account, in the order in which they were registered. Thread-safe."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def striking(self, call: Call) -> list[Fault]:
        """Faults that hit this call: all delays, and the first of the others."""
        hits: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                spent = any(hit.effect is not Effect.DELAY for hit in hits)
                if not (spent and fault.effect is not Effect.DELAY) and fault.strikes(call):
                    hits.append(fault)
        return hits

    def clear(self) -> None:
        """Make everything well again."""
        with self._lock:
            self._faults.clear()

    def remove(self, fault: Fault) -> None:
        """Take one fault back; nothing happens if it is gone already."""
        with self._lock:
            self._faults = [other for other in self._faults if other is not fault]

    def deny(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        because: str = "",
        message: str = "",
        code: str = "",
        **scope: Unpack[Scope],
    ) -> Fault:
        """Refuse for want of permission, in the service's own code. `because` ends AWS's sentence."""
        fault = Fault(
            Effect.REFUSE, service, operation, Trouble.DENIED, message, because=because, code=code, **scope
        )
        return self._add(fault)

    def throttle(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Say "slow down", for ever or `times` times."""
        return self._refuse(Trouble.THROTTLED, service, operation, scope)

    def expire(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Let the credentials expire; `after` lets the first calls of a run pass."""
        return self._refuse(Trouble.EXPIRED, service, operation, scope)

    def fail(self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]) -> Fault:
        """Answer with the service's internal error, status 500."""
        return self._refuse(Trouble.INTERNAL, service, operation, scope)

    def unavailable(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Answer "service unavailable", status 503."""
        return self._refuse(Trouble.UNAVAILABLE, service, operation, scope)

    def not_implemented(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Pretend that the endpoint does not know the operation."""
        return self._refuse(Trouble.NOT_IMPLEMENTED, service, operation, scope)

    def html(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        status: int = 200,
        **scope: Unpack[Scope],
    ) -> Fault:
        """Answer with a web page, as a proxy on the way would."""
        return self._add(Fault(Effect.ANSWER, service, operation, status=status, body=_HTML, **scope))

    def empty(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        status: int = 200,
        **scope: Unpack[Scope],
    ) -> Fault:
        """Answer with no body at all."""
        return self._add(Fault(Effect.ANSWER, service, operation, status=status, **scope))

    def truncate(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Answer with the first half of the true body, and a length to match."""
        return self._add(Fault(Effect.TRUNCATE, service, operation, **scope))

    def reset(
        self, service: str | None = None, operation: str | None = None, **scope: Unpack[Scope]
    ) -> Fault:
        """Reset the connection in the middle of the true body."""
        return self._add(Fault(Effect.RESET, service, operation, **scope))

    def stall(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        seconds: float,
        **scope: Unpack[Scope],
    ) -> Fault:
        """Say nothing for that many seconds, then hang up: a read time-out for any shorter patience."""
        return self._add(Fault(Effect.STALL, service, operation, seconds=seconds, **scope))

    def delay(
        self,
        service: str | None = None,
        operation: str | None = None,
        *,
        seconds: float,
        **scope: Unpack[Scope],
    ) -> Fault:
        """Answer truly, but later. Adds to any other fault."""
        return self._add(Fault(Effect.DELAY, service, operation, seconds=seconds, **scope))

    def _refuse(self, trouble: Trouble, service: str | None, operation: str | None, scope: Scope) -> Fault:
        return self._add(Fault(Effect.REFUSE, service, operation, trouble, **scope))

    def _add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault
