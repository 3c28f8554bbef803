"""What is said of roles whose most the policy file states."""

import json

from compliance.models import ManagedPolicy
from tests.builders import DENIED, allow, deny, document, made
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of
from tests.checks.cases.breadth import limited
from tests.checks.cases.identity import EVERYTHING, LIMIT, managed, role

within = cases_of("iam-role-within-reference")
DATA, LOGS = "arn:aws:s3:::data/*", "arn:aws:logs:eu-west-1:111122223333:log-group:app:*"


def short(*grants, select="name: app"):
    lines = [{"actions": actions, "resources": resources} for actions, resources in grants]
    return f"identity: {{references: [{{select: {{{select}}}, allow: {json.dumps(lines)}}}]}}"


def whole(*statements, version="'2012-10-17'"):
    said = f"Version: {version}, Statement: {json.dumps(statements)}"
    return f"identity: {{references: [{{select: {{name: app}}, document: {{{said}}}}}]}}"


READS = short((["s3:GetObject"], [DATA]))
BUT_DELETE = whole(allow("s3:*"), deny("s3:Delete*"))
STRANGE = whole(allow("s3:*"), deny("s3:*", Condition={"StringSounds": {"aws:username": "bob"}}))
LOGGING = short((["logs:PutLogEvents"], ["arn:{partition}:logs:{region}:{account}:log-group:app:*"]))


def may(*statements, **facts):
    return role(document(*statements), **facts)


READ = allow("s3:GetObject", "arn:aws:s3:::data/in/*")

CASES = [
    within(PASS, "nothing is within anything", role(), READS),
    within(PASS, "what the reference says", may(allow("s3:GetObject", DATA)), READS),
    within(PASS, "less than the reference says", may(READ), READS),
    within(
        PASS,
        "in two policies, within two lines",
        role(document(READ), document(allow("s3:PutObject", DATA))),
        short((["s3:GetObject"], [DATA]), (["s3:Put*"], [DATA])),
    ),
    within(PASS, "in another case", may(allow("S3:getobject", DATA)), READS),
    within(
        PASS,
        "a condition narrows it",
        may(allow("s3:GetObject", DATA, Condition={"Bool": {"aws:SecureTransport": "true"}})),
        READS,
    ),
    within(
        PASS,
        "a Deny keeps it within",
        may(allow("s3:Get*", DATA), {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"}),
        READS,
    ),
    within(
        PASS,
        "actions on every resource, where no resources are stated",
        may(allow("s3:GetObject")),
        "identity: {references: [{select: {name: app}, allow: [{actions: ['s3:Get*']}]}]}",
    ),
    within(
        PASS, "partition, region and account are filled in", may(allow("logs:PutLogEvents", LOGS)), LOGGING
    ),
    within(
        PASS,
        "a policy variable is no placeholder",
        may(allow("s3:GetObject", "arn:aws:s3:::data/${aws:username}/*")),
        short((["s3:GetObject"], ["arn:aws:s3:::data/${aws:username}/*"])),
    ),
    within(PASS, "by a managed policy", role(attached=["read"]), READS, [managed("read", document(READ))]),
    within(PASS, "the boundary keeps it within", role(EVERYTHING, boundary=LIMIT), READS, limited(READ)),
    within(PASS, "an ordinary document", may(allow("s3:GetObject")), BUT_DELETE),
    within(
        PASS,
        "a document whose version is a date to YAML",
        may(allow("s3:GetObject")),
        whole(allow("s3:*"), version="2012-10-17"),
    ),
    within(
        PASS,
        "a Deny of the reference, and one of the role",
        may(allow("s3:*"), deny("s3:Delete*")),
        BUT_DELETE,
    ),
    within(
        PASS,
        "the boundary keeps it from what the reference denies",
        role(EVERYTHING, boundary=LIMIT),
        BUT_DELETE,
        limited(allow("s3:Get*")),
    ),
    within(
        FAIL,
        "another action",
        may(allow("s3:DeleteObject", DATA)),
        READS,
        says="role/app may s3:DeleteObject arn:aws:s3:::data/",
    ),
    within(
        FAIL,
        "another resource",
        may(allow("s3:GetObject", "arn:aws:s3:::other/a")),
        READS,
        says="role/app may s3:GetObject arn:aws:s3:::other/a, by identity policy p0, Statement[0]",
    ),
    within(FAIL, "a wildcard over more actions", may(allow("s3:Get*", DATA)), READS),
    within(
        FAIL,
        "every action but others",
        may({"Effect": "Allow", "NotAction": "iam:*", "Resource": DATA}),
        READS,
    ),
    within(
        FAIL,
        "another account's log group",
        may(allow("logs:PutLogEvents", LOGS.replace("1111", "9999"))),
        LOGGING,
    ),
    within(
        FAIL, "what the reference denies", may(allow("s3:DeleteObject")), BUT_DELETE, says="s3:DeleteObject"
    ),
    within(
        FAIL,
        "by a managed policy, beyond",
        role(attached=["wide"]),
        READS,
        [managed("wide", EVERYTHING)],
        says="wide",
    ),
    within(
        FAIL,
        "a boundary that lets it beyond",
        role(EVERYTHING, boundary=LIMIT),
        READS,
        limited(allow("s3:GetObject")),
        says="s3:GetObject",
    ),
    within(
        FAIL,
        "a boundary that lets it do what the reference denies",
        role(EVERYTHING, boundary=LIMIT),
        BUT_DELETE,
        limited(allow("s3:*")),
        says="s3:Delete",
    ),
    within(
        FAIL,
        "a condition that the reference has and the role has not",
        may(allow("s3:GetObject")),
        whole(allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}})),
    ),
    within(NOT_APPLICABLE, "no reference", role(EVERYTHING)),
    within(
        NOT_APPLICABLE,
        "a reference for another role",
        role(EVERYTHING),
        short((["s3:*"], ["*"]), select="name: other"),
    ),
    within(
        UNKNOWN,
        "an output that is not there",
        may(READ),
        short((["s3:GetObject"], ["{output:Bucket}/*"])),
        says="{output:Bucket}",
    ),
    within(
        UNKNOWN, "a reference that denies by an operator nobody knows", may(READ), STRANGE, says="not decided"
    ),
    within(
        UNKNOWN,
        "the same within a boundary",
        role(EVERYTHING, boundary=LIMIT),
        STRANGE,
        limited(READ),
        says="not decided",
    ),
    within(
        UNKNOWN,
        "a malformed reference, with the place",
        may(READ),
        whole(allow("s3:*"), allow("s3:*", Effect="Maybe")),
        says="the reference, Statement[1].Effect",
    ),
    within(
        UNKNOWN,
        "a malformed policy, with its name and the place",
        role(document(READ), document(READ | {"Resorce": "*"})),
        READS,
        says="p1, Statement[0].Resorce",
    ),
    within(UNKNOWN, "inline policies refused", role(DENIED), READS),
    within(
        UNKNOWN,
        "the boundary's document refused",
        role(EVERYTHING, boundary=LIMIT),
        READS,
        [made(ManagedPolicy, "limit", exists=True, document=DENIED)],
    ),
    within(
        UNKNOWN,
        "selected by a tag that is refused",
        role(EVERYTHING, tags=DENIED),
        short((["s3:*"], ["*"]), select="tag: {a: b}"),
    ),
]
