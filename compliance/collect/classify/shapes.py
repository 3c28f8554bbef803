"""What a value is by its shape alone. Knows nothing of keys."""

from compliance.collect.classify.arns import arn_meaning
from compliance.collect.classify.hosts import host_meaning
from compliance.collect.classify.meaning import PLAIN, Meaning, first_match, table, unlooked

# No other thing is written like this.
_EXACT = table(
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
    (r"(?:tgw|tgw-rtb|vgw|cgw|eigw|vpn|pcx)-{hex}", unlooked("this gateway or connection by itself")),
    (r"(?:pl|dopt|fs|fsap|rtbassoc|sgr|eipassoc|key)-{hex}", unlooked("this part of EC2 or EFS")),
    (r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", PLAIN),
    (r"(?i:true|false|yes|no|enabled|disabled)", PLAIN),
    # A region or a zone, also a local one: eu-west-1, eu-west-1a, us-west-2-lax-1a, euw1-az1.
    (r"{region}(?:-[a-z]{3}-\d)?[a-z]?", PLAIN),
    (r"[a-z]{3,5}\d-az\d", PLAIN),
    # Addresses and blocks of both families.
    (r"\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?", PLAIN),
    (r"(?=[^:]*:[^:]*:)[0-9a-fA-F:]+(?:/\d{1,3})?", PLAIN),
    # A time, a version, an e-mail address.
    (r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?", PLAIN),
    (r"v?\d+\.\d+\.\d+(?:[-+][\w.-]+)?", PLAIN),
    (r"[^@\s:/]+@[^@\s:/]+\.[a-z]+", PLAIN),
)

# Other things are written like this as well: the key's words are asked before.
_LOOSE = table(
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


def exact_meaning(part: str) -> Meaning | None:
    """What a value can only be, whatever its key says; None when its shape alone doesn't tell."""
    if part.startswith("arn:"):
        return arn_meaning(part)
    return first_match(_EXACT, part) or host_meaning(part)


def loose_meaning(part: str) -> Meaning | None:
    """What a value probably is when its key says nothing; None when its shape is no hint."""
    return first_match(_LOOSE, part)
