"""Reasoning over IAM documents: decide requests, prove what can't be asked for, find what can.

Stands on its own: no AWS calls, no pytest, no clock. The AWS pages that each module follows are in its
docstring.
"""

from compliance.access.answers import Answer, Proved, Unknown, Witness
from compliance.access.documents import Condition, Document, DocumentError, Principal, Statement, parse
from compliance.access.engine import included, new_access
from compliance.access.evaluate import Decision, Result, Ruling, evaluate
from compliance.access.finding import each, find
from compliance.access.outsiders import Exposure, Grant, outsiders
from compliance.access.paths import Path, paths
from compliance.access.request import ANONYMOUS, Layers, Request
from compliance.access.zones import TrustZone

__all__ = [
    "ANONYMOUS", "Answer", "Condition", "Decision", "Document", "DocumentError", "Exposure", "Grant",
    "Layers", "Path", "Principal", "Proved", "Request", "Result", "Ruling", "Statement", "TrustZone",
    "Unknown", "Witness", "each", "evaluate", "find", "included", "new_access", "outsiders", "parse", "paths",
]  # fmt: skip
