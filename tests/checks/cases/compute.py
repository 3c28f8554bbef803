"""What the checks of functions say."""

from compliance.models import Function, ManagedPolicy, Role
from compliance.models.identity import AttachedPolicy, InlinePolicy
from tests.builders import (
    ACCOUNT,
    DENIED,
    STRANGER,
    admit,
    allow,
    arn,
    deny,
    document,
    elsewhere,
    gone,
    made,
    where,
)
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of
from tests.checks.cases.strangers import public_cases

ME = arn("Function", "scan")
INVOKE = "lambda:InvokeFunction"


def function(text):
    return made(Function, "scan", document=text)


# lambda-policy-not-public

public = cases_of("lambda-policy-not-public")
S3, RULES = {"Service": "s3.amazonaws.com"}, {"Service": "events.amazonaws.com"}
BUCKET, RULE = "arn:aws:s3:::data", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/nightly"


def invoked_by(principal, **condition):
    return function(document(admit(principal, INVOKE, ME, Sid="Invoke", **condition)))


def url(kind):
    return function(
        document(
            admit(
                "*", "lambda:InvokeFunctionUrl", ME, **where("StringEquals", lambda_FunctionUrlAuthType=kind)
            )
        )
    )


PUBLIC_CASES = [
    *public_cases("lambda-policy-not-public", function, INVOKE, ME),
    public(PASS, "no policy at all", function(None)),
    public(FAIL, "a function URL without authentication", url("NONE"), says="lambda:InvokeFunctionUrl"),
    public(FAIL, "a function URL for every AWS account", url("AWS_IAM")),
    public(PASS, "a service for one source", invoked_by(RULES, **where("ArnLike", aws_SourceArn=RULE))),
    public(
        PASS,
        "a bucket of this account",
        invoked_by(
            S3,
            Condition={"ArnLike": {"aws:SourceArn": BUCKET}, "StringEquals": {"aws:SourceAccount": ACCOUNT}},
        ),
    ),
    public(
        FAIL,
        "a bucket that anybody may own tomorrow",
        invoked_by(S3, **where("ArnLike", aws_SourceArn=BUCKET)),
        says="on a stranger's behalf",
    ),
    public(
        FAIL,
        "a service for anybody's sources",
        invoked_by(S3),
        says=f"s3.amazonaws.com may {INVOKE} {ME}, by statement Invoke",
    ),
    public(
        FAIL,
        "a service for another account",
        invoked_by(S3, **where("StringEquals", aws_SourceAccount=STRANGER)),
    ),
    public(
        PASS,
        "a service for an account of the zone",
        invoked_by(S3, **where("StringEquals", aws_SourceAccount=STRANGER)),
        f"trust: {{accounts: ['{STRANGER}']}}",
    ),
    public(PASS, "another account is not the public", invoked_by({"AWS": STRANGER})),
]

# lambda-role-scoped

scoped = cases_of("lambda-role-scoped")
STANDARD = "identity: {sensitive_actions: [standard]}"
EXCEPTED = f"{STANDARD[:-1]}, sensitive_allowed: [{{select: {{name: app}}, reason: rotates all keys}}]}}"
BY_TAG = f"{STANDARD[:-1]}, sensitive_allowed: [{{select: {{tag: {{use: rotation}}}}, reason: rotates}}]}}"
RUNS = made(Function, "scan", role_arn=arn("Role", "app"))


def role(*statements, **facts):
    inline = (InlinePolicy("work", document(*statements)),)
    return made(Role, "app", **({"inline": inline, "attached": (), "boundary": None} | facts))


WIDE = arn("ManagedPolicy", "wide")


def managed(name, *statements, exists=True):
    return made(ManagedPolicy, name, document=document(*statements), exists=exists)


SCOPED_CASES = [
    scoped(PASS, "named resources", RUNS, STANDARD, [role(allow("kms:Decrypt", arn("Key", "1")))]),
    scoped(PASS, "logs alone", RUNS, STANDARD, [role(allow(["logs:CreateLogStream", "logs:PutLogEvents"]))]),
    scoped(
        FAIL,
        "a sensitive action on every resource",
        RUNS,
        STANDARD,
        [role(allow("iam:UpdateAccessKey"))],
        says="iam:UpdateAccessKey",
    ),
    scoped(
        FAIL,
        "many of them are one violation, which names the role and the statement",
        RUNS,
        STANDARD,
        [role(allow("*"))],
        says=f"{arn('Role', 'app')}, identity policy work, Statement[0]",
    ),
    scoped(
        FAIL,
        "by a managed policy",
        RUNS,
        STANDARD,
        [role(inline=(), attached=(AttachedPolicy("wide", WIDE),)), managed("wide", allow("*"))],
        says="policy/wide",
    ),
    scoped(
        PASS,
        "a managed policy that does not exist",
        RUNS,
        STANDARD,
        [role(inline=(), attached=(AttachedPolicy("wide", WIDE),)), managed("wide", exists=False)],
    ),
    scoped(
        PASS,
        "the boundary counts",
        RUNS,
        STANDARD,
        [role(allow("*"), boundary=WIDE), managed("wide", allow("logs:PutLogEvents"))],
    ),
    scoped(PASS, "a Deny counts", RUNS, STANDARD, [role(allow("iam:PassRole"), deny("iam:*"))]),
    scoped(FAIL, "the role is gone", RUNS, STANDARD, gaps=[gone("Role", "app")], says="does not exist"),
    scoped(NOT_APPLICABLE, "no sensitive actions named", RUNS, "", [role(allow("*"))]),
    scoped(
        NOT_APPLICABLE, "the role is excepted", RUNS, EXCEPTED, [role(allow("*"))], says="rotates all keys"
    ),
    scoped(
        NOT_APPLICABLE,
        "the role is excepted by tag",
        RUNS,
        BY_TAG,
        [role(allow("*"), tags={"use": "rotation"})],
    ),
    scoped(UNKNOWN, "excepted by a tag that is refused", RUNS, BY_TAG, [role(allow("*"), tags=DENIED)]),
    scoped(UNKNOWN, "which role it has", made(Function, "scan", role_arn=DENIED), STANDARD),
    scoped(UNKNOWN, "the role's policies refused", RUNS, STANDARD, [role(inline=DENIED)]),
    scoped(
        UNKNOWN,
        "a role of another account",
        made(Function, "scan", role_arn=arn("Role", "app", STRANGER)),
        STANDARD,
        gaps=[elsewhere("Role", "app")],
    ),
    scoped(
        UNKNOWN,
        "a malformed policy, with its name and the place",
        RUNS,
        STANDARD,
        [role(allow("kms:Decrypt", Effect="Maybe"))],
        says="work, Statement[0].Effect",
    ),
]

CASES = [*PUBLIC_CASES, *SCOPED_CASES]
