"""Alarms."""

from collections.abc import Mapping

from compliance.models.resource import Resource, resource


@resource
class Alarm(Resource):
    """A CloudWatch alarm; `actions` are the ARNs it notifies when it goes off."""

    metric: str | None
    namespace: str | None
    dimensions: Mapping[str, str]
    actions_enabled: bool
    actions: tuple[str, ...]
    state: str
