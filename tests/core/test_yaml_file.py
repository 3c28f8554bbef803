import pytest

from compliance.errors import PolicyError
from compliance.policy.yaml_file import MAX_BYTES, read_yaml


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "a.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_yaml(path)

    return read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("yes", "yes"),
        ("Off", "Off"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.5", 1.5),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("'123456789012'", "123456789012"),
        ('"true"', "true"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2026-03-01", "2026-03-01"),
        (".inf", ".inf"),
        ("99999999999999999999", "99999999999999999999"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("|\n  on\n", "on\n"),
        (">\n  12\n", "12\n"),
        ("[a, 1, on]", ["a", 1, "on"]),
        ("{a: {b: no}}", {"a": {"b": "no"}}),
        ("{on: 1, 2: b}", {"on": 1, "2": "b"}),
        ("!!python/object/apply:os.getcwd []", []),
        ("{a: &x [1], b: *x}", {"a": [1], "b": [1]}),
        ("\N{ZERO WIDTH NO-BREAK SPACE}a", "a"),
    ],
)
def test_words_stay_words_and_numbers_are_plain(read, text, value):
    assert read(text).data == value


def test_every_value_knows_its_line(read):
    document = read("a: 1\nb:\n  - x\n  - y: 2\n\n    z: 3\n")
    places = [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "z")]
    assert [document.line_of(place) for place in places] == [1, 1, 2, 3, 4, 6]


def test_what_is_not_there_has_the_line_of_what_is_around(read):
    document = read("a: 1\nb:\n  - x: 1\n")
    assert document.line_of(("b", 0, "gone", "deeper")) == 3
    assert document.line_of(("gone",)) == 1
    assert read("").line_of(("gone",)) == 1


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{earlier}'] * 10)}]\n"
    for earlier, name in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2\n", ":2: key 'a' occurs twice; keep one of them"),
        ("x:\n  a: 1\n  b: 2\n  a: 1\n", ":4: key 'a' occurs twice"),
        ("{a: 1, a: 1}", ":1: key 'a' occurs twice"),
        ("? [a]\n: 1\n", ":1: a key must be a word"),
        ("a:\n\t- b\n", ":2: is not YAML: "),
        ("a: [1\nb: 2\n", ":2: is not YAML"),
        ("a: *nobody\n", ":1: is not YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", ":2: is not YAML"),
        ("a: &a [*a]\n", "unfolds into too much|is not YAML"),
        ("a\0b", "is not YAML"),
        (b"a: \x80\n", "is not UTF-8 .byte 3.; save it as UTF-8"),
        ("a: b\n".encode("utf-16"), "is not UTF-8"),
        (BOMB, "unfolds into too much; write it out without nested aliases"),
        ("[" * 60 + "]" * 60, ":1: holds too much, or nests it too deeply"),
        ("[" * 100_000, ":1: holds too much, or nests it too deeply"),
        ("{a: " * 100_000, ":1: holds too much, or nests it too deeply"),
        ("a:\n" + "- 1\n" * 5000, "holds too much"),
        (b"#" * (MAX_BYTES + 1), "is larger than 10 MB; that is no policy"),
    ],
    ids=range(18),
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(read, monkeypatch, text, problem):
    monkeypatch.setattr("compliance.policy.yaml_file.MAX_VALUES", 2000)
    with pytest.raises(PolicyError, match=rf"a\.yaml.*({problem})"):
        read(text)


def test_fifty_levels_are_enough_for_everybody(read):
    assert str(read("[" * 50 + "]" * 50).data) == "[" * 50 + "]" * 50


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(PolicyError, match=r"gone\.yaml: can't be read .No such file.*--policy"):
        read_yaml(tmp_path / "gone.yaml")


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(PolicyError, match=r"can't be read .Is a directory"):
        read_yaml(tmp_path)
