"""Random documents over all operators, variables and Not* elements, and requests close to their edges."""

from compliance.access import Request, parse

ACCOUNT = "111122223333"
PRINCIPAL = f"arn:aws:iam::{ACCOUNT}:role/example"
ACTIONS = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:Get*",
    "s3:*",
    "*",
    "s3:*Object",
    "S3:get?bject",
    "ec2:Run*",
    "x:Y",
    "x:Y*",
    "x:*",
    "x:??",
    "x:y?z",
    "iam:PassRole",
    "sts:GetCallerIdentity",
    "s3:GetObject*",
    "s3:G*t",
]
NAMED = [
    "s3:GetObject",
    "s3:PutObject",
    "s3:GetObjectAcl",
    "s3:GetFutureThing",
    "s3:FutureObject",
    "ec2:RunInstances",
    "x:Y",
    "x:y",
    "x:yz",
    "x:yaz",
    "x:ybzc",
    "x:ab",
    "iam:PassRole",
    "s3:Get",
    "s3:GT",
    "s3:gxt",
    "q:z",
]
RESOURCES = [
    "*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/${aws:username}/*",
    "arn:aws:s3:::b/bob/*",
    "arn:aws:s3:::?/*",
    "arn:aws:s3:::b/*/k",
    "arn:aws:*:*:*:b*",
    "arn:aws:s3*",
    "arn:aws:s3:::b/${aws:PrincipalTag/t}",
    "arn:aws:s3:::b/${aws:username, 'bob'}",
    "arn:aws:iam::*:role/x",
    "arn:aws:s3:::${aws:username}${aws:PrincipalTag/t}",
    "arn:aws:s3:::*/bob",
    "arn:*:s3:::b/${*}",
    "arn:aws:s3:::*${aws:username}*",
    "arn:aws:s3:::b?*",
    f"arn:aws:iam::{ACCOUNT}:role/*",
]
TARGETS = [
    "*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::b/",
    "arn:aws:s3:::b/bob",
    "arn:aws:s3:::b/bob/",
    "arn:aws:s3:::b/bob/k",
    "arn:aws:s3:::b/ann/k",
    "arn:aws:s3:::bobann",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:eu:1:b",
    "arn:aws:iam::1:role/x",
    f"arn:aws:iam::{ACCOUNT}:role/x",
    "arn:aws:s3:::c/bob",
    "arn:aws:sqs:eu:1:b",
    "arn:aws:s3:::bx",
    "arn:x:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/b/k",
    "arn:aws:s3:::b/b",
]
WORDS = [
    "a",
    "b",
    "ab",
    "bob",
    "ann",
    "A",
    "a*",
    "*",
    "?",
    "true",
    "10",
    "arn:aws:s3:::b",
    "",
    "k",
    "${aws:username}",
    "x${aws:username}",
    "${aws:PrincipalTag/t}",
    "${aws:username, 'ann'}",
    "${*}",
    "a?",
    "*b",
]
ARNS = [
    "arn:aws:s3:::b",
    "arn:aws:s3:::*",
    "arn:*:s3:*:*:b",
    "*",
    "arn:aws:iam::*:role/x",
    "rubbish",
    "arn:aws:s3*",
    "arn:aws:s3:::${aws:username}",
    "${aws:PrincipalArn}",
]
NUMBERS = ["5", "10", "10.5", "11", 7, "x"]
DATES = ["2024-01-01", "2024-01-01T00:00:00Z", "1704067201", "2025-01-01", "y"]
NETWORKS = ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2001:db8::/32", "0.0.0.0/0", "z"]
BOOLS = ["true", "false", True, False, "TRUE", "junk", "${aws:SecureTransport}"]
BYTES = ["QQ==", "Qg==", "!"]
TEXT_KEYS = [
    "aws:username",
    "aws:PrincipalTag/t",
    "aws:SourceVpc",
    "my:key",
    "aws:PrincipalArn",
    "AWS:SourceVPC",
    "aws:TagKeys",
]
SET_KEYS = ["aws:TagKeys", "my:set", "aws:TagKeys", "aws:SourceVpc"]
_STRINGS = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
]
_ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
FAMILIES = [
    (_STRINGS, TEXT_KEYS, WORDS),
    (_STRINGS, TEXT_KEYS, WORDS),
    (
        ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        ["aws:PrincipalArn", "aws:SourceArn", "my:key"],
        ARNS,
    ),
    (["Bool"], ["aws:SecureTransport", "my:flag"], BOOLS),
    (["Numeric" + o for o in _ORDER], ["aws:MultiFactorAuthAge", "my:number"], NUMBERS),
    (["Date" + o for o in _ORDER], ["aws:CurrentTime", "aws:EpochTime", "my:date"], DATES),
    (["IpAddress", "NotIpAddress"], ["aws:SourceIp", "my:ip"], NETWORKS),
    (["BinaryEquals"], ["my:bytes"], BYTES),
    (["Null"], TEXT_KEYS + SET_KEYS, ["true", "false", True]),
    (["StringMatches"], TEXT_KEYS, ["a"]),
]
VALUES = {
    "aws:username": ["bob", "ann", "a", "b", "", "A", "*"],
    "aws:principaltag/t": ["bob", "ann", "a", "b", "ab", "a*", ""],
    "aws:sourcevpc": ["a", "b", "ab", "A", "zz", "xbob", "a*", "*", "bob"],
    "my:key": ["a", "b", "ab", "A", "zz", "bob", "xann", "arn:aws:s3:::b", "arn:aws:s3:::bob", "true", "10"],
    "aws:principalarn": ["arn:aws:s3:::b", "arn:aws:iam::1:role/x", "rubbish", "arn:aws:s3:::bob", "a"],
    "aws:sourcearn": ["arn:aws:s3:::b", "arn:aws:s3:::c", "arn:aws:iam::1:role/x", "arn:aws:s3:eu:1:b"],
    "aws:securetransport": ["true", "false"],
    "my:flag": ["true", "false", "TRUE", "other"],
    "aws:multifactorauthage": ["4", "5", "6", "7", "8", "10", "10.2", "10.5", "10.7", "11", "12"],
    "my:number": ["4", "5", "6", "7", "10", "10.2", "11", "12", "other"],
    "aws:currenttime": [
        "2023-01-01",
        "2024-01-01",
        "2024-01-01T00:00:01Z",
        "2024-06-01",
        "2025-01-01",
        "2026-01-01",
    ],
    "aws:epochtime": ["1704067199", "1704067200", "1704067201", "1704067202", "1735689600", "1735689601"],
    "my:date": ["2023-01-01", "2024-01-01", "1704067201", "2026-01-01", "other"],
    "aws:sourceip": ["10.0.0.1", "10.0.0.2", "11.0.0.0", "200.0.0.1", "2001:db8::1", "2002::1"],
    "my:ip": ["10.0.0.1", "11.0.0.0", "200.0.0.1", "2001:db8::1", "other"],
    "my:bytes": ["QQ==", "Qg==", "Qw==", "!!"],
    "aws:tagkeys": ["a", "b", "ab", "A", "zz", "a*"],
    "my:set": ["a", "b", "ab", "A", "zz", "bob"],
}
MANY = ("aws:tagkeys", "my:set")


