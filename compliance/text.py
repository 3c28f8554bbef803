"""Text that came from AWS, made safe to show. Names in an account are hostile input.

Terminal escapes, line breaks and invisible direction marks are written as escapes, so that a name can
neither recolour a terminal, nor forge a line of a report, nor read differently from what it is.
"""

import unicodedata


def printable(value: object, *, limit: int = 2000) -> str:
    """The value as one printable line, at most `limit` characters; anything unprintable is escaped."""
    text = value if isinstance(value, str) else str(value)
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_escaped, text))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def printable_lines(value: object) -> str:
    """As `printable`, but line breaks stay."""
    return "\n".join(printable(line) for line in str(value).splitlines())


def _escaped(character: str) -> str:
    # Cf holds the direction marks and zero-width characters; Zl and Zp are line breaks to some readers.
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return character.encode("unicode_escape").decode("ascii")
    return character
