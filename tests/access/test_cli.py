"""The command line: files in, words out; JSON Lines in, JSON Lines out."""

import io
import json

import pytest
from access_builders import ACCOUNT, OBJECT, OTHER, USER

from compliance.access.cli import main

READ = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}],
}
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@pytest.fixture
def file(tmp_path):
    def write(name, data):
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return str(path)

    return write


@pytest.fixture
def bulk(monkeypatch, capsys):
    def run(command, *lines):
        text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        assert main([command]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_can_says_which_statement_decided(file, capsys):
    assert main(["can", USER, "s3:GetObject", OBJECT, "--identity", file("p.json", READ)]) == 0
    assert "decided by identity policy p.json, statement Read" in capsys.readouterr().out
    assert main(["can", USER, "s3:PutObject", OBJECT, "--identity", file("p.json", READ)]) == 1
    assert "s3:putobject isn't among its actions" in capsys.readouterr().out


def test_can_reads_context_and_every_layer(file):
    policy = {"Statement": {**ALL["Statement"][0], "Condition": {"StringEquals": {"k": "v"}}}}
    asked = ["can", USER, "s3:GetObject", OBJECT, "--identity", file("p.json", policy), "--context", "k=v"]
    assert main(asked) == 0
    assert main([*asked, "--scp", file("scp.json", [READ])]) == 0
    assert main([*asked, "--boundary", file("b.json", {"Statement": []})]) == 1
    assert main([*asked, "--resource-account", OTHER]) == 1
    assert main([*asked, "--context", "nonsense"]) == 2


DETAILS = {
    "UserDetailList": [
        {"Arn": USER, "GroupList": ["readers"]},
        {"Arn": f"arn:aws:iam::{ACCOUNT}:user/bob",
         "UserPolicyList": [{"PolicyName": "x", "PolicyDocument": ALL}],
         "PermissionsBoundary": {"PermissionsBoundaryArn": "arn:b"}},
    ],
    "GroupDetailList": [{"GroupName": "readers", "AttachedManagedPolicies": [{"PolicyArn": "arn:r"}]}],
    "RoleDetailList": [{"Arn": f"arn:aws:iam::{ACCOUNT}:role/r",
                        "AssumeRolePolicyDocument": json.dumps(READ)}],
    "Policies": [
        {"Arn": "arn:r", "PolicyVersionList": [{"IsDefaultVersion": True, "Document": READ}]},
        {"Arn": "arn:b", "PolicyVersionList": [{"IsDefaultVersion": False, "Document": ALL},
                                               {"IsDefaultVersion": True, "Document": {"Statement": []}}]},
    ],
}  # fmt: skip


def test_who_can_counts_groups_and_boundaries(file, capsys):
    assert main(["who-can", "s3:GetObject", OBJECT, "--account-details", file("d.json", DETAILS)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{USER}, by identity policy arn:r, statement Read"]
    assert main(["who-can", "s3:PutObject", OBJECT, "--account-details", file("d.json", DETAILS)]) == 1


def test_a_document_that_is_attached_but_not_given_is_an_error(file, capsys):
    details = {**DETAILS, "Policies": []}
    assert main(["who-can", "s3:GetObject", OBJECT, "--account-details", file("d.json", details)]) == 2
    assert "arn:r" in capsys.readouterr().err


def test_compare_and_within(file, capsys):
    read, everything = file("read.json", READ), file("all.json", ALL)
    assert main(["compare", everything, read]) == 0
    assert main(["compare", read, everything]) == 1
    assert main(["within", read, everything]) == 0
    assert main(["within", everything, read]) == 1
    assert "may s3:" in capsys.readouterr().out
    assert main(["within", read]) == 2


def test_outsiders_of_a_file(file, capsys):
    policy = {"Statement": {**ALL["Statement"][0], "Principal": {"AWS": OTHER}}}
    assert main(["outsiders", file("p.json", policy), "--owner", ACCOUNT]) == 0
    assert "open to another account: yes" in capsys.readouterr().out
    zone = file("z.json", {"accounts": [OTHER]})
    assert main(["outsiders", file("p.json", policy), "--owner", ACCOUNT, "--zone", zone]) == 0
    assert "open to another account: no" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[1]", '{"Statement": [{}]}'])
def test_a_file_that_is_no_document_names_itself(file, capsys, text):
    assert main(["within", file("bad.json", text), file("all.json", ALL)]) == 2
    assert "bad.json" in capsys.readouterr().err


REQUEST = {
    "principal": USER,
    "action": "s3:GetObject",
    "resource": OBJECT,
    "resource_account": ACCOUNT,
    "context": {},
}


def test_bulk_evaluate(bulk):
    case = {"id": 1, "identity_policies": [READ], "request": REQUEST}
    allowed, denied = bulk("evaluate", case, {**case, "id": "b", "scps": [[READ], []]})
    assert allowed == {
        "id": 1, "allowed": True, "result": "Allowed", "by": ["identity policy, statement Read"],
        "reason": "allowed by identity policies",
    }  # fmt: skip
    assert (denied["id"], denied["result"]) == ("b", "ImplicitlyDenied")


def test_bulk_evaluate_takes_nulls_and_single_documents(bulk):
    case = {"id": 1, "identity_policies": [ALL], "resource_policy": None, "boundary": READ,
            "session_policy": None, "scps": None, "rcps": [[]], "vpce_policies": [],
            "request": REQUEST}  # fmt: skip
    assert [
        answer["allowed"] for answer in bulk("evaluate", case, {**case, "session_policy": {"Statement": []}})
    ] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("{", "Expecting"),
        ("[]", "a line must be a JSON object"),
        ({"id": 1}, "request"),
        ({"id": 1, "request": {**REQUEST, "action": None}}, "request.action"),
        ({"id": 1, "request": {**REQUEST, "context": {"k": None}}}, "request.context.k"),
        ({"id": 1, "request": REQUEST, "scps": {}}, "scps"),
        ({"id": 1, "request": REQUEST, "scps": [[{"Statement": [{}]}]]}, "scps[0][0].Statement[0].Effect"),
        ("[" * 100_000, ""),
    ],
)
def test_a_bad_line_is_answered_and_the_rest_goes_on(bulk, line, place):
    bad, good = bulk("evaluate", line, {"id": 2, "identity_policies": [READ], "request": REQUEST})
    assert place in bad["error"]
    assert good["allowed"]


def test_bulk_within(bulk):
    lines = {"id": 1, "p": [READ], "q": [ALL]}, {"id": 2, "p": [ALL], "q": [READ]}, {"id": 3, "p": 1}
    yes, no, bad = bulk("within", *lines)
    assert (yes["included"], yes["witness"]) == (True, None)
    assert no["included"] is False
    assert set(no["witness"]) == {"principal", "action", "resource", "resource_account", "context"}
    assert bad["error"]


def test_bulk_outsiders(bulk):
    policy = {"Statement": {**ALL["Statement"][0], "Principal": "*", "Sid": "Open"}}
    case = {"id": 1, "policy": policy, "owner": ACCOUNT, "kind": "s3"}
    found, bad, none = bulk("outsiders", case, {**case, "owner": 1}, {**case, "zone": {"x": []}})
    assert (found["public"], found["foreign_account"], found["confused_deputy"]) == (True, True, False)
    assert {grant["statement"] for grant in found["grants"]} == {"Open"}
    assert set(found["grants"][0]) == {"to", "who", "actions", "witness", "statement"}
    assert "owner" in bad["error"]
    assert "zone.x" in none["error"]


def test_a_zone_that_is_no_object_and_half_a_surrogate_pair_spoil_their_own_line_only(bulk):
    case = {"id": 1, "policy": ALL, "owner": ACCOUNT}
    bad, odd, good = bulk("outsiders", {**case, "zone": "x"}, {**case, "id": "\ud800"}, case)
    assert "zone" in bad["error"]
    assert odd["public"] is False
    assert good["public"] is False
