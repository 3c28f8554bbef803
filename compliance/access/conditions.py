"""Condition operators: one small function each, over one request value and one policy value.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued
context keys" and "Policy variables with no value". Values are alternatives; negated operators are true when
none matches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self

from compliance.access import scalars
from compliance.access.documents import Condition
from compliance.access.patterns import Scope, Tokens, Wild, matches, resolve, tokens

TextTest = Callable[[str, Tokens], bool]
ValueTest = Callable[..., bool]
_ARN_COLONS = 5


class Ordered(Protocol):
    """Numbers and instants."""

    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...


def string_equals(value: str, policy: Tokens) -> bool:
    """Exact, case-sensitive, wildcards are ordinary characters."""
    return value == "".join(map(str, policy))


def string_equals_ignore_case(value: str, policy: Tokens) -> bool:
    """Exact but for case."""
    return value.lower() == "".join(map(str, policy)).lower()


def string_like(value: str, policy: Tokens) -> bool:
    """Case-sensitive with `*` and `?`, which match colons too."""
    return matches(policy, value)


def arn_like(value: str, policy: Tokens) -> bool:
    """Compare the six segments one by one, as ArnEquals does. A policy value of `*` alone is any ARN."""
    if value.count(":") < _ARN_COLONS:
        return False
    return policy == (Wild.MANY_HERE,) or matches(policy, value)


def bool_equals(value: str, policy: Tokens) -> bool:
    """Both are booleans, in any case, and equal."""
    wanted = scalars.boolean("".join(map(str, policy)))
    return wanted is not None and scalars.boolean(value) is wanted


def equal(value: object, policy: object) -> bool:
    """NumericEquals, DateEquals, BinaryEquals."""
    return value == policy


def less_than(value: Ordered, policy: Ordered) -> bool:
    """NumericLessThan, DateLessThan."""
    return value < policy


def less_than_equals(value: Ordered, policy: Ordered) -> bool:
    """NumericLessThanEquals, DateLessThanEquals."""
    return value <= policy


def greater_than(value: Ordered, policy: Ordered) -> bool:
    """NumericGreaterThan, DateGreaterThan."""
    return policy < value


def greater_than_equals(value: Ordered, policy: Ordered) -> bool:
    """NumericGreaterThanEquals, DateGreaterThanEquals."""
    return policy <= value


def ip_within(value: scalars.Address, policy: scalars.Network) -> bool:
    """Look for the address in the network; IPv4 and IPv6 never match each other."""
    return value in policy


@dataclass(frozen=True, slots=True)
class TextOperator:
    """Compares text; its policy values may hold policy variables."""

    test: TextTest
    scope: Scope
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ValueOperator:
    """Compares what text stands for. What isn't of the kind never matches, negated or not."""

    test: ValueTest
    read: Callable[[str], object | None]
    read_policy: Callable[[str], object | None]
    negated: bool = False


Operator = TextOperator | ValueOperator


def _ordered(kind: str, read: Callable[[str], object | None]) -> dict[str, Operator]:
    tests: dict[str, ValueTest] = {
        "equals": equal,
        "lessthan": less_than,
        "lessthanequals": less_than_equals,
        "greaterthan": greater_than,
        "greaterthanequals": greater_than_equals,
    }
    table: dict[str, Operator] = {
        kind + name: ValueOperator(test, read, read) for name, test in tests.items()
    }
    return table | {f"{kind}notequals": ValueOperator(equal, read, read, negated=True)}


OPERATORS: dict[str, Operator] = {
    "stringequals": TextOperator(string_equals, Scope.LITERAL),
    "stringnotequals": TextOperator(string_equals, Scope.LITERAL, negated=True),
    "stringequalsignorecase": TextOperator(string_equals_ignore_case, Scope.LITERAL),
    "stringnotequalsignorecase": TextOperator(string_equals_ignore_case, Scope.LITERAL, negated=True),
    "stringlike": TextOperator(string_like, Scope.TEXT),
    "stringnotlike": TextOperator(string_like, Scope.TEXT, negated=True),
    "arnequals": TextOperator(arn_like, Scope.ARN),
    "arnnotequals": TextOperator(arn_like, Scope.ARN, negated=True),
    "arnlike": TextOperator(arn_like, Scope.ARN),
    "arnnotlike": TextOperator(arn_like, Scope.ARN, negated=True),
    "bool": TextOperator(bool_equals, Scope.LITERAL),
    "binaryequals": ValueOperator(equal, scalars.octets, scalars.octets),
    "ipaddress": ValueOperator(ip_within, scalars.address, scalars.network),
    "notipaddress": ValueOperator(ip_within, scalars.address, scalars.network, negated=True),
    **_ordered("numeric", scalars.number),
    **_ordered("date", scalars.instant_us),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """An operator's name taken apart. `operator` is None for Null and for names that AWS doesn't document."""

    base: str
    operator: Operator | None
    quantifier: str
    if_exists: bool

    @property
    def is_null(self) -> bool:
        """Whether this is the Null operator, to which IfExists doesn't apply."""
        return self.base == "null" and not self.if_exists

    @property
    def known(self) -> bool:
        """Whether AWS documents the operator."""
        return self.operator is not None or self.is_null


@lru_cache(maxsize=1024)
def read_operator(name: str) -> Reading:
    """Take `ForAllValues:StringLikeIfExists` apart; operator names are compared without case."""
    quantifier, colon, rest = name.lower().rpartition(":")
    if_exists = rest.endswith("ifexists")
    base = rest.removesuffix("ifexists")
    if colon and quantifier not in ("forallvalues", "foranyvalue"):
        return Reading(name, None, "", if_exists)
    return Reading(base, OPERATORS.get(base), quantifier, if_exists)


def holds(condition: Condition, values: Sequence[str] | None, variables: Mapping[str, str] | None) -> bool:
    """Whether a condition is true of a key's values; None or no values: the key is absent.

    `variables` gives policy variables their values (lower-cased keys), or is None where the document's
    version has none. An unknown operator is never true.
    """
    reading = read_operator(condition.operator)
    if reading.is_null:
        return ("false" if values else "true") in map(str.lower, condition.values)
    operator = reading.operator
    if operator is None:
        return False
    if not values:
        return _without_key(reading, operator)
    truths = (_true_of(operator, value, condition.values, variables) for value in values)
    if reading.quantifier == "forallvalues":
        return all(truths)
    if reading.quantifier == "foranyvalue":
        return any(truths)
    # "Multivalued context keys require a condition set operator": several values never match without one.
    return len(values) == 1 and next(truths)


def _without_key(reading: Reading, operator: Operator) -> bool:
    if reading.if_exists or reading.quantifier == "forallvalues":
        return True
    return operator.negated and reading.quantifier == ""


def _true_of(
    operator: Operator, value: str, policy: Sequence[str], variables: Mapping[str, str] | None
) -> bool:
    if isinstance(operator, TextOperator):
        patterns = (tokens(text, operator.scope, variables=variables is not None) for text in policy)
        resolved = (resolve(pattern, variables or {}) for pattern in patterns)
        return operator.negated is not any(p is not None and operator.test(value, p) for p in resolved)
    return value_true_of(operator, value, policy)


def value_true_of(operator: ValueOperator, value: str, policy: Sequence[str]) -> bool:
    """Whether an operator, negation included, is true of one request value and its policy values."""
    given = operator.read(value)
    wanted = [operator.read_policy(text) for text in policy]
    if given is None or (operator.negated and None in wanted):
        return False
    return operator.negated is not any(item is not None and operator.test(given, item) for item in wanted)
