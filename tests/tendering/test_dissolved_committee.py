"""What when a seat cannot be filled: is the committee dissolved, and does another evaluate anew (87号令 art. 49)?"""

import pytest
from django.urls import reverse

from tests.factories import at, make_expert
from tests.tendering.judging import COMPUTED, JUDGED, SCORED, Hall, hall, open_tasks
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel import clock
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Entry
from yangcai.procedures import PROCEDURES
from yangcai.tendering import arithmetic, draws, vrd
from yangcai.tendering.models import Committee, CommitteeMember, EvaluationReport, Finding, Score
from yangcai.tendering.queries import evaluation
from yangcai.tendering.rules.committee import dissolution
from yangcai.www.formats import fingerprint

pytestmark = pytest.mark.django_db

POINTS = {n: {"technical": "40", "record": "10"} for n in range(3)}
OTHERS = {0: {"technical": "10", "record": "10"}, 1: {"technical": "50", "record": "10"}, 2: POINTS[2]}
GONE = at("2026-03-23T17:00")
ANEW = at("2026-03-24T09:00")
SEATED_ANEW = at("2026-03-24T10:00")
JUDGED_ANEW = at("2026-03-24T11:00")
SIGNED_ANEW = at("2026-03-24T15:00")
SENT_ANEW = at("2026-03-25T09:00")
ILL = {"ground": "ill", "why": "nobody_left", "reason": "一名评审专家突发疾病，专家库中无人可以补抽"}


def short(*, experts: int = 5) -> Hall:
    """As many experts in the library as the committee has seats."""
    return hall("1000000", "1000000", "1000000", experts=experts)


def dissolved() -> Hall:
    """Everybody has scored and the result is computed; then a member falls ill, and nobody is left to be called."""
    h = short().ready()
    h.score(POINTS)
    h.compute()
    h.do("committee.dissolve", h.members[1], h.runner, GONE, **ILL)
    return h


def formed_anew(h: Hall) -> None:
    """One expert more is in the library by the next day; the four who could have stayed may be drawn again."""
    h.experts.append(make_expert())
    h.do("committee.draw", h.case, h.runner, ANEW, evaluates_at=SEATED_ANEW)
    for member in h.members:
        h.do("committee.sign_in", member, member.post, SEATED_ANEW, commits=True)


