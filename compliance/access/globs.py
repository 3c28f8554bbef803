"""Patterns as automata: sets of strings held in Python integers, one bit per position of a pattern.

A policy variable is one letter of the alphabet. A word with such letters stands for every string that has the
variable's value in their place, so what holds of the letters holds of all values (see `solve` in texts.py for
the two ways of reading a letter that keep this sound). Knows nothing of policies or requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from compliance.access.patterns import (
    Scope,
    Token,
    Tokens,
    Variable,
    Wild,
    is_literal,
    matches,
    tokens,
    variables_of,
)

_STARS = (Wild.MANY, Wild.MANY_HERE)


class Glob:
    """One pattern, interned: equal patterns are one object. `fold`: letter case doesn't matter."""

    def __init__(self, pattern: Tokens, *, fold: bool) -> None:
        self.pattern, self.fold = pattern, fold
        self.keys = (
            frozenset(variable.key for variable in variables_of(pattern))
            if Variable in set(map(type, pattern))
            else frozenset()
        )

    @cached_property
    def literal(self) -> str | None:
        """The one string that it matches, if it has neither wildcards nor variables."""
        return "".join(map(str, self.pattern)) if is_literal(self.pattern) else None

    @cached_property
    def prefix(self) -> str:
        """What every match begins with, in lower case where case doesn't matter."""
        text = ""
        for token in self.pattern:
            if not isinstance(token, str):
                break
            text += token
        return text.lower() if self.fold else text

    @cached_property
    def everything(self) -> bool:
        """Whether it matches every string."""
        return self.pattern == (Wild.MANY,)

    @cached_property
    def automaton(self) -> Automaton:
        """The automaton of this pattern alone."""
        return Automaton((self,))

    def matches(self, text: str) -> bool:
        """Whether it matches the whole text; it has no variables."""
        return matches(self._compared, text.lower() if self.fold else text)

    @cached_property
    def _compared(self) -> Tokens:
        return _lowered(self.pattern) if self.fold else self.pattern

    def __repr__(self) -> str:
        return "".join(str(getattr(token, "value", token)) for token in self.pattern)


def _lowered(pattern: Tokens) -> Tokens:
    return tuple(token.lower() if isinstance(token, str) else token for token in pattern)


@lru_cache(maxsize=200_000)
def glob_of(pattern: Tokens, *, fold: bool = False) -> Glob:
    """Give the interned glob of a pattern."""
    return Glob(pattern, fold=fold)


@lru_cache(maxsize=200_000)
def glob(text: str, scope: Scope, *, variables: bool, fold: bool = False) -> Glob:
    """Give the interned glob of a pattern's text."""
    return glob_of(tokens(text, scope, variables=variables), fold=fold)


