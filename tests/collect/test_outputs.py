"""Reading outputs files: every format, every flaw, several files."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.collect import output_files, outputs
from compliance.collect.classify import SENSITIVE
from compliance.collect.outputs import no_outputs, read_outputs
from compliance.errors import OutputsError
from compliance.models import KINDS
from compliance.models.deployment import Outputs, OutputValue

EXAMPLES = Path(__file__).parent / "outputs"


@pytest.fixture
def write(tmp_path):
    """Write a file of outputs: bytes and text as they are, everything else as JSON."""

    def write(content, name="outputs.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def read(write):
    return lambda content: read_outputs([write(content)])


@pytest.fixture
def flaw(write):
    """What the error says after the file's name."""

    def flaw(*contents):
        paths = [write(content, f"{index}/outputs.json") for index, content in enumerate(contents)]
        with pytest.raises(OutputsError) as refused:
            read_outputs(paths)
        message = str(refused.value)
        assert message.isprintable()
        assert refused.value.__suppress_context__
        return message.removeprefix(f"outputs file {paths[-1]} ")

    return flaw


def texts(found):
    return {value.key: value.text for value in found.values}


def names(found):
    return {(one.output_key, one.kind, one.name) for one in found.named}


def test_flat_outputs_hold_every_kind_of_value():
    found = read_outputs([EXAMPLES / "flat.json"])
    assert [value.key for value in found.values] == sorted(value.key for value in found.values)
    assert names(found) == {
        ("VpcId", "Vpc", "vpc-0a1b2c3d4e5f60718"),
        ("PrivateSubnetIds", "Subnet", "subnet-0000000a"),
        ("PrivateSubnetIds", "Subnet", "subnet-0000000b"),
        ("PrivateSubnetIds", "Subnet", "subnet-0000000c"),
        ("PublicSubnetIds", "Subnet", "subnet-0000000d"),
        ("PublicSubnetIds", "Subnet", "subnet-0000000e"),
        ("FlowLogsBucket", "Bucket", "finance-flow-logs"),
        ("FlowLogGroup", "LogGroup", "/aws/vpc/flow-logs"),
        ("FlowLogRoleName", "Role", "finance-flow-log"),
        ("SecurityTopicArn", "Topic", "security"),
        ("NatSettings", "Alarm", "nat-health"),
        ("StackName", "Stack", "finance-vpc"),
    }
    assert {(one.output_key, one.value) for one in found.unclassified} == {
        ("NatSettings", "instance"),
        ("NatSettings", "i-0a1b2c3d4e5f60718"),
    }
    assert found.stacks == ("finance-vpc",)
    assert found.sources == (str(EXAMPLES / "flat.json"),)


def test_values_read_as_the_file_says_them(read):
    found = read({"List": ["a", "b"], "Object": {"é": 1}, "Count": 3, "Flag": True, "None": None})
    assert texts(found) == {
        "List": '["a", "b"]',
        "Object": '{"é": 1}',
        "Count": "3",
        "Flag": "true",
        "None": "",
    }
    assert [value.parts for value in found.values] == [("3",), ("true",), ("a", "b"), (), ("1",)]


def test_cdk_outputs_name_their_stacks_and_qualify_what_two_of_them_say():
    found = read_outputs([EXAMPLES / "cdk.json"])
    assert found.stacks == ("Data", "Empty", "Network")
    assert set(texts(found)) == {
        "Data.ServiceName",
        "DatabaseEndpoint",
        "ExportsOutputFnGetAttDataBucketE3889A50Arn7F9C5B1C",
        "ExportsOutputRefVpc8378EB38272D6E3A",
        "Network.ServiceName",
        "VpcId8D3C1234",
    }
    assert {(kind, name) for _, kind, name in names(found)} == {
        ("Vpc", "vpc-0a1b2c3d4e5f60718"),
        ("Bucket", "payments-data"),
        ("Database", "payments"),
    }
    assert found.unclassified == ()


@pytest.mark.parametrize(
    "content",
    [
        {"Config": {"secret_arn": "x"}, "Other": {"bucket_name": "data"}},
        {"db_config": {"bucket": "data"}},
        {"Config": {"bucket": "data"}, "Environment": "dev"},
    ],
)
def test_objects_that_are_no_stacks_are_values(read, content):
    found = read(content)
    assert set(texts(found)) == set(content)
    assert found.stacks == ()