@pytest.mark.long
def test_nobody_is_left_so_another_committee_evaluates_anew() -> None:
    h = short().ready()
    h.score(POINTS)
    h.compute()
    first, ill = Committee.objects.get(), h.members[1]
    sat = {one.post_id for one in h.members}
    told = h.refused("committee.replace", ill, h.runner, GONE, reason="突发疾病", ground="ill")
    assert told == {"pool_too_small"}
    h.do("committee.dissolve", ill, h.runner, GONE, **ILL)

    # Its opinions are sealed, with their digest in the log, and void; its members are out.
    first.refresh_from_db()
    assert (first.dissolved_at, first.dissolved_ground) == (GONE, "nobody_left")
    entry = Entry.objects.get(action="committee.dissolve", outcome="done")
    assert entry.payload.data["facts"] == {"sealed": first.sealed_digest}
    assert len(first.sealed["scores"]) == 30
    assert len(first.sealed["findings"]) == 3 and first.sealed["reports"][0]["revision"] == 1
    assert arithmetic.committee(h.case) is None and arithmetic.scores_of(h.lot) == {}
    assert Score.objects.count() == 30
    assert not SCOPES[EvaluationReport](ill.post, GONE).exists()
    assert set(Finding.objects.filter(clause__kind="responsiveness").values_list("voided_at", flat=True)) == {GONE}
    assert not Finding.objects.filter(clause__kind="qualification", voided_at__isnull=False).exists()
    assert open_tasks(h) >= {"committee.draw"} and not open_tasks(h) & {"report.sign", "scores.submit"}

    # The one who fell ill is not drawn again, those who could have stayed may be.
    five = {"evaluates_at": SEATED_ANEW}
    assert h.refused("committee.draw", h.case, h.runner, ANEW, **five) == {"pool_too_small"}
    formed_anew(h)
    assert {one.post_id for one in h.members} == sat - {ill.post_id} | {h.experts[-1].pk}
    assert len({one.committee_id for one in h.members}) == 1 and Committee.objects.count() == 2

    # It begins with the responsiveness check, and what the former one gave does not count.
    early = h.refused("scores.submit", h.lot, h.chair, JUDGED_ANEW, rows=h.rows(OTHERS))
    assert early >= {"responsiveness_unfinished"}
    rows = h.findings("responsiveness")
    h.do("responsiveness.record", h.lot, h.chair, JUDGED_ANEW, rows=rows)
    h.score(OTHERS, now=JUDGED_ANEW)
    h.do("evaluation.compute", h.lot, h.chair, JUDGED_ANEW)
    assert h.report.revision == 2 and h.report.result["members"] == [one.pk for one in h.members]
    h.sign(now=SIGNED_ANEW)
    h.send(now=SENT_ANEW)
    assert [c.supplier for c in h.lot.candidates.order_by("rank")] == [h.bids[n].supplier for n in (1, 2, 0)]

    # Who was dissolved is paid for what it did; who fell ill as well. The seats are numbered in each committee.
    for member in CommitteeMember.objects.filter(committee=first):
        h.do("expert_fee.record", member, h.officer, SENT_ANEW, amount="400", travel="0", standard="甘财采标准")
    numbers = [seat.number for seat in evaluation.seats(h.case, h.agent, SENT_ANEW)]
    assert numbers == [1, 2, 3, 4, 5, 1, 2, 3, 4, 5]
    for draw in h.case.expert_draws.all():
        assert vrd.faults(draws.record(draw, is_complete=True)) == []


def test_while_somebody_is_left_the_seat_is_filled_and_nothing_is_dissolved() -> None:
    h = short(experts=6).ready()
    ill = h.members[1]
    assert h.refused("committee.dissolve", ill, h.runner, SCORED, **ILL) == {"somebody_is_left"}
    late = {**ILL, "why": "not_in_time"}
    assert h.refused("committee.dissolve", ill, h.runner, SCORED, **late) == {"somebody_is_left"}
    new = h.do("committee.replace", ill, h.runner, SCORED, reason="突发疾病", ground="ill").value
    # Whoever was called does not come either; the others are here.
    assert h.refused("committee.dissolve", h.members[0], h.runner, GONE, **late) == {"nobody_was_called"}
    waiting = h.members[3]
    waiting.signed_in_at = None  # of those composed at first one is late: for this seat nobody was called
    found = dissolution.seat_cannot_be_filled(waiting, now=GONE, why="not_in_time")
    assert found is not None and found.code == "nobody_was_called"
    h.do("committee.dissolve", new, h.runner, GONE, **{**late, "ground": "absent"})
    assert Committee.objects.get().dissolved_ground == "not_in_time"
    grounds = CommitteeMember.objects.order_by("pk").values_list("replaced_ground", flat=True)
    assert sorted(grounds) == ["absent", "dissolved", "dissolved", "dissolved", "dissolved", "ill"]


def test_what_everybody_has_signed_is_not_dissolved() -> None:
    h = short().ready()
    h.judged(POINTS)
    assert h.refused("committee.dissolve", h.members[1], h.runner, GONE, **ILL) >= {"evaluation_signed"}


@pytest.mark.long
def test_the_report_of_the_former_committee_is_signed_by_nobody() -> None:
    h = dissolved()
    former = CommitteeMember.objects.filter(replaced_ground="dissolved")[0]
    assert h.refused("report.sign", h.report, former.post, GONE) == {"not_yours"}
    formed_anew(h)
    assert h.refused("report.sign", h.report, h.chair, SEATED_ANEW) == {"report_superseded"}
    rows = h.rows(OTHERS)[:1]
    told = h.refused("scores.correct", h.lot, h.chair, SEATED_ANEW, ground="abnormal", rows=rows)
    assert "not_computed" in told


