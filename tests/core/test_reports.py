import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.address import Address
from compliance.check import About, check
from compliance.errors import SettingsError
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.models import Bucket
from compliance.models.deployment import Unclassified
from compliance.reports.failure import lines_of
from compliance.reports.records import in_order, record_of, write_findings
from compliance.reports.summary import coverage_percent, found_in_account, summary_lines
from compliance.verdict import Outcome, Severity, Verdict, Violation
from tests.builders import DENIED, inventory_of, made, run_of

ADDRESS = Address("111122223333", "eu-west-1", "Bucket", "data")


@check(Bucket, id="my-check", reads=())
def mine(data, context):
    """Buckets are good."""
    yield from ()


SEEN = Violation("it is bad", "good", "bad", "there")


def outcome(verdict=Verdict.FAIL, **given):
    facts = {"arn": "arn:aws:s3:::data", "output_key": "DataBucket", "violations": (SEEN,)}
    return Outcome("my-check", ADDRESS, verdict, **(facts | given))


def described(remedy="mend it"):
    return type(mine)(
        mine.id,
        mine.function,
        mine.kinds,
        mine.reads,
        About("Buckets are good", "s3", Severity.HIGH, remedy=remedy),
    )


class TestARecord:
    def test_holds_the_outcome_in_plain_types(self):
        assert record_of(described(), outcome()) == {
            "check": "my-check",
            "address": "111122223333/eu-west-1/Bucket/data",
            "arn": "arn:aws:s3:::data",
            "kind": "Bucket",
            "output_key": "DataBucket",
            "verdict": "fail",
            "severity": "high",
            "service": "s3",
            "violations": [{"message": "it is bad", "expected": "good", "actual": "bad", "where": "there"}],
            "cause": "",
            "reason": "",
        }

    @pytest.mark.parametrize("verdict", Verdict)
    def test_survives_json(self, verdict):
        record = record_of(mine, outcome(verdict, cause="denied", reason="no"))
        assert json.loads(json.dumps(record)) == record
        assert type(record["verdict"]) is str


def record(verdict="fail", *, cause="", reason="", severity="high", check="my-check", address="a"):
    told = {"check": check, "address": address, "verdict": verdict, "severity": severity}
    return told | {"cause": cause, "reason": reason}


