"""Find a string that matches some sets of globs and none of others. Exact without variables.

With variables the answer "there is none" holds for every value of theirs: the first set of globs that has
variables writes their letters, the other sets read a letter as any text, and what must not match reads a
letter only as the same variable (or under `*`). So what is found is a candidate, to be tried with values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache

from compliance.access.globs import Automaton, Glob, apart, covers, glob, letter_written
from compliance.access.patterns import Scope

Union = frozenset[Glob]
Word = tuple[str, ...]
Node = tuple[tuple[int, ...], tuple[int, ...], int]

MAX_STATES, FEW_STATES = 20_000, 300
_FEW = 8
_FRESH = "xyzkwq0123456789ABCDEFGH\u00b5\u0416"


class TooHard(Exception):
    """A search grew beyond its limit; the answer is unknown."""


class _Search:
    """Breadth-first over the product of the automata, so that the word found is a shortest one."""

    def __init__(self, wanted: Sequence[Union], unwanted: Iterable[Glob], prefix: str = "") -> None:
        self.prefix = prefix
        writer = next((union for union in wanted if any(item.keys for item in union)), None)
        self.exact = [_automaton(u) for u in wanted if writer is None or u is writer]
        self.loose = [_automaton(u) for u in wanted if writer is not None and u is not writer]
        self.unwanted = _automaton(frozenset(unwanted))
        everyone = (*self.exact, *self.loose, self.unwanted)
        chars = {char for automaton in everyone for char in automaton.chars}
        self.fresh = next(char for char in _FRESH if char not in chars)
        # The fresh one first, so that words look like names where they may.
        self.chars = [self.fresh, *sorted({*chars, ":"})]
        self.letters = sorted({letter_written(k, fold=g.fold) for g in writer or () for k in g.keys})

    def run(self, states: int) -> Word | None:
        """Give a shortest word, within a number of states. Raises TooHard."""
        start = self._begun()
        if start is None:
            return None
        queue, paths = deque([start]), {start: tuple(self.prefix)}
        while queue:
            node = queue.popleft()
            if self._accepts(node):
                return paths[node]
            for symbol, after in self._steps(node, self._telling(node)):
                if after not in paths:
                    paths[after] = (*paths[node], symbol)
                    queue.append(after)
            if len(paths) > states:
                raise TooHard("the patterns interlock too much")
        return None

    def _begun(self) -> Node | None:
        node: Node = (
            tuple(automaton.start for automaton in self.exact),
            tuple(automaton.start_loosely() for automaton in self.loose),
            self.unwanted.start,
        )
        for char in self.prefix:
            after = dict(self._steps(node, (char,))).get(char)
            if after is None:
                return None
            node = after
        return node

    def _telling(self, node: Node) -> Sequence[str]:
        """Give the characters worth reading: those that the states tell apart, and one for all others."""
        pairs = [*zip(node[0], self.exact, strict=True), *zip(node[1], self.loose, strict=True)]
        pairs.append((node[2], self.unwanted))
        if sum((state & automaton.literal).bit_count() for state, automaton in pairs) > len(self.chars):
            return self.chars
        told = {char for state, automaton in pairs for char in automaton.expects(state)}
        return [self.fresh, *sorted({*told, ":"})]

    def _accepts(self, node: Node) -> bool:
        exact, loose, unwanted = node
        return (
            not unwanted & self.unwanted.accept
            and all(s & a.accept for s, a in zip(exact, self.exact, strict=True))
            and all(s & a.accept for s, a in zip(loose, self.loose, strict=True))
        )

    def _steps(self, node: Node, chars: Sequence[str]) -> Iterable[tuple[str, Node]]:
        exact, loose, unwanted = node
        for char in chars:
            first = tuple(a.step(s, char) for s, a in zip(exact, self.exact, strict=True))
            if all(first):
                second = tuple(a.step_loosely(s, char) for s, a in zip(loose, self.loose, strict=True))
                if all(second):
                    yield char, (first, second, self.unwanted.step(unwanted, char))
        for letter in self.letters:
            first = tuple(a.step_letter(s, letter) for s, a in zip(exact, self.exact, strict=True))
            if all(first):
                second = tuple(a.jump(s) for s, a in zip(loose, self.loose, strict=True))
                yield letter, (first, second, self.unwanted.step_letter(unwanted, letter))


@lru_cache(maxsize=20_000)
def _automaton(union: Union) -> Automaton:
    return Automaton(sorted(union, key=repr))


@lru_cache(maxsize=200_000)
def solve(wanted: tuple[Union, ...], unwanted: Union) -> Word | None:
    """Give a shortest word that matches a glob of each wanted set and no unwanted one; None: there is none.

    Raises TooHard.
    """
    left = [_uncovered(union, unwanted) for union in wanted]
    if not all(left):
        return None
    left = [union for union in left if not any(item.everything for item in union)] or [_ANY]
    base = min(left, key=_cost)
    others = tuple(union for union in left if union is not base)
    hard: TooHard | None = None
    for item in sorted(base, key=_plain_first):
        try:
            # Where one glob was too hard, the others may be easy, but not all of them are worth as much.
            word = _solve_one(item, others, unwanted, FEW_STATES if hard else MAX_STATES)
        except TooHard as error:
            hard = error
            continue
        if word is not None:
            return word
    if hard:
        raise hard
    return None


_ANY: Union = frozenset({glob("*", Scope.TEXT, variables=False)})


def _uncovered(union: Union, unwanted: Union) -> Union:
    """Keep what no unwanted glob covers: nothing else can be found."""
    covered = {item for item in union if any(covers(other, item) for other in unwanted)}
    return union - covered if covered else union


def _cost(union: Union) -> tuple[bool, int, int]:
    # Few globs that say how they begin make short searches.
    return len(union) > _FEW, -min(len(item.prefix) for item in union), len(union)


def _plain_first(item: Glob) -> tuple[bool, str]:
    return item.literal is None, repr(item)


def _solve_one(item: Glob, others: tuple[Union, ...], unwanted: Union, states: int) -> Word | None:
    if item.literal is not None and not item.fold and not any(g.keys for u in others for g in u):
        return _literal(item.literal, others, unwanted)
    near = tuple(frozenset(g for g in union if not apart(g, item)) for union in others)
    if not all(near):
        return None
    # What covers the glob asks for nothing more.
    asked = tuple(union for union in near if not any(covers(g, item) for g in union))
    relevant = frozenset(g for g in unwanted if not apart(g, item))
    # All that a glob matches begins with its prefix: no need to search for that. But where another set writes
    # the letters of variables, a letter may stand for a part of the prefix.
    written = item.keys or not any(other.keys for union in asked for other in union)
    prefix = item.prefix if written and not item.fold else ""
    return _Search((frozenset({item}), *asked), relevant, prefix).run(states)


def _literal(text: str, others: tuple[Union, ...], unwanted: Union) -> Word | None:
    if not all(any(g.matches(text) for g in union) for union in others):
        return None
    if any(not g.keys and g.matches(text) for g in unwanted):
        return None
    return tuple(text)
