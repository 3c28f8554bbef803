"""Each state of each system shows its documented defects, no more and no fewer, on either emulator.

What is expected stands beside the examples (`expected.json`), with the gaps of each emulator: a gap that has
closed makes a test fail, too.
"""

import json
import os
import subprocess
import sys

import pytest

from compliance.catalogue import load_checks
from compliance.embedded.ministack import Ministack
from compliance.exits import EXIT_INCOMPLETE, EXIT_VIOLATIONS
from compliance.reports.records import record_of

from .systems import ROOT, STATES, SYSTEMS, Systems

CHECKS = {check.id: check for check in load_checks()}


def records_of(report):
    return [record_of(CHECKS[outcome.check], outcome) for outcome in report.outcomes]


def expectations(system):
    return json.loads((ROOT / "examples" / system.replace("-", "_") / "expected.json").read_text("utf-8"))


def is_about(expectation, record):
    """Whether the pair is the one that the expectation names, by address, or by kind and output."""
    names = [name for name in ("check", "address", "kind", "output_key") if name in expectation]
    return all(expectation[name] == record[name] for name in names)


def assert_as_expected(records, system, state, emulator):
    told = expectations(system)
    gaps = [gap for gap in told["gaps"] if gap["emulator"] == emulator and state in gap["states"]]
    wanted = [each | {"verdict": "fail", "cause": ""} for each in told[state]]
    unjudged = set(told["not-judged"][state])
    for gap in gaps:
        seen = [record for record in records if is_about(gap, record)]
        assert {record["verdict"] for record in seen} == {gap["verdict"]}, f"closed: {gap['why']}"
        wanted = [each for each in wanted if not (gap["check"] == each["check"] and "cause" in each)]
        if gap["verdict"] == "unknown":
            wanted.append(gap)
        elif gap["verdict"] == "not_applicable":
            unjudged.add(gap["check"])
    bad = [record for record in records if record["verdict"] in {"fail", "unknown"}]
    for each in wanted:
        found = [record for record in bad if is_about(each, record)]
        assert [(r["verdict"], r["cause"]) for r in found] == [(each["verdict"], each["cause"])], each
        bad.remove(found[0])
    assert bad == []
    judged = {record["check"] for record in records if record["verdict"] in {"pass", "fail", "unknown"}}
    assert CHECKS.keys() - judged == unjudged


def test_the_embedded_account_shows_the_documented_defects_alone(systems, system, state):
    assert_as_expected(records_of(systems.get(system, state).base), system, state, "moto")


def test_an_expectation_names_checks_that_exist_and_says_why(system):
    told = expectations(system)
    rows = [*told["gaps"], *(row for state in STATES for row in told[state])]
    assert {row["check"] for row in rows} | {
        c for s in STATES for c in told["not-judged"][s]
    } <= CHECKS.keys()
    assert all(row["why"] for row in rows)
    assert {row["emulator"] for row in told["gaps"]} <= {"moto", "ministack"}


@pytest.fixture(scope="module")
def elsewhere():
    with Systems(Ministack) as running:
        yield running


def command(*arguments, endpoint, folder, **environment):
    """The command line in a process of its own, with nothing of the surroundings but the endpoint."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "COMPLIANCE_"))}
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1"}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "*"}
    return subprocess.run(
        [sys.executable, "-m", "compliance", *map(str, arguments)],
        env=kept
        | credentials
        | nowhere
        | {"AWS_ENDPOINT_URL": endpoint, "PYTHONPATH": str(ROOT)}
        | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(("name", "stage"), [(system, stage) for system in SYSTEMS for stage in STATES])
def test_the_second_emulator_as_an_endpoint_differs_by_its_gaps_alone(elsewhere, name, stage, tmp_path):
    live = elsewhere.get(name, stage)
    findings = tmp_path / "findings.jsonl"
    said = command(
        "audit", "--outputs", live.outputs_path, "--policy", live.policy_path, "--findings", findings,
        endpoint=live.account.url, folder=tmp_path,
    )  # fmt: skip
    expected = EXIT_INCOMPLETE if stage == "corrected" else EXIT_VIOLATIONS
    assert said.returncode == expected, said.stderr
    assert "Traceback" not in said.stderr
    records = [json.loads(line) for line in findings.read_text("utf-8").splitlines()]
    assert_as_expected(records, name, stage, "ministack")
