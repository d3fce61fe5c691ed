"""On what ground is an announced award void, by how many persons, and who wins then?"""

import pytest
from django.db import DatabaseError, transaction

from tests.factories import at, make_post
from tests.tendering.awarding import REFUSED, confirm, paper, void
from tests.tendering.judging import (
    DETERMINED,
    Hall,
    hall,
)
from yangcai.cases.models import Award, Case
from yangcai.kernel.actions import ACTIONS, can
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db


def test_nobody_annuls_an_award_alone(sent: Hall) -> None:
    h = sent
    h.awarded()
    h.announced()
    award = h.award
    assert h.refused("award.confirm_annulment", award, h.reviewer, REFUSED, answer="同意") == {"no_annulment"}
    h.do("award.annul", award, h.agent, REFUSED, **void(h, "decision"))
    both = make_post(Role.BUYER_REVIEWER, h.reviewer.organisation, person=h.agent.person)
    assert "same_person" in h.refused("award.confirm_annulment", award, both, REFUSED, answer="同意")
    with pytest.raises(DatabaseError, match="nobody confirmed"), transaction.atomic():
        Award.objects.filter(pk=award.pk).update(refused_at=REFUSED, fall_ground="decision")
    h.do("award.decline_annulment", award, h.reviewer, REFUSED, answer="处理决定书与本项目无关")
    award.refresh_from_db()
    assert award.refused_at is None and not Task.objects.filter(action="award.confirm_annulment", done_at=None).exists()
    h.do("award.annul", award, h.agent, REFUSED, **void(h, "decision"))  # with the right paper


@pytest.mark.long
def test_a_void_award_gives_way_to_the_next_candidate(sent: Hall) -> None:
    """条例 art. 71: before the contract; the winner refused nothing, and is told so."""
    h = sent
    h.awarded()
    assert h.refused("award.annul", h.award, h.agent, DETERMINED, **void(h, "decision")) == {"not_announced"}
    h.announced()
    first = h.award
    assert h.refused("award.annul", first, h.officer, REFUSED, **void(h, "decision")) == {"agent_runs_the_case"}
    assert "role_may_not" in {r.code for r in can(ACTIONS["award.annul"], first, by=h.bidders[1], now=REFUSED)}
    # Nobody found that it lost a status.
    assert h.refused("award.annul", first, h.agent, REFUSED, **void(h, "status")) == {"status_not_lost"}
    h.do("award.annul", first, h.agent, REFUSED, **void(h, "decision"))
    first.refresh_from_db()
    assert first.refused_at is None and not Notice.objects.filter(kind="award_change").exists()
    again = void(h, "decision")
    assert h.refused("award.annul", first, h.agent, REFUSED, **again) == {"annulment_asked_for"}
    task = Task.objects.get(action="award.confirm_annulment", done_at=None)
    assert (task.role, task.subject) == (Role.BUYER_REVIEWER, first.ref)
    confirm(h, first)
    fallen = Award.objects.get(pk=first.pk)
    assert (fallen.fall_ground, fallen.refused_at, h.stage(REFUSED)) == ("decision", REFUSED, "award")
    assert h.refused("award.annul", first, h.agent, REFUSED, **void(h, "decision")) == {"award_refused"}
    # It is no ground for ending the lot as long as there is another candidate.
    for ground in ("winner_refused", "too_few"):
        assert h.refused("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground=ground) == {"ground_not_given"}
    assert h.refused("award.determine", h.lot, h.officer, REFUSED, candidate=first.candidate_id) == {
        "candidate_annulled"
    }
    second = h.do("award.determine", h.lot, h.officer, REFUSED, candidate=h.lot.candidates.get(rank=2).pk).value
    again = at("2026-04-07T09:00")
    h.do("award.announce", second, h.agent, again)
    letter = AwardLetter.objects.get(lot=h.lot, issued_at=again, supplier=first.supplier)
    assert letter.reason == "中标结果无效：财政部门认定中标无效"
    (why,) = explain(letter, now=again).reasons
    assert why.citation is not None and why.citation.rule == "award.annulled"
    assert (why.zh, why.quoted) == ("经财政部门认定，贵单位的中标结果无效", "提供虚假业绩")
    changed = Notice.objects.get(kind="award_change")
    assert (changed.facts["ground"], changed.facts["supplier"]) == ("财政部门认定中标无效", first.supplier.name)
    assert changed.supersedes == Notice.objects.filter(kind="award").earliest("pk")


def test_after_a_founded_objection_enough_must_be_left(sent: Hall) -> None:
    """财政部令第94号 art. 16: of three qualified suppliers two are left, and the treasury is told in writing."""
    h = sent
    h.awarded()
    h.announced()
    assert h.refused("award.annul", h.award, h.agent, REFUSED, **void(h, "objection")) == {"treasury_not_told"}
    h.do("award.annul", h.award, h.agent, REFUSED, **void(h, "objection", report=paper(h.agent)))
    confirm(h, h.award)
    kinds = set(Attachment.objects.filter(subject=h.award.ref).values_list("kind", flat=True))
    assert kinds == {"award_annulment", "treasury_report"}
    refused = can(ACTIONS["award.determine"], h.lot, by=h.officer, now=REFUSED)
    assert [(r.code, r.facts["left"], r.facts["least"]) for r in refused] == [("too_few_left", 2, 3)]
    assert refused[0].citation is not None and refused[0].citation.article == "第十六条"
    h.do("lot.declare_unsuccessful", h.lot, h.agent, REFUSED, ground="too_few", reason="合格供应商不足三家")
    assert Case.objects.get(pk=h.case.pk).end_kind == "unsuccessful"


def test_with_enough_left_the_next_candidate_wins_after_an_objection() -> None:
    points = {n: {"technical": str(40 - n), "record": "10"} for n in range(4)}
    h = hall("950000", "1000000", "1100000", "1150000").ready().judged(points)
    h.awarded()
    h.announced()
    h.do("award.annul", h.award, h.agent, REFUSED, **void(h, "objection", report=paper(h.agent)))
    confirm(h, h.award)
    h.do("award.determine", h.lot, h.officer, REFUSED, candidate=h.lot.candidates.get(rank=2).pk)
    assert Award.objects.get(lot=h.lot, refused_at=None).candidate.rank == 2
