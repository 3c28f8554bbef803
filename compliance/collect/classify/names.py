"""How resources of each kind may be called where only a name is given. Source: the API references."""

import re

_PATTERNS = {
    "Alarm": r"[^\x00-\x1f\x7f]{1,255}",
    "Bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "Database": r"[A-Za-z][A-Za-z0-9-]{0,62}",
    "Endpoint": r"vpce-[0-9a-z]+",
    "FlowLog": r"fl-[0-9a-z]+",
    "Function": r"[\w-]{1,64}",
    "Gateway": r"(?:igw|nat|tgw-attach)-[0-9a-z]+",
    "Group": r"[\w+=,.@-]{1,128}",
    "Key": r"(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|mrk-[0-9a-f]{32}|alias/[\w/-]+)",
    "LogGroup": r"[\w./#-]{1,512}",
    "ManagedPolicy": r"[\w+=,.@/-]{1,640}",
    "Queue": r"[\w-]{1,80}(?:\.fifo)?",
    "Role": r"[\w+=,.@-]{1,64}",
    "RouteTable": r"rtb-[0-9a-z]+",
    "Secret": r"[\w/+=.@-]{1,512}",
    "SecurityGroup": r"sg-[0-9a-z]+",
    "Stack": r"[A-Za-z][A-Za-z0-9-]{0,127}",
    "Subnet": r"subnet-[0-9a-z]+",
    "Topic": r"[\w-]{1,256}(?:\.fifo)?",
    "Trail": r"[A-Za-z0-9][\w.-]{1,126}[A-Za-z0-9]",
    "User": r"[\w+=,.@-]{1,64}",
    "Vpc": r"vpc-[0-9a-z]+",
}

# A function's name may carry a version or an alias.
_QUALIFIED = {"Function": r"(?::[\w$-]{1,128})?"}

_NAMES = {
    kind: re.compile(f"(?P<name>{pattern}){_QUALIFIED.get(kind, '')}", re.ASCII)
    for kind, pattern in _PATTERNS.items()
}


def name_in(kind: str, text: str) -> str | None:
    """The name of a resource of this kind that the text is; None when none can be called so."""
    match = _NAMES[kind].fullmatch(text)
    return match["name"] if match else None
