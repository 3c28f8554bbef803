"""The network parts of the example systems: VPC, tiers of subnets, routes, NAT instances, groups.

Like `building`: plain API calls, one after the other, everything named and tagged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import islice

from compliance.embedded.building import Site
from compliance.embedded.gaps import Gap, holds


@dataclass(frozen=True, slots=True)
class Subnet:
    """One subnet: its id and zone."""

    id: str
    zone: str


def remove_default_vpc(site: Site) -> None:
    """Delete the account's default VPC: it takes 172.31.0.0/16, and nothing here may live in it."""
    ec2 = site.ec2
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "isDefault", "Values": ["true"]}])["Vpcs"]:
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=inside)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        attached = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
        for gateway in ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
            ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def vpc(site: Site, cidr: str) -> str:
    """Make a VPC with DNS names whose default security group lets nothing pass. Returns its id."""
    made = site.ec2.create_vpc(CidrBlock=cidr, TagSpecifications=site.tagged("vpc", site.name("vpc")))
    vpc_id = str(made["Vpc"]["VpcId"])
    site.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsSupport={"Value": True})
    site.ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    _close_default_group(site, vpc_id)
    return vpc_id


def subnets(
    site: Site, vpc_id: str, tier: str, blocks: Sequence[IPv4Network], zones: Sequence[str]
) -> list[Subnet]:
    """Make a subnet of a tier in each zone."""
    made = []
    for block, zone in zip(blocks, zones, strict=True):
        name = site.name(f"{tier}-{zone}")
        subnet = site.ec2.create_subnet(
            VpcId=vpc_id,
            CidrBlock=str(block),
            AvailabilityZone=zone,
            TagSpecifications=site.tagged("subnet", name, Tier=tier),
        )
        made.append(Subnet(str(subnet["Subnet"]["SubnetId"]), zone))
    return made


def blocks(cidr: str, length: int, start: int, count: int) -> list[IPv4Network]:
    """Return `count` blocks of a length within a network, from the one with index `start` on."""
    return list(islice(IPv4Network(cidr).subnets(new_prefix=length), start, start + count))


def internet_gateway(site: Site, vpc_id: str) -> str:
    """Make a gateway and attach it. Returns its id."""
    tags = site.tagged("internet-gateway", site.name("internet"))
    gateway_id = str(
        site.ec2.create_internet_gateway(TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]
    )
    site.ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    return gateway_id


def route_table(site: Site, vpc_id: str, name: str, members: Sequence[Subnet], **default_route: str) -> str:
    """Make a route table for some subnets, with a default route to the target given. Returns its id."""
    tags = site.tagged("route-table", site.name(name))
    table = site.ec2.create_route_table(VpcId=vpc_id, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
    if default_route:
        site.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **default_route)
    for subnet in members:
        site.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet.id)
    return str(table)


def security_group(site: Site, vpc_id: str, name: str, purpose: str, from_cidrs: Sequence[str] = ()) -> str:
    """Make a group that lets everything out and, from the blocks given, everything in. Returns its id."""
    tags = site.tagged("security-group", site.name(name))
    group = site.ec2.create_security_group(
        GroupName=site.name(name), Description=purpose, VpcId=vpc_id, TagSpecifications=tags
    )
    if from_cidrs:
        ranges = [{"CidrIp": cidr, "Description": purpose} for cidr in from_cidrs]
        site.ec2.authorize_security_group_ingress(
            GroupId=group["GroupId"], IpPermissions=[{"IpProtocol": "-1", "IpRanges": ranges}]
        )
    return str(group["GroupId"])


def nat_instance(site: Site, subnet: Subnet, group_id: str, image_id: str) -> str:
    """Run a NAT instance that forwards traffic of others. Returns its id."""
    made = site.ec2.run_instances(
        ImageId=image_id,
        InstanceType="t3.nano",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet.id,
        SecurityGroupIds=[group_id],
        TagSpecifications=site.tagged("instance", site.name(f"nat-{subnet.zone}"), Role="nat"),
    )
    instance_id = str(made["Instances"][0]["InstanceId"])
    if holds(site.session, Gap.FORWARDING_INSTANCE):
        site.ec2.modify_instance_attribute(InstanceId=instance_id, SourceDestCheck={"Value": False})
    return instance_id


def image(site: Site) -> str:
    """Return the id of a machine image that is there."""
    # Without a filter moto writes out over a thousand images, which takes two seconds.
    wanted = [{"Name": "name", "Values": ["amzn2-ami-hvm-*"]}]
    return str(site.ec2.describe_images(Filters=wanted)["Images"][0]["ImageId"])


def _close_default_group(site: Site, vpc_id: str) -> None:
    wanted = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": ["default"]}]
    for group in site.ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]:
        if group["IpPermissions"]:
            site.ec2.revoke_security_group_ingress(
                GroupId=group["GroupId"], IpPermissions=group["IpPermissions"]
            )
        if group["IpPermissionsEgress"]:
            site.ec2.revoke_security_group_egress(
                GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"]
            )
