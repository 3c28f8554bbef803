import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.text import printable, printable_lines

ANYTHING = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("data-bucket", "data-bucket"),
        ("Überwachung 文字", "Überwachung 文字"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("line\u2028para\u2029", "line\\u2028para\\u2029"),
        ("\x00\x7f\x85", "\\x00\\x7f\\x85"),
        ("half \ud800", "half \\ud800"),
        (7, "7"),
        (None, "None"),
    ],
)
def test_what_could_deceive_is_escaped(text, shown):
    assert printable(text) == shown


@given(ANYTHING)
def test_one_line_without_controls_comes_out(text):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs"}
    shown.encode("utf-8")


@given(ANYTHING, st.integers(1, 20))
def test_the_limit_holds(text, limit):
    assert len(printable(text, limit=limit)) <= limit


def test_what_is_cut_says_so():
    assert printable("abcdef", limit=4) == "abc…"
    assert printable("abcd", limit=4) == "abcd"


def test_line_breaks_may_stay_but_nothing_else():
    assert printable_lines("a\x1b[0m\nb\u202e") == "a\\x1b[0m\nb\\u202e"
