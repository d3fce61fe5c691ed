"""To what may a supplier object that answered the call and got no further?"""

import datetime

import pytest

from tests.challenges.support import LETTER, about, answer
from tests.factories import at, make_supplier
from tests.tendering.applying import EXAMINED, Selection
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.models import Case
from yangcai.challenges.models import Objection
from yangcai.challenges.objection_windows import windows
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post

pytestmark = pytest.mark.django_db


def keys(case: Case, post: Post, now: datetime.datetime) -> list[tuple[str, str]]:
    return [(one.target, one.stage) for one in windows(case, post.organisation_id, now=now)]


def test_who_was_turned_away_in_a_prequalification_objects_to_it() -> None:
    """财政部令第94号 art. 11: who applied took part; 条例 art. 53(2): from the end of that step."""
    s = Selection()
    out, back, *_others = s.applied(5)
    s.do("prequalification.withdraw", s.of(back), back)
    s.concluded(out)
    s.invited()
    found = windows(s.case, out.organisation_id, now=s.now)
    assert [(one.target, one.since, one.last_day) for one in found] == [
        ("prequalification", EXAMINED.date(), datetime.date(2026, 3, 19))
    ]
    for stranger in (back, make_supplier()):
        refused = s.refused("objection.raise", s.case, stranger, **LETTER, about=found[0].key)
        assert "did_not_take_part" in refused
    objection: Objection = s.do("objection.raise", s.case, out, **LETTER, about=found[0].key).value
    assert (objection.target, objection.known_on) == ("prequalification", EXAMINED.date())
    wrong = answer(objection, True, False, consequence="amend")
    assert "another_consequence" in s.refused("objection.answer", objection, s.runner, **wrong)
    s.do("objection.answer", objection, s.runner, **answer(objection, True, False, consequence="restart"))
    late = can(ACTIONS["objection.raise"], s.case, by=out, now=at("2026-03-20T00:00"))
    assert [one.code for one in late] == ["objection_too_late"]


def test_who_bid_objects_to_the_process_though_nothing_was_opened() -> None:
    """An offer that came in is what tells that its supplier took part; one that was taken back tells nothing."""
    tender = Tender().published()
    bidder, back, silent = tender.supplier(), tender.supplier(), tender.supplier()
    tender.bid(bidder)
    tender.do("bid.withdraw", tender.bid(back), back)
    assert keys(tender.case, bidder, tender.now) == [("document", "")]
    tender.now = CLOSES
    assert keys(tender.case, bidder, CLOSES) == [("process", "submission"), ("document", "")]
    assert keys(tender.case, back, CLOSES) == keys(tender.case, silent, CLOSES) == [("document", "")]
    key = about(tender.case, bidder, "process", CLOSES, "submission")
    assert tender.do("objection.raise", tender.case, bidder, **LETTER, about=key).value.stage == "submission"
