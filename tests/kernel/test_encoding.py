"""Is there exactly one way to write a value down, and is every other way refused?"""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yangcai.kernel.encoding import BadEncoding, h2, jcs, parse_jcs, read_base64, read_timestamp, timestamp

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=126)), inner),
    max_leaves=8,
).filter(lambda value: _depth(value) <= 8)


def _depth(value):
    match value:
        case list():
            return 1 + max(map(_depth, value), default=0)
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
    return 0


@pytest.mark.long
@given(VALUES)
def test_what_was_written_is_read_again(value):
    assert parse_jcs(jcs(value)) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": "金额"}, '{"a":"金额","b":1}'),
        (["\u2028", "\x1f", '"\\/'], '["\u2028","\\u001f","\\"\\\\/"]'),
        ({"B": None, "a": True}, '{"B":null,"a":true}'),
    ],
)
def test_the_bytes_are_those_of_rfc_8785(value, written):
    assert jcs(value) == written.encode()


@pytest.mark.parametrize(
    "value", [1.0, 2**53, -(2**53), {"键": 1}, {1: 1}, "\ud800", b"x", {"a": [float("nan")]}, [[[[[[[[[1]]]]]]]]]]
)
def test_what_languages_write_in_two_ways_is_refused(value):
    with pytest.raises(BadEncoding):
        jcs(value)


@pytest.mark.parametrize(
    "content",
    [b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"1.0", b"1e2", b"NaN", b'"\\u0041"', b'"\xff"', b"", b"-0",
     b"\xef\xbb\xbf1", b'"\\ud800"', b"[" * 9000, b"9007199254740992", b"1\n"],
)  # fmt: skip
def test_bytes_in_any_other_form_are_refused(content):
    with pytest.raises(BadEncoding):
        parse_jcs(content)


def test_parts_of_a_digest_cannot_run_into_each_other():
    assert len({h2("label", b"ab", b"c"), h2("label", b"a", b"bc"), h2("label", b"abc"), h2("labela", b"bc")}) == 4


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ==\n", "Q Q=", "QQ-_", "é"])
def test_base64_has_one_form(text):
    with pytest.raises(BadEncoding):
        read_base64(text)


def test_base64_is_read():
    assert read_base64("QQ==") == b"A"


def test_a_time_is_utc_with_six_decimals():
    east = datetime.timezone(datetime.timedelta(hours=8))
    moment = datetime.datetime(2026, 11, 23, 10, 0, 0, 5, tzinfo=east)
    assert timestamp(moment) == "2026-11-23T02:00:00.000005Z"
    assert read_timestamp(timestamp(moment)) == moment


@pytest.mark.parametrize("text", ["2026-11-23T02:00:00Z", "2026-11-23 02:00:00.000000Z", "2026-11-23T02:00:00.5Z", 5])
def test_a_time_in_another_form_is_refused(text):
    with pytest.raises(BadEncoding):
        read_timestamp(text)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(BadEncoding):
        timestamp(datetime.datetime(2026, 11, 23))


def test_python_and_the_canonical_form_agree_on_plain_json():
    assert json.loads(jcs({"a": [1, "x"]})) == {"a": [1, "x"]}
