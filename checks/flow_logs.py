"""Flow logs: that they are there, that they deliver, and that their role can do nothing else."""

from collections.abc import Iterator
from datetime import timedelta

from compliance.access import Layers, Request, evaluate, parse
from compliance.check import Context, check
from compliance.grants import ROLE_GRANTS, layers_of
from compliance.models import FlowLog, Role, Vpc
from compliance.models.network import Destination
from compliance.policy.settings import FlowLogRule
from compliance.reasoning import beyond, requests, shown
from compliance.verdict import NotApplicable, Violation

SERVICE = "vpc-flow-logs.amazonaws.com"

# Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
NEEDED = ("logs:CreateLogStream", "logs:PutLogEvents")
WRITING = (*NEEDED, "logs:CreateLogGroup")
LOOKING = ("logs:DescribeLogGroups", "logs:DescribeLogStreams")


@check(
    Vpc,
    id="flow-log-enabled",
    reads=("FlowLog.resource_id", "FlowLog.is_active", "FlowLog.traffic", "FlowLog.destination"),
)
def enabled(vpc: Vpc, context: Context) -> Iterator[Violation]:
    """Each VPC has an active flow log of the required traffic to each required destination.

    A flow log of all traffic serves where only accepted or rejected traffic is required.
    Source: Amazon VPC User Guide, "Logging IP traffic using VPC Flow Logs".
    """
    logs = [each for each in context.inventory.of(FlowLog, via=vpc) if each.resource_id == vpc.name]
    for rule in context.policy.flow_logs_for(vpc):
        for destination in rule.destinations or (None,):
            if not any(_serves(each, rule, destination) for each in logs):
                expected = f"an active flow log of {rule.traffic} traffic" + (
                    f" to {destination}" if destination else ""
                )
                yield Violation("a flow log is missing", expected, _described(logs))


@check(
    FlowLog,
    id="flow-log-delivers",
    reads=("is_active", "delivery_status", "delivery_error", "newest_data_at", "destination_arn"),
)
def delivers(flow_log: FlowLog, context: Context) -> Iterator[Violation]:
    """A flow log delivers: AWS reports no failure, and data has arrived within the allowed delay.

    Source: Amazon EC2 API Reference, FlowLog (DeliverLogsStatus); Amazon VPC User Guide, "Flow log records".
    """
    delay = timedelta(minutes=context.policy.delivery_for(flow_log).max_delay_minutes)
    if not flow_log.is_active:
        raise NotApplicable("it is not active (see flow-log-enabled)")
    if flow_log.delivery_status == "FAILED":
        yield Violation("AWS reports that delivery fails", "SUCCESS", flow_log.delivery_error or "FAILED")
    newest = flow_log.newest_data_at
    if newest is None or context.now - newest > delay:
        seen = f"{newest:%Y-%m-%d %H:%M:%S} UTC" if newest else "nothing in the last three days"
        expected = f"data since {context.now - delay:%Y-%m-%d %H:%M:%S} UTC"
        yield Violation(
            "no data has arrived within the allowed delay", expected, seen, flow_log.destination_arn
        )


@check(
    FlowLog,
    id="flow-log-role",
    reads=("destination", "destination_arn", "role_arn", "Role.trust", *ROLE_GRANTS),
)
def delivery_role(flow_log: FlowLog, context: Context) -> Iterator[Violation]:
    """The role that delivers to a log group is the flow-log service's alone, and can write there and no more.

    Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    if flow_log.destination is not Destination.CLOUD_WATCH_LOGS or flow_log.role_arn is None:
        raise NotApplicable("it needs no role: it does not deliver to a log group through one")
    role = context.inventory.find(Role, flow_log.role_arn)
    if role is None:
        yield Violation("the role does not exist", "a role for the flow-log service", flow_log.role_arn)
        return
    yield from _trusted_by_others(role)
    if not _may_assume(flow_log, role):
        yield Violation("the flow-log service may not assume the role", SERVICE, "not allowed", role.arn)
    layers, group = layers_of(role, context.inventory), flow_log.destination_arn.removesuffix(":*")
    for action in NEEDED:
        if not evaluate(Request(role.arn, action, f"{group}:log-stream:any"), layers).allowed:
            yield Violation(f"the role may not do {action}", f"{action} on {group}", "not allowed", role.arn)
    reference = [
        requests(WRITING, [group, f"{group}:*"]),
        requests(LOOKING, ["*"]),
    ]
    if witness := beyond(layers, reference, role.arn, role.address.account):
        yield Violation("the role may do more than deliver to this group", group, shown(witness), role.arn)


def _serves(flow_log: FlowLog, rule: FlowLogRule, destination: Destination | None) -> bool:
    return (
        flow_log.is_active
        and flow_log.traffic in {"ALL", rule.traffic}
        and destination in {None, flow_log.destination}
    )


def _described(logs: list[FlowLog]) -> str:
    shown = (
        f"{e.name} ({e.traffic} to {e.destination}{'' if e.is_active else ', not active'})" for e in logs
    )
    return ", ".join(sorted(shown)) or "no flow log"


def _trusted_by_others(role: Role) -> Iterator[Violation]:
    for statement in parse(role.trust).allows:
        trusted = sorted(f"{each.kind} {each.value}" for each in statement.principals or ())
        if trusted != [f"Service {SERVICE}"]:
            actual = ", ".join(trusted) or "everyone but those named"
            yield Violation("the role trusts others than the flow-log service", SERVICE, actual, role.arn)


def _may_assume(flow_log: FlowLog, role: Role) -> bool:
    source = {"aws:SourceArn": flow_log.arn, "aws:SourceAccount": flow_log.address.account}
    layers = Layers(resource_policy=parse(role.trust))
    return evaluate(Request(SERVICE, "sts:AssumeRole", role.arn, context=source), layers).allowed
