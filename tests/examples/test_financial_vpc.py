"""What the financial VPC's builder makes, read back from either emulator."""

import json
from datetime import UTC, datetime

import pytest

from compliance.embedded.gaps import Gap, holds


def subnets(built, vpc_id):
    return built.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["Subnets"]


def zones_of(built):
    return {one["SubnetId"]: one["AvailabilityZone"] for one in subnets(built, built.outputs["VpcId"])}


def default_routes(built):
    """Subnet id to the target of its default route."""
    tables = built.ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [built.outputs["VpcId"]]}]
    )["RouteTables"]
    found = {}
    for table in tables:
        routes = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        for association in table["Associations"]:
            if "SubnetId" in association and routes:
                found[association["SubnetId"]] = routes[0].get("InstanceId") or routes[0].get("GatewayId")
    return found


def test_the_corrected_network_is_the_required_one(corrected_vpc):
    vpcs = corrected_vpc.ec2.describe_vpcs()["Vpcs"]
    assert [(vpc["VpcId"], vpc["CidrBlock"]) for vpc in vpcs] == [
        (corrected_vpc.outputs["VpcId"], "172.31.0.0/16")
    ]


def test_each_tier_lies_in_three_zones(corrected_vpc):
    zones = zones_of(corrected_vpc)
    assert len(zones) == 9
    for tier in ("PublicSubnetIds", "PrivateSubnetIds", "TransitGatewaySubnetIds"):
        assert len({zones[subnet_id] for subnet_id in corrected_vpc.listed(tier)}) == 3


def test_each_private_subnet_leaves_through_an_instance_in_its_zone(corrected_vpc):
    routes = default_routes(corrected_vpc)
    zones = zones_of(corrected_vpc)
    reservations = corrected_vpc.ec2.describe_instances()["Reservations"]
    instances = {one["InstanceId"]: one for all_ in reservations for one in all_["Instances"]}
    assert instances.keys() == set(corrected_vpc.listed("NatInstanceIds"))
    for subnet_id in corrected_vpc.listed("PrivateSubnetIds"):
        nat = instances[routes[subnet_id]]
        # Not by the placement of the instance: ministack says "a" of all of them.
        assert zones[nat["SubnetId"]] == zones[subnet_id]
        assert nat["SubnetId"] in corrected_vpc.listed("PublicSubnetIds")
        assert nat["SourceDestCheck"] is not holds(corrected_vpc.session, Gap.FORWARDING_INSTANCE)
    assert all(routes[subnet_id].startswith("igw-") for subnet_id in corrected_vpc.listed("PublicSubnetIds"))


def test_all_traffic_is_logged_to_both_destinations(corrected_vpc):
    found = corrected_vpc.ec2.describe_flow_logs()["FlowLogs"]
    assert {flow["LogDestinationType"] for flow in found} == {"s3", "cloud-watch-logs"}
    assert {(flow["TrafficType"], flow["FlowLogStatus"]) for flow in found} == {("ALL", "ACTIVE")}
    assert {flow["ResourceId"] for flow in found} == {corrected_vpc.outputs["VpcId"]}


def assert_fresh_data(built):
    groups = built.logs.describe_log_groups(logGroupNamePrefix="/vpc/")["logGroups"]
    stream = built.logs.describe_log_streams(logGroupName=groups[0]["logGroupName"])["logStreams"][0]
    age_s = datetime.now(UTC).timestamp() - stream["lastEventTimestamp"] / 1000
    assert 0 <= age_s < 600
    bucket = "financial-vpc-flow-logs-123456789012-prod-5e1f"
    found = built.s3.list_objects_v2(Bucket=bucket, Prefix="AWSLogs/123456789012/vpcflowlogs/eu-west-1/")
    assert found["KeyCount"] == 1


def test_fresh_data_has_arrived(corrected_vpc):
    assert_fresh_data(corrected_vpc)


def test_first_fresh_data_had_arrived_too(first_vpc):
    assert_fresh_data(first_vpc)


