"""What is easy to get wrong in AWS's semantics, one table per trap; mutation testing asked for many lines."""

import pytest
from access_builders import (
    ACCOUNT,
    ALLOWED,
    EXPLICIT,
    IMPLICIT,
    KEY,
    OBJECT,
    OTHER,
    ROLE,
    SESSION,
    USER,
    allow,
    deny,
    doc,
    request,
    result,
    statement,
)

from compliance.access import Layers, Principal, Request, evaluate, parse
from compliance.access.conditions import holds, read_operator
from compliance.access.documents import Condition
from compliance.access.patterns import Scope, Wild, is_literal, tokens, variables_of
from compliance.access.principals import Closeness, Kind, caller_of, closeness

SERVICE = "lambda.amazonaws.com"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/host.example"
FOREIGN = f"arn:aws:iam::{OTHER}:user/eve"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def to(principal, effect="Allow", **more):
    return doc(statement(effect, Principal=principal, **more))


def but(principal, effect="Allow", **more):
    return doc(statement(effect, NotPrincipal=principal, **more))


def when(operator, key, values, version="2012-10-17"):
    return doc(statement(Condition={operator: {key: values}}), version=version)


# 1. Action names and names of condition keys ignore case; resources and values of StringEquals don't.
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (allow("S3:GETOBJECT"), ALLOWED),
        (allow("S3:gEt*"), ALLOWED),
        (allow("s*:GetObject"), ALLOWED),
        (allow("s?:GetObject"), ALLOWED),
        (allow("?3:Get*"), ALLOWED),
        (allow("*:GetObject"), ALLOWED),
        (allow(resource="arn:aws:s3:::BUCKET/key"), IMPLICIT),
        (when("StringEquals", "AWS:USERNAME", "ann"), ALLOWED),
        (when("StringEquals", "aws:username", "ANN"), IMPLICIT),
        (when("STRINGEQUALS", "aws:username", "ann"), ALLOWED),
    ],
)
def test_case(policy, expected):
    assert result(request(aws__UserName="ann"), identity=(policy,)) == expected


@pytest.mark.parametrize(
    ("action", "pattern"), [("s3:a:b", "s3:*"), ("s3:a:b", "s3:a:*"), ("s3:${a}b", "s3:${a}*")]
)
def test_an_action_is_text_whatever_it_holds(action, pattern):
    assert result(request(action=action), identity=(allow(pattern),)) == ALLOWED


# 2. A missing key: per operator and quantifier.
@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("NotIpAddress", True),
        ("NumericNotEquals", True),
        ("DateNotEquals", True),
        ("ArnNotLike", True),
        ("Bool", False),
        ("BoolIfExists", True),
    ],
)
def test_a_missing_key(operator, expected):
    assert holds(Condition(operator, "k", ("1",)), None, {}) is expected


# 3. Values are alternatives, for negated operators none may match; operators and keys must all hold.
@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        ("StringEquals", ("a", "b"), "b", True),
        ("StringNotEquals", ("a", "b"), "b", False),
        ("StringNotEquals", ("a", "b"), "c", True),
        ("NumericEquals", ("x", "5"), "5", True),
        ("NumericLessThan", ("x", "5"), "3", True),
        ("NumericNotEquals", ("x", "5"), "3", False),
        ("Null", ("true",), None, True),
        ("Null", ("false",), None, False),
    ],
)
def test_values_are_alternatives(operator, values, given, expected):
    assert holds(Condition(operator, "k", values), given and (given,), {}) is expected


def test_operators_and_keys_must_all_hold():
    both = allow(Condition={"StringEquals": {"a": "1", "b": "1"}, "StringLike": {"c": "*"}})
    assert result(request(a="1", b="1", c="1"), identity=(both,)) == ALLOWED
    for missing in ({"a": "1", "b": "1"}, {"a": "1", "c": "1"}, {"b": "1", "c": "1"}):
        assert result(request(**missing), identity=(both,)) == IMPLICIT


def test_operators_that_are_documented():
    assert [read_operator(name).known for name in ("StringEquals", "null", "StringMatches")] == [
        True,
        True,
        False,
    ]


