"""Topics and queues."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.models.resource import Resource, resource


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber of a topic."""

    protocol: str
    endpoint: str
    is_confirmed: bool


@resource
class Topic(Resource):
    """An SNS topic. `key` is the KMS key as the topic names it; `document` is its policy."""

    document: str | None
    key: str | None
    subscriptions: tuple[Subscription, ...]
    tags: Mapping[str, str]


@resource
class Queue(Resource):
    """An SQS queue. `document` is its policy."""

    document: str | None
    key: str | None
