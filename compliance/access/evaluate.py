"""Decide one concrete request, as AWS documents it, and name the statements that decided.

Source: IAM User Guide, "Policy evaluation logic" with its pages on single-account, cross-account and explicit
versus implicit deny; "Permissions boundaries"; "Session policies"; Organizations User Guide, "SCP
evaluation", "RCP evaluation"; KMS Developer Guide, "Key policies".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from compliance.access.documents import Document, Statement
from compliance.access.match import applies, why_not
from compliance.access.principals import Caller, Closeness, Kind, caller_of, statement_closeness
from compliance.access.request import Facts, Layers, Request
from compliance.access.special import ALWAYS_ALLOWED, refusal

_TRUST_ACTIONS = {
    "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:assumeroot",
    "sts:setsourceidentity", "sts:tagsession",
}  # fmt: skip


class Result(StrEnum):
    """The three outcomes that AWS distinguishes."""

    ALLOWED = "Allowed"
    IMPLICITLY_DENIED = "ImplicitlyDenied"
    EXPLICITLY_DENIED = "ExplicitlyDenied"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A statement that applied, and where it stands."""

    layer: str
    statement: Statement
    closeness: Closeness = Closeness.ITSELF

    def __str__(self) -> str:
        return f"{self.layer}, statement {self.statement.label}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, the rulings that made it, and the request and layers it is about."""

    result: Result
    by: tuple[Ruling, ...]
    reason: str
    request: Request
    layers: Layers

    @property
    def allowed(self) -> bool:
        """Whether AWS would let the request through."""
        return self.result is Result.ALLOWED

    @property
    def because(self) -> tuple[str, ...]:
        """Why every other statement did not apply, in words, and first what the outcome hung on."""
        facts, caller = Facts(self.request), caller_of(self.request.principal)
        decided = {id(ruling.statement) for ruling in self.by}
        lines = [self.reason]
        for layer, statement in _all_statements(self.layers):
            if id(statement) not in decided:
                reason = why_not(statement, facts) or _unnamed(layer, statement, caller)
                lines.append(f"{layer}, statement {statement.label}: {reason}")
        return tuple(lines)


