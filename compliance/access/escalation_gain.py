"""Does one principal reach more than another has? All layers of both are counted.

What a principal may do is what boundary, session and SCPs leave of its policies. A request is new when the
one is allowed it and the other, making the same request under its own name, isn't.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from weakref import WeakKeyDictionary

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.asking import answer
from compliance.access.documents import Document, Principal, Statement
from compliance.access.escalation_facts import TAGS, context
from compliance.access.escalation_resources import wheres
from compliance.access.escalation_subject import EVERYTHING, Limit, Subject, tags_unknown
from compliance.access.evaluate import Decision, evaluate
from compliance.access.request import Layers, Request
from compliance.access.search import Question
from compliance.access.witness import Maker

MAX_GUESSES = 8


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two, as the same request meets it."""

    subject: Subject

    def decide(self, request: Request, policy: Document | None) -> Decision:
        return evaluate(self.own(request), replace(self.subject.layers, resource_policy=policy))

    def own(self, request: Request) -> Request:
        """Give the request as this principal makes it."""
        given = request.context.items()
        free = {key: value for key, value in given if not self._is_about_principal(key.lower())}
        carried = free | context(self.subject.known, self.subject.keys)
        return replace(request, principal=self.subject.actor.arn, context=carried)

    def _is_about_principal(self, key: str) -> bool:
        return key in self.subject.known or key.startswith("aws:principal" + TAGS)


class Gains:
    """Compares principals, and remembers."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], Answer] = {}
        self._numbers: dict[tuple[Limit, ...], int] = {}
        self._number_of: WeakKeyDictionary[Subject, int] = WeakKeyDictionary()
        self._has_everything: dict[int, bool] = {}

    def more(self, end: Subject, start: Subject) -> Answer:
        """Answer with a request that `end` is allowed and `start` isn't. Proved: there is none."""
        pair = (self._number(end), self._number(start))
        if pair[0] == pair[1]:
            return Proved()
        if pair not in self._found:
            self._found[pair] = _more(end, start)
        return self._found[pair]

    def has_everything(self, subject: Subject) -> bool:
        """Whether a principal surely may do all that its account's SCPs leave."""
        number = self._number(subject)
        if number not in self._has_everything:
            self._has_everything[number] = _has_everything(subject)
        return self._has_everything[number]

    def _number(self, subject: Subject) -> int:
        if subject not in self._number_of:
            self._number_of[subject] = self._numbers.setdefault(subject.profile, len(self._numbers))
        return self._number_of[subject]


def _has_everything(subject: Subject) -> bool:
    said = subject.whole
    if all(limit.is_open for limit in (said.own, *said.limits)):
        return True
    full = Layers((EVERYTHING,), scps=subject.layers.scps, rcps=subject.layers.rcps)
    return isinstance(_more(Subject(replace(subject.actor, layers=full)), subject), Proved)


def _more(end: Subject, start: Subject) -> Answer:
    mine, theirs = _Side(end), _Side(start)

    def check(request: Request) -> Decision | None:
        # A KMS key's policy must delegate to the account; other resources' policies may say nothing.
        for policy in (None, _delegation(end.actor.account)):
            decision = mine.decide(request, policy)
            if decision.allowed and not theirs.decide(request, policy).allowed:
                return decision
        return None

    for guess in islice(_guesses(end), MAX_GUESSES):
        decision = check(guess)
        if decision is not None:
            return Witness(decision.request, decision.by)
    questions = list(_questions(end, start))
    names = (actions_of(s).names for q in questions for s in _statements(q))
    maker = Maker(end.actor.arn, end.actor.account, frozenset(chain.from_iterable(names)))
    found = answer(questions, maker, check)
    if isinstance(found, Witness):
        return replace(found, request=mine.own(found.request))
    unsure = isinstance(found, Proved) and (tags_unknown(end) or tags_unknown(start))
    return Unknown(f"what {unsure} is for {end.actor.label} isn't known") if unsure else found


def _questions(end: Subject, start: Subject) -> Iterator[Question]:
    """Ask what `end` is allowed and a layer of `start` doesn't let through, layer by layer."""
    layers = tuple(limit.allows for limit in end.profile)
    denies = end.whole.denies
    for limit in start.profile:
        if not limit.is_open and limit not in end.profile:
            yield Question(layers, denies, (limit.allows, limit.denies))


def _guesses(end: Subject) -> Iterator[Request]:
    """Give requests that `end` may well be allowed; a replay is far cheaper than a search."""
    partition, account = end.actor.arn.split(":")[1], end.actor.account
    for statement in end.whole.own.allows:
        for action in statement.actions or ():
            name = "iam:CreateUser" if action == "*" else action
            text = (statement.resources or ("*",))[0]
            if "*" not in name and "?" not in name and "$" not in text:
                samples = wheres(name, (), account, partition)[:1]
                resource = samples[0].sample if text == "*" else text.replace("*", "x").replace("?", "x")
                yield Request(end.actor.arn, name, resource, account)


def _statements(question: Question) -> Iterator[Statement]:
    allows, denies = question.beyond or ((), ())
    return chain(*question.layers, question.denies, allows, denies)


def _delegation(account: str) -> Document:
    statement = replace(EVERYTHING.statements[0], principals=(Principal("AWS", account),))
    return Document("2012-10-17", (statement,), "delegating to the account")
