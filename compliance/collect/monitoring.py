"""Reading alarms."""

from collections.abc import Iterator
from typing import Any

from compliance.collect.arns import handle_of
from compliance.collect.client import Answer
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import links, lists, probes, reads
from compliance.models import Alarm, Topic

_ALARMS = "cloudwatch:DescribeAlarms"


def _row(at: Reach, handle: Handle) -> Answer:
    return at.row(_ALARMS, "MetricAlarms", "AlarmName", handle.name)


@lists(Alarm, calls=_ALARMS)
def alarms(at: Reach) -> Iterator[Handle]:
    """All metric alarms of the region."""
    return (at.handle("Alarm", row["AlarmName"]) for row in at.rows(_ALARMS, "MetricAlarms"))


@probes(Alarm, calls=_ALARMS)
def is_there(at: Reach, handle: Handle) -> bool:
    """Whether the alarm exists."""
    return bool(_row(at, handle))


@reads(Alarm, "metric namespace dimensions actions_enabled actions state", calls=_ALARMS)
def alarm(at: Reach, handle: Handle) -> dict[str, Any]:
    """An alarm; one over a metric expression has no metric of its own."""
    row = _row(at, handle)
    return {
        "arn": row["AlarmArn"],
        "metric": row.get("MetricName"),
        "namespace": row.get("Namespace"),
        "dimensions": dict(sorted((each["Name"], each["Value"]) for each in row.get("Dimensions", ()))),
        "actions_enabled": row["ActionsEnabled"],
        "actions": tuple(sorted(row.get("AlarmActions", ()))),
        "state": row["StateValue"],
    }


@links(Alarm, Topic, calls=_ALARMS)
def notifies(at: Reach, handle: Handle) -> Iterator[Handle]:
    """The topics that it notifies."""
    for arn in _row(at, handle).get("AlarmActions", ()):
        if (found := handle_of(at, arn)) and found.kind == "Topic":
            yield found
