"""Say what an output names: by its value's shape, then by its key's words. Reads no file, asks nobody."""

from collections.abc import Iterator

from compliance.collect.classify.meaning import SECRET, Meaning, Named, Unclear
from compliance.collect.classify.names import name_in
from compliance.collect.classify.shapes import exact_meaning, loose_meaning
from compliance.collect.classify.words import worded_meaning
from compliance.collect.output_parts import Member, members_of
from compliance.models.deployment import NamedResource, OutputValue, Unclassified

__all__ = ["MAX_PART_LENGTH", "SENSITIVE", "classify", "holds_secret", "readings_of"]

SENSITIVE = "(sensitive)"
"""What stands in the place of a value that must not be stored."""

MAX_PART_LENGTH = 2048
"""The longest name in AWS, an ARN's; anything longer is no name and would cost time to match."""


def classify(value: OutputValue) -> tuple[NamedResource, ...] | Unclassified | None:
    """Name the resources of an output, in its order; None when it is meant to name none.

    Unclassified when no part names one and at least one part should be looked at by a human. A list of
    which only some parts name resources loses the others here; `readings_of` has them all.
    """
    readings = tuple(readings_of(value))
    named = tuple(reading for reading in readings if isinstance(reading, NamedResource))
    unclassified = (reading for reading in readings if isinstance(reading, Unclassified))
    return named or next(unclassified, None)


def readings_of(value: OutputValue) -> Iterator[NamedResource | Unclassified]:
    """Say of each part what it names, or why that can't be told; nothing of parts meant to name nothing.

    A part that is repeated counts once. A sensitive output is never looked into.
    """
    if not value.parts:
        yield Unclassified(value.key, value.text, _why_without_parts(value))
    for member, part in dict.fromkeys(_members(value)):
        meaning = _meaning(value.key, member, part)
        if isinstance(meaning, Named):
            place = (meaning.account, meaning.region)
            yield NamedResource(value.key, part, meaning.kind, meaning.name, *place)
        elif isinstance(meaning, Unclear):
            shown = SENSITIVE if meaning == SECRET else part
            yield Unclassified(value.key, shown, meaning.reason)


def holds_secret(key: str, text: str) -> bool:
    """Whether an output that nobody marked as sensitive is a password, by its key or within a URL."""
    return any(
        _meaning(key, member, part) == SECRET
        for member, part in members_of(text)
        if "@" in part or worded_meaning(key, member) == SECRET
    )


def _why_without_parts(value: OutputValue) -> str:
    if value.is_sensitive:
        return "it is sensitive, by its mark or by its key, so it was not looked into"
    if value.text.strip(" ,[]{}"):
        return "it is nested too deeply to name resources; a flat list or object would"
    return "it is empty"


def _members(value: OutputValue) -> tuple[Member, ...]:
    """The parts, with their keys where the text is an object."""
    members = members_of(value.text)
    if tuple(part for _, part in members) == value.parts:
        return members
    return tuple(("", part) for part in value.parts)


def _meaning(key: str, member: str, part: str) -> Meaning:
    by_shape, by_words = _shape(part), worded_meaning(key, member)
    if by_words == SECRET and not isinstance(by_shape, Named):
        return SECRET
    if by_shape is not None:
        return by_shape
    if isinstance(by_words, str):
        return _of_kind(by_words, part)
    return by_words or loose_meaning(part) or Unclear(_NO_HINT)


def _shape(part: str) -> Meaning | None:
    if len(part) > MAX_PART_LENGTH:
        return Unclear(f"it is too long to name a resource ({len(part):,} characters)")
    return exact_meaning(part)


_NO_HINT = "neither the value's shape nor the key's last words say what it is"


def _of_kind(kind: str, part: str) -> Meaning:
    name = name_in(kind, part)
    if name is not None:
        return Named(kind, name)
    return loose_meaning(part) or Unclear(f"its key speaks of a {kind}, but none can be called like this")
