"""Does nobody give out a share before the close is proved, by the log and by as many witnesses as were agreed?"""

import datetime

import pytest

from tests.sealing import closed, fixed
from yangcai.kernel.tlog import policy as trusts
from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.verifying import close
from yangcai.kernel.verifying.close import Close
from yangcai.kernel.verifying.findings import NotVerified

POLICY = fixed.policy()
OF = {"tender": POLICY.tender, "lot": POLICY.lot, "cover": POLICY.cover, "round": 0}
SET = bytes(range(32))


def verify(content: str, trust: str) -> Close:
    by = trusts.parse(trust.encode())
    return close.verify(content.encode(), trust=by, of=OF, deadline=POLICY.deadline, open_at=POLICY.open_at)


@pytest.mark.parametrize(("index", "size"), [(0, 1), (41, 100), (99, 100), (63, 64), (64, 65), (0, 100)])
def test_a_close_that_was_seen_in_time_is_proved(index: int, size: int) -> None:
    at = POLICY.open_at + datetime.timedelta(seconds=3)
    said = closed.body(POLICY, SET)
    alone = closed.proof_of(said, index=index, size=size)
    assert verify(alone, closed.ALONE) == Close(index, SET.hex())
    witnessed = closed.proof_of(said, index=index, size=size, seen={1: at, 3: at})
    assert verify(witnessed, closed.TWO_OF_THREE) == Close(index, SET.hex())
    assert verify(closed.in_sm2_too(witnessed), closed.TWO_OF_THREE) == Close(index, SET.hex())


def test_a_witness_whose_clock_is_a_little_behind_counts() -> None:
    at = POLICY.open_at - datetime.timedelta(seconds=59)
    assert verify(closed.proof_of(closed.body(POLICY, SET), seen={1: at, 2: at}), closed.TWO_OF_THREE)


@pytest.mark.parametrize("name", closed.lies(POLICY))
def test_what_proves_nothing_is_refused(name: str) -> None:
    content, trust = closed.lies(POLICY)[name]
    with pytest.raises((NotVerified, Malformed)):
        verify(content, trust)
