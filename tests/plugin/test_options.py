"""Every option as a flag, an ini key and an environment variable; and what is said of a wrong one."""

import pytest

from compliance.settings import OPTIONS
from tests.plugin.conftest import ON_BUCKETS, bucket_of, shipped_items

VALUES = {
    "outputs": ("one.json", "two.json", "three.json"),
    "scope": ("stack", "account", "stack"),
    "embedded": (
        "financial-vpc",
        "scalable-infrastructure",
        "financial-vpc:as-first-deployed",
    ),
}
SHOW = CONFTEST = """
pytest_plugins = ["compliance.plugin"]


def pytest_report_header(config):
    from compliance.plugin.state import state_of

    told = state_of(config).job.settings
    return [f"TOLD {name}={getattr(told, name)!r}" for name in told.__dataclass_fields__]
"""
GOOD = f"good and ({' or '.join(each.partition('::')[2] for each in ON_BUCKETS)})"
CHECK = "from compliance.check import check\n"


@pytest.fixture
def told(repository, monkeypatch):
    """Run in a repository that shows its settings; returns those of one option."""
    repository.write("conftest.py", SHOW)
    repository.write("test_nothing.py", "def test_nothing():\n    pass\n")
    for name in ("one", "two", "three"):
        repository.write(name, CHECK)
        repository.write(f"{name}.py", CHECK)
    repository.write("policy.yaml", "version: 1\nenvironments: {one: {}, two: {}, three: {}}\n")

    def run(option, *, flag=None, variable=None, ini=None):
        arguments = [] if flag is None else [option.flag if flag is True else f"{option.flag}={flag}"]
        if option.name == "external_id":
            arguments.append("--role-arn=arn:aws:iam::111122223333:role/auditor")
        if option.name == "environment":
            arguments.append("--policy=policy.yaml")
        if variable is not None:
            monkeypatch.setenv(option.variable, variable)
        if ini is not None:
            repository.write("pytest.ini", f"[pytest]\n{option.ini} = {ini}\n")
        result = repository.run("test_nothing.py", *arguments)
        assert result.ret == 0, result.stderr.str()
        [line] = [line for line in result.outlines if line.startswith(f"TOLD {option.name}=")]
        return line.partition("=")[2]

    return run


def value_of(option, number):
    if option.is_switch:
        return "yes"
    if option.name in VALUES:
        return VALUES[option.name][number]
    name = ("one", "two", "three")[number]
    if option.name == "policy":
        return "policy.yaml"
    return f"{name}.py" if option.name == "checks" else name


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_option_is_a_flag_a_variable_and_an_ini_key(told, option):
    otherwise = told(option)
    by_flag = told(option, flag=True if option.is_switch else value_of(option, 1))
    by_ini = told(option, ini=value_of(option, 1))
    by_variable = told(option, variable=value_of(option, 1))
    for shown in (by_flag, by_ini, by_variable):
        assert (value_of(option, 1) in shown) or (option.is_switch and shown == "True"), shown
        assert shown != otherwise


@pytest.mark.parametrize(
    "option",
    [each for each in OPTIONS if not each.is_switch and each.name != "policy"],
    ids=lambda each: each.name,
)
def test_a_flag_wins_over_the_variable_and_that_over_the_ini_key(told, option):
    given = {"ini": value_of(option, 0), "variable": value_of(option, 1)}
    assert value_of(option, 1) in told(option, **given)
    shown = told(option, **given, flag=value_of(option, 2))
    assert value_of(option, 2) in shown
    assert option.name == "scope" or value_of(option, 1) not in shown.replace(value_of(option, 2), "")


def test_help_tells_every_flag_ini_key_and_variable(repository):
    told = " ".join(repository.run("--help").stdout.str().split())
    for option in OPTIONS:
        assert f"{option.flag}=" in told or option.is_switch
        assert f"(ini: {option.ini}, environment: {option.variable})" in told
        assert f" {option.ini} (" in told  # among the ini keys, too


