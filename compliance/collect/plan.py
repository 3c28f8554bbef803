"""What to read: exactly what the selected checks need, and what it takes to find their resources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from compliance.check import Check
from compliance.collect.readers import LINKERS, LISTERS, READERS, Linker, Reader
from compliance.models import KINDS
from compliance.policy import Policy


@dataclass(frozen=True, slots=True)
class Plan:
    """Kinds that are judged or looked up, kinds that only lead there, readers by kind, links to follow."""

    kinds: frozenset[str]
    on_the_way: frozenset[str]
    readers: Mapping[str, tuple[Reader, ...]]
    links: tuple[Linker, ...]

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that will be read, as `Kind.fact`."""
        return frozenset(
            f"{r.kind}.{fact}" for group in self.readers.values() for r in group for fact in r.facts
        )

    def reachable(self, link: Linker) -> frozenset[str]:
        """The judged kinds that the link may lead to, over any number of steps.

        What lies in the source leads back to it, and so nowhere new.
        """
        back = {each for each in self.links if each.is_outward and each.source in link.targets}
        onwards = [each for each in self.links if each not in back or each.targets != {link.source}]
        reached = set(link.targets)
        while more := {kind for each in onwards if each.source in reached for kind in each.targets} - reached:
            reached |= more
        return self.kinds & reached & LISTERS.keys()  # outputs and relations are reached by no link


NOT_LISTED_WHOLE = frozenset({"ManagedPolicy"})
"""Kinds of which AWS's lists leave some out: AWS's own policies are found through those who use them."""


def plan_for(
    checks: Iterable[Check], policy: Policy, scope: str = "stack", *, whole_kinds: Iterable[str] = ()
) -> Plan:
    """The plan for these checks; of `whole_kinds` every fact is read, as plain tests want it."""
    checks = list(checks)
    wanted = {fact for check in checks for fact in check.reads}
    wanted |= {f"{kind}.{fact}" for kind in whole_kinds for fact in KINDS[kind].facts}
    kinds = {kind.__name__ for check in checks for kind in check.kinds} | set(whole_kinds)
    kinds |= {fact.partition(".")[0] for fact in wanted}
    if policy.selects_by_tag():
        wanted |= {f"{kind}.tags" for kind in kinds if "tags" in KINDS[kind].facts}
    if "NetworkEstate" in kinds:
        kinds.add("Vpc")  # its facts are those of the VPCs in scope
    readers: dict[str, dict[Reader, None]] = {}
    for kind, fact in READERS:
        if f"{kind}.{fact}" in wanted:
            readers.setdefault(kind, {})[READERS[kind, fact]] = None
    # Where everything is listed, only what lists leave out is reached through links.
    links = _links_to(frozenset(kinds) if scope == "stack" else frozenset(kinds & NOT_LISTED_WHOLE))
    if scope != "stack":
        links = tuple(link for link in links if NOT_LISTED_WHOLE & link.targets and link.source != "Stack")
    plan = Plan(frozenset(kinds), frozenset(), {k: tuple(group) for k, group in readers.items()}, links)
    useful = tuple(link for link in links if plan.reachable(link))  # the others only lead back
    return replace(plan, on_the_way=frozenset(link.source for link in useful) - kinds, links=useful)


def _links_to(kinds: frozenset[str]) -> tuple[Linker, ...]:
    """The links through which a resource of the kinds may be reached, over any number of steps."""
    reached: set[str] = set(kinds)
    followed: list[Linker] = []
    while more := [link for link in LINKERS if link not in followed and link.targets & reached]:
        followed += more
        reached |= {link.source for link in more}
    return tuple(followed)
