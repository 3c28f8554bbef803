"""What the checks of buckets say."""

from compliance.models import Bucket, Function, Key, Queue, Topic
from compliance.models.storage import Algorithm, Encryption, Notification
from tests.builders import (
    ACCOUNT,
    DENIED,
    STRANGER,
    admit,
    allow,
    arn,
    deny,
    document,
    elsewhere,
    gone,
    made,
    unlisted,
    where,
)
from tests.checks.case import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, WAIVED, cases_of
from tests.checks.cases.strangers import public_cases

KEY, OTHER_KEY = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
KEY_ARN = arn("Key", KEY)
ALIAS_ARN = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/app"


def bucket(name="data", output=None, **facts):
    return made(Bucket, name, output=output, **facts)


# s3-default-encryption

encryption = cases_of("s3-default-encryption")
AES256 = bucket(encryption=Encryption(Algorithm.SSE_S3, None, bucket_key=False))


def kms(key, *, algorithm=Algorithm.SSE_KMS, bucket_key=True, output=None, **facts):
    return bucket(output=output, encryption=Encryption(algorithm, key, bucket_key), **facts)


def key(name=KEY, *aliases, customer=True, output=None):
    return made(Key, name, output=output, is_customer_managed=customer, aliases=aliases)


def wants(algorithm, **more):
    rule = "".join(f", {name}: {value}" for name, value in more.items())
    return f"storage: {{encryption: [{{algorithm: {algorithm}{rule}}}]}}"


AWS_KEY = key("aws-own", "alias/aws/s3", customer=False)
WAIVER = "{check: s3-*, select: {name: data}, owner: storage team, reason: moves next month, expires: %s}"

