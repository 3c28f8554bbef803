"""Reading what networks reach together: the ranges of all VPCs in scope, and those they are connected to."""

from collections.abc import Iterator
from ipaddress import ip_network

from compliance.collect.client import Answer
from compliance.collect.network import is_associated
from compliance.collect.network import vpc as read_vpc
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import reads
from compliance.models import NetworkEstate
from compliance.models.network import AddressRange, SubnetRange

_LIVE_PEERINGS = {"active", "provisioning", "pending-acceptance"}
_GONE = {"deleted", "deleting", "failed", "rejected"}


@reads(NetworkEstate, "vpcs", calls="ec2:DescribeVpcs")
def vpcs(at: Reach, _: Handle) -> tuple[AddressRange, ...]:
    """Every block of every VPC in scope, secondary and IPv6 blocks included."""
    ranges = []
    for each in at.found.get("Vpc", ()):
        facts = read_vpc(_in(at, each.region), each)
        ranges += [AddressRange(cidr, each.name) for cidr in (*facts["cidr_blocks"], *facts["ipv6_blocks"])]
    return tuple(ranges)


@reads(NetworkEstate, "subnets", calls="ec2:DescribeSubnets")
def subnets(at: Reach, _: Handle) -> tuple[SubnetRange, ...]:
    """The blocks of all subnets of the VPCs in scope."""
    ranges = []
    for region, names in _vpcs_by_region(at):
        for row in _in(at, region).rows("ec2:DescribeSubnets", "Subnets"):
            if row["VpcId"] in names:
                ranges += [SubnetRange(ip_network(b), row["SubnetId"], row["VpcId"]) for b in _blocks(row)]
    return tuple(sorted(ranges, key=lambda each: (each.vpc_id, each.subnet_id, str(each.cidr))))


@reads(
    NetworkEstate,
    "connected",
    calls="ec2:DescribeVpcPeeringConnections ec2:DescribeTransitGatewayAttachments "
    "ec2:DescribeVpnConnections ec2:DescribeVpcs",
)
def connected(at: Reach, _: Handle) -> tuple[AddressRange, ...]:
    """What lies at the other end of peerings, transit gateways and VPNs of the VPCs in scope."""
    ranges: set[AddressRange] = set()
    for region, names in _vpcs_by_region(at):
        here = _in(at, region)
        ranges.update(_peers(here, names))
        ranges.update(_across_transit_gateways(here, names))
        ranges.update(_across_vpns(here))
    return tuple(sorted(ranges, key=lambda each: (each.owner, str(each.cidr))))


def _peers(at: Reach, names: frozenset[str]) -> Iterator[AddressRange]:
    for row in at.rows("ec2:DescribeVpcPeeringConnections", "VpcPeeringConnections"):
        sides = (row["AccepterVpcInfo"], row["RequesterVpcInfo"])
        mine = [side for side in sides if side["VpcId"] in names]
        if row["Status"]["Code"] not in _LIVE_PEERINGS or len(mine) != 1:
            continue  # both ends in scope: they are compared as VPCs
        other = next(side for side in sides if side["VpcId"] not in names)
        for block in _peer_blocks(other):
            yield AddressRange(
                ip_network(block), f"{other['VpcId']} (peered by {row['VpcPeeringConnectionId']})"
            )


def _peer_blocks(side: Answer) -> set[str]:
    blocks = {each["CidrBlock"] for each in side.get("CidrBlockSet", ())}
    blocks |= {each["Ipv6CidrBlock"] for each in side.get("Ipv6CidrBlockSet", ())}
    return blocks | ({side["CidrBlock"]} if side.get("CidrBlock") else set())


def _across_transit_gateways(at: Reach, names: frozenset[str]) -> Iterator[AddressRange]:
    """VPCs of this account behind the same transit gateway; foreign ones are not readable from here."""
    rows = at.rows("ec2:DescribeTransitGatewayAttachments", "TransitGatewayAttachments")
    attached = [row for row in rows if row["ResourceType"] == "vpc" and row["State"] not in _GONE]
    hubs = {row["TransitGatewayId"] for row in attached if row["ResourceId"] in names}
    others = {
        row["ResourceId"]: row["TransitGatewayId"] for row in attached if row["TransitGatewayId"] in hubs
    }
    for row in at.rows("ec2:DescribeVpcs", "Vpcs") if hubs else ():
        if row["VpcId"] in others.keys() - names:
            for block in _blocks(row):
                yield AddressRange(ip_network(block), f"{row['VpcId']} (behind {others[row['VpcId']]})")


def _across_vpns(at: Reach) -> Iterator[AddressRange]:
    """Static routes of the region's VPN connections: the on-premises ranges that AWS was told of."""
    for row in at.rows("ec2:DescribeVpnConnections", "VpnConnections"):
        if row["State"] not in _GONE:
            for route in row.get("Routes") or ():
                yield AddressRange(ip_network(route["DestinationCidrBlock"]), f"VPN {row['VpnConnectionId']}")


def _blocks(row: Answer) -> list[str]:
    """The associated blocks of a VPC's or a subnet's row."""
    sets = row.get("CidrBlockAssociationSet") or ()
    blocks = [each["CidrBlock"] for each in sets if is_associated(each)]
    blocks = blocks or ([row["CidrBlock"]] if row.get("CidrBlock") else [])
    sets = row.get("Ipv6CidrBlockAssociationSet") or ()
    return blocks + [each["Ipv6CidrBlock"] for each in sets if is_associated(each, "Ipv6CidrBlockState")]


def _vpcs_by_region(at: Reach) -> list[tuple[str, frozenset[str]]]:
    found = at.found.get("Vpc", ())
    regions = sorted({each.region for each in found})
    return [(region, frozenset(each.name for each in found if each.region == region)) for region in regions]


def _in(at: Reach, region: str) -> Reach:
    return at.at(region, at.allowed)
