"""Reading what a deployment left behind: its stacks, its outputs, and whether what they name is there."""

from collections.abc import Iterator, Mapping
from typing import Any

from compliance.collect.arns import handle_of, normal_arn
from compliance.collect.client import Answer, Gone
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import GLOBAL_KINDS, PROBERS, links, lists, probes, reads
from compliance.collect.tags import tags_of
from compliance.models import Deployment, Output, Stack
from compliance.models.deployment import NamedResource

_STACKS = "cloudformation:DescribeStacks"
_RESOURCES = "cloudformation:ListStackResources"

# CloudFormation's types of what checks look at; the physical id is the name within the kind.
_TYPES: Mapping[str, str] = {
    "AWS::CloudFormation::Stack": "Stack",
    "AWS::CloudTrail::Trail": "Trail",
    "AWS::CloudWatch::Alarm": "Alarm",
    "AWS::EC2::FlowLog": "FlowLog",
    "AWS::EC2::InternetGateway": "Gateway",
    "AWS::EC2::NatGateway": "Gateway",
    "AWS::EC2::RouteTable": "RouteTable",
    "AWS::EC2::SecurityGroup": "SecurityGroup",
    "AWS::EC2::Subnet": "Subnet",
    "AWS::EC2::TransitGatewayAttachment": "Gateway",
    "AWS::EC2::TransitGatewayVpcAttachment": "Gateway",
    "AWS::EC2::VPC": "Vpc",
    "AWS::EC2::VPCEndpoint": "Endpoint",
    "AWS::IAM::Group": "Group",
    "AWS::IAM::ManagedPolicy": "ManagedPolicy",
    "AWS::IAM::Role": "Role",
    "AWS::IAM::User": "User",
    "AWS::KMS::Key": "Key",
    "AWS::Lambda::Function": "Function",
    "AWS::Logs::LogGroup": "LogGroup",
    "AWS::RDS::DBInstance": "Database",
    "AWS::S3::Bucket": "Bucket",
    "AWS::SNS::Topic": "Topic",
    "AWS::SQS::Queue": "Queue",
    "AWS::SecretsManager::Secret": "Secret",
}


def _stack(at: Reach, handle: Handle) -> Answer:
    for row in at.rows(_STACKS, "Stacks", StackName=handle.arn or handle.name):
        return row
    raise Gone(_STACKS)


@lists(Stack, calls=_STACKS)
def stacks(at: Reach) -> Iterator[Handle]:
    """The stacks of the region; deleted ones are not among them."""
    for row in at.rows(_STACKS, "Stacks"):
        yield at.handle("Stack", row["StackName"], arn=row["StackId"])


@probes(Stack, calls=_STACKS)
def stack_is_there(at: Reach, handle: Handle) -> bool:
    """Whether the stack exists."""
    return bool(_stack(at, handle))


@reads(Stack, "status reason is_protected tags", calls=_STACKS)
def stack(at: Reach, handle: Handle) -> dict[str, Any]:
    """A stack's state."""
    row = _stack(at, handle)
    return {
        "arn": row["StackId"],
        "status": row["StackStatus"],
        "reason": row.get("StackStatusReason") or None,
        "is_protected": row.get("EnableTerminationProtection", False),
        "tags": tags_of(row.get("Tags")),
    }


@links(Stack, calls=_RESOURCES)
def resources_of(at: Reach, handle: Handle) -> Iterator[Handle]:
    """What CloudFormation made for the stack and checks look at; deleted and failed ones left out."""
    name = handle.arn or handle.name
    for row in at.rows(_RESOURCES, "StackResourceSummaries", StackName=name):
        kind, physical = _TYPES.get(row["ResourceType"]), row.get("PhysicalResourceId")
        if kind and physical and not row["ResourceStatus"].startswith(("DELETE_COMPLETE", "CREATE_FAILED")):
            yield _physical(at, kind, physical)


def _physical(at: Reach, kind: str, physical: str) -> Handle:
    """The handle of a physical id, which is an ARN for some types, a URL for queues, a name for others."""
    found = handle_of(at, physical)
    if found and found.kind == kind:
        return found
    name = physical.rpartition("/")[2] if kind == "Queue" else physical
    return handle_in(at, kind, name)


def handle_in(at: Reach, kind: str, name: str) -> Handle:
    """A handle in this region, or in none where the kind has none."""
    return at.handle(kind, name, region="global" if kind in GLOBAL_KINDS else None)


def handle_named(at: Reach, named: NamedResource) -> Handle:
    """The handle of what an output names, which remembers the output."""
    region = "global" if named.kind in GLOBAL_KINDS else named.region or at.region
    arn = normal_arn(named.kind, named.value) if named.value.startswith("arn:") else ""
    return Handle(named.kind, named.name, named.account or at.account, region, arn, named.output_key)


def output_handles(at: Reach) -> Iterator[tuple[Handle, NamedResource]]:
    """Each resource that an output names; the second of a list is called `Key[1]`, and so on."""
    seen: dict[str, int] = {}
    for named in at.outputs.named:
        index = seen[named.output_key] = seen.get(named.output_key, -1) + 1
        name = f"{named.output_key}[{index}]" if index else named.output_key
        yield at.handle("Output", name), named


@reads(Output, "value names_kind names", calls="")
def output(at: Reach, handle: Handle) -> dict[str, Any]:
    """What the outputs file says."""
    named = _named(at, handle)
    return {"value": named.value, "names_kind": named.kind, "names": named.name}


@reads(Output, "exists", calls="")
def exists(at: Reach, handle: Handle) -> bool:
    """Whether the account has what the output names. The calls are those of the named kind's prober."""
    named = _named(at, handle)
    target = handle_named(at, named)
    prober = PROBERS[named.kind]
    try:
        return bool(prober.function(at.at(target.region, prober.calls), target))
    except Gone:
        return False


@reads(Deployment, "outputs sources", calls="")
def deployment(at: Reach, _: Handle) -> dict[str, Any]:
    """The outputs as a whole."""
    return {"outputs": {each.key: each.text for each in at.outputs.values}, "sources": at.outputs.sources}


def _named(at: Reach, handle: Handle) -> NamedResource:
    return next(named for each, named in output_handles(at) if each.name == handle.name)
