"""Databases and secrets."""

from collections.abc import Mapping
from datetime import datetime

from compliance.models.resource import Resource, resource


@resource
class Database(Resource):
    """An RDS instance. `secret_arn` is the secret that RDS manages its master password in."""

    engine: str
    endpoint: str | None
    is_public: bool
    is_encrypted: bool
    is_multi_az: bool
    is_deletion_protected: bool
    backup_days: int
    key_arn: str | None
    secret_arn: str | None
    vpc_id: str | None
    security_group_ids: tuple[str, ...]
    tags: Mapping[str, str]


@resource
class Secret(Resource):
    """A secret, never its value. `deletes_at` is set while it waits for deletion."""

    rotates: bool
    rotated_at: datetime | None
    key_arn: str | None
    deletes_at: datetime | None
    document: str | None
    tags: Mapping[str, str]
