"""Privilege escalation: the ways by which a principal reaches more than it has, step by step.

Asked of effective permissions, with the target of each step and, where a role is passed, its trust policy.
Sources: `escalation_methods.json`; IAM User Guide, "Policy evaluation logic".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.access.answers import Answer, Proved, Unknown
from compliance.access.escalation_account import Account, Actor, Managed, Workload, is_free
from compliance.access.escalation_gain import Gains
from compliance.access.escalation_methods import Method
from compliance.access.escalation_methods import methods as all_methods
from compliance.access.escalation_steps import Step, Stepper
from compliance.access.escalation_text import path_line

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Path:
    """The shortest way from `start` to `end`, which may do what `start` may not.

    `gain` is a request of that kind, or Unknown. `everything`: the end may do all that its account's SCPs
    leave. Empty `doubts`: every step was replayed and nothing had to be guessed.
    """

    start: Actor
    end: Actor
    steps: tuple[Step, ...]
    gain: Answer
    everything: bool

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it isn't sure; each once."""
        reasons = [reason for step in self.steps for reason in step.doubts]
        unknown = [self.gain.reason] if isinstance(self.gain, Unknown) else []
        return tuple(dict.fromkeys([*reasons, *unknown]))

    @property
    def assumes(self) -> tuple[str, ...]:
        """What must be there for the methods to work, and isn't in IAM's data; each once."""
        return tuple(dict.fromkeys(item for step in self.steps for item in step.method.assumes))

    def __str__(self) -> str:
        return path_line(self)


def paths(
    principals: Iterable[Actor],
    methods: Sequence[Method] | None = None,
    *,
    policies: Iterable[Managed] = (),
    workloads: Mapping[str, Sequence[Workload]] | None = None,
    depth: int = 4,
) -> tuple[Path, ...]:
    """Give the escalation paths of one account, the shortest per start and end; sure ones before doubtful.

    `principals` are all users, roles and groups of the account. `policies` can be attached. `workloads` by
    resource type: of a type that isn't given, paths are in doubt. A start that has everything has no paths;
    service-linked roles are neither start nor end.
    """
    account = Account(tuple(principals), tuple(policies), workloads or {})
    explorer = _Explorer(account, all_methods() if methods is None else methods, depth)
    found = [path for actor in account.actors if is_free(actor) for path in explorer.paths(actor)]
    return tuple(sorted(found, key=lambda path: bool(path.doubts)))


def steps(
    principals: Iterable[Actor],
    start: str,
    methods: Sequence[Method] | None = None,
    *,
    policies: Iterable[Managed] = (),
    workloads: Mapping[str, Sequence[Workload]] | None = None,
) -> tuple[Step, ...]:
    """Give every step that a principal (its ARN) can take, by every method, whether it gains by it or not."""
    account = Account(tuple(principals), tuple(policies), workloads or {})
    stepper = Stepper(account, all_methods() if methods is None else methods)
    return tuple(stepper.steps(account.by_arn[start], one_per_end=False))


class _Explorer:
    """Walks from principal to principal, breadth first."""

    def __init__(self, account: Account, methods: Sequence[Method], depth: int) -> None:
        self._stepper, self._gains, self._depth = Stepper(account, methods), Gains(), depth
        self._edges: dict[Name, tuple[Step, ...]] = {}

    def paths(self, start: Actor) -> Iterator[Path]:
        if self._is_done(start):
            return
        sure = dict(self._walk(start, doubtful=False))
        every = dict(self._walk(start, doubtful=True))
        for name, taken in {**every, **sure}.items():
            path = self._path(start, taken)
            if path is not None and name != _name(start):
                yield path

    def _walk(self, start: Actor, *, doubtful: bool) -> Iterator[tuple[Name, tuple[Step, ...]]]:
        """Give the ends with the shortest way to each."""
        seen = {_name(start)}
        level: list[tuple[Actor, tuple[Step, ...]]] = [(start, ())]
        for _ in range(self._depth):
            later: list[tuple[Actor, tuple[Step, ...]]] = []
            for actor, taken in level:
                for step in self._from(actor):
                    name = _name(step.end)
                    if name not in seen and (doubtful or not step.doubts):
                        seen.add(name)
                        later.append((step.end, (*taken, step)))
                        yield name, (*taken, step)
            level = later

    def _from(self, actor: Actor) -> tuple[Step, ...]:
        name = _name(actor)
        if name not in self._edges:
            # Sure steps go first, so that they are preferred.
            found = () if self._is_done(actor) else self._stepper.steps(actor, one_per_end=True)
            self._edges[name] = tuple(sorted(found, key=lambda step: bool(step.doubts)))
        return self._edges[name]

    def _path(self, start: Actor, taken: tuple[Step, ...]) -> Path | None:
        end = taken[-1].end
        gain = self._gains.more(self._stepper.subject(end), self._stepper.subject(start))
        if isinstance(gain, Proved):
            return None
        return Path(start, end, taken, gain, self._has_everything(end))

    def _has_everything(self, actor: Actor) -> bool:
        return self._gains.has_everything(self._stepper.subject(actor))

    def _is_done(self, actor: Actor) -> bool:
        """Whether nobody in the account can have more."""
        return self._has_everything(actor) and not self._is_bound_by_name(actor)

    def _is_bound_by_name(self, actor: Actor) -> bool:
        """Whether an SCP may say of this principal what it doesn't say of all."""
        subject = self._stepper.subject(actor)
        written = tuple(s for level in actor.layers.scps for d in level for s in d.statements)
        settled = tuple(s for scp in subject.whole.scps for s in (*scp.allows, *scp.denies))
        return {*written} != {*settled}


def _name(actor: Actor) -> Name:
    return actor.arn, actor.change
