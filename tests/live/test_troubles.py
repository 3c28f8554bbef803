"""Everything else that can go wrong on the way, over HTTP: no trouble becomes a verdict, none ends a run."""

import boto3
import pytest
from botocore.config import Config

import compliance.collect.client as client_module
from compliance.embedded.session import session_at
from compliance.errors import SettingsError
from compliance.verdict import Verdict

from .systems import JUDGED, pairs_of
from .test_permissions import DENIED, calls_of

# One operation for each protocol and dialect, and the check that needs it.
PROTOCOLS = {
    "ec2": ("ec2:DescribeVpcs", "vpc-cidr-expected"),
    "query": ("iam:GetAccountAuthorizationDetails", "iam-no-admin"),
    "query-sns": ("sns:GetTopicAttributes", "s3-notification-delivers"),
    "query-cloudformation": ("cloudformation:DescribeStacks", "stack-healthy"),
    "rest-xml": ("s3:GetBucketEncryption", "s3-default-encryption"),
    "rest-xml-list": ("s3:ListObjectsV2", "flow-log-delivers"),
    "json": ("logs:DescribeLogStreams", "flow-log-delivers"),
    "json-kms": ("kms:DescribeKey", "s3-default-encryption"),
    "json-cloudtrail": ("cloudtrail:DescribeTrails", "output-resource-exists"),
}
BROKEN = {"malformed", "service-error", "unreachable"}
TROUBLES = {
    "throttle": ({}, {"throttled"}),
    "expire": ({}, {"credentials"}),
    "fail": ({}, {"service-error"}),
    "unavailable": ({}, {"service-error"}),
    "not_implemented": ({}, {"not-implemented"}),
    "html": ({}, BROKEN),
    "html-502": ({"status": 502}, BROKEN),
    "empty": ({}, BROKEN),
    "truncate": ({}, BROKEN),
    "reset": ({}, {"unreachable"}),
    "stall": ({"seconds": 30}, {"timed-out"}),
}


@pytest.fixture
def infrastructure(systems, monkeypatch):
    """The corrected infrastructure, asked by somebody who does not ask twice."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    live = systems.get("scalable-infrastructure", "corrected")
    live.account.faults.clear()
    yield live
    live.account.faults.clear()


# Every trouble for one dialect of each family; for the others what their parsers have to bear. A stalled call
# costs its time-out, so there is one.
CASES = [
    (protocol, trouble)
    for protocol in PROTOCOLS
    for trouble in TROUBLES
    if (protocol in {"ec2", "query", "rest-xml", "json-kms"} and (trouble != "stall" or protocol == "ec2"))
    or trouble in {"html", "empty", "truncate"}
]


@pytest.mark.parametrize(("protocol", "trouble"), CASES)
def test_trouble_is_unknown_and_never_a_verdict(infrastructure, monkeypatch, protocol, trouble):
    operation, check = PROTOCOLS[protocol]
    details, causes = TROUBLES[trouble]
    kind = trouble.partition("-")[0]
    timeout = 2 if kind == "stall" else 30
    impatient = lambda session, concurrency, _: Config(  # noqa: E731
        read_timeout=timeout, max_pool_connections=concurrency, retries={"total_max_attempts": 1}
    )
    monkeypatch.setattr(client_module, "_config", impatient)
    before = pairs_of(infrastructure.base)
    with infrastructure.account.fault(kind, *operation.split(":"), **details):
        report = infrastructure.audit(checks=[check])
    unknown = [pair for pair in report.outcomes if pair.verdict is Verdict.UNKNOWN]
    assert unknown
    assert {pair.cause for pair in unknown} <= causes
    assert all(operation in pair.reason for pair in unknown)
    for pair in report.outcomes:
        if pair.verdict in JUDGED:
            assert before[pair.check, pair.address.text].verdict is pair.verdict
    # No more than a denial of the same operation leaves unknown, and no less.
    denied = DENIED["scalable-infrastructure"][operation]["unknown"]
    real = [pair for pair in unknown if (pair.check, pair.address.text) in before]
    assert len(real) == sum(count for name, count in denied.items() if name.split()[0] == check)


def test_a_throttle_that_ends_is_overcome(infrastructure, monkeypatch):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "3")
    monkeypatch.setenv("AWS_RETRY_MODE", "standard")
    with infrastructure.account.fault("throttle", "iam", times=1) as fault:
        report = infrastructure.audit(checks=["iam-no-admin"])
    assert fault.struck == 1
    assert {pair.verdict for pair in report.outcomes if pair.kind == "Role"} == {Verdict.PASS}
    assert report.inventory.run.calls["iam:GetAccountAuthorizationDetails"] == 2  # each attempt costs


def test_credentials_that_expire_in_mid_run_leave_the_rest_unknown(infrastructure):
    before = pairs_of(infrastructure.base)
    infrastructure.account.faults.expire(after=6)
    report = infrastructure.audit()
    verdicts = {pair.verdict for pair in report.outcomes}
    assert Verdict.UNKNOWN in verdicts
    assert Verdict.FAIL not in verdicts
    for key, pair in pairs_of(report).items():
        assert pair.verdict is Verdict.UNKNOWN or before.get(key, pair).verdict is pair.verdict
    assert {pair.cause for pair in report.outcomes} - {""} == {"credentials"}


@pytest.mark.parametrize(
    "trouble", ["html", "empty", "truncate", "fail", "expire", "not_implemented", "reset"]
)
def test_without_an_identity_there_is_no_run_but_a_clear_message(infrastructure, trouble):
    infrastructure.account.faults.__getattribute__(trouble)("sts")
    with pytest.raises(SettingsError, match=r"no AWS account can be reached .*sts:GetCallerIdentity"):
        infrastructure.audit()


def test_a_closed_port_is_told_in_one_sentence(infrastructure):
    with pytest.raises(SettingsError, match="check the network, AWS_ENDPOINT_URL and AWS_CA_BUNDLE"):
        infrastructure.run(session=session_at("http://127.0.0.1:1", "eu-west-1"))


def test_everything_in_trouble_at_once_ends_in_order(infrastructure):
    for operation in calls_of(infrastructure):
        infrastructure.account.faults.html(*operation.split(":"))
    report = infrastructure.audit()
    assert report.summary["fail"] == 0
    assert {pair.check for pair in report.outcomes if pair.verdict is Verdict.PASS} == {"outputs-complete"}


def test_a_session_of_boto3_itself_will_do(infrastructure, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", infrastructure.account.url)
    session = boto3.Session("test", "test", region_name="eu-west-1")
    report = infrastructure.run(session=session)
    assert [pair.verdict for pair in report.outcomes] == [
        pair.verdict for pair in infrastructure.base.outcomes
    ]
