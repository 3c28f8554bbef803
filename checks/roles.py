"""Roles: who may take them on, and what was attached to them in bulk."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from compliance.access import Layers, parse
from compliance.check import Context, check
from compliance.models import ManagedPolicy, Role
from compliance.reasoning import allowed, exposure_of, requests, shown, shown_grant
from compliance.verdict import NotApplicable, Undecided, Violation


@check(Role, id="iam-trust-scoped", reads=("trust",))
def trust_scoped(role: Role, context: Context) -> Iterator[Violation]:
    """A role is taken on by those it is meant for: never the public, no account outside the zone of trust.

    A service that acts for whoever asks it is bound to this account by aws:SourceArn or aws:SourceAccount, a
    third party by an external id.
    Source: IAM User Guide, "The confused deputy problem"; "How to use trust policies with IAM roles".
    """
    exposure = exposure_of(role.trust, role.address.account, context.policy, "role")
    examples = [shown_grant(each) for each in exposure.grants if each.to != "service"]
    if exposure.public:
        yield Violation("anybody may take on the role", "named principals", examples[0])
    elif exposure.foreign_account:
        yield Violation("another account may take on the role", "accounts in the zone of trust", examples[0])
    if exposure.confused_deputy:
        services = ", ".join(
            sorted({each.who for each in exposure.grants if each.to in {"service", "account", "principal"}})
        )
        expected = "aws:SourceArn or aws:SourceAccount of this account, or sts:ExternalId"
        yield Violation("a stranger can make others take on the role for it", expected, services)
    if None in {exposure.public, exposure.foreign_account, exposure.confused_deputy}:
        raise Undecided("; ".join(exposure.reasons) or "who may take on the role")


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

    Broad is what grants a whole service, or what the policy file does not list as allowed.
    Source: IAM User Guide, "AWS managed policies", least privilege.
    """
    if not any(each.kind == "Service" for s in parse(role.trust).allows for each in s.principals or ()):
        raise NotApplicable("no service takes it on")
    exceptions = context.policy.identity.managed_policies_allowed
    for attached in role.attached:
        policy = context.inventory.find(ManagedPolicy, attached.arn)
        if policy is None or not policy.exists or not policy.is_aws_managed:
            continue
        if any(fnmatchcase(attached.arn, pattern) for pattern in exceptions):
            continue
        document = parse(policy.document, attached.name)
        for service in sorted(
            {a.partition(":")[0] for s in document.allows for a in s.actions or ("*",) if "*" in a}
        ):
            unheard_of = f"{service if service.isalnum() else 'unheardofservice'}:UnheardOfAction"
            asked = requests([unheard_of], ["*"])
            if witness := allowed(Layers(identity=(document,)), asked, role.arn, role.address.account):
                yield Violation(
                    "a broad AWS-managed policy is attached", "a scoped policy", shown(witness), attached.arn
                )
                break
