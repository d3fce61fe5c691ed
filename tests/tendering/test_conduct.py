"""Is conduct recorded both ways within five working days, and is nobody paid who must not be?"""

from typing import Any

import pytest

from tests import factories
from tests.apart import shared
from tests.factories import at
from tests.tendering.judging import COMPUTED, SCORED, SENT, SIGNED, Hall, hall
from tests.www.support import at_desk, text_of
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.tendering.models import CommitteeMember, ConductRecord, EvaluationReport, ExpertFee
from yangcai.www import sandbox
from yangcai.www.work.worklist import groups

pytestmark = pytest.mark.django_db

POINTS = {n: {"technical": "40", "record": "10"} for n in range(3)}
FEE = {"amount": "400.00", "standard": "省级标准：半天400元"}


def sign_all(**values: Any) -> Hall:
    h = hall("950000", "1000000", "1100000", **values).ready()
    h.score(POINTS)
    h.compute()
    h.sign()
    return h


signed = shared(sign_all)


def waiting(h: Hall, action: str) -> list[Task]:
    return list(Task.objects.filter(root=h.case.ref, action=action, done_at__isnull=True).order_by("pk"))


@pytest.mark.long
def test_a_corrected_report_leaves_nobody_without_a_record_or_a_fee() -> None:
    """The first revision was never signed by all, and never will be: the second is what ended the evaluation."""
    h = hall("950000", "1000000", "1100000").ready()
    odd = h.members[4].post
    for member in h.members:
        low = {0: {"technical": "1", "record": "10"}} if member.post == odd else {}
        h.do("scores.submit", h.lot, member.post, SCORED, rows=h.rows(POINTS | low))
    h.compute()
    rows = [{**row, "reason": "原评分畸低"} for row in h.rows({0: {"technical": "39"}})[:1]]
    h.find_abnormal(odd, 0, COMPUTED)
    h.do("scores.correct", h.lot, odd, COMPUTED, ground="abnormal", rows=rows)
    h.sign()
    assert not EvaluationReport.objects.filter(lot=h.lot, revision__lte=2, signed_at__isnull=False).exists()
    assert len(waiting(h, "conduct.record")) == len(waiting(h, "conduct.answer")) == 5
    h.do("conduct.record", h.members[0], h.agent, SENT, grade="good")


def test_both_sides_record_each_other_within_five_working_days(signed: Any) -> None:
    h = signed()
    # Signed on Monday, 23 March 2026.
    for action in ("conduct.record", "conduct.answer"):
        tasks = waiting(h, action)
        assert len(tasks) == 5
        assert {(t.clock, t.due_at) for t in tasks} == {("C45", at("2026-03-31T00:00"))}
    assert {t.person_id for t in waiting(h, "conduct.answer")} == {m.post.person_id for m in h.members}
    one = h.members[0]
    h.do("conduct.record", one, h.agent, SENT, grade="good")
    h.do("conduct.answer", one, one.post, SENT, grade="poor", text="资料准备不齐，评审推迟两小时")
    assert len(waiting(h, "conduct.record")) == len(waiting(h, "conduct.answer")) == 4
    found = ConductRecord.objects.order_by("pk")
    assert [(r.side, r.organisation, r.grade) for r in found] == [
        ("expert", h.runner.organisation, "good"),
        ("organiser", one.post.organisation, "poor"),
    ]


def test_the_demo_counts_the_lines_of_a_worklist(signed: Any) -> None:
    """Five seats, one line: on the page of roles as on the worklist of who enters there."""
    h = signed()
    for post in (h.agent, h.officer, h.members[0].post):
        (counted,) = sandbox.waiting([post], now=SENT)
        assert counted.tasks == sum(group.total for group in groups(post, now=SENT)) > 0


@pytest.mark.long
def test_no_record_before_the_end_none_twice_none_unexplained() -> None:
    h = hall("950000", "1000000", "1100000").ready()
    h.score(POINTS)
    h.compute()
    one, other = h.members[:2]
    assert h.refused("conduct.record", one, h.agent, COMPUTED, grade="good") == {"evaluation_goes_on"}
    h.sign()
    assert h.refused("conduct.record", one, h.agent, SENT, grade="poor") == {"reason_missing"}
    h.do("conduct.record", one, h.agent, SENT, grade="good")
    assert h.refused("conduct.record", one, h.agent, SENT, grade="poor", text="改") == {"recorded_already"}
    h.do("conduct.record", one, h.officer, SENT, grade="ordinary")
    assert h.refused("conduct.answer", one, other.post, SENT, grade="good") == {"not_yours"}
    assert h.refused("conduct.record", one, h.bidders[0], SENT, grade="good") == {"role_may_not"}


