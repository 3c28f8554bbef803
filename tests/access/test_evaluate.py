"""The evaluation logic: one line per promise."""

import pytest
from access_builders import (
    ACCOUNT,
    ALLOWED,
    EXPLICIT,
    IMPLICIT,
    KEY,
    OBJECT,
    OTHER,
    ROLE,
    SESSION,
    USER,
    allow,
    deny,
    doc,
    request,
    result,
    statement,
)

from compliance.access import Layers, Request, evaluate

FOREIGN = f"arn:aws:iam::{OTHER}:user/eve"
SERVICE = "delivery.logs.amazonaws.com"


def to(principal, effect="Allow", **more):
    return doc(statement(effect, Principal=principal, **more))


def test_nothing_allows_nothing():
    assert result() == IMPLICIT


def test_an_identity_policy_allows_and_a_deny_wins():
    assert result(identity=(allow(),)) == ALLOWED
    assert result(identity=(allow(), deny())) == EXPLICIT


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [("s3:GetObject", True), ("S3:getobject", True), ("s3:Get*", True), ("*", True), ("s3:Ge?Object", True),
     ("s3:", False), ("s3:GetObject ", False), ("s3:GetObject,PutObject", False), ("ec2:*", False)],
)  # fmt: skip
def test_action_names_ignore_case_and_nothing_else(pattern, matching):
    assert result(identity=(allow(pattern),)) == (ALLOWED if matching else IMPLICIT)
    inverted = doc(statement(Action=None, NotAction=pattern, action=None))
    inverted = doc({"Effect": "Allow", "NotAction": pattern, "Resource": "*"})
    assert result(identity=(inverted,)) == (IMPLICIT if matching else ALLOWED)


@pytest.mark.parametrize(
    ("pattern", "resource", "matching"),
    [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b:c", True),
        ("arn:aws:s3:::Bucket/*", "arn:aws:s3:::bucket/a", False),
        ("arn:aws:s3:::b?cket/*", "arn:aws:s3:::bucket/a", True),
        ("arn:aws:iam::*", "arn:aws:iam::1:role/x", True),
        ("arn:aws:s3*", "arn:aws:s3:::bucket", True),
        ("arn:aws:iam::1*3:role/x", "arn:aws:iam::12:3:role/x", False),
        ("arn:aws:logs:*:*:log-group:*:log-stream:*", "arn:aws:logs:eu:1:log-group:a:log-stream:b", True),
        ("*", "arn:aws:s3:::bucket", True),
        ("*", "*", True),
        ("arn:aws:s3:::*", "*", False),
        ("a*", "*", False),
        ("?", "*", False),
    ],
)
def test_resources(pattern, resource, matching):
    asked = request(resource=resource)
    assert result(asked, identity=(allow(resource=pattern),)) == (ALLOWED if matching else IMPLICIT)
    inverted = doc({"Effect": "Allow", "Action": "s3:*", "NotResource": pattern})
    assert result(asked, identity=(inverted,)) == (IMPLICIT if matching else ALLOWED)


def test_variables_count_after_the_fifth_colon_only():
    home = allow(resource="arn:aws:s3:::home/${aws:username}/*")
    asked = request(resource="arn:aws:s3:::home/ann/x", aws__username="ann")
    assert result(asked, identity=(home,)) == ALLOWED
    assert result(request(resource="arn:aws:s3:::home/ann/x"), identity=(home,)) == IMPLICIT
    early = allow(resource="arn:aws:s3::${aws:PrincipalAccount}:x")
    assert (
        result(request(resource="arn:aws:s3::1:x", aws__PrincipalAccount="1"), identity=(early,)) == IMPLICIT
    )


