"""A repository of somebody else: a conftest.py of one line, own checks, own tests, own fixtures."""

import shutil

import pytest

from compliance.catalogue import load_checks
from compliance.models import Vpc
from tests.builders import made, unlisted
from tests.plugin.conftest import CONFTEST, DENIED, ROOT, bucket_of, listed, shipped_items

SAVED = "--from-inventory=inventory.jsonl"

OWN = '''
from compliance import Violation
from compliance.check import check
from compliance.models import Bucket


@check(Bucket, id="{id}", reads=("encryption",))
def own(each, context):
    """Buckets have a short name."""
    if len(each.name) > 3:
        yield Violation("the name is too long", "3 letters", str(len(each.name)))
'''


@pytest.fixture
def saved(repository):
    repository.save(
        bucket_of("one"), bucket_of("three"), made(Vpc, "vpc-1", cidr_blocks=()), outputs={"A": "one"}
    )
    return repository


def test_one_line_runs_the_shipped_checks_beside_ones_own_tests(saved):
    saved.write("tests/test_own.py", "def test_own():\n    pass\n")
    ids = listed(saved.run(SAVED, "--collect-only", "-q"))
    assert "tests/test_own.py::test_own" in ids
    assert "checks/storage.py::s3-default-encryption[111122223333/eu-west-1/Bucket/one]" in ids
    assert listed(saved.run(SAVED, "-m", "compliance", "--collect-only", "-q")) == ids[1:]


def test_testpaths_of_ones_own_do_not_hide_the_checks(saved):
    saved.write("tests/test_own.py", "def test_own():\n    pass\n")
    saved.write("pytest.ini", "[pytest]\ntestpaths = tests\naddopts = --strict-markers --strict-config\n")
    ids = listed(saved.run(SAVED, "--collect-only", "-q"))
    assert {each.partition("::")[2].partition("[")[0] for each in ids if each.startswith("checks/")} == {
        check.id for check in load_checks()
    }


def test_the_suite_may_be_installed_below_the_root(saved):
    packages = saved.path / ".venv" / "lib" / "site-packages"
    ignored = shutil.ignore_patterns("__pycache__", "embedded", "access")
    shutil.copytree(ROOT / "compliance", packages / "compliance", ignore=ignored)
    (packages / "compliance" / "access").symlink_to(ROOT / "compliance" / "access")
    for name in ("checks", "policies", "examples"):
        shutil.copytree(ROOT / name, packages / "compliance" / "_shipped" / name, ignore=ignored)
    (saved.path / ".venv" / "pyvenv.cfg").touch()
    saved.write(".venv/lib/site-packages/other/test_other.py", "def test_other(bucket):\n    assert False\n")
    saved.pytester._monkeypatch.setenv("PYTHONPATH", str(packages))
    result = saved.run_apart(SAVED, "checks/storage.py::s3-default-encryption", "-v")
    result.assert_outcomes(passed=2)
    count = len(load_checks())
    result.stdout.fnmatch_lines(
        [f"compliance: {count} checks, policy {packages}/compliance/_shipped/policies/*"]
    )
    result.stdout.fnmatch_lines(["checks/storage.py::s3-default-encryption[[]*/one] PASSED*"])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--checks=own",), {"own-a", "own-b"}),
        (("--checks=own/a.py",), {"own-a"}),
        (("--checks=own/a.py", "--checks=other"), {"own-a", "own-c"}),
        (("--checks=own", "own/b.py"), {"own-b"}),
        (("--checks=own", "own/b.py::own-b"), {"own-b"}),
        (("--checks=.hidden",), {"own-d"}),
    ],
)
def test_own_checks_are_collected_where_they_are_named(saved, arguments, names):
    for path, id_ in {"own/a": "own-a", "own/b": "own-b", "other/c": "own-c", ".hidden/d": "own-d"}.items():
        saved.write(f"{path}.py", OWN.replace("{id}", id_))
    ids = listed(saved.run(SAVED, *arguments, "--collect-only", "-q"))
    assert {each.partition("::")[2].partition("[")[0] for each in ids if "::own-" in each} == names
    assert all("s3-" in each for each in ids if "storage" in each)


def test_own_checks_are_judged_described_and_chosen_like_ours(saved):
    saved.write("own/names.py", OWN.replace("{id}", "own-short-name"))
    saved.write("own/names.yaml", "own-short-name: {severity: low, service: s3, remedy: Rename it.}\n")
    saved.write("pytest.ini", "[pytest]\ncompliance_checks = own\naddopts = --strict-markers\n")
    result = saved.run(SAVED, "-m", "low", "-k", "own-short-name")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "own-short-name: Buckets have a short name [[]low]",
            "  problem   the name is too long",
            "  remedy    Rename it.",
        ]
    )


def test_an_ini_key_for_own_checks_does_not_widen_what_an_argument_names(saved):
    saved.write("own/names.py", OWN.replace("{id}", "own-short-name"))
    saved.write("pytest.ini", "[pytest]\ncompliance_checks = own\n")
    assert (
        len(listed(saved.run(SAVED, "checks/storage.py::s3-default-encryption", "--collect-only", "-q"))) == 2
    )


def test_one_id_for_two_checks_is_refused(saved):
    saved.write("own/names.py", OWN.replace("{id}", "s3-default-encryption"))
    result = saved.run(SAVED, "--checks=own")
    result.stderr.fnmatch_lines(["ERROR: check 's3-default-encryption' is declared twice, in *; rename one"])
    assert result.ret == 4


