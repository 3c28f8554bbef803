"""Reasoning over IAM documents: decide requests, prove what can't be asked for, find what can.

Stands on its own: no AWS calls, no pytest, no clock. The AWS pages that each module follows are in its
docstring.
"""

from compliance.access.documents import Condition, Document, DocumentError, Principal, Statement, parse
from compliance.access.evaluate import Decision, Result, Ruling, evaluate
from compliance.access.request import ANONYMOUS, Layers, Request

__all__ = [
    "ANONYMOUS", "Condition", "Decision", "Document", "DocumentError", "Layers", "Principal", "Request",
    "Result", "Ruling", "Statement", "evaluate", "parse",
]  # fmt: skip
