"""What the escalation check says."""

from compliance.models import Function, Group, ManagedPolicy, Role, User
from compliance.models.identity import AttachedPolicy, InlinePolicy
from tests.builders import DENIED, allow, arn, deny, document, made, trust, unlisted
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of

EVERYTHING = document(allow("*"))
LIMIT = arn("ManagedPolicy", "limit")

escalates = cases_of("iam-no-privilege-escalation")


def role(name, *texts, trusts="lambda.amazonaws.com", attached=(), **facts):
    inline = tuple(InlinePolicy(f"p{n}", text) for n, text in enumerate(texts))
    policies = tuple(AttachedPolicy(each, arn("ManagedPolicy", each)) for each in attached)
    known = {"inline": inline, "attached": policies, "boundary": None, "tags": {}, "trust": trust(trusts)}
    return made(Role, name, **(known | facts))


def user(name, *texts, **facts):
    inline = tuple(InlinePolicy(f"p{n}", text) for n, text in enumerate(texts))
    return made(
        User, name, **({"inline": inline, "attached": (), "boundary": None, "groups": (), "tags": {}} | facts)
    )


ADMIN = role("admin", EVERYTHING)
PASSES = document(
    allow("iam:PassRole", arn("Role", "admin")), allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
)
UPDATES = document(allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]))

CASES = [
    escalates(
        PASS, "reading a bucket leads nowhere", role("app", document(allow("s3:GetObject"))), others=[ADMIN]
    ),
    escalates(PASS, "who has everything reaches nothing more", ADMIN),
    escalates(FAIL, "a strong role passed to new code", role("app", PASSES), others=[ADMIN], says="admin"),
    escalates(
        PASS,
        "a role that no service takes on can't be passed",
        role("app", PASSES),
        others=[role("admin", EVERYTHING, trusts="ec2.amazonaws.com")],
    ),
    escalates(PASS, "a passed role that may do nothing", role("app", PASSES), others=[role("admin")]),
    escalates(
        PASS, "a Deny closes the way", role("app", PASSES, document(deny("iam:PassRole"))), others=[ADMIN]
    ),
    escalates(
        PASS,
        "a boundary closes the way",
        role("app", PASSES, boundary=LIMIT),
        others=[
            ADMIN,
            made(ManagedPolicy, "limit", document=document(allow("s3:*")), exists=True, is_attachable=True),
        ],
    ),
    escalates(FAIL, "a policy of its own making", user("dev", document(allow("iam:PutUserPolicy")))),
    escalates(
        FAIL,
        "a policy of its group's making",
        user("dev", groups=("team",)),
        others=[
            made(
                Group,
                "team",
                attached=(),
                inline=(InlinePolicy("g", document(allow("iam:PutGroupPolicy"))),),
            )
        ],
    ),
    escalates(
        FAIL,
        "a key of a stronger user",
        user("dev", document(allow("iam:CreateAccessKey"))),
        others=[user("root-like", EVERYTHING)],
        says="root-like",
    ),
    escalates(
        FAIL,
        "the code of a function with a stronger role",
        user("dev", UPDATES),
        others=[ADMIN, made(Function, "job", role_arn=arn("Role", "admin"))],
        says="admin",
    ),
    escalates(
        PASS,
        "the code of a function with a weaker role",
        user("dev", UPDATES),
        others=[role("weak"), made(Function, "job", role_arn=arn("Role", "weak"))],
    ),
    escalates(
        FAIL,
        "by a managed policy",
        role("app", attached=["makes"]),
        others=[
            made(
                ManagedPolicy,
                "makes",
                document=document(allow("iam:PutRolePolicy")),
                exists=True,
                is_attachable=True,
            ),
            ADMIN,
        ],
    ),
    escalates(
        NOT_APPLICABLE,
        "a principal that the policy file excepts",
        role("app", PASSES),
        "identity: {escalation_allowed: [{select: {name: app}, reason: deploys everything}]}",
        [ADMIN],
    ),
    escalates(
        UNKNOWN,
        "the trust of another role can't be read",
        role("app", PASSES),
        others=[role("admin", trust=DENIED)],
    ),
    escalates(UNKNOWN, "its own policies can't be read", role("app", inline=DENIED)),
    escalates(UNKNOWN, "the list of roles can't be read", user("dev", PASSES), gaps=[unlisted("Role")]),
    escalates(
        UNKNOWN,
        "code on instances of which nobody knows the role",
        user("dev", document(allow(["ssm:SendCommand", "ssm:StartSession"]))),
        others=[role("admin", EVERYTHING, trusts="ec2.amazonaws.com")],
        says="not decided",
    ),
]
