"""One running account for all tests of this folder: faults and counts are new for each test, state is not."""

import pytest

from compliance.embedded.server import EmbeddedAccount


@pytest.fixture(scope="session")
def running_account():
    with EmbeddedAccount() as running:
        yield running


@pytest.fixture
def account(running_account):
    running_account.faults.clear()
    running_account.forget_calls()
    yield running_account
    running_account.faults.clear()
