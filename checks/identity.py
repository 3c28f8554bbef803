"""Roles, users and groups: what they may do, and what hangs on them."""

from collections.abc import Iterator
from dataclasses import replace

from compliance.access import Layers, Request, evaluate, parse
from compliance.check import Context, check
from compliance.grants import GRANTS, layers_of
from compliance.models import ManagedPolicy, Principal
from compliance.policy import standard_sensitive_actions
from compliance.policy.policy import exempt
from compliance.verdict import NotApplicable, Violation

# A service that does not exist: only a grant of everything reaches it.
UNHEARD_OF = "unheard-of-service:AnyAction"
# What follows the account in the ARNs of services whose grants usually say which type of resource they mean.
RESOURCE_TYPES = {
    "iam": ("role/", "user/", "group/", "policy/"),
    "kms": ("key/",),
    "lambda": ("function:",),
    "logs": ("log-group:",),
    "s3": ("", "bucket/"),
    "secretsmanager": ("secret:",),
    "ssm": ("parameter/", "document/"),
    "sns": ("",),
    "sqs": ("",),
}
TAKES_OVER = ("iam:AttachUserPolicy", "iam:PassRole", "sts:AssumeRole")


@check(Principal, id="iam-sensitive-on-any-resource", reads=GRANTS)
def sensitive_on_any_resource(principal: Principal, context: Context) -> Iterator[Violation]:
    """No sensitive action is allowed on every resource.

    Asked for a resource that nobody named: what is allowed there is allowed everywhere. Deny statements and
    boundaries count.
    Source: IAM User Guide, "Security best practices in IAM", Apply least-privilege permissions.
    """
    settings = context.policy.identity
    exempt(settings.sensitive_allowed, principal)
    if not settings.sensitive_actions:
        raise NotApplicable("the policy names no sensitive actions")
    layers = layers_of(principal, context.inventory)
    found: dict[str, list[str]] = {}
    for action in _actions(settings.sensitive_actions):
        if granted := _granted(principal, action, layers):
            found.setdefault(granted, []).append(action)
    for where, actions in sorted(found.items()):
        yield Violation(
            "sensitive actions are allowed on every resource", "named resources", _few(actions), where
        )


@check(Principal, id="iam-no-admin", reads=GRANTS)
def no_admin(principal: Principal, context: Context) -> Iterator[Violation]:
    """Nobody may do everything, but for those whom the policy names.

    Source: CIS AWS Foundations Benchmark, full "*:*" administrative privileges.
    """
    exempt(context.policy.identity.admin_allowed, principal)
    layers = layers_of(principal, context.inventory)
    where = [_granted(principal, action, layers) for action in (UNHEARD_OF, *TAKES_OVER)]
    if all(where):
        yield Violation("every action is allowed on every resource", "named actions", "*:*", where[0])


@check(
    Principal,
    id="iam-managed-policy-exists",
    reads=("attached", "ManagedPolicy.exists", "ManagedPolicy.is_attachable"),
)
def managed_policies_exist(principal: Principal, context: Context) -> Iterator[Violation]:
    """Every attached managed policy exists and can still be attached.

    AWS keeps a deprecated policy attached, but lets nobody attach it again: the next deployment fails.
    Source: IAM User Guide, "Deprecated AWS managed policies"; IAM API Reference, GetPolicy.
    """
    if not principal.attached:
        raise NotApplicable("no managed policy is attached")
    for attached in principal.attached:
        policy = context.inventory.find(ManagedPolicy, attached.arn)
        if policy is None or not policy.exists:
            yield Violation("an attached managed policy does not exist", "a policy that exists", attached.arn)
        elif not policy.is_attachable:
            yield Violation(
                "an attached managed policy is deprecated", "a policy that can be attached", attached.arn
            )


def _actions(stated: tuple[str, ...]) -> list[str]:
    """The stated actions, with `standard` unfolded."""
    standard = standard_sensitive_actions() if "standard" in stated else ()
    return sorted({*standard, *stated} - {"standard"})


def _granted(principal: Principal, action: str, layers: Layers) -> str:
    """The statement that allows the action on a resource that nobody named, empty if none does."""
    caller, account = principal.arn, principal.address.account
    layers = replace(layers, resource_policy=parse(_left_to_the_account(account)))
    if principal.kind == "Group":  # nobody signs in as a group; its members do
        caller = caller.replace(":group/", ":user/")
    for resource in _nobody_named(principal, action.partition(":")[0]):
        decision = evaluate(Request(caller, action, resource, account), layers)
        if decision.allowed:
            return str(decision.by[0])
    return ""


def _left_to_the_account(account: str) -> dict[str, object]:
    """What a key or a role says that leaves access to its account; else no identity policy would count."""
    return {"Statement": {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "*", "Resource": "*"}}


def _nobody_named(principal: Principal, service: str) -> list[str]:
    """ARNs of the service that no policy could mean by name, one for each type of resource."""
    partition, account = principal.arn.split(":")[1], principal.address.account
    service = {"sts": "iam"}.get(service, service)  # what one assumes is a role
    place = {"s3": ":", "iam": f":{account}"}.get(service, f"us-east-1:{account}")
    types = RESOURCE_TYPES.get(service, ("nobody-named/",))
    return [f"arn:{partition}:{service}:{place}:{each}nobody-named-this-one" for each in types]


def _few(actions: list[str], limit: int = 8) -> str:
    more = f" and {len(actions) - limit} more" if len(actions) > limit else ""
    return ", ".join(actions[:limit]) + more
