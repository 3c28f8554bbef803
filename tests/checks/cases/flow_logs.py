"""What the checks of flow logs say."""

from datetime import timedelta

from compliance.models import FlowLog, ManagedPolicy, Role, Vpc
from compliance.models.identity import AttachedPolicy, InlinePolicy
from compliance.models.network import Destination
from tests.builders import DENIED, NOW, allow, arn, deny, document, elsewhere, gone, made, trust, unlisted
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of

# flow-log-enabled

enabled = cases_of("flow-log-enabled")
HOME = made(Vpc, "vpc-1")
LOGS, S3, FIREHOSE = Destination.CLOUD_WATCH_LOGS, Destination.S3, Destination.FIREHOSE


def logging(traffic="ALL", to=LOGS, *, name="fl-1", of="vpc-1", active=True):
    return made(FlowLog, name, resource_id=of, is_active=active, traffic=traffic, destination=to)


def needs(*rules):
    return f"flow_logs: {{required: [{', '.join(rules)}]}}"


ANY, BOTH = needs("{}"), needs("{destinations: [s3, cloud-watch-logs]}")

ENABLED_CASES = [
    enabled(PASS, "all traffic, anywhere", HOME, ANY, [logging()]),
    enabled(FAIL, "no flow log", HOME, ANY, says="no flow log"),
    enabled(FAIL, "inactive", HOME, ANY, [logging(active=False)], says="not active"),
    enabled(
        PASS,
        "one inactive beside one that is active",
        HOME,
        ANY,
        [logging(active=False, name="fl-2"), logging()],
    ),
    enabled(FAIL, "rejected traffic only", HOME, ANY, [logging("REJECT")], says="REJECT to cloud-watch-logs"),
    enabled(
        FAIL,
        "accepted and rejected traffic apart",
        HOME,
        ANY,
        [logging("REJECT"), logging("ACCEPT", name="fl-2")],
    ),
    enabled(
        PASS, "rejected traffic where that is enough", HOME, needs("{traffic: REJECT}"), [logging("REJECT")]
    ),
    enabled(PASS, "all traffic where rejected is enough", HOME, needs("{traffic: REJECT}"), [logging()]),
    enabled(
        FAIL,
        "accepted traffic where rejected is required",
        HOME,
        needs("{traffic: REJECT}"),
        [logging("ACCEPT")],
    ),
    enabled(PASS, "to both destinations", HOME, BOTH, [logging(), logging(to=S3, name="fl-2")]),
    enabled(FAIL, "to one of two destinations", HOME, BOTH, [logging()], says="to s3"),
    enabled(
        FAIL,
        "to another destination",
        HOME,
        needs("{destinations: [s3]}"),
        [logging(to=FIREHOSE)],
        says="kinesis",
    ),
    enabled(
        FAIL,
        "to the destination, but too little",
        HOME,
        needs("{destinations: [s3]}"),
        [logging("REJECT", S3), logging()],
    ),
    enabled(FAIL, "every rule counts", HOME, needs("{}", "{destinations: [s3]}"), [logging()]),
    enabled(FAIL, "a flow log of another VPC", HOME, ANY, [logging(of="vpc-2")]),
    enabled(FAIL, "a flow log of a subnet", HOME, ANY, [logging(of="subnet-1")]),
    enabled(UNKNOWN, "flow logs refused", HOME, ANY, gaps=[unlisted("FlowLog", HOME)], says="x:Y"),
    enabled(NOT_APPLICABLE, "none required", HOME, "", [logging()]),
    enabled(NOT_APPLICABLE, "none required of this one", HOME, needs("{select: {name: vpc-2}}"), [logging()]),
]

# flow-log-delivers

delivers = cases_of("flow-log-delivers")
HOUR = "flow_logs: {delivery: [{max_delay_minutes: 60}]}"


def delivering(minutes_ago, *, active=True, status="SUCCESS", error=None, **facts):
    at = None if minutes_ago is None else NOW - timedelta(minutes=minutes_ago)
    known = {"is_active": active, "delivery_status": status, "delivery_error": error, "newest_data_at": at}
    return made(FlowLog, "fl-1", **(known | {"destination_arn": "arn:aws:s3:::logs"} | facts))


