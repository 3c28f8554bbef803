"""Checks as pytest items: one for each check and resource."""

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import allure
import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from compliance.check import Check
from compliance.evaluate import Subject, judge, pairs
from compliance.plugin.places import Place
from compliance.plugin.selection import markers_of
from compliance.plugin.state import state_of
from compliance.reports.failure import lines_of
from compliance.reports.records import record_of
from compliance.verdict import Outcome, Verdict


class NonCompliant(AssertionError):
    """The resource breaks the rule."""


class Unevaluated(Exception):
    """A fact could not be read, so there is no verdict."""


class CheckFile(pytest.Collector):
    """A file that checks stand in. No pytest.File: what pytest does with those needs an id that is a path."""

    def __init__(self, *, place: Place, **rest: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(name=place.path.name, nodeid=place.nodeid, path=place.path, **rest)
        self.place = place

    def collect(self) -> Iterable[pytest.Item]:
        """An item for each selected check of the file and each member of its population."""
        state = state_of(self.config)
        checks = [check for check in state.selected if self.place.has(check)]
        for check, subject in pairs(checks, state.collected) if checks else ():
            name = f"{check.id}[{subject.address}]"
            if self.place.means(name):
                # As a text, so that pytest takes it apart as it does when it reads it again, for --lf.
                nodeid = f"{self.nodeid}::{name}"
                yield CheckItem.from_parent(self, name=name, nodeid=nodeid, check=check, subject=subject)


class CheckItem(pytest.Item):
    """One check on one resource. Judging happens in setup, so that what can't be judged is an error there."""

    def __init__(self, *, check: Check, subject: Subject, **rest: Any) -> None:  # noqa: ANN401 - pytest's own
        super().__init__(**rest)
        self.check = check
        self.subject = subject
        self.outcome: Outcome | None = None
        for name in markers_of(check):
            self.add_marker(name)

    def setup(self) -> None:
        """Judge. Skips what is not applicable, raises Unevaluated for what could not be judged."""
        # Allure tells results apart by their parameters; items of a class of our own have none.
        allure.dynamic.parameter("resource", self.subject.address.text)
        state = state_of(self.config)
        self.outcome = judge(self.check, self.subject, state.context)
        if self.outcome.verdict is Verdict.NOT_APPLICABLE:
            pytest.skip(self.outcome.reason)
        if self.outcome.verdict is Verdict.UNKNOWN:
            if state.job.policy.unknown == "skip":
                pytest.skip(f"unknown: {self.outcome.reason}")
            raise Unevaluated("\n".join(lines_of(self.check, self.outcome)))

    def runtest(self) -> None:
        """Raise NonCompliant for a violation; a waived one is an expected failure."""
        if self.outcome is None:
            raise RuntimeError("judged in setup")
        if self.outcome.verdict is Verdict.WAIVED:
            pytest.xfail(self.outcome.reason)
        if self.outcome.verdict is Verdict.FAIL:
            raise NonCompliant("\n".join(lines_of(self.check, self.outcome)))

    def _repr_failure_py(  # type: ignore[override]
        self,
        excinfo: ExceptionInfo[BaseException],
        style: Any = None,  # noqa: ANN401 - pytest's own
    ) -> str | TerminalRepr:
        """A few lines instead of a traceback. pytest takes a text, too, and in setup asks nothing else."""
        if isinstance(excinfo.value, NonCompliant | Unevaluated):
            return str(excinfo.value)
        return super()._repr_failure_py(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check stands."""
        return self.path, self.check.line - 1, self.name

    def record(self) -> dict[str, Any] | None:
        """The outcome in plain types, once there is one."""
        return record_of(self.check, self.outcome) if self.outcome else None


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Collect the run's checks beside what pytest finds under its arguments."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        places = state_of(collector.config).places
        found = [CheckFile.from_parent(collector, place=place) for place in places]
        report.result = [*report.result, *found]
    return report
