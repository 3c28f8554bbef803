"""Where the files that come with the suite are: in an installed package, or in a clone of the repository."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: str) -> Path:
    """The folder `checks`, `policies` or `examples`."""
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.exists() else _PACKAGE.parent / name


def default_policy() -> Path:
    """The policy that applies when a run names none."""
    return shipped("policies") / "default.yaml"
