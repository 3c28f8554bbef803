"""`list` and `explain`."""

import pytest

from compliance.catalogue import load_checks

CHECKS = load_checks()

OWN = '''
from compliance.check import check
from compliance.models import Bucket


@check(Bucket, id="own-check")
def own(each, context):
    """Buckets are mine."""
    yield from ()
'''


def test_list_has_a_line_for_each_check(command):
    ended = command("list")
    assert [line.split()[:2] for line in ended.out.splitlines()] == [
        [check.id, check.about.severity] for check in CHECKS
    ]
    assert ended.code == 0


@pytest.mark.parametrize("name", [check.id for check in CHECKS])
def test_explain_tells_what_why_and_what_to_do(command, name):
    [check] = [each for each in CHECKS if each.id == name]
    ended = command("explain", name)
    told = " ".join(ended.out.split())
    assert told.startswith(f"{name} ({check.about.severity}, {check.about.service}) {check.about.title}.")
    assert " ".join(check.about.rationale.split()) in told
    assert " ".join(check.about.remedy.split()) in told
    assert all(link in ended.out for link in check.about.links)
    assert told.count(check.about.title) == 1
    assert f"{check.path}:{check.line}" in ended.out
    assert ended.code == 0


@pytest.mark.parametrize("columns", [1, 50, 100, 300])
def test_explain_fits_the_terminal(command, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = [line for line in command("explain", "s3-default-encryption").out.splitlines() if "/" not in line]
    assert max(map(len, lines)) <= min(max(columns, 40), 100)


def test_explain_breaks_no_word(command, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    (tmp_path / "own.py").write_text(OWN, "utf-8")
    arn = "arn:aws:logs:REGION:ACCOUNT:log-group:a-long-name"
    (tmp_path / "own.yaml").write_text(f"own-check: {{remedy: 'Allow it for {arn} alone.'}}\n", "utf-8")
    assert arn in command("explain", "own-check", "--checks", "own.py").out


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("s3-default-encrytpion", "did you mean 's3-default-encryption'?"),
        ("zzz", "`python -m compliance list` shows them all"),
        ("", "`python -m compliance list` shows them all"),
    ],
)
def test_explain_suggests_the_nearest_check(command, name, hint):
    ended = command("explain", name)
    assert ended.err == f"error: no check is called {name!r}; {hint}\n"
    assert (ended.out, ended.code) == ("", 4)


def test_own_checks_are_listed_and_explained(command, tmp_path):
    (tmp_path / "own.py").write_text(OWN, "utf-8")
    assert "own-check" in command("list", "--checks", "own.py").out
    assert "Buckets are mine." in command("explain", "own-check", "--checks", "own.py").out
    assert "own-check" not in command("list").out


def test_checks_may_be_named_by_the_environment(command, tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(OWN, "utf-8")
    monkeypatch.setenv("COMPLIANCE_CHECKS", "own.py")
    assert "own-check" in command("list").out


@pytest.mark.parametrize(
    "arguments", [(), ("nope",), ("explain",), ("list", "--nope"), ("audit", "--policy")]
)
def test_a_wrong_command_line_is_unusable_input(command, arguments):
    ended = command(*arguments)
    assert ended.err.startswith("usage: python -m compliance")
    assert ended.code == 4


def test_help_tells_every_command_and_exit_code(command):
    ended = command("--help")
    told = " ".join(ended.out.split())
    for word in ("list", "explain", "collect", "judge", "audit", "access"):
        assert f" {word} " in told or f" {word}:" in told
    assert "0 judged and passed, 1 violations, 2 interrupted, 4 unusable input, 10 no violation but" in told
    assert ended.code == 0
