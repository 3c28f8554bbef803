"""Who counts as public, foreign, a confused deputy: one line per promise."""

import pytest
from access_builders import ACCOUNT, OTHER, doc

from compliance.access import DocumentError, TrustZone, evaluate, outsiders
from compliance.access.request import Layers

GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
SUB, AUD = "token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud"
EVERYTHING = doc({"Effect": "Allow", "Action": "*", "Resource": "*"})


def grant(principal="*", effect="Allow", action="s3:GetObject", resource="*", **condition):
    built = {"Effect": effect, "Principal": principal, "Action": action, "Resource": resource}
    if condition:
        built["Condition"] = {
            operator.replace("__", ":"): {key: value} for operator, (key, value) in condition.items()
        }
    return built


def exposure(*statements, kind="", **zone):
    return outsiders(doc(*statements), ACCOUNT, TrustZone.of(zone), kind)


@pytest.mark.parametrize(
    "statements",
    [
        [grant()],
        [grant({"AWS": "*"})],
        [{"Effect": "Allow", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "s3:*", "Resource": "*"}],
        [grant(StringLike=("aws:SourceVpc", "vpc-*"))],
        [grant(StringLike=("aws:PrincipalArn", "*"))],
        [grant(StringEqualsIfExists=("aws:PrincipalOrgID", "o-a"))],
        [grant(ForAllValues__StringEquals=("aws:PrincipalOrgID", "o-a"))],
        [grant(ForAllValues__StringLike=("aws:PrincipalOrgPaths", "o-a/*"))],
        [grant(StringNotEquals=("aws:PrincipalOrgID", "o-a"))],
        [grant(StringEquals=("aws:PrincipalOrgID", "${aws:ResourceOrgID}"))],
        [grant(IpAddress=("aws:SourceIp", "12.0.0.0/7"))],
        [grant(IpAddress=("aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"]))],
        [grant(IpAddress=("aws:SourceIp", ["203.0.113.0/24", "2000::/31"]))],
        [grant(NotIpAddress=("aws:SourceIp", "0.0.0.0/0"))],
        [grant(Bool=("aws:SecureTransport", "true"))],
        [grant(StringLike=("aws:Referer", "https://example.com/*"))],
        [grant(), grant(effect="Deny", StringEquals=("aws:SourceVpc", "vpc-1"))],
        [grant(), grant(effect="Deny", action="s3:PutObject")],
        [grant({"AWS": ACCOUNT}), grant(StringLike=("aws:SourceVpce", "*"))],
    ],
)
def test_public(statements):
    found = exposure(*statements)
    assert found.public is True
    assert found.foreign_account is True
    assert found.grants


