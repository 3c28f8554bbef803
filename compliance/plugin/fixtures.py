"""Fixtures for plain tests: the run's outputs, policy and inventory, and one for each kind of resource."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from compliance.evidence import FactUnreadable
from compliance.inventory import Inventory, Missing
from compliance.models import Resource
from compliance.plugin.demand import GENERAL, KIND_FIXTURES
from compliance.plugin.state import state_of
from compliance.policy import Policy


@pytest.fixture(scope="session")
def outputs(pytestconfig: pytest.Config) -> Mapping[str, str]:
    """The deployment's outputs, by key."""
    return state_of(pytestconfig).collected.run.outputs


@pytest.fixture(scope="session")
def policy(pytestconfig: pytest.Config) -> Policy:
    """The policy that the run judges by."""
    return state_of(pytestconfig).job.policy


@pytest.fixture(scope="session")
def inventory(pytestconfig: pytest.Config) -> Inventory:
    """Everything that the run collected."""
    return state_of(pytestconfig).collected


def _fixture_of(kind: type[Resource]) -> Callable[..., Any]:
    def one(request: pytest.FixtureRequest) -> Resource:
        place: Resource | Missing = request.param
        if isinstance(place, Resource):
            return place
        if place.unreadable:
            raise FactUnreadable(str(place.address), place.unreadable)
        pytest.skip(place.reason)

    one.__doc__ = f"Each {kind.__name__} in scope, one test each."
    return one


for _name, _kind in KIND_FIXTURES.items():
    globals()[_name] = pytest.fixture(name=_name)(_fixture_of(_kind))

__all__ = [*GENERAL, *KIND_FIXTURES, "policy"]  # noqa: PLE0604 - strings all the same


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each resource of the kinds that its fixtures name."""
    for name, kind in KIND_FIXTURES.items():
        if name in metafunc.fixturenames and _is_ours(metafunc, name):
            places = state_of(metafunc.config).collected.population(kind)
            metafunc.parametrize(name, places, ids=[place.address.text for place in places], indirect=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests that take our fixtures are compliance tests: `-m compliance` runs them, too."""
    names = getattr(item, "fixturenames", ())
    if any(name in names and _is_ours(item, name) for name in (*KIND_FIXTURES, *GENERAL, "policy")):
        item.add_marker("compliance")


def _is_ours(owner: Any, name: str) -> bool:  # noqa: ANN401 - a test function, collected or being collected
    """Whether nobody else defines a fixture of that name for the test."""
    definition = getattr(owner, "definition", owner)
    defined = definition._fixtureinfo.name2fixturedefs.get(name)  # noqa: SLF001 - pytest shows no other way
    return bool(defined) and defined[-1].func.__module__ == __name__