class TestFindings:
    ROWS = (record(check="b", address="x"), record(check="a", address="y"), record(check="a", address="x"))

    def test_are_one_object_a_line_in_order(self, tmp_path):
        write_findings(self.ROWS, tmp_path / "deep" / "findings.jsonl")
        rows = [json.loads(line) for line in (tmp_path / "deep" / "findings.jsonl").read_text().splitlines()]
        assert [(row["check"], row["address"]) for row in rows] == [("a", "x"), ("a", "y"), ("b", "x")]

    def test_do_not_depend_on_who_judged_first(self):
        assert in_order(self.ROWS) == in_order(reversed(self.ROWS))

    def test_are_plain_ascii_whatever_a_name_holds(self, tmp_path):
        write_findings([record(reason="\x1b[31m\u202e\u2028\ud800 文")], tmp_path / "f")
        text = (tmp_path / "f").read_bytes()
        assert text.isascii()
        assert b"\x1b" not in text
        assert json.loads(text)["reason"] == "\x1b[31m\u202e\u2028\ud800 文"

    def test_that_can_not_be_written_are_told(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(SettingsError, match=r"--findings .*findings.jsonl: can't be written"):
            write_findings([], tmp_path / "file" / "findings.jsonl")

    def test_that_fail_half_way_leave_the_earlier_ones_and_nothing_else(self, tmp_path):
        path = tmp_path / "findings.jsonl"
        write_findings(self.ROWS, path)
        earlier = path.read_bytes()
        with pytest.raises(TypeError):
            write_findings([*self.ROWS, record(check="c", reason=object())], path)
        assert path.read_bytes() == earlier
        assert list(tmp_path.iterdir()) == [path]


class TestLines:
    def test_of_a_fail_name_everything_that_helps(self):
        assert lines_of(described(), outcome()) == [
            "my-check: Buckets are good [high]",
            "  resource  111122223333/eu-west-1/Bucket/data (output DataBucket)",
            "  arn       arn:aws:s3:::data",
            "  problem   it is bad",
            "  expected  good",
            "  actual    bad",
            "  where     there",
            "  remedy    mend it",
        ]

    def test_leave_out_what_there_is_not(self):
        bare = outcome(arn="", output_key=None, violations=(Violation("it is bad"),))
        assert lines_of(described(remedy=""), bare) == [
            "my-check: Buckets are good [high]",
            "  resource  111122223333/eu-west-1/Bucket/data",
            "  problem   it is bad",
        ]

    def test_of_an_unknown_call_nothing_a_problem_and_nothing_to_mend(self):
        lines = lines_of(described(), outcome(Verdict.UNKNOWN, reason="encryption is unknown (denied)"))
        assert "  unknown   encryption is unknown (denied)" in lines
        assert "  so far    it is bad" in lines
        assert not [line for line in lines if "problem" in line or "remedy" in line]

    def test_of_an_expired_waiver_note_it(self):
        assert "  note      no longer waived: x" in lines_of(mine, outcome(reason="no longer waived: x"))

    def test_are_lines_whatever_a_name_holds(self):
        hostile = "x\x1b[2J\ny\u202e"
        violation = Violation(hostile, hostile, hostile, hostile)
        lines = lines_of(
            mine, outcome(arn=hostile, output_key=hostile, reason=hostile, violations=(violation,))
        )
        assert all(line.isprintable() for line in lines)


class TestCoverage:
    @pytest.mark.parametrize(
        ("verdicts", "percent"),
        [
            ([], 100),
            (["not_applicable"], 100),
            (["pass", "fail", "waived"], 100),
            (["pass", "unknown"], 50),
            (["unknown"], 0),
            (["unknown", "not_applicable"], 0),
            (["pass", "unknown", "unknown", "not_applicable", "waived"], 50),
        ],
    )
    def test_counts_what_got_a_verdict_of_what_applies(self, verdicts, percent):
        assert coverage_percent(map(record, verdicts)) == percent


def unknown(unreadable, name="data"):
    return record(
        "unknown", cause=unreadable.cause.value, reason=str(FactUnreadable(f"{name}: tags", unreadable))
    )


def summary(*records, found=None, **run):
    return summary_lines(run_of(**run), found or {}, records)


class TestTheSummary:
    def test_says_who_looked_where_and_what_came_of_it(self):
        rows = [
            record("pass"),
            record("fail"),
            record("fail", severity="low"),
            record("not_applicable", reason="nobody asked"),
        ]
        lines = summary(*rows, found={"Vpc": 1, "Bucket": 2}, expected=7, calls={"a:B": 3, "c:D": 4})
        assert lines == [
            "account   111122223333, eu-west-1, stack scope, as arn:aws:iam::111122223333:role/auditor",
            "expected  7 resources named by outputs.json",
            "found     3 resources (2 Bucket, 1 Vpc), with 7 AWS calls",
            "judged    3 of 4 pairs; 100 % of the applicable ones",
            "passed    1",
            "failed    2 (1 high, 1 low)",
            "unknown   0",
            "skipped   1",
            "       1  nobody asked",
            "waived    0",
        ]

    def test_counts_what_is_unknown_by_cause_and_operation_over_resources(self):
        throttled = Unreadable(Cause.THROTTLED, "s3:GetTags", "SlowDown", "wait (a bit)")
        lines = summary(unknown(DENIED), unknown(DENIED, "logs"), unknown(throttled))
        assert lines[6:9] == [
            "unknown   3",
            "       2  denied: x:Y (AccessDenied: no); grant x:Y",
            "       1  throttled: s3:GetTags (SlowDown: wait (a bit))",
        ]

    def test_tells_of_a_check_that_broke(self):
        broken = record("unknown", cause="check-broken", reason="the check itself broke: KeyError: 'x'")
        assert "       1  check-broken: the check itself broke: KeyError: 'x'" in summary(broken)

    def test_names_waivers_by_their_check(self):
        assert "       1  my-check: it is so now" in summary(record("waived", reason="it is so now"))

    def test_counts_the_rest(self):
        lines = summary(*(record("not_applicable", reason=f"reason {n:02}") for n in range(20)))
        assert "       1  reason 07" in lines
        assert "       1  reason 08" not in lines
        assert "          and 12 more" in lines

    def test_names_outputs_that_are_unclear(self):
        lines = summary(unclassified=(Unclassified("ApiUrl", "https://a", "names nothing"),))
        assert lines[-2:] == [
            "unclear   1 output value names nothing that checks look at",
            "       1  ApiUrl: names nothing",
        ]

    def test_counts_one_thing_as_one(self):
        lines = summary(record("pass"), found={"Vpc": 1}, expected=1, calls={"a:B": 1})
        assert lines[1:4] == [
            "expected  1 resource named by outputs.json",
            "found     1 resource (1 Vpc), with 1 AWS call",
            "judged    1 of 1 pair; 100 % of the applicable ones",
        ]

    def test_says_all_only_where_all_is_known(self):
        lines = summary(*(record("pass") for _ in range(999)), unknown(DENIED))
        assert lines[3] == "judged    999 of 1000 pairs; 99 % of the applicable ones"

    def test_says_that_nobody_was_asked(self):
        assert summary(nothing_because="nothing is deployed yet")[0] == "account   none was asked"

    def test_of_nothing_says_so(self):
        lines = summary(sources=())
        assert lines[1:4] == [
            "expected  0 resources named by no outputs",
            "found     0 resources, with 0 AWS calls",
            "judged    0 of 0 pairs; none is applicable",
        ]

    @given(st.permutations([record("pass"), unknown(DENIED), record("fail"), record("waived", reason="x")]))
    def test_is_the_same_for_any_order(self, rows):
        assert summary(*rows) == summary(
            record("pass"), record("fail"), record("waived", reason="x"), unknown(DENIED)
        )

    def test_is_printable_whatever_a_name_holds(self):
        hostile = "x\x1b[2J\ny\u202e"
        rows = [record(v, cause="denied", reason=hostile) for v in ("unknown", "not_applicable", "waived")]
        lines = summary(
            *rows, caller=hostile, sources=(hostile,), unclassified=(Unclassified(hostile, "", hostile),)
        )
        assert all(line.isprintable() for line in lines)


def test_outputs_and_relations_are_not_found_in_the_account():
    from compliance.models import Deployment, NetworkEstate, Output

    places = [made(Bucket, "a"), made(Deployment, "o"), made(NetworkEstate, "n"), made(Output, "x")]
    assert found_in_account(inventory_of(*places)) == {"Bucket": 1}
