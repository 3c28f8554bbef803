"""Which kinds the plain tests of a run ask for through fixtures, before pytest collects them.

Under xdist the controller never collects tests, yet it is the one that asks AWS. So the test files are read,
not imported: a function that is a test or a fixture and takes `bucket` asks for buckets, unless somebody
defines a fixture of that name.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from compliance.models import KINDS, fixture_name

KIND_FIXTURES = {fixture_name(kind): kind for kind in KINDS.values()}
GENERAL = frozenset({"inventory", "outputs"})

_TESTS = ("test_*.py", "*_test.py", "conftest.py")


def demanded(config: pytest.Config) -> frozenset[str]:
    """The names of compliance fixtures that tests and fixtures under the run's arguments take."""
    taken: set[str] = set()
    defined: set[str] = set()
    for path in set(_files(config)):
        for function in _functions(path):
            names = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
            if function.name.startswith("test"):
                taken |= names
            elif _is_fixture(function):
                taken |= names
                defined.add(function.name)
    return frozenset(taken & (KIND_FIXTURES.keys() | GENERAL)) - defined


def _files(config: pytest.Config) -> Iterator[Path]:
    for argument in config.args:
        path = config.invocation_params.dir / argument.partition("::")[0]
        if path.is_dir():
            yield from (found for pattern in _TESTS for found in path.rglob(pattern))
        elif path.suffix == ".py":
            yield path
            yield from (
                folder / "conftest.py" for folder in path.parents if (folder / "conftest.py").is_file()
            )


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return  # pytest itself says best what is wrong with the file
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _is_fixture(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def kinds_of(names: Iterable[str]) -> frozenset[str]:
    """The kinds behind fixture names; `inventory` asks for all."""
    if "inventory" in names:
        return frozenset(KINDS)
    return frozenset(KIND_FIXTURES[name].__name__ for name in names if name in KIND_FIXTURES)
