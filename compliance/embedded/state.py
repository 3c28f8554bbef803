"""Keep the state of one account apart from that of any other in the same process.

The emulator holds all state in module-wide registries. While an account is being served, its part is in them;
as soon as another account is served, that part is parked here. So accounts that live side by side in one
process share nothing, and each one starts empty. Imports moto: import it only when an account starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, ClassVar

from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data

Index = dict[str, Any]

# The registries that hold anything, kept by moto itself: service -> account -> region -> backend.
_in_use: list[Any] = vars(BackendDict)["_instances"]


class State:
    """Everything that one account holds."""

    # Serving is one at a time for the whole process: the emulator answers concurrent writes with errors.
    _serving: ClassVar[RLock] = RLock()
    _current: ClassVar["State | None"] = None

    def __init__(self) -> None:
        self._parked: list[tuple[Any, list[tuple[Index, Index]]]] = []

    @contextmanager
    def served(self) -> Iterator[None]:
        """Have this account's state in the emulator, and nobody else's, while the block runs."""
        with State._serving:
            if State._current is not self:
                if State._current is not None:
                    State._current.park()
                self._resume()
            yield

    def discard(self) -> None:
        """Forget everything, files that hold large bodies included."""
        with self.served():
            # Only S3 holds files. Resetting the rest would fill it anew: a second for IAM's policies alone.
            for registry in _in_use:
                if registry.service_name == "s3":
                    for account in registry.values():
                        account.reset()
            self.park()
            self._parked.clear()
            reset_model_data()

    def park(self) -> None:
        """Take this account's state out of the emulator."""
        self._parked = [
            (registry, [(index, dict(index)) for index in _indexes(registry)]) for registry in _in_use
        ]
        for registry in _in_use:
            for index in _indexes(registry):
                index.clear()
        _in_use.clear()
        State._current = None

    def _resume(self) -> None:
        for registry, indexes in self._parked:
            _in_use.append(registry)
            for index, content in indexes:
                index.update(content)
        self._parked = []
        State._current = self


def _indexes(registry: Any) -> list[Index]:  # noqa: ANN401
    # Beside itself a registry may keep others: S3's knows which account owns a bucket name.
    return [registry, *(value for value in vars(registry).values() if isinstance(value, dict))]
