"""Both emulators, each started once for all tests of this folder."""

import pytest

from compliance.embedded.ministack import Ministack
from compliance.embedded.server import EmbeddedAccount


@pytest.fixture(scope="session")
def moto():
    with EmbeddedAccount() as account:
        yield account


@pytest.fixture(scope="session")
def ministack():
    with Ministack() as account:
        yield account


@pytest.fixture(scope="session")
def guarded_ministack():
    """A ministack that enforces IAM; test/test is its root."""
    with Ministack(auth=True) as account:
        yield account
