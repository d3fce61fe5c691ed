"""Who wins, by whose decision or silence, who is told what, and what when nobody wins?"""

import datetime
from decimal import Decimal

import pytest

from tests.factories import at, make_expert, make_post
from tests.tendering.awarding import POINTS, evaluated, open_task, paper
from tests.tendering.judging import (
    ANNOUNCED,
    DETERMINED,
    OPENED,
    QUALIFIED,
    SENT,
    Hall,
    hall,
)
from tests.tendering.walk import Tender
from yangcai.cases.models import Award, Case, Lot
from yangcai.credit.models import Debarment
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Entry
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter
from yangcai.tendering.queries.evaluation import score_table

pytestmark = pytest.mark.django_db

#: Report sent on Tuesday 24 March 2026: five working days end with Tuesday 31 March.
SILENT = at("2026-04-01T00:00")


def test_the_buyer_takes_the_first_candidate(sent: Hall) -> None:
    h = sent
    task = open_task(h, "award.determine")
    assert (task.clock, task.due_at, task.organisation_id) == ("C13", SILENT, h.case.buyer_id)
    award = h.awarded()
    assert (award.supplier, award.amount, award.is_deemed) == (h.bids[0].supplier, Decimal("950000.00"), False)
    task = open_task(h, "award.announce")
    assert (task.clock, task.due_at) == ("C14", at("2026-03-31T00:00"))
    assert task.organisation_id == h.agent.organisation_id
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=h.lot.candidates.get(rank=2).pk) == {
        "already_awarded"
    }


def test_out_of_order_only_with_a_lawful_reason(sent: Hall) -> None:
    h = sent
    second = h.lot.candidates.get(rank=2).pk
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=second) == {"out_of_order"}
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=second, ground="gave_up") == {
        "out_of_order"
    }
    assert h.refused(
        "award.determine", h.lot, h.officer, DETERMINED, candidate=second, ground="cheaper", reason="更便宜"
    ) == {"invalid_input"}
    award = h.awarded(rank=2, ground="gave_up", reason="候选人来函放弃")
    assert award.supplier == h.bids[1].supplier
    assert (
        Entry.objects.get(action="award.determine", outcome="done").payload.data["input"]["reason"] == "候选人来函放弃"
    )


def test_the_agent_and_bidders_do_not_choose(sent: Hall) -> None:
    h = sent
    first = h.lot.candidates.get(rank=1).pk
    assert h.refused("award.determine", h.lot, h.agent, DETERMINED, candidate=first) == {"role_may_not"}
    assert h.refused("award.determine", h.lot, h.bidders[0], DETERMINED, candidate=first) == {"role_may_not"}


def test_a_candidate_of_another_lot_is_refused(sent: Hall) -> None:
    h, other = sent, evaluated()
    assert h.refused(
        "award.determine", h.lot, h.officer, DETERMINED, candidate=other.lot.candidates.get(rank=1).pk
    ) == {"invalid_input"}


def test_a_debarred_candidate_is_passed_over(sent: Hall) -> None:
    h = sent
    Debarment.objects.create(
        organisation=h.bids[0].supplier,
        ground="procurement",
        from_on=DETERMINED.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )
    assert h.refused("award.determine", h.lot, h.officer, DETERMINED, candidate=h.lot.candidates.get(rank=1).pk) == {
        "debarred"
    }
    assert h.awarded(rank=2).supplier == h.bids[1].supplier


# --- silence -------------------------------------------------------------------------------------------------------


def test_silence_awards_to_the_first_candidate_once(sent: Hall) -> None:
    h = sent
    assert tasks.fire_due(now=at("2026-03-31T23:59")) == [] or not Award.objects.exists()
    late = at("2026-04-02T08:00")
    tasks.fire_due(now=late)
    award = Award.objects.get()
    assert (award.is_deemed, award.determined_at, award.supplier) == (True, SILENT, h.bids[0].supplier)
    entry = Entry.objects.get(action="award.deem", outcome="done")
    assert entry.role == "platform" and entry.at == late
    tasks.fire_due(now=late)
    assert Award.objects.count() == 1
    assert open_task(h, "award.announce").since == SILENT


