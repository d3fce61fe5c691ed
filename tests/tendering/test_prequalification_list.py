"""Who is invited of those that were found qualified, and what when too few were?"""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import at, make_post, make_supplier
from tests.planning.office import Office
from tests.tendering.applying import EXAMINED, TIMES, Selection, claim, file, times, waiting
from yangcai.cases.models import CaseEnd
from yangcai.kernel import documents
from yangcai.kernel.models import Task
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import two_bidders
from yangcai.tendering.models import (
    Invitee,
    PrequalificationApplication,
    SupplierDraw,
)

pytestmark = pytest.mark.django_db


def test_the_qualified_are_invited_all_at_once_and_nobody_else() -> None:
    s = Selection()
    bad, *good = s.applied(4)
    s.now = EXAMINED
    early = s.refused("invitation.publish", s.case, s.runner, **TIMES)
    assert early["not_prequalified"].citation is not None
    s.concluded(bad)
    s.invited()
    assert set(Invitee.objects.filter(case=s.case).values_list("invited_at", flat=True)) == {s.now}
    assert not Notice.objects.filter(root=s.case.ref).exists()  # an invitation is no notice
    assert "not_invited" in s.refused("documents.obtain", s.case, bad)
    for post in good:
        assert "documents.obtain" in waiting(post)
        s.do("documents.obtain", s.case, post)
    assert not Task.objects.filter(root=s.row.ref, done_at=None).exists()


def test_the_file_may_draw_from_the_qualified() -> None:
    """从中随机抽取 3 家以上 (87号令 art. 14): no list twice as long is wanted of this way."""
    s = Selection()
    s.applied(4, draws=3)
    s.concluded()
    assert s.chosen() == set() and waiting(s.runner) >= {"suppliers.draw"}
    staff = [s.officer, s.reviewer]
    assert "too_few_drawn" in s.refused("suppliers.draw", s.case, s.runner, wanted=2, watchers=staff)
    more = s.refused("suppliers.draw", s.case, s.runner, wanted=4, watchers=staff)["other_number_announced"]
    assert more.citation is not None and "3" in more.zh
    assert "too_few_watchers" in s.refused("suppliers.draw", s.case, s.runner, watchers=staff[:1])
    s.do("suppliers.draw", s.case, s.runner, watchers=staff)
    draw = SupplierDraw.objects.get(case=s.case)
    assert (draw.wanted, draw.pool_size, len(s.chosen())) == (3, 4, 3)
    s.invited()
    assert Invitee.objects.filter(case=s.case, invited_at=s.now).count() == 3


def test_no_more_qualified_than_the_file_draws_are_all_invited() -> None:
    s = Selection()
    s.applied(3, draws=5)
    s.concluded()
    assert len(s.chosen()) == 3
    staff = [s.officer, s.reviewer]
    assert "not_this_way" in s.refused("suppliers.draw", s.case, s.runner, watchers=staff)


def test_too_few_qualified_are_no_tender_and_another_round_may_be_held() -> None:
    """符合专业条件的供应商不足三家 (政府采购法 art. 36(1))."""
    s = Selection()
    bad, _one, _two = s.applied(3)
    s.concluded(bad)
    assert s.chosen() == set() and waiting(s.runner) >= {"prequalification.draft"}
    s.confirm()
    refused = s.refused("invitation.publish", s.case, s.runner, **TIMES)
    told = refused["too_few_prequalified"]
    assert told.citation is not None and told.citation.article == "第三十六条第（一）项"
    s.do("prequalification.draft", s.case, s.runner, **file())
    assert s.row.round == 2
    s.do("prequalification.confirm", s.row, s.reviewer)
    s.do("prequalification.publish", s.row, s.runner, **times(closes_at=at("2026-03-17T17:30"),
         supply_closes_at=at("2026-03-17T17:30"), examined_on=datetime.date(2026, 3, 18)))  # fmt: skip
    assert Notice.objects.filter(kind="prequalification").latest("pk").facts["round"] == "第 2 次"
    for _ in range(3):
        s.apply()
    s.concluded(when=at("2026-03-18T09:00"))
    assert len(s.chosen()) == 3
    assert "prequalified" in s.refused("prequalification.draft", s.case, s.runner, **file())


