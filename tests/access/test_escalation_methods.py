"""The data of methods: complete, real, and each one seen to work and to need all it says."""

import copy
import json
from importlib.resources import files

import pytest
from escalation_builders import actor, allow, doc, everywhere

from compliance.access import Layers
from compliance.access.escalation_methods import MethodError, load, methods
from compliance.access.escalation_resources import exists, expanded
from compliance.access.paths import paths, steps

DATA = json.loads(files("compliance.access").joinpath("escalation_methods.json").read_text("utf-8"))
METHODS = methods()


def test_all_core_sets_are_there():
    assert len(METHODS) == 118
    assert len({action for method in METHODS for action in method.actions}) == 134


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_actions_exist_unless_the_source_says_that_they_are_unlisted(method):
    assert {action for action in method.actions if not exists(action)} == method.unlisted


def test_a_pattern_stands_for_all_its_actions():
    assert "iam:PutUserPolicy" in expanded("iam:Put*")
    assert len(expanded("iam:*")) > 150


def test_services_look_like_services():
    named = {name for method in METHODS for pair in method.services for name in pair}
    named |= {name for method in METHODS for name in method.trusted}
    assert all(name.endswith(".amazonaws.com") for name in named)


def broken(**change):
    entry = copy.deepcopy(DATA["methods"][0]) | change
    return {**DATA, "methods": [{key: value for key, value in entry.items() if value is not None}]}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({**DATA, "methods": []}, "there is none"),
        ({**DATA, "methods": DATA["methods"][:1] * 2}, "is there twice"),
        (broken(actions=[]), "has no actions"),
        (broken(actions=["iam:AddUserToGroup"] * 2), "names an action twice"),
        (broken(gain=None), "lacks gain"),
        (broken(sources={}), "has no sources"),
        (broken(sources={"nobody": ["x"]}), "a source that isn't listed"),
        (broken(category="magic"), "no known category"),
        (broken(target="moon"), "no known target"),
        (broken(gain="fame"), "no known gain"),
        (broken(note="x"), "unknown note"),
        (broken(unlisted=["s3:Nothing"]), "unlisted actions that it doesn't need"),
        (broken(passrole=True), "passrole"),
        (broken(target="passed-role"), "needs services"),
        (broken(target="workload"), "needs workload"),
        (broken(target="role"), "needs trust"),
    ],
)
def test_broken_data_is_refused(data, problem):
    with pytest.raises(MethodError, match=problem):
        load(data)


def attempt(ask, method, actions):
    """Ask for sure steps or paths by one method, of principals that hold only some actions."""
    found = []
    for kind in ("user/eve", "role/eve", "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_eve"):
        own = [doc("inline", allow(list(actions)))] if actions else []
        world = everywhere(actor(kind, *own), method)
        found += ask(world, actor(kind).arn, [method])
    return [item for item in found if not item.doubts]


def taken(world, start, tried):
    return steps(world.actors, start, tried, policies=world.policies, workloads=world.workloads)


def escalated(world, start, tried):
    found = paths(world.actors, tried, policies=world.policies, workloads=world.workloads)
    return [path for path in found if path.start.arn == start]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_works_with_its_actions_on_everything(method):
    found = attempt(escalated, method, method.actions)
    assert found
    assert all(step.witnesses for path in found for step in path.steps)


CASES = [(method, action) for method in METHODS for action in method.actions]


@pytest.mark.parametrize(("method", "action"), CASES, ids=lambda item: getattr(item, "name", item))
def test_does_not_work_without_any_of_its_actions(method, action):
    assert not attempt(taken, method, [other for other in method.actions if other != action])


def test_layers_without_policies_take_no_step():
    nobody = actor("user/eve")
    assert nobody.layers == Layers()
    assert not steps([nobody], nobody.arn)
