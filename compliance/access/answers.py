"""The three answers of the engine. A check passes on Proved, fails on Witness; Unknown is its own verdict."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.access.evaluate import Ruling
from compliance.access.request import Request


@dataclass(frozen=True, slots=True)
class Proved:
    """There is no such request, given the assumptions."""

    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """A request that was replayed through the evaluator, and the statements that allow it.

    `future_action`: its action is none that AWS has published; it stands for what wildcards will match some
    day.
    """

    request: Request
    statements: tuple[Ruling, ...]
    future_action: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It wasn't found out, and why."""

    reason: str


Answer = Proved | Witness | Unknown