# 4. Stars and colons.
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("arn:aws:s3:::bucket/ke?", ALLOWED),
        ("arn:aws:s3:::bucket/k?", IMPLICIT),
        ("arn:aws:s3:::bucket/?*", ALLOWED),
        ("arn:aws:s3:::bucket/x*", IMPLICIT),
        ("arn:aws:s3:::bucket/*", ALLOWED),
        ("arn:aws:s*:bucket/key", ALLOWED),
        ("arn:aws:*:bucket/key", ALLOWED),
        ("arn:aws:s*3:bucket/key", IMPLICIT),
        ("arn:aws:s?:::bucket/key", ALLOWED),
        ("arn:aws:s3:::b*t", IMPLICIT),
        ("arn:aws:s3?::bucket/key", IMPLICIT),
        ("arn:aws:s3:::bucket/~*", IMPLICIT),
        ("arn:aws:s3", IMPLICIT),
    ],
)
def test_stars_and_colons(pattern, expected):
    assert result(identity=(allow(resource=pattern),)) == expected


@pytest.mark.parametrize(
    ("text", "scope", "expected"),
    [
        ("a**b", Scope.TEXT, ("a", Wild.MANY, "b")),
        ("**", Scope.TEXT, (Wild.MANY,)),
        ("arn**:x", Scope.RESOURCE, ("a", "r", "n", Wild.MANY, ":", "x")),
        ("***", Scope.ARN, (Wild.MANY_HERE,)),
        ("*a*", Scope.ARN, (Wild.MANY_HERE, "a", Wild.MANY_HERE)),
        ("*?", Scope.TEXT, (Wild.MANY, Wild.ONE)),
        ("~*", Scope.TEXT, ("~", Wild.MANY)),
        ("b**?**", Scope.TEXT, ("b", Wild.MANY, Wild.ONE, Wild.MANY)),
    ],
)
def test_two_stars_side_by_side_are_one_on_which_the_automata_rely(text, scope, expected):
    assert tokens(text, scope, variables=True) == expected


def test_what_a_pattern_holds():
    assert [is_literal(tokens(text, Scope.TEXT, variables=True)) for text in ("a", "", "a*")] == [
        True,
        True,
        False,
    ]
    assert [item.key for item in variables_of(tokens("a${K}*", Scope.TEXT, variables=True))] == ["k"]


# 5. Policy variables.
@pytest.mark.parametrize(
    ("value", "version", "given", "expected"),
    [
        ("${aws:username}", "2012-10-17", "ann", ALLOWED),
        ("${aws:username}", "2008-10-17", "ann", IMPLICIT),
        ("${aws:username}", "2008-10-17", "${aws:username}", ALLOWED),
        ("$x-${aws:username}", "2012-10-17", "$x-ann", ALLOWED),
        ("${}", "2012-10-17", "${}", ALLOWED),
        ("${nobody, 'x'}", "2012-10-17", "x", ALLOWED),
        ("${nobody}", "2012-10-17", "", IMPLICIT),
        ("${*}", "2012-10-17", "*", ALLOWED),
    ],
)
def test_policy_variables(value, version, given, expected):
    policy = when("StringEquals", "k", value, version)
    assert result(request(k=given, aws__username="ann"), identity=(policy,)) == expected


