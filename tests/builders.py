"""Builders that hide what a test isn't about. A fact that a test does not state raises when it is read."""

import json
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from compliance.address import GLOBAL, Address
from compliance.check import Context
from compliance.evidence import Cause, Unreadable
from compliance.inventory import Inventory, Missing, Run
from compliance.models import KINDS, Resource
from compliance.policy import Policy, load_policy

ACCOUNT, STRANGER, REGION = "111122223333", "444455556666", "eu-west-1"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

DENIED = Unreadable(Cause.DENIED, "x:Y", "AccessDenied", "no", "x:Y")
NOT_COLLECTED = Unreadable(Cause.NOT_COLLECTED)

_GLOBAL_KINDS = {"Role", "User", "Group", "ManagedPolicy", "NetworkEstate"}
_ARNS = {
    "Bucket": "arn:aws:s3:::{name}",
    "FlowLog": "arn:aws:ec2:{region}:{account}:vpc-flow-log/{name}",
    "Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "Group": "arn:aws:iam::{account}:group/{name}",
    "Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "ManagedPolicy": "arn:aws:iam::{account}:policy/{name}",
    "Queue": "arn:aws:sqs:{region}:{account}:{name}",
    "Role": "arn:aws:iam::{account}:role/{name}",
    "RouteTable": "arn:aws:ec2:{region}:{account}:route-table/{name}",
    "ServiceLinkedRole": "arn:aws:iam::{account}:role/aws-service-role/{name}",
    "Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "Stack": "arn:aws:cloudformation:{region}:{account}:stack/{name}/0",
    "Subnet": "arn:aws:ec2:{region}:{account}:subnet/{name}",
    "Topic": "arn:aws:sns:{region}:{account}:{name}",
    "User": "arn:aws:iam::{account}:user/{name}",
    "Vpc": "arn:aws:ec2:{region}:{account}:vpc/{name}",
}


def arn(kind: str, name: str, account: str = ACCOUNT) -> str:
    return _ARNS.get(kind, "").format(name=name, region=REGION, account=account)


def address(kind: str, name: str = "x", account: str = ACCOUNT) -> Address:
    return Address(account, GLOBAL if kind in _GLOBAL_KINDS else REGION, kind, name)


def made(kind: type[Resource], name: str, /, *, output: str | None = None, at: str = "", **facts: Any) -> Any:
    """A resource of which only the given facts are known."""
    return kind(
        address=address(kind.__name__, name),
        arn=at or arn(kind.__name__, name),
        output_key=output,
        **(dict.fromkeys(kind.facts, NOT_COLLECTED) | facts),
    )


def replaced(resource: Resource, **facts: Any) -> Any:
    """The same resource with other facts."""
    own = {name: resource.fact(name) for name in resource.facts}
    known = {name: fact if isinstance(fact, Unreadable) else fact.value for name, fact in own.items()}
    return type(resource)(
        address=resource.address, arn=resource.arn, output_key=resource.output_key, **(known | facts)
    )


def gone(kind: str, name: str) -> Missing:
    """A place of which AWS says that nothing is there."""
    return Missing(
        address(kind, name), "something refers to it, but it does not exist", True, arn=arn(kind, name)
    )


def elsewhere(kind: str, name: str) -> Missing:
    """A resource of another account, which the run does not read."""
    reason = f"it belongs to account {STRANGER}, which this run does not read"
    return Missing(address(kind, name, STRANGER), reason, arn=arn(kind, name, STRANGER))


def unlisted(kind: str, via: Resource | None = None, why: Unreadable = DENIED) -> Missing:
    """A list, or what leads to it from a resource, that AWS would not give."""
    way = via.address.text if via else ""
    return Missing(address(kind, f"(from {way})"), f"{kind} is unknown ({why})", unreadable=why, via=way)


def run_of(**given: Any) -> Run:
    facts = {
        "account": ACCOUNT, "partition": "aws", "caller": arn("Role", "auditor"), "regions": (REGION,),
        "scope": "stack", "collected_at": NOW, "sources": ("outputs.json",), "outputs": {}, "expected": 0,
        "unclassified": (), "calls": {},
    }  # fmt: skip
    return Run(**(facts | given))


def inventory_of(*places: Resource | Missing, **run: Any) -> Inventory:
    found = [each for each in places if isinstance(each, Resource)]
    return Inventory(run_of(**run), found, [each for each in places if isinstance(each, Missing)])


def context_of(*places: Resource | Missing, policy: str | Policy = "", **run: Any) -> Context:
    loaded = policy if isinstance(policy, Policy) else policy_of(policy)
    return Context(loaded, inventory_of(*places, **run))


@cache
def policy_of(text: str = "", environment: str | None = None) -> Policy:
    """The policy that a file with these sections says; its version is added."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(f"version: 1\n{text}", "utf-8")
        return load_policy(path, environment)


def allow(action: str | list[str], resource: str | list[str] = "*", **rest: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def deny(action: str | list[str], resource: str | list[str] = "*", **rest: Any) -> dict[str, Any]:
    return allow(action, resource, **rest) | {"Effect": "Deny"}


def admit(principal: str | dict[str, Any], action: str | list[str], resource: str = "", **rest: Any) -> Any:
    """A statement of a resource policy, or of a trust policy if it names no resource."""
    about = {"Resource": resource} if resource else {}
    return {"Effect": "Allow", "Principal": principal, "Action": action, **about, **rest}


def where(operator: str, **keys: Any) -> dict[str, Any]:
    """A condition on keys; `aws_SourceIp` stands for aws:SourceIp."""
    return {"Condition": {operator: {key.replace("_", ":", 1): value for key, value in keys.items()}}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(*services: str, action: str = "sts:AssumeRole", **rest: Any) -> str:
    """A role's trust in services."""
    return document(
        *({"Effect": "Allow", "Principal": {"Service": each}, "Action": action, **rest} for each in services)
    )


def facts_of(resources: Iterable[Resource]) -> Iterable[tuple[Resource, str]]:
    """Every known fact of the resources."""
    for each in resources:
        yield from ((each, name) for name in each.facts if not isinstance(each.fact(name), Unreadable))


def kind_of(fact: str) -> type[Resource]:
    """The kind of `Kind.fact`."""
    return KINDS[fact.partition(".")[0]]