def test_a_variable_without_value_excludes_nothing_under_not_resource():
    other = doc({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::home/${aws:username}/*"})
    asked = request(resource="arn:aws:s3:::home/ann/x")
    assert result(asked, identity=(other,)) == ALLOWED


def test_a_key_with_several_values_is_no_variable():
    home = allow(resource="arn:aws:s3:::${aws:TagKeys}")
    assert result(request(resource="arn:aws:s3:::a", aws__TagKeys=["a", "b"]), identity=(home,)) == IMPLICIT


def test_condition_key_names_ignore_case():
    policy = allow(Condition={"StringEquals": {"AWS:SourceVPC": "v"}})
    assert result(request(aws__sourcevpc="v"), identity=(policy,)) == ALLOWED


def test_in_one_account_identity_or_resource_policy_is_enough():
    assert result(resource_policy=to({"AWS": USER})) == ALLOWED
    assert result(resource_policy=to({"AWS": FOREIGN})) == IMPLICIT
    assert result(resource_policy=to("*")) == ALLOWED
    assert result(resource_policy=to(USER)) == ALLOWED


def test_an_account_as_principal_delegates_and_grants_nothing():
    for account in (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"):
        assert result(resource_policy=to({"AWS": account})) == IMPLICIT
        assert result(resource_policy=to({"AWS": account}, "Deny"), identity=(allow(),)) == EXPLICIT


def test_a_resource_policy_statement_without_principal_names_nobody():
    assert result(resource_policy=allow()) == IMPLICIT
    assert result(resource_policy=deny(), identity=(allow(),)) == ALLOWED


def test_across_accounts_both_sides_must_allow():
    asked = request(account=OTHER)
    assert result(asked, identity=(allow(),)) == IMPLICIT
    assert result(asked, resource_policy=to({"AWS": USER})) == IMPLICIT
    for principal in (USER, ACCOUNT, "*"):
        assert result(asked, identity=(allow(),), resource_policy=to({"AWS": principal})) == ALLOWED


def test_a_boundary_limits_identity_policies_and_grants_nothing():
    assert result(identity=(allow(),), boundaries=(allow("s3:*"),)) == ALLOWED
    assert result(identity=(allow(),), boundaries=(allow("ec2:*"),)) == IMPLICIT
    assert result(boundaries=(allow(),)) == IMPLICIT
    assert result(identity=(allow(),), boundaries=(deny(),)) == EXPLICIT


@pytest.mark.parametrize(
    ("caller", "named", "expected"),
    [(SESSION, ROLE, IMPLICIT), (SESSION, SESSION, ALLOWED), (USER, USER, ALLOWED), (SESSION, "*", ALLOWED),
     (ROLE, ROLE, IMPLICIT), (USER, "*", ALLOWED)],
)  # fmt: skip
def test_a_boundary_limits_grants_to_a_role_but_not_to_its_session_a_user_or_everyone(
    caller, named, expected
):
    policy = to({"AWS": named})
    assert result(request(caller), resource_policy=policy, boundaries=(allow("ec2:*"),)) == expected
    assert result(request(caller), resource_policy=policy) == ALLOWED


def test_across_accounts_a_boundary_limits_every_grant():
    asked = request(SESSION, account=OTHER)
    policy = to({"AWS": SESSION})
    assert (
        result(asked, identity=(allow(),), resource_policy=policy, boundaries=(allow("ec2:*"),)) == IMPLICIT
    )


def test_a_session_policy_limits_identity_policies_and_grants_to_the_role():
    asked = request(SESSION)
    assert result(asked, identity=(allow(),), session=(allow(),)) == ALLOWED
    assert result(asked, identity=(allow(),), session=()) == IMPLICIT
    assert result(asked, identity=(allow(),), session=(deny(),)) == EXPLICIT
    assert result(asked, resource_policy=to({"AWS": ROLE}), session=(allow("ec2:*"),)) == IMPLICIT
    assert result(asked, resource_policy=to({"AWS": SESSION}), session=(allow("ec2:*"),)) == ALLOWED


def test_a_role_with_a_path_is_the_role_of_its_sessions():
    policy = to({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/app"})
    assert result(request(SESSION), resource_policy=policy) == ALLOWED


def test_every_scp_level_must_allow():
    both = ((allow("*"),), (allow("s3:*"),))
    assert result(identity=(allow(),), scps=both) == ALLOWED
    assert result(identity=(allow(),), scps=((allow("*"),), ())) == IMPLICIT
    assert result(identity=(allow(),), scps=((allow("*"),), (allow("ec2:*"),))) == IMPLICIT
    assert result(identity=(allow(),), scps=((allow("*"), deny()),)) == EXPLICIT


def test_scps_bind_root_but_not_services_strangers_or_service_linked_roles():
    none = ((deny("*"),),)
    root = f"arn:aws:iam::{ACCOUNT}:root"
    linked = f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/s"
    assert result(request(root), scps=none) == EXPLICIT
    assert result(request(root)) == ALLOWED
    assert result(request(SERVICE), resource_policy=to({"Service": SERVICE}), scps=none) == ALLOWED
    assert result(request("anonymous"), resource_policy=to("*"), scps=none) == ALLOWED
    assert result(request(linked), identity=(allow(),), scps=none, rcps=((to("*", "Deny"),),)) == ALLOWED


def test_rcps_have_an_implied_allow_and_bind_everyone():
    assert result(identity=(allow(),), rcps=((), ())) == ALLOWED
    assert result(identity=(allow(),), rcps=((to("*", "Deny"),),)) == EXPLICIT
    assert result(request("anonymous"), resource_policy=to("*"), rcps=((to("*", "Deny"),),)) == EXPLICIT


def test_a_vpc_endpoint_policy_must_allow():
    assert result(identity=(allow(),), vpce=(allow(),)) == ALLOWED
    assert result(identity=(allow(),), vpce=(to("*"),)) == ALLOWED
    assert result(identity=(allow(),), vpce=(to({"AWS": FOREIGN}),)) == IMPLICIT
    assert result(identity=(allow(),), vpce=(allow(), deny())) == EXPLICIT


def test_service_principals_need_the_resource_policy_and_only_it():
    asked = request(SERVICE)
    assert result(asked, identity=(allow(),)) == IMPLICIT
    assert result(asked, resource_policy=to({"Service": SERVICE})) == ALLOWED
    assert result(asked, resource_policy=to({"Service": "other.amazonaws.com"})) == IMPLICIT
    assert result(asked, resource_policy=to({"AWS": ACCOUNT})) == IMPLICIT


def test_identity_providers_need_the_trust_policy():
    oidc = f"arn:aws:iam::{ACCOUNT}:oidc-provider/host.example"
    asked = request(oidc, "sts:AssumeRoleWithWebIdentity", ROLE)
    trust = doc(
        {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated": oidc}}
    )
    assert result(asked, resource_policy=trust) == ALLOWED
    assert result(asked) == IMPLICIT


def test_not_principal():
    def but(principal, effect="Allow"):
        return doc(statement(effect, NotPrincipal={"AWS": principal}))

    assert result(request("anonymous"), resource_policy=but(USER)) == ALLOWED
    assert result(resource_policy=but(USER)) == IMPLICIT
    assert result(resource_policy=but(USER, "Deny"), identity=(allow(),)) == ALLOWED
    assert result(resource_policy=but(FOREIGN, "Deny"), identity=(allow(),)) == EXPLICIT
    assert result(resource_policy=but(USER, "Deny"), identity=(allow(),), boundaries=(allow(),)) == EXPLICIT
    assert result(request("anonymous"), resource_policy=but("*")) == IMPLICIT


@pytest.mark.parametrize(("action", "resource"), [("kms:Decrypt", KEY), ("sts:AssumeRole", ROLE)])
def test_a_key_and_a_role_must_allow_or_delegate_themselves(action, resource):
    asked = request(action=action, resource=resource)
    own = (allow(action),)
    assert result(asked, identity=own) == IMPLICIT
    assert result(asked, identity=own, resource_policy=to({"AWS": ACCOUNT}, action=action)) == ALLOWED
    assert result(asked, resource_policy=to({"AWS": ACCOUNT}, action=action)) == IMPLICIT
    assert result(asked, resource_policy=to({"AWS": USER}, action=action)) == ALLOWED


def test_actions_of_kms_without_a_key_need_no_key_policy():
    assert result(request(action="kms:ListKeys", resource="*"), identity=(allow("kms:*"),)) == ALLOWED


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/AdministratorAccess"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/x"),
        ("kms:DeleteAlias", f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3"),
    ],
)
def test_what_belongs_to_aws_stays_as_it_is(action, resource):
    asked = request(action=action, resource=resource)
    assert result(asked, identity=(allow("*"),)) == IMPLICIT
    assert result(asked, identity=(allow("*"), deny("*"))) == EXPLICIT
    assert result(request(action=action, resource=resource.replace("aws-reserved", "x")
                          .replace("iam::aws", f"iam::{ACCOUNT}").replace("alias/aws/", "alias/")),
                  identity=(allow("*"),)) == ALLOWED  # fmt: skip


def test_get_caller_identity_can_not_be_denied():
    assert result(request(action="sts:GetCallerIdentity", resource="*"), identity=(deny("*"),)) == ALLOWED


def test_the_old_version_has_no_variables():
    old = doc(statement(resource="arn:aws:s3:::${aws:username}"), version="2008-10-17")
    assert result(request(resource="arn:aws:s3:::ann", aws__username="ann"), identity=(old,)) == IMPLICIT


def test_a_decision_names_what_decided_and_why_the_rest_did_not():
    policy = doc(
        statement(Sid="Read"),
        statement(Sid="Write", action="s3:PutObject"),
        statement(Sid="Vpc", Condition={"StringEquals": {"aws:SourceVpc": "v"}}),
        statement(Sid="There", resource="arn:aws:s3:::other"),
    )
    decision = evaluate(Request(USER, "s3:GetObject", OBJECT, ACCOUNT), Layers(identity=(policy,)))
    assert [str(ruling) for ruling in decision.by] == ["identity policy, statement Read"]
    assert decision.because[1:] == (
        "identity policy, statement Write: s3:getobject isn't among its actions",
        (
            "identity policy, statement Vpc: condition StringEquals aws:SourceVpc [v] isn't met: "
            "the key is absent from the request"
        ),
        f"identity policy, statement There: {OBJECT} isn't among its resources",
    )
