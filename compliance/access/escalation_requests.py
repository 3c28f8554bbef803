"""Find a request that a principal is allowed, and replay it: one action, one resource or any of some kind.

A concrete request is tried first. Only where the answer hangs on condition keys that the caller can choose,
or on the resource's name, the symbolic search looks for better ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.asking import answer
from compliance.access.documents import Condition, Document, Statement
from compliance.access.escalation_facts import DIRECT, Known, context, keys_of, mentioned, settled
from compliance.access.escalation_resources import Where
from compliance.access.escalation_subject import Granted, Statements, Subject, asking, resettled
from compliance.access.evaluate import Decision, evaluate
from compliance.access.principals import Caller, Closeness, statement_closeness
from compliance.access.request import Layers, Request
from compliance.access.search import Question
from compliance.access.witness import Maker

NEVER = Proved()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: an action and where; `known` are keys of the request, of which `shown` are always told.

    `policy` is the resource's own, of a role its trust policy. `within`: conditions on the request.
    """

    action: str
    where: Where
    account: str
    known: Known
    shown: frozenset[str] = frozenset()
    policy: Document | None = None
    within: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """Sends requests, completed by what every request of the principal carries, through the evaluator."""

    principal: str
    layers: Layers
    carried: Mapping[str, str]

    def completed(self, request: Request) -> Request:
        """Give the request as the principal makes it."""
        return replace(request, principal=self.principal, context={**request.context, **self.carried})

    def __call__(self, request: Request) -> Decision | None:
        """Give the decision if it is to allow."""
        decision = evaluate(self.completed(request), self.layers)
        return decision if decision.allowed else None

    def search(self, questions: Sequence[Question], request: Request) -> Answer:
        """Search for a request that is allowed; `request` gives its action and account."""
        maker = Maker(self.principal, request.resource_account or "", frozenset({request.action.lower()}))
        found = answer(questions, maker, self)
        return replace(found, request=self.completed(found.request)) if isinstance(found, Witness) else found


def ask(subject: Subject, asked: Asked) -> Answer:
    """Answer with a replayed request that the subject may make itself; Proved: there is none.

    Unknown: it wasn't found out, or only a service calling on the subject's behalf may.
    """
    said = subject.granted(asked.action.lower())
    if asked.policy is None and not _possible(said):
        return NEVER
    keys = _keys(said, asked.policy)
    known = {**subject.known, **asked.known}
    found = _ask(subject, asked, said, {**DIRECT, **known}, keys)
    indirect = DIRECT.keys() & keys
    if not isinstance(found, Proved) or not indirect:
        return found
    through = _ask(subject, asked, said, known, keys)
    if isinstance(through, Witness):
        return Unknown(
            f"{asked.action} is only allowed through another service ({', '.join(sorted(indirect))})"
        )
    return through


def _ask(subject: Subject, asked: Asked, said: Granted, known: Known, keys: frozenset[str]) -> Answer:
    policy = settled_policy(asked.policy, known)
    said = resettled(said, known)
    if policy is None and not _possible(said):
        return NEVER
    layers = replace(said.layers, resource_policy=asked.policy)
    replay = Replay(subject.actor.arn, layers, context(known, keys | asked.shown))
    first = Request(subject.actor.arn, asked.action, asked.where.sample, asked.account)
    decision = None if asked.within else replay(first)
    if decision is not None:
        return Witness(decision.request, decision.by)
    if asked.where.concrete and not asked.within and not _is_open(said, policy):
        return NEVER
    return replay.search(_questions(asked, said, policy, subject.caller), first)


def _questions(asked: Asked, said: Granted, policy: Document | None, caller: Caller) -> list[Question]:
    """Say the ways to be allowed, as `evaluate` has them: by the principal's policies, or the resource's."""
    wanted = asking(asked.action, asked.where.patterns, asked.within)
    own, scps = said.own.allows, tuple(scp.allows for scp in said.scps)
    limits = tuple(limit.allows for limit in said.limits)
    beside = asking(asked.action, asked.where.beside) if asked.where.beside else ()
    denies = (*said.denies, *(replace(statement, allows=False) for statement in beside))
    if policy is None:
        return [Question((wanted, own, *limits, *scps), denies)]
    close = {s: statement_closeness(s, caller, bounded=bool(limits)) for s in policy.statements}
    denies += tuple(s for s, how in close.items() if how and not s.allows)

    def naming(closeness: Closeness) -> Statements:
        return tuple(s for s, how in close.items() if s.allows and how is closeness)

    return [
        Question((wanted, naming(Closeness.ITSELF), *scps), denies),
        Question((wanted, naming(Closeness.ENTITY), *limits, *scps), denies),
        Question((wanted, naming(Closeness.ACCOUNT), own, *limits, *scps), denies),
    ]


def _possible(said: Granted) -> bool:
    return all(limit.allows for limit in (said.own, *said.limits, *said.scps))


def _is_open(said: Granted, policy: Document | None) -> bool:
    """Whether what is not known of a request could change the answer."""
    return any(keys_of(statement) for statement in _statements(said, policy))


def _statements(said: Granted, policy: Document | None) -> Iterable[Statement]:
    for limit in (said.own, *said.limits, *said.scps):
        yield from limit.allows
        yield from limit.denies
    yield from said.rcps
    yield from policy.statements if policy else ()


def _keys(said: Granted, policy: Document | None) -> frozenset[str]:
    # What was settled no longer asks: look at the documents as they are.
    layers = said.layers
    levels = (layers.identity, layers.boundaries, layers.session or (), *layers.scps, *layers.rcps)
    documents = [document for level in levels for document in level]
    return mentioned([*documents, policy] if policy else documents)


def settled_policy(policy: Document | None, known: Known) -> Document | None:
    """Settle a resource's policy."""
    if policy is None:
        return None
    kept = (settled(statement, known) for statement in policy.statements)
    return replace(policy, statements=tuple(statement for statement in kept if statement))
