"""Are the limits of SBP/1 §2.2 those of the text, and is the first byte beyond each of them refused by name?"""

import dataclasses
import io
import json

import pytest

from tests.sealing import fixed
from yangcai.kernel import encoding
from yangcai.kernel.encoding import BadEncoding, jcs, parse_jcs
from yangcai.sealing import header, payload, statement
from yangcai.sealing.envelope import MAGIC, Envelope
from yangcai.sealing.faults import ENVELOPE_MALFORMED, HEADER_MALFORMED, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.header import Header

KIB, GIB = 2**10, 2**30


def test_the_numbers_are_those_of_the_text() -> None:
    assert (header.LARGEST_HEADER, payload.LARGEST, payload.MOST_FILES) == (16 * KIB, 2 * GIB, 200)
    assert (statement.LARGEST, encoding.DEPTH) == (8 * KIB, 8)


def nested(depth: int) -> object:
    return [] if depth == 1 else [nested(depth - 1)]


def test_a_value_stands_eight_levels_below_the_first_and_no_deeper() -> None:
    """Counted as both clients do: the outermost value is at level nothing."""
    assert parse_jcs(jcs(nested(9))) == nested(9)
    for deeper in (nested(10), {"a": nested(9)}):
        with pytest.raises(BadEncoding):
            jcs(deeper)
        with pytest.raises(BadEncoding):
            parse_jcs(json.dumps(deeper, separators=(",", ":")).encode())


@pytest.fixture
def of_most() -> Header:
    """A header with as many trustees as fit, with one more it is too long."""
    known = fixed.sealer().header
    wrap, commit = known.wraps[1], known.core.share_commit[1]
    own = {x: commit for x in known.core.share_commit if x > 200}

    def of(trustees: int) -> Header:
        places = {x: commit for x in range(1, trustees + 1)}
        core = dataclasses.replace(known.core, share_commit={**places, **own})
        return Header(core, dict.fromkeys(places, wrap))

    most = max(n for n in range(1, 200) if len(of(n).content) <= header.LARGEST_HEADER)
    assert header.LARGEST_HEADER < len(of(most + 1).content) < header.LARGEST_HEADER + 300
    assert Header.parse(of(most).content) == of(most)
    return of(most + 1)


def test_a_header_longer_than_sixteen_kib_is_refused_before_it_is_read(of_most: Header) -> None:
    with pytest.raises(Faulty) as caught:
        Header.parse(of_most.content)
    assert caught.value.fault is HEADER_MALFORMED
    lead = MAGIC + len(of_most.content).to_bytes(4)
    with pytest.raises(Faulty) as caught:
        Envelope(io.BytesIO(lead))  # not a byte of it is needed
    assert caught.value.fault is ENVELOPE_MALFORMED and str(len(of_most.content)) in caught.value.detail


@pytest.mark.parametrize("padded", [2 * GIB, 2 * GIB + 64 * 2**20])
def test_an_envelope_of_more_than_two_gib_is_refused_by_what_its_header_says(padded: int) -> None:
    """Two GiB of payload are more than two GiB of envelope."""
    known = fixed.sealer().header
    assert payload.padme(padded) == padded
    content = known.content.replace(
        f'"padded_len":{known.core.padded_len}'.encode(), f'"padded_len":{padded}'.encode(), 1
    )
    with pytest.raises(Faulty) as caught:
        Envelope(io.BytesIO(MAGIC + len(content).to_bytes(4) + content))
    assert caught.value.fault in {ENVELOPE_MALFORMED, HEADER_MALFORMED}


def test_a_statement_of_more_than_eight_kib_is_refused() -> None:
    with pytest.raises(Faulty) as caught:
        statement.parse(jcs({"t": "submit", "more": "x" * (8 * KIB)}))
    assert caught.value.fault is STATEMENT_MALFORMED
