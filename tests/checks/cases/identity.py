"""What the checks of roles, users and groups say."""

from compliance.models import Group, ManagedPolicy, Role, User
from compliance.models.identity import AttachedPolicy, InlinePolicy
from tests.builders import DENIED, allow, arn, deny, document, made, unlisted, where
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of

LIMIT = arn("ManagedPolicy", "limit")


def granted(kind, name, texts, attached, facts):
    inline = (
        texts[0] if DENIED in texts else tuple(InlinePolicy(f"p{n}", text) for n, text in enumerate(texts))
    )
    policies = tuple(AttachedPolicy(each, arn("ManagedPolicy", each)) for each in attached)
    return made(kind, name, **({"inline": inline, "attached": policies} | facts))


def role(*texts, attached=(), boundary=None, **facts):
    return granted(Role, "app", texts, attached, {"boundary": boundary} | facts)


def user(*texts, attached=(), boundary=None, groups=(), **facts):
    return granted(User, "someone", texts, attached, {"boundary": boundary, "groups": groups} | facts)


def group(*texts, name="team", attached=()):
    return granted(Group, name, texts, attached, {})


def managed(name, text="{}", *, exists=True, attachable=True):
    return made(ManagedPolicy, name, document=text, exists=exists, is_attachable=attachable)


LINKED = made(Role, "linked", at=arn("ServiceLinkedRole", "linked"))
EVERYTHING = document(allow("*"))

# iam-sensitive-on-any-resource

sensitive = cases_of("iam-sensitive-on-any-resource")
STANDARD = "identity: {sensitive_actions: [standard]}"
DECRYPT = "identity: {sensitive_actions: ['kms:Decrypt']}"
ASSUME = "identity: {sensitive_actions: ['sts:AssumeRole']}"
PASS_ROLE = "identity: {sensitive_actions: ['iam:PassRole']}"
EXCEPTED = f"{STANDARD[:-1]}, sensitive_allowed: [{{select: {{name: %s}}, reason: breaks glass}}]}}"
ROLES = "arn:aws:iam::111122223333:role/*"
NAMED = allow("iam:PassRole", arn("Role", "app"))

READ_OBJECTS = "identity: {sensitive_actions: ['s3:GetObject']}"
TAG_OF_CALLER = "${aws:PrincipalTag/team}"


def chosen(condition, action="kms:Decrypt"):
    return role(document(allow(action, Condition={"StringEquals": condition})))


