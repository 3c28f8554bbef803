"""What principals are granted: their documents and limits, gathered from an inventory."""

from compliance.access import Document, DocumentError, Layers, parse
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.inventory import Inventory
from compliance.models import Group, ManagedPolicy, Principal, User
from compliance.verdict import NotApplicable

ROLE_GRANTS = (
    "Role.inline", "Role.attached", "Role.boundary", "ManagedPolicy.document", "ManagedPolicy.exists",
)  # fmt: skip
"""The facts that `layers_of` a role looks at, for a check's `reads`."""

GRANTS = (
    *ROLE_GRANTS, "User.inline", "User.attached", "User.boundary", "User.groups", "Group.inline",
    "Group.attached",
)  # fmt: skip
"""The same for any principal."""


def spare_service_linked(principal: Principal) -> None:
    """Raise NotApplicable for a service-linked role: AWS alone writes its policies and its trust.

    Source: IAM User Guide, "Create a service-linked role".
    """
    if ":role/aws-service-role/" in principal.arn:
        raise NotApplicable("it is a service-linked role, which AWS alone can change")


def layers_of(principal: Principal, inventory: Inventory) -> Layers:
    """The policies that decide what the principal may do: its own, its groups', its boundary.

    Raises FactUnreadable: one of them could not be read. DocumentError: one of them is malformed.
    """
    boundary = getattr(principal, "boundary", None)
    limits = (_managed(boundary, inventory),) if boundary else ()
    return Layers(identity=documents_of(principal, inventory), boundaries=tuple(d for d in limits if d))


def documents_of(principal: Principal, inventory: Inventory) -> tuple[Document, ...]:
    """The identity policies that grant something to the principal, each named. Raises as `layers_of`."""
    own = [parsed(each.document, each.name) for each in principal.inline]
    attached = (_managed(each.arn, inventory) for each in principal.attached)
    documents = (*own, *(document for document in attached if document))
    if isinstance(principal, User):
        for name in principal.groups:
            documents += documents_of(_group(name, inventory), inventory)
    return documents


def _group(name: str, inventory: Inventory) -> Group:
    for group in inventory.of(Group):
        if group.name == name:
            return group
    raise FactUnreadable(f"Group {name}", Unreadable(Cause.NOT_COLLECTED))


def _managed(arn: str, inventory: Inventory) -> Document | None:
    """The managed policy's document; one that does not exist grants nothing."""
    policy = inventory.find(ManagedPolicy, arn)
    return parsed(policy.document, arn) if policy and policy.exists else None


def parsed(source: object, name: str) -> Document:
    """The document, called by its name. Raises DocumentError, which names the document and the place."""
    try:
        return parse(source, name)
    except DocumentError as error:
        raise DocumentError(f"{name}, {error.place}" if error.place else name, error.problem) from None
