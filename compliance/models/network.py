"""Networks: VPCs and what lies in them, flow logs, and the estate that they form together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, _BaseNetwork
from typing import TYPE_CHECKING

from compliance.models.resource import Resource, resource

if TYPE_CHECKING:
    Network = IPv4Network | IPv6Network
else:
    # Saved inventories and policies are decoded by type, and the decoder takes no union of foreign classes.
    Network = _BaseNetwork


@resource
class Vpc(Resource):
    """A virtual network. Blocks are the associated ones, primary block first."""

    cidr_blocks: tuple[IPv4Network, ...]
    ipv6_blocks: tuple[IPv6Network, ...]
    is_default: bool
    tags: Mapping[str, str]


@resource
class Subnet(Resource):
    """A subnet; `zone` is the availability zone's name."""

    vpc_id: str
    zone: str
    cidr_block: IPv4Network | None
    ipv6_blocks: tuple[IPv6Network, ...]
    assigns_public_ip: bool
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """One route: a destination (CIDR or prefix list id) and the id of its target.

    `is_active` is false for a blackhole.
    """

    destination: str
    target: str
    is_active: bool

    @property
    def is_default(self) -> bool:
        """Whether it carries all traffic that no narrower route takes."""
        return self.destination in {"0.0.0.0/0", "::/0"}


@resource
class RouteTable(Resource):
    """A route table; `subnet_ids` are those associated with it by name, not by default."""

    vpc_id: str
    is_main: bool
    subnet_ids: tuple[str, ...]
    routes: tuple[Route, ...]
    tags: Mapping[str, str]


class GatewayType(StrEnum):
    """What a gateway connects its network to."""

    INTERNET = "internet"
    NAT = "nat"
    TRANSIT = "transit"


@resource
class Gateway(Resource):
    """An internet gateway, a NAT gateway or a transit gateway's attachment to a VPC."""

    type: GatewayType
    vpc_id: str
    subnet_ids: tuple[str, ...]
    state: str
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SecurityRule:
    """What one rule lets through. Ports are None where the protocol has none or all are meant."""

    protocol: str
    from_port: int | None
    to_port: int | None
    sources: tuple[str, ...]


@resource
class SecurityGroup(Resource):
    """A security group. `sources` of rules are CIDRs, group ids or prefix lists."""

    vpc_id: str
    group_name: str
    ingress: tuple[SecurityRule, ...]
    egress: tuple[SecurityRule, ...]
    tags: Mapping[str, str]


@resource
class Endpoint(Resource):
    """A VPC endpoint; `document` is its policy, None where the type has none."""

    vpc_id: str
    service: str
    document: str | None
    tags: Mapping[str, str]


class Destination(StrEnum):
    """Where flow logs go."""

    CLOUD_WATCH_LOGS = "cloud-watch-logs"
    S3 = "s3"
    FIREHOSE = "kinesis-data-firehose"


@resource
class FlowLog(Resource):
    """A flow log of a VPC, a subnet or an interface (`resource_id`).

    `delivery_status` is SUCCESS, FAILED or None before the first delivery. `newest_data_at` is the time of
    the newest record that was found at the destination within the last three days, None if there is none.
    """

    resource_id: str
    is_active: bool
    traffic: str
    destination: Destination
    destination_arn: str
    role_arn: str | None
    delivery_status: str | None
    delivery_error: str | None
    tags: Mapping[str, str]
    newest_data_at: datetime | None


@dataclass(frozen=True, slots=True)
class AddressRange:
    """A block of addresses and who uses it, named as reports should name it."""

    cidr: Network
    owner: str


@dataclass(frozen=True, slots=True)
class SubnetRange:
    """A subnet's block and the VPC it says it lies in."""

    cidr: Network
    subnet_id: str
    vpc_id: str


@resource
class NetworkEstate(Resource):
    """All address ranges in scope together: the relation that overlap is judged on.

    `vpcs`: every block of every VPC in scope. `connected`: blocks at the other end of peerings, transit
    gateways and VPNs of those VPCs. `subnets`: the blocks of their subnets.
    """

    vpcs: tuple[AddressRange, ...]
    subnets: tuple[SubnetRange, ...]
    connected: tuple[AddressRange, ...]
