"""Keys: whom their policies let in."""

from collections.abc import Iterator

from compliance.access import Layers, Request, evaluate, parse
from compliance.check import Context, check
from compliance.models import Key, LogGroup
from compliance.reasoning import exposure_of, public_violation
from compliance.verdict import NotApplicable, Violation

# Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS", step 2.
NEEDED_BY_LOGS = (
    "kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
    "kms:DescribeKey",
)  # fmt: skip
ENCRYPTED = "kms:EncryptionContext:aws:logs:arn"
FOREIGN_ACCOUNT = "999999999999"


@check(Key, id="kms-policy-not-public", reads=("document",))
def policy_not_public(key: Key, context: Context) -> Iterator[Violation]:
    """A key's policy lets no strangers use it.

    Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, Access Analyzer, KMS keys.
    """
    if violation := public_violation(exposure_of(key.document, key.address.account, context.policy, "kms")):
        yield violation


@check(Key, id="kms-logs-key-policy", reads=("document", "LogGroup.key_arn"))
def logs_key_policy(key: Key, context: Context) -> Iterator[Violation]:
    """A key that encrypts log groups lets the log service use it, for this account's groups alone.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
    """
    groups = [each for each in context.inventory.of(LogGroup) if each.key_arn in {key.arn, key.name}]
    if not groups:
        raise NotApplicable("no log group in scope is encrypted with it")
    layers = Layers(resource_policy=parse(key.document))
    for group in groups:
        refused = [action for action in NEEDED_BY_LOGS if not _may(layers, key, action, group.arn)]
        if refused:
            expected = f"{_service(key)} may {', '.join(NEEDED_BY_LOGS)}"
            yield Violation(
                "the key does not let the log service in", expected, f"not {', '.join(refused)}", group.arn
            )
    stranger = groups[0].arn.replace(f":{key.address.account}:", f":{FOREIGN_ACCOUNT}:")
    if taken := [action for action in NEEDED_BY_LOGS if _may(layers, key, action, stranger)]:
        expected = f"{ENCRYPTED} limited to log groups of {key.address.account}"
        yield Violation(
            "the key lets the log service in for other accounts' groups", expected, ", ".join(taken), stranger
        )


def _may(layers: Layers, key: Key, action: str, group_arn: str) -> bool:
    return evaluate(Request(_service(key), action, key.arn, context={ENCRYPTED: group_arn}), layers).allowed


def _service(key: Key) -> str:
    return f"logs.{key.address.region}.amazonaws.com"
