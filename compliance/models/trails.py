"""CloudTrail trails."""

from collections.abc import Mapping
from datetime import datetime

from compliance.models.resource import Resource, resource


@resource
class Trail(Resource):
    """A trail: what it is told to do, and when and whether it last delivered."""

    is_multi_region: bool
    validates_files: bool
    bucket: str
    key_arn: str | None
    log_group_arn: str | None
    role_arn: str | None
    is_logging: bool
    delivered_at: datetime | None
    delivery_error: str | None
    tags: Mapping[str, str]