def test_terraform_outputs_lose_what_is_sensitive():
    found = read_outputs([EXAMPLES / "terraform.json"])
    assert names(found) == {
        ("vpc_id", "Vpc", "vpc-0a1b2c3d4e5f60718"),
        ("private_subnet_ids", "Subnet", "subnet-0000000a"),
        ("private_subnet_ids", "Subnet", "subnet-0000000b"),
        ("bucket_names", "Bucket", "payments-data"),
        ("bucket_names", "Bucket", "payments-logs"),
    }
    (secret,) = (value for value in found.values if value.is_sensitive)
    assert secret == OutputValue(
        "db_secret_arn", SENSITIVE, (), str(EXAMPLES / "terraform.json"), is_sensitive=True
    )
    assert [(one.output_key, one.value) for one in found.unclassified] == [("db_secret_arn", SENSITIVE)]
    assert "AbCdEf" not in repr(found)


@pytest.mark.parametrize("mark", [True, None, 1, "no", "false"])
def test_what_is_not_plainly_public_is_sensitive(read, mark):
    assert "vpc" not in repr(read({"x": {"value": "vpc-1", "type": "string", "sensitive": mark}}).values)


def test_a_password_that_nobody_marked_is_sensitive_too(read):
    found = read({"DbPassword": "hunter2", "Dsn": "postgres://a:hunter2@db.x/y"})
    assert all(value.is_sensitive for value in found.values)
    assert "hunter2" not in repr(found)


def test_described_stacks_name_stacks_and_outputs():
    found = read_outputs([EXAMPLES / "describe-stacks.json"])
    assert found.stacks == ("finance-empty", "finance-vpc")
    assert names(found) == {
        ("VpcId", "Vpc", "vpc-0a1b2c3d4e5f60718"),
        ("TrailName", "Trail", "finance-trail"),
    }


def test_listed_stacks_name_those_that_still_exist():
    found = read_outputs([EXAMPLES / "list-stacks.json"])
    assert (found.stacks, found.values) == (("finance-vpc",), ())


OUTPUT = {"OutputKey": "VpcId", "OutputValue": "vpc-1"}


@pytest.mark.parametrize(
    ("content", "stacks"),
    [
        ({"StackName": "finance", "StackStatus": "CREATE_COMPLETE", "Outputs": [OUTPUT]}, ("finance",)),
        ([{"StackName": "finance", "Outputs": [OUTPUT]}], ("finance",)),
        (
            {
                "Stacks": [
                    {"StackName": "arn:aws:cloudformation:eu-west-1:1:stack/finance/x", "Outputs": [OUTPUT]}
                ]
            },
            ("finance",),
        ),
        ({"Outputs": [OUTPUT]}, ()),
        ([OUTPUT], ()),
    ],
)
def test_parts_of_described_stacks_are_understood(read, content, stacks):
    found = read(content)
    assert (texts(found), found.stacks) == ({"VpcId": "vpc-1"}, stacks)


@pytest.mark.parametrize("content", [{}, {"Stacks": []}, {"StackSummaries": []}])
def test_a_deployment_may_have_no_outputs(read, content):
    found = read(content)
    assert found == Outputs((), (), (), (), found.sources)


@pytest.mark.parametrize("key", ["Stacks", "StackSummaries", "Outputs"])
def test_flat_outputs_may_be_called_as_in_an_answer_of_cloudformation(read, key):
    assert texts(read({key: ["a", "b"]})) == {key: '["a", "b"]'}


def test_stacks_among_the_outputs_are_known(read):
    arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/data/1"
    assert read({"StackName": "network", "DataStackId": arn}).stacks == ("data", "network")


def test_no_outputs_are_nothing():
    assert no_outputs() == read_outputs([]) == Outputs((), (), (), (), ())


def test_a_byte_order_mark_of_utf_8_is_no_flaw(read):
    assert texts(read(b'\xef\xbb\xbf{"A": "b"}')) == {"A": "b"}


def test_numbers_beyond_reach_keep_their_digits(read):
    found = read('{"Long": %s, "Huge": 1e999, "Float": 1.5}' % ("9" * 5000))
    assert texts(found) == {"Long": "9" * 5000, "Huge": "1e999", "Float": "1.5"}


def test_nonsense_is_listed_and_not_refused(read):
    found = read({"A": [[{"x": [1]}]], "B": "", "C": {"D": {"E": 1}}})
    assert [one.output_key for one in found.unclassified] == ["A", "B", "C"]


def test_several_files_make_one_deployment(write):
    first, second = write({"A": "1", "B": "2"}, "first.json"), write({"B": "2", "C": "3"}, "second.json")
    found = read_outputs([second, first, second])
    assert texts(found) == {"A": "1", "B": "2", "C": "3"}
    assert found.sources == (str(second), str(first))
    assert [value.source for value in found.values] == [str(first), str(second), str(second)]