def some(random, pool, most):
    chosen = random.sample(pool, min(len(pool), random.randint(1, most)))
    return chosen[0] if len(chosen) == 1 and random.random() < 0.5 else chosen


def random_condition(random):
    condition = {}
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        operators, keys, values = random.choice(FAMILIES)
        operator, key = random.choice(operators), random.choice(keys)
        if operator != "Null" and random.random() < 0.2:
            operator += "IfExists"
        if operators is _STRINGS and random.random() < 0.35:
            operator, key = (
                random.choice(["ForAllValues:", "ForAnyValue:"]) + operator,
                random.choice(SET_KEYS),
            )
        condition.setdefault(operator, {})[key] = some(random, values, 3)
    return condition


def random_statement(random, *, effect=None):
    statement = {"Effect": effect or random.choice(["Allow", "Allow", "Deny"])}
    statement[random.choice(["Action"] * 4 + ["NotAction"])] = some(random, ACTIONS, 3)
    statement[random.choice(["Resource"] * 4 + ["NotResource"])] = some(random, RESOURCES, 3)
    if condition := random_condition(random):
        statement["Condition"] = condition
    return statement


def random_document(random, most=3):
    statements = [random_statement(random) for _ in range(random.randint(1, most))]
    version = "2008-10-17" if random.random() < 0.05 else "2012-10-17"
    return {"Version": version, "Statement": statements}


def changed(random, document):
    """The same document after a small edit: this is where inclusion is interesting."""
    statements = [dict(s) for s in document["Statement"]]
    index = random.randrange(len(statements))
    edit = random.randrange(6)
    if edit == 0:
        statements.append(random_statement(random))
    elif edit == 1 and len(statements) > 1:
        statements.pop(index)
    elif edit == 2:
        for name, pool in (("Action", ACTIONS), ("Resource", RESOURCES)):
            if name in statements[index]:
                statements[index][name] = some(random, pool, 3)
                break
    elif edit == 3:
        statements[index].pop("Condition", None)
    elif edit == 4:
        statements[index]["Condition"] = random_condition(random)
    elif "Resource" in statements[index]:
        statements[index]["Resource"] = some(random, RESOURCES, 3)
    return {"Version": document["Version"], "Statement": statements}


def random_request(random, keys=tuple(VALUES)):
    context = {}
    for key in keys:
        if random.random() < 0.5:
            continue
        values = VALUES[key]
        if key in MANY:
            context[key] = random.sample(values, random.randint(1, 3))
        else:
            context[key] = random.choice(values)
    return Request(PRINCIPAL, random.choice(NAMED), random.choice(TARGETS), ACCOUNT, context)


def keys_of(*documents):
    """The (lower-cased) keys that documents mention, as conditions or as variables."""
    text = str(documents).lower()
    return tuple(key for key in VALUES if key in text)


def parsed(*documents):
    return tuple(parse(document) for document in documents)
