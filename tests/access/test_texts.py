"""The search over strings against all short strings, with every value that short variables can have."""

from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.access.atoms import filled
from compliance.access.globs import covers, glob
from compliance.access.patterns import Scope
from compliance.access.texts import solve

PIECES = ["a", "b", ":", "*", "?", "a", "b", "${v}", "${w}", "A"]
STRINGS = ["".join(chars) for n in range(5) for chars in product("abA:", repeat=n)]
VALUES = ["", "a", "b", "ab", "A", ":", "ba"]


def random_globs(random, most, variables):
    pieces = PIECES if variables else [piece for piece in PIECES if "$" not in piece]
    scopes = [Scope.TEXT, Scope.TEXT, Scope.RESOURCE, Scope.ARN]
    return frozenset(
        glob("".join(random.choices(pieces, k=random.randint(0, 4))), random.choice(scopes), variables=True,
             fold=random.random() < 0.15)
        for _ in range(random.randint(1, most))
    )  # fmt: skip


def refuting(wanted, unwanted):
    """A string and values of the variables that match as asked."""
    keys = sorted({key for union in (*wanted, unwanted) for item in union for key in item.keys})
    for values in product(VALUES, repeat=len(keys)):
        given_values = dict(zip(keys, values, strict=True))
        inside = [[filled(item, given_values) for item in union] for union in wanted]
        outside = [filled(item, given_values) for item in unwanted]
        for text in STRINGS:
            found = all(any(g.matches(text) for g in union) for union in inside)
            if found and not any(g.matches(text) for g in outside):
                return text, given_values
    return None


@settings(max_examples=250)
@given(st.integers(0, 2**32).map(Random), st.booleans())
def test_where_no_word_is_found_no_short_string_matches(random, variables):
    wanted = tuple(random_globs(random, 2, variables) for _ in range(random.randint(1, 3)))
    unwanted = random_globs(random, 3, variables) if random.random() < 0.8 else frozenset()
    word = solve(wanted, unwanted)
    if word is None:
        assert refuting(wanted, unwanted) is None
    elif not variables:
        text = "".join(word)
        assert all(any(item.matches(text) for item in union) for union in wanted)
        assert not any(item.matches(text) for item in unwanted)


@settings(max_examples=300)
@given(st.integers(0, 2**32).map(Random))
def test_what_covers_matches_all_that_is_covered(random):
    (wide,), (narrow,) = random_globs(random, 1, True), random_globs(random, 1, True)
    if covers(wide, narrow):
        assert refuting((frozenset({narrow}),), frozenset({wide})) is None
