"""The example systems, running; and what a run of the suite said of them."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compliance.auditing import Report, audit
from compliance.catalogue import load_checks
from compliance.check import Context
from compliance.collect.collect import Scope, collect, outputs_in
from compliance.embedded.server import EmbeddedAccount
from compliance.evaluate import judge_all
from compliance.examples import _build, example
from compliance.policy import load_policy
from compliance.verdict import Verdict

ROOT = Path(__file__).parents[2]
SYSTEMS = ("financial-vpc", "scalable-infrastructure")
STATES = ("corrected", "as-first-deployed")
JUDGED = {Verdict.PASS, Verdict.FAIL}
BAD = {Verdict.FAIL, Verdict.UNKNOWN}


class Keeping:
    """A session that makes each client once: in a hundred runs, making them is what takes the time."""

    def __init__(self, session):
        self._inner, self._kept = session, {}

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def client(self, service, *, region_name, config):
        kept = (service, region_name, repr(sorted(config._user_provided_options.items(), key=str)))
        if kept not in self._kept:
            self._kept[kept] = self._inner.client(service, region_name=region_name, config=config)
        return self._kept[kept]


@dataclass
class Live:
    """One system in one state, in an account that answers."""

    account: Any
    session: Any
    outputs: dict[str, str]
    folder: Path
    outputs_path: Path

    @cached_property
    def kept(self):
        return Keeping(self.session)

    @cached_property
    def policy_path(self):
        return self.folder / "policy.yaml"

    @cached_property
    def base(self) -> Report:
        """What a run says while nothing goes wrong."""
        return self.audit()

    def audit(self, **options) -> Report:
        given = {"policy": self.policy_path, "outputs": self.outputs_path} | options
        return audit(self.kept, **given)

    def run(self, *, checks=None, session=None, regions=(), scope="stack", **options) -> Report:
        """As `audit`, with what `collect` alone takes: whole kinds, concurrency."""
        chosen = [check for check in load_checks() if checks is None or check.id in checks]
        policy = load_policy(self.policy_path)
        where = Scope(scope, outputs_in((self.outputs_path,)), regions)
        inventory = collect(session or self.kept, where, chosen, policy, **options)
        return Report(tuple(judge_all(chosen, Context(policy, inventory))), inventory)


@dataclass
class Systems:
    """Builds each system in each state when it is first asked for, and keeps it to the end of all tests."""

    make: Any = EmbeddedAccount
    _exits: ExitStack = field(default_factory=ExitStack)
    _built: dict[tuple[str, str], Live] = field(default_factory=dict)

    def __enter__(self):
        self._folder = Path(self._exits.enter_context(TemporaryDirectory(prefix="compliance-")))
        return self

    def __exit__(self, *error):
        self._exits.__exit__(*error)

    def get(self, system, state) -> Live:
        if (system, state) not in self._built:
            account = self._exits.enter_context(self.make())
            folder = example(f"{system}:{state}").folder
            session = account.session()
            outputs = _build(folder).build(session, state)
            path = self._folder / f"{system}-{state}.json"
            path.write_text(json.dumps(outputs), "utf-8")
            self._built[system, state] = Live(account, session, outputs, folder, path)
        return self._built[system, state]


def pairs_of(report):
    """Every outcome by check and address."""
    pairs = {(each.check, each.address.text): each for each in report.outcomes}
    assert len(pairs) == len(report.outcomes)
    return pairs
