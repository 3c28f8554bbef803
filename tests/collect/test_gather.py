"""Gathering: whatever AWS says ends in an inventory, the same one whoever answers first."""

import json
import random
import threading
from datetime import UTC, datetime

import pytest

from compliance.catalogue import load_checks
from compliance.collect.client import Client
from compliance.collect.collect import Scope, collect, nothing_collected, outputs_in
from compliance.errors import SettingsError
from compliance.evidence import Cause, Unreadable
from compliance.policy import load_policy
from compliance.shipped import default_policy

from .recorded import ACCOUNT, REGION, Recorded, Refusal

POLICY = load_policy(default_policy())
WHO = {"Account": ACCOUNT, "UserId": "A", "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor"}
DENIED = Refusal("AccessDenied", "no", 403)


def gathered(tmp_path, stated, checks=(), *, kinds=(), scope="stack", **answers):
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(stated), "utf-8")
    session = Recorded(sts__GetCallerIdentity=WHO, **answers)
    chosen = [each for each in load_checks() if each.id in checks]
    where = Scope(scope, outputs_in((path,)))
    return collect(session, where, chosen, POLICY, whole_kinds=kinds, concurrency=4)


def places(inventory):
    return {each.address.name for each in inventory.missing}


def test_a_run_is_told_with_its_caller_and_sources(tmp_path):
    run = gathered(tmp_path, {"HubId": "tgw-0a1b2c3d4e5f60718"}).run
    assert (run.account, run.partition, run.caller) == (ACCOUNT, "aws", WHO["Arn"])
    assert (run.regions, run.scope, run.expected) == ((REGION,), "stack", 0)
    assert run.collected_at.tzinfo is UTC
    assert run.collected_at <= datetime.now(UTC)
    assert [each.output_key for each in run.unclassified] == ["HubId"]


def test_nothing_collected_says_why():
    inventory = nothing_collected("no outputs")
    assert inventory.run.nothing_because == "no outputs"
    assert inventory.resources == inventory.missing == ()


def test_a_key_named_by_alias_and_by_arn_is_one_resource(tmp_path):
    name = "0a1b2c3d-0000-4000-8000-000000000001"
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"
    facts = {
        "KeyId": name,
        "Arn": arn,
        "KeyState": "Enabled",
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
    }
    inventory = gathered(
        tmp_path,
        {"AppKeyArn": arn, "ZAppKeyAlias": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/app"},
        kinds={"Key"},
        kms__DescribeKey={"KeyMetadata": facts},
        kms__GetKeyRotationStatus={"KeyRotationEnabled": True},
        kms__GetKeyPolicy={"Policy": "{}"},
        kms__ListAliases={"Aliases": []},
        kms__ListResourceTags={"Tags": []},
    )
    assert [(each.name, each.arn, each.output_key) for each in inventory.resources] == [
        (name, arn, "AppKeyArn")
    ]


def test_a_list_that_is_refused_is_a_place_in_the_population(tmp_path):
    inventory = gathered(tmp_path, {}, ["s3-single-notification"], scope="account", s3__ListBuckets=DENIED)
    (place,) = inventory.missing
    assert place.address.text == f"{ACCOUNT}/{REGION}/Bucket/(unlisted)"
    assert place.unreadable.cause is Cause.DENIED
    assert not place.absent


def test_one_fact_that_is_refused_leaves_the_others(tmp_path):
    inventory = gathered(
        tmp_path,
        {"DataBucketName": "data"},
        kinds={"Bucket"},
        s3__GetBucketEncryption=DENIED,
        s3__GetBucketNotificationConfiguration={},
        s3__GetBucketPolicy={"Policy": "{}"},
        s3__GetPublicAccessBlock={"PublicAccessBlockConfiguration": {}},
        s3__GetBucketVersioning={"Status": "Enabled"},
        s3__GetBucketTagging={"TagSet": []},
    )
    (data,) = inventory.resources
    assert isinstance(data.fact("encryption"), Unreadable)
    assert (data.versioning, data.document, data.notifications) == ("Enabled", "{}", ())


def test_facts_that_nobody_asked_for_are_not_collected(tmp_path):
    answers = {"s3__GetBucketNotificationConfiguration": {}}
    inventory = gathered(tmp_path, {"DataBucketName": "data"}, ["s3-single-notification"], **answers)
    (data,) = inventory.resources
    assert data.notifications == ()
    assert data.fact("encryption").cause is Cause.NOT_COLLECTED


def test_the_order_of_answers_does_not_matter(tmp_path):
    """Two unread links leave the same gaps; the order of answers is shuffled by the threads that ask."""
    rows = [{"Id": "n", "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:t", "Events": ["s3:ObjectCreated:*"]}]

    class Shuffled(Recorded):
        def _answer(self, model, **call):
            threading.Event().wait(random.random() / 200)
            return super()._answer(model, **call)

    seen = set()
    path = tmp_path / "outputs.json"
    path.write_text(
        json.dumps(
            {
                "DataBucketName": "data",
                "LogsBucketName": "logs",
                "FnArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
            }
        ),
        "utf-8",
    )
    for _ in range(8):
        session = Shuffled(
            sts__GetCallerIdentity=WHO,
            s3__GetBucketEncryption=Refusal("AccessDenied", "encryption", 403),
            s3__GetBucketNotificationConfiguration={"TopicConfigurations": rows},
            sns__GetTopicAttributes=Refusal("AuthorizationError", "topic", 403),
            lambda__GetFunctionConfiguration=Refusal("AccessDeniedException", "function", 403),
        )
        chosen = [each for each in load_checks() if each.id == "s3-default-encryption"]
        inventory = collect(session, Scope("stack", outputs_in((path,))), chosen, POLICY)
        seen.add(repr((inventory.resources, inventory.missing)))
    assert len(seen) == 1


def test_progress_ends_where_it_should(tmp_path):
    told = []
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps({"DataBucketName": "data"}), "utf-8")
    chosen = [each for each in load_checks() if each.id == "s3-single-notification"]
    session = Recorded(sts__GetCallerIdentity=WHO, s3__GetBucketNotificationConfiguration={})
    collect(
        session, Scope("stack", outputs_in((path,))), chosen, POLICY, progress=lambda *now: told.append(now)
    )
    assert told[-1][0] == told[-1][1] > 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_session_without_a_region_asks_for_one(tmp_path, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    session = Recorded(sts__GetCallerIdentity=WHO)
    session._session.set_config_variable("region", None)
    with pytest.raises(SettingsError, match="no region is set"):
        collect(session, Scope(), [], POLICY)


def test_a_client_is_shared_by_all_who_ask():
    client = Client(Recorded(ec2__DescribeVpcs={"Vpcs": []}))
    assert (
        client._client_for("ec2:DescribeVpcs", REGION)[0]
        is client._client_for("ec2:DescribeSubnets", REGION)[0]
    )
