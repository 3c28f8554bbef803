"""Runs that ask AWS, here an emulator: what is asked, how often, and by whom."""

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from compliance.catalogue import load_checks
from compliance.embedded.server import EmbeddedAccount
from compliance.examples import _build, example
from compliance.models import Vpc
from tests.plugin.conftest import listed, summary

WORLD = ("-m", "compliance", "--findings=findings.jsonl", "--inventory=saved.jsonl")
# A stack's own list of resources is asked for, since it may hold stacks.
STACK = {"sts:GetCallerIdentity", "cloudformation:DescribeStacks", "cloudformation:ListStackResources"}


@pytest.fixture(scope="session")
def account():
    """An account in which the financial VPC runs, as it was first deployed: it has passes and failures."""
    chosen = example("financial-vpc:as-first-deployed")
    with EmbeddedAccount() as running:
        running.outputs = _build(chosen.folder).build(running.session(), chosen.state)
        yield running


@pytest.fixture
def live(repository, account, monkeypatch):
    """A repository with the outputs and the policy of that deployment, and credentials for the account."""
    for name, value in {
        "AWS_ENDPOINT_URL": account.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    repository.write("outputs/flat-outputs.json", json.dumps(account.outputs))
    policy = example("financial-vpc").policy.read_text("utf-8")
    repository.write("policies/policy.yaml", policy)
    account.forget_calls()
    return repository


def calls_of(account):
    return {f"{service}:{operation}" for service, operation in account.calls}


# What some checks have to say of that deployment; whatever else is shipped says something, too.
VERDICTS = {
    "flow-log-delivers": ["pass", "pass"],
    "flow-log-enabled": ["pass"],
    "flow-log-role": ["not_applicable", "pass"],
    "output-resource-exists": ["pass", "pass"],
    "outputs-complete": ["fail"],
    "s3-default-encryption": ["pass"],
    "s3-notification-delivers": ["not_applicable"],
    "s3-single-notification": ["pass"],
    "stack-healthy": ["pass"],
    "vpc-cidr-expected": ["fail"],
    "vpc-cidr-overlap": ["fail"],
    "vpc-three-zones": ["fail"],
}


def verdicts_of(findings):
    """The verdicts of each check."""
    found = {}
    for each in findings:
        found.setdefault(each["check"], []).append(each["verdict"])
    return {check: sorted(verdicts) for check, verdicts in found.items()}


def outcomes_of(findings):
    """What pytest counts if the findings are all that it reports."""
    count = Counter(each["verdict"] for each in findings)
    return {
        "passed": count["pass"],
        "failed": count["fail"],
        "errors": count["unknown"],
        "skipped": count["not_applicable"],
        "xfailed": count["waived"],
    }


def saved_run(repository):
    with (repository.path / "saved.jsonl").open("rb") as file:
        return json.loads(file.readline())["run"]


def test_a_live_run_and_its_saved_inventory_give_the_same_findings(live, account):
    result = live.run(*WORLD)
    found = verdicts_of(live.findings())
    assert found.keys() == {check.id for check in load_checks()}
    assert found | VERDICTS == found
    result.assert_outcomes(**outcomes_of(live.findings()))
    result.stdout.fnmatch_lines(["collecting facts"])
    assert result.ret == 1
    asked = account.calls.total()
    assert asked == sum(saved_run(live)["calls"].values()) > 0
    again = live.run("-m", "compliance", "--from-inventory=saved.jsonl", "--findings=again.jsonl")
    again.assert_outcomes(**outcomes_of(live.findings()))
    assert (live.path / "again.jsonl").read_bytes() == (live.path / "findings.jsonl").read_bytes()
    assert account.calls.total() == asked


def test_xdist_changes_neither_items_nor_verdicts_nor_calls(live, account, monkeypatch, tmp_path_factory):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
    monkeypatch.setenv("TMPDIR", tempfile.gettempdir())
    alone = live.run(*WORLD, "-rA")
    findings, calls = (live.path / "findings.jsonl").read_bytes(), dict(account.calls)
    account.forget_calls()
    shared = live.run(*WORLD, "-rA", "-n", "2")
    shared.assert_outcomes(**outcomes_of(live.findings()))
    assert verdicts_of(live.findings()) | VERDICTS == verdicts_of(live.findings())
    assert (live.path / "findings.jsonl").read_bytes() == findings
    assert dict(account.calls) == calls
    assert summary(shared) == summary(alone)
    assert told(shared) == told(alone)
    assert shared.ret == alone.ret == 1
    assert not list(Path(tempfile.gettempdir()).glob("*compliance*"))


def told(result):
    return {line for line in result.outlines if line.startswith(("PASSED", "FAILED"))}


CRASHING = '''
import os

from compliance.check import check
from compliance.models import Subnet


@check(Subnet, id="own-crash", reads=("vpc_id",))
def crash(each, context):
    """Takes its process along for the last of the subnets."""
    if each.address == max(other.address for other in context.inventory.of(Subnet)):
        os._exit(3)
    yield from ()
'''


def test_a_worker_that_dies_takes_no_other_finding_along(live):
    live.write("own/crash.py", CRASHING)
    result = live.run("-n", "2", "--checks=own", "own", "checks/network.py", "--findings=findings.jsonl")
    result.stdout.fnmatch_lines(["*worker 'gw?' crashed while running 'own/crash.py::own-crash[[]*"])
    findings = live.findings()
    assert len([each for each in findings if each["check"] == "own-crash"]) == 5
    assert {each["check"] for each in findings} > {"vpc-cidr-expected", "vpc-cidr-overlap", "vpc-three-zones"}
    assert result.ret == 1


def test_nothing_is_asked_for_checks_that_are_left_out(live, account):
    live.run("-k", "s3-default-encryption").assert_outcomes(passed=1)
    assert "s3:GetBucketEncryption" in calls_of(account)
    assert not calls_of(account) & {"s3:GetBucketPolicy", "ec2:DescribeSubnets", "ec2:DescribeRouteTables"}
    assert not {call for call in calls_of(account) if call.startswith(("iam:", "lambda:", "rds:"))}


@pytest.mark.parametrize(
    "arguments",
    [
        ("checks/deployment.py::stack-healthy",),
        ("-k", "stack-healthy"),
        ("-k", "stack and healthy"),
        ("-m", "cloudformation", "-k", "stack-healthy"),
    ],
)
def test_one_check_can_be_asked_for_in_many_ways_at_the_same_price(live, account, arguments):
    live.run(*arguments).assert_outcomes(passed=1)
    assert calls_of(account) == STACK


def test_a_word_in_the_name_of_a_resource_leaves_all_checks_in(live, account):
    vpc = account.outputs["VpcId"]
    ids = listed(live.run("-k", vpc, "--collect-only", "-q"))
    names = {each.partition("::")[2].partition("[")[0] for each in ids}
    assert names == {check.id for check in load_checks() if Vpc in check.kinds}
    assert names >= {"flow-log-enabled", "vpc-cidr-expected", "vpc-three-zones"}


def test_markers_that_exclude_all_checks_ask_nobody(live, account):
    live.write("test_plain.py", "def test_plain():\n    pass\n")
    live.run("-m", "not compliance").assert_outcomes(passed=1)
    live.run("test_plain.py").assert_outcomes(passed=1)
    assert not account.calls


def test_plain_tests_alone_read_all_facts_of_their_kinds_only(live, account):
    live.write("test_plain.py", "def test_plain(stack):\n    assert stack.status == 'CREATE_COMPLETE'\n")
    live.run("test_plain.py").assert_outcomes(passed=1)
    assert calls_of(account) - STACK <= {"cloudformation:GetTemplate"}


def test_plain_tests_see_the_same_under_xdist(live, account):
    live.write(
        "test_plain.py",
        "def test_plain(subnet):\n    assert subnet.zone.startswith('eu-west-1')\n\n\n"
        "def test_outputs(outputs):\n    assert outputs['VpcId'].startswith('vpc-')\n",
    )
    live.run("test_plain.py").assert_outcomes(passed=7)
    calls = dict(account.calls)
    account.forget_calls()
    live.run("test_plain.py", "-n", "2").assert_outcomes(passed=7)
    assert dict(account.calls) == calls


def test_a_refused_read_is_unknown_and_ends_in_ten(live, account):
    with account.fault("deny", "s3", "GetBucketEncryption"):
        result = live.run("-k", "s3-default-encryption", "--findings=findings.jsonl")
    result.assert_outcomes(errors=1)
    [finding] = live.findings()
    assert (finding["verdict"], finding["cause"]) == ("unknown", "denied")
    assert result.ret == 10


def test_an_embedded_run_leaves_nothing_and_touches_no_account(live, account, monkeypatch, tmp_path_factory):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))
    result = live.run("--embedded", *WORLD)
    assert verdicts_of(live.findings()).keys() == {check.id for check in load_checks()}
    assert {each["verdict"] for each in live.findings()} == {"pass", "not_applicable"}
    result.assert_outcomes(**outcomes_of(live.findings()))
    result.stdout.fnmatch_lines(
        ["compliance: * policy */financial_vpc/policy.yaml *, embedded example financial-vpc"]
    )
    assert result.ret == 0
    assert not list(Path(tempfile.gettempdir()).glob("*compliance*"))
    assert not account.calls


def test_another_system_in_another_state_may_be_embedded(live):
    result = live.run("--embedded=scalable-infrastructure:as-first-deployed", "-m", "compliance")
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] >= 1
    assert "errors" not in result.parseoutcomes()
