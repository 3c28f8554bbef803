"""Make a request of a candidate, one that a reader believes where that can be, and replay it.

A witness that doesn't replay is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product

from compliance.access import catalogue
from compliance.access.boxes import Box, with_variables
from compliance.access.globs import apart, glob
from compliance.access.keys import key_type
from compliance.access.match import NO_RESOURCE
from compliance.access.patterns import Scope
from compliance.access.principals import caller_of
from compliance.access.readable import readings
from compliance.access.request import Request
from compliance.access.search import Candidate
from compliance.access.texts import TooHard, Union, Word

MAX_NAMES, MAX_VALUES = 3, 60
Replay = Callable[[Request], bool]


class Maker:
    """Makes requests by one principal on one account's resources."""

    def __init__(self, principal: str, account: str, taken: frozenset[str]) -> None:
        self.principal, self.account, self.taken = principal, account, taken

    def requests(self, candidate: Candidate) -> Iterator[tuple[Request, bool]]:
        """Give requests to try, and whether their action is a future one."""
        for action, future in self._actions(candidate):
            for box in _concrete(candidate.box):
                for resource in _resources(box, action, self.account):
                    yield self._request(action, resource, box), future

    def _actions(self, candidate: Candidate) -> Iterator[tuple[str, bool]]:
        actions = candidate.actions
        if actions.names:
            known = sorted(actions.names, key=lambda name: not catalogue.is_published(name))
            yield from ((name, False) for name in known[:MAX_NAMES])
            return
        found = list(islice(self._published(candidate), MAX_NAMES))
        yield from ((name, False) for name in found)
        if not found:
            name = actions.invented(self.taken)
            yield from [] if name is None else [(name, True)]

    def _published(self, candidate: Candidate) -> Iterator[str]:
        actions = candidate.actions
        prefixes = {item.prefix for union in actions.wanted for item in union if ":" in item.prefix}
        service = min(prefixes).partition(":")[0] if prefixes and len(actions.wanted[0]) == 1 else ""
        for name in catalogue.published(service):
            if (
                name not in self.taken
                and all(any(item.matches(name) for item in union) for union in actions.wanted)
                and not any(item.matches(name) for item in actions.unwanted)
            ):
                yield name

    def _request(self, action: str, resource: str, box: Box) -> Request:
        context = {key: _spelt(words) for key, words in box.values().items() if words}
        principal = self.principal
        claimed = context.get("aws:principalarn")
        if isinstance(claimed, str) and caller_of(claimed).account == self.account:
            principal = claimed
        return Request(principal, catalogue.spelling(action), resource, self.account, context)


def _spelt(words: tuple[Word, ...]) -> str | list[str]:
    texts = ["".join(word) for word in words]
    return texts[0] if len(texts) == 1 else texts


def _resources(box: Box, action: str, account: str) -> Iterator[str]:
    """Give a resource that reads well, if there is one at hand; then the shortest."""
    patterns = catalogue.arn_patterns(action, account)
    if box.star and not patterns:
        yield NO_RESOURCE
        return
    readable = _readable(box, _union(patterns), action, account)
    if readable is not None:
        yield readable
    shortest = _shortest(box, patterns, account)
    if shortest is not None and shortest != readable:
        yield shortest


def _readable(box: Box, known: Union, action: str, account: str) -> str | None:
    header = f"arn:aws:{action.partition(':')[0]}:eu-west-1:{account}"
    for guesses in (known, *box.wanted):
        near = (item for item in guesses if not known or any(not apart(item, other) for other in known))
        for guess in readings(near, header):
            if (not known or any(item.matches(guess) for item in known)) and box.names(guess):
                return guess
    return None


def _shortest(box: Box, patterns: tuple[str, ...], account: str) -> str | None:
    tries: list[tuple[Union, ...]] = [(_union(patterns),)] if patterns else []
    tries += [(_union((f"arn:aws:?*:*:{account}:?*",)),), (_union(("arn:aws:?*:*:*:?*",)),), ()]
    for preferred in tries:
        try:
            word = box.resource(*preferred)
        except TooHard:
            continue
        if word is not None:
            return "".join(word)
    return None


def _union(patterns: tuple[str, ...]) -> Union:
    return frozenset(glob(text, Scope.RESOURCE, variables=False) for text in patterns)


def _concrete(box: Box) -> Iterator[Box]:
    """Give a box with values in place of its variables, for some values worth trying."""
    keys = sorted(box.variables)
    if not keys:
        yield box
        return
    parts = _parts(box)
    choices = [_choices(box, key, parts) for key in keys]
    for values in islice(product(*choices), MAX_VALUES):
        try:
            filled = with_variables(box, dict(zip(keys, values, strict=True)))
        except TooHard:
            continue
        if filled is not None:
            yield filled


def _choices(box: Box, key: str, parts: list[str]) -> list[str]:
    words = _own_words(box, key)
    fresh = re.sub(r"\W", "", key.rpartition(":")[2].rpartition("/")[2]) or "value"
    return list(dict.fromkeys([*words, key_type(key).sample, f"any{fresh}", *parts]))


def _own_words(box: Box, key: str) -> list[str]:
    found: Mapping[str, tuple[Word, ...]] = box.values()
    return ["".join(word) for word in found.get(key, ()) if not any(len(part) > 1 for part in word)]


def _parts(box: Box) -> list[str]:
    """Give the plain pieces of all patterns: what a variable must be to meet them, more often than not."""
    globs = {item for union in box.wanted for item in union} | box.unwanted
    globs |= {item for asked in box.asked.values() for test, _ in asked for item in test.globs}
    runs = {
        run
        for item in globs
        for run in re.split(r"[\x00/:]", "".join(t if isinstance(t, str) else "\0" for t in item.pattern))
        if run and run != "arn"
    }
    whole = {item.literal for item in globs if item.literal}
    return sorted(runs | whole)
