"""`list` and `explain`: what the checks are, for people."""

import argparse
import textwrap
from difflib import get_close_matches
from pathlib import Path

from compliance.catalogue import load_checks
from compliance.errors import SettingsError
from compliance.exits import EXIT_OK

WIDTH = 100


def list_checks(arguments: argparse.Namespace) -> int:
    """Print a line for each check."""
    checks = load_checks(map(Path, arguments.compliance_checks or ()))
    widest = max(len(check.id) for check in checks)
    for check in checks:
        print(f"{check.id:<{widest}}  {check.about.severity:<13}  {check.about.title}")
    return EXIT_OK


def explain(arguments: argparse.Namespace) -> int:
    """Print all that there is to know about one check. Raises SettingsError: there is no such check."""
    checks = {check.id: check for check in load_checks(map(Path, arguments.compliance_checks or ()))}
    check = checks.get(arguments.check)
    if check is None:
        close = get_close_matches(arguments.check, checks, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "; `python -m compliance list` shows them all"
        raise SettingsError(f"no check is called {arguments.check!r}{hint}")
    about = check.about
    print(f"{check.id} ({about.severity}, {about.service})")
    _paragraph("", about.title + ".")
    _paragraph("Applies to", ", ".join(kind.__name__ for kind in check.kinds))
    _paragraph("What must hold", " ".join((check.function.__doc__ or "").split()))
    _paragraph("Why", about.rationale)
    _paragraph("What to do", about.remedy)
    _paragraph("Reads", ", ".join(sorted(check.reads)))
    _paragraph("More", "\n".join(about.links))
    _paragraph("Defined in", f"{check.path}:{check.line}")
    return EXIT_OK


def _paragraph(heading: str, text: str) -> None:
    if not text:
        return
    print(f"\n{heading}:" if heading else "")
    for line in text.splitlines():
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False))
