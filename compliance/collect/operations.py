"""Every AWS operation that may leave this process, all of them reads. Anything else is refused.

For each: the IAM action that it needs where that is not its own name, the error codes that mean "there is
none" (a fact: None), and those that mean "the resource itself does not exist".
Source: Service Authorization Reference, and the errors sections of each operation's API reference.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """One read operation, `service:Operation` with boto3's service name.

    `empty_if`: the member whose presence shows that a list is left out because it is empty, not lost.
    """

    id: str
    action: str
    none: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    empty_if: str = ""

    @property
    def service(self) -> str:
        """boto3's name of the service."""
        return self.id.partition(":")[0]

    @property
    def name(self) -> str:
        """The operation's name in the API."""
        return self.id.partition(":")[2]


def _operation(id_: str, action: str = "", none: str = "", gone: str = "", empty_if: str = "") -> Operation:
    return Operation(id_, action or id_, frozenset(none.split()), frozenset(gone.split()), empty_if)


_ALL = (
    _operation("cloudformation:DescribeStacks", gone="ValidationError"),
    _operation("cloudformation:ListStackResources", gone="ValidationError"),
    _operation("cloudtrail:DescribeTrails"),
    _operation("cloudtrail:GetTrailStatus", gone="TrailNotFoundException"),
    _operation("cloudtrail:ListTags", gone="ResourceNotFoundException"),
    _operation("cloudwatch:DescribeAlarms"),
    _operation("ec2:DescribeFlowLogs"),
    _operation("ec2:DescribeInternetGateways"),
    _operation("ec2:DescribeNatGateways"),
    _operation("ec2:DescribeRouteTables"),
    _operation("ec2:DescribeSecurityGroups"),
    _operation("ec2:DescribeSubnets"),
    _operation("ec2:DescribeTransitGatewayAttachments"),
    _operation("ec2:DescribeTransitGatewayVpcAttachments"),
    _operation("ec2:DescribeVpcEndpoints"),
    _operation("ec2:DescribeVpcPeeringConnections"),
    _operation("ec2:DescribeVpcs"),
    _operation("ec2:DescribeVpnConnections"),
    _operation("iam:GetAccountAuthorizationDetails"),
    _operation("iam:GetPolicy", gone="NoSuchEntity"),
    _operation("iam:GetPolicyVersion", gone="NoSuchEntity"),
    _operation("kms:DescribeKey", gone="NotFoundException"),
    _operation("kms:GetKeyPolicy", gone="NotFoundException"),
    _operation("kms:GetKeyRotationStatus", gone="NotFoundException", none="UnsupportedOperationException"),
    _operation("kms:ListAliases"),
    _operation("kms:ListKeys"),
    _operation("kms:ListResourceTags", gone="NotFoundException"),
    _operation("lambda:GetFunctionConfiguration", gone="ResourceNotFoundException"),
    # A function without a resource policy answers as if it were not there (Lambda API reference, GetPolicy).
    _operation("lambda:GetPolicy", none="ResourceNotFoundException"),
    _operation("lambda:ListFunctions"),
    _operation("lambda:ListTags", gone="ResourceNotFoundException"),
    _operation("logs:DescribeLogGroups"),
    _operation("logs:DescribeLogStreams", gone="ResourceNotFoundException"),
    _operation("logs:ListTagsForResource", gone="ResourceNotFoundException"),
    _operation("rds:DescribeDBInstances"),
    _operation("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration",
               none="ServerSideEncryptionConfigurationNotFoundError", gone="NoSuchBucket"),
    _operation("s3:GetBucketNotificationConfiguration", "s3:GetBucketNotification", gone="NoSuchBucket"),
    _operation("s3:GetBucketPolicy", none="NoSuchBucketPolicy", gone="NoSuchBucket"),
    _operation("s3:GetBucketTagging", none="NoSuchTagSet", gone="NoSuchBucket"),
    _operation("s3:GetBucketVersioning", gone="NoSuchBucket"),
    _operation("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock",
               none="NoSuchPublicAccessBlockConfiguration", gone="NoSuchBucket"),
    _operation("s3:ListBuckets", "s3:ListAllMyBuckets"),
    _operation("s3:ListObjectsV2", "s3:ListBucket", gone="NoSuchBucket", empty_if="KeyCount"),
    _operation("secretsmanager:DescribeSecret", gone="ResourceNotFoundException"),
    _operation("secretsmanager:GetResourcePolicy", gone="ResourceNotFoundException"),
    _operation("secretsmanager:ListSecrets"),
    _operation("sns:GetTopicAttributes", gone="NotFound NotFoundException"),
    _operation("sns:ListSubscriptionsByTopic", gone="NotFound NotFoundException"),
    _operation("sns:ListTagsForResource", gone="NotFound NotFoundException ResourceNotFound"),
    _operation("sns:ListTopics"),
    _operation("sqs:GetQueueAttributes", gone="AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist"),
    _operation("sqs:GetQueueUrl", gone="AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist"),
    _operation("sqs:ListQueues", empty_if="ResponseMetadata"),
    _operation("sts:GetCallerIdentity"),
)  # fmt: skip

OPERATIONS = {operation.id: operation for operation in _ALL}
"""Every declared read by its id."""
