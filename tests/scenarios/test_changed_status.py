"""Who lost the status that a prequalification found: is that looked at before the report and the award, does it win?"""

import datetime

import pytest

from tests.hurry import tasks_at_the_end
from tests.scenarios.selection import ANNOUNCED, Selection, begin
from tests.scenarios.story import DAY, FIRST, FOURTH, SECOND, THIRD
from tests.told import told
from yangcai.cases.models import Award, Lot
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Task
from yangcai.parties.queries import platform_post
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter, EvaluationReport

pytestmark = [pytest.mark.django_db, pytest.mark.long]
ALL = (FIRST, SECOND, THIRD, FOURTH)


def qualified(*, lots: int = 1) -> Selection:
    """Four came through, were invited, and bid; all of them were found in order."""
    return told((qualified, lots), lambda: _qualified(lots))


@tasks_at_the_end()
def _qualified(lots: int) -> Selection:
    tale = begin("restricted_tender", lots=lots)
    tale.announce()
    for who in ALL:
        tale.apply(who, ANNOUNCED + DAY)
    tale.examine_applications()
    tale.go_on(*ALL)
    for stretch in ("invitation", "submission", "opening", "qualification"):
        getattr(tale, stretch)()
    return tale


def test_the_first_candidate_loses_its_status_before_the_report_goes(world: None) -> None:
    """条例 art. 21: what is reported is decided first; who is out is no candidate, whoever chooses it."""
    tale = qualified()
    first = FIRST  # the cheapest, and small

    def reports(at: datetime.datetime) -> None:
        assert tale.lot.candidates.get(rank=1).supplier.name == first[0]
        change = tale.changed(first, at)
        report = EvaluationReport.objects.get(lot=tale.lot)
        waits = tale.refused("report.send", report, tale.people.runner, at)["status_change_open"]
        assert waits.citation is not None and waits.citation.article == "第二十一条"
        tale.decided(change, at, still=False)

    tale.before = {"report.send": reports}
    tale.evaluation()
    when, lost = tale.moment(56), tale.lot.candidates.get(rank=1)
    refused = tale.refused("award.determine", tale.lot, tale.people.reviewer, when, candidate=lost)
    assert set(refused) == {"status_lost"} and "资质证书已被吊销" in refused["status_lost"].zh
    # The next one comes in its place, and nobody has to say why.
    tale.award()
    award = Award.objects.get(lot=tale.lot)
    assert award.candidate.rank == 2
    letter = AwardLetter.objects.get(lot=tale.lot, supplier__name=first[0])
    assert letter.reason == "资格发生变化，不再符合资格条件：资质证书已被吊销"
    (why,) = explain(letter, now=letter.issued_at).reasons
    assert why.quoted == "资质证书已被吊销" and why.citation.rule == "prequalification.change"


def test_while_one_lot_is_evaluated_the_award_of_another_waits_for_what_was_reported(world: None) -> None:
    """Neither the buyer nor its silence decides while a candidate's status is being looked at."""
    tale = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        tale.before = {"report.send": reports}

    def reports(at: datetime.datetime) -> None:
        one, two = Lot.objects.filter(case=tale.case).order_by("number")
        assert (one.stage_at(at), two.stage_at(at)) == ("award", "evaluation")
        change = tale.changed(FIRST, at)
        candidate = one.candidates.get(rank=1)
        refused = tale.refused("award.determine", one, tale.people.reviewer, at, candidate=candidate)
        assert set(refused) == {"status_change_open"}
        silent, platform = at + 30 * DAY, platform_post(now=at)
        assert {r.code for r in can(ACTIONS["award.deem"], one, by=platform, now=silent)} == {"status_change_open"}
        buyers_time = Task.objects.filter(root=tale.case.ref, action="award.determine", clock="C13")
        assert buyers_time.update(fired_at=at)  # it ran out while the change was open, and decided nothing
        tale.decided(change, at, still=True)
        assert set(buyers_time.values_list("fired_at", flat=True)) == {None}
        assert not can(ACTIONS["award.deem"], one, by=platform, now=silent)

    tale.before = {"report.send": after_the_first}
    tale.evaluation()
    assert "report.send" not in tale.before
    tale.award()
    assert {award.supplier.name for award in Award.objects.filter(lot__case=tale.case)} == {FIRST[0]}
    late = tale.at("award") + DAY
    refused = tale.refused("prequalification.report_change", tale.of(SECOND), tale.supplier(SECOND), late, content="x")
    assert set(refused) == {"evaluation_is_over"}


