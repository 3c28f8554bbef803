"""Search for requests that some statements allow and others leave alone: boxes, cut until one is left.

Where nothing is left, no such request exists. What is left is a candidate: witness.py makes a request of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from compliance.access.atoms import Test
from compliance.access.boxes import Box, Region, clear_of, inside, outside, region_of, where, with_variables
from compliance.access.classes import ActionClass, classes
from compliance.access.documents import Statement
from compliance.access.texts import TooHard

MAX_CUTS = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """Requests that one statement of each layer applies to, no `denies`, and not what `beyond` allows.

    `beyond` is None where nothing is to be left out; else its allows and its denies: what it denies is not
    allowed. `given` are tests that every request must meet, such as who an outsider can't be.
    """

    layers: tuple[tuple[Statement, ...], ...]
    denies: tuple[Statement, ...] = ()
    beyond: tuple[tuple[Statement, ...], tuple[Statement, ...]] | None = None
    given: tuple[tuple[Test, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box in which no contradiction was found, and the actions that it is about."""

    actions: ActionClass
    box: Box


class _Budget:
    def __init__(self) -> None:
        self.left = MAX_CUTS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooHard("the statements overlap too much")


def candidates(question: Question) -> Iterator[Candidate]:
    """Give what may answer a question; nothing: it has no answer. Raises TooHard."""
    if not all(question.layers):
        return
    allows, denies = question.beyond or ((), ())
    statements = [s for layer in question.layers for s in layer] + [*question.denies, *allows, *denies]
    ranges, begin = [], 0
    for layer in question.layers:
        ranges.append(range(begin, begin + len(layer)))
        begin += len(layer)
    cuts = range(begin, begin + len(question.denies) + len(allows))
    budget = _Budget()
    for actions in classes(statements, ranges):
        for box in _boxes(actions, statements, ranges, cuts, question, budget):
            yield from (Candidate(actions, left) for left in _settled(box))


def _boxes(
    actions: ActionClass,
    statements: Sequence[Statement],
    ranges: Sequence[range],
    cuts: range,
    question: Question,
    budget: _Budget,
) -> Iterator[Box]:
    own = range(cuts.start, cuts.start + len(question.denies))
    start = where(Box(), question.given)
    for chosen in product(*(_chosen(actions, statements, layer) for layer in ranges)):
        for box in _inside_all(start, chosen):
            yield from subtract(box, _having(actions, statements, cuts), budget)
            if question.beyond is not None:
                removed = _having(actions, statements, own)
                for denied in _having(actions, statements, range(cuts.stop, len(statements))):
                    for part in inside(box, denied):
                        yield from subtract(part, removed, budget)


def _having(actions: ActionClass, statements: Sequence[Statement], which: range) -> list[Region]:
    regions = [region_of(statements[index]) for index in which if index in actions.having]
    # What takes everything goes first: it ends the search.
    return sorted(dict.fromkeys(regions), key=lambda region: (len(region.tests), len(region.named)))


def _chosen(actions: ActionClass, statements: Sequence[Statement], layer: range) -> list[Region]:
    regions = _having(actions, statements, layer)
    whole = [region for region in regions if region.takes_everything]
    return whole[:1] or regions


def _inside_all(box: Box | None, regions: Iterable[Region]) -> Iterator[Box]:
    boxes = [] if box is None else [box]
    for region in regions:
        boxes = [part for box in boxes for part in inside(box, region)]
    yield from boxes


def subtract(box: Box, regions: Sequence[Region], budget: _Budget) -> Iterator[Box]:
    """Give the parts of a box that are outside every region."""
    for index, region in enumerate(regions):
        if clear_of(box, region):
            continue
        budget.spend()
        if next(inside(box, region), None) is None:
            continue
        for part in outside(box, region):
            yield from subtract(part, regions[index + 1 :], budget)
        return
    yield box


def _settled(box: Box) -> Iterator[Box]:
    """Put the values of variables whose keys may have but a few; drops boxes that are empty under each."""
    for key in sorted(box.variables):
        few = _few_values(box, key)
        if few is not None:
            for value in few:
                filled = with_variables(box, {key: value})
                if filled is not None:
                    yield from _settled(filled)
            return
    yield box


def _few_values(box: Box, key: str) -> list[str] | None:
    for test, wanted in box.asked.get(key, ()):
        if test.kind == "text" and wanted is not test.negated and test.listed:
            literals = {item.literal for item in test.globs if item.literal is not None}
            return sorted(literals)
    return None
