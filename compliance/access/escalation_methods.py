"""The known ways to more access, as data: what each needs, whom it hits and what it gains.

The file beside this module names its sources. It is read strictly: an entry that is dangling, doubled, empty
or of the wrong shape is an error, not a way that is silently never found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from compliance.errors import ComplianceError


class MethodError(ComplianceError, ValueError):
    """The data of methods breaks its rules; the message names the entry."""


class Target(StrEnum):
    """What a method works on."""

    SELF = "self"
    GROUP = "group"
    OWN_GROUP = "own-group"
    USER = "user"
    ROLE = "role"
    PASSED_ROLE = "passed-role"
    WORKLOAD = "workload"
    SERVICE_ROLE = "service-role"
    PERMISSION_SET = "permission-set"


class Gain(StrEnum):
    """What the target can do after: as it is, with any policy, with one that exists, and so on."""

    ACCESS = "access"
    ANY_POLICY = "any-policy"
    ATTACHED_POLICY = "attached-policy"
    OTHER_VERSION = "other-version"
    GROUP = "group"
    NO_BOUNDARY = "no-boundary"


CATEGORIES = ("self-escalation", "principal-access", "new-passrole", "existing-passrole")
_NEEDED = {"actions", "category", "passrole", "target", "gain", "sources"}
_OPTIONAL = {"unlisted", "services", "trusted", "trust", "workload", "assumes"}
_WITH: Mapping[Target, str] = {
    Target.PASSED_ROLE: "services",
    Target.WORKLOAD: "workload",
    Target.SERVICE_ROLE: "trusted",
    Target.ROLE: "trust",
}


@dataclass(frozen=True, slots=True)
class Method:
    """One way: every one of `actions` must be allowed on the target.

    `services` pairs what `iam:PassedToService` says with the service that the role must trust; `trusted` are
    the services that the role of a `workload` (a resource type, `lambda:function`) trusts; `rewrites_trust`:
    it changes a role's trust policy instead of needing it as it is. `unlisted` actions aren't in AWS's
    catalogue. `sources` gives, by source, the names that the way has there.
    """

    actions: tuple[str, ...]
    category: str
    passrole: bool
    target: Target
    gain: Gain
    sources: Mapping[str, tuple[str, ...]]
    unlisted: frozenset[str] = frozenset()
    services: tuple[tuple[str, str], ...] = ()
    trusted: tuple[str, ...] = ()
    rewrites_trust: bool = False
    workload: str = ""
    assumes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The actions; no two methods have the same."""
        return " + ".join(self.actions)


@lru_cache(maxsize=1)
def methods() -> tuple[Method, ...]:
    """Give the methods that this package carries, the simplest first: few assumptions, few actions."""
    return load(json.loads(_file()))


@lru_cache(maxsize=1)
def one_resource_suffices() -> frozenset[str]:
    """Give the (lower-cased) actions whose required resource types are alternatives."""
    return frozenset(map(str.lower, json.loads(_file())["one_resource_suffices"]))


def _file() -> str:
    return files("compliance.access").joinpath("escalation_methods.json").read_text("utf-8")


def load(data: Mapping[str, Any]) -> tuple[Method, ...]:
    """Give the methods of some data in the file's format. Raises MethodError."""
    found = [_method(entry, data["sources"]) for entry in data["methods"]]
    if not found:
        raise MethodError("methods: there is none")
    seen: set[frozenset[str]] = set()
    for method in found:
        actions = frozenset(map(str.lower, method.actions))
        if actions in seen:
            raise MethodError(f"{method.name}: is there twice")
        seen.add(actions)
    return tuple(sorted(found, key=lambda method: (bool(method.assumes), len(method.actions))))


def _method(entry: Mapping[str, Any], sources: Mapping[str, str]) -> Method:
    name = " + ".join(entry.get("actions", ())) or "an entry without actions"
    _refuse(name, entry, sources)
    method = Method(
        tuple(entry["actions"]),
        entry["category"],
        entry["passrole"],
        Target(entry["target"]),
        Gain(entry["gain"]),
        {source: tuple(names) for source, names in entry["sources"].items()},
        frozenset(entry.get("unlisted", ())),
        tuple((passed, trusted) for passed, trusted in entry.get("services", ())),
        tuple(entry.get("trusted", ())),
        entry.get("trust") == "rewritten",
        entry.get("workload", ""),
        tuple(entry.get("assumes", ())),
    )
    if method.passrole is not ("iam:PassRole" in method.actions):
        raise MethodError(f"{name}: passrole doesn't say whether iam:PassRole is among the actions")
    return method


def _refuse(name: str, entry: Mapping[str, Any], sources: Mapping[str, str]) -> None:
    problems = {
        "has no actions": not entry.get("actions"),
        "names an action twice": len(set(entry.get("actions", ()))) != len(entry.get("actions", ())),
        "lacks " + ", ".join(sorted(_NEEDED - entry.keys())): bool(_NEEDED - entry.keys()),
        "has the unknown " + ", ".join(sorted(entry.keys() - _NEEDED - _OPTIONAL)): bool(
            entry.keys() - _NEEDED - _OPTIONAL
        ),
        "has no sources": not entry.get("sources"),
        "names a source that isn't listed": not entry.get("sources", {}).keys() <= sources.keys(),
        "is of no known category": entry.get("category") not in CATEGORIES,
        "is of no known target": entry.get("target") not in list(Target),
        "is of no known gain": entry.get("gain") not in list(Gain),
        "has unlisted actions that it doesn't need": not {*entry.get("unlisted", ())}
        <= {*entry.get("actions", ())},
    }
    for problem, there in problems.items():
        if there:
            raise MethodError(f"{name}: {problem}")
    needed = _WITH.get(Target(entry["target"]))
    if needed and not entry.get(needed):
        raise MethodError(f"{name}: a {entry['target']} needs {needed}")
