"""What is said of who may take on a role, and of what was attached to it in bulk."""

from compliance.models import ManagedPolicy, Role
from compliance.models.identity import AttachedPolicy
from tests.builders import ACCOUNT, DENIED, STRANGER, admit, allow, arn, document, made, trust, where
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of
from tests.checks.cases.identity import LINKED

# iam-trust-scoped

trusts = cases_of("iam-trust-scoped")
ASSUME, WEB = "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"
ME = arn("Role", "app")
ZONE = f"trust: {{accounts: ['{STRANGER}']}}"
HERE = where("StringEquals", aws_SourceAccount=ACCOUNT)
KNOWN = where("StringEquals", sts_ExternalId="9f1c")
GITHUB = "token.actions.githubusercontent.com"
LOGS_ARN = "arn:aws:ec2:eu-west-1:{}:vpc-flow-log/*"


def role(*statements):
    return made(Role, "app", trust=document(*statements))


def taken_by(who, **rest):
    return role(admit(who, ASSUME, **rest))


def service(name, **rest):
    return taken_by({"Service": f"{name}.amazonaws.com"}, **rest)


def pipeline(**condition):
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"
    audience = {f"{GITHUB}:aud": "sts.amazonaws.com"}
    return role(admit({"Federated": provider}, WEB, Condition={"StringEquals": audience, **condition}))


def subject(pattern):
    return pipeline(StringLike={f"{GITHUB}:sub": pattern})


SHUT = {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}