@pytest.mark.long
def test_nothing_is_deemed_in_time_that_the_case_stood_still(sent: Hall) -> None:
    """政府采购法 art. 57: suspended for a week, the buyer has its five working days yet; its task says so."""
    h, treasury = sent, make_post(Role.TREASURY)
    clock, begun, resumed = platform_post(now=SENT), SENT + datetime.timedelta(1), SENT + datetime.timedelta(8)
    order = {"reason": "投诉", "until_on": resumed.date(), "document": paper(treasury)}
    h.do("case.suspend", h.case, treasury, begun, **order)
    h.do("case.resume", h.case, treasury, resumed - datetime.timedelta(minutes=1), reason="投诉不成立")
    assert h.refused("award.deem", h.lot, clock, resumed) == {"buyer_may_still_decide"}
    due_at = open_task(h, "award.determine").due_at
    assert due_at is not None and due_at > SILENT + datetime.timedelta(days=6)
    tasks.fire_due(now=due_at + datetime.timedelta(hours=9))
    assert Award.objects.get().determined_at == due_at


def test_nothing_is_deemed_early_or_against_a_decision(sent: Hall) -> None:
    h = sent
    clock = platform_post(now=SENT)
    assert h.refused("award.deem", h.lot, clock, at("2026-03-31T23:59")) == {"buyer_may_still_decide"}
    h.awarded()
    assert h.refused("award.deem", h.lot, clock, SILENT) >= {"already_awarded"}
    assert h.refused("award.deem", h.lot, h.officer, SILENT) == {"role_may_not"}


def test_a_self_run_tender_counts_from_the_end_of_the_evaluation() -> None:
    h = evaluated(self_organised=True)
    assert open_task(h, "award.determine").due_at == at("2026-03-31T00:00")
    h.awarded()
    h.announced()
    assert h.award.announced_at == ANNOUNCED


def test_the_buyer_cannot_announce_for_its_agent(sent: Hall) -> None:
    h = sent
    h.awarded()
    assert h.refused("award.announce", h.award, h.officer, ANNOUNCED) == {"agent_runs_the_case"}


# --- telling -------------------------------------------------------------------------------------------------------


def test_everybody_is_told_what_concerns_them() -> None:
    h = hall("950000", "1000000", "1100000", "1150000")
    h.seat()
    h.qualify(failing=[3])
    h.respond(out=[3])
    h.judged(POINTS)
    h.awarded()
    h.announced()
    letters = {letter.supplier_id: letter for letter in AwardLetter.objects.filter(lot=h.lot)}
    winner, second, unqualified = (letters[h.bids[n].supplier_id] for n in (0, 1, 3))
    assert (winner.is_winner, winner.score, winner.rank, winner.reason) == (True, Decimal("80.0000"), 1, "")
    assert (second.is_winner, second.score, second.rank) == (False, Decimal("77.5000"), 2)
    assert "第 2" in second.reason
    assert unqualified.score is None and "未提供证明材料" in unqualified.reason
    visible = SCOPES[AwardLetter]
    assert set(visible(h.bidders[1], ANNOUNCED)) == {second}
    assert visible(h.agent, ANNOUNCED).count() == 4
    assert not visible(None, ANNOUNCED).exists()
    table = score_table(h.lot, h.bidders[1], ANNOUNCED)
    assert [row.bid.supplier for row in table.rows] == [h.bids[1].supplier]
    assert table.rows[0].result["total"] == "77.50" and table.seats == [] and table.result == {}
    assert score_table(h.lot, None, ANNOUNCED) is None


def test_the_notice_names_winner_committee_and_score(sent: Hall) -> None:
    h = sent
    h.awarded()
    names = {member.post.person.name for member in h.members}
    h.announced()
    notice = Notice.objects.get(kind="award")
    assert notice.facts["winner"] == h.bids[0].supplier.name
    assert set(notice.facts["committee"].split("、")) == names
    assert (notice.facts["amount"], notice.facts["score"]) == ("950000.00", "80.00")
    # These bids were one sum each: no quantity, no unit price is made up for them.
    assert notice.facts["items"] == [
        {
            "item": h.lot.title,
            "brand": "",
            "specification": h.case.solicitation.requirement,
            "quantity": "",
            "unit_price": None,
        }
    ]
    assert notice.facts["pricing"] == "报价为总价，未列分项数量和单价"
    assert Lot.objects.get(pk=h.lot.pk).outcome == "awarded" and h.stage(ANNOUNCED) == ""
    assert h.refused("award.announce", h.award, h.agent, ANNOUNCED) == {"already_announced"}


def test_names_wait_while_another_lot_is_judged() -> None:
    h = evaluated(lots=2, budget="2400000.00")
    other = h.case.lots.order_by("pk")[1]
    assert other.stage_at(ANNOUNCED) == "qualification"
    h.awarded()
    names = [member.post.person.name for member in h.members]
    h.announced()
    committee = Notice.objects.get(kind="award").facts["committee"]
    assert not any(name in committee for name in names)


