from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.network import overlaps

# Few bits, so that overlaps, nesting and equal blocks are common.
_BITS, _LENGTHS = st.integers(0, 255), st.integers(0, 10)
_SMALL_IPV4 = st.builds(lambda bits, length: IPv4Network((bits << 24, length), strict=False), _BITS, _LENGTHS)
_SMALL_IPV6 = st.builds(
    lambda bits, length: IPv6Network((bits << 120, length), strict=False), _BITS, _LENGTHS
)
RANGES = st.lists(st.one_of(_SMALL_IPV4, _SMALL_IPV6), max_size=12)


def numbered(blocks):
    return [(block, number) for number, block in enumerate(blocks)]


@given(RANGES)
@example([ip_network("0.0.0.0/0"), ip_network("::/0"), ip_network("10.0.0.0/8")])
def test_exactly_the_pairs_that_overlap_are_found(blocks):
    expected = {
        frozenset((one, other))
        for (block, one), (another, other) in combinations(numbered(blocks), 2)
        if block.version == another.version and block.overlaps(another)
    }
    found = [frozenset((one, other)) for (_, one), (_, other) in overlaps(numbered(blocks))]
    assert len(found) == len(set(found))
    assert set(found) == expected


@given(RANGES)
def test_the_wider_block_comes_first(blocks):
    assert all(outer.prefixlen <= inner.prefixlen for (outer, _), (inner, _) in overlaps(numbered(blocks)))


@given(RANGES, st.randoms())
def test_the_order_of_the_ranges_does_not_matter(blocks, random):
    mixed = random.sample(blocks, len(blocks))
    pairs = [[(str(a), str(b)) for (a, _), (b, _) in overlaps(numbered(each))] for each in (blocks, mixed)]
    assert sorted(pairs[0]) == sorted(pairs[1])


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("10.0.0.0/8", "10.0.0.0/8", True),
        ("10.0.0.0/8", "10.255.255.255/32", True),
        ("10.0.0.0/8", "11.0.0.0/8", False),
        ("10.0.0.0/9", "10.128.0.0/9", False),
        ("0.0.0.0/0", "255.255.255.255/32", True),
        ("::/0", "0.0.0.0/0", False),
        ("fd00::/56", "fd00:0:0:ff::/64", True),
        ("fd00::/56", "fd00:0:0:100::/64", False),
    ],
)
def test_blocks_meet_or_do_not(one, other, meet):
    assert bool(list(overlaps([(ip_network(one), 1), (ip_network(other), 2)]))) is meet
