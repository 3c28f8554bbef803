"""What the plugin's hooks share: one object for each session, kept in pytest's stash."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from compliance.auditing import Job
from compliance.check import Check, Context
from compliance.inventory import Inventory
from compliance.plugin.places import Place


@dataclass
class State:
    """A session's job, its places of checks, what was selected and collected, and the outcomes' records."""

    job: Job
    places: tuple[Place, ...] = ()
    selected: tuple[Check, ...] = ()
    inventory: Inventory | None = None
    saved_at: str = ""
    records: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    failed_otherwise: bool = False
    problem: str = ""

    @property
    def context(self) -> Context:
        """What checks may look at. Raises RuntimeError: nothing was collected in this session."""
        return Context(self.job.policy, self.collected)

    @property
    def collected(self) -> Inventory:
        """The inventory. Raises RuntimeError: nothing was collected in this session."""
        if self.inventory is None:
            raise RuntimeError(
                "nothing was collected: the session has neither checks nor compliance fixtures"
            )
        return self.inventory


KEY = pytest.StashKey[State]()


def state_of(config: pytest.Config) -> State:
    """The session's state."""
    return config.stash[KEY]
