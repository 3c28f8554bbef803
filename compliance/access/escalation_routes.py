"""For each kind of target: on what a method's actions must be allowed, and whom the attacker is after it.

Sources: IAM User Guide, "Grant a user permissions to pass a role to an AWS service", "Permissions boundaries
for IAM entities", "Versioning IAM policies"; IAM Identity Center User Guide, "Permission sets".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from compliance.access.documents import Condition
from compliance.access.escalation_account import Account, Actor, is_free
from compliance.access.escalation_changes import (
    inline_of,
    with_any_policy,
    with_policy,
    with_version,
    without_boundary,
)
from compliance.access.escalation_facts import Known
from compliance.access.escalation_methods import Gain, Method, Target
from compliance.access.escalation_subject import EVERYTHING
from compliance.access.principals import caller_of, statement_closeness
from compliance.access.request import Layers

_NEW_VERSION = {"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"}


@dataclass(frozen=True, slots=True)
class Plan:
    """One concrete way: the actions on these targets (ARNs), and the attacker acts as `end`.

    `known` are keys of its requests; `within` conditions on them besides. `services`: the role must admit
    one of these. `trust_of`: the role that is assumed. `ends`: if it surely works, the plans after it say
    nothing more. A plan with doubts works, if it does, on something that isn't known.
    """

    targets: tuple[str, ...]
    end: Actor
    known: Known = field(default_factory=dict)
    within: tuple[Condition, ...] = ()
    services: tuple[str, ...] = ()
    trust_of: Actor | None = None
    ends: bool = False
    doubts: tuple[str, ...] = ()


Route = Callable[[Method, Actor, Account], Iterator[tuple[Plan, ...]]]


def plans(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    """Give the plans of a method for an actor; within each tuple, the best first."""
    yield from _ROUTES[method.target](method, start, account)


def _self(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    if method.gain is Gain.NO_BOUNDARY:
        if start.layers.boundaries:
            yield (Plan((start.arn,), without_boundary(start)),)
    elif method.gain is Gain.OTHER_VERSION:
        yield from _versions(start, account)
    else:
        yield from _rewritten(method, start, account, Plan((start.arn,), start))


def _versions(start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    known = {policy.arn: policy for policy in account.policies}
    for arn in start.managed:
        versions = known[arn].versions if arn in known else {}
        for version, document in versions.items():
            yield (Plan((arn,), with_version(start, arn, document, version)),)
        if not versions:
            doubt = f"which other versions {arn} has isn't known"
            yield (Plan((arn,), with_version(start, arn, EVERYTHING, ""), doubts=(doubt,)),)


def _group(_: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    for group in account.of_kind("group"):
        if start.kind == "user" and group.arn not in start.groups:
            joined = with_policy(start, group.layers.identity, f"the policies of {group.label}")
            yield (Plan((group.arn,), replace(joined, groups=(*start.groups, group.arn))),)


def _own_group(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    for arn in start.groups:
        yield from _rewritten(method, start, account, Plan((arn,), start))


def _user(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    for user in account.of_kind("user"):
        if user.arn != start.arn:
            yield from _rewritten(method, user, account, Plan((user.arn,), user))


def _role(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    for role in account.roles:
        if role.arn != start.arn and (method.rewrites_trust or _is_named(start, role)):
            plan = Plan((role.arn,), role, trust_of=role)
            if method.gain is not Gain.NO_BOUNDARY:
                yield from _rewritten(method, role, account, plan)
            elif role.layers.boundaries:
                yield (replace(plan, end=without_boundary(role)),)


def _is_named(start: Actor, role: Actor) -> bool:
    """Whether a trust policy names a principal or its account at all; a quick test."""
    caller = caller_of(start.arn)
    allows = role.trust.allows if role.trust else ()
    return any(statement_closeness(statement, caller, bounded=False) for statement in allows)


def _rewritten(method: Method, actor: Actor, account: Account, plan: Plan) -> Iterator[tuple[Plan, ...]]:
    """Give the plans that also give an actor other policies, as the method gains them."""
    if method.gain is Gain.ACCESS:
        yield (plan,)
    elif method.gain is Gain.ATTACHED_POLICY:
        yield tuple(_attached(actor, account, plan))
    elif _NEW_VERSION & {*method.actions}:
        for arn in actor.managed:
            targets = (*plan.targets, arn) if plan.trust_of else (arn,)
            yield (replace(plan, targets=targets, end=with_version(actor, arn, EVERYTHING, "")),)
    else:
        on_group = bool(plan.targets) and ":group/" in plan.targets[0]
        inline = () if on_group else inline_of(actor, account)
        yield (replace(plan, end=with_any_policy(actor, inline)),)


def _attached(actor: Actor, account: Account, plan: Plan) -> Iterator[Plan]:
    """Attach AWS's AdministratorAccess; else a policy of the account; else one whose content isn't known."""
    partition = actor.arn.split(":")[1]
    admin = f"arn:{partition}:iam::aws:policy/AdministratorAccess"
    yield replace(plan, end=with_any_policy(actor), known={"iam:policyarn": admin}, ends=True)
    have = {document.name for document in actor.layers.identity}
    for policy in account.policies:
        if policy.arn not in have:
            end = with_policy(actor, (replace(policy.document, name=policy.arn),), policy.arn)
            yield replace(plan, end=end, known={"iam:policyarn": policy.arn})
    owner = "aws" if account.policies else "*"
    others = Condition("StringLike", "iam:PolicyARN", (f"arn:{partition}:iam::{owner}:policy/*",))
    unlike = Condition("StringNotEquals", "iam:PolicyARN", (admin, *(p.arn for p in account.policies)))
    doubt = "it may attach some policies, but what they allow isn't known"
    end = with_policy(actor, (EVERYTHING,), "some policy")
    yield replace(plan, end=end, within=(others, unlike), doubts=(doubt,))


def _passed_role(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    for role in account.roles:
        if role.arn != start.arn:
            yield tuple(
                Plan((role.arn,), role, {"iam:passedtoservice": passed}, services=(trusted,), ends=True)
                for passed, trusted in method.services
            )


def _workload(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    if method.workload not in account.workloads:
        for plan in _trusting(method, start, account):
            doubt = f"whether a {method.workload} runs as {plan.end.label} isn't known"
            yield (replace(plan, doubts=(doubt,)),)
        return
    for workload in account.workloads[method.workload]:
        role = account.by_arn.get(workload.role)
        if role is not None and role.arn != start.arn and is_free(role):
            yield (Plan((workload.arn,), role),)


def _service_role(method: Method, start: Actor, account: Account) -> Iterator[tuple[Plan, ...]]:
    yield from ((plan,) for plan in _trusting(method, start, account))


def _trusting(method: Method, start: Actor, account: Account) -> Iterator[Plan]:
    for role in account.roles:
        if role.arn != start.arn:
            yield Plan((), role, services=method.trusted)


def _permission_set(_: Method, start: Actor, __: Account) -> Iterator[tuple[Plan, ...]]:
    if "role/aws-reserved/sso.amazonaws.com/" in start.arn:
        yield (Plan((), with_any_policy(start)),)
        return
    partition = start.arn.split(":")[1]
    name = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO"
    layers = Layers(scps=start.layers.scps, rcps=start.layers.rcps)
    role = Actor(f"arn:{partition}:iam::{start.account}:{name}", layers)
    doubt = f"whether {start.label} can sign in through IAM Identity Center isn't known"
    yield (Plan((), with_any_policy(role), doubts=(doubt,)),)


_ROUTES: Mapping[Target, Route] = {
    Target.SELF: _self,
    Target.GROUP: _group,
    Target.OWN_GROUP: _own_group,
    Target.USER: _user,
    Target.ROLE: _role,
    Target.PASSED_ROLE: _passed_role,
    Target.WORKLOAD: _workload,
    Target.SERVICE_ROLE: _service_role,
    Target.PERMISSION_SET: _permission_set,
}
