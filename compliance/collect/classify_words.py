"""What an output's key says that its value is: tables of words. Knows no shapes but those of names."""

import re

from compliance.collect.classify_shapes import PLAIN, Meaning, Named, Unclear, unlooked

# The longest phrase at the key's end counts; words are in lower case and singular.
_KINDS = {
    "function": "Function",
    "lambda": "Function",
    "fn": "Function",
    "db instance": "Database",
    "database instance": "Database",
    "rds instance": "Database",
    "database": "Database",
    "db": "Database",
    "rds": "Database",
    "secret name": "Secret",
    "secret id": "Secret",
    "secret arn": "Secret",
    "stack": "Stack",
    "role": "Role",
    "user": "User",
    "group": "Group",
    "managed policy": "ManagedPolicy",
    "key": "Key",
    "key alias": "Key",
    "cmk": "Key",
    "kms": "Key",
    "log group": "LogGroup",
    "loggroup": "LogGroup",
    "topic": "Topic",
    "sns": "Topic",
    "queue": "Queue",
    "sqs": "Queue",
    "dlq": "Queue",
    "alarm": "Alarm",
    "vpc": "Vpc",
    "subnet": "Subnet",
    "route table": "RouteTable",
    "gateway": "Gateway",
    "nat": "Gateway",
    "igw": "Gateway",
    "transit gateway attachment": "Gateway",
    "tgw attachment": "Gateway",
    "security group": "SecurityGroup",
    "sg": "SecurityGroup",
    "vpc endpoint": "Endpoint",
    "gateway endpoint": "Endpoint",
    "interface endpoint": "Endpoint",
    "flow log": "FlowLog",
    "flowlog": "FlowLog",
    "bucket": "Bucket",
    "trail": "Trail",
    "cloudtrail": "Trail",
}

_UNLOOKED = {
    "api": "an API",
    "api gateway": "an API",
    "auto scaling group": "an auto scaling group",
    "autoscaling group": "an auto scaling group",
    "scaling group": "an auto scaling group",
    "balancer": "a load balancer",
    "certificate": "a certificate",
    "cluster": "a cluster",
    "dashboard": "a dashboard",
    "deployment": "a deployment",
    "document db": "a document database",
    "dynamo db": "a table",
    "dynamodb": "a table",
    "distribution": "a CloudFront distribution",
    "detector": "a GuardDuty detector",
    "hosted zone": "a hosted zone",
    "image": "an image",
    "instance": "an instance",
    "instance profile": "an instance profile",
    "key pair": "a key pair",
    "key group": "a key group",
    "layer": "a layer",
    "listener": "a listener",
    "machine": "a state machine",
    "mapping": "a mapping",
    "option group": "an option group",
    "parameter": "a parameter",
    "parameter group": "a parameter group",
    "pipeline": "a pipeline",
    "placement group": "a placement group",
    "pool": "a user or identity pool",
    "repository": "a repository",
    "resource group": "a resource group",
    "rule": "a rule",
    "ssh key": "a key pair",
    "state machine": "a state machine",
    "stream": "a stream",
    "log stream": "a stream",
    "subnet group": "a subnet group",
    "subscription": "a subscription",
    "table": "a table",
    "target group": "a target group",
    "template": "a template",
    "transit gateway": "a transit gateway by itself",
    "tgw": "a transit gateway by itself",
    "user pool": "a user pool",
    "volume": "a volume",
    "web acl": "a web ACL",
}

_UNCLEAR = {
    "database name": "it may be an instance's identifier or a database in it; DatabaseIdentifier would say",
    "db name": "it may be an instance's identifier or a database in it; DbIdentifier would say",
    "policy": "it may be an inline policy, which has no address; ManagedPolicyName or an ARN would say",
    "secret": "it may be the secret itself; SecretName or an ARN would say",
}

# What follows a resource's word to name it, and says no more than the word.
_NAMING = frozenset(
    {"name", "id", "identifier", "arn", "ref", "resource", "physical", "value", "output", "list"}
    | set("abcdef")
)

# What an environment is told, not what was made in it.
_PROPERTIES = frozenset(
    {
        # where it is
        "account",
        "address",
        "az",
        "domain",
        "dns",
        "endpoint",
        "host",
        "hostname",
        "link",
        "location",
        "partition",
        "path",
        "port",
        "protocol",
        "region",
        "uri",
        "url",
        "website",
        "zone",
        # what it is part of
        "application",
        "environment",
        "env",
        "owner",
        "prefix",
        "project",
        "service",
        "stage",
        "suffix",
        "system",
        "tag",
        "team",
        "tenant",
        "tier",
        "workload",
        # how much, how long, when
        "capacity",
        "class",
        "cost",
        "count",
        "created",
        "day",
        "hour",
        "minute",
        "month",
        "number",
        "percent",
        "period",
        "range",
        "retention",
        "schedule",
        "second",
        "size",
        "threshold",
        "time",
        "timeout",
        "timestamp",
        "ttl",
        "unit",
        "updated",
        "week",
        # what state it is in, and who says so
        "branch",
        "build",
        "cidr",
        "commit",
        "description",
        "email",
        "enabled",
        "engine",
        "login",
        "message",
        "mode",
        "note",
        "runtime",
        "state",
        "status",
        "title",
        "type",
        "username",
        "version",
    }
)
_LOGINS = frozenset({"db user", "database user", "master user", "admin user"})

