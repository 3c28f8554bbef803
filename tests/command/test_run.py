"""`collect`, `judge` and `audit`."""

import json
import signal
import socket
from pathlib import Path

import pytest

from compliance.catalogue import load_checks
from compliance.settings import OPTIONS

SAVED = ("--from-inventory", "inventory.jsonl")


def pairs(**found):
    """How many pairs there are: a check has one with each resource of its kinds, or with a kind's absence."""
    return sum(found.get(kind.__name__, 1) for check in load_checks() for kind in check.kinds)


@pytest.mark.usefixtures("two_checks")
@pytest.mark.parametrize("name", ["judge", "audit"])
@pytest.mark.parametrize(
    ("names", "code"),
    [(("good",), 0), (("good", "bad"), 1), (("good", "refused"), 10), (("bad", "refused"), 1)],
)
def test_the_exit_code_tells_violations_from_what_is_unknown(command, saved, name, names, code):
    saved(*names)
    assert command(name, *SAVED).code == code


@pytest.mark.usefixtures("two_checks")
def test_what_is_wrong_is_told_with_its_remedy_and_summed_up(command, saved):
    saved("good", "bad", "refused")
    ended = command("judge", *SAVED)
    blocks = ended.out.split("\n\n")
    assert blocks[0].splitlines() == [
        blocks[0].splitlines()[0],
        "  resource  111122223333/eu-west-1/Bucket/bad",
        "  arn       arn:aws:s3:::bad",
        "  problem   no default encryption is set",
        "  expected  SSE-S3",
        "  actual    none",
        blocks[0].splitlines()[-1],
    ]
    assert blocks[0].startswith(
        "s3-default-encryption: Buckets encrypt new objects with the algorithm and the "
    )
    assert blocks[0].splitlines()[-1].startswith("  remedy    aws s3api put-bucket-encryption")
    assert "  unknown   111122223333/eu-west-1/Bucket/refused: encryption is unknown (denied" in blocks[1]
    assert "failed    1 (1 high)" in blocks[2]
    assert "\x1b" not in ended.out + ended.err


@pytest.mark.usefixtures("two_checks")
def test_a_policy_may_leave_the_unknown_out_of_the_exit_code(command, saved):
    saved("good", "refused")
    with Path("policies/policy.yaml").open("a", encoding="utf-8") as file:
        file.write("unknown: skip\n")
    assert command("judge", *SAVED).code == 0
    with Path("policies/policy.yaml").open("a", encoding="utf-8") as file:
        file.write("coverage: {minimum_percent: 90}\n")
    ended = command("judge", *SAVED)
    assert ended.code == 10
    assert "too little judged: 75.0 % of 90 % that the policy asks for" in ended.out


def test_findings_are_those_of_pytest(command, saved, pytester):
    saved("good", "bad", "refused", path=pytester.path / "inventory.jsonl")
    pytester.makeconftest('pytest_plugins = ["compliance.plugin"]\n')
    policy = Path("policies/policy.yaml").resolve()
    common = [f"--from-inventory={pytester.path / 'inventory.jsonl'}", f"--policy={policy}"]
    assert command("audit", *common, "--findings", pytester.path / "ours.jsonl").code == 1
    pytester.runpytest_inprocess(*common, "--findings=theirs.jsonl", "-p", "no:hypothesispytest")
    ours = (pytester.path / "ours.jsonl").read_bytes()
    assert ours == (pytester.path / "theirs.jsonl").read_bytes()
    assert len(ours.splitlines()) == pairs(Bucket=3)


def test_judge_needs_an_inventory(command):
    ended = command("judge")
    assert ended.err == "error: judge needs --from-inventory PATH; `collect` writes one\n"
    assert ended.code == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("judge", "--from-inventory", "nope.jsonl"),
            "nope.jsonl: can't be read (No such file or directory)",
        ),
        (
            ("audit", "--policy", "nope.yaml"),
            "nope.yaml: can't be read (No such file or directory); name another",
        ),
        (
            ("audit", "--embedded", "nope"),
            "--embedded nope: possible are financial-vpc, scalable-infrastructure",
        ),
        (
            ("audit", "--require-outputs"),
            "no outputs: outputs/flat-outputs.json does not exist; nothing is deployed",
        ),
        (("audit", "--scope", "account"), "no region is set: name one with --region or AWS_REGION"),
        (
            ("audit", "--scope", "account", "--region", "eu-west-1"),
            "no AWS account can be reached (credentials: ",
        ),
        (
            ("audit", "--profile", "nope", "--scope", "account"),
            "The config profile (nope) could not be found; name",
        ),
        (("collect", "--inventory", "."), "--inventory .: is a directory; name a file"),
        (("list", "--checks", "nope"), "nope: no such folder or file of checks"),
    ],
)
def test_what_is_unusable_gets_one_clear_message(command, arguments, message):
    ended = command(*arguments)
    assert ended.err.startswith("error: ")
    assert message in ended.err
    assert len(ended.err.splitlines()) == 1
    assert (ended.out, ended.code) == ("", 4)


