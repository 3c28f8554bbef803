"""Topics: who may publish."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.access import Layers
from compliance.check import Context, check
from compliance.models import Topic
from compliance.policy.settings import PublishersRule
from compliance.reasoning import (
    allowed,
    deputies_of,
    exposure_of,
    hung_on,
    outside_accounts,
    public_violations,
    refuse_doubts,
    requests,
    shown_grant,
)
from compliance.verdict import Violation


@check(Topic, id="sns-topic-policy", reads=("document",))
def topic_policy(topic: Topic, context: Context) -> Iterator[Violation]:
    """A topic admits the services that the policy names, for this account, and nobody else from outside.

    Source: Amazon SNS Developer Guide, "Example cases for Amazon SNS access control".
    """
    rule = context.policy.publishers_for(topic)
    for service in rule.services if rule else ():
        if not _admits(topic, service):
            expected = f"{service} may sns:Publish for account {topic.address.account}"
            yield Violation(f"the topic does not admit {service}", expected, "not allowed")
    if topic.document is not None:
        yield from _too_many(topic, topic.document, rule, context)


def _too_many(topic: Topic, text: str, rule: PublishersRule | None, context: Context) -> Iterator[Violation]:
    """Whom the topic admits, and should not."""
    exposure = exposure_of(text, topic, context.policy, "sns")
    yield from public_violations(exposure)
    for grant in exposure.grants:
        if grant.to == "service" and rule and grant.who not in rule.services:
            expected = ", ".join(rule.services) or "no service"
            yield Violation("the topic admits another service", expected, shown_grant(grant))
    for grant in outside_accounts(exposure):
        expected = "this account, and those of the policy's zone of trust"
        yield Violation("the topic admits another account", expected, shown_grant(grant))
    for grant in deputies_of(text, topic, context.policy, "sns"):
        expected = "aws:SourceAccount or aws:SourceArn of this account"
        yield Violation(
            "the topic admits a service that acts for other accounts", expected, shown_grant(grant)
        )
    refuse_doubts(exposure)


def _admits(topic: Topic, service: str) -> bool:
    """Whether the service may publish when it acts for this account."""
    if topic.document is None:
        return False
    account = topic.address.account
    # Services say aws:SourceAccount and aws:SourceArn; SourceOwner is what the default policy asks in vain,
    # and no service is a principal of an organization.
    said: Mapping[str, Mapping[str, Any]] = {
        "Null": dict.fromkeys(("aws:SourceOwner", "aws:PrincipalArn", "aws:PrincipalOrgID"), "true"),
        "StringEqualsIfExists": {"aws:SourceAccount": account},
        "ArnLikeIfExists": {"aws:SourceArn": [f"arn:*:*:*:{account}:*", "arn:*:s3:::*"]},
    }
    layers = Layers(resource_policy=hung_on(topic, topic.document))
    return allowed(layers, requests(["sns:Publish"], [topic.arn], said), service, account) is not None
