"""The former place of `compliance.collect.classify.shapes`, until its last importer has moved."""

from compliance.collect.classify.meaning import Named
from compliance.collect.classify.shapes import exact_meaning

__all__ = ["Named", "exact_meaning"]
