"""Try methods: every action asked on its target, the answers replayed, and what is left in doubt.

A step is sure when each of its requests was seen to be allowed; it has doubts where something isn't known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.documents import Document, Principal
from compliance.access.escalation_account import Account, Actor
from compliance.access.escalation_facts import Known, of_resource
from compliance.access.escalation_methods import Method, Target
from compliance.access.escalation_requests import Asked, ask
from compliance.access.escalation_resources import Where, expanded, wheres
from compliance.access.escalation_routes import Plan, plans
from compliance.access.escalation_subject import Subject, asking
from compliance.access.escalation_trust import admits
from compliance.access.evaluate import Ruling

_ASSUME, _NEW_TRUST = "sts:AssumeRole", "iam:UpdateAssumeRolePolicy"
# Keys that only these actions have; on any other they are absent (Service Authorization Reference, IAM).
_OWN_KEYS = {
    "iam:passedtoservice": {"iam:passrole"},
    "iam:associatedresourcearn": {"iam:passrole"},
    "iam:policyarn": {"iam:attachuserpolicy", "iam:attachrolepolicy", "iam:attachgrouppolicy"},
    "iam:permissionsboundary": {
        "iam:attachuserpolicy", "iam:attachrolepolicy", "iam:putuserpolicy", "iam:putrolepolicy",
        "iam:deleteuserpermissionsboundary", "iam:deleterolepermissionsboundary",
        "iam:updateassumerolepolicy",
    },
}  # fmt: skip
_SHOWN = frozenset({"iam:passedtoservice", "iam:policyarn"})


@dataclass(frozen=True, slots=True)
class Step:
    """`start` works a method on `targets` (ARNs) and then acts as `end`.

    `witnesses` are the requests that were replayed, one per action and resource it needs, and a service's
    where a role is passed. Empty `doubts`: it surely works, given what the method `assumes`.
    """

    method: Method
    start: Actor
    end: Actor
    targets: tuple[str, ...]
    witnesses: tuple[Witness, ...]
    doubts: tuple[str, ...] = ()

    @property
    def actions(self) -> tuple[str, ...]:
        """The actions of the method."""
        return self.method.actions

    @property
    def statements(self) -> tuple[Ruling, ...]:
        """The statements that allow it, each once."""
        return tuple(dict.fromkeys(r for witness in self.witnesses for r in witness.statements))


class Stepper:
    """Gives the steps of actors in one account; remembers answers that many methods share."""

    def __init__(self, account: Account, methods: Sequence[Method]) -> None:
        self.account, self.methods = account, methods
        self._admits: dict[tuple[str, str], Answer] = {}
        self._asked: dict[tuple[object, ...], Answer] = {}
        self._subjects: dict[tuple[str, str], Subject] = {}

    def subject(self, actor: Actor) -> Subject:
        """Give an actor, prepared."""
        name = (actor.arn, actor.change)
        if name not in self._subjects:
            self._subjects[name] = Subject(actor)
        return self._subjects[name]

    def steps(self, actor: Actor, *, one_per_end: bool) -> Iterator[Step]:
        """Give the steps of an actor, of methods with few actions first.

        `one_per_end`: once an end is surely reached, other ways to it aren't looked for.
        """
        subject, reached = self.subject(actor), set[tuple[str, str]]()
        for method in self.methods:
            if not self._may(subject, method):
                continue
            for choice in plans(method, actor, self.account):
                for plan in choice:
                    name = (plan.end.arn, plan.end.change)
                    step = None if one_per_end and name in reached else self._step(subject, method, plan)
                    if step is not None:
                        yield step
                        if not step.doubts:
                            reached.add(name)
                    if plan.ends and (name in reached if one_per_end else step and not step.doubts):
                        break

    def _may(self, subject: Subject, method: Method) -> bool:
        # A trust policy can let a role be assumed by those whose own policies say nothing of it.
        return all(
            subject.may(action.lower()) or (action == _ASSUME and not subject.is_barred(_ASSUME.lower()))
            for pattern in method.actions
            for action in expanded(pattern)
        )

    def _step(self, subject: Subject, method: Method, plan: Plan) -> Step | None:
        admitted = [self._admitted(plan.end, plan.services)] if plan.services else []
        if any(isinstance(found, Proved) for found in admitted):
            return None
        asks = tuple(self._asks(subject, method, plan))
        asked_on = {asked.where.patterns[0] for asked in asks}
        # A workload may be used by an action on something else: a launch configuration by a new group.
        if method.target is not Target.WORKLOAD and not {*plan.targets} <= asked_on:
            return None
        # What hangs on no target is the same for all plans, so it is remembered and asked first.
        for asked in sorted(asks, key=lambda asked: asked.where.concrete):
            if isinstance(self._answer(subject, asked), Proved):
                return None
        answers = [*(self._answer(subject, asked) for asked in asks), *admitted]
        witnesses = tuple(found for found in answers if isinstance(found, Witness))
        reasons = tuple(found.reason for found in answers if isinstance(found, Unknown))
        return Step(method, subject.actor, plan.end, plan.targets, witnesses, plan.doubts + reasons)

    def _admitted(self, role: Actor, services: Sequence[str]) -> Answer:
        best: Answer = Proved()
        for service in services:
            name = (role.arn, service)
            if name not in self._admits:
                self._admits[name] = admits(role, service)
            if isinstance(self._admits[name], Witness):
                return self._admits[name]
            best = best if isinstance(best, Unknown) else self._admits[name]
        return best

    def _answer(self, subject: Subject, asked: Asked) -> Answer:
        policy = asked.policy.statements if asked.policy else None
        known = tuple(sorted(asked.known.items(), key=lambda item: item[0]))
        name = (subject, asked.action, asked.where, known, asked.within, policy)
        if name not in self._asked:
            self._asked[name] = ask(subject, asked)
        return self._asked[name]

    def _asks(self, subject: Subject, method: Method, plan: Plan) -> Iterator[Asked]:
        partition, account = subject.actor.arn.split(":")[1], subject.actor.account
        for action in (action for pattern in method.actions for action in expanded(pattern)):
            for where in wheres(action, plan.targets, account, partition):
                policy = self._trust(method, plan) if action == _ASSUME else None
                within = plan.within if action.lower() in _OWN_KEYS["iam:policyarn"] else ()
                known = self._known(action.lower(), where, plan, account)
                yield Asked(action, where, account, known, _SHOWN, policy, within)
        if _NEW_TRUST in method.actions and _ASSUME not in method.actions:
            yield self._assumed(subject, plan)

    def _trust(self, method: Method, plan: Plan) -> Document | None:
        if _NEW_TRUST in method.actions or plan.trust_of is None:
            return _trusting(plan.end.account)
        return plan.trust_of.trust or Document("2012-10-17", ())

    def _assumed(self, subject: Subject, plan: Plan) -> Asked:
        """Ask what must follow once a trust policy is rewritten, whether or not a source lists it."""
        where = Where(plan.targets[:1], concrete=True)
        known = self._known(_ASSUME.lower(), where, plan, plan.end.account)
        return Asked(_ASSUME, where, plan.end.account, known, policy=_trusting(subject.actor.arn))

    def _known(self, action: str, where: Where, plan: Plan, account: str) -> Known:
        known: dict[str, str | None] = {
            key: None for key, having in _OWN_KEYS.items() if action not in having
        }
        given = {key: value for key, value in plan.known.items() if action in _OWN_KEYS[key]}
        if not where.concrete or where.patterns[0] not in plan.targets:
            return {**known, **given}
        target = where.patterns[0]
        known |= of_resource(self._tags.get(target), account) | given
        actor = self.account.by_arn.get(target)
        if actor is not None and "iam:permissionsboundary" not in known and actor.boundary != "":
            known["iam:permissionsboundary"] = actor.boundary
        return known

    @cached_property
    def _tags(self) -> dict[str, dict[str, str]]:
        workloads = (item for kind in self.account.workloads.values() for item in kind)
        tags = [(item.arn, item.tags) for item in workloads]
        tags += [(actor.arn, actor.tags) for actor in self.account.actors]
        return {arn: dict(given) for arn, given in tags if given is not None}


def _trusting(principal: str) -> Document:
    """Give the trust policy that an attacker writes: it names itself, or its account."""
    statement = replace(asking(_ASSUME, ("*",))[0], principals=(Principal("AWS", principal),))
    return Document("2012-10-17", (statement,), "rewritten by the attacker")
