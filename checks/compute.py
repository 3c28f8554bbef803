"""Functions: who may invoke them, and what they may do themselves."""

from collections.abc import Iterator

from compliance.check import Context, check
from compliance.everywhere import sensitive_anywhere
from compliance.grants import ROLE_GRANTS, layers_of
from compliance.models import Function, Role
from compliance.reasoning import exposure_of, public_violation, shown
from compliance.verdict import NotApplicable, Violation


@check(Function, id="lambda-policy-not-public", reads=("document",))
def policy_not_public(function: Function, context: Context) -> Iterator[Violation]:
    """A function's resource policy lets no strangers invoke it.

    Source: AWS Lambda Developer Guide, "Working with resource-based IAM policies in Lambda".
    """
    if function.document is None:
        return
    exposure = exposure_of(function.document, function.address.account, context.policy, "lambda")
    if violation := public_violation(exposure):
        yield violation


@check(Function, id="lambda-role-scoped", reads=("role_arn", *ROLE_GRANTS))
def role_scoped(function: Function, context: Context) -> Iterator[Violation]:
    """The sensitive permissions of a function's execution role name resources.

    Source: AWS Lambda Developer Guide, "Defining Lambda function permissions with an execution role".
    """
    if not context.policy.identity.sensitive_actions:
        raise NotApplicable("the policy names no sensitive actions")
    role = context.inventory.find(Role, function.role_arn)
    if role is None:
        yield Violation("the execution role does not exist", "a role of its own", function.role_arn)
        return
    layers = layers_of(role, context.inventory)
    for action, witness in sensitive_anywhere(role, layers, context.policy.identity.sensitive_actions):
        yield Violation(f"{action} is allowed on every resource", "named resources", shown(witness), role.arn)
