"""Proofs over policies: what is within what, what is newly allowed.

Every "there is one" is a request that the evaluator has seen; every "there is none" is the symbolic search's,
which only ever errs to the other side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from compliance.access.answers import Answer, Unknown
from compliance.access.asking import answer, names_in
from compliance.access.conditions import read_operator
from compliance.access.documents import Document, Statement
from compliance.access.evaluate import Decision, evaluate
from compliance.access.request import Layers, Request
from compliance.access.search import Question
from compliance.access.stand_ins import delegation_to, statements_of
from compliance.access.witness import Maker

__all__ = ["ACCOUNT", "answer", "included", "new_access"]

ACCOUNT = "111122223333"


def included(p: Sequence[Document], q: Sequence[Document], account: str = ACCOUNT) -> Answer:
    """Answer whether the identity policies `p` allow nothing that the identity policies `q` don't.

    Proved: nothing. Witness: a request that `p` allows and `q` doesn't.
    """
    allows, denies, beyond = _without_common(p, q)
    question = Question((allows,), denies, beyond)
    principal = f"arn:aws:iam::{account}:role/example"
    doubt = _undocumented(beyond[1])

    maker = Maker(principal, account, names_in(question))

    # A key or a role needs a policy of its own to be used; what shows without one shows better.
    for policy in (None, delegation_to(account)):
        found = answer([question], maker, partial(_differs, tuple(p), tuple(q), policy), doubt)
        if not isinstance(found, Unknown):
            break
    return found


def new_access(old: Sequence[Document], new: Sequence[Document], account: str = ACCOUNT) -> Answer:
    """Answer whether the policies `new` allow nothing more than the policies `old` did."""
    return included(new, old, account)


def _differs(
    p: tuple[Document, ...], q: tuple[Document, ...], resource_policy: Document | None, request: Request
) -> Decision | None:
    """Give p's decision if it allows what q doesn't."""
    mine = evaluate(request, Layers(p, resource_policy))
    return mine if mine.allowed and not evaluate(request, Layers(q, resource_policy)).allowed else None


def _without_common(
    p: Sequence[Document], q: Sequence[Document]
) -> tuple[tuple[Statement, ...], tuple[Statement, ...], tuple[tuple[Statement, ...], tuple[Statement, ...]]]:
    """Drop p's Allows that q has, too, when q denies nothing that p doesn't: they can't differ."""
    mine, theirs = statements_of(p, allows=True), statements_of(q, allows=True)
    denied, denying = statements_of(p, allows=False), statements_of(q, allows=False)
    if {_content(s) for s in denying} <= {_content(s) for s in denied}:
        known = {_content(s) for s in theirs}
        mine = tuple(s for s in mine if _content(s) not in known)
        denying = ()
    return mine, denied, (theirs, denying)


def _content(statement: Statement) -> Statement:
    return replace(statement, index=0, sid=None)


def _undocumented(denies: Iterable[Statement]) -> str | None:
    for statement in denies:
        for condition in statement.conditions:
            if not read_operator(condition.operator).known:
                return f"{condition.operator} is no documented operator, and a Deny hangs on it"
    return None
