"""Bulk use: one JSON object a line in, one out, in the same order. A bad line is answered with its error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from compliance.access.answers import Proved, Unknown, Witness
from compliance.access.documents import Document, DocumentError, parse
from compliance.access.engine import ACCOUNT, included
from compliance.access.evaluate import evaluate
from compliance.access.outsiders import Exposure, outsiders
from compliance.access.request import Layers, Request
from compliance.access.zones import TrustZone

Case = Mapping[str, Any]
Handler = Callable[[Case], dict[str, Any]]


def evaluate_case(case: Case) -> dict[str, Any]:
    """Decide one request; gives `allowed`, `result` and `by`."""
    decision = evaluate(_request(case.get("request")), layers_of(case))
    return {
        "allowed": decision.allowed,
        "result": decision.result.value,
        "by": [str(ruling) for ruling in decision.by],
        "reason": decision.reason,
    }


def within_case(case: Case) -> dict[str, Any]:
    """Compare the identity policies `p` and `q`; gives `included`, `witness` and `reason`."""
    answer = included(_documents(case.get("p"), "p"), _documents(case.get("q"), "q"), ACCOUNT)
    if isinstance(answer, Proved):
        return {"included": True, "witness": None, "reason": "proved; " + "; ".join(answer.assumptions)}
    if isinstance(answer, Unknown):
        return {"included": None, "witness": None, "reason": answer.reason}
    return {"included": False, "witness": request_object(answer.request), "reason": _found(answer)}


def outsiders_case(case: Case) -> dict[str, Any]:
    """Tell who from outside may use `policy`: `public`, `foreign_account`, `confused_deputy`, `grants`."""
    owner = case.get("owner")
    if not isinstance(owner, str):
        raise DocumentError("owner", "must be an account number")
    policy = parse(case.get("policy"))
    return exposure_object(
        outsiders(policy, owner, TrustZone.of(case.get("zone")), str(case.get("kind") or ""))
    )


HANDLERS: dict[str, Handler] = {
    "evaluate": evaluate_case,
    "within": within_case,
    "outsiders": outsiders_case,
}


def answers(lines: Iterable[str], handler: Handler) -> Iterator[str]:
    """Answer each line that isn't blank."""
    for line in lines:
        if line.strip():
            yield json.dumps(_answered(line, handler))


def _answered(line: str, handler: Handler) -> dict[str, Any]:
    case: object = None
    try:
        case = json.loads(line)
        if not isinstance(case, dict):
            raise DocumentError("", "a line must be a JSON object")
        return {"id": case.get("id"), **handler(case)}
    except (ValueError, RecursionError) as error:
        # DocumentError and JSONDecodeError are ValueErrors; a line may also nest too deeply to be read.
        return {"id": case.get("id") if isinstance(case, dict) else None, "error": str(error) or repr(error)}


def layers_of(case: Case) -> Layers:
    """Give the layers of a case. Raises DocumentError, naming the document and the place."""
    resource = case.get("resource_policy")
    session = case.get("session_policy")
    return Layers(
        identity=_documents(case.get("identity_policies"), "identity_policies"),
        resource_policy=None if resource is None else _document(resource, "resource_policy"),
        boundaries=_documents(case.get("boundary"), "boundary"),
        session=None if session is None else _documents(session, "session_policy"),
        scps=_levels(case.get("scps"), "scps"),
        rcps=_levels(case.get("rcps"), "rcps"),
        vpce=_documents(case.get("vpce_policies"), "vpce_policies"),
    )


def _documents(source: object, place: str) -> tuple[Document, ...]:
    if source is None:
        return ()
    items = source if isinstance(source, list) else [source]
    return tuple(_document(item, f"{place}[{index}]") for index, item in enumerate(items))


def _document(source: object, place: str) -> Document:
    try:
        return parse(source)
    except DocumentError as error:
        raise DocumentError(f"{place}.{error.place}" if error.place else place, error.problem) from None


def _levels(source: object, place: str) -> tuple[tuple[Document, ...], ...]:
    if source is None:
        return ()
    if not isinstance(source, list):
        raise DocumentError(place, "must be a list with one list of documents a level, root first")
    return tuple(_documents(level, f"{place}[{index}]") for index, level in enumerate(source))


def _request(source: object) -> Request:
    if not isinstance(source, Mapping):
        raise DocumentError("request", "must be an object")
    texts = {}
    for name in ("principal", "action", "resource"):
        value = source.get(name)
        if not isinstance(value, str) or not value:
            raise DocumentError(f"request.{name}", "must be a string")
        texts[name] = value
    account = source.get("resource_account")
    if account is not None and not isinstance(account, str):
        raise DocumentError("request.resource_account", "must be a string")
    return Request(**texts, resource_account=account, context=_context(source.get("context") or {}))


def _context(source: object) -> dict[str, str | list[str]]:
    if not isinstance(source, Mapping):
        raise DocumentError("request.context", "must be an object")
    return {
        key: [_text(item, key) for item in value] if isinstance(value, list) else _text(value, key)
        for key, value in source.items()
    }


def _text(value: object, key: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise DocumentError(f"request.context.{key}", "must be a string or a list of strings")


def request_object(request: Request) -> dict[str, Any]:
    """Give a request as data, as `evaluate` reads it."""
    return {
        "principal": request.principal,
        "action": request.action,
        "resource": request.resource,
        "resource_account": request.resource_account,
        "context": {
            key: value if isinstance(value, str) else list(value) for key, value in request.context.items()
        },
    }


def exposure_object(exposure: Exposure) -> dict[str, Any]:
    """Give an exposure as data."""
    return {
        "public": exposure.public,
        "foreign_account": exposure.foreign_account,
        "confused_deputy": exposure.confused_deputy,
        "grants": [
            {
                "to": grant.to,
                "who": grant.who,
                "actions": list(grant.actions),
                "witness": request_object(grant.witness),
                "statement": grant.statement,
            }
            for grant in exposure.grants
        ],
        "reason": "; ".join(exposure.reasons),
    }


def _found(answer: Witness) -> str:
    by = "; ".join(str(ruling) for ruling in answer.statements)
    future = "; a future action, which the wildcards will match" if answer.future_action else ""
    return f"allowed by {by}{future}"
