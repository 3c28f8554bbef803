"""What a deployment left behind: its outputs, what they name, its stacks."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.models.resource import Resource, resource

SENSITIVE = "(sensitive)"
"""The text of an output whose value is not read."""


@dataclass(frozen=True, slots=True)
class OutputValue:
    """One output, read from a file. `parts` are its single values: a list's members, or just the value.

    `text` is what the file says; a value that the deployment marks as sensitive reads `(sensitive)`.
    """

    key: str
    text: str
    parts: tuple[str, ...]
    source: str
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class NamedResource:
    """A resource that an output names: its kind, its name within the kind, and where it is if that is said.

    `name` is what the kind is addressed by: a bucket's name, a VPC's id, a role's name, a topic's name.
    """

    output_key: str
    value: str
    kind: str
    name: str
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Unclassified:
    """An output of which it isn't clear what it names, and why."""

    output_key: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outputs:
    """All outputs of a deployment, from one file or several, in the order of their keys."""

    values: tuple[OutputValue, ...]
    named: tuple[NamedResource, ...]
    unclassified: tuple[Unclassified, ...]
    stacks: tuple[str, ...]
    sources: tuple[str, ...]


@resource
class Deployment(Resource):
    """The outputs as a whole, by key; what the policy requires of them is judged here."""

    outputs: Mapping[str, str]
    sources: tuple[str, ...]


@resource
class Output(Resource):
    """One resource that an output names; `exists` says whether the account has it."""

    value: str
    names_kind: str
    names: str
    exists: bool


@resource
class Stack(Resource):
    """A CloudFormation stack; `status` as CloudFormation spells it, `reason` its explanation."""

    status: str
    reason: str | None
    is_protected: bool
    tags: Mapping[str, str]
