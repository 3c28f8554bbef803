"""Realistic documents, made from the catalogue of actions: the same corpus at each run."""

# ruff: noqa: PLR2004  the numbers are shares of a mix

from __future__ import annotations

from random import Random
from typing import Any

from compliance.access import catalogue

ACCOUNT = "111122223333"
Json = dict[str, Any]
_VERBS = ("Get*", "List*", "Describe*", "BatchGet*", "Search*", "View*")
_CONDITIONS: tuple[Json, ...] = (
    {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
    {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team-*"}},
    {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost-center"]}},
    {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
    {"Null": {"aws:TokenIssueTime": "false"}},
)


def services() -> list[str]:
    """Give the services that have more than a few actions."""
    return [name for name in catalogue.services() if len(list(catalogue.published(name))) > 5]


def read_only(names: list[str]) -> Json:
    """Give a document like AWS's ReadOnlyAccess: every service, every reading verb."""
    actions = [f"{name}:{verb}" for name in names for verb in _VERBS]
    return _document([{"Sid": "ReadOnly", "Effect": "Allow", "Action": actions, "Resource": "*"}])


def document(random: Random, names: list[str]) -> Json:
    """Give a document as roles of applications and people have."""
    statements = [_statement(random, names, index) for index in range(random.choice((1, 1, 2, 3, 4, 6, 10)))]
    if random.random() < 0.3:
        statements.append(_statement(random, names, len(statements), effect="Deny"))
    return _document(statements)


def edited(random: Random, source: Json, names: list[str]) -> Json:
    """Give yesterday's document as it is today: an action, a resource or a statement more or less."""
    statements = [dict(statement) for statement in source["Statement"]]
    chosen = statements[random.randrange(len(statements))]
    edit = random.randrange(4)
    if edit == 0:
        chosen["Action"] = [*chosen["Action"], random.choice(_spelt(random.choice(names)))]
    elif edit == 1 and len(chosen["Action"]) > 1:
        chosen["Action"] = chosen["Action"][1:]
    elif edit == 2:
        statements.append(_statement(random, names, len(statements)))
    else:
        chosen["Resource"] = ["*"]
    return _document(statements)


def _document(statements: list[Json]) -> Json:
    return {"Version": "2012-10-17", "Statement": statements}


def _spelt(service: str) -> list[str]:
    return [catalogue.spelling(name) for name in catalogue.published(service)]


def _statement(random: Random, names: list[str], index: int, effect: str = "Allow") -> Json:
    service = random.choice(names)
    statement: Json = {"Sid": f"S{index}", "Effect": effect, "Action": _actions(random, service, names)}
    statement["Resource"] = _resources(random, statement["Action"])
    if random.random() < 0.35:
        statement["Condition"] = random.choice(_CONDITIONS)
    return statement


def _actions(random: Random, service: str, names: list[str]) -> list[str]:
    known = _spelt(service)
    kind = random.random()
    if kind < 0.1:
        return [f"{service}:*"]
    if kind < 0.4:
        return [f"{name}:{verb}" for name in random.sample(names, 3) for verb in _VERBS[:3]]
    if kind < 0.5:
        return [f"{service}:{name.partition(':')[2][:5]}*" for name in random.sample(known, 3)]
    return random.sample(known, min(len(known), random.choice((1, 3, 5, 10, 20))))


def _resources(random: Random, actions: list[str]) -> list[str]:
    patterns = [
        pattern for action in actions for pattern in catalogue.arn_patterns(action.lower(), ACCOUNT)
    ] or ["*"]
    if random.random() < 0.4:
        return ["*"]
    chosen = random.sample(patterns, min(len(patterns), random.choice((1, 1, 2, 4))))
    return [
        pattern.replace("?*", random.choice(("*", "app-*", "app/data", "team-a/*"))) for pattern in chosen
    ]
