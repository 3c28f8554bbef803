"""Edges of dates, names without a service and accounts as callers."""

from access_builders import ACCOUNT, OTHER, USER, allow, doc

from compliance.access import Layers, Proved, Witness, find, outsiders
from compliance.access.actions import by_service


def test_no_error_comes_of_the_last_date_that_can_be_written():
    last = {"aws:CurrentTime": "9999-12-31T23:59:59.999999Z"}
    at_last = allow(Condition={"DateGreaterThanEquals": last})
    assert isinstance(find(Layers((at_last,)), allow("*"), USER), Witness)
    after = allow(Condition={"DateGreaterThan": last})
    assert not isinstance(find(Layers((after,)), allow("*"), USER), Witness)


def test_a_name_without_a_service_is_no_action():
    assert by_service(["getobject", "s3:getobject"]) == {"s3": ["s3:getobject"]}
    assert isinstance(find(Layers((allow("getobject"),)), allow("*"), USER), Proved)


def test_a_named_account_may_use_what_asks_for_a_caller_of_that_account():
    def open_to_other(**condition):
        grant = {"Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": "s3:GetObject", "Resource": "*"}
        return outsiders(doc({**grant, "Condition": condition}), ACCOUNT).foreign_account

    assert open_to_other(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/*"}) is True
    assert open_to_other(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}) is False
    assert open_to_other(StringEquals={"aws:PrincipalAccount": OTHER}) is True
