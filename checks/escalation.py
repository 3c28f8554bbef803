"""Privilege escalation: what a principal can make of what it has."""

from collections.abc import Iterator

from compliance.check import Context, check
from compliance.escalation import READS, paths_from
from compliance.models import Principal, Role, User
from compliance.policy.policy import exempt
from compliance.verdict import Undecided, Violation

SHOWN = 3
"""How many paths of a principal are told; mending the first usually mends the others."""


@check(Role, User, id="iam-no-privilege-escalation", reads=READS)
def no_privilege_escalation(principal: Principal, context: Context) -> Iterator[Violation]:
    """No principal reaches more than it has by a known escalation method.

    Asked over effective permissions: groups, boundaries, Deny statements and the trust of passed roles count,
    and a target that has nothing more is none. Every step of a path was replayed.
    Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; public catalogues of
    escalation methods.
    """
    exempt(context.policy.identity.escalation_allowed, principal)
    found = paths_from(principal.arn, context.inventory)
    sure = [path for path in found if not path.doubts]
    for path in sure[:SHOWN]:
        yield Violation(
            f"it can reach what {path.end.label} may do",
            "nothing beyond its own access",
            str(path),
            path.end.arn,
        )
    if found and not sure:
        raise Undecided(f"{found[0]}: {'; '.join(found[0].doubts)}")
