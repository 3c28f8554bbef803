"""Reading roles, users, groups and managed policies: one paged call tells of all principals."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from compliance.collect.arns import arn_of, handle_of
from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.tags import tags_of
from compliance.models import Group, ManagedPolicy, Role, User
from compliance.models.identity import AttachedPolicy, InlinePolicy

_DETAILS = "iam:GetAccountAuthorizationDetails"
_POLICY = "iam:GetPolicy iam:GetPolicyVersion"


def _rows(at: Reach, key: str) -> list[Answer]:
    # Without AWS's own policies, which would be most of the answer; those in use are read one by one.
    return at.rows(_DETAILS, key, Filter=["User", "Role", "Group", "LocalManagedPolicy"])


def _row(at: Reach, handle: Handle, key: str, name: str) -> Answer:
    for row in _rows(at, key):
        if row[name] == handle.name:
            return row
    raise Gone(_DETAILS)


def _role(at: Reach, handle: Handle) -> Answer:
    return _row(at, handle, "RoleDetailList", "RoleName")


def _user(at: Reach, handle: Handle) -> Answer:
    return _row(at, handle, "UserDetailList", "UserName")


def _group(at: Reach, handle: Handle) -> Answer:
    return _row(at, handle, "GroupDetailList", "GroupName")


@lists(Role, calls=_DETAILS)
def roles(at: Reach) -> Iterator[Handle]:
    """All roles."""
    return (at.handle("Role", row["RoleName"], arn=row["Arn"]) for row in _rows(at, "RoleDetailList"))


@lists(User, calls=_DETAILS)
def users(at: Reach) -> Iterator[Handle]:
    """All users."""
    return (at.handle("User", row["UserName"], arn=row["Arn"]) for row in _rows(at, "UserDetailList"))


@lists(Group, calls=_DETAILS)
def groups(at: Reach) -> Iterator[Handle]:
    """All groups."""
    return (at.handle("Group", row["GroupName"], arn=row["Arn"]) for row in _rows(at, "GroupDetailList"))


@lists(ManagedPolicy, calls=_DETAILS)
def managed_policies(at: Reach) -> Iterator[Handle]:
    """The account's own managed policies; AWS's are found through the principals that use them."""
    return (_policy_handle(at, row["Arn"]) for row in _rows(at, "Policies"))


@probes(Role, calls=_DETAILS)
def role_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the role exists."""
    return bool(_role(at, handle))


@probes(User, calls=_DETAILS)
def user_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the user exists."""
    return bool(_user(at, handle))


@probes(Group, calls=_DETAILS)
def group_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the group exists."""
    return bool(_group(at, handle))


@probes(ManagedPolicy, calls="iam:GetPolicy")
def policy_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the policy exists."""
    return bool(at.ask("iam:GetPolicy", PolicyArn=arn_of(handle, at.partition)))


@reads(Role, "inline attached trust path boundary tags", calls=_DETAILS)
def role(at: Reach, handle: Handle) -> dict[str, Any]:
    """A role with everything that hangs on it."""
    row = _role(at, handle)
    trust = _document(row["AssumeRolePolicyDocument"])
    return _policies_of(row, "RolePolicyList") | _belongings(row) | {"trust": trust}


@reads(User, "inline attached groups path boundary tags", calls=_DETAILS)
def user(at: Reach, handle: Handle) -> dict[str, Any]:
    """A user with everything that hangs on it."""
    row = _user(at, handle)
    membership = tuple(sorted(row["GroupList"]))
    return _policies_of(row, "UserPolicyList") | _belongings(row) | {"groups": membership}


@reads(Group, "inline attached path", calls=_DETAILS)
def group(at: Reach, handle: Handle) -> dict[str, Any]:
    """A group."""
    row = _group(at, handle)
    return _policies_of(row, "GroupPolicyList") | {"arn": row["Arn"], "path": row["Path"]}


@reads(ManagedPolicy, "exists is_attachable is_aws_managed document", calls=_POLICY)
def managed_policy(at: Reach, handle: Handle) -> dict[str, Any]:
    """A managed policy in its default version. That IAM doesn't know one is a fact: `exists` is false."""
    arn = arn_of(handle, at.partition)
    facts = {"arn": arn, "is_aws_managed": handle.name.startswith("aws:")}
    try:
        policy = at.ask("iam:GetPolicy", PolicyArn=arn)["Policy"]
    except Gone:
        return facts | {"exists": False, "is_attachable": False, "document": "{}"}
    version = at.ask("iam:GetPolicyVersion", PolicyArn=arn, VersionId=policy["DefaultVersionId"])
    document = _document(version["PolicyVersion"]["Document"])
    return facts | {"exists": True, "is_attachable": policy["IsAttachable"], "document": document}


@links(Role, ManagedPolicy, calls=_DETAILS)
def policies_of_role(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The managed policies attached to a role, and its boundary."""
    return _attached_to(at, _role(at, handle))


@links(User, ManagedPolicy, Group, calls=_DETAILS)
def policies_of_user(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The managed policies attached to a user, its boundary, and the groups it is in."""
    row = _user(at, handle)
    yield from _attached_to(at, row)
    yield from (at.handle("Group", name) for name in row["GroupList"])


@links(Group, ManagedPolicy, calls=_DETAILS)
def policies_of_group(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The managed policies attached to a group."""
    return _attached_to(at, _group(at, handle))


def _attached_to(at: Reach, row: Answer) -> Iterator[Handle]:
    arns = [each["PolicyArn"] for each in row["AttachedManagedPolicies"]]
    boundary = row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return (_policy_handle(at, arn) for arn in (*arns, *filter(None, (boundary,))))


def _policy_handle(at: Reach, arn: str) -> Handle:
    found = handle_of(at, arn)
    if found is None:
        raise ValueError(f"{arn} is not the ARN of a managed policy")
    return found


def _policies_of(row: Answer, inline: str) -> dict[str, Any]:
    own = [
        InlinePolicy(each["PolicyName"], _document(each["PolicyDocument"])) for each in row.get(inline, ())
    ]
    attached = [AttachedPolicy(e["PolicyName"], e["PolicyArn"]) for e in row["AttachedManagedPolicies"]]
    return {
        "inline": tuple(sorted(own, key=lambda each: each.name)),
        "attached": tuple(sorted(attached, key=lambda each: each.arn)),
    }


def _belongings(row: Answer) -> dict[str, Any]:
    boundary = row.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return {"arn": row["Arn"], "path": row["Path"], "boundary": boundary, "tags": tags_of(row.get("Tags"))}


def _document(document: object) -> str:
    """The document as JSON text. botocore decodes it where AWS URL-encodes it; one left as text is kept."""
    if isinstance(document, str):
        return unquote(document) if document.startswith("%") else document  # no JSON begins with it
    return json.dumps(document, sort_keys=True)
