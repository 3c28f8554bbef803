"""One item for each check and resource: how it is called, chosen and reported by pytest's own means."""

import json
from xml.etree import ElementTree as ET

import pytest

from compliance.catalogue import load_checks
from compliance.verdict import Severity
from tests.plugin.conftest import (
    DENIED,
    HERE,
    MIXED,
    ON_BUCKETS,
    ON_FLOW_LOGS,
    bucket_of,
    listed,
    shipped_items,
)

SAVED = "--from-inventory=inventory.jsonl"
ENCRYPTION = "checks/storage.py::s3-default-encryption"
BUCKET_CHECKS = " or ".join(each.partition("::")[2] for each in ON_BUCKETS)


def test_there_is_one_item_for_each_check_and_resource(mixed):
    ids = listed(mixed.run("--collect-only", "-q", SAVED, "checks/storage.py"))
    assert len(ids) == len(set(ids))
    assert set(ids) == {id_ for id_ in shipped_items(*MIXED) if id_.startswith("checks/storage.py")}
    assert set(ids) >= {
        f"{check}[111122223333/eu-west-1/Bucket/{name}]" for check in ON_BUCKETS for name in MIXED
    }


def test_a_check_without_resources_has_one_item_that_says_so(mixed):
    result = mixed.run(SAVED, *ON_FLOW_LOGS, "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines(["SKIPPED * no FlowLog in scope"])


def test_collecting_only_judges_nothing(mixed):
    result = mixed.run("--collect-only", SAVED, "--findings=findings.jsonl")
    result.stdout.fnmatch_lines(["*<CheckFile storage.py>", "*<CheckItem s3-default-encryption*Bucket/bad]>"])
    assert "judged" not in result.stdout.str()
    assert not (mixed.path / "findings.jsonl").exists()
    assert result.ret == 0


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ((HERE.format("bad"),), ("bad",)),
        ((HERE.format("bad"), HERE.format("good")), ("bad", "good")),
        ((ENCRYPTION,), MIXED),
        ((ENCRYPTION, HERE.format("good")), MIXED),
        (("checks", "-k", "s3-default-encryption"), MIXED),
        (("checks", "-k", "refused and s3-default-encryption"), ("refused",)),
        ((ENCRYPTION, "-m", "s3 and high"), MIXED),
        ((ENCRYPTION, "-m", "compliance and not s3"), ()),
        ((ENCRYPTION, "--deselect", HERE.format("bad")), ("good", "refused", "waived")),
        (("-m", "not compliance"), ()),
    ],
)
def test_items_of_one_check_are_chosen_by_what_pytest_offers(mixed, arguments, names):
    ids = listed(mixed.run("--collect-only", "-q", SAVED, *arguments))
    assert sorted(ids) == sorted(map(HERE.format, names))


@pytest.mark.parametrize(
    ("arguments", "is_chosen"),
    [
        (("checks/storage.py",), lambda id_, _: id_.startswith("checks/storage.py::")),
        (("checks",), lambda *_: True),
        (("checks", "-k", "Bucket"), lambda id_, _: "bucket" in id_.lower()),
        (("checks", "-k", "refused"), lambda id_, _: "refused" in id_),
        (
            ("checks", "-k", "refused or (waived and encryption)"),
            lambda id_, _: "refused" in id_ or ("waived" in id_ and "encryption" in id_),
        ),
        (("checks", "-m", "s3"), lambda _, about: about.service == "s3"),
        (("checks", "-m", "s3 and high"), lambda _, about: (about.service, about.severity) == ("s3", "high")),
        (("checks", "-m", "critical"), lambda _, about: about.severity == "critical"),
        (("checks", "-m", "compliance and not s3"), lambda _, about: about.service != "s3"),
        (
            ("checks", "--deselect", "checks/storage.py"),
            lambda id_, _: not id_.startswith("checks/storage.py::"),
        ),
        (("checks", "--deselect", HERE.format("bad")), lambda id_, _: id_ != HERE.format("bad")),
    ],
)
def test_items_of_all_checks_are_chosen_by_what_pytest_offers(mixed, arguments, is_chosen):
    ids = listed(mixed.run("--collect-only", "-q", SAVED, *arguments))
    expected = [id_ for id_, check in shipped_items(*MIXED).items() if is_chosen(id_, check.about)]
    assert expected
    assert sorted(ids) == sorted(expected)


@pytest.mark.parametrize(
    "argument", ["checks/storage.py::s3-nope", "checks/nope.py", "checks/storage.py::bad[x]"]
)
def test_a_check_that_does_not_exist_is_a_usage_error(mixed, argument):
    result = mixed.run(SAVED, argument)
    result.stderr.fnmatch_lines([f"ERROR: file or directory not found: {argument}".replace("[", "[[]")])
    assert result.ret == 4


def test_every_service_and_severity_is_a_registered_marker(mixed):
    told = mixed.run("--markers").stdout.str()
    services = {check.about.service for check in load_checks()}
    assert services >= {"s3", "vpc", "iam", "cloudformation"}
    for name in ("compliance", *services, *Severity):
        assert f"@pytest.mark.{name}: " in told, name
    result = mixed.run("--strict-markers", "-W", "error", SAVED, "-k", f"good and ({BUCKET_CHECKS})")
    result.assert_outcomes(passed=2, skipped=1, deselected=len(shipped_items(*MIXED)) - 3)


def test_the_first_violation_may_end_the_run(mixed):
    result = mixed.run(SAVED, "-x", ENCRYPTION, "--findings=findings.jsonl")
    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert [each["verdict"] for each in mixed.findings()] == ["fail"]


def test_the_first_thing_that_is_unknown_may_end_the_run(mixed):
    result = mixed.run(SAVED, "-x", ENCRYPTION, "-k", "refused or waived", "--findings=findings.jsonl")
    result.assert_outcomes(errors=1, deselected=2)
    assert result.ret == 10
    assert [each["verdict"] for each in mixed.findings()] == ["unknown"]


def test_what_failed_last_runs_again_beside_plain_tests_that_failed(mixed):
    mixed.write("test_a.py", "def test_a():\n    assert False\n")
    count = len(shipped_items(*MIXED)) + 1
    mixed.run_with_cache(SAVED, "-k", "s3-default-encryption or test_a").assert_outcomes(
        passed=1, failed=2, errors=1, xfailed=1, deselected=count - 5
    )
    result = mixed.run_with_cache(SAVED, "-k", "s3-default-encryption or test_a", "--lf")
    result.assert_outcomes(failed=2, errors=1, deselected=count - 3)
    mixed.write("test_a.py", "def test_a():\n    pass\n")
    mixed.policy("storage: {encryption: [{algorithm: any}]}\n")
    mixed.save(bucket_of("bad"), bucket_of("refused"))
    count = len(shipped_items("bad", "refused")) + 1
    mixed.run_with_cache(SAVED, "--lf").assert_outcomes(passed=3, deselected=count - 3)


def test_junit_xml_holds_every_outcome(mixed):
    mixed.run(SAVED, "-k", "s3-default-encryption", "--junitxml=junit.xml")
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
    mixed.run(SAVED, "-k", "s3-default-encryption or s3-single-notification", "--alluredir=allure")
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
