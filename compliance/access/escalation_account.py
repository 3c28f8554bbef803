"""The principals of one account and what they hang on: plain values, indexed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from compliance.access.documents import Document
from compliance.access.request import Layers

_UNTOUCHABLE = ("role/aws-service-role/",)


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, role or group of the account, and the policies in its way.

    `layers.identity` has a user's own policies and those of its groups; the document of a managed policy, of
    a boundary too, is named by the policy's ARN. `trust` is a role's trust policy; `groups` the ARNs of a
    user's groups; `tags` None where nobody read them. `change` says how it differs from what the account
    has: empty for those given, ` with any policy` for one whose policies an attacker changed.
    """

    arn: str
    layers: Layers
    trust: Document | None = None
    groups: tuple[str, ...] = ()
    tags: Mapping[str, str] | None = None
    change: str = ""

    @property
    def label(self) -> str:
        """The name in the account, with the kind: `role/team/app`, and the change."""
        return self.arn.split(":", 5)[-1] + self.change

    @property
    def kind(self) -> str:
        """`user`, `role` or `group`."""
        return self.arn.split(":", 5)[-1].partition("/")[0]

    @property
    def account(self) -> str:
        """The account's id."""
        return self.arn.split(":")[4]

    @property
    def managed(self) -> tuple[str, ...]:
        """The ARNs of the attached policies that the account itself owns, those of its groups included."""
        own = f"::{self.account}:policy/"
        return tuple(d.name for d in self.layers.identity if d.name.startswith("arn:") and own in d.name)

    @property
    def boundary(self) -> str | None:
        """The ARN of the permissions boundary; empty: it has one, but its ARN isn't known."""
        if not self.layers.boundaries:
            return None
        name = self.layers.boundaries[0].name
        return name if name.startswith("arn:") else ""


@dataclass(frozen=True, slots=True)
class Managed:
    """A managed policy that can be attached: the default version, and all that exist by their ids."""

    arn: str
    document: Document
    versions: Mapping[str, Document] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workload:
    """A resource that runs with a role: an instance, a function. `role` is the role's ARN."""

    arn: str
    role: str
    tags: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Account:
    """Everything that escalation is asked about.

    `workloads` by resource type (`lambda:function`); a type that isn't a key is not known, which is not the
    same as an empty one.
    """

    actors: tuple[Actor, ...]
    policies: tuple[Managed, ...] = ()
    workloads: Mapping[str, Sequence[Workload]] = field(default_factory=dict)

    @cached_property
    def by_arn(self) -> dict[str, Actor]:
        """The actors by ARN."""
        return {actor.arn: actor for actor in self.actors}

    @cached_property
    def roles(self) -> tuple[Actor, ...]:
        """The roles, but for service-linked ones: their service alone may use and change them.

        Source: IAM User Guide, "Create a service-linked role".
        """
        return tuple(actor for actor in self.of_kind("role") if is_free(actor))

    def of_kind(self, kind: str) -> Iterable[Actor]:
        """Give the users, roles or groups."""
        return (actor for actor in self.actors if actor.kind == kind)


def is_free(actor: Actor) -> bool:
    """Whether people can act as this: neither a group nor a service-linked role."""
    return actor.kind != "group" and not any(part in actor.arn for part in _UNTOUCHABLE)
