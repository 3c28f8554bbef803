"""Virtual networks: addresses and zones."""

from collections.abc import Iterable, Iterator, Sequence

from compliance.check import Context, check
from compliance.models import NetworkEstate, RouteTable, Subnet, Vpc
from compliance.models.network import AddressRange, Network, SubnetRange
from compliance.network import ISOLATED, PRIVATE, overlaps, tier_of
from compliance.policy.settings import Tier, ZonesRule
from compliance.verdict import NotApplicable, Violation


@check(Vpc, id="vpc-cidr-expected", reads=("cidr_blocks", "ipv6_blocks"))
def expected_blocks(vpc: Vpc, context: Context) -> Iterator[Violation]:
    """A VPC has the address blocks that the policy states, no more and no fewer.

    Secondary blocks count; IPv6 blocks are compared where the policy states any, since AWS chooses most.
    Source: Amazon VPC User Guide, "VPC CIDR blocks".
    """
    required = set(context.policy.blocks_for(vpc).cidrs)
    with_ipv6 = any(cidr.version == 6 for cidr in required)  # noqa: PLR2004
    actual: set[Network] = {*vpc.cidr_blocks, *(vpc.ipv6_blocks if with_ipv6 else ())}
    if actual != required:
        yield Violation("the address blocks differ from the policy", _listed(required), _listed(actual))


@check(NetworkEstate, id="vpc-cidr-overlap", reads=("vpcs", "subnets", "connected"))
def no_overlap(estate: NetworkEstate, context: Context) -> Iterator[Violation]:
    """No address range in scope is used twice: VPCs, peers, transit gateways, VPNs and reserved ranges.

    Secondary and IPv6 blocks count. Subnets lie within their VPC and apart from each other.
    Source: Amazon VPC Peering Guide, "Unsupported VPC peering configurations" (overlapping CIDR blocks).
    """
    reserved = [
        AddressRange(cidr, "reserved by the policy") for cidr in context.policy.network.reserved_cidrs
    ]
    yield from _clashes(estate.vpcs, [*estate.vpcs, *reserved])
    yield from _misplaced_subnets(estate)
    yield from _clashes(estate.vpcs, estate.connected)


@check(
    Vpc,
    id="vpc-three-zones",
    reads=("Subnet.vpc_id", "Subnet.zone", "RouteTable.routes", "RouteTable.subnet_ids", "RouteTable.is_main",
           "RouteTable.vpc_id"),
)  # fmt: skip
def three_zones(vpc: Vpc, context: Context) -> Iterator[Violation]:
    """Each tier of a VPC has subnets in as many zones as the policy asks for.

    Routes decide which tier a subnet is in, not names.
    Source: Amazon VPC User Guide, "Subnet types"; AWS Well-Architected, REL10-BP01.
    """
    rule = context.policy.zones_for(vpc)
    subnets = [each for each in context.inventory.of(Subnet, via=vpc) if each.vpc_id == vpc.name]
    zones = _zones_by_tier(subnets, context.inventory.of(RouteTable, via=vpc), rule)
    if not zones:
        raise NotApplicable("it has no subnets, and the policy requires no tier")
    for name, counts in sorted(zones.items()):
        tier = rule.tiers.get(name, Tier())
        minimum = tier.minimum_zones or rule.minimum
        good = [zone for zone, count in counts.items() if count >= tier.subnets_per_zone]
        if len(good) < minimum:
            expected = f"{minimum} zones with {tier.subnets_per_zone} or more {name} subnets each"
            yield Violation(f"the {name} tier spans too few zones", expected, _counted(counts), name)


def _zones_by_tier(
    subnets: Iterable[Subnet], tables: tuple[RouteTable, ...], rule: ZonesRule
) -> dict[str, dict[str, int]]:
    """Subnets per zone for each tier that exists or is required."""
    zones: dict[str, dict[str, int]] = {name: {} for name in rule.tiers}
    for subnet in subnets:
        tier = tier_of(subnet, tables)
        if tier == ISOLATED and ISOLATED not in rule.tiers:
            tier = PRIVATE
        counts = zones.setdefault(tier, {}) if not rule.tiers else zones.get(tier, {})
        counts[subnet.zone] = counts.get(subnet.zone, 0) + 1
    return zones


def _clashes(vpcs: Sequence[AddressRange], others: Sequence[AddressRange]) -> Iterator[Violation]:
    """Ranges of VPCs that overlap with another owner's; each pair once."""
    mine, theirs = set(vpcs), set(others)
    everyone = dict.fromkeys((*vpcs, *others))
    for (_, one), (_, other) in overlaps((each.cidr, each) for each in everyone):
        if one.owner != other.owner and mine & {one, other} and theirs & {one, other}:
            both = f"{one.cidr} ({one.owner}) and {other.cidr} ({other.owner})"
            yield Violation("address ranges overlap", "ranges that do not overlap", both)


def _misplaced_subnets(estate: NetworkEstate) -> Iterator[Violation]:
    blocks: dict[str, list[Network]] = {}
    for each in estate.vpcs:
        blocks.setdefault(each.owner, []).append(each.cidr)
    for subnet in estate.subnets:
        around = blocks.get(subnet.vpc_id, ())
        if around and not any(_within(subnet.cidr, block) for block in around):
            yield Violation("a subnet lies outside its VPC", _listed(around), _subnet(subnet))
    for (_, one), (_, other) in overlaps((each.cidr, each) for each in estate.subnets):
        if one.vpc_id == other.vpc_id:
            both = f"{_subnet(one)} and {_subnet(other)}"
            yield Violation("subnets of one VPC overlap", "subnets that do not overlap", both)


def _within(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _subnet(each: SubnetRange) -> str:
    return f"{each.cidr} ({each.subnet_id})"


def _listed(cidrs: Iterable[Network]) -> str:
    return ", ".join(sorted(map(str, cidrs))) or "none"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{zone}: {count}" for zone, count in sorted(counts.items())) or "no subnets"
