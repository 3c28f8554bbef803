"""Does a statement apply to a request? Actions, resources and conditions; principals have their own module.

Source: IAM User Guide, "IAM JSON policy elements": Action, Resource, Condition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.access.conditions import holds
from compliance.access.documents import Condition, Statement
from compliance.access.patterns import Scope, matches, only_stars, resolve, tokens
from compliance.access.request import Facts

NO_RESOURCE = "*"


def action_applies(statement: Statement, facts: Facts) -> bool:
    """Whether Action names the action, or NotAction doesn't. Action names are case-insensitive."""
    if statement.actions is not None:
        return any(_action_matches(pattern, facts.action) for pattern in statement.actions)
    return not any(_action_matches(pattern, facts.action) for pattern in statement.not_actions or ())


def _action_matches(pattern: str, action: str) -> bool:
    return matches(tokens(pattern.lower(), Scope.TEXT, variables=False), action)


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