def test_only_who_runs_the_tender_dissolves_and_says_why() -> None:
    h = short().ready()
    member = h.members[1]
    assert h.refused("committee.dissolve", member, h.chair, JUDGED, **ILL) >= {"role_may_not"}
    assert h.refused("committee.dissolve", member, h.runner, JUDGED, **{**ILL, "reason": ""}) == {"invalid_input"}
    assert h.refused("committee.dissolve", member, h.runner, JUDGED, **{**ILL, "why": "better"}) == {"invalid_input"}
    h.do("committee.dissolve", member, h.runner, JUDGED, **ILL)
    assert h.refused("committee.dissolve", member, h.runner, COMPUTED, **ILL) >= {"member_replaced"}


def test_a_tender_alone_forms_its_committee_anew() -> None:
    """Of the groups of other methods no instrument says so: they end, and the purchase begins again."""
    forming = {code for code, one in PROCEDURES.items() if one.committee and one.own("committee.formed_anew")}
    assert forming == {"open_tender", "restricted_tender", "framework"}
    h = short().ready()
    member = h.members[0]
    member.committee.case.procedure = "negotiation"
    told = dissolution.method_forms_anew(member, by=h.runner, now=JUDGED)
    assert told is not None and told.code == "not_formed_anew"
    member.committee.case.procedure = "open_tender"
    assert dissolution.method_forms_anew(member, by=h.runner, now=JUDGED) is None


@pytest.mark.long
def test_the_pages_say_which_committee_is_gone_and_the_report_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    h = dissolved()
    told = Clock(GONE)
    monkeypatch.setattr(clock, "now", told)
    desk, case = at_desk(h.agent), reverse("work_case", args=[h.case.pk])
    page = text_of(desk.get(case))
    assert "原评标委员会" in page and "专家库中没有可以补足的评审专家" in page
    assert fingerprint(Committee.objects.get().sealed_digest) in page
    assert reverse("work_do", args=["case", h.case.pk, "committee.draw"]) in page
    void = text_of(desk.get(reverse("work_report", args=[h.report.pk])))
    assert "作出本报告的评标委员会已经解散" in void and "尚未全部签署" not in void
    formed_anew(h)
    h.do("responsiveness.record", h.lot, h.chair, JUDGED_ANEW, rows=h.findings("responsiveness"))
    told.at = JUDGED_ANEW
    assert at_desk(h.chair).get(reverse("work_evaluate", args=[h.lot.pk])).status_code == 200
    h.score(OTHERS, now=JUDGED_ANEW)
    h.do("evaluation.compute", h.lot, h.chair, JUDGED_ANEW)
    h.sign(now=SIGNED_ANEW)
    told.at = SIGNED_ANEW
    report = text_of(desk.get(reverse("work_report", args=[h.report.pk])))
    assert "由重新组建的评标委员会评标" in report and ILL["reason"] in report
    assert report.count("<td>评审专家") == 5


def test_what_was_signed_of_another_lot_stands_with_its_members_and_scores() -> None:
    h = hall("500000", "500000", "500000", experts=5, lots=2).ready()
    first = h.judged(POINTS)
    before, judges = first.report.result, [one.pk for one in h.members]
    h.do("committee.dissolve", h.members[1], h.runner, GONE, **ILL)
    assert Committee.objects.get().sealed["scores"] == []  # of the lot that is still open
    assert [one.pk for one in arithmetic.seated(h.lot)] == judges
    assert arithmetic.frozen(h.lot, arithmetic.outcome(h.lot, now=GONE)) == before
    table = evaluation.score_table(h.lot, h.agent, GONE)
    assert table is not None and [seat.member.pk for seat in table.seats] == judges
    assert not Finding.objects.filter(voided_at__isnull=False).exists()
