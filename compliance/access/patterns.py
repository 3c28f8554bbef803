"""Patterns of IAM documents: literal text, wildcards and policy variables, cut into tokens.

Source: IAM User Guide, "IAM JSON policy elements: Resource" (wildcards) and "Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from operator import methodcaller

_VARIABLE = re.compile(r"\$\{\s*([^},]*?)\s*(?:,\s*'([^']*)'\s*)?\}")
_SPECIAL = re.compile(r"[*?$]")
_ARN_COLONS = 5


class Wild(Enum):
    """A wildcard token. The `_HERE` ones stay within one colon-separated segment of an ARN."""

    ONE = "?"
    MANY = "*"
    ONE_HERE = "[^:]"
    MANY_HERE = "[^:]*"

    # Patterns are dictionary keys everywhere; Enum's own hash runs in Python.
    __hash__ = object.__hash__


_STARS = (Wild.MANY, Wild.MANY_HERE)


@dataclass(frozen=True, slots=True)
class Variable:
    """A policy variable: the lower-cased condition key that gives its value, and any default."""

    key: str
    default: str | None = None


Token = str | Wild | Variable
Tokens = tuple[Token, ...]


class Scope(Enum):
    """How wildcards see colons.

    TEXT: any colon is crossed, as in StringLike. RESOURCE: within the first five segments a wildcard stays in
    its segment, unless it is a `*` that ends it. ARN: the same without the exception, as in ArnLike.
    """

    TEXT = 0
    RESOURCE = 1
    ARN = 2
    LITERAL = 3


@lru_cache(maxsize=65536)
def tokens(text: str, scope: Scope, *, variables: bool) -> Tokens:
    """Give the tokens of a pattern. In RESOURCE scope variables count after the fifth colon only."""
    if not _SPECIAL.search(text):
        return tuple(text)
    result: list[Token] = []
    colons = position = 0
    while position < len(text):
        special = _SPECIAL.search(text, position)
        plain = text[position : special.start() if special else None]
        if plain:
            result.extend(plain)
            colons += plain.count(":")
            position += len(plain)
            continue
        found = _VARIABLE.match(text, position) if variables else None
        if found and found[1] in ("*", "?", "$"):
            result.append(found[1])
        elif found and found[1] and (scope is not Scope.RESOURCE or colons >= _ARN_COLONS):
            result.append(Variable(found[1].lower(), found[2]))
        else:
            found = None
            result.append(_token(text, position, colons, scope))
        position = found.end() if found else position + 1
    return _merged(result)


def _token(text: str, position: int, colons: int, scope: Scope) -> Token:
    char = text[position]
    if char not in "*?" or scope is Scope.LITERAL:
        return char
    if scope is Scope.TEXT or colons >= _ARN_COLONS:
        return Wild(char)
    if char == "?":
        return Wild.ONE_HERE
    ends_segment = position + 1 == len(text) or text[position + 1] == ":"
    return Wild.MANY if ends_segment and scope is Scope.RESOURCE else Wild.MANY_HERE


def _merged(items: list[Token]) -> Tokens:
    # Two stars in a row are one; the wider wins. The automata rely on it.
    if sum(item in _STARS for item in items) < 2:  # noqa: PLR2004  two stars may be neighbours
        return tuple(items)
    result: list[Token] = []
    for item in items:
        if result and result[-1] in _STARS and item in _STARS:
            result[-1] = Wild.MANY if Wild.MANY in (result[-1], item) else Wild.MANY_HERE
        else:
            result.append(item)
    return tuple(result)


def variables_of(pattern: Tokens) -> Iterator[Variable]:
    """Give the variables of a pattern, in order, repeated as they are."""
    return (token for token in pattern if isinstance(token, Variable))


def resolve(pattern: Tokens, values: Mapping[str, str]) -> Tokens | None:
    """Put values for variables; their own wildcards stay literal. None: one has no value, so no match."""
    result: list[Token] = []
    for token in pattern:
        if not isinstance(token, Variable):
            result.append(token)
            continue
        value = values.get(token.key, token.default)
        if value is None:
            return None
        result.extend(value)
    return tuple(result)


_REGEX = {Wild.ONE: ".", Wild.MANY: ".*", Wild.ONE_HERE: "[^:]", Wild.MANY_HERE: "[^:]*"}


@lru_cache(maxsize=16384)
def regex(pattern: Tokens) -> re.Pattern[str]:
    """Compile a pattern without variables."""
    parts = [_REGEX[token] if isinstance(token, Wild) else re.escape(str(token)) for token in pattern]
    return re.compile("".join(parts), re.DOTALL)


def matches(pattern: Tokens, text: str) -> bool:
    """Whether a pattern without variables matches the whole text."""
    return _matcher(pattern)(text)


@lru_cache(maxsize=65536)
def _matcher(pattern: Tokens) -> Callable[[str], bool]:
    # Most patterns are plain text or begin with it: no need to compile them.
    if is_literal(pattern):
        return "".join(map(str, pattern)).__eq__
    if pattern[-1] is Wild.MANY and is_literal(pattern[:-1]):
        return methodcaller("startswith", "".join(map(str, pattern[:-1])))
    compiled = regex(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def is_literal(pattern: Tokens) -> bool:
    """Whether a pattern has neither wildcards nor variables."""
    return set(map(type, pattern)) <= {str}


def only_stars(pattern: Tokens) -> bool:
    """Whether a pattern is `*`, which alone matches the resource of actions without resource types."""
    return pattern == (Wild.MANY,)
