"""What the checks of secrets say."""

from compliance.models import Secret
from tests.builders import STRANGER, admit, arn, document, made
from tests.checks.case import FAIL, PASS, cases_of
from tests.checks.cases.strangers import public_cases

READ = "secretsmanager:GetSecretValue"


def secret(text):
    return made(Secret, "db", document=text)


public = cases_of("secret-policy-not-public")

CASES = [
    *public_cases("secret-policy-not-public", secret, READ, "*"),
    public(PASS, "no policy at all", secret(None)),
    public(PASS, "another account is not the public", secret(document(admit({"AWS": STRANGER}, READ, "*")))),
    public(
        FAIL,
        "every resource is this secret",
        secret(document(admit("*", READ, "*", Sid="Open"))),
        says=f"anyone may {READ} {arn('Secret', 'db')}, by statement Open",
    ),
]