_NAMES = {
    kind: re.compile(pattern, re.ASCII)
    for kind, pattern in {
        "Function": r"(?P<name>[\w-]{1,64})(?::[\w$-]+)?",
        "Database": r"(?P<name>[A-Za-z][A-Za-z0-9-]{0,62})",
        "Secret": r"(?P<name>[\w/+=.@-]{1,512})",
        "Stack": r"(?P<name>[A-Za-z][A-Za-z0-9-]{0,127})",
        "Role": r"(?P<name>[\w+=,.@-]{1,64})",
        "User": r"(?P<name>[\w+=,.@-]{1,64})",
        "Group": r"(?P<name>[\w+=,.@-]{1,128})",
        "ManagedPolicy": r"(?P<name>[\w+=,.@/-]{1,128})",
        "LogGroup": r"(?P<name>[\w./#-]{1,512})",
        "Topic": r"(?P<name>[\w-]{1,256}(?:\.fifo)?)",
        "Queue": r"(?P<name>[\w-]{1,80}(?:\.fifo)?)",
        "Alarm": r"(?P<name>[^\x00-\x1f\x7f]{1,255})",
        "Bucket": r"(?P<name>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])",
        "Trail": r"(?P<name>[A-Za-z0-9][\w.-]{1,126}[A-Za-z0-9])",
        "Key": r"(?P<name>(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[\w/-]+))",
        "Vpc": r"(?P<name>vpc-[0-9a-z]+)",
        "Subnet": r"(?P<name>subnet-[0-9a-z]+)",
        "RouteTable": r"(?P<name>rtb-[0-9a-z]+)",
        "Gateway": r"(?P<name>(?:igw|nat|tgw-attach)-[0-9a-z]+)",
        "SecurityGroup": r"(?P<name>sg-[0-9a-z]+)",
        "Endpoint": r"(?P<name>vpce-[0-9a-z]+)",
        "FlowLog": r"(?P<name>fl-[0-9a-z]+)",
    }.items()
}
"""How a resource of each kind may be called where only its name is given."""

_MEANINGS: dict[str, Meaning | str] = {
    **_KINDS,
    **{phrase: unlooked(thing) for phrase, thing in _UNLOOKED.items()},
    **{phrase: Unclear(reason) for phrase, reason in _UNCLEAR.items()},
    **dict.fromkeys(_PROPERTIES | _LOGINS, PLAIN),
}

# CDK appends eight hexadecimal digits to a logical id, and again to an export of it.
_CDK_EXPORT = re.compile(r"^ExportsOutput(?:Ref|FnGetAtt)(?=[A-Z])")
_CDK_HASH = re.compile(r"(?<=[A-Za-z0-9])(?:[0-9A-F]{8}){1,2}(?=$|[A-Z][a-z]|[_-])")
_WORD = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SINGULARS = frozenset({"sns", "sqs", "kms", "rds", "dns", "aws", "address", "access", "class", "status"})
_MAX_KEY_LENGTH = 256


def words_of(key: str) -> tuple[str, ...]:
    """A key's words in lower case and singular; digits, CDK hashes and a `Stack.` in front are dropped."""
    name = _CDK_EXPORT.sub("", key[-_MAX_KEY_LENGTH:].rpartition(".")[2])
    return tuple(_singular(word.lower()) for word in _WORD.findall(_CDK_HASH.sub("", name)))


def worded_meaning(key: str, part: str) -> Meaning | str | None:
    """What the key says that the value is; None when it says nothing of a resource.

    A kind's name instead: the key speaks of that kind, but none can be called like this.
    """
    found = _meaning_of(words_of(key))
    if not isinstance(found, str):
        return found
    match = _NAMES[found].fullmatch(part)
    return Named(found, match["name"]) if match else found


def _meaning_of(words: tuple[str, ...]) -> Meaning | str | None:
    """The longest phrase that the words end with, before or after words that merely name it."""
    for end in range(len(words), 0, -1):
        for start in range(max(0, end - 3), end):
            phrase = " ".join(words[start:end])
            if phrase in _MEANINGS:
                return _MEANINGS[phrase]
        if words[end - 1] not in _NAMING:
            return None
    return None


def _singular(word: str) -> str:
    if word in _SINGULARS or not word.endswith("s"):
        return word
    return word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")
