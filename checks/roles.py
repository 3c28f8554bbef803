"""Roles: who may take them on, and what was attached to them in bulk."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from compliance.access import Layers, parse
from compliance.check import Context, check
from compliance.everywhere import few, whole_services
from compliance.grants import parsed, spare_service_linked
from compliance.models import ManagedPolicy, Role
from compliance.reasoning import (
    deputies_of,
    exposure_of,
    outside_accounts,
    refuse_doubts,
    shown_grant,
    strangers_in,
)
from compliance.verdict import NotApplicable, Violation

BY_SERVICE = (
    "a service may take on the role on a stranger's behalf",
    "aws:SourceArn or aws:SourceAccount of this account",
)
BY_THIRD_PARTY = ("a third party may take on the role for any of its customers", "sts:ExternalId")


@check(Role, id="iam-trust-scoped", reads=("trust",))
def trust_scoped(role: Role, context: Context) -> Iterator[Violation]:
    """A role is taken on by those it is meant for: never the public, no account outside the zone of trust.

    A service that acts for whoever asks it is bound to this account by aws:SourceArn or aws:SourceAccount, a
    third party by an external id.
    Source: IAM User Guide, "The confused deputy problem"; "How to use trust policies with IAM roles".
    """
    spare_service_linked(role)
    exposure = exposure_of(role.trust, role, context.policy, "role")
    for grant in strangers_in(exposure):
        yield Violation("anybody may take on the role", "named principals", shown_grant(grant))
    for grant in outside_accounts(exposure):
        expected = "accounts of the policy's zone of trust"
        yield Violation("another account may take on the role", expected, shown_grant(grant))
    for grant in deputies_of(role.trust, role, context.policy, "role"):
        message, expected = BY_SERVICE if grant.to == "service" else BY_THIRD_PARTY
        yield Violation(message, expected, shown_grant(grant))
    refuse_doubts(exposure)


@check(
    Role,
    id="iam-no-broad-managed-policy",
    reads=(
        "trust",
        "attached",
        "ManagedPolicy.is_aws_managed",
        "ManagedPolicy.document",
        "ManagedPolicy.exists",
    ),
)
def no_broad_managed_policy(role: Role, context: Context) -> Iterator[Violation]:
    """The role of a service has policies of its own, not a broad one that AWS manages.

    Broad is what grants a whole service, as `s3:*` does. The policy file lists what may stay.
    Source: IAM User Guide, "AWS managed policies", least privilege.
    """
    spare_service_linked(role)
    if not any(each.kind == "Service" for s in parse(role.trust).allows for each in s.principals or ()):
        raise NotApplicable("no service takes it on")
    exceptions = context.policy.identity.managed_policies_allowed
    for attached in role.attached:
        policy = context.inventory.find(ManagedPolicy, attached.arn)
        if policy is None or not policy.exists or not policy.is_aws_managed:
            continue
        if any(fnmatchcase(attached.arn, pattern) for pattern in exceptions):
            continue
        layers = Layers(identity=(parsed(policy.document, attached.name),))
        if broad := [each for each, _ in whole_services(layers, role.arn, role.address.account)]:
            expected = "a policy of its own, or one that the policy file allows"
            yield Violation(
                "a broad AWS-managed policy is attached", expected, f"allows {few(broad)}", attached.arn
            )
