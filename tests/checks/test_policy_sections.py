"""The sections of a policy that say who is trusted, what roles may do at most and who publishes."""

import pytest

from compliance.errors import PolicyError
from compliance.models import Role, Topic
from compliance.policy.settings import Grant
from compliance.verdict import NotApplicable
from tests.builders import made, policy_of

READER = "{select: {name: reader}, allow: [{actions: ['s3:Get*']}]}"
REFERENCES = f"identity: {{references: [{READER}, {{select: {{}}, document: {{Statement: []}}}}]}}"
PUBLISHERS = (
    "messaging: {publishers: [{select: {name: 'alarm*'}, services: [s3.amazonaws.com]}, {services: []}]}"
)


def test_trust_is_nobody_unless_it_is_stated():
    trust = policy_of().trust
    assert (trust.accounts, trust.orgs, trust.vpcs, trust.vpces, trust.cidrs) == ((), (), (), (), ())


def test_trust_lists_what_is_no_outsider():
    trust = policy_of("trust: {accounts: ['012345678901'], orgs: [o-aaaaaaaaaa], cidrs: [10.0.0.0/8]}").trust
    assert trust.accounts == ("012345678901",)
    assert trust.orgs == ("o-aaaaaaaaaa",)
    assert trust.cidrs == ("10.0.0.0/8",)


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ("trust: {accounts: [111122223333]}", "$.trust.accounts[0]"),
        ("trust: {accounts: ['1111']}", "$.trust.accounts[0]"),
        ("trust: {account: ['111122223333']}", "did you mean 'accounts'?"),
        ("trust: {orgs: [acme]}", "$.trust.orgs[0]"),
        ("trust: {vpces: [vpc-0a1b2c3d]}", "$.trust.vpces[0]"),
        ("trust: {cidrs: [10.0.0.1/8]}", "$.trust.cidrs[0]"),
        ("messaging: {publishers: [{services: [cloudwatch]}]}", "$.messaging.publishers[0].services[0]"),
        ("messaging: {publishers: [{select: {name: a}}]}", "'services' is a required property"),
        ("identity: {references: [{allow: [{actions: ['s3:*']}]}]}", "'select' is a required property"),
        ("identity: {references: [{select: {name: a}}]}", "$.identity.references[0]"),
        ("identity: {references: [{select: {name: a}, allow: [{actions: []}]}]}", "allow[0].actions"),
        ("identity: {references: [{select: {name: a}, document: {Version: x}}]}", "'Statement'"),
        ("identity: {managed_policies_allowed: ['']}", "$.identity.managed_policies_allowed[0]"),
        ("identity: {wildcard_allowed: [{select: {name: a}}]}", "'reason' is a required property"),
        ("identity: {notaction_allowed: [{reason: a}]}", "'select' is a required property"),
    ],
)
def test_a_section_that_breaks_the_schema_is_refused_with_its_place(section, place):
    with pytest.raises(PolicyError) as refused:
        policy_of(section)
    assert place in str(refused.value)


def test_a_line_of_a_reference_without_resources_means_all_of_them():
    reference = policy_of(REFERENCES).reference_for(made(Role, "reader"))
    assert reference.allow == (Grant(("s3:Get*",), ("*",)),)
    assert reference.document is None


def test_the_first_reference_that_selects_the_role_counts():
    assert policy_of(REFERENCES).reference_for(made(Role, "other")).document == {"Statement": []}


def test_a_role_without_reference_is_not_judged():
    with pytest.raises(NotApplicable, match="no reference access"):
        policy_of().reference_for(made(Role, "reader"))


def test_the_first_rule_that_selects_the_topic_names_its_publishers():
    policy = policy_of(PUBLISHERS)
    assert policy.publishers_for(made(Topic, "alarms")).services == ("s3.amazonaws.com",)
    assert policy.publishers_for(made(Topic, "orders")).services == ()
    assert policy_of().publishers_for(made(Topic, "orders")) is None


@pytest.mark.parametrize(
    "section",
    [
        "identity: {references: [{select: {tag: {a: b}}, allow: [{actions: ['s3:*']}]}]}",
        "identity: {wildcard_allowed: [{select: {tag: {a: b}}, reason: builds}]}",
        "messaging: {publishers: [{select: {tag: {a: b}}, services: []}]}",
    ],
)
def test_tags_are_read_where_a_section_selects_by_them(section):
    assert policy_of(section).selects_by_tag()


def test_an_environment_overrides_trust():
    text = "trust: {orgs: [o-aaaaaaaaaa]}\nenvironments: {test: {trust: {orgs: [o-bbbbbbbbbb]}}}"
    assert policy_of(text, "test").trust.orgs == ("o-bbbbbbbbbb",)
