"""What is said of grants that are broader than anybody named: whole services, NotAction, any role to pass."""

from tests.builders import DENIED, allow, arn, deny, document, where
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of
from tests.checks.cases.identity import EVERYTHING, LIMIT, LINKED, group, managed, role, user

ALL_BUT_IAM = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}


def limited(*statements):
    return [managed("limit", document(*statements))]


# iam-no-wildcard-action

whole = cases_of("iam-no-wildcard-action")


def does(*actions):
    return role(document(allow(list(actions))))


WHOLE = {
    "s3:*": "s3:*", "s3:?*": "s3:*", "s3:**": "s3:*", "S3:*": "s3:*", "s3-outposts:*": "s3-outposts:*",
    "*": "*:*", "*:*": "*:*", "**": "*:*", "s*:*": "s*:*", "?3:*": "?3:*", "*3:*": "*3:*", "s?:*": "s?:*",
}  # fmt: skip
PARTS = (
    "s3:Get*",
    "s3:G*",
    "s3:*Object",
    "s3:*et*",
    "s3:*A*",
    "s3:?",
    "*:Get*",
    "*:*Object",
    "sts*:AssumeRole",
)

INTERLOCKED = document(
    allow("*"), *(deny("*", f"arn:aws:*:*:*:*{a}*{b}*{a}{b}*{b}{a}*") for a in "abcdefgh" for b in "ijkl")
)

WHOLE_CASES = [
    *(
        whole(FAIL, f"{each} is a whole service", does(each), says=f"'{said}'")
        for each, said in WHOLE.items()
    ),
    *(whole(PASS, f"{each} is none", does(each)) for each in PARTS),
    whole(PASS, "no policy at all", role()),
    whole(NOT_APPLICABLE, "a service-linked role", LINKED),
    whole(PASS, "named actions", does("s3:GetObject", "s3:PutObject")),
    whole(PASS, "many letters are not all of them", does(*(f"s3:{letter}*" for letter in "ABCDGLPR"))),
    whole(FAIL, "one of many", does("s3:GetObject", "sqs:*"), says="'sqs:*'"),
    whole(FAIL, "on named resources", role(document(allow("s3:*", "arn:aws:s3:::data/*")))),
    whole(
        FAIL, "under a condition", role(document(allow("s3:*", **where("Bool", aws_ViaAWSService="true"))))
    ),
    whole(FAIL, "every action but named ones", role(document(ALL_BUT_IAM)), says="'*:*'"),
    whole(FAIL, "a Deny on named actions leaves the rest", role(document(allow("s3:*"), deny("s3:Delete*")))),
    whole(PASS, "a Deny on the service", role(document(allow("s3:*"), deny("s3:*")))),
    whole(
        PASS,
        "a Deny on all but named actions",
        role(
            document(allow("*"), {"Effect": "Deny", "NotAction": ["s3:Get*", "iam:GetUser"], "Resource": "*"})
        ),
    ),
    whole(
        PASS, "the boundary names actions", role(EVERYTHING, boundary=LIMIT), "", limited(allow("s3:Get*"))
    ),
    whole(
        FAIL,
        "a boundary of a whole service",
        role(EVERYTHING, boundary=LIMIT),
        "",
        limited(allow(["s3:*", "ec2:Describe*"])),
        says="'s3:*'",
    ),
    whole(
        PASS,
        "a boundary of another service",
        role(document(allow("s3:*")), boundary=LIMIT),
        "",
        limited(allow("sqs:*")),
    ),
    whole(
        FAIL, "by a managed policy", role(attached=["wide"]), "", [managed("wide", EVERYTHING)], says="wide"
    ),
    whole(FAIL, "a user by a group", user(groups=("team",)), "", [group(EVERYTHING)]),
    whole(
        FAIL,
        "a user by a group's managed policy",
        user(groups=("team",)),
        "",
        [group(attached=["wide"]), managed("wide", EVERYTHING)],
    ),
    whole(
        PASS, "a user within a boundary", user(EVERYTHING, boundary=LIMIT), "", limited(allow("s3:GetObject"))
    ),
    whole(FAIL, "a group", group(EVERYTHING)),
    whole(
        NOT_APPLICABLE,
        "excepted",
        role(EVERYTHING),
        "identity: {wildcard_allowed: [{select: {name: app}, reason: breaks glass}]}",
        says="breaks glass",
    ),
    whole(UNKNOWN, "inline policies refused", role(DENIED)),
    whole(UNKNOWN, "Deny statements that nobody can see through", role(INTERLOCKED), says="not decided"),
    whole(
        UNKNOWN,
        "a malformed policy, with its name and the place",
        role(EVERYTHING, document({"Effect": "Allow"})),
        says="p1, Statement[0]",
    ),
]

