"""What a deployment left behind: outputs, what they name, and the stack."""

import json
import re
from collections.abc import Iterator
from ipaddress import ip_network

from compliance.check import Context, check
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.models import Deployment, Output, Stack
from compliance.models.deployment import SENSITIVE
from compliance.policy.settings import RequiredOutput
from compliance.verdict import NotApplicable, Violation

HEALTHY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})

SHAPES = {
    "arn": r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+",
    "bucket-name": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "endpoint": r"[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:\d+)?",
    "key-id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}",
    "log-group-name": r"[A-Za-z0-9_/.#-]{1,512}",
    "security-group-id": r"sg-[0-9a-f]{8,17}",
    "subnet-id": r"subnet-[0-9a-f]{8,17}",
    "url": r"https?://\S+",
    "vpc-id": r"vpc-[0-9a-f]{8,17}",
}


@check(Deployment, id="outputs-complete", reads=("outputs",))
def complete(deployment: Deployment, context: Context) -> Iterator[Violation]:
    """The outputs hold everything that the policy requires, each of the right shape."""
    required = context.policy.deployment.required_outputs
    if not required:
        raise NotApplicable("the policy requires no outputs")
    for key, form in sorted(required.items()):
        text = deployment.outputs.get(key)
        if text is None:
            present = ", ".join(deployment.outputs) or "none"
            yield Violation(f"output {key} is missing", key, present, key)
        elif text != SENSITIVE:
            yield from _misshapen(key, text, form)
    for key, form in sorted(required.items()):
        if deployment.outputs.get(key) == SENSITIVE and form != RequiredOutput():
            hidden = Unreadable(Cause.NOT_COLLECTED, message="the deployment marks it as sensitive")
            raise FactUnreadable(f"{deployment.address}: the value of output {key}", hidden)


@check(Output, id="output-resource-exists", reads=("exists", "names_kind", "names"))
def resource_exists(output: Output, _: Context) -> Iterator[Violation]:
    """Every resource that an output names exists in the account and region."""
    if not output.exists:
        actual = f"no {output.names_kind} {output.names}"
        yield Violation("the output names a resource that does not exist", output.names, actual, output.name)


@check(Stack, id="stack-healthy", reads=("status", "reason"))
def healthy(stack: Stack, _: Context) -> Iterator[Violation]:
    """The stack is in a complete state: what runs is what was deployed last.

    UPDATE_ROLLBACK_COMPLETE is a violation, because the older version is what runs.
    Source: AWS CloudFormation User Guide, "Stack status codes".
    """
    if stack.status in HEALTHY:
        return
    message = {
        "UPDATE_ROLLBACK_COMPLETE": "the last update was rolled back: an older version is what runs",
        "ROLLBACK_COMPLETE": "the stack was never created: its creation was rolled back",
    }.get(stack.status, "the stack is not in a complete state")
    if stack.status.endswith("ROLLBACK_FAILED"):
        message = "the stack is stuck: not even the rollback succeeded"
    elif stack.status.endswith("IN_PROGRESS"):
        message = "a change of the stack is still under way"
    actual = f"{stack.status} ({stack.reason})" if stack.reason else stack.status
    yield Violation(message, ", ".join(sorted(HEALTHY)), actual)


def _misshapen(key: str, text: str, form: RequiredOutput) -> Iterator[Violation]:
    values = [text] if form.shape == "json" else [each.strip() for each in _listed(text) if each.strip()]
    if len(values) < form.minimum:
        yield Violation(
            f"output {key} holds too few values", f"{form.minimum} or more", f"{len(values)}", key
        )
    for value in values:
        if not _has_shape(value, form.shape):
            yield Violation(f"output {key} has the wrong shape", form.shape, value, key)
        elif form.pattern and not re.fullmatch(form.pattern, value):
            yield Violation(f"output {key} does not match its pattern", form.pattern, value, key)


def _listed(text: str) -> list[str]:
    """The single values of a comma-joined or JSON-encoded list, or the one value."""
    if text.lstrip().startswith("["):
        try:
            return [str(each) for each in json.loads(text)]
        except ValueError:
            return [text]
    return text.split(",")


def _has_shape(value: str, shape: str) -> bool:
    try:
        if shape == "json":
            return json.loads(value) is not None
        if shape == "cidr":
            return ip_network(value) is not None
    except ValueError:
        return False
    return shape == "any" or re.fullmatch(SHAPES[shape], value) is not None
