"""What a value is by its shape alone: tables of patterns. Knows nothing of keys or files."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """The value names a resource of a kind that checks look at."""

    kind: str
    name: str
    account: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """The value may name something, but nothing that could be looked up, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Plain:
    """The value names no resource and isn't meant to: a number, a region, a web page."""


Meaning = Named | Unclear | Plain

PLAIN = Plain()


def unlooked(thing: str) -> Unclear:
    """AWS has it, but no check looks at it."""
    return Unclear(f"no check looks at {thing}")


# What the tables below write in braces.
_TERMS = {
    "{region}": (
        r"(?P<region>(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|de|iso[a-z]?))?"
        r"-(?:(?:north|south)(?:east|west)?|east|west|central)-\d)"
    ),
    "{account}": r"(?P<account>\d{12})",
    "{owner}": r"(?P<account>\d{12}|aws)",
    "{name}": r"(?P<name>[^\x00-\x20\x7f:/]+)",
    "{path/name}": r"(?P<name>[^\x00-\x20\x7f:]+)",
    "{any name}": r"(?P<name>[^\x00-\x1f\x7f]+)",
    "{path/}": r"(?:[^\x00-\x20\x7f:]+/)?",
    "{bucket}": r"(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])",
    "{aws}": r"amazonaws\.com(?:\.cn)?",
    "{more}": r"(?:[:/].*)?",
    "{hex}": r"(?:[0-9a-f]{8}|[0-9a-f]{17})",
    "{short hex}": r"(?=[a-f]*\d)[0-9a-f]+",
    "{uuid}": r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
}

_Row = tuple[re.Pattern[str], str | Unclear | Plain]


def _table(*rows: tuple[str, str | Unclear | Plain]) -> tuple[_Row, ...]:
    return tuple((_pattern(template), found) for template, found in rows)


def _pattern(template: str) -> re.Pattern[str]:
    for term, written in _TERMS.items():
        template = template.replace(term, written)
    return re.compile(template, re.ASCII)


# An ARN without `arn:partition:`.
_ARNS = _table(
    (r"s3:::{bucket}{more}", "Bucket"),
    (r"ec2:{region}:{account}:vpc/{name}", "Vpc"),
    (r"ec2:{region}:{account}:subnet/{name}", "Subnet"),
    (r"ec2:{region}:{account}:route-table/{name}", "RouteTable"),
    (r"ec2:{region}:{account}:internet-gateway/{name}", "Gateway"),
    (r"ec2:{region}:{account}:natgateway/{name}", "Gateway"),
    (r"ec2:{region}:{account}:transit-gateway-attachment/{name}", "Gateway"),
    (r"ec2:{region}:{account}:security-group/{name}", "SecurityGroup"),
    (r"ec2:{region}:{account}:vpc-endpoint/{name}", "Endpoint"),
    (r"ec2:{region}:{account}:vpc-flow-log/{name}", "FlowLog"),
    (r"kms:{region}:{account}:key/{name}", "Key"),
    (r"kms:{region}:{account}:(?P<name>alias/[^\x00-\x20\x7f:]+)", "Key"),
    (r"logs:{region}:{account}:log-group:{path/name}{more}", "LogGroup"),
    (r"sns:{region}:{account}:{name}", "Topic"),
    (r"sns:{region}:{account}:{name}:[0-9a-f-]{36}", unlooked("an SNS subscription")),
    (r"sqs:{region}:{account}:{name}", "Queue"),
    (r"iam::{account}:role/{path/}{name}", "Role"),
    (r"sts::{account}:assumed-role/{name}/.*", "Role"),
    (r"iam::{account}:user/{path/}{name}", "User"),
    (r"iam::{account}:group/{path/}{name}", "Group"),
    (r"iam::{owner}:policy/{path/name}", "ManagedPolicy"),
    (r"lambda:{region}:{account}:function:{name}{more}", "Function"),
    (r"rds:{region}:{account}:db:{name}", "Database"),
    (r"secretsmanager:{region}:{account}:secret:{path/name}{more}", "Secret"),
    (r"cloudformation:{region}:{account}:stack/{name}{more}", "Stack"),
    (r"cloudwatch:{region}:{account}:alarm:{any name}", "Alarm"),
    (r"cloudtrail:{region}:{account}:trail/{name}", "Trail"),
)