ENCRYPTION_CASES = [
    encryption(PASS, "AES256 is SSE-S3", AES256, wants("SSE-S3")),
    encryption(FAIL, "nothing set", bucket(encryption=None), wants("any"), says="no default encryption"),
    encryption(
        FAIL, "KMS where SSE-S3 is required", kms(KEY_ARN), wants("SSE-S3"), says=f"SSE-KMS with {KEY_ARN}"
    ),
    encryption(
        FAIL,
        "KMS without a key of its own where SSE-S3 is required",
        kms(None),
        wants("SSE-S3"),
        says="SSE-KMS",
    ),
    encryption(FAIL, "SSE-S3 where KMS is required", AES256, wants("SSE-KMS"), says="SSE-S3"),
    encryption(
        FAIL, "DSSE where KMS is required", kms(KEY_ARN, algorithm=Algorithm.DSSE_KMS), wants("SSE-KMS")
    ),
    encryption(FAIL, "KMS where DSSE is required", kms(KEY_ARN), wants("DSSE-KMS"), says="DSSE-KMS"),
    encryption(
        PASS, "DSSE where DSSE is required", kms(KEY_ARN, algorithm=Algorithm.DSSE_KMS), wants("DSSE-KMS")
    ),
    encryption(PASS, "SSE-S3 where anything will do", AES256, wants("any")),
    encryption(PASS, "KMS where anything will do", kms(None), wants("any")),
    encryption(PASS, "SSE-S3 has no key to compare", AES256, wants("any", key="customer-managed")),
    encryption(PASS, "the key by ARN, required by ARN", kms(KEY_ARN), wants("SSE-KMS", key=KEY_ARN)),
    encryption(PASS, "the key by ARN, required by id", kms(KEY_ARN), wants("SSE-KMS", key=KEY), [key()]),
    encryption(PASS, "the key by id, required by ARN", kms(KEY), wants("SSE-KMS", key=KEY_ARN), [key()]),
    encryption(
        PASS,
        "the key by alias, required by ARN",
        kms("alias/app"),
        wants("SSE-KMS", key=KEY_ARN),
        [key(KEY, "alias/app")],
    ),
    encryption(
        PASS,
        "the key by alias ARN, required by ARN",
        kms(ALIAS_ARN),
        wants("SSE-KMS", key=KEY_ARN),
        [key(KEY, "alias/app")],
    ),
    encryption(
        PASS,
        "the key by alias ARN, required by alias",
        kms(ALIAS_ARN),
        wants("SSE-KMS", key="alias/app"),
        [key(KEY, "alias/app")],
    ),
    encryption(
        PASS,
        "the key by ARN, required by alias",
        kms(KEY_ARN),
        wants("SSE-KMS", key="alias/app"),
        [key(KEY, "alias/app")],
    ),
    encryption(
        PASS,
        "the key that an output names",
        kms(KEY_ARN),
        wants("SSE-KMS", key="output:DataKey"),
        [key(output="DataKey")],
    ),
    encryption(
        PASS,
        "a customer-managed key",
        kms(KEY_ARN),
        wants("SSE-KMS", key="customer-managed"),
        [key(OTHER_KEY), key()],
    ),
    encryption(
        FAIL,
        "an AWS-managed key by ARN where the customer's is required",
        kms(AWS_KEY.arn),
        wants("SSE-KMS", key="customer-managed"),
        [AWS_KEY],
    ),
    encryption(
        PASS,
        "an AWS-managed key by ARN where that is required",
        kms(AWS_KEY.arn),
        wants("SSE-KMS", key="aws-managed"),
        [AWS_KEY],
    ),
    encryption(PASS, "no key stated is aws/s3", kms(None), wants("SSE-KMS", key="aws-managed")),
    encryption(PASS, "no key stated is alias/aws/s3", kms(None), wants("SSE-KMS", key="alias/aws/s3")),
    encryption(
        FAIL,
        "no key stated where the customer's is required",
        kms(None),
        wants("SSE-KMS", key="customer-managed"),
        says="aws/s3",
    ),
    encryption(
        FAIL,
        "aws/s3 by alias where the customer's is required",
        kms("alias/aws/s3"),
        wants("SSE-KMS", key="customer-managed"),
    ),
    encryption(
        FAIL,
        "another key",
        kms(arn("Key", OTHER_KEY)),
        wants("SSE-KMS", key=KEY_ARN),
        [key(), key(OTHER_KEY)],
        says=OTHER_KEY,
    ),
    encryption(
        FAIL,
        "another key, which nobody has seen, by ARN",
        kms(arn("Key", OTHER_KEY)),
        wants("SSE-KMS", key=KEY_ARN),
    ),
    encryption(
        FAIL,
        "another output's key",
        kms(KEY_ARN),
        wants("SSE-KMS", key="output:DataKey"),
        [key(output="LogKey")],
    ),
    encryption(
        FAIL,
        "a key that is gone",
        kms(KEY_ARN),
        wants("SSE-KMS", key="customer-managed"),
        gaps=[gone("Key", KEY)],
    ),
    encryption(
        UNKNOWN,
        "whose key it is, in another account",
        kms(arn("Key", KEY, STRANGER)),
        wants("SSE-KMS", key="customer-managed"),
        gaps=[elsewhere("Key", KEY)],
        says="belongs to account",
    ),
    encryption(
        UNKNOWN, "a key that the run did not find", kms(KEY_ARN), wants("SSE-KMS", key="customer-managed")
    ),
    encryption(PASS, "the bucket key on, as required", kms(None), wants("SSE-KMS", bucket_key="true")),
    encryption(
        FAIL,
        "the bucket key off, required on",
        kms(None, bucket_key=False),
        wants("SSE-KMS", bucket_key="true"),
    ),
    encryption(
        FAIL,
        "the bucket key on, required off",
        kms(None),
        wants("SSE-KMS", bucket_key="false"),
        says="bucket key",
    ),
    encryption(
        PASS, "the bucket key either way, where nobody asks", kms(None, bucket_key=False), wants("SSE-KMS")
    ),
    encryption(UNKNOWN, "encryption refused", bucket(encryption=DENIED), wants("any"), says="x:Y"),
    encryption(UNKNOWN, "the key refused", kms(KEY), wants("SSE-KMS", key=KEY_ARN), gaps=[unlisted("Key")]),
    encryption(NOT_APPLICABLE, "no rule for buckets", AES256, ""),
    encryption(
        NOT_APPLICABLE,
        "no rule for this bucket",
        AES256,
        "storage: {encryption: [{select: {name: logs}, algorithm: any}]}",
    ),
    encryption(
        PASS,
        "the first rule that selects it counts",
        AES256,
        "storage: {encryption: [{select: {name: d*}, algorithm: SSE-S3}, {algorithm: SSE-KMS}]}",
    ),
    encryption(
        FAIL,
        "a rule selects by tag",
        kms(None, tags={"use": "logs"}),
        "storage: {encryption: [{select: {tag: {use: log*}}, algorithm: SSE-S3}, {algorithm: any}]}",
    ),
    encryption(
        UNKNOWN,
        "a rule selects by tag, and tags are refused",
        kms(None, tags=DENIED),
        "storage: {encryption: [{select: {tag: {use: log*}}, algorithm: SSE-S3}, {algorithm: any}]}",
        says="tags",
    ),
    encryption(
        WAIVED,
        "a live waiver",
        bucket(encryption=None),
        f"{wants('any')}\nwaivers: [{WAIVER % '2026-04-01'}]",
        says="storage team",
    ),
    encryption(
        FAIL,
        "an expired waiver",
        bucket(encryption=None),
        f"{wants('any')}\nwaivers: [{WAIVER % '2026-03-01'}]",
        says="no longer waived",
    ),
    encryption(
        PASS, "a waiver that nothing needs", AES256, f"{wants('any')}\nwaivers: [{WAIVER % '2026-04-01'}]"
    ),
]