# 6. Principals.
@pytest.mark.parametrize(
    ("text", "kind", "account", "name"),
    [
        ("*", Kind.ANONYMOUS, None, ""),
        ("", Kind.ANONYMOUS, None, ""),
        ("anonymous", Kind.ANONYMOUS, None, ""),
        (ACCOUNT, Kind.ROOT, ACCOUNT, ""),
        (ROOT, Kind.ROOT, ACCOUNT, ""),
        (USER, Kind.USER, ACCOUNT, "ann"),
        (SESSION, Kind.SESSION, ACCOUNT, "app"),
        (SERVICE, Kind.SERVICE, None, ""),
        ("ec2.amazonaws.com.cn", Kind.SERVICE, None, ""),
        ("x.amazonaws.com.evil.example", Kind.FEDERATED, None, ""),
        ("accounts.google.com", Kind.FEDERATED, None, ""),
        ("Cognito-Identity.amazonaws.com", Kind.FEDERATED, None, ""),
        (OIDC, Kind.FEDERATED, ACCOUNT, "host.example"),
        (f"arn:aws:iam::{ACCOUNT}:saml-provider/x", Kind.FEDERATED, ACCOUNT, "x"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/x", Kind.FEDERATED_USER, ACCOUNT, "x"),
        ("host.example", Kind.FEDERATED, None, ""),
        ("AIDAEXAMPLE", Kind.OTHER, None, ""),
        ("arn:aws:x", Kind.OTHER, None, ""),
        (f"nrn:aws:iam::{ACCOUNT}:user/x", Kind.OTHER, None, ""),
        ("arn:aws:s3:::b", Kind.OTHER, None, "b"),
        ("arn:aws:iam::1:user/a:b", Kind.USER, "1", "a:b"),
        ("arn:aws:sts::1:assumed-role", Kind.SESSION, "1", "assumed-role"),
    ],
)
def test_who_calls(text, kind, account, name):
    caller = caller_of(text)
    assert (caller.kind, caller.account, caller.name) == (kind, account, name)


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        (("AWS", ACCOUNT), USER, Closeness.ACCOUNT),
        (("AWS", ACCOUNT), ROOT, Closeness.ITSELF),
        (("AWS", ACCOUNT), OIDC, Closeness.NONE),
        (("AWS", ACCOUNT), FOREIGN, Closeness.NONE),
        (("AWS", ROLE), SESSION, Closeness.ENTITY),
        (("AWS", ROLE), ROLE, Closeness.ENTITY),
        (("AWS", f"arn:aws:iam::{ACCOUNT}:user/app"), SESSION, Closeness.NONE),
        (("AWS", f"arn:aws:iam::{ACCOUNT}:role/other"), SESSION, Closeness.NONE),
        (("AWS", f"arn:aws:iam::{OTHER}:role/app"), SESSION, Closeness.NONE),
        (("AWS", USER), f"arn:aws:sts::{ACCOUNT}:federated-user/ann", Closeness.ENTITY),
        (("AWS", "*"), "anonymous", Closeness.ITSELF),
        (("Service", "*"), SERVICE, Closeness.ITSELF),
        (("Service", "*"), USER, Closeness.NONE),
        (("Service", "*"), OIDC, Closeness.NONE),
        (("Federated", "*"), OIDC, Closeness.ITSELF),
        (("Federated", "*"), SERVICE, Closeness.NONE),
        (("Service", "LAMBDA.amazonaws.com"), SERVICE, Closeness.ITSELF),
        (("Service", SERVICE), "Lambda.amazonaws.com", Closeness.ITSELF),
    ],
)
def test_how_closely_a_principal_names_a_caller(principal, caller, expected):
    assert closeness([Principal(*principal)], caller_of(caller)) is expected
    assert closeness([Principal("AWS", "AIDANOBODY"), Principal(*principal)], caller_of(caller)) is expected


@pytest.mark.parametrize(
    ("effect", "boundaries", "expected"),
    [
        ("Allow", (), IMPLICIT),
        ("Allow", (allow(),), IMPLICIT),
        ("Deny", (), ALLOWED),
        ("Deny", (allow(),), EXPLICIT),
    ],
)
def test_not_principal_and_the_boundary(effect, boundaries, expected):
    own = (allow(),) if effect == "Deny" else ()
    policy = but({"AWS": USER}, effect)
    assert result(identity=own, resource_policy=policy, boundaries=boundaries) == expected


# 7. Accounts, delegation, SCPs and RCPs.
@pytest.mark.parametrize(
    "action",
    [
        "sts:AssumeRole",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRoot",
        "sts:SetSourceIdentity",
        "sts:TagSession",
    ],
)
def test_a_role_is_used_by_its_trust_only(action):
    own = (allow("sts:*"),)
    assert result(request(action=action, resource=ROLE), identity=own) == IMPLICIT
    assert result(request(action=action, resource="*"), identity=own) == ALLOWED
    assert result(request(action="sts:GetAccessKeyInfo", resource=ROLE), identity=own) == ALLOWED


