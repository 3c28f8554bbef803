"""A policy-as-code compliance test suite for live AWS accounts.

`audit(session)` judges an account; `compliance.check.check` declares a rule of one's own over the kinds in
`compliance.models`. Everything is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.auditing import Report, audit
    from compliance.check import Check, Context
    from compliance.verdict import NotApplicable, Outcome, Severity, Verdict, Violation

__all__ = [
    "Check",
    "Context",
    "NotApplicable",
    "Outcome",
    "Report",
    "Severity",
    "Verdict",
    "Violation",
    "audit",
]

_HOME = {
    "Report": "auditing",
    "audit": "auditing",
    "Check": "check",
    "Context": "check",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"compliance has no {name!r}")
    return getattr(import_module(f"compliance.{_HOME.get(name, 'verdict')}"), name)
