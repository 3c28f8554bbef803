"""Loading checks: modules of a folder, and what people want to know about them from the YAML file beside.

Modules are loaded by path, under names of their own, so that a folder called `checks` in somebody's
repository and ours do not meet.
"""

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from compliance.check import About, Check
from compliance.errors import CheckError, PolicyError
from compliance.policy.yaml_file import Document, read_yaml
from compliance.shipped import shipped
from compliance.text import printable


def load_checks(folders: Iterable[Path] = ()) -> tuple[Check, ...]:
    """The shipped checks and those of further folders or files, sorted by id.

    Raises CheckError: a file can't be loaded, an id is used twice, or what is said about a check is wrong.
    """
    found: dict[str, Check] = {}
    for folder in (shipped("checks"), *folders):
        for check in _checks_in(folder.resolve()):
            if check.id in found:
                places = f"{found[check.id].path} and {check.path}"
                raise CheckError(f"check {check.id!r} is declared twice, in {places}; rename one")
            found[check.id] = check
    return tuple(found[id_] for id_ in sorted(found))


def _checks_in(folder: Path) -> Iterable[Check]:
    if not folder.exists():
        raise CheckError(f"{folder}: no such folder or file of checks; name another with --checks")
    for path in sorted(folder.glob("*.py")) if folder.is_dir() else (folder,):
        module = _module(path)
        checks = [each for each in vars(module).values() if isinstance(each, Check) and each.path == path]
        yield from _described(checks, path.with_suffix(".yaml"))


def _module(path: Path) -> ModuleType:
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    name = f"compliance_checks_{digest}.{path.stem}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise CheckError(f"{path}: is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look themselves up there
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]  # so that nobody takes the half of it for the whole
        if isinstance(error, CheckError):
            raise
        raise CheckError(f"{path}: can't be loaded ({type(error).__name__}: {printable(error)})") from error
    return module


def _described(checks: list[Check], path: Path) -> Iterable[Check]:
    """The checks with what the YAML file beside them says, if there is one."""
    if not path.exists():
        yield from checks
        return
    document, told = _told(path)
    if unknown := told.keys() - {check.id for check in checks}:
        raise CheckError(
            f"{path}: tells about {sorted(unknown)}, which {path.with_suffix('.py').name} does not hold"
        )
    for check in checks:
        yield replace(
            check, about=_about(check, told.get(check.id, {}), f"{path}:{document.line_of((check.id,))}")
        )


def _told(path: Path) -> tuple[Document, Mapping[str, Mapping[str, Any]]]:
    try:
        document = read_yaml(path)
    except PolicyError as error:
        raise CheckError(str(error)) from error
    told = document.data or {}
    parts = {(key,): value for key, value in told.items()} if isinstance(told, Mapping) else {}
    for place, value in ({(): told} | parts).items():
        if not isinstance(value, Mapping):
            line = document.line_of(place)
            raise CheckError(f"{path}:{line}: must hold checks by their id, and of each its fields by name")
    return document, told


def _about(check: Check, told: Mapping[str, Any], place: str) -> About:
    if unknown := told.keys() - {field.name for field in fields(About)}:
        raise CheckError(f"{place}: {check.id} has no {sorted(unknown)}")
    try:
        known = {name: getattr(check.about, name) for name in ("title", "service")}
        return msgspec.convert(known | dict(told), About)
    except msgspec.ValidationError as error:
        raise CheckError(f"{place}: {check.id}: {error}") from error
