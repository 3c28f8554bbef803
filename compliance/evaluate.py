"""Judge. Knows no pytest, AWS, reports or clock: the same inventory gives the same outcomes."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compliance.access import DocumentError
from compliance.check import Check, Context
from compliance.evidence import Cause, FactUnreadable
from compliance.inventory import Inventory, Missing
from compliance.models import Resource
from compliance.verdict import NotApplicable, Outcome, Undecided, Verdict, Violation

Subject = Resource | Missing


def pairs(checks: Iterable[Check], inventory: Inventory) -> Iterator[tuple[Check, Subject]]:
    """Every check with everything in its population, each pair once, in the order of ids and addresses."""
    for check in sorted(checks, key=lambda each: each.id):
        for kind in sorted(check.kinds, key=lambda each: each.__name__):
            for subject in inventory.population(kind):
                yield check, subject


def judge_all(checks: Iterable[Check], context: Context) -> Iterator[Outcome]:
    """Judge every pair, in the order of `pairs`."""
    for check, subject in pairs(checks, context.inventory):
        yield judge(check, subject, context)


def judge(check: Check, subject: Subject, context: Context) -> Outcome:
    """Judge one pair. A missing fact is UNKNOWN, never PASS or FAIL; so is a check that breaks."""
    if isinstance(subject, Missing):
        return _nobody_there(check, subject)
    seen: list[Violation] = []
    outcome = Outcome(check.id, subject.address, Verdict.PASS, subject.arn, subject.output_key)
    try:
        for violation in check(subject, context):
            seen.append(violation)  # noqa: PERF402 - what was seen before an unreadable fact is kept
        return _after_waivers(outcome, tuple(seen), subject, context)
    except NotApplicable as nothing_to_say:
        return replace(outcome, verdict=Verdict.NOT_APPLICABLE, reason=str(nothing_to_say))
    except FactUnreadable as fact:
        cause, reason = fact.unreadable.cause, str(fact)
    except Undecided as open_question:
        cause, reason = Cause.UNDECIDED, f"{subject.address}: not decided ({open_question})"
    except DocumentError as broken:
        cause, reason = Cause.MALFORMED, f"{subject.address}: an IAM document can't be understood ({broken})"
    except Exception as error:  # noqa: BLE001 - one broken check must not take the verdicts of all others along
        cause, reason = Cause.CHECK_BROKEN, f"the check itself broke: {type(error).__name__}: {error}"
    return replace(outcome, verdict=Verdict.UNKNOWN, violations=tuple(seen), cause=cause.value, reason=reason)


def _after_waivers(
    outcome: Outcome, seen: tuple[Violation, ...], subject: Resource, context: Context
) -> Outcome:
    """Pass, fail, or waived where a live waiver covers the violations; an expired one is named."""
    if not seen:
        return outcome
    failed = replace(outcome, verdict=Verdict.FAIL, violations=seen)
    waiver = context.policy.waiver_for(outcome.check, subject)
    if waiver is None:
        return failed
    if waiver.is_live(context.now):
        return replace(failed, verdict=Verdict.WAIVED, reason=str(waiver))
    return replace(failed, reason=f"no longer waived: {waiver}")


def _nobody_there(check: Check, place: Missing) -> Outcome:
    outcome = Outcome(
        check.id, place.address, Verdict.NOT_APPLICABLE, place.arn, place.output_key, reason=place.reason
    )
    if place.unreadable is None:
        return outcome
    return replace(outcome, verdict=Verdict.UNKNOWN, cause=place.unreadable.cause.value)
