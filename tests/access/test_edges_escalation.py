"""Escalation paths where something isn't known, comes from a service, or hangs on who asks."""

from dataclasses import replace

import pytest
from escalation_builders import ACCOUNT, LAMBDA, actor, admin, allow, arn, deny, doc, trust

from compliance.access import Proved, Request, Unknown, Witness
from compliance.access.escalation_account import Workload
from compliance.access.escalation_gain import _Side
from compliance.access.escalation_requests import Asked, ask
from compliance.access.escalation_resources import Where
from compliance.access.escalation_subject import Subject
from compliance.access.escalation_text import step_line
from compliance.access.escalation_trust import admits
from compliance.access.paths import paths, steps

PASS = [
    allow("iam:PassRole", arn("role/*")),
    allow(["lambda:CreateFunction", "lambda:InvokeFunction"]),
]
LAMBDA_NAME = "lambda.amazonaws.com"


def when(operator, key, *values):
    return {"Condition": {operator: {key: list(values)}}}


def own(*statements, name="user/ann", **more):
    return actor(name, doc("inline", *statements), **more)


def lines(*actors, **more):
    return [str(path) for path in paths(actors, **more) if path.start.label in ("user/ann", "role/app")]


def test_a_role_whose_trust_nobody_knows_admits_no_service():
    assert isinstance(admits(admin(trusted=None), LAMBDA_NAME), Proved)


def test_a_role_that_trusts_a_service_for_its_account_admits_it():
    ours = trust(LAMBDA_NAME, **when("StringEquals", "aws:SourceAccount", ACCOUNT))
    theirs = trust(LAMBDA_NAME, **when("StringEquals", "aws:SourceAccount", "999988887777"))
    assert isinstance(admits(admin(trusted=ours), LAMBDA_NAME), Witness)
    assert isinstance(admits(admin(trusted=theirs), LAMBDA_NAME), Proved)


def test_a_role_that_trusts_a_service_for_one_function_admits_it_with_that_source():
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
    one = trust(LAMBDA_NAME, **when("ArnLike", "aws:SourceArn", function))
    answer = admits(admin(trusted=one), LAMBDA_NAME)
    assert isinstance(answer, Witness)
    assert answer.request.context["aws:sourcearn"] == function


def test_a_variable_in_a_condition_is_the_actor_s_own_value():
    mine = allow(
        "iam:PutUserPolicy", **when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/${aws:username}")
    )
    theirs = allow("iam:PutUserPolicy", **when("ArnLike", "aws:PrincipalArn", "*:role/${aws:username}"))
    assert lines(own(mine))
    assert not [path for path in paths([own(theirs)]) if not path.doubts]


def test_a_variable_that_nobody_knows_stays_open():
    tagged = allow("iam:PutUserPolicy", arn("user/${aws:SourceVpc}"))
    found = lines(own(tagged))
    assert found == [] or "iam:PutUserPolicy" in found[0]
    default = allow("iam:PutUserPolicy", arn("user/${aws:PrincipalTag/team, 'ann'}"))
    assert "iam:PutUserPolicy" in lines(own(default, tags={}))[0]


def test_what_only_a_service_may_do_is_no_sure_path():
    via = allow(
        "iam:PutUserPolicy", **when("StringEquals", "aws:CalledViaFirst", "cloudformation.amazonaws.com")
    )
    [line] = lines(own(via))
    assert "only allowed through another service" in line


def test_what_not_even_a_service_may_do_is_no_path():
    via = allow(
        "iam:PutUserPolicy", **when("StringEquals", "aws:CalledViaFirst", "cloudformation.amazonaws.com")
    )
    never = deny("iam:PutUserPolicy", **when("StringLike", "aws:CalledViaFirst", "cloud*"))
    assert not lines(own(via, never))


