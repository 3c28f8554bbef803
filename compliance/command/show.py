"""`list` and `explain`: what the checks are, for people."""

import argparse
import textwrap
from difflib import get_close_matches
from shutil import get_terminal_size

from compliance.catalogue import load_checks
from compliance.check import Check
from compliance.errors import SettingsError
from compliance.exits import EXIT_OK
from compliance.settings import read_settings

WIDTH = 100
NARROWEST = 40


def list_checks(arguments: argparse.Namespace) -> int:
    """Print a line for each check."""
    checks = _checks(arguments)
    widest = max(len(check.id) for check in checks)
    for check in checks:
        print(f"{check.id:<{widest}}  {check.about.severity:<13}  {check.about.title}")
    return EXIT_OK


def explain(arguments: argparse.Namespace) -> int:
    """Print all that there is to know about one check. Raises SettingsError: there is no such check."""
    checks = {check.id: check for check in _checks(arguments)}
    check = checks.get(arguments.check)
    if check is None:
        close = get_close_matches(arguments.check, checks, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; `python -m compliance list` shows them all"
        raise SettingsError(f"no check is called {arguments.check!r}{hint}")
    about = check.about
    print(f"{check.id} ({about.severity}, {about.service})")
    _paragraph("", about.title + ".")
    _paragraph("Applies to", ", ".join(kind.__name__ for kind in check.kinds))
    _paragraph("What must hold", _details(check))
    _paragraph("Why", about.rationale)
    _paragraph("What to do", about.remedy)
    _paragraph("Reads", ", ".join(sorted(check.reads)))
    _paragraph("More", "\n".join(about.links))
    _paragraph("Defined in", f"{check.path}:{check.line}")
    return EXIT_OK


def _checks(arguments: argparse.Namespace) -> tuple[Check, ...]:
    return load_checks(read_settings(lambda option: getattr(arguments, option.ini, None)).checks)


def _details(check: Check) -> str:
    """The docstring without the first line, where that is the title."""
    first, _, rest = (check.function.__doc__ or "").strip().partition("\n")
    return " ".join((rest if first.rstrip(".") == check.about.title else f"{first} {rest}").split())


def _paragraph(heading: str, text: str) -> None:
    if not text:
        return
    print(f"\n{heading}:" if heading else "")
    width = min(WIDTH, max(NARROWEST, get_terminal_size((WIDTH, 24)).columns))
    # Nothing is broken within a word: ARNs and names of options are there to be copied.
    wrapper = textwrap.TextWrapper(
        width, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    for line in text.splitlines():
        print(wrapper.fill(line))
