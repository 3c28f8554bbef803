"""What an ARN names. Source: Service Authorization Reference, "Resource types defined by …"."""

import re

from compliance.collect.classify.meaning import Meaning, Unclear, first_match, table, unlooked

# Without `arn:partition:`. A qualifier, a stream, an object or an id may follow the name.
_ARNS = table(
    (r"cloudformation:{region}:{account}:stack/{name}{more}", "Stack"),
    (r"cloudtrail:{region}:{account}:trail/{name}", "Trail"),
    (r"cloudwatch:{region}:{account}:alarm:{any name}", "Alarm"),
    (r"ec2:{region}:{account}:internet-gateway/{name}", "Gateway"),
    (r"ec2:{region}:{account}:natgateway/{name}", "Gateway"),
    (r"ec2:{region}:{account}:route-table/{name}", "RouteTable"),
    (r"ec2:{region}:{account}:security-group/{name}", "SecurityGroup"),
    (r"ec2:{region}:{account}:subnet/{name}", "Subnet"),
    (r"ec2:{region}:{account}:transit-gateway-attachment/{name}", "Gateway"),
    (r"ec2:{region}:{account}:vpc-endpoint/{name}", "Endpoint"),
    (r"ec2:{region}:{account}:vpc-flow-log/{name}", "FlowLog"),
    (r"ec2:{region}:{account}:vpc/{name}", "Vpc"),
    (r"iam::{account or aws}:policy/{path/name}", "ManagedPolicy"),
    (r"iam::{account}:group/{path/}{name}", "Group"),
    (r"iam::{account}:role/{path/}{name}", "Role"),
    (r"iam::{account}:user/{path/}{name}", "User"),
    (r"kms:{region}:{account}:(?P<name>alias/[\w/-]+)", "Key"),
    (r"kms:{region}:{account}:key/{name}", "Key"),
    (r"lambda:{region}:{account}:function:{name}{more}", "Function"),
    (r"logs:{region}:{account}:log-group:{path/name}{more}", "LogGroup"),
    (r"rds:{region}:{account}:db:{name}", "Database"),
    (r"s3:::{bucket}{more}", "Bucket"),
    (r"secretsmanager:{region}:{account}:secret:{path/name}{more}", "Secret"),
    (r"sns:{region}:{account}:{name}", "Topic"),
    (r"sns:{region}:{account}:{name}:{uuid}", unlooked("sns subscription")),
    (r"sqs:{region}:{account}:{name}", "Queue"),
    (r"sts::{account}:assumed-role/{name}/.*", "Role"),
    (r"[^*]*\*.*", Unclear("it is a pattern of ARNs, not the ARN of one resource")),
)

_ARN = re.compile(r"arn:aws[a-z-]*:(?P<rest>(?P<service>[a-z0-9-]+):[^:]*:[^:]*:[:/]?(?P<type>\w[\w-]*)?.*)")


def arn_meaning(arn: str) -> Meaning:
    """What a text that starts like an ARN names. Every partition is read."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return Unclear("it starts like an ARN, but isn't one: arn:partition:service:region:account:resource")
    return first_match(_ARNS, match["rest"]) or unlooked(f"{match['service']} {match['type'] or ''}".strip())