def test_a_workload_of_a_role_that_is_not_in_the_account_is_no_way():
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
    start = own(allow(["lambda:UpdateFunctionCode", "lambda:InvokeFunction"]))
    at = {"lambda:function": [Workload(function, arn("role/gone")), Workload(function, arn("role/admin"))]}
    ends = {path.end.label for path in paths([start, admin()], workloads=at) if not path.doubts}
    assert ends == {"role/admin"}
    at = {"lambda:function": at["lambda:function"][:1]}
    assert not [
        p for p in paths([start, admin()], workloads=at) if "UpdateFunctionCode" in str(p) and not p.doubts
    ]


def test_a_gain_short_of_everything_is_said_by_an_example():
    some = actor(
        "role/reader", doc("r", allow("s3:ListAllMyBuckets"), allow("s3:GetObject", "arn:aws:s3:::b/*"))
    )
    [line] = lines(replace(some, trust=LAMBDA), own(*PASS))
    assert line.endswith("which may s3:ListAllMyBuckets, which user/ann may not")
    object_only = actor("role/reader", doc("r", allow("s3:GetObject", "arn:aws:s3:::b/*")), trust=LAMBDA)
    [line] = lines(object_only, own(*PASS))
    assert line.endswith("which may s3:GetObject on arn:aws:s3:::b/x, which user/ann may not")


def test_a_gain_that_was_not_found_out_is_said_to_be_uncertain():
    odd = doc(
        "odd",
        allow("s3:GetObject", **when("ForAnyValue:StringEquals", "aws:TagKeys", "a")),
        deny("s3:GetObject", **when("StringEquals", "aws:TagKeys", "a")),
    )
    found = paths([actor("role/odd", odd, trust=LAMBDA), own(*PASS)])
    [path] = [path for path in found if path.end.label == "role/odd"]
    assert isinstance(path.gain, Unknown)
    assert "may do more than user/ann, or not" in str(path)


def test_two_requests_by_one_principal_in_the_same_words_are_said_once():
    function = allow("lambda:*")
    [step] = [
        s
        for s in steps([own(*PASS, function), admin()], arn("user/ann"))
        if s.method.name == "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction"
    ][:1]
    twice = replace(step, witnesses=(*step.witnesses, *step.witnesses))
    assert step_line(twice) == step_line(step)


def test_an_end_with_the_same_rights_as_the_start_is_no_gain():
    same = [*PASS]
    twin = actor("role/twin", doc("inline", *same), trust=LAMBDA)
    assert not [
        path for path in paths([twin, own(*same)]) if path.end.label == "role/twin" and not path.doubts
    ]


@pytest.mark.parametrize(("tag", "gains"), [("ops", False), ("dev", True)])
def test_a_gain_counts_the_tags_of_each_principal(tag, gains):
    bucket = allow("s3:GetObject", "arn:aws:s3:::b/*", **when("StringEquals", "aws:PrincipalTag/team", "ops"))
    end = actor("role/ops", doc("r", bucket), trust=LAMBDA, tags={"team": "ops"})
    found = paths([end, own(*PASS, bucket, tags={"team": tag})])
    assert any(path.end.label == "role/ops" and not path.doubts for path in found) is gains


def test_a_request_is_made_again_with_the_keys_of_whoever_makes_it():
    ann = Subject(own(allow("s3:GetObject", **when("StringEquals", "aws:username", "ann", "bob"))))
    given = {"aws:username": "bob", "aws:SourceVpc": "vpc-1"}
    again = _Side(ann).own(Request(arn("user/bob"), "s3:GetObject", "arn:aws:s3:::x/y", context=given))
    assert again.principal == arn("user/ann")
    assert {key.lower(): value for key, value in again.context.items()} == {
        "aws:username": "ann", "aws:sourcevpc": "vpc-1",
    }  # fmt: skip


def test_what_no_statement_grants_needs_no_search():
    ann = Subject(own(allow("s3:GetObject")))
    asked = Asked("iam:PassRole", Where((arn("role/x"),), concrete=True), ACCOUNT, {})
    assert isinstance(ask(ann, asked), Proved)
