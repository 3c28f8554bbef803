"""Reasoning over addresses and routes. Knows nothing of AWS clients, checks or reports."""

from compliance.network.overlap import overlaps
from compliance.network.tiers import ISOLATED, PRIVATE, PUBLIC, table_of, tier_of

__all__ = ["ISOLATED", "PRIVATE", "PUBLIC", "overlaps", "table_of", "tier_of"]