def test_the_delivery_role_is_scoped(corrected_vpc):
    name = corrected_vpc.outputs["FlowLogsRoleArn"].rpartition("/")[2]
    role = corrected_vpc.iam.get_role(RoleName=name)["Role"]
    statement = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    document = corrected_vpc.iam.get_role_policy(RoleName=name, PolicyName="scoped")["PolicyDocument"]
    assert document["Statement"][0]["Resource"].endswith(corrected_vpc.outputs["FlowLogsLogGroupName"] + ":*")


def test_the_bucket_is_private_encrypted_and_admits_the_delivery_service(corrected_vpc):
    name = corrected_vpc.outputs["FlowLogsBucketName"]
    s3 = corrected_vpc.s3
    rule = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert set(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()) == {True}
    owned = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert owned == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    statements = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert [statement["Sid"] for statement in statements] == [
        "TlsOnly",
        "AWSLogDeliveryWrite",
        "AWSLogDeliveryCheck",
    ]


def test_the_function_is_private_and_in_a_group_of_its_own(corrected_vpc):
    found = corrected_vpc.lambda_.list_functions()["Functions"]
    assert [one["FunctionArn"] for one in found] == [corrected_vpc.outputs["MetricsFunctionArn"]]
    where = found[0]["VpcConfig"]
    assert set(where["SubnetIds"]) == set(corrected_vpc.listed("PrivateSubnetIds"))
    groups = corrected_vpc.ec2.describe_security_groups(GroupIds=where["SecurityGroupIds"])["SecurityGroups"]
    assert [group["GroupName"] for group in groups] == ["metrics-prod-5e1f"]


def test_health_and_delivery_are_watched(corrected_vpc):
    alarms = corrected_vpc.cloudwatch.describe_alarms()["MetricAlarms"]
    assert len(alarms) == 4
    assert {tuple(alarm["AlarmActions"]) for alarm in alarms} == {(corrected_vpc.outputs["AlarmTopicArn"],)}


def test_the_corrected_outputs_are_complete_and_the_stack_healthy(corrected_vpc, builder):
    assert set(builder("financial_vpc").REQUIRED_OUTPUTS) <= corrected_vpc.outputs.keys()
    assert all(isinstance(value, str) and value for value in corrected_vpc.outputs.values())
    stack = corrected_vpc.cloudformation.describe_stacks(StackName="financial-vpc-prod")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_first_there_was_another_network_over_two_zones(first_vpc):
    vpc = first_vpc.ec2.describe_vpcs()["Vpcs"][0]
    assert (vpc["VpcId"], vpc["CidrBlock"]) == (first_vpc.outputs["VpcId"], "10.0.0.0/16")
    assert len({subnet["AvailabilityZone"] for subnet in subnets(first_vpc, vpc["VpcId"])}) == 2


def test_first_there_was_one_output_of_seven(first_vpc, builder):
    required = set(builder("financial_vpc").REQUIRED_OUTPUTS)
    assert len(required) == 7
    assert required & first_vpc.outputs.keys() == {"VpcId"}


def test_first_the_stack_was_rolled_back_where_that_can_be_held(first_vpc):
    stack = first_vpc.cloudformation.describe_stacks(StackName="financial-vpc-prod")["Stacks"][0]
    held = holds(first_vpc.session, Gap.STACK_ROLLBACK)
    assert stack["StackStatus"] == ("UPDATE_ROLLBACK_COMPLETE" if held else "CREATE_COMPLETE")


def test_first_a_bucket_and_its_policy_were_left_over(first_vpc):
    name = "financial-vpc-attempt-flow-logs-123456789012-prod-5e1f"
    tags = {tag["Key"]: tag["Value"] for tag in first_vpc.s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert tags["StackName"] == "financial-vpc-prod-attempt"
    assert first_vpc.s3.get_bucket_policy(Bucket=name)["Policy"]
    stacks = first_vpc.cloudformation.describe_stacks()["Stacks"]
    assert [stack["StackName"] for stack in stacks] == ["financial-vpc-prod"]


def test_an_unknown_state_is_refused_before_any_call(builder):
    with pytest.raises(ValueError, match="as-first-deployed"):
        builder("financial_vpc").build(None, "perfect")
