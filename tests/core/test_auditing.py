import subprocess
import sys
from dataclasses import replace

import pytest

import compliance
from compliance.auditing import Report, _chosen, judge_inventory, prepare, run
from compliance.catalogue import load_checks
from compliance.errors import InputError, OutputsError, PolicyError, SettingsError
from compliance.inventory import save_inventory
from compliance.models import Bucket
from compliance.models.storage import Algorithm, Encryption
from compliance.settings import Settings
from compliance.shipped import default_policy, shipped
from compliance.verdict import Verdict
from tests.builders import DENIED, inventory_of, made

GOOD = made(Bucket, "good", encryption=Encryption(Algorithm.SSE_S3, None, bucket_key=False), notifications=())
BAD = made(Bucket, "bad", encryption=None, notifications=DENIED)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class TestPreparing:
    def test_takes_the_shipped_policy_where_there_is_none(self):
        job = prepare(Settings())
        assert job.policy_path == default_policy()
        assert job.checks == load_checks()

    def test_takes_the_policy_that_lies_there(self, tmp_path):
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies" / "policy.yaml").write_text("version: 1\nenvironment: here\n")
        assert prepare(Settings()).policy.environment == "here"

    def test_takes_the_policy_that_is_named_for_the_environment_that_is_named(self, tmp_path):
        (tmp_path / "p.yaml").write_text("version: 1\nenvironments: {a: {unknown: skip}}\n")
        assert prepare(Settings(policy=tmp_path / "p.yaml", environment="a")).policy.unknown == "skip"

    def test_refuses_a_policy_that_is_not_there(self, tmp_path):
        with pytest.raises(PolicyError):
            prepare(Settings(policy=tmp_path / "gone.yaml"))

    def test_refuses_checks_that_are_not_there(self, tmp_path):
        with pytest.raises(InputError):
            prepare(Settings(checks=(tmp_path / "gone",)))


class TestJudgingASavedInventory:
    @pytest.fixture
    def saved(self, tmp_path):
        save_inventory(inventory_of(GOOD, BAD), tmp_path / "inventory.jsonl")
        return tmp_path / "inventory.jsonl"

    def test_needs_no_aws(self, saved):
        report = run(prepare(Settings(from_inventory=saved)))
        encryption = {
            o.address.name: o.verdict for o in report.outcomes if o.check == "s3-default-encryption"
        }
        assert encryption == {"good": Verdict.PASS, "bad": Verdict.FAIL}

    def test_says_the_same_as_judging_it_at_once(self, saved):
        job = prepare(Settings(from_inventory=saved))
        assert run(job).outcomes == judge_inventory(job, inventory_of(GOOD, BAD)).outcomes

    def test_counts_all_five_verdicts(self, saved):
        job = prepare(Settings(from_inventory=saved))
        asked = {"s3-default-encryption", "s3-single-notification"}
        summary = run(replace(job, checks=tuple(c for c in job.checks if c.id in asked))).summary
        assert summary == {"pass": 2, "fail": 1, "unknown": 1, "not_applicable": 0, "waived": 0}

    def test_refuses_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(InputError):
            run(prepare(Settings(from_inventory=tmp_path / "gone")))


class TestOutputsThatAreNotThere:
    def test_leave_every_pair_not_applicable_with_one_reason(self):
        report = run(prepare(Settings()))
        assert {outcome.verdict for outcome in report.outcomes} == {Verdict.NOT_APPLICABLE}
        (reason,) = {outcome.reason for outcome in report.outcomes}
        assert "outputs/flat-outputs.json does not exist; nothing is deployed yet" in reason

    def test_are_an_error_where_they_are_required(self):
        with pytest.raises(OutputsError, match=r"does not exist.* Deploy first"):
            run(prepare(Settings(require_outputs=True)))

    def test_are_told_apart_from_those_that_are(self, tmp_path):
        (tmp_path / "a.json").write_text("{}")
        job = prepare(Settings(outputs=(tmp_path / "a.json", tmp_path / "b.json")))
        found, reason = job._outputs_files()
        assert found == (tmp_path / "a.json",)
        assert "b.json does not exist" in reason

    def test_do_not_matter_beside_an_example(self, tmp_path):
        job = prepare(Settings(embedded="financial-vpc", require_outputs=True))
        assert job._outputs_files()[1] == ""


class TestAuditing:
    def test_without_outputs_looks_for_nothing(self):
        report = compliance.audit(None, checks=["s3-*"])
        assert {outcome.verdict for outcome in report.outcomes} == {Verdict.NOT_APPLICABLE}
        assert {outcome.check for outcome in report.outcomes} == {
            check.id for check in load_checks() if check.id.startswith("s3-")
        }

    def test_refuses_a_scope_that_is_none(self):
        with pytest.raises(SettingsError, match="scope 'planet': possible are 'stack' and 'account'"):
            compliance.audit(None, scope="planet")

    def test_refuses_a_policy_that_is_not_there(self):
        with pytest.raises(PolicyError):
            compliance.audit(None, policy="gone.yaml")


class TestChoosingChecks:
    def test_takes_all_without_a_choice(self):
        assert _chosen(None) == load_checks()

    def test_takes_ids_globs_and_checks_once_each(self):
        mine = load_checks()[0]
        assert [check.id for check in _chosen(["vpc-*", mine, "vpc-three-zones"])] == [
            mine.id, "vpc-cidr-expected", "vpc-cidr-overlap", "vpc-three-zones",
        ]  # fmt: skip

    def test_refuses_a_name_that_nothing_has(self):
        with pytest.raises(SettingsError, match="no check is called 's4-x'"):
            _chosen(["s4-x"])


def test_the_package_gives_its_names_when_they_are_asked_for():
    assert compliance.Report is Report
    assert compliance.Verdict is Verdict
    assert all(getattr(compliance, name) for name in compliance.__all__)
    with pytest.raises(AttributeError, match="compliance has no 'Spaceship'"):
        _ = compliance.Spaceship


@pytest.mark.parametrize(
    "module", ["compliance", "compliance.auditing", "compliance.settings", "compliance.evaluate"]
)
def test_importing_it_takes_no_aws_library_along(module):
    code = (
        f"import sys, {module}; print(sorted({{'boto3', 'botocore', 'pytest', 'moto'}} & sys.modules.keys()))"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=shipped("checks").parent, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
