"""What the checks of outputs and stacks say."""

from compliance.models import Deployment, Output, Stack
from tests.builders import DENIED, made
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of

# outputs-complete

complete = cases_of("outputs-complete")


def deployed(**outputs):
    return made(Deployment, "outputs", outputs=outputs)


def needs(form="{}", key="X"):
    return f"deployment: {{required_outputs: {{{key}: {form}}}}}"


def shaped(shape, **more):
    return needs("{shape: " + shape + "".join(f", {name}: {value}" for name, value in more.items()) + "}")


SUBNETS = "subnet-0123456789abcdef0,subnet-0123456789abcdef1, subnet-0123456789abcdef2"
JSON_SUBNETS = '["subnet-0123456789abcdef0", "subnet-0123456789abcdef1", "subnet-0123456789abcdef2"]'
GOOD = {
    "arn": ["arn:aws:sns:eu-west-1:111122223333:alerts", "arn:aws:s3:::data", "arn:aws-cn:iam::aws:policy/A"],
    "bucket-name": ["data-111122223333", "a.b.c"],
    "cidr": ["172.31.0.0/16", "fd00::/56", "172.31.0.0/20,172.31.16.0/20"],
    "endpoint": ["db.abc.eu-west-1.rds.amazonaws.com:5432", "a.eu-west-1.rds.amazonaws.com"],
    "json": ['{"a": [1, 2]}', "[]", "0"],
    "key-id": ["11111111-1111-1111-1111-111111111111", "mrk-" + "0" * 32],
    "log-group-name": ["/aws/vpc/flow-logs"],
    "security-group-id": ["sg-0123456789abcdef0", "sg-01234567"],
    "subnet-id": [SUBNETS, JSON_SUBNETS],
    "url": ["https://sqs.eu-west-1.amazonaws.com/111122223333/work"],
    "vpc-id": ["vpc-0123456789abcdef0", " vpc-0123456789abcdef0\n"],
}  # fmt: skip
BAD = {
    "arn": ["alerts", "arn:aws:sns", "arn:aws:sns:eu-west-1:1:alerts"],
    "bucket-name": ["Data", "ab", "b" * 64, "data_1"],
    "cidr": ["172.31.0.0/33", "172.31.0.1/16", "all"],
    "endpoint": ["db", "db.abc:port"],
    "json": ["{", "null", "abc"],
    "key-id": ["alias/app", "1111"],
    "log-group-name": ["a b", "a" * 513],
    "security-group-id": ["default", "sg-"],
    "subnet-id": ["subnet-1", f"{SUBNETS},vpc-0123456789abcdef0", '["subnet-0123456789abcdef0", 7]'],
    "url": ["ftp://a", "sqs.eu-west-1.amazonaws.com"],
    "vpc-id": ["${Token[TOKEN.1]}", "None"],
}

