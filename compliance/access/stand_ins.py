"""Policies that stand for ones that nobody gave: everything for somebody, delegation to an account."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.access.documents import Document, Principal, Statement
from compliance.access.principals import caller_of


def statements_of(documents: Iterable[Document], *, allows: bool) -> tuple[Statement, ...]:
    """Give the Allow, or else the Deny, statements of some documents."""
    return tuple(s for document in documents for s in document.statements if s.allows is allows)


def delegation_to(principal: str) -> Document:
    """Give a resource policy that leaves it to the caller's account, as a key or a role must say."""
    account = caller_of(principal).account or principal
    return Document("2012-10-17", (everything_for("Delegation", account),), "delegating to the account")


def everything_for(sid: str, principal: str) -> Statement:
    """Give the statement that allows a principal everything."""
    named = (Principal("AWS", principal),)
    return Statement(0, sid, True, ("*",), None, ("*",), None, named, None, (), False)  # noqa: FBT003


EVERYTHING = Document("2012-10-17", (everything_for("Everything", "*"),))
