"""The account as a whole: alone, side by side, one after the other, quiet, gone at the end."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from compliance.embedded.server import EmbeddedAccount, EmbeddedExtraMissingError

SCRIPT = """
import sys
from compliance.embedded.server import EmbeddedAccount
with EmbeddedAccount() as account:
    session = account.session()
    topic = session.client("sns").create_topic(Name=sys.argv[1])
    try:
        session.client("accessanalyzer").list_analyzers()
    except Exception:
        pass
    names = session.client("sns").list_topics()["Topics"]
    if len(names) != 1:
        sys.exit("foreign topics: %s" % names)
"""


def make_bucket(account, name):
    constraint = {"LocationConstraint": "eu-west-1"}
    account.session().client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=constraint)


def buckets(account):
    return [bucket["Name"] for bucket in account.session().client("s3").list_buckets()["Buckets"]]


def test_every_call_is_counted_with_its_parameters(account):
    session = account.session()
    session.client("sts").get_caller_identity()
    session.client("ec2").describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.0.0.0/8"]}])
    session.client("logs").describe_log_groups(logGroupNamePrefix="/aws/x")
    session.client("cloudwatch").describe_alarms()
    session.client("elbv2").describe_load_balancers()
    session.client("lambda").list_functions(MaxItems=7)
    session.client("lambda").list_functions()
    session.client("kms").list_keys()
    assert account.calls == {
        ("sts", "GetCallerIdentity"): 1,
        ("ec2", "DescribeVpcs"): 1,
        ("logs", "DescribeLogGroups"): 1,
        ("cloudwatch", "DescribeAlarms"): 1,
        ("elbv2", "DescribeLoadBalancers"): 1,
        ("lambda", "ListFunctions"): 2,
        ("kms", "ListKeys"): 1,
    }
    parameters = [call.parameters for call in account.log]
    assert parameters[1]["Filter.1.Value.1"] == "10.0.0.0/8"
    assert parameters[2] == {"logGroupNamePrefix": "/aws/x"}
    assert parameters[5] == {"MaxItems": "7"}
    assert {call.region for call in account.log} == {"eu-west-1"}


def test_counting_is_exact_under_concurrency(account):
    sts = account.session().client("sts")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sts.get_caller_identity(), range(80)))
    assert account.calls["sts", "GetCallerIdentity"] == 80


def test_the_account_and_region_are_as_promised(account):
    session = account.session()
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert session.region_name == "eu-west-1"
    assert account.session(region="eu-central-1").client("ec2").meta.region_name == "eu-central-1"


def test_managed_policies_of_aws_exist(account):
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert account.session().client("iam").get_policy(PolicyArn=arn)["Policy"]["Arn"] == arn


def test_the_session_ignores_its_surroundings(account, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "absent")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    session = account.session()
    assert isinstance(session, boto3.Session)
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert session.resource("s3").meta.client.list_buckets()["Buckets"] is not None


def test_a_client_keeps_its_own_configuration(account):
    client = account.session().client("sts", config=Config(read_timeout=3))
    assert client.meta.config.read_timeout == 3


def test_two_accounts_in_one_process_share_nothing():
    with EmbeddedAccount() as one, EmbeddedAccount() as two:
        make_bucket(one, "only-in-one")
        make_bucket(two, "only-in-two")
        make_bucket(two, "only-in-one")
        assert (buckets(one), buckets(two)) == (["only-in-one"], ["only-in-two", "only-in-one"])
        assert one.url != two.url
        two.faults.deny()
        assert one.calls["s3", "ListBuckets"] == two.calls["s3", "ListBuckets"] == 1
        assert buckets(one) == ["only-in-one"]


def test_the_next_account_is_empty():
    with EmbeddedAccount() as first:
        make_bucket(first, "seen-once")
    with EmbeddedAccount() as second:
        assert buckets(second) == []


def test_an_account_outlives_one_within_it(account):
    make_bucket(account, "the-outer-one")
    with EmbeddedAccount() as inner:
        make_bucket(inner, "the-inner-one")
    assert "the-outer-one" in buckets(account)
    assert "the-inner-one" not in buckets(account)


def test_two_processes_run_side_by_side_and_print_nothing():
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, f"topic-{n}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for n in (1, 2)
    ]
    assert [(*process.communicate(timeout=60), process.returncode) for process in started] == [
        (b"", b"", 0)
    ] * 2


def test_nothing_is_left_behind():
    before = set(threading.enumerate()), dict(os.environ)
    with EmbeddedAccount() as account:
        port = int(account.url.rpartition(":")[2])
        account.session().client("sts").get_caller_identity()
        account.faults.stall("sts", seconds=60)
        stuck = threading.Thread(target=lambda: _ignore_errors(account.session()))
        stuck.start()
        idle = socket.create_connection(("127.0.0.1", port))
    stuck.join(timeout=10)
    idle.close()
    assert not stuck.is_alive()
    assert set(threading.enumerate()) <= before[0]
    assert dict(os.environ) == before[1]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def _ignore_errors(session):
    config = Config(retries={"total_max_attempts": 1})
    with pytest.raises(BotoCoreError):
        session.client("sts", config=config).get_caller_identity()


def test_it_listens_on_the_loopback_address_only(account):
    assert account.url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(account.url + "/embedded/ready") as answer:
        assert answer.status == 204


def test_an_account_that_does_not_run_says_so():
    with pytest.raises(RuntimeError, match="is not running"):
        _ = EmbeddedAccount().calls


def test_a_missing_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "moto"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "compliance.embedded.emulator", raising=False)
    monkeypatch.delitem(sys.modules, "compliance.embedded.state", raising=False)
    monkeypatch.setitem(sys.modules, "moto", None)
    with pytest.raises(EmbeddedExtraMissingError, match=r"aws-compliance-suite\[embedded\]"):
        EmbeddedAccount().__enter__()


def test_importing_the_wrapper_imports_no_emulator():
    code = "import sys, compliance.embedded.server; sys.exit('moto' in sys.modules or 'flask' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