def test_files_that_differ_keep_their_outputs_apart(write):
    paths = [write({"BucketName": "data"}, "data.json"), write({"BucketName": "logs"}, "logs.json")]
    assert names(read_outputs(paths)) == {
        ("data.BucketName", "Bucket", "data"),
        ("logs.BucketName", "Bucket", "logs"),
    }


def test_stacks_keep_equal_outputs_apart_so_that_keys_do_not_hang_on_values(read):
    assert set(texts(read({"One": {"Tier": "web"}, "Two": {"Tier": "web"}}))) == {"One.Tier", "Two.Tier"}


def test_a_flat_file_and_its_described_stack_are_one(write):
    flat = write({"VpcId": "vpc-1"}, "flat.json")
    described = write({"Stacks": [{"StackName": "network", "Outputs": [OUTPUT]}]}, "described.json")
    assert list(texts(read_outputs([flat, described]))) == ["VpcId"]


def test_files_of_one_name_must_not_contradict_each_other(flaw):
    message = flaw({"VpcId": "vpc-1"}, {"VpcId": "vpc-2"})
    assert message.startswith("has another value for 'outputs.VpcId' than ")
    assert message.endswith("; leave out the older file, or rename one of them")


def test_a_stack_must_not_contradict_itself(flaw):
    twice = [{"OutputKey": "A", "OutputValue": "1"}, {"OutputKey": "A", "OutputValue": "2"}]
    message = flaw({"Stacks": [{"StackName": "s", "Outputs": twice}]})
    assert message == "has two values for 's.A'; keep one of them"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; have the deployment write it again"),
        (b" \n\t", "is empty; have the deployment write it again"),
        (b"\xef\xbb\xbf", "is empty; have the deployment write it again"),
        ("[]", "holds a list instead of an object; expected one of outputs, such as"),
        ('["a"]', "holds a list instead of an object"),
        ('[{"a": 1}]', "holds a list instead of an object"),
        ('"text"', "holds a string instead of an object"),
        ("42", "holds a number instead of an object"),
        ("1.5", "holds a number instead of an object"),
        ("true", "holds true or false instead of an object"),
        ("null", "holds null instead of an object"),
        ("VpcId: vpc-1\n", "is not JSON: line 1, column 1: Expecting value; correct it, or have"),
        (
            '{"A": "b",\n "C" "d"}',
            "is not JSON: line 2, column 6: Expecting ':' delimiter; correct it, or have",
        ),
        ('{"A": "b"} {', "is not JSON: line 1, column 12: Extra data; "),
        ('{"A": "\x1b[31m"}', "is not JSON: line 1, column 8: Invalid control character at; "),
        ('{"A": "b",\n', "is truncated: it ends within a value (line 2, column 1: "),
        ('{"A": "b', "is truncated: it ends within a value (line 1, column 7: Unterminated string"),
        ('{"A":', "is truncated: "),
        ("{", "is truncated: "),
        ('{"A": 1,\n "A": 1}', "has the key 'A' twice (lines 1, 2); keep one of them"),
        ('{"S": {"A": 1, "A": 2}}', "has the key 'A' twice (line 1); keep one of them"),
        ('{"\\u0041": 1, "\\u0041": 2}', "has the key 'A' twice; keep one of them"),
        (f'{{"{"k" * 5000}": 1, "{"k" * 5000}": 2}}', "has the key 'kkk"),
        ('{"\\u001b[31m": 1, "\\u001b[31m": 2}', "has the key '\\\\x1b[31m' twice"),
        ('{"A": "NaN \\" NaN",\n "B": NaN}', "is not JSON: line 2, column 7: NaN is no JSON value"),
        ('{"A": [Infinity]}', "is not JSON: line 1, column 8: Infinity is no JSON value"),
        (
            '{"A": -Infinity}',
            "is not JSON: line 1, column 7: -Infinity is no JSON value; write it as a string",
        ),
        ("[" * 200_000, "is nested too deeply for a file of outputs"),
        ('{"a":' * 200_000, "is nested too deeply for a file of outputs"),
        ("{}".encode("utf-16"), "is encoded in UTF-16 or UTF-32; save it as UTF-8"),
        ("{}".encode("utf-16-be"), "is encoded in UTF-16 or UTF-32"),
        ("{}".encode("utf-32"), "is encoded in UTF-16 or UTF-32"),
        (b'{"A":\n "caf\xe9"}', "is not UTF-8: byte 0xe9 in line 2; save it as UTF-8"),
        ('{"A": "\\ud800"}', "holds half a surrogate pair"),
        ({"Stacks": [{"StackStatus": "x"}]}, "has no StackName at $.Stacks[0]; save DescribeStacks' answer"),
        ({"Stacks": [{"StackName": "a"}, {"StackName": 1}]}, "has no StackName at $.Stacks[1]"),
        ({"Stacks": [{"StackName": "a", "Outputs": "x"}]}, "has no list of outputs at $.Stacks[0].Outputs"),
        ({"Stacks": [{"StackName": "a", "Outputs": [{}]}]}, "has no OutputKey at $.Stacks[0].Outputs[0]"),
        ({"Outputs": [{"OutputKey": 1}]}, "has no OutputKey at $.Outputs[0]"),
        ({"StackName": "a", "Outputs": [{}]}, "has no OutputKey at $.Outputs[0]"),
        ([OUTPUT, {}], "has no OutputKey at $[1]"),
    ],
)
def test_a_bad_file_gets_one_clear_message(flaw, content, expected):
    assert flaw(content).startswith(expected)


