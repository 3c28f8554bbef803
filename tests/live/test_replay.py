"""What was collected can be judged again: without network and without credentials, to the same bytes."""

import pytest

from compliance.exits import EXIT_OK, EXIT_VIOLATIONS
from compliance.inventory import load_inventory, save_inventory

from .systems import STATES, SYSTEMS
from .test_states import command


@pytest.mark.parametrize(("name", "stage"), [(system, stage) for system in SYSTEMS for stage in STATES])
def test_a_saved_inventory_gives_the_same_findings_without_aws(systems, name, stage, tmp_path):
    live = systems.get(name, stage)
    seen, saved, again = (tmp_path / file for file in ("seen.jsonl", "inventory.jsonl", "again.jsonl"))
    first = command(
        "audit", "--outputs", live.outputs_path, "--policy", live.policy_path, "--region", "eu-west-1",
        "--findings", seen, "--inventory", saved, endpoint=live.account.url, folder=tmp_path,
    )  # fmt: skip
    live.account.forget_calls()
    second = command(
        "judge", "--from-inventory", saved, "--policy", live.policy_path, "--findings", again,
        endpoint="http://127.0.0.1:1", folder=tmp_path, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="",
    )  # fmt: skip
    expected = EXIT_OK if stage == "corrected" else EXIT_VIOLATIONS
    assert (first.returncode, second.returncode) == (expected, expected), first.stderr + second.stderr
    assert again.read_bytes() == seen.read_bytes()
    assert second.stdout == first.stdout
    assert live.account.log == []


def test_an_inventory_with_every_fact_and_every_gap_survives_its_file(systems, tmp_path):
    live = systems.get("scalable-infrastructure", "corrected")
    with live.account.fault("deny", "ec2", "DescribeSubnets"), live.account.fault("deny", "s3"):
        report = live.audit()
    save_inventory(report.inventory, tmp_path / "one.jsonl")
    read = load_inventory(tmp_path / "one.jsonl")
    save_inventory(read, tmp_path / "two.jsonl")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert read.missing == report.inventory.missing
    assert read.run == report.inventory.run


def test_two_runs_over_the_same_trouble_say_the_same(systems):
    live = systems.get("scalable-infrastructure", "corrected")
    for service in ("s3", "lambda", "cloudtrail", "kms", "cloudformation"):
        live.account.faults.deny(service)
    try:
        said = [[repr(each) for each in live.audit().outcomes] for _ in range(3)]
    finally:
        live.account.faults.clear()
    assert said[0] == said[1] == said[2]