def test_what_made_a_round_fail_may_change_for_the_next() -> None:
    s = Selection()
    first, *_rest = s.applied(2)
    s.concluded()
    s.do("clauses.define", s.case, s.runner, rows=[{"kind": "qualification", "text": "具有相应资质"}])
    s.do("prequalification.draft", s.case, s.runner, **file())
    # Until the next notice is out, the failed round is a ground to end the case.
    assert not {
        r.code for r in s.refused("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="").values()
    } & {"ground_not_given"}
    old = PrequalificationApplication.objects.get(supplier=first.organisation)
    assert "not_qualified" in s.refused("prequalification.report_change", old, first, content="资质证书被吊销")


def test_nobody_applied() -> None:
    s = Selection().announced()
    s.now = EXAMINED
    assert waiting(s.runner) >= {"prequalification.record"}
    assert "no_applications" in s.refused("prequalification.record", s.row, s.runner, rows=[])
    s.concluded()
    assert s.row.concluded_at == EXAMINED and s.chosen() == set()


def test_what_was_announced_is_not_given_up_in_silence(client: Client) -> None:
    """87号令 art. 29: termination only on a lawful ground, with a notice; the applications are over with it."""
    s = Selection()
    (one,) = s.applied(1)
    reason = {"reason": "预算调整"}
    refused = s.refused("case.terminate", s.case, s.runner, ground="not_published", **reason)
    assert refused["ground_not_given"].citation is not None
    few = s.refused("case.terminate", s.case, s.runner, ground="too_few_prequalified", **reason)
    assert "ground_not_given" in few
    s.do("case.terminate", s.case, s.runner, ground="task_cancelled", **reason)
    notice = Notice.objects.get(kind="termination")
    page = client.get(reverse("notice", args=[notice.pk]))
    assert page.status_code == 200 and reverse("public_case", args=[s.case.pk]) not in page.content.decode()
    assert "case_ended" in s.refused("prequalification.apply", s.row, make_supplier(), **claim())
    assert "case_ended" in s.refused("prequalification.withdraw", s.of(one), one)
    assert not Task.objects.filter(root=s.row.ref, done_at=None).exists()


def test_too_few_qualified_end_the_case_and_it_is_procured_again() -> None:
    s = Selection()
    s.applied(2)
    s.concluded()
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商两家")
    s.case.refresh_from_db()
    assert s.case.end_kind == CaseEnd.TERMINATED
    assert Notice.objects.filter(kind="termination", root=s.case.ref).exists()
    again = s.do("case.retender", s.case, s.runner).value
    assert again.solicitation.invited_by == "prequalification"


@pytest.mark.parametrize(
    ("method", "ground", "papers", "way"),
    [
        ("negotiation", "negotiation.two_bidders",
         {"tender_notice": "甘肃政府采购网 2026-03-02", "objections_statement": "没有质疑",
          "opinion": "资格条件没有不合理条款", "opinion_experts": 3}, "bidders"),
        ("restricted_tender", "restricted_tender.limited_range", {}, "prequalification"),
    ],
)  # fmt: skip
def test_the_next_case_calls_its_suppliers_as_its_own_method_does(
    method: str, ground: str, papers: dict[str, Any], way: str
) -> None:
    """After an open tender with too few qualified another method is approved; one that knows this way keeps it."""
    s = Selection(procedure="open_tender", budget="4500000.00")
    both = s.applied(2)
    s.concluded()
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商两家")
    office = Office()
    office.buyer, office.officer = s.case.buyer, s.officer
    change = {"procedure": method, "ground": ground, "reason": "合格供应商只有两家"}
    office.approved(s.case.plan_item, now=s.now, **change, **papers)
    again = s.do("case.retender", s.case, s.runner).value
    assert (again.procedure, again.solicitation.invited_by) == (method, way)
    # It can be gone: the file as it was taken over says a way of this method.
    assert again.solicitation.invited_by in {one.value for one in two_bidders.ways(again)}
    # With the two that were found qualified is negotiated, and with nobody else (74号令 art. 27).
    invited = set(Invitee.objects.filter(case=again).values_list("supplier", flat=True))
    assert invited == ({post.organisation_id for post in both} if way == "bidders" else set())


def test_a_suspension_postpones_the_deadline(client: Client) -> None:
    """政府采购法 art. 57: nobody applies meanwhile, and nothing of the time is lost."""
    s = Selection()
    (one,) = s.applied(1)
    s.now = at("2026-03-04T09:00")
    treasury = make_post(Role.TREASURY)
    stored = documents.store_bytes(data=b"%PDF-1.4\n", name="通知.pdf", person_id=treasury.person_id, now=s.now)
    order = {"reason": "投诉处理", "until_on": datetime.date(2026, 3, 13), "document": stored.digest}
    s.do("case.suspend", s.case, treasury, **order)
    # Nine days and fifteen hours later is the morning of the 19th; the announced hour stays.
    assert s.row.closes_at == at("2026-03-19T17:30") and s.row.examined_on == datetime.date(2026, 3, 19)
    notice = Notice.objects.get(kind="suspension")
    assert datetime.datetime.fromisoformat(notice.facts["applications_close_at"]) == s.row.closes_at
    assert client.get(reverse("notice", args=[notice.pk])).status_code == 200
    assert "case_suspended" in s.refused("prequalification.apply", s.row, make_supplier(), **claim())
    assert "case_suspended" in s.refused("prequalification.withdraw", s.of(one), one)
    s.now = at("2026-03-10T09:00")
    s.do("case.resume", s.case, treasury, reason="投诉不成立")
    s.now = at("2026-03-19T17:00")
    s.apply()


def test_a_case_that_nobody_was_called_to_is_given_up_in_silence() -> None:
    s = Selection().written()
    s.do("case.terminate", s.case, s.runner, ground="not_published", reason="撤销")
    assert not Notice.objects.exists()
    assert "case_ended" in s.refused("prequalification.confirm", s.row, s.reviewer)