def refusal(path):
    with pytest.raises(OutputsError) as refused:
        read_outputs([Path(path)])
    assert str(refused.value).isprintable()
    return str(refused.value)


def test_an_absent_file_says_what_to_do(tmp_path):
    path = tmp_path / "flat-outputs.json"
    remedy = "deploy first, or name the file with --outputs PATH"
    assert refusal(path) == f"outputs file {path} does not exist; {remedy}"


def test_a_directory_is_no_file(tmp_path):
    assert "is a directory; name the file in it" in refusal(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is not a regular file" in refusal(tmp_path / "pipe")


def test_a_circle_of_links_is_told(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "a")
    assert "can't be read (" in refusal(tmp_path / "a")


def test_a_refused_file_is_told(write, monkeypatch):
    path = write("{}")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "can't be read (Permission denied); check path and permissions" in refusal(path)


def test_a_path_that_cannot_be_is_told():
    assert refusal("a\0b").startswith("outputs file a\\x00b can't be read (the path holds a null character)")


def test_a_hostile_path_cannot_forge_a_line(tmp_path):
    assert "\\x1b[31m\\nall passed" in refusal(tmp_path / "\x1b[31m\nall passed")


def test_a_hostile_path_is_printable_as_a_source(write):
    path = write({"A": "1"}, "\x1b\udcff.json")
    (source,) = read_outputs([path]).sources
    assert source.isprintable()
    assert source.endswith("\\x1b\\udcff.json")


def test_a_file_beyond_50_mb_is_refused_before_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "outputs.json"
    path.touch()
    os.truncate(path, output_files.MAX_SIZE_BYTES + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert "has 52,428,801 bytes, more than 52,428,800" in refusal(path)


def test_more_values_than_any_deployment_has_are_refused(flaw, monkeypatch):
    monkeypatch.setattr(outputs, "MAX_VALUES", 3)
    assert flaw({"A": 1, "B": "2,3", "C": [4]}).startswith(
        "holds 4 values, more than 3: not a file of outputs"
    )


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        [
            "arn:aws:iam::123456789012:role/x",
            "vpc-1",
            "a,b",
            "[",
            '{"a": ["b"]}',
            "https://a:b@c/d?e#f",
            "alias/x",
            "/aws/x",
        ]
    )
)
words = st.sampled_from(
    [
        "Stacks",
        "StackSummaries",
        "StackName",
        "Outputs",
        "OutputKey",
        "OutputValue",
        "value",
        "sensitive",
        "type",
        "VpcId",
    ]
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(), inner, max_size=4)
)


def refused_or_sound(content, directory):
    """Whether the file is refused, in one printable line; if it isn't, everything in it is sound."""
    path = directory / "outputs.json"
    path.write_bytes(content)
    try:
        found = read_outputs([path])
    except OutputsError as error:
        return str(error).isprintable()
    return (
        all(one.kind in KINDS and one.name for one in found.named)
        and len({value.key for value in found.values}) == len(found.values)
        and bool(repr(found).encode())
    )


@settings(deadline=None)
@given(content=st.binary())
def test_any_bytes_are_read_or_refused(content, tmp_path_factory):
    assert refused_or_sound(content, tmp_path_factory.getbasetemp())


@settings(deadline=None)
@given(value=values | st.dictionaries(words | st.text(), values))
def test_any_json_is_read_or_refused(value, tmp_path_factory):
    assert refused_or_sound(json.dumps(value).encode(), tmp_path_factory.getbasetemp())


@settings(deadline=None)
@given(value=st.dictionaries(st.text(), st.text()))
def test_no_output_is_dropped_on_the_way(value, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "outputs.json"
    path.write_text(json.dumps(value, ensure_ascii=False))
    assert {one.key for one in read_outputs([path]).values} == set(value)


def test_every_truncation_is_named_as_such(write):
    whole = (EXAMPLES / "flat.json").read_bytes().rstrip()
    assert all("is truncated" in refusal(write(whole[:length])) for length in range(1, len(whole)))
