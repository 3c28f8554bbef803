"""What can go wrong, as one tree; a class for each decision that a caller can take.

ComplianceError
├── InputError            the user gave something unusable; the message names place and remedy
│   ├── OutputsError      a deployment's outputs file
│   ├── PolicyError       the policy file
│   ├── InventoryError    a saved inventory
│   ├── CheckError        a folder or module of checks
│   └── SettingsError     options, credentials, region
├── RefusedOperation      a call that nobody declared as a read was about to leave the process
├── FactUnreadable        a fact was read that AWS would not tell (evidence.py)
├── NotApplicable         the rule says nothing about this resource (verdict.py)
└── Undecided             the facts are known, the question is not decided (verdict.py)
"""


class ComplianceError(Exception):
    """The root of every error that this package raises on purpose."""


class InputError(ComplianceError):
    """Something that the user gave is unusable; the message names file, place and remedy."""


class OutputsError(InputError):
    """An outputs file is absent, unreadable or not what a deployment writes."""


class PolicyError(InputError):
    """A policy file breaks its schema; the message has file, line and JSON path."""


class InventoryError(InputError):
    """A saved inventory is unreadable or was written by another format version."""


class CheckError(InputError):
    """A check is declared wrongly, or a folder of checks can't be loaded."""


class SettingsError(InputError):
    """Options, credentials or region don't make a run possible."""


class RefusedOperation(ComplianceError):
    """An AWS operation that no collector declared was stopped before it was signed."""
