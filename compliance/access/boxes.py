"""Sets of requests as boxes: a set of resources times one constraint on each condition key.

A statement's resources and conditions are a region. `inside` and `outside` cut a box by a region into boxes;
together they lose no request. Actions are dealt with before (classes.py), principals before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from compliance.access.atoms import (
    Globs,
    Test,
    equals,
    filled,
    single,
    splits,
    test_of,
    test_splits,
    with_values,
)
from compliance.access.documents import Statement
from compliance.access.globs import apart, covers, glob
from compliance.access.match import NO_RESOURCE
from compliance.access.patterns import Scope
from compliance.access.texts import Union, Word, solve
from compliance.access.values import Asked, Values, solve_key

_NO_GLOBS: Globs = frozenset()
_EVERYTHING = glob("*", Scope.RESOURCE, variables=False)
# What a request names is an ARN or `*` (which a box carries apart); six segments, the last may hold colons.
_ARN: Union = frozenset({glob("arn:*:*:*:*:*", Scope.ARN, variables=False)})


@dataclass(frozen=True, slots=True)
class Region:
    """Resources and conditions. `named` are the globs of Resource or (`inverted`) NotResource."""

    named: Globs
    inverted: bool
    tests: tuple[Test, ...]

    @property
    def takes_everything(self) -> bool:
        """Whether every request is in the region."""
        return not self.tests and not self.inverted and _EVERYTHING in self.named


@lru_cache(maxsize=20_000)
def region_of(statement: Statement) -> Region:
    """Give a statement's region."""
    inverted = statement.not_resources is not None
    texts = statement.not_resources if inverted else statement.resources or ("*",)
    named = (glob(text, Scope.RESOURCE, variables=statement.variables) for text in texts or ())
    tests = (test_of(condition, variables=statement.variables) for condition in statement.conditions)
    return Region(frozenset(named), inverted, tuple(dict.fromkeys(tests)))


@dataclass(frozen=True, slots=True)
class Box:
    """Requests whose resource is in every wanted set and in no unwanted glob, and whose tests are as asked.

    `star`: the resource `*`, of actions without resource types, is one of them.
    """

    wanted: tuple[Union, ...] = ()
    unwanted: Globs = _NO_GLOBS
    star: bool = True
    asked: Mapping[str, Asked] = field(default_factory=dict)

    def resource(self, *preferred: Union) -> Word | None:
        """Give a resource of the box, in the preferred sets if that can be; None: there is none."""
        found = solve((*self.wanted, *preferred, _ARN), self.unwanted)
        return tuple(NO_RESOURCE) if found is None and self.star and not preferred else found

    def names(self, resource: str) -> bool:
        """Whether an ARN is a resource of the box, which has no variables."""
        return all(
            any(item.matches(resource) for item in union) for union in (*self.wanted, _ARN)
        ) and not any(item.matches(resource) for item in self.unwanted)

    def values(self) -> dict[str, Values]:
        """Give values for each key that is constrained. The box isn't empty."""
        return {key: solve_key(asked) or () for key, asked in self.asked.items()}

    def known(self) -> dict[str, bool]:
        """Tell of which keys it is decided whether they have exactly one value."""
        decided = {}
        for key, asked in self.asked.items():
            for value in (True, False):
                if (single(key), value) in asked:
                    decided[key] = value
        return decided

    @property
    def variables(self) -> frozenset[str]:
        """The keys of the policy variables anywhere in the box."""
        globs = {item for union in self.wanted for item in union} | self.unwanted
        globs |= {item for asked in self.asked.values() for test, _ in asked for item in test.globs}
        return frozenset(key for item in globs for key in item.keys)


def among(box: Box, globs: Globs) -> Box | None:
    """Keep the resources that some glob matches; None: none is left."""
    if _EVERYTHING in globs:
        return box
    if any(all(covers(wide, item) for item in union) for union in box.wanted for wide in globs):
        return replace(box, star=False) if box.star else box
    return _if_any(replace(box, wanted=(*box.wanted, globs), star=False)) if globs else None


def except_for(box: Box, globs: Globs) -> Box | None:
    """Keep the resources that no glob matches; None: none is left."""
    if _EVERYTHING in globs:
        return None
    return _if_any(replace(box, unwanted=box.unwanted | globs)) if globs - box.unwanted else box


def _if_any(box: Box) -> Box | None:
    return box if box.star or box.resource() is not None else None


def where(box: Box, tests: Iterable[tuple[Test, bool]]) -> Box | None:
    """Keep the requests under which tests are as asked; None: none is left."""
    asked = dict(box.asked)
    touched = set()
    for item in tests:
        test = item[0]
        before = asked.get(test.key, frozenset())
        if (test, not item[1]) in before:
            return None
        if item not in before:
            asked[test.key] = before | {item}
            touched.add(test.key)
    if any(solve_key(asked[key]) is None for key in touched):
        return None
    return replace(box, asked=asked) if touched else box


def inside(box: Box, region: Region) -> Iterator[Box]:
    """Give the requests of a box that are in a region."""
    for kept in _resources(box, region.named, matching=not region.inverted):
        yield from _all_true(kept, region.tests)


def outside(box: Box, region: Region) -> Iterator[Box]:
    """Give the requests of a box that aren't in a region; the boxes may overlap."""
    yield from _resources(box, region.named, matching=region.inverted)
    for test in region.tests:
        yield from _one(box, test, wanted=False)


def _resources(box: Box, globs: Globs, *, matching: bool) -> Iterator[Box]:
    for left, presence in splits(globs, box.known()):
        cut = among(box, left) if matching else except_for(box, left)
        kept = where(cut, presence) if cut is not None else None
        if kept is not None:
            yield kept


def _all_true(box: Box, tests: tuple[Test, ...]) -> Iterator[Box]:
    if not tests:
        yield box
        return
    for kept in _one(box, tests[0], wanted=True):
        yield from _all_true(kept, tests[1:])


def _one(box: Box, test: Test, *, wanted: bool) -> Iterator[Box]:
    for variant, presence in test_splits(test, box.known()):
        kept = where(box, ((variant, wanted), *presence))
        if kept is not None:
            yield kept


def clear_of(box: Box, region: Region) -> bool:
    """Whether a box surely has nothing in a region; a quick test."""
    if any((test, False) in box.asked.get(test.key, ()) for test in region.tests):
        return True
    return not region.inverted and any(
        all(apart(item, other) for item in union for other in region.named) for union in box.wanted
    )


def with_variables(box: Box, values: Mapping[str, str]) -> Box | None:
    """Put values for policy variables, and ask for these values of their keys; None: nothing is left."""
    wanted = tuple(frozenset(filled(item, values) for item in union) for union in box.wanted)
    unwanted = frozenset(filled(item, values) for item in box.unwanted)
    asked = {
        key: frozenset((with_values(test, values), wanted) for test, wanted in asked)
        for key, asked in box.asked.items()
    }
    filled_in = _if_any(Box(wanted, unwanted, box.star, asked))
    if filled_in is None or any(solve_key(tests) is None for tests in asked.values()):
        return None

    return where(filled_in, [(equals(key, value), True) for key, value in values.items()])
