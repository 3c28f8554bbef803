"""What the checks of topics say."""

from compliance.models import Topic
from tests.builders import ACCOUNT, DENIED, STRANGER, admit, arn, deny, document, made, where
from tests.checks.case import FAIL, PASS, UNKNOWN, cases_of
from tests.checks.cases.strangers import public_cases

ME, PUBLISH = arn("Topic", "alerts"), "sns:Publish"
ALARMS, S3, RULES = ({"Service": f"{name}.amazonaws.com"} for name in ("cloudwatch", "s3", "events"))
PUBLISHERS = "messaging: {publishers: [{services: [cloudwatch.amazonaws.com, s3.amazonaws.com]}]}"
NOBODY = "messaging: {publishers: [{services: []}]}"
ZONE = f"trust: {{accounts: ['{STRANGER}']}}"
HERE, THERE = (where("StringEquals", aws_SourceAccount=each) for each in (ACCOUNT, STRANGER))
BUCKET = where("ArnLike", aws_SourceArn="arn:aws:s3:::data")
ALARM = where("ArnLike", aws_SourceArn=f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:*")

topics = cases_of("sns-topic-policy")


def topic(*statements, text=None):
    return made(Topic, "alerts", document=document(*statements) if statements else text)


def publishes(who, **condition):
    return admit(who, PUBLISH, ME, **condition)


BOTH = (publishes(ALARMS, **HERE), publishes(S3, **HERE))
DEFAULT = admit(
    {"AWS": "*"}, ["SNS:Publish", "SNS:Subscribe"], ME, **where("StringEquals", AWS_SourceOwner=ACCOUNT)
)

CASES = [
    *public_cases("sns-topic-policy", lambda text: topic(text=text), PUBLISH, ME),
    topics(PASS, "the named services, for this account", topic(*BOTH), PUBLISHERS),
    topics(PASS, "for alarms of this account", topic(publishes(ALARMS, **ALARM), BOTH[1]), PUBLISHERS),
    topics(PASS, "nothing named, and nobody admitted", topic(), ""),
    topics(PASS, "nothing named, and another service for this account", topic(publishes(RULES, **HERE)), ""),
    topics(PASS, "the default policy, where nothing is named", topic(DEFAULT), ""),
    topics(PASS, "the default policy and the named services", topic(DEFAULT, *BOTH), PUBLISHERS),
    topics(
        PASS,
        "the account itself and the named services",
        topic(publishes({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), *BOTH),
        PUBLISHERS,
    ),
    topics(
        PASS,
        "every action on every resource, which is this one",
        topic(*(each | {"Action": "SNS:*", "Resource": "*"} for each in BOTH)),
        PUBLISHERS,
    ),
    topics(
        PASS,
        "a Deny on what is sent without TLS",
        topic(*BOTH, deny(PUBLISH, ME, Principal="*", **where("Bool", aws_SecureTransport="false"))),
        PUBLISHERS,
    ),
    topics(FAIL, "no policy", topic(), PUBLISHERS, says="does not admit cloudwatch.amazonaws.com"),
    topics(
        FAIL,
        "one named service is missing",
        topic(BOTH[0]),
        PUBLISHERS,
        says="does not admit s3.amazonaws.com",
    ),
    topics(FAIL, "the default policy admits no service", topic(DEFAULT), PUBLISHERS, says="does not admit"),
    topics(
        FAIL,
        "a named service that may subscribe alone",
        topic(admit(ALARMS, "sns:Subscribe", ME, **HERE), BOTH[1]),
        PUBLISHERS,
        says="does not admit cloudwatch.amazonaws.com",
    ),
    topics(
        FAIL,
        "a named service for another account",
        topic(publishes(ALARMS, **THERE), BOTH[1]),
        PUBLISHERS,
        says="does not admit cloudwatch.amazonaws.com",
    ),
    topics(
        FAIL,
        "a Deny shuts them out",
        topic(*BOTH, deny("sns:*", ME, Principal="*")),
        PUBLISHERS,
        says="not allowed",
    ),
    topics(
        FAIL,
        "a Deny on all but an organization shuts services out",
        topic(
            *BOTH,
            deny(PUBLISH, ME, Principal="*", **where("StringNotEquals", aws_PrincipalOrgID="o-aaaaaaaaaa")),
        ),
        PUBLISHERS,
        says="not allowed",
    ),
    topics(
        FAIL,
        "an additional service",
        topic(*BOTH, publishes(RULES, **HERE)),
        PUBLISHERS,
        says="another service', expected='cloudwatch.amazonaws.com, s3.amazonaws.com'",
    ),
    topics(FAIL, "a service where none is named", topic(BOTH[0]), NOBODY, says="no service"),
    topics(
        FAIL,
        "every service",
        topic(*BOTH, publishes({"Service": "*"}, **HERE)),
        PUBLISHERS,
        says="another service",
    ),
    topics(
        FAIL,
        "a service for anybody's account",
        topic(publishes(ALARMS), BOTH[1]),
        PUBLISHERS,
        says="acts for other accounts', expected='aws:SourceAccount or aws:SourceArn of this account', "
        "actual='cloudwatch",
    ),
    topics(
        FAIL,
        "a bucket that anybody may own tomorrow",
        topic(BOTH[0], publishes(S3, **BUCKET)),
        PUBLISHERS,
        says="actual='s3.amazonaws.com may sns:Publish",
    ),
    topics(FAIL, "another account", topic(publishes({"AWS": STRANGER})), "", says="another account"),
    topics(
        FAIL,
        "another account's role",
        topic(publishes({"AWS": arn("Role", "sender", STRANGER)})),
        "",
        says="role/sender may sns:Publish",
    ),
    topics(PASS, "an account of the zone", topic(publishes({"AWS": STRANGER})), ZONE),
    topics(PASS, "a service for an account of the zone", topic(publishes(ALARMS, **THERE)), ZONE),
    topics(
        FAIL,
        "an organization that is not in the zone",
        topic(publishes("*", **where("StringEquals", aws_PrincipalOrgID="o-aaaaaaaaaa"))),
        "trust: {orgs: [o-bbbbbbbbbb]}",
        says="another account",
    ),
    topics(UNKNOWN, "the policy refused, publishers named", topic(text=DENIED), PUBLISHERS),
]
