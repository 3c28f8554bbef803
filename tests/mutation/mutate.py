"""Change the evaluator in one place at a time and see whether its tests notice.

Run: python tests/mutation/mutate.py [module ...]. Prints what no test noticed, as
`file:line: before → after`; exits 1 if equivalent.toml doesn't argue each of them, or argues one that is
noticed. A mutant lives in a forked process of its own, with a time limit; no file is changed.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import os
import signal
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from changes import Change, changes

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = ROOT / "compliance" / "access"
TESTS = [
    str(ROOT / "tests" / "access" / f"test_{name}.py") for name in ("evaluate", "conditions", "semantics")
]
MODULES = ("evaluate", "conditions", "match", "principals", "patterns", "special")
LIMIT_S = 30


@dataclass(frozen=True)
class Mutant:
    """A module with one place changed."""

    module: str
    change: Change

    @property
    def name(self) -> str:
        """What the allow-list calls it: lines move, functions and changes stay."""
        return f"{self.module}.{self.change.where}: {self.change.text}"

    def __str__(self) -> str:
        place = f"compliance/access/{self.module}.py:{self.change.line}"
        return f"{place}: {self.change.text}  (in {self.change.where})"


def mutants(module: str) -> Iterator[Mutant]:
    text = (SOURCES / f"{module}.py").read_text()
    return (Mutant(module, change) for change in changes(text))


class _Loader(importlib.abc.SourceLoader):
    """Loads the mutant's source in place of the module's file."""

    def __init__(self, name: str, mutant: Mutant) -> None:
        self.name, self.mutant = name, mutant

    def get_filename(self, fullname: str) -> str:
        return f"{fullname}.mutant"

    def get_data(self, path: str) -> bytes:
        return self.mutant.change.source.encode()

    def find_spec(self, name: str, path: object = None, target: object = None):
        return importlib.util.spec_from_loader(name, self) if name == self.name else None


def survives(mutant: Mutant) -> bool:
    """Run the tests on a mutant; for a forked process."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.meta_path.insert(0, _Loader(f"compliance.access.{mutant.module}", mutant))
    quiet = ["-q", "-x", "--assert=plain", "-p", "no:cacheprovider", "-c", os.devnull]
    return pytest.main([*quiet, "--rootdir", str(ROOT), "--noconftest", *TESTS]) == pytest.ExitCode.OK


def start(mutant: Mutant) -> int:
    process = os.fork()
    if process:
        return process
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    signal.alarm(LIMIT_S)
    code = 1
    try:
        code = 0 if survives(mutant) else 1
    finally:
        os._exit(code)


def survivors(candidates: Iterable[Mutant], workers: int) -> Iterator[Mutant]:
    running: dict[int, Mutant] = {}

    def finished() -> Iterator[Mutant]:
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            yield mutant

    for mutant in candidates:
        running[start(mutant)] = mutant
        if len(running) == workers:
            yield from finished()
    while running:
        yield from finished()


def main(modules: tuple[str, ...]) -> int:
    unchanged = [Mutant(name, Change(0, "", "", (SOURCES / f"{name}.py").read_text())) for name in modules]
    if len(list(survivors(unchanged, 1))) < len(unchanged):
        sys.stdout.write("the tests fail without any change\n")
        return 2
    argued = tomllib.loads((HERE / "equivalent.toml").read_text())["equivalent"]
    made = [mutant for module in modules for mutant in mutants(module)]
    left = sorted(
        survivors(made, os.cpu_count() or 1), key=lambda mutant: (mutant.module, mutant.change.line)
    )
    surprising = [mutant for mutant in left if mutant.name not in argued]
    stale = [name for name in argued if name.partition(".")[0] in modules
             if name not in {mutant.name for mutant in left}]  # fmt: skip
    lines = [*map(str, surprising), *(f"argued, but noticed or gone: {name}" for name in stale)]
    argued_for, noticed = len(left) - len(surprising), len(made) - len(left)
    lines.append(f"{len(made)} mutants, {noticed} noticed, {argued_for} argued, {len(surprising)} survive")
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if surprising or stale else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(tuple(sys.argv[1:]) or MODULES))
