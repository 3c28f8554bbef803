"""What a value can mean, and tables that read it off a text. Knows no table's content."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """The value names a resource of a kind that checks look at."""

    kind: str
    name: str
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """The value may name something, but nothing that could be looked up, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Plain:
    """The value names no resource and isn't meant to: a number, a region, a web page."""


Meaning = Named | Unclear | Plain

PLAIN = Plain()

SECRET = Unclear(
    "it may be the secret itself, so it is not shown; its ARN, or its name as SecretName, may be"
)


def unlooked(thing: str) -> Unclear:
    """AWS has it, but no check looks at it."""
    return Unclear(f"no check looks at {thing}")


Found = str | Unclear | Plain
"""What a row stands for; a string is the kind of resource that its pattern names."""

Table = tuple[tuple[re.Pattern[str], Found], ...]

# What the tables write in braces. Names never hold control characters.
_TERMS = {
    "{region}": (
        r"(?P<region>(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|de|iso[a-z]?))?"
        r"-(?:(?:north|south)(?:east|west)?|east|west|central)-\d)"
    ),
    "{account}": r"(?P<account>\d{12})",
    "{account or aws}": r"(?P<account>\d{12}|aws)",
    "{name}": r"(?P<name>[^\x00-\x20\x7f:/*?]+)",
    "{path/name}": r"(?P<name>[^\x00-\x20\x7f:*?]+)",
    "{any name}": r"(?P<name>[^\x00-\x1f\x7f]+)",
    "{path/}": r"(?:[^\x00-\x20\x7f:*?]+/)?",
    "{bucket}": r"(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])",
    "{aws}": r"amazonaws\.com(?:\.cn)?",
    "{more}": r"(?:[:/].*)?",
    "{hex}": r"(?:[0-9a-f]{8}|[0-9a-f]{17})",
    "{short hex}": r"(?=[a-f]*\d)[0-9a-f]+",
    "{uuid}": r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
}


def table(*rows: tuple[str, Found]) -> Table:
    """Rows of a pattern, in which the terms in braces are written out, and what it stands for."""
    return tuple((_pattern(row), found) for row, found in rows)


def first_match(rows: Table, text: str) -> Meaning | None:
    """What the first row says whose pattern is the whole text."""
    for pattern, found in rows:
        match = pattern.fullmatch(text)
        if match:
            return _named(found, match) if isinstance(found, str) else found
    return None


def _pattern(row: str) -> re.Pattern[str]:
    for term, written in _TERMS.items():
        row = row.replace(term, written)
    return re.compile(row, re.ASCII)


def _named(kind: str, match: re.Match[str]) -> Named:
    said = match.groupdict()
    if said.get("account") == "aws":
        return Named(kind, f"aws:{said['name']}")
    return Named(kind, said["name"], said.get("account"), said.get("region"))
