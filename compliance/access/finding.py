"""Find allowed requests inside a set: over the effective permissions of one principal, all layers counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.asking import Check, answer, names_in, shown, witness_of
from compliance.access.documents import Document, Statement
from compliance.access.engine import ACCOUNT
from compliance.access.evaluate import Decision, evaluate
from compliance.access.match import applies
from compliance.access.principals import Caller, Closeness, Kind, caller_of, statement_closeness
from compliance.access.request import Facts, Layers, Request
from compliance.access.search import Candidate, Question, candidates
from compliance.access.stand_ins import delegation_to, everything_for, statements_of
from compliance.access.texts import TooHard
from compliance.access.witness import Maker

_DELEGATED = "resource policies leave it to the account and deny nothing"


def find(layers: Layers, within: Document, principal: str, account: str | None = None) -> Answer:
    """Answer whether any request inside a set is allowed. Proved: none is. Witness: this one is.

    `within` describes the set as a policy does: what it allows is in the set. `account` owns the resources
    (None: the principal's). Where no resource policy is given, resources are taken to leave it to the
    account.
    """
    owner = account or caller_of(principal).account or ACCOUNT
    questions = _questions(layers, within, principal, owner)
    taken = frozenset(name for question in questions for name in names_in(question))
    return answer(
        questions,
        Maker(principal, owner, taken),
        _check(layers, within, principal),
        assumed=_assumptions(layers),
    )


def each(layers: Layers, within: Document, principal: str, account: str | None = None) -> dict[str, Answer]:
    """Answer `find` for each (lower-cased) action that `within` names, for little more than one answer."""
    owner = account or caller_of(principal).account or ACCOUNT
    check = _check(layers, within, principal)
    names = frozenset(name for statement in within.allows for name in actions_of(statement).names)
    maker = Maker(principal, owner, names)
    found: dict[str, Answer] = dict.fromkeys(sorted(names), Proved(_assumptions(layers)))
    for question in _questions(layers, within, principal, owner):
        try:
            for candidate in candidates(question):
                for name in names.intersection(candidate.actions.names):
                    _note(found, name, candidate, maker, check)
        except TooHard as error:
            _doubt(found, str(error))
    return found


def _note(found: dict[str, Answer], name: str, candidate: Candidate, maker: Maker, check: Check) -> None:
    if isinstance(found[name], Witness):
        return
    alone = replace(candidate, actions=replace(candidate.actions, names=(name,)))
    found[name] = witness_of(alone, maker, check) or Unknown(f"a candidate didn't replay: {shown(alone)}")


def _doubt(found: dict[str, Answer], reason: str) -> None:
    for name, so_far in found.items():
        if isinstance(so_far, Proved):
            found[name] = Unknown(reason)


def _check(layers: Layers, within: Document, principal: str) -> Check:
    # Who has no account, such as a service, has nothing that could be left to it.
    given = layers.resource_policy or not caller_of(principal).in_account
    delegated = layers if given else replace(layers, resource_policy=delegation_to(principal))

    def check(request: Request) -> Decision | None:
        decision = evaluate(request, delegated)
        return decision if decision.allowed and _describes(within, request) else None

    return check


def _assumptions(layers: Layers) -> tuple[str, ...]:
    return () if layers.resource_policy else (_DELEGATED,)


def _describes(within: Document, request: Request) -> bool:
    facts = Facts(request)
    return any(applies(s, facts) for s in within.allows) and not any(applies(s, facts) for s in within.denies)


def _questions(layers: Layers, within: Document, principal: str, owner: str) -> list[Question]:
    """Lay the evaluation logic out as questions, one for each way to be granted something."""
    caller = caller_of(principal)
    binding = _binding(layers, caller)
    asked = (within.allows, *(statements_of(level, allows=True) for level in binding.scps))
    asked += (_naming(binding.vpce, caller, allows=True, open_to_all=True),) if binding.vpce else ()
    policy = (binding.resource_policy,) if binding.resource_policy else ()
    bounded = bool(binding.boundaries)
    denies = statements_of(
        (within, *binding.identity, *binding.boundaries, *(binding.session or ()), *chain(*binding.scps)),
        allows=False,
    )
    denies += _naming(chain(*binding.rcps), caller, allows=False)
    denies += _naming(binding.vpce, caller, allows=False, open_to_all=True)
    denies += _naming(policy, caller, allows=False, bounded=bounded)
    return [Question((*asked, *path), denies) for path in _paths(binding, policy, caller, owner)]


def _binding(layers: Layers, caller: Caller) -> Layers:
    """Keep the layers that bind a caller."""
    if not caller.in_account:
        return replace(layers, identity=(), boundaries=(), session=None, scps=())
    return replace(layers, scps=(), rcps=()) if caller.service_linked else layers


def _paths(
    layers: Layers, policy: Sequence[Document], caller: Caller, owner: str
) -> list[tuple[tuple[Statement, ...], ...]]:
    """Give the layers that must allow, for each way: by own policies, by the resource's, by both."""
    by_resource = {close: _naming(policy, caller, allows=True, closest=close) for close in Closeness}
    anyhow = tuple(s for close in Closeness if close for s in by_resource[close])
    if not caller.in_account:
        return [(anyhow,)]
    root = (everything_for("RootUser", "*"),) if caller.kind is Kind.ROOT else ()
    own = (*statements_of(layers.identity, allows=True), *root)
    limits = [statements_of(layers.boundaries, allows=True)] if layers.boundaries else []
    limits += [statements_of(layers.session, allows=True)] if layers.session is not None else []
    if owner != caller.account:
        return [(own, *limits, anyhow) if policy else (own, *limits)]
    return [(own, *limits), (by_resource[Closeness.ITSELF],), (by_resource[Closeness.ENTITY], *limits)]


def _naming(
    documents: Iterable[Document],
    caller: Caller,
    *,
    allows: bool,
    bounded: bool = False,
    open_to_all: bool = False,
    closest: Closeness | None = None,
) -> tuple[Statement, ...]:
    """Keep the statements that name a caller, in the one way asked for or anyhow."""
    named = []
    for statement in statements_of(documents, allows=allows):
        close = statement_closeness(statement, caller, bounded=bounded)
        if open_to_all and statement.principals is None and statement.not_principals is None:
            close = Closeness.ITSELF
        if close is closest or (closest is None and close):
            named.append(statement)
    return tuple(named)
