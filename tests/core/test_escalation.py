import pytest

from compliance.escalation import paths_from
from compliance.evidence import FactUnreadable
from compliance.models import Role
from compliance.models.identity import InlinePolicy
from tests.builders import allow, arn, document, inventory_of, made, trust, unlisted


def role(name, *texts):
    inline = tuple(InlinePolicy(f"p{n}", text) for n, text in enumerate(texts))
    given = {"inline": inline, "attached": (), "boundary": None, "tags": {}}
    return made(Role, name, **given, trust=trust("lambda.amazonaws.com"))


PASSES = document(allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]))
ADMIN = role("admin", document(allow("*")))


def test_the_paths_of_an_inventory_are_found_once():
    inventory = inventory_of(role("app", PASSES), ADMIN)
    found = paths_from(arn("Role", "app"), inventory)
    assert found
    assert paths_from(arn("Role", "app"), inventory) is found


def test_each_principal_has_its_own():
    inventory = inventory_of(role("app", PASSES), role("idle"), ADMIN)
    assert [path.start.arn for path in paths_from(arn("Role", "app"), inventory)] == [arn("Role", "app")]
    assert paths_from(arn("Role", "idle"), inventory) == ()


def test_another_inventory_is_another_question():
    asked = arn("Role", "app")
    assert paths_from(asked, inventory_of(role("app", PASSES), ADMIN))
    assert paths_from(asked, inventory_of(role("app"), ADMIN)) == ()


def test_a_list_that_was_not_read_leaves_no_answer():
    with pytest.raises(FactUnreadable):
        paths_from(arn("Role", "app"), inventory_of(role("app"), unlisted("User")))
