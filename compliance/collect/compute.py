"""Reading functions. The values of environment variables are left where they are."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import arn_of, handle_of
from compliance.collect.client import Answer
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.storage import key_handle
from compliance.collect.tags import tags_of
from compliance.models import Function, Key, LogGroup, Role, SecurityGroup, Subnet

_CONFIGURATION = "lambda:GetFunctionConfiguration"


def _configuration(at: Reach, handle: Handle) -> Answer:
    return at.ask(_CONFIGURATION, FunctionName=handle.name)


def _log_group(row: Answer) -> str:
    return str(row.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{row['FunctionName']}")


@lists(Function, calls="lambda:ListFunctions")
def functions(at: Reach) -> Iterator[Handle]:
    """All functions of the region."""
    rows = at.rows("lambda:ListFunctions", "Functions")
    return (at.handle("Function", row["FunctionName"]) for row in rows)


@probes(Function, calls=_CONFIGURATION)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the function exists."""
    return bool(_configuration(at, handle))


@reads(
    Function,
    "state last_update runtime handler code_size_bytes role_arn vpc_id subnet_ids security_group_ids "
    "log_group key_arn variables",
    calls=_CONFIGURATION,
)
def function(at: Reach, handle: Handle) -> dict[str, Any]:
    """A function's configuration; image functions have neither runtime nor handler."""
    row = _configuration(at, handle)
    network = row.get("VpcConfig") or {}
    return {
        "state": row.get("State", "Active"),
        "last_update": row.get("LastUpdateStatus", "Successful"),
        "runtime": row.get("Runtime"),
        "handler": row.get("Handler"),
        "code_size_bytes": row["CodeSize"],
        "role_arn": row["Role"],
        "vpc_id": network.get("VpcId") or None,
        "subnet_ids": tuple(sorted(network.get("SubnetIds", ()))),
        "security_group_ids": tuple(sorted(network.get("SecurityGroupIds", ()))),
        "log_group": _log_group(row),
        "key_arn": row.get("KMSKeyArn") or None,
        "variables": tuple(sorted(row.get("Environment", {}).get("Variables", {}))),
    }


@reads(Function, "document", calls="lambda:GetPolicy")
def document(at: Reach, handle: Handle) -> str | None:
    """The resource policy, if it has one."""
    answer = at.ask_or_none("lambda:GetPolicy", FunctionName=handle.name)
    return None if answer is None else answer["Policy"]


@reads(Function, "tags", calls="lambda:ListTags")
def tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The function's tags."""
    found = at.ask("lambda:ListTags", Resource=arn_of(handle, at.partition))["Tags"]
    return tags_of({"Key": key, "Value": value} for key, value in found.items())


@links(Function, Role, LogGroup, SecurityGroup, Subnet, Key, calls=_CONFIGURATION)
def leads_to(at: Reach, handle: Handle) -> Iterator[Handle]:
    """Its role, log group, place in the network and key."""
    row = _configuration(at, handle)
    network = row.get("VpcConfig") or {}
    if found := handle_of(at, row["Role"]):
        yield found
    yield at.handle("LogGroup", _log_group(row))
    yield from (at.handle("SecurityGroup", name) for name in network.get("SecurityGroupIds", ()))
    yield from (at.handle("Subnet", name) for name in network.get("SubnetIds", ()))
    if key := row.get("KMSKeyArn"):
        yield key_handle(at, key)
