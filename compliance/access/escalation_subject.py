"""A principal prepared for many questions: its layers settled by what is known of it, statements by action.

Source: IAM User Guide, "Policy evaluation logic"; Organizations User Guide, "SCP evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from compliance.access.actions import actions_of
from compliance.access.boxes import region_of
from compliance.access.documents import Condition, Document, Statement
from compliance.access.escalation_account import Actor
from compliance.access.escalation_facts import Known, mentioned, of_actor, settled
from compliance.access.principals import caller_of, statement_closeness
from compliance.access.request import Layers

Statements = tuple[Statement, ...]


def asking(action: str, resources: tuple[str, ...], conditions: tuple[Condition, ...] = ()) -> Statements:
    """Say a set of requests as a statement that allows them."""
    return (
        Statement(
            index=0, sid=None, allows=True, actions=(action,), not_actions=None, resources=resources,
            not_resources=None, principals=None, not_principals=None, conditions=conditions, variables=False,
        ),
    )  # fmt: skip


EVERYTHING = Document("2012-10-17", asking("*", ("*",)), "any policy")


@dataclass(frozen=True, slots=True)
class Limit:
    """One layer: a request must be allowed here, too, and not denied."""

    allows: Statements
    denies: Statements

    @property
    def is_open(self) -> bool:
        """Whether it surely lets everything through; a quick test."""
        wide = any(s.actions and "*" in s.actions and region_of(s).takes_everything for s in self.allows)
        return wide and not self.denies


@dataclass(frozen=True, slots=True)
class Granted:
    """The layers as an action sees them: the settled statements, and the documents cut to these."""

    own: Limit
    limits: tuple[Limit, ...]
    scps: tuple[Limit, ...]
    rcps: Statements
    layers: Layers

    @property
    def denies(self) -> Statements:
        """Every Deny there is."""
        every = (self.own, *self.limits, *self.scps)
        return tuple(s for limit in every for s in limit.denies) + self.rcps


class Subject:
    """An actor, asked many times."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        # An attacker needn't come through a VPC endpoint, so its policy keeps nobody out.
        self.layers = replace(actor.layers, vpce=())
        self.known: Known = of_actor(actor)
        self.caller = caller_of(actor.arn)
        self._by_action: dict[str, Granted] = {}
        self._may: dict[str, bool] = {}

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that any of the layers asks about."""
        layers = self.layers
        levels = (layers.identity, layers.boundaries, layers.session or (), *layers.scps, *layers.rcps)
        return frozenset().union(*(mentioned(level) for level in levels))

    @cached_property
    def whole(self) -> Granted:
        """All layers, settled for this principal."""
        return granted(self, self.layers, self.known)

    @cached_property
    def profile(self) -> tuple[Limit, ...]:
        """All that limits this principal; two with the same profile may do the same."""
        said = self.whole
        return (said.own, *said.limits, *said.scps, Limit(EVERYTHING.statements, said.rcps))

    def may(self, action: str) -> bool:
        """Whether a (lower-cased) action can be allowed at all; a quick test that never misses one."""
        if action not in self._may:
            whole = self.whole
            every = (whole.own, *whole.limits, *whole.scps)
            allowed = all(any(actions_of(s).has(action) for s in limit.allows) for limit in every)
            self._may[action] = allowed and not self.is_barred(action)
        return self._may[action]

    def is_barred(self, action: str) -> bool:
        """Whether some Deny takes every request of a (lower-cased) action."""
        return any(region_of(s).takes_everything and actions_of(s).has(action) for s in self.whole.denies)

    def granted(self, action: str) -> Granted:
        """Give what the layers say of a (lower-cased) action, settled by what is known of the principal."""
        if action not in self._by_action:
            self._by_action[action] = granted(self, _cut(self.layers, action), self.known)
        return self._by_action[action]


def granted(subject: Subject, layers: Layers, known: Known) -> Granted:
    """Settle some layers of a subject by what is known."""
    limits = [_limit(layers.boundaries, known)] if layers.boundaries else []
    limits += [_limit(layers.session, known)] if layers.session is not None else []
    scps = [_limit(level, known) for level in layers.scps]
    bounded = bool(layers.boundaries)
    rcps = (s for level in layers.rcps for d in level for s in d.denies)
    named = tuple(s for s in rcps if statement_closeness(s, subject.caller, bounded=bounded))
    return Granted(_limit(layers.identity, known), tuple(limits), tuple(scps), _settled(named, known), layers)


def resettled(given: Granted, known: Known) -> Granted:
    """Settle once more, by what is known of one request."""

    def again(limit: Limit) -> Limit:
        return Limit(_settled(limit.allows, known), _settled(limit.denies, known))

    limits, scps = tuple(map(again, given.limits)), tuple(map(again, given.scps))
    return Granted(again(given.own), limits, scps, _settled(given.rcps, known), given.layers)


def _limit(documents: Iterable[Document], known: Known) -> Limit:
    kept = _settled((s for d in documents for s in d.statements), known)
    return Limit(tuple(s for s in kept if s.allows), tuple(s for s in kept if not s.allows))


def _settled(statements: Iterable[Statement], known: Known) -> Statements:
    return tuple(kept for kept in (settled(statement, known) for statement in statements) if kept)


def _cut(layers: Layers, action: str) -> Layers:
    def cut(documents: tuple[Document, ...]) -> tuple[Document, ...]:
        return tuple(_about(documents, action))

    return Layers(
        cut(layers.identity),
        boundaries=cut(layers.boundaries) or layers.boundaries[:1],
        session=None if layers.session is None else cut(layers.session),
        scps=tuple(map(cut, layers.scps)),
        rcps=tuple(map(cut, layers.rcps)),
    )


def _about(documents: Iterable[Document], action: str) -> Iterator[Document]:
    for document in documents:
        kept = tuple(s for s in document.statements if actions_of(s).has(action))
        if kept:
            yield replace(document, statements=kept)


def tags_unknown(subject: Subject) -> str | None:
    """Name a key of the principal that its policies ask about and nobody knows; None: there is none."""
    hidden = {"aws:userid", "aws:federatedprovider", "aws:sourceidentity"}
    left: Mapping[str, None] = dict.fromkeys(
        key
        for limit in (subject.whole.own, *subject.whole.limits, *subject.whole.scps)
        for key in mentioned([Document("", (*limit.allows, *limit.denies))])
        if key in hidden or key.startswith(("aws:principaltag/", "saml:"))
    )
    return min(left, default=None)
