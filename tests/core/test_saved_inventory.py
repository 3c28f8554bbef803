import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from types import NoneType, UnionType
from typing import Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.address import Address
from compliance.errors import InventoryError
from compliance.evidence import Cause, Unreadable
from compliance.inventory import Inventory, Missing, Run, load_inventory, save_inventory
from compliance.models import KINDS, Bucket, Vpc
from compliance.models.network import Network
from tests.builders import DENIED, inventory_of, made

TEXT = st.text(max_size=12)
_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_IPV4 = st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)).map(lambda at: IPv4Network(at, strict=False))
_IPV6 = st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)).map(
    lambda at: IPv6Network(at, strict=False)
)
_TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_PLAIN = {
    str: TEXT, int: _INTEGERS, bool: st.booleans(), NoneType: st.none(), datetime: _TIMES,
    IPv4Network: _IPV4, IPv6Network: _IPV6, Network: st.one_of(_IPV4, _IPV6),
}  # fmt: skip


def values_of(hint):
    """Any value of a type as models use types."""
    parts = get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is tuple:
        return st.lists(values_of(parts[0]), max_size=3).map(tuple)
    if get_origin(hint) is Mapping:
        return st.dictionaries(*map(values_of, parts), max_size=3)
    if get_origin(hint) in {UnionType, Union}:
        return st.one_of(*map(values_of, parts))
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: values_of(hints[field.name]) for field in fields(hint)})
    return st.sampled_from(list(hint))


UNREADABLES = st.builds(Unreadable, st.sampled_from(Cause), TEXT, TEXT, TEXT, TEXT)
NO_SLASH = st.text(st.characters(codec="utf-8", exclude_characters="/"), max_size=8)


def addresses(kind):
    return st.builds(Address, NO_SLASH, NO_SLASH, st.just(kind), TEXT)


def resources(kind):
    hints = get_type_hints(kind)
    facts = {name: st.one_of(values_of(hints[name]), UNREADABLES) for name in kind.facts}
    place = {"address": addresses(kind.__name__), "arn": TEXT, "output_key": st.none() | TEXT}
    return st.builds(kind, **place, **facts)


ANY_KIND = st.sampled_from(sorted(KINDS))
GAPS = st.builds(
    Missing,
    ANY_KIND.flatmap(addresses),
    TEXT,
    st.booleans(),
    st.none() | UNREADABLES,
    TEXT,
    st.none() | TEXT,
    TEXT,
)


def facts_by_name(resource):
    return {name: resource.fact(name) for name in resource.facts}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "inventory.jsonl"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_was_saved_loads_and_saves_as_the_same_bytes(path, kind, data):
    found = data.draw(st.lists(resources(kind), max_size=2))
    saved = Inventory(data.draw(values_of(Run)), found, data.draw(st.lists(GAPS, max_size=2)))
    save_inventory(saved, path)
    first = path.read_bytes()
    loaded = load_inventory(path)
    save_inventory(loaded, path)
    assert path.read_bytes() == first
    assert loaded.run == saved.run
    assert loaded.missing == saved.missing
    assert [each.address for each in loaded.resources] == [each.address for each in saved.resources]
    assert list(map(facts_by_name, loaded.resources)) == list(map(facts_by_name, saved.resources))


def test_sets_of_facts_do_not_depend_on_their_order(path):
    save_inventory(inventory_of(made(Bucket, "a", tags={"x": "1", "y": "2"})), path)
    one = path.read_bytes()
    save_inventory(inventory_of(made(Bucket, "a", tags={"y": "2", "x": "1"})), path)
    assert path.read_bytes() == one


def test_a_file_is_one_line_for_the_run_and_one_for_each_place(path):
    save_inventory(inventory_of(made(Bucket, "a\nb\u2028c", versioning="x\ny")), path)
    lines = path.read_bytes().splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [
        ["format", "lines", "run"],
        ["address", "arn", "facts", "unreadable"],
    ]


