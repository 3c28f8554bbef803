"""Reading KMS keys."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import lists, probes, reads, resolves
from compliance.collect.tags import tags_of
from compliance.models import Key

_DESCRIBE = "kms:DescribeKey"


@lists(Key, calls="kms:ListKeys")
def keys(at: Reach) -> Iterator[Handle]:
    """All keys of the region."""
    return (at.handle("Key", row["KeyId"], arn=row["KeyArn"]) for row in at.rows("kms:ListKeys", "Keys"))


@probes(Key, calls=_DESCRIBE)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the key, or the alias, exists."""
    return bool(_metadata(at, handle))


@resolves(Key, calls=_DESCRIBE)
def key_behind(at: Reach, handle: Handle) -> Handle:
    """The key behind an alias: an alias and its key are one resource."""
    if not handle.name.startswith("alias/"):
        return handle
    metadata = _metadata(at, handle)
    return replace(handle, name=metadata["KeyId"], arn=metadata["Arn"])


@reads(Key, "state is_customer_managed is_symmetric", calls=_DESCRIBE)
def key(at: Reach, handle: Handle) -> dict[str, Any]:
    """What KMS says of the key."""
    metadata = _metadata(at, handle)
    return {
        "arn": metadata["Arn"],
        "state": metadata["KeyState"],
        "is_customer_managed": metadata["KeyManager"] == "CUSTOMER",
        "is_symmetric": metadata["KeySpec"] == "SYMMETRIC_DEFAULT",
    }


@reads(Key, "rotates", calls="kms:GetKeyRotationStatus")
def rotates(at: Reach, handle: Handle) -> bool:
    """Whether it rotates by itself; kinds of keys that can't, don't."""
    answer = at.ask_or_none("kms:GetKeyRotationStatus", KeyId=_id(handle))
    return answer is not None and bool(answer["KeyRotationEnabled"])


@reads(Key, "document", calls="kms:GetKeyPolicy")
def document(at: Reach, handle: Handle) -> str:
    """The key policy; every key has one, called `default`."""
    return str(at.ask("kms:GetKeyPolicy", KeyId=_id(handle), PolicyName="default")["Policy"])


@reads(Key, "aliases", calls="kms:ListAliases")
def aliases(at: Reach, handle: Handle) -> tuple[str, ...]:
    """The key's aliases, sorted, each with `alias/` in front."""
    rows = at.rows("kms:ListAliases", "Aliases")
    return tuple(sorted(row["AliasName"] for row in rows if row.get("TargetKeyId") == handle.name))


@reads(Key, "tags", calls="kms:ListResourceTags")
def tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The key's tags."""
    return tags_of(at.rows("kms:ListResourceTags", "Tags", KeyId=_id(handle)))


def _metadata(at: Reach, handle: Handle) -> Any:  # noqa: ANN401 - AWS's own structure
    return at.ask(_DESCRIBE, KeyId=_id(handle))["KeyMetadata"]


def _id(handle: Handle) -> str:
    return handle.arn or handle.name
