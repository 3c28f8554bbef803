"""A whole run, without pytest: settings in, judged account out."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from compliance.catalogue import load_checks
from compliance.check import Check, Context
from compliance.errors import OutputsError, SettingsError
from compliance.evaluate import judge_all
from compliance.inventory import Inventory, load_inventory
from compliance.policy import Policy, load_policy
from compliance.settings import DEFAULT_OUTPUTS, Settings
from compliance.shipped import default_policy
from compliance.verdict import Outcome, Verdict

if TYPE_CHECKING:
    import boto3

    from compliance.examples import Running
    from compliance.models.deployment import Outputs

OWN_POLICY = Path("policies/policy.yaml")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What an audit found: every outcome, in the order of check ids and addresses."""

    outcomes: tuple[Outcome, ...]
    inventory: Inventory = field(repr=False)

    @cached_property
    def summary(self) -> Mapping[str, int]:
        """How many outcomes have each verdict, all five named."""
        counts = dict.fromkeys((verdict.value for verdict in Verdict), 0)
        for outcome in self.outcomes:
            counts[outcome.verdict.value] += 1
        return counts


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is ready: its settings read, its checks and policy loaded, nothing asked of AWS yet."""

    settings: Settings
    checks: tuple[Check, ...]
    policy: Policy
    policy_path: Path

    def collect(
        self,
        checks: Iterable[Check],
        *,
        whole_kinds: Iterable[str] = (),
        progress: Progress = lambda _done, _begun: None,
    ) -> Inventory:
        """What these checks need: from AWS, from an emulator, or from a saved inventory.

        Raises InputError: outputs, inventory, region or credentials don't make a run possible.
        """
        if self.settings.from_inventory:
            return load_inventory(self.settings.from_inventory)
        from compliance.collect.collect import Scope, collect, nothing_collected, outputs_in  # noqa: PLC0415 - boto3 takes its time

        outputs, missing = self._outputs_files()
        with ExitStack() as until_done:
            embedded = self._embedded(until_done)
            read = outputs_in((embedded.outputs,) if embedded else outputs, self.settings.stack)
            nothing = "" if embedded or self.settings.scope == "account" or read.stacks else missing
            if nothing:
                return nothing_collected(nothing)
            scope = Scope(self.settings.scope, read, self.settings.region)
            session = embedded.session if embedded else self._session()
            return collect(session, scope, checks, self.policy, whole_kinds=whole_kinds, progress=progress)

    def _outputs_files(self) -> tuple[tuple[Path, ...], str]:
        """The files that are there, and what to say if none is."""
        stated = self.settings.outputs or (DEFAULT_OUTPUTS,)
        absent = [path for path in stated if not path.exists()]
        if not absent or self.settings.embedded:
            return stated, ""
        reason = f"no outputs: {', '.join(map(str, absent))} does not exist; nothing is deployed yet"
        if self.settings.require_outputs:
            raise OutputsError(
                f"{reason}. Deploy first, name another file with --outputs, or drop --require-outputs"
            )
        return tuple(path for path in stated if path.exists()), reason

    def _embedded(self, until_done: ExitStack) -> "Running | None":
        if not self.settings.embedded:
            return None
        from compliance.examples import example, running  # noqa: PLC0415 - an optional extra

        return until_done.enter_context(running(example(self.settings.embedded)))

    def _session(self) -> "boto3.Session":
        from compliance.collect.session import open_session  # noqa: PLC0415 - boto3 takes its time

        told = self.settings
        region = told.region[0] if told.region else None
        return open_session(told.profile, region, told.role_arn, told.external_id)


def prepare(settings: Settings) -> Job:
    """Load checks and policy. Raises InputError before anything is asked of AWS."""
    path = settings.policy or (OWN_POLICY if OWN_POLICY.exists() else default_policy())
    if settings.embedded:
        from compliance.examples import example  # noqa: PLC0415 - an optional extra

        path = settings.policy or example(settings.embedded).policy
    return Job(settings, load_checks(settings.checks), load_policy(path, settings.environment), path)


def run(job: Job, *, progress: Progress = lambda _done, _begun: None) -> Report:
    """Collect and judge everything. Raises InputError."""
    return judge_inventory(job, job.collect(job.checks, progress=progress))


def judge_inventory(job: Job, inventory: Inventory) -> Report:
    """Judge what was collected. The same inventory, policy and checks give the same report."""
    return Report(tuple(judge_all(job.checks, Context(job.policy, inventory))), inventory)


def audit(
    session: "boto3.Session",
    *,
    policy: Policy | Path | str | None = None,
    outputs: Mapping[str, object] | Path | str | Iterable[Path | str] | None = None,
    scope: str = "stack",
    regions: str | Iterable[str] | None = None,
    checks: str | Check | Iterable[str | Check] | None = None,
) -> Report:
    """Judge the account behind a session.

    `policy`: a loaded policy or a file's path; the shipped default applies without. `outputs`: a mapping of
    keys to values, a file's path or several; without, `outputs/flat-outputs.json` if it exists. `scope`:
    `stack` or `account`. `regions`: the session's own without. `checks`: ids, globs of ids, or checks;
    one of either may stand alone.
    Raises InputError: one of these can't be used, or the account can't be reached.
    """
    from compliance.collect.collect import Scope, collect, nothing_collected  # noqa: PLC0415 - boto3 takes its time

    if scope not in {"stack", "account"}:
        raise SettingsError(f"scope {scope!r}: possible are 'stack' and 'account'")
    chosen = _chosen(checks)
    loaded = (
        policy if isinstance(policy, Policy) else load_policy(Path(policy) if policy else default_policy())
    )
    read, missing = _read_outputs(outputs)
    if scope == "stack" and not read.sources:
        nothing = nothing_collected(missing)
        return Report(tuple(judge_all(chosen, Context(loaded, nothing))), nothing)
    named = (regions,) if isinstance(regions, str) else tuple(regions or ())
    inventory = collect(session, Scope(scope, read, named), chosen, loaded)
    return Report(tuple(judge_all(chosen, Context(loaded, inventory))), inventory)


def _chosen(checks: str | Check | Iterable[str | Check] | None) -> tuple[Check, ...]:
    shipped = load_checks()
    if checks is None:
        return shipped
    chosen: dict[str, Check] = {}
    for each in (checks,) if isinstance(checks, str | Check) else checks:
        found = (each,) if isinstance(each, Check) else [c for c in shipped if fnmatchcase(c.id, each)]
        if not found:
            close = get_close_matches(str(each), [check.id for check in shipped], n=1)
            hint = f"did you mean {close[0]!r}?" if close else "`python -m compliance list` shows them"
            raise SettingsError(f"no check is called {each!r}; {hint}")
        chosen |= {check.id: check for check in found}
    return tuple(chosen[id_] for id_ in sorted(chosen))


def _read_outputs(
    outputs: Mapping[str, object] | Path | str | Iterable[Path | str] | None,
) -> "tuple[Outputs, str]":
    from compliance.collect.collect import outputs_in  # noqa: PLC0415 - boto3 takes its time

    if isinstance(outputs, Mapping):
        with _written(outputs) as path:
            return outputs_in((path,)), ""
    if outputs is None:
        reason = f"no outputs: none were given and {DEFAULT_OUTPUTS} does not exist"
        return outputs_in((DEFAULT_OUTPUTS,) if DEFAULT_OUTPUTS.exists() else ()), reason
    paths = (outputs,) if isinstance(outputs, str | Path) else tuple(outputs)
    return outputs_in(tuple(map(Path, paths))), ""


@contextmanager
def _written(outputs: Mapping[str, object]) -> Iterator[Path]:
    """The mapping as a file for as long as the block lasts, so that there is one way to read outputs."""
    with TemporaryDirectory(prefix="compliance-") as folder:
        path = Path(folder) / "outputs.json"
        try:
            path.write_text(json.dumps(dict(outputs)), encoding="utf-8")
        except (TypeError, ValueError) as error:
            raise OutputsError(f"outputs hold what no outputs file could ({error})") from error
        yield path
