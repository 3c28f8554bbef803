"""Numbers, dates, addresses, booleans and bytes as condition values spell them. None: it is not one.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Beyond this an epoch counts milliseconds: as seconds it would be the year 5138.
_LARGEST_EPOCH_S = 99_999_999_999


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """Read an integer or decimal number."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


@lru_cache(maxsize=4096)
def instant_us(text: str) -> int | None:
    """Read microseconds since 1970 from an ISO 8601 date or time (UTC by default) or an epoch."""
    epoch = number(text)
    if epoch is not None:
        scale = 1_000 if abs(epoch) > _LARGEST_EPOCH_S else 1_000_000
        return int(epoch * scale)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


@lru_cache(maxsize=4096)
def address(text: str) -> Address | None:
    """Read one IPv4 or IPv6 address."""
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """Read a CIDR block; a bare address is a /32 or /128. Host bits may be set, as AWS accepts."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def boolean(text: str) -> bool | None:
    """Read `true` or `false`, in any case."""
    return {"true": True, "false": False}.get(text.lower())


@lru_cache(maxsize=4096)
def octets(text: str) -> bytes | None:
    """Read the bytes that base64 text stands for."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
