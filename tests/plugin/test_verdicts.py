"""What each verdict is to pytest, what people read about it, and how the run ends."""

import re

import pytest

from compliance.models.storage import Algorithm, Encryption
from tests.plugin.conftest import DENIED, HERE, bucket_of

ONE = ("-m", "compliance", "checks/storage.py::s3-default-encryption", "--from-inventory=inventory.jsonl")
KMS = Encryption(Algorithm.SSE_KMS, "alias/strong", bucket_key=True)
TITLE = "Buckets encrypt new objects with the algorithm and the key that the policy requires"
REMEDY = (
    "aws s3api put-bucket-encryption with the required algorithm; in CDK, the bucket's encryption and "
    "encryptionKey properties. Objects that exist keep their encryption until they are copied."
)
SSE_S3 = "storage: {encryption: [{algorithm: SSE-S3}]}\n"


def lines_about(result, name):
    """The block that a result's failure is told in."""
    text = result.stdout.str()
    block = re.search(rf"^_+ (?:ERROR at setup of )?\S+/{name}\] _+\n((?:.+\n)+?)(?=_|=)", text, re.MULTILINE)
    assert block, text
    return block[1].splitlines()


@pytest.fixture
def judged(mixed):
    return mixed.run(*ONE, "-rA")


def test_each_verdict_has_its_outcome(judged):
    judged.assert_outcomes(passed=1, failed=1, errors=1, xfailed=1)
    judged.stdout.fnmatch_lines_random(
        [
            f"PASSED {HERE.format('good')}".replace("[", "[[]"),
            f"FAILED {HERE.format('bad')}*".replace("[", "[[]"),
            f"ERROR {HERE.format('refused')}*".replace("[", "[[]"),
            f"XFAIL {HERE.format('waived')} - moves next month (owner storage team*".replace("[", "[[]"),
        ]
    )


def test_a_failure_is_a_few_lines_without_a_traceback(judged):
    assert lines_about(judged, "bad") == [
        f"s3-default-encryption: {TITLE} [high]",
        "  resource  111122223333/eu-west-1/Bucket/bad (output BadBucket)",
        "  arn       arn:aws:s3:::bad",
        "  problem   no default encryption is set",
        "  expected  SSE-S3",
        "  actual    none",
        f"  remedy    {REMEDY}",
    ]


def test_what_could_not_be_judged_is_told_as_shortly(judged):
    told = lines_about(judged, "refused")
    assert len(told) == 4
    assert told[-1].startswith(
        "  unknown   111122223333/eu-west-1/Bucket/refused: encryption is unknown (denied: "
    )
    assert "grant s3:GetEncryptionConfiguration" in told[-1]
    assert "Traceback" not in judged.stdout.str()
    assert ".py:" not in "\n".join(told)


def test_a_policy_may_have_the_unknown_skipped(repository):
    repository.policy(f"unknown: skip\n{SSE_S3}")
    repository.save(bucket_of("good"), bucket_of("refused", encryption=DENIED))
    result = repository.run(*ONE, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED * unknown: 111122223333/eu-west-1/Bucket/refused: encryption is unknown*"]
    )
    assert result.ret == 0


def test_what_is_not_applicable_is_skipped_with_its_reason(repository):
    repository.save(bucket_of("quiet"))
    result = repository.run(
        "checks/storage.py::s3-notification-delivers", "--from-inventory=inventory.jsonl", "-rs"
    )
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(
        ["SKIPPED [[]1] */checks/storage.py:*: it has no notifications, and the policy asks for none"]
    )


def test_a_waiver_that_ran_out_is_named_in_the_failure(repository):
    waiver = "check: s3-default-encryption, owner: o, reason: moves next month, expires: 2026-02-01"
    repository.policy(f"{SSE_S3}waivers: [{{{waiver}, select: {{name: b}}}}]\n")
    repository.save(bucket_of("b", encryption=KMS))
    result = repository.run(*ONE)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["  note      no longer waived: moves next month (owner o, until 2026-02-01 00:00 UTC)"]
    )
    assert result.ret == 1


BROKEN = '''
from compliance.check import check
from compliance.models import Bucket


@check(Bucket, id="mine-broken", reads=("encryption",))
def broken(each, context):
    """Breaks."""
    yield 1 / 0
'''


def test_a_check_that_breaks_is_no_verdict(repository):
    repository.write("own/mine.py", BROKEN)
    repository.save(bucket_of("good"))
    result = repository.run(
        "own", "--checks=own", "--from-inventory=inventory.jsonl", "--findings=findings.jsonl"
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["  unknown   the check itself broke: ZeroDivisionError: division by zero"])
    [finding] = repository.findings()
    assert (finding["verdict"], finding["cause"]) == ("unknown", "check-broken")
    assert result.ret == 10


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("good",), 0),
        (("good", "waived"), 0),
        (("good", "bad"), 1),
        (("good", "refused"), 10),
        (("bad", "refused"), 1),
        (("refused",), 10),
    ],
)
def test_the_exit_code_tells_violations_from_what_is_unknown(mixed, names, code):
    result = mixed.run("-m", "compliance", "--from-inventory=inventory.jsonl", *map(HERE.format, names))
    assert result.ret == code


def test_a_plain_test_that_fails_beside_the_unknown_is_a_failure(mixed):
    mixed.write("test_plain.py", "def test_plain():\n    assert False\n")
    assert mixed.run(HERE.format("refused"), "test_plain.py", "--from-inventory=inventory.jsonl").ret == 1


def test_an_error_of_a_plain_test_is_not_taken_for_the_unknown(mixed):
    mixed.write("test_plain.py", "def test_plain(no_such_fixture):\n    pass\n")
    assert mixed.run("test_plain.py", HERE.format("good"), "--from-inventory=inventory.jsonl").ret == 1


@pytest.mark.parametrize(("minimum", "code"), [(75, 0), (76, 10)])
def test_a_policy_may_ask_for_a_part_that_must_be_judged(repository, minimum, code):
    repository.policy(f"unknown: skip\n{SSE_S3}coverage: {{minimum_percent: {minimum}}}\n")
    repository.save(*map(bucket_of, "abc"), bucket_of("refused", encryption=DENIED))
    result = repository.run(*ONE)
    assert result.ret == code
    told = "too little judged: 75.0 % of 76 % that the policy asks for"
    assert (told in result.stdout.str()) is (code == 10)


def test_names_from_aws_reach_the_terminal_escaped(repository):
    repository.policy(SSE_S3)
    hostile = "a::b[c]\n\x1b[31mred\u202eevil"
    repository.save(bucket_of(hostile, encryption=KMS))
    result = repository.run(*ONE, "-rA", "-v", "--findings=findings.jsonl", "--junitxml=junit.xml")
    result.assert_outcomes(failed=1)
    shown = result.stdout.str() + (repository.path / "findings.jsonl").read_text("utf-8")
    shown += (repository.path / "junit.xml").read_text("utf-8")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\nred" not in shown
    [finding] = repository.findings()
    assert finding["address"] == "111122223333/eu-west-1/Bucket/a%3A%3Ab[c]%0A%1B[31mred%E2%80%AEevil"
    assert repository.run(f"checks/storage.py::{finding['check']}[{finding['address']}]",
                          "--from-inventory=inventory.jsonl").ret == 1  # fmt: skip
