"""IAM documents as typed, frozen values. Knows JSON and the policy grammar; knows nothing of requests.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from compliance.errors import ComplianceError

CURRENT, OLD = "2012-10-17", "2008-10-17"
_DOCUMENT_ELEMENTS = {"Version", "Id", "Statement"}
_STATEMENT_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip
_PRINCIPAL_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}


class DocumentError(ComplianceError, ValueError):
    """A document breaks the grammar; `place` says where, e.g. `Statement[2].Condition.StringEquals`."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.place, self.problem = place, problem

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else self.problem


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key: `values` are alternatives; the key's case is kept, though it is nothing."""

    operator: str
    key: str
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        """The key as it is compared: condition key names are case-insensitive."""
        return self.key.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """One entry of a Principal element, e.g. `Principal("AWS", "123456789012")`; all is `("AWS", "*")`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement. Of `actions`/`not_actions` and `resources`/`not_resources` one at most is not None.

    `resources` and `not_resources` are both None where the grammar lets Resource be absent (trust policies).
    """

    index: int
    sid: str | None
    allows: bool
    actions: tuple[str, ...] | None
    not_actions: tuple[str, ...] | None
    resources: tuple[str, ...] | None
    not_resources: tuple[str, ...] | None
    principals: tuple[Principal, ...] | None
    not_principals: tuple[Principal, ...] | None
    conditions: tuple[Condition, ...]
    variables: bool

    @property
    def label(self) -> str:
        """The Sid where there is one, else the place: Sids need be neither present nor unique."""
        return self.sid or f"Statement[{self.index}]"


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed policy document; `name` is what a reader calls it (a policy, a file), and may be empty."""

    version: str
    statements: tuple[Statement, ...]
    name: str = ""

    @property
    def allows(self) -> tuple[Statement, ...]:
        """The Allow statements, in document order."""
        return tuple(s for s in self.statements if s.allows)

    @property
    def denies(self) -> tuple[Statement, ...]:
        """The Deny statements, in document order."""
        return tuple(s for s in self.statements if not s.allows)


def parse(source: object, name: str = "") -> Document:
    """Give the document for a dict, JSON text or URL-encoded JSON text (as IAM's API returns it).

    Raises DocumentError: the source breaks the grammar; the message names the place.
    """
    if isinstance(source, Document):
        return source
    data = _decode(source) if isinstance(source, str | bytes) else source
    if not isinstance(data, Mapping):
        raise DocumentError("", f"a policy document is a JSON object, not {_kind(data)}")
    _refuse_unknown(data, _DOCUMENT_ELEMENTS, "")
    version = data.get("Version", OLD)
    if version not in (CURRENT, OLD):
        raise DocumentError("Version", f"must be {CURRENT} or {OLD}, not {version!r}")
    if "Statement" not in data:
        raise DocumentError("Statement", "is missing")
    return Document(version, tuple(_statements(data["Statement"], variables=version == CURRENT)), name)


def _decode(source: str | bytes) -> object:
    text = source.decode() if isinstance(source, bytes) else source
    if re.match(r"\s*%7B", text, re.IGNORECASE):
        text = unquote(text)
    try:
        return json.loads(text, object_pairs_hook=_object_without_repeats)
    except RecursionError:
        raise DocumentError("", "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise DocumentError("", f"is not JSON: {error}") from None


def _object_without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # JSON leaves open which of two equal keys wins; IAM refuses them, and so do we.
    result = dict(pairs)
    if len(result) != len(pairs):
        repeated = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise DocumentError(repeated, "is given twice in one JSON object")
    return result


def _statements(data: object, *, variables: bool) -> Iterable[Statement]:
    if isinstance(data, list):
        for index, item in enumerate(data):
            yield _statement(item, index, f"Statement[{index}]", variables=variables)
    else:
        yield _statement(data, 0, "Statement", variables=variables)


def _statement(data: object, index: int, place: str, *, variables: bool) -> Statement:
    if not isinstance(data, Mapping):
        raise DocumentError(place, f"a statement is a JSON object, not {_kind(data)}")
    _refuse_unknown(data, _STATEMENT_ELEMENTS, place)
    effect = data.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise DocumentError(f"{place}.Effect", f"must be Allow or Deny, not {effect!r}")
    sid = data.get("Sid")
    if sid is not None and not isinstance(sid, str):
        raise DocumentError(f"{place}.Sid", f"must be a string, not {_kind(sid)}")
    actions, not_actions = _one_of(data, "Action", "NotAction", place)
    if actions is None and not_actions is None:
        raise DocumentError(place, "needs Action or NotAction")
    resources, not_resources = _one_of(data, "Resource", "NotResource", place)
    if "Principal" in data and "NotPrincipal" in data:
        raise DocumentError(place, "has both Principal and NotPrincipal")
    return Statement(
        index=index,
        sid=sid or None,
        allows=effect == "Allow",
        actions=actions,
        not_actions=not_actions,
        resources=resources,
        not_resources=not_resources,
        principals=_principals(data, "Principal", place),
        not_principals=_principals(data, "NotPrincipal", place),
        conditions=tuple(_conditions(data.get("Condition", {}), f"{place}.Condition")),
        variables=variables,
    )


def _one_of(
    data: Mapping[str, object], positive: str, negative: str, place: str
) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    if positive in data and negative in data:
        raise DocumentError(place, f"has both {positive} and {negative}")
    return _strings(data, positive, place), _strings(data, negative, place)


def _strings(data: Mapping[str, object], element: str, place: str) -> tuple[str, ...] | None:
    if element not in data:
        return None
    value = data[element]
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, str) or not item:
            raise DocumentError(
                f"{place}.{element}", f"must be a string or a list of strings, not {_kind(item)}"
            )
    if not items:
        raise DocumentError(f"{place}.{element}", "is empty")
    return tuple(items)


def _principals(data: Mapping[str, object], element: str, place: str) -> tuple[Principal, ...] | None:
    if element not in data:
        return None
    value, place = data[element], f"{place}.{element}"
    if isinstance(value, str):
        return (Principal("AWS", value),)
    if not isinstance(value, Mapping):
        raise DocumentError(place, f'must be "*" or an object, not {_kind(value)}')
    _refuse_unknown(value, _PRINCIPAL_KINDS, place)
    entries = []
    for kind, names in value.items():
        for name in names if isinstance(names, list) else [names]:
            if isinstance(name, bool) or not isinstance(name, str | int):
                raise DocumentError(
                    f"{place}.{kind}", f"must be a string or a list of strings, not {_kind(name)}"
                )
            # YAML tools write account ids as numbers and so lose leading zeros.
            entries.append(Principal(kind, f"{name:012d}" if isinstance(name, int) else name))
    return tuple(entries)


def _conditions(data: object, place: str) -> Iterable[Condition]:
    if not isinstance(data, Mapping):
        raise DocumentError(place, f"must be an object, not {_kind(data)}")
    for operator, keys in data.items():
        if not isinstance(keys, Mapping):
            raise DocumentError(
                f"{place}.{operator}", f"must be an object of keys and values, not {_kind(keys)}"
            )
        for key, values in keys.items():
            where = f"{place}.{operator}.{key}"
            items = values if isinstance(values, list) else [values]
            yield Condition(str(operator), str(key), tuple(_scalar(item, where) for item in items))


def _scalar(value: object, place: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise DocumentError(place, f"must be a string, number or boolean, or a list of them, not {_kind(value)}")


def _refuse_unknown(data: Mapping[str, object], known: set[str], place: str) -> None:
    for key in data:
        if key not in known:
            raise DocumentError(
                f"{place}.{key}" if place else str(key), "is not an element of the policy grammar"
            )


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return repr(value) if value == "" else names.get(type(value), f"{value!r}")
