"""A boto3 session whose every client talks to one endpoint, whatever the environment and ~/.aws say."""

import os
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from compliance.embedded.service_models import loader

Client = Any
DUMMY_KEY = "test"
ACCOUNT_ID = "123456789012"

_UNSET = (None, None, None, None)


class _OneEndpointSession(botocore.session.Session):  # type: ignore[misc, unused-ignore]
    """Creates clients for one URL: boto3.Session takes no endpoint, so the session below it must know."""

    def __init__(self, url: str) -> None:
        super().__init__(session_vars={"profile": _UNSET})
        self._url = url

    def create_client(self, *args: Any, **kwargs: Any) -> Client:  # noqa: ANN401
        """As botocore's, with the endpoint filled in and proxies left aside."""
        kwargs["endpoint_url"] = kwargs.get("endpoint_url") or self._url
        # An HTTP_PROXY of the surroundings must not see calls to 127.0.0.1.
        config = kwargs.get("config") or self.get_default_client_config() or Config()
        kwargs["config"] = Config(proxies={}).merge(config)
        return super().create_client(*args, **kwargs)


def session_at(url: str, region: str, *, key: str = DUMMY_KEY, secret: str = DUMMY_KEY) -> boto3.Session:
    """Return a session with dummy credentials for the emulator at `url`."""
    session = _OneEndpointSession(url)
    session.register_component("data_loader", loader())
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    session.set_credentials(key, secret)
    return boto3.Session(botocore_session=session, region_name=region)
