"""Keys: whom their policies let in."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.access import Layers, Request, evaluate
from compliance.check import Context, check
from compliance.models import Key, LogGroup
from compliance.reasoning import allowed, exposure_of, hung_on, public_violations, requests, shown
from compliance.verdict import NotApplicable, Violation

# Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS", step 2.
NEEDED_BY_LOGS = (
    "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
    "kms:DescribeKey",
)  # fmt: skip
ENCRYPTED = "kms:EncryptionContext:aws:logs:arn"


@check(Key, id="kms-policy-not-public", reads=("document",))
def policy_not_public(key: Key, context: Context) -> Iterator[Violation]:
    """A key's policy lets no strangers use it.

    Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, Access Analyzer, KMS keys.
    """
    yield from public_violations(exposure_of(key.document, key, context.policy, "kms"))


@check(Key, id="kms-logs-key-policy", reads=("document", "LogGroup.key_arn"))
def logs_key_policy(key: Key, context: Context) -> Iterator[Violation]:
    """A key that encrypts log groups lets the log service use it, for this account's groups alone.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    groups = [each for each in context.inventory.of(LogGroup) if each.key_arn in {key.arn, key.name}]
    if not groups:
        raise NotApplicable("no log group in scope is encrypted with it")
    layers = Layers(resource_policy=hung_on(key, key.document))
    service = f"logs.{key.address.region}.amazonaws.com"
    for group in groups:
        yield from _shut_out(layers, service, key, group)
    asked = requests(NEEDED_BY_LOGS, [key.arn], _others(key))
    if witness := allowed(layers, asked, service, key.address.account):
        expected = f"{ENCRYPTED} limited to log groups of {key.address.account}"
        yield Violation(
            "the key lets the log service in for other accounts' groups", expected, shown(witness)
        )


def _shut_out(layers: Layers, service: str, key: Key, group: LogGroup) -> Iterator[Violation]:
    """What the log service needs for the group and may not do."""
    said = {ENCRYPTED: group.arn, "aws:PrincipalIsAWSService": "true"}
    asked = (Request(service, action, key.arn, context=said) for action in NEEDED_BY_LOGS)
    if refused := [each.action for each in asked if not evaluate(each, layers).allowed]:
        expected = f"{service} may {', '.join(NEEDED_BY_LOGS)}"
        actual = f"it may not {', '.join(refused)}"
        yield Violation("the key does not let the log service in", expected, actual, group.arn)


def _others(key: Key) -> Mapping[str, Mapping[str, Any]]:
    """What the log service says when it works for another account's group; no name has a colon."""
    account, region, partition = key.address.account, key.address.region, key.arn.split(":")[1]
    return {
        "ArnLike": {ENCRYPTED: f"arn:{partition}:logs:{region}:????????????:log-group:?*"},
        "StringNotLike": {ENCRYPTED: "*:log-group:*:*"},
        "ArnNotLike": {ENCRYPTED: f"arn:*:*:*:{account}:*", "aws:SourceArn": f"arn:*:*:*:{account}:*"},
        "StringNotEquals": {"aws:SourceAccount": account},
    }
