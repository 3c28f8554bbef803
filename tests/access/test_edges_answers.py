"""Answers where a question is too hard, too big or about values that no policy names."""

import io
import json

import pytest
from access_builders import ACCOUNT, OTHER, ROLE, USER, allow, deny, doc, statement

from compliance.access import (
    DocumentError,
    Layers,
    Proved,
    TrustZone,
    Unknown,
    Witness,
    each,
    find,
    included,
    outsiders,
    parse,
)
from compliance.access import classes as classes_module
from compliance.access import search as search_module
from compliance.access import texts as texts_module
from compliance.access.accounts import members
from compliance.access.atoms import single
from compliance.access.atoms import test_of as asked_by
from compliance.access.boxes import Box
from compliance.access.classes import ActionClass
from compliance.access.cli import main
from compliance.access.documents import Condition
from compliance.access.explain import answer_lines, request_line
from compliance.access.finding import _doubt
from compliance.access.globs import glob
from compliance.access.jsonl import HANDLERS, answers
from compliance.access.patterns import Scope
from compliance.access.request import Request
from compliance.access.search import Candidate
from compliance.access.texts import TooHard, solve
from compliance.access.values import solve_key
from compliance.access.witness import Maker

# AWS documents no meaning for StringEquals on a key with several values: what is left hangs on that.
SOME_TAG = {"ForAnyValue:StringEquals": {"aws:TagKeys": "a"}}
THE_TAG = {"StringEquals": {"aws:TagKeys": "a"}}
UNDECIDED = doc(statement(Condition=SOME_TAG), statement("Deny", Condition=THE_TAG))
ANYTHING = allow("*")
GET = allow("s3:GetObject")


def asked(*conditions):
    """Give tests on the key `k`, each of which must be as said."""
    return frozenset(
        (asked_by(Condition(operator, "k", values), variables=False), wanted)
        for operator, values, wanted in conditions
    )


def found_in(policy, within=ANYTHING):
    return find(Layers((policy,)), within, USER)


def answered(command, *cases):
    lines = [case if isinstance(case, str) else json.dumps(case) for case in cases]
    return [json.loads(line) for line in answers(lines, HANDLERS[command])]


def test_several_values_without_a_set_operator_are_unknown():
    answer = found_in(UNDECIDED)
    assert isinstance(answer, Unknown)
    assert "several values" in answer.reason


def test_each_says_unknown_of_every_action_that_it_could_not_settle():
    within = allow(["s3:GetObject", "s3:PutObject"])
    found = each(Layers((UNDECIDED,)), within, USER)
    assert isinstance(found["s3:getobject"], Unknown)


def test_each_keeps_one_witness_of_an_action_that_two_statements_allow():
    policy = doc(*(statement(action="s3:GetObject", resource=f"arn:aws:s3:::{b}/*") for b in "ab"))
    found = each(Layers((policy,)), GET, USER)
    assert isinstance(found["s3:getobject"], Witness)


def test_statements_with_more_conditions_than_can_be_cut_are_unknown():
    tests = {f"aws:RequestTag/{n}": "x" for n in range(2_000)}
    answer = found_in(allow(Condition={"StringEquals": tests}))
    assert isinstance(answer, Unknown)
    assert "too many" in answer.reason


def test_too_many_action_classes_are_unknown(monkeypatch):
    monkeypatch.setattr(classes_module, "MAX_CLASSES", 1)
    policy = doc(
        statement(action="s3:*"),
        statement("Deny", "s3:*ab*", "arn:aws:s3:::none"),
        statement("Deny", "s3:*cd*"),
        statement("Deny", "s3:*"),
    )
    answer = found_in(policy)
    assert answer == Unknown("the wildcards of the actions overlap too much")


def test_too_many_cuts_are_unknown(monkeypatch):
    monkeypatch.setattr(search_module, "MAX_CUTS", 0)
    answer = found_in(doc(statement(), statement("Deny", resource="arn:aws:s3:::a/*")))
    assert answer == Unknown("the statements overlap too much")


def test_interlocking_patterns_are_unknown(monkeypatch):
    monkeypatch.setattr(texts_module, "MAX_STATES", 1)
    likes = {"StringLike": {"k": "*edge1*edge2*"}, "ForAllValues:StringLike": {"k": "*edge2*edge3*"}}
    likes["StringLikeIfExists"] = {"k": "*edge3*edge1*"}
    answer = found_in(allow(Condition=likes))
    assert answer == Unknown("the patterns interlock too much")


