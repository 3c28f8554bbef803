"""Which kinds the plain tests of a run ask for through fixtures, before pytest collects them.

Under xdist the controller never collects tests, yet it is the one that asks AWS. So the test files are read,
not imported: a function that is a test or a fixture and takes `bucket` asks for buckets, unless somebody
defines a fixture of that name for it or fills it by `parametrize`.
"""

import ast
import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from compliance.models import KINDS, fixture_name

KIND_FIXTURES = {fixture_name(kind): kind for kind in KINDS.values()}
GENERAL = frozenset({"inventory", "outputs"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def demanded(config: pytest.Config) -> frozenset[str]:
    """The names of compliance fixtures that tests and fixtures under the run's arguments take."""
    ours = (KIND_FIXTURES.keys() | GENERAL) - _of_other_plugins(config)
    read: dict[Path, tuple[frozenset[str], frozenset[str]]] = {}
    for path in _files(config):
        for each in (path, *(folder / "conftest.py" for folder in path.parents)):
            if each not in read:
                read[each] = _taken_and_defined(each)
    names: set[str] = set()
    for path, (taken, _) in read.items():
        near = (path, *(folder / "conftest.py" for folder in path.parents))
        names |= taken.difference(*(read[each][1] for each in near if each in read))
    return frozenset(names & ours)


def kinds_of(names: Iterable[str]) -> frozenset[str]:
    """The kinds behind fixture names; `inventory` asks for all."""
    if "inventory" in names:
        return frozenset(KINDS)
    return frozenset(KIND_FIXTURES[name].__name__ for name in names if name in KIND_FIXTURES)


def _files(config: pytest.Config) -> Iterator[Path]:
    """The files under the run's arguments that pytest would look for tests in."""
    wanted = config.getini("python_files")
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        if path.suffix == ".py":
            yield path
        for folder, folders, names in os.walk(path):
            folders[:] = [each for each in folders if not _is_ignored(config, Path(folder, each))]
            yield from (Path(folder, name) for name in names if any(map(partial(fnmatch, name), wanted)))


def _is_ignored(config: pytest.Config, path: Path) -> bool:
    return bool(config.hook.pytest_ignore_collect(collection_path=path, config=config))


def _taken_and_defined(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The names that tests and fixtures of the file take, and those of the fixtures that it defines."""
    taken: set[str] = set()
    defined: set[str] = set()
    for function in _functions(path):
        names = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
        marks = [ast.unparse(each) for each in function.decorator_list]
        if any("fixture" in mark for mark in marks):
            defined |= {function.name, *_texts(function)}
        elif not function.name.startswith("test"):
            continue
        taken |= names - (_texts(function) if any("parametrize" in mark for mark in marks) else set())
    return frozenset(taken), frozenset(defined)


def _functions(path: Path) -> Iterator[Function]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # pytest itself says best what is wrong with the file
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def _texts(function: Function) -> set[str]:
    """The words of all texts in the function's decorators: names of parameters, or of the fixture."""
    nodes = (node for decorator in function.decorator_list for node in ast.walk(decorator))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {word.strip() for text in texts for word in text.split(",")}


def _of_other_plugins(config: pytest.Config) -> set[str]:
    """Names that some other plugin has a fixture for, which hides ours."""
    manager: Any = config.pluginmanager.get_plugin("funcmanage")  # pytest shows no other way
    hidden: set[str] = set()
    for name in (*KIND_FIXTURES, *GENERAL) if manager else ():
        everywhere = manager.getfixturedefs(name, manager.session)
        if everywhere and not everywhere[-1].func.__module__.startswith("compliance.plugin"):
            hidden.add(name)
    return hidden
