"""What the checks of keys say."""

from compliance.models import Key, LogGroup
from tests.builders import ACCOUNT, DENIED, STRANGER, admit, arn, deny, document, made, unlisted
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of
from tests.checks.cases.strangers import public_cases

KEY = arn("Key", "k1")
OWNER = admit({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "kms:*", "*")


def key(*statements):
    return made(Key, "k1", document=document(OWNER, *statements))


# kms-policy-not-public

public = cases_of("kms-policy-not-public")


def everybody(**condition):
    return key(admit({"AWS": "*"}, "kms:Decrypt", "*", Condition={"StringEquals": condition}))


VIA = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}

PUBLIC_CASES = [
    *public_cases("kms-policy-not-public", lambda text: made(Key, "k1", document=text), "kms:Decrypt", "*"),
    public(PASS, "the policy that KMS makes", key()),
    public(PASS, "callers of one account", everybody(**{"kms:CallerAccount": ACCOUNT})),
    public(PASS, "callers of one account by a service", everybody(**VIA, **{"kms:CallerAccount": ACCOUNT})),
    public(FAIL, "callers of any account by a service", everybody(**VIA), says=f"kms:Decrypt {KEY}"),
    public(PASS, "another account is not the public", key(admit({"AWS": STRANGER}, "kms:Decrypt", "*"))),
]

# kms-logs-key-policy

logs = cases_of("kms-logs-key-policy")
ENCRYPTED = "kms:EncryptionContext:aws:logs:arn"
ACTIONS = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
MINE = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:*"
GROUP, OTHER = made(LogGroup, "app", key_arn=KEY), made(LogGroup, "other", key_arn=KEY)
PLAIN = made(LogGroup, "plain", key_arn=None)


def logging(which=MINE, operator="ArnLike", *, actions=ACTIONS, service="logs.eu-west-1", **rest):
    condition = {"Condition": {operator: {ENCRYPTED: which}}} if which else {}
    return admit({"Service": f"{service}.amazonaws.com"}, actions, "*", **condition, **rest)


LOGS_CASES = [
    logs(PASS, "the log service, for groups of this account", key(logging()), others=[GROUP, PLAIN]),
    logs(PASS, "for this group alone", key(logging(GROUP.arn, "ArnEquals")), others=[GROUP]),
    logs(PASS, "said with StringLike", key(logging(MINE, "StringLike")), others=[GROUP]),
    logs(
        PASS,
        "said with StringLike, the account somewhere",
        key(logging(f"arn:aws:logs:*:{ACCOUNT}:*", "StringLike")),
        others=[GROUP],
    ),
    logs(
        PASS,
        "a group that names the key by its id",
        key(logging()),
        others=[made(LogGroup, "a", key_arn="k1")],
    ),
    logs(PASS, "every action", key(logging(actions="kms:*")), others=[GROUP]),
    logs(
        PASS,
        "in two statements",
        key(logging(actions=ACTIONS[:2]), logging(actions=ACTIONS[2:])),
        others=[GROUP],
    ),
    logs(
        PASS,
        "open, but closed by a Deny for other accounts' groups",
        key(
            logging(None),
            deny("kms:*", Principal="*", Condition={"ArnNotLikeIfExists": {ENCRYPTED: MINE}}),
        ),
        others=[GROUP],
    ),
    logs(
        PASS,
        "a Deny for strangers that leaves services alone",
        key(
            logging(),
            deny(
                "kms:*",
                Principal="*",
                Condition={
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-aaaaaaaaaa"},
                    "Bool": {"aws:PrincipalIsAWSService": "false"},
                },
            ),
        ),
        others=[GROUP],
    ),
    logs(FAIL, "only the account itself", key(), others=[GROUP], says="does not let the log service in"),
    logs(
        FAIL,
        "the service of another region",
        key(logging(service="logs.us-east-1")),
        others=[GROUP],
        says="logs.eu-west-1.amazonaws.com may kms:Encrypt",
    ),
    logs(FAIL, "the service without a region", key(logging(service="logs")), others=[GROUP]),
    logs(
        FAIL,
        "one action is missing",
        key(logging(actions=[each for each in ACTIONS if each != "kms:ReEncrypt*"])),
        others=[GROUP],
        says="it may not kms:ReEncryptFrom, kms:ReEncryptTo",
    ),
    logs(
        FAIL,
        "one action is denied",
        key(logging(), deny("kms:Decrypt", Principal="*")),
        others=[GROUP],
        says="it may not kms:Decrypt",
    ),
    logs(
        FAIL,
        "another group alone",
        key(logging(OTHER.arn, "ArnEquals")),
        others=[GROUP, OTHER],
        says=GROUP.arn,
    ),
    logs(FAIL, "what is in the group instead of the group", key(logging(f"{GROUP.arn}:*")), others=[GROUP]),
    logs(
        FAIL,
        "another account's groups",
        key(logging(MINE.replace(ACCOUNT, STRANGER))),
        others=[GROUP],
        says=STRANGER,
    ),
    logs(FAIL, "no condition", key(logging(None)), others=[GROUP], says="for other accounts' groups"),
    logs(
        FAIL,
        "any account's groups",
        key(logging("arn:aws:logs:eu-west-1:*:*")),
        others=[GROUP],
        says="for other accounts' groups",
    ),
    logs(
        FAIL,
        "this account's groups, and some of any account",
        key(logging(), logging("arn:aws:logs:eu-west-1:*:log-group:shared*")),
        others=[GROUP],
        says="log-group:shared",
    ),
    logs(FAIL, "everybody", key(admit("*", "kms:*", "*")), others=[GROUP], says="for other accounts' groups"),
    logs(NOT_APPLICABLE, "no log group uses it", key(), others=[PLAIN], says="no log group"),
    logs(NOT_APPLICABLE, "no log group at all", key()),
    logs(UNKNOWN, "the policy refused", made(Key, "k1", document=DENIED), others=[GROUP]),
    logs(UNKNOWN, "which key a group uses", key(), others=[made(LogGroup, "app", key_arn=DENIED)]),
    logs(UNKNOWN, "which groups there are", key(logging()), others=[GROUP], gaps=[unlisted("LogGroup")]),
    logs(
        UNKNOWN,
        "a malformed policy, with the place",
        key(logging(Action=5)),
        others=[GROUP],
        says="Statement[1].Action",
    ),
]

CASES = [*PUBLIC_CASES, *LOGS_CASES]
