"""Trust zones, and what a stranger's request can't carry.

Source: Amazon S3 User Guide, "Blocking public access", "The meaning of public": a policy is public unless it
grants to fixed values only. Here that is said from the other side: a stranger's request has none of the fixed
values that a policy names, and what is then still allowed is open to the public.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from compliance.access import scalars
from compliance.access.atoms import Test, test_of
from compliance.access.documents import Condition, DocumentError, Statement
from compliance.access.principals import Caller, Kind

Given = tuple[tuple[Test, bool], ...]

# Broader than these counts as everyone (S3 User Guide, "The meaning of public").
_BROADEST = {4: 8, 6: 32}
_ACCOUNT_KEYS = {
    "aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "aws:vpceaccount", "kms:calleraccount",
    "s3:dataaccesspointaccount",
}  # fmt: skip
_ARN_KEYS = {"aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn", "s3:dataaccesspointarn"}
_ORG_KEYS = {"aws:principalorgid", "aws:sourceorgid", "aws:vpceorgid"}
_ORG_PATH_KEYS = {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"}
_FIXED_KEYS = {
    "aws:sourcevpc", "aws:sourcevpce", "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:accesspointnetworkorigin",
}  # fmt: skip
_NETWORK_KEYS = {"aws:sourceip", "aws:vpcsourceip"}
_NOT_A_SERVICE = {"aws:principalservicename", "aws:principalservicenameslist"}
_NEVER_TRUE = {"aws:principalisawsservice", "elasticfilesystem:accessedviamounttarget"}
_OF_A_CALLER = (
    "aws:principal", "aws:userid", "aws:username", "aws:multifactorauth", "aws:tokenissuetime",
    "aws:sourceidentity", "aws:federatedprovider", "kms:calleraccount",
)  # fmt: skip
# "AROLEID:*": sessions of one role, which is fixed though it has a wildcard.
_SESSIONS = re.compile(r"AROA\w+:\*")
_REPOSITORY = re.compile(r"(?:repo|organization|project_path):[^/*?]+[/:]")


@dataclass(frozen=True, slots=True)
class TrustZone:
    """Who isn't an outsider: accounts, organizations, networks. Empty kinds trust what a policy fixes."""

    accounts: frozenset[str] = frozenset()
    orgs: frozenset[str] = frozenset()
    vpcs: frozenset[str] = frozenset()
    vpces: frozenset[str] = frozenset()
    cidrs: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    @classmethod
    def of(cls, source: object) -> TrustZone:
        """Read a zone from data. Raises DocumentError: a name is unknown or a value no list of strings."""
        if source is not None and not isinstance(source, Mapping):
            raise DocumentError("zone", "must be an object")
        names = {item.name for item in fields(cls)}
        read = {}
        for name, values in dict(source or {}).items():
            if name not in names:
                raise DocumentError(f"zone.{name}", f"is unknown; a zone has {', '.join(sorted(names))}")
            items = [values] if isinstance(values, str | int) else values
            if not isinstance(items, list | tuple | set | frozenset):
                raise DocumentError(f"zone.{name}", "must be a list of strings")
            read[name] = frozenset(map(str, items))
        return cls(**read)


def _test(operator: str, key: str, values: Iterable[str]) -> Test:
    return test_of(Condition(operator, key, tuple(sorted(values))), variables=False)


def absent(key: str) -> tuple[Test, bool]:
    """Say that a request lacks a key."""
    return _test("Null", key, ["true"]), True


