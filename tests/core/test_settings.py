import os
from pathlib import Path

import pytest

from compliance.errors import SettingsError
from compliance.settings import DEFAULT_SYSTEM, OPTIONS, Option, Settings, read_settings

BY_NAME = {option.name: option for option in OPTIONS}
SWITCHES = [option for option in OPTIONS if option.is_switch]
# What each option may hold as text, where it isn't any text.
SAMPLES = {"scope": "account"}
NEEDS = {"external_id": {"role_arn": "arn:aws:iam::111122223333:role/audit"}}


def settings(given=None, environ=None, ini=None):
    given, ini = given or {}, ini or {}
    return read_settings(
        lambda option: given.get(option.name), lambda option: ini.get(option.name), environ or {}
    )


def held(option, found):
    value = getattr(found, option.name)
    return str(value[0]) if option.many else str(value)


def test_without_anything_the_defaults_hold():
    assert settings() == Settings()
    assert Settings().scope == "stack"


def test_every_option_is_a_setting():
    assert set(BY_NAME) == set(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    "option", [each for each in OPTIONS if not each.is_switch], ids=lambda each: each.name
)
class TestAnOption:
    def test_is_read_from_the_ini_file(self, option):
        text = SAMPLES.get(option.name, "a")
        value = [text] if option.many else text
        assert held(option, settings(ini=NEEDS.get(option.name, {}) | {option.name: value})) == text

    def test_of_the_environment_outweighs_the_ini_file(self, option):
        text = SAMPLES.get(option.name, "b")
        ini = NEEDS.get(option.name, {}) | {option.name: ["a"] if option.many else "stack"}
        assert held(option, settings(environ={option.variable: text}, ini=ini)) == text

    def test_of_the_command_line_outweighs_both(self, option):
        text = SAMPLES.get(option.name, "c")
        given = NEEDS.get(option.name, {}) | {option.name: [text] if option.many else text}
        ini = {option.name: ["a"] if option.many else "stack"}
        assert held(option, settings(given, {option.variable: "stack"}, ini)) == text

    def test_that_is_empty_says_nothing(self, option):
        empty = {option.name: [] if option.many else ""}
        assert settings(empty, {option.variable: ""}, empty) == Settings()

    def test_helps(self, option):
        assert option.help
        assert option.metavar


@pytest.mark.parametrize("option", [each for each in OPTIONS if each.many], ids=lambda each: each.name)
class TestARepeatableOption:
    def test_keeps_its_order(self, option):
        found = getattr(settings({option.name: ["b", "a"], "scope": "account"}), option.name)
        assert list(map(str, found)) == ["b", "a"]

    def test_is_split_in_the_environment(self, option):
        environ = {option.variable: os.pathsep.join(["b", "", "a", ""]), "COMPLIANCE_SCOPE": "account"}
        assert list(map(str, getattr(settings(environ=environ), option.name))) == ["b", "a"]

    def test_of_separators_alone_says_nothing(self, option):
        assert settings(environ={option.variable: os.pathsep * 2}) == Settings()


@pytest.mark.parametrize("option", SWITCHES, ids=lambda each: each.name)
class TestASwitch:
    @pytest.mark.parametrize("word", ["1", "true", "True", "YES", "on"])
    def test_is_on_by_a_word(self, option, word):
        assert getattr(settings(environ={option.variable: word}), option.name) is True
        assert getattr(settings(ini={option.name: word}), option.name) is True

    @pytest.mark.parametrize("word", ["0", "false", "no", "off", "maybe"])
    def test_is_off_by_any_other(self, option, word):
        assert getattr(settings(environ={option.variable: word}), option.name) is False

    def test_of_the_environment_may_switch_off_what_the_ini_file_switches_on(self, option):
        assert getattr(settings(environ={option.variable: "0"}, ini={option.name: "1"}), option.name) is False

    def test_of_the_command_line_outweighs_the_environment(self, option):
        assert getattr(settings({option.name: True}, {option.variable: "0"}), option.name) is True


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"scope": "planet"}, "--scope planet: possible are stack, account"),
        (
            {"from_inventory": "a", "embedded": DEFAULT_SYSTEM},
            "--from-inventory and --embedded exclude each other",
        ),
        ({"external_id": "x"}, "--external-id goes with --role-arn"),
        ({"region": ["a", "b"]}, "several regions go with --scope account"),
        ({"findings": "."}, r"--findings \.: is a directory; name a file"),
        ({"inventory": "."}, r"--inventory \.: is a directory; name a file"),
    ],
)
def test_what_can_not_be_meant_is_refused(given, problem):
    with pytest.raises(SettingsError, match=problem):
        settings(given)


def test_several_regions_are_fine_for_an_account():
    assert settings({"region": ["a", "b"], "scope": "account"}).region == ("a", "b")


def test_paths_are_paths():
    found = settings({"outputs": ["a", "b"], "policy": "c"})
    assert (found.outputs, found.policy) == ((Path("a"), Path("b")), Path("c"))


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("COMPLIANCE_PROFILE", "audit")
    assert read_settings(lambda _: None).profile == "audit"


def test_an_option_has_one_name_in_three_spellings():
    option = Option("role_arn", "a role", "ARN")
    assert (option.flag, option.variable, option.ini) == (
        "--role-arn",
        "COMPLIANCE_ROLE_ARN",
        "compliance_role_arn",
    )
