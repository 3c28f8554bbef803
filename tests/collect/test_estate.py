"""What networks reach together: their own blocks, peers, transit gateways and VPNs."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from compliance.address import GLOBAL
from compliance.collect.attempt import attempt
from compliance.collect.readers import READERS
from compliance.evidence import Cause, Known
from compliance.models.network import AddressRange, SubnetRange

from .recorded import Recorded, Refusal, handle, reach

MINE = handle("Vpc", "vpc-1")


def vpc_row(name, *blocks, ipv6=()):
    return {
        "VpcId": name, "CidrBlock": blocks[0], "IsDefault": False,
        "CidrBlockAssociationSet": [
            {"CidrBlock": each, "CidrBlockState": {"State": "associated"}} for each in blocks
        ],
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": each, "Ipv6CidrBlockState": {"State": "associated"}} for each in ipv6
        ],
    }  # fmt: skip


QUIET = {
    "ec2__DescribeVpcs": {"Vpcs": [vpc_row("vpc-1", "10.0.0.0/16")]},
    "ec2__DescribeVpcPeeringConnections": {"VpcPeeringConnections": []},
    "ec2__DescribeTransitGatewayAttachments": {"TransitGatewayAttachments": []},
    "ec2__DescribeVpnConnections": {"VpnConnections": []},
}


def told(name, *found, **answers):
    reader = READERS["NetworkEstate", name]
    at = replace(reach(Recorded(**(QUIET | answers))), found={"Vpc": found or (MINE,)})
    estate = handle("NetworkEstate", "network", region=GLOBAL)
    return attempt(reader.calls, lambda: reader.function(at.at(GLOBAL, reader.calls), estate))


def ranges(said):
    assert isinstance(said, Known), said
    return [(str(each.cidr), each.owner) for each in said.value]


def test_every_block_of_every_network_counts():
    rows = [
        vpc_row("vpc-1", "10.0.0.0/16", "10.1.0.0/16", ipv6=("2001:db8::/56",)),
        vpc_row("vpc-2", "10.2.0.0/16"),
    ]
    said = told("vpcs", ec2__DescribeVpcs={"Vpcs": rows})
    assert [cidr for cidr, _ in ranges(said)] == ["10.0.0.0/16", "10.1.0.0/16", "2001:db8::/56"]


def test_networks_of_two_regions_are_read_where_they_are():
    there = handle("Vpc", "vpc-2", region="us-east-1")
    rows = [vpc_row("vpc-1", "10.0.0.0/16"), vpc_row("vpc-2", "10.2.0.0/16")]
    said = told("vpcs", MINE, there, ec2__DescribeVpcs={"Vpcs": rows})
    assert ranges(said) == [("10.0.0.0/16", "vpc-1"), ("10.2.0.0/16", "vpc-2")]


def test_subnets_are_those_of_the_networks_in_scope():
    rows = [
        {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"},
        {"SubnetId": "subnet-2", "VpcId": "vpc-2", "CidrBlock": "10.2.0.0/24"},
        {
            "SubnetId": "subnet-3", "VpcId": "vpc-1",
            "Ipv6CidrBlockAssociationSet": [
                {"Ipv6CidrBlock": "2001:db8::/64", "Ipv6CidrBlockState": {"State": "associated"}}
            ],
        },
    ]  # fmt: skip
    said = told("subnets", ec2__DescribeSubnets={"Subnets": rows})
    assert said == Known(
        (
            SubnetRange(ip_network("10.0.0.0/24"), "subnet-1", "vpc-1"),
            SubnetRange(ip_network("2001:db8::/64"), "subnet-3", "vpc-1"),
        )
    )


def peering(mine, other, code="active", **more):
    sides = {
        "RequesterVpcInfo": {"VpcId": mine, "CidrBlock": "10.0.0.0/16"},
        "AccepterVpcInfo": {"VpcId": other} | more,
    }
    row = {"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": code}} | sides
    return {"ec2__DescribeVpcPeeringConnections": {"VpcPeeringConnections": [row]}}


def test_the_other_end_of_a_peering():
    blocks = [{"CidrBlock": "10.9.0.0/16"}, {"CidrBlock": "10.8.0.0/16"}]
    more = {
        "CidrBlock": "10.9.0.0/16",
        "CidrBlockSet": blocks,
        "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": "2001:db8:9::/56"}],
    }
    said = told("connected", **peering("vpc-1", "vpc-9", **more))
    owner = "vpc-9 (peered by pcx-1)"
    assert ranges(said) == [("10.8.0.0/16", owner), ("10.9.0.0/16", owner), ("2001:db8:9::/56", owner)]


@pytest.mark.parametrize(
    "code", ["deleted", "rejected", "failed", "expired", "deleting", "initiating-request"]
)
def test_a_peering_that_does_not_live_connects_nothing(code):
    assert ranges(told("connected", **peering("vpc-1", "vpc-9", code, CidrBlock="10.9.0.0/16"))) == []


def test_a_peering_that_waits_will_connect():
    assert ranges(
        told("connected", **peering("vpc-1", "vpc-9", "pending-acceptance", CidrBlock="10.9.0.0/16"))
    )


def test_a_peering_between_others_is_none_of_ours():
    assert ranges(told("connected", **peering("vpc-8", "vpc-9", CidrBlock="10.9.0.0/16"))) == []


def attachment(resource, hub, state="available", kind="vpc"):
    return {"ResourceId": resource, "TransitGatewayId": hub, "State": state, "ResourceType": kind}


def test_networks_behind_the_same_transit_gateway():
    rows = [attachment("vpc-1", "tgw-1"), attachment("vpc-2", "tgw-1"), attachment("vpc-3", "tgw-2"),
            attachment("vpc-4", "tgw-1", "deleted"), attachment("vpn-1", "tgw-1", kind="vpn")]  # fmt: skip
    vpcs = [vpc_row(f"vpc-{n}", f"10.{n}.0.0/16") for n in (1, 2, 3, 4)]
    said = told(
        "connected",
        ec2__DescribeTransitGatewayAttachments={"TransitGatewayAttachments": rows},
        ec2__DescribeVpcs={"Vpcs": vpcs},
    )
    assert ranges(said) == [("10.2.0.0/16", "vpc-2 (behind tgw-1)")]


def test_ranges_that_a_vpn_was_told_of():
    rows = [
        {
            "VpnConnectionId": "vpn-1",
            "State": "available",
            "Routes": [{"DestinationCidrBlock": "192.168.0.0/16"}],
        },
        {
            "VpnConnectionId": "vpn-2",
            "State": "deleted",
            "Routes": [{"DestinationCidrBlock": "192.0.2.0/24"}],
        },
        {"VpnConnectionId": "vpn-3", "State": "available"},
    ]
    said = told("connected", ec2__DescribeVpnConnections={"VpnConnections": rows})
    assert said == Known((AddressRange(ip_network("192.168.0.0/16"), "VPN vpn-1"),))


@pytest.mark.parametrize("operation", [name for name in QUIET if name != "ec2__DescribeVpcs"])
def test_one_connection_that_is_not_told_leaves_all_unknown(operation):
    said = told("connected", **{operation: Refusal("UnauthorizedOperation", "no", 403)})
    assert (said.cause, said.operation) == (Cause.DENIED, operation.replace("__", ":"))


def test_a_block_that_failed_or_left_connects_nothing():
    rows = [attachment("vpc-1", "tgw-1"), attachment("vpc-2", "tgw-1")]
    other = vpc_row("vpc-2", "10.2.0.0/16", "10.3.0.0/16", ipv6=("2001:db8::/56",))
    other["CidrBlockAssociationSet"][1]["CidrBlockState"]["State"] = "failed"
    other["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"]["State"] = "disassociated"
    said = told(
        "connected",
        ec2__DescribeTransitGatewayAttachments={"TransitGatewayAttachments": rows},
        ec2__DescribeVpcs={"Vpcs": [other]},
    )
    assert [cidr for cidr, _ in ranges(said)] == ["10.2.0.0/16"]
