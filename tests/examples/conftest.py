"""Each state of each example, built once on each emulator."""

import importlib.util
from pathlib import Path

import pytest

from compliance.embedded.ministack import Ministack
from compliance.embedded.server import EmbeddedAccount

EXAMPLES = Path(__file__).parents[2] / "examples"
EMULATORS = {"moto": EmbeddedAccount, "ministack": Ministack}


def loaded(system):
    """The module at the example's path, loaded as the command loads it."""
    spec = importlib.util.spec_from_file_location(f"example_{system}", EXAMPLES / system / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Built:
    """One system in one state in an account of its own."""

    def __init__(self, account, system, state):
        self.state = state
        self.session = account.session()
        self.outputs = loaded(system).build(self.session, state)
        self._clients = {}

    def __getattr__(self, service):
        if service not in self._clients:
            self._clients[service] = self.session.client({"lambda_": "lambda"}.get(service, service))
        return self._clients[service]

    def listed(self, output):
        return self.outputs[output].split(",")


@pytest.fixture(scope="session")
def builder():
    """Load the builder of a system by its folder's name."""
    return loaded


@pytest.fixture(scope="package", params=EMULATORS)
def emulator(request):
    return request.param


def _built(system, state):
    @pytest.fixture(scope="package")
    def fixture(emulator):
        with EMULATORS[emulator]() as account:
            yield Built(account, system, state)

    return fixture


corrected_vpc = _built("financial_vpc", "corrected")
first_vpc = _built("financial_vpc", "as-first-deployed")
corrected_infrastructure = _built("scalable_infrastructure", "corrected")
first_infrastructure = _built("scalable_infrastructure", "as-first-deployed")
