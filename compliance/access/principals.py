"""Who calls, and how closely a Principal element names the caller.

Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal", and "Permissions boundaries
for IAM entities" (resource-based policies, NotPrincipal with Deny).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache

from compliance.access.documents import Principal, Statement
from compliance.access.request import ANONYMOUS

_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
# The one web identity provider that is called like a service.
_COGNITO = "cognito-identity.amazonaws.com"
_ARN_SEGMENTS = 6


class Kind(Enum):
    """What a caller is."""

    ANONYMOUS = "anonymous"
    ROOT = "account root"
    USER = "user"
    ROLE = "role"
    SESSION = "role session"
    FEDERATED_USER = "federated user session"
    SERVICE = "AWS service"
    FEDERATED = "identity provider"
    OTHER = "other"


class Closeness(IntEnum):
    """How a Principal element names a caller: not, by account, by its role or user, itself (or `*`)."""

    NONE = 0
    ACCOUNT = 1
    ENTITY = 2
    ITSELF = 3


_IN_ACCOUNT = {Kind.ROOT, Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER}


@dataclass(frozen=True, slots=True)
class Caller:
    """A request's principal, taken apart. `name` is a role's, user's or role session's entity name."""

    text: str
    kind: Kind
    account: str | None = None
    name: str = ""

    @property
    def in_account(self) -> bool:
        """Whether identity policies and SCPs bind this caller (service principals have neither)."""
        return self.kind in _IN_ACCOUNT

    @property
    def service_linked(self) -> bool:
        """Whether this is a service-linked role, which SCPs and RCPs don't bind."""
        linked_role = self.kind is Kind.ROLE and "role/aws-service-role/" in self.text
        return linked_role or (self.kind is Kind.SESSION and self.name.startswith("AWSServiceRoleFor"))


_IAM_KINDS = {
    "user": Kind.USER,
    "role": Kind.ROLE,
    "assumed-role": Kind.SESSION,
    "federated-user": Kind.FEDERATED_USER,
    "saml-provider": Kind.FEDERATED,
    "oidc-provider": Kind.FEDERATED,
}


@lru_cache(maxsize=4096)
def caller_of(principal: str) -> Caller:
    """Take a request's principal apart."""
    if principal in (ANONYMOUS, "*", ""):
        return Caller(ANONYMOUS, Kind.ANONYMOUS)
    account = _ACCOUNT.fullmatch(principal)
    if account:
        return Caller(f"arn:aws:iam::{account[1]}:root", Kind.ROOT, account[1])
    if principal.lower() == _COGNITO:
        return Caller(principal, Kind.FEDERATED)
    if re.fullmatch(r"[\w.-]+\.amazonaws\.com(\.cn)?", principal):
        return Caller(principal, Kind.SERVICE)
    segments = principal.split(":", _ARN_SEGMENTS - 1)
    if len(segments) < _ARN_SEGMENTS or segments[0] != "arn":
        return Caller(principal, Kind.FEDERATED if "." in principal else Kind.OTHER)
    return _of_arn(principal, segments)


def _of_arn(principal: str, segments: list[str]) -> Caller:
    parts = segments[5].split("/")
    kind = _IAM_KINDS.get(parts[0], Kind.OTHER)
    has_session_name = kind is Kind.SESSION and len(parts) > 2  # noqa: PLR2004  assumed-role/NAME/SESSION
    return Caller(principal, kind, segments[4] or None, parts[1] if has_session_name else parts[-1])


def closeness(entries: Iterable[Principal], caller: Caller) -> Closeness:
    """Tell the closest that any entry comes to the caller."""
    return max((_entry_closeness(entry, caller) for entry in entries), default=Closeness.NONE)


def _entry_closeness(entry: Principal, caller: Caller) -> Closeness:
    if entry.kind != "AWS":
        wanted = {"Service": Kind.SERVICE, "Federated": Kind.FEDERATED}.get(entry.kind)
        same = entry.value.lower() == caller.text.lower() or (entry.value == "*" and caller.kind is wanted)
        return Closeness.ITSELF if same else Closeness.NONE
    if entry.value == "*":
        return Closeness.ITSELF
    account = _ACCOUNT.fullmatch(entry.value)
    if account:
        return _account_closeness(account[1], caller)
    if entry.value == caller.text:
        # A request is never made by a role, only by its sessions: a role's ARN stands for some session of it.
        return Closeness.ENTITY if caller.kind is Kind.ROLE else Closeness.ITSELF
    return Closeness.ENTITY if _is_entity_of(caller_of(entry.value), caller) else Closeness.NONE


def _account_closeness(account: str, caller: Caller) -> Closeness:
    if caller.account != account or not caller.in_account:
        return Closeness.NONE
    return Closeness.ITSELF if caller.kind is Kind.ROOT else Closeness.ACCOUNT


def _is_entity_of(entity: Caller, caller: Caller) -> bool:
    # A session's ARN lacks its role's path; names are unique in an account whatever the path.
    wanted = {Kind.SESSION: Kind.ROLE, Kind.FEDERATED_USER: Kind.USER}.get(caller.kind)
    return entity.kind is wanted and (entity.account, entity.name) == (caller.account, caller.name)


def statement_closeness(statement: Statement, caller: Caller, *, bounded: bool) -> Closeness:
    """How a statement of a resource-based policy names the caller; `bounded`: it has a permissions boundary.

    A statement without Principal and NotPrincipal names nobody.
    """
    if statement.principals is not None:
        return closeness(statement.principals, caller)
    if statement.not_principals is None:
        return Closeness.NONE
    if bounded and not statement.allows:
        return Closeness.ITSELF
    excluded = closeness(statement.not_principals, caller) is not Closeness.NONE
    return Closeness.NONE if excluded else Closeness.ITSELF
