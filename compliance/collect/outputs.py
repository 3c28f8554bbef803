"""Read what a deployment left behind. Knows nothing of the account that it was deployed to.

Several files make one deployment. Keys stay unique, and no key's identity hangs on what it happens to hold:

- two stacks have the same key: each is called `Stack.key`;
- a key has the same value in several files: one output;
- it has another value in another file: each is called `file.key`, after the file's name without its suffix;
- even those names clash: refused, because nobody could say which one a policy means.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.collect.classify import SENSITIVE, classify, holds_secret, readings_of
from compliance.collect.output_files import load, refuse
from compliance.collect.output_formats import Document, Entry, UnknownFormat, document_of
from compliance.collect.output_parts import members_of, text_of
from compliance.models.deployment import NamedResource, Outputs, OutputValue, Unclassified
from compliance.text import printable

__all__ = ["MAX_VALUES", "classify", "no_outputs", "read_outputs"]

MAX_VALUES = 100_000
"""Single values in a file. CloudFormation allows a stack 200 outputs."""


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry and the file it stands in."""

    entry: Entry
    path: Path

    @property
    def qualifier(self) -> str:
        return self.entry.stack or self.path.stem


def read_outputs(paths: Sequence[Path]) -> Outputs:
    """Read all outputs of these files, sorted by key, and say what they name. No path, no outputs.

    Raises OutputsError: a file is absent, broken or not what a deployment writes, or two files contradict
    each other; one message that names the file, the place in it and the remedy.
    """
    documents = {path: _document(path) for path in paths}
    found = [_Found(entry, path) for path, document in documents.items() for entry in document.entries]
    values = _unique(found)
    stacks = (stack for document in documents.values() for stack in document.stacks)
    return _outputs(values, stacks, tuple(printable(path) for path in documents))


def no_outputs() -> Outputs:
    """Say what is known before a first deployment: nothing."""
    return Outputs(values=(), named=(), unclassified=(), stacks=(), sources=())


def _document(path: Path) -> Document:
    try:
        document = document_of(load(path))
    except UnknownFormat as error:
        refuse(path, str(error))
    size = sum(1 + text_of(entry.value).count(",") for entry in document.entries)
    if size > MAX_VALUES:
        refuse(path, f"holds {size:,} values, more than {MAX_VALUES:,}: not a file of outputs; name another")
    return document


def _unique(found: Iterable[_Found]) -> tuple[OutputValue, ...]:
    by_key: dict[str, list[_Found]] = {}
    for one in found:
        by_key.setdefault(one.entry.key, []).append(one)
    unique: dict[str, _Found] = {}
    for key, one in (pair for ones in by_key.values() for pair in _keyed(ones)):
        other = unique.setdefault(key, one)
        if _content(other) != _content(one):
            _refuse_contradiction(key, one, other)
    return tuple(_value(key, unique[key]) for key in sorted(unique))


def _keyed(ones: list[_Found]) -> Iterator[tuple[str, _Found]]:
    """The entries of one key under the names that keep them apart."""
    is_same = all(_content(one) == _content(ones[0]) for one in ones)
    is_one_stack = len({one.entry.stack for one in ones} - {None}) <= 1
    for one in ones:
        key = one.entry.key
        yield (key if is_same and is_one_stack else f"{one.qualifier}.{key}"), one


def _content(one: _Found) -> tuple[str, bool]:
    return text_of(one.entry.value), one.entry.is_sensitive


def _refuse_contradiction(key: str, one: _Found, other: _Found) -> None:
    name = printable(key, limit=200)
    if one.path == other.path:
        refuse(one.path, f"has two values for {name!r}; keep one of them")
    remedy = "leave out the older file, or rename one of them"
    refuse(one.path, f"has another value for {name!r} than {printable(other.path)}; {remedy}")


def _value(key: str, one: _Found) -> OutputValue:
    text = text_of(one.entry.value)
    # Reports and saved inventories travel further than the file does.
    if one.entry.is_sensitive or holds_secret(key, text):
        return OutputValue(key, SENSITIVE, (), printable(one.path), is_sensitive=True)
    parts = tuple(part for _, part in members_of(text))
    return OutputValue(key, text, parts, printable(one.path))


def _outputs(values: tuple[OutputValue, ...], stacks: Iterable[str], sources: tuple[str, ...]) -> Outputs:
    readings = [reading for value in values for reading in readings_of(value)]
    named = tuple(reading for reading in readings if isinstance(reading, NamedResource))
    return Outputs(
        values=values,
        named=named,
        unclassified=tuple(reading for reading in readings if isinstance(reading, Unclassified)),
        stacks=tuple(sorted({*stacks, *(one.name for one in named if one.kind == "Stack")})),
        sources=sources,
    )