# iam-no-notaction-allow

inverse = cases_of("iam-no-notaction-allow")

INVERSE_CASES = [
    inverse(PASS, "no policy at all", role()),
    inverse(NOT_APPLICABLE, "a service-linked role", LINKED),
    inverse(PASS, "everything, in so many words", role(EVERYTHING)),
    inverse(FAIL, "everything but identity", role(document(ALL_BUT_IAM)), says="everything but iam:*, sts:*"),
    inverse(FAIL, "on named resources", role(document(ALL_BUT_IAM | {"Resource": "arn:aws:s3:::data/*"}))),
    inverse(
        FAIL, "names the statement", role(document(ALL_BUT_IAM | {"Sid": "Most"})), says="p0, statement Most"
    ),
    inverse(
        PASS,
        "a Deny may be written so",
        role(document(allow("s3:GetObject"), ALL_BUT_IAM | {"Effect": "Deny"})),
    ),
    inverse(PASS, "all of it is denied", role(document(ALL_BUT_IAM), document(deny("*")))),
    inverse(
        PASS,
        "the boundary leaves nothing of it",
        role(document(ALL_BUT_IAM), boundary=LIMIT),
        "",
        limited(allow("iam:Get*")),
    ),
    inverse(
        FAIL,
        "the boundary leaves some of it",
        role(document(ALL_BUT_IAM), boundary=LIMIT),
        "",
        limited(allow("s3:Get*")),
    ),
    inverse(
        FAIL, "by a managed policy", role(attached=["most"]), "", [managed("most", document(ALL_BUT_IAM))]
    ),
    inverse(FAIL, "a user by a group", user(groups=("team",)), "", [group(document(ALL_BUT_IAM))]),
    inverse(
        FAIL,
        "a user by a group's managed policy",
        user(groups=("team",)),
        "",
        [group(attached=["most"]), managed("most", document(ALL_BUT_IAM))],
    ),
    inverse(
        PASS,
        "a user whose boundary leaves nothing of it",
        user(document(ALL_BUT_IAM), boundary=LIMIT),
        "",
        limited(allow("iam:Get*")),
    ),
    inverse(FAIL, "a group", group(document(ALL_BUT_IAM))),
    inverse(
        NOT_APPLICABLE,
        "excepted",
        role(document(ALL_BUT_IAM)),
        "identity: {notaction_allowed: [{select: {name: app}, reason: builds everything}]}",
        says="builds everything",
    ),
    inverse(UNKNOWN, "inline policies refused", role(DENIED)),
    inverse(UNKNOWN, "a malformed policy", role(document(ALL_BUT_IAM | {"Action": "s3:*"})), says="has both"),
]

# iam-pass-role-scoped

passing = cases_of("iam-pass-role-scoped")
MINE = arn("Role", "app")
ROLES = MINE.replace("app", "*")
TO_LAMBDA = where("StringEquals", iam_PassedToService="lambda.amazonaws.com")


def passes(which=MINE, **rest):
    return role(document(allow("iam:PassRole", which, **rest)))


