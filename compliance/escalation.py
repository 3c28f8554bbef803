"""Escalation over an inventory: its principals as the access engine wants them, their paths found once."""

from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from compliance.access import parse
from compliance.access.escalation_account import Actor, Managed, Workload
from compliance.access.paths import Path, paths
from compliance.grants import GRANTS, layers_of
from compliance.inventory import Inventory
from compliance.models import Function, Group, ManagedPolicy, Role, User

READS = (*GRANTS, "Role.trust", "Role.tags", "User.tags", "Function.role_arn", "ManagedPolicy.is_attachable")
"""The facts that paths are made of, for a check's `reads`."""

_FOUND: "WeakKeyDictionary[Inventory, Mapping[str, tuple[Path, ...]]]" = WeakKeyDictionary()


def paths_from(arn: str, inventory: Inventory) -> tuple[Path, ...]:
    """The escalation paths of one principal, sure ones first; all of an inventory are found at once.

    Raises FactUnreadable: a principal, a policy or a function could not be read: any of them may be a step.
    """
    if inventory not in _FOUND:
        by_start: dict[str, tuple[Path, ...]] = {}
        for path in _all(inventory):
            by_start[path.start.arn] = (*by_start.get(path.start.arn, ()), path)
        _FOUND[inventory] = by_start
    return _FOUND[inventory].get(arn, ())


def _all(inventory: Inventory) -> tuple[Path, ...]:
    policies = [each for each in inventory.of(ManagedPolicy) if each.exists and each.is_attachable]
    functions = [Workload(each.arn, each.role_arn) for each in inventory.of(Function)]
    return paths(
        _actors(inventory),
        policies=[Managed(each.arn, parse(each.document, each.arn)) for each in policies],
        workloads={"lambda:function": functions},
    )


def _actors(inventory: Inventory) -> Iterator[Actor]:
    for role in inventory.of(Role):
        layers = layers_of(role, inventory)
        yield Actor(role.arn, layers, trust=parse(role.trust, f"{role.name} trust policy"), tags=role.tags)
    groups = {each.name: each.arn for each in inventory.of(Group)}
    for user in inventory.of(User):
        member_of = tuple(groups[name] for name in user.groups if name in groups)
        yield Actor(user.arn, layers_of(user, inventory), groups=member_of, tags=user.tags)
    for group in inventory.of(Group):
        yield Actor(group.arn, layers_of(group, inventory))
