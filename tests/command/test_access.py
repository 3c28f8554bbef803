"""`access` out of a saved inventory."""

import json

import pytest

from compliance.access.accounts import members
from compliance.command import main
from compliance.command.access import details_of, read_details
from compliance.evidence import FactUnreadable
from compliance.inventory import save_inventory
from compliance.models import Group, ManagedPolicy, Role, User
from compliance.models.identity import AttachedPolicy, InlinePolicy
from tests.builders import DENIED, allow, arn, document, inventory_of, made, trust

LIMIT = arn("ManagedPolicy", "limit")
READS = document(allow("s3:GetObject"))


def role(name="app", **facts):
    known = {"inline": (InlinePolicy("reads", READS),), "attached": (), "boundary": None}
    return made(Role, name, **(known | {"trust": trust("lambda.amazonaws.com")} | facts))


def user(**facts):
    return made(
        User, "dev", **({"inline": (), "attached": (), "groups": ("team",), "boundary": None} | facts)
    )


TEAM = made(Group, "team", inline=(), attached=(AttachedPolicy("reads", arn("ManagedPolicy", "reads")),))
POLICIES = (
    made(ManagedPolicy, "reads", exists=True, document=READS),
    made(ManagedPolicy, "limit", exists=True, document=document(allow("ec2:*"))),
)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "inventory.jsonl"
    save_inventory(inventory_of(role(), role("bounded", boundary=LIMIT), user(), TEAM, *POLICIES), path)
    return str(path)


@pytest.mark.parametrize("name", ["app", "role/app", arn("Role", "app")])
def test_a_principal_is_known_by_name_or_arn(saved, name, capsys):
    assert main(["access", "can", name, "s3:GetObject", "arn:aws:s3:::x/y", "--account-details", saved]) == 0
    assert "decided by identity policy reads" in capsys.readouterr().out


def test_a_boundary_counts(saved):
    asked = ["access", "can", "bounded", "s3:GetObject", "arn:aws:s3:::x/y", "--account-details", saved]
    assert main(asked) == 1


def test_everybody_who_can_is_named_and_nobody_else(saved, capsys):
    assert main(["access", "who-can", "s3:GetObject", "arn:aws:s3:::x/y", "--account-details", saved]) == 0
    named = [line.partition(",")[0] for line in capsys.readouterr().out.splitlines()]
    assert named == [arn("User", "dev"), arn("Role", "app")]


def test_who_is_not_there_is_told_who_is(saved, capsys):
    assert main(["access", "can", "ghost", "s3:GetObject", "*", "--account-details", saved]) != 0
    assert "role/app" in capsys.readouterr().err


def test_an_unreadable_principal_makes_no_answer():
    with pytest.raises(FactUnreadable):
        details_of(inventory_of(role(inline=DENIED)))


def test_what_aws_returned_is_read_as_it_is(tmp_path):
    details = details_of(inventory_of(role(), user(), TEAM, *POLICIES))
    path = tmp_path / "details.json"
    path.write_text(json.dumps(details))
    assert read_details(str(path)) == details
    assert {member.arn for member in members(details)} == {arn("User", "dev"), arn("Role", "app")}


def test_a_role_may_be_held_against_a_reference(saved, tmp_path, capsys):
    reference = tmp_path / "reference.json"
    reference.write_text(READS)
    asked = ["access", "within", "role/app", str(reference), "--account-details", saved]
    assert main(asked) == 0
    reference.write_text(document(allow("s3:PutObject")))
    assert main(asked) == 1
    assert "s3:GetObject" in capsys.readouterr().out


def test_two_principals_may_be_compared(saved):
    assert main(["access", "compare", "role/app", "dev", "--account-details", saved]) == 0


def test_a_name_that_is_neither_file_nor_principal_is_told(saved, capsys):
    assert main(["access", "within", "ghost", "role/app", "--account-details", saved]) != 0
    assert "ghost" in capsys.readouterr().err