PASSING_CASES = [
    passing(PASS, "a named role to a named service", passes(**TO_LAMBDA)),
    passing(PASS, "roles by a prefix", passes(f"{MINE}-*", **TO_LAMBDA)),
    passing(PASS, "roles under a path", passes(ROLES.replace("*", "service/*"), **TO_LAMBDA)),
    passing(PASS, "a service by a prefix", passes(**where("StringLike", iam_PassedToService="lambda.*"))),
    passing(
        PASS,
        "a Deny on other services",
        role(
            document(
                allow("iam:PassRole", MINE),
                deny("iam:PassRole", **where("StringNotEquals", iam_PassedToService="lambda.amazonaws.com")),
            )
        ),
    ),
    passing(
        PASS,
        "the boundary names role and service",
        role(EVERYTHING, boundary=LIMIT),
        "",
        limited(allow("iam:PassRole", MINE, **TO_LAMBDA)),
    ),
    passing(FAIL, "any role", passes("*", **TO_LAMBDA), says="any role may be passed"),
    passing(FAIL, "any role of the account", passes(ROLES, **TO_LAMBDA), says="any role may be passed"),
    passing(FAIL, "any role of any account", passes(ROLES.replace("111122223333", "*"), **TO_LAMBDA)),
    passing(FAIL, "any role whose name is not empty", passes(ROLES.replace("*", "?*"), **TO_LAMBDA)),
    passing(
        FAIL,
        "any role but one",
        role(document({"Effect": "Allow", "Action": "iam:PassRole", "NotResource": MINE, **TO_LAMBDA})),
        says="any role",
    ),
    passing(
        FAIL,
        "any role with a tag, which IAM does not compare here",
        role(
            document(
                allow(
                    "iam:PassRole",
                    "*",
                    Condition={**TO_LAMBDA["Condition"], "StringLike": {"iam:ResourceTag/team": "a"}},
                )
            )
        ),
        says="any role",
    ),
    passing(FAIL, "a named role to any service", passes(), says="to any service"),
    passing(
        FAIL,
        "to any service, said by a pattern",
        passes(**where("StringLike", iam_PassedToService="*.amazonaws.com")),
    ),
    passing(
        FAIL,
        "to any service but one",
        passes(**where("StringNotEquals", iam_PassedToService="ec2.amazonaws.com")),
    ),
    passing(FAIL, "a whole service's actions", role(document(allow("iam:*"))), says="any role"),
    passing(
        FAIL,
        "every action but others",
        role(document({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})),
    ),
    passing(
        FAIL, "by a managed policy", role(attached=["wide"]), "", [managed("wide", EVERYTHING)], says="wide"
    ),
    passing(
        FAIL, "a user by a group", user(groups=("team",)), "", [group(EVERYTHING)], says="user/someone may"
    ),
    passing(
        FAIL,
        "a user by a group's managed policy",
        user(groups=("team",)),
        "",
        [group(attached=["wide"]), managed("wide", EVERYTHING)],
    ),
    passing(
        PASS,
        "a user within a boundary",
        user(EVERYTHING, boundary=LIMIT),
        "",
        limited(allow("iam:PassRole", MINE, **TO_LAMBDA)),
    ),
    passing(FAIL, "a group", group(EVERYTHING)),
    passing(NOT_APPLICABLE, "a service-linked role", LINKED, says="AWS alone can change"),
    passing(NOT_APPLICABLE, "no policy at all", role(), says="may pass no role"),
    passing(NOT_APPLICABLE, "a Deny takes it away", role(document(allow("iam:*"), deny("iam:PassRole")))),
    passing(
        NOT_APPLICABLE,
        "the boundary takes it away",
        role(EVERYTHING, boundary=LIMIT),
        "",
        limited(allow("s3:*")),
    ),
    passing(UNKNOWN, "inline policies refused", role(DENIED)),
    passing(UNKNOWN, "the boundary refused", role(EVERYTHING, boundary=DENIED)),
    passing(
        UNKNOWN,
        "a malformed policy",
        role(document(allow("iam:PassRole", Effect="Yes"))),
        says="Statement[0].Effect",
    ),
]

CASES = [*WHOLE_CASES, *INVERSE_CASES, *PASSING_CASES]
