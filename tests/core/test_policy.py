from datetime import UTC, datetime, timedelta

import pytest

from compliance.evidence import FactUnreadable
from compliance.models import Bucket, FlowLog, Group, NetworkEstate, Role, Vpc
from compliance.policy import Selector, standard_sensitive_actions
from compliance.policy.policy import exempt
from compliance.policy.settings import PrincipalException
from compliance.verdict import NotApplicable
from tests.builders import DENIED, NOW, made, policy_of

DATA = made(Bucket, "app-data", output="DataBucket", tags={"team": "core", "stage": "prod"})


@pytest.mark.parametrize(
    ("selector", "selects"),
    [
        (Selector(), True),
        (Selector(name="app-data"), True),
        (Selector(name="app-*"), True),
        (Selector(name="APP-*"), False),
        (Selector(name="data"), False),
        (Selector(name=("x", "*-data")), True),
        (Selector(name="app-[a-d]ata"), True),
        (Selector(output="DataBucket"), True),
        (Selector(output="*Bucket"), True),
        (Selector(output="LogBucket"), False),
        (Selector(tag={"team": "core"}), True),
        (Selector(tag={"team": ("x", "c*")}), True),
        (Selector(tag={"team": "core", "stage": "test"}), False),
        (Selector(tag={"owner": "*"}), False),
        (Selector(name="app-*", output="LogBucket"), False),
        (Selector(name="app-*", tag={"team": "core"}), True),
        (Selector(environment="test"), True),
    ],
)
def test_a_selector_holds_when_every_condition_does(selector, selects):
    assert selector.matches(DATA) is selects


def test_a_resource_that_no_output_names_is_selected_by_none():
    assert not Selector(output="*").matches(made(Bucket, "x"))


def test_a_kind_without_tags_is_selected_by_none():
    assert not Selector(tag={"team": "*"}).matches(made(NetworkEstate, "x"))


def test_a_tag_that_could_not_be_read_decides_nothing():
    with pytest.raises(FactUnreadable, match="tags"):
        Selector(tag={"team": "core"}).matches(made(Bucket, "app-data", tags=DENIED))


def test_a_tag_that_could_not_be_read_does_not_matter_where_the_name_decides():
    assert not Selector(name="x", tag={"team": "core"}).matches(made(Bucket, "app-data", tags=DENIED))


@pytest.mark.parametrize(
    ("patterns", "environment", "holds"),
    [
        ((), None, True),
        ((), "a", True),
        ("a", "a", True),
        ("a*", "abc", True),
        ("a", "b", False),
        ("*", None, False),
    ],
)
def test_a_selector_by_environment_is_decided_when_the_policy_is_loaded(patterns, environment, holds):
    assert Selector(environment=patterns).is_for(environment) is holds


LOGS = made(Bucket, "logs", tags={})
HOME = made(Vpc, "vpc-1", tags={"stage": "prod"})
FLOW = made(FlowLog, "fl-1", output="FlowLog", tags={})
SELECTS = ["{name: %s}", "{output: %s}", "{tag: {team: %s}}", "{environment: %s}"]
RULES = {
    "encryption_for": "storage: {encryption: [{algorithm: any, select: %s}]}",
    "monitoring_for": "storage: {monitored: [{topic: t, select: %s}]}",
    "blocks_for": "network: {cidrs: [{cidrs: [10.0.0.0/8], select: %s}]}",
    "zones_for": "network: {zones: [{minimum: 1, select: %s}]}",
    "flow_logs_for": "flow_logs: {required: [{select: %s}]}",
    "delivery_for": "flow_logs: {delivery: [{max_delay_minutes: 60, select: %s}]}",
}
GOOD_WORDS, BAD_WORDS = ["app-data", "DataBucket", "core", "prod"], ["x"] * 4


@pytest.mark.parametrize("way", RULES)
@pytest.mark.parametrize(("select", "word"), list(zip(SELECTS, GOOD_WORDS, strict=True)))
def test_every_setting_selects_by_name_output_tag_and_environment(way, select, word):
    assert getattr(policy_of(RULES[way] % (select % word), "prod"), way)(DATA)


@pytest.mark.parametrize("way", [way for way in RULES if way != "monitoring_for"])
@pytest.mark.parametrize(("select", "word"), list(zip(SELECTS, BAD_WORDS, strict=True)))
def test_a_setting_that_selects_something_else_is_none(way, select, word):
    with pytest.raises(NotApplicable, match=r"the policy (sets no|requires no)"):
        getattr(policy_of(RULES[way] % (select % word), "prod"), way)(DATA)


def test_a_bucket_that_nobody_monitors_need_not_notify():
    assert policy_of(RULES["monitoring_for"] % "{name: x}").monitoring_for(DATA) is None


def test_notifications_are_strict_where_the_policy_says_nothing():
    assert policy_of().notification_rule_for(DATA).overlap == "event"


