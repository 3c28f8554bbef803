"""The command line. Every command reads its options from the table that pytest reads them from."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from compliance.command import run, show
from compliance.errors import ComplianceError
from compliance.exits import EXIT_INTERRUPTED, EXIT_PIPE, EXIT_USAGE
from compliance.settings import DEFAULT_SYSTEM, OPTIONS, Option
from compliance.text import printable_lines

Command = Callable[[argparse.Namespace], int]

_SOURCES = (
    "outputs",
    "stack",
    "region",
    "profile",
    "role_arn",
    "external_id",
    "scope",
    "require_outputs",
    "embedded",
)
_JUDGING = ("policy", "environment", "checks")

_COMMANDS: dict[str, tuple[Command, str, tuple[str, ...]]] = {
    "list": (show.list_checks, "list the checks: id, severity, what must hold", ("checks",)),
    "explain": (show.explain, "tell what a check requires, why, and what to do", ("checks",)),
    "collect": (run.collect, "collect facts and save them", (*_SOURCES, *_JUDGING, "inventory")),
    "judge": (run.judge, "judge a saved inventory, without AWS", (*_JUDGING, "from_inventory", "findings")),
    "audit": (
        run.audit,
        "collect and judge",
        (*_SOURCES, *_JUDGING, "inventory", "from_inventory", "findings"),
    ),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Leave with our exit code of unusable input; argparse's own would mean an interruption."""
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: error: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code (compliance/exits.py)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments[:1] == ["access"]:
        from compliance.command.access import access  # noqa: PLC0415 - its catalogue takes its time

        return _guarded(lambda: access(arguments[1:]))
    parsed = _parser().parse_args(arguments)
    return _guarded(lambda: parsed.command(parsed))


def console() -> NoReturn:
    """Run as a program. An interrupted one ends at once: threads that wait for AWS don't hold it up."""
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    if code == EXIT_INTERRUPTED:
        os._exit(code)
    sys.exit(code)


def _guarded(command: Callable[[], int]) -> int:
    """Errors as one message, an interruption and a closed pipe in silence."""
    try:
        code = command()
        sys.stdout.flush()  # a pipe that was closed is noticed here, not when the process ends
    except ComplianceError as error:
        print(f"error: {printable_lines(error)}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        print("\ninterrupted" if sys.stderr.isatty() else "interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE
    return code


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m compliance",
        description="Judge a live AWS account against a policy. Reads only.",
        epilog="Exit codes: 0 judged and passed, 1 violations, 2 interrupted, 4 unusable input, "
        "10 no violation but something could not be judged. "
        "access: reason over IAM documents (python -m compliance access --help).",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    options = {option.name: option for option in OPTIONS}
    for name, (command, help_, taken) in _COMMANDS.items():
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(command=command)
        if name == "explain":
            added.add_argument("check", help="the check's id")
        for each in taken:
            _add(added, options[each])
    return parser


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    help_ = f"{option.help} (environment: {option.variable})"
    if option.is_switch:
        parser.add_argument(option.flag, dest=option.ini, action="store_true", help=help_)
    elif option.name == "embedded":
        parser.add_argument(
            option.flag, dest=option.ini, metavar=option.metavar, nargs="?", const=DEFAULT_SYSTEM, help=help_
        )
    else:
        action = "append" if option.many else "store"
        parser.add_argument(option.flag, dest=option.ini, metavar=option.metavar, action=action, help=help_)
