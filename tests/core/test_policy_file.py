import pytest

from compliance.errors import PolicyError
from compliance.policy import load_policy
from compliance.policy.settings import NotificationRule


@pytest.fixture
def load(tmp_path):
    def load(text, environment=None):
        path = tmp_path / "policy.yaml"
        path.write_text(text, "utf-8")
        return load_policy(path, environment)

    return load


ENCRYPTION = "version: 1\nstorage:\n  encryption:\n    - "
MONITORED = "version: 1\nstorage:\n  monitored:\n    - "
NETWORK = "version: 1\nnetwork:\n  "
OUTPUTS = "version: 1\ndeployment:\n  required_outputs:\n    X: "
WAIVER = "version: 1\nwaivers:\n  - {check: a, select: {}, owner: me, reason: because it is, expires: %s}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", r":1: \$: None is not of type 'object'"),
        ("[]", r":1: \$: \[\] is not of type 'object'"),
        ("storage: {}", r":1: \$: 'version' is a required property"),
        ("version: 2", r":1: \$.version: 1 was expected"),
        ("version: '1'", r":1: \$.version: 1 was expected"),
        ("version: 1\nstorrage: {}\n", r":2: \$.storrage: unknown key; did you mean 'storage'\?"),
        (
            "version: 1\nstorage:\n  Encryption: []\n",
            r":3: \$.storage.Encryption: unknown key; did you mean 'encryption'",
        ),
        ("version: 1\nxyz: 1\n", r":2: \$.xyz: unknown key; possible are coverage, deployment, environment"),
        ("version: 1\n\x1b: 1\n", "is not YAML"),
        ('version: 1\n"\\e[31m": 1\n', r":2: \$.\\x1b\[31m: unknown key"),
        ("version: 1\nversion: 1\n", ":2: key 'version' occurs twice"),
        ("version: 1\nstorage: []\n", r":2: \$.storage: \[\] is not of type 'object'"),
        (
            ENCRYPTION + "algorithm: AES256\n",
            r":4: \$.storage.encryption\[0\].algorithm: 'AES256' is not possible here; possible are D",
        ),
        (ENCRYPTION + "algorithm: sse-kms\n", "did you mean 'D?SSE-KMS'"),
        (ENCRYPTION + "algorithm: 7\n", r"\$.storage.encryption\[0\].algorithm: 7 is not one of"),
        (ENCRYPTION + "{algorithm: any, key: my key}\n", r"encryption\[0\].key: 'my key' does not match"),
        (ENCRYPTION + "{algorithm: any, bucket_key: on}\n", "'on' is not of type 'boolean'"),
        (
            NETWORK + "reserved_cidrs: [10.0.0.0/33]\n",
            r":3: \$.network.reserved_cidrs\[0\]: '10.0.0.0/33' is not a valid cidr",
        ),
        (NETWORK + "reserved_cidrs: [10.0.0.1/8]\n", "has host bits set"),
        (NETWORK + "reserved_cidrs: [10.0.0.0]\n", "does not match"),
        (NETWORK + "reserved_cidrs: [10]\n", "10 is not of type 'string'"),
        (NETWORK + "zones: [{minimum: 0}]\n", "0 is less than the minimum of 1"),
        (NETWORK + "zones: [{minimum: 3, tiers: {}}]\n", "tiers"),
        (NETWORK + "zones: [{minimum: 3, tiers: {pubic: {}}}]\n", "did you mean 'public'"),
        (
            OUTPUTS + "{pattern: '['}\n",
            r":4: \$.deployment.required_outputs.X.pattern: '\[' is not a valid regex",
        ),
        (OUTPUTS + "{pattern: 3}\n", "3 is not of type 'string'"),
        (
            "version: 1\nflow_logs:\n  delivery: [{max_delay_minutes: 5000}]\n",
            "5000 is greater than the maximum",
        ),
        ("version: 1\nflow_logs:\n  required: [{destinations: [s3, s3]}]\n", "has non-unique elements"),
        ("version: 1\nidentity: {sensitive_actions: [PassRole]}\n", "'PassRole' does not match"),
        ("version: 1\nidentity: {admin_allowed: [{select: {}}]}\n", "'reason' is a required property"),
        (
            MONITORED + "{topic: a, select: {name: []}}\n",
            r"\$.storage.monitored\[0\].select.name: \[\] is not of type",
        ),
        (MONITORED + "{topic: a, select: {name: 123456789012}}\n", r"select.name: 123456789012 is not"),
        (MONITORED + "{topic: a, select: {tags: {a: b}}}\n", "did you mean 'tag'"),
        (WAIVER % "soon", "waivers.0..expires: 'soon'"),
        (WAIVER % "2026-02-30", r"'2026-02-30' is not a valid utc-time"),
        (WAIVER % "2026-02-03T25:00Z", "is not a valid utc-time"),
        (WAIVER % "2026-02-03T10:00", "does not match"),
        (WAIVER % "20260203", "20260203 is not of type 'string'"),
        (NETWORK + "zones: [{minimum: 3.0}]\n", r"Expected `int`, got `float` - at `\$.network.zones"),
        (
            "version: 1\nenvironments: {a: {extends: b}, b: {extends: c},\n c: {extends: a}}\nenvironment: a",
            ":3: environments extend each other in a circle: a → b → c → a",
        ),
        (
            "version: 1\nenvironments:\n  a: {extends: a}\nenvironment: a\n",
            ":3: environments extend each other in a circle: a → a",
        ),
        (
            "version: 1\nenvironments:\n  production: {extends: prodaction}\nenvironment: production\n",
            ":3: no environment 'prodaction'; did you mean 'production'",
        ),
        (
            "version: 1\nenvironment: prod\nenvironments:\n  production: {}\n",
            ":2: no environment 'prod'; did you mean 'production'",
        ),
        ("version: 1\nenvironments: {a: {version: 1}}\n", r"\$.environments.a.version: unknown key"),
        ("version: 1\nenvironments: {a: {environments: {}}}\n", "unknown key"),
    ],
)
def test_a_mistake_is_told_by_file_line_path_and_remedy(load, text, problem):
    with pytest.raises(PolicyError, match=rf"policy\.yaml:?.*({problem})"):
        load(text)


