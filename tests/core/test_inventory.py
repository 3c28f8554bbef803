import pytest

from compliance.evidence import Cause, FactUnreadable
from compliance.inventory import Missing
from compliance.models import Bucket, FlowLog, ManagedPolicy, Role, Topic, Vpc
from tests.builders import (
    ACCOUNT,
    DENIED,
    NOW,
    REGION,
    address,
    arn,
    elsewhere,
    gone,
    inventory_of,
    made,
    unlisted,
)

HOME, AWAY = made(Vpc, "vpc-1"), made(Vpc, "vpc-2")


def names(places):
    return [each.address.name for each in places]


class TestThePopulation:
    def test_is_every_resource_of_the_kind_in_the_order_of_addresses(self):
        places = inventory_of(made(Bucket, "b"), made(Topic, "t"), made(Bucket, "a"))
        assert names(places.population(Bucket)) == ["a", "b"]

    def test_counts_what_is_gone_and_what_could_not_be_listed(self):
        places = inventory_of(made(Bucket, "b"), gone("Bucket", "a"), unlisted("Bucket"), gone("Topic", "t"))
        assert names(places.population(Bucket)) == ["(from )", "a", "b"]

    def test_is_never_empty(self):
        (nowhere,) = inventory_of().population(Bucket)
        assert nowhere == Missing(address("Bucket", "(none)"), "no Bucket in scope")

    def test_says_why_nothing_was_looked_for(self):
        (nowhere,) = inventory_of(nothing_because="nothing is deployed yet").population(Bucket)
        assert nowhere.reason == "nothing is deployed yet"

    def test_of_several_regions_is_nowhere_in_particular(self):
        (nowhere,) = inventory_of(regions=("a", "b")).population(Bucket)
        assert nowhere.address.text == f"{ACCOUNT}/global/Bucket/(none)"


class TestAllOfAKind:
    def test_come_in_the_order_of_addresses(self):
        assert names(inventory_of(made(Bucket, "b"), made(Bucket, "a")).of(Bucket)) == ["a", "b"]

    def test_may_be_none(self):
        assert inventory_of(made(Topic, "t")).of(Bucket) == ()

    def test_are_unknown_when_the_list_was_refused(self):
        with pytest.raises(FactUnreadable, match=r"the population of Bucket is unknown .denied"):
            inventory_of(made(Bucket, "a"), unlisted("Bucket")).of(Bucket)

    def test_are_known_though_another_list_was_refused(self):
        assert inventory_of(unlisted("Topic")).of(Bucket) == ()

    def test_are_unknown_when_any_way_there_was_refused(self):
        with pytest.raises(FactUnreadable):
            inventory_of(HOME, unlisted("FlowLog", HOME)).of(FlowLog)

    def test_are_unknown_from_a_resource_that_could_not_tell(self):
        with pytest.raises(FactUnreadable):
            inventory_of(HOME, unlisted("FlowLog", HOME)).of(FlowLog, via=HOME)

    def test_are_known_from_a_resource_that_could_tell(self):
        assert inventory_of(HOME, AWAY, unlisted("FlowLog", AWAY)).of(FlowLog, via=HOME) == ()

    def test_do_not_hold_what_is_gone_or_elsewhere(self):
        assert inventory_of(gone("Bucket", "a"), elsewhere("Bucket", "b")).of(Bucket) == ()


class TestFindingByArn:
    def test_finds_what_is_there(self):
        alerts = made(Topic, "alerts")
        assert inventory_of(alerts, made(Topic, "other")).find(Topic, alerts.arn) is alerts

    def test_is_none_where_aws_says_that_there_is_none(self):
        assert inventory_of(gone("Topic", "alerts")).find(Topic, arn("Topic", "alerts")) is None

    def test_prefers_what_is_there_to_what_was_missing(self):
        alerts = made(Topic, "alerts")
        assert inventory_of(alerts, gone("Topic", "alerts")).find(Topic, alerts.arn) is alerts

    def test_is_unknown_where_nobody_looked(self):
        with pytest.raises(FactUnreadable, match="not-collected"):
            inventory_of().find(Topic, arn("Topic", "alerts"))

    def test_is_unknown_where_another_account_owns_it(self):
        away = elsewhere("Topic", "alerts")
        with pytest.raises(FactUnreadable, match="belongs to account"):
            inventory_of(away).find(Topic, away.arn)

    def test_is_unknown_where_aws_would_not_say(self):
        place = Missing(address("Topic", "alerts"), "refused", unreadable=DENIED, arn=arn("Topic", "alerts"))
        with pytest.raises(FactUnreadable) as caught:
            inventory_of(place).find(Topic, place.arn)
        assert caught.value.unreadable.cause is Cause.DENIED

    def test_tells_kinds_apart(self):
        with pytest.raises(FactUnreadable):
            inventory_of(made(Role, "x", at="arn:x")).find(ManagedPolicy, "arn:x")


def test_the_same_places_in_another_order_are_the_same_inventory():
    places = [made(Bucket, "b"), made(Bucket, "a"), gone("Bucket", "d"), gone("Bucket", "c")]
    one, other = inventory_of(*places), inventory_of(*reversed(places))
    assert names(one.resources) == names(other.resources) == ["a", "b"]
    assert names(one.missing) == names(other.missing) == ["c", "d"]


def test_resources_are_counted_by_kind_in_the_order_of_kinds():
    counted = inventory_of(HOME, AWAY, made(Bucket, "a"), gone("Topic", "t")).count()
    assert list(counted.items()) == [("Vpc", 2), ("Bucket", 1)]


def test_the_run_tells_where_and_when():
    run = inventory_of().run
    assert (run.account, run.regions, run.collected_at) == (ACCOUNT, (REGION,), NOW)
