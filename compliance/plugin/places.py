"""Where checks are collected from: each file is known before pytest starts, and none is found by walking.

Walking would load every conftest.py on the way to checks that lie outside the root, and would not reach those
that are installed in a virtual environment below it. So files of checks hang on the session itself, under the
ids that they have in the suite's own repository: `checks/storage.py::s3-default-encryption[…]`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from compliance.auditing import Job
from compliance.check import Check
from compliance.shipped import shipped


@dataclass(frozen=True, slots=True)
class Place:
    """A file of checks that the run collects. `only` names the checks or items that are meant, else all."""

    path: Path
    nodeid: str
    only: frozenset[str] = frozenset()

    def has(self, check: Check) -> bool:
        """Whether the check stands here and may be meant."""
        return check.path == self.path and (
            not self.only or check.id in {each.partition("[")[0] for each in self.only}
        )

    def means(self, name: str) -> bool:
        """Whether the item of this name is meant."""
        return not self.only or name in self.only or name.partition("[")[0] in self.only


def places_of(config: pytest.Config, job: Job) -> tuple[Place, ...]:
    """The files of checks that the run collects.

    Without arguments those are all; an argument that names checks is taken out of the config's, a folder of
    tests and checks stays there for its tests.
    """
    named_ids = _node_ids(job, config.rootpath)
    ids = {path: id_ for path, id_ in named_ids if not _is_ignored(config, path)}
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return tuple(Place(path, nodeid) for path, nodeid in ids.items())
    named: dict[Path, set[str]] = {}
    for argument in tuple(config.args):
        found, inside = _named_by(config, argument, ids, job.checks)
        for path in found:
            named.setdefault(path, set()).add(inside)
        if found and not _holds_tests(config, argument, inside):
            config.args.remove(argument)
    for path in _asked_for(config, ids, named):
        named[path] = {""}
    return tuple(
        Place(path, ids[path], frozenset() if "" in only else frozenset(only)) for path, only in named.items()
    )


def _node_ids(job: Job, root: Path) -> Iterator[tuple[Path, str]]:
    """The id of each file of checks: below the root its path, elsewhere its folder and name."""
    for path in sorted({check.path for check in job.checks}):
        is_own = root in path.parents and shipped("checks").resolve() not in path.parents
        yield path, path.relative_to(root).as_posix() if is_own else f"{path.parent.name}/{path.name}"


def _named_by(
    config: pytest.Config, argument: str, ids: dict[Path, str], checks: Iterable[Check]
) -> tuple[list[Path], str]:
    """The files that an argument names, by path or id, and what it names inside."""
    name, _, inside = argument.partition("::")
    given = config.invocation_params.dir / name
    path, plain = given.resolve(), Path(name).as_posix()
    here = {each for each, id_ in ids.items() if each == config.rootpath / id_ and path in each.parents}
    found = [each for each in ids if path in (each, each.parent) or each in here]
    if not found and not given.exists():
        found = [each for each, id_ in ids.items() if plain == id_ or plain in map(str, Path(id_).parents)]
    if inside:
        known = {check.id for check in checks if check.path in found}
        found = found if inside.partition("[")[0] in known else []
    return found, inside


def _holds_tests(config: pytest.Config, argument: str, inside: str) -> bool:
    """Whether an argument that names checks may name plain tests, too, which pytest has to find."""
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    if inside or not path.exists() or config.rootpath not in (path, *path.parents):
        return False
    if path.is_dir():
        return path != shipped("checks").resolve()
    return any(fnmatch(path.name, pattern) for pattern in config.getini("python_files"))


def _asked_for(config: pytest.Config, ids: dict[Path, str], named: dict[Path, set[str]]) -> Iterator[Path]:
    """The files of `--checks` on the command line that no argument speaks of."""
    for folder in config.getoption("compliance_checks") or ():
        root = (config.invocation_params.dir / folder).resolve()
        files = [path for path in ids if path == root or root in path.parents]
        if not any(path in named for path in files):
            yield from files


def _is_ignored(config: pytest.Config, path: Path) -> bool:
    return bool(config.hook.pytest_ignore_collect(collection_path=path, config=config))
