"""Each system in each state, built once on the embedded account; runs only read."""

import pytest

from .systems import STATES, SYSTEMS, Systems


@pytest.fixture(scope="session")
def systems():
    with Systems() as running:
        yield running


@pytest.fixture(params=SYSTEMS)
def system(request):
    return request.param


@pytest.fixture(params=STATES)
def state(request):
    return request.param


@pytest.fixture
def corrected(systems, system):
    """One system as it should be; whatever a test broke is well again afterwards."""
    live = systems.get(system, "corrected")
    live.account.faults.clear()
    live.account.forget_calls()
    yield live
    live.account.faults.clear()
