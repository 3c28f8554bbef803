import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.address import GLOBAL, Address

ANY_NAME = st.text(st.characters(), max_size=40)


@given(ANY_NAME)
@example("a::b:::c")
@example("::")
@example("logs/2026/03")
@example("naïve 文字 \N{RIGHT-TO-LEFT OVERRIDE}")
@example("\x00\x1b[31m\n\t\r\x7f")
@example("100%")
@example("%3A%3A")
@example("\ud800")
@example("")
def test_what_is_written_reads_back(name):
    address = Address("111122223333", "eu-west-1", "LogGroup", name)
    assert Address.parse(address.text) == address


@given(ANY_NAME)
@example("a::b")
@example(":" * 7)
@example("\ud800 \u2028\u202e\x1b")
def test_the_text_is_plain_and_splits_no_node_id(name):
    text = Address("1", GLOBAL, "Role", name).text
    assert text.isascii()
    assert text.isprintable()
    assert " " not in text
    assert "::" not in text


@given(ANY_NAME, ANY_NAME)
@example("a::b", "a%3A%3Ab")
def test_different_names_have_different_texts(one, other):
    texts = {Address("1", GLOBAL, "Role", name).text for name in (one, other)}
    assert len(texts) == len({one, other})


def test_the_text_is_what_people_expect():
    address = Address("111122223333", "eu-west-1", "LogGroup", "/aws/lambda/scan:v1")
    assert str(address) == "111122223333/eu-west-1/LogGroup//aws/lambda/scan:v1"


def test_too_few_parts_are_no_address():
    with pytest.raises(ValueError, match="unpack"):
        Address.parse("111122223333/eu-west-1/Bucket")


def test_addresses_sort_by_account_region_kind_and_name():
    texts = ["1/b/A/a", "2/a/A/a", "1/a/B/a", "1/a/A/b", "1/a/A/a"]
    assert [each.text for each in sorted(map(Address.parse, texts))] == sorted(texts)
