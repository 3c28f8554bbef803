import pytest

from compliance.catalogue import load_checks
from compliance.errors import CheckError, InputError
from compliance.verdict import Severity

CHECK = '''
from compliance.check import check
from compliance.models import Bucket

@check(Bucket, id="{id}", reads=("tags",))
def mine(bucket, context):
    """A title."""
    yield from ()
'''

IMPORTING = """
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

spec = spec_from_file_location("mine", Path(__file__).with_name("mine.py"))
module = module_from_spec(spec)
spec.loader.exec_module(module)
mine = module.mine
"""


@pytest.fixture
def folder(tmp_path):
    def write(python=None, yaml=None, name="mine"):
        for text, ending in ((python, ".py"), (yaml, ".yaml")):
            if text is not None:
                (tmp_path / f"{name}{ending}").write_text(text, "utf-8")
        return tmp_path

    return write


def own(folder):
    (mine,) = [check for check in load_checks([folder]) if check.id == "my-check"]
    return mine


def test_shipped_checks_come_sorted_by_id():
    ids = [check.id for check in load_checks()]
    assert ids == sorted(set(ids))
    assert len(ids) >= 15


def test_checks_of_ones_own_join_them(folder):
    mine = own(folder(CHECK.format(id="my-check")))
    assert (mine.about.title, mine.about.service, mine.about.severity) == ("A title", "my", Severity.MEDIUM)


def test_one_file_may_be_named(folder):
    assert own(folder(CHECK.format(id="my-check")) / "mine.py")


def test_what_people_want_to_know_stands_beside_them(folder):
    told = (
        "my-check: {title: T, service: s3, severity: critical, rationale: W, remedy: R, links: ['https://a']}"
    )
    about = own(folder(CHECK.format(id="my-check"), told)).about
    assert (about.title, about.service, about.severity) == ("T", "s3", Severity.CRITICAL)
    assert (about.rationale, about.remedy, about.links) == ("W", "R", ("https://a",))


@pytest.mark.parametrize("told", ["", "{}", "my-check: {}"])
def test_what_is_not_told_is_taken_from_the_check(folder, told):
    assert own(folder(CHECK.format(id="my-check"), told)).about.title == "A title"


def test_checks_that_a_file_imports_are_not_its_own(folder):
    folder(CHECK.format(id="my-check"))
    assert own(folder(IMPORTING, name="other"))


def test_a_file_may_hold_none(folder):
    assert load_checks([folder("X = 1")]) == load_checks()


def test_a_folder_called_checks_does_not_meet_ours(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "storage.py").write_text(CHECK.format(id="my-check"))
    assert len(load_checks([tmp_path / "checks"])) == len(load_checks()) + 1


def test_a_module_is_loaded_once(folder):
    path = folder(CHECK.format(id="my-check"))
    assert own(path).function is own(path).function


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("other-check: {}", r"mine.yaml: tells about \['other-check'\], which mine.py does not hold"),
        ("my-check: {colour: red}", r"mine.yaml:1: my-check has no \['colour'\]"),
        ("\nmy-check:\n  severity: awful\n", r"mine.yaml:2: my-check: Invalid enum value 'awful'"),
        ("my-check: {links: none}", "Expected `array`"),
        ("- my-check", "mine.yaml:1: must hold checks by their id"),
        (
            "\nmy-check: a title\n",
            "mine.yaml:2: must hold checks by their id, and of each its fields by name",
        ),
        ("my-check: {}\nmy-check: {}\n", "mine.yaml:2: key 'my-check' occurs twice"),
        ("my-check: [", r"mine.yaml:\d: is not YAML"),
    ],
)
def test_a_mistake_beside_a_check_is_told_by_file_and_line(folder, told, problem):
    with pytest.raises(CheckError, match=problem):
        load_checks([folder(CHECK.format(id="my-check"), told)])


@pytest.mark.parametrize(
    ("python", "problem"),
    [
        ("x = (", r"mine.py: can't be loaded \(SyntaxError"),
        ("1 / 0", r"mine.py: can't be loaded \(ZeroDivisionError: division by zero\)"),
        ("import nothing_of_that_name", r"can't be loaded \(ModuleNotFoundError"),
        ("raise RuntimeError('\\x1b[31m')", r"RuntimeError: \\x1b\[31m"),
        (CHECK.format(id="My Check"), "needs a kind and a kebab-case id"),
        (CHECK.format(id="my-check").replace('"tags"', '"colour"'), "reads 'colour', which no kind"),
    ],
)
def test_a_file_that_can_not_be_loaded_is_named_every_time(folder, python, problem):
    path = folder(CHECK.format(id="first-check") + python)
    for _ in range(2):
        with pytest.raises(CheckError, match=problem):
            load_checks([path])


def test_an_id_of_ours_can_not_be_taken(folder):
    with pytest.raises(
        CheckError, match=r"'s3-default-encryption' is declared twice, in .*storage.py and .*mine.py"
    ):
        load_checks([folder(CHECK.format(id="s3-default-encryption"))])


def test_an_id_is_used_once_among_ones_own(folder):
    folder(CHECK.format(id="my-check"))
    with pytest.raises(CheckError, match="declared twice"):
        load_checks([folder(CHECK.format(id="my-check"), name="other")])


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        InputError, match="gone: no such folder or file of checks; name another with --checks"
    ):
        load_checks([tmp_path / "gone"])


def test_a_file_that_is_not_python_is_named(tmp_path):
    (tmp_path / "checks.txt").write_text("")
    with pytest.raises(CheckError, match=r"checks.txt: is not a Python file"):
        load_checks([tmp_path / "checks.txt"])
