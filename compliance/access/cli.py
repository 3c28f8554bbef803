"""The command line: `can`, `who-can`, `compare`, `within`, `evaluate`, `outsiders`.

Exit codes: 0 yes (allowed, within, nothing new, not public), 1 no, 2 unusable input, 3 unknown. Bulk commands
read JSON Lines from standard input and end with 0, however many lines were bad: each has its own answer.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from compliance.access import jsonl
from compliance.access.accounts import Member, members
from compliance.access.answers import Answer, Proved, Witness
from compliance.access.documents import Document, DocumentError, parse
from compliance.access.engine import ACCOUNT, included, new_access
from compliance.access.evaluate import evaluate
from compliance.access.explain import answer_lines, decision_lines, exposure_lines
from compliance.access.outsiders import outsiders
from compliance.access.request import Layers, Request
from compliance.access.zones import TrustZone

YES, NO, UNUSABLE, UNKNOWN = 0, 1, 2, 3

_DETAILS = "what GetAccountAuthorizationDetails returned, as JSON, or a saved inventory"
_OR_NAMES = f"{_DETAILS}; users and roles in it may be named instead of files"


def main(argv: list[str], read_details: Callable[[str], Any] | None = None) -> int:
    """Run one command; gives the exit code."""
    options = _parser().parse_args(argv)
    options.read_details = read_details or load
    try:
        run: Callable[[argparse.Namespace], int] = options.run
        return run(options)
    except (DocumentError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  a command line speaks
        return UNUSABLE


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201  a command line speaks


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("access", description="Reason over IAM documents.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    can = commands.add_parser("can", help="may this principal do this?")
    _add(can, "principal", "action", "resource")
    _add_layers(can)
    can.set_defaults(run=_can)
    who = commands.add_parser("who-can", help="which users and roles of an account may do this?")
    _add(who, "action", "resource")
    for parser_, required in ((can, False), (who, True)):
        parser_.add_argument("--account-details", required=required, metavar="FILE", help=_DETAILS)
    _add_layers(who)
    who.set_defaults(run=_who_can)
    compare = commands.add_parser("compare", help="what does the new policy allow that the old one didn't?")
    _add(compare, "old", "new")
    compare.set_defaults(run=_compare)
    within = commands.add_parser("within", help="is a policy within its reference? Without files: JSON Lines")
    within.add_argument("policy", nargs="?")
    within.add_argument("reference", nargs="?")
    within.set_defaults(run=_within)
    for each in (compare, within):
        each.add_argument("--account-details", metavar="FILE", help=_OR_NAMES)
    bulk = commands.add_parser("evaluate", help="decide the requests of JSON Lines on standard input")
    bulk.set_defaults(run=lambda _: _bulk("evaluate"))
    outside = commands.add_parser("outsiders", help="who from outside may use it? Without files: JSON Lines")
    outside.add_argument("policy", nargs="?")
    outside.add_argument("--owner", default=ACCOUNT, help="the account that owns the resource")
    outside.add_argument("--kind", default="", help="s3, kms, sns, sqs, secret, lambda, role, …")
    outside.add_argument("--zone", metavar="FILE", help="a trust zone, as JSON")
    outside.set_defaults(run=_outsiders)
    return parser


def _add(parser: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        parser.add_argument(name)


def _add_layers(parser: argparse.ArgumentParser) -> None:
    several: dict[str, Any] = {"action": "append", "default": [], "metavar": "FILE"}
    parser.add_argument("--identity", help="an identity policy; repeatable", **several)
    parser.add_argument("--boundary", help="the permissions boundary", **several)
    parser.add_argument("--session", help="the session policy", **several)
    parser.add_argument("--scp", help="one SCP level, root first; a file may hold a list", **several)
    parser.add_argument("--rcp", help="one RCP level, root first; a file may hold a list", **several)
    parser.add_argument("--vpce", help="the VPC endpoint's policy", **several)
    parser.add_argument(
        "--resource-policy", metavar="FILE", help="the resource's, key's or role's own policy"
    )
    parser.add_argument("--resource-account", metavar="ACCOUNT", help="the account that owns the resource")
    parser.add_argument("--context", action="append", default=[], metavar="KEY=VALUE",
                        help="a condition key of the request; repeat a key for several values")  # fmt: skip


def load(path: str) -> Any:  # noqa: ANN401  JSON
    """Read JSON. Raises DocumentError naming the file, OSError."""
    try:
        return json.loads(Path(path).read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DocumentError(path, f"is not JSON: {error}") from None


def _documents(path: str) -> tuple[Document, ...]:
    data = load(path)
    items = data if isinstance(data, list) else [data]
    try:
        return tuple(parse(item, Path(path).name) for item in items)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error.place}" if error.place else path, error.problem) from None


def _all(paths: Iterable[str]) -> tuple[Document, ...]:
    return tuple(document for path in paths for document in _documents(path))


def _layers(options: argparse.Namespace) -> Layers:
    resource = _documents(options.resource_policy)[0] if options.resource_policy else None
    return Layers(
        identity=_all(options.identity),
        resource_policy=resource,
        boundaries=_all(options.boundary),
        session=_all(options.session) if options.session else None,
        scps=tuple(map(_documents, options.scp)),
        rcps=tuple(map(_documents, options.rcp)),
        vpce=_all(options.vpce),
    )


def _context(pairs: Iterable[str]) -> dict[str, list[str]]:
    context: dict[str, list[str]] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise DocumentError("--context", f"{pair!r} is not KEY=VALUE")
        context.setdefault(key, []).append(value)
    return context


def _asked(options: argparse.Namespace, principal: str) -> Request:
    return Request(
        principal, options.action, options.resource, options.resource_account, _context(options.context)
    )


def _can(options: argparse.Namespace) -> int:
    principal, layers = options.principal, _layers(options)
    if options.account_details:
        member = _member(options, options.principal)
        principal, layers = member.arn, _with(member, layers)
    decision = evaluate(_asked(options, principal), layers)
    _say(decision_lines(decision))
    return YES if decision.allowed else NO


def _who_can(options: argparse.Namespace) -> int:
    shared = _layers(options)
    found = list(_allowed(options, shared))
    _say(found or [f"nobody may {options.action} {options.resource}"])
    return YES if found else NO


def _member(options: argparse.Namespace, name: str) -> Member:
    """Give the user or role that is meant by ARN or by name."""
    found = list(members(options.read_details(options.account_details)))
    for member in found:
        if name in {member.arn, member.arn.split(":", 5)[-1], member.arn.rpartition("/")[2]}:
            return member
    known = ", ".join(member.arn.split(":", 5)[-1] for member in found[:10]) or "nobody"
    raise DocumentError(name, f"is no user or role of {options.account_details}, which has {known}")


def _with(member: Member, shared: Layers) -> Layers:
    """The member's own layers, with those that were given for the request."""
    return replace(
        shared, identity=(*member.layers.identity, *shared.identity), boundaries=member.layers.boundaries
    )


