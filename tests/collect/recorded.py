"""AWS's answers as they were recorded, given to the real client: nothing is sent, the rest is as in a run."""

import json
from copy import deepcopy
from datetime import UTC, datetime

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse

import compliance.collect.gather  # noqa: F401 - it makes all readers known
from compliance.collect.attempt import attempt
from compliance.collect.client import Client
from compliance.collect.outputs import no_outputs
from compliance.collect.reach import Handle, Reach
from compliance.collect.readers import LINKERS, LISTERS, PROBERS, READERS, RESOLVERS

ACCOUNT, REGION = "111122223333", "eu-west-1"
NOW = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


LOADER = botocore.session.get_session().get_component("data_loader")


def sealed_session():
    """A session that knows nothing of the surroundings; service models are loaded once for all."""
    inner = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    inner.register_component("data_loader", LOADER)
    inner.set_credentials("test", "test")
    return inner


class Refusal:
    """An error answer: status, code, message."""

    def __init__(self, code, message="", status=400):
        self.parsed = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        self.status = status


_CLIENTS = {}  # making one takes longer than a test


class Recorded(boto3.Session):
    """A session whose clients answer from `answers`: operation → an answer, or one after the other of a list.

    `asked` are the parameters of every call, by operation. The session that made a client last is the one
    that speaks: one at a time.
    """

    speaking = None

    def __init__(self, **answers):
        super().__init__(botocore_session=sealed_session(), region_name=REGION)
        self.answers = {name.replace("__", ":"): answer for name, answer in answers.items()}
        self.asked = {}

    def client(self, service, **options):
        Recorded.speaking = self
        kept = (service, options.get("region_name"))
        if kept not in _CLIENTS:
            made = _CLIENTS[kept] = super().client(service, **options)
            made.meta.events.register("provide-client-params", _note)
            made.meta.events.register("before-call", _answer)
        return _CLIENTS[kept]

    def _note(self, params, model, **_):
        operation = f"{model.service_model.service_name}:{model.name}"
        self.asked.setdefault(operation, []).append(dict(params))

    def _answer(self, model, **_):
        operation = f"{model.service_model.service_name}:{model.name}"
        if operation not in self.answers:
            raise AssertionError(f"{operation} was not recorded")
        answer = self.answers[operation]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Refusal):
            return AWSResponse("", answer.status, {}, None), answer.parsed
        return AWSResponse("", 200, {}, None), {
            "ResponseMetadata": {"HTTPStatusCode": 200},
            **deepcopy(answer),
        }


def reach(session, *, region=REGION, outputs=None, now=NOW):
    """AWS as readers see it."""
    return Reach(
        Client(session), ACCOUNT, "aws", REGION, (REGION,), outputs or no_outputs(), region=region, now=now
    )


def handle(kind, name, *, arn="", region=REGION, account=ACCOUNT):
    return Handle(kind, name, account, region, arn)


def answers(**given):
    """Answers by operation, written `service__Operation`."""
    return Recorded(**given)


def fact(session, kind, name, of, **where):
    """What the reader of the fact says: known, gone, or unreadable."""
    reader = READERS[kind, name]
    at = reach(session, **where).at(of.region, reader.calls)
    said = attempt(reader.calls, lambda: reader.function(at, of))
    if len(reader.facts) > 1 and hasattr(said, "value"):
        return type(said)(said.value[name])
    return said


def listed(session, kind, **where):
    lister = LISTERS[kind]
    at = reach(session, **where)
    return attempt(lister.calls, lambda: tuple(lister.function(at.at(at.region, lister.calls))))


def probed(session, of):
    prober = PROBERS[of.kind]
    at = reach(session).at(of.region, prober.calls)
    return attempt(prober.calls, lambda: prober.function(at, of))


def resolved(session, of):
    resolver = RESOLVERS[of.kind]
    at = reach(session).at(of.region, resolver.calls)
    return attempt(resolver.calls, lambda: resolver.function(at, of))


def led_to(session, of, target):
    """The handles of the target kind that the resource leads to."""
    found = []
    for link in LINKERS:
        if link.source == of.kind and target in link.targets:
            at = reach(session).at(of.region, link.calls)
            said = attempt(link.calls, lambda link=link, at=at: tuple(link.function(at, of)))
            found += [each for each in said.value if each.kind == target]
    return found


def text(document):
    return json.dumps(document)


def _note(**call):
    Recorded.speaking._note(**call)


def _answer(**call):
    return Recorded.speaking._answer(**call)
