"""ARNs: from a handle to its ARN, and from an ARN to a handle."""

from collections.abc import Mapping

from compliance.address import GLOBAL
from compliance.collect.classify.arns import arn_meaning
from compliance.collect.classify.meaning import Named
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import GLOBAL_KINDS

# What follows `arn:partition:`; {r}egion, {a}ccount, {n}ame. Kinds without a row have no ARN.
_ARNS: Mapping[str, str] = {
    "Alarm": "cloudwatch:{r}:{a}:alarm:{n}",
    "Bucket": "s3:::{n}",
    "Database": "rds:{r}:{a}:db:{n}",
    "Endpoint": "ec2:{r}:{a}:vpc-endpoint/{n}",
    "FlowLog": "ec2:{r}:{a}:vpc-flow-log/{n}",
    "Function": "lambda:{r}:{a}:function:{n}",
    "Group": "iam::{a}:group/{n}",
    "Key": "kms:{r}:{a}:key/{n}",
    "LogGroup": "logs:{r}:{a}:log-group:{n}",
    "Queue": "sqs:{r}:{a}:{n}",
    "Role": "iam::{a}:role/{n}",
    "RouteTable": "ec2:{r}:{a}:route-table/{n}",
    "Secret": "secretsmanager:{r}:{a}:secret:{n}",
    "SecurityGroup": "ec2:{r}:{a}:security-group/{n}",
    "Stack": "cloudformation:{r}:{a}:stack/{n}",
    "Subnet": "ec2:{r}:{a}:subnet/{n}",
    "Topic": "sns:{r}:{a}:{n}",
    "Trail": "cloudtrail:{r}:{a}:trail/{n}",
    "User": "iam::{a}:user/{n}",
    "Vpc": "ec2:{r}:{a}:vpc/{n}",
}
_GATEWAYS = {"igw": "internet-gateway", "nat": "natgateway", "tgw": "transit-gateway-attachment"}


def arn_of(handle: Handle, partition: str) -> str:
    """The handle's ARN, built from its name unless it came with one; empty where the kind has none."""
    if handle.arn:
        return handle.arn
    if handle.kind == "ManagedPolicy":
        owner, _, path = handle.name.rpartition(":")
        return f"arn:{partition}:iam::{owner or handle.account}:policy/{path}"
    pattern = _ARNS.get(handle.kind, "")
    if handle.kind == "Gateway":
        pattern = f"ec2:{{r}}:{{a}}:{_GATEWAYS[handle.name.partition('-')[0]]}/{{n}}"
    elif handle.kind == "Key" and handle.name.startswith("alias/"):
        pattern = "kms:{r}:{a}:{n}"
    rest = pattern.format(r=handle.region, a=handle.account, n=handle.name)
    return rest and f"arn:{partition}:{rest}"


def handle_of(at: Reach, arn: str) -> Handle | None:
    """The resource that the ARN names, None if it is of no kind that checks look at."""
    found = arn_meaning(arn)
    if not isinstance(found, Named):
        return None
    region = GLOBAL if found.kind in GLOBAL_KINDS else found.region or at.region
    # A managed policy of AWS itself belongs to no account, and is read from this one.
    account = at.account if found.account in (None, "aws") else found.account
    return Handle(found.kind, found.name, account, region, normal_arn(found.kind, arn))


def normal_arn(kind: str, arn: str) -> str:
    """The ARN as the resource itself has it: no `:*` of a log group, no qualifier, no object key."""
    parts = arn.split(":")
    if kind in {"LogGroup", "Function", "Secret"}:
        return ":".join(parts[:7])
    return arn.partition("/")[0] if kind == "Bucket" else arn
