"""`compliance.audit`: for notebooks and other programs."""

import pytest

import compliance
from compliance.catalogue import load_checks
from compliance.embedded.server import EmbeddedAccount
from compliance.errors import InputError
from compliance.policy import load_policy

LOGS = "audit-logs-1234"
SSE_S3 = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
POLICY = "version: 1\nstorage: {encryption: [{algorithm: SSE-KMS}]}\n"


@pytest.fixture(scope="module")
def account():
    with EmbeddedAccount() as running:
        s3 = running.session().client("s3")
        for name in (LOGS, "audit-other-1234"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
            s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [SSE_S3]})
        yield running


@pytest.fixture
def kms(tmp_path):
    path = tmp_path / "kms.yaml"
    path.write_text(POLICY, "utf-8")
    return path


def verdicts(report):
    return {(each.check, each.address.name): each.verdict.value for each in report.outcomes}


def test_a_mapping_serves_as_outputs(account):
    asked = ["s3-default-encryption", "s3-notification-delivers", "s3-single-notification"]
    report = compliance.audit(account.session(), outputs={"LogsBucket": LOGS}, checks=asked)
    assert verdicts(report) == {
        ("s3-default-encryption", LOGS): "pass",
        ("s3-notification-delivers", LOGS): "not_applicable",
        ("s3-single-notification", LOGS): "pass",
    }
    assert dict(report.summary) == {"pass": 2, "fail": 0, "unknown": 0, "not_applicable": 1, "waived": 0}
    assert report.outcomes[0].output_key == "LogsBucket"


@pytest.mark.parametrize("many", [False, True])
def test_files_serve_as_outputs(account, tmp_path, many):
    (tmp_path / "a.json").write_text(f'{{"LogsBucket": "{LOGS}"}}', "utf-8")
    outputs = [str(tmp_path / "a.json")] if many else tmp_path / "a.json"
    report = compliance.audit(account.session(), outputs=outputs, checks=["s3-default-encryption"])
    assert verdicts(report) == {("s3-default-encryption", LOGS): "pass"}


@pytest.mark.parametrize("how", [str, lambda path: path, load_policy], ids=["text", "path", "loaded"])
def test_a_policy_may_be_a_path_or_loaded(account, kms, how):
    report = compliance.audit(
        account.session(), policy=how(kms), outputs={"LogsBucket": LOGS}, checks=["s3-default-encryption"]
    )
    [outcome] = report.outcomes
    assert outcome.verdict is compliance.Verdict.FAIL
    assert (outcome.violations[0].expected, outcome.violations[0].actual) == ("SSE-KMS", "SSE-S3")


def test_the_account_scope_sees_what_no_output_names(account):
    report = compliance.audit(account.session(), scope="account", checks=["s3-default-encryption"])
    assert {name for _, name in verdicts(report)} == {LOGS, "audit-other-1234"}
    assert report.inventory.run.scope == "account"


def test_regions_are_those_that_are_named(account):
    report = compliance.audit(
        account.session(), scope="account", regions=["eu-west-1", "eu-west-2"], checks=["vpc-cidr-expected"]
    )
    assert {each.address.region for each in report.outcomes} == {"eu-west-1", "eu-west-2"}


def test_one_region_and_one_check_may_stand_alone(account):
    report = compliance.audit(
        account.session("us-east-1"), scope="account", regions="eu-west-2", checks="vpc-cidr-expected"
    )
    assert report.inventory.run.regions == ("eu-west-2",)
    assert {each.check for each in report.outcomes} == {"vpc-cidr-expected"}


def test_checks_may_be_named_by_a_glob(account):
    report = compliance.audit(account.session(), outputs={"LogsBucket": LOGS}, checks=["s3-*"])
    named = {check.id for check in load_checks() if check.id.startswith("s3-")}
    assert {each.check for each in report.outcomes} == named


def test_checks_may_be_given_as_such(account):
    [check] = [each for each in load_checks() if each.id == "s3-single-notification"]
    report = compliance.audit(account.session(), outputs={"LogsBucket": LOGS}, checks=[check])
    assert {each.check for each in report.outcomes} == {"s3-single-notification"}


def test_without_outputs_nothing_is_asked(account):
    account.forget_calls()
    report = compliance.audit(account.session())
    assert {each.verdict.value for each in report.outcomes} == {"not_applicable"}
    assert {each.reason for each in report.outcomes} == {
        "no outputs: none were given and outputs/flat-outputs.json does not exist"
    }
    assert not account.calls


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"scope": "everything"}, "scope 'everything': possible are 'stack' and 'account'"),
        (
            {"checks": ["s3-default-encrypt"]},
            "no check is called 's3-default-encrypt'; did you mean 's3-default-enc",
        ),
        ({"checks": "nope"}, "no check is called 'nope'; `python -m compliance list` shows them"),
        ({"policy": "nope.yaml"}, "nope.yaml: can't be read"),
        ({"outputs": "nope.json"}, "outputs file nope.json does not exist"),
        (
            {"outputs": {"A": object()}},
            "outputs hold what no outputs file could (Object of type object is not",
        ),
    ],
)
def test_what_is_unusable_is_an_input_error(account, given, message):
    account.forget_calls()
    with pytest.raises(InputError) as error:
        compliance.audit(account.session(), **({"outputs": {"LogsBucket": LOGS}} | given))
    assert message in str(error.value)
    assert not account.calls


def test_an_account_that_can_not_be_reached_is_an_input_error(account):
    with account.fault("deny", "sts", "GetCallerIdentity"), pytest.raises(InputError, match="no AWS account"):
        compliance.audit(account.session(), outputs={"LogsBucket": LOGS})


def test_a_report_shows_little_of_itself(account):
    report = compliance.audit(
        account.session(), outputs={"LogsBucket": LOGS}, checks=["s3-default-encryption"]
    )
    assert len(repr(report)) < 500
