"""What every resource is: an address, and facts that raise when AWS would not tell them.

A resource class is declared with `@resource`; its own fields are its *facts*. A field may be given an
`Unreadable` in place of its value: reading the attribute then raises `FactUnreadable`, so that no check
can mistake a refused read for an answer. Known facts cost nothing extra: only a missing slot reaches
`__getattr__`.
"""

import dataclasses
import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from compliance.address import Address
from compliance.evidence import Fact, FactUnreadable, Known, Unreadable

R = TypeVar("R", bound="Resource")

KINDS: dict[str, type["Resource"]] = {}
"""Every kind of resource by its name, as it stands in addresses."""


class Resource:
    """One thing in an account. Compared by identity; its address is its name."""

    __slots__ = ("_unreadable",)

    if TYPE_CHECKING:
        _unreadable: Mapping[str, Unreadable]
    address: Address
    arn: str
    output_key: str | None

    facts: ClassVar[tuple[str, ...]] = ()
    """The names of the fields that AWS has to tell."""

    def __post_init__(self) -> None:
        """Take unreadable facts out of their slots, so that reading them raises."""
        unreadable: dict[str, Unreadable] = {}
        for name in type(self).facts:
            value = getattr(self, name)
            if isinstance(value, Unreadable):
                unreadable[name] = value
                object.__delattr__(self, name)
        object.__setattr__(self, "_unreadable", unreadable)

    if not TYPE_CHECKING:  # pragma: no branch

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - reached for missing slots only
            """Raise `FactUnreadable` for a fact that AWS would not tell."""
            if name in type(self).facts and name in self._unreadable:
                raise FactUnreadable(f"{self.address}: {name}", self._unreadable[name])
            raise AttributeError(f"{type(self).__name__} has no fact {name!r}")

    @property
    def name(self) -> str:
        """The name within the kind: a bucket's name, a VPC's id."""
        return self.address.name

    @property
    def kind(self) -> str:
        """The kind's name, such as `Bucket`."""
        return type(self).__name__

    def fact(self, name: str) -> Fact[Any]:
        """The fact, known or not, without raising."""
        unreadable = self._unreadable.get(name)
        return Known(getattr(self, name)) if unreadable is None else unreadable

    def __repr__(self) -> str:
        return f"<{self.kind} {self.address}>"


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
def resource(kind: type[R]) -> type[R]:
    """Declare a kind of resource: a frozen, slotted dataclass whose own fields are facts."""
    bases = [base for base in reversed(kind.__mro__) if base not in (Resource, object)]
    own = {name: note for base in bases for name, note in inspect.get_annotations(base).items()}
    kind.__annotations__ = {"address": Address, "arn": str, "output_key": str | None} | own
    made = dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)(kind)
    made.facts = tuple(own)
    KINDS[made.__name__] = made
    return made


def fixture_name(kind: type[Resource]) -> str:
    """The kind's name in snake case, as pytest fixtures use it: `SecurityGroup` → `security_group`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.__name__).lower()