def test_an_ini_file_speaks_of_paths_beside_it(repository, monkeypatch):
    repository.policy("coverage: {minimum_percent: 3}\n")
    repository.save(bucket_of("good"))
    repository.write(
        "pytest.ini",
        "[pytest]\ncompliance_from_inventory = inventory.jsonl\ncompliance_policy = policies/policy.yaml\n",
    )
    (repository.path / "below").mkdir()
    monkeypatch.chdir(repository.path / "below")
    result = repository.run("-k", GOOD, "-m", "compliance")
    result.assert_outcomes(passed=1, skipped=2, deselected=len(shipped_items("good")) - 3)
    result.stdout.fnmatch_lines(
        ["compliance: * policy ../policies/policy.yaml, saved inventory ../inventory.jsonl"]
    )


def test_a_saved_inventory_elsewhere_is_found_with_an_equals_sign(repository, tmp_path_factory):
    repository.save(bucket_of("good"))
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "saved.jsonl"
    (repository.path / "inventory.jsonl").rename(elsewhere)
    repository.run("-k", GOOD, f"--from-inventory={elsewhere}").assert_outcomes(
        passed=2, skipped=1, deselected=len(shipped_items("good")) - 3
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--embedded=nope",), "--embedded nope: possible are financial-vpc, scalable-infrastructure"),
        (("--embedded=financial-vpc:perfect",), "*financial-vpc can be corrected, as-first-deployed"),
        (("--policy=nope.yaml",), "*nope.yaml*"),
        (("--policy=policy.yaml",), "policy.yaml:2: $.storrage: unknown key; did you mean 'storage'[?]"),
        (("--policy=ok.yaml", "--environment=prod"), "ok.yaml:1: no environment 'prod'; *production*"),
        (("--scope=everything",), "--scope everything: possible are stack, account"),
        (("--region=eu-west-1", "--region=eu-west-2"), "several regions go with --scope account; *"),
        (("--external-id=x",), "--external-id goes with --role-arn"),
        (("--from-inventory=x", "--embedded"), "--from-inventory and --embedded exclude each other: *"),
        (("--from-inventory=nope.jsonl",), "nope.jsonl: can't be read (No such file or directory)"),
        (("--from-inventory=policy.yaml",), "policy.yaml:1: is not a saved inventory (*"),
        (("--checks=nope",), "*nope: no such folder or file of checks; name another with --checks"),
        (("--checks=broken.py",), "*broken.py: can't be loaded (ZeroDivisionError: division by zero)"),
        (("--findings=.", "--from-inventory=x"), "--findings .: is a directory; name a file"),
        (("--outputs=nope.json", "--require-outputs"), "*nope.json*"),
        (("--outputs=policy.yaml",), "outputs file policy.yaml is not JSON: line 1, column 1: *"),
        (("--profile=nope", "--scope=account"), "*nope*--profile*"),
        (("--scope=account",), "no region is set: name one with --region or AWS_REGION"),
        (("--scope=account", "--region=eu-west-1"), "no AWS account can be reached (credentials: *"),
    ],
)
def test_what_is_unusable_gets_one_clear_message(repository, arguments, message):
    repository.write("policy.yaml", "version: 1\nstorrage: {}\n")
    repository.write("ok.yaml", "version: 1\nenvironments: {production: {}}\n")
    repository.write("broken.py", "1 / 0\n")
    result = repository.run("-m", "compliance", *arguments)
    told = [line for line in result.errlines if line]
    assert len(told) == 1, told
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert result.ret == 4


def test_findings_that_can_not_be_written_are_an_error_at_the_end(repository):
    repository.write("file", "")
    repository.save(bucket_of("good"))
    result = repository.run("--from-inventory=inventory.jsonl", "--findings=file/below.jsonl", "-W", "error")
    result.stdout.fnmatch_lines(["ERROR: --findings file/below.jsonl: can't be written (File exists)"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
    assert result.ret == 4
