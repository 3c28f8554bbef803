"""Reading networks. EC2's lists are read whole, once a region, and shared by all who need a row of them."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from typing import Any

from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.collect.tags import tags_of
from compliance.models import Endpoint, Gateway, Resource, RouteTable, SecurityGroup, Subnet, Vpc
from compliance.models.network import GatewayType, Route, SecurityRule

# kind, operation, key of the rows, key of the id
_LISTS: tuple[tuple[type[Resource], str, str, str], ...] = (
    (Vpc, "ec2:DescribeVpcs", "Vpcs", "VpcId"),
    (Subnet, "ec2:DescribeSubnets", "Subnets", "SubnetId"),
    (RouteTable, "ec2:DescribeRouteTables", "RouteTables", "RouteTableId"),
    (SecurityGroup, "ec2:DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    (Endpoint, "ec2:DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
)


def _declare(kind: type[Resource], operation: str, key: str, id_key: str) -> None:
    """Listing, probing and, for what lies in a VPC, the way there: alike for every EC2 list."""

    @lists(kind, calls=operation)
    def listed(at: Reach) -> Iterator[Handle]:
        return (at.handle(kind.__name__, row[id_key]) for row in at.rows(operation, key))

    @probes(kind, calls=operation)
    def probed(at: Reach, handle: Handle) -> bool:
        return bool(at.row(operation, key, id_key, handle.name))

    if kind is not Vpc:

        @links(Vpc, kind, calls=operation)
        def inside(at: Reach, vpc: Handle) -> Iterator[Handle]:
            rows = (row for row in at.rows(operation, key) if row.get("VpcId") == vpc.name)
            return (at.handle(kind.__name__, row[id_key]) for row in rows)

        @links(kind, Vpc, calls=operation, is_outward=True)
        def around(at: Reach, handle: Handle) -> Iterable[Handle]:
            return (at.handle("Vpc", at.row(operation, key, id_key, handle.name)["VpcId"]),)


for _each in _LISTS:
    _declare(*_each)


@reads(Vpc, "cidr_blocks ipv6_blocks is_default tags", calls="ec2:DescribeVpcs")
def vpc(at: Reach, handle: Handle) -> dict[str, Any]:
    """Associated blocks only, the primary first: a failed or leaving association carries no traffic."""
    row = at.row("ec2:DescribeVpcs", "Vpcs", "VpcId", handle.name)
    blocks = [each["CidrBlock"] for each in row["CidrBlockAssociationSet"] if is_associated(each)]
    blocks.sort(key=lambda block: block != row["CidrBlock"])
    return {
        "cidr_blocks": tuple(map(ip_network, blocks)),
        "ipv6_blocks": _ipv6_blocks(row),
        "is_default": row["IsDefault"],
        "tags": tags_of(row.get("Tags")),
    }


@reads(Subnet, "vpc_id zone cidr_block ipv6_blocks assigns_public_ip tags", calls="ec2:DescribeSubnets")
def subnet(at: Reach, handle: Handle) -> dict[str, Any]:
    """A subnet; an IPv6-only one has no IPv4 block."""
    row = at.row("ec2:DescribeSubnets", "Subnets", "SubnetId", handle.name)
    return {
        "vpc_id": row["VpcId"],
        "zone": row["AvailabilityZone"],
        "cidr_block": ip_network(row["CidrBlock"]) if row.get("CidrBlock") else None,
        "ipv6_blocks": _ipv6_blocks(row),
        "assigns_public_ip": row["MapPublicIpOnLaunch"],
        "tags": tags_of(row.get("Tags")),
    }


@reads(RouteTable, "vpc_id is_main subnet_ids routes tags", calls="ec2:DescribeRouteTables")
def route_table(at: Reach, handle: Handle) -> dict[str, Any]:
    """A route table with the subnets that name it."""
    row = at.row("ec2:DescribeRouteTables", "RouteTables", "RouteTableId", handle.name)
    associations = row["Associations"]
    return {
        "vpc_id": row["VpcId"],
        "is_main": any(each.get("Main") for each in associations),
        "subnet_ids": tuple(sorted(each["SubnetId"] for each in associations if each.get("SubnetId"))),
        "routes": tuple(map(_route, row["Routes"])),
        "tags": tags_of(row.get("Tags")),
    }


@reads(SecurityGroup, "vpc_id group_name ingress egress tags", calls="ec2:DescribeSecurityGroups")
def security_group(at: Reach, handle: Handle) -> dict[str, Any]:
    """A security group with its rules, one for each protocol and range of ports."""
    row = at.row("ec2:DescribeSecurityGroups", "SecurityGroups", "GroupId", handle.name)
    return {
        "vpc_id": row["VpcId"],
        "group_name": row["GroupName"],
        "ingress": tuple(map(_rule, row["IpPermissions"])),
        "egress": tuple(map(_rule, row["IpPermissionsEgress"])),
        "tags": tags_of(row.get("Tags")),
    }


@reads(Endpoint, "vpc_id service document tags", calls="ec2:DescribeVpcEndpoints")
def endpoint(at: Reach, handle: Handle) -> dict[str, Any]:
    """A VPC endpoint."""
    row = at.row("ec2:DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId", handle.name)
    return {
        "vpc_id": row["VpcId"],
        "service": row["ServiceName"],
        "document": row.get("PolicyDocument"),
        "tags": tags_of(row.get("Tags")),
    }


_GATEWAYS = "ec2:DescribeInternetGateways ec2:DescribeNatGateways ec2:DescribeTransitGatewayVpcAttachments"


@lists(Gateway, calls=_GATEWAYS)
def gateways(at: Reach) -> Iterator[Handle]:
    """Internet gateways, NAT gateways that are not deleted, transit-gateway attachments."""
    for prefix in ("igw", "nat", "tgw"):
        for row in _gateway_rows(at, prefix):
            yield at.handle("Gateway", row["id"])


@links(Vpc, Gateway, calls=_GATEWAYS)
def gateways_of(at: Reach, vpc: Handle) -> Iterator[Handle]:
    """The gateways of a VPC."""
    for prefix in ("igw", "nat", "tgw"):
        for row in _gateway_rows(at, prefix):
            if row["vpc_id"] == vpc.name:
                yield at.handle("Gateway", row["id"])


@probes(Gateway, calls=_GATEWAYS)
def gateway_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the gateway exists."""
    return any(row["id"] == handle.name for row in _gateway_rows(at, handle.name.partition("-")[0]))


