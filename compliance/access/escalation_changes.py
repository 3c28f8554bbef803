"""What a principal becomes when its policies, boundary or groups are changed.

It stays the same principal, with other layers; boundary and SCPs stay, unless they are what is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compliance.access.documents import Document
from compliance.access.escalation_account import Account, Actor
from compliance.access.escalation_subject import EVERYTHING


def with_any_policy(actor: Actor, own_inline: Iterable[Document] = ()) -> Actor:
    """Give the actor with a policy that allows everything; it may stand in for one of its inline policies."""
    gone = list(own_inline)
    kept = tuple(document for document in actor.layers.identity if document not in gone)
    return _changed(actor, (*kept, EVERYTHING), " with any policy")


def with_policy(actor: Actor, documents: tuple[Document, ...], name: str) -> Actor:
    """Give the actor with some policies more."""
    return _changed(actor, (*actor.layers.identity, *documents), f" with {name}")


def with_version(actor: Actor, arn: str, document: Document, version: str) -> Actor:
    """Give the actor with another version of a policy that is attached to it."""
    identity = tuple(
        replace(document, name=arn) if d.name == arn else d for d in actor.layers.identity
    )  # fmt: skip
    short = arn.rpartition("/")[2]
    change = " with any policy" if document is EVERYTHING else f" with version {version} of {short}"
    return _changed(actor, identity, change)


def without_boundary(actor: Actor) -> Actor:
    """Give the actor without its permissions boundary."""
    layers = replace(actor.layers, boundaries=())
    return replace(actor, layers=layers, change=_and(actor.change, " without its boundary"))


def inline_of(actor: Actor, account: Account) -> Iterator[Document]:
    """Give the actor's own inline policies: those without an ARN that none of its groups has."""
    groups = (account.by_arn[arn] for arn in actor.groups if arn in account.by_arn)
    of_groups = [document for group in groups for document in group.layers.identity]
    for document in actor.layers.identity:
        if not document.name.startswith("arn:") and document not in of_groups:
            yield document


def _changed(actor: Actor, identity: tuple[Document, ...], change: str) -> Actor:
    layers = replace(actor.layers, identity=identity)
    return replace(actor, layers=layers, change=_and(actor.change, change))


def _and(before: str, change: str) -> str:
    return before if change in before else before + change
