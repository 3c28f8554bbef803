"""Which address ranges overlap. Two CIDR blocks are disjoint, or one contains the other."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from compliance.models.network import Network

T = TypeVar("T")


def overlaps(ranges: Iterable[tuple[Network, T]]) -> Iterator[tuple[tuple[Network, T], tuple[Network, T]]]:
    """Pairs (wider, narrower) of ranges that overlap, ordered by address; IPv4 and IPv6 never meet.

    n log n plus the number of pairs: sorted, every block is followed by those that it contains.
    """
    around: list[tuple[Network, T]] = []
    for inner in sorted(ranges, key=_position):
        while around and not _contains(around[-1][0], inner[0]):
            around.pop()
        for outer in around:
            yield outer, inner
        around.append(inner)


def _position(item: tuple[Network, object]) -> tuple[int, int, int]:
    network = item[0]
    return network.version, int(network.network_address), network.prefixlen


def _contains(outer: Network, inner: Network) -> bool:
    return outer.version == inner.version and inner.network_address in outer
