"""From settings to an inventory: session, caller, outputs, plan, gathering."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import boto3

from compliance.check import Check
from compliance.collect.client import CONCURRENCY, Client
from compliance.collect.gather import Gathering, Progress
from compliance.collect.outputs import no_outputs, read_outputs
from compliance.collect.plan import plan_for
from compliance.collect.pool import Pool
from compliance.collect.reach import Reach
from compliance.collect.session import caller_of, region_of
from compliance.inventory import Inventory, Run
from compliance.models.deployment import Outputs
from compliance.policy import Policy


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: what the outputs name and lead to, or everything in account and regions."""

    kind: str = "stack"
    outputs: Outputs = no_outputs()  # noqa: RUF009 - immutable
    regions: tuple[str, ...] = ()


def collect(
    session: boto3.Session,
    scope: Scope,
    checks: Iterable[Check],
    policy: Policy,
    *,
    whole_kinds: Iterable[str] = (),
    concurrency: int = CONCURRENCY,
    progress: Progress = lambda _done, _begun: None,
) -> Inventory:
    """Read what the checks need. What AWS refuses becomes an unreadable fact of the inventory.

    Raises SettingsError: no region, or no usable credentials.
    """
    home = region_of(session, scope.outputs, scope.regions)
    client = Client(session, concurrency=concurrency)
    caller = caller_of(client, home)
    now = datetime.now(UTC)
    at = Reach(
        client, caller.account, caller.partition, home, scope.regions or (home,), scope.outputs, region=home,
        now=now,
    )  # fmt: skip
    plan = plan_for(checks, policy, scope.kind, whole_kinds=whole_kinds)
    with Pool(concurrency) as pool:
        resources, missing = Gathering(at, plan, pool, progress).run(scope.kind)
    run = Run(
        account=caller.account,
        partition=caller.partition,
        caller=caller.arn,
        regions=at.regions,
        scope=scope.kind,
        collected_at=now,
        sources=scope.outputs.sources,
        outputs={each.key: each.text for each in scope.outputs.values},
        expected=len({(each.kind, each.name, each.region) for each in scope.outputs.named}),
        unclassified=scope.outputs.unclassified,
        calls=dict(sorted(client.calls.items())),
    )
    return Inventory(run, resources, missing)


def nothing_collected(because: str) -> Inventory:
    """The inventory of a run that has nothing to look at, and so asks AWS nothing."""
    nowhere = "nowhere"
    run = Run(nowhere, nowhere, nowhere, (nowhere,), "stack", datetime.now(UTC), (), {}, 0, (), {}, because)
    return Inventory(run, ())


def outputs_in(paths: Sequence[Path], stacks: Sequence[str] = ()) -> Outputs:
    """The outputs of the files, with further stacks named by hand."""
    outputs = read_outputs(paths) if paths else no_outputs()
    return replace(outputs, stacks=tuple(sorted({*outputs.stacks, *stacks})))
