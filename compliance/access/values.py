"""Find values of one condition key under which some tests hold and others don't.

Text is solved by automata. Numbers, dates, addresses and bytes are solved by candidates: a test's truth
changes only at the values that policies name, so one candidate in each gap decides. Where kinds mix on one
key, a candidate that fits is an answer, and none is not.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from compliance.access import scalars
from compliance.access.atoms import Test
from compliance.access.globs import glob, glob_of
from compliance.access.keys import KeyType, key_type
from compliance.access.patterns import Scope
from compliance.access.readable import readings
from compliance.access.texts import TooHard, Union, Word, solve

Asked = frozenset[tuple[Test, bool]]
Values = tuple[Word, ...]

_BOOLEANS: Union = frozenset(
    glob(text, Scope.LITERAL, variables=False, fold=True) for text in ("true", "false")
)
_SOME_TEXT: Union = frozenset({glob("?*", Scope.TEXT, variables=False)})
_NOTHING: Union = frozenset()
RUBBISH = "rubbish"


@lru_cache(maxsize=200_000)
def solve_key(asked: Asked) -> Values | None:
    """Give values of the tests' one key: none (the key is absent), one or many. None: nothing fits.

    A word may hold letters of variables; then it is a candidate. Raises TooHard.
    """
    tests = sorted(asked, key=repr)
    if all(test.true_without_key() is wanted for test, wanted in tests):
        return ()
    key = key_type(tests[0][0].key)
    hard: TooHard | None = None
    for find in (_one_value, _many_values):
        try:
            found = find(asked, key)
        except TooHard as error:
            hard = error
            continue
        if found is not None:
            return found
    if hard:
        raise hard
    return None


def _one_value(asked: Asked, key: KeyType) -> Values | None:
    left = _of_elements(asked, {"null": _null(present=True), "single": lambda _: True})
    word = None if left is None else solve_element(left, key)
    return None if word is None else (word,)


def _many_values(asked: Asked, key: KeyType) -> Values | None:
    quantified = any(test.quantifier for test, _ in asked)
    if not key.multivalued or (key.family == "unknown" and not quantified):
        return None
    plain = frozenset(item for item in asked if item[0].kind in ("text", "value") and not item[0].quantifier)
    if any(wanted for _, wanted in plain):
        return None
    found = _of_quantified(asked - plain, key)
    if found is not None and plain:
        raise TooHard(f"{_key_of(asked)} may have several values, for which AWS documents set operators only")
    return found


def _of_quantified(asked: Asked, key: KeyType) -> Values | None:
    left = _of_elements(asked, {"null": _null(present=True), "single": lambda _: False})
    if left is None:
        return None
    every = frozenset(item for item in left if (item[0].quantifier == "forallvalues") is item[1])
    words: list[Word] = []
    for some in sorted(left - every, key=repr):
        word = solve_element(every | {some}, key)
        if word is None:
            return None
        words.append(word)
    return _two_or_more(words, every, key)


def _key_of(asked: Asked) -> str:
    return next(iter(asked))[0].key


def _two_or_more(words: list[Word], every: Asked, key: KeyType) -> Values | None:
    distinct = list(dict.fromkeys(words))
    while len(distinct) < 2:  # noqa: PLR2004  several values are two or more
        other = solve_element(every, key, unlike=frozenset(distinct))
        if other is None:
            return None
        distinct.append(other)
    return tuple(distinct)


def _null(*, present: bool) -> object:
    return lambda test: ("false" if present else "true") in test.values


def _of_elements(asked: Asked, decided: dict[str, object]) -> Asked | None:
    """Drop the tests that presence decides; None: one of them is decided the wrong way."""
    left = set()
    for test, wanted in asked:
        rule = decided.get(test.kind)
        truth = rule(test) if callable(rule) else (False if test.kind == "never" else None)
        if truth is None:
            left.add((test, wanted))
        elif truth is not wanted:
            return None
    return frozenset(left)


@lru_cache(maxsize=200_000)
def solve_element(asked: Asked, key: KeyType, unlike: frozenset[Word] = frozenset()) -> Word | None:
    """Give one value under which each test is as asked, and that is none of `unlike`. Raises TooHard."""
    texts = frozenset(item for item in asked if item[0].kind == "text")
    others = asked - texts
    for word in _believable(key, texts):
        if tuple(word) not in unlike and _fits(word, asked):
            return tuple(word)
    if not others:
        return _solve_texts(texts, key, unlike)
    families = {test.family for test, _ in others}
    for family in families:
        candidates = _candidates(family, [test for test, _ in others if test.family == family], key)
        part = frozenset(item for item in others if item[0].family == family)
        if not any(_fits(word, part) for word in candidates):
            return None
    return _mixed(asked, texts, key, unlike)


def _mixed(asked: Asked, texts: Asked, key: KeyType, unlike: frozenset[Word]) -> Word | None:
    others = [test for test, _ in asked if test.kind != "text"]
    families = {test.family for test in others}
    words = [word for family in sorted(families) for word in _candidates(family, others, key)]
    words += [item.literal for test, _ in texts for item in test.globs if item.literal is not None]
    for word in words:
        if tuple(word) not in unlike and _fits(word, asked):
            return tuple(word)
    if not texts and len(families) == 1:
        return None
    if texts and _solve_texts(texts, key, unlike) is None:
        return None
    raise TooHard(f"{others[0].key} is compared in several ways at once")


def _fits(word: str, asked: Iterable[tuple[Test, bool]]) -> bool:
    for test, wanted in asked:
        if any(item.keys for item in test.globs) or test.true_of(word) is not wanted:
            return False
    return True


def _believable(key: KeyType, texts: Asked) -> Iterator[str]:
    yield key.sample
    header = key.sample.rpartition(":")[0] if key.sample.startswith("arn:") else ""
    for test, truth in sorted(texts, key=repr):
        if truth is not test.negated:
            yield from readings(test.globs, header)


def _solve_texts(asked: Asked, key: KeyType, unlike: frozenset[Word]) -> Word | None:
    wanted: list[Union] = [_BOOLEANS] if key.family == "bool" else []
    unwanted = {glob_of(word) for word in unlike}
    for test, truth in asked:
        if truth is not test.negated:
            wanted.append(test.globs)
        else:
            unwanted |= test.sure
    if not all(wanted):
        return None
    ordered = tuple(sorted(set(wanted), key=lambda union: sorted(map(repr, union))))
    try:
        word = solve((*ordered, _SOME_TEXT), frozenset(unwanted))
    except TooHard:
        word = None
    return word if word is not None else solve(ordered, frozenset(unwanted))


def _candidates(family: str, tests: Iterable[Test], key: KeyType) -> list[str]:
    texts = sorted({text for test in tests if test.family == family for text in test.values})
    words = list(_MAKERS[family](texts, key))
    # A key of unknown or other type may hold what isn't of the operator's kind, which then never matches.
    epoch = family in ("number", "date") and key.family in ("epoch", "date", "number")
    if key.family != family and not epoch:
        words.append(RUBBISH)
    return words


def _numbers(texts: Iterable[str], _: KeyType) -> Iterator[str]:
    points = sorted({value for text in texts if (value := scalars.number(text)) is not None})
    whole = [Decimal(int(point) + step) for point in points for step in (0, 1, -1)]
    between = [(low + high) / 2 for low, high in pairwise(points)]
    ends = [points[0] - 1, points[-1] + 1] if points else [Decimal(1)]
    for value in (*points, *whole, *ends, *between):
        yield f"{value:f}"


def _dates(texts: Iterable[str], key: KeyType) -> Iterator[str]:
    points = sorted({value for text in texts if (value := scalars.instant_us(text)) is not None})
    second = 1_000_000
    near = [point + step for point in points for step in (0, second, -second)]
    between = [(low + high) // 2 for low, high in pairwise(points)]
    for value in (*near, *between):
        yield from _spelt(value, key)
    if not points:
        yield key.sample


def _spelt(instant_us: int, key: KeyType) -> Iterator[str]:
    if key.family in ("epoch", "number"):
        yield f"{Decimal(instant_us) / 1_000_000:f}"
        return
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant_us)
    except OverflowError:
        return
    yield moment.isoformat().replace("+00:00", "Z")


def _addresses(texts: Iterable[str], _: KeyType) -> Iterator[str]:
    yield from ("203.0.113.7", "0.0.0.0", "2001:db8::7", "::")  # noqa: S104  values to try, not to bind
    for text in texts:
        block = scalars.network(text)
        if block is None:
            continue
        yield str(block.network_address)
        if int(block.broadcast_address) + 1 < 1 << block.max_prefixlen:
            yield str(block.broadcast_address + 1)


def _octets(texts: Iterable[str], _: KeyType) -> Iterator[str]:
    known = {scalars.octets(text) for text in texts}
    yield from texts
    fresh = next(value for n in range(len(known) + 1) if (value := bytes([n % 256])) not in known)
    yield base64.b64encode(fresh).decode()


_MAKERS = {"number": _numbers, "date": _dates, "ip": _addresses, "binary": _octets}
