"""Collect: find the population, read the facts, keep what could not be read as such.

Links and facts of a resource are asked for as soon as it is found, many at a time; the result does not
depend on the order of answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from functools import partial
from typing import Any

from compliance.address import GLOBAL, Address
from compliance.collect import (  # noqa: F401 - importing them declares what they read
    compute,
    data,
    deployment,
    estate,
    flow_logs,
    identity,
    keys,
    logs,
    messaging,
    monitoring,
    network,
    storage,
    trails,
)
from compliance.collect.arns import arn_of
from compliance.collect.attempt import Answered, attempt
from compliance.collect.client import Gone
from compliance.collect.deployment import handle_named, output_handles
from compliance.collect.plan import Plan
from compliance.collect.pool import Pool
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import GLOBAL_KINDS, LISTERS, PROBERS, RESOLVERS, Linker, Reader
from compliance.evidence import Cause, Known, Unreadable
from compliance.inventory import Missing
from compliance.models import KINDS, Resource

Progress = Callable[[int, int], None]

RELATIONS = frozenset({"NetworkEstate"})
FROM_OUTPUTS = frozenset({"Output", "Deployment"})


class Gathering:
    """One collection. Only the thread that runs it changes it; the pool's threads only ask AWS."""

    def __init__(self, at: Reach, plan: Plan, pool: Pool, progress: Progress) -> None:
        self._at = at
        self._plan = plan
        self._wanted = plan.kinds | plan.on_the_way
        self._pool = pool
        self._progress = progress
        self._facts: dict[Handle, dict[str, Any]] = {}
        self._known_as: dict[Handle, Handle] = {}
        self._gone: set[Handle] = set()
        self._missing: dict[Address, Missing] = {}
        self._pending: dict[Future[Answered], Callable[[Answered], None]] = {}
        self._begun = self._done = 0

    def run(self, scope: str) -> tuple[list[Resource], list[Missing]]:
        """Everything in scope: resources, and places that stayed empty, whatever AWS says."""
        self._add_outputs()
        self._add_deployed()
        if scope == "account":
            self._add_listed()
        self._finish()
        self._add_relations()
        self._finish()
        return list(self._resources()), [*self._missing.values(), *self._absent()]

    # Where the population comes from

    def _add_outputs(self) -> None:
        if "Deployment" in self._wanted and self._at.outputs.sources:
            self._add(self._at.handle("Deployment", "outputs"))
        for output, named in output_handles(self._at) if "Output" in self._wanted else ():
            handle = replace(output, output_key=named.output_key)
            owner = handle_named(self._at, named).account
            if owner == self._at.account:
                self._add(handle)
            else:  # a resource of the same name in this account would be another one
                self._known_as[handle] = handle
                self._missing[handle.address] = self._place(handle, _elsewhere(owner))

    def _add_deployed(self) -> None:
        for named in self._at.outputs.named:
            self._take(handle_named(self._at, named))
        for name in self._at.outputs.stacks:
            self._take(self._at.handle("Stack", name))

    def _add_listed(self) -> None:
        for kind in sorted(self._wanted - FROM_OUTPUTS - RELATIONS):
            lister = LISTERS[kind]
            for region in (GLOBAL,) if kind in GLOBAL_KINDS else self._at.regions:
                gap = {kind: Address(self._at.account, region, kind, "(unlisted)")}
                at = self._at.at(region, lister.calls)
                self._ask(lister.calls, partial(lister.function, at), partial(self._take_found, gap, ""))

    def _add_relations(self) -> None:
        found = {"Vpc": tuple(each for each in self._facts if each.kind == "Vpc" and each not in self._gone)}
        if "NetworkEstate" not in self._plan.kinds:
            return
        together = Handle("NetworkEstate", "network", self._at.account, GLOBAL)
        gaps = [each for each in self._missing.values() if each.address.kind == "Vpc" and each.unreadable]
        unlisted = [each for each in gaps if not each.via] or ([] if found["Vpc"] else gaps)
        if unlisted:  # a relation of half the networks would pass for want of the others
            gap = min(unlisted, key=lambda each: each.reason)
            place = together.address
            self._missing[place] = Missing(place, gap.reason, unreadable=gap.unreadable)
        elif found["Vpc"]:
            self._at = replace(self._at, found=found)
            self._add(together)

    # Taking in what is found

    def _take_found(self, gaps: Mapping[str, Address], via: str, answer: Answered) -> None:
        """Take what a list or a link found; unread, it is a gap in each kind that it leads to."""
        if isinstance(answer, Unreadable):
            for kind, place in gaps.items():
                reason = f"{kind} reached from {via}" if via else f"the list of {kind}"
                gap = Missing(place, f"{reason} is unknown ({answer})", unreadable=answer, via=via)
                # Two unread links may leave the same gap: which one is told must not depend on who is first.
                known = self._missing.get(place, gap)
                self._missing[place] = min(known, gap, key=lambda each: each.reason)
        for handle in answer.value if isinstance(answer, Known) else ():
            self._take(handle)

    def _take(self, handle: Handle) -> None:
        """Add a handle that is wanted, under its own name if it came under another."""
        if handle.kind not in self._wanted:
            return
        resolver = RESOLVERS.get(handle.kind)
        if resolver is None or handle.account != self._at.account:
            self._add(handle)
            return
        at = self._at.at(handle.region, resolver.calls)
        self._ask(
            resolver.calls,
            partial(resolver.function, at, handle),
            lambda answer: self._add(answer.value if isinstance(answer, Known) else handle),
        )

    def _add(self, handle: Handle) -> None:
        if handle in self._known_as:
            known = self._known_as[handle]
            keys = sorted(filter(None, (known.output_key, handle.output_key)))
            merged = replace(known, output_key=keys[0] if keys else None, arn=known.arn or handle.arn)
            self._known_as[handle] = merged
            return
        self._known_as[handle] = handle
        if handle.account != self._at.account:
            self._missing[handle.address] = self._place(handle, _elsewhere(handle.account))
            return
        self._facts[handle] = {}
        self._probe(handle)
        for reader in self._plan.readers.get(handle.kind, ()):
            at = self._at.at(handle.region, reader.calls)
            self._ask(
                reader.calls, partial(reader.function, at, handle), partial(self._learn, reader, handle)
            )
        for link in self._plan.links:
            if link.source == handle.kind:
                self._follow(link, handle)

    def _probe(self, handle: Handle) -> None:
        """Find out whether a resource is there that is judged by facts of others alone."""
        prober = PROBERS.get(handle.kind)
        if prober is None or handle.kind not in self._plan.kinds or handle.kind in self._plan.readers:
            return

        def then(answer: Answered) -> None:
            if isinstance(answer, Gone) or answer == Known(value=False):
                self._gone.add(handle)

        at = self._at.at(handle.region, prober.calls)
        self._ask(prober.calls, partial(prober.function, at, handle), then)

    def _follow(self, link: Linker, handle: Handle) -> None:
        next_, beyond = self._gaps(link, handle)
        at, from_ = self._at.at(handle.region, link.calls), handle.address.text

        def then(answer: Answered) -> None:
            self._take_found(next_, from_, answer)
            if isinstance(answer, Unreadable):
                self._take_found(beyond, f"beyond {from_}", answer)

        self._ask(link.calls, partial(link.function, at, handle), then)

    def _gaps(self, link: Linker, handle: Handle) -> tuple[dict[str, Address], dict[str, Address]]:
        """By kind, the places that stay unknown if the link can't be read: those it leads to, those beyond.

        They are told apart, because a check of the resource at hand may rest on the first alone.
        """
        who = f"{handle.kind} {handle.name})"
        kinds = sorted(self._plan.reachable(link))
        regions = {kind: GLOBAL if kind in GLOBAL_KINDS else handle.region for kind in kinds}
        next_, beyond = {}, {}
        for kind, region in regions.items():
            if kind in link.targets:
                next_[kind] = Address(self._at.account, region, kind, f"(from {who}")
            else:
                beyond[kind] = Address(self._at.account, region, kind, f"(beyond {who}")
        return next_, beyond

    def _learn(self, reader: Reader, handle: Handle, answer: Answered) -> None:
        if isinstance(answer, Gone):
            self._gone.add(handle)
        elif isinstance(answer, Unreadable):
            self._facts[handle].update(dict.fromkeys(reader.facts, answer))
        elif len(reader.facts) == 1:
            self._facts[handle][reader.facts[0]] = answer.value
        else:
            self._facts[handle].update(answer.value)

    # The pool

    def _ask(self, calls: frozenset[str], ask: Callable[[], Any], then: Callable[[Answered], None]) -> None:
        self._begun += 1
        self._pending[self._pool.submit(attempt, calls, ask)] = then

    def _finish(self) -> None:
        while self._pending:
            for future in wait(self._pending, return_when=FIRST_COMPLETED).done:
                self._done += 1
                self._pending.pop(future)(future.result())
            self._progress(self._done, self._begun)

    # What came of it

    def _resources(self) -> Iterator[Resource]:
        for handle, facts in self._facts.items():
            if handle.kind not in self._plan.kinds or handle in self._gone:
                continue
            kind, known = KINDS[handle.kind], self._known_as[handle]
            told: dict[str, Any] = dict.fromkeys(kind.facts, Unreadable(Cause.NOT_COLLECTED)) | facts
            arn = told.pop("arn", None) or arn_of(known, self._at.partition)
            yield kind(address=handle.address, arn=arn, output_key=known.output_key, **told)  # type: ignore[call-arg]

    def _absent(self) -> Iterable[Missing]:
        for handle in self._gone:
            if handle.kind in self._plan.kinds:
                key = self._known_as[handle].output_key
                who = f"output {key} names it" if key else "something refers to it"
                yield self._place(handle, f"{who}, but it does not exist", absent=True)

    def _place(self, handle: Handle, reason: str, *, absent: bool = False) -> Missing:
        known = self._known_as[handle]
        arn = arn_of(known, self._at.partition)
        return Missing(handle.address, reason, absent, output_key=known.output_key, arn=arn)


def _elsewhere(account: str) -> str:
    return f"it belongs to account {account}, which this run does not read"
