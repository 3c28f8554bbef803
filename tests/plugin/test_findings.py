"""What a run writes and sums up."""

import json

from tests.plugin.conftest import DENIED, MIXED, ON_BUCKETS, ON_FLOW_LOGS, bucket_of, shipped_items, summary

SAVED = "--from-inventory=inventory.jsonl"
FINDINGS = "--findings=findings.jsonl"
KEYS = ("check", "address", "arn", "kind", "output_key", "verdict", "violations", "cause", "reason")


def test_each_line_is_one_outcome(mixed):
    mixed.run(SAVED, FINDINGS, "-k", "s3-default-encryption")
    bad, good, refused, waived = mixed.findings()
    assert {key: bad[key] for key in KEYS} == {
        "check": "s3-default-encryption",
        "address": "111122223333/eu-west-1/Bucket/bad",
        "arn": "arn:aws:s3:::bad",
        "kind": "Bucket",
        "output_key": "BadBucket",
        "verdict": "fail",
        "violations": [
            {"message": "no default encryption is set", "expected": "SSE-S3", "actual": "none", "where": ""}
        ],
        "cause": "",
        "reason": "",
    }
    assert (good["verdict"], good["violations"]) == ("pass", [])
    assert (refused["verdict"], refused["cause"], refused["output_key"]) == ("unknown", "denied", None)
    assert "s3:GetBucketEncryption (AccessDenied: no)" in refused["reason"]
    assert (waived["verdict"], len(waived["violations"])) == ("waived", 1)
    assert waived["reason"] == "moves next month (owner storage team, until 2026-04-01 00:00 UTC)"


def test_what_is_not_applicable_is_a_finding_with_its_reason(mixed):
    mixed.run(SAVED, FINDINGS, *ON_FLOW_LOGS)
    assert {(each["verdict"], each["reason"], each["cause"]) for each in mixed.findings()} == {
        ("not_applicable", "no FlowLog in scope", ""),
        ("not_applicable", "no Vpc in scope", ""),
    }


def test_findings_are_in_the_order_of_checks_and_addresses(mixed):
    mixed.write("test_plain.py", "def test_plain(bucket):\n    assert bucket\n")
    mixed.run(SAVED, FINDINGS)
    keys = [(each["check"], each["address"]) for each in mixed.findings()]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys))
    assert {f"{check}[{address}]" for check, address in keys} == {
        id_.partition("::")[2] for id_ in shipped_items(*MIXED)
    }


def test_findings_replace_those_from_before_as_a_whole(mixed):
    mixed.write("findings.jsonl", "old\n")
    before = {path.name for path in mixed.path.iterdir()}
    mixed.run(SAVED, FINDINGS, "--policy=nope.yaml")
    assert (mixed.path / "findings.jsonl").read_text("utf-8") == "old\n"
    mixed.run(SAVED, FINDINGS)
    assert len(mixed.findings()) == len(shipped_items(*MIXED))
    assert {path.name for path in mixed.path.iterdir()} - {".pytest_cache", "__pycache__"} <= before


def test_findings_make_their_folder(mixed):
    mixed.run(SAVED, "--findings=reports/today/findings.jsonl")
    assert len(mixed.findings("reports/today/findings.jsonl")) == len(shipped_items(*MIXED))


def test_a_saved_inventory_can_be_saved_again(mixed):
    mixed.run(SAVED, "--inventory=again/inventory.jsonl")
    saved = (mixed.path / "inventory.jsonl").read_bytes()
    assert (mixed.path / "again" / "inventory.jsonl").read_bytes() == saved


def test_the_summary_tells_what_was_expected_found_and_judged(mixed):
    result = mixed.run(SAVED, *ON_BUCKETS, *ON_FLOW_LOGS)
    assert summary(result) == [
        "account   111122223333, eu-west-1, stack scope, as arn:aws:iam::111122223333:role/auditor",
        "expected  2 resources named by outputs.json",
        "found     4 resources (4 Bucket), with 4 AWS calls",
        "judged    7 of 15 pairs; 87 % of the applicable ones",
        "passed    5",
        "failed    1 (1 high)",
        "unknown   1",
        "       1  denied: s3:GetBucketEncryption (AccessDenied: no); grant s3:GetEncryptionConfiguration",
        "skipped   7",
        "       4  it has no notifications, and the policy asks for none",
        "       2  no FlowLog in scope",
        "       1  no Vpc in scope",
        "waived    1",
        "       1  s3-default-encryption: moves next month (owner storage team, until 2026-04-01 00:00 UTC)",
        "unclear   1 output value names nothing that checks look at",
        "       1  Colour: names nothing that is known",
    ]
    assert "\x1b" not in result.stdout.str()


def test_long_lists_of_reasons_are_cut_and_counted(repository):
    odd = [
        bucket_of(f"b{number}", encryption=DENIED.__class__(DENIED.cause, f"s3:Op{number}"))
        for number in range(12)
    ]
    repository.policy("storage: {encryption: [{algorithm: SSE-S3}]}\n")
    repository.save(*odd)
    told = summary(repository.run(SAVED, "-k", "s3-default-encryption"))
    assert "unknown   12" in told
    assert "          and 4 more" in told


def test_one_output_value_is_one(mixed):
    told = "\n".join(summary(mixed.run(SAVED, "-k", "s3-default-encryption")))
    assert "unclear   1 output value names nothing that checks look at" in told
    assert json.loads((mixed.path / "inventory.jsonl").read_text("utf-8").splitlines()[0])["run"][
        "unclassified"
    ]