@pytest.mark.parametrize(
    ("resource", "account", "expected"),
    [
        (OBJECT, None, ALLOWED),
        (OBJECT, OTHER, IMPLICIT),
        (OBJECT, ACCOUNT, ALLOWED),
        ("*", None, ALLOWED),
        (f"arn:aws:sqs:eu-west-1:{OTHER}:q", None, IMPLICIT),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", None, ALLOWED),
        (f"arn:aws:sqs:eu-west-1:{OTHER}:q", ACCOUNT, ALLOWED),
    ],
)
def test_the_owner_is_who_the_request_says_then_the_arn_then_the_caller(resource, account, expected):
    assert result(request(resource=resource, account=account), identity=(allow(),)) == expected


def test_policies_of_principals_do_not_bind_services():
    policy = to({"Service": SERVICE})
    none = {"identity": (deny("*"),), "boundaries": (deny("*"),), "session": (deny("*"),)}
    assert result(request(SERVICE), resource_policy=policy, **none) == ALLOWED


@pytest.mark.parametrize(
    ("caller", "exempt"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", True),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForX/s", True),
        (ROLE, False),
        (SESSION, False),
        (f"arn:aws:iam::{ACCOUNT}:user/role/aws-service-role/x", False),
        (f"arn:aws:iam::{ACCOUNT}:user/AWSServiceRoleForX", False),
        (f"arn:aws:iam::{ACCOUNT}:role/AWSServiceRoleForX", False),
    ],
)
def test_scps_and_rcps_bind_all_but_service_linked_roles(caller, exempt):
    expected = ALLOWED if exempt else EXPLICIT
    assert result(request(caller), identity=(allow(),), scps=((deny("*"),),)) == expected
    assert result(request(caller), identity=(allow(),), rcps=((to("*", "Deny"),),)) == expected


def test_whom_rcps_and_endpoint_policies_name():
    own = (allow(),)
    assert result(identity=own, rcps=((deny(),),)) == ALLOWED
    assert result(identity=own, rcps=((but({"AWS": USER}, "Deny"),),)) == ALLOWED
    assert result(identity=own, vpce=(but({"AWS": USER}),)) == IMPLICIT
    assert result(identity=own, vpce=(but({"AWS": USER}), allow())) == ALLOWED
    assert result(resource_policy=to({"AWS": USER}, action="s3:PutObject")) == IMPLICIT


# 8. NotAction is open to the future; Sids repeat; numbers and booleans are values.
def test_not_action_allows_what_nobody_has_published():
    policy = doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert result(request(action="quantum:Entangle"), identity=(policy,)) == ALLOWED
    assert result(request(action="iam:Get"), identity=(policy,)) == IMPLICIT


# 9. Networks and sessions.
@pytest.mark.parametrize(
    ("operator", "values", "given", "expected"),
    [
        ("IpAddress", ("0.0.0.0/1", "128.0.0.0/1"), "200.1.1.1", True),
        ("NotIpAddress", ("0.0.0.0/0",), "2001:db8::1", True),
        ("IpAddress", ("0.0.0.0/0",), "2001:db8::1", False),
        ("IpAddress", ("10.0.0.1",), "10.0.0.2", False),
        ("IpAddress", ("2001:db8::1",), "2001:db8::1", True),
        ("IpAddress", ("0.0.0.0/0",), None, False),
        ("Bool", ("true",), None, False),
    ],
)
def test_networks(operator, values, given, expected):
    assert holds(Condition(operator, "k", values), given and (given,), {}) is expected


# 10. What is AWS's own.
POLICY, RESERVED = "arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso/x"
ALIAS = f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/aws/s3"
WRITES = {
    POLICY: "CreatePolicy DeletePolicy TagPolicy UntagPolicy CreatePolicyVersion DeletePolicyVersion "
    "SetDefaultPolicyVersion",
    RESERVED: "AttachRolePolicy CreateRole CreateServiceLinkedRole DeleteRole DeleteRolePermissionsBoundary "
    "DeleteRolePolicy DeleteServiceLinkedRole DetachRolePolicy PassRole PutRolePermissionsBoundary "
    "PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
    ALIAS: "CreateAlias DeleteAlias UpdateAlias",
}


