"""What AWS decides by itself, whatever the policies say: a small table.

Sources: STS API Reference, "GetCallerIdentity"; IAM User Guide, "AWS managed policies"; IAM Identity Center
User Guide, "AWS reserved roles"; KMS Developer Guide, "Aliases" (AWS managed keys).
"""

from __future__ import annotations

from fnmatch import fnmatchcase

ALWAYS_ALLOWED = frozenset({"sts:getcalleridentity"})

_POLICY_WRITES = frozenset(
    f"iam:{name}policy" for name in ("create", "delete", "tag", "untag")
) | {"iam:createpolicyversion", "iam:deletepolicyversion", "iam:setdefaultpolicyversion"}  # fmt: skip
_ROLE_WRITES = frozenset(
    "iam:" + name
    for name in (
        "attachrolepolicy", "createrole", "createservicelinkedrole", "deleterole",
        "deleterolepermissionsboundary", "deleterolepolicy", "deleteservicelinkedrole", "detachrolepolicy",
        "passrole",
        "putrolepermissionsboundary", "putrolepolicy", "tagrole", "untagrole", "updateassumerolepolicy",
        "updaterole", "updateroledescription",
    )
)  # fmt: skip
_ALIAS_WRITES = frozenset({"kms:createalias", "kms:deletealias", "kms:updatealias"})

_NEVER: tuple[tuple[frozenset[str], str, str], ...] = (
    (_POLICY_WRITES, "arn:*:iam::aws:policy/*", "AWS managed policies can't be changed"),
    (_ROLE_WRITES, "arn:*:iam::*:role/aws-reserved/*", "roles under /aws-reserved/ can't be changed"),
    (_ALIAS_WRITES, "arn:*:kms:*:*:alias/aws/*", "aliases under alias/aws/ are AWS's own"),
)


def refusal(action: str, resource: str) -> str | None:
    """Why AWS refuses this (lower-cased) action on this resource to everyone; None when it doesn't."""
    for actions, pattern, reason in _NEVER:
        if action in actions and fnmatchcase(resource, pattern):
            return reason
    return None
