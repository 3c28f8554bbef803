"""One record per judged pair: the source of every report, as JSON Lines and across processes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from compliance.check import Check
from compliance.errors import SettingsError
from compliance.files import write_lines
from compliance.verdict import Outcome

Record = Mapping[str, Any]


def record_of(check: Check, outcome: Outcome) -> dict[str, Any]:
    """The outcome in plain JSON types. Texts are as AWS has them; whoever shows them makes them printable."""
    return {
        "check": outcome.check,
        "address": outcome.address.text,
        "arn": outcome.arn,
        "kind": outcome.kind,
        "output_key": outcome.output_key,
        "verdict": outcome.verdict.value,
        "severity": check.about.severity.value,
        "service": check.about.service,
        "violations": [asdict(violation) for violation in outcome.violations],
        "cause": outcome.cause,
        "reason": outcome.reason,
    }


def in_order(records: Iterable[Record]) -> list[Record]:
    """Records by check and address: the order does not depend on who judged first."""
    return sorted(records, key=lambda record: (record["check"], record["address"]))


def write_findings(records: Iterable[Record], path: Path) -> None:
    """Write JSON Lines atomically, in order. Raises SettingsError: the place can't be written."""
    try:
        # ASCII, so that no terminal and no editor acts on what a name holds.
        write_lines(path, (json.dumps(record).encode("ascii") for record in in_order(records)))
    except OSError as error:
        raise SettingsError(f"--findings {path}: can't be written ({error.strerror})") from error
