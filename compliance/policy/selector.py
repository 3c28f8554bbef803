"""Which resources a setting is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from compliance.models import Resource
from compliance.verdict import NotApplicable

Patterns = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selector:
    """Conditions on a resource, all of which must hold; without conditions it selects everything.

    Patterns are shell globs (`*`, `?`, `[…]`), case-sensitive; of several, one must match. `environment` was
    decided when the policy was loaded.
    """

    output: Patterns = ()
    name: Patterns = ()
    tag: Mapping[str, Patterns] = field(default_factory=dict)
    environment: Patterns = ()

    def matches(self, subject: Resource) -> bool:
        """Whether the resource is meant. Raises FactUnreadable: a tag decides, and tags can't be read."""
        if self.output and not _any_matches(self.output, subject.output_key):
            return False
        if self.name and not _any_matches(self.name, subject.name):
            return False
        return not self.tag or self._matches_tags(getattr(subject, "tags", {}))

    def _matches_tags(self, tags: Mapping[str, str]) -> bool:
        return all(_any_matches(patterns, tags.get(key)) for key, patterns in self.tag.items())

    def is_for(self, environment: str | None) -> bool:
        """Whether it holds in this environment."""
        return not self.environment or _any_matches(self.environment, environment)


class Selecting(Protocol):
    """A setting that says which resources it is for."""

    @property
    def select(self) -> Selector:
        """Which resources."""
        ...


S = TypeVar("S", bound=Selecting)


def first_for(settings: Sequence[S], subject: Resource, what: str) -> S:
    """The first setting that selects the resource. Raises NotApplicable: none does."""
    for setting in settings:
        if setting.select.matches(subject):
            return setting
    raise NotApplicable(f"the policy sets no {what} for it")


def _any_matches(patterns: Patterns, text: str | None) -> bool:
    wanted = (patterns,) if isinstance(patterns, str) else patterns
    return text is not None and any(fnmatchcase(text, pattern) for pattern in wanted)
