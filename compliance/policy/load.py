"""Loading a policy: YAML → schema → environment → typed settings. Errors name file, line and JSON path."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from re import compile as compile_pattern
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from compliance.errors import PolicyError
from compliance.models.network import Network
from compliance.policy.policy import Policy
from compliance.policy.selector import Selector
from compliance.policy.yaml_file import Document, Place, read_yaml
from compliance.text import printable

SCHEMA = Path(__file__).with_name("schema.json")
STANDARD_ACTIONS = Path(__file__).with_name("sensitive_actions.txt")

_NETWORK: Any = Network
_NOT_SECTIONS = {"version", "environments", "extends"}


def load_policy(path: Path, environment: str | None = None) -> Policy:
    """The policy of one environment; without one, the file's own choice, or the file's top level.

    Raises PolicyError: the file can't be read or breaks its schema; the message has file, line, JSON path
    and the nearest thing that would have been right.
    """
    document = read_yaml(path)
    if problems := [_explained(document, error) for error in _validator().iter_errors(document.data)]:
        raise PolicyError("\n".join(f"{path}:{line}: {problem}" for line, problem in sorted(problems)[:10]))
    name = environment or document.data.get("environment")
    settings = _resolved(document, name)
    settings["environment"] = name
    settings["waivers"] = [each | {"expires": _utc(each["expires"])} for each in settings.get("waivers", ())]
    try:
        return _only_for(name, msgspec.convert(settings, Policy, dec_hook=_from_text))
    except (msgspec.ValidationError, ValueError) as error:
        raise PolicyError(f"{path}: {printable(error)}") from error


def standard_sensitive_actions() -> tuple[str, ...]:
    """The shipped list of sensitive actions, sorted; `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in STANDARD_ACTIONS.read_text("utf-8").splitlines())
    return tuple(sorted(filter(None, lines)))


def _resolved(document: Document, name: str | None) -> dict[str, Any]:
    """The sections of the file's top level with the environment's chain merged over them."""
    environments: Mapping[str, Any] = document.data.get("environments") or {}
    settings = {key: value for key, value in document.data.items() if key not in _NOT_SECTIONS}
    for each in reversed(list(_chain(document, environments, name))):
        settings = _merged(settings, {k: v for k, v in environments[each].items() if k not in _NOT_SECTIONS})
    return settings


def _chain(document: Document, environments: Mapping[str, Any], name: str | None) -> Iterator[str]:
    """The environment, what it extends, and so on."""
    seen: list[str] = []
    asked_at: Place = ("environment",)
    while name is not None:
        place = f"{document.path}:{document.line_of(asked_at)}"
        if name not in environments:
            if not environments and not seen:
                return  # a name without any environments only serves selectors
            raise PolicyError(f"{place}: no environment {printable(name)!r}{_nearest(name, environments)}")
        if name in seen:
            raise PolicyError(
                f"{place}: environments extend each other in a circle: {' → '.join([*seen, name])}"
            )
        yield name
        seen.append(name)
        asked_at = ("environments", name, "extends")
        name = environments[name].get("extends")


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _only_for(environment: str | None, policy: Policy) -> Policy:
    """The policy without the settings that select another environment."""

    def kept(value: Any) -> Any:  # noqa: ANN401 - any part of a policy
        if isinstance(value, tuple):
            return tuple(kept(each) for each in value if _select_of(each).is_for(environment))
        if hasattr(value, "__dataclass_fields__") and not isinstance(value, Selector):
            return type(value)(**{name: kept(getattr(value, name)) for name in value.__dataclass_fields__})
        return value

    return kept(policy)  # type: ignore[no-any-return]


def _select_of(setting: object) -> Selector:
    return getattr(setting, "select", None) or Selector()


def _from_text(to: type, value: Any) -> Any:  # noqa: ANN401 - msgspec's hook
    if to is _NETWORK:
        return ip_network(value)
    raise NotImplementedError(to)


@cache
def _validator() -> Draft202012Validator:
    formats = FormatChecker(formats=())
    formats.checks("cidr", raises=ValueError)(
        lambda text: not isinstance(text, str) or bool(ip_network(text))
    )
    formats.checks("regex", raises=Exception)(
        lambda text: not isinstance(text, str) or bool(compile_pattern(text))
    )
    formats.checks("utc-time", raises=ValueError)(lambda text: not isinstance(text, str) or bool(_utc(text)))
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")), format_checker=formats)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _explained(document: Document, error: ValidationError) -> tuple[int, str]:
    """The line, and `$.path: what is wrong; what would be right`."""
    if error.validator == "oneOf" and (inner := best_match(error.context or ())):
        error = inner
    place: Place = tuple(error.absolute_path)
    problem = printable(error.message, limit=300)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = next(key for key in error.instance if key not in known)
        place = (*place, unknown)
        problem = f"unknown key{_nearest(unknown, known)}"
    elif error.validator == "enum" and isinstance(error.instance, str):
        nearest = _nearest(error.instance, error.validator_value)
        problem = f"{printable(error.instance)!r} is not possible here{nearest}"
    elif error.validator == "format":
        problem = f"{printable(error.instance)!r} is not a valid {error.validator_value} ({error.cause})"
    return document.line_of(place), f"{_json_path(place)}: {problem}"


def _nearest(word: str, known: Any) -> str:  # noqa: ANN401 - any collection of words
    choices = [each for each in known if isinstance(each, str)]
    lowered = {each.lower(): each for each in choices}
    if close := get_close_matches(word.lower(), lowered, n=1, cutoff=0.5):
        return f"; did you mean {lowered[close[0]]!r}?"
    return f"; possible are {', '.join(sorted(choices))}" if choices else ""


def _json_path(place: Place) -> str:
    return "$" + "".join(f"[{each}]" if isinstance(each, int) else f".{printable(each)}" for each in place)
