"""How facts, populations and links are declared. Each declaration names the calls it makes.

A *reader* tells one or more facts of a resource; a *lister* tells which resources of a kind a region has; a
*linker* tells which resources a resource refers to; a *prober* tells whether a resource is there.
The modules beside this one register theirs when they are imported.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from compliance.collect.operations import OPERATIONS
from compliance.collect.reach import Handle, Reach
from compliance.errors import CheckError
from compliance.models import KINDS, Resource


@dataclass(frozen=True, slots=True)
class Reader:
    """Facts of one kind, and the calls they come from. One fact: its value; several: a mapping."""

    kind: str
    facts: tuple[str, ...]
    calls: frozenset[str]
    function: Callable[[Reach, Handle], Any]


@dataclass(frozen=True, slots=True)
class Lister:
    """The names of all resources of a kind in a region."""

    kind: str
    calls: frozenset[str]
    function: Callable[[Reach], Iterable[Handle]]


@dataclass(frozen=True, slots=True)
class Linker:
    """From a resource to those it refers to or holds. Without targets it may lead to any kind.

    `is_outward`: it leads to what holds the resource, and so back to where one came from.
    """

    source: str
    targets: frozenset[str]
    calls: frozenset[str]
    function: Callable[[Reach, Handle], Iterable[Handle]]
    is_outward: bool = False


@dataclass(frozen=True, slots=True)
class Prober:
    """Whether a resource that an output names is there."""

    kind: str
    calls: frozenset[str]
    function: Callable[[Reach, Handle], bool]


@dataclass(frozen=True, slots=True)
class Resolver:
    """From what a resource is also called to what it is called."""

    kind: str
    calls: frozenset[str]
    function: Callable[[Reach, Handle], Handle]


READERS: dict[tuple[str, str], Reader] = {}
LISTERS: dict[str, Lister] = {}
LINKERS: list[Linker] = []
PROBERS: dict[str, Prober] = {}
RESOLVERS: dict[str, Resolver] = {}

GLOBAL_KINDS = frozenset({"Role", "User", "Group", "ManagedPolicy", "NetworkEstate"})
"""Kinds that belong to no region."""

F = TypeVar("F", bound=Callable[..., Any])


def reads(kind: type[Resource], facts: str, calls: str) -> Callable[[F], F]:
    """Declare the reader of facts (names with spaces between) and the operations it asks.

    A reader of several facts may also tell the resource's `arn`, where its name alone does not.
    """

    def register(function: F) -> F:
        reader = Reader(kind.__name__, tuple(facts.split()), _declared(calls), function)
        for fact in reader.facts:
            if fact not in kind.facts or (kind.__name__, fact) in READERS:
                raise CheckError(f"{kind.__name__} has no fact {fact!r}, or two readers of it")
            READERS[kind.__name__, fact] = reader
        return function

    return register


def lists(kind: type[Resource], calls: str) -> Callable[[F], F]:
    """Declare how to list a kind in one region."""

    def register(function: F) -> F:
        LISTERS[kind.__name__] = Lister(kind.__name__, _declared(calls), function)
        return function

    return register


def links(
    source: type[Resource], *targets: type[Resource], calls: str, is_outward: bool = False
) -> Callable[[F], F]:
    """Declare where a kind leads; without targets, possibly everywhere."""

    def register(function: F) -> F:
        names = frozenset(each.__name__ for each in targets) or frozenset(KINDS)
        LINKERS.append(Linker(source.__name__, names, _declared(calls), function, is_outward))
        return function

    return register


def probes(kind: type[Resource], calls: str) -> Callable[[F], F]:
    """Declare how to find out whether a resource of the kind is there: true, false, or Gone."""

    def register(function: F) -> F:
        PROBERS[kind.__name__] = Prober(kind.__name__, _declared(calls), function)
        return function

    return register


def resolves(kind: type[Resource], calls: str) -> Callable[[F], F]:
    """Declare how other names of a resource of the kind lead to its own."""

    def register(function: F) -> F:
        RESOLVERS[kind.__name__] = Resolver(kind.__name__, _declared(calls), function)
        return function

    return register


def _declared(calls: str) -> frozenset[str]:
    operations = frozenset(calls.split())
    if unknown := operations - OPERATIONS.keys():
        raise CheckError(f"{sorted(unknown)} are not in collect/operations.py")
    return operations
