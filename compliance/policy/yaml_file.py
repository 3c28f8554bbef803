"""YAML with places: every value knows its line. YAML 1.2's core types, so that `on` and `no` stay words.

Duplicate keys are refused, and so is a file that unfolds into more than it says (aliases of aliases).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from compliance.errors import PolicyError
from compliance.text import printable

Place = tuple[str | int, ...]

MAX_VALUES = 200_000
MAX_DEPTH = 50
MAX_BYTES = 10_000_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTED = frozenset("'\"|>")
_PLAIN: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"^(null|Null|NULL|~|)$"), lambda _: None),
    (re.compile(r"^(true|True|TRUE)$"), lambda _: True),
    (re.compile(r"^(false|False|FALSE)$"), lambda _: False),
    # A leading zero makes it a name: account ids have them.
    (re.compile(r"^[-+]?(0|[1-9][0-9]{0,15})$"), int),
    (re.compile(r"^[-+]?(0|[1-9][0-9]{0,15})\.[0-9]{1,16}$"), float),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content and the line of each value (1-based), by its place: keys and indexes from the root."""

    path: Path
    data: Any
    lines: Mapping[Place, int] = field(repr=False)

    def line_of(self, place: Place) -> int:
        """The line of the value at the place, or of the nearest value around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(path: Path) -> Document:
    """Read one YAML file. Raises PolicyError, with file and line: unreadable, not YAML, duplicate keys."""
    text = _text_of(path)
    try:
        _refuse_too_much(path, text)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyError(f"{path}:{line}: is not YAML: {printable(error.problem)}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise PolicyError(f"{path}: is not YAML: {printable(error, limit=200)}") from error
    reader = _Reader(path)
    return Document(path, reader.value_of(root, ()), reader.lines)


def _refuse_too_much(path: Path, text: str) -> None:
    """Look at the events first: nodes are made recursively in C, where depth ends the process."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH + 1 or number > 2 * MAX_VALUES:
            line = event.start_mark.line + 1  # type: ignore[union-attr]
            raise PolicyError(f"{path}:{line}: holds too much, or nests it too deeply; that is no policy")


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PolicyError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; that is no policy")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise PolicyError(f"{path}: can't be read ({error.strerror}); name another with --policy") from error


class _Reader:
    """Turns nodes into values, and remembers lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.seen = 0

    def value_of(self, node: yaml.Node | None, place: Place) -> Any:  # noqa: ANN401 - any YAML value
        if node is None:
            return None
        self.lines[place] = node.start_mark.line + 1
        self.seen += 1
        if self.seen > MAX_VALUES or len(place) > MAX_DEPTH:
            raise self._error(node, "unfolds into too much; write it out without nested aliases")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(each, (*place, index)) for index, each in enumerate(node.value)]
        return _scalar(node.value, quoted=getattr(node, "style", None) in _QUOTED)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(key, "a key must be a word")
            if key.value in mapping:
                raise self._error(key, f"key {printable(key.value)!r} occurs twice; keep one of them")
            mapping[key.value] = self.value_of(value, (*place, key.value))
            self.lines[(*place, key.value)] = key.start_mark.line + 1
        return mapping

    def _error(self, node: yaml.Node, problem: str) -> PolicyError:
        return PolicyError(f"{self.path}:{node.start_mark.line + 1}: {problem}")


def _scalar(text: str, *, quoted: bool) -> Any:  # noqa: ANN401 - any YAML value
    for pattern, value_of in () if quoted else _PLAIN:
        if pattern.match(text):
            return value_of(text)
    return text
