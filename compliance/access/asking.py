"""Ask questions of the search, and give an answer only for what the evaluator has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.evaluate import Decision
from compliance.access.request import Request
from compliance.access.search import Candidate, Question, candidates
from compliance.access.special import ALWAYS_ALLOWED
from compliance.access.texts import TooHard
from compliance.access.witness import Maker

MAX_CANDIDATES, MAX_FUTURE = 200, 5
_KEYS = "condition keys are taken as independent of each other"
_SPECIAL = f"{', '.join(sorted(ALWAYS_ALLOWED))} is allowed to everyone and left out"

Check = Callable[[Request], Decision | None]


def answer(
    questions: Sequence[Question],
    maker: Maker,
    check: Check,
    doubt: str | None = None,
    assumed: Sequence[str] = (),
) -> Answer:
    """Answer some questions together: a witness, of known actions before future ones; else proof or doubt."""
    later: list[Witness] = []
    reason = None
    for question in questions:
        try:
            for candidate in islice(candidates(question), MAX_CANDIDATES):
                found = witness_of(candidate, maker, check)
                if found is None:
                    reason = reason or f"a candidate didn't replay: {shown(candidate)}"
                elif not found.future_action:
                    return found
                else:
                    later.append(found)
                    if len(later) >= MAX_FUTURE:
                        break
        except TooHard as error:
            reason = reason or str(error)
        except RecursionError:
            reason = reason or "the statements are too many to cut one after the other"
    if later:
        return later[0]
    reason = reason or doubt
    return Unknown(reason) if reason else Proved((_KEYS, _SPECIAL, *assumed))


def witness_of(candidate: Candidate, maker: Maker, check: Check) -> Witness | None:
    """Give the first request of a candidate that the check lets through."""
    for request, future in maker.requests(candidate):
        decision = check(request)
        if decision is not None:
            return Witness(request, decision.by, future)
    return None


def shown(candidate: Candidate) -> str:
    """Show a candidate that didn't replay, to whoever looks into it."""
    return f"{sorted(candidate.actions.names)[:3]} {candidate.box.asked}"


def names_in(question: Question) -> frozenset[str]:
    """Give every action that the statements of a question name."""
    allows, denies = question.beyond or ((), ())
    statements = [s for layer in question.layers for s in layer] + [*question.denies, *allows, *denies]
    return frozenset(name for statement in statements for name in actions_of(statement).names)
