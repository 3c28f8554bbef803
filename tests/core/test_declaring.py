from pathlib import Path

import pytest

from compliance.check import About, Context, check
from compliance.errors import CheckError
from compliance.models import Bucket, Principal, Vpc
from compliance.verdict import Severity
from tests.builders import NOW, inventory_of, policy_of


def named(data, context):
    """Good names.

    More.
    """
    yield from ()


def declared(*kinds, id_="my-check", reads=None):
    return check(*kinds or (Bucket,), id=id_, reads=reads)(named)


def test_a_check_is_what_its_function_says():
    mine = declared()
    assert (mine.id, mine.kinds, mine.about) == ("my-check", (Bucket,), About("Good names", "my"))
    assert mine.about.severity is Severity.MEDIUM


def test_a_function_without_a_docstring_is_titled_by_its_id():
    assert check(Bucket, id="my-check")(lambda data, context: iter(())).about.title == "my-check"


def test_a_check_knows_where_it_stands():
    mine = declared()
    assert (mine.path, mine.line) == (Path(__file__), named.__code__.co_firstlineno)


def test_a_family_stands_for_its_members():
    assert {kind.__name__ for kind in declared(Principal).kinds} == {"Role", "User", "Group"}


def test_several_kinds_may_be_named():
    assert set(declared(Bucket, Vpc).kinds) == {Bucket, Vpc}


@pytest.mark.parametrize(
    ("reads", "facts"),
    [
        (("encryption",), {"Bucket.encryption"}),
        (("encryption", "Key.aliases"), {"Bucket.encryption", "Key.aliases"}),
        (("Bucket.tags",), {"Bucket.tags"}),
        ((), set()),
        (None, {f"Bucket.{fact}" for fact in Bucket.facts}),
    ],
)
def test_what_it_reads_is_named_in_full(reads, facts):
    assert declared(reads=reads).reads == facts


def test_a_fact_of_some_members_of_a_family_is_theirs_alone():
    assert declared(Principal, reads=("boundary",)).reads == {"Role.boundary", "User.boundary"}


@pytest.mark.parametrize("reads", ["colour", "Bucket.colour", "Spaceship.tags", "Principal.inline"])
def test_a_fact_that_no_kind_has_is_refused(reads):
    with pytest.raises(CheckError, match=f"check 'my-check' reads '{reads}', which no kind of resource has"):
        declared(reads=(reads,))


@pytest.mark.parametrize("id_", ["", "My-Check", "my_check", "my check", "-", "my.check"])
def test_an_id_that_is_not_kebab_case_is_refused(id_):
    with pytest.raises(CheckError, match="needs a kind and a kebab-case id"):
        declared(id_=id_)


def test_what_is_no_kind_of_resource_is_refused():
    with pytest.raises(CheckError, match="needs a kind"):
        declared(int)


def test_now_is_the_time_of_the_collection():
    assert Context(policy_of(), inventory_of()).now == NOW