# --- failed lots ---------------------------------------------------------------------------------------------------


def test_a_lot_fails_only_on_a_ground_that_the_rows_show() -> None:
    h = hall("950000", "1000000", "1100000")
    for ground in ("too_few", "over_budget", "winner_refused"):
        assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground=ground) == {"ground_not_given"}
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality") == {"reason_missing"}
    assert h.refused("lot.declare_unsuccessful", h.lot, h.officer, OPENED, ground="illegality", reason="串通") == {
        "agent_runs_the_case"
    }
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality", reason="出现串通投标")
    assert Notice.objects.get(kind="unsuccessful").facts["reason"].endswith("出现串通投标")
    assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, QUALIFIED, ground="illegality", reason="再次") == {
        "lot_over"
    }


def test_two_bids_are_not_opened_and_the_lot_fails() -> None:
    h = hall("950000", "1000000", opened=False)
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="too_few")
    assert {letter.supplier_id for letter in AwardLetter.objects.all()} == {p.organisation_id for p in h.bidders}
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_the_case_goes_on_while_a_lot_lives() -> None:
    h = hall("950000", "1000000", "1100000", lots=2)
    h.do("lot.declare_unsuccessful", h.lot, h.agent, OPENED, ground="illegality", reason="出现串通投标")
    assert Case.objects.get(pk=h.case.pk).ended_at is None
    other = h.case.lots.order_by("pk")[1]
    h.do("lot.declare_unsuccessful", other, h.agent, QUALIFIED, ground="too_few")
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_a_decision_not_yet_announced_falls_with_the_lot(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.do("lot.declare_unsuccessful", h.lot, h.agent, ANNOUNCED, ground="cancelled", reason="任务取消")
    fell = Award.objects.get(lot=h.lot)
    assert (fell.refused_at, fell.fall_ground) == (ANNOUNCED, "lot_failed")
    # It refused nothing, and nobody says that it did.
    letter = AwardLetter.objects.get(lot=h.lot, supplier=fell.supplier)
    assert "award.refused" not in {why.citation.rule for why in explain(letter, now=ANNOUNCED).reasons if why.citation}


# --- from the sealed bid on ----------------------------------------------------------------------------------------


@pytest.mark.long
def test_from_sealed_bids_to_the_award_notice() -> None:
    """The whole stretch through the real Actions: what was sealed is what is judged, awarded and announced."""
    t = Tender().published()
    prices = ("900000.00", "800000.00", "850000.00")
    for price in prices:
        line = {
            "item": "计算机",
            "brand": "甲牌",
            "specification": "X1",
            "quantity": "1",
            "unit_price": price,
            "amount": price,
        }
        t.bid(t.supplier(), price=price, lines=[line])
    bids = t.open()
    t.conclude()
    experts = [make_expert() for _ in range(6)]
    h = Hall(t.case, t.lot, t.officer, t.reviewer, t.agent_post, t.suppliers, bids, experts)
    day = "2026-03-24T"
    h.do("qualification.record", h.lot, h.agent, at(day + "10:00"), rows=h.findings("qualification"))
    h.do("qualification.conclude", h.lot, h.agent, at(day + "10:30"))
    h.do("committee.draw", h.case, h.agent, at(day + "10:40"), evaluates_at=at(day + "13:00"))
    for member in h.members:
        h.do("committee.sign_in", member, member.post, at(day + "13:00"), commits=True)
    h.do("responsiveness.record", h.lot, h.chair, at(day + "13:30"), rows=h.findings("responsiveness"))
    h.score({n: {"technical": "45", "business": "18"} for n in range(3)}, now=at(day + "14:00"))
    h.do("evaluation.compute", h.lot, h.agent, at(day + "15:00"))
    assert [h.result(n)["price_score"] for n in range(3)] == ["26.67", "30.00", "28.24"]
    h.sign(now=at(day + "16:00"))
    h.send(now=at("2026-03-25T09:00"))
    h.awarded()
    award = h.announced()
    assert (award.supplier, award.amount) == (h.bids[1].supplier, Decimal("800000.00"))
    (item,) = Notice.objects.get(kind="award").facts["items"]
    assert (item["item"], item["brand"], item["quantity"]) == ("计算机", "甲牌", "1")
    assert item["unit_price"] == "800000.00"
    kinds = list(Notice.objects.filter(root=h.case.ref).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["invitation", "award"]
