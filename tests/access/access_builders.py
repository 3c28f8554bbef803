"""Builders for documents and requests: everything that a test doesn't name is harmless."""

from compliance.access import Layers, Request, evaluate, parse

ACCOUNT, OTHER = "111122223333", "999988887777"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/s1"
OBJECT = "arn:aws:s3:::bucket/key"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"


def statement(effect="Allow", action="s3:GetObject", resource="*", **more):
    built = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {name: value for name, value in built.items() if value is not None}


def doc(*statements, version="2012-10-17"):
    return parse({"Version": version, "Statement": list(statements)})


def allow(action="s3:GetObject", resource="*", **more):
    return doc(statement("Allow", action, resource, **more))


def deny(action="s3:GetObject", resource="*", **more):
    return doc(statement("Deny", action, resource, **more))


def request(principal=USER, action="s3:GetObject", resource=OBJECT, account=ACCOUNT, **context):
    return Request(
        principal, action, resource, account, {k.replace("__", ":"): v for k, v in context.items()}
    )


def result(asked=None, **layers):
    return evaluate(asked or request(), Layers(**layers)).result.value


ALLOWED, IMPLICIT, EXPLICIT = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"
