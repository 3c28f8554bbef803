"""Decisions, answers and exposures in words, for readers who aren't experts in IAM."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.access.answers import Answer, Proved, Witness
from compliance.access.evaluate import Decision, Result
from compliance.access.outsiders import Exposure
from compliance.access.request import ANONYMOUS, Request

_OUTCOMES = {
    Result.ALLOWED: "is allowed",
    Result.IMPLICITLY_DENIED: "is not allowed: nothing permits it",
    Result.EXPLICITLY_DENIED: "is denied: a statement forbids it",
}


def request_line(request: Request) -> str:
    """Say a request in one line."""
    who = "anyone" if request.principal == ANONYMOUS else request.principal
    what = "" if request.resource == "*" else f" {request.resource}"
    with_keys = [f"{key} = {_values(value)}" for key, value in sorted(request.context.items())]
    return f"{who} may {request.action}{what}" + (f" when {' and '.join(with_keys)}" if with_keys else "")


def _values(value: object) -> str:
    return value if isinstance(value, str) else f"[{', '.join(map(str, value))}]"  # type: ignore[call-overload]


def decision_lines(decision: Decision) -> Iterator[str]:
    """Say the outcome, then the statements that made it, then why the others didn't apply."""
    request = decision.request
    yield f"{request.principal} {request.action} {request.resource}: {_OUTCOMES[decision.result]}."
    for ruling in decision.by:
        yield f"  decided by {ruling}"
    for line in decision.because:
        yield f"  {line}"


def answer_lines(answer: Answer, proved: str, found: str) -> Iterator[str]:
    """Say an answer: `proved` and `found` are what it means to be."""
    if isinstance(answer, Proved):
        yield proved
        yield from (f"  assuming that {assumption}" for assumption in answer.assumptions)
    elif isinstance(answer, Witness):
        yield f"{found} For example, {request_line(answer.request)}."
        yield from (f"  by {ruling}" for ruling in answer.statements)
        if answer.future_action:
            yield "  AWS hasn't published such an action yet; the wildcards will match it when it does."
    else:
        yield f"It could not be decided: {answer.reason}."


def exposure_lines(exposure: Exposure) -> Iterator[str]:
    """Say who from outside may do what."""
    questions = {
        "open to the public": exposure.public,
        "open to another account": exposure.foreign_account,
        "open to a confused deputy": exposure.confused_deputy,
    }
    for question, answer in questions.items():
        yield f"{question}: {'unknown' if answer is None else 'yes' if answer else 'no'}"
    for grant in exposure.grants:
        actions = ", ".join(grant.actions)
        yield f"  {grant.who} ({grant.to}): {actions}, by statement {grant.statement}"
        yield f"    for example, {request_line(grant.witness)}"
    yield from (f"  {reason}" for reason in exposure.reasons)
