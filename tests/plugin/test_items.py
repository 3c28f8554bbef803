"""One item for each check and resource: how it is called, chosen and reported by pytest's own means."""

import json
from xml.etree import ElementTree as ET

import pytest

from compliance.verdict import Severity
from tests.plugin.conftest import DENIED, HERE, bucket_of, listed

SAVED = "--from-inventory=inventory.jsonl"
KINDS_CHECKED = {"s3-default-encryption", "s3-notification-delivers", "s3-single-notification"}


def test_there_is_one_item_for_each_check_and_resource(mixed):
    ids = listed(mixed.run("--collect-only", "-q", SAVED, "checks/storage.py"))
    assert len(ids) == len(set(ids)) == 12
    assert set(ids) == {
        f"checks/storage.py::{check}[111122223333/eu-west-1/Bucket/{name}]"
        for check in KINDS_CHECKED
        for name in ("good", "bad", "refused", "waived")
    }


def test_a_check_without_resources_has_one_item_that_says_so(mixed):
    result = mixed.run(SAVED, "checks/flow_logs.py", "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED * no FlowLog in scope"])


def test_collecting_only_judges_nothing(mixed):
    result = mixed.run("--collect-only", SAVED, "--findings=findings.jsonl")
    result.stdout.fnmatch_lines(["*<CheckFile storage.py>", "*<CheckItem s3-default-encryption*Bucket/bad]>"])
    assert "judged" not in result.stdout.str()
    assert not (mixed.path / "findings.jsonl").exists()
    assert result.ret == 0


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((HERE.format("bad"),), 1),
        ((HERE.format("bad"), HERE.format("good")), 2),
        (("checks/storage.py::s3-default-encryption",), 4),
        (("checks/storage.py::s3-default-encryption", HERE.format("good")), 4),
        (("checks/storage.py",), 12),
        (("checks",), 30),
        (("checks", "-k", "Bucket"), 12),
        (("checks", "-k", "s3-default-encryption"), 4),
        (("checks", "-k", "refused"), 3),
        (("checks", "-k", "refused or (waived and encryption)"), 4),
        (("checks", "-m", "s3"), 12),
        (("checks", "-m", "s3 and high"), 8),
        (("checks", "-m", "critical"), 3),
        (("checks", "-m", "compliance and not s3"), 18),
        (("checks", "--deselect", "checks/storage.py"), 18),
        (("checks", "--deselect", HERE.format("bad")), 29),
        (("-m", "not compliance"), 0),
    ],
)
def test_items_are_chosen_by_what_pytest_offers(mixed, arguments, count):
    assert len(listed(mixed.run("--collect-only", "-q", SAVED, *arguments))) == count


@pytest.mark.parametrize(
    "argument", ["checks/storage.py::s3-nope", "checks/nope.py", "checks/storage.py::bad[x]"]
)
def test_a_check_that_does_not_exist_is_a_usage_error(mixed, argument):
    result = mixed.run(SAVED, argument)
    result.stderr.fnmatch_lines([f"ERROR: file or directory not found: {argument}".replace("[", "[[]")])
    assert result.ret == 4


def test_every_service_and_severity_is_a_registered_marker(mixed):
    told = mixed.run("--markers").stdout.str()
    for name in ("compliance", "s3", "vpc", "iam", "cloudformation", *Severity):
        assert f"@pytest.mark.{name}: " in told, name
    result = mixed.run("--strict-markers", "-W", "error", SAVED, "-k", "good")
    result.assert_outcomes(passed=2, skipped=1, deselected=27)


def test_the_first_violation_may_end_the_run(mixed):
    result = mixed.run(SAVED, "-x", "checks/storage.py", "--findings=findings.jsonl")
    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert [each["verdict"] for each in mixed.findings()] == ["fail"]


def test_the_first_thing_that_is_unknown_may_end_the_run(mixed):
    result = mixed.run(
        SAVED, "-x", "checks/storage.py", "-k", "refused or waived", "--findings=findings.jsonl"
    )
    result.assert_outcomes(errors=1, deselected=6)
    assert result.ret == 10
    assert [each["verdict"] for each in mixed.findings()] == ["unknown"]


def test_what_failed_last_runs_again_beside_plain_tests_that_failed(mixed):
    mixed.write("test_a.py", "def test_a():\n    assert False\n")
    mixed.run_with_cache(SAVED, "-k", "encryption or test_a").assert_outcomes(
        passed=1, failed=2, errors=1, xfailed=1, deselected=26
    )
    result = mixed.run_with_cache(SAVED, "-k", "encryption or test_a", "--lf")
    result.assert_outcomes(failed=2, errors=1, deselected=28)
    mixed.write("test_a.py", "def test_a():\n    pass\n")
    mixed.policy("storage: {encryption: [{algorithm: any}]}\n")
    mixed.save(bucket_of("bad"), bucket_of("refused"))
    mixed.run_with_cache(SAVED, "--lf").assert_outcomes(passed=3, deselected=22)


def test_junit_xml_holds_every_outcome(mixed):
    mixed.run(SAVED, "-k", "encryption", "--junitxml=junit.xml")
    [suite] = ET.parse(mixed.path / "junit.xml").getroot()
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "1", "skipped": "1",
    }  # fmt: skip
    cases = {case.get("name").partition("Bucket/")[2]: case for case in suite}
    assert cases.keys() == {"good]", "bad]", "refused]", "waived]"}
    assert "expected  SSE-S3" in cases["bad]"].find("failure").text
    assert "grant s3:GetEncryptionConfiguration" in cases["refused]"].find("error").text
    assert {case.get("classname") for case in suite} == {"checks.storage"}


def test_allure_tells_results_apart_by_their_resource(mixed):
    mixed.run(SAVED, "-k", "encryption or single", "--alluredir=allure")
    results = [json.loads(path.read_text("utf-8")) for path in (mixed.path / "allure").glob("*-result.json")]
    assert len(results) == len({each["historyId"] for each in results}) == 8
    shown = {(each["name"], *((p["name"], p["value"]) for p in each["parameters"])) for each in results}
    assert {parameter[0] for each in shown for parameter in each[1:]} == {"resource"}
    status = {
        each["parameters"][0]["value"].strip("'").rpartition("/")[2]: each["status"]
        for each in results
        if each["name"].startswith("s3-default")
    }
    assert status == {"good": "passed", "bad": "failed", "refused": "broken", "waived": "skipped"}


def test_ids_do_not_depend_on_what_else_is_there(mixed):
    before = listed(mixed.run("--collect-only", "-q", SAVED, "-k", "good"))
    mixed.save(bucket_of("another"), bucket_of("good", encryption=DENIED), name="inventory.jsonl")
    assert listed(mixed.run("--collect-only", "-q", SAVED, "-k", "good")) == before
