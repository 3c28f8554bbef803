"""The plan reads what the selected checks need, and follows the links that can lead to it."""

import pytest

import compliance.collect.gather  # noqa: F401 - it makes all readers known
from compliance.catalogue import load_checks
from compliance.check import check
from compliance.collect.plan import plan_for
from compliance.collect.readers import LINKERS
from compliance.models import KINDS, Bucket, Function, NetworkEstate, Role, Vpc
from compliance.policy import load_policy
from compliance.shipped import default_policy

SHIPPED = {each.id: each for each in load_checks()}
PLAIN = load_policy(default_policy())


def planned(*checks, **options):
    return plan_for([SHIPPED[each] if isinstance(each, str) else each for each in checks], PLAIN, **options)


def link(source, target):
    (found,) = [each for each in LINKERS if each.source == source and each.targets == {target}]
    return found


def test_every_fact_that_a_shipped_check_reads_has_a_reader():
    for each in SHIPPED.values():
        assert each.reads <= planned(each).facts, each.id


def test_a_reader_tells_all_its_facts_and_nobody_else_is_asked():
    assert planned("s3-single-notification").facts == {"Bucket.notifications"}
    assert planned("stack-healthy").facts == {
        "Stack.status",
        "Stack.reason",
        "Stack.is_protected",
        "Stack.tags",
    }


def test_facts_of_others_bring_their_kinds_along():
    plan = planned("s3-notification-delivers")
    assert plan.kinds == {"Bucket", "Topic", "Queue", "Function"}


def test_the_estate_needs_the_networks():
    assert planned("vpc-cidr-overlap").kinds == {"NetworkEstate", "Vpc"}


def test_outputs_need_nothing():
    for each in ("outputs-complete", "output-resource-exists"):
        assert planned(each).links == ()
        assert planned(each).on_the_way == frozenset()


def test_whole_kinds_are_read_whole():
    assert planned(whole_kinds=["Bucket"]).facts == {f"Bucket.{fact}" for fact in KINDS["Bucket"].facts}


def test_what_lies_in_a_network_leads_nowhere_new():
    plan = planned("vpc-three-zones", "flow-log-enabled")
    assert plan.reachable(link("Vpc", "RouteTable")) == {"RouteTable"}
    assert plan.reachable(link("Vpc", "Subnet")) == {"Subnet"}


def test_what_holds_a_subnet_leads_to_all_that_lies_in_it():
    plan = planned("vpc-three-zones", "flow-log-enabled")
    assert plan.reachable(link("Subnet", "Vpc")) == {"Vpc", "Subnet", "RouteTable", "FlowLog"}


def test_links_that_lead_to_nothing_judged_are_not_followed():
    plan = planned("vpc-three-zones")
    assert ("Vpc", frozenset({"Endpoint"})) not in {(each.source, each.targets) for each in plan.links}
    assert all(plan.reachable(each) for each in plan.links)


def test_in_account_scope_only_what_lists_leave_out_is_reached_through_links():
    plan = planned("iam-managed-policy-exists", scope="account")
    assert {each.source for each in plan.links} == {"Role", "User", "Group"}
    assert planned("s3-default-encryption", scope="account").links == ()


def test_a_policy_that_selects_by_tag_needs_the_tags(tmp_path):
    path = tmp_path / "policy.yaml"
    rule = "storage:\n  encryption:\n    - select: {tag: {env: prod}}\n      algorithm: SSE-S3\n"
    path.write_text(f"version: 1\n{rule}", "utf-8")
    plan = plan_for([SHIPPED["s3-default-encryption"]], load_policy(path))
    assert "Bucket.tags" in plan.facts


@pytest.mark.parametrize("kind", [Bucket, Function, Role, Vpc, NetworkEstate])
def test_a_check_of_ones_own_is_planned_like_any_other(kind):
    @check(kind, id="my-own")
    def mine(subject, _):
        """Everything is fine."""
        yield from ()

    plan = plan_for([mine], PLAIN)
    assert {f"{kind.__name__}.{fact}" for fact in kind.facts} <= plan.facts