@reads(Gateway, "type vpc_id subnet_ids state tags", calls=_GATEWAYS)
def gateway(at: Reach, handle: Handle) -> dict[str, Any]:
    """A gateway; which list it is in follows from its id."""
    for row in _gateway_rows(at, handle.name.partition("-")[0]):
        if row.pop("id") == handle.name:
            return row
    raise Gone(_GATEWAYS)


def _gateway_rows(at: Reach, prefix: str) -> Iterator[dict[str, Any]]:
    if prefix == "igw":
        for row in at.rows("ec2:DescribeInternetGateways", "InternetGateways"):
            attached = row["Attachments"][:1]
            vpc_id, state = (attached[0]["VpcId"], attached[0]["State"]) if attached else ("", "detached")
            yield _gateway(row["InternetGatewayId"], GatewayType.INTERNET, vpc_id, (), state, row)
    elif prefix == "nat":
        for row in at.rows("ec2:DescribeNatGateways", "NatGateways"):
            if row["State"] != "deleted":
                subnets = (row["SubnetId"],)
                yield _gateway(row["NatGatewayId"], GatewayType.NAT, row["VpcId"], subnets, row["State"], row)
    else:
        for row in at.rows("ec2:DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"):
            if row["State"] != "deleted":
                subnets = tuple(sorted(row["SubnetIds"]))
                name = row["TransitGatewayAttachmentId"]
                yield _gateway(name, GatewayType.TRANSIT, row["VpcId"], subnets, row["State"], row)


def _gateway(
    name: str, kind: GatewayType, vpc_id: str, subnets: tuple[str, ...], state: str, row: Answer
) -> dict[str, Any]:
    tags = tags_of(row.get("Tags"))
    return {"id": name, "type": kind, "vpc_id": vpc_id, "subnet_ids": subnets, "state": state, "tags": tags}


def _route(row: Answer) -> Route:
    destinations = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    targets = (
        "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId",
        "InstanceId", "EgressOnlyInternetGatewayId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
    )  # fmt: skip
    known = [row[key] for key in destinations if row.get(key)]
    if not known:  # a StopIteration would end the list of routes here, in silence
        raise ValueError(f"a route has none of {', '.join(destinations)}")
    destination = known[0]
    return Route(
        destination, next((row[key] for key in targets if row.get(key)), ""), row["State"] == "active"
    )


def _rule(row: Answer) -> SecurityRule:
    sources = [each["CidrIp"] for each in row.get("IpRanges", ())]
    sources += [each["CidrIpv6"] for each in row.get("Ipv6Ranges", ())]
    sources += [each["GroupId"] for each in row.get("UserIdGroupPairs", ()) if each.get("GroupId")]
    sources += [each["PrefixListId"] for each in row.get("PrefixListIds", ())]
    protocol = "all" if row["IpProtocol"] == "-1" else str(row["IpProtocol"])
    return SecurityRule(protocol, row.get("FromPort"), row.get("ToPort"), tuple(sorted(sources)))


def _ipv6_blocks(row: Answer) -> tuple[Any, ...]:
    sets = row.get("Ipv6CidrBlockAssociationSet") or ()
    return tuple(ip_network(e["Ipv6CidrBlock"]) for e in sets if is_associated(e, "Ipv6CidrBlockState"))


def is_associated(association: Answer, state: str = "CidrBlockState") -> bool:
    """Whether the block carries traffic: not failed, not leaving, not on its way."""
    return bool(association[state]["State"] == "associated")