class TestWriting:
    def test_that_fails_half_way_leaves_the_earlier_file_and_nothing_else(self, path, monkeypatch):
        save_inventory(inventory_of(made(Bucket, "a")), path)
        earlier = path.read_bytes()
        monkeypatch.setattr("compliance.inventory.storage._lines", lambda _: iter([b"begun", None]))
        with pytest.raises(TypeError):
            save_inventory(inventory_of(), path)
        assert path.read_bytes() == earlier
        assert list(path.parent.iterdir()) == [path]

    def test_to_a_place_below_a_file_is_refused(self, path):
        path.parent.write_text("a file")
        with pytest.raises(InventoryError, match=r"inventory.jsonl: can't be written .*another place"):
            save_inventory(inventory_of(), path)

    def test_over_a_directory_is_refused_and_leaves_nothing(self, path):
        path.mkdir(parents=True)
        with pytest.raises(InventoryError, match="can't be written"):
            save_inventory(inventory_of(), path)
        assert list(path.parent.iterdir()) == [path]

    def test_of_what_is_not_text_is_refused_and_leaves_nothing(self, path):
        with pytest.raises(InventoryError, match=r"can't hold .*ud800"):
            save_inventory(inventory_of(made(Bucket, "a", versioning="\ud800")), path)
        assert not list(path.parent.iterdir())


def saved_lines(path, *places):
    save_inventory(inventory_of(*places), path)
    return path.read_bytes().splitlines()


def row(unreadable=None, **facts):
    good = {"cidr_blocks": ["10.0.0.0/16"], "ipv6_blocks": [], "is_default": False, "tags": {}}
    told = {"address": "1/r/Vpc/x", "arn": "", "facts": good | facts, "unreadable": unreadable or {}}
    return json.dumps(told).encode()


DEEP = b"[" * 9000 + b"]" * 9000


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"", "truncated"),
        (b"not JSON", "malformed"),
        (b"[]", "Expected `object`"),
        (b"\xff", "malformed|invalid"),
        (b'{"address":"1/r/Vpc/x"}', "missing required field `arn`"),
        (b'{"address":"1/r/Vpc","arn":""}', "unpack"),
        (b'{"address":"1/r/Spaceship/x","arn":""}', "Spaceship"),
        (b'{"address":"1/r/Vpc/x","arn":"","facts":{}}', "missing"),
        (b'{"address":"1/r/Vpc/x","arn":"","facts":{"size":1}}', "size"),
        (row(cidr_blocks=["10.0.0.0/99"]), "netmask"),
        (row(is_default="no"), "bool"),
        (row({"tags": {"cause": "denied"}}), "multiple values"),
        (b'{"address":"1/r/Vpc/x","arn":"","unreadable":{"tags":{"cause":"a whim"}}}', "a whim"),
        (b'{"missing":"1/r","reason":""}', "unpack"),
        (b'{"missing":"1/r/Vpc/x"}', "reason"),
        (b'{"address":' + DEEP + b"}", "recursion|Expected"),
        (b'{"address":"1/r/Vpc/x","arn":"","facts":{"tags":' + DEEP + b"}}", "recursion|Expected"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_is_refused_by_its_number(path, line, problem):
    lines = saved_lines(path, made(Vpc, "x", tags=DENIED))
    path.write_bytes(b"\n".join([*lines, line, *lines[1:]]))
    with pytest.raises(InventoryError, match=rf"inventory.jsonl:3: is not a resource of .*({problem})"):
        load_inventory(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ":1: is not a saved inventory"),
        (b"{}", "missing required field `format`"),
        (b"account,region\n", ":1: is not a saved inventory"),
        (b'{"format":"compliance-inventory/1","run":{}}', ":1: is not a saved inventory"),
    ],
)
def test_a_file_that_is_no_inventory_is_refused(path, content, problem):
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=problem):
        load_inventory(path)


def test_a_file_that_was_cut_at_the_end_of_a_line_is_refused(path):
    lines = saved_lines(path, made(Bucket, "a"), made(Bucket, "b"))
    path.write_bytes(b"\n".join(lines[:-1]) + b"\n")
    with pytest.raises(InventoryError, match="holds 1 of 2 lines; it was cut or changed"):
        load_inventory(path)


def test_a_file_is_as_readable_as_any_other(path):
    path.parent.mkdir(exist_ok=True)
    (path.parent / "other").touch()
    saved_lines(path, made(Bucket, "a"))
    assert path.stat().st_mode == (path.parent / "other").stat().st_mode


def test_another_version_of_the_format_is_refused(path):
    (line,) = saved_lines(path)
    path.write_bytes(line.replace(b"compliance-inventory/1", b"compliance-inventory/2"))
    with pytest.raises(InventoryError, match=r":1: has format 'compliance-inventory/2'.*collect anew"):
        load_inventory(path)


def test_an_absent_file_is_refused(path):
    with pytest.raises(InventoryError, match=r"can't be read .No such file"):
        load_inventory(path)


def test_a_type_that_inventories_do_not_hold_is_a_mistake():
    from compliance.inventory.storage import _decode

    with pytest.raises(ValueError, match="not a type that inventories hold"):
        _decode("x", complex)
