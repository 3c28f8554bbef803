"""Say what an output names: by its value's shape, then by its key's words. Reads no file, asks nobody."""

from collections.abc import Iterator

from compliance.collect.classify_shapes import Meaning, Named, Unclear, exact_meaning, loose_meaning
from compliance.collect.classify_words import worded_meaning
from compliance.collect.output_parts import Member, members_of, structure_of
from compliance.models.deployment import NamedResource, OutputValue, Unclassified

_MAX_PART_LENGTH = 2048
"""The longest name in AWS, an ARN's; anything longer is no name and would cost time to match."""


def classify(value: OutputValue) -> tuple[NamedResource, ...] | Unclassified | None:
    """The resources that an output names, in its order; None when it is meant to name none.

    Unclassified when no part names one and at least one part should be looked at by a human. A list of
    which only some parts name resources loses the others here; `readings_of` has them all.
    """
    readings = tuple(readings_of(value))
    named = tuple(reading for reading in readings if isinstance(reading, NamedResource))
    unclassified = (reading for reading in readings if isinstance(reading, Unclassified))
    return named or next(unclassified, None)


def readings_of(value: OutputValue) -> Iterator[NamedResource | Unclassified]:
    """What each part of an output names, or why that can't be told; nothing for parts that name nothing.

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
            yield Unclassified(value.key, part, meaning.reason)


def _why_without_parts(value: OutputValue) -> str:
    if value.is_sensitive:
        return "the deployment marks it as sensitive, so it was not read"
    if structure_of(value.text):
        return "it is nested too deeply or too long to name resources; a flat list or object would"
    return "it is empty"


def _members(value: OutputValue) -> tuple[Member, ...]:
    members = members_of(value.text)
    if tuple(part for _, part in members) == value.parts:
        return members
    return tuple(("", part) for part in value.parts)


def _meaning(key: str, member: str, part: str) -> Meaning:
    if len(part) > _MAX_PART_LENGTH:
        return Unclear(f"it is too long to name a resource ({len(part):,} characters)")
    by_shape = exact_meaning(part)
    if by_shape:
        return by_shape
    by_words = worded_meaning(f"{key}_{member}", part)
    if isinstance(by_words, Meaning):
        return by_words
    return loose_meaning(part) or Unclear(_why_unclear(by_words))


def _why_unclear(kind: str | None) -> str:
    if kind:
        return f"its key speaks of a {kind}, but no {kind} can be called like this"
    return "neither the value's shape nor the key's last words say what it is"
