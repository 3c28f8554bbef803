"""One outcome in a few lines: what is wrong, where, and what to do. No traceback."""

from collections.abc import Iterator

from compliance.check import Check
from compliance.text import printable
from compliance.verdict import Outcome, Verdict


def lines_of(check: Check, outcome: Outcome) -> list[str]:
    """The outcome for people: check, resource, expected, actual, remedy."""
    return list(_lines(check, outcome))


def _lines(check: Check, outcome: Outcome) -> Iterator[str]:
    yield f"{check.id}: {check.about.title} [{check.about.severity}]"
    named = f" (output {printable(outcome.output_key)})" if outcome.output_key else ""
    yield f"  resource  {outcome.address}{named}"
    if outcome.arn:
        yield f"  arn       {printable(outcome.arn)}"
    if outcome.verdict is Verdict.UNKNOWN:
        yield f"  unknown   {printable(outcome.reason)}"
    elif outcome.reason:
        yield f"  note      {printable(outcome.reason)}"
    for violation in outcome.violations:
        seen = "so far" if outcome.verdict is Verdict.UNKNOWN else "problem"
        yield f"  {seen:<10}{printable(violation.message)}"
        for word, text in (
            ("expected", violation.expected),
            ("actual", violation.actual),
            ("where", violation.where),
        ):
            if text:
                yield f"  {word:<10}{printable(text)}"
    if check.about.remedy and outcome.verdict is Verdict.FAIL:
        yield f"  remedy    {check.about.remedy}"
