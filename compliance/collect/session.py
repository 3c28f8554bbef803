"""Sessions: ordinary AWS credentials, a role if asked for, the caller and the region."""

import os
from dataclasses import dataclass

import boto3
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound
from botocore.session import get_session

from compliance.collect.causes import unreadable_because
from compliance.collect.client import Client, Gone
from compliance.errors import SettingsError
from compliance.evidence import Cause, FactUnreadable
from compliance.models.deployment import Outputs

_IDENTITY = "sts:GetCallerIdentity"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where that is."""

    account: str
    partition: str
    arn: str


def open_session(
    profile: str | None = None,
    region: str | None = None,
    role_arn: str | None = None,
    external_id: str | None = None,
) -> boto3.Session:
    """A session from the environment or a profile, in a role if one is named.

    The role's credentials renew themselves. Raises SettingsError: no such profile, or no such role for us.
    """
    try:
        # boto3 knows AWS_DEFAULT_REGION alone; every other SDK and the command line know this one.
        session = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION"))
        return session if role_arn is None else _in_role(session, role_arn, external_id)
    except ProfileNotFound as error:
        raise SettingsError(f"{error}; name another with --profile, or none") from error
    except (BotoCoreError, ClientError) as error:
        why = unreadable_because(error, "sts:AssumeRole")
        raise SettingsError(f"can't assume {role_arn}: {why}") from error


def caller_of(client: Client, region: str) -> Caller:
    """Who the credentials belong to. Raises SettingsError: there are none, or they don't work."""
    try:
        answer = client.ask(_IDENTITY, region)
    except FactUnreadable as refused:
        why = refused.unreadable
        remedy = "log in, or set AWS_PROFILE or AWS_ACCESS_KEY_ID"
        if why.cause in {Cause.UNREACHABLE, Cause.TIMED_OUT, Cause.MALFORMED}:
            remedy = "check the network, AWS_ENDPOINT_URL and AWS_CA_BUNDLE"
        raise SettingsError(
            f"no AWS account can be reached ({why}); {remedy}, or try --embedded"
        ) from refused
    except Gone as gone:
        raise SettingsError(f"{_IDENTITY} says that nobody is there") from gone
    if not answer:
        raise SettingsError(f"{_IDENTITY} gave no answer")
    return Caller(str(answer["Account"]), str(answer["Arn"]).split(":")[1], str(answer["Arn"]))


def region_of(session: boto3.Session, outputs: Outputs, regions: tuple[str, ...]) -> str:
    """The region stated, the session's own, or the only one that the outputs speak of."""
    if regions:
        return regions[0]
    if session.region_name:
        return str(session.region_name)
    said = {named.region for named in outputs.named if named.region}
    if len(said) == 1:
        return said.pop()
    hint = f"; the outputs speak of {', '.join(sorted(said))}" if said else ""
    raise SettingsError(f"no region is set{hint}: name one with --region or AWS_REGION")


def _in_role(session: boto3.Session, role_arn: str, external_id: str | None) -> boto3.Session:
    region = session.region_name or "us-east-1"
    sts = session.client("sts", region_name=region, config=Config(retries={"mode": "standard"}))
    request = {"RoleArn": role_arn, "RoleSessionName": "compliance"}
    if external_id:
        request["ExternalId"] = external_id

    def renewed() -> dict[str, str]:
        credentials = sts.assume_role(**request)["Credentials"]
        return {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "token": credentials["SessionToken"],
            "expiry_time": credentials["Expiration"].isoformat(),
        }

    renewed()  # a role that can't be assumed is told now
    inner = get_session()
    inner._credentials = DeferredRefreshableCredentials(renewed, "sts-assume-role")  # noqa: SLF001
    return boto3.Session(botocore_session=inner, region_name=session.region_name)
