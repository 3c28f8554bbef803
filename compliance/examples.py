"""The example systems that come with the suite: found by name, built on an emulator."""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compliance.errors import SettingsError
from compliance.shipped import shipped

CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Example:
    """One example system in one state."""

    folder: Path
    state: str

    @property
    def policy(self) -> Path:
        """The policy that the system is judged by."""
        return self.folder / "policy.yaml"


@dataclass(frozen=True, slots=True)
class Running:
    """An example that is running: a session to its account, and the outputs of its deployment."""

    session: Any
    outputs: Path
    url: str


def example(name: str) -> Example:
    """The example called `system` or `system:state`. Raises SettingsError: there is none."""
    system, _, state = name.partition(":")
    systems = {
        each.parent.name.replace("_", "-"): each.parent for each in shipped("examples").glob("*/build.py")
    }
    if system not in systems:
        raise SettingsError(f"--embedded {system}: possible are {', '.join(sorted(systems))}")
    states = _build(systems[system]).STATES
    if state and state not in states:
        raise SettingsError(f"--embedded {name}: {system} can be {', '.join(states)}")
    return Example(systems[system], state or CORRECTED)


@contextmanager
def running(chosen: Example) -> Iterator[Running]:
    """Build the example on an emulator inside this process; it is gone when the block ends."""
    from compliance.embedded.server import EmbeddedAccount  # noqa: PLC0415 - an optional extra

    with EmbeddedAccount() as account, TemporaryDirectory(prefix="compliance-") as folder:
        session = account.session()
        outputs = Path(folder) / "flat-outputs.json"
        outputs.write_text(json.dumps(_build(chosen.folder).build(session, chosen.state), indent=2), "utf-8")
        yield Running(session, outputs, account.url)


def _build(folder: Path) -> Any:  # noqa: ANN401 - a module
    spec = importlib.util.spec_from_file_location(f"compliance_example_{folder.name}", folder / "build.py")
    assert spec  # noqa: S101 - the file was found by its name
    assert spec.loader  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