# s3-single-notification

single = cases_of("s3-single-notification")
BY_FILTER = "storage: {notifications: [{overlap: filter}]}"
TOPIC = arn("Topic", "alerts")


def sends(*events, prefix="", suffix="", to=TOPIC, name="n"):
    return Notification(name, to, events, prefix, suffix)


def notified(*notifications, **rest):
    return bucket(notifications=notifications, **rest)


REFUSED = bucket(notifications=DENIED)
CREATED, PUT, REMOVED = "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectRemoved:*"

SINGLE_CASES = [
    single(PASS, "no notification, as with EventBridge alone", notified()),
    single(PASS, "one notification of two events that overlap", notified(sends(CREATED, PUT))),
    single(PASS, "two notifications of different events", notified(sends(CREATED), sends(REMOVED))),
    single(PASS, "two specific events of one family", notified(sends(PUT), sends("s3:ObjectCreated:Post"))),
    single(
        FAIL,
        "the same event twice",
        notified(sends(PUT, name="a"), sends(PUT, name="b")),
        says="a (s3:ObjectCreated:Put to",
    ),
    single(
        FAIL,
        "a wildcard and its member",
        notified(sends(CREATED), sends(PUT)),
        says=f"{PUT} is sent more than once",
    ),
    single(
        FAIL,
        "a member and its wildcard",
        notified(sends(PUT), sends(CREATED)),
        says=f"{PUT} is sent more than once",
    ),
    single(FAIL, "the same wildcard twice", notified(sends(CREATED), sends(CREATED))),
    single(
        FAIL, "one shared event of several", notified(sends(PUT, REMOVED), sends("s3:ObjectRemoved:Delete"))
    ),
    single(
        FAIL, "the same event to two destinations", notified(sends(PUT), sends(PUT, to=arn("Queue", "q")))
    ),
    single(
        FAIL,
        "prefixes apart, but the policy goes by event",
        notified(sends(PUT, prefix="a/"), sends(PUT, prefix="b/")),
        says="prefix 'a/'",
    ),
    single(
        PASS,
        "prefixes apart, by filter",
        notified(sends(PUT, prefix="a/"), sends(PUT, prefix="b/")),
        BY_FILTER,
    ),
    single(
        PASS,
        "suffixes apart, by filter",
        notified(sends(PUT, suffix=".jpg"), sends(PUT, suffix=".png")),
        BY_FILTER,
    ),
    single(
        FAIL,
        "a prefix within the other",
        notified(sends(PUT, prefix="a/"), sends(PUT, prefix="a/b/")),
        BY_FILTER,
    ),
    single(
        FAIL,
        "a suffix within the other",
        notified(sends(PUT, suffix=".gz"), sends(PUT, suffix=".tar.gz")),
        BY_FILTER,
        says="suffix '.gz'",
    ),
    single(
        FAIL,
        "a prefix against a suffix",
        notified(sends(PUT, prefix="a/"), sends(PUT, suffix=".gz")),
        BY_FILTER,
    ),
    single(FAIL, "a filter against none", notified(sends(PUT, prefix="a/"), sends(PUT)), BY_FILTER),
    single(
        PASS,
        "the same prefix, suffixes apart",
        notified(sends(PUT, prefix="a/", suffix=".jpg"), sends(PUT, prefix="a/", suffix=".png")),
        BY_FILTER,
    ),
    single(PASS, "overlapping filters of different events", notified(sends(PUT), sends(REMOVED)), BY_FILTER),
    single(FAIL, "the third of three", notified(sends(REMOVED), sends(PUT), sends(CREATED))),
    single(UNKNOWN, "notifications refused", REFUSED, says="x:Y"),
]

# s3-notification-delivers

