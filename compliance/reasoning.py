"""Asking the access engine about what an inventory holds: witnesses in words, open questions as Undecided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from compliance.access import (
    Document,
    Exposure,
    Grant,
    Layers,
    Proved,
    Statement,
    TrustZone,
    Unknown,
    Witness,
    find,
    included,
    outsiders,
    parse,
)
from compliance.access.answers import Answer
from compliance.access.explain import request_line
from compliance.models import Principal
from compliance.policy import Policy
from compliance.verdict import Undecided, Violation

Conditions = Mapping[str, Mapping[str, Any]]


def requests(
    actions: Sequence[str], resources: Sequence[str], conditions: Conditions | None = None
) -> Document:
    """The set of requests for these actions on these resources, as the engine wants it."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": [*actions], "Resource": [*resources]}
    if conditions:
        statement["Condition"] = conditions
    return parse({"Version": "2012-10-17", "Statement": [statement]}, "question")


def allowed(layers: Layers, within: Document, principal: str, account: str) -> Witness | None:
    """A request of the set that the layers allow; None is a proof that there is none. Raises Undecided."""
    return _decided(find(layers, within, principal, account))


def beyond(layers: Layers, reference: Sequence[Document], principal: str, account: str) -> Witness | None:
    """A request that the layers allow and the reference does not; None is a proof. Raises Undecided.

    What a boundary keeps out is no access, so it need not lie within the reference.
    """
    if not layers.boundaries:
        return _decided(included(layers.identity, reference, account))
    granted = [statement for document in reference for statement in document.allows]
    denied = [statement for document in reference for statement in document.denies]
    outside = [replace(_EVERYTHING, statements=(*_EVERYTHING.statements, *_flipped(granted, allows=False)))]
    outside += [replace(_EVERYTHING, statements=_flipped(denied, allows=True))] if denied else []
    answers = (_decided(find(layers, within, principal, account)) for within in outside)
    return next((witness for witness in answers if witness), None)


def _flipped(statements: Sequence[Statement], *, allows: bool) -> tuple[Statement, ...]:
    return tuple(replace(statement, allows=allows) for statement in statements)


def exposure_of(document: str, owner: str, policy: Policy, kind: str = "") -> Exposure:
    """Who from outside a resource policy or trust policy lets in, by the policy file's zone of trust."""
    trust = policy.trust
    zone = TrustZone(
        *(frozenset(each) for each in (trust.accounts, trust.orgs, trust.vpcs, trust.vpces, trust.cidrs))
    )
    return outsiders(parse(document), owner, zone, kind)


def public_violation(exposure: Exposure) -> Violation | None:
    """What is wrong if strangers get in. Raises Undecided: it wasn't found out."""
    if exposure.public is None:
        raise Undecided("; ".join(exposure.reasons) or "whether it is public")
    if not exposure.public:
        return None
    grants = [grant for grant in exposure.grants if grant.to in {"anonymous", "any account", "federated"}]
    return Violation("it is open to the public", "nothing for strangers", shown_grant(grants[0]))


def shown(witness: Witness) -> str:
    """The witness in one line: who may do what, by which statement."""
    return f"{request_line(witness.request)}, by {', '.join(map(str, witness.statements))}"


def shown_grant(grant: Grant) -> str:
    """The grant in one line."""
    return f"{request_line(grant.witness)}, by statement {grant.statement}"


def caller_of(principal: Principal) -> str:
    """The ARN that asks for a principal. Nobody signs in as a group; its members do."""
    return principal.arn.replace(":group/", ":user/") if principal.kind == "Group" else principal.arn


_EVERYTHING = requests(["*"], ["*"])


def _decided(answer: Answer) -> Witness | None:
    if isinstance(answer, Unknown):
        raise Undecided(answer.reason)
    return None if isinstance(answer, Proved) else answer


__all__ = [
    "allowed", "beyond", "caller_of", "exposure_of", "public_violation", "requests", "shown",
    "shown_grant",
]  # fmt: skip
