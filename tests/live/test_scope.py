"""What a run looks at: the deployment and all that it leads to, or everything in account and regions."""

import json

import pytest

from compliance.collect.session import open_session
from compliance.embedded.server import EmbeddedAccount
from compliance.evidence import Unreadable
from compliance.examples import _build, example
from compliance.models import KINDS
from compliance.verdict import Verdict

from .systems import Live

STRANGER = "999999999999"


@pytest.fixture(scope="module")
def cluttered(tmp_path_factory):
    """The corrected infrastructure beside things that are not part of it, in two regions."""
    folder = example("scalable-infrastructure").folder
    path = tmp_path_factory.mktemp("outputs") / "flat-outputs.json"
    with EmbeddedAccount() as account:
        session = account.session()
        built = _build(folder).build(session, "corrected")
        ec2, s3, iam = (session.client(name) for name in ("ec2", "s3", "iam"))
        ec2.create_vpc(CidrBlock="192.168.0.0/16")
        place = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="clutter-here", CreateBucketConfiguration=place)
        iam.create_role(RoleName="clutter", AssumeRolePolicyDocument="{}", Path="/of/others/")
        iam.create_user(UserName="clutter")
        iam.create_group(GroupName="clutter")
        policies = "arn:aws:iam::aws:policy/"
        iam.attach_group_policy(GroupName="clutter", PolicyArn=f"{policies}SecurityAudit")
        north = account.session("eu-north-1")
        place = {"LocationConstraint": "eu-north-1"}
        north.client("s3").create_bucket(Bucket="clutter-north", CreateBucketConfiguration=place)
        north.client("ec2").create_vpc(CidrBlock="192.168.0.0/16")
        path.write_text(json.dumps(built), "utf-8")
        yield Live(account, session, built, folder, path)


@pytest.fixture
def quiet(cluttered):
    cluttered.account.faults.clear()
    cluttered.account.forget_calls()
    yield cluttered
    cluttered.account.faults.clear()


def names(report, kind, region=None):
    places = [*report.inventory.resources, *report.inventory.missing]
    found = [each.address for each in places if each.address.kind == kind]
    return {each.name for each in found if region in {None, each.region}}


def test_a_deployment_is_read_without_what_lies_beside_it(quiet):
    report = quiet.run()
    assert names(report, "Vpc") == {quiet.outputs["VpcId"]}
    assert names(report, "Bucket") == {
        quiet.outputs[f"{use}BucketName"] for use in ("Data", "Logs", "Backups")
    }
    assert names(report, "Role") == {"scalable-flow-logs-prod-9c3a", "scalable-trail-prod-9c3a"}
    assert names(report, "User") == names(report, "Group") == set()


def test_an_account_is_read_whole(quiet):
    report = quiet.run(scope="account")
    assert len(names(report, "Vpc", "eu-west-1")) == 2
    assert {"clutter-here"} < names(report, "Bucket", "eu-west-1")
    assert {"clutter"} < names(report, "Role")
    assert names(report, "User") == names(report, "Group") == {"clutter"}
    assert names(report, "ManagedPolicy") == {"aws:SecurityAudit"}
    assert report.inventory.run.scope == "account"


def test_an_account_is_read_in_the_regions_stated(quiet):
    report = quiet.run(scope="account", regions=("eu-west-1", "eu-north-1"))
    # This emulator lists buckets without their region; AWS's answers are in tests/collect/test_readers.py.
    assert {"clutter-here", "clutter-north"} < names(report, "Bucket", "eu-west-1")
    assert names(report, "Bucket", "eu-north-1") == set()
    assert len(names(report, "Vpc", "eu-north-1")) == 2  # the default one, too
    assert len(names(report, "Role")) == 3
    assert [each.address.region for each in report.outcomes if each.kind == "NetworkEstate"] == ["global"]


def test_outputs_name_their_resources_in_account_scope_too(quiet):
    report = quiet.run(scope="account", checks={"s3-default-encryption"})
    keys = {each.address.name: each.output_key for each in report.outcomes}
    assert keys[quiet.outputs["DataBucketName"]] == "DataBucketName"
    assert keys["clutter-here"] is None


def test_an_account_whose_networks_can_not_be_listed_is_no_proof_of_anything(quiet):
    quiet.account.faults.deny("ec2", "DescribeVpcs")
    report = quiet.run(scope="account", checks={"vpc-cidr-overlap", "vpc-cidr-expected", "flow-log-enabled"})
    judged = {(each.check, each.address.name): each for each in report.outcomes}
    listed = [("flow-log-enabled", "(unlisted)"), ("vpc-cidr-expected", "(unlisted)")]
    assert {*listed, ("vpc-cidr-overlap", "network")} <= judged.keys()
    assert {each.verdict for each in judged.values() if each.check != "flow-log-enabled"} == {Verdict.UNKNOWN}
    assert all("ec2:DescribeVpcs" in each.reason for each in judged.values() if each.cause)


