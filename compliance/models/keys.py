"""KMS keys."""

from collections.abc import Mapping

from compliance.models.resource import Resource, resource


@resource
class Key(Resource):
    """A KMS key. `state` as in `Enabled`, `Disabled`, `PendingDeletion`; `document` is its policy."""

    state: str
    is_customer_managed: bool
    is_symmetric: bool
    rotates: bool
    document: str
    aliases: tuple[str, ...]
    tags: Mapping[str, str]
