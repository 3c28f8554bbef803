import pytest

from compliance.access import DocumentError
from compliance.evidence import FactUnreadable
from compliance.grants import GRANTS, ROLE_GRANTS, documents_of, layers_of
from compliance.models import Group, ManagedPolicy, Role, User
from compliance.models.identity import AttachedPolicy, InlinePolicy
from tests.builders import DENIED, allow, arn, document, inventory_of, kind_of, made, unlisted

TEXT = document(allow("s3:GetObject"))
LIMIT = arn("ManagedPolicy", "limit")


def attached(*names):
    return tuple(AttachedPolicy(name, arn("ManagedPolicy", name)) for name in names)


def inline(*names):
    return tuple(InlinePolicy(name, TEXT) for name in names)


def role(**facts):
    return made(Role, "app", **({"inline": (), "attached": (), "boundary": None} | facts))


def user(**facts):
    return made(User, "someone", **({"inline": (), "attached": (), "boundary": None, "groups": ()} | facts))


def group(name, **facts):
    return made(Group, name, **({"inline": (), "attached": ()} | facts))


def managed(name, *, exists=True, text=TEXT):
    return made(ManagedPolicy, name, exists=exists, document=text)


def names(documents):
    return [each.name.rpartition("/")[2] for each in documents]


def test_a_role_has_its_inline_and_its_attached_policies():
    found = documents_of(
        role(inline=inline("a"), attached=attached("b", "c")), inventory_of(managed("b"), managed("c"))
    )
    assert names(found) == ["a", "b", "c"]


def test_a_user_has_those_of_its_groups_too():
    places = [
        group("one", inline=inline("g1")),
        group("two", attached=attached("m")),
        group("three", inline=inline("g3")),
        managed("m"),
    ]
    found = documents_of(user(inline=inline("own"), groups=("one", "two")), inventory_of(*places))
    assert names(found) == ["own", "g1", "m"]


def test_a_group_has_its_own():
    assert names(documents_of(group("team", inline=inline("g")), inventory_of())) == ["g"]


def test_a_policy_that_does_not_exist_grants_nothing():
    assert (
        documents_of(role(attached=attached("gone")), inventory_of(managed("gone", exists=False, text="{}")))
        == ()
    )


def test_a_boundary_limits():
    layers = layers_of(role(inline=inline("a"), boundary=LIMIT), inventory_of(managed("limit")))
    assert (names(layers.identity), names(layers.boundaries)) == (["a"], ["limit"])


def test_without_a_boundary_nothing_limits():
    assert layers_of(role(), inventory_of()).boundaries == ()


def test_a_group_has_no_boundary():
    assert layers_of(group("team"), inventory_of()).boundaries == ()


@pytest.mark.parametrize(
    ("principal", "places"),
    [
        (role(inline=DENIED), []),
        (role(attached=DENIED), []),
        (role(boundary=DENIED), []),
        (role(boundary=LIMIT), []),
        (role(attached=attached("m")), []),
        (role(attached=attached("m")), [managed("m", text=DENIED)]),
        (role(attached=attached("m")), [made(ManagedPolicy, "m", exists=DENIED, document=TEXT)]),
        (user(groups=DENIED), []),
        (user(groups=("team",)), []),
        (user(groups=("team",)), [group("other")]),
        (user(groups=("team",)), [group("team", inline=DENIED)]),
        (user(groups=("team",)), [group("team"), unlisted("Group")]),
    ],
)
def test_what_could_not_be_read_is_never_no_grant(principal, places):
    with pytest.raises(FactUnreadable):
        layers_of(principal, inventory_of(*places))


def test_a_malformed_document_is_told_as_such():
    with pytest.raises(DocumentError):
        documents_of(role(inline=(InlinePolicy("a", "[]"),)), inventory_of())


@pytest.mark.parametrize("fact", sorted({*GRANTS, *ROLE_GRANTS}))
def test_the_facts_it_names_for_checks_exist(fact):
    assert fact.partition(".")[2] in kind_of(fact).facts