delivers = cases_of("s3-notification-delivers")
MONITORED = "storage: {monitored: [{topic: %s}]}"
MINE = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::data"}, "StringEquals": {"aws:SourceAccount": ACCOUNT}}
FUNCTION, QUEUE = arn("Function", "scan"), arn("Queue", "work")


def admits(action, at, condition=MINE, **rest):
    more = {"Condition": condition} if condition else {}
    return document({**allow(action, at), "Principal": {"Service": "s3.amazonaws.com"}, **more, **rest})


def topic(text=None, output=None, name="alerts"):
    return made(Topic, name, output=output, document=text)


OPEN = topic(admits("sns:Publish", TOPIC, None))
GOOD = topic(admits("sns:Publish", TOPIC))
TO_TOPIC = notified(sends(PUT))

DELIVERS_CASES = [
    delivers(PASS, "a topic that admits this bucket", TO_TOPIC, others=[GOOD]),
    delivers(
        PASS,
        "a queue that admits this bucket",
        notified(sends(PUT, to=QUEUE)),
        others=[made(Queue, "work", document=admits("sqs:SendMessage", QUEUE))],
    ),
    delivers(
        PASS,
        "a function that admits this bucket",
        notified(sends(PUT, to=FUNCTION)),
        others=[made(Function, "scan", document=admits("lambda:InvokeFunction", FUNCTION))],
    ),
    delivers(
        PASS,
        "a topic that admits this account",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}))],
    ),
    delivers(
        PASS,
        "a topic that admits this bucket's ARN alone",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::data"}}))],
    ),
    delivers(
        FAIL, "the destination is gone", TO_TOPIC, gaps=[gone("Topic", "alerts")], says="does not exist"
    ),
    delivers(
        FAIL,
        "the destination has no policy",
        TO_TOPIC,
        others=[topic()],
        says="does not let S3 do sns:Publish",
    ),
    delivers(
        FAIL,
        "the destination admits another service",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, Principal={"Service": "cloudwatch.amazonaws.com"}))],
    ),
    delivers(
        FAIL,
        "the destination admits another bucket",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::logs"}}))],
    ),
    delivers(
        FAIL,
        "the destination admits another account",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"StringEquals": {"aws:SourceAccount": STRANGER}}))],
    ),
    delivers(
        FAIL,
        "the destination admits another action",
        TO_TOPIC,
        others=[topic(admits("sns:Subscribe", TOPIC))],
    ),
    delivers(
        FAIL,
        "the destination admits and denies",
        TO_TOPIC,
        others=[
            topic(
                document(
                    allow("sns:Publish", TOPIC, Principal="*", Condition=MINE),
                    deny("sns:*", TOPIC, Principal="*"),
                )
            )
        ],
    ),
    delivers(
        FAIL,
        "the destination is open to all accounts",
        TO_TOPIC,
        others=[OPEN],
        says="other accounts' buckets",
    ),
    delivers(
        FAIL,
        "the destination is open to everybody",
        TO_TOPIC,
        others=[topic(document(allow("sns:Publish", TOPIC, Principal="*")))],
        says="other accounts' buckets",
    ),
    delivers(
        FAIL,
        "the destination is open to buckets whose name begins as this one's",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::data*"}}))],
        says="aws:sourcearn = arn:aws:s3:::data",
    ),
    delivers(
        FAIL,
        "the destination is open to buckets whose name ends as this one's",
        TO_TOPIC,
        others=[topic(admits("sns:Publish", TOPIC, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*data"}}))],
        says="data, by resource policy",
    ),
    delivers(
        FAIL,
        "one destination of two is closed",
        notified(sends(PUT), sends(REMOVED, to=QUEUE)),
        others=[GOOD, made(Queue, "work", document=None)],
        says=QUEUE,
    ),
    delivers(
        UNKNOWN,
        "a topic of another account",
        notified(sends(PUT, to=arn("Topic", "alerts", STRANGER))),
        gaps=[elsewhere("Topic", "alerts")],
        says="belongs to account",
    ),
    delivers(UNKNOWN, "a destination that the run did not look for", TO_TOPIC, says="not-collected"),
    delivers(UNKNOWN, "the topic's policy refused", TO_TOPIC, others=[topic(DENIED)]),
    delivers(
        UNKNOWN, "the topic's policy is no policy", TO_TOPIC, others=[topic("{")], says="can't be understood"
    ),
    delivers(UNKNOWN, "notifications refused", REFUSED),
    delivers(NOT_APPLICABLE, "no notifications, and none asked for", notified()),
    delivers(PASS, "the monitoring topic by name", TO_TOPIC, MONITORED % "alerts", [GOOD]),
    delivers(PASS, "the monitoring topic by ARN", TO_TOPIC, MONITORED % TOPIC, [GOOD]),
    delivers(
        PASS,
        "the monitoring topic by output",
        TO_TOPIC,
        MONITORED % "output:Alerts",
        [topic(GOOD.document, "Alerts")],
    ),
    delivers(
        FAIL, "monitored without any notification", notified(), MONITORED % "alerts", says="no notification"
    ),
    delivers(
        FAIL, "monitored, but another topic is notified", TO_TOPIC, MONITORED % "security", [GOOD], says=TOPIC
    ),
    delivers(
        FAIL,
        "monitored, but the output names another topic",
        TO_TOPIC,
        MONITORED % "output:Security",
        [GOOD, topic(None, "Security", "security")],
    ),
    delivers(
        FAIL,
        "monitored by a topic that nobody else's output names",
        notified(),
        MONITORED % "output:Security",
    ),
    delivers(
        UNKNOWN,
        "which topic the output names",
        TO_TOPIC,
        MONITORED % "output:Alerts",
        [GOOD],
        gaps=[unlisted("Topic")],
    ),
]

# s3-policy-not-public

public = cases_of("s3-policy-not-public")
GET, OBJECTS = "s3:GetObject", "arn:aws:s3:::data/*"


def ruled(*statements):
    return bucket(document=document(*statements))


EVERYBODY = admit({"AWS": "*"}, "s3:ListBucket", "arn:aws:s3:::data")
OPEN_TO_ALL = admit("*", GET, OBJECTS, Sid="PublicRead")

PUBLIC_CASES = [
    *public_cases("s3-policy-not-public", lambda text: bucket(document=text), GET, OBJECTS),
    public(
        FAIL,
        "says who may do what, and by which statement",
        ruled(OPEN_TO_ALL),
        says="anyone may s3:GetObject arn:aws:s3:::data/",
    ),
    public(FAIL, "names the statement", ruled(OPEN_TO_ALL), says="by statement PublicRead"),
    public(
        FAIL,
        "a source ARN with a wildcard is not fixed, whatever its account",
        ruled(admit("*", GET, OBJECTS, **where("ArnLike", aws_SourceArn=f"arn:aws:sns:*:{ACCOUNT}:*"))),
    ),
    public(
        PASS,
        "a source ARN without a wildcard is fixed",
        ruled(admit("*", GET, OBJECTS, **where("ArnLike", aws_SourceArn=TOPIC))),
    ),
    public(
        PASS,
        "a Deny on everybody but one organization",
        ruled(
            OPEN_TO_ALL,
            deny("s3:*", Principal="*", **where("StringNotEquals", aws_PrincipalOrgID="o-aaaaaaaaaa")),
        ),
    ),
    public(
        FAIL,
        "a Deny on requests without TLS",
        ruled(OPEN_TO_ALL, deny("s3:*", Principal="*", **where("Bool", aws_SecureTransport="false"))),
    ),
    public(
        FAIL,
        "a Deny on other objects",
        ruled(OPEN_TO_ALL, deny("s3:*", "arn:aws:s3:::data/private/*", Principal="*")),
    ),
    public(FAIL, "writing is public, too", ruled(admit("*", "s3:PutObject", OBJECTS)), says="s3:PutObject"),
    public(FAIL, "an action that AWS has not published yet", ruled(admit("*", "s3:Frobnicate*", OBJECTS))),
    public(
        FAIL,
        "a referrer is what anybody can say",
        ruled(admit("*", GET, OBJECTS, **where("StringLike", aws_Referer="https://example.com/*"))),
    ),
    public(
        FAIL,
        "two public statements are two violations",
        ruled(OPEN_TO_ALL, EVERYBODY),
        says="by Statement[1]",
    ),
    public(
        PASS,
        "a named account outside the zone is not the public",
        ruled(admit({"AWS": STRANGER}, GET, OBJECTS)),
    ),
    public(
        PASS,
        "a service is not the public",
        ruled(admit({"Service": "logging.s3.amazonaws.com"}, GET, OBJECTS)),
    ),
    public(PASS, "no policy at all", bucket(document=None)),
]

CASES = [*ENCRYPTION_CASES, *SINGLE_CASES, *DELIVERS_CASES, *PUBLIC_CASES]