def _allowed(options: argparse.Namespace, shared: Layers) -> Iterator[str]:
    for member in members(options.read_details(options.account_details)):
        decision = evaluate(_asked(options, member.arn), _with(member, shared))
        if decision.allowed:
            yield f"{member.arn}, by {'; '.join(map(str, decision.by)) or decision.reason}"


def _policies(options: argparse.Namespace, name: str) -> tuple[Document, ...]:
    """Give the policies of a file or, where account details were given, of a user or role."""
    if options.account_details and not Path(name).exists():
        return _member(options, name).layers.identity
    return _documents(name)


def _compare(options: argparse.Namespace) -> int:
    answer = new_access(_policies(options, options.old), _policies(options, options.new))
    _say(answer_lines(answer, "The new policy allows nothing new.", "The new policy allows more."))
    return _code(answer)


def _within(options: argparse.Namespace) -> int:
    if options.policy is None:
        return _bulk("within")
    if options.reference is None:
        raise DocumentError("within", "needs a policy and its reference, or neither")
    answer = included(_policies(options, options.policy), _policies(options, options.reference))
    _say(answer_lines(answer, "The policy is within its reference.", "The policy goes beyond its reference."))
    return _code(answer)


def _outsiders(options: argparse.Namespace) -> int:
    if options.policy is None:
        return _bulk("outsiders")
    zone = TrustZone.of(load(options.zone) if options.zone else None)
    exposure = outsiders(_documents(options.policy)[0], options.owner, zone, options.kind)
    _say(exposure_lines(exposure))
    return {None: UNKNOWN, True: NO, False: YES}[exposure.public]


def _bulk(command: str) -> int:
    if isinstance(sys.stdin, io.TextIOWrapper):
        # Bytes that aren't UTF-8 spoil their own line, not the run.
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in jsonl.answers(sys.stdin, jsonl.HANDLERS[command]):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
    return YES


def _code(answer: Answer) -> int:
    return YES if isinstance(answer, Proved) else NO if isinstance(answer, Witness) else UNKNOWN
