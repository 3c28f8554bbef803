"""`outsiders` against requests that strangers could make, on random resource policies."""

from random import Random

from access_builders import ACCOUNT, OTHER
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.access import Layers, Request, evaluate, outsiders, parse

STRANGER = "999999999999"
ALL = parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
MINE = f"arn:aws:iam::{ACCOUNT}:role/app"
PRINCIPALS = [
    "*",
    "*",
    {"AWS": "*"},
    {"AWS": [ACCOUNT, "*"]},
    {"AWS": OTHER},
    {"AWS": MINE},
    {"AWS": f"{ACCOUNT}"},
]
FIXED = {
    "aws:SourceArn": [
        f"arn:aws:sns:eu-west-1:{ACCOUNT}:t",
        f"arn:aws:sns:*:{ACCOUNT}:*",
        "arn:aws:s3:::b",
        "*",
        "arn:aws:sns:*:*:*",
        "arn:aws:s3:::*",
        f"*{ACCOUNT}*",
    ],
    "aws:SourceAccount": [ACCOUNT, OTHER, "*", "1*"],
    "aws:SourceIp": [
        "203.0.113.0/24",
        "11.0.0.0/8",
        "12.0.0.0/7",
        "0.0.0.0/0",
        "2001:db8::/32",
        "::/0",
        "10.0.0.0/8",
        "128.0.0.0/1",
        "0.0.0.0/1",
        "2000::/3",
    ],
    "aws:PrincipalOrgID": ["o-ours", "o-*", "*", "o-our?"],
    "aws:PrincipalAccount": [ACCOUNT, "*", "?" * 12],
    "aws:SourceVpce": ["vpce-1", "vpce-*", "*"],
    "aws:SourceVpc": ["vpc-1", "vpc-*"],
    "aws:PrincipalArn": [MINE, f"arn:aws:iam::{ACCOUNT}:*", "*", "arn:aws:iam::*:role/*", f"*{ACCOUNT}*"],
    "aws:userid": ["AROAEXAMPLE:*", "AIDAEXAMPLE", "*", "AROA*"],
    "aws:PrincipalOrgPaths": ["o-ours/r-1/*", "o-ours/*", "*", "o-*/r-1/*"],
    "aws:SecureTransport": ["true", "false"],
    "aws:Referer": ["https://example.com/*"],
    "aws:PrincipalTag/team": ["a", "*"],
}
SAMPLED = {
    "aws:sourcearn": [f"arn:aws:sns:eu-west-1:{STRANGER}:t", "arn:aws:s3:::strange"],
    "aws:sourceaccount": [STRANGER, "199999999999"],
    "aws:sourceip": ["198.51.100.1", "13.1.1.1", "12.1.1.1", "2a00::1", "200.1.1.1", "9.9.9.9"],
    "aws:principalorgid": ["o-strange", "o-ourz"],
    "aws:principalaccount": [STRANGER],
    "aws:sourcevpce": ["vpce-strange"],
    "aws:sourcevpc": ["vpc-strange"],
    "aws:principalarn": [f"arn:aws:iam::{STRANGER}:role/stranger"],
    "aws:userid": ["AROASTRANGER:s", "AIDASTRANGER"],
    "aws:principalorgpaths": [["o-strange/r-1/ou-1/"], ["o-strange/r-1/", "o-strange/r-1/ou-2/"]],
    "aws:securetransport": ["true", "false"],
    "aws:referer": ["https://example.com/x", "https://other.example/"],
    "aws:principaltag/team": ["a", "b"],
}
OF_A_CALLER = ("aws:principal", "aws:userid")
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*"]


def random_condition(random):
    condition = {}
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        key = random.choice(list(FIXED))
        values = random.sample(FIXED[key], min(len(FIXED[key]), random.choice([1, 1, 2])))
        condition.setdefault(random_operator(random, key), {})[key] = values
    return condition


def random_operator(random, key):
    if random.random() < 0.08:
        return "StringNotLike" if key == "aws:SourceIp" else "StringLike"
    if key == "aws:SourceIp":
        base = random.choice(["IpAddress", "IpAddress", "NotIpAddress"])
    elif key == "aws:SecureTransport":
        base = "Bool"
    elif key.endswith("Arn"):
        base = random.choice(
            ["ArnLike", "ArnEquals", "ArnNotLike", "StringLike", "StringNotLike", "StringEquals"]
        )
    else:
        base = random.choice(
            ["StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase"]
        )
    quantifier = random.choice(["", "", "", "ForAllValues:", "ForAnyValue:"])
    if key == "aws:PrincipalOrgPaths":
        quantifier = random.choice(["ForAllValues:", "ForAnyValue:"])
    return quantifier + base + random.choice(["", "", "IfExists"])


def random_policy(random):
    statements = []
    for _ in range(random.randint(1, 3)):
        statement = {
            "Effect": random.choice(["Allow", "Allow", "Deny"]),
            "Action": random.choice(ACTIONS),
            "Resource": random.choice(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/k"]),
            random.choice(["Principal"] * 5 + ["NotPrincipal"]): random.choice(PRINCIPALS),
        }
        if condition := random_condition(random):
            statement["Condition"] = condition
        statements.append(statement)
    if not any(statement["Effect"] == "Allow" for statement in statements):
        statements[0]["Effect"] = "Allow"
    return {"Version": "2012-10-17", "Statement": statements}


def random_stranger(random):
    anonymous = random.random() < 0.4
    context = {}
    for key, values in SAMPLED.items():
        own = key.startswith(OF_A_CALLER)
        if random.random() < (0.2 if own else 0.5) or (anonymous and own):
            continue
        context[key] = random.choice(values)
    principal = "anonymous" if anonymous else f"arn:aws:iam::{STRANGER}:role/stranger"
    action = random.choice(["s3:GetObject", "s3:PutObject", "s3:GetFuture"])
    return Request(
        principal, action, random.choice(["arn:aws:s3:::b/k", "arn:aws:s3:::b/x"]), ACCOUNT, context
    )


def check(random, requests=60):
    document = parse(random_policy(random))
    kind = random.choice(["s3", "sns"])
    found = outsiders(document, ACCOUNT, kind=kind)
    layers = Layers((ALL,), document)
    if found.public is False:
        for request in (random_stranger(random) for _ in range(requests)):
            assert not evaluate(request, layers).allowed, (kind, request, document)
    for grant in found.grants:
        assert evaluate(grant.witness, layers).allowed
    return found.public


@settings(max_examples=250)
@given(st.integers(0, 2**32).map(Random))
def test_what_is_not_public_no_stranger_gets_and_what_is_granted_replays(random):
    check(random)


def test_the_random_policies_are_of_both_sorts():
    found = [check(Random(seed), requests=0) for seed in range(100)]
    assert min(found.count(True), found.count(False)) > 15
