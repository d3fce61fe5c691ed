"""Who lost the status that a prequalification found: is that looked at before the report and the award, does it win?"""

import datetime

import pytest

from tests.scenarios.selection import ANNOUNCED, Selection, begin
from tests.scenarios.story import DAY, FIRST, FOURTH, SECOND, THIRD
from yangcai.cases.models import Award, Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Task
from yangcai.parties.queries import platform_post
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter, EvaluationReport

pytestmark = pytest.mark.django_db
ALL = (FIRST, SECOND, THIRD, FOURTH)


def qualified(*, lots: int = 1) -> Selection:
    """Four came through, were invited, and bid; all of them were found in order."""
    told = begin("restricted_tender", lots=lots)
    told.announce()
    for who in ALL:
        told.apply(who, ANNOUNCED + DAY)
    told.examine_applications()
    told.go_on(*ALL)
    for stretch in ("invitation", "submission", "opening", "qualification"):
        getattr(told, stretch)()
    return told


def test_the_first_candidate_loses_its_status_before_the_report_goes(world: None) -> None:
    """条例 art. 21: what is reported is decided first; who is out is no candidate, whoever chooses it."""
    told = qualified()
    first = FIRST  # the cheapest, and small

    def reports(at: datetime.datetime) -> None:
        assert told.lot.candidates.get(rank=1).supplier.name == first[0]
        change = told.changed(first, at)
        report = EvaluationReport.objects.get(lot=told.lot)
        waits = told.refused("report.send", report, told.people.runner, at)["status_change_open"]
        assert waits.citation is not None and waits.citation.article == "第二十一条"
        told.decided(change, at, still=False)

    told.before = {"report.send": reports}
    told.evaluation()
    when, lost = told.moment(56), told.lot.candidates.get(rank=1)
    refused = told.refused("award.determine", told.lot, told.people.reviewer, when, candidate=lost)
    assert set(refused) == {"status_lost"} and "资质证书已被吊销" in refused["status_lost"].zh
    # The next one comes in its place, and nobody has to say why.
    told.award()
    award = Award.objects.get(lot=told.lot)
    assert award.candidate.rank == 2
    letter = AwardLetter.objects.get(lot=told.lot, supplier__name=first[0])
    assert letter.reason == "资格发生变化，不再符合资格条件：资质证书已被吊销"
    (why,) = explain(letter, now=letter.issued_at).reasons
    assert why.quoted == "资质证书已被吊销" and why.citation.rule == "prequalification.change"


def test_while_one_lot_is_evaluated_the_award_of_another_waits_for_what_was_reported(world: None) -> None:
    """Neither the buyer nor its silence decides while a candidate's status is being looked at."""
    told = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        told.before = {"report.send": reports}

    def reports(at: datetime.datetime) -> None:
        one, two = Lot.objects.filter(case=told.case).order_by("number")
        assert (one.stage_at(at), two.stage_at(at)) == ("award", "evaluation")
        change = told.changed(FIRST, at)
        candidate = one.candidates.get(rank=1)
        refused = told.refused("award.determine", one, told.people.reviewer, at, candidate=candidate)
        assert set(refused) == {"status_change_open"}
        silent, platform = at + 30 * DAY, platform_post(now=at)
        assert {r.code for r in can(ACTIONS["award.deem"], one, by=platform, now=silent)} == {"status_change_open"}
        buyers_time = Task.objects.filter(root=told.case.ref, action="award.determine", clock="C13")
        assert buyers_time.update(fired_at=at)  # it ran out while the change was open, and decided nothing
        told.decided(change, at, still=True)
        assert set(buyers_time.values_list("fired_at", flat=True)) == {None}
        assert not can(ACTIONS["award.deem"], one, by=platform, now=silent)

    told.before = {"report.send": after_the_first}
    told.evaluation()
    assert "report.send" not in told.before
    told.award()
    assert {award.supplier.name for award in Award.objects.filter(lot__case=told.case)} == {FIRST[0]}
    late = told.at("award") + DAY
    refused = told.refused("prequalification.report_change", told.of(SECOND), told.supplier(SECOND), late, content="x")
    assert set(refused) == {"evaluation_is_over"}