class Mentioned:
    """What the statements of a policy say of each key: the fixed values, and the patterns."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.texts: dict[str, set[str]] = {}
        for statement in statements:
            for condition in statement.conditions:
                values = self.texts.setdefault(condition.name, set())
                values.update(v for v in condition.values if not (statement.variables and "${" in v))

    def fixed(self, key: str) -> set[str]:
        """Give the values of a key that have no wildcard."""
        return {text for text in self.texts.get(key, ()) if "*" not in text and "?" not in text}


@dataclass(frozen=True, slots=True)
class Stranger:
    """What requests from outside can't carry.

    `trusted` accounts aren't strangers'. `strict`: S3's own rule, under which an aws:SourceArn with a
    wildcard is no fixed value, whatever its account. `free` keys are left to the stranger.
    """

    mentioned: Mentioned
    trusted: frozenset[str]
    zone: TrustZone
    strict: bool = False
    free: frozenset[str] = frozenset()

    def given(self, *, anonymous: bool = False) -> Given:
        """Give the tests that every request of a stranger meets."""
        return tuple(
            item
            for key in sorted(self.mentioned.texts)
            if key not in self.free
            for item in ([absent(key)] if anonymous and key.startswith(_OF_A_CALLER) else self.of_key(key))
        )

    def of_key(self, key: str) -> Iterator[tuple[Test, bool]]:
        """Give the tests on one key."""
        for keys, rule in self._rules():
            if key in keys:
                yield from rule(key)
        if key.startswith("kms:encryptioncontext:"):
            yield from self.arns(key)
        if key == "aws:userid":
            texts = self.mentioned.texts[key]
            yield _test("StringNotLike", key, texts), True
        if key.endswith((":aud", ":sub", ":app_id", ":azp", ":oaud")):
            yield from self._identity(key)

    def _rules(self) -> tuple[tuple[set[str], Callable[[str], Iterator[tuple[Test, bool]]]], ...]:
        return (
            (_ACCOUNT_KEYS, self.accounts),
            (_ARN_KEYS, self.arns),
            (_ORG_KEYS, self.orgs),
            (_ORG_PATH_KEYS, self.org_paths),
            (_FIXED_KEYS, self.others),
            (_NETWORK_KEYS, self.networks),
            (_NOT_A_SERVICE, lambda key: iter([absent(key)])),
            (_NEVER_TRUE, lambda key: iter([(_test("Bool", key, ["true"]), False)])),
        )

    def accounts(self, key: str) -> Iterator[tuple[Test, bool]]:
        """An account number that nobody trusts and the policy doesn't fix."""
        yield _test("StringLikeIfExists", key, ["?" * 12]), True
        yield _test("StringNotEquals", key, self.trusted | self.mentioned.fixed(key)), True

    def arns(self, key: str) -> Iterator[tuple[Test, bool]]:
        """An ARN that the policy doesn't fix, of an account that it doesn't fix either."""
        fixed = self.mentioned.fixed(key)
        of_accounts = {text: account for text in self.mentioned.texts[key] if (account := _account_of(text))}
        if self.strict and key == "aws:sourcearn":
            of_accounts, accounts = {}, frozenset[str]()
        else:
            accounts = self.trusted | frozenset(of_accounts.values())
        if key == "aws:principalarn":
            yield (
                _test("ArnLikeIfExists", key, ["arn:*:iam::????????????:*", "arn:*:sts::????????????:*"]),
                True,
            )
        # StringLike's `*` crosses colons: an account in a pattern need not be the account of the value.
        yield _test("StringNotLike", key, fixed | set(of_accounts)), True
        yield _test("ArnNotLike", key, [f"arn:*:*:*:{account}:*" for account in accounts]), True

    def orgs(self, key: str) -> Iterator[tuple[Test, bool]]:
        """An organization that isn't in the zone and that the policy doesn't fix."""
        yield _test("StringNotEquals", key, self.zone.orgs | self.mentioned.fixed(key)), True

    def org_paths(self, key: str) -> Iterator[tuple[Test, bool]]:
        """A path of such an organization."""
        named = {text.partition("/")[0] for text in self.mentioned.texts[key]}
        orgs = self.zone.orgs | {org for org in named if "*" not in org and "?" not in org}
        yield _test("ForAllValues:StringNotLike", key, [f"{org}/*" for org in orgs]), True

    def others(self, key: str) -> Iterator[tuple[Test, bool]]:
        """A value that the policy doesn't fix and the zone doesn't have."""
        zone = {"aws:sourcevpc": self.zone.vpcs, "aws:sourcevpce": self.zone.vpces}.get(key, frozenset())
        yield _test("StringNotEquals", key, zone | self.mentioned.fixed(key)), True

    def networks(self, key: str) -> Iterator[tuple[Test, bool]]:
        """An address outside the zone and outside every network that is narrow enough to be fixed."""
        narrow = set(self.zone.cidrs)
        for text in self.mentioned.texts[key]:
            block = scalars.network(text)
            if block is not None and block.prefixlen >= _BROADEST[block.version]:
                narrow.add(text)
        yield _test("IpAddress", key, narrow), False

    def named(self, key: str, caller: Caller) -> Iterator[tuple[Test, bool]]:
        """Say of a named caller what it is."""
        if key == "aws:principalarn":
            own = f"arn:*:*::{caller.account}:*" if caller.kind is Kind.ROOT else caller.text
            yield _test("ArnLikeIfExists", key, [own]), True
        else:
            yield _test("StringEqualsIfExists", key, [str(caller.account)]), True

    def as_source(self, key: str) -> Iterator[tuple[Test, bool]]:
        """Say of a request that a service makes for a stranger where it comes from.

        An ARN without an account, such as a bucket's, may be a stranger's, though the policy fixes it.
        """
        if key in ("aws:sourceaccount", "aws:sourceowner"):
            yield _test("StringLikeIfExists", key, ["?" * 12]), True
            yield _test("StringNotEquals", key, self.trusted), True
        elif key == "aws:sourcearn" or key.startswith("kms:encryptioncontext:"):
            own = [text for text in self.mentioned.texts[key] if _account_of(text) in self.trusted]
            yield _test("StringNotLike", key, own), True
            yield _test("ArnNotLike", key, [f"arn:*:*:*:{account}:*" for account in self.trusted]), True
        elif key == "aws:sourceorgid":
            yield _test("StringNotEquals", key, self.zone.orgs or self.mentioned.fixed(key)), True
        elif key == "aws:sourceorgpaths":
            yield from self.org_paths(key)

    def _identity(self, key: str) -> Iterator[tuple[Test, bool]]:
        texts = self.mentioned.texts[key]
        known = self.mentioned.fixed(key) | {
            found[0] + "*" for text in texts if (found := _REPOSITORY.match(text))
        }
        # A shared provider issues the same audience to everyone; only its subjects tell who asks.
        shared_audience = key.endswith(":aud") and "sts.amazonaws.com" in texts
        yield _test("StringNotLike", key, () if shared_audience else known), True


def _account_of(text: str) -> str | None:
    segments = text.split(":")
    account = segments[4] if len(segments) > 4 else ""  # noqa: PLR2004  arn:p:s:region:ACCOUNT
    return account if re.fullmatch(r"\d{12}", account) else None


def ambiguous_user_ids(mentioned: Mentioned) -> bool:
    """Whether the policy names user ids of which S3's rule doesn't say if they are fixed."""
    return any(not _SESSIONS.fullmatch(text) for text in mentioned.texts.get("aws:userid", ()))


def external_id_absent(mentioned: Mentioned) -> Given:
    """Say that a request has no external id, which a policy may ask for."""
    return (absent("sts:externalid"),) if "sts:externalid" in mentioned.texts else ()
