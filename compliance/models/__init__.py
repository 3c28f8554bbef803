"""Every kind of resource: frozen, typed, free of AWS's spelling. Knows nothing of AWS clients or checks."""

from compliance.models.compute import Function
from compliance.models.data import Database, Secret
from compliance.models.deployment import Deployment, Output, Stack
from compliance.models.identity import Group, ManagedPolicy, Principal, Role, User
from compliance.models.keys import Key
from compliance.models.logs import LogGroup
from compliance.models.messaging import Queue, Topic
from compliance.models.monitoring import Alarm
from compliance.models.network import (
    Endpoint,
    FlowLog,
    Gateway,
    NetworkEstate,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from compliance.models.resource import KINDS, Resource, fixture_name, resource
from compliance.models.storage import Bucket
from compliance.models.trails import Trail

__all__ = [
    "KINDS",
    "Alarm",
    "Bucket",
    "Database",
    "Deployment",
    "Endpoint",
    "FlowLog",
    "Function",
    "Gateway",
    "Group",
    "Key",
    "LogGroup",
    "ManagedPolicy",
    "NetworkEstate",
    "Output",
    "Principal",
    "Queue",
    "Resource",
    "Role",
    "RouteTable",
    "Secret",
    "SecurityGroup",
    "Stack",
    "Subnet",
    "Topic",
    "Trail",
    "User",
    "Vpc",
    "fixture_name",
    "resource",
]