COMPLETE_CASES = [
    complete(PASS, "the required output is there", deployed(X="anything"), needs()),
    complete(PASS, "more outputs than required", deployed(X="1", Y="2"), needs()),
    complete(FAIL, "an output is missing", deployed(Y="1"), needs(), says="output X is missing"),
    complete(FAIL, "all outputs are missing", deployed(), needs(), says="none"),
    complete(FAIL, "an output under another spelling", deployed(x="1"), needs()),
    complete(FAIL, "an empty output", deployed(X=""), needs(), says="too few values"),
    *(
        complete(PASS, f"{text[:30]!r} is a {shape}", deployed(X=text), shaped(shape))
        for shape, texts in GOOD.items()
        for text in texts
    ),
    *(
        complete(FAIL, f"{text[-30:]!r} is no {shape}", deployed(X=text), shaped(shape), says="wrong shape")
        for shape, texts in BAD.items()
        for text in texts
    ),
    complete(PASS, "three values, comma-joined", deployed(X=SUBNETS), shaped("subnet-id", minimum=3)),
    complete(PASS, "three values, JSON-encoded", deployed(X=JSON_SUBNETS), shaped("subnet-id", minimum=3)),
    complete(
        FAIL,
        "four values required, three comma-joined",
        deployed(X=SUBNETS),
        shaped("subnet-id", minimum=4),
        says="too few values",
    ),
    complete(FAIL, "an empty JSON list", deployed(X="[]"), shaped("subnet-id"), says="too few values"),
    complete(
        FAIL,
        "a JSON list that breaks off",
        deployed(X='["subnet-0123456789abcdef0"'),
        shaped("subnet-id"),
        says="wrong shape",
    ),
    complete(FAIL, "commas without values", deployed(X=",,"), needs(), says="too few values"),
    complete(
        PASS, "values that match the pattern", deployed(X="i-0a,i-0b"), needs('{pattern: "i-[0-9a-f]+"}')
    ),
    complete(
        FAIL,
        "a value that does not match the pattern",
        deployed(X="i-0a,i-0b-old"),
        needs('{pattern: "i-[0-9a-f]+"}'),
        says="i-0b-old",
    ),
    complete(
        FAIL,
        "a JSON value that does not match the pattern",
        deployed(X="{}"),
        shaped("json", pattern="'.{3,}'"),
        says="pattern",
    ),
    complete(PASS, "a sensitive output that only has to be there", deployed(X="(sensitive)"), needs()),
    complete(
        UNKNOWN, "the shape of a sensitive output", deployed(X="(sensitive)"), shaped("arn"), says="sensitive"
    ),
    complete(
        UNKNOWN, "the pattern of a sensitive output", deployed(X="(sensitive)"), needs('{pattern: "a+"}')
    ),
    complete(
        UNKNOWN, "how many values a sensitive output holds", deployed(X="(sensitive)"), needs("{minimum: 2}")
    ),
    complete(UNKNOWN, "the outputs themselves", made(Deployment, "outputs", outputs=DENIED), needs()),
    complete(NOT_APPLICABLE, "nothing required", deployed(X="1")),
]

# output-resource-exists

exists = cases_of("output-resource-exists")


def names(*, exists, **facts):
    return made(Output, "VpcId", names_kind="Vpc", names="vpc-1", **({"exists": exists} | facts))


EXISTS_CASES = [
    exists(PASS, "the resource is there", names(exists=True)),
    exists(FAIL, "the resource is gone", names(exists=False), says="no Vpc vpc-1"),
    exists(UNKNOWN, "nobody may say", names(exists=DENIED), says="x:Y"),
]

# stack-healthy

healthy = cases_of("stack-healthy")
STATES = {
    PASS: {"": ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"]},
    FAIL: {
        "an older version is what runs": ["UPDATE_ROLLBACK_COMPLETE"],
        "never created": ["ROLLBACK_COMPLETE"],
        "not even the rollback": ["ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"],
        "still under way": [
            "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS",
            "ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "IMPORT_IN_PROGRESS",
            "IMPORT_ROLLBACK_IN_PROGRESS",
        ],
        "not in a complete state": [
            "CREATE_FAILED", "UPDATE_FAILED", "DELETE_FAILED", "DELETE_COMPLETE", "IMPORT_ROLLBACK_COMPLETE",
            "SOMETHING_NEW",
        ],
    },
}  # fmt: skip


def stack(status, reason=None):
    return made(Stack, "app", status=status, reason=reason)


HEALTHY_CASES = [
    *(
        healthy(verdict, status, stack(status), says=says)
        for verdict, messages in STATES.items()
        for says, statuses in messages.items()
        for status in statuses
    ),
    healthy(FAIL, "with the reason", stack("CREATE_FAILED", "quota"), says="CREATE_FAILED (quota)"),
    healthy(UNKNOWN, "status refused", stack(DENIED), says="x:Y"),
]

CASES = [*COMPLETE_CASES, *EXISTS_CASES, *HEALTHY_CASES]