def test_a_late_record_is_taken_and_shows_that_it_is_late(signed: Any) -> None:
    h = signed()
    late = at("2026-04-20T09:00")
    record = h.do("conduct.record", h.members[0], h.agent, late, grade="good").value
    assert record.recorded_at == late and record.due_at == at("2026-03-31T00:00")


def test_the_buyer_pays_each_expert_once_by_a_named_standard(signed: Any) -> None:
    h = signed()
    one = h.members[0]
    assert h.refused("expert_fee.record", one, h.agent, SENT, **FEE) == {"not_the_payer"}
    assert h.refused("expert_fee.record", one, h.officer, SENT, amount="0", standard="无") == {"no_amount"}
    assert h.refused("expert_fee.record", one, h.officer, SENT, amount="-1", standard="无") == {"invalid_input"}
    assert h.refused("expert_fee.record", one, h.officer, SENT, amount="400") == {"invalid_input"}
    fee = h.do("expert_fee.record", one, h.officer, SENT, travel="120.50", **FEE).value
    assert (str(fee.amount), str(fee.travel), fee.payer) == ("400.00", "120.50", h.officer.organisation)
    assert h.refused("expert_fee.record", one, h.officer, SENT, **FEE) == {"paid_already"}


def test_a_central_agency_pays_for_what_it_runs(signed: Any) -> None:
    h = signed()
    assert h.agent is not None
    Organisation.objects.filter(pk=h.agent.organisation_id).update(kind=OrganisationKind.CENTRAL_AGENT)
    assert h.refused("expert_fee.record", h.members[0], h.officer, SENT, **FEE) == {"not_the_payer"}
    assert h.do("expert_fee.record", h.members[0], h.agent, SENT, **FEE).value.payer == h.agent.organisation


def test_nobody_but_an_expert_is_paid() -> None:
    h = hall("950000", "1000000", "1100000")
    own = factories.make_post(Role.EXPERT, h.officer.organisation)
    h.seat(representatives=[own.pk])
    h.qualify()
    h.respond()
    h.score(POINTS)
    h.compute()
    h.sign()
    member = CommitteeMember.objects.get(post=own)
    with pytest.raises(Refused) as refused:
        h.do("expert_fee.record", member, h.officer, SENT, **FEE)
    (refusal,) = refused.value.refusals
    assert refusal.code == "not_an_expert" and refusal.citation is not None
    assert (refusal.citation.rule, refusal.citation.article) == ("expert.fee_to_experts_only", "第四十五条第（九）项")
    assert h.refused("conduct.record", member, h.agent, SENT, grade="good") == {"not_an_expert"}


def test_who_left_early_is_paid_nothing() -> None:
    h = hall("950000", "1000000", "1100000").ready()
    gone = h.members[2]
    new = h.do("committee.replace", gone, h.agent, SCORED, reason="擅自离开", ground="left").value
    h.do("committee.sign_in", new, new.post, SCORED, commits=True)
    h.score(POINTS)
    h.compute()
    h.sign()
    assert h.refused("expert_fee.record", gone, h.officer, SENT, **FEE) == {"fee_forfeited"}
    assert h.do("expert_fee.record", new, h.officer, SENT, **FEE)
    assert ExpertFee.objects.count() == 1
    # How it went with the one who left is still recorded, by the buyer's side.
    h.do("conduct.record", gone, h.agent, SIGNED, grade="poor", text="评审中途擅自离开")


@pytest.mark.long
@pytest.mark.parametrize("ground", ["ill", "recusal"])
def test_who_fell_ill_or_had_to_recuse_may_be_paid_for_what_it_did(ground: str) -> None:
    h = hall("950000", "1000000", "1100000").ready()
    gone = h.members[2]
    new = h.do("committee.replace", gone, h.agent, SCORED, reason="突发疾病送医", ground=ground).value
    h.do("committee.sign_in", new, new.post, SCORED, commits=True)
    h.score(POINTS)
    h.compute()
    h.sign()
    assert str(h.do("expert_fee.record", gone, h.officer, SENT, **FEE).value.amount) == "400.00"


def test_who_never_came_is_neither_paid_nor_judged() -> None:
    h = hall("950000", "1000000", "1100000")
    h.do("committee.draw", h.case, h.runner, at("2026-03-23T10:10"), evaluates_at=at("2026-03-23T11:00"))
    gone = h.members[0]
    h.do("committee.replace", gone, h.agent, at("2026-03-23T11:00"), reason="未到场")
    for member in h.members:
        h.do("committee.sign_in", member, member.post, at("2026-03-23T11:00"), commits=True)
    h.qualify()
    h.respond()
    h.score(POINTS)
    h.compute()
    h.sign()
    assert h.refused("conduct.record", gone, h.agent, SENT, grade="good") == {"never_came"}
    assert "never_came" in h.refused("expert_fee.record", gone, h.officer, SENT, **FEE)


