"""The end of a run on a terminal: what was expected, found and judged, and what could not be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from compliance.inventory import Inventory, Run
from compliance.reports.records import Record
from compliance.text import printable
from compliance.verdict import Severity

_NOT_IN_THE_ACCOUNT = frozenset({"Deployment", "NetworkEstate", "Output"})

MOST = 8
"""How many lines of a kind are shown before the rest is counted."""


def summary_lines(run: Run, found: dict[str, int], records: Sequence[Record]) -> list[str]:
    """The summary, a line each; the same for any order of records."""
    return list(_lines(run, found, records))


def found_in_account(inventory: Inventory) -> dict[str, int]:
    """How many resources were found, by kind; outputs and relations are none."""
    return {kind: count for kind, count in inventory.count().items() if kind not in _NOT_IN_THE_ACCOUNT}


def coverage_percent(records: Iterable[Record]) -> float:
    """How many of the applicable pairs got a verdict; 100 where none is applicable."""
    verdicts = Counter(record["verdict"] for record in records)
    judged = verdicts["pass"] + verdicts["fail"] + verdicts["waived"]
    applicable = judged + verdicts["unknown"]
    return 100.0 * judged / applicable if applicable else 100.0


def shortfall(records: Iterable[Record], minimum_percent: float) -> str:
    """What to say where less was judged than the policy asks for; nothing where it was enough."""
    covered = coverage_percent(records)
    if covered >= minimum_percent:
        return ""
    return f"too little judged: {covered:.1f} % of {minimum_percent:g} % that the policy asks for"


def _lines(run: Run, found: dict[str, int], records: Sequence[Record]) -> Iterator[str]:
    by_verdict: dict[str, list[Record]] = {}
    for record in records:
        by_verdict.setdefault(record["verdict"], []).append(record)
    count = {verdict: len(group) for verdict, group in by_verdict.items()}
    judged = sum(count.get(verdict, 0) for verdict in ("pass", "fail", "waived"))
    yield f"account   {_account(run)}"
    yield f"expected  {_numbered(run.expected, 'resource')} named by {_sources(run)}"
    calls = _numbered(sum(run.calls.values()), "AWS call")
    yield f"found     {_numbered(sum(found.values()), 'resource')}{_kinds(found)}, with {calls}"
    yield f"judged    {judged} of {_numbered(len(records), 'pair')}; {_covered(records)}"
    yield f"passed    {count.get('pass', 0)}"
    yield f"failed    {count.get('fail', 0)}{_worst(by_verdict.get('fail', []))}"
    yield f"unknown   {count.get('unknown', 0)}"
    yield from _counted(_asked(record) for record in by_verdict.get("unknown", ()))
    yield f"skipped   {count.get('not_applicable', 0)}"
    yield from _counted(record["reason"] for record in by_verdict.get("not_applicable", ()))
    yield f"waived    {count.get('waived', 0)}"
    yield from _counted(f"{r['check']}: {r['reason']}" for r in by_verdict.get("waived", ()))
    if run.unclassified:
        number = len(run.unclassified)
        values = "1 output value names" if number == 1 else f"{number} output values name"
        yield f"unclear   {values} nothing that checks look at"
        yield from _counted(f"{each.output_key}: {each.reason}" for each in run.unclassified)


def _account(run: Run) -> str:
    if run.nothing_because:
        return "none was asked"
    return f"{run.account}, {', '.join(run.regions)}, {run.scope} scope, as {printable(run.caller)}"


def _covered(records: Sequence[Record]) -> str:
    if all(record["verdict"] == "not_applicable" for record in records):
        return "none is applicable"
    # Rounded down: 100 % is said only where nothing is unknown.
    return f"{int(coverage_percent(records))} % of the applicable ones"


def _numbered(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _sources(run: Run) -> str:
    return ", ".join(map(printable, run.sources)) or "no outputs"


def _kinds(found: dict[str, int]) -> str:
    return f" ({', '.join(f'{count} {kind}' for kind, count in sorted(found.items()))})" if found else ""


def _worst(failed: Sequence[Record]) -> str:
    severities = Counter(record["severity"] for record in failed)
    shown = [f"{severities[each]} {each}" for each in Severity if severities[each]]
    return f" ({', '.join(shown)})" if shown else ""


def _asked(record: Record) -> str:
    """Cause and operation: the reason without the resource in front of it."""
    cause, reason = str(record["cause"]), str(record["reason"])
    told = reason.partition(" is unknown ")[2].removeprefix("(").removesuffix(")")
    return told if told.startswith(cause) else f"{cause}: {reason}"


def _counted(texts: Iterable[str]) -> Iterator[str]:
    counts = Counter(printable(text, limit=160) for text in texts)
    for text, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]:
        yield f"  {number:>6}  {text}"
    if len(counts) > MOST:
        yield f"          and {len(counts) - MOST} more"