class Automaton:
    """The union of some globs. A state is an int: bit i says that position i of the patterns is reached."""

    def __init__(self, globs: Iterable[Glob]) -> None:
        self.chars: dict[str, int] = {}
        self.letters: dict[str, int] = {}
        self.expected: dict[int, set[str]] = {}
        self.one = self.one_here = self.many = self.many_here = 0
        self.accept = self.first = self.variable = 0
        offset = 0
        for item in globs:
            self.first |= 1 << offset
            for token in item.pattern:
                self._add(token, 1 << offset, fold=item.fold)
                offset += 1
            self.accept |= 1 << offset
            offset += 1
        self.inner = ((1 << offset) - 1) & ~self.first
        self.stars = self.many | self.many_here
        self.literal = sum(self.expected)
        self.start = self._closed(self.first)

    def _add(self, token: Token, bit: int, *, fold: bool) -> None:
        if isinstance(token, str):
            self.expected[bit] = {token, token.lower(), token.upper()} if fold else {token}
            for char in self.expected[bit]:
                self.chars[char] = self.chars.get(char, 0) | bit
        elif isinstance(token, Variable):
            self.variable |= bit
            for letter in letters_read(token.key, fold=fold):
                self.letters[letter] = self.letters.get(letter, 0) | bit
        else:
            self.one |= bit if token is Wild.ONE else 0
            self.one_here |= bit if token is Wild.ONE_HERE else 0
            self.many |= bit if token is Wild.MANY else 0
            self.many_here |= bit if token is Wild.MANY_HERE else 0

    def _closed(self, state: int) -> int:
        # Two stars never stand side by side (patterns.py merges them), so one step closes.
        return state | (state & self.stars) << 1

    def step(self, state: int, char: str) -> int:
        """Read one character."""
        if char == ":":
            read, stay = self.chars.get(char, 0) | self.one, self.many
        else:
            read, stay = self.chars.get(char, 0) | self.one | self.one_here, self.stars
        return self._closed((state & read) << 1 | state & stay)

    def expects(self, state: int) -> Iterator[str]:
        """Give the characters that a state tells from others; a colon may be another."""
        left = state & self.literal
        while left:
            bit = left & -left
            yield from self.expected[bit]
            left ^= bit

    def step_letter(self, state: int, letter: str) -> int:
        """Read a variable's letter so that the result holds for every value: `?` may not, `*` may."""
        return self._closed((state & self.letters.get(letter, 0)) << 1 | state & self.many)

    def step_loosely(self, state: int, char: str) -> int:
        """Read one character where this automaton's own variables may be any text."""
        after = self.step(state, char) | state & self.variable
        return self._closed(self._skipped(after))

    def _skipped(self, state: int) -> int:
        # A variable's value may be empty: pass it, however many stand in a row.
        while (state & self.variable) << 1 & ~state:
            state |= self._closed((state & self.variable) << 1)
        return state

    def start_loosely(self) -> int:
        """Give the state before the first character, for reading loosely."""
        return self._skipped(self.start)

    def jump(self, state: int) -> int:
        """Read any text whatever: every later position of the patterns reached may follow."""
        shift, inner = 1, self.inner
        while inner:
            state |= (state << shift) & inner
            inner &= inner << shift
            shift *= 2
        return state

    def cover(self, state: int, token: Token, *, fold: bool) -> int:
        """Read a token of another pattern so that the result holds for all that it matches."""
        if isinstance(token, str):
            lower, upper = self.step(state, token.lower()), self.step(state, token.upper())
            return lower & upper & self.step(state, token) if fold else self.step(state, token)
        if isinstance(token, Variable):
            return self.step_letter(state, letter_written(token.key, fold=fold))
        here = token in (Wild.ONE_HERE, Wild.MANY_HERE)
        stay = state & (self.stars if here else self.many)
        if token in _STARS:
            return self._closed(stay)
        return self._closed((state & (self.one | (self.one_here if here else 0))) << 1 | stay)


def letter_written(key: str, *, fold: bool) -> str:
    """Name the letter that a pattern writes for a variable.

    A pattern that ignores case matches the value in any case, so its letter is another one.
    """
    return f"${key}~" if fold else f"${key}"


def letters_read(key: str, *, fold: bool) -> tuple[str, ...]:
    """Name the letters that a pattern reads as its variable."""
    return (f"${key}", f"${key}~") if fold else (f"${key}",)


@lru_cache(maxsize=500_000)
def covers(wide: Glob, narrow: Glob) -> bool:
    """Whether `wide` surely matches all that `narrow` does, for every value of their variables.

    False may also mean that it wasn't found out.
    """
    if wide is narrow or wide.everything:
        return True
    if not wide.fold and not narrow.fold and not _may_meet(wide.prefix, narrow.prefix):
        return False
    automaton = wide.automaton
    state = automaton.start
    for token in narrow.pattern:
        state = automaton.cover(state, token, fold=narrow.fold)
        if not state:
            return False
    return bool(state & automaton.accept)


def _may_meet(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def apart(one: Glob, other: Glob) -> bool:
    """Whether two globs surely have no string in common; a quick test by what they begin with."""
    if one.fold or other.fold:
        return not _may_meet(one.prefix.lower(), other.prefix.lower())
    return not _may_meet(one.prefix, other.prefix)
