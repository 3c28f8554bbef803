"""Escalation paths in words, for readers who aren't experts in IAM."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.access.answers import Witness
from compliance.access.escalation_methods import Target
from compliance.access.request import Request

if TYPE_CHECKING:
    from compliance.access.escalation_steps import Step
    from compliance.access.paths import Path

_RUNS_CODE = {Target.PASSED_ROLE, Target.WORKLOAD, Target.SERVICE_ROLE}
_BECOMES = {Target.ROLE, Target.USER}


def path_line(path: Path) -> str:
    """Say a path in one line: each step with its statements, what the end may do, and what is in doubt."""
    line = "; then ".join(map(step_line, path.steps)) + f", which {_gain(path)}"
    assumed = f" (assuming that {' and '.join(path.assumes)})" if path.assumes else ""
    return line + assumed + (f". Not certain: {'; '.join(path.doubts)}" if path.doubts else "")


def step_line(step: Step) -> str:
    """Say one step: who may do what by which statements, and who it then is."""
    how = "runs code as" if step.method.target in _RUNS_CODE else "is then"
    how = "becomes" if step.method.target in _BECOMES else how
    asked = ", ".join(_parts(step)) or " and ".join(step.actions)
    return f"{step.start.label} may {asked}: {how} {step.end.label}"


def _parts(step: Step) -> Iterator[str]:
    said: set[str] = set()
    for witness in step.witnesses:
        if witness.request.principal != step.start.arn:
            continue
        by = " and ".join(dict.fromkeys(map(str, witness.statements)))
        words = _request(witness.request, step.targets)
        if words not in said:
            yield words if by in said or not by else f"{words} (by {by})"
        said |= {by, words}


def _request(request: Request, targets: tuple[str, ...]) -> str:
    named = f" {request.resource.split(':', 5)[-1]}" if request.resource in targets else ""
    context = {key.lower(): value for key, value in request.context.items()}
    service, policy = context.get("iam:passedtoservice"), context.get("iam:policyarn")
    to = f" to {str(service).removesuffix('.amazonaws.com')}" if service else ""
    return f"{request.action}{named}{to}" + (f" with {policy}" if policy else "")


def _gain(path: Path) -> str:
    if path.everything:
        return "may do everything"
    if not isinstance(path.gain, Witness):
        return f"may do more than {path.start.label}, or not"
    request = path.gain.request
    what = request.action if request.resource == "*" else f"{request.action} on {request.resource}"
    return f"may {what}, which {path.start.label} may not"
