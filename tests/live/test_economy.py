"""What a run costs: no distinct call twice, and no call that the selected checks don't need."""

import json
from collections import Counter

import pytest

from compliance.catalogue import load_checks

IDENTITY = "sts:GetCallerIdentity"
# What leads to networks, buckets and roles of this deployment, whatever is asked of them then.
WAY = (
    "cloudformation:ListStackResources cloudtrail:DescribeTrails ec2:DescribeFlowLogs ec2:DescribeSubnets "
    "s3:GetBucketNotificationConfiguration"
)

# The calls of each check alone, against the corrected infrastructure.
CALLS = {
    "flow-log-delivers": f"{WAY} logs:DescribeLogStreams s3:ListObjectsV2",
    "flow-log-enabled": f"{WAY} ec2:DescribeVpcs",
    "flow-log-role": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-managed-policy-exists": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-no-admin": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-no-broad-managed-policy": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-no-notaction-allow": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-no-privilege-escalation": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-no-wildcard-action": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-pass-role-scoped": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-role-within-reference": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-sensitive-on-any-resource": f"{WAY} iam:GetAccountAuthorizationDetails",
    "iam-trust-scoped": f"{WAY} iam:GetAccountAuthorizationDetails",
    "kms-logs-key-policy": f"{WAY} kms:GetKeyPolicy logs:DescribeLogGroups s3:GetBucketEncryption "
    "sns:GetTopicAttributes",
    "kms-policy-not-public": f"{WAY} kms:GetKeyPolicy logs:DescribeLogGroups s3:GetBucketEncryption "
    "sns:GetTopicAttributes",
    "lambda-policy-not-public": WAY,
    "lambda-role-scoped": f"{WAY} iam:GetAccountAuthorizationDetails",
    "output-resource-exists": "cloudformation:DescribeStacks cloudtrail:DescribeTrails ec2:DescribeSubnets "
    "ec2:DescribeVpcs iam:GetAccountAuthorizationDetails kms:DescribeKey logs:DescribeLogGroups "
    "s3:ListBuckets sns:GetTopicAttributes",
    "outputs-complete": "",
    "s3-default-encryption": f"{WAY} s3:GetBucketEncryption kms:DescribeKey kms:ListAliases "
    "logs:DescribeLogGroups sns:GetTopicAttributes",
    "s3-notification-delivers": f"{WAY} sns:GetTopicAttributes",
    "s3-policy-not-public": f"{WAY} s3:GetBucketPolicy",
    "s3-single-notification": WAY,
    "secret-policy-not-public": "cloudformation:ListStackResources",
    "sns-topic-policy": f"{WAY} sns:GetTopicAttributes",
    "stack-healthy": "cloudformation:DescribeStacks cloudformation:ListStackResources",
    "vpc-cidr-expected": f"{WAY} ec2:DescribeVpcs",
    "vpc-cidr-overlap": f"{WAY} ec2:DescribeVpcs ec2:DescribeTransitGatewayAttachments "
    "ec2:DescribeVpcPeeringConnections ec2:DescribeVpnConnections",
    "vpc-three-zones": f"{WAY} ec2:DescribeVpcs ec2:DescribeRouteTables",
}


def distinct(call):
    return call.service, call.operation, call.region, json.dumps(call.parameters, sort_keys=True, default=str)


@pytest.mark.parametrize("scope", ["stack", "account"])
def test_no_distinct_call_is_made_twice(corrected, scope):
    report = corrected.audit(scope=scope)
    times = Counter(distinct(call) for call in corrected.account.log)
    assert [call for call, count in times.items() if count > 1] == []
    counted = {f"{service}:{operation}": n for (service, operation), n in corrected.account.calls.items()}
    assert counted == report.inventory.run.calls


def test_a_second_run_asks_the_same(corrected):
    corrected.audit()
    first = Counter(map(distinct, corrected.account.log))
    corrected.account.forget_calls()
    corrected.audit()
    assert Counter(map(distinct, corrected.account.log)) == first


def test_the_table_is_complete():
    assert CALLS.keys() == {check.id for check in load_checks()}


@pytest.mark.parametrize("check", CALLS)
def test_a_check_alone_causes_its_own_calls(systems, check):
    live = systems.get("scalable-infrastructure", "corrected")
    made = live.audit(checks=[check]).inventory.run.calls.keys()
    assert made == {IDENTITY, *CALLS[check].split()}


def test_all_together_ask_what_each_asks_alone(systems):
    together = systems.get("scalable-infrastructure", "corrected").base.inventory.run.calls.keys()
    assert together == {IDENTITY} | {call for calls in CALLS.values() for call in calls.split()}


def test_outputs_alone_need_no_more_than_to_know_where_one_is(corrected):
    report = corrected.audit(checks=["outputs-complete"])
    assert report.inventory.run.calls == {IDENTITY: 1}