def test_before_the_first_deployment_there_is_nothing_to_judge(command):
    ended = command("audit")
    assert "account   none was asked" in ended.out
    assert f"judged    0 of {pairs()} pairs; none is applicable" in ended.out
    missing = "no outputs: outputs/flat-outputs.json does not exist; nothing is deployed yet"
    assert f"{pairs():>8}  {missing}" in ended.out
    assert (ended.err, ended.code) == ("", 0)


def test_collect_says_why_it_found_nothing(command):
    ended = command("collect", "--inventory", "empty.jsonl")
    assert ended.out.splitlines() == [
        "no outputs: outputs/flat-outputs.json does not exist; nothing is deployed yet",
        "empty.jsonl: 0 resources, 0 AWS calls",
    ]
    assert command("judge", "--from-inventory", "empty.jsonl").code == 0


def test_every_option_can_be_told_by_the_environment(command, saved, monkeypatch):
    saved("bad", path="elsewhere.jsonl")
    Path("two.yaml").write_text("version: 1\nstorage: {encryption: [{algorithm: any}]}\n", "utf-8")
    monkeypatch.setenv("COMPLIANCE_FROM_INVENTORY", "elsewhere.jsonl")
    monkeypatch.setenv("COMPLIANCE_FINDINGS", "findings.jsonl")
    assert command("audit").code == 1
    assert len(Path("findings.jsonl").read_text("utf-8").splitlines()) == pairs(Bucket=1)
    told = command("audit", "--help").out
    assert all(f"{option.flag}" in told and option.variable in told for option in OPTIONS)


@pytest.mark.parametrize("name", ["list", "judge"])
def test_a_reader_who_leaves_early_sees_no_traceback(process, saved, name):
    saved("bad")
    begun = process(name, *(SAVED if name == "judge" else ()))
    begun.stdout.close()
    told = begun.stderr.read()
    assert begun.wait() == 141
    assert told == ""


STS = b"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>me</UserId><Account>111122223333</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


def test_an_interruption_waits_for_no_answer(process, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.getsockname()[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        begun = process(
            "audit", "--scope", "account", "--region", "eu-west-1", "--findings", "findings.jsonl"
        )
        first, _ = server.accept()
        with first:
            first.recv(65536)
            first.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(STS), STS))
            second, _ = server.accept()  # facts are being asked for, and this one never comes
            with second:
                begun.send_signal(signal.SIGINT)
                told = begun.communicate(timeout=60)
    assert begun.returncode == 2
    assert told[0] == ""
    assert [line for line in told[1].splitlines() if line != "collecting facts"] == ["interrupted"]
    assert not Path("findings.jsonl").exists()


def test_an_embedded_audit_judges_as_pytest_does(command, pytester, monkeypatch):
    monkeypatch.chdir(pytester.path)
    ended = command("audit", "--embedded", "--inventory", "saved.jsonl", "--findings", "ours.jsonl")
    assert ended.code == 0
    assert ended.err == "collecting facts\n"
    pytester.makeconftest('pytest_plugins = ["compliance.plugin"]\n')
    policy = Path(__file__).parents[2] / "examples/financial_vpc/policy.yaml"
    common = ("--from-inventory=saved.jsonl", f"--policy={policy}", "-p", "no:hypothesispytest")
    theirs = pytester.runpytest_inprocess(*common, "--findings=theirs.jsonl")
    assert (pytester.path / "ours.jsonl").read_bytes() == (pytester.path / "theirs.jsonl").read_bytes()
    lines = [json.loads(line) for line in (pytester.path / "ours.jsonl").read_text("utf-8").splitlines()]
    assert {each["check"] for each in lines} == {check.id for check in load_checks()}
    assert {each["verdict"] for each in lines} == {"pass", "not_applicable"}
    passed = sum(each["verdict"] == "pass" for each in lines)
    assert f"judged    {passed} of {len(lines)} pairs; 100 % of the applicable ones" in ended.out
    theirs.assert_outcomes(passed=passed, skipped=len(lines) - passed)
