"""Reading databases and secrets, never a secret's value."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import handle_of
from compliance.collect.client import Answer
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.storage import key_handle
from compliance.collect.tags import tags_of
from compliance.models import Database, Key, Secret, SecurityGroup

_DATABASES = "rds:DescribeDBInstances"
_SECRET = "secretsmanager:DescribeSecret"  # noqa: S105 - an operation


def _database(at: Reach, handle: Handle) -> Answer:
    return at.row(_DATABASES, "DBInstances", "DBInstanceIdentifier", handle.name)


def _secret(at: Reach, handle: Handle) -> Answer:
    return at.ask(_SECRET, SecretId=handle.arn or handle.name)


@lists(Database, calls=_DATABASES)
def databases(at: Reach) -> Iterator[Handle]:
    """All database instances of the region."""
    rows = at.rows(_DATABASES, "DBInstances")
    return (at.handle("Database", row["DBInstanceIdentifier"]) for row in rows)


@probes(Database, calls=_DATABASES)
def database_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the database exists."""
    return bool(_database(at, handle))


@reads(
    Database,
    "engine endpoint is_public is_encrypted is_multi_az is_deletion_protected backup_days key_arn secret_arn "
    "vpc_id security_group_ids tags",
    calls=_DATABASES,
)
def database(at: Reach, handle: Handle) -> dict[str, Any]:
    """A database instance; it has no endpoint while it is being created."""
    row = _database(at, handle)
    return {
        "arn": row["DBInstanceArn"],
        "engine": row["Engine"],
        "endpoint": row.get("Endpoint", {}).get("Address"),
        "is_public": row["PubliclyAccessible"],
        "is_encrypted": row["StorageEncrypted"],
        "is_multi_az": row["MultiAZ"],
        "is_deletion_protected": row["DeletionProtection"],
        "backup_days": row["BackupRetentionPeriod"],
        "key_arn": row.get("KmsKeyId"),
        "secret_arn": row.get("MasterUserSecret", {}).get("SecretArn"),
        "vpc_id": row.get("DBSubnetGroup", {}).get("VpcId"),
        "security_group_ids": tuple(
            sorted(e["VpcSecurityGroupId"] for e in row.get("VpcSecurityGroups", ()))
        ),
        "tags": tags_of(row.get("TagList")),
    }


@links(Database, Secret, SecurityGroup, Key, calls=_DATABASES)
def leads_to(at: Reach, handle: Handle) -> Iterator[Handle]:
    """Its secret, security groups and key."""
    row = _database(at, handle)
    if (arn := row.get("MasterUserSecret", {}).get("SecretArn")) and (found := handle_of(at, arn)):
        yield found
    for group in row.get("VpcSecurityGroups", ()):
        yield at.handle("SecurityGroup", group["VpcSecurityGroupId"])
    if key := row.get("KmsKeyId"):
        yield key_handle(at, key)


@lists(Secret, calls="secretsmanager:ListSecrets")
def secrets(at: Reach) -> Iterator[Handle]:
    """All secrets of the region."""
    for row in at.rows("secretsmanager:ListSecrets", "SecretList"):
        yield at.handle("Secret", row["ARN"].split(":secret:", 1)[1], arn=row["ARN"])


@probes(Secret, calls=_SECRET)
def secret_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the secret exists, and is not waiting for its deletion."""
    return "DeletedDate" not in _secret(at, handle)


@reads(Secret, "rotates rotated_at key_arn deletes_at tags", calls=_SECRET)
def secret(at: Reach, handle: Handle) -> dict[str, Any]:
    """A secret, without its value."""
    row = _secret(at, handle)
    return {
        "arn": row["ARN"],
        "rotates": row.get("RotationEnabled", False),
        "rotated_at": row.get("LastRotatedDate"),
        "key_arn": row.get("KmsKeyId"),
        "deletes_at": row.get("DeletedDate"),
        "tags": tags_of(row.get("Tags")),
    }


@reads(Secret, "document", calls="secretsmanager:GetResourcePolicy")
def document(at: Reach, handle: Handle) -> str | None:
    """The resource policy, if it has one."""
    answer = at.ask("secretsmanager:GetResourcePolicy", SecretId=handle.arn or handle.name)
    return answer.get("ResourcePolicy") if answer["ARN"] else None


@links(Secret, Key, calls=_SECRET)
def key_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The key that encrypts it, if it has one of its own."""
    if key := _secret(at, handle).get("KmsKeyId"):
        yield key_handle(at, key)
