"""What a run is told: one table of options, which pytest, its ini file, the environment and the CLI share."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from compliance.errors import SettingsError

DEFAULT_OUTPUTS = Path("outputs/flat-outputs.json")
DEFAULT_SYSTEM = "financial-vpc"
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `name` gives the flag, the ini key `compliance_<name>` and `COMPLIANCE_<NAME>`."""

    name: str
    help: str
    metavar: str | None = None
    many: bool = False
    choices: tuple[str, ...] = ()
    otherwise: str | None = None

    @property
    def flag(self) -> str:
        """As on a command line: `--role-arn`."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """As in the environment: `COMPLIANCE_ROLE_ARN`."""
        return f"COMPLIANCE_{self.name.upper()}"

    @property
    def ini(self) -> str:
        """As in pytest.ini: `compliance_role_arn`."""
        return f"compliance_{self.name}"

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value."""
        return self.metavar is None


OPTIONS = (
    Option("outputs", f"a file of deployment outputs; repeatable (default: {DEFAULT_OUTPUTS})", "PATH",
           many=True),
    Option("policy", "the policy file (default: policies/policy.yaml if there is one, else the shipped one)",
           "PATH"),
    Option("environment", "the environment of the policy file that is meant", "NAME"),
    Option("stack", "a CloudFormation stack that belongs to the deployment; repeatable", "NAME", many=True),
    Option("region", "an AWS region; repeatable in account scope", "REGION", many=True),
    Option("profile", "the AWS profile", "NAME"),
    Option("role_arn", "a role to assume", "ARN"),
    Option("external_id", "the external id that the role asks for", "ID"),
    Option("scope", "stack: what the outputs name and lead to; account: everything", "SCOPE",
           choices=("stack", "account"), otherwise="stack"),
    Option("checks", "a folder or file of further checks; repeatable", "PATH", many=True),
    Option("findings", "write one JSON object per outcome to this file", "PATH"),
    Option("inventory", "save what was collected to this file", "PATH"),
    Option("from_inventory", "judge a saved inventory, without AWS", "PATH"),
    Option("require_outputs", "a missing outputs file is an error"),
    Option("embedded", f"run against an example system on an emulator inside this process: {DEFAULT_SYSTEM} "
           "(default), or another, with :as-first-deployed for its defects", "SYSTEM"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """A run's settings, checked against each other."""

    outputs: tuple[Path, ...] = ()
    policy: Path | None = None
    environment: str | None = None
    stack: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    scope: str = "stack"
    checks: tuple[Path, ...] = ()
    findings: Path | None = None
    inventory: Path | None = None
    from_inventory: Path | None = None
    require_outputs: bool = False
    embedded: str | None = None

    def __post_init__(self) -> None:
        """Refuse combinations that can't be meant."""
        if self.from_inventory and self.embedded:
            raise SettingsError(
                "--from-inventory and --embedded exclude each other: name one source of facts"
            )
        if self.external_id and not self.role_arn:
            raise SettingsError("--external-id goes with --role-arn")
        if self.scope == "stack" and len(self.region) > 1:
            raise SettingsError("several regions go with --scope account; a deployment is in one")
        for option, path in (("--findings", self.findings), ("--inventory", self.inventory)):
            if path and path.is_dir():
                raise SettingsError(f"{option} {path}: is a directory; name a file")


def read_settings(
    given: Callable[[Option], Any],
    ini: Callable[[Option], Any] = lambda _: None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings from what was given on the command line, else the environment, else the ini file.

    Raises SettingsError: a value is impossible, or two exclude each other.
    """
    environ = os.environ if environ is None else environ
    values = {}
    for option in OPTIONS:
        for value in (
            given(option),
            _split(option, environ.get(option.variable)),
            ini(option),
            option.otherwise,
        ):
            if value not in (None, "", [], False):
                values[option.name] = _typed(option, value)
                break
    return Settings(**values)


def _split(option: Option, text: str | None) -> Any:  # noqa: ANN401 - a string or several
    return [each for each in text.split(os.pathsep) if each] if text and option.many else text


def _typed(option: Option, value: Any) -> Any:  # noqa: ANN401 - what the option holds
    if option.is_switch:
        return value is True or str(value).lower() in TRUE_WORDS
    if option.choices and value not in option.choices:
        raise SettingsError(f"{option.flag} {value}: possible are {', '.join(option.choices)}")
    declared = {field.name: str(field.type) for field in fields(Settings)}[option.name]
    make = Path if "Path" in declared else str
    return tuple(map(make, value)) if option.many else make(value)
