"""A session from configuration to collected facts. AWS is asked here, in the controller, and nowhere else."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.auditing import prepare
from compliance.errors import InputError
from compliance.inventory import load_inventory, save_inventory
from compliance.plugin.demand import demanded, kinds_of
from compliance.plugin.options import settings_of
from compliance.plugin.outcomes import Recorder
from compliance.plugin.places import places_of
from compliance.plugin.selection import markers_of, selected
from compliance.plugin.state import KEY, State, state_of
from compliance.settings import DEFAULT_OUTPUTS, Settings
from compliance.verdict import Severity

WORKER_KEY = "compliance_inventory"


def pytest_configure(config: pytest.Config) -> None:
    """Read settings, load checks and policy, register markers. UsageError: something given is unusable."""
    try:
        job = prepare(settings_of(config))
    except InputError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[KEY] = state = State(job)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(state), "compliance-recorder")
    for name in sorted({name for check in job.checks for name in markers_of(check)} | {*Severity}):
        config.addinivalue_line("markers", f"{name}: {_meaning_of(name)}")
    state.places = places_of(config, job)


def _meaning_of(marker: str) -> str:
    if marker == "compliance":
        return "every compliance check, and every test that takes a fixture of the plugin."
    return f"compliance checks of {'severity' if marker in {*Severity} else 'the service'} {marker}."


def pytest_report_header(config: pytest.Config) -> str:
    """The policy, and where facts come from."""
    job = state_of(config).job
    told = job.settings
    source = f"saved inventory {told.from_inventory}" if told.from_inventory else f"{told.scope} scope"
    source = f"embedded example {told.embedded}" if told.embedded else source
    meant = f" for {job.policy.environment}" if job.policy.environment else ""
    return f"compliance: {len(job.checks)} checks, policy {job.policy_path}{meant}, {source}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Collect facts, before pytest collects tests. UsageError: it can't be done."""
    if not session.config.pluginmanager.hasplugin("dsession"):
        _collect(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Collect facts in the controller, before there are workers, and save them for these. UsageError."""
    _collect(config)
    state = state_of(config)
    if state.inventory is not None:
        state.saved_at = tempfile.mkdtemp(prefix="compliance-")
        save_inventory(state.inventory, Path(state.saved_at) / "inventory.jsonl")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist's worker
    """Tell each worker where the inventory is."""
    saved = state_of(node.config).saved_at
    if saved:
        node.workerinput[WORKER_KEY] = str(Path(saved) / "inventory.jsonl")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    if KEY in config.stash and state_of(config).saved_at:
        shutil.rmtree(state_of(config).saved_at, ignore_errors=True)


def _collect(config: pytest.Config) -> None:
    """Collect what the run needs; a worker reads what the controller collected."""
    state = state_of(config)
    settings = state.job.settings
    state.selected = selected(config, state.job.checks, state.places, _outputs_text(settings))
    saved = getattr(config, "workerinput", {}).get(WORKER_KEY)
    fixtures = demanded(config)
    try:
        if saved:
            state.inventory = load_inventory(Path(saved))
        elif state.selected or fixtures:
            show = _progress(config)
            state.inventory = state.job.collect(state.selected, whole_kinds=kinds_of(fixtures), progress=show)
            if settings.inventory:
                save_inventory(state.inventory, settings.inventory)
    except InputError as error:
        raise pytest.UsageError(str(error)) from error


def _outputs_text(settings: Settings) -> str | None:
    """The outputs as text, for telling what a word of `-k` may mean; None where they are not known yet."""
    if settings.embedded or settings.from_inventory:
        return None
    paths = [path for path in settings.outputs or (DEFAULT_OUTPUTS,) if path.is_file()]
    return " ".join(path.read_text("utf-8", errors="replace") for path in paths)


def _progress(config: pytest.Config) -> Callable[[int, int], None]:
    """One line that counts on a terminal; elsewhere one line once AWS is asked."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    said: list[str] = []

    def show(done: int, begun: int) -> None:
        if reporter and reporter.isatty:
            reporter.rewrite(f"collecting facts: {done} of {begun}", erase=True)
        elif reporter and not said:
            said.append("collecting facts")
            reporter.write_line(*said)

    return show