@pytest.mark.parametrize(
    "statements",
    [
        [grant({"AWS": ACCOUNT})],
        [grant({"AWS": OTHER})],
        [grant(StringEquals=("aws:PrincipalOrgID", "o-a"))],
        [grant(StringEquals=("aws:PrincipalAccount", ACCOUNT))],
        [grant(StringEquals=("aws:SourceVpc", "vpc-1"))],
        [grant(StringLike=("aws:SourceVpce", "vpce-1"))],
        [grant(ForAnyValue__StringLike=("aws:PrincipalOrgPaths", "o-a/r-b/*"))],
        [grant(ArnLike=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"))],
        [grant(StringLike=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"))],
        [grant(IpAddress=("aws:SourceIp", ["11.0.0.0/8", "192.168.0.0/16", "2001:db8::/32"]))],
        [grant(), grant(effect="Deny", NotIpAddress=("aws:SourceIp", "203.0.113.0/24"))],
        [grant(), grant(effect="Deny", StringNotEquals=("aws:PrincipalOrgID", "o-a"))],
        [grant(), grant(effect="Deny")],
        [grant(StringEquals=("AWS:SourceOwner", ACCOUNT))],
        [grant(StringEquals=("kms:CallerAccount", ACCOUNT))],
        [grant(StringLike=("s3:DataAccessPointArn", f"arn:aws:s3:*:{ACCOUNT}:accesspoint/*"))],
        [grant(StringEquals=("s3:DataAccessPointAccount", ACCOUNT))],
        [grant(StringEquals=("s3:x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:x:1:key/1"))],
        [grant(StringLike=("aws:userid", "AROAEXAMPLE:*"))],
        [grant(Bool=("aws:PrincipalIsAWSService", "true"))],
        [grant(effect="Deny")],
    ],
)
def test_not_public(statements):
    assert exposure(*statements, kind="s3").public is False


def test_a_source_arn_with_a_wildcard_is_fixed_by_its_account_but_not_by_s3s_rule():
    statement = grant(ArnLike=("aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*"))
    assert exposure(statement, kind="sns").public is False
    assert exposure(statement, kind="s3").public is True


def test_user_ids_of_which_the_rule_does_not_say_are_left_open():
    found = exposure(grant(StringEquals=("aws:userid", "AIDAEXAMPLE")))
    assert found.public is None
    assert found.reasons
    assert exposure(grant(), grant(StringEquals=("aws:userid", "AIDAEXAMPLE"))).public is True


def test_a_named_foreign_principal_is_a_grant_and_not_public():
    for name in (OTHER, f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{OTHER}:role/x"):
        found = exposure(grant({"AWS": name}))
        assert (found.public, found.foreign_account) == (False, True)
        assert [g.who for g in found.grants] == [name]


def test_a_named_principal_that_is_denied_has_no_grant():
    assert not exposure(grant({"AWS": OTHER}), grant({"AWS": OTHER}, "Deny")).grants
    condition = {"StringNotEquals": ("aws:PrincipalAccount", ACCOUNT)}
    assert not exposure(grant({"AWS": OTHER}), grant("*", "Deny", **condition)).grants


def test_the_zone_says_who_is_no_outsider():
    assert exposure(grant({"AWS": OTHER}), accounts=[OTHER]).foreign_account is False
    in_org = grant(StringEquals=("aws:PrincipalOrgID", "o-a"))
    assert exposure(in_org, orgs=["o-a"]).foreign_account is False
    assert exposure(in_org, orgs=["o-b"]).foreign_account is True
    assert exposure(in_org, orgs=["o-b"]).public is False


def test_a_zone_with_an_unknown_name_is_refused():
    with pytest.raises(DocumentError, match=r"zone\.account"):
        TrustZone.of({"account": ["1"]})


@pytest.mark.parametrize(
    ("condition", "confused"),
    [
        ({}, True),
        ({"StringEquals": ("aws:SourceAccount", ACCOUNT)}, False),
        ({"StringEquals": ("aws:SourceAccount", [ACCOUNT, OTHER])}, True),
        ({"StringEqualsIfExists": ("aws:SourceAccount", ACCOUNT)}, True),
        ({"ArnLike": ("aws:SourceArn", f"arn:aws:sns:*:{ACCOUNT}:*")}, False),
        ({"ArnLike": ("aws:SourceArn", "arn:aws:sns:*:*:*")}, True),
        ({"ArnLike": ("aws:SourceArn", "arn:aws:s3:::bucket")}, True),
        ({"StringEquals": ("aws:SourceOrgID", "o-a")}, False),
        ({"Bool": ("aws:SecureTransport", "true")}, True),
    ],
)
def test_a_service_may_be_made_to_act_for_a_stranger_unless_its_source_is_ours(condition, confused):
    found = exposure(grant({"Service": "sns.amazonaws.com"}, **condition))
    assert (found.public, found.foreign_account, found.confused_deputy) == (False, False, confused)
    assert [g.to for g in found.grants] == ["service"]


def test_a_bucket_as_source_needs_its_account_too():
    both = grant({"Service": "s3.amazonaws.com"}, ArnLike=("aws:SourceArn", "arn:aws:s3:::b"),
                 StringEquals=("aws:SourceAccount", ACCOUNT))  # fmt: skip
    assert exposure(both).confused_deputy is False


def test_roles_are_passed_to_some_services_within_the_account_only():
    trust = grant({"Service": "ec2.amazonaws.com"}, action="sts:AssumeRole")
    assert exposure(trust, kind="role").confused_deputy is False


def test_a_third_party_needs_an_external_id():
    trust = grant({"AWS": OTHER}, action="sts:AssumeRole")
    asked = grant({"AWS": OTHER}, action="sts:AssumeRole", StringEquals=("sts:ExternalId", "x"))
    assert exposure(trust, kind="role").confused_deputy is True
    assert exposure(asked, kind="role").confused_deputy is False


@pytest.mark.parametrize(
    ("provider", "condition", "public"),
    [
        ("graph.facebook.com", {}, True),
        ("graph.facebook.com", {"StringEquals": ("graph.facebook.com:app_id", "1")}, False),
        (GITHUB, {}, True),
        (GITHUB, {"StringEquals": (AUD, "sts.amazonaws.com")}, True),
        (GITHUB, {"StringLike": (SUB, "repo:*")}, True),
        (GITHUB, {"StringLike": (SUB, "repo:ours/*")}, False),
        (GITHUB, {"StringEquals": (SUB, "repo:ours/x:ref:refs/heads/main")}, False),
        (f"arn:aws:iam::{ACCOUNT}:saml-provider/x", {}, False),
        (f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1", {}, False),
    ],
)
def test_identity_providers_that_everyone_shares_are_public_unless_pinned(provider, condition, public):
    trust = grant({"Federated": provider}, action="sts:AssumeRoleWithWebIdentity", **condition)
    assert exposure(trust, kind="role").public is public


def test_the_witness_of_a_grant_is_allowed():
    found = exposure(grant(StringNotLike=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:*")))
    for item in found.grants:
        policy = doc(grant(StringNotLike=("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:*")))
        assert evaluate(item.witness, Layers((EVERYTHING,), policy)).allowed