def test_one_region_that_refuses_leaves_the_relation_unknown(quiet):
    quiet.account.faults.deny("ec2", "DescribeVpcs", after=1)
    report = quiet.run(scope="account", regions=("eu-west-1", "eu-north-1"), checks={"vpc-cidr-overlap"})
    assert [each.verdict for each in report.outcomes] == [Verdict.UNKNOWN]


def test_every_fact_of_every_kind_can_be_read(quiet):
    kinds = set(KINDS) - {"Output", "Deployment"}
    quiet.session.client("secretsmanager").create_secret(Name="clutter", SecretString="x")
    quiet.session.client("sqs").create_queue(QueueName="clutter")
    report = quiet.run(checks=set(), whole_kinds=kinds, scope="account", regions=("eu-west-1", "eu-north-1"))
    assert [each.reason for each in report.inventory.missing if each.unreadable] == []
    unread = {
        (each.kind, name, str(each.fact(name)))
        for each in report.inventory.resources
        for name in each.facts
        if isinstance(each.fact(name), Unreadable)
    }
    assert unread == set()
    assert {
        "Vpc",
        "Bucket",
        "Role",
        "Key",
        "Topic",
        "Queue",
        "Secret",
        "Trail",
        "Alarm",
        "Stack",
        "NetworkEstate",
    } < {each.kind for each in report.inventory.resources}


def test_another_role_is_taken_and_read_with(quiet, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", quiet.account.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    auditor = "arn:aws:iam::123456789012:role/clutter"
    session = open_session(region="eu-west-1", role_arn=auditor, external_id="partner")
    (assumed,) = [call for call in quiet.account.log if call.operation == "AssumeRole"]
    assert (assumed.parameters["RoleArn"], assumed.parameters["ExternalId"]) == (auditor, "partner")
    report = quiet.run(session=session, checks={"vpc-cidr-expected"})
    assert [each.verdict for each in report.outcomes] == [Verdict.PASS]
    assert session.get_credentials().get_frozen_credentials().token


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("VpcId", "Subnet"), ("VpcId", "RouteTable"), ("VpcId", "SecurityGroup"), ("VpcId", "FlowLog"),
        ("VpcId", "Gateway"), ("VpcId", "Role"), ("DataBucketName", "Topic"), ("DataBucketName", "Key"),
        ("FlowLogsLogGroupName", "Key"), ("SecurityTopicArn", "Key"), ("TrailArn", "LogGroup"),
        ("TrailArn", "Bucket"), ("TrailArn", "Role"),
    ],
)  # fmt: skip
def test_references_are_followed(quiet, tmp_path, source, target):
    path = tmp_path / "one.json"
    path.write_text(json.dumps({source: quiet.outputs[source]}), "utf-8")
    alone = Live(quiet.account, quiet.session, quiet.outputs, quiet.folder, path)
    report = alone.run(checks=set(), whole_kinds={target})
    assert names(report, target)
    unread = [(each.address, fact) for each in report.inventory.resources for fact in each.facts
              if isinstance(each.fact(fact), Unreadable)]  # fmt: skip
    assert unread == []


def outputs_at(path, live, **values):
    path.write_text(json.dumps(values), "utf-8")
    return Live(live.account, live.session, live.outputs, live.folder, path)


def test_a_function_leads_to_all_it_rests_on(systems, tmp_path):
    live = systems.get("financial-vpc", "corrected")
    only = outputs_at(tmp_path / "o.json", live, FunctionArn=live.outputs["MetricsFunctionArn"])
    report = only.run(
        checks=set(), whole_kinds={"Function", "Role", "SecurityGroup", "LogGroup", "Subnet", "Vpc"}
    )
    assert names(report, "Role") >= {"financial-vpc-metrics-prod-5e1f"}
    assert "/aws/lambda/financial-vpc-metrics-prod-5e1f" in names(report, "LogGroup")
    assert names(report, "Vpc") == {live.outputs["VpcId"]}
    assert len(names(report, "SecurityGroup")) == 3  # its own, and those of its network
    assert len(names(report, "Subnet")) == 9


def test_a_database_leads_to_secret_groups_and_key(cluttered, tmp_path):
    north = cluttered.account.session("eu-north-1")  # where there is a network for it
    key_arn = north.client("kms").create_key()["KeyMetadata"]["Arn"]
    made = north.client("rds").create_db_instance(
        DBInstanceIdentifier="ledger", Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="root1", ManageMasterUserPassword=True, StorageEncrypted=True, KmsKeyId=key_arn,
    )["DBInstance"]  # fmt: skip
    only = outputs_at(tmp_path / "o.json", cluttered, DatabaseArn=made["DBInstanceArn"])
    report = only.run(checks=set(), whole_kinds={"Database", "Secret", "Key", "SecurityGroup"}, session=north)
    assert names(report, "Database") == {"ledger"}
    assert key_arn.rpartition("/")[2] in names(report, "Key")
    assert names(report, "Secret") == {made["MasterUserSecret"]["SecretArn"].split(":secret:")[1]}
    assert names(report, "SecurityGroup") >= {made["VpcSecurityGroups"][0]["VpcSecurityGroupId"]}


