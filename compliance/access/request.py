"""A request to AWS and the policies in its way. Plain values; nothing is judged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from compliance.access.documents import Document

ContextValue = str | Sequence[str]
ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Request:
    """Who does what to which resource.

    `principal` is an ARN, a service principal, an identity provider or `anonymous`; `resource` an ARN, or `*`
    for actions without resource types; `resource_account` the account that owns the resource (None: the ARN
    tells, else the principal's). `context` has only the keys that the request carries: nothing is added to
    it.
    """

    principal: str
    action: str
    resource: str
    resource_account: str | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layers:
    """The policies that decide about a request.

    `identity` holds a user's or role's policies and those of its groups; `boundaries` is empty where there is
    no permissions boundary; `session` is None where the session has no policy; `scps` and `rcps` have one
    tuple per level, root first. An account outside an organization has no levels. RCPFullAWSAccess is
    implied.
    """

    identity: tuple[Document, ...] = ()
    resource_policy: Document | None = None
    boundaries: tuple[Document, ...] = ()
    session: tuple[Document, ...] | None = None
    scps: tuple[tuple[Document, ...], ...] = ()
    rcps: tuple[tuple[Document, ...], ...] = ()
    vpce: tuple[Document, ...] = ()


class Facts:
    """A request prepared for matching: case folded where AWS ignores it, values as tuples."""

    __slots__ = ("action", "resource", "single", "values")

    def __init__(self, request: Request) -> None:
        self.action = request.action.lower()
        self.resource = request.resource
        self.values = {key.lower(): _values(value) for key, value in request.context.items()}
        # A key with several values can't stand in for a policy variable (User Guide, "Variables and tags").
        self.single = {key: values[0] for key, values in self.values.items() if len(values) == 1}


def _values(value: ContextValue) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
