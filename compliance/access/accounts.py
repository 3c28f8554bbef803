"""Who is in an account, with the policies of each: read from what GetAccountAuthorizationDetails returned.

This is the seam to saved inventories: whatever gives principals with their layers can be asked the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.access.documents import Document, DocumentError, parse
from compliance.access.request import Layers

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A user or role, the policies that bind it, and for a role who may assume it."""

    arn: str
    layers: Layers
    trust: Document | None = None


def members(details: Details) -> Iterator[Member]:
    """Give the users and roles, users first. Raises DocumentError, naming the entity and the policy."""
    managed = {policy["Arn"]: policy for policy in details.get("Policies", ())}
    groups = {group["GroupName"]: group for group in details.get("GroupDetailList", ())}
    for user in details.get("UserDetailList", ()):
        own = [*_own(user, "UserPolicyList", managed)]
        for name in user.get("GroupList", ()):
            own += _own(groups.get(name, {}), "GroupPolicyList", managed)
        yield Member(user["Arn"], Layers(tuple(own), boundaries=_boundary(user, managed)))
    for role in details.get("RoleDetailList", ()):
        trust = _parsed(role["AssumeRolePolicyDocument"], f"{role['Arn']} trust policy")
        own = _own(role, "RolePolicyList", managed)
        yield Member(role["Arn"], Layers(tuple(own), boundaries=_boundary(role, managed)), trust)


def _own(entity: Details, inline: str, managed: Mapping[str, Details]) -> list[Document]:
    documents = [_parsed(item["PolicyDocument"], item["PolicyName"]) for item in entity.get(inline, ())]
    attached = entity.get("AttachedManagedPolicies", ())
    return documents + [_default(managed, item["PolicyArn"]) for item in attached]


def _boundary(entity: Details, managed: Mapping[str, Details]) -> tuple[Document, ...]:
    boundary = entity.get("PermissionsBoundary")
    return (_default(managed, boundary["PermissionsBoundaryArn"]),) if boundary else ()


def _default(managed: Mapping[str, Details], arn: str) -> Document:
    for version in managed.get(arn, {}).get("PolicyVersionList", ()):
        if version.get("IsDefaultVersion"):
            return _parsed(version["Document"], arn)
    raise DocumentError(arn, "is attached, but its document isn't among the policies given")


def _parsed(source: object, name: str) -> Document:
    try:
        return parse(source, name)
    except DocumentError as error:
        raise DocumentError(f"{name}: {error.place}" if error.place else name, error.problem) from None
