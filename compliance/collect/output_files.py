"""Read one JSON file strictly. Knows nothing of outputs; every flaw becomes one `OutputsError`."""

import json
import math
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections import Counter
from itertools import islice
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NoReturn

from compliance.errors import OutputsError
from compliance.text import printable

MAX_SIZE_BYTES = 50 * 1024 * 1024
"""More than any deployment writes: CloudFormation allows 200 outputs a stack, 1,024 bytes each."""

_REWRITE = "have the deployment write it again"
_WIDE_MARKS = (BOM_UTF16_LE, BOM_UTF16_BE, BOM_UTF32_LE, BOM_UTF32_BE)
_STRING_OR_CONSTANT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|NaN|-?Infinity', re.DOTALL)
# Python refuses to convert longer integers, because that takes quadratic time.
_MAX_DIGITS = 4000
_MAX_LINES = 5
_MAX_SOUGHT_LENGTH = 1000


class _Flaw(Exception):
    """Something is wrong with the text; the message says what and where."""


def load(path: Path) -> object:
    """What the file holds as JSON; numbers beyond Python's reach stay text.

    Raises OutputsError: absent, no regular file, unreadable, larger than 50 MB, empty, not UTF-8, not JSON,
    truncated, a duplicate key, NaN, nested too deeply. The message has the path, the place and the remedy.
    """
    try:
        return _parsed(_text(_content(path)))
    except _Flaw as flaw:
        refuse(path, str(flaw))
    except RecursionError:
        refuse(path, f"is nested too deeply for a file of outputs; {_REWRITE}")


def refuse(path: Path, flaw: str) -> NoReturn:
    """Raise the OutputsError that says what is wrong with this file; `flaw` must be printable."""
    raise OutputsError(f"outputs file {printable(path)} {flaw}") from None


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        if S_ISDIR(status.st_mode):
            raise _Flaw("is a directory; name the file in it, such as flat-outputs.json")
        # A pipe or a device may never end.
        if not S_ISREG(status.st_mode):
            raise _Flaw("is not a regular file; write the outputs to a file and name that")
        if status.st_size > MAX_SIZE_BYTES:
            size = f"{status.st_size:,} bytes, more than {MAX_SIZE_BYTES:,}"
            raise _Flaw(f"has {size}: not a file of outputs; name another")
        return path.read_bytes()
    except FileNotFoundError:
        raise _Flaw("does not exist; deploy first, or name the file with --outputs PATH") from None
    except OSError as error:
        raise _Flaw(
            f"can't be read ({error.strerror or type(error).__name__}); check path and permissions"
        ) from None
    except ValueError:
        raise _Flaw("can't be read (the path holds a null character); name another path") from None


def _text(content: bytes) -> str:
    if content.startswith(_WIDE_MARKS) or b"\0" in content[:4]:
        raise _Flaw("is encoded in UTF-16 or UTF-32; save it as UTF-8")
    try:
        text = content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start]
        raise _Flaw(f"is not UTF-8: byte 0x{byte:02x} in line {line}; save it as UTF-8") from None
    if not text.strip():
        raise _Flaw(f"is empty; {_REWRITE}")
    return text


def _parsed(text: str) -> object:
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(text, pairs),
            parse_constant=lambda name: _refuse_constant(text, name),
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise _Flaw(_syntax_flaw(text, error)) from None
    return _encodable(parsed)


def _syntax_flaw(text: str, error: json.JSONDecodeError) -> str:
    place = f"line {error.lineno}, column {error.colno}"
    rest = text[error.pos :].strip()
    is_cut = any(literal.startswith(rest) for literal in ("true", "false", "null", "-"))
    if is_cut or error.msg.startswith("Unterminated string"):
        return f"is truncated: it ends within a value ({place}: {error.msg}); {_REWRITE}"
    return f"is not JSON: {place}: {error.msg}; correct it, or {_REWRITE}"


def _object(text: str, pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        key = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise _Flaw(f"has the key {printable(key, limit=200)!r} twice{_lines(text, key)}; keep one of them")
    return found


def _lines(text: str, key: str) -> str:
    """Where the key stands, at most five lines of it; nothing when it is written with escapes."""
    if len(key) > _MAX_SOUGHT_LENGTH:
        return ""
    written = re.compile(re.escape(json.dumps(key, ensure_ascii=False)) + r"\s*:")
    first = islice(written.finditer(text), _MAX_LINES)
    lines = sorted({text.count("\n", 0, match.start()) + 1 for match in first})
    noun = "line" if len(lines) == 1 else "lines"
    return f" ({noun} {', '.join(map(str, lines))})" if lines else ""


def _refuse_constant(text: str, name: str) -> NoReturn:
    # All before the constant was read as JSON, so the first one outside a string is the one.
    at = next(match.start() for match in _STRING_OR_CONSTANT.finditer(text) if match[0][0] != '"')
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    raise _Flaw(f"is not JSON: line {line}, column {column}: {name} is no JSON value; write it as a string")


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _encodable(parsed: object) -> object:
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _Flaw(f"holds half a surrogate pair (\\ud800…\\udfff), which is no text; {_REWRITE}") from None
    return parsed
