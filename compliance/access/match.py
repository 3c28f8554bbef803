"""Does a statement apply to a request? Actions, resources and conditions; principals have their own module.

Source: IAM User Guide, "IAM JSON policy elements": Action, Resource, Condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from compliance.access.conditions import holds
from compliance.access.documents import Condition, Statement
from compliance.access.patterns import Scope, Tokens, matches, only_stars, resolve, tokens
from compliance.access.request import Facts

NO_RESOURCE = "*"


def action_applies(statement: Statement, facts: Facts) -> bool:
    """Whether Action names the action, or NotAction doesn't. Action names are case-insensitive."""
    if statement.actions is not None:
        return _any_action(statement.actions, facts.action)
    return not _any_action(statement.not_actions or (), facts.action)


def _any_action(patterns: tuple[str, ...], action: str) -> bool:
    names, by_service = _sorted_by_service(patterns)
    near = (*by_service.get(action.partition(":")[0], ()), *by_service.get("", ()))
    return action in names or any(matches(pattern, action) for pattern in near)


@lru_cache(maxsize=4096)
def _sorted_by_service(patterns: tuple[str, ...]) -> tuple[frozenset[str], dict[str, list[Tokens]]]:
    """Sort patterns into names and wildcards, these by service: documents name thousands of actions."""
    names, by_service = set(), dict[str, list[Tokens]]()
    for text in map(str.lower, patterns):
        if "*" not in text and "?" not in text:
            names.add(text)
        else:
            pattern = tokens(text, Scope.TEXT, variables=False)
            service, colon, _ = text.partition(":")
            known = colon and "*" not in service and "?" not in service
            by_service.setdefault(service if known else "", []).append(pattern)
    return frozenset(names), by_service


def resource_applies(statement: Statement, facts: Facts) -> bool:
    """Whether Resource names the resource, or NotResource doesn't. Without either, every resource."""
    if statement.resources is not None:
        return _any_resource(statement.resources, facts, variables=statement.variables)
    return statement.not_resources is None or not _any_resource(
        statement.not_resources, facts, variables=statement.variables
    )


def _any_resource(patterns: Iterable[str], facts: Facts, *, variables: bool) -> bool:
    for text in patterns:
        pattern = resolve(tokens(text, Scope.RESOURCE, variables=variables), facts.single)
        if pattern is None:
            continue
        if only_stars(pattern) if facts.resource == NO_RESOURCE else matches(pattern, facts.resource):
            return True
    return False


def failing(conditions: Sequence[Condition], facts: Facts, *, variables: bool) -> Condition | None:
    """Give the first condition that isn't met; None when all are."""
    substitutes = facts.single if variables else None
    for condition in conditions:
        if not holds(condition, facts.values.get(condition.name), substitutes):
            return condition
    return None


def applies(statement: Statement, facts: Facts) -> bool:
    """Whether action, resource and conditions of a statement all match."""
    return (
        action_applies(statement, facts)
        and resource_applies(statement, facts)
        and failing(statement.conditions, facts, variables=statement.variables) is None
    )


def why_not(statement: Statement, facts: Facts) -> str:
    """Say in words why a statement doesn't apply; empty when it does."""
    if not action_applies(statement, facts):
        return f"{facts.action} isn't among its actions"
    if not resource_applies(statement, facts):
        return f"{facts.resource} isn't among its resources"
    condition = failing(statement.conditions, facts, variables=statement.variables)
    if condition is None:
        return ""
    values = facts.values.get(condition.name)
    given = f"is {', '.join(values)}" if values else "is absent from the request"
    wanted = ", ".join(condition.values)
    return f"condition {condition.operator} {condition.key} [{wanted}] isn't met: the key {given}"
