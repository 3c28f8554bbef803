"""What a document is, and where a malformed one says it breaks."""

import json
from urllib.parse import quote

import pytest

from compliance.access import DocumentError, parse

PLAIN = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


@pytest.mark.parametrize(
    "source", [PLAIN, json.dumps(PLAIN), json.dumps(PLAIN).encode(), quote(json.dumps(PLAIN))]
)
def test_object_text_bytes_and_url_encoded_text_give_the_same_document(source):
    assert parse(source) == parse(PLAIN)


def test_a_single_statement_and_single_strings_are_lists():
    (only,) = parse(PLAIN).statements
    assert (only.actions, only.resources) == (("s3:*",), ("*",))


def test_numbers_and_booleans_become_the_text_that_aws_compares():
    condition = {"Bool": {"a": True}, "NumericEquals": {"b": [1, 2.5]}}
    (only,) = parse({"Statement": {**PLAIN["Statement"], "Condition": condition}}).statements
    assert [c.values for c in only.conditions] == [("true",), ("1", "2.5")]


def test_duplicate_sids_are_kept_apart():
    twice = [{"Sid": "A", **PLAIN["Statement"]}] * 2
    assert [s.index for s in parse({"Statement": twice}).statements] == [0, 1]


def test_variables_need_the_current_version():
    assert [parse({**PLAIN, "Version": v}).statements[0].variables for v in ("2012-10-17", "2008-10-17")] == [
        True,
        False,
    ]
    assert not parse({"Statement": PLAIN["Statement"]}).statements[0].variables


def test_a_number_as_account_keeps_its_leading_zeros():
    statement = {**PLAIN["Statement"], "Principal": {"AWS": 11122223333}}
    assert parse({"Statement": statement}).statements[0].principals[0].value == "011122223333"


def broken(**change):
    changed = {**PLAIN["Statement"], **change}
    statement = {name: value for name, value in changed.items() if value is not ...}
    return {"Version": "2012-10-17", "Statement": [PLAIN["Statement"], statement]}


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("{", ""),
        ("[]", ""),
        (None, ""),
        ("[" * 100_000, ""),
        ({}, "Statement"),
        ({**PLAIN, "Version": "2020-01-01"}, "Version"),
        ({**PLAIN, "statement": []}, "statement"),
        ({**PLAIN, "Statement": ["x"]}, "Statement[0]"),
        ('{"Statement": [], "Statement": []}', "Statement"),
        (broken(Effect="allow"), "Statement[1].Effect"),
        (broken(Effect=...), "Statement[1].Effect"),
        (broken(Action=...), "Statement[1]"),
        (broken(NotAction="s3:*"), "Statement[1]"),
        (broken(NotResource="*"), "Statement[1]"),
        (broken(Action=[]), "Statement[1].Action"),
        (broken(Action=["s3:*", 1]), "Statement[1].Action"),
        (broken(Resource={"a": 1}), "Statement[1].Resource"),
        (broken(Sid=1), "Statement[1].Sid"),
        (broken(condition={}), "Statement[1].condition"),
        (broken(Principal=1), "Statement[1].Principal"),
        (broken(Principal={"Aws": "*"}), "Statement[1].Principal.Aws"),
        (broken(Principal={"AWS": None}), "Statement[1].Principal.AWS"),
        (broken(Principal="*", NotPrincipal="*"), "Statement[1]"),
        (broken(Condition=[]), "Statement[1].Condition"),
        (broken(Condition={"StringEquals": "x"}), "Statement[1].Condition.StringEquals"),
        (broken(Condition={"StringEquals": {"k": {}}}), "Statement[1].Condition.StringEquals.k"),
        (broken(Condition={"StringEquals": {"k": [None]}}), "Statement[1].Condition.StringEquals.k"),
    ],
)
def test_a_malformed_document_names_the_place(source, place):
    with pytest.raises(DocumentError) as caught:
        parse(source)
    assert caught.value.place == place
