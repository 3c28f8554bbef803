"""Ask, and turn whatever happens into a value: known, gone, or unreadable with its cause."""

from collections.abc import Callable, Iterable
from typing import Any

from compliance.collect.client import Gone
from compliance.evidence import Cause, FactUnreadable, Known, Unreadable
from compliance.text import printable

Answered = Known[Any] | Unreadable | Gone

# What reading an answer raises when it isn't what the API reference promises.
_STRANGE = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration, RuntimeError)


def attempt(calls: Iterable[str], ask: Callable[[], Any]) -> Answered:
    """What the reader says. An answer that can't be understood is malformed, never a fact."""
    try:
        value = ask()
        return Known(tuple(value) if hasattr(value, "__next__") else value)
    except Gone as gone:
        return gone
    except FactUnreadable as refused:
        return refused.unreadable
    except _STRANGE as error:
        said = f"{type(error).__name__}: {error}"
        return Unreadable(Cause.MALFORMED, " or ".join(sorted(calls)), message=printable(said, limit=200))
