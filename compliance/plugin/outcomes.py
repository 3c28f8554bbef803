"""From reports to records: findings, the summary, and the exit code."""

from collections.abc import Generator
from typing import Any

import pytest

from compliance.errors import InputError
from compliance.evidence import FactUnreadable
from compliance.exits import EXIT_INCOMPLETE, EXIT_USAGE
from compliance.plugin.items import CheckItem
from compliance.plugin.state import State, state_of
from compliance.reports.records import in_order, write_findings
from compliance.reports.summary import found_in_account, shortfall, summary_lines
from compliance.text import printable


class Recorder:
    """Gathers the records of a session. Registered where reports arrive: in the controller."""

    def __init__(self, state: State) -> None:
        self._state = state

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the record, and note failures that no check explains."""
        record: dict[str, Any] | None = getattr(report, "compliance", None)
        if record:
            self._state.records[record["check"], record["address"]] = record
        elif report.failed and not getattr(report, "compliance_unknown", False):
            self._state.failed_otherwise = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the record on the report that decides; it crosses xdist with it."""
    report: Any = yield
    if isinstance(item, CheckItem):
        decided = call.when == "call" or (call.when == "setup" and not report.passed)
        if decided and (record := item.record()):
            report.compliance = record
        if report.skipped and isinstance(report.longrepr, tuple):
            # Not the line of ours that skips, which is the same for all.
            report.longrepr = (str(item.path), item.check.line, report.longrepr[2])
    elif call.when != "teardown" and call.excinfo and isinstance(call.excinfo.value, FactUnreadable):
        # A plain test that reads a refused fact has no verdict either: an error, as for a check.
        report.when = "setup"
        report.longrepr = f"unknown: {printable(call.excinfo.value)}"
        report.compliance_unknown = True
    return report  # type: ignore[no-any-return]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the findings, and say by the exit code when something could not be judged."""
    state = state_of(session.config)
    if hasattr(session.config, "workerinput") or state.inventory is None:
        return
    try:
        if state.job.settings.findings and not session.config.getoption("collectonly"):
            write_findings(state.records.values(), state.job.settings.findings)
    except InputError as error:
        session.exitstatus = EXIT_USAGE
        state.problem = str(error)
        return
    verdicts = {record["verdict"] for record in state.records.values()}
    failed = "fail" in verdicts or state.failed_otherwise
    if not failed and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        too_little = shortfall(state.records.values(), state.job.policy.coverage.minimum_percent)
        if too_little or session.exitstatus == pytest.ExitCode.TESTS_FAILED:
            session.exitstatus = EXIT_INCOMPLETE


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:  # noqa: ANN401 - untyped in pytest
    """What was expected, found, judged, and what could not be."""
    state = state_of(config)
    if state.inventory is None or config.getoption("collectonly"):
        return
    terminalreporter.write_sep("=", "compliance")
    found = found_in_account(state.inventory)
    for line in summary_lines(state.inventory.run, found, in_order(state.records.values())):
        terminalreporter.write_line(line)
    if state.problem:
        terminalreporter.write_line(f"ERROR: {printable(state.problem)}", red=True)
    if too_little := shortfall(state.records.values(), state.job.policy.coverage.minimum_percent):
        terminalreporter.write_line(too_little)
