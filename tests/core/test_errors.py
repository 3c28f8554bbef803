import pickle

import pytest

from compliance import errors
from compliance.access import DocumentError
from compliance.errors import ComplianceError
from compliance.evidence import Cause, FactUnreadable, Unreadable
from compliance.verdict import NotApplicable, Severity, Verdict

CLASSES = [each for each in vars(errors).values() if isinstance(each, type)]
UNREADABLE = Unreadable(Cause.DENIED, "s3:GetEncryptionConfiguration", "AccessDenied", "no", "s3:GetBucket")
ERRORS = [
    *(each("a message") for each in CLASSES),
    NotApplicable("a reason"),
    FactUnreadable("1/r/Bucket/data: encryption", UNREADABLE),
    DocumentError("Statement[0]", "a problem"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_on_purpose_is_one_of_ours(error):
    assert isinstance(error, ComplianceError)


@pytest.mark.parametrize("each", CLASSES, ids=lambda each: each.__name__)
def test_the_tree_in_the_docstring_is_the_tree(each):
    assert each.__name__ in (errors.__doc__ or "")


def test_an_unreadable_fact_says_thing_fact_and_cause():
    assert str(FactUnreadable("1/r/Bucket/data: encryption", UNREADABLE)) == (
        "1/r/Bucket/data: encryption is unknown (denied: s3:GetEncryptionConfiguration "
        "(AccessDenied: no); grant s3:GetBucket)"
    )


@pytest.mark.parametrize(
    ("unreadable", "text"),
    [
        (Unreadable(Cause.TIMED_OUT), "timed-out"),
        (Unreadable(Cause.THROTTLED, "ec2:DescribeVpcs"), "throttled: ec2:DescribeVpcs"),
        (Unreadable(Cause.SERVICE_ERROR, "a:B", "InternalError"), "service-error: a:B (InternalError)"),
        (Unreadable(Cause.MALFORMED, "a:B", message="no list"), "malformed: a:B (no list)"),
        (Unreadable(Cause.DENIED, "a:B", action="a:C"), "denied: a:B; grant a:C"),
        (Unreadable(Cause.DENIED_BY_SCP, "a:B", action="a:C"), "denied-by-scp: a:B"),
    ],
)
def test_a_cause_is_one_line_and_names_a_grant_only_where_one_helps(unreadable, text):
    assert str(unreadable) == text


def test_refusals_are_told_from_failures():
    assert {each for each in Cause if each.is_denial} == {
        Cause.DENIED,
        Cause.DENIED_BY_SCP,
        Cause.DENIED_BY_RESOURCE_POLICY,
        Cause.DENIED_BY_BOUNDARY,
        Cause.DENIED_BY_SESSION_POLICY,
        Cause.DENIED_BY_ENDPOINT_POLICY,
    }


def test_severities_rank_from_the_worst():
    assert [each.rank for each in Severity] == [0, 1, 2, 3, 4]
    assert Severity.CRITICAL.rank < Severity.LOW.rank


def test_verdicts_are_five_words():
    assert {each.value for each in Verdict} == {"pass", "fail", "unknown", "not_applicable", "waived"}
