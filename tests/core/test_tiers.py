import pytest

from compliance.evidence import FactUnreadable
from compliance.models import RouteTable, Subnet
from compliance.models.network import Route
from compliance.network import ISOLATED, PRIVATE, PUBLIC, table_of, tier_of
from tests.builders import DENIED, made

HERE = made(Subnet, "subnet-1", vpc_id="vpc-1")


def table(
    *targets, name="rtb-1", to="0.0.0.0/0", subnets=("subnet-1",), main=False, vpc_id="vpc-1", active=True
):
    routes = tuple(Route(to, target, is_active=active) for target in targets)
    return made(RouteTable, name, vpc_id=vpc_id, is_main=main, subnet_ids=subnets, routes=routes)


@pytest.mark.parametrize(
    ("tables", "tier"),
    [
        ([table("igw-1")], PUBLIC),
        ([table("igw-1", to="::/0")], PUBLIC),
        ([table("nat-1")], PRIVATE),
        ([table("eni-1", "igw-1")], PUBLIC),
        ([table("tgw-1")], PRIVATE),
        ([table("eigw-1", to="::/0")], PRIVATE),
        ([table("local", to="10.0.0.0/16")], ISOLATED),
        ([table("igw-1", active=False)], ISOLATED),
        ([table("igw-1", to="pl-1")], ISOLATED),
        ([table()], ISOLATED),
        ([], ISOLATED),
        ([table("igw-1", subnets=(), main=True)], PUBLIC),
        ([table("igw-1", subnets=(), main=True, vpc_id="vpc-2")], ISOLATED),
        ([table("igw-1", subnets=())], ISOLATED),
        ([table("igw-1", subnets=(), main=True), table("nat-1", name="rtb-2")], PRIVATE),
        ([table("nat-1", name="rtb-2"), table("igw-1", subnets=(), main=True)], PRIVATE),
    ],
)
def test_routes_decide_the_tier(tables, tier):
    assert tier_of(HERE, tables) == tier


def test_without_any_table_there_is_none():
    assert table_of(HERE, []) is None


def test_a_table_that_could_not_be_read_decides_nothing():
    with pytest.raises(FactUnreadable):
        tier_of(HERE, [made(RouteTable, "rtb-1", subnet_ids=("subnet-1",), routes=DENIED)])
