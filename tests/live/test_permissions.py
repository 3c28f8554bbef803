"""One permission taken away at a time: exactly the pairs that depend on it become unknown, and say so.

`denied.json` pins, for each operation that a run of a corrected system calls: `unknown`, the pairs that can't
be judged any more; `lost`, the pairs whose resource is not found any more; `places`, the kinds of which an
unknown pair with a placeholder stands for what may be there.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from compliance.errors import SettingsError
from compliance.verdict import Verdict

from .systems import JUDGED, SYSTEMS, pairs_of

DENIED = json.loads(Path(__file__).with_name("denied.json").read_text("utf-8"))
IDENTITY = "sts:GetCallerIdentity"


def calls_of(live):
    return sorted(live.base.inventory.run.calls.keys() - {IDENTITY})


def counted(pairs):
    """How many pairs of each check and kind."""
    return dict(sorted(Counter(f"{pair.check} {pair.kind}" for pair in pairs).items()))


def is_placeholder(pair):
    return pair.address.name.startswith("(") and pair.verdict is Verdict.UNKNOWN


def effect_of(before, after):
    """What changed, in the words of `denied.json`."""
    changed = [pair for key, pair in after.items() if key in before and pair.verdict != before[key].verdict]
    nobody = [pair for key, pair in before.items() if key not in after and pair.address.name == "(none)"]
    lost = [pair for key, pair in before.items() if key not in after and pair not in nobody]
    places = {pair.kind for key, pair in after.items() if key not in before}
    assert {pair.kind for pair in nobody} <= places
    return {"unknown": counted(changed), "lost": counted(lost), "places": sorted(places)}


def assert_nothing_invented(before, after, operation):
    """No verdict but unknown is new, and every new unknown names the operation."""
    for key, pair in after.items():
        if pair.verdict in JUDGED:
            assert before[key].verdict is pair.verdict, key
        elif key not in before or before[key].verdict is not pair.verdict:
            assert pair.verdict is Verdict.UNKNOWN, key
            assert pair.cause == "denied", pair
            assert operation in pair.reason, pair.reason
            assert is_placeholder(pair) or key in before


@pytest.mark.parametrize("name", SYSTEMS)
def test_each_denied_operation_leaves_exactly_its_pairs_unknown(systems, name):
    live = systems.get(name, "corrected")
    before = pairs_of(live.base)
    effects = {}
    for operation in calls_of(live):
        with live.account.fault("deny", *operation.split(":")):
            after = pairs_of(live.audit())
        assert_nothing_invented(before, after, operation)
        effects[operation] = effect_of(before, after)
        for lost in effects[operation]["lost"]:
            assert lost.split()[1] in effects[operation]["places"], f"{operation}: {lost} is lost in silence"
    assert effects == DENIED[name]


def test_nobody_may_be_asked_who_we_are(corrected):
    corrected.account.faults.deny("sts", "GetCallerIdentity")
    with pytest.raises(SettingsError, match=r"no AWS account can be reached \(denied: sts:GetCallerIdentity"):
        corrected.audit()


def test_everything_denied_but_the_identity_judges_nothing(corrected):
    for service in sorted({operation.split(":")[0] for operation in calls_of(corrected)}):
        corrected.account.faults.deny(service)
    report = corrected.audit()
    assert {pair.check for pair in report.outcomes if pair.verdict in JUDGED} == {"outputs-complete"}


def test_an_organization_that_refuses_is_told_from_a_missing_grant(corrected):
    corrected.account.faults.deny("ec2", because="an explicit deny in a service control policy")
    causes = {pair.cause for pair in corrected.audit(checks=["vpc-*", "flow-log-*"]).outcomes}
    assert causes == {"denied-by-scp"}
