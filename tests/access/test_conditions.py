"""Every condition operator, with a key present, absent, multivalued and malformed."""

import pytest

from compliance.access.conditions import holds, read_operator
from compliance.access.documents import Condition


def check(operator, policy, values, variables=None):
    policy = (policy,) if isinstance(policy, str) else policy
    values = (values,) if isinstance(values, str) else values
    return holds(Condition(operator, "k", tuple(policy)), values, variables)


@pytest.mark.parametrize(
    ("operator", "policy", "matching", "other"),
    [
        ("StringEquals", "a*", "a*", "ab"),
        ("StringEquals", ("a", "b"), "b", "B"),
        ("StringEqualsIgnoreCase", "aB", "Ab", "a"),
        ("StringLike", "a*c?", "abbc:", "abc"),
        ("StringLike", "arn:*:x", "arn:a:b:x", "arn:x:y"),
        ("ArnEquals", "arn:aws:s3:::b*", "arn:aws:s3:::b/c:d", "arn:aws:s3::b:b"),
        ("ArnLike", "arn:*:s3:*:*:x", "arn:aws:s3:::x", "arn:aws:s3:a:b:c:x"),
        ("ArnLike", "*", "arn:aws:s3:::x", "x"),
        ("Bool", "true", "TRUE", "false"),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", "QmluYXJ6"),
        ("NumericEquals", "10", "10.0", "11"),
        ("NumericLessThan", "10", "9.9", "10"),
        ("NumericLessThanEquals", "10", "10", "10.1"),
        ("NumericGreaterThan", "10", "11", "10"),
        ("NumericGreaterThanEquals", "10", "10", "9"),
        ("DateEquals", "2024-01-01", "1704067200", "2024-01-01T00:00:01Z"),
        ("DateEquals", "2024-01-01", "1704067200000", "1704067200001"),
        ("DateLessThan", "2024-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"),
        ("DateLessThanEquals", "2024-01-01T01:00:00+01:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z"),
        ("DateGreaterThan", "2024-01-01", "2024-01-02", "2024-01-01"),
        ("DateGreaterThanEquals", "2024-01-01", "2024-01-01", "2023-12-31"),
        ("IpAddress", "203.0.113.0/24", "203.0.113.9", "203.0.114.1"),
        ("IpAddress", "203.0.113.7", "203.0.113.7", "203.0.113.8"),
        ("IpAddress", "2001:db8::/32", "2001:db8::1", "203.0.113.7"),
        ("IpAddress", "203.0.113.77/24", "203.0.113.9", "2001:db8::1"),
    ],
)
def test_an_operator_matches_what_aws_says_it_does(operator, policy, matching, other):
    assert check(operator, policy, matching)
    assert not check(operator, policy, other)


@pytest.mark.parametrize(
    ("operator", "policy", "value"),
    [
        ("StringNotEquals", ("a", "b"), "c"),
        ("StringNotEqualsIgnoreCase", "a", "b"),
        ("StringNotLike", "a*", "b"),
        ("ArnNotEquals", "arn:aws:s3:::a", "arn:aws:s3:::b"),
        ("ArnNotLike", "arn:aws:s3:::a*", "arn:aws:s3:::b"),
        ("NumericNotEquals", ("1", "2"), "3"),
        ("DateNotEquals", "2024-01-01", "2024-01-02"),
        ("NotIpAddress", "0.0.0.0/0", "2001:db8::1"),
    ],
)
def test_a_negated_operator_is_true_when_no_value_matches_or_the_key_is_absent(operator, policy, value):
    first = policy if isinstance(policy, str) else policy[0]
    matching = first.replace("*", "").replace("/0", "")
    assert check(operator, policy, value)
    assert check(operator, policy, None)
    assert not check(operator, policy, matching)
    assert not check(f"ForAnyValue:{operator}", policy, None)


@pytest.mark.parametrize(
    "operator", ["NumericEquals", "NumericNotEquals", "DateNotEquals", "NotIpAddress", "Bool"]
)
def test_a_value_that_is_not_of_the_kind_never_matches(operator):
    assert not check(operator, "1", "rubbish")


@pytest.mark.parametrize("operator", ["NumericNotEquals", "DateNotEquals", "NotIpAddress"])
def test_a_policy_value_that_is_not_of_the_kind_never_matches(operator):
    assert not check(operator, "rubbish", "10.0.0.1" if "Ip" in operator else "1")


def test_a_missing_key():
    assert not check("StringEquals", "a", None)
    assert not check("StringEquals", "a", ())
    assert check("StringEqualsIfExists", "a", None)
    assert check("ForAllValues:StringEquals", "a", None)
    assert not check("ForAnyValue:StringEquals", "a", None)
    assert check("ForAnyValue:StringEqualsIfExists", "a", None)


def test_set_operators():
    assert check("ForAllValues:StringEquals", ("a", "b"), ("a", "b"))
    assert not check("ForAllValues:StringEquals", ("a", "b"), ("a", "c"))
    assert check("ForAnyValue:StringEquals", ("a", "b"), ("c", "b"))
    assert not check("ForAnyValue:StringEquals", ("a", "b"), ("c",))
    assert check("ForAllValues:StringNotEquals", "a", ("b", "c"))
    assert not check("ForAllValues:StringNotEquals", "a", ("a", "c"))
    assert check("ForAnyValue:StringNotLike", "a*", ("ab", "c"))


def test_several_values_need_a_set_operator():
    assert not check("StringEquals", "a", ("a", "b"))
    assert not check("StringNotEquals", "a", ("b", "c"))


def test_null_asks_for_presence_and_has_no_if_exists():
    assert check("Null", "true", None)
    assert check("Null", "false", "x")
    assert check("Null", ("true", "false"), "x")
    assert not check("Null", "true", "x")
    assert not read_operator("NullIfExists").known


def test_an_unknown_operator_is_never_true():
    assert not check("StringMatches", "a", "a")
    assert not check("Sometimes:StringEquals", "a", "a")
    assert not check("StringMatchesIfExists", "a", None)


def test_variables_stand_for_values_and_their_wildcards_are_literal():
    assert check("StringLike", "x-${aws:Name}-*", "x-a*-1", {"aws:name": "a*"})
    assert not check("StringLike", "x-${aws:Name}", "x-ab", {"aws:name": "a*"})
    assert check("StringEquals", "${aws:Name, 'anon'}", "anon", {})
    assert check("StringLike", "${*}${?}${$}", "*?$", {})
    assert check("StringEquals", "${aws:Name}", "${aws:Name}", None)


def test_a_variable_without_a_value_matches_nothing_so_that_negated_operators_are_true():
    assert not check("StringEquals", "${aws:Name}", "x", {})
    assert check("StringNotEquals", "${aws:Name}", "x", {})
    assert check("StringEquals", ("${aws:Name}", "x"), "x", {})
