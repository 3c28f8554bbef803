"""Log groups."""

from collections.abc import Mapping

from compliance.models.resource import Resource, resource


@resource
class LogGroup(Resource):
    """A log group. `retention_days` None keeps for ever; `key_arn` None is the service's own encryption."""

    retention_days: int | None
    key_arn: str | None
    tags: Mapping[str, str]
