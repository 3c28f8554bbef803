"""Split all actions into classes that a set of statements can't tell apart.

Named actions are sorted by the statements that have them. What wildcards match beyond those names is split
glob by glob; that part holds actions which AWS hasn't published yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from compliance.access.actions import Actions, actions_of, by_service
from compliance.access.documents import Statement
from compliance.access.globs import Glob, glob
from compliance.access.patterns import Scope
from compliance.access.special import ALWAYS_ALLOWED
from compliance.access.texts import TooHard, Union, solve

# Every action is `service:Name`.
_SHAPE: Union = frozenset({glob("?*:?*", Scope.ARN, variables=False)})
_ALL = glob("*", Scope.TEXT, variables=False)
MAX_CLASSES = 4_000


@dataclass(frozen=True, slots=True)
class ActionClass:
    """Some actions and the statements that have them all; the others have none of them.

    `names` are known by name. Else the class is what is in every `wanted` set and in no `unwanted` glob.
    """

    having: frozenset[int]
    names: tuple[str, ...] = ()
    wanted: tuple[Union, ...] = ()
    unwanted: frozenset[Glob] = frozenset()

    def invented(self, taken: Iterable[str]) -> str | None:
        """Give an action of the class that has no name yet; None: every one has."""
        names = frozenset(glob(name, Scope.LITERAL, variables=False) for name in taken)
        word = solve((*self.wanted, _SHAPE), self.unwanted | names)
        return None if word is None else "".join(word)


def classes(statements: Sequence[Statement], layers: Sequence[range]) -> Iterator[ActionClass]:
    """Give the classes that have, in each layer (a range of the statements), some statement that has them.

    Raises TooHard.
    """
    actions = [actions_of(statement) for statement in statements]
    yield from _named(actions, layers)
    first = layers[0]
    begun: set[Glob] = set()
    for index in first:
        for start in sorted({_ALL} if actions[index].inverted else actions[index].globs, key=repr):
            if start not in begun:
                begun.add(start)
                yield from _split(start, actions, layers)


def _named(actions: Sequence[Actions], layers: Sequence[range]) -> Iterator[ActionClass]:
    names = by_service(frozenset().union(*(item.names for item in actions)) - ALWAYS_ALLOWED)
    having = [item.among(names) for item in actions]
    left = set().union(*names.values())
    for layer in layers:
        left &= set().union(*(having[index] for index in layer))
    groups: dict[frozenset[int], list[str]] = {}
    for name in sorted(left):
        groups.setdefault(frozenset(i for i, some in enumerate(having) if name in some), []).append(name)
    for indexes, group in groups.items():
        yield ActionClass(indexes, tuple(group))


@dataclass(frozen=True, slots=True)
class _Node:
    having: frozenset[int]
    wanted: tuple[Union, ...]
    unwanted: frozenset[Glob]


def _split(start: Glob, actions: Sequence[Actions], layers: Sequence[range]) -> Iterator[ActionClass]:
    ends = {layer.stop - 1: layer for layer in layers if len(layer)}
    stack = [(_Node(frozenset(), (frozenset({start}),), frozenset()), 0)]
    made = 0
    while stack:
        node, index = stack.pop()
        if index == len(actions):
            yield ActionClass(node.having, (), node.wanted, node.unwanted)
            made += 1
            if made > MAX_CLASSES:
                raise TooHard("the wildcards of the actions overlap too much")
            continue
        for after in _cut(node, index, actions[index], start):
            layer = ends.get(index)
            if layer is None or not after.having.isdisjoint(layer):
                stack.append((after, index + 1))


def _cut(node: _Node, index: int, actions: Actions, start: Glob) -> Iterator[_Node]:
    """Cut a node by a statement: the part outside its patterns, the part inside."""
    near = actions.near(start)
    outer, inner = _outer(node, near, actions, start), _inner(node, near, actions, start)
    for part, matched in ((inner, True), (outer, False)):
        if part is not None:
            has = matched is not actions.inverted
            yield _Node(node.having | {index}, part.wanted, part.unwanted) if has else part


def _outer(node: _Node, near: frozenset[Glob], actions: Actions, start: Glob) -> _Node | None:
    if not near:
        return node
    if actions.cover(start):
        return None
    after = _Node(node.having, node.wanted, node.unwanted | near)
    return after if _alive(after) else None


def _inner(node: _Node, near: frozenset[Glob], actions: Actions, start: Glob) -> _Node | None:
    if not near:
        return None
    if actions.cover(start):
        return node
    after = _Node(node.having, (*node.wanted, near), node.unwanted)
    return after if _alive(after) else None


def _alive(node: _Node) -> bool:
    return solve((*node.wanted, _SHAPE), node.unwanted) is not None
