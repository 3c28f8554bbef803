"""The inventory: what a run found, what it knows to be absent, and what it could not find out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from compliance.address import GLOBAL, Address
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.models import KINDS, Resource
from compliance.models.deployment import Unclassified

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, slots=True)
class Run:
    """Who collected what, where and when.

    `outputs` are the deployment's, by key; `expected` is how many resources they name; `calls` counts AWS
    calls by operation; `nothing_because` says why nothing was looked for.
    """

    account: str
    partition: str
    caller: str
    regions: tuple[str, ...]
    scope: str
    collected_at: datetime
    sources: tuple[str, ...]
    outputs: Mapping[str, str]
    expected: int
    unclassified: tuple[Unclassified, ...]
    calls: Mapping[str, int]
    nothing_because: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A place in the population that holds no resource.

    Either AWS says that it does not exist (`absent`), or it could not be found out (`unreadable`; then `via`
    is the address that leads there, empty for the list of the kind itself), or it is none of this run's
    business (neither), as with a resource of another account.
    """

    address: Address
    reason: str
    absent: bool = False
    unreadable: Unreadable | None = None
    via: str = ""
    output_key: str | None = None
    arn: str = ""


class Inventory:
    """All resources of a run by kind and address, and the places that stayed empty.

    Built once and never changed. Iteration and every sequence is in the order of addresses.
    """

    def __init__(self, run: Run, resources: Iterable[Resource], missing: Iterable[Missing] = ()) -> None:
        self.run = run
        self.resources = tuple(sorted(resources, key=lambda each: each.address))
        self.missing = tuple(sorted(missing, key=lambda each: each.address))

    def population(self, kind: type[Resource]) -> list[Resource | Missing]:
        """Everything that a check of this kind is asked about, exactly once each; never empty."""
        places: list[Resource | Missing] = [*self._by_kind.get(kind.__name__, ())]
        places += [each for each in self.missing if each.address.kind == kind.__name__]
        if places:
            return sorted(places, key=lambda each: each.address)
        nowhere = Address(self.run.account, self._only_region, kind.__name__, "(none)")
        return [Missing(nowhere, self.run.nothing_because or f"no {kind.__name__} in scope")]

    def of(self, kind: type[R], *, via: Resource | None = None) -> tuple[R, ...]:
        """All resources of the kind.

        Raises FactUnreadable: the list could not be read, or, with `via`, the way there from that resource.
        """
        ways = {"", via.address.text} if via else {each.via for each in self.missing}
        for each in self.missing:
            if each.unreadable and each.address.kind == kind.__name__ and each.via in ways:
                raise FactUnreadable(f"the population of {kind.__name__}", each.unreadable)
        return tuple(each for each in self._by_kind.get(kind.__name__, ()) if isinstance(each, kind))

    def find(self, kind: type[R], arn: str) -> R | None:
        """The resource with this ARN, None when AWS says that there is none.

        Raises FactUnreadable: the run did not look, or AWS would not say.
        """
        found = self._by_arn.get((kind.__name__, arn))
        if isinstance(found, kind):
            return found
        if not isinstance(found, Missing):
            raise FactUnreadable(f"{kind.__name__} {arn}", Unreadable(Cause.NOT_COLLECTED))
        if found.absent:
            return None
        why = found.unreadable or Unreadable(Cause.NOT_COLLECTED, message=found.reason)
        raise FactUnreadable(f"{kind.__name__} {arn}", why)

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Resource]]:
        kinds: dict[str, list[Resource]] = {}
        for each in self.resources:
            kinds.setdefault(each.kind, []).append(each)
        return kinds

    @cached_property
    def _by_arn(self) -> Mapping[tuple[str, str], Resource | Missing]:
        index: dict[tuple[str, str], Resource | Missing] = {}
        for each in self.missing:
            index[each.address.kind, each.arn] = each
        return index | {(each.kind, each.arn): each for each in self.resources}

    @property
    def _only_region(self) -> str:
        return self.run.regions[0] if len(self.run.regions) == 1 else GLOBAL

    def count(self) -> Mapping[str, int]:
        """How many resources were found, by kind, in the order of `KINDS`."""
        return {kind: len(self._by_kind[kind]) for kind in KINDS if kind in self._by_kind}