# `host/path` of a URL, or a host alone; scheme, user, port and query are gone.
_HOSTS = _table(
    (r"(?P<name>[a-z][a-z0-9-]*)\.cluster-[a-z0-9-]+\.{region}\.rds\.{aws}", unlooked("an RDS cluster")),
    (r"(?P<name>[a-z][a-z0-9-]*)\.proxy-[a-z0-9-]+\.{region}\.rds\.{aws}", unlooked("an RDS proxy")),
    (r"(?P<name>[a-z][a-z0-9-]*)\.[a-z0-9]+\.{region}\.rds\.{aws}{more}", "Database"),
    (r"{bucket}\.s3(?:-website|-accelerate|-fips)?(?:\.dualstack)?(?:[.-]{region})?\.{aws}{more}", "Bucket"),
    (r"s3(?:-fips)?(?:\.dualstack)?(?:[.-]{region})?\.{aws}/{bucket}{more}", "Bucket"),
    (r"sqs(?:-fips)?\.{region}\.{aws}/{account}/{name}", "Queue"),
    (r"(?:{region}\.)?queue\.{aws}/{account}/{name}", "Queue"),
    # An emulator's queue.
    (r"(?:[a-z0-9.-]*localhost[a-z0-9.-]*|127\.\d+\.\d+\.\d+)/{account}/{name}", "Queue"),
    (r"(?P<name>vpce-[0-9a-f]+)-[a-z0-9.-]+\.{region}\.vpce\.{aws}{more}", "Endpoint"),
    (r"[a-z0-9.-]+\.execute-api\..*", unlooked("an API")),
    (r"[a-z0-9]+\.lambda-url\..*", unlooked("a function's URL")),
    (r"[a-z0-9.-]+\.elb\.{region}\.{aws}{more}|[a-z0-9.-]+\.elb\.{aws}{more}", unlooked("a load balancer")),
    (r"[a-z0-9]+\.cloudfront\.net{more}", unlooked("a CloudFront distribution")),
    (r"[a-z0-9.-]+\.dkr\.ecr\..*", unlooked("a container repository")),
    (r"(?:[a-z0-9-]+\.)*{aws}{more}", unlooked("this AWS endpoint")),
)

