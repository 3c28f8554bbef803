"""Which emulator cannot hold what: the one place where a builder asks whom it is talking to.

Each row is proved by a real call in tests/emulators/test_known_gaps.py, so that a closed gap is noticed.
"""

from enum import StrEnum

import boto3


class Emulator(StrEnum):
    """What answers at an endpoint."""

    MOTO = "moto"
    MINISTACK = "ministack"
    OTHER = "other"


class Gap(StrEnum):
    """Something that a state of an example consists of and an emulator does not hold."""

    FORWARDING_INSTANCE = "an instance with source/destination check off"
    DELETED_WHILE_ATTACHED = "an attached policy that was deleted (AWS refuses the deletion, too)"
    LOG_GROUP_KEY = "the key of a log group (it is taken and forgotten)"
    STACK_ROLLBACK = "a stack in UPDATE_ROLLBACK_COMPLETE"


GAPS: dict[Emulator, frozenset[Gap]] = {
    Emulator.MOTO: frozenset({Gap.STACK_ROLLBACK}),
    Emulator.MINISTACK: frozenset({Gap.FORWARDING_INSTANCE, Gap.DELETED_WHILE_ATTACHED, Gap.LOG_GROUP_KEY}),
    Emulator.OTHER: frozenset({Gap.STACK_ROLLBACK, Gap.DELETED_WHILE_ATTACHED}),
}


def emulator_at(session: boto3.Session) -> Emulator:
    """Tell which emulator a session reaches, by the server that signs its answers."""
    answer = session.client("sts").get_caller_identity()
    server = answer["ResponseMetadata"]["HTTPHeaders"].get("server", "").lower()
    names = {"werkzeug": Emulator.MOTO, "hypercorn": Emulator.MINISTACK, "ministack": Emulator.MINISTACK}
    return next((emulator for name, emulator in names.items() if name in server), Emulator.OTHER)


def holds(session: boto3.Session, gap: Gap) -> bool:
    """Say whether what this session reaches can hold the thing."""
    return gap not in GAPS[emulator_at(session)]
