"""Roles, users, groups and managed policies. Documents are JSON text as AWS stores it."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.models.resource import Resource, resource


@dataclass(frozen=True, slots=True)
class InlinePolicy:
    """A policy that lives in a principal."""

    name: str
    document: str


@dataclass(frozen=True, slots=True)
class AttachedPolicy:
    """A managed policy as a principal refers to it."""

    name: str
    arn: str


class Principal(Resource):
    """What identity policies hang on: a role, a user or a group."""

    __slots__ = ()

    inline: tuple[InlinePolicy, ...]
    attached: tuple[AttachedPolicy, ...]


@resource
class Role(Principal):
    """A role. `trust` is the document that says who may assume it; `boundary` an ARN."""

    trust: str
    path: str
    boundary: str | None
    tags: Mapping[str, str]


@resource
class User(Principal):
    """A user; `groups` are group names."""

    groups: tuple[str, ...]
    path: str
    boundary: str | None
    tags: Mapping[str, str]


@resource
class Group(Principal):
    """A group of users."""

    path: str


@resource
class ManagedPolicy(Resource):
    """A managed policy that somebody refers to. `document` is its default version.

    `exists` is false where a principal refers to a policy that IAM does not know.
    """

    exists: bool
    is_attachable: bool
    is_aws_managed: bool
    document: str
