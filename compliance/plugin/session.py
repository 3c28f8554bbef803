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
from compliance.plugin.selection import markers_of, selected
from compliance.plugin.state import KEY, State, state_of
from compliance.settings import DEFAULT_OUTPUTS, Settings
from compliance.shipped import shipped

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
    for name in sorted({name for check in job.checks for name in markers_of(check)} | {"compliance"}):
        config.addinivalue_line("markers", f"{name}: compliance checks ({name})")
    given = [Path(argument.partition("::")[0]).resolve() for argument in config.args]
    wanted = [*job.settings.checks]
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        wanted.append(shipped("checks"))
    for folder in (path.resolve() for path in wanted):
        if not any(path == folder or path in folder.parents for path in given):
            config.args.append(str(folder))


def pytest_report_header(config: pytest.Config) -> str:
    """The policy, and where facts come from."""
    job = state_of(config).job
    told = job.settings
    source = f"saved inventory {told.from_inventory}" if told.from_inventory else f"{told.scope} scope"
    source = f"embedded example {told.embedded}" if told.embedded else source
    meant = f" for {job.policy.environment}" if job.policy.environment else ""
    return f"compliance: {len(job.checks)} checks, policy {job.policy_path}{meant}, {source}"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect what the run needs; a worker reads what the controller collected. UsageError: it can't."""
    config = session.config
    state = state_of(config)
    settings = state.job.settings
    state.selected = selected(config, state.job.checks, _outputs_text(settings))
    saved = getattr(config, "workerinput", {}).get(WORKER_KEY)
    fixtures = demanded(config)
    if not state.selected and not fixtures:
        return
    try:
        if saved:
            state.inventory = load_inventory(Path(saved))
            return
        show = _progress(config)
        state.inventory = state.job.collect(state.selected, whole_kinds=kinds_of(fixtures), progress=show)
        if settings.inventory:
            save_inventory(state.inventory, settings.inventory)
        if _is_distributed(config):
            state.saved_at = tempfile.mkdtemp(prefix="compliance-")
            save_inventory(state.inventory, Path(state.saved_at) / "inventory.jsonl")
    except InputError as error:
        raise pytest.UsageError(str(error)) from error


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


def _is_distributed(config: pytest.Config) -> bool:
    return config.getoption("dist", default="no") != "no" and not hasattr(config, "workerinput")


def _outputs_text(settings: Settings) -> str | None:
    """The outputs as text, for telling what a word of `-k` may mean; None where they are not known yet."""
    if settings.embedded or settings.from_inventory:
        return None
    paths = [path for path in settings.outputs or (DEFAULT_OUTPUTS,) if path.is_file()]
    return " ".join(path.read_text("utf-8", errors="replace") for path in paths)


def _progress(config: pytest.Config) -> Callable[[int, int], None]:
    """One line that counts on a terminal; two lines, at the start and the end, elsewhere."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return lambda _done, _begun: None
    if not reporter.isatty:
        reporter.write_line("collecting facts")
        return lambda _done, _begun: None

    def show(done: int, begun: int) -> None:
        reporter.rewrite(f"collecting facts: {done} of {begun}", erase=True)

    return show
