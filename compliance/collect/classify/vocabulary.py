"""What the words of an output's key mean. Tables only: what a word stands for, and the phrases that say so.

Words are in lower case and singular.
"""

from compliance.collect.classify.meaning import PLAIN, SECRET, Found, Unclear, unlooked


def _rows(text: str) -> dict[str, str]:
    """Each phrase with what it stands for; in the text, one line for each of the latter."""
    lines = (line.partition(":") for line in text.strip().splitlines())
    return {phrase.strip(): said.strip() for said, _, phrases in lines for phrase in phrases.split(",")}


_KINDS = _rows(
    """
    Alarm:          alarm
    Bucket:         bucket
    Database:       db instance, database instance, rds instance, database, db, rds
    Endpoint:       vpc endpoint, gateway endpoint, interface endpoint, endpoint id
    FlowLog:        flow log, flowlog
    Function:       function, lambda, fn
    Gateway:        gateway, nat, igw, transit gateway attachment, tgw attachment
    Group:          group
    Key:            key, key alias, kms, kms alias, cmk
    LogGroup:       log group, loggroup
    ManagedPolicy:  managed policy
    Queue:          queue, sqs, dlq
    Role:           role
    RouteTable:     route table
    Secret:         secret name, secret id, secret arn
    SecurityGroup:  security group, sg
    Stack:          stack
    Subnet:         subnet
    Topic:          topic, sns
    Trail:          trail, cloudtrail
    User:           user
    Vpc:            vpc
    """
)

_UNLOOKED = _rows(
    """
    a CloudFront distribution:        distribution
    a GuardDuty detector:             detector
    a certificate:                    certificate
    a cluster:                        cluster
    a dashboard:                      dashboard
    a deployment:                     deployment
    a document database:              document db, doc db
    a group of instances or options:  auto scaling group, autoscaling group, scaling group, option group
    a group of parameters or subnets: parameter group, subnet group
    a hosted zone:                    hosted zone
    a key pair:                       key pair, ssh key
    a layer:                          layer
    a listener or target group:       listener, target group
    a load balancer:                  balancer
    a mapping:                        mapping
    a parameter:                      parameter
    a pipeline:                       pipeline
    a repository:                     repository
    a resource or placement group:    resource group, placement group
    a rule:                           rule
    a state machine:                  machine
    a stream:                         stream
    a subscription:                   subscription
    a table:                          table, dynamo db, dynamodb
    a template:                       template
    a transit gateway by itself:      transit gateway, tgw
    a user or identity pool:          pool
    a volume:                         volume
    an API:                           api, api gateway
    an access control list:           acl
    an image:                         image
    an instance:                      instance
    an instance profile:              instance profile
    """
)

_UNCLEAR = _rows(
    """
    it may be an instance or a database in it; DatabaseIdentifier would say: database name, db name
    it may be an inline policy, which has no address; ManagedPolicyName or an ARN would say: policy
    """
)

# What a deployment is told, not what it made: how much, how long, where, whose, in what state.
_PLAIN = _rows(
    """
    much:   capacity, cost, count, number, percent, port, range, size, threshold, unit
    long:   created, day, hour, minute, month, period, retention, schedule, second, timeout, ttl
    when:   time, timestamp, updated, week
    where:  account, az, cidr, location, partition, path, region, zone, availability zone
    whose:  application, env, environment, owner, project, service, stage, tag, team, tenant, tier, workload
    how:    branch, build, class, commit, enabled, engine, mode, protocol, runtime, state, status, type
    text:   version, description, email, message, note, prefix, suffix, title
    login:  login, username, db user, database user, master user
    """
)

PLACES = frozenset(
    {"address", "dns", "domain", "endpoint", "host", "hostname", "link", "uri", "url", "website"}
)
"""Words for where something answers. They don't say which resource answers there."""

_SECRETS = _rows(
    """
    word:  password, passwd, passphrase, token, credential, secret
    key:   private key, secret key, secret access key, access key, api key
    """
)

NAMING = frozenset(
    {"name", "id", "identifier", "arn", "ref", "resource", "physical", "value", "output", "list"}
)
"""Words that follow a resource's word and say no more than it."""

MEANINGS: dict[str, Found] = {
    **_KINDS,
    **{phrase: unlooked(thing) for phrase, thing in _UNLOOKED.items()},
    **{phrase: Unclear(reason) for phrase, reason in _UNCLEAR.items()},
    **dict.fromkeys(_PLAIN, PLAIN),
    **dict.fromkeys(_SECRETS, SECRET),
}
"""What each phrase stands for; a string is a kind of resource."""