# No other thing is written like this.
_EXACT = _table(
    (r"(?P<name>vpc-{hex})", "Vpc"),
    (r"(?P<name>subnet-{hex})", "Subnet"),
    (r"(?P<name>rtb-{hex})", "RouteTable"),
    (r"(?P<name>(?:igw|nat|tgw-attach)-{hex})", "Gateway"),
    (r"(?P<name>sg-{hex})", "SecurityGroup"),
    (r"(?P<name>vpce-{hex})", "Endpoint"),
    (r"(?P<name>fl-{hex})", "FlowLog"),
    (r"(?P<name>mrk-[0-9a-f]{32})", "Key"),
    (r"(?P<name>alias/[\w/-]+)", "Key"),
    (r"s3://{bucket}{more}", "Bucket"),
    (r"/aws/(?:service|reference)/.*", unlooked("a parameter")),
    (r"(?P<name>/aws/[\w./#-]+)", "LogGroup"),
    (r"i-{hex}", unlooked("an instance")),
    (r"eni-{hex}", unlooked("a network interface")),
    (r"eipalloc-{hex}", unlooked("an elastic address")),
    (r"ami-{hex}", unlooked("an image")),
    (r"(?:vol|snap)-{hex}", unlooked("a volume or its snapshot")),
    (r"lt-{hex}", unlooked("a launch template")),
    (r"acl-{hex}", unlooked("a network ACL by itself")),
    (r"(?:tgw|tgw-rtb|vgw|cgw|eigw|vpn|pcx|lgw)-{hex}", unlooked("this gateway or connection by itself")),
    (r"(?:pl|dopt|fs|fsap|rtbassoc|sgr|eipassoc|key)-{hex}", unlooked("this part of EC2 or EFS")),
    (r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", PLAIN),
    (r"(?i:true|false|yes|no|enabled|disabled)", PLAIN),
    (r"{region}(?:-[a-z]{3}-\d)?[a-z]?", PLAIN),
    (r"[a-z]{3,5}\d-az\d", PLAIN),
    (r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?", PLAIN),
    (r"(?=[^:]*:[^:]*:)[0-9a-fA-F:]+(?:/\d{1,3})?", PLAIN),
    (r"\d{4}-\d\d-\d\d(?:[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?)?", PLAIN),
    (r"v?\d+\.\d+\.\d+(?:[-+][\w.-]+)?", PLAIN),
    (r"[^@\s]+@[^@\s]+\.[a-z]+", PLAIN),
)

# Other things are written like this as well: the key's words are asked before.
_LOOSE = _table(
    (r"(?P<name>{uuid})", "Key"),
    (r"(?P<name>/[\w./#-]+)", "LogGroup"),
    (r"(?P<name>vpc-{short hex})", "Vpc"),
    (r"(?P<name>subnet-{short hex})", "Subnet"),
    (r"(?P<name>rtb-{short hex})", "RouteTable"),
    (r"(?P<name>(?:igw|nat|tgw-attach)-{short hex})", "Gateway"),
    (r"(?P<name>sg-{short hex})", "SecurityGroup"),
    (r"(?P<name>vpce-{short hex})", "Endpoint"),
    (r"(?P<name>fl-{short hex})", "FlowLog"),
    (r"(?:i|eni|ami|vol|snap|lt|tgw|pcx|acl)-{short hex}", unlooked("this part of EC2")),
)

_ARN = re.compile(
    r"arn:aws[a-z-]*:(?P<rest>(?P<service>[a-z0-9-]+):[^:]*:[^:]*:(?P<type>[^:/]*).*)", re.DOTALL
)
_URL = re.compile(
    r"(?P<scheme>(?:[a-z0-9]+:)?[a-z][a-z0-9+.-]*://(?:[^@/\s]*@)?)?"
    r"(?P<host>[A-Za-z0-9.-]+)(?::\d+)?(?P<path>/[^?#\s]*)?(?:[?#].*)?"
)


def exact_meaning(part: str) -> Meaning | None:
    """What a value can only be, whatever its key says; None when its shape alone doesn't tell."""
    if part.startswith("arn:"):
        return _arn_meaning(part)
    return _first(_EXACT, part) or _url_meaning(part)


def loose_meaning(part: str) -> Meaning | None:
    """What a value probably is when its key says nothing; None when its shape is no hint."""
    return _first(_LOOSE, part)


def _first(table: tuple[_Row, ...], text: str) -> Meaning | None:
    for pattern, found in table:
        match = pattern.fullmatch(text)
        if match:
            return _named(found, match) if isinstance(found, str) else found
    return None


def _named(kind: str, match: re.Match[str]) -> Named:
    said = match.groupdict()
    if said.get("account") == "aws":
        return Named(kind, f"aws:{said['name']}")
    return Named(kind, said["name"], said.get("account"), said.get("region"))


def _arn_meaning(arn: str) -> Meaning:
    match = _ARN.fullmatch(arn)
    if match is None:
        return Unclear("it starts like an ARN, but isn't one: arn:partition:service:region:account:resource")
    thing = " ".join(filter(None, (match["service"], match["type"] or None)))
    return _first(_ARNS, match["rest"].removesuffix(":*")) or unlooked(thing)


def _url_meaning(text: str) -> Meaning | None:
    if "." not in text and "://" not in text:
        return None
    match = _URL.fullmatch(text)
    if match is None:
        return None
    found = _first(_HOSTS, match["host"].lower() + (match["path"] or "").rstrip("/"))
    return found or (PLAIN if match["scheme"] else None)
