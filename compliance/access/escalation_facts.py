"""What is known of condition keys before anything is asked: a document says less once they are filled in.

A request by role/app always carries `aws:PrincipalArn` = role/app, so a condition on that key is decided and
a variable of it is text. What is left hangs on keys that a caller can choose or nobody knows.

Source: IAM User Guide, "AWS global condition context keys", "Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from compliance.access.conditions import holds, read_operator
from compliance.access.documents import Condition, Document, Statement
from compliance.access.escalation_account import Actor

# Lower-cased keys; None: the key is absent from the request. Keys that aren't there are not known.
Known = Mapping[str, str | None]
_VARIABLE = re.compile(r"\$\{\s*([^},]*?)\s*(,[^}]*)?\}")
_SPECIAL = {"*": "${*}", "?": "${?}", "$": "${$}"}
TAGS = "tag/"
SPELLING = {
    "aws:principalarn": "aws:PrincipalArn",
    "aws:principalaccount": "aws:PrincipalAccount",
    "aws:principaltype": "aws:PrincipalType",
    "aws:resourceaccount": "aws:ResourceAccount",
    "iam:passedtoservice": "iam:PassedToService",
    "iam:permissionsboundary": "iam:PermissionsBoundary",
    "iam:policyarn": "iam:PolicyARN",
}
# A principal's own call has none of these; a service that calls on its behalf sends them.
DIRECT: Known = {
    "aws:calledvia": None,
    "aws:calledviafirst": None,
    "aws:calledvialast": None,
    "aws:viaawsservice": "false",
    "aws:principalisawsservice": "false",
    "aws:principalservicename": None,
    "aws:principalservicenameslist": None,
    "aws:sourcearn": None,
    "aws:sourceaccount": None,
}


def of_actor(actor: Actor) -> dict[str, str | None]:
    """Give what each of an actor's requests says about the actor."""
    is_user = actor.kind == "user"
    tags = {f"aws:principaltag/{key.lower()}": value for key, value in (actor.tags or {}).items()}
    return {
        "aws:principalarn": actor.arn,
        "aws:principalaccount": actor.account,
        "aws:principaltype": "User" if is_user else "AssumedRole",
        "aws:username": actor.arn.rpartition("/")[2] if is_user else None,
        **({} if actor.tags is None else {"aws:principal" + TAGS: None}),
        **tags,
    }


def of_resource(tags: Mapping[str, str] | None, account: str) -> dict[str, str | None]:
    """Give what each request on a resource says about the resource; tags are None where nobody read them."""
    facts: dict[str, str | None] = {"aws:resourceaccount": account}
    if tags is not None:
        for prefix in ("aws:resource", "iam:resource"):
            facts[prefix + TAGS] = None
            facts |= {f"{prefix}{TAGS}{key.lower()}": value for key, value in tags.items()}
    return facts


def is_known(key: str, known: Known) -> bool:
    """Whether a (lower-cased) key is decided: known tags say of every other tag that it is absent."""
    return key in known or (TAGS in key and key.partition(TAGS)[0] + TAGS in known)


def settled(statement: Statement, known: Known) -> Statement | None:
    """Give what a statement says to those of whom this is known; None: it never applies to them."""
    left = []
    for condition in statement.conditions:
        if not _decided(condition, known, variables=statement.variables):
            left.append(_filled(condition, known) if statement.variables else condition)
        elif not holds(condition, _values(condition.name, known), None):
            return None
    texts = statement.resources or statement.not_resources or ()
    if len(left) == len(statement.conditions) and not (statement.variables and any("${" in t for t in texts)):
        return statement
    resources = _patterns(statement.resources, known, statement)
    if resources == ():
        return None
    not_resources = _patterns(statement.not_resources, known, statement)
    return replace(statement, conditions=tuple(left), resources=resources, not_resources=not_resources)


def _decided(condition: Condition, known: Known, *, variables: bool) -> bool:
    undocumented = not read_operator(condition.operator).known
    hangs_on_more = variables and any("${" in value for value in condition.values)
    return not undocumented and not hangs_on_more and is_known(condition.name, known)


def _values(key: str, known: Known) -> tuple[str, ...] | None:
    value = known.get(key)
    return None if value is None else (value,)


def _filled(condition: Condition, known: Known) -> Condition:
    if not any("${" in value for value in condition.values):
        return condition
    values = tuple(_text(value, known) or value for value in condition.values)
    return replace(condition, values=values)


def _patterns(texts: tuple[str, ...] | None, known: Known, statement: Statement) -> tuple[str, ...] | None:
    if texts is None or not statement.variables:
        return texts
    return tuple(text for text in (_text(text, known) for text in texts) if text is not None)


def _text(text: str, known: Known) -> str | None:
    """Put known values for variables. None: a variable has no value, so the pattern matches nothing."""
    gone = False

    def value(found: re.Match[str]) -> str:
        nonlocal gone
        key = found[1].lower()
        if found[2] or not is_known(key, known):
            return found[0]
        given = known.get(key)
        gone = gone or given is None
        return re.sub(r"[*?$]", lambda special: _SPECIAL[special[0]], given or "")

    filled = _VARIABLE.sub(value, text)
    return None if gone else filled


@lru_cache(maxsize=20_000)
def keys_of(statement: Statement) -> frozenset[str]:
    """Give the (lower-cased) keys that a statement asks about, in conditions and variables."""
    texts = [*(statement.resources or ()), *(statement.not_resources or ())]
    texts += [value for condition in statement.conditions for value in condition.values]
    variables = {found[1].lower() for text in texts for found in _VARIABLE.finditer(text)}
    return frozenset({condition.name for condition in statement.conditions} | variables)


def context(known: Known, asked: Iterable[str]) -> dict[str, str]:
    """Give the part of what is known that some keys ask about, as a request's context."""
    wanted = {key: known.get(key) for key in sorted(asked)}
    return {SPELLING.get(key, key): value for key, value in wanted.items() if value is not None}


def mentioned(documents: Iterable[Document]) -> frozenset[str]:
    """Give the keys that some documents ask about."""
    return frozenset(key for d in documents for s in d.statements for key in keys_of(s))
