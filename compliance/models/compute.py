"""Functions."""

from collections.abc import Mapping

from compliance.models.resource import Resource, resource


@resource
class Function(Resource):
    """A Lambda function. `subnet_ids` is empty outside a VPC; `document` is its resource policy.

    `variables` are the names of its environment variables; their values are never read into the model.
    """

    state: str
    last_update: str
    runtime: str | None
    handler: str | None
    code_size_bytes: int
    role_arn: str
    vpc_id: str | None
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    log_group: str
    key_arn: str | None
    variables: tuple[str, ...]
    document: str | None
    tags: Mapping[str, str]
