"""Whom a role's trust policy admits: the services that it may be passed to.

Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service", "The confused deputy
problem" (aws:SourceAccount).
"""

from __future__ import annotations

from compliance.access.actions import actions_of
from compliance.access.answers import Answer, Witness
from compliance.access.documents import Document, Statement
from compliance.access.escalation_account import Actor
from compliance.access.escalation_facts import Known, context, keys_of, mentioned
from compliance.access.escalation_requests import NEVER, Replay, settled_policy
from compliance.access.escalation_subject import asking
from compliance.access.principals import caller_of, statement_closeness
from compliance.access.request import Layers, Request
from compliance.access.search import Question

# Cognito federates: it hands out a role's credentials to whoever its pool knows.
_FEDERATES = "cognito-identity.amazonaws.com"


def admits(role: Actor, service: str) -> Answer:
    """Answer whether a role lets a service of AWS assume it on behalf of the role's own account."""
    action = "sts:AssumeRoleWithWebIdentity" if service == _FEDERATES else "sts:AssumeRole"
    known: Known = {} if service == _FEDERATES else {"aws:sourceaccount": role.account}
    if role.trust is None:
        return NEVER
    layers = Layers(resource_policy=role.trust, rcps=role.layers.rcps)
    keys = mentioned([role.trust, *(document for level in layers.rcps for document in level)])
    replay = Replay(service, layers, context(known, keys))
    first = Request(service, action, role.arn, role.account)
    decision = replay(first)
    if decision is not None:
        return Witness(decision.request, decision.by)
    return _search(role.trust, known, replay, first)


def _search(trust: Document, known: Known, replay: Replay, first: Request) -> Answer:
    policy = settled_policy(trust, known)
    named = [s for s in policy.statements if _is_about(s, first)] if policy else []
    if not any(keys_of(statement) for statement in named):
        return NEVER
    allows = tuple(s for s in named if s.allows)
    denies = tuple(s for s in named if not s.allows)
    return replay.search([Question((asking(first.action, (first.resource,)), allows), denies)], first)


def _is_about(statement: Statement, request: Request) -> bool:
    close = statement_closeness(statement, caller_of(request.principal), bounded=False)
    return bool(close) and actions_of(statement).has(request.action.lower())
