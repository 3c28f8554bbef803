"""Every case of the corpus, what a case may become when AWS tells less, and that the corpus is whole."""

import pytest

from compliance.verdict import Verdict
from tests.checks.case import FAIL, PASS, UNKNOWN, checks, judged, with_less
from tests.checks.cases import (
    breadth,
    compute,
    data,
    deployment,
    escalation,
    flow_logs,
    identity,
    keys,
    messaging,
    network,
    references,
    roles,
    storage,
)

MODULES = (
    breadth, compute, data, deployment, escalation, flow_logs, identity, keys, messaging, network,
    references, roles, storage,
)  # fmt: skip
CASES = [each for module in MODULES for each in module.CASES]
DECIDED = [each for each in CASES if each.verdict is not UNKNOWN]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_gets_its_verdict(case):
    outcome = judged(case)
    told = " ".join([outcome.reason, *map(str, outcome.violations)])
    assert outcome.verdict is case.verdict, told
    assert case.says in told
    assert outcome.cause != "check-broken", told


@pytest.mark.parametrize("case", DECIDED, ids=str)
def test_less_told_leaves_a_verdict_as_it_was_or_makes_it_unknown(case):
    whole = judged(case)
    for taken_away, poorer in with_less(case):
        outcome = judged(poorer)
        assert outcome.verdict is UNKNOWN or outcome == whole, f"without {taken_away}: {outcome}"


@pytest.mark.parametrize("case", DECIDED, ids=str)
def test_a_violation_names_what_is_expected_and_what_is_there(case):
    for violation in judged(case).violations:
        assert violation.message, violation
        assert violation.expected, violation
        assert violation.actual, violation


@pytest.mark.parametrize("check", checks().values(), ids=lambda check: check.id)
class TestEveryCheck:
    @pytest.mark.parametrize("verdict", [PASS, FAIL, UNKNOWN])
    def test_is_seen_to(self, check, verdict):
        assert [each for each in CASES if (each.check, each.verdict) == (check.id, verdict)]

    def test_says_what_it_is_for(self, check):
        about = check.about
        assert all((about.title, about.service, about.severity, about.rationale, about.remedy, about.links))

    def test_links_to_documentation(self, check):
        assert all(link.startswith("https://docs.aws.amazon.com/") for link in check.about.links)

    def test_says_what_holds_in_one_sentence(self, check):
        assert not check.about.title.endswith(".")
        assert (check.function.__doc__ or "").splitlines()[0].endswith(".")

    def test_can_be_seen_to_read_what_it_declares(self, check):
        mine = [each for each in CASES if each.check == check.id and each.verdict is not UNKNOWN]
        read = {
            away.partition(" of ")[0]
            for each in mine
            for away, less in with_less(each)
            if judged(less).verdict is UNKNOWN
        }
        assert check.reads <= read


def test_cases_are_of_checks_that_exist():
    assert {each.check for each in CASES} == checks().keys()


def test_no_promise_is_made_twice():
    promises = [str(each) for each in CASES]
    assert len(promises) == len(set(promises))


def test_every_verdict_is_seen():
    assert {each.verdict for each in CASES} == set(Verdict)