def test_a_search_in_which_every_pattern_is_too_hard_says_so(monkeypatch):
    monkeypatch.setattr(texts_module, "MAX_STATES", 1)
    one = frozenset(glob(text, Scope.TEXT, variables=False) for text in ("*hard1*hard2*", "*hard5*hard6*"))
    other = frozenset({glob("*hard3*hard4*", Scope.TEXT, variables=False)})
    with pytest.raises(TooHard):
        solve((one, other), frozenset())


def test_a_letter_that_folds_into_another_is_excluded_by_what_ignores_case():
    kelvin = frozenset({glob("\u212a", Scope.TEXT, variables=False)})
    k = frozenset({glob("k", Scope.TEXT, variables=False, fold=True)})
    assert solve((kelvin,), k) is None


def test_a_deny_whose_condition_is_already_false_takes_nothing():
    a, b = "arn:aws:s3:::a/*", "arn:aws:s3:::b/*"
    one = {"Condition": {"StringEquals": {"k": "1"}}}
    other = {"Condition": {"StringNotEquals": {"k": "1"}}}
    denies = [
        statement("Deny", "*", None, NotResource=[a, b]),
        statement("Deny", "*", a, **one),
        statement("Deny", "*", b, **one),
    ]
    assert isinstance(found_in(doc(statement(), *denies, statement("Deny", "*", [a, b], **other))), Proved)
    left = found_in(doc(statement(), *denies))
    assert isinstance(left, Witness)


def test_one_address_is_not_two_values():
    once = asked(("ForAllValues:IpAddress", ("10.0.0.1",), True), ("Null", ("false",), True))
    assert solve_key(once) is not None
    assert solve_key(once | {(single("k"), False)}) is None


def test_one_text_is_not_two_values():
    once = asked(("ForAllValues:StringEquals", ("a",), True), ("Null", ("false",), True))
    assert solve_key(once) == (("a",),)
    assert solve_key(once | {(single("k"), False)}) is None


def test_an_address_compared_as_text_is_found_refuted_or_unknown():
    network = ("IpAddress", ("10.0.0.0/8",), True)
    assert solve_key(asked(network, ("StringLike", ("10.0.*",), True)))
    assert (
        solve_key(asked(network, ("StringLike", ("10.1.*5",), True), ("StringLike", ("10.*",), False)))
        is None
    )
    with pytest.raises(TooHard, match="in several ways at once"):
        solve_key(asked(network, ("StringLike", ("10.1.*5",), True)))


def test_an_action_without_resources_is_tried_on_no_resource_only():
    candidate = Candidate(ActionClass(frozenset({0}), ("ec2:describeinstances",)), Box())
    tried = [*Maker(USER, ACCOUNT, frozenset()).requests(candidate)]
    assert [(request.resource, future) for request, future in tried] == [("*", False)]


@pytest.mark.parametrize("variable", ["", "${aws:username}"])
def test_a_resource_that_is_too_hard_to_find_makes_no_request(monkeypatch, variable):
    monkeypatch.setattr(texts_module, "MAX_STATES", 1)
    texts = ["arn:aws:s3:::*w1*w2*" + variable, "arn:aws:s3:::*w2*w3*", "arn:aws:s3:::*w3*w1*"]
    wanted = tuple(frozenset({glob(text, Scope.RESOURCE, variables=True)}) for text in texts)
    candidate = Candidate(ActionClass(frozenset({0}), ("s3:getobject",)), Box(wanted, star=False))
    assert [*Maker(USER, ACCOUNT, frozenset()).requests(candidate)] == []


def test_a_parsed_document_is_taken_as_it_is():
    assert parse(GET, "other") is GET


def test_a_bad_policy_of_an_account_is_named_with_its_place():
    bad = {"Arn": ROLE, "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Maybe"}]}}
    with pytest.raises(DocumentError, match=r"role/app trust policy: Statement\[0\]"):
        list(members({"RoleDetailList": [bad]}))
    with pytest.raises(DocumentError, match="role/app trust policy: a policy document is"):
        list(members({"RoleDetailList": [{**bad, "AssumeRolePolicyDocument": 1}]}))


def test_a_future_action_and_a_doubt_are_said_in_words():
    future = included([allow("s3:Zz*")], [GET])
    assert isinstance(future, Witness)
    assert future.future_action
    assert "hasn't published such an action" in [*answer_lines(future, "no", "yes")][-1]
    assert [*answer_lines(Unknown("odd"), "no", "yes")] == ["It could not be decided: odd."]


def test_a_key_with_several_values_is_shown_as_a_list():
    asked_for = Request(USER, "ec2:CreateTags", "*", None, {"aws:TagKeys": ["a", "b"]})
    assert request_line(asked_for) == f"{USER} may ec2:CreateTags when aws:TagKeys = [a, b]"


