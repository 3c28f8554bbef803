"""What the checks of networks say."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from compliance.models import NetworkEstate, RouteTable, Subnet, Vpc
from compliance.models.network import AddressRange, Route, SubnetRange
from tests.builders import DENIED, made, unlisted
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, cases_of

# vpc-cidr-expected

expected = cases_of("vpc-cidr-expected")


def vpc(*blocks, **facts):
    found = [ip_network(block) for block in blocks]
    v4 = tuple(block for block in found if isinstance(block, IPv4Network))
    v6 = tuple(block for block in found if isinstance(block, IPv6Network))
    return made(Vpc, "vpc-1", **({"cidr_blocks": v4, "ipv6_blocks": v6} | facts))


def blocks(*cidrs, select="{}"):
    return f"network: {{cidrs: [{{cidrs: [{', '.join(map(repr, cidrs))}], select: {select}}}]}}"


STATED = blocks("172.31.0.0/16")

EXPECTED_CASES = [
    expected(PASS, "the stated block", vpc("172.31.0.0/16"), STATED),
    expected(FAIL, "another block", vpc("10.0.0.0/16"), STATED, says="10.0.0.0/16"),
    expected(FAIL, "a wider block", vpc("172.30.0.0/15"), STATED),
    expected(FAIL, "a narrower block", vpc("172.31.0.0/17"), STATED),
    expected(
        FAIL,
        "a secondary block that nobody stated",
        vpc("172.31.0.0/16", "100.64.0.0/16"),
        STATED,
        says="100.64.0.0/16",
    ),
    expected(
        FAIL,
        "a stated secondary block is missing",
        vpc("172.31.0.0/16"),
        blocks("172.31.0.0/16", "100.64.0.0/16"),
    ),
    expected(
        PASS,
        "the stated blocks in another order",
        vpc("100.64.0.0/16", "172.31.0.0/16"),
        blocks("172.31.0.0/16", "100.64.0.0/16"),
    ),
    expected(
        PASS,
        "an IPv6 block where none is stated: AWS chose it",
        vpc("172.31.0.0/16", "2a05:d018::/56"),
        STATED,
    ),
    expected(
        PASS, "the stated IPv6 block", vpc("172.31.0.0/16", "fd00::/56"), blocks("172.31.0.0/16", "fd00::/56")
    ),
    expected(
        FAIL,
        "another IPv6 block than stated",
        vpc("172.31.0.0/16", "fd01::/56"),
        blocks("172.31.0.0/16", "fd00::/56"),
    ),
    expected(
        FAIL, "no IPv6 block where one is stated", vpc("172.31.0.0/16"), blocks("172.31.0.0/16", "fd00::/56")
    ),
    expected(FAIL, "no block at all", vpc(), STATED, says="none"),
    expected(UNKNOWN, "blocks refused", vpc(cidr_blocks=DENIED), STATED, says="x:Y"),
    expected(
        UNKNOWN,
        "IPv6 blocks refused where one is stated",
        vpc("172.31.0.0/16", ipv6_blocks=DENIED),
        blocks("172.31.0.0/16", "fd00::/56"),
    ),
    expected(
        PASS, "IPv6 blocks refused where none is stated", vpc("172.31.0.0/16", ipv6_blocks=DENIED), STATED
    ),
    expected(NOT_APPLICABLE, "nothing stated", vpc("10.0.0.0/16")),
    expected(
        NOT_APPLICABLE,
        "stated for another",
        vpc("10.0.0.0/16"),
        blocks("172.31.0.0/16", select="{name: vpc-2}"),
    ),
]

# vpc-cidr-overlap

overlap = cases_of("vpc-cidr-overlap")
RESERVED = "network: {reserved_cidrs: [10.0.0.0/8, 'fd00::/32']}"
PEER, TRANSIT, VPN = "vpc-9 (peered by pcx-1)", "vpc-8 (behind tgw-1)", "VPN vpn-1"


def ranges(pairs):
    if pairs is DENIED:
        return pairs
    return tuple(AddressRange(ip_network(block), owner) for block, owner in pairs)


def estate(*vpcs, subnets=(), connected=(), **facts):
    within = subnets
    if subnets is not DENIED:
        within = tuple(SubnetRange(ip_network(block), name, owner) for block, name, owner in subnets)
    return made(
        NetworkEstate,
        "network",
        **({"vpcs": ranges(vpcs), "subnets": within, "connected": ranges(connected)} | facts),
    )


ONE, SECOND = ("172.31.0.0/16", "vpc-1"), ("172.20.0.0/16", "vpc-2")
TWIN = ("172.31.0.0/16", "vpc-2")
V6 = ("fd01::/56", "vpc-1")

OVERLAP_CASES = [
    overlap(PASS, "VPCs apart", estate(ONE, SECOND), RESERVED),
    overlap(FAIL, "two VPCs with the same block", estate(ONE, TWIN), says="vpc-2"),
    overlap(FAIL, "a VPC within another", estate(ONE, ("172.31.128.0/17", "vpc-2"))),
    overlap(
        FAIL,
        "a secondary block meets another VPC",
        estate(ONE, ("100.64.0.0/16", "vpc-1"), ("100.64.0.0/10", "vpc-2")),
    ),
    overlap(FAIL, "IPv6 blocks meet", estate(V6, ("fd01::/48", "vpc-2"))),
    overlap(
        PASS,
        "an IPv6 block and an IPv4 block of the same bits",
        estate(("0.0.0.0/8", "vpc-1"), ("::/8", "vpc-2")),
    ),
    overlap(
        PASS,
        "two blocks of one VPC that touch",
        estate(("172.16.0.0/17", "vpc-1"), ("172.16.128.0/17", "vpc-1")),
    ),
    overlap(FAIL, "a peer", estate(ONE, connected=[("172.31.0.0/24", PEER)]), says=PEER),
    overlap(
        FAIL,
        "a VPC behind a transit gateway",
        estate(ONE, connected=[("172.16.0.0/12", TRANSIT)]),
        says=TRANSIT,
    ),
    overlap(FAIL, "a network behind a VPN", estate(ONE, connected=[("172.31.5.0/24", VPN)]), says=VPN),
    overlap(FAIL, "a default route behind a VPN", estate(ONE, connected=[("0.0.0.0/0", VPN)])),
    overlap(
        PASS,
        "two connected networks overlap each other, but no VPC here",
        estate(ONE, connected=[("10.0.0.0/8", PEER), ("10.0.0.0/8", VPN)]),
    ),
    overlap(
        PASS,
        "a connected network in a reserved range",
        estate(ONE, connected=[("10.0.0.0/16", VPN)]),
        RESERVED,
    ),
    overlap(
        FAIL, "a reserved range", estate(("10.0.0.0/16", "vpc-1")), RESERVED, says="reserved by the policy"
    ),
    overlap(FAIL, "a reserved range by a secondary block", estate(ONE, ("10.1.0.0/16", "vpc-1")), RESERVED),
    overlap(FAIL, "a reserved IPv6 range", estate(("fd00:0:1::/56", "vpc-1")), RESERVED),
    overlap(FAIL, "a VPC around a reserved range", estate(("10.0.0.0/7", "vpc-1")), RESERVED),
    overlap(PASS, "no reserved range", estate(("10.0.0.0/16", "vpc-1"))),
    overlap(
        PASS,
        "subnets within their VPC and apart",
        estate(ONE, subnets=[("172.31.0.0/20", "a", "vpc-1"), ("172.31.16.0/20", "b", "vpc-1")]),
    ),
    overlap(
        PASS,
        "a subnet in a secondary block",
        estate(ONE, ("100.64.0.0/16", "vpc-1"), subnets=[("100.64.1.0/24", "a", "vpc-1")]),
    ),
    overlap(
        PASS,
        "an IPv6 subnet",
        estate(ONE, V6, subnets=[("fd01::/64", "a", "vpc-1"), ("172.31.0.0/24", "a", "vpc-1")]),
    ),
    overlap(
        FAIL,
        "a subnet outside its VPC",
        estate(ONE, subnets=[("10.9.0.0/24", "a", "vpc-1")]),
        says="outside its VPC",
    ),
    overlap(
        FAIL,
        "a subnet wider than its VPC",
        estate(ONE, subnets=[("172.30.0.0/15", "a", "vpc-1")]),
        says="outside its VPC",
    ),
    overlap(
        FAIL,
        "subnets of one VPC overlap",
        estate(ONE, subnets=[("172.31.0.0/20", "a", "vpc-1"), ("172.31.8.0/24", "b", "vpc-1")]),
        says="172.31.8.0/24 (b)",
    ),
    overlap(
        FAIL,
        "subnets of two VPCs overlap, which is said of the VPCs",
        estate(ONE, TWIN, subnets=[("172.31.0.0/20", "a", "vpc-1"), ("172.31.0.0/20", "b", "vpc-2")]),
        says="172.31.0.0/16 (vpc-2)",
    ),
    overlap(UNKNOWN, "VPCs refused", estate(vpcs=DENIED), says="x:Y"),
    overlap(UNKNOWN, "peers refused", estate(ONE, connected=DENIED)),
    overlap(
        UNKNOWN,
        "subnets refused, though an overlap was seen",
        estate(ONE, TWIN, subnets=DENIED),
        says="address ranges overlap",
    ),
]

# vpc-three-zones

zones = cases_of("vpc-three-zones")
HOME = made(Vpc, "vpc-1")
THREE = "network: {zones: [{minimum: 3}]}"
TIERS = "network: {zones: [{minimum: 3, tiers: {public: {}, private: {}}}]}"
IGW = (Route("172.31.0.0/16", "local", is_active=True), Route("0.0.0.0/0", "igw-1", is_active=True))
NAT = (Route("0.0.0.0/0", "nat-1", is_active=True),)


def table(name, routes, subnets=(), *, main=False, vpc_id="vpc-1"):
    return made(
        RouteTable,
        name,
        vpc_id=vpc_id,
        is_main=main,
        subnet_ids=tuple(s.name for s in subnets),
        routes=routes,
    )


def subnets(prefix, zones, vpc_id="vpc-1"):
    """One subnet for each letter of the zones: `aab` is two in zone a and one in b."""
    return [
        made(Subnet, f"{prefix}-{n}", vpc_id=vpc_id, zone=f"eu-west-1{letter}")
        for n, letter in enumerate(zones)
    ]


def network(public="", private="", isolated="", public_routes=IGW):
    """Subnets and their tables: public and private by name, isolated by the main table."""
    tiers = subnets("public", public), subnets("private", private), subnets("isolated", isolated)
    tables = [
        table("rtb-1", public_routes, tiers[0]),
        table("rtb-2", NAT, tiers[1]),
        table("rtb-3", (), main=True),
    ]
    return [*tiers[0], *tiers[1], *tiers[2], *tables]


def tier(text):
    return f"network: {{zones: [{{minimum: 3, tiers: {{{text}}}}}]}}"


ZONES_CASES = [
    zones(PASS, "both tiers in three zones", HOME, THREE, network("abc", "abc")),
    zones(
        FAIL,
        "two zones instead of three",
        HOME,
        THREE,
        network("ab", "abc"),
        says="eu-west-1a: 1, eu-west-1b: 1",
    ),
    zones(FAIL, "three subnets in two zones", HOME, THREE, network("aab", "abc"), says="eu-west-1a: 2"),
    zones(PASS, "more zones than needed", HOME, THREE, network("abcd", "abcde")),
    zones(
        PASS, "two zones where two are enough", HOME, "network: {zones: [{minimum: 2}]}", network("ab", "ab")
    ),
    zones(FAIL, "a required tier is not there", HOME, TIERS, network("abc"), says="no subnets"),
    zones(PASS, "a tier that is not there, and not required", HOME, THREE, network("abc")),
    zones(PASS, "a tier that is there, and not required", HOME, tier("public: {}"), network("abc", "a")),
    zones(
        FAIL,
        "private by name, public by route",
        HOME,
        TIERS,
        [*subnets("private", "abc"), table("rtb-1", IGW, main=True)],
        says="the private tier",
    ),
    zones(
        FAIL,
        "public by name, private by route",
        HOME,
        TIERS,
        network("abc", "", public_routes=NAT),
        says="the public tier",
    ),
    zones(
        FAIL,
        "a default route into a black hole makes nothing public",
        HOME,
        tier("public: {}"),
        network("abc", public_routes=(Route("0.0.0.0/0", "igw-1", is_active=False),)),
    ),
    zones(
        FAIL,
        "a narrower route to the internet makes nothing public",
        HOME,
        tier("public: {}"),
        network("abc", public_routes=(Route("8.8.8.8/32", "igw-1", is_active=True),)),
    ),
    zones(
        PASS,
        "public by IPv6 alone",
        HOME,
        tier("public: {}"),
        network("abc", public_routes=(Route("::/0", "igw-1", is_active=True),)),
    ),
    zones(
        PASS,
        "the main table decides for a subnet without a table of its own",
        HOME,
        tier("public: {}"),
        [*subnets("x", "abc"), table("rtb-1", IGW, main=True)],
    ),
    zones(
        FAIL,
        "another VPC's main table decides nothing",
        HOME,
        tier("public: {}"),
        [*subnets("x", "abc"), table("rtb-1", IGW, main=True, vpc_id="vpc-2")],
    ),
    zones(
        FAIL,
        "a subnet's own table outweighs the main one",
        HOME,
        tier("public: {}"),
        [*(own := subnets("x", "abc")), table("rtb-1", IGW, main=True), table("rtb-2", NAT, own)],
    ),
    zones(
        PASS,
        "isolated subnets are private where nobody names the tier",
        HOME,
        TIERS,
        network("abc", "ab", "c"),
    ),
    zones(
        FAIL,
        "isolated subnets are not private where the tier is named",
        HOME,
        tier("private: {}, isolated: {}"),
        network("", "ab", "abc"),
    ),
    zones(PASS, "an isolated tier", HOME, tier("isolated: {}"), network("", "", "abc")),
    zones(
        FAIL,
        "an isolated tier in two zones",
        HOME,
        tier("isolated: {}"),
        network("", "", "abb"),
        says="the isolated tier",
    ),
    zones(
        PASS,
        "a tier with a number of its own",
        HOME,
        tier("public: {minimum_zones: 2}, private: {}"),
        network("ab", "abc"),
    ),
    zones(PASS, "two subnets per zone", HOME, tier("private: {subnets_per_zone: 2}"), network("", "aabbcc")),
    zones(
        FAIL,
        "one zone with too few subnets",
        HOME,
        tier("private: {subnets_per_zone: 2}"),
        network("", "aabbc"),
        says="eu-west-1c: 1",
    ),
    zones(
        FAIL,
        "another VPC's subnets don't count",
        HOME,
        THREE,
        [*subnets("x", "ab"), *subnets("y", "abc", "vpc-2"), table("rtb-1", IGW, main=True)],
    ),
    zones(NOT_APPLICABLE, "no subnets, and no tier required", HOME, THREE, network()),
    zones(FAIL, "no subnets, but a tier required", HOME, TIERS, network()),
    zones(NOT_APPLICABLE, "the policy sets no zones", HOME, "", network("a")),
    zones(UNKNOWN, "subnets refused", HOME, THREE, gaps=[unlisted("Subnet", HOME)]),
    zones(
        UNKNOWN, "route tables refused", HOME, THREE, subnets("x", "abc"), gaps=[unlisted("RouteTable", HOME)]
    ),
    zones(
        UNKNOWN,
        "a route table's routes refused",
        HOME,
        THREE,
        [*subnets("x", "abc"), table("rtb-1", DENIED, main=True)],
        says="routes",
    ),
]

CASES = [*EXPECTED_CASES, *OVERLAP_CASES, *ZONES_CASES]
