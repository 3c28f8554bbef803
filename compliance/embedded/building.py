"""What the example systems are built from: one function per part, each a few plain API calls.

Every part is named and tagged for its deployment, and what AWS would set by default but an emulator does not
(encryption, public access block, ownership) is set explicitly. Parts are made one after the other: the
emulators do not bear concurrent writes. Knows no example and no policy.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import boto3

Client = Any
Document = Mapping[str, Any]

_ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True)
class Site:
    """Where one deployment is built: the account and region of a session, a name suffix, and its tags."""

    session: boto3.Session
    stack: str
    suffix: str
    tags: Mapping[str, str]
    _clients: dict[str, Client] = field(default_factory=dict)

    def __getattr__(self, service: str) -> Client:
        """Return the client of a service, made once: `site.ec2`, `site.s3`."""
        if service.startswith("_"):
            raise AttributeError(service)
        if service not in self._clients:
            self._clients[service] = self.session.client({"lambda_": "lambda"}.get(service, service))
        return self._clients[service]

    @property
    def region(self) -> str:
        """The region's name."""
        return str(self.session.region_name)

    @property
    def account_id(self) -> str:
        """The account's twelve digits."""
        if "account" not in self._clients:
            self._clients["account"] = self.sts.get_caller_identity()["Account"]
        return str(self._clients["account"])

    def name(self, base: str) -> str:
        """Give a name that no second deployment of the same system takes; without a suffix, the bare one."""
        return f"{base}-{self.suffix}" if self.suffix else base

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{resource}"

    def tag_list(self, **more: str) -> list[dict[str, str]]:
        """Return the deployment's tags, and more, in the form that most services take."""
        return [{"Key": key, "Value": value} for key, value in {**self.tags, **more}.items()]

    def tagged(self, kind: str, name: str, **more: str) -> list[dict[str, Any]]:
        """Return a tag specification as EC2 takes it."""
        return [{"ResourceType": kind, "Tags": self.tag_list(Name=name, **more)}]

    def zones(self, count: int) -> list[str]:
        """Return the first zones that are available to the account, sorted."""
        found = self.ec2.describe_availability_zones()["AvailabilityZones"]
        return sorted(zone["ZoneName"] for zone in found if zone["State"] == "available")[:count]


def document(*statements: Document) -> str:
    """Return an IAM policy document as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(site: Site, service: str, source_arn: str = "") -> str:
    """Return a trust document for one service, guarded against a confused deputy if a source is given."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if source_arn:
        statement["Condition"] = {
            "StringEquals": {"aws:SourceAccount": site.account_id},
            "ArnLike": {"aws:SourceArn": source_arn},
        }
    return document(statement)


def role(site: Site, name: str, trusted: str, statements: Iterable[Document]) -> str:
    """Make a role with one inline policy. Returns its ARN."""
    made = site.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted, Tags=site.tag_list())
    site.iam.put_role_policy(RoleName=name, PolicyName="scoped", PolicyDocument=document(*statements))
    return str(made["Role"]["Arn"])


def key(site: Site, name: str, statements: Iterable[Document]) -> str:
    """Make a rotating key that the account administers, with more statements. Returns its ARN."""
    root = {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{site.account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    tags = [{"TagKey": key, "TagValue": value} for key, value in site.tags.items()]
    made = site.kms.create_key(Description=name, Policy=document(root, *statements), Tags=tags)["KeyMetadata"]
    site.kms.enable_key_rotation(KeyId=made["KeyId"])
    site.kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=made["KeyId"])
    return str(made["Arn"])


def logs_may_use_key(site: Site) -> Document:
    """Return the key statement that log groups of this account need."""
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{site.region}.amazonaws.com"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": site.arn("logs", "log-group:*")}},
    }


def services_may_use_key(site: Site, *services: str) -> Document:
    """Return the key statement with which services encrypt what they send or deliver for this account."""
    return {
        "Sid": "Services",
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": site.account_id}},
    }


def bucket(site: Site, name: str, *, key_arn: str = "", days: int = 0) -> str:
    """Make a private, versioned, encrypted bucket (SSE-S3, or SSE-KMS with a key) without a policy."""
    site.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": site.region})
    by_default: dict[str, str] = {"SSEAlgorithm": "AES256"}
    if key_arn:
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": bool(key_arn)}
    site.s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    site.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_ALL_BLOCKED)
    owned = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    site.s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=owned)
    site.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    site.s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": site.tag_list()})
    if days:
        _expire(site, name, days)
    return name


def bucket_policy(site: Site, name: str, statements: Sequence[Document] = ()) -> None:
    """Let a bucket be reached over TLS only, and by whom the statements say.

    Put objects into it before: moto overlooks the condition on TLS and refuses every object from then on.
    """
    site.s3.put_bucket_policy(Bucket=name, Policy=document(_tls_only(name), *statements))


def log_group(site: Site, name: str, key_arn: str, days: int) -> str:
    """Make an encrypted log group. Returns its ARN, without the asterisk at its end."""
    site.logs.create_log_group(logGroupName=name, kmsKeyId=key_arn, tags=dict(site.tags))
    site.logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    return site.arn("logs", f"log-group:{name}")


def topic(site: Site, name: str, key_arn: str, statements: Sequence[Document] = ()) -> str:
    """Make an encrypted topic with a subscription; without statements it keeps SNS's own policy."""
    attributes = {"KmsMasterKeyId": key_arn}
    arn = str(site.sns.create_topic(Name=name, Attributes=attributes, Tags=site.tag_list())["TopicArn"])
    if statements:
        policy = document(*({**statement, "Resource": arn} for statement in statements))
        site.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    site.sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="security@example.com")
    return arn


def may_publish(site: Site, service: str, source_arn: str | list[str]) -> Document:
    """Return the topic statement for one service, from this account's resources alone."""
    return {
        "Sid": service.partition(".")[0].title(),
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": site.account_id},
            "ArnLike": {"aws:SourceArn": source_arn},
        },
    }


def stack(site: Site, outputs: Mapping[str, str]) -> str:
    """Make the small stack that stands for the deployment, of one parameter. Returns its name."""
    template = stack_template(site, outputs)
    site.cloudformation.create_stack(StackName=site.stack, TemplateBody=template, Tags=site.tag_list())
    site.cloudformation.get_waiter("stack_create_complete").wait(
        StackName=site.stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    return site.stack


def stack_template(site: Site, outputs: Mapping[str, str], **more: Document) -> str:
    """Return the template of that stack, with more resources if given."""
    parameter = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": f"/{site.stack}/release", "Type": "String", "Value": "1"},
    }
    values = {name: {"Value": value} for name, value in outputs.items()}
    return json.dumps({"Resources": {"Release": parameter, **more}, "Outputs": values})


def code() -> bytes:
    """Return the smallest package of a function: one module with a handler."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("index.py", "def handler(event, context):\n    return {'measured': len(event)}\n")
    return buffer.getvalue()


def _tls_only(name: str) -> Document:
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _expire(site: Site, name: str, days: int) -> None:
    rule = {
        "ID": "expire",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"Days": days},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    site.s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})
