"""To what may a supplier object that answered the call and got no further?"""

import datetime

import pytest

from tests.challenges.support import LETTER, about, answer
from tests.factories import at, make_supplier
from tests.portal.chain import Chain
from tests.tendering.applying import EXAMINED, Selection
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.models import Case
from yangcai.challenges.models import Objection
from yangcai.challenges.objection_windows import windows
from yangcai.kernel.actions import ACTIONS, can, is_about, perform
from yangcai.kernel.models import Task
from yangcai.notifications.models import Message
from yangcai.parties.models import Post
from yangcai.tendering.models import AwardLetter
from yangcai.www.work.objections import entry

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


def test_it_is_objected_to_before_the_invitation_comes_at_its_own_door() -> None:
    """The seven working days may be over before the invitation makes the case public; then nobody could object."""
    s = Selection()
    out, back, *_others = s.applied(5)
    s.do("prequalification.withdraw", s.of(back), back)
    for post in (out, back):
        assert not is_about(ACTIONS["prequalification.object"], s.row, by=post, now=s.now)  # nobody was told yet
    s.concluded(out)
    (window,) = windows(s.case, out.organisation_id, now=s.now)
    letter = {**LETTER, "about": window.key}
    assert "not_yours" in s.refused("objection.raise", s.case, out, **letter)  # the case is nobody's yet
    for stranger in (back, make_supplier()):
        assert "did_not_take_part" in s.refused("prequalification.object", s.row, stranger, **letter)
    objection: Objection = s.do("prequalification.object", s.row, out, **letter).value
    assert (objection.case, objection.target, objection.known_on) == (s.case, "prequalification", EXAMINED.date())
    assert Task.objects.get(action="objection.answer").organisation_id == s.runner.organisation_id
    assert Message.objects.filter(kind="objection_moved", organisation_id=s.case.buyer_id).exists()
    # Upheld, and nothing is in yet: the purchase is ended on that ground, and on it alone something waits.
    assert "ground_not_given" in s.refused(
        "case.terminate", s.case, s.runner, ground="objection_upheld", reason="资格预审条件不当"
    )
    s.do("objection.answer", objection, s.runner, **answer(objection, True, False, consequence="restart"))
    assert Task.objects.get(action="case.terminate", done_at=None).subject == s.case.ref
    s.do("case.terminate", s.case, s.runner, ground="objection_upheld", reason="资格预审条件不当")
    s.case.refresh_from_db()
    assert s.case.end_reason == "质疑成立，重新开展采购活动：资格预审条件不当"
    late = can(ACTIONS["prequalification.object"], s.row, by=out, now=at("2026-03-20T00:00"))
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


@pytest.mark.long
def test_past_the_known_holidays_it_is_said_that_they_are_not_known() -> None:
    """A result announced on the last day whose holidays are known: nothing is guessed, and nobody is told that it did
    not take part."""
    chain, announced = Chain().until("award determined"), at("2026-12-31T10:00")
    perform(ACTIONS["award.announce"], chain.hall.award, by=chain.agent_post, now=announced)
    loser = next(one for one in chain.suppliers if one.organisation_id != chain.hall.award.supplier_id)
    case = Case.objects.get(pk=chain.case.pk)
    assert all(one.target != "result" for one in windows(case, loser.organisation_id, now=announced))
    told = can(ACTIONS["objection.raise"], case, by=loser, now=announced)
    assert [one.code for one in told] == ["calendar_unknown"]
    assert "2027" in told[0].zh and "2027" in told[0].en
    stranger = can(ACTIONS["objection.raise"], case, by=make_supplier(), now=announced)
    assert [one.code for one in stranger] == ["did_not_take_part"]
    letter = AwardLetter.objects.get(supplier=loser.organisation_id)
    shown = entry(letter, post=loser, now=announced)
    assert shown is not None and shown["refusals"] == told and not shown["url"]