def _unnamed(layer: str, statement: Statement, caller: Caller) -> str:
    if layer == "resource policy" and not statement_closeness(statement, caller, bounded=False):
        return f"{caller.text} isn't among its principals"
    return "it applies, but other layers decided"


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one layer says: the Denies and Allows that apply."""

    name: str
    denies: tuple[Ruling, ...]
    allows: tuple[Ruling, ...]


def evaluate(request: Request, layers: Layers) -> Decision:
    """Decide a request. An explicit Deny in a layer that binds the caller wins; then each must allow."""
    facts, caller = Facts(request), caller_of(request.principal)
    if facts.action in ALWAYS_ALLOWED:
        return Decision(Result.ALLOWED, (), "AWS allows this action whatever policies say", request, layers)
    judged = _judge(facts, caller, layers)
    denies = tuple(ruling for layer in judged.every for ruling in layer.denies)
    if denies:
        return Decision(Result.EXPLICITLY_DENIED, denies, "an explicit Deny applies", request, layers)
    refused = refusal(facts.action, facts.resource)
    if refused:
        return Decision(Result.IMPLICITLY_DENIED, (), refused, request, layers)
    for layer in judged.required:
        if not layer.allows:
            return Decision(
                Result.IMPLICITLY_DENIED, (), f"no statement of the {layer.name} allows it", request, layers
            )
    granted, reason = _grants(judged, caller, request, facts)
    result = Result.ALLOWED if granted else Result.IMPLICITLY_DENIED
    return Decision(result, granted, reason, request, layers)


@dataclass(frozen=True, slots=True)
class _Judged:
    identity: _Layer
    boundary: _Layer | None
    session: _Layer | None
    resource: _Layer
    required: tuple[_Layer, ...]
    controls: tuple[_Layer, ...]

    @property
    def every(self) -> Iterator[_Layer]:
        limits = (layer for layer in (self.boundary, self.session) if layer is not None)
        yield from (*self.controls, self.resource, self.identity, *limits)

    def within(self, *limits: _Layer | None) -> bool:
        """Whether each limit that exists allows."""
        return all(limit is None or limit.allows for limit in limits)


def _judge(facts: Facts, caller: Caller, layers: Layers) -> _Judged:
    identity = _of_documents("identity policy", layers.identity if caller.in_account else (), facts)
    limits = layers.boundaries if caller.in_account else ()
    boundary = _of_documents("permissions boundary", limits, facts) if limits else None
    session = None
    if layers.session is not None and caller.in_account:
        session = _of_documents("session policy", layers.session, facts)
    # SCPs bind the principals of member accounts, root included; service-linked roles and services are
    # exempt.
    bound_by_scps = caller.in_account and not caller.service_linked
    scps = [_of_documents(f"SCP level {n}", level, facts) for n, level in enumerate(layers.scps, 1)]
    scps = scps if bound_by_scps else []
    rcps = [_of_resource(f"RCP level {n}", level, facts, caller) for n, level in enumerate(layers.rcps, 1)]
    rcps = [] if caller.service_linked else rcps
    vpce = [_of_resource("VPC endpoint policy", layers.vpce, facts, caller, open_to_all=True)]
    vpce = vpce if layers.vpce else []
    policy = (layers.resource_policy,) if layers.resource_policy else ()
    resource = _of_resource("resource policy", policy, facts, caller, bounded=boundary is not None)
    return _Judged(identity, boundary, session, resource, (*scps, *vpce), (*scps, *rcps, *vpce))


def _of_documents(name: str, documents: Iterable[Document], facts: Facts) -> _Layer:
    rulings = [
        Ruling(_called(name, document), statement)
        for document in documents
        for statement in document.statements
        if applies(statement, facts)
    ]
    return _layer(name, rulings)


def _of_resource(
    name: str,
    documents: Iterable[Document],
    facts: Facts,
    caller: Caller,
    *,
    bounded: bool = False,
    open_to_all: bool = False,
) -> _Layer:
    rulings = []
    for document in documents:
        for statement in document.statements:
            nobody = statement.principals is None and statement.not_principals is None
            close = statement_closeness(statement, caller, bounded=bounded)
            close = Closeness.ITSELF if nobody and open_to_all else close
            if close and applies(statement, facts):
                rulings.append(Ruling(_called(name, document), statement, close))
    return _layer(name, rulings)


def _layer(name: str, rulings: list[Ruling]) -> _Layer:
    denies = tuple(ruling for ruling in rulings if not ruling.statement.allows)
    return _Layer(name, denies, tuple(ruling for ruling in rulings if ruling.statement.allows))


def _called(layer: str, document: Document) -> str:
    return f"{layer} {document.name}" if document.name else layer


def _grants(
    judged: _Judged, caller: Caller, request: Request, facts: Facts
) -> tuple[tuple[Ruling, ...], str]:
    """Give the rulings that grant, or none, and the reason."""
    if not caller.in_account:
        reason = f"the resource policy is all that can allow an {caller.kind.value}"
        return judged.resource.allows, reason
    own = judged.identity.allows or caller.kind is Kind.ROOT
    limited = judged.within(judged.boundary, judged.session)
    if _owner(request, caller) != caller.account:
        if own and limited:
            both = (*judged.identity.allows, *judged.resource.allows) if judged.resource.allows else ()
            return (
                both,
                "across accounts, the principal's own policies and the resource policy must both allow",
            )
        return (), "across accounts, the principal's own policies must allow, too"
    direct = tuple(r for r in judged.resource.allows if r.closeness is Closeness.ITSELF)
    if direct:
        return (
            direct,
            "the resource policy names the caller itself, which needs nothing more in its own account",
        )
    entity = tuple(r for r in judged.resource.allows if r.closeness is Closeness.ENTITY)
    if entity and limited:
        return entity, "the resource policy names the caller's role or user"
    return _own_grants(judged, facts, own=bool(own), limited=limited)


def _own_grants(judged: _Judged, facts: Facts, *, own: bool, limited: bool) -> tuple[tuple[Ruling, ...], str]:
    delegation = judged.resource.allows
    if _needs_delegation(facts) and not delegation:
        return (), "only this resource's policy can allow it, or delegate to the account"
    if not own:
        return (), "no identity policy and no resource policy allows it"
    if not limited:
        return (), "the permissions boundary or the session policy doesn't allow it"
    used = delegation if _needs_delegation(facts) else ()
    return (*judged.identity.allows, *used) or _ROOT_GRANT, "allowed by identity policies"


_ROOT_GRANT = (
    Ruling(
        "account root user",
        Statement(0, "RootUser", True, ("*",), None, ("*",), None, None, None, (), False),  # noqa: FBT003
    ),
)


def _needs_delegation(facts: Facts) -> bool:
    # KMS keys and role trust are the two kinds of resource whose own policy must allow or delegate.
    if facts.action.startswith("kms:"):
        return ":key/" in facts.resource
    return facts.action in _TRUST_ACTIONS and ":role/" in facts.resource


def _owner(request: Request, caller: Caller) -> str | None:
    if request.resource_account:
        return request.resource_account
    _, _, _, _, account, *_ = (*request.resource.split(":"), "", "", "", "", "")
    return account or caller.account


def _all_statements(layers: Layers) -> Iterator[tuple[str, Statement]]:
    levels = [(f"SCP level {n}", level) for n, level in enumerate(layers.scps, 1)]
    levels += [(f"RCP level {n}", level) for n, level in enumerate(layers.rcps, 1)]
    resource = (layers.resource_policy,) if layers.resource_policy else ()
    named = [*levels, ("VPC endpoint policy", layers.vpce), ("resource policy", resource)]
    named += [("identity policy", layers.identity), ("permissions boundary", layers.boundaries)]
    named += [("session policy", layers.session or ())]
    for name, documents in named:
        for document in documents:
            for statement in document.statements:
                yield name, statement
