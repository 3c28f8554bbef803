"""Before the first deployment there is no outputs file, and nothing to judge."""

import pytest

from tests.plugin.conftest import shipped_items

REASON = "no outputs: outputs/flat-outputs.json does not exist; nothing is deployed yet"


def test_all_is_skipped_for_one_reason_and_nothing_is_asked(repository):
    # There are neither credentials nor a region: whoever asked AWS would fail.
    result = repository.run("-m", "compliance", "-rs", "--findings=findings.jsonl")
    result.assert_outcomes(skipped=len(shipped_items()))
    assert result.ret == 0
    told = result.stdout.str()
    assert "0 resources, with 0 AWS calls" in told
    assert "collecting facts" not in told
    assert f"{len(shipped_items()):>8}  {REASON}" in told
    assert {each["reason"] for each in repository.findings()} == {REASON}
    assert {each["verdict"] for each in repository.findings()} == {"not_applicable"}


def test_nobody_claims_to_have_been_somewhere(repository):
    result = repository.run("-m", "compliance")
    result.stdout.fnmatch_lines(
        ["account   none was asked", f"judged    0 of {len(shipped_items())} pairs; none is applicable"]
    )
    assert "nowhere" not in result.stdout.str()


@pytest.mark.parametrize("switch", ["flag", "variable", "ini"])
def test_outputs_may_be_required(repository, monkeypatch, switch):
    if switch == "variable":
        monkeypatch.setenv("COMPLIANCE_REQUIRE_OUTPUTS", "1")
    if switch == "ini":
        repository.write("pytest.ini", "[pytest]\ncompliance_require_outputs = true\n")
    result = repository.run("-m", "compliance", *(["--require-outputs"] if switch == "flag" else []))
    result.stderr.fnmatch_lines(
        [f"ERROR: {REASON}. Deploy first, name another file with --outputs, or drop *"]
    )
    assert result.ret == 4


def test_plain_tests_are_skipped_for_the_same_reason(repository):
    repository.write("test_mine.py", "def test_mine(bucket, vpc):\n    assert False\n")
    result = repository.run("test_mine.py", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines([f"SKIPPED * {REASON}"])
    assert result.ret == 0


def test_the_second_of_two_files_missing_is_told_as_well(repository):
    repository.write("one.json", "{}")
    result = repository.run("-m", "compliance", "--outputs=one.json", "--outputs=two.json", "-rs")
    result.stdout.fnmatch_lines(["SKIPPED * no outputs: two.json does not exist; nothing is deployed yet"])
    assert result.ret == 0


def test_without_xdist_or_with_it_nothing_is_asked(repository):
    result = repository.run("-m", "compliance", "-n", "2")
    result.assert_outcomes(skipped=len(shipped_items()))
    assert result.ret == 0