def test_both_sides_read_both_records_and_no_stranger_does(signed: Any) -> None:
    h = signed()
    one, other = h.members[:2]
    h.do("conduct.record", one, h.agent, SENT, grade="poor", text="迟到")
    h.do("conduct.answer", one, one.post, SENT, grade="good")
    h.do("expert_fee.record", one, h.officer, SENT, **FEE)
    inside = (h.agent, h.officer, one.post, factories.make_post(Role.TREASURY), factories.make_post(Role.AUDITOR))
    for post in inside:
        assert SCOPES[ConductRecord](post, SENT).count() == 2, post.role
        assert SCOPES[ExpertFee](post, SENT).count() == 1, post.role
    outside = (None, other.post, h.bidders[0], factories.make_post(Role.AGENT), factories.make_post(Role.BUYER_OFFICER))
    for stranger in outside:
        assert not SCOPES[ConductRecord](stranger, SENT).exists() and not SCOPES[ExpertFee](stranger, SENT).exists()


def test_an_expert_states_its_view_of_a_bad_record_beside_it_once(signed: Any) -> None:
    """财库〔2016〕198号 art. 21: asked for where the grade is poor, open for every record about itself."""
    h = signed()
    one, other = h.members[:2]
    bad = h.do("conduct.record", one, h.agent, SENT, grade="poor", text="迟到").value
    plain = h.do("conduct.record", other, h.agent, SENT, grade="good").value
    own = h.do("conduct.answer", one, one.post, SENT, grade="good").value
    (task,) = waiting(h, "conduct.explain")
    assert (task.person_id, task.subject, task.clock) == (one.post.person_id, bad.ref, "")
    assert h.refused("conduct.explain", bad, other.post, SENT, statement="不是我") == {"not_yours"}
    assert h.refused("conduct.explain", bad, h.agent, SENT, statement="不是我") == {"role_may_not"}
    with pytest.raises(Refused) as refused:
        h.do("conduct.explain", own, one.post, SENT, statement="补充")
    (refusal,) = refused.value.refusals
    assert refusal.code == "record_of_others" and refusal.citation is not None
    assert (refusal.citation.article, refusal.citation.confidence) == ("第二十一条", "memory")
    assert h.refused("conduct.explain", bad, one.post, SENT, statement=" ") == {"invalid_input"}
    factories.set_database_clock(SENT)
    before = text_of(at_desk(h.agent).get(f"/work/case/{h.case.pk}/"))
    assert "专家尚未说明" in before
    form = f"/do/conductrecord/{plain.pk}/conduct.explain/"  # of a good record as well, though nobody asks for it
    assert form in at_desk(other.post).get(f"/work/case/{h.case.pk}/").content.decode()
    assert form not in at_desk(h.agent).get(f"/work/case/{h.case.pk}/").content.decode()
    h.do("conduct.explain", bad, one.post, SENT, statement="高速封路，已提前电话告知")
    assert not waiting(h, "conduct.explain")
    assert h.refused("conduct.explain", bad, one.post, SENT, statement="另一说法") == {"stated_already"}
    bad.refresh_from_db()
    assert (bad.grade, bad.text, bad.stated_at) == ("poor", "迟到", SENT)
    h.do("conduct.explain", plain, other.post, SENT, statement="无异议")
    for post, path in ((h.agent, f"/work/case/{h.case.pk}/"), (one.post, f"/work/expert/{one.expert_id}/")):
        assert post is not None
        page = text_of(at_desk(post).get(path))
        assert "高速封路，已提前电话告知" in page and "专家尚未说明" not in page


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", ("履职情况记录", "逾期")), ("en", ("Conduct record", "late"))]
)
def test_records_and_fees_stand_on_the_page_of_the_case_and_of_the_expert(
    signed: Any, language: str, words: Any
) -> None:
    h = signed()
    one = h.members[0]
    late = at("2026-04-20T09:00")
    h.do("conduct.record", one, h.agent, late, grade="poor", text="迟到一小时")
    h.do("expert_fee.record", one, h.officer, late, **FEE)
    factories.set_database_clock(late)
    for post, path in (
        (h.agent, f"/work/case/{h.case.pk}/"),
        (one.post, f"/work/expert/{one.expert_id}/"),
        (one.post, f"/work/case/{h.case.pk}/"),
    ):
        assert post is not None
        page = text_of(at_desk(post).get(path, headers={"accept-language": language}))
        assert [word for word in ("迟到一小时", "400.00", *words) if word not in page] == [], (post.role, path)
    assert "迟到一小时" not in text_of(at_desk(h.members[1].post).get(f"/work/case/{h.case.pk}/"))
