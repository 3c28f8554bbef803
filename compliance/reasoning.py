"""Asking the access engine about what an inventory holds: witnesses in words, open questions as Undecided."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from compliance.access import (
    Document,
    Exposure,
    Grant,
    Layers,
    Proved,
    Ruling,
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
from compliance.models import Principal, Resource
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
        found = _decided(included(layers.identity, reference, account))
        return found and replace(found, request=replace(found.request, principal=principal))
    # Whoever may do nothing is within any reference, unless it denies by something that nobody can tell.
    _decided(included((), reference, account))
    granted = [statement for document in reference for statement in document.allows]
    denied = [statement for document in reference for statement in document.denies]
    outside = [replace(_EVERYTHING, statements=(*_EVERYTHING.statements, *_flipped(granted, allows=False)))]
    outside += [replace(_EVERYTHING, statements=_flipped(denied, allows=True))] if denied else []
    answers = (_decided(find(layers, within, principal, account)) for within in outside)
    return next((witness for witness in answers if witness), None)


def _flipped(statements: Sequence[Statement], *, allows: bool) -> tuple[Statement, ...]:
    return tuple(replace(statement, allows=allows) for statement in statements)


def exposure_of(text: str, resource: Resource, policy: Policy, kind: str = "") -> Exposure:
    """Who from outside is let in by a resource's policy or a role's trust; the policy file has the zone."""
    return outsiders(hung_on(resource, text), resource.address.account, _zone(policy), kind)


def deputies_of(text: str, resource: Resource, policy: Policy, kind: str = "") -> Iterator[Grant]:
    """What a stranger can make others do: a service that acts for whoever asks it, a third party's role."""
    document = hung_on(resource, text)
    for statement in document.allows:
        for entry in statement.principals or ():
            alone = replace(document, statements=(*document.denies, replace(statement, principals=(entry,))))
            exposure = outsiders(alone, resource.address.account, _zone(policy), kind)
            if exposure.confused_deputy:
                yield exposure.grants[0]


def hung_on(resource: Resource, text: str) -> Document:
    """The resource's policy. What it says of every resource, or of none, it says of the one it hangs on."""
    document = parse(text)
    this = (resource.arn, f"{resource.arn}/*") if resource.kind == "Bucket" else (resource.arn,)
    about = (
        replace(each, resources=this)
        if each.not_resources is None and each.resources in {None, ("*",)}
        else each
        for each in document.statements
    )
    return replace(document, statements=tuple(about))


def strangers_in(exposure: Exposure) -> Iterator[Grant]:
    """What strangers may do, once for each statement; nothing if that was not found out."""
    anybody = [each for each in exposure.grants if each.who in {"anyone", "any AWS account"}]
    grants = anybody or [each for each in exposure.grants if each.to == "federated"]
    if exposure.public:
        yield from {each.statement: each for each in reversed(grants)}.values()


def outside_accounts(exposure: Exposure) -> Iterator[Grant]:
    """What other accounts, or those in them, may do by name."""
    for grant in exposure.grants:
        if grant.to in {"account", "principal"} or grant.who == "accounts outside the zone":
            yield grant


def refuse_doubts(exposure: Exposure) -> None:
    """Raise Undecided if any question about the exposure stayed open."""
    if exposure.reasons:
        raise Undecided("; ".join(exposure.reasons))


def public_violations(exposure: Exposure) -> Iterator[Violation]:
    """What is wrong if strangers get in. Raises Undecided: it wasn't found out."""
    for grant in strangers_in(exposure):
        yield Violation("it is open to the public", "nothing that strangers may do", shown_grant(grant))
    if exposure.public is None:
        refuse_doubts(exposure)


def shown(witness: Witness) -> str:
    """The witness in one line: who may do what, by which statement."""
    return f"{request_line(witness.request)}, by {where_of(witness.statements[0])}"


def shown_grant(grant: Grant) -> str:
    """The grant in one line."""
    return f"{request_line(grant.witness)}, by {_named(grant.statement)}"


def where_of(ruling: Ruling) -> str:
    """Where a statement stands, in words."""
    return f"{ruling.layer}, {_named(ruling.statement.label)}"


def _named(label: str) -> str:
    return label if label.startswith("Statement[") else f"statement {label}"


def caller_of(principal: Principal) -> str:
    """The ARN that asks for a principal. Nobody signs in as a group; its members do."""
    return principal.arn.replace(":group/", ":user/") if principal.kind == "Group" else principal.arn


def _zone(policy: Policy) -> TrustZone:
    trust = policy.trust
    listed = (trust.accounts, trust.orgs, trust.vpcs, trust.vpces, trust.cidrs)
    return TrustZone(*(frozenset(each) for each in listed))


_EVERYTHING = requests(["*"], ["*"])


def _decided(answer: Answer) -> Witness | None:
    if isinstance(answer, Unknown):
        raise Undecided(answer.reason)
    return None if isinstance(answer, Proved) else answer


__all__ = [
    "allowed", "beyond", "caller_of", "deputies_of", "exposure_of", "hung_on", "outside_accounts",
    "public_violations", "refuse_doubts", "requests", "shown", "shown_grant", "strangers_in", "where_of",
]  # fmt: skip
