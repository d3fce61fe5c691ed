"""The committee asks what a bid means: who asks and answers, until when, who reads it, what becomes of silence?"""

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.factories import at
from tests.tendering.judging import ANSWER_BY, EQUAL, JUDGED, SCORED, SENT, SIGNED, Hall, hall, three
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Attachment, Document, Entry, Task
from yangcai.parties.models import Post
from yangcai.tendering import arithmetic
from yangcai.tendering.models import Clarification
from yangcai.www.work.files import readable

pytestmark = pytest.mark.django_db

ANSWERED = at("2026-03-23T14:20")
ASKED = {
    "ground": "inconsistent",
    "page": "第12页，15—18",
    "question": "第 12 页写质保三年，第 15 页写质保五年，请说明",
    "answer_by": ANSWER_BY,
}
ANSWER = {"answer": "质保期为五年，第 12 页系笔误", "signed_as": "authorised"}


def ask(h: Hall, number: int = 1, **data: object) -> Clarification:
    return h.do("clarification.ask", h.bids[number], h.chair, JUDGED, **{**ASKED, **data}).value


def test_the_bidder_answers_in_writing_and_the_committee_takes_it_up() -> None:
    h = three()
    asked = ask(h)
    assert (asked.number, asked.page) == (1, "12、15-18")
    task = Task.objects.get(action="clarification.answer", done_at=None)
    assert (task.role, task.organisation_id, task.due_at) == ("supplier", h.bids[1].supplier_id, ANSWER_BY)
    form = ACTIONS["clarification.answer"].input(subject=asked, by=h.bidders[1], now=ANSWERED)
    assert "第 12 页写质保三年" in str(form["answer"].help_text)
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, **ANSWER)
    assert not Task.objects.filter(action="clarification.answer", done_at=None).exists()
    judge = Task.objects.get(action="clarification.decide", done_at=None)
    assert judge.person_id == h.chair.person_id
    form = ACTIONS["clarification.decide"].input(subject=Clarification.objects.get(), by=h.chair, now=ANSWERED)
    assert "质保期为五年" in str(form["is_accepted"].help_text)
    h.do("clarification.decide", asked, h.chair, ANSWERED, is_accepted=True)
    h.judged(EQUAL)
    (told,) = h.report.result["clarifications"]
    assert (told["bidder"], told["answer"], told["is_accepted"]) == (str(h.bids[1].pk), ANSWER["answer"], True)
    assert h.report.digest == arithmetic.digest(h.report.result)
    # The price, the lines and the findings of the bid are what they were.
    assert h.bid(1).price == h.bids[1].price and h.bid(1).invalid_reason == ""


@pytest.mark.long
def test_nobody_scores_or_computes_while_an_answer_may_still_come() -> None:
    h = three()
    asked = ask(h)
    assert {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=ANSWERED)} == {"clarification_open"}
    refusals = can(ACTIONS["evaluation.compute"], h.lot, by=h.agent, now=ANSWERED)
    assert {r.code for r in refusals} == {"clarification_open", "scores_outstanding"}
    (refusal,) = (r for r in refusals if r.code == "clarification_open")
    assert h.bids[1].supplier.name in refusal.zh and refusal.citation.article == "第五十一条"
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, **ANSWER)
    # Answered, but whether the answer keeps to the bid is still to be said.
    assert {r.code for r in can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED)} == {"clarification_open"}
    h.do("clarification.decide", asked, h.chair, ANSWERED, is_accepted=True)
    assert can(ACTIONS["scores.submit"], h.lot, by=h.chair, now=SCORED) == []


def test_without_an_answer_the_bid_is_judged_on_what_it_says() -> None:
    h = three()
    asked = ask(h)
    assert h.refused("clarification.decide", asked, h.chair, ANSWERED, is_accepted=True) == {"bidder_may_still_answer"}
    assert h.refused("clarification.answer", asked, h.bidders[1], ANSWER_BY, **ANSWER) == {"answer_too_late"}
    assert h.refused("clarification.decide", asked, h.chair, ANSWER_BY, is_accepted=True) == {"nothing_answered"}
    h.judged(EQUAL)
    assert h.bid(1).invalid_reason == "" and h.result(1)["rank"] is not None
    (told,) = h.report.result["clarifications"]
    assert (told["answered_at"], told["answer"], told["is_accepted"]) == ("", "", None)


def test_an_answer_beyond_the_bid_is_disregarded_with_reasons_and_does_no_other_harm() -> None:
    h = three()
    asked = ask(h)
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, answer="另赠送设备两台", signed_as="seal")
    assert h.refused("clarification.decide", asked, h.chair, ANSWERED, is_accepted=False) == {"opinion_missing"}
    refusal = {"is_accepted": False, "opinion": "赠送设备超出投标文件的范围"}
    h.do("clarification.decide", asked, h.chair, ANSWERED, **refusal)
    assert h.refused("clarification.decide", asked, h.chair, ANSWERED, is_accepted=True) == {"already_decided"}
    assert h.bid(1).invalid_reason == ""
    h.judged(EQUAL)
    assert h.report.result["clarifications"][0]["opinion"] == refusal["opinion"]


