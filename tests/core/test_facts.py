import dataclasses
import pickle

import pytest

from compliance.evidence import Cause, FactUnreadable, Known, Unreadable
from compliance.models import KINDS, Bucket, Group, Role, SecurityGroup, fixture_name
from compliance.models.resource import Resource, resource
from compliance.models.storage import Algorithm
from tests.builders import ACCOUNT, DENIED, arn, made


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
class TestEveryKind:
    def test_a_refused_fact_raises_and_names_itself(self, kind):
        refused = made(kind, "x", **dict.fromkeys(kind.facts, DENIED))
        for fact in kind.facts:
            with pytest.raises(FactUnreadable, match=f"{kind.__name__}/x: {fact} is unknown") as caught:
                getattr(refused, fact)
            assert caught.value.unreadable is DENIED
            assert refused.fact(fact) is DENIED

    def test_none_is_an_answer(self, kind):
        known = made(kind, "x", **dict.fromkeys(kind.facts))
        assert [getattr(known, fact) for fact in kind.facts] == [None] * len(kind.facts)
        assert {known.fact(fact) for fact in kind.facts} == {Known(None)}

    def test_no_fact_has_a_default(self, kind):
        with pytest.raises(TypeError, match="missing"):
            kind(address=made(kind, "x").address, arn="", output_key=None)

    def test_nothing_can_be_changed(self, kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            made(kind, "x").arn = "y"

    def test_nothing_can_be_added(self, kind):
        assert not hasattr(made(kind, "x"), "__dict__")

    def test_its_docstring_says_what_it_is(self, kind):
        assert (kind.__doc__ or "").rstrip().endswith(".")
        assert "(address:" not in (kind.__doc__ or "")


def test_what_is_no_fact_is_an_attribute_error():
    with pytest.raises(AttributeError, match="Bucket has no fact 'owner'"):
        _ = made(Bucket, "data").owner


def test_a_family_gives_its_facts_to_its_members():
    assert Group.facts == ("inline", "attached", "path")
    assert Role.facts == ("inline", "attached", "trust", "path", "boundary", "tags")


def test_a_resource_is_named_by_its_address():
    data = made(Bucket, "data", output="DataBucket")
    assert (data.name, data.kind, data.arn) == ("data", "Bucket", arn("Bucket", "data"))
    assert repr(data) == f"<Bucket {ACCOUNT}/eu-west-1/Bucket/data>"


def test_resources_are_compared_by_identity():
    assert made(Bucket, "data") != made(Bucket, "data")
    assert len({made(Bucket, "data"), made(Bucket, "data")}) == 2


def test_a_mixture_of_known_and_unknown_facts():
    data = made(Bucket, "data", versioning="Enabled", encryption=DENIED)
    assert data.versioning == "Enabled"
    assert data.fact("versioning") == Known("Enabled")
    assert isinstance(data.fact("encryption"), Unreadable)


def test_a_fact_that_was_not_asked_for_is_not_known():
    with pytest.raises(FactUnreadable) as caught:
        _ = made(Bucket, "data").tags
    assert caught.value.unreadable.cause is Cause.NOT_COLLECTED


def test_facts_survive_pickling():
    assert pickle.loads(pickle.dumps(Known((1, 2)))) == Known((1, 2))
    assert pickle.loads(pickle.dumps(DENIED)) == DENIED


def test_a_kind_of_ones_own_joins_the_others():
    try:

        @resource
        class Gadget(Resource):
            """A thing."""

            size: int

        assert KINDS["Gadget"] is Gadget
        assert made(Gadget, "x", size=3).size == 3
    finally:
        KINDS.pop("Gadget", None)


def test_fixtures_are_named_in_snake_case():
    assert fixture_name(SecurityGroup) == "security_group"
    assert fixture_name(Bucket) == "bucket"


def test_algorithms_know_whether_they_use_a_key():
    assert [each.uses_key for each in Algorithm] == [False, True, True]
