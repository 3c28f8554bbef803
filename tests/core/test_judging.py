import pytest

from compliance.access import parse
from compliance.check import check
from compliance.evaluate import judge, judge_all, pairs
from compliance.evidence import Cause
from compliance.models import Bucket, Principal, Role, Topic, User
from compliance.verdict import NotApplicable, Verdict, Violation
from tests.builders import DENIED, context_of, elsewhere, gone, inventory_of, made, unlisted

DATA = made(Bucket, "data", output="DataBucket", versioning=None, tags=DENIED)
WAIVER = "waivers: [{check: my-check, select: {name: data}, owner: me, reason: it is so now, expires: %s}]"
SEEN = Violation("versioning is off", "Enabled", "never on")


def checking(function, *kinds, id_="my-check"):
    return check(*kinds or (Bucket,), id=id_)(function)


def passing(data, context):
    yield from ()


def failing(data, context):
    yield SEEN


def judged(function, subject=DATA, policy=""):
    return judge(checking(function), subject, context_of(subject, policy=policy))


def test_no_violation_is_a_pass():
    outcome = judged(passing)
    assert (outcome.verdict, outcome.violations, outcome.cause, outcome.reason) == (Verdict.PASS, (), "", "")


def test_a_violation_is_a_fail():
    outcome = judged(failing)
    assert (outcome.verdict, outcome.violations) == (Verdict.FAIL, (SEEN,))


def test_an_outcome_says_of_what_it_is():
    outcome = judged(failing)
    assert (outcome.check, outcome.address, outcome.arn) == ("my-check", DATA.address, DATA.arn)
    assert (outcome.output_key, outcome.kind) == ("DataBucket", "Bucket")


def test_a_refused_read_is_not_a_verdict():
    def reading(data, context):
        yield from (SEEN for _ in data.tags)

    outcome = judged(reading)
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, "denied")
    assert outcome.reason == f"{DATA.address}: tags is unknown ({DENIED})"


def test_what_was_seen_before_a_refused_read_is_kept():
    def reading(data, context):
        yield SEEN
        yield Violation(data.tags)

    outcome = judged(reading)
    assert (outcome.verdict, outcome.violations) == (Verdict.UNKNOWN, (SEEN,))


def test_a_waiver_does_not_cover_what_is_unknown():
    def reading(data, context):
        yield SEEN
        yield Violation(data.tags)

    assert judged(reading, policy=WAIVER % "2026-04-01").verdict is Verdict.UNKNOWN


def test_a_rule_that_does_not_apply_says_why():
    def refusing(data, context):
        raise NotApplicable("nobody asked")
        yield

    outcome = judged(refusing)
    assert (outcome.verdict, outcome.reason) == (Verdict.NOT_APPLICABLE, "nobody asked")


def test_a_document_that_can_not_be_understood_is_malformed():
    def parsing(data, context):
        yield SEEN
        parse("{")

    outcome = judged(parsing)
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.MALFORMED)
    assert "an IAM document can't be understood (is not JSON" in outcome.reason
    assert outcome.violations == (SEEN,)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (lambda data, context: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda data, context: None, "TypeError: 'NoneType' object is not iterable"),
        (lambda data: iter(()), "TypeError"),
        (lambda data, context: data.owner, "AttributeError: Bucket has no fact 'owner'"),
    ],
)
def test_a_check_that_breaks_gives_no_verdict(broken, reason):
    outcome = judged(broken)
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, "check-broken")
    assert f"the check itself broke: {reason}" in outcome.reason


def test_an_interrupt_is_not_swallowed():
    def interrupted(data, context):
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        judged(interrupted)


class TestAWaiver:
    def test_that_lives_covers_a_fail(self):
        outcome = judged(failing, policy=WAIVER % "2026-04-01")
        assert (outcome.verdict, outcome.violations) == (Verdict.WAIVED, (SEEN,))
        assert outcome.reason == "it is so now (owner me, until 2026-04-01 00:00 UTC)"

    def test_that_has_expired_covers_nothing_and_is_named(self):
        outcome = judged(failing, policy=WAIVER % "2026-02-01")
        assert outcome.verdict is Verdict.FAIL
        assert outcome.reason.startswith("no longer waived: it is so now")

    def test_of_another_resource_covers_nothing(self):
        assert judged(failing, made(Bucket, "logs"), WAIVER % "2026-04-01").verdict is Verdict.FAIL

    def test_leaves_a_pass_alone(self):
        assert judged(passing, policy=WAIVER % "2026-04-01").verdict is Verdict.PASS

    def test_by_a_tag_that_could_not_be_read_leaves_open_whether_it_covers(self):
        by_tag = (WAIVER % "2026-04-01").replace("name: data", "tag: {a: b}")
        outcome = judged(failing, policy=by_tag)
        assert (outcome.verdict, outcome.violations) == (Verdict.UNKNOWN, (SEEN,))


class TestAPlaceWithoutAResource:
    def test_that_could_not_be_read_is_unknown(self):
        outcome = judged(passing, unlisted("Bucket"))
        assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, "denied")
        assert outcome.reason.startswith("Bucket is unknown (denied")

    def test_that_is_gone_is_not_applicable(self):
        outcome = judged(failing, gone("Bucket", "data"))
        assert (outcome.verdict, outcome.reason) == (
            Verdict.NOT_APPLICABLE,
            "something refers to it, but it does not exist",
        )

    def test_of_another_account_is_not_applicable(self):
        assert judged(failing, elsewhere("Bucket", "data")).verdict is Verdict.NOT_APPLICABLE


class TestAllPairs:
    CHECKS = (checking(passing, Topic, id_="b-topic"), checking(passing, Bucket, Principal, id_="a-many"))
    PLACES = (
        made(User, "u"), made(Role, "r"), made(Bucket, "y"), made(Bucket, "x"), gone("Bucket", "z"),
    )  # fmt: skip

    def test_come_once_each_in_the_order_of_ids_kinds_and_addresses(self):
        found = [
            (check.id, each.address.kind, each.address.name)
            for check, each in pairs(self.CHECKS, inventory_of(*self.PLACES))
        ]
        assert found == [
            ("a-many", "Bucket", "x"),
            ("a-many", "Bucket", "y"),
            ("a-many", "Bucket", "z"),
            ("a-many", "Group", "(none)"),
            ("a-many", "Role", "r"),
            ("a-many", "User", "u"),
            ("b-topic", "Topic", "(none)"),
        ]

    def test_are_judged_in_that_order(self):
        context = context_of(*self.PLACES)
        judged = [(outcome.check, outcome.address) for outcome in judge_all(self.CHECKS, context)]
        assert judged == [(check.id, each.address) for check, each in pairs(self.CHECKS, context.inventory)]

    def test_are_judged_alike_again(self):
        context = context_of(*self.PLACES)
        assert list(judge_all(self.CHECKS, context)) == list(judge_all(reversed(self.CHECKS), context))
