"""Secrets: who may read them."""

from collections.abc import Iterator

from compliance.check import Context, check
from compliance.models import Secret
from compliance.reasoning import exposure_of, public_violations
from compliance.verdict import Violation


@check(Secret, id="secret-policy-not-public", reads=("document",))
def policy_not_public(secret: Secret, context: Context) -> Iterator[Violation]:
    """A secret's resource policy lets no strangers read it.

    Source: AWS Secrets Manager User Guide, "Resource-based policies", BlockPublicPolicy.
    """
    if secret.document is None:
        return
    yield from public_violations(exposure_of(secret.document, secret, context.policy, "secretsmanager"))