SENSITIVE_CASES = [
    sensitive(PASS, "no policy at all", role(), STANDARD),
    sensitive(NOT_APPLICABLE, "a service-linked role", LINKED, STANDARD),
    sensitive(PASS, "a sensitive action on a named resource", role(document(NAMED)), STANDARD),
    sensitive(
        FAIL,
        "a sensitive action on every resource",
        role(document(allow("iam:PassRole"))),
        STANDARD,
        says="iam:PassRole",
    ),
    sensitive(FAIL, "a sensitive action in another case", role(document(allow("IAM:passrole"))), PASS_ROLE),
    sensitive(FAIL, "every sensitive action", role(EVERYTHING), STANDARD, says="more"),
    sensitive(
        FAIL, "a wildcard that holds a sensitive action", role(document(allow("iam:Pass*"))), PASS_ROLE
    ),
    sensitive(PASS, "a wildcard that holds none", role(document(allow("iam:Get*"))), STANDARD),
    sensitive(PASS, "an action that is not sensitive", role(document(allow("ec2:DescribeVpcs"))), STANDARD),
    sensitive(
        FAIL,
        "every resource of one type",
        role(document(allow("iam:PassRole", ROLES))),
        PASS_ROLE,
    ),
    sensitive(
        FAIL,
        "every bucket",
        role(document(allow("s3:PutBucketPolicy", "arn:aws:s3:::*"))),
        "identity: {sensitive_actions: ['s3:PutBucketPolicy']}",
    ),
    sensitive(
        FAIL,
        "every key, in every region",
        role(document(allow("kms:Decrypt", "arn:aws:kms:*:*:key/*"))),
        DECRYPT,
    ),
    sensitive(FAIL, "every key, by a star", role(document(allow("kms:*"))), DECRYPT),
    sensitive(PASS, "a named key", role(document(allow("kms:Decrypt", arn("Key", "1")))), DECRYPT),
    sensitive(FAIL, "every role to assume", role(document(allow("sts:AssumeRole", ROLES))), ASSUME),
    sensitive(
        PASS, "a named role to assume", role(document(allow("sts:AssumeRole", arn("Role", "a")))), ASSUME
    ),
    sensitive(
        FAIL,
        "every resource of a service without types of its own",
        role(document(allow("ec2:RunInstances"))),
        "identity: {sensitive_actions: ['ec2:RunInstances']}",
    ),
    sensitive(
        PASS,
        "resources by a prefix",
        role(document(allow("iam:PassRole", "arn:aws:iam::111122223333:role/app-*"))),
        PASS_ROLE,
    ),
    sensitive(
        FAIL,
        "every resource but one",
        role(document({"Effect": "Allow", "Action": "iam:PassRole", "NotResource": arn("Role", "admin")})),
        PASS_ROLE,
    ),
    sensitive(
        FAIL,
        "every action but others",
        role(document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
        PASS_ROLE,
    ),
    sensitive(
        PASS,
        "every action but this one",
        role(document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        PASS_ROLE,
    ),
    sensitive(PASS, "a Deny counts", role(document(allow("iam:*"), deny("iam:PassRole"))), PASS_ROLE),
    sensitive(
        FAIL,
        "a Deny on one resource does not",
        role(document(allow("iam:*"), deny("iam:PassRole", arn("Role", "admin")))),
        PASS_ROLE,
    ),
    sensitive(
        PASS,
        "a Deny in another policy counts",
        role(document(allow("iam:*")), document(deny("iam:*"))),
        PASS_ROLE,
    ),
    sensitive(
        PASS,
        "the boundary counts",
        role(EVERYTHING, boundary=LIMIT),
        PASS_ROLE,
        [managed("limit", document(allow("s3:*")))],
    ),
    sensitive(
        FAIL,
        "a boundary that lets it through",
        role(EVERYTHING, boundary=LIMIT),
        PASS_ROLE,
        [managed("limit", EVERYTHING)],
    ),
    sensitive(
        PASS,
        "a boundary alone grants nothing",
        role(boundary=LIMIT),
        PASS_ROLE,
        [managed("limit", EVERYTHING)],
    ),
    sensitive(
        FAIL,
        "by a managed policy",
        role(attached=["wide"]),
        PASS_ROLE,
        [managed("wide", EVERYTHING)],
        says="wide",
    ),
    sensitive(
        PASS,
        "a managed policy that does not exist",
        role(attached=["wide"]),
        PASS_ROLE,
        [managed("wide", exists=False)],
    ),
    sensitive(FAIL, "a user", user(EVERYTHING), PASS_ROLE),
    sensitive(
        FAIL,
        "a user by a group's policy",
        user(groups=("team",)),
        PASS_ROLE,
        [group(name="other"), group(EVERYTHING)],
    ),
    sensitive(
        FAIL,
        "a user by a group's managed policy",
        user(groups=("team",)),
        PASS_ROLE,
        [group(attached=["wide"]), managed("wide", EVERYTHING)],
    ),
    sensitive(
        PASS,
        "a user whose own Deny outweighs the group",
        user(document(deny("iam:*")), groups=("team",)),
        PASS_ROLE,
        [group(EVERYTHING)],
    ),
    sensitive(
        PASS,
        "a user whose boundary outweighs the group",
        user(groups=("team",), boundary=LIMIT),
        PASS_ROLE,
        [group(EVERYTHING), managed("limit", document(allow("s3:*")))],
    ),
    sensitive(PASS, "a group that the user is not in", user(), PASS_ROLE, [group(EVERYTHING)]),
    sensitive(FAIL, "a group", group(EVERYTHING), PASS_ROLE),
    sensitive(PASS, "a group without grants", group(), PASS_ROLE),
    sensitive(
        NOT_APPLICABLE,
        "excepted by name, with the reason",
        role(EVERYTHING),
        EXCEPTED % "app",
        says="breaks glass",
    ),
    sensitive(
        FAIL,
        "another is excepted",
        role(EVERYTHING),
        EXCEPTED % "root",
    ),
    sensitive(NOT_APPLICABLE, "no sensitive actions named", role(EVERYTHING)),
    sensitive(
        FAIL,
        "every key of one region",
        role(document(allow("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/*"))),
        DECRYPT,
    ),
    sensitive(FAIL, "every object", role(document(allow("s3:GetObject", "arn:aws:s3:::*/*"))), READ_OBJECTS),
    sensitive(
        PASS,
        "every object of a bucket that is called bucket",
        role(document(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))),
        READ_OBJECTS,
    ),
    sensitive(PASS, "keys with a tag", chosen({"aws:ResourceTag/team": "a"}), DECRYPT),
    sensitive(PASS, "keys with the caller's tag", chosen({"aws:resourcetag/team": TAG_OF_CALLER}), DECRYPT),
    sensitive(
        PASS,
        "a secret by its id",
        chosen({"secretsmanager:SecretId": "db"}, "secretsmanager:GetSecretValue"),
        STANDARD,
    ),
    sensitive(FAIL, "every key of the account", chosen({"aws:ResourceAccount": "111122223333"}), DECRYPT),
    sensitive(
        FAIL, "every key, by a service", chosen({"kms:ViaService": "s3.eu-west-1.amazonaws.com"}), DECRYPT
    ),
    sensitive(
        FAIL,
        "every key but those with a tag",
        role(document(allow("kms:Decrypt", **where("StringNotEquals", **{"aws:ResourceTag/team": "a"})))),
        DECRYPT,
    ),
    sensitive(
        PASS,
        "a boundary that chooses keys by a tag",
        role(EVERYTHING, boundary=LIMIT),
        DECRYPT,
        [
            managed(
                "limit", document(allow("kms:*", **where("StringEquals", **{"aws:ResourceTag/team": "a"})))
            )
        ],
    ),
    sensitive(
        UNKNOWN,
        "a malformed policy, with its name and the place",
        role(EVERYTHING, document(allow("s3:*", Effect="Perhaps"))),
        PASS_ROLE,
        says="p1, Statement[0].Effect",
    ),
    sensitive(UNKNOWN, "inline policies refused", role(DENIED), PASS_ROLE, says="inline"),
    sensitive(UNKNOWN, "the boundary refused", role(EVERYTHING, boundary=DENIED), PASS_ROLE, says="boundary"),
    sensitive(UNKNOWN, "a boundary that the run did not find", role(EVERYTHING, boundary=LIMIT), PASS_ROLE),
    sensitive(
        UNKNOWN,
        "a managed policy's document refused",
        role(attached=["wide"]),
        PASS_ROLE,
        [managed("wide", DENIED)],
    ),
    sensitive(UNKNOWN, "groups refused", user(groups=DENIED), PASS_ROLE),
    sensitive(
        UNKNOWN, "a group that the run did not find", user(groups=("team",)), PASS_ROLE, says="Group team"
    ),
    sensitive(UNKNOWN, "a policy that is no document", role("{}"), PASS_ROLE, says="can't be understood"),
]

# iam-no-admin

admin = cases_of("iam-no-admin")

ADMIN_CASES = [
    admin(PASS, "no policy at all", role()),
    admin(NOT_APPLICABLE, "a service-linked role", LINKED, says="AWS alone can change"),
    admin(FAIL, "everything", role(EVERYTHING), says="*:*"),
    admin(FAIL, "everything, spelt with a colon", role(document(allow("*:*")))),
    admin(
        FAIL,
        "everything by a managed policy",
        role(attached=["AdministratorAccess"]),
        "",
        [managed("AdministratorAccess", EVERYTHING)],
        says="AdministratorAccess",
    ),
    admin(FAIL, "a user by a group", user(groups=("team",)), "", [group(EVERYTHING)]),
    admin(FAIL, "a group", group(EVERYTHING)),
    admin(
        FAIL,
        "two policies that are everything together",
        role(
            document({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}),
            document(allow(["iam:*", "sts:*"])),
        ),
    ),
    admin(
        FAIL,
        "everything but nothing much",
        role(document({"Effect": "Allow", "NotAction": "ec2:RunInstances", "Resource": "*"})),
    ),
    admin(
        PASS,
        "everything but identity",
        role(document({"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"})),
    ),
    admin(PASS, "identity alone", role(document(allow(["iam:*", "sts:*"])))),
    admin(PASS, "everything on named resources", role(document(allow("*", "arn:aws:s3:::data/*")))),
    admin(PASS, "everything, but a Deny on taking over", role(EVERYTHING, document(deny("iam:*")))),
    admin(
        PASS,
        "everything within a boundary",
        role(EVERYTHING, boundary=LIMIT),
        "",
        [managed("limit", document(allow("s3:*")))],
    ),
    admin(
        NOT_APPLICABLE,
        "excepted",
        role(EVERYTHING),
        "identity: {admin_allowed: [{select: {name: a*}, reason: breaks glass}]}",
        says="breaks glass",
    ),
    admin(
        UNKNOWN,
        "excepted by a tag that is refused",
        role(EVERYTHING, tags=DENIED),
        "identity: {admin_allowed: [{select: {tag: {use: admin}}, reason: breaks glass}]}",
        says="tags",
    ),
    admin(
        FAIL,
        "a group has no tags to be excepted by",
        group(EVERYTHING),
        "identity: {admin_allowed: [{select: {tag: {use: admin}}, reason: breaks glass}]}",
    ),
    admin(
        UNKNOWN,
        "inline policies refused, though a managed one is everything",
        role(DENIED, attached=["all"]),
        "",
        [managed("all", EVERYTHING)],
    ),
    admin(
        UNKNOWN,
        "whether the managed policy exists",
        role(attached=["all"]),
        "",
        [made(ManagedPolicy, "all", exists=DENIED, document=EVERYTHING)],
    ),
]

# iam-managed-policy-exists

exists = cases_of("iam-managed-policy-exists")

EXISTS_CASES = [
    exists(PASS, "every policy is there", role(attached=["a", "b"]), "", [managed("a"), managed("b")]),
    exists(
        FAIL,
        "one policy is not there",
        role(attached=["a", "b"]),
        "",
        [managed("a"), managed("b", exists=False)],
        says="does not exist",
    ),
    exists(
        FAIL,
        "a policy is deprecated",
        role(attached=["a"]),
        "",
        [managed("a", attachable=False)],
        says="deprecated",
    ),
    exists(FAIL, "a user's", user(attached=["a"]), "", [managed("a", exists=False)]),
    exists(FAIL, "a group's", group(attached=["a"]), "", [managed("a", exists=False)]),
    exists(NOT_APPLICABLE, "none is attached", role(EVERYTHING)),
    exists(
        UNKNOWN,
        "which are attached",
        made(Role, "app", attached=DENIED),
    ),
    exists(
        UNKNOWN,
        "whether it exists",
        role(attached=["a"]),
        gaps=[unlisted("ManagedPolicy")],
        says="not-collected",
    ),
    exists(
        UNKNOWN,
        "whether it can be attached",
        role(attached=["a"]),
        "",
        [made(ManagedPolicy, "a", exists=True, is_attachable=DENIED)],
    ),
]

CASES = [*SENSITIVE_CASES, *ADMIN_CASES, *EXISTS_CASES]
