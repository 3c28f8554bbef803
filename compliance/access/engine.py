"""Proofs over policies: what can't be allowed, what is within what, what is newly allowed.

Every "there is one" is a request that the evaluator has seen; every "there is none" is the symbolic search's,
which only ever errs to the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.conditions import read_operator
from compliance.access.documents import Document, Principal, Statement
from compliance.access.evaluate import Decision, evaluate
from compliance.access.match import applies
from compliance.access.principals import Closeness, caller_of, statement_closeness
from compliance.access.request import Facts, Layers, Request
from compliance.access.search import Candidate, Question, candidates
from compliance.access.special import ALWAYS_ALLOWED
from compliance.access.texts import TooHard
from compliance.access.witness import Maker

ACCOUNT = "111122223333"
MAX_CANDIDATES, MAX_FUTURE = 200, 5
_KEYS = "condition keys are taken as independent of each other"
_SPECIAL = f"{', '.join(sorted(ALWAYS_ALLOWED))} is allowed to everyone and left out"
_DELEGATED = "resource policies leave it to the account and deny nothing"

Check = Callable[[Request], Decision | None]


def included(p: Sequence[Document], q: Sequence[Document], account: str = ACCOUNT) -> Answer:
    """Answer whether the identity policies `p` allow nothing that the identity policies `q` don't.

    Proved: nothing. Witness: a request that `p` allows and `q` doesn't.
    """
    allows, denies, beyond = _without_common(p, q)
    question = Question((allows,), denies, beyond)
    principal = f"arn:aws:iam::{account}:role/example"
    doubt = _undocumented(beyond[1])

    def check(request: Request) -> Decision | None:
        return _differs(request, tuple(p), tuple(q), account)

    return answer([question], Maker(principal, account, _names(question)), check, doubt)


def new_access(old: Sequence[Document], new: Sequence[Document], account: str = ACCOUNT) -> Answer:
    """Answer whether the policies `new` allow nothing more than the policies `old` did."""
    return included(new, old, account)


def find(layers: Layers, within: Document, principal: str, account: str | None = None) -> Answer:
    """Answer whether any request inside a set is allowed. Proved: none is. Witness: this one is.

    `within` describes the set as a policy does: what it allows is in the set. `account` owns the resources
    (None: the principal's). Where no resource policy is given, resources are taken to leave it to the
    account.
    """
    owner = account or caller_of(principal).account or ACCOUNT
    questions = _questions(layers, within, principal)
    taken = frozenset(name for question in questions for name in _names(question))
    return answer(questions, Maker(principal, owner, taken), _check(layers, within, principal), layers=layers)


def each(layers: Layers, within: Document, principal: str, account: str | None = None) -> dict[str, Answer]:
    """Answer `find` for each (lower-cased) action that `within` names, at little more than the price of one."""
    owner = account or caller_of(principal).account or ACCOUNT
    check = _check(layers, within, principal)
    names = frozenset(name for statement in within.allows for name in actions_of(statement).names)
    maker = Maker(principal, owner, names)
    found: dict[str, Answer] = dict.fromkeys(sorted(names), Proved(_assumptions(layers)))
    for question in _questions(layers, within, principal):
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
    found[name] = _witness(alone, maker, check) or Unknown(f"a candidate didn't replay: {_shown(alone)}")


def _doubt(found: dict[str, Answer], reason: str) -> None:
    for name, answer in found.items():
        if isinstance(answer, Proved):
            found[name] = Unknown(reason)


def _check(layers: Layers, within: Document, principal: str) -> Check:
    delegated = layers if layers.resource_policy else replace(layers, resource_policy=_delegation(principal))

    def check(request: Request) -> Decision | None:
        decision = evaluate(request, delegated)
        return decision if decision.allowed and _describes(within, request) else None

    return check


def _assumptions(layers: Layers | None) -> tuple[str, ...]:
    unknown = layers is not None and layers.resource_policy is None
    return (_KEYS, _SPECIAL, *((_DELEGATED,) if unknown else ()))


def _describes(within: Document, request: Request) -> bool:
    facts = Facts(request)
    return any(applies(s, facts) for s in within.allows) and not any(applies(s, facts) for s in within.denies)


def _questions(layers: Layers, within: Document, principal: str) -> list[Question]:
    caller = caller_of(principal)
    linked = caller.service_linked or not caller.in_account
    scps = () if linked else layers.scps
    controls = [_statements(level, allows=True) for level in scps]
    controls += [_statements(layers.vpce, allows=True)] if layers.vpce else []
    limits = [_statements(layers.boundaries, allows=True)] if layers.boundaries else []
    limits += [_statements(layers.session, allows=True)] if layers.session is not None else []
    policy = (layers.resource_policy,) if layers.resource_policy else ()
    bounded = bool(layers.boundaries)
    named = {
        statement: statement_closeness(statement, caller, bounded=bounded)
        for document in policy
        for statement in document.statements
    }
    rcps = () if caller.service_linked else layers.rcps
    denies = [s for level in (*scps, *rcps) for s in _statements(level, allows=False)]
    for documents in (layers.identity, layers.boundaries, layers.session or (), layers.vpce, (within,)):
        denies += _statements(documents, allows=False)
    denies += [statement for statement, close in named.items() if close and not statement.allows]
    granting = [s for s, close in named.items() if s.allows and close > Closeness.ACCOUNT]
    asked = within.allows
    own = _statements(layers.identity, allows=True)
    paths = [(own, *limits)] if caller.in_account else []
    paths += [(tuple(granting),)] if granting else []
    return [Question((asked, *path, *controls), tuple(denies)) for path in paths]


def _statements(documents: Iterable[Document], *, allows: bool) -> tuple[Statement, ...]:
    return tuple(s for document in documents for s in document.statements if s.allows is allows)


def answer(
    questions: Sequence[Question],
    maker: Maker,
    check: Check,
    doubt: str | None = None,
    layers: Layers | None = None,
) -> Answer:
    """Answer some questions together: a witness, of known actions before future ones; else proof or doubt."""
    later: list[Witness] = []
    reason = None
    for question in questions:
        try:
            for candidate in islice(candidates(question), MAX_CANDIDATES):
                found = _witness(candidate, maker, check)
                if found is None:
                    reason = reason or f"a candidate didn't replay: {_shown(candidate)}"
                elif not found.future_action:
                    return found
                else:
                    later.append(found)
                    if len(later) >= MAX_FUTURE:
                        break
        except TooHard as error:
            reason = reason or str(error)
        except RecursionError:
            reason = reason or "the statements are too many to cut one after the other"
    if later:
        return later[0]
    reason = reason or doubt
    return Unknown(reason) if reason else Proved(_assumptions(layers))


def _witness(candidate: Candidate, maker: Maker, check: Check) -> Witness | None:
    for request, future in maker.requests(candidate):
        decision = check(request)
        if decision is not None:
            return Witness(request, decision.by, future)
    return None


def _shown(candidate: Candidate) -> str:
    return f"{sorted(candidate.actions.names)[:3]} {candidate.box.asked}"


def _names(question: Question) -> frozenset[str]:
    allows, denies = question.beyond or ((), ())
    statements = [s for layer in question.layers for s in layer] + [*question.denies, *allows, *denies]
    return frozenset(name for statement in statements for name in actions_of(statement).names)


def _differs(
    request: Request, p: tuple[Document, ...], q: tuple[Document, ...], account: str
) -> Decision | None:
    """Give p's decision if it allows what q doesn't, whether the resource has a policy of its own or not."""
    for policy in (None, _delegation(account)):
        mine = evaluate(request, Layers(p, policy))
        if mine.allowed and not evaluate(request, Layers(q, policy)).allowed:
            return mine
    return None


def _delegation(principal: str) -> Document:
    """Give a resource policy that leaves it to the caller's account, as a key or a role must say."""
    account = caller_of(principal).account or principal
    return Document("2012-10-17", (_everything("Delegation", account),), "delegating to the account")


def _everything(sid: str, principal: str) -> Statement:
    """Give the statement that allows a principal everything."""
    named = (Principal("AWS", principal),)
    return Statement(0, sid, True, ("*",), None, ("*",), None, named, None, (), False)  # noqa: FBT003


EVERYTHING = Document("2012-10-17", (_everything("Everything", "*"),))


def _without_common(
    p: Sequence[Document], q: Sequence[Document]
) -> tuple[tuple[Statement, ...], tuple[Statement, ...], tuple[tuple[Statement, ...], tuple[Statement, ...]]]:
    """Drop p's Allows that q has, too, when q denies nothing that p doesn't: they can't differ."""
    mine, theirs = _statements(p, allows=True), _statements(q, allows=True)
    denied, denying = _statements(p, allows=False), _statements(q, allows=False)
    if {_content(s) for s in denying} <= {_content(s) for s in denied}:
        known = {_content(s) for s in theirs}
        mine = tuple(s for s in mine if _content(s) not in known)
        denying = ()
    return mine, denied, (theirs, denying)


def _content(statement: Statement) -> Statement:
    return replace(statement, index=0, sid=None)


def _undocumented(denies: Iterable[Statement]) -> str | None:
    for statement in denies:
        for condition in statement.conditions:
            if not read_operator(condition.operator).known:
                return f"{condition.operator} is no documented operator, and a Deny hangs on it"
    return None