DELIVERS_CASES = [
    delivers(PASS, "fresh data", delivering(15), HOUR),
    delivers(PASS, "data at the last moment", delivering(60), HOUR),
    delivers(FAIL, "stale data", delivering(61), HOUR, says="2026-03-01 10:59:00 UTC"),
    delivers(FAIL, "no data", delivering(None), HOUR, says="nothing in the last three days"),
    delivers(PASS, "a status that does not say anything yet, but data", delivering(5, status=None), HOUR),
    delivers(
        FAIL,
        "AWS says FAILED",
        delivering(5, status="FAILED", error="Access error"),
        HOUR,
        says="Access error",
    ),
    delivers(
        FAIL, "AWS says FAILED, and not why", delivering(5, status="FAILED"), HOUR, says="actual='FAILED'"
    ),
    delivers(FAIL, "AWS says SUCCESS, but nothing arrived", delivering(None), HOUR, says="arn:aws:s3:::logs"),
    delivers(NOT_APPLICABLE, "not active", delivering(None, active=False), HOUR, says="flow-log-enabled"),
    delivers(NOT_APPLICABLE, "no delay stated", delivering(None), says="delivery delay"),
    delivers(
        UNKNOWN, "the destination refused", delivering(5, newest_data_at=DENIED), HOUR, says="newest_data_at"
    ),
    delivers(
        UNKNOWN,
        "the destination refused, though FAILED was seen",
        delivering(5, status="FAILED", newest_data_at=DENIED),
        HOUR,
        says="delivery fails",
    ),
]

# flow-log-role

of_role = cases_of("flow-log-role")
SERVICE = "vpc-flow-logs.amazonaws.com"
GROUP = arn("LogGroup", "flow-logs")
WRITES = ["logs:CreateLogStream", "logs:PutLogEvents"]
DESCRIBES = ["logs:DescribeLogGroups", "logs:DescribeLogStreams"]
HERE = [GROUP, f"{GROUP}:*"]
SCOPED = document(allow(WRITES, HERE), allow(DESCRIBES))
FLOW = made(FlowLog, "fl-1", destination=LOGS, destination_arn=f"{GROUP}:*", role_arn=arn("Role", "flow"))


def role(grants=SCOPED, trusts=None, *, attached=(), boundary=None):
    inline = grants if grants is DENIED else tuple(InlinePolicy("write", each) for each in (grants,) if each)
    policies = tuple(AttachedPolicy(name, arn("ManagedPolicy", name)) for name in attached)
    trusts = trusts or trust(SERVICE)
    return made(Role, "flow", inline=inline, attached=policies, boundary=boundary, trust=trusts)


def managed(name, text, *, exists=True):
    return made(ManagedPolicy, name, document=text, exists=exists)


LIMIT = arn("ManagedPolicy", "limit")
CONFUSED = {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}

