"""What README.md shows works as it stands there."""

import re
from pathlib import Path

import pytest

from compliance.catalogue import load_checks
from compliance.policy import load_policy
from compliance.settings import OPTIONS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language, text=README):
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_two_commands_are_two_blocks_of_one_line_each():
    section = README.partition("## Two commands\n")[2].partition("\n## ")[0]
    commands = blocks("sh", section)
    assert [len(command.splitlines()) for command in commands] == [1, 1]
    assert re.findall(r"^```(\w*)$", section, re.MULTILINE) == ["sh", "", "sh", ""]


def test_ci_runs_the_second_command_and_nothing_else():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert 'eval "$command"' in script
    assert "README.md" in script


def test_the_pinned_requirements_that_the_commands_name_are_there():
    for name in re.findall(r"-r (\S+)", README):
        assert "--hash=sha256:" in (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_policy_loads_in_each_environment(text, tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    assert load_policy(path, "development").unknown == "skip"
    assert load_policy(path, "production").unknown == "error"


def test_the_check_loads_beside_the_shipped_ones(tmp_path):
    (shown,) = (text for text in blocks("python") if "@check" in text)
    path = tmp_path / "mine.py"
    path.write_text(shown)
    assert "acme-bucket-is-versioned" in {check.id for check in load_checks([path])}


def test_every_option_that_is_named_exists():
    known = {option.flag for option in OPTIONS} | {
        "--require-hashes", "--all", "--outputs-file", "--account-details",
    }  # fmt: skip
    assert set(re.findall(r"(?<=[ `(])--[a-z-]+", README)) - known <= {"--help"}
