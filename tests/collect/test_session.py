"""Credentials, caller and region: found, or told in one sentence what is missing."""

from dataclasses import replace

import boto3
import pytest

from compliance.collect.client import Client
from compliance.collect.outputs import no_outputs
from compliance.collect.session import Caller, caller_of, open_session, region_of
from compliance.errors import SettingsError
from compliance.models.deployment import NamedResource

from .recorded import ACCOUNT, REGION, Recorded, Refusal

IDENTITY = {"Account": ACCOUNT, "UserId": "AIDA", "Arn": f"arn:aws-cn:iam::{ACCOUNT}:user/auditor"}


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def naming(*regions):
    named = (
        NamedResource(f"Output{n}", "v", "Topic", "t", ACCOUNT, region) for n, region in enumerate(regions)
    )
    return replace(no_outputs(), named=tuple(named))


def test_the_caller_knows_the_partition():
    caller = caller_of(Client(Recorded(sts__GetCallerIdentity=IDENTITY)), REGION)
    assert caller == Caller(ACCOUNT, "aws-cn", IDENTITY["Arn"])


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal("AccessDenied", "no", 403), r"denied: sts:GetCallerIdentity \(AccessDenied: no\)"),
        (Refusal("ExpiredToken", "expired", 403), "credentials: .*ExpiredToken: expired.*; log in"),
        (Refusal("InvalidClientTokenId", "invalid", 403), "credentials: .*InvalidClientTokenId"),
        (Refusal("InternalFailure", "oops", 500), "service-error: .*InternalFailure"),
    ],
)
def test_a_caller_that_is_not_told_is_a_settings_error(refusal, said):
    with pytest.raises(SettingsError, match=said) as caught:
        caller_of(Client(Recorded(sts__GetCallerIdentity=refusal)), REGION)
    assert "or try --embedded" in str(caught.value)


def test_an_endpoint_that_is_no_address_is_a_settings_error(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4566")
    with pytest.raises(
        SettingsError, match=r"Invalid endpoint: localhost:4566.*check the network, AWS_ENDPOINT_URL"
    ):
        caller_of(Client(boto3.Session("a", "b", region_name=REGION)), REGION)


def test_the_region_stated_wins():
    session = boto3.Session("a", "b", region_name="us-east-1")
    assert region_of(session, naming("eu-north-1"), ("eu-west-2", "eu-west-3")) == "eu-west-2"
    assert region_of(session, naming("eu-north-1"), ()) == "us-east-1"


def test_the_only_region_that_the_outputs_speak_of_serves():
    session = boto3.Session("a", "b")
    assert region_of(session, naming("eu-north-1", "eu-north-1"), ()) == "eu-north-1"


@pytest.mark.parametrize(
    ("regions", "said"),
    [((), "no region is set: name one"), (("a-1", "b-1"), "no region is set; the outputs speak of a-1, b-1")],
)
def test_no_region_is_told_with_what_might_be_meant(regions, said):
    with pytest.raises(SettingsError, match=said):
        region_of(boto3.Session("a", "b"), naming(*regions), ())


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_either_variable_sets_the_region(monkeypatch, variable):
    monkeypatch.setenv(variable, "eu-south-1")
    assert open_session().region_name == "eu-south-1"
    assert open_session(region="eu-west-1").region_name == "eu-west-1"


def test_a_profile_that_is_not_there():
    with pytest.raises(SettingsError, match=r"absent.*name another with --profile"):
        open_session(profile="absent")


def test_a_role_that_can_not_be_assumed_is_told_at_once(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    arn = f"arn:aws:iam::{ACCOUNT}:role/auditor"
    with pytest.raises(SettingsError, match=f"can't assume {arn}: unreachable: sts:AssumeRole"):
        open_session(region=REGION, role_arn=arn, external_id="partner")