def test_only_the_chair_asks_and_only_the_bidder_that_was_asked_answers_once() -> None:
    h = three()
    other = next(m.post for m in h.members if not m.is_chair)
    assert h.refused("clarification.ask", h.bids[1], other, JUDGED, **ASKED) == {"not_chair"}
    assert h.refused("clarification.ask", h.bids[1], h.agent, JUDGED, **ASKED) == {"role_may_not"}
    assert h.refused("clarification.ask", h.bids[1], h.bidders[1], JUDGED, **ASKED) == {"role_may_not"}
    asked = ask(h)
    assert h.refused("clarification.answer", asked, h.bidders[0], ANSWERED, **ANSWER) == {"not_yours"}
    assert "not_chair" in h.refused("clarification.decide", asked, other, ANSWERED, is_accepted=True)
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, **ANSWER)
    again = {**ANSWER, "answer": "还是三年"}
    assert h.refused("clarification.answer", asked, h.bidders[1], ANSWERED, **again) == {"already_answered"}


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"answer_by": JUDGED}, {"answer_time_past"}),
        ({"ground": "better_price"}, {"invalid_input"}),
        ({"question": " "}, {"invalid_input"}),
        ({"page": "十二"}, {"invalid_input"}),
        ({"answer_by": "9999-99-99"}, {"invalid_input"}),
    ],
)
def test_a_bad_question_is_refused(change: dict[str, object], codes: set[str]) -> None:
    h = three()
    assert h.refused("clarification.ask", h.bids[1], h.chair, JUDGED, **{**ASKED, **change}) == codes
    assert not Clarification.objects.exists()


@pytest.mark.parametrize(
    "question",
    ["请降低投标报价", "请重新报价", "是否可以给予优惠", "请补交业绩证明", "请在报价上让利 5%", "请说明并下调总价"],
)
def test_no_question_asks_for_another_offer(question: str) -> None:
    h = three()
    asked = {**ASKED, "question": question}
    assert h.refused("clarification.ask", h.bids[1], h.chair, JUDGED, **asked) == {"asks_for_another_offer"}
    ask(h, question="第 12 页单价与总价不一致，请说明以哪个为准；答复不得修改报价")


def test_an_unsigned_answer_is_refused() -> None:
    h = three()
    asked = ask(h)
    for change in ({"signed_as": ""}, {"signed_as": "phone"}, {"answer": ""}):
        data = {**ANSWER, **change}
        assert h.refused("clarification.answer", asked, h.bidders[1], ANSWERED, **data) == {"invalid_input"}


def test_a_bid_that_is_out_is_not_asked_and_nothing_is_asked_after_a_score() -> None:
    h = hall("950000", "1000000", "1100000", "1150000")
    h.seat()
    h.qualify()
    assert h.refused("clarification.ask", h.bids[1], h.chair, at("2026-03-23T10:30"), **ASKED) == {"wrong_stage"}
    h.respond(failing=[3])
    assert h.refused("clarification.ask", h.bids[3], h.chair, JUDGED, **ASKED) == {"bid_is_out"}
    late = {**ASKED, "answer_by": SIGNED}
    h.do("scores.submit", h.lot, h.members[1].post, SCORED, rows=h.rows(EQUAL))
    assert h.refused("clarification.ask", h.bids[1], h.chair, SCORED, **late) == {"scoring_begun"}


def test_no_other_bidder_and_no_outsider_learns_of_it() -> None:
    h = three()
    asked = ask(h)
    paper = Document.objects.create(digest="a" * 64, size=1, media_type="application/pdf", name="澄清.pdf")
    h.do("clarification.answer", asked, h.bidders[1], ANSWERED, document=paper, **ANSWER)
    visible = SCOPES[Clarification]
    inside = [h.bidders[1], h.chair, h.agent, *(m.post for m in h.members)]
    assert all(visible(post, ANSWERED).count() == 1 for post in inside)
    # The buyer has an agent: it learns of the evaluation by its report (87号令 art. 66).
    outside = [h.bidders[0], h.bidders[2], h.officer, h.reviewer, None, hall("950000").agent]
    outside.append(factories.make_post("expert"))
    assert not any(visible(post, ANSWERED).exists() for post in outside)
    attachment = Attachment.objects.get(kind="clarification")

    def reads(post: Post) -> bool:
        return readable(h.case, post=post, now=ANSWERED).filter(pk=attachment.pk).exists()

    assert [reads(post) for post in (h.bidders[1], h.chair, h.agent)] == [True] * 3
    assert [reads(post) for post in (h.bidders[0], h.officer)] == [False] * 2
    assert Entry.objects.filter(action="clarification.answer").get().organisation_id == h.bids[1].supplier_id
    h.do("clarification.decide", asked, h.chair, ANSWERED, is_accepted=True)
    h.judged(EQUAL)
    assert visible(h.officer, SENT).count() == 1 and not visible(h.bidders[0], SENT).exists()


def test_nothing_is_judged_that_was_not_answered() -> None:
    h = three()
    asked = ask(h)
    with pytest.raises(IntegrityError, match="nothing_decided_without_an_answer"), transaction.atomic():
        Clarification.objects.filter(pk=asked.pk).update(decided_at=ANSWERED, is_accepted=True)
