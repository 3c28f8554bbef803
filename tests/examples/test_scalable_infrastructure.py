"""What the scalable infrastructure's builder makes, read back from either emulator."""

import json

import pytest
from botocore.exceptions import ClientError

from compliance.embedded.gaps import Gap, holds

BUCKETS = ("DataBucketName", "LogsBucketName", "BackupsBucketName")


def notifications(built, output):
    found = built.s3.get_bucket_notification_configuration(Bucket=built.outputs[output])
    return {one["Id"]: (one["TopicArn"], one["Events"]) for one in found["TopicConfigurations"]}


def key_statements(built):
    policy = built.kms.get_key_policy(KeyId=built.outputs["KmsKeyArn"], PolicyName="default")["Policy"]
    return {statement["Sid"]: statement for statement in json.loads(policy)["Statement"]}


def topic_policy(built):
    attributes = built.sns.get_topic_attributes(TopicArn=built.outputs["SecurityTopicArn"])["Attributes"]
    return json.loads(attributes["Policy"])["Statement"]


def dangling(built):
    """Policies attached to the flow-log role that do not exist."""
    name = built.outputs["FlowLogsRoleArn"].rpartition("/")[2]
    found = []
    for policy in built.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        try:
            built.iam.get_policy(PolicyArn=policy["PolicyArn"])
        except built.iam.exceptions.NoSuchEntityException:
            found.append(policy["PolicyArn"])
    return found


@pytest.mark.parametrize("output", BUCKETS)
def test_each_event_of_a_bucket_goes_to_the_security_topic_once(corrected_infrastructure, output):
    topic_arn = corrected_infrastructure.outputs["SecurityTopicArn"]
    assert notifications(corrected_infrastructure, output) == {
        "created": (topic_arn, ["s3:ObjectCreated:*"]),
        "removed": (topic_arn, ["s3:ObjectRemoved:*"]),
    }


def test_data_and_backups_are_encrypted_with_the_key(corrected_infrastructure):
    wanted = {"DataBucketName": "aws:kms", "LogsBucketName": "AES256", "BackupsBucketName": "aws:kms"}
    for output, algorithm in wanted.items():
        name = corrected_infrastructure.outputs[output]
        found = corrected_infrastructure.s3.get_bucket_encryption(Bucket=name)
        default = found["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
        assert default["SSEAlgorithm"] == algorithm
        assert default.get("KMSMasterKeyID") in {None, corrected_infrastructure.outputs["KmsKeyArn"]}


def test_the_topic_admits_buckets_and_alarms_of_this_account(corrected_infrastructure):
    statements = {one["Principal"]["Service"]: one for one in topic_policy(corrected_infrastructure)}
    assert statements.keys() == {"s3.amazonaws.com", "cloudwatch.amazonaws.com"}
    for statement in statements.values():
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}
        assert statement["Condition"]["ArnLike"]["aws:SourceArn"]


def test_the_topic_is_subscribed(corrected_infrastructure):
    arn = corrected_infrastructure.outputs["SecurityTopicArn"]
    assert len(corrected_infrastructure.sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]) == 1


def test_the_key_rotates_and_admits_the_log_service(corrected_infrastructure):
    key_arn = corrected_infrastructure.outputs["KmsKeyArn"]
    assert corrected_infrastructure.kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"]
    statement = key_statements(corrected_infrastructure)["Logs"]
    assert statement["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert "kms:EncryptionContext:aws:logs:arn" in statement["Condition"]["ArnLike"]


def assert_log_groups_on_the_key(built):
    groups = built.logs.describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        built.outputs["FlowLogsLogGroupName"]: 30,
        built.outputs["TrailLogGroupName"]: 365,
    }
    key_arn = built.outputs["KmsKeyArn"] if holds(built.session, Gap.LOG_GROUP_KEY) else None
    assert {group.get("kmsKeyId") for group in groups} == {key_arn}


def test_log_groups_are_on_the_key_and_keep_their_events(corrected_infrastructure):
    assert_log_groups_on_the_key(corrected_infrastructure)


def test_first_log_groups_were_on_the_key_too(first_infrastructure):
    assert_log_groups_on_the_key(first_infrastructure)


def test_the_trail_covers_all_regions_and_is_logging(corrected_infrastructure):
    arn = corrected_infrastructure.outputs["TrailArn"]
    trail = corrected_infrastructure.cloudtrail.describe_trails()["trailList"][0]
    assert trail["TrailARN"] == arn
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert corrected_infrastructure.cloudtrail.get_trail_status(Name=trail["Name"])["IsLogging"]


def test_corrected_names_carry_the_suffix(corrected_infrastructure):
    for output in (*BUCKETS, "SecurityTopicArn", "FlowLogsLogGroupName", "FlowLogsRoleArn", "TrailArn"):
        assert corrected_infrastructure.outputs[output].endswith("-prod-9c3a")


def test_the_corrected_role_has_no_attached_policy(corrected_infrastructure):
    name = corrected_infrastructure.outputs["FlowLogsRoleArn"].rpartition("/")[2]
    assert corrected_infrastructure.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] == []


def test_first_notifications_overlapped(first_infrastructure):
    events = [
        event
        for _, events in notifications(first_infrastructure, "DataBucketName").values()
        for event in events
    ]
    assert sorted(events) == ["s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectRemoved:*"]


def test_first_the_key_did_not_admit_the_log_service(first_infrastructure):
    assert "Logs" not in key_statements(first_infrastructure)


def test_first_the_role_had_a_policy_that_does_not_exist(first_infrastructure):
    arn = "arn:aws:iam::123456789012:policy/service-role/VPCFlowLogsDeliveryRolePolicy"
    assert dangling(first_infrastructure) == [arn]


def test_first_the_topic_admitted_no_service(first_infrastructure):
    assert not any("Service" in one["Principal"] for one in topic_policy(first_infrastructure))


def test_first_events_of_a_bucket_had_no_destination(first_infrastructure):
    topic_arn, _ = notifications(first_infrastructure, "BackupsBucketName")["created"]
    with pytest.raises(ClientError, match="NotFound"):
        first_infrastructure.sns.get_topic_attributes(TopicArn=topic_arn)


def test_first_names_were_hard_coded(first_infrastructure):
    names = [first_infrastructure.outputs[output] for output in BUCKETS]
    assert names == ["scalable-data", "scalable-logs", "scalable-backups"]


def test_an_unknown_state_is_refused_before_any_call(builder):
    with pytest.raises(ValueError, match="as-first-deployed"):
        builder("scalable_infrastructure").build(None, "perfect")