def test_an_announced_award_is_void_when_its_winner_loses_the_status_while_another_lot_is_judged(world: None) -> None:
    """条例 art. 21, 71: the way out is offered, the next candidate follows, and the other lot goes on without it."""
    tale = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        tale.before = {"report.send": loses_it}

    def loses_it(at: datetime.datetime) -> None:
        one, _two = Lot.objects.filter(case=tale.case).order_by("number")
        best = one.candidates.get(rank=1)
        award = tale.do("award.determine", one, tale.people.reviewer, at, candidate=best)
        tale.do("award.announce", award, tale.people.runner, at)
        change = tale.changed(FIRST, at)
        assert not Task.objects.filter(root=tale.case.ref, action="award.annul").exists()
        tale.decided(change, at, still=False)
        task = Task.objects.get(root=tale.case.ref, action="award.annul", done_at=None)
        assert (task.subject, task.role) == (award.ref, tale.people.runner.role)
        basis = tale.paper("审查意见.pdf", b"%PDF-1.4\nx", tale.people.runner, at)
        why = {"ground": "status", "reason": "资质证书已被吊销", "proof": basis}
        tale.do("award.annul", award, tale.people.runner, at, **why)
        tale.do("award.confirm_annulment", award, tale.people.reviewer, at, answer="与审查意见一致")
        task.refresh_from_db()
        assert task.done_at == at
        assert "candidate_annulled" in tale.refused("award.determine", one, tale.people.reviewer, at, candidate=best)

    tale.before = {"report.send": after_the_first}
    tale.evaluation()
    assert "report.send" not in tale.before
    one, two = Lot.objects.filter(case=tale.case).order_by("number")
    at, reviewer = tale.moment(56), tale.people.reviewer
    best, next_best = one.candidates.order_by("rank")[:2]
    again = tale.do("award.determine", one, reviewer, at, candidate=next_best)
    tale.do("award.announce", again, tale.people.runner, at)
    letter = AwardLetter.objects.filter(lot=one, supplier=best.supplier).latest("pk")
    assert letter.reason == "资格发生变化，不再符合资格条件：资质证书已被吊销"
    out = tale.refused("award.determine", two, reviewer, at, candidate=two.candidates.get(rank=1))
    assert set(out) == {"status_lost"}
    standing = Award.objects.filter(lot__case=tale.case, refused_at=None)
    assert [award.supplier.name for award in standing] == [next_best.supplier.name]


def test_after_an_objection_who_lost_its_status_is_not_counted_among_the_qualified(world: None) -> None:
    """财政部令第94号 art. 16: of four one is out by the objection, another by its licence; two are left of three."""
    tale = qualified(lots=2)

    def after_the_first(at: datetime.datetime) -> None:
        tale.before = {"report.send": both_fall}

    def both_fall(at: datetime.datetime) -> None:
        one, _two = Lot.objects.filter(case=tale.case).order_by("number")
        best, second, third = one.candidates.order_by("rank")[:3]
        runner, reviewer = tale.people.runner, tale.people.reviewer
        award = tale.do("award.determine", one, reviewer, at, candidate=best)
        tale.do("award.announce", award, runner, at)
        papers = [tale.paper(name, b"%PDF-1.4\nx", runner, at) for name in ("质疑答复.pdf", "报告.pdf")]
        why = {"ground": "objection", "reason": "业绩不实", "proof": papers[0], "report": papers[1]}
        tale.do("award.annul", award, runner, at, **why)
        tale.do("award.confirm_annulment", award, reviewer, at, answer="与质疑答复一致")
        assert not can(ACTIONS["award.determine"], one, by=reviewer, now=at)  # three are left
        change = tale.changed((second.supplier.name, ""), at)
        tale.decided(change, at, still=False)
        refused = tale.refused("award.determine", one, reviewer, at, candidate=third)
        assert refused["too_few_left"].facts["left"] == 2

    tale.before = {"report.send": after_the_first}
    tale.evaluation()
    assert "report.send" not in tale.before
