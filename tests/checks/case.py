"""A case: what a check says about one resource, on one line; and how cases are judged and turned over."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from compliance.catalogue import load_checks
from compliance.check import Check
from compliance.evaluate import judge
from compliance.evidence import Unreadable
from compliance.inventory import Missing
from compliance.models import Resource
from compliance.policy import Policy
from compliance.verdict import Outcome, Verdict
from tests.builders import DENIED, NOT_COLLECTED, context_of, facts_of, kind_of, policy_of, replaced, unlisted

PASS, FAIL, UNKNOWN, WAIVED = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN, Verdict.WAIVED
NOT_APPLICABLE = Verdict.NOT_APPLICABLE


@dataclass(frozen=True)
class Case:
    """`promise` says what the case shows; `says` occurs in the violations or the reason, if given."""

    check: str
    verdict: Verdict
    promise: str
    subject: Resource
    policy: str = ""
    others: tuple[Resource, ...] = ()
    gaps: tuple[Missing, ...] = ()
    says: str = ""

    def __str__(self) -> str:
        return f"{self.check} {self.verdict}: {self.promise}"


def cases_of(check: str) -> Callable[..., Case]:
    """What makes cases of one check: `of(PASS, "what it shows", subject, policy, others, gaps=…, says=…)`."""

    def case(verdict, promise, subject, policy="", others=(), *, gaps=(), says=""):
        return Case(check, verdict, promise, subject, policy, tuple(others), tuple(gaps), says)

    return case


@cache
def checks() -> dict[str, Check]:
    return {check.id: check for check in load_checks()}


def judged(each: Case) -> Outcome:
    """Judge with the facts that the check declares and no others, so that an undeclared read is unknown."""
    check, policy = checks()[each.check], policy_of(each.policy)
    subject, *others = (_with_declared(check, policy, resource) for resource in (each.subject, *each.others))
    return judge(check, subject, context_of(subject, *others, *each.gaps, policy=policy))


def with_less(each: Case) -> Iterator[tuple[str, Case]]:
    """The case again and again, each time with one thing less that AWS tells: a fact, a resource, a list."""
    related = (each.subject, *each.others)
    for resource, fact in facts_of(related):
        poorer = tuple(replaced(one, **{fact: DENIED}) if one is resource else one for one in related)
        yield (
            f"{resource.kind}.{fact} of {resource.name}",
            replace(each, subject=poorer[0], others=poorer[1:]),
        )
    for lost in each.others:
        gap = replace(unlisted(lost.kind, each.subject), arn=lost.arn)
        rest = tuple(one for one in each.others if one is not lost)
        yield f"{lost.kind} {lost.name}", replace(each, others=rest, gaps=(*each.gaps, gap))
    for kind in sorted({kind_of(fact).__name__ for fact in checks()[each.check].reads} - {each.subject.kind}):
        yield f"the list of {kind}", replace(each, gaps=(*each.gaps, unlisted(kind)))


def _with_declared(check: Check, policy: Policy, resource: Resource) -> Resource:
    declared = {fact.partition(".")[2] for fact in check.reads if kind_of(fact) is type(resource)}
    declared |= {"tags"} if policy.selects_by_tag() else set()
    undeclared = {name for name in resource.facts if name not in declared}
    known = {name for name in undeclared if not isinstance(resource.fact(name), Unreadable)}
    return replaced(resource, **dict.fromkeys(known, NOT_COLLECTED))
