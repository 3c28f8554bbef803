"""How much CPU time it takes to ask for escalation: of one principal, and of a whole account.

Run: python benchmarks/access/escalation.py [roles]
"""

from __future__ import annotations

import sys
from random import Random
from statistics import median
from time import process_time
from typing import Any

from compliance.access import Document, Layers, Proved, parse
from compliance.access.escalation_account import Actor
from compliance.access.escalation_methods import methods
from compliance.access.escalation_requests import Asked, ask
from compliance.access.escalation_resources import expanded, wheres
from compliance.access.escalation_subject import Subject
from compliance.access.paths import paths

ACCOUNT = "111122223333"
Json = dict[str, Any]
SERVICES = ("lambda", "ec2", "ecs-tasks", "codebuild", "glue", "states", "cloudformation", "sagemaker")


def statement(effect: str, action: object, resource: object = "*", **more: object) -> Json:
    """Give a statement."""
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def document(name: str, statements: list[Json]) -> Document:
    """Give a document."""
    return parse({"Version": "2012-10-17", "Statement": statements}, name)


GUARD = document("guard", [
    statement("Deny", ["organizations:*", "account:*"]),
    {"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "s3:*"], "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}},
])  # fmt: skip
FULL = document("FullAWSAccess", [statement("Allow", "*")])
SCPS = ((FULL,), (FULL, GUARD), (FULL,))
NO_USERS = statement("Deny", ["iam:CreateUser", "iam:Delete*"])
BOUNDARY = document("boundary", [statement("Allow", "*"), NO_USERS])
BOUNDED, RISKY_SHARE = 0.3, 0.2


def role(random: Random, number: int) -> Actor:
    """Give a role as applications, pipelines and people have: most of them can't escalate."""
    name = f"arn:aws:iam::{ACCOUNT}:role/{number % 7}/r{number}"
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": f"{random.choice(SERVICES)}.amazonaws.com"}}  # fmt: skip
    if number % 40 == 0:
        own = [document("AdministratorAccess", [statement("Allow", "*")])]
        trust["Principal"]["AWS"] = ACCOUNT  # type: ignore[index]
    else:
        own = [document(f"p{index}", policy(random, number)) for index in range(random.randint(1, 5))]
    bounds = (BOUNDARY,) if random.random() < BOUNDED else ()
    return Actor(name, Layers(tuple(own), boundaries=bounds, scps=SCPS), parse({"Statement": [trust]}))


def policy(random: Random, number: int) -> list[Json]:
    """Give the statements of one policy; one in five is of the kind that lets its holder escalate."""
    bucket = f"arn:aws:s3:::bucket-{number}-{random.randrange(9)}"
    found = [
        statement("Allow", ["s3:GetObject", "s3:PutObject"], f"{bucket}/*"),
        statement("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"]),
        statement("Allow", ["dynamodb:Query", "dynamodb:GetItem"], f"arn:aws:dynamodb:*:*:table/t{number}"),
    ]
    if random.random() < RISKY_SHARE:
        found += random.choice(RISKY)
    return random.sample(found, random.randint(1, len(found)))


RISKY: list[list[Json]] = [
    [statement("Allow", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*"), statement("Allow", "lambda:*")],
    [statement("Allow", "iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/3/*"), statement("Allow", "ecs:*")],
    [statement("Allow", ["iam:Get*", "iam:List*", "sts:AssumeRole"])],
    [statement("Allow", ["ssm:*", "ec2:*"], "*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
    [statement("Allow", "codebuild:*", f"arn:aws:codebuild:*:{ACCOUNT}:project/team-*")],
    [statement("Allow", ["iam:PutRolePolicy", "iam:AttachRolePolicy"], f"arn:aws:iam::{ACCOUNT}:role/3/*")],
]


def sensitive(random: Random) -> None:
    """Ask every action of every method of one principal, on any of its resources."""
    actions = sorted({a for method in methods() for pattern in method.actions for a in expanded(pattern)
                      if "*" not in pattern})  # fmt: skip
    times, allowed = [], 0
    # The catalogue is read once, when the first action is looked up.
    asks = [(action, where) for action in actions for where in wheres(action, (), ACCOUNT, "aws")]
    for number in range(1, 101):
        subject = Subject(role(random, number * 40 + 1))
        begin = process_time()
        for action, where in asks:
            asked = Asked(action, where, ACCOUNT, {})
            allowed += subject.may(action.lower()) and not isinstance(ask(subject, asked), Proved)
        times.append((process_time() - begin) * 1000)
    print(f"{len(actions)} actions of one principal  median {median(times):.1f} ms  max {max(times):.1f} ms  "
          f"({allowed} allowed)")  # fmt: skip


def account(random: Random, count: int) -> None:
    """Ask for all paths of an account whose workloads nobody read: the case with most to look at."""
    roles = [role(random, number) for number in range(count)]
    for depth in (1, 4):
        begin = process_time()
        found = paths(roles, depth=depth)
        sure = sum(not path.doubts for path in found)
        starts = len({path.start.arn for path in found})
        print(f"{count} roles, depth {depth}: {process_time() - begin:.2f} s, {sure} sure paths, "
              f"{len(found) - sure} in doubt, from {starts} roles")  # fmt: skip


if __name__ == "__main__":
    sensitive(Random(1))
    sensitive(Random(2))
    account(Random(3), int(sys.argv[1]) if len(sys.argv) > 1 else 200)