def test_an_announced_award_is_void_when_its_winner_loses_the_status_while_another_lot_is_judged(world: None) -> None:
    """条例 art. 21, 71: the way out is offered, the next candidate follows, and the other lot goes on without it."""
    told = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        told.before = {"report.send": loses_it}

    def loses_it(at: datetime.datetime) -> None:
        one, _two = Lot.objects.filter(case=told.case).order_by("number")
        best = one.candidates.get(rank=1)
        award = told.do("award.determine", one, told.people.reviewer, at, candidate=best)
        told.do("award.announce", award, told.people.runner, at)
        change = told.changed(FIRST, at)
        assert not Task.objects.filter(root=told.case.ref, action="award.annul").exists()
        told.decided(change, at, still=False)
        task = Task.objects.get(root=told.case.ref, action="award.annul", done_at=None)
        assert (task.subject, task.role) == (award.ref, told.people.runner.role)
        basis = told.paper("审查意见.pdf", b"%PDF-1.4\nx", told.people.runner, at)
        why = {"ground": "status", "reason": "资质证书已被吊销", "proof": basis}
        told.do("award.annul", award, told.people.runner, at, **why)
        told.do("award.confirm_annulment", award, told.people.reviewer, at, answer="与审查意见一致")
        task.refresh_from_db()
        assert task.done_at == at
        assert "candidate_annulled" in told.refused("award.determine", one, told.people.reviewer, at, candidate=best)

    told.before = {"report.send": after_the_first}
    told.evaluation()
    assert "report.send" not in told.before
    one, two = Lot.objects.filter(case=told.case).order_by("number")
    at, reviewer = told.moment(56), told.people.reviewer
    best, next_best = one.candidates.order_by("rank")[:2]
    again = told.do("award.determine", one, reviewer, at, candidate=next_best)
    told.do("award.announce", again, told.people.runner, at)
    letter = AwardLetter.objects.filter(lot=one, supplier=best.supplier).latest("pk")
    assert letter.reason == "资格发生变化，不再符合资格条件：资质证书已被吊销"
    out = told.refused("award.determine", two, reviewer, at, candidate=two.candidates.get(rank=1))
    assert set(out) == {"status_lost"}
    standing = Award.objects.filter(lot__case=told.case, refused_at=None)
    assert [award.supplier.name for award in standing] == [next_best.supplier.name]


def test_after_an_objection_who_lost_its_status_is_not_counted_among_the_qualified(world: None) -> None:
    """财政部令第94号 art. 16: of four one is out by the objection, another by its licence; two are left of three."""
    told = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        told.before = {"report.send": both_fall}

    def both_fall(at: datetime.datetime) -> None:
        one, _two = Lot.objects.filter(case=told.case).order_by("number")
        best, second, third = one.candidates.order_by("rank")[:3]
        runner, reviewer = told.people.runner, told.people.reviewer
        award = told.do("award.determine", one, reviewer, at, candidate=best)
        told.do("award.announce", award, runner, at)
        papers = [told.paper(name, b"%PDF-1.4\nx", runner, at) for name in ("质疑答复.pdf", "报告.pdf")]
        why = {"ground": "objection", "reason": "业绩不实", "proof": papers[0], "report": papers[1]}
        told.do("award.annul", award, runner, at, **why)
        told.do("award.confirm_annulment", award, reviewer, at, answer="与质疑答复一致")
        assert not can(ACTIONS["award.determine"], one, by=reviewer, now=at)  # three are left
        change = told.changed((second.supplier.name, ""), at)
        told.decided(change, at, still=False)
        refused = told.refused("award.determine", one, reviewer, at, candidate=third)
        assert refused["too_few_left"].facts["left"] == 2

    told.before = {"report.send": after_the_first}
    told.evaluation()
    assert "report.send" not in told.before