def test_bulk_within_says_unknown_with_its_reason():
    odd = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringOdd": {"k": "v"}}}
    full = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    [answer] = answered("within", {"p": {"Statement": [full]}, "q": {"Statement": [full, odd]}})
    assert (answer["included"], answer["witness"]) == (None, None)
    assert "StringOdd" in answer["reason"]


def test_blank_lines_get_no_answer():
    assert len(answered("evaluate", "", " \n", {"id": 1})) == 1


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"resource_account": 1}, "request.resource_account"),
        ({"context": ["k"]}, "request.context"),
        ({"context": {"k": [["v"]]}}, "request.context.k"),
    ],
)
def test_a_bad_part_of_a_request_is_named(more, place):
    asked_for = {"principal": USER, "action": "s3:GetObject", "resource": "*", **more}
    [answer] = answered("evaluate", {"request": asked_for})
    assert answer["error"].startswith(place)


@pytest.mark.parametrize(
    ("operator", "value", "given"),
    [
        ("Bool", "true", True),
        ("NumericEquals", "5", 5),
        ("StringEquals", "v", "v"),
        ("ForAnyValue:StringEquals", "v", ["u", "v"]),
    ],
)
def test_context_values_are_read_as_policies_spell_them(operator, value, given):
    policy = {"Statement": [{**statement(), "Condition": {operator: {"k": value}}}]}
    asked_for = {"principal": USER, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    case = {"identity_policies": [policy], "request": {**asked_for, "context": {"k": given}}}
    assert answered("evaluate", case)[0]["allowed"]


def test_bytes_that_are_not_utf_8_spoil_their_own_line_only(monkeypatch, capsys):
    source = io.TextIOWrapper(io.BytesIO(b'\xff\n{"id": 2, "p": [], "q": []}\n'), encoding="ascii")
    monkeypatch.setattr("sys.stdin", source)
    assert main(["within"]) == 0
    bad, good = map(json.loads, capsys.readouterr().out.splitlines())
    assert bad["error"]
    assert good["included"]


def outside(*statements, kind="", **zone):
    return outsiders(doc(*statements), ACCOUNT, TrustZone.of(zone), kind)


def to(principal, effect="Allow", action="s3:GetObject", **more):
    built = {"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"}
    return {**built, **more}


def test_who_is_open_to_a_hard_question_is_unknown_with_the_reason():
    found = outside(to("*", Condition=SOME_TAG), to("*", "Deny", Condition=THE_TAG))
    assert found.public is None
    assert "several values" in found.reasons[0]


def test_a_principal_without_an_account_is_an_outsider_all_the_same():
    canonical = {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    found = outside(to(canonical))
    assert (found.public, found.foreign_account) == (False, True)
    assert [grant.to for grant in found.grants] == ["principal"]


def test_an_account_that_is_named_and_denied_is_no_deputy():
    denied = "333344445555"
    with_id = {"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}
    trust = to({"AWS": [OTHER, denied]}, action="sts:AssumeRole", **with_id)
    found = outside(trust, to({"AWS": denied}, "Deny", "sts:AssumeRole"), kind="role")
    assert {grant.who for grant in found.grants} == {OTHER}
    assert found.confused_deputy is False


def test_a_zone_takes_strings_and_lists_of_them_only():
    with pytest.raises(DocumentError, match="must be a list of strings"):
        TrustZone.of({"accounts": None})
    assert TrustZone.of({"accounts": OTHER}).accounts == {OTHER}


def test_a_log_group_of_the_own_account_is_no_stranger_s():
    own = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-1:{ACCOUNT}:*"}}
    any_group = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:*:*"}}
    assert outside(to("*", action="kms:Decrypt", Condition=own), kind="kms").public is False
    assert outside(to("*", action="kms:Decrypt", Condition=any_group), kind="kms").public is True


def test_a_service_that_acts_for_one_organization_is_no_deputy_of_strangers():
    sns = {"Service": "sns.amazonaws.com"}
    ours = {"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-abc/*"}}
    assert outside(to(sns, action="sqs:SendMessage", Condition=ours)).confused_deputy is False
    assert outside(to(sns, action="sqs:SendMessage")).confused_deputy is True


def test_a_denied_resource_leaves_the_rest():
    assert isinstance(find(Layers((GET, deny(resource="arn:aws:s3:::a/*"))), GET, USER), Witness)


def test_a_doubt_takes_no_witness_away():
    witness = found_in(allow())
    found = {"s3:getobject": witness, "s3:putobject": Proved()}
    _doubt(found, "too hard")
    assert found == {"s3:getobject": witness, "s3:putobject": Unknown("too hard")}