TRUST_CASES = [
    trusts(PASS, "a service that acts within the account alone", service("lambda")),
    trusts(PASS, "instances", service("ec2")),
    trusts(PASS, "a service for this account", service("vpc-flow-logs", **HERE)),
    trusts(
        PASS,
        "a service for this account's sources",
        service("vpc-flow-logs", **where("ArnLike", aws_SourceArn=LOGS_ARN.format(ACCOUNT))),
    ),
    trusts(
        PASS,
        "a Deny binds the service to this account",
        role(
            admit({"Service": "vpc-flow-logs.amazonaws.com"}, ASSUME),
            SHUT | where("StringNotEquals", aws_SourceAccount=ACCOUNT),
        ),
    ),
    trusts(PASS, "the account itself", taken_by({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    trusts(PASS, "a role of the account", taken_by({"AWS": arn("Role", "deployer")})),
    trusts(PASS, "an account of the zone", taken_by({"AWS": STRANGER}), ZONE),
    trusts(
        PASS,
        "a service for an account of the zone",
        service("s3", **where("StringEquals", aws_SourceAccount=STRANGER)),
        ZONE,
    ),
    trusts(
        PASS,
        "everybody of one organization",
        taken_by("*", **where("StringEquals", aws_PrincipalOrgID="o-aaaaaaaaaa")),
    ),
    trusts(PASS, "everybody, and a Deny for all", role(admit("*", ASSUME), SHUT)),
    trusts(
        PASS,
        "everybody, and a Deny for other accounts",
        role(admit("*", ASSUME), SHUT | where("StringNotEquals", aws_PrincipalAccount=ACCOUNT)),
    ),
    trusts(
        PASS,
        "staff by SAML",
        role(admit({"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/staff"}, "sts:AssumeRoleWithSAML")),
    ),
    trusts(
        PASS,
        "a provider of one's own",
        role(admit({"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"}, WEB)),
    ),
    trusts(PASS, "pipelines of one repository", subject("repo:acme/app:*")),
    trusts(FAIL, "pipelines of anybody", pipeline(), says="anybody may take on the role"),
    trusts(FAIL, "pipelines of anybody, said by a pattern", subject("repo:*")),
    trusts(
        FAIL,
        "web identities of any application",
        role(admit({"Federated": "cognito-identity.amazonaws.com"}, WEB)),
        says="anybody may take on the role",
    ),
    trusts(
        PASS,
        "web identities of one application",
        role(
            admit(
                {"Federated": "cognito-identity.amazonaws.com"},
                WEB,
                Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}},
            )
        ),
    ),
    trusts(FAIL, "everybody", taken_by("*"), says=f"anyone may sts:AssumeRole {ME}, by Statement[0]"),
    trusts(FAIL, "every AWS account", taken_by({"AWS": "*"}), says="anybody may take on the role"),
    trusts(
        FAIL,
        "everybody but one account",
        role({"Effect": "Allow", "NotPrincipal": {"AWS": STRANGER}, "Action": ASSUME}),
    ),
    trusts(
        FAIL, "every principal, said by a pattern", taken_by("*", **where("StringLike", aws_PrincipalArn="*"))
    ),
    trusts(
        FAIL,
        "an organization, if there is one",
        taken_by("*", **where("StringEqualsIfExists", aws_PrincipalOrgID="o-aaaaaaaaaa")),
    ),
    trusts(
        FAIL,
        "everybody by the second statement",
        role(admit({"AWS": STRANGER}, ASSUME), admit("*", ASSUME, Sid="Open")),
        says="by statement Open",
    ),
    trusts(FAIL, "another account", taken_by({"AWS": STRANGER}), says="another account may take on the role"),
    trusts(
        FAIL,
        "another account's role",
        taken_by({"AWS": arn("Role", "x", STRANGER)}),
        says="444455556666:role/x may sts:AssumeRole",
    ),
    trusts(
        FAIL,
        "a third party without an external id",
        taken_by({"AWS": STRANGER}),
        says="for any of its customers', expected='sts:ExternalId'",
    ),
    trusts(
        FAIL,
        "a third party with an external id is still outside the zone",
        taken_by({"AWS": STRANGER}, **KNOWN),
        says="sts:externalid = 9f1c",
    ),
    trusts(
        FAIL,
        "a third party with an external id, if there is one",
        taken_by({"AWS": STRANGER}, **where("StringEqualsIfExists", sts_ExternalId="9f1c")),
        says="any of its customers",
    ),
    trusts(
        FAIL,
        "an organization that is not in the zone",
        taken_by("*", **where("StringEquals", aws_PrincipalOrgID="o-aaaaaaaaaa")),
        "trust: {orgs: [o-bbbbbbbbbb]}",
        says="another account",
    ),
    trusts(
        FAIL,
        "a service for anybody",
        service("vpc-flow-logs"),
        says="expected='aws:SourceArn or aws:SourceAccount of this account', actual='vpc-flow-logs",
    ),
    trusts(
        FAIL,
        "a service for another account's sources",
        service("vpc-flow-logs", **where("ArnLike", aws_SourceArn=LOGS_ARN.format(STRANGER))),
        says=STRANGER,
    ),
    trusts(
        FAIL,
        "a service for this account, if it says one",
        service("vpc-flow-logs", **where("StringEqualsIfExists", aws_SourceAccount=ACCOUNT)),
        says="stranger's behalf",
    ),
    trusts(
        FAIL,
        "a service for a bucket that anybody may own tomorrow",
        service("s3", **where("ArnLike", aws_SourceArn="arn:aws:s3:::data")),
        says="stranger's behalf",
    ),
    trusts(
        FAIL,
        "one service of two",
        made(Role, "app", trust=trust("lambda.amazonaws.com", "config.amazonaws.com")),
        says="actual='config.amazonaws.com may",
    ),
    trusts(FAIL, "every service", taken_by({"Service": "*"}), says="stranger's behalf"),
    trusts(NOT_APPLICABLE, "a service-linked role", LINKED, says="AWS alone can change"),
    trusts(UNKNOWN, "the trust refused", made(Role, "app", trust=DENIED), says="trust"),
    trusts(
        UNKNOWN,
        "a malformed trust, with the place",
        role(admit("*", ASSUME), admit(5, ASSUME)),
        says="Statement[1].Principal",
    ),
    trusts(
        UNKNOWN,
        "user ids, of which nobody says if they are fixed",
        taken_by("*", **where("StringLike", aws_userid="AIDA1234567890")),
        says="not decided",
    ),
]

# iam-no-broad-managed-policy

broad = cases_of("iam-no-broad-managed-policy")
AWS = "arn:aws:iam::aws:policy/"
FULL = document(allow(["s3:*", "s3-object-lambda:*"]))
BASIC = document(allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]))
ALLOWED = "identity: {managed_policies_allowed: ['%s']}"


LAMBDAS = trust("lambda.amazonaws.com")


def served(*names, by=LAMBDAS):
    attached = tuple(AttachedPolicy(name.rpartition("/")[2], AWS + name) for name in names)
    return made(Role, "app", trust=by, attached=attached)


