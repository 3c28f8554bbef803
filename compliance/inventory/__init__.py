"""Every resource of a run: immutable, sorted, savable. Knows nothing of AWS clients, checks or pytest."""

from compliance.inventory.inventory import Inventory, Missing, Run
from compliance.inventory.storage import load_inventory, save_inventory

__all__ = ["Inventory", "Missing", "Run", "load_inventory", "save_inventory"]
