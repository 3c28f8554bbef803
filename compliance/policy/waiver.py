"""Waivers: violations that somebody answers for until a date."""

from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from compliance.models import Resource
from compliance.policy.selector import Selector


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted violation: which check on which resources, who owns it, why, and until when (UTC)."""

    check: str
    owner: str
    reason: str
    expires: datetime
    select: Selector = field(default_factory=Selector)
    ticket: str = ""

    def covers(self, check: str, subject: Resource) -> bool:
        """Whether it is about this pair; `check` may be a glob."""
        return fnmatchcase(check, self.check) and self.select.matches(subject)

    def is_live(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return now < self.expires

    def __str__(self) -> str:
        ticket = f", {self.ticket}" if self.ticket else ""
        return f"{self.reason} (owner {self.owner}{ticket}, until {self.expires:%Y-%m-%d %H:%M} UTC)"
