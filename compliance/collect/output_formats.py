"""Tell the formats of outputs files apart and read their entries. Knows not what values mean.

Flat CloudFormation or CDK outputs   {"VpcId": "vpc-1"}
CDK --outputs-file                   {"NetworkStack": {"VpcId8D3C1234": "vpc-1"}}
terraform output -json               {"vpc_id": {"value": "vpc-1", "type": "string", "sensitive": false}}
DescribeStacks                       {"Stacks": [{"StackName": "network", "Outputs": […]}]}
one stack of it                      {"StackName": "network", "Outputs": […]}
its outputs alone                    [{"OutputKey": "VpcId", "OutputValue": "vpc-1"}]
ListStacks                           {"StackSummaries": [{"StackName": "network", "StackStatus": …}]}
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeGuard, cast

Object = dict[str, object]

_STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
_STACK_ARN = re.compile(r"arn:[\w-]+:cloudformation:[^:]*:[^:]*:stack/(?P<name>[^/]+)(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """One output as a file states it. A sensitive one has lost its value here, for good."""

    key: str
    value: object
    stack: str | None = None
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """All entries of a file in its order, and the names of the stacks that it speaks of."""

    entries: tuple[Entry, ...] = ()
    stacks: tuple[str, ...] = ()


class UnknownFormat(Exception):
    """The JSON is none of the formats; the message says where and why, and what would be one."""


def document_of(parsed: object) -> Document:
    """The entries and stacks of a file's JSON. Raises UnknownFormat: it is not what a deployment writes.

    An object whose members are all objects, named like stacks and like their outputs, is one per stack.
    """
    described = _described(parsed)
    if described is not None:
        return described
    if not isinstance(parsed, dict):
        expected = 'expected one of outputs, such as {"VpcId": "vpc-0abc"}'
        raise UnknownFormat(f"holds {_noun(parsed)} instead of an object; {expected}")
    if _is_nested(parsed):
        return _nested(cast("dict[str, Object]", parsed))
    return Document(tuple(_entry(key, value) for key, value in parsed.items()))


def name_of_stack(value: str) -> str:
    """A stack's name, given its name or its ARN."""
    match = _STACK_ARN.fullmatch(value)
    return match["name"] if match else value


def _noun(parsed: object) -> str:
    nouns = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return nouns.get(type(parsed), "a number")


def _entry(key: str, value: object, stack: str | None = None) -> Entry:
    if not _is_terraform(value):
        return Entry(key, value, stack)
    # Whatever isn't plainly public is treated as secret.
    if value.get("sensitive", False) is not False:
        return Entry(key, None, stack, is_sensitive=True)
    return Entry(key, value["value"], stack)


def _is_terraform(value: object) -> TypeGuard[Object]:
    return isinstance(value, dict) and "value" in value and bool({"type", "sensitive"} & value.keys())


def _is_nested(parsed: Object) -> bool:
    return all(
        isinstance(value, dict) and not _is_terraform(value) and _is_stack(name, value)
        for name, value in parsed.items()
    )


def _is_stack(name: str, outputs: Object) -> bool:
    # CloudFormation lets an output's key be alphanumeric only, which tells a stack from most JSON objects.
    return bool(_STACK_NAME.fullmatch(name)) and all(key.isalnum() for key in outputs)


def _nested(stacks: dict[str, Object]) -> Document:
    entries = (_entry(key, value, stack) for stack, found in stacks.items() for key, value in found.items())
    return Document(tuple(entries), tuple(stacks))


def _described(parsed: object) -> Document | None:
    """What CloudFormation's own answers say; None when it isn't one of them."""
    if _is_objects(parsed) and parsed:
        if "OutputKey" in parsed[0]:
            return Document(tuple(_outputs(parsed, "$", None)))
        if "StackName" in parsed[0]:
            return _stacks(_placed(parsed, "$"))
    if isinstance(parsed, dict):
        for member in ("Stacks", "StackSummaries"):
            if _is_objects(described := parsed.get(member)):
                return _stacks(_placed(described, f"$.{member}"))
        if _is_objects(outputs := parsed.get("Outputs")):
            return _stack(parsed, outputs)
    return None


def _is_objects(value: object) -> TypeGuard[list[Object]]:
    return isinstance(value, list) and all(isinstance(member, dict) for member in value)


def _placed(described: list[Object], path: str) -> Iterator[tuple[str, Object]]:
    """Each object with its JSON path."""
    return ((f"{path}[{index}]", one) for index, one in enumerate(described))


def _stacks(described: Iterable[tuple[str, Object]]) -> Document:
    entries: list[Entry] = []
    names: list[str] = []
    for place, stack in described:
        name = name_of_stack(_text(stack, "StackName", place))
        # ListStacks goes on telling of a deleted stack for 90 days.
        if stack.get("StackStatus") != "DELETE_COMPLETE":
            names.append(name)
            entries += _outputs(_listed(stack, place), f"{place}.Outputs", name)
    return Document(tuple(entries), tuple(names))


def _stack(described: Object, outputs: list[Object]) -> Document:
    if "StackName" not in described:
        return Document(tuple(_outputs(outputs, "$.Outputs", None)))
    return _stacks([("$", described)])


def _listed(stack: Object, place: str) -> list[Object]:
    outputs = stack.get("Outputs") or []
    if not _is_objects(outputs):
        raise UnknownFormat(
            f"has no list of outputs at {place}.Outputs; save DescribeStacks' answer unchanged"
        )
    return outputs


def _outputs(described: list[Object], path: str, stack: str | None) -> Iterator[Entry]:
    for place, output in _placed(described, path):
        yield _entry(_text(output, "OutputKey", place), output.get("OutputValue"), stack)


def _text(described: Object, member: str, place: str) -> str:
    value = described.get(member)
    if not isinstance(value, str):
        raise UnknownFormat(f"has no {member} at {place}; save DescribeStacks' answer unchanged")
    return value