ROLE_CASES = [
    of_role(PASS, "trusted by the service, and writes to its group", FLOW, others=[role()]),
    of_role(
        PASS, "the trust is limited to this account", FLOW, others=[role(trusts=trust(SERVICE, **CONFUSED))]
    ),
    of_role(
        PASS,
        "the trust is limited to this account's flow logs",
        FLOW,
        others=[
            role(
                trusts=trust(
                    SERVICE,
                    Condition={
                        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/*"}
                    },
                )
            )
        ],
    ),
    of_role(
        PASS,
        "the group without its star",
        made(FlowLog, "fl-1", destination=LOGS, destination_arn=GROUP, role_arn=arn("Role", "flow")),
        others=[role()],
    ),
    of_role(
        PASS,
        "streams of the group alone",
        FLOW,
        others=[role(document(allow(WRITES, f"{GROUP}:log-stream:*")))],
    ),
    of_role(
        PASS,
        "actions in another case",
        FLOW,
        others=[role(document(allow(["LOGS:createlogstream", "logs:PUTLOGEVENTS"], HERE)))],
    ),
    of_role(
        PASS, "by a managed policy", FLOW, others=[role(None, attached=["write"]), managed("write", SCOPED)]
    ),
    of_role(
        PASS,
        "within a boundary",
        FLOW,
        others=[role(boundary=LIMIT), managed("limit", document(allow("logs:*")))],
    ),
    of_role(
        FAIL,
        "trusted by another service, too",
        FLOW,
        others=[role(trusts=trust(SERVICE, "ec2.amazonaws.com"))],
        says="Service ec2.amazonaws.com",
    ),
    of_role(
        FAIL,
        "trusted by an account, too",
        FLOW,
        others=[
            role(
                trusts=document(
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": SERVICE, "AWS": "444455556666"},
                        "Action": "sts:AssumeRole",
                    }
                )
            )
        ],
        says="AWS 444455556666",
    ),
    of_role(
        FAIL,
        "trusted by everybody",
        FLOW,
        others=[role(trusts=document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}))],
        says="AWS *",
    ),
    of_role(
        FAIL,
        "trusted by everybody but one",
        FLOW,
        others=[
            role(
                trusts=document(
                    {"Effect": "Allow", "NotPrincipal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"}
                )
            )
        ],
        says="everyone but those named",
    ),
    of_role(FAIL, "not trusted by the service", FLOW, others=[role(trusts=trust("ec2.amazonaws.com"))]),
    of_role(
        FAIL,
        "trusted by nobody",
        FLOW,
        others=[role(trusts=document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}))],
        says="may not assume",
    ),
    of_role(
        FAIL,
        "the trust denies what it allows",
        FLOW,
        others=[
            role(
                trusts=document(
                    {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"},
                    {"Effect": "Deny", "Principal": "*", "Action": "sts:*"},
                )
            )
        ],
        says="may not assume",
    ),
    of_role(
        FAIL,
        "the service may do something else than assume it",
        FLOW,
        others=[role(trusts=trust(SERVICE, action="sts:TagSession"))],
        says="may not assume",
    ),
    of_role(
        FAIL,
        "the trust is limited to another account",
        FLOW,
        others=[
            role(trusts=trust(SERVICE, Condition={"StringEquals": {"aws:SourceAccount": "444455556666"}}))
        ],
        says="may not assume",
    ),
    of_role(
        FAIL,
        "a whole service's actions",
        FLOW,
        others=[role(document(allow("logs:*", HERE)))],
        says="more than deliver",
    ),
    of_role(FAIL, "every action", FLOW, others=[role(document(allow("*")))], says="more than deliver"),
    of_role(
        FAIL,
        "every action but one",
        FLOW,
        others=[role(document({"Effect": "Allow", "NotAction": "iam:*", "Resource": HERE}))],
        says="log-group:flow-logs, by identity policy write, Statement[0]",
    ),
    of_role(
        FAIL,
        "an action of another service",
        FLOW,
        others=[role(document(allow(WRITES, HERE), allow("s3:GetObject")))],
        says="s3:GetObject",
    ),
    of_role(
        FAIL,
        "writes to every group",
        FLOW,
        others=[role(document(allow(WRITES)))],
        says="may logs:CreateLogStream arn:aws:logs:",
    ),
    of_role(
        FAIL,
        "writes to groups whose name begins as this one's",
        FLOW,
        others=[role(document(allow(WRITES, f"{GROUP}*")))],
        says=f"may logs:CreateLogStream {GROUP}",
    ),
    of_role(
        FAIL,
        "writes to every group but one",
        FLOW,
        others=[
            role(document({"Effect": "Allow", "Action": WRITES, "NotResource": arn("LogGroup", "other")}))
        ],
        says="may logs:CreateLogStream arn:aws:logs:",
    ),
    of_role(
        FAIL,
        "writes to another group only",
        FLOW,
        others=[role(document(allow(WRITES, arn("LogGroup", "other") + ":*")))],
        says="may not do logs:PutLogEvents",
    ),
    of_role(
        FAIL,
        "may not write",
        FLOW,
        others=[role(document(allow("logs:CreateLogStream", HERE)))],
        says="may not do logs:PutLogEvents",
    ),
    of_role(
        FAIL,
        "writing is denied",
        FLOW,
        others=[role(document(allow(WRITES, HERE), deny("logs:PutLogEvents")))],
        says="may not do logs:PutLogEvents",
    ),
    of_role(
        FAIL,
        "the boundary does not let it write",
        FLOW,
        others=[role(boundary=LIMIT), managed("limit", document(allow("s3:*")))],
        says="may not do",
    ),
    of_role(FAIL, "no policy at all", FLOW, others=[role(None)], says="may not do"),
    of_role(
        FAIL,
        "a managed policy that does not exist",
        FLOW,
        others=[role(None, attached=["write"]), managed("write", "{}", exists=False)],
        says="may not do",
    ),
    of_role(FAIL, "the role is gone", FLOW, gaps=[gone("Role", "flow")], says="does not exist"),
    of_role(
        UNKNOWN,
        "a role of another account",
        made(
            FlowLog,
            "fl-1",
            destination=LOGS,
            destination_arn=GROUP,
            role_arn=arn("Role", "flow", "444455556666"),
        ),
        gaps=[elsewhere("Role", "flow")],
        says="belongs to account",
    ),
    of_role(UNKNOWN, "the role's policies refused", FLOW, others=[role(DENIED)], says="inline"),
    of_role(
        UNKNOWN,
        "a managed policy that the run did not find",
        FLOW,
        others=[role(None, attached=["write"])],
        says="not-collected",
    ),
    of_role(
        UNKNOWN, "a trust that is no document", FLOW, others=[role(trusts="[]")], says="can't be understood"
    ),
    of_role(
        NOT_APPLICABLE,
        "delivers to a bucket",
        made(FlowLog, "fl-1", destination=S3, role_arn=None),
        says="needs no role",
    ),
    of_role(
        NOT_APPLICABLE,
        "delivers to a group without a role",
        made(FlowLog, "fl-1", destination=LOGS, role_arn=None),
    ),
]

CASES = [*ENABLED_CASES, *DELIVERS_CASES, *ROLE_CASES]
