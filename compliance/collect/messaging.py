"""Reading topics and queues."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import arn_of
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.storage import key_handle
from compliance.collect.tags import tags_of
from compliance.models import Key, Queue, Topic
from compliance.models.messaging import Subscription

_TOPIC = "sns:GetTopicAttributes"
_QUEUE = "sqs:GetQueueUrl sqs:GetQueueAttributes"


@lists(Topic, calls="sns:ListTopics")
def topics(at: Reach) -> Iterator[Handle]:
    """All topics of the region."""
    arns = (row["TopicArn"] for row in at.rows("sns:ListTopics", "Topics"))
    return (at.handle("Topic", arn.rpartition(":")[2], arn=arn) for arn in arns)


@probes(Topic, calls=_TOPIC)
def topic_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the topic exists."""
    return bool(_attributes(at, handle))


@reads(Topic, "document key", calls=_TOPIC)
def topic(at: Reach, handle: Handle) -> dict[str, Any]:
    """A topic's policy and key."""
    attributes = _attributes(at, handle)
    return {"document": attributes.get("Policy"), "key": attributes.get("KmsMasterKeyId") or None}


@reads(Topic, "subscriptions", calls="sns:ListSubscriptionsByTopic")
def subscriptions(at: Reach, handle: Handle) -> tuple[Subscription, ...]:
    """Who subscribes. An unconfirmed subscription has no ARN, but the word PendingConfirmation."""
    rows = at.rows("sns:ListSubscriptionsByTopic", "Subscriptions", TopicArn=arn_of(handle, at.partition))
    found = [
        Subscription(row["Protocol"], row["Endpoint"], row["SubscriptionArn"].startswith("arn:"))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (each.protocol, each.endpoint)))


@reads(Topic, "tags", calls="sns:ListTagsForResource")
def topic_tags(at: Reach, handle: Handle) -> dict[str, str]:
    """The topic's tags."""
    return tags_of(at.ask("sns:ListTagsForResource", ResourceArn=arn_of(handle, at.partition))["Tags"])


@links(Topic, Key, calls=_TOPIC)
def key_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The key that encrypts its messages."""
    if key := _attributes(at, handle).get("KmsMasterKeyId"):
        yield key_handle(at, key)


@lists(Queue, calls="sqs:ListQueues")
def queues(at: Reach) -> Iterator[Handle]:
    """All queues of the region."""
    urls = map(str, at.rows("sqs:ListQueues", "QueueUrls"))
    return (at.handle("Queue", url.rpartition("/")[2]) for url in urls)


@probes(Queue, calls="sqs:GetQueueUrl")
def queue_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the queue exists."""
    return bool(at.ask("sqs:GetQueueUrl", QueueName=handle.name)["QueueUrl"])


@reads(Queue, "document key", calls=_QUEUE)
def queue(at: Reach, handle: Handle) -> dict[str, Any]:
    """A queue's policy and key."""
    url = at.ask("sqs:GetQueueUrl", QueueName=handle.name)["QueueUrl"]
    # An answer without attributes is how SQS says that none of those asked for is set; QueueArn always is.
    wanted = ["Policy", "KmsMasterKeyId", "QueueArn"]
    attributes = at.ask("sqs:GetQueueAttributes", QueueUrl=url, AttributeNames=wanted)["Attributes"]
    return {"document": attributes.get("Policy") or None, "key": attributes.get("KmsMasterKeyId") or None}


def _attributes(at: Reach, handle: Handle) -> Any:  # noqa: ANN401 - AWS's own structure
    return at.ask(_TOPIC, TopicArn=arn_of(handle, at.partition))["Attributes"]