def by_aws(name, text, *, aws=True, exists=True):
    return made(ManagedPolicy, name, at=AWS + name, document=text, exists=exists, is_aws_managed=aws)


S3 = by_aws("AmazonS3FullAccess", FULL)
LAMBDA = by_aws("service-role/AWSLambdaBasicExecutionRole", BASIC)

BROAD_CASES = [
    broad(PASS, "nothing attached", served()),
    broad(
        PASS, "one that names its actions", served("service-role/AWSLambdaBasicExecutionRole"), "", [LAMBDA]
    ),
    broad(
        PASS,
        "one that reads by a wildcard",
        served("AmazonS3ReadOnlyAccess"),
        "",
        [by_aws("AmazonS3ReadOnlyAccess", document(allow(["s3:Get*", "s3:List*"])))],
    ),
    broad(
        FAIL,
        "one of a whole service",
        served("AmazonS3FullAccess"),
        "",
        [S3],
        says="allows s3:*, s3-object-lambda:*",
    ),
    broad(FAIL, "names the policy", served("AmazonS3FullAccess"), "", [S3], says=AWS + "AmazonS3FullAccess"),
    broad(
        FAIL,
        "the second of two",
        served("service-role/AWSLambdaBasicExecutionRole", "AmazonS3FullAccess"),
        "",
        [LAMBDA, S3],
    ),
    broad(
        FAIL,
        "a service with a hyphen",
        served("AmazonCognitoPowerUser"),
        "",
        [by_aws("AmazonCognitoPowerUser", document(allow("cognito-idp:*")))],
        says="cognito-idp:*",
    ),
    broad(
        FAIL,
        "everything",
        served("AdministratorAccess"),
        "",
        [by_aws("AdministratorAccess", document(allow("*")))],
        says="allows *:*",
    ),
    broad(
        FAIL,
        "everything but identity",
        served("PowerUserAccess"),
        "",
        [by_aws("PowerUserAccess", document({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}))],
        says="allows *:*",
    ),
    broad(
        FAIL,
        "trusted by a service among others",
        served(
            "AmazonS3FullAccess", by=document(admit({"AWS": ACCOUNT, "Service": "ec2.amazonaws.com"}, ASSUME))
        ),
        "",
        [S3],
    ),
    broad(
        PASS, "allowed by its ARN", served("AmazonS3FullAccess"), ALLOWED % (AWS + "AmazonS3FullAccess"), [S3]
    ),
    broad(PASS, "allowed by a pattern", served("AmazonS3FullAccess"), ALLOWED % "*/AmazonS3*", [S3]),
    broad(FAIL, "another is allowed", served("AmazonS3FullAccess"), ALLOWED % "*/AmazonSQS*", [S3]),
    broad(PASS, "a policy of its own", served("own"), "", [by_aws("own", FULL, aws=False)]),
    broad(
        PASS,
        "one that does not exist",
        served("AmazonS3FullAccess"),
        "",
        [by_aws("AmazonS3FullAccess", "{}", exists=False)],
    ),
    broad(
        NOT_APPLICABLE,
        "no service takes it on",
        served("AmazonS3FullAccess", by=document(admit({"AWS": ACCOUNT}, ASSUME))),
        "",
        [S3],
    ),
    broad(
        UNKNOWN, "what is attached", made(Role, "app", trust=trust("lambda.amazonaws.com"), attached=DENIED)
    ),
    broad(NOT_APPLICABLE, "a service-linked role", LINKED),
    broad(UNKNOWN, "the trust refused", made(Role, "app", trust=DENIED, attached=())),
    broad(UNKNOWN, "a policy that the run did not find", served("AmazonS3FullAccess"), says="not-collected"),
    broad(
        UNKNOWN,
        "the policy's document refused",
        served("AmazonS3FullAccess"),
        "",
        [by_aws("AmazonS3FullAccess", DENIED)],
    ),
    broad(
        UNKNOWN,
        "a malformed policy, with its name and the place",
        served("AmazonS3FullAccess"),
        "",
        [by_aws("AmazonS3FullAccess", "{}")],
        says="AmazonS3FullAccess, Statement: is missing",
    ),
]

CASES = [*TRUST_CASES, *BROAD_CASES]