def test_ten_mistakes_are_told_at_once_in_the_order_of_lines(load):
    with pytest.raises(PolicyError) as caught:
        load(NETWORK + "reserved_cidrs:\n" + "".join(f"    - {n}.0.0.0/33\n" for n in range(1, 13)))
    assert [int(line.split(":")[1]) for line in str(caught.value).splitlines()] == list(range(4, 14))


def test_a_message_never_carries_control_characters(load):
    with pytest.raises(PolicyError) as caught:
        load('version: 1\nunknown: "\\e[31m\\u202e"\n')
    assert str(caught.value).isprintable()


def test_an_environment_asked_for_must_be_there(load):
    with pytest.raises(PolicyError, match=r"no environment 'test'; possible are production"):
        load("version: 1\nenvironments: {production: {}}\n", "test")


def test_a_name_alone_is_enough_for_selectors(load):
    text = MONITORED + "{topic: a, select: {environment: prod*}}\n    - {topic: b}\n"
    assert [rule.topic for rule in load(text, "production").storage.monitored] == ["a", "b"]
    assert [rule.topic for rule in load(text, "test").storage.monitored] == ["b"]
    assert [rule.topic for rule in load(text).storage.monitored] == ["b"]


ENVIRONMENTS = """
version: 1
environment: test
unknown: error
coverage: {minimum_percent: 10}
network:
  reserved_cidrs: [10.0.0.0/8]
  zones: [{minimum: 3}]
environments:
  common:
    coverage: {minimum_percent: 50}
    network: {reserved_cidrs: [10.0.0.0/8, 172.16.0.0/12]}
  test:
    extends: common
    unknown: skip
    network: {zones: [{minimum: 1}]}
  production:
    extends: common
    coverage: {minimum_percent: 100}
"""


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (None, ("test", "skip", 50, 2, 1)),
        ("test", ("test", "skip", 50, 2, 1)),
        ("common", ("common", "error", 50, 2, 3)),
        ("production", ("production", "error", 100, 2, 3)),
    ],
)
def test_environments_inherit_and_replace(load, asked, told):
    loaded = load(ENVIRONMENTS, asked)
    network = loaded.network
    percent = loaded.coverage.minimum_percent
    assert (loaded.environment, loaded.unknown, percent) == told[:3]
    assert (len(network.reserved_cidrs), network.zones[0].minimum) == told[3:]


def test_without_an_environment_the_top_level_holds(load):
    loaded = load(ENVIRONMENTS.replace("environment: test\n", ""))
    assert (loaded.environment, loaded.coverage.minimum_percent) == (None, 10)


def test_an_environment_may_bring_its_own_waivers(load):
    waiver = WAIVER.partition("\n")[2].replace("\n", "\n    ") % "2026-04-01"
    loaded = load(f"version: 1\nenvironments:\n  a:\n    {waiver}", "a")
    assert [each.owner for each in loaded.waivers] == ["me"]


def test_the_smallest_policy_sets_nothing(load):
    loaded = load("version: 1")
    assert (loaded.environment, loaded.unknown, loaded.waivers) == (None, "error", ())
    assert not loaded.selects_by_tag()


def test_a_type_that_policies_do_not_hold_is_a_mistake():
    from compliance.policy.load import _from_text

    with pytest.raises(NotImplementedError):
        _from_text(complex, "1")


def test_settings_arrive_typed(load):
    loaded = load(
        "version: 1\nstorage: {notifications: [{overlap: filter}]}\nnetwork: {cidrs: [{cidrs: ['fd00::/8']}]}"
    )
    assert loaded.storage.notifications == (NotificationRule("filter"),)
    assert loaded.network.cidrs[0].cidrs[0].version == 6
