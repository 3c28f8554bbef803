import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from compliance.catalogue import load_checks
from compliance.policy import Policy, load_policy
from compliance.policy.load import SCHEMA
from compliance.shipped import default_policy, shipped
from tests.builders import policy_of

ROOT = json.loads(SCHEMA.read_text("utf-8"))
SHIPPED = sorted({*shipped("policies").glob("*.yaml"), *shipped("examples").glob("*/policy*.yaml")})


def properties(schema, place="$"):
    """Every property of the schema with what it refers to, by its place."""
    for name, given in schema.get("properties", {}).items():
        referred = ROOT["$defs"][given["$ref"].rpartition("/")[2]] if "$ref" in given else {}
        yield f"{place}.{name}", referred | given
        yield from properties(given, f"{place}.{name}")
    for inner in ("items", "additionalProperties"):
        if isinstance(schema.get(inner), dict):
            yield from properties(schema[inner], f"{place}[]")


PROPERTIES = dict(properties(ROOT)) | {
    place: each for name, schema in ROOT["$defs"].items() for place, each in properties(schema, f"${name}")
}


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(ROOT)


@pytest.mark.parametrize("place", PROPERTIES)
def test_a_property_has_a_title_and_a_description(place):
    assert PROPERTIES[place].get("title")
    assert PROPERTIES[place].get("description", "").endswith(".")


@pytest.mark.parametrize("name", ROOT["$defs"])
def test_a_definition_has_a_title_and_a_description(name):
    assert ROOT["$defs"][name]["title"]
    assert ROOT["$defs"][name]["description"]


def objects(schema):
    for each in (schema, *schema.get("properties", {}).values(), schema.get("items", {})):
        if isinstance(each, dict) and "properties" in each:
            yield each
            if each is not schema:
                yield from objects(each)


@pytest.mark.parametrize("name", ["", *ROOT["$defs"]])
def test_an_object_knows_all_its_keys(name):
    for each in objects(ROOT["$defs"][name] if name else ROOT):
        assert each["additionalProperties"] is False


def test_what_the_top_level_sets_an_environment_may_set():
    own = ROOT["properties"].keys() - {"version", "environment", "environments"}
    inner = ROOT["properties"]["environments"]["additionalProperties"]["properties"]
    assert inner.keys() == own | {"extends"}
    assert all(inner[name] == ROOT["properties"][name] for name in own)


def test_every_section_arrives_in_the_policy():
    assert ROOT["properties"].keys() - {"version", "environments"} == set(Policy.__dataclass_fields__)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
class TestAShippedPolicy:
    def test_loads(self, path):
        assert isinstance(load_policy(path), Policy)

    def test_loads_for_each_of_its_environments(self, path):
        for name in yaml.safe_load(path.read_text("utf-8")).get("environments", {}):
            assert load_policy(path, name).environment == name

    def test_tells_editors_where_the_schema_is(self, path):
        (comment,) = [line for line in path.read_text("utf-8").splitlines() if "yaml-language-server" in line]
        assert (path.parent / comment.partition("$schema=")[2]).resolve() == SCHEMA

    def test_waives_only_checks_that_exist(self, path):
        ids = {check.id for check in load_checks()}
        assert all(waiver.check in ids or "*" in waiver.check for waiver in load_policy(path).waivers)


def test_policies_are_shipped():
    assert default_policy() in SHIPPED
    assert len(SHIPPED) >= 3


def test_checks_and_examples_are_shipped():
    assert (shipped("checks") / "storage.py").is_file()
    assert (shipped("examples") / "financial_vpc").is_dir()


def test_an_installed_package_carries_them_along(tmp_path, monkeypatch):
    (tmp_path / "_shipped" / "checks").mkdir(parents=True)
    monkeypatch.setattr("compliance.shipped._PACKAGE", tmp_path)
    assert shipped("checks") == tmp_path / "_shipped" / "checks"
    assert shipped("policies") == tmp_path.parent / "policies"


def test_the_default_policy_says_nothing_of_a_certain_deployment():
    default = load_policy(default_policy())
    assert not default.deployment.required_outputs
    assert not default.network.cidrs
    assert not default.waivers


def test_shapes_of_the_schema_are_those_that_the_check_knows():
    from checks.deployment import SHAPES

    stated = PROPERTIES["$required_output.shape"]["enum"]
    assert set(stated) == SHAPES.keys() | {"any", "cidr", "json"}


def test_a_policy_of_nothing_is_what_a_policy_is_by_itself():
    assert policy_of() == Policy()
