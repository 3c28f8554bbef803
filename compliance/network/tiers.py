"""Which tier a subnet belongs to. Routes decide, not names: public is what reaches an internet gateway.

Source: Amazon VPC User Guide, "Subnet types".
"""

from collections.abc import Iterable

from compliance.models import RouteTable, Subnet

PUBLIC = "public"
PRIVATE = "private"
ISOLATED = "isolated"


def tier_of(subnet: Subnet, tables: Iterable[RouteTable]) -> str:
    """`public`, `private` (another default route) or `isolated` (none). Raises FactUnreadable."""
    table = table_of(subnet, tables)
    defaults = [route for route in table.routes if route.is_default and route.is_active] if table else []
    if any(route.target.startswith("igw-") for route in defaults):
        return PUBLIC
    return PRIVATE if defaults else ISOLATED


def table_of(subnet: Subnet, tables: Iterable[RouteTable]) -> RouteTable | None:
    """The route table that the subnet names, else its VPC's main one."""
    main = None
    for table in tables:
        if subnet.name in table.subnet_ids:
            return table
        if table.is_main and table.vpc_id == subnet.vpc_id:
            main = table
    return main
