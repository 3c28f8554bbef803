"""What every check says that asks whether a resource policy is open to the public."""

from collections.abc import Callable, Iterator

from compliance.models import Resource
from tests.builders import ACCOUNT, DENIED, STRANGER, admit, deny, document, where
from tests.checks.case import FAIL, PASS, UNKNOWN, Case, cases_of

ORG, OTHER_ORG, ENDPOINT = "o-aaaaaaaaaa", "o-bbbbbbbbbb", "vpce-0a1b2c3d"
ANYBODY = {"AWS": "*"}
HALVES = ["0.0.0.0/1", "128.0.0.0/1"]
OWN_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/staff"

# What a statement for everybody says, and whether that opens it to the public.
CONDITIONS = [
    (FAIL, "all addresses, in two halves", where("IpAddress", aws_SourceIp=HALVES)),
    (FAIL, "all addresses but one network", where("NotIpAddress", aws_SourceIp="203.0.113.0/24")),
    (FAIL, "a network broader than /8", where("IpAddress", aws_SourceIp="8.0.0.0/7")),
    (FAIL, "any principal, said by a pattern", where("StringLike", aws_PrincipalArn="*")),
    (FAIL, "any account's role", where("ArnLike", aws_PrincipalArn="arn:aws:iam::*:role/app")),
    (FAIL, "any organization", where("StringLike", aws_PrincipalOrgID="o-*")),
    (FAIL, "an organization, if there is one", where("StringEqualsIfExists", aws_PrincipalOrgID=ORG)),
    (FAIL, "an endpoint, if there is one", where("StringEqualsIfExists", aws_SourceVpce=ENDPOINT)),
    (FAIL, "a vacuous ForAllValues", where("ForAllValues:StringEquals", aws_PrincipalOrgID=ORG)),
    (FAIL, "every endpoint but one", where("StringNotEquals", aws_SourceVpce=ENDPOINT)),
    (FAIL, "a caller's own organization", where("StringEquals", aws_PrincipalOrgID="${aws:PrincipalOrgID}")),
    (FAIL, "whoever speaks TLS", where("Bool", aws_SecureTransport="true")),
    (PASS, "one organization", where("StringEquals", aws_PrincipalOrgID=ORG)),
    (PASS, "one organization, by another case of the key", where("StringEquals", AWS_principalorgid=ORG)),
    (PASS, "one account's principals", where("StringEquals", aws_PrincipalAccount=ACCOUNT)),
    (PASS, "roles of one account", where("ArnLike", aws_PrincipalArn=f"arn:aws:iam::{ACCOUNT}:role/*")),
    (PASS, "one VPC endpoint", where("StringEquals", aws_SourceVpce=ENDPOINT)),
    (PASS, "one VPC", where("StringEquals", aws_SourceVpc="vpc-0a1b2c3d")),
    (PASS, "one network", where("IpAddress", aws_SourceIp="203.0.113.0/24")),
    (PASS, "on behalf of one account", where("StringEquals", aws_SourceAccount=ACCOUNT)),
]  # fmt: skip

PRINCIPALS = [
    (FAIL, "everybody", "*"),
    (FAIL, "everybody, as a list of one", {"AWS": ["*"]}),
    (FAIL, "web identities, which anybody can have", {"Federated": "graph.facebook.com"}),
    (PASS, "the account itself", {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    (PASS, "a role of the account", {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}),
    (PASS, "an identity provider of the account", {"Federated": OWN_PROVIDER}),
]


def public_cases(check: str, made: Callable[[object], Resource], action: str, on: str) -> Iterator[Case]:
    """The cases of a check; `made` gives the resource with this policy, `on` is what the policy speaks of."""
    of = cases_of(check)
    everybody = admit("*", action, on, Sid="Open")
    for verdict, promise, principal in PRINCIPALS:
        yield of(verdict, promise, made(document(admit(principal, action, on))))
    for verdict, promise, condition in CONDITIONS:
        yield of(verdict, f"everybody: {promise}", made(document(admit(ANYBODY, action, on, **condition))))
    yield of(
        FAIL,
        "everybody but one account",
        made(
            document({"Effect": "Allow", "NotPrincipal": {"AWS": STRANGER}, "Action": action, "Resource": on})
        ),
        says="anyone may",
    )
    closed = deny("*", on, Principal="*")
    yield of(PASS, "a Deny closes it", made(document(everybody, closed)))
    yield of(
        FAIL,
        "a public statement among others",
        made(document(admit({"AWS": ACCOUNT}, action, on), everybody)),
    )
    yield of(
        PASS,
        "a broad network of one's own",
        made(document(admit("*", action, on, **where("IpAddress", aws_SourceIp="8.0.0.0/7")))),
        "trust: {cidrs: [8.0.0.0/7]}",
    )
    yield of(UNKNOWN, "the policy refused", made(DENIED), says="document")
    yield of(UNKNOWN, "a policy that is no JSON", made("{"), says="is not JSON")
    yield of(
        UNKNOWN,
        "a malformed policy, with the place",
        made(document(everybody, everybody | {"Effect": "Permit"})),
        says="Statement[1].Effect",
    )
    yield of(
        UNKNOWN,
        "user ids, of which nobody says if they are fixed",
        made(document(admit("*", action, on, **where("StringLike", aws_userid="AIDA1234567890")))),
        says="not decided",
    )
