"""Who from outside may use a resource under its policy: the public, accounts, services, providers.

One run of the engine per class of outsider and statement, so that Deny statements, NotPrincipal, IfExists and
vacuous set operators count as the evaluator counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.asking import answer
from compliance.access.documents import Document, Principal, Statement
from compliance.access.evaluate import Decision, evaluate
from compliance.access.principals import Caller, Closeness, Kind, caller_of, statement_closeness
from compliance.access.request import ANONYMOUS, Layers, Request
from compliance.access.search import Question
from compliance.access.stand_ins import EVERYTHING
from compliance.access.witness import Maker
from compliance.access.zones import (
    Given,
    Mentioned,
    Stranger,
    TrustZone,
    ambiguous_user_ids,
    external_id_absent,
)

_STRANGERS = ("999999999999", "888888888888", "777777777777", "666666666666")
_SHARED_PROVIDERS = re.compile(
    r"(accounts\.google\.com|cognito-identity\.amazonaws\.com|graph\.facebook\.com|www\.amazon\.com"
    r"|.*/(token\.actions\.githubusercontent\.com|gitlab\.com|app\.terraform\.io|agent\.buildkite\.com"
    r"|accounts\.google\.com|graph\.facebook\.com|www\.amazon\.com|vstoken\.actions\.githubusercontent\.com))"
)
# A role reaches these services by iam:PassRole within its account only; they send no source to check.
_PASSED_TO = {
    "ec2.amazonaws.com", "lambda.amazonaws.com", "edgelambda.amazonaws.com", "pods.eks.amazonaws.com",
    "eks.amazonaws.com", "eks-fargate-pods.amazonaws.com", "spotfleet.amazonaws.com",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """One statement's grant to one outsider, with a request that shows it.

    `to` is `anonymous`, `any account`, `account`, `principal`, `service` or `federated`; `who` names it.
    """

    to: str
    who: str
    actions: tuple[str, ...]
    witness: Request
    statement: str


@dataclass(frozen=True, slots=True)
class Exposure:
    """What outsiders may do. Of each question None means that it wasn't found out; `reasons` say why.

    `public`: strangers may do something. `foreign_account`: somebody in an account outside the zone may.
    `confused_deputy`: a service, or a foreign account's role, may be made to act for a stranger.
    """

    public: bool | None
    foreign_account: bool | None
    confused_deputy: bool | None
    grants: tuple[Grant, ...]
    reasons: tuple[str, ...] = ()


def outsiders(policy: Document, owner: str, zone: TrustZone | None = None, kind: str = "") -> Exposure:
    """Tell what outsiders may do under a resource policy that the account `owner` has on a resource.

    `kind` is the resource's: `s3` follows S3's own rule for ARNs with wildcards, `role` is a trust policy.
    """
    return _Inquiry(policy, owner, zone or TrustZone(), kind).exposure()


@dataclass(frozen=True, slots=True)
class _Outsider:
    """A class of outsiders, by one that stands for it."""

    to: str
    who: str
    principal: str
    given: Given


class _Inquiry:
    def __init__(self, policy: Document, owner: str, zone: TrustZone, kind: str) -> None:
        self.policy, self.owner, self.zone, self.kind = policy, owner, zone, kind
        self.mentioned = Mentioned(policy.statements)
        self.trusted = frozenset({owner}) | zone.accounts
        self.account = next(account for account in _STRANGERS if account not in str(policy))
        self.reasons: list[str] = []

    def exposure(self) -> Exposure:
        public, public_grants = self._public()
        named, named_grants = self._any(self._named())
        widened, wide_grants = self._any(self._beyond_the_zone())
        _, service_grants = self._any(self._services())
        federated, federated_grants = self._any(self._federated())
        shared = any(_SHARED_PROVIDERS.fullmatch(grant.who) for grant in federated_grants)
        public = _or(public, shared or (None if federated is None else False))
        grants = (*public_grants, *wide_grants, *named_grants, *service_grants, *federated_grants)
        deputy = _or(self._deputy(service_grants), self._without_external_id(named_grants))
        return Exposure(public, _or(public, named, widened), deputy, grants, tuple(self.reasons))

    def _public(self) -> tuple[bool | None, list[Grant]]:
        found, grants = self._any(self._strangers(frozenset()))
        if "aws:userid" not in self.mentioned.texts or not ambiguous_user_ids(self.mentioned):
            return found, grants
        free, more = self._any(self._strangers(frozenset({"aws:userid"})))
        if free is found:
            return found, more
        self.reasons.append("it isn't documented whether these aws:userid values count as fixed")
        return None, grants

    def _strangers(self, free: frozenset[str]) -> list[_Outsider]:
        stranger = Stranger(self.mentioned, self.trusted, self.zone, self.kind == "s3", free)
        arn = f"arn:aws:iam::{self.account}:role/stranger"
        return [
            _Outsider("anonymous", "anyone", ANONYMOUS, stranger.given(anonymous=True)),
            _Outsider("any account", "any AWS account", arn, stranger.given()),
        ]

    def _beyond_the_zone(self) -> list[_Outsider]:
        """Outsiders by values that a policy fixes but the zone, which lists others of the kind, lacks."""
        unlisted = self._unlisted()
        if not unlisted:
            return []
        stranger = Stranger(self.mentioned, self.trusted, self.zone, self.kind == "s3", unlisted)
        arn = f"arn:aws:iam::{self.account}:role/stranger"
        return [_Outsider("any account", "accounts outside the zone", arn, stranger.given())]

    def _unlisted(self) -> frozenset[str]:
        kinds = {
            "aws:principalorgid": self.zone.orgs,
            "aws:sourcevpc": self.zone.vpcs,
            "aws:sourcevpce": self.zone.vpces,
        }
        return frozenset(
            key for key, listed in kinds.items() if listed and self.mentioned.fixed(key) - listed
        )

    def _named(self) -> Iterator[_Outsider]:
        for entry in self._entries("AWS", "CanonicalUser"):
            caller = caller_of(entry.value)
            if entry.value == "*" or caller.account in self.trusted or entry.value in self.zone.principals:
                continue
            is_account = caller.kind is Kind.ROOT
            arn = f"arn:aws:iam::{caller.account}:role/any" if is_account else entry.value
            yield _Outsider(
                "account" if is_account else "principal", entry.value, arn, self._as_named(caller)
            )

    def _as_named(self, caller: Caller) -> Given:
        """A named caller is of its own account, and of what organization and network it likes."""
        if caller.account is None:
            return ()
        known = Stranger(self.mentioned, self.trusted - {caller.account}, self.zone)
        keys = {"aws:principalaccount", "kms:calleraccount", "aws:principalarn"} & set(self.mentioned.texts)
        return tuple(item for key in sorted(keys) for item in known.named(key, caller))

    def _services(self) -> Iterator[_Outsider]:
        for entry in self._entries("Service"):
            name = "any.amazonaws.com" if entry.value == "*" else entry.value
            yield _Outsider("service", entry.value, name, ())

    def _federated(self) -> Iterator[_Outsider]:
        for entry in self._entries("Federated"):
            stranger = Stranger(self.mentioned, self.trusted, self.zone)
            given = stranger.given() if _SHARED_PROVIDERS.fullmatch(entry.value) else ()
            yield _Outsider("federated", entry.value, entry.value, given)

    def _entries(self, *kinds: str) -> list[Principal]:
        entries = (e for s in self.policy.allows for e in s.principals or () if e.kind in kinds)
        return list(dict.fromkeys(entries))

    def _deputy(self, services: Sequence[Grant]) -> bool | None:
        stranger = Stranger(self.mentioned, self.trusted, self.zone)
        given = tuple(item for key in sorted(self.mentioned.texts) for item in stranger.as_source(key))
        found: bool | None = False
        for name in dict.fromkeys(grant.who for grant in services):
            if name in self.zone.services or (self.kind == "role" and name in _PASSED_TO):
                continue
            principal = "any.amazonaws.com" if name == "*" else name
            found = _or(found, self._any([_Outsider("service", name, principal, given)])[0])
        return found

    def _without_external_id(self, named: Sequence[Grant]) -> bool | None:
        if self.kind != "role":
            return False
        found: bool | None = False
        for outsider in self._named():
            if any(grant.who == outsider.who for grant in named):
                without = (*outsider.given, *external_id_absent(self.mentioned))
                found = _or(found, self._any([replace(outsider, given=without)])[0])
        return found

    def _any(self, found: Sequence[_Outsider] | Iterator[_Outsider]) -> tuple[bool | None, list[Grant]]:
        grants, unknown = [], False
        for outsider in found:
            for statement in self.policy.allows:
                result = self._ask(outsider, statement)
                if isinstance(result, Witness):
                    grants.append(_grant(outsider, statement, result))
                elif isinstance(result, Unknown):
                    unknown = True
                    self.reasons.append(f"{outsider.who}, statement {statement.label}: {result.reason}")
        return (True if grants else None if unknown else False), grants

    def _ask(self, outsider: _Outsider, statement: Statement) -> Answer:
        caller = caller_of(outsider.principal)
        if statement_closeness(statement, caller, bounded=False) is Closeness.NONE:
            return Proved()
        denies = tuple(
            s
            for s in self.policy.denies
            if statement_closeness(s, caller, bounded=False) is not Closeness.NONE
        )
        question = Question(((statement,),), denies, given=outsider.given)

        def check(request: Request) -> Decision | None:
            decision = evaluate(request, Layers((EVERYTHING,), self.policy))
            return decision if decision.allowed else None

        names = frozenset(name for s in (statement, *denies) for name in actions_of(s).names)
        return answer([question], Maker(outsider.principal, self.owner, names), check)


def _grant(outsider: _Outsider, statement: Statement, found: Witness) -> Grant:
    actions = statement.actions or tuple(f"all but {name}" for name in statement.not_actions or ())
    return Grant(outsider.to, outsider.who, actions, found.request, statement.label)


def _or(*answers: bool | None) -> bool | None:
    """Three-valued or: unknown unless something is true or all is false."""
    return True if True in answers else None if None in answers else False
