"""Which checks a run needs, before any item exists: what `-m`, `-k` and the paths given leave over.

`-m` speaks of a check's own markers, so it is decided exactly. A word of `-k` that occurs in some check (its
id, file, kind, service, severity) and in no output is about checks; any other word may be in a resource's
name, and so excludes no check.
"""

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from _pytest.mark.expression import Expression  # pytest shows no public way to evaluate -k and -m

from compliance.check import Check
from compliance.plugin.places import Place

MAX_OPEN_WORDS = 6


def markers_of(check: Check) -> tuple[str, ...]:
    """The markers that the check's items carry."""
    return ("compliance", check.about.service.replace("-", "_"), check.about.severity.value)


def selected(
    config: pytest.Config, checks: Iterable[Check], places: Iterable[Place], outputs: str | None
) -> tuple[Check, ...]:
    """The checks that may have items in this run. `outputs`: the outputs' text, None if not known yet."""
    places = list(places)
    checks = [check for check in checks if any(place.has(check) for place in places)]
    checks = [
        check
        for check in checks
        if _holds(config.getoption("markexpr"), dict.fromkeys(markers_of(check), True))
    ]
    keywords = config.getoption("keyword")
    if not keywords or outputs is None:
        return tuple(checks)
    vocabulary = " ".join(word for check in checks for word in _words(check))
    return tuple(check for check in checks if _may_match(keywords, check, vocabulary, outputs.lower()))


def _may_match(expression: str, check: Check, vocabulary: str, outputs: str) -> bool:
    """Whether the expression can hold for some item of the check, whatever open words turn out to be."""
    mine = " ".join(_words(check))
    words = {word for word in re.findall(r"[^\s()]+", expression) if word not in {"and", "or", "not"}}
    known = {word: True for word in words if word.lower() in mine}
    rest = words - known.keys()
    open_words = [word for word in rest if word.lower() in outputs or word.lower() not in vocabulary]
    choices = product((True, False), repeat=min(len(open_words), MAX_OPEN_WORDS))
    return any(_holds(expression, known | dict(zip(open_words, values, strict=False))) for values in choices)


def _holds(expression: str, words: dict[str, bool]) -> bool:
    def is_true(word: str, /, **_: Any) -> bool:  # noqa: ANN401 - pytest's marker arguments
        return words.get(word, False)

    try:
        return not expression or Expression.compile(expression).evaluate(is_true)
    except Exception:  # noqa: BLE001 - pytest itself says best what is wrong with the expression
        return True


def _words(check: Check) -> tuple[str, ...]:
    """What pytest would match `-k` against, but for the resource."""
    kinds = tuple(kind.__name__ for kind in check.kinds)
    return tuple(word.lower() for word in (check.id, check.path.name, *kinds, *markers_of(check)))
