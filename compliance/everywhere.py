"""What is allowed on every resource: asked of the access engine for resources that nobody named."""

import re
from collections.abc import Iterator

from compliance.access import Layers, Witness
from compliance.models import Principal
from compliance.policy import standard_sensitive_actions
from compliance.reasoning import allowed, caller_of, requests

NOBODY = "nobody-named-this-one"

# What follows the account in the ARNs of services whose grants usually say which type of resource they mean.
RESOURCE_TYPES = {
    "iam": ("role/", "user/", "group/", "policy/"),
    "kms": ("key/",),
    "lambda": ("function:",),
    "logs": ("log-group:",),
    "s3": ("", "bucket/"),
    "secretsmanager": ("secret:",),
    "sns": ("",),
    "sqs": ("",),
    "ssm": ("parameter/", "document/"),
    "sts": ("role/",),
}

# Conditions on these keys choose resources, so that what they admit is not every resource.
CHOOSES_RESOURCES = re.compile(
    r"(aws:resource|[a-z0-9-]+:resourcetag/|s3:existingobjecttag/|kms:(resourcealiases|encryptioncontext)|ssm:resourcetag)"
)


def sensitive_anywhere(
    principal: Principal, layers: Layers, stated: tuple[str, ...]
) -> Iterator[tuple[str, Witness]]:
    """The sensitive actions that are allowed on a resource that nobody named, each with a witness."""
    actions = _actions(stated)
    if anywhere(principal, layers, actions) is None:
        return  # the usual answer, proved at once for all of them
    for action in actions:
        if witness := anywhere(principal, layers, [action]):
            yield action, witness


def anywhere(principal: Principal, layers: Layers, actions: list[str]) -> Witness | None:
    """A request for one of the actions on a resource that nobody named and that no condition chooses."""
    resources = {arn for action in actions for arn in nobody_named(principal, action.partition(":")[0])}
    keys = {
        condition.key
        for document in layers.identity
        for s in document.statements
        for condition in s.conditions
    }
    chosen = sorted(key for key in keys if CHOOSES_RESOURCES.match(key.lower()))
    without = {"Null": dict.fromkeys(chosen, "true")} if chosen else None
    asked = requests(actions, sorted(resources), without)
    return allowed(layers, asked, caller_of(principal), principal.address.account)


def nobody_named(principal: Principal, service: str) -> list[str]:
    """ARNs of the service that no policy could mean by name, one for each type of resource."""
    partition, account = principal.arn.split(":")[1], principal.address.account
    place = {"s3": ":", "iam": f":{account}", "sts": f":{account}"}.get(service, f"us-east-1:{account}")
    home = "iam" if service == "sts" else service
    types = RESOURCE_TYPES.get(service, ("nobody-named/",))
    return [f"arn:{partition}:{home}:{place}:{each}{NOBODY}" for each in types]


def _actions(stated: tuple[str, ...]) -> list[str]:
    """The stated actions, with `standard` unfolded."""
    standard = standard_sensitive_actions() if "standard" in stated else ()
    return sorted({*standard, *stated} - {"standard"})


def few(actions: list[str], limit: int = 8) -> str:
    """The first of the actions, and how many more there are."""
    more = f" and {len(actions) - limit} more" if len(actions) > limit else ""
    return ", ".join(actions[:limit]) + more
