"""Saving and loading an inventory: JSON Lines, one resource a line, the run first.

The format is versioned and strict: a file that does not fit says where, and nothing is guessed. Writing is
atomic: either the whole file is there, or the one from before.
"""

from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from compliance.address import Address
from compliance.errors import InventoryError
from compliance.evidence import Known, Unreadable
from compliance.files import write_lines
from compliance.inventory.inventory import Inventory, Missing, Run
from compliance.models import KINDS, Resource
from compliance.models.network import Network
from compliance.text import printable

_NETWORK: Any = Network
FORMAT = "compliance-inventory/1"


class _Row(msgspec.Struct, omit_defaults=True):
    address: str
    arn: str
    output_key: str | None = None
    facts: dict[str, Any] = {}
    unreadable: dict[str, Unreadable] = {}


class _Gap(msgspec.Struct, omit_defaults=True):
    missing: str
    reason: str
    absent: bool = False
    unreadable: Unreadable | None = None
    via: str = ""
    output_key: str | None = None
    arn: str = ""


class _Header(msgspec.Struct):
    format: str
    lines: int
    run: Run


def save_inventory(inventory: Inventory, path: Path) -> None:
    """Write the inventory atomically. Raises InventoryError: the place can't be written."""
    try:
        write_lines(path, _lines(inventory))
    except UnicodeEncodeError as error:
        raise InventoryError(f"{path}: can't hold {printable(error.object)!r}, which is not text") from error
    except OSError as error:
        raise InventoryError(f"{path}: can't be written ({error.strerror}); choose another place") from error


def load_inventory(path: Path) -> Inventory:
    """Read what `save_inventory` wrote. Raises InventoryError naming file and line."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InventoryError(f"{path}: can't be read ({error.strerror})") from error
    header = _header(path, lines[0] if lines else b"")
    resources: list[Resource] = []
    missing: list[Missing] = []
    for number, line in enumerate(lines[1:], start=2):
        try:
            read = _missing_of(line) if line.startswith(b'{"missing"') else _resource_of(line)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InventoryError(f"{path}:{number}: is not a resource of {FORMAT} ({error})") from error
        if isinstance(read, Missing):
            missing.append(read)
        else:
            resources.append(read)
    if header.lines != len(lines) - 1:
        raise InventoryError(
            f"{path}: holds {len(lines) - 1} of {header.lines} lines; it was cut or changed: collect anew"
        )
    return Inventory(header.run, resources, missing)


def _lines(inventory: Inventory) -> Iterator[bytes]:
    yield _encode(_Header(FORMAT, len(inventory.resources) + len(inventory.missing), inventory.run))
    for each in inventory.resources:
        facts = {name: each.fact(name) for name in each.facts}
        yield _encode(
            _Row(
                each.address.text,
                each.arn,
                each.output_key,
                {name: fact.value for name, fact in facts.items() if isinstance(fact, Known)},
                {name: fact for name, fact in facts.items() if isinstance(fact, Unreadable)},
            )
        )
    for gap in inventory.missing:
        yield _encode(
            _Gap(gap.address.text, gap.reason, gap.absent, gap.unreadable, gap.via, gap.output_key, gap.arn)
        )


def _header(path: Path, line: bytes) -> _Header:
    try:
        header = msgspec.json.decode(line, type=_Header)
    except msgspec.DecodeError as error:
        raise InventoryError(
            f"{path}:1: is not a saved inventory ({error}); write one with --inventory"
        ) from error
    if header.format != FORMAT:
        raise InventoryError(
            f"{path}:1: has format {header.format!r}, this version reads {FORMAT!r}; collect anew"
        )
    return header


def _resource_of(line: bytes) -> Resource:
    row = msgspec.json.decode(line, type=_Row)
    address = Address.parse(row.address)
    kind = KINDS[address.kind]
    types = _fact_types(address.kind)
    facts = {name: _decode(value, types[name]) for name, value in row.facts.items()}
    return kind(address=address, arn=row.arn, output_key=row.output_key, **facts, **row.unreadable)  # type: ignore[call-arg]


def _missing_of(line: bytes) -> Missing:
    gap = msgspec.json.decode(line, type=_Gap)
    address = Address.parse(gap.missing)
    return Missing(address, gap.reason, gap.absent, gap.unreadable, gap.via, gap.output_key, gap.arn)


@cache
def _fact_types(kind: str) -> dict[str, Any]:
    hints = get_type_hints(KINDS[kind])
    return {name: hints[name] for name in KINDS[kind].facts}


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value, enc_hook=str, order="deterministic")


def _decode(value: object, to: Any) -> Any:  # noqa: ANN401 - the fact's own type
    return msgspec.convert(value, to, dec_hook=_network, strict=True)


def _network(to: type, value: object) -> object:
    if to in (IPv4Network, IPv6Network):
        return to(value)
    if to is _NETWORK:
        return ip_network(str(value))
    raise TypeError(f"{to} is not a type that inventories hold")
