"""What a reader gets: AWS as seen from one place, limited to the calls that the reader declared."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from compliance.address import GLOBAL, Address
from compliance.collect.client import Answer, Client, Gone
from compliance.errors import RefusedOperation
from compliance.models.deployment import Outputs


@dataclass(frozen=True, slots=True)
class Handle:
    """A resource before anything is known of it: what it is called and where."""

    kind: str
    name: str
    account: str
    region: str
    arn: str = field(default="", compare=False)
    output_key: str | None = field(default=None, compare=False)

    @property
    def address(self) -> Address:
        """The address that the resource will have."""
        return Address(self.account, self.region, self.kind, self.name)


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reach:
    """AWS from one region of one account; `allowed` are the operations that may be asked."""

    client: Client
    account: str
    partition: str
    home_region: str
    regions: tuple[str, ...]
    outputs: Outputs
    region: str = ""
    allowed: frozenset[str] = frozenset()
    now: datetime = _LONG_AGO
    found: Mapping[str, tuple[Handle, ...]] = field(default_factory=dict)

    def ask(self, operation: str, **parameters: object) -> Answer:
        """The answer of one call. Raises Gone, FactUnreadable; Gone too where AWS says that there is none."""
        answer = self.ask_or_none(operation, **parameters)
        if answer is None:
            raise Gone(operation)
        return answer

    def ask_or_none(self, operation: str, **parameters: object) -> Answer | None:
        """The answer of one call, None where AWS says that there is none. Raises Gone, FactUnreadable."""
        self._check(operation)
        return self.client.ask(operation, self._endpoint_region, **parameters)

    def rows(self, operation: str, key: str, **parameters: object) -> list[Answer]:
        """All rows of all pages. Raises Gone, FactUnreadable."""
        self._check(operation)
        return self.client.rows(operation, key, self._endpoint_region, **parameters)

    def row(self, operation: str, key: str, id_key: str, name: str) -> Answer:
        """The row with this id in an unfiltered list. Raises Gone: there is none."""
        for row in self.rows(operation, key):
            if row[id_key] == name:
                return row
        raise Gone(operation)

    def at(self, region: str, allowed: frozenset[str]) -> "Reach":
        """The same from another region, for other operations."""
        return replace(self, region=region, allowed=allowed)

    def handle(self, kind: str, name: str, *, arn: str = "", region: str | None = None) -> Handle:
        """A handle in this account; its region is this one unless the kind has none."""
        return Handle(kind, name, self.account, region or self.region, arn)

    @property
    def _endpoint_region(self) -> str:
        return self.home_region if self.region == GLOBAL else self.region

    def _check(self, operation: str) -> None:
        if operation not in self.allowed:
            raise RefusedOperation(f"the reader does not declare {operation}")
