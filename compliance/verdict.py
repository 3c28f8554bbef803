"""What a judgement says: verdicts, violations, outcomes. Knows nothing of how they came about."""

from dataclasses import dataclass, field
from enum import StrEnum

from compliance.address import Address
from compliance.errors import ComplianceError


class Verdict(StrEnum):
    """The five things a judged pair can be."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Severity(StrEnum):
    """How bad a violation is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFORMATIONAL = "informational"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class NotApplicable(ComplianceError):
    """The rule says nothing about this resource; the message is the reason that reports show."""


class Undecided(ComplianceError):
    """Every fact is known, yet the question stays open; the message says why. The verdict is unknown."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a resource breaks a rule. `where` points into the resource, if that helps."""

    message: str
    expected: str = ""
    actual: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement of one check on one resource.

    `cause` is the cause's name when the verdict is unknown; `reason` is one line for people: why it is
    unknown, not applicable or waived. `violations` of an unknown pair are those seen before the
    unreadable fact; they are information, not a verdict.
    """

    check: str
    address: Address
    verdict: Verdict
    arn: str = ""
    output_key: str | None = None
    violations: tuple[Violation, ...] = field(default=())
    cause: str = ""
    reason: str = ""

    @property
    def kind(self) -> str:
        """The resource's kind, such as `Bucket`."""
        return self.address.kind