def test_notifications_by_filter_where_the_policy_says_so():
    loaded = policy_of("storage: {notifications: [{overlap: filter, select: {name: app-*}}]}")
    assert loaded.notification_rule_for(DATA).overlap == "filter"
    assert loaded.notification_rule_for(LOGS).overlap == "event"


def test_of_two_settings_the_first_counts():
    loaded = policy_of("network: {zones: [{minimum: 2, select: {name: vpc-1}}, {minimum: 3}]}")
    assert loaded.zones_for(HOME).minimum == 2
    assert loaded.zones_for(made(Vpc, "vpc-2")).minimum == 3


def test_of_flow_log_rules_every_one_counts():
    rules = "{traffic: ALL}, {traffic: REJECT, select: {name: x}}, {traffic: ACCEPT}"
    loaded = policy_of(f"flow_logs: {{required: [{rules}]}}")
    assert [rule.traffic for rule in loaded.flow_logs_for(HOME)] == ["ALL", "ACCEPT"]


def test_delivery_is_stated_in_minutes():
    assert (
        policy_of("flow_logs: {delivery: [{max_delay_minutes: 90}]}").delivery_for(FLOW).max_delay_minutes
        == 90
    )


@pytest.mark.parametrize(
    "text",
    [
        *(RULES[way] % "{tag: {a: b}}" for way in RULES),
        "storage: {notifications: [{overlap: event, select: {tag: {a: b}}}]}",
        "identity: {admin_allowed: [{select: {tag: {a: b}}, reason: it is so}]}",
        "identity: {sensitive_allowed: [{select: {tag: {a: b}}, reason: it is so}]}",
        "waivers: [{check: a, select: {tag: {a: b}}, owner: me, reason: it is so now, expires: 2026-01-01}]",
    ],
)
def test_a_policy_that_selects_by_tag_says_so_that_tags_are_collected(text):
    assert policy_of(text).selects_by_tag()


def test_a_policy_that_does_not_select_by_tag_asks_for_none():
    by_name = (RULES[way] % "{name: a}" for way in ("encryption_for", "zones_for", "delivery_for"))
    assert not policy_of("\n".join(by_name)).selects_by_tag()


class TestExceptions:
    EXCEPTED = (PrincipalException(Selector(name="admin-*"), "breaks glass"),)

    def test_take_the_rule_away_and_say_why(self):
        with pytest.raises(NotApplicable, match="excepted by the policy: breaks glass"):
            exempt(self.EXCEPTED, made(Role, "admin-1"))

    def test_leave_others_alone(self):
        exempt(self.EXCEPTED, made(Group, "team"))


def waivers(*given):
    rows = (
        f"{{check: '{c}', select: {s}, owner: team, reason: because it is, expires: {e}}}"
        for c, s, e in given
    )
    return policy_of(f"waivers: [{', '.join(rows)}]")


class TestWaivers:
    def test_cover_a_check_and_a_resource(self):
        covering = waivers(("s3-default-encryption", "{name: app-data}", "2026-04-01"))
        assert covering.waiver_for("s3-default-encryption", DATA)
        assert not covering.waiver_for("s3-default-encryption", LOGS)
        assert not covering.waiver_for("s3-single-notification", DATA)

    def test_may_cover_checks_by_a_glob(self):
        assert waivers(("s3-*", "{}", "2026-04-01")).waiver_for("s3-single-notification", LOGS)

    def test_that_last_longest_count(self):
        several = waivers(("*", "{}", "2026-03-02"), ("*", "{}", "2026-06-01"), ("*", "{}", "2026-01-01"))
        assert several.waiver_for("a", DATA).expires == datetime(2026, 6, 1, tzinfo=UTC)

    @pytest.mark.parametrize(("text", "lives"), [
        ("2026-03-01T12:00:01Z", True),
        ("2026-03-01T12:00Z", False),
        ("2026-03-02", True),
        ("2026-03-01", False),
    ])  # fmt: skip
    def test_end_at_their_time_in_utc_or_at_the_first_moment_of_their_day(self, text, lives):
        assert waivers(("*", "{}", text)).waivers[0].is_live(NOW) is lives

    def test_say_who_answers_for_them_why_and_until_when(self):
        text = "check: a, select: {}, owner: team, reason: it is so now, expires: 2026-04-01, ticket: T-1"
        (waiver,) = policy_of(f"waivers: [{{{text}}}]").waivers
        assert str(waiver) == "it is so now (owner team, T-1, until 2026-04-01 00:00 UTC)"
        assert waiver.expires - NOW == timedelta(days=30, hours=12)

    def test_by_a_tag_that_could_not_be_read_cover_nothing_for_certain(self):
        with pytest.raises(FactUnreadable):
            waivers(("*", "{tag: {a: b}}", "2026-04-01")).waiver_for("a", made(Bucket, "x", tags=DENIED))


def test_the_standard_actions_are_actions_sorted_and_without_comments():
    actions = standard_sensitive_actions()
    assert list(actions) == sorted(set(actions))
    assert "iam:PassRole" in actions
    assert all(
        action.count(":") == 1 and action.strip() == action and "#" not in action for action in actions
    )
