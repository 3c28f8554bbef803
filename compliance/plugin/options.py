"""Options: the shared table as pytest's flags and ini keys."""

import os
from pathlib import Path
from typing import Any, Literal

import pytest

from compliance.settings import DEFAULT_SYSTEM, OPTIONS, Option, Settings, read_settings

_LINES: Literal["linelist"] = "linelist"
_LINE: Literal["string"] = "string"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add every option of the table, each with its ini key and environment variable in the help."""
    # pytest looks for its root before it knows these options, and takes an existing PATH for a test's.
    told = "compliance of a live AWS account (write --outputs=PATH, with the equals sign)"
    group = parser.getgroup("compliance", told)
    for option in OPTIONS:
        help_ = f"{option.help} (ini: {option.ini}, environment: {option.variable})"
        details: dict[str, Any] = {"dest": option.ini, "default": None, "help": help_}
        if option.is_switch:
            details["action"] = "store_true"
        else:
            details["metavar"] = option.metavar
        if option.many:
            details["action"] = "append"
        if option.name == "embedded":
            details |= {"nargs": "?", "const": DEFAULT_SYSTEM}
        group.addoption(option.flag, **details)
        parser.addini(option.ini, option.help, type=_LINES if option.many else _LINE, default=None)


def settings_of(config: pytest.Config) -> Settings:
    """The run's settings. Raises SettingsError."""
    return read_settings(lambda option: config.getoption(option.ini), lambda option: _ini(config, option))


def _ini(config: pytest.Config, option: Option) -> Any:  # noqa: ANN401 - a string, or several
    value = config.getini(option.ini)
    if option.metavar != "PATH" or not value or config.inipath is None:
        return value
    # As for pytest's own ini keys: from wherever pytest is run, the path is one beside the ini file.
    folder = config.inipath.parent
    return [_below(folder, each) for each in value] if option.many else _below(folder, value)


def _below(folder: Path, path: str) -> str:
    return os.path.relpath(folder / path)
