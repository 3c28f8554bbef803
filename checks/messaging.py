"""Topics: who may publish."""

from collections.abc import Iterator

from compliance.access import Layers, parse
from compliance.check import Context, check
from compliance.models import Topic
from compliance.reasoning import allowed, exposure_of, public_violation, requests, shown_grant
from compliance.verdict import Undecided, Violation


@check(Topic, id="sns-topic-policy", reads=("document",))
def topic_policy(topic: Topic, context: Context) -> Iterator[Violation]:
    """A topic admits the services that the policy names, for this account, and nobody else from outside.

    Source: Amazon SNS Developer Guide, "Example cases for Amazon SNS access control".
    """
    rule = context.policy.publishers_for(topic)
    document = parse(topic.document) if topic.document else None
    # Services say aws:SourceAccount and aws:SourceArn; SourceOwner is what the default policy asks in vain.
    publish = requests(["sns:Publish"], [topic.arn], {"Null": {"aws:SourceOwner": "true"}})
    for service in rule.services if rule else ():
        if document is None or not allowed(
            Layers(resource_policy=document), publish, service, topic.address.account
        ):
            yield Violation(
                f"the topic does not admit {service}", f"{service} may sns:Publish", "not allowed"
            )
    if topic.document is None:
        return
    exposure = exposure_of(topic.document, topic.address.account, context.policy, "sns")
    if violation := public_violation(exposure):
        yield violation
    for grant in exposure.grants:
        if grant.to == "service" and rule and grant.who not in rule.services:
            yield Violation("the topic admits another service", ", ".join(rule.services), shown_grant(grant))
        elif grant.to in {"account", "principal"}:
            yield Violation("the topic admits another account", "this account alone", shown_grant(grant))
    if exposure.confused_deputy:
        expected = "aws:SourceAccount or aws:SourceArn of this account"
        services = ", ".join(sorted({each.who for each in exposure.grants if each.to == "service"}))
        yield Violation("the topic admits services that act for other accounts", expected, services)
    elif exposure.confused_deputy is None:
        raise Undecided("; ".join(exposure.reasons) or "whom the services act for")
