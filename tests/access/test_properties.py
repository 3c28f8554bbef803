"""The engine against the evaluator, on random documents with all operators, variables and Not* elements."""

from random import Random

from access_random import (
    ACCOUNT,
    changed,
    keys_of,
    parsed,
    random_document,
    random_request,
    random_statement,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.access import Layers, Proved, Witness, evaluate, included

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
