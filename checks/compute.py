"""Functions: who may invoke them, and what they may do themselves."""

from collections.abc import Iterator

from compliance.check import Context, check
from compliance.everywhere import few, sensitive_anywhere
from compliance.grants import ROLE_GRANTS, layers_of
from compliance.models import Function, Role
from compliance.policy.policy import exempt
from compliance.reasoning import deputies_of, exposure_of, public_violations, refuse_doubts, shown_grant
from compliance.verdict import NotApplicable, Violation


@check(Function, id="lambda-policy-not-public", reads=("document",))
def policy_not_public(function: Function, context: Context) -> Iterator[Violation]:
    """A function's resource policy lets no strangers invoke it, neither themselves nor through a service.

    Source: AWS Security Hub User Guide, Lambda.1; AWS Lambda Developer Guide, "Working with resource-based
    IAM policies in Lambda".
    """
    if function.document is None:
        return
    exposure = exposure_of(function.document, function, context.policy, "lambda")
    yield from public_violations(exposure)
    for grant in deputies_of(function.document, function, context.policy, "lambda"):
        expected = "aws:SourceArn or aws:SourceAccount of this account"
        yield Violation("a service may invoke it on a stranger's behalf", expected, shown_grant(grant))
    refuse_doubts(exposure)


@check(Function, id="lambda-role-scoped", reads=("role_arn", *ROLE_GRANTS))
def role_scoped(function: Function, context: Context) -> Iterator[Violation]:
    """The sensitive permissions of a function's execution role name resources.

    Asked as in iam-sensitive-on-any-resource; a role that the policy excepts there is excepted here.
    Source: AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role".
    """
    settings = context.policy.identity
    if not settings.sensitive_actions:
        raise NotApplicable("the policy names no sensitive actions")
    role = context.inventory.find(Role, function.role_arn)
    if role is None:
        yield Violation("the execution role does not exist", "a role of its own", function.role_arn)
        return
    exempt(settings.sensitive_allowed, role)
    layers = layers_of(role, context.inventory)
    for where, actions in sensitive_anywhere(role, layers, settings.sensitive_actions):
        yield Violation(
            "its role may do sensitive actions on every resource",
            "named resources",
            few(actions),
            f"{role.arn}, {where}",
        )
