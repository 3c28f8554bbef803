"""Escalation paths: what counts, what does not, and what is in doubt."""

from dataclasses import replace

import pytest
from escalation_builders import (
    ACCOUNT,
    ADMIN,
    LAMBDA,
    POLICY,
    actor,
    admin,
    allow,
    arn,
    deny,
    doc,
    trust,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from compliance.access import Layers, Proved, Unknown, Witness, evaluate
from compliance.access.escalation_account import Managed, Workload
from compliance.access.paths import paths, steps

FULL = doc("full", allow())
PASS = [
    allow("iam:PassRole", arn("role/*"), Sid="Pass"),
    allow(["lambda:CreateFunction", "lambda:InvokeFunction"]),
]


def own(*statements, name="role/app", **more):
    return actor(name, doc("inline", *statements), **more)


def ways(*actors, start="app", **more):
    """Give the paths of one start as (end, methods), sure ones only."""
    found = [p for p in paths(actors, **more) if start in p.start.arn and not p.doubts]
    return {path.end.label: " > ".join(step.method.name for step in path.steps) for path in found}


def when(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


def test_a_passed_admin_role_is_a_path_that_explains_itself():
    [path] = paths([admin(), own(*PASS)])
    assert str(path) == (
        "role/app may iam:PassRole role/admin to lambda (by identity policy inline, statement Pass), "
        "lambda:CreateFunction (by identity policy inline, statement Statement[1]), lambda:InvokeFunction: "
        "runs code as role/admin, which may do everything"
    )


def test_every_witness_replays():
    me, target = own(*PASS), admin()
    [path] = paths([target, me])
    for witness in path.steps[0].witnesses:
        mine = witness.request.principal == me.arn
        layers = me.layers if mine else Layers(resource_policy=target.trust)
        assert evaluate(witness.request, layers).allowed
    assert isinstance(path.gain, Witness)
    assert evaluate(path.gain.request, target.layers).allowed
    assert not evaluate(replace(path.gain.request, principal=me.arn), me.layers).allowed
    assert path.steps[0].statements


PASSED = own(*PASS)


def bounded(*statements, by):
    return own(*statements, boundaries=(doc("bound", *by),))


@pytest.mark.parametrize(
    "world",
    [
        pytest.param([admin(), own(*PASS, deny("iam:PassRole"))], id="a Deny on the action"),
        pytest.param([admin(), own(*PASS, deny("lambda:Create*"))], id="a Deny on another of its actions"),
        pytest.param(
            [admin(), own(*PASS, deny("iam:PassRole", arn("role/admin")))], id="a Deny on the target"
        ),
        pytest.param(
            [admin(), own(*PASS, deny("iam:*", **when("ArnLike", "aws:PrincipalArn", arn("role/a*"))))],
            id="a Deny on the principal by name",
        ),
        pytest.param([admin(), bounded(*PASS, by=[allow("lambda:*")])], id="a boundary without it"),
        pytest.param([admin(), bounded(*PASS, by=[allow(), deny("iam:PassRole")])], id="a boundary's Deny"),
        pytest.param(
            [
                admin(scps=((FULL,), (doc("scp", allow("s3:*")),))),
                own(*PASS, scps=((FULL,), (doc("scp", allow("s3:*")),))),
            ],
            id="an SCP level without it",
        ),
        pytest.param(
            [
                admin(scps=((doc("scp", allow(), deny("lambda:*")),),)),
                own(*PASS, scps=((doc("scp", allow(), deny("lambda:*")),),)),
            ],
            id="an SCP's Deny",
        ),
        pytest.param([admin(), own(allow("iam:PassRole", arn("role/other")), *PASS[1:])], id="other roles"),
        pytest.param(
            [
                admin(),
                own({**PASS[0], **when("StringEquals", "iam:PassedToService", "ec2.amazonaws.com")}, PASS[1]),
            ],
            id="other services",
        ),
        pytest.param([admin(trusted=trust("ec2.amazonaws.com")), own(*PASS)], id="a trust of other services"),
        pytest.param(
            [
                admin(
                    trusted=trust(
                        "lambda.amazonaws.com", **when("StringEquals", "aws:SourceAccount", "999988887777")
                    )
                ),
                own(*PASS),
            ],
            id="a trust for another account's functions",
        ),
        pytest.param(
            [actor("role/small", doc("inline", allow("lambda:InvokeFunction")), trust=LAMBDA), own(*PASS)],
            id="a target that has no more",
        ),
        pytest.param(
            [admin(), own(PASS[0], allow("lambda:CreateFunction", "arn:aws:s3:::x"))],
            id="a resource that can't be one of its kind",
        ),
        pytest.param(
            [admin("role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"), own(*PASS)],
            id="a service-linked role",
        ),
        pytest.param(
            [actor("role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", doc("p", *PASS)), admin()],
            id="a service-linked role as start",
        ),
        pytest.param([admin(), own(allow(), name="role/app")], id="who is admin already"),
        pytest.param(
            [admin(), own(allow(["iam:PassRole", "ec2:RunInstances"]), name="role/app")],
            id="no trust, though all actions",
        ),
    ],
)
def test_no_path(world):
    assert not [path for path in paths(world) if "admin" not in path.start.arn]


@pytest.mark.parametrize(
    "condition",
    [
        when("StringEquals", "iam:PassedToService", "lambda.amazonaws.com"),
        when("StringLike", "iam:PassedToService", "lambda*"),
        when("Bool", "aws:MultiFactorAuthPresent", "true"),
        when("IpAddress", "aws:SourceIp", "198.51.100.0/24"),
        when("StringEquals", "aws:PrincipalArn", arn("role/app")),
    ],
)
def test_conditions_that_an_attacker_can_meet(condition):
    assert ways(admin(), own({**PASS[0], **condition}, PASS[1])) == {
        "role/admin": "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction"
    }


def test_what_only_a_service_may_do_on_its_behalf_is_in_doubt():
    through = when("StringEquals", "aws:CalledViaFirst", "cloudformation.amazonaws.com")
    [path] = paths([admin(), own({**PASS[0], **through}, PASS[1])])
    assert path.doubts == ("iam:PassRole is only allowed through another service (aws:calledviafirst)",)


def test_a_trust_that_asks_for_the_own_account():
    trusted = trust("lambda.amazonaws.com", **when("StringEquals", "aws:SourceAccount", ACCOUNT))
    assert ways(admin(trusted=trusted), own(*PASS))


def test_new_resources_are_found_where_the_names_are_limited():
    scoped = allow(
        ["lambda:CreateFunction", "lambda:InvokeFunction"], "arn:aws:lambda:us-east-1:*:function:x-*"
    )
    assert ways(admin(), own(PASS[0], scoped))


def test_every_required_resource_type_counts():
    instances = allow("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*")
    everything = allow("ec2:RunInstances", "arn:aws:ec2:*:*:*")
    target = admin(trusted=trust("ec2.amazonaws.com"))
    assert not ways(target, own(PASS[0], instances))
    assert ways(target, own(PASS[0], everything))


ANY = "user/ann with any policy"


def ann(*statements, **more):
    return own(*statements, name="user/ann", **more)


@pytest.mark.parametrize("action", ["iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:CreatePolicyVersion"])
def test_a_principal_that_may_change_its_own_policies(action):
    me = actor("user/ann", doc(POLICY, allow(action)))
    assert ways(me, start="ann") == {ANY: action}


def test_changing_other_users_only_is_not_changing_oneself():
    assert not ways(ann(allow("iam:PutUserPolicy", arn("user/bob"))), start="ann")


def test_only_own_variables_are_ones_own():
    assert ways(ann(allow("iam:PutUserPolicy", arn("user/${aws:username}"))), start="ann")
    assert not ways(own(allow("iam:PutRolePolicy", arn("role/${aws:username}"))))


def test_a_boundary_that_stays_limits_what_any_policy_gives():
    inner = doc("bound", allow(["iam:PutUserPolicy", "s3:GetObject"]))
    [path] = paths([ann(allow("iam:PutUserPolicy"), boundaries=(inner,))])
    assert not path.everything
    assert path.gain.request.action == "s3:GetObject"
    assert not paths([ann(allow(["iam:PutUserPolicy", "s3:GetObject"]), boundaries=(inner,))])


def test_an_scp_limits_what_any_policy_gives():
    scps = ((doc("scp", allow(["iam:PutUserPolicy", "s3:GetObject"])),),)
    assert not paths([ann(allow(["iam:PutUserPolicy", "s3:GetObject"]), scps=scps)])
    [path] = paths([ann(allow("iam:PutUserPolicy"), scps=scps)])
    assert path.everything


def test_removing_the_boundary_gives_what_the_policies_say():
    inner = doc("bound", allow("iam:*"))
    me = ann(allow(["iam:DeleteUserPermissionsBoundary", "s3:*"]), boundaries=(inner,))
    assert ways(me, start="ann") == {"user/ann without its boundary": "iam:DeleteUserPermissionsBoundary"}
    kept = when("StringNotEquals", "iam:PermissionsBoundary", "arn:aws:iam::1:policy/x")
    named = replace(inner, name="arn:aws:iam::1:policy/x")
    guarded = ann(allow(["iam:DeleteUserPermissionsBoundary"], **kept), allow("s3:*"), boundaries=(named,))
    assert not paths([guarded])


READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_an_attachment_limited_to_known_policies_gives_what_they_say():
    limited = ann(allow("iam:AttachUserPolicy", **when("ArnEquals", "iam:PolicyARN", READ_ONLY)))
    known = Managed(READ_ONLY, doc("", allow("s3:GetObject")))
    [path] = paths([limited], policies=[known])
    assert path.end.label == f"user/ann with {READ_ONLY}"
    assert path.gain.request.action == "s3:GetObject"
    useless = Managed(
        READ_ONLY, doc("", allow("iam:AttachUserPolicy", **when("ArnEquals", "iam:PolicyARN", READ_ONLY)))
    )
    assert not paths([limited], policies=[useless])


def test_an_attachment_limited_to_policies_that_nobody_read_is_in_doubt():
    [path] = paths([ann(allow("iam:AttachUserPolicy", **when("ArnEquals", "iam:PolicyARN", READ_ONLY)))])
    assert path.doubts == ("it may attach some policies, but what they allow isn't known",)


def test_groups():
    team = actor("group/team", doc("g", allow("iam:PutGroupPolicy")))
    me = actor("user/ann", doc("g", allow("iam:PutGroupPolicy")), groups=(team.arn,))
    assert ways(me, team, start="ann") == {ANY: "iam:PutGroupPolicy"}
    assert not ways(replace(me, groups=()), team, start="ann")


def test_joining_a_group():
    admins = admin("group/admins")
    joined = "user/ann with the policies of group/admins"
    assert ways(ann(allow("iam:AddUserToGroup")), admins, start="ann") == {joined: "iam:AddUserToGroup"}
    assert not ways(ann(allow("iam:AddUserToGroup", arn("group/other"))), admins, start="ann")
    assert not ways(ann(allow("iam:AddUserToGroup"), groups=(admins.arn,)), admins, start="ann")
    assert not ways(own(allow("iam:AddUserToGroup")), admins)


@pytest.mark.parametrize("action", ["iam:CreateAccessKey", "iam:UpdateLoginProfile"])
def test_becoming_a_more_powerful_user(action):
    assert ways(own(allow(action)), admin("user/boss")) == {"user/boss": action}
    assert not ways(own(allow(action, arn("user/${aws:username}"))), admin("user/boss"))


def test_assuming_a_role_needs_its_trust():
    me = own(allow("sts:AssumeRole"))
    assert ways(me, admin(trusted=trust(aws=[ACCOUNT]))) == {"role/admin": "sts:AssumeRole"}
    assert not ways(me, admin())
    assert not ways(own(allow("s3:*")), admin(trusted=trust(aws=[ACCOUNT])))
    assert not ways(me, admin(trusted=trust(aws=[arn("role/other")])))


def test_a_trust_that_names_the_caller_is_enough():
    assert ways(own(allow("s3:*")), admin(trusted=trust(aws=[arn("role/app")])))
    assert not ways(own(deny("sts:*")), admin(trusted=trust(aws=[arn("role/app")])))


def test_a_trust_with_conditions():
    tagged = trust(aws=[ACCOUNT], **when("StringEquals", "aws:PrincipalTag/team", "ops"))
    me = own(allow("sts:AssumeRole"))
    assert ways(replace(me, tags={"team": "ops"}), admin(trusted=tagged))
    assert not ways(replace(me, tags={"team": "dev"}), admin(trusted=tagged))
    assert not ways(replace(me, tags={}), admin(trusted=tagged))
    secret = trust(aws=[ACCOUNT], **when("StringEquals", "sts:ExternalId", "x1"))
    assert ways(me, admin(trusted=secret))


def test_rewriting_a_trust_is_enough_unless_assuming_is_denied():
    me = own(allow("iam:UpdateAssumeRolePolicy"))
    assert ways(me, admin()) == {"role/admin": "iam:UpdateAssumeRolePolicy"}
    assert not ways(own(allow("iam:UpdateAssumeRolePolicy"), deny("sts:AssumeRole")), admin())
    reserved = admin("role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_admin")
    assert not ways(me, reserved)


def test_tags_of_the_target_count():
    tagged = own(allow("iam:CreateAccessKey", **when("StringEquals", "aws:ResourceTag/team", "ops")))
    assert ways(tagged, admin("user/boss", tags={"team": "ops"}))
    assert not ways(tagged, admin("user/boss", tags={"team": "dev"}))
    assert not ways(tagged, admin("user/boss", tags={}))


def test_another_version_of_an_attached_policy():
    me = actor("user/ann", doc(POLICY, allow("iam:SetDefaultPolicyVersion")))
    old = Managed(POLICY, doc("", allow()), {"v1": doc("", allow("s3:*"))})
    [path] = paths([me], policies=[old])
    assert path.end.label == "user/ann with version v1 of team"
    [unread] = paths([me])
    assert unread.doubts == (f"which other versions {POLICY} has isn't known",)


FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:job"


def test_a_workload_lends_its_role():
    me = own(allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"], FUNCTION))
    named = {"lambda:function": [Workload(FUNCTION, arn("role/admin"))]}
    assert ways(me, admin(), workloads=named)
    other = {"lambda:function": [Workload(FUNCTION + "2", arn("role/admin"))]}
    assert not ways(me, admin(), workloads=other)
    assert not paths([me, admin()], workloads={"lambda:function": []})


def test_workloads_that_nobody_read_leave_a_doubt():
    [path] = paths([own(allow("lambda:UpdateFunctionCode")), admin()])
    assert path.doubts == ("whether a lambda:function runs as role/admin isn't known",)


def test_permission_sets():
    sso = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_app"
    assert ways(own(allow("sso:PutInlinePolicyToPermissionSet"), name=sso))
    [path] = paths([own(allow("sso:PutInlinePolicyToPermissionSet"))])
    assert path.doubts == ("whether role/app can sign in through IAM Identity Center isn't known",)


def test_several_steps_are_one_path_and_the_shortest():
    middle = own(allow("iam:UpdateAssumeRolePolicy", arn("role/admin")), name="role/middle",
                 trust=trust(aws=[arn("role/app")]))  # fmt: skip
    app = own(allow("s3:*"))
    found = ways(app, middle, admin())
    assert found["role/admin"] == "sts:AssumeRole > iam:UpdateAssumeRolePolicy"
    assert found["role/middle"] == "sts:AssumeRole"
    assert not ways(app, middle, admin(), depth=1).get("role/admin")


def test_a_step_to_a_principal_with_no_more_can_still_lead_on():
    small = own(allow("s3:Get*"), name="role/small", trust=trust(aws=[arn("role/app")]))
    found = ways(own(allow("s3:*")), small, admin(trusted=trust(aws=[small.arn])))
    assert found == {"role/admin": "sts:AssumeRole > sts:AssumeRole"}


def test_a_role_exempted_from_an_scp_has_more_than_other_admins():
    guard = doc(
        "scp", allow(), deny("iam:CreateUser", **when("ArnNotEquals", "aws:PrincipalArn", arn("role/admin")))
    )
    target = admin(scps=((guard,),), trusted=trust(aws=[ACCOUNT]))
    assert "role/admin" in ways(own(allow(), scps=((guard,),)), target)
    assert not paths([own(allow(), scps=((FULL,),)), admin(scps=((FULL,),))])


def test_unknown_tags_of_the_principal_are_said():
    mine = allow("s3:GetObject", **when("StringEquals", "aws:PrincipalTag/team", "ops"))
    target = own(mine, name="role/target", trust=trust(aws=[ACCOUNT]))
    [path] = paths([own(mine, allow("sts:AssumeRole")), target])[:1]
    assert isinstance(path.gain, Unknown | Witness)


def test_steps_tell_every_method_even_without_gain():
    small = actor("role/small", trust=trust("lambda.amazonaws.com", "ec2.amazonaws.com"))
    found = steps([own(*PASS, allow("ec2:RunInstances")), small], arn("role/app"))
    assert len({step.method.name for step in found if not step.doubts}) >= 3


ACTIONS = [
    "iam:PassRole",
    "lambda:CreateFunction",
    "lambda:InvokeFunction",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateAccessKey",
    "s3:*",
    "iam:*",
]
RESOURCES = ["*", arn("role/admin"), arn("role/*"), arn("user/boss")]
some = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=4, unique=True)


@st.composite
def worlds(draw):
    roles = []
    for name in ("role/app", "role/mid"):
        rules = [allow(draw(some), draw(st.sampled_from(RESOURCES))) for _ in range(2)]
        roles.append(own(*rules, name=name, trust=draw(st.sampled_from([LAMBDA, trust(aws=[ACCOUNT])]))))
    return [*roles, admin(), admin("user/boss")]


def pairs(actors):
    return {(path.start.arn, path.end.arn, path.end.change) for path in paths(actors)}


@given(worlds(), some, st.sampled_from(RESOURCES))
def test_a_deny_for_the_whole_account_never_adds_a_path(actors, actions, resource):
    before = [replace(a, layers=replace(a.layers, scps=((FULL,),))) for a in actors]
    guard = doc("guard", deny(actions, resource))
    after = [replace(a, layers=replace(a.layers, scps=((FULL, guard),))) for a in actors]
    assert pairs(after) <= pairs(before)


@given(worlds(), some, st.sampled_from(RESOURCES))
def test_a_deny_for_a_principal_never_adds_a_step(actors, actions, resource):
    me, *others = actors
    denied = replace(me, layers=Layers((*me.layers.identity, doc("deny", deny(actions, resource)))))
    before = {(s.method.name, s.end.label) for s in steps(actors, me.arn)}
    after = {(s.method.name, s.end.label) for s in steps([denied, *others], me.arn)}
    assert after <= before


@given(worlds())
def test_no_path_gives_what_the_start_had(actors):
    for path in paths(actors):
        assert not isinstance(path.gain, Proved)


def test_admin_documents_are_whole():
    assert ADMIN.statements[0].actions == ("*",)
