"""The actions of a statement, as names and globs; lower-cased, because action names ignore case."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache

from compliance.access.documents import Statement
from compliance.access.globs import Glob, apart, covers, glob
from compliance.access.patterns import Scope


class Actions:
    """What Action, or `inverted` NotAction, names; indexed by service, since documents may name thousands."""

    def __init__(self, texts: tuple[str, ...], *, inverted: bool) -> None:
        self.inverted = inverted
        lower = [text.lower() for text in texts]
        self.names = frozenset(text for text in lower if "*" not in text and "?" not in text)
        self.globs = frozenset(
            glob(text, Scope.TEXT, variables=False) for text in lower if text not in self.names
        )

    @cached_property
    def _by_service(self) -> dict[str, tuple[Glob, ...]]:
        index: dict[str, list[Glob]] = {}
        for item in self.globs:
            index.setdefault(_service(item.prefix), []).append(item)
        return {service: tuple(items) for service, items in index.items()}

    def near(self, item: Glob) -> frozenset[Glob]:
        """Give the globs that may have an action in common with one glob."""
        service = _service(item.prefix)
        pool = (*self._by_service.get(service, ()), *self._by_service.get("", ())) if service else self.globs
        return frozenset(other for other in pool if not apart(other, item))

    def has(self, action: str) -> bool:
        """Whether an action is in the set; `inverted` counted."""
        return self.inverted is not self._names(action)

    def _names(self, action: str) -> bool:
        if action in self.names:
            return True
        if not self.globs:
            return False
        known = self._by_service
        return any(item.matches(action) for item in known.get(_service(action), ())) or any(
            item.matches(action) for item in known.get("", ())
        )

    def among(self, names: Mapping[str, Collection[str]]) -> set[str]:
        """Give which of some names, sorted by service, are in the set; `inverted` counted."""
        found: set[str] = set()
        for service, some in names.items():
            pool = (*self._by_service.get(service, ()), *self._by_service.get("", ()))
            named = self.names.intersection(some)
            rest = (name for name in some if name not in named) if pool else ()
            named |= {name for name in rest if any(item.matches(name) for item in pool)}
            found |= set(some) - named if self.inverted else named
        return found

    def cover(self, item: Glob) -> bool:
        """Whether one of the globs surely matches all that `item` does; `inverted` not counted."""
        return any(covers(other, item) for other in self.near(item))


def by_service(names: Iterable[str]) -> dict[str, list[str]]:
    """Sort names by their services; those without one are no actions."""
    index: dict[str, list[str]] = {}
    for name in names:
        service = _service(name)
        if service:
            index.setdefault(service, []).append(name)
    return index


def _service(prefix: str) -> str:
    service, colon, _ = prefix.partition(":")
    return service if colon else ""


@lru_cache(maxsize=20_000)
def actions_of(statement: Statement) -> Actions:
    """Give the actions of a statement."""
    if statement.actions is not None:
        return Actions(statement.actions, inverted=False)
    return Actions(statement.not_actions or (), inverted=True)
