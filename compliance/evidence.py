"""Facts and why some can't be had. Knows nothing of AWS clients, checks or reports.

A fact is `Known(value)` or `Unreadable(cause, …)`. `Known(None)` means that AWS says there is none;
`Unreadable` means that AWS would not say, and reading it raises `FactUnreadable`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from compliance.errors import ComplianceError

T = TypeVar("T")


class Cause(StrEnum):
    """Why a fact could not be read."""

    DENIED = "denied"
    DENIED_BY_SCP = "denied-by-scp"
    DENIED_BY_RESOURCE_POLICY = "denied-by-resource-policy"
    DENIED_BY_BOUNDARY = "denied-by-boundary"
    DENIED_BY_SESSION_POLICY = "denied-by-session-policy"
    DENIED_BY_ENDPOINT_POLICY = "denied-by-endpoint-policy"
    CREDENTIALS = "credentials"
    THROTTLED = "throttled"
    NOT_FOUND = "not-found"
    SERVICE_ERROR = "service-error"
    REGION_OFF = "region-off"
    MALFORMED = "malformed"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    NOT_IMPLEMENTED = "not-implemented"
    NOT_COLLECTED = "not-collected"
    UNDECIDED = "undecided"
    CHECK_BROKEN = "check-broken"

    @property
    def is_denial(self) -> bool:
        """Whether AWS refused the read, as opposed to failing at it."""
        return self.value.startswith("denied")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A fact that AWS would not tell: the cause, the operation that was asked, and AWS's own words."""

    cause: Cause
    operation: str = ""
    code: str = ""
    message: str = ""
    action: str = ""

    def __str__(self) -> str:
        """One line: cause, operation, code and message, and the grant that is missing."""
        head = f"{self.cause}: {self.operation}" if self.operation else str(self.cause)
        details = ": ".join(part for part in (self.code, self.message) if part)
        remedy = f"; grant {self.action}" if self.action and self.cause is Cause.DENIED else ""
        return head + (f" ({details})" if details else "") + remedy


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A fact that AWS told; `Known(None)` says that there is none."""

    value: T


Fact = Known[T] | Unreadable


class FactUnreadable(ComplianceError):
    """A fact was read that AWS would not tell. Judging turns it into the verdict *unknown*."""

    def __init__(self, subject: str, unreadable: Unreadable) -> None:
        super().__init__(subject, unreadable)  # all arguments, so that it survives pickling
        self.subject = subject
        self.unreadable = unreadable

    def __str__(self) -> str:
        return f"{self.subject} is unknown ({self.unreadable})"
