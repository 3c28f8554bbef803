"""What is allowed more widely than anybody named: on every resource, or by a whole service."""

import re
from collections.abc import Iterator

from compliance.access import Layers, Witness
from compliance.models import Principal
from compliance.policy import standard_sensitive_actions
from compliance.reasoning import allowed, caller_of, requests, where_of

NOBODY = "nobody-named-this-one"

# What follows the account in the ARNs of services whose grants usually say which type of resource they mean.
RESOURCE_TYPES = {
    "cloudformation": ("stack/{}/0",),
    "cloudtrail": ("trail/{}",),
    "codebuild": ("project/{}",),
    "iam": ("role/{}", "user/{}", "group/{}", "policy/{}"),
    "kms": ("key/{}",),
    "lambda": ("function:{}",),
    "logs": ("log-group:{}",),
    "rds": ("db:{}", "snapshot:{}"),
    "s3": ("{}", "{}/{}"),
    "secretsmanager": ("secret:{}",),
    "sns": ("{}",),
    "sqs": ("{}",),
    "ssm": ("parameter/{}", "document/{}"),
    "states": ("stateMachine:{}",),
    "sts": ("role/{}",),
}

# Conditions on these keys choose resources, so that what they admit is not every resource.
CHOOSES_RESOURCES = re.compile(
    r"(aws|[a-z0-9-]+):resourcetag/|s3:existingobjecttag/|rds:[a-z]+-tag/|ecs:cluster$|secretsmanager:secretid$"
    r"|kms:(resourcealiases$|encryptioncontext)"
)

# Two names that share no letter: only a pattern without letters of its own matches both.
UNHEARD_OF = ("Zxyzx", "Qjvwqjv")


def sensitive_anywhere(
    principal: Principal, layers: Layers, stated: tuple[str, ...]
) -> Iterator[tuple[str, list[str]]]:
    """The sensitive actions that are allowed on a resource that nobody named, by the statement at work."""
    actions = _actions(stated)
    if anywhere(principal, layers, actions) is None:
        return  # the usual answer, proved at once for all of them
    found: dict[str, list[str]] = {}
    for action in actions:
        if witness := anywhere(principal, layers, [action]):
            found.setdefault(where_of(witness.statements[0]), []).append(action)
    yield from sorted(found.items())


def anywhere(principal: Principal, layers: Layers, actions: list[str]) -> Witness | None:
    """A request for one of the actions on a resource that nobody named and that no condition chooses."""
    resources = {arn for action in actions for arn in nobody_named(principal, action.partition(":")[0])}
    documents = (*layers.identity, *layers.boundaries)
    keys = {each.key for document in documents for s in document.statements for each in s.conditions}
    chosen = sorted(key for key in keys if CHOOSES_RESOURCES.match(key.lower()))
    without = {"Null": dict.fromkeys(chosen, "true")} if chosen else None
    asked = requests(actions, sorted(resources), without)
    return allowed(layers, asked, caller_of(principal), principal.address.account)


def nobody_named(principal: Principal, service: str) -> list[str]:
    """ARNs of the service, in any region, that no policy could mean by name: one per type of resource."""
    partition, account = principal.arn.split(":")[1], principal.address.account
    place = {"s3": ":", "iam": f":{account}", "sts": f":{account}"}.get(service, f"*:{account}")
    home = "iam" if service == "sts" else service
    types = RESOURCE_TYPES.get(service, ("nobody-named/{}",))
    return [f"arn:{partition}:{home}:{place}:{each.format(NOBODY, NOBODY)}" for each in types]


def whole_services(layers: Layers, caller: str, account: str) -> Iterator[tuple[str, Witness]]:
    """The services of which every action is allowed, future ones included, as in `s3:*`, each with a witness.

    Where that is every service, it is the only one named.
    """
    for service in _services(layers):
        invented = service.replace("*", "unheardofservice").replace("?", "x")
        asked = [requests([f"{invented}:{name}"], ["*"]) for name in UNHEARD_OF]
        found = [allowed(layers, each, caller, account) for each in asked]
        if all(found) and found[0]:
            yield f"{service}:*", found[0]
            if service == "*":
                return


def _services(layers: Layers) -> list[str]:
    """The services of which an Allow means more than named actions, every service (`*`) first."""
    found: set[str] = set()
    for statement in (s for document in (*layers.identity, *layers.boundaries) for s in document.allows):
        for pattern in statement.actions or ("*",):
            service = pattern.partition(":")[0].lower()
            if "*" in pattern or "?" in pattern:
                found.add(re.sub(r"\*+", "*", service))
    return sorted(found, key=lambda service: (service != "*", service))


def _actions(stated: tuple[str, ...]) -> list[str]:
    """The stated actions, with `standard` unfolded."""
    standard = standard_sensitive_actions() if "standard" in stated else ()
    return sorted({*standard, *stated} - {"standard"})


def few(actions: list[str], limit: int = 8) -> str:
    """The first of the actions, and how many more there are."""
    more = f" and {len(actions) - limit} more" if len(actions) > limit else ""
    return ", ".join(actions[:limit]) + more
