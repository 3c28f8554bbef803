"""Collect: find the population, read the facts, keep what could not be read as such.

Links and facts of a resource are asked for as soon as it is found, many at a time; the result does not
depend on the order of answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
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
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import GLOBAL_KINDS, LISTERS, RESOLVERS, Linker, Reader
from compliance.evidence import Cause, Known, Unreadable
from compliance.inventory import Missing
from compliance.models import KINDS, Resource

Progress = Callable[[int, int], None]

RELATIONS = frozenset({"NetworkEstate"})
FROM_OUTPUTS = frozenset({"Output", "Deployment"})


class Gathering:
    """One collection. Only the thread that runs it changes it; the pool's threads only ask AWS."""

    def __init__(self, at: Reach, plan: Plan, pool: ThreadPoolExecutor, progress: Progress) -> None:
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
        if scope == "stack":
            self._add_deployed()
        else:
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
            self._add(replace(output, output_key=named.output_key))

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
        if "NetworkEstate" in self._plan.kinds and found["Vpc"]:
            estate = Handle("NetworkEstate", "network", self._at.account, GLOBAL)
            self._at = replace(self._at, found=found)
            self._add(estate)

    # Taking in what is found

    def _take_found(self, gaps: Mapping[str, Address], via: str, answer: Answered) -> None:
        """Take what a list or a link found; unread, it is a gap in each kind that it leads to."""
        if isinstance(answer, Unreadable):
            for kind, place in gaps.items():
                reason = f"{kind} reached from {via}" if via else f"the list of {kind}"
                self._missing[place] = Missing(
                    place, f"{reason} is unknown ({answer})", unreadable=answer, via=via
                )
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
            reason = f"it belongs to account {handle.account}, which this run does not read"
            self._missing[handle.address] = self._place(handle, reason)
            return
        self._facts[handle] = {}
        for reader in self._plan.readers.get(handle.kind, ()):
            at = self._at.at(handle.region, reader.calls)
            self._ask(
                reader.calls, partial(reader.function, at, handle), partial(self._learn, reader, handle)
            )
        for link in self._plan.links:
            if link.source == handle.kind:
                self._follow(link, handle)

    def _follow(self, link: Linker, handle: Handle) -> None:
        name = f"(from {handle.kind} {handle.name})"
        gaps = {
            kind: Address(self._at.account, GLOBAL if kind in GLOBAL_KINDS else handle.region, kind, name)
            for kind in sorted(self._plan.reachable(link) - FROM_OUTPUTS - RELATIONS)
        }
        at = self._at.at(handle.region, link.calls)
        then = partial(self._take_found, gaps, handle.address.text)
        self._ask(link.calls, partial(link.function, at, handle), then)

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