def test_the_stack_completes_the_population(cluttered, tmp_path):
    store = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "of-the-stack"}}
    template = {"Resources": {"Store": store}}
    cluttered.session.client("cloudformation").create_stack(
        StackName="more", TemplateBody=json.dumps(template)
    )
    only = outputs_at(tmp_path / "o.json", cluttered, StackName="more")
    report = only.run()
    assert names(report, "Bucket") == {"of-the-stack"}
    assert names(report, "Stack") == {"more"}
    assert names(report, "Vpc") == set()


def test_other_accounts_are_told_apart(cluttered, tmp_path):
    arns = {
        "PartnerRoleArn": f"arn:aws:iam::{STRANGER}:role/clutter",
        "PartnerTopicArn": f"arn:aws:sns:eu-west-1:{STRANGER}:security-alerts-prod-9c3a",
    }
    report = outputs_at(tmp_path / "o.json", cluttered, **arns).run()
    judged = [each for each in report.outcomes if each.verdict is not Verdict.NOT_APPLICABLE]
    assert {each.check for each in judged} <= {"outputs-complete"}
    said = {
        each.address.name: each.reason for each in report.outcomes if each.check == "output-resource-exists"
    }
    assert said == dict.fromkeys(arns, f"it belongs to account {STRANGER}, which this run does not read")
    elsewhere = [each for each in report.outcomes if each.check == "iam-no-admin" and each.kind == "Role"]
    assert [(each.address.account, each.address.name) for each in elsewhere] == [(STRANGER, "clutter")]


GONE = {
    "VpcId": ("Vpc", "vpc-0a1b2c3d4e5f60718"),
    "LogsBucketName": ("Bucket", "no-such-bucket-anywhere"),
    "TheRoleArn": ("Role", "arn:aws:iam::123456789012:role/nobody"),
    "TheKeyArn": ("Key", "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000"),
    "TheTopicArn": ("Topic", "arn:aws:sns:eu-west-1:123456789012:nothing"),
    "TheFunctionArn": ("Function", "arn:aws:lambda:eu-west-1:123456789012:function:nothing"),
    "TheTrailArn": ("Trail", "arn:aws:cloudtrail:eu-west-1:123456789012:trail/nothing"),
    "TheLogGroupName": ("LogGroup", "/no/such/group"),
    "TheQueueUrl": ("Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/nothing"),
    "TheSecretArn": ("Secret", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:nothing-AbCdEf"),
    "TheFlowLogId": ("FlowLog", "fl-0a1b2c3d4e5f60718"),
    "TheSubnetId": ("Subnet", "subnet-0a1b2c3d4e5f60718"),
    "TheNatGatewayId": ("Gateway", "nat-0a1b2c3d4e5f60718"),
    "StackName": ("Stack", "no-such-stack"),
    "TheDatabaseArn": ("Database", "arn:aws:rds:eu-west-1:123456789012:db:nothing"),
    "TheAlarmArn": ("Alarm", "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:nothing"),
    "ThePolicyArn": ("ManagedPolicy", "arn:aws:iam::123456789012:policy/nothing"),
}


def test_what_outputs_name_in_vain_is_absent_and_nothing_else(cluttered, tmp_path):
    vain = outputs_at(tmp_path / "o.json", cluttered, **{key: value for key, (_, value) in GONE.items()})
    report = vain.run(whole_kinds=set(KINDS) - {"Output", "Deployment", "NetworkEstate"})
    exists = {
        each.address.name: each.verdict for each in report.outcomes if each.check == "output-resource-exists"
    }
    assert exists == dict.fromkeys(GONE, Verdict.FAIL)
    absent = {each.output_key: each.address.kind for each in report.inventory.missing if each.absent}
    # A managed policy that IAM does not know is a fact of its own: `exists` is false.
    assert absent == {key: kind for key, (kind, _) in GONE.items() if kind != "ManagedPolicy"}
    others = [
        each for each in report.outcomes if each.check not in {"output-resource-exists", "outputs-complete"}
    ]
    assert {each.verdict for each in others} == {Verdict.NOT_APPLICABLE}
    said = {each.reason for each in others if each.output_key == "VpcId"}
    assert said == {"output VpcId names it, but it does not exist"}


@pytest.mark.parametrize(
    "check", ["flow-log-enabled", "vpc-three-zones", "vpc-cidr-overlap", "vpc-cidr-expected"]
)
def test_an_absent_network_is_judged_by_no_check_alone(cluttered, tmp_path, check):
    both = outputs_at(
        tmp_path / "o.json", cluttered, VpcId=GONE["VpcId"][1], OtherVpcId=cluttered.outputs["VpcId"]
    )
    verdicts = {each.address.name: each.verdict for each in both.run(checks={check}).outcomes}
    if check == "vpc-cidr-overlap":
        assert verdicts == {"network": Verdict.PASS}
    else:
        assert verdicts == {
            GONE["VpcId"][1]: Verdict.NOT_APPLICABLE,
            cluttered.outputs["VpcId"]: Verdict.PASS,
        }
