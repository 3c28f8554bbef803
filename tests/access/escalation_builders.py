"""Builders for accounts: an attacker, and everything that the methods work on."""

from dataclasses import replace

from compliance.access import Layers, parse
from compliance.access.escalation_account import Account, Actor, Managed, Workload

ACCOUNT = "111122223333"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/team"


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:{name}"


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def doc(name, *statements):
    return parse({"Version": "2012-10-17", "Statement": list(statements)}, name)


def trust(*services, aws=(), **condition):
    """Give a trust policy for services and principals, ARNs or an account."""
    federated = [name for name in services if name == "cognito-identity.amazonaws.com"]
    others = [name for name in services if name not in federated]
    named = {"Service": others, "AWS": list(aws), "Federated": federated}
    action = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"]
    built = {"Effect": "Allow", "Principal": {k: v for k, v in named.items() if v}, "Action": action}
    return parse({"Version": "2012-10-17", "Statement": [built | condition]})


def actor(name, *documents, **more):
    layers = Layers(tuple(documents), boundaries=more.pop("boundaries", ()), scps=more.pop("scps", ()))
    return Actor(arn(name), layers, **more)


LAMBDA = trust("lambda.amazonaws.com")
ADMIN = doc("AdministratorAccess", allow())


def admin(name="role/admin", trusted=LAMBDA, **more):
    return actor(name, ADMIN, trust=trusted if name.startswith("role") else None, **more)


def everywhere(attacker, method):
    """Give an account where every method can work: an admin of each kind, one workload, a policy, a group."""
    services = [trusted for _, trusted in method.services] + list(method.trusted)
    trusted = trust(*services, aws=[ACCOUNT])
    strict = doc("arn:aws:iam::111122223333:policy/strict", allow("s3:*"))
    team = doc(POLICY, allow("s3:ListAllMyBuckets"))
    layers = replace(attacker.layers, identity=(*attacker.layers.identity, team))
    if attacker.kind == "user" and "iam:DeleteUserPermissionsBoundary" in method.actions:
        layers = replace(layers, boundaries=(doc("bound", allow("iam:*")),))
    own_group = actor("group/team")
    groups = (own_group.arn,) if attacker.kind == "user" else ()
    attacker = replace(attacker, layers=layers, groups=groups)
    role = admin(trusted=trusted)
    bounded = replace(role.layers, identity=(*role.layers.identity, team), boundaries=(strict,))
    role = replace(role, layers=replace(bounded, boundaries=()))
    if "iam:DeleteRolePermissionsBoundary" in method.actions:
        role = replace(role, layers=bounded)
    actors = (attacker, role, admin("user/admin"), admin("group/admins"), own_group)
    versions = {"v1": doc("", allow())}
    workload = Workload(_workload_arn(method.workload), role.arn)
    return Account(actors, (Managed(POLICY, team, versions),), {method.workload: (workload,)})


_WORKLOADS = {
    "ec2:instance": "ec2:eu-west-1:{0}:instance/i-1",
    "ec2:launch-template": "ec2:eu-west-1:{0}:launch-template/lt-1",
    "lambda:function": "lambda:eu-west-1:{0}:function:f",
    "apprunner:service": "apprunner:eu-west-1:{0}:service/s/1",
    "autoscaling:launchConfiguration": "autoscaling:x:{0}:launchConfiguration:1:launchConfigurationName/l",
    "batch:job-definition": "batch:eu-west-1:{0}:job-definition/j:1",
    "bedrock-agentcore:code-interpreter-custom": "bedrock-agentcore:eu-west-1:{0}:code-interpreter-custom/c",
    "bedrock-agentcore:browser-custom": "bedrock-agentcore:eu-west-1:{0}:browser-custom/b",
    "bedrock-agentcore:runtime": "bedrock-agentcore:eu-west-1:{0}:runtime/r",
    "cloudformation:stack": "cloudformation:eu-west-1:{0}:stack/s/1",
    "codebuild:project": "codebuild:eu-west-1:{0}:project/p",
    "codedeploy:deploymentgroup": "codedeploy:eu-west-1:{0}:deploymentgroup:a/g",
    "ecs:task": "ecs:eu-west-1:{0}:task/c/1",
    "glue:devendpoint": "glue:eu-west-1:{0}:devEndpoint/d",
    "sagemaker:notebook-instance": "sagemaker:eu-west-1:{0}:notebook-instance/n",
    "states:statemachine": "states:eu-west-1:{0}:stateMachine:m",
}


def _workload_arn(kind):
    return "arn:aws:" + _WORKLOADS.get(kind, "x:eu-west-1:{0}:x").format(ACCOUNT)
