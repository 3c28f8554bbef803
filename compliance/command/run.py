"""`collect`, `judge` and `audit`: a run without pytest."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from compliance.auditing import Job, Report, judge_inventory, prepare
from compliance.errors import SettingsError
from compliance.exits import EXIT_INCOMPLETE, EXIT_OK, EXIT_VIOLATIONS
from compliance.inventory import save_inventory
from compliance.reports.failure import lines_of
from compliance.reports.records import record_of, write_findings
from compliance.reports.summary import found_in_account, shortfall, summary_lines
from compliance.settings import read_settings
from compliance.verdict import Verdict

DEFAULT_INVENTORY = Path("inventory.jsonl")


def collect(arguments: argparse.Namespace) -> int:
    """Collect what all checks need, and save it."""
    job = _job(arguments)
    path = job.settings.inventory or DEFAULT_INVENTORY
    inventory = job.collect(job.checks, progress=_progress())
    save_inventory(inventory, path)
    if inventory.run.nothing_because:
        print(inventory.run.nothing_because)
    print(f"{path}: {len(inventory.resources)} resources, {sum(inventory.run.calls.values())} AWS calls")
    return EXIT_OK


def judge(arguments: argparse.Namespace) -> int:
    """Judge a saved inventory. Raises SettingsError: none is named."""
    job = _job(arguments)
    if not job.settings.from_inventory:
        raise SettingsError("judge needs --from-inventory PATH; `collect` writes one")
    return _finished(job, judge_inventory(job, job.collect(job.checks)))


def audit(arguments: argparse.Namespace) -> int:
    """Collect, judge, report."""
    job = _job(arguments)
    inventory = job.collect(job.checks, progress=_progress())
    if job.settings.inventory:
        save_inventory(inventory, job.settings.inventory)
    return _finished(job, judge_inventory(job, inventory))


def _job(arguments: argparse.Namespace) -> Job:
    return prepare(read_settings(lambda option: getattr(arguments, option.ini, None)))


def _finished(job: Job, report: Report) -> int:
    checks = {check.id: check for check in job.checks}
    records = [record_of(checks[outcome.check], outcome) for outcome in report.outcomes]
    if job.settings.findings:
        write_findings(records, job.settings.findings)
    for outcome in report.outcomes:
        if outcome.verdict in {Verdict.FAIL, Verdict.UNKNOWN}:
            print("\n".join(lines_of(checks[outcome.check], outcome)), end="\n\n")
    for line in summary_lines(report.inventory.run, found_in_account(report.inventory), records):
        print(line)
    if too_little := shortfall(records, job.policy.coverage.minimum_percent):
        print(too_little)
    if report.summary["fail"]:
        return EXIT_VIOLATIONS
    unjudged = report.summary["unknown"] and job.policy.unknown == "error"
    return EXIT_INCOMPLETE if unjudged or too_little else EXIT_OK


def _progress() -> Callable[[int, int], None]:
    """One line that counts on a terminal, and is gone when all is there; elsewhere one line at the start."""
    said: list[str] = []

    def show(done: int, begun: int) -> None:
        if sys.stderr.isatty():
            counted = f"collecting facts: {done} of {begun}" if done < begun else ""
            print(f"\r\x1b[K{counted}", end="", file=sys.stderr, flush=True)
        elif not said:
            said.append("collecting facts")
            print(*said, file=sys.stderr)

    return show