@pytest.mark.parametrize(
    ("resource", "name"), [(r, name) for r, names in WRITES.items() for name in names.split()]
)
def test_nobody_writes_what_is_aws_own(resource, name):
    asked = request(action=f"{'kms' if resource == ALIAS else 'iam'}:{name}", resource=resource)
    decision = evaluate(Request(ROOT, asked.action, resource, ACCOUNT), Layers())
    assert (decision.allowed, decision.by) == (False, ())


@pytest.mark.parametrize(("action", "resource"), [("iam:GetPolicy", POLICY), ("iam:GetRole", RESERVED)])
def test_everyone_may_read_it(action, resource):
    assert result(request(action=action, resource=resource), identity=(allow("*"),)) == ALLOWED


# What a decision says of itself.
def decided(asked=None, **layers):
    return evaluate(asked or request(), Layers(**layers))


def test_a_decision_is_allowed_or_not():
    assert decided(identity=(allow(),)).allowed is True
    assert decided().allowed is False


def test_a_named_document_is_called_by_its_name():
    policy = parse({"Statement": statement(Sid="Read")}, "Admin")
    assert [str(ruling) for ruling in decided(identity=(policy,)).by] == [
        "identity policy Admin, statement Read"
    ]


def test_who_grants_a_key_and_what_grants_nothing_more():
    named = {"resource_policy": to({"AWS": ACCOUNT}, Sid="Delegate", action="*")}
    own = (doc(statement(Sid="Own", action="*")),)
    by_key = decided(request(action="kms:Decrypt", resource=KEY), identity=own, **named)
    assert [ruling.statement.label for ruling in by_key.by] == ["Own", "Delegate"]
    assert [ruling.statement.label for ruling in decided(identity=own, **named).by] == ["Own"]


def test_root_is_allowed_by_being_root():
    (ruling,) = decided(request(ROOT)).by
    own = ruling.statement
    assert str(ruling) == "account root user, statement RootUser"
    assert (own.index, own.allows, own.actions, own.resources, own.variables) == (
        0,
        True,
        ("*",),
        ("*",),
        False,
    )


def test_the_layer_that_allows_nothing_is_named():
    assert (
        decided(identity=(allow(),), scps=((allow(),), ())).reason
        == "no statement of the SCP level 2 allows it"
    )
    denied = decided(identity=(allow(),), scps=((deny(),),), rcps=((to("*", "Deny"),),))
    assert [str(r) for r in denied.by] == [
        "SCP level 1, statement Statement[0]",
        "RCP level 1, statement Statement[0]",
    ]


def test_whom_only_the_resource_policy_can_allow():
    for caller, kind in (("anonymous", "anonymous"), ("AIDANOBODY", "other"), (SERVICE, "AWS service")):
        assert decided(request(caller)).reason == f"the resource policy is all that can allow an {kind}"


def test_every_statement_that_did_not_decide_is_explained():
    other = {"action": "s3:PutObject"}
    found = decided(
        identity=(allow("s3:PutObject"),),
        boundaries=(allow(**other),),
        session=(allow(**other),),
        scps=((allow(**other),),),
        rcps=((to("*", "Deny", **other),),),
        vpce=(allow(**other),),
        resource_policy=to("*", **other),
    )
    assert [line.partition(",")[0] for line in found.because[1:]] == [
        "SCP level 1",
        "RCP level 1",
        "VPC endpoint policy",
        "resource policy",
        "identity policy",
        "permissions boundary",
        "session policy",
    ]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (to({"AWS": OTHER}), f"{USER} isn't among its principals"),
        (but({"AWS": USER}, "Deny"), f"{USER} isn't among its principals"),
        (to({"AWS": ACCOUNT}), "it applies, but other layers decided"),
        (
            to("*", Condition={"StringEquals": {"aws:username": ["bob", "eve"]}}),
            "condition StringEquals aws:username [bob, eve] isn't met: the key is ann",
        ),
    ],
)
def test_why_a_resource_policy_did_not_decide(policy, words):
    found = decided(request(aws__username="ann"), identity=(allow(),), resource_policy=policy)
    assert found.because[1] == f"resource policy, statement Statement[0]: {words}"


def test_an_identity_policy_that_applies_without_deciding_says_so():
    found = decided(identity=(allow(),), boundaries=(allow("ec2:*"),))
    assert found.because[1] == "identity policy, statement Statement[0]: it applies, but other layers decided"