PLAIN = """
def test_each(bucket):
    assert bucket.encryption


def test_vpc(vpc):
    assert vpc.name == "vpc-1"


def test_role(role):
    assert False


def test_outputs(outputs):
    assert dict(outputs) == {"A": "one"}


def test_policy(policy):
    assert policy.unknown == "error"


def test_inventory(inventory):
    assert len(inventory.resources) == 3


def test_unrelated(tmp_path):
    pass
"""


def test_plain_tests_take_resources_one_by_one(saved):
    saved.write("test_plain.py", PLAIN)
    result = saved.run(SAVED, "test_plain.py", "-v", "-rs")
    result.assert_outcomes(passed=7, skipped=1)
    result.stdout.fnmatch_lines(["test_plain.py::test_each[[]111122223333/eu-west-1/Bucket/one] PASSED*"])
    result.stdout.fnmatch_lines(["SKIPPED * no Role in scope"])


def test_plain_tests_that_take_our_fixtures_are_compliance_tests(saved):
    saved.write("test_plain.py", PLAIN)
    saved.run(SAVED, "test_plain.py", "-m", "compliance").assert_outcomes(passed=6, skipped=1, deselected=1)
    saved.run(SAVED, "test_plain.py", "-m", "not compliance").assert_outcomes(passed=1, deselected=7)


READS = "def test_reads(bucket):\n    assert bucket.{fact} is None\n"


def test_a_plain_test_that_reads_a_refused_fact_has_no_verdict(repository):
    repository.save(bucket_of("refused", encryption=DENIED))
    repository.write("test_plain.py", READS.format(fact="encryption"))
    result = repository.run(SAVED, "test_plain.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["unknown: 111122223333/*/Bucket/refused: encryption is unknown (denied: s3:Get*"]
    )
    assert "Traceback" not in result.stdout.str()
    assert result.ret == 10


def test_a_plain_test_of_what_could_not_be_listed_has_no_verdict(repository):
    repository.save(unlisted("Bucket"))
    repository.write("test_plain.py", READS.format(fact="encryption"))
    result = repository.run(SAVED, "test_plain.py")
    result.assert_outcomes(errors=1)
    assert result.ret == 10


def test_a_plain_test_that_fails_is_a_failure(saved):
    saved.write("test_plain.py", "def test_it(bucket):\n    assert bucket.name == 'one'\n")
    result = saved.run(SAVED, "test_plain.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*AssertionError*"])
    assert result.ret == 1


MINE = """
import pytest


@pytest.fixture
def bucket():
    return "mine"
"""


@pytest.mark.parametrize("place", ["conftest.py", "test_mine.py"])
def test_a_fixture_of_ones_own_wins_and_asks_nobody(repository, place):
    repository.write("conftest.py", CONFTEST)
    with (repository.path / place).open("a", encoding="utf-8") as file:
        file.write(MINE)
    with (repository.path / "test_mine.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_mine(bucket):\n    assert bucket == 'mine'\n")
    repository.write("outputs/flat-outputs.json", '{"LogsBucket": "logs-1234"}')
    # No saved inventory, no credentials: it would fail if AWS were asked.
    repository.run("test_mine.py").assert_outcomes(passed=1)
    repository.run("test_mine.py", "-m", "not compliance").assert_outcomes(passed=1)


ONLY_UNRELATED = {
    "no fixture": "def test_it():\n    pass\n",
    "parametrize": "import pytest\n\n\n@pytest.mark.parametrize('role', [1])\ndef test_it(role):\n    pass\n",
    "a helper": "def make(bucket):\n    return bucket\n\n\ndef test_it():\n    assert make(1)\n",
    "a policy": "def test_it(policy):\n    assert policy\n",
}


@pytest.mark.parametrize("text", ONLY_UNRELATED.values(), ids=ONLY_UNRELATED)
def test_tests_without_our_facts_ask_nobody(repository, text):
    repository.write("test_it.py", text)
    repository.write("outputs/flat-outputs.json", '{"LogsBucket": "logs-1234"}')
    result = repository.run("test_it.py")
    result.assert_outcomes(passed=1)
    assert "collecting facts" not in result.stdout.str()
    assert "judged" not in result.stdout.str()


def test_a_fixture_of_another_plugin_asks_nobody(repository):
    repository.write("elsewhere.py", MINE)
    repository.write("conftest.py", 'pytest_plugins = ["compliance.plugin", "elsewhere"]\n')
    repository.write("test_it.py", "def test_it(bucket):\n    assert bucket == 'mine'\n")
    repository.write("outputs/flat-outputs.json", '{"LogsBucket": "logs-1234"}')
    repository.pytester.syspathinsert()
    repository.run("test_it.py").assert_outcomes(passed=1)


def test_a_fixture_of_one_folder_does_not_take_ours_from_another(saved):
    saved.write("a/conftest.py", MINE)
    saved.write("a/test_a.py", "def test_a(bucket):\n    assert bucket == 'mine'\n")
    saved.write("b/test_b.py", "def test_b(bucket):\n    assert bucket.name\n")
    saved.run(SAVED, "a", "b").assert_outcomes(passed=3)


def test_a_policy_of_ones_own_is_the_one_that_counts(repository):
    repository.policy("environment: acceptance\nstorage: {encryption: [{algorithm: SSE-KMS}]}\n")
    repository.save(bucket_of("one"))
    result = repository.run(SAVED, "-k", "s3-default-encryption")
    result.assert_outcomes(failed=1, deselected=len(shipped_items("one")) - 1)
    result.stdout.fnmatch_lines(
        [f"compliance: {len(load_checks())} checks, policy policies/policy.yaml for acceptance, saved *"]
    )
