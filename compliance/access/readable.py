"""Text that a reader believes, for patterns with wildcards: `arn:aws:s3:::data/example`, not `data:`.

Only guesses: whoever asks checks that a guess is of the set that it is to show, and has the shortest one to
fall back on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from compliance.access.globs import Glob
from compliance.access.patterns import Variable, Wild

_FILLINGS = ("example", "/example", "example/example", "-example", "any", "x")
_SEPARATORS = "/:-_."
_STARS = (Wild.MANY, Wild.MANY_HERE)
_MAX_PATTERNS, _MAX_TOKENS = 6, 300


def readings(globs: Iterable[Glob], header: str = "") -> Iterator[str]:
    """Give readable strings that globs may match, the plainest first, some dozens at most.

    `header` is the beginning of an ARN, up to the account: it fills wildcards before the fifth colon.
    """
    plain = sorted(filter(_fillable, globs), key=lambda item: (len(item.pattern), repr(item)))
    segments = header.split(":")
    for filling in _FILLINGS:
        for item in plain[:_MAX_PATTERNS]:
            yield _filled(item, filling, segments)


def _filled(item: Glob, filling: str, header: list[str]) -> str:
    text = ""
    for token, after in pairwise((*item.pattern, "")):
        if isinstance(token, str):
            text += token
        elif token not in _STARS:
            # `?*` asks for some text, which the star's filling is.
            text += "" if after in _STARS else "x"
        else:
            text += _star(text, filling, header)
    return text


def _star(before: str, filling: str, header: list[str]) -> str:
    place = before.count(":")
    if place < len(header) and before.startswith("arn"):
        begun = before.rpartition(":")[2]
        return header[place].removeprefix(begun) if header[place].startswith(begun) else "x"
    # A star that follows a separator wants no other one.
    return filling.lstrip("/-") if before[-1:] in _SEPARATORS else filling


def _fillable(item: Glob) -> bool:
    plain = not any(isinstance(token, Variable) for token in item.pattern)
    return plain and not item.everything and len(item.pattern) <= _MAX_TOKENS
