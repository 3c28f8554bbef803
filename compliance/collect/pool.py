"""Threads that ask AWS. They end with the process: who interrupts a run waits for no answer.

A `ThreadPoolExecutor` would be joined when the process ends, for as long as its calls may take.
"""

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, Self

_Task = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Pool:
    """A fixed number of threads that do what is submitted, in order, for as long as a `with` block lasts."""

    def __init__(self, size: int) -> None:
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._is_closed = False
        for number in range(size):
            Thread(target=self._work, name=f"collect_{number}", daemon=True).start()
        self._size = size

    def submit(self, do: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Have it done; the future holds what it returns or raises."""
        future: Future[Any] = Future()
        self._tasks.put((future, do, arguments))
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Begin nothing more. Calls under way are left to themselves."""
        self._is_closed = True
        for _ in range(self._size):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None and not self._is_closed:
            future, do, arguments = task
            try:
                future.set_result(do(*arguments))
            except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to who waits for it
                future.set_exception(error)
