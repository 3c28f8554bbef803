"""Roles, users and groups: what they may do. Every question is asked of the access engine."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from compliance.access import Document
from compliance.check import Context, check
from compliance.everywhere import anywhere, few, nobody_named, sensitive_anywhere, whole_services
from compliance.grants import GRANTS, ROLE_GRANTS, layers_of, parsed, spare_service_linked
from compliance.models import ManagedPolicy, Principal, Role
from compliance.policy.policy import exempt
from compliance.policy.settings import Reference
from compliance.reasoning import allowed, beyond, caller_of, requests, shown, where_of
from compliance.verdict import NotApplicable, Undecided, Violation

# An action of a service that does not exist: only a grant of everything reaches it.
UNHEARD_OF = "unheardofservice:UnheardOfAction"
TAKES_OVER = ("iam:AttachUserPolicy", "iam:PassRole", "sts:AssumeRole")


@check(Principal, id="iam-sensitive-on-any-resource", reads=GRANTS)
def sensitive_on_any_resource(principal: Principal, context: Context) -> Iterator[Violation]:
    """No sensitive action is allowed on every resource.

    Asked for resources that nobody named and that carry no tags: what is allowed there is allowed everywhere.
    Deny statements, boundaries and conditions count.
    Source: IAM User Guide, "Security best practices in IAM", Apply least-privilege permissions.
    """
    settings = context.policy.identity
    spare_service_linked(principal)
    exempt(settings.sensitive_allowed, principal)
    if not settings.sensitive_actions:
        raise NotApplicable("the policy names no sensitive actions")
    layers = layers_of(principal, context.inventory)
    for where, actions in sensitive_anywhere(principal, layers, settings.sensitive_actions):
        yield Violation(
            "sensitive actions are allowed on every resource", "named resources", few(actions), where
        )


@check(Principal, id="iam-no-admin", reads=GRANTS)
def no_admin(principal: Principal, context: Context) -> Iterator[Violation]:
    """Nobody may do everything, but for those whom the policy names.

    Source: CIS AWS Foundations Benchmark, full "*:*" administrative privileges.
    """
    spare_service_linked(principal)
    exempt(context.policy.identity.admin_allowed, principal)
    layers = layers_of(principal, context.inventory)
    found = [anywhere(principal, layers, [action]) for action in (UNHEARD_OF, *TAKES_OVER)]
    if all(found) and found[0]:
        where = where_of(found[0].statements[0])
        yield Violation("every action is allowed on every resource", "named actions", "*:*", where)


@check(Principal, id="iam-no-wildcard-action", reads=GRANTS)
def no_wildcard_action(principal: Principal, context: Context) -> Iterator[Violation]:
    """Nobody is granted a whole service, with whatever actions AWS will add to it.

    Source: IAM User Guide, "Grammar of the IAM JSON policy language", Action; Access Analyzer policy checks.
    """
    spare_service_linked(principal)
    exempt(context.policy.identity.wildcard_allowed, principal)
    layers = layers_of(principal, context.inventory)
    for wildcard, witness in whole_services(layers, caller_of(principal), principal.address.account):
        yield Violation(
            "a whole service is allowed, with whatever AWS adds to it",
            "named actions",
            wildcard,
            where_of(witness.statements[0]),
        )


@check(Principal, id="iam-no-notaction-allow", reads=GRANTS)
def no_notaction_allow(principal: Principal, context: Context) -> Iterator[Violation]:
    """No Allow is written with NotAction: it grants everything but a list, future services included.

    Source: IAM User Guide, "IAM JSON policy elements: NotAction", NotAction with Allow.
    """
    spare_service_linked(principal)
    exempt(context.policy.identity.notaction_allowed, principal)
    layers, caller = layers_of(principal, context.inventory), caller_of(principal)
    denies = tuple(each for document in layers.identity for each in document.denies)
    for document in layers.identity:
        for statement in (each for each in document.allows if each.not_actions is not None):
            alone = replace(layers, identity=(replace(document, statements=(statement, *denies)),))
            if witness := allowed(alone, requests(["*"], ["*"]), caller, principal.address.account):
                actual = f"everything but {few(sorted(statement.not_actions or ()))}"
                where = where_of(witness.statements[0])
                yield Violation("an Allow is written with NotAction", "named actions", actual, where)


@check(Principal, id="iam-pass-role-scoped", reads=GRANTS)
def pass_role_scoped(principal: Principal, context: Context) -> Iterator[Violation]:
    """Whoever may pass roles may pass named roles, to named services.

    Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
    """
    spare_service_linked(principal)
    layers = layers_of(principal, context.inventory)
    caller, account = caller_of(principal), principal.address.account
    if allowed(layers, requests(["iam:PassRole"], ["*"]), caller, account) is None:
        raise NotApplicable("it may pass no role")
    unnamed = requests(["iam:PassRole"], nobody_named(principal, "iam")[:1])
    if witness := allowed(layers, unnamed, caller, account):
        yield Violation("any role may be passed", "named roles", shown(witness))
    stranger = {"StringEquals": {"iam:PassedToService": "unheardofservice.amazonaws.com"}}
    if witness := allowed(layers, requests(["iam:PassRole"], ["*"], stranger), caller, account):
        yield Violation(
            "roles may be passed to any service", "iam:PassedToService with named services", shown(witness)
        )


@check(Role, id="iam-role-within-reference", reads=ROLE_GRANTS)
def within_reference(role: Role, context: Context) -> Iterator[Violation]:
    """A role may do nothing beyond the reference access that the policy file states for it.

    Decided by inclusion: either everything it may do lies within, or a request shows what does not.
    Source: IAM Access Analyzer, "Validate policies with custom policy checks", CheckNoNewAccess.
    """
    reference = _documents_of(context.policy.reference_for(role), context)
    layers = layers_of(role, context.inventory)
    if witness := beyond(layers, reference, role.arn, role.address.account):
        yield Violation(
            "the role may do more than its reference", "nothing beyond the reference", shown(witness)
        )


@check(
    Principal,
    id="iam-managed-policy-exists",
    reads=("attached", "ManagedPolicy.exists", "ManagedPolicy.is_attachable"),
)
def managed_policies_exist(principal: Principal, context: Context) -> Iterator[Violation]:
    """Every attached managed policy exists and can still be attached.

    AWS keeps a deprecated policy attached, but lets nobody attach it again: the next deployment fails.
    Source: IAM User Guide, "Deprecated AWS managed policies"; IAM API Reference, GetPolicy.
    """
    if not principal.attached:
        raise NotApplicable("no managed policy is attached")
    for attached in principal.attached:
        policy = context.inventory.find(ManagedPolicy, attached.arn)
        if policy is None or not policy.exists:
            yield Violation("an attached managed policy does not exist", "a policy that exists", attached.arn)
        elif not policy.is_attachable:
            yield Violation(
                "an attached managed policy is deprecated", "one that can be attached", attached.arn
            )


def _documents_of(reference: Reference, context: Context) -> list[Document]:
    """The reference as IAM documents, with what the deployment knows filled in."""
    run = context.inventory.run
    known = {"account": run.account, "partition": run.partition}
    known |= {"region": run.regions[0]} if len(run.regions) == 1 else {}
    known |= {f"output:{key}": value for key, value in run.outputs.items()}

    def filled(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise Undecided(f"the reference speaks of {match[0]}, which this run does not know")
        return json.dumps(known[match[1]])[1:-1]

    statements = [{"Effect": "Allow", "Action": e.actions, "Resource": e.resources} for e in reference.allow]
    short = [{"Version": "2012-10-17", "Statement": statements}] if statements else []
    documents = [*short, *([reference.document] if reference.document else [])]
    placeholder = re.compile(r"(?<!\$)\{(account|region|partition|output:[^}]+)\}")
    return [parsed(placeholder.sub(filled, json.dumps(each)), "the reference") for each in documents]
