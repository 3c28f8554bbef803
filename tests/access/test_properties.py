"""The engine against the evaluator, on random documents with all operators, variables and Not* elements."""

from dataclasses import replace
from random import Random

from access_random import (
    ACCOUNT,
    PRINCIPAL,
    changed,
    keys_of,
    parsed,
    random_document,
    random_request,
    random_statement,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.access import Layers, Proved, Witness, evaluate, find, included, parse

seeds = st.integers(0, 2**32).map(Random)
REQUESTS = 60


def allowed(request, documents):
    return evaluate(request, Layers(documents)).allowed


@settings(max_examples=400)
@given(seeds)
def test_what_is_proved_no_sampled_request_refutes_and_what_is_witnessed_replays(random):
    p = random_document(random)
    q = changed(random, p) if random.random() < 0.6 else random_document(random)
    mine, theirs = parsed(p), parsed(q)
    answer = included(mine, theirs)
    if isinstance(answer, Witness):
        assert allowed(answer.request, mine)
        assert not allowed(answer.request, theirs)
        assert answer.request.resource_account == ACCOUNT
    elif isinstance(answer, Proved):
        asked = [random_request(random, keys_of(p, q)) for _ in range(REQUESTS)]
        assert not [request for request in asked if allowed(request, mine) and not allowed(request, theirs)]


@settings(max_examples=150)
@given(seeds)
def test_a_policy_is_within_itself_or_it_is_left_open(random):
    mine = parsed(random_document(random))
    assert not isinstance(included(mine, mine), Witness)


@settings(max_examples=300)
@given(seeds)
def test_adding_an_allow_never_takes_away_and_adding_a_deny_never_grants(random):
    document = random_document(random)
    more, less = (
        {**document, "Statement": [*document["Statement"], random_statement(random, effect=effect)]}
        for effect in ("Allow", "Deny")
    )
    (plain, wider, narrower), asked = parsed(document, more, less), keys_of(document, more, less)
    for _ in range(10):
        request = random_request(random, asked)
        assert allowed(request, (plain,)) <= allowed(request, (wider,))
        assert allowed(request, (narrower,)) <= allowed(request, (plain,))


@settings(max_examples=150)
@given(seeds)
def test_the_engine_agrees_that_an_allow_adds_and_a_deny_takes_away(random):
    document = random_document(random, most=2)
    wider = {**document, "Statement": [*document["Statement"], random_statement(random, effect="Allow")]}
    narrower = {**document, "Statement": [*document["Statement"], random_statement(random, effect="Deny")]}
    plain, more, less = parsed(document, wider, narrower)
    assert not isinstance(included([plain], [more]), Witness)
    assert not isinstance(included([less], [plain]), Witness)


PRINCIPALS = [
    PRINCIPAL,
    f"arn:aws:iam::{ACCOUNT}:user/u",
    f"arn:aws:sts::{ACCOUNT}:assumed-role/example/s",
    "arn:aws:iam::999988887777:role/x",
    "anonymous",
    "lambda.amazonaws.com",
]
NAMED = [
    "*",
    {"AWS": PRINCIPAL},
    {"AWS": ACCOUNT},
    {"AWS": [PRINCIPALS[2], "999988887777"]},
    {"Service": "lambda.amazonaws.com"},
]


def random_resource_policy(random):
    document = random_document(random)
    for statement in document["Statement"]:
        statement[random.choice(["Principal"] * 5 + ["NotPrincipal"])] = random.choice(NAMED)
    return document


def random_layers(random):
    def maybe(make, share):
        return [make(random)] if random.random() < share else []

    parts = [
        [random_document(random), *maybe(random_document, 0.5)],
        maybe(random_resource_policy, 0.7),
        maybe(random_document, 0.4),
        maybe(random_document, 0.3),
        maybe(random_document, 0.4),
        maybe(random_resource_policy, 0.3),
        maybe(random_document, 0.2),
    ]
    identity, policy, boundary, session, scp, rcp, vpce = (parsed(*part) for part in parts)
    layers = Layers(
        identity,
        policy[0] if policy else None,
        boundary,
        session or None,
        (scp,) if scp else (),
        (rcp,),
        vpce,
    )
    return layers, parts


@settings(max_examples=250)
@given(seeds)
def test_what_find_rules_out_over_all_layers_no_sampled_request_gets(random):
    layers, parts = random_layers(random)
    within = parse({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    principal, owner = random.choice(PRINCIPALS), random.choice([ACCOUNT, ACCOUNT, "999988887777"])
    answer = find(layers, within, principal, owner)
    if isinstance(answer, Witness) or not layers.resource_policy:
        return
    for _ in range(REQUESTS):
        asked = random_request(random, keys_of(*parts))
        request = replace(asked, principal=principal, resource_account=owner)
        if isinstance(answer, Proved) and request.action != "sts:GetCallerIdentity":
            assert not evaluate(request, layers).allowed
