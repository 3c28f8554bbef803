"""What a check is, and how one is declared. Knows nothing of pytest, AWS or reports."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from compliance.errors import CheckError
from compliance.inventory import Inventory
from compliance.models import KINDS, Resource
from compliance.policy import Policy
from compliance.verdict import Severity, Violation

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class Context:
    """What a check may look at beside its resource: the policy and everything that was collected."""

    policy: Policy
    inventory: Inventory

    @property
    def now(self) -> datetime:
        """The time of the collection, UTC: judging again later says the same."""
        return self.inventory.run.collected_at


JudgeFunction = Callable[[Any, Context], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class About:
    """What people want to know about a check; data beside the code (`checks/*.yaml`)."""

    title: str
    service: str
    severity: Severity = Severity.MEDIUM
    rationale: str = ""
    remedy: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A rule: a pure generator function over one resource, and what there is to know about it.

    `reads` holds the facts that it looks at, as `Kind.fact`; nothing else is collected for it.
    """

    id: str
    function: JudgeFunction = field(repr=False)
    kinds: tuple[type[Resource], ...]
    reads: frozenset[str]
    about: About

    def __call__(self, subject: Resource, context: Context) -> Iterator[Violation]:
        """The violations that the resource shows. Raises NotApplicable, FactUnreadable."""
        return self.function(subject, context)

    @property
    def path(self) -> Path:
        """The file that the check stands in."""
        return Path(self.function.__code__.co_filename)

    @property
    def line(self) -> int:
        """The line that the check begins at."""
        return self.function.__code__.co_firstlineno


def check(
    *applies_to: type[R],
    id: str,  # noqa: A002 - the field's own word
    reads: tuple[str, ...] | None = None,
) -> Callable[[Callable[[R, Context], Iterator[Violation]]], Check]:
    """Declare a check over resources of one kind (or of a family such as `Principal`).

    `reads`: the facts it looks at: `"encryption"` of the resource itself, `"Topic.document"` of others.
    Without it, all facts of its own kind are collected. Raises CheckError: an id or a fact is wrong.
    """
    kinds = tuple(kind for kind in KINDS.values() if issubclass(kind, applies_to))

    def declare(function: Callable[[R, Context], Iterator[Violation]]) -> Check:
        if not kinds or not id.replace("-", "").isalnum() or id != id.lower():
            raise CheckError(
                f"{function.__code__.co_filename}: check {id!r} needs a kind and a kebab-case id"
            )
        wanted = reads if reads is not None else tuple(f for kind in kinds for f in kind.facts)
        title = (function.__doc__ or id).strip().splitlines()[0]
        about = About(title=title.rstrip("."), service=id.split("-", maxsplit=1)[0])
        return Check(id, function, kinds, _qualified(id, kinds, wanted), about)

    return declare


def _qualified(check_id: str, kinds: tuple[type[Resource], ...], wanted: tuple[str, ...]) -> frozenset[str]:
    """Facts as `Kind.fact`, each of which exists."""
    facts: set[str] = set()
    for name in wanted:
        kind, _, fact = name.rpartition(".")
        owners = (KINDS[kind],) if kind in KINDS else () if kind else kinds
        found = {f"{owner.__name__}.{fact}" for owner in owners if fact in owner.facts}
        if not found:
            raise CheckError(f"check {check_id!r} reads {name!r}, which no kind of resource has")
        facts |= found
    return frozenset(facts)
