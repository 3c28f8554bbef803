"""Conditions as the engine sees them: tests on one key, their patterns and policy variables laid open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from compliance.access.conditions import TextOperator, ValueOperator, read_operator, value_true_of
from compliance.access.documents import Condition
from compliance.access.globs import Glob, glob, glob_of
from compliance.access.patterns import Scope, Variable, Wild

Globs = frozenset[Glob]
_ARN_COLONS = 5
_ANY_ARN = glob("*:*:*:*:*:*", Scope.RESOURCE, variables=False)
_NO_GLOBS: Globs = frozenset()
_FAMILIES = {"numeric": "number", "date": "date", "ip": "ip", "notip": "ip", "binary": "binary"}


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """One condition, interned: equal tests are one object, made by `test_of`.

    `kind` is `text`, `value`, `null`, `single` (the key has exactly one value, as a policy variable needs) or
    `never` (an operator that AWS doesn't document). A text test's `globs` match at least all that its policy
    values do, and `sure`, a part of them, at most: they differ only in the presence of policy variables.
    """

    kind: str
    key: str
    operator: str
    values: tuple[str, ...] = ()
    globs: Globs = _NO_GLOBS
    sure: Globs = _NO_GLOBS

    @property
    def negated(self) -> bool:
        """Whether the operator is a negated one."""
        operator = read_operator(self.operator).operator
        return operator is not None and operator.negated

    @property
    def quantifier(self) -> str:
        """`forallvalues`, `foranyvalue` or empty."""
        return read_operator(self.operator).quantifier

    @property
    def family(self) -> str:
        """What the values of a value test are: `number`, `date`, `ip` or `binary`."""
        base = read_operator(self.operator).base
        return next(family for start, family in _FAMILIES.items() if base.startswith(start))

    @property
    def listed(self) -> bool:
        """Whether its globs are a list of plain strings."""
        return all(item.literal is not None and not item.fold for item in self.globs)

    def true_of(self, value: str) -> bool:
        """Whether the operator, negation included, is true of one value; for tests without variables."""
        if self.kind == "text":
            return self.negated is not any(item.matches(value) for item in self.globs)
        operator = read_operator(self.operator).operator
        return isinstance(operator, ValueOperator) and value_true_of(operator, value, self.values)

    def true_without_key(self) -> bool:
        """Whether the condition is true of a request that hasn't got the key."""
        if self.kind == "null":
            return "true" in self.values
        if self.kind in ("single", "never"):
            return False
        reading = read_operator(self.operator)
        if reading.if_exists or reading.quantifier == "forallvalues":
            return True
        return self.negated and not reading.quantifier

    def __repr__(self) -> str:
        return f"{self.operator} {self.key} {sorted(map(str, self.globs or self.values))}"


@cache
def _interned(kind: str, key: str, operator: str, values: tuple[str, ...], globs: Globs, sure: Globs) -> Test:
    return Test(kind, key, operator, values, globs, sure)


def single(key: str) -> Test:
    """Give the test that a key has exactly one value."""
    return _interned("single", key, "", (), _NO_GLOBS, _NO_GLOBS)


def equals(key: str, value: str) -> Test:
    """Give the test that a key is this one value."""
    globs = frozenset({glob_of(tuple(value))})
    return _interned("text", key, "stringequals", (), globs, globs)


def test_of(condition: Condition, *, variables: bool) -> Test:
    """Give the test for a statement's condition."""
    reading = read_operator(condition.operator)
    name = condition.operator.lower()
    if reading.is_null:
        values = tuple(sorted({value.lower() for value in condition.values}))
        return _interned("null", condition.name, name, values, _NO_GLOBS, _NO_GLOBS)
    if reading.operator is None:
        return _interned("never", condition.name, name, (), _NO_GLOBS, _NO_GLOBS)
    if isinstance(reading.operator, ValueOperator):
        return _interned("value", condition.name, name, condition.values, _NO_GLOBS, _NO_GLOBS)
    globs = frozenset(_text_globs(reading.base, reading.operator, condition.values, variables=variables))
    return _text_test(condition.name, name, globs)


def _text_test(key: str, operator: str, globs: Globs) -> Test:
    base = read_operator(operator).base
    sure = frozenset(item for item in globs if not item.keys or _surely_of_kind(base, item))
    return _interned("text", key, operator, (), globs, sure)


def _text_globs(
    base: str, operator: TextOperator, values: Iterable[str], *, variables: bool
) -> Iterator[Glob]:
    fold = "ignorecase" in base or base == "bool"
    for text in values:
        item = glob(text, operator.scope, variables=variables, fold=fold)
        if base == "bool" and not item.keys and text.lower() not in ("true", "false"):
            continue
        if base.startswith("arn") and not item.keys:
            yield from _arn_globs(item)
        else:
            yield item


def _arn_globs(item: Glob) -> Iterator[Glob]:
    if item.pattern == (Wild.MANY_HERE,):
        yield _ANY_ARN
    elif item.pattern.count(":") >= _ARN_COLONS:
        yield item


def _surely_of_kind(base: str, item: Glob) -> bool:
    # What a variable brings need be neither a boolean nor an ARN.
    if base == "bool":
        return False
    return not base.startswith("arn") or item.pattern.count(":") >= _ARN_COLONS


Presence = tuple[tuple[Test, bool], ...]


def splits(globs: Globs, known: Mapping[str, bool]) -> Iterator[tuple[Globs, Presence]]:
    """Split by which variables have a value: the globs that are left in each case, and the case as tests.

    `known` says of some keys whether they have exactly one value. Variables that are left have no default.
    """
    keys = sorted({key for item in globs for key in item.keys})
    if not keys:
        yield globs, ()
        return
    for bits in product((True, False), repeat=len(keys)):
        case = dict(zip(keys, bits, strict=True))
        if all(known.get(key, bit) is bit for key, bit in case.items()):
            left = (_under(item, case) for item in globs)
            yield (
                frozenset(item for item in left if item is not None),
                tuple((single(key), bit) for key, bit in case.items()),
            )


def _under(item: Glob, case: Mapping[str, bool]) -> Glob | None:
    if not item.keys:
        return item
    pattern: list[str | Wild | Variable] = []
    for token in item.pattern:
        if not isinstance(token, Variable):
            pattern.append(token)
        elif case[token.key]:
            pattern.append(Variable(token.key))
        elif token.default is None:
            return None
        else:
            pattern.extend(token.default)
    return glob_of(tuple(pattern), fold=item.fold)


def test_splits(test: Test, known: Mapping[str, bool]) -> Iterator[tuple[Test, Presence]]:
    """Split a test by which of its variables have a value."""
    if not any(item.keys for item in test.globs):
        yield test, ()
        return
    for globs, presence in splits(test.globs, known):
        yield _text_test(test.key, test.operator, globs), presence


def with_values(test: Test, values: Mapping[str, str]) -> Test:
    """Put values for the variables of a test."""
    if not any(item.keys for item in test.globs):
        return test
    return _text_test(test.key, test.operator, frozenset(filled(item, values) for item in test.globs))


def filled(item: Glob, values: Mapping[str, str]) -> Glob:
    """Put values for the variables of a glob; a variable without one stays."""
    pattern: list[str | Wild | Variable] = []
    for token in item.pattern:
        known = isinstance(token, Variable) and token.key in values
        pattern.extend(values[token.key] if known and isinstance(token, Variable) else (token,))
    return glob_of(tuple(pattern), fold=item.fold)
