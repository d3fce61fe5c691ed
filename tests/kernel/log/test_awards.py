"""Is an announced award held against the one that was determined, whatever the log leaves out?"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import pytest

from yangcai.kernel.encoding import base64_of
from yangcai.kernel.verifying import awards, case
from yangcai.kernel.verifying.findings import Evidence, Finding, NotVerified

FACTS = {"lot": "1 实训设备", "winner_uscc": "91620100MA000001X2", "amount": "900000.00"}
FIRST = {"lot": "1", "says": awards.says(lot="1", winner="91620100MA000001X2", amount="900000.00")}
SECOND = FIRST | {"says": awards.says(lot="1", winner="91620100MA000002X3", amount="910000.00")}
DEAR = FIRST | {"says": awards.says(lot="1", winner="91620100MA000001X2", amount="990000.00")}


class Told:
    """What a log tells, without its tree."""

    def __init__(self, *bodies: dict[str, Any], hidden: Iterable[int] = ()):
        self.told = {index: body for index, body in enumerate(bodies) if index not in set(hidden)}
        self.places = {hashed(body): index for index, body in enumerate(bodies)}

    def saying(self, *kinds: str) -> Any:
        return ((index, body) for index, body in self.told.items() if body["t"] in kinds)


def determined(award: dict[str, str], *, root: str = "case:1") -> dict[str, Any]:
    return {"t": "award", "root": root, **award}


def hashed(body: dict[str, Any]) -> bytes:
    """What stands for the hash of its blinded line."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).digest()


def named(award: dict[str, str], *, root: str = "case:1", **more: str) -> dict[str, Any]:
    """The clear line beside a blinded one."""
    leaf = base64_of(hashed(determined(award, root=root)))
    return {"t": "award-determined", "root": root, "lot": award["lot"], "leaf": leaf} | more


def announced(award: dict[str, str] | None, *, kind: str = "award") -> dict[str, Any]:
    return {"t": "notice", "kind": kind, "root": "case:1"} | ({"award": award} if award else {})


@pytest.mark.parametrize(
    ("lines", "finding"),
    [
        ([determined(FIRST), announced(FIRST)], None),
        ([announced(None), announced(None, kind="invitation")], None),  # of before there were such lines
        ([determined(FIRST), announced(FIRST), determined(SECOND), announced(SECOND)], None),  # it fell, the next won
        ([determined(FIRST), announced(SECOND)], Evidence),
        ([determined(FIRST), announced(DEAR)], Evidence),
        ([determined(FIRST), announced(FIRST), announced(SECOND)], Evidence),
        ([announced(FIRST)], NotVerified),
        ([announced(FIRST), determined(FIRST)], NotVerified),
        ([determined(FIRST, root="case:2"), announced(FIRST)], NotVerified),
        ([determined(FIRST | {"lot": "2"}), announced(FIRST)], NotVerified),
        ([determined(FIRST), announced(FIRST), announced(None)], NotVerified),  # it fell silent again
    ],
)
def test_the_award_that_is_announced_is_the_one_that_was_determined(
    lines: list[dict[str, Any]], finding: type[Finding] | None
) -> None:
    told = Told(*lines)
    if finding is None:
        awards.check(told.told.items(), log=told)  # type: ignore[arg-type]
        return
    with pytest.raises(finding):
        awards.check(told.told.items(), log=told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "hidden", "finding"),
    [
        ([determined(FIRST), named(FIRST), announced(FIRST)], (), None),
        # It fell before it was announced, and both are told.
        ([determined(FIRST), named(FIRST), determined(SECOND), named(SECOND), announced(SECOND)], (), None),
        # The first is hidden behind a later one.
        ([determined(FIRST), named(FIRST), determined(SECOND), named(SECOND), announced(SECOND)], (0,), NotVerified),
        ([determined(FIRST), named(FIRST), determined(SECOND), announced(SECOND)], (0,), NotVerified),
        # The second has no clear line, or the first one's names nothing.
        ([determined(FIRST), named(FIRST), determined(SECOND), announced(SECOND)], (), NotVerified),
        ([determined(FIRST), named(FIRST, leaf=base64_of(bytes(32))), announced(FIRST)], (), NotVerified),
        ([determined(FIRST), named(FIRST, leaf="?"), announced(FIRST)], (), NotVerified),
        # Another lot's, another case's, or one of before there were clear lines.
        ([named(FIRST | {"lot": "2"}), determined(FIRST), named(FIRST), announced(FIRST)], (), None),
        ([determined(FIRST), named(FIRST, root="case:2"), announced(FIRST)], (), None),
    ],
)
def test_no_determination_hides_behind_a_later_one(
    lines: list[dict[str, Any]], hidden: tuple[int, ...], finding: type[Finding] | None
) -> None:
    told = Told(*lines, hidden=hidden)
    if finding is None:
        awards.check(told.told.items(), log=told)  # type: ignore[arg-type]
        return
    with pytest.raises(finding):
        awards.check(told.told.items(), log=told)  # type: ignore[arg-type]


def test_who_reads_the_log_sees_a_lot_awarded_twice_before_its_notice() -> None:
    twice = Told(determined(FIRST), named(FIRST), determined(SECOND), named(SECOND), announced(SECOND))
    assert list(awards.repeated(twice.told.items())) == [("1", [1, 3])]
    one_by_one = Told(named(FIRST), announced(FIRST), named(SECOND), announced(SECOND))
    assert not list(awards.repeated(one_by_one.told.items()))
    assert not list(awards.unannounced(twice.told.items()))


def test_who_reads_the_log_sees_an_award_that_no_notice_told() -> None:
    """As where the lot was declared failed after it: what falls so hides behind no silence either."""
    failed = Told(determined(FIRST), named(FIRST), announced(None, kind="unsuccessful"), hidden=(0,))
    assert list(awards.unannounced(failed.told.items())) == [("1", [1])]
    assert (
        "采购包 1：已确定中标结果（第 1 条），尚无公告",
        "lot 1: awarded, and no notice says to whom (lines 1)",
    ) in list(case.said(list(failed.told.items())))


def test_the_line_of_a_notice_says_what_the_notice_does() -> None:
    assert awards.is_of(announced(FIRST), FACTS) and awards.is_of(announced(None), FACTS)
    assert not awards.is_of(announced(SECOND), FACTS) and not awards.is_of(announced(FIRST | {"lot": "2"}), FACTS)
