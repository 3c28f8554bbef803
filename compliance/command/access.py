"""`access`: reasoning over IAM documents, out of files or out of a saved inventory."""

from pathlib import Path
from typing import Any

from compliance.access import cli
from compliance.inventory import Inventory, load_inventory
from compliance.models import Group, ManagedPolicy, Principal, Role, User

_INVENTORY = b'{"format":"compliance-inventory'


def access(arguments: list[str]) -> int:
    """Run one question. Where a file of account details is asked for, a saved inventory serves as well."""
    return cli.main(arguments, read_details)


def read_details(path: str) -> Any:  # noqa: ANN401 - JSON
    """Account details from a saved inventory, or as GetAccountAuthorizationDetails returns them."""
    with Path(path).open("rb") as file:
        saved = file.read(len(_INVENTORY)) == _INVENTORY
    return details_of(load_inventory(Path(path))) if saved else cli.load(path)


def details_of(inventory: Inventory) -> dict[str, Any]:
    """The inventory's principals and policies in the shape of GetAccountAuthorizationDetails.

    Raises FactUnreadable: one of them could not be read; an answer without it could be wrong.
    """
    return {
        "RoleDetailList": [
            _principal(each, "RolePolicyList")
            | {"AssumeRolePolicyDocument": each.trust}
            | _boundary(each.boundary)
            for each in inventory.of(Role)
        ],
        "UserDetailList": [
            _principal(each, "UserPolicyList") | {"GroupList": [*each.groups]} | _boundary(each.boundary)
            for each in inventory.of(User)
        ],
        "GroupDetailList": [
            _principal(each, "GroupPolicyList") | {"GroupName": each.name} for each in inventory.of(Group)
        ],
        "Policies": [
            {"Arn": each.arn, "PolicyVersionList": [{"IsDefaultVersion": True, "Document": each.document}]}
            for each in inventory.of(ManagedPolicy)
            if each.exists
        ],
    }


def _principal(principal: Principal, inline: str) -> dict[str, Any]:
    return {
        "Arn": principal.arn,
        inline: [{"PolicyName": each.name, "PolicyDocument": each.document} for each in principal.inline],
        "AttachedManagedPolicies": [{"PolicyArn": each.arn} for each in principal.attached],
    }


def _boundary(arn: str | None) -> dict[str, Any]:
    return {"PermissionsBoundary": {"PermissionsBoundaryArn": arn}} if arn else {}
