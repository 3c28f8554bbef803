"""The single values that one output holds. Knows JSON and commas, nothing of AWS."""

import json
from collections.abc import Iterator

Member = tuple[str, str]
"""The key within a JSON object ("" in a list or for a single value), and a single value."""

_Structure = list[object] | dict[str, object]


def text_of(value: object) -> str:
    """The value as an output's text: a string as it is, null as nothing, everything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def members_of(text: str) -> tuple[Member, ...]:
    """The single values in an output's text, in order, without empty ones.

    JSON lists, JSON objects and comma-joined lists are taken apart. Deeper structures than an object of
    lists have no single values.
    """
    structure = _structure(text)
    if structure is not None:
        members = tuple(_members(structure)) if _is_flat(structure) else ()
    else:
        members = tuple(("", part.strip()) for part in text.split(","))
    return tuple(member for member in members if member[1])


def _structure(text: str) -> _Structure | None:
    """The list or object that the text writes as JSON; None for every other text."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    try:
        structure: _Structure = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return structure


def _is_flat(structure: _Structure) -> bool:
    """Whether all members are single values; an object may have lists of them."""
    if isinstance(structure, list):
        return not any(isinstance(member, dict | list) for member in structure)
    return all(
        _is_flat(member) if isinstance(member, list) else not isinstance(member, dict)
        for member in structure.values()
    )


def _members(structure: _Structure) -> Iterator[Member]:
    members = structure.items() if isinstance(structure, dict) else [("", structure)]
    for key, value in members:
        for single in value if isinstance(value, list) else [value]:
            yield key, text_of(single).strip()
