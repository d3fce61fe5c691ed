"""Is a prequalification announced whole and long enough, applied to in secret, examined by what was announced?"""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import at, make_post, make_supplier
from tests.planning.office import Office
from tests.tendering.applying import CLOSES, EXAMINED, OPENS, OWN, PDF, TIMES, Selection, claim, file, times
from tests.tendering.walk import document
from yangcai import procedures
from yangcai.cases.models import Case, CaseEnd
from yangcai.credit.models import Debarment
from yangcai.kernel import documents, tasks
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Attachment, Entry, Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import standing
from yangcai.tendering.models import (
    ApplicationFinding,
    Clause,
    Finding,
    Invitee,
    OpenedBid,
    Prequalification,
    PrequalificationApplication,
    Solicitation,
    StatusChange,
    SupplierDraw,
)
from yangcai.www.work.files import readable
from yangcai.www.work.timeline import entries

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def seen(model: type, post: Post | None, now: datetime.datetime) -> list[int]:
    return list(SCOPES[model](post, now).order_by("pk").values_list("pk", flat=True))


def waiting(post: Post) -> set[str]:
    return set(tasks.of_post(post).values_list("action", flat=True))


# --- the file and its notice ---------------------------------------------------------------------------------------


def test_the_notice_says_what_the_law_lists_and_the_file_is_free(client: Client) -> None:
    """87号令 art. 15: items 1-4, 6 and 8 of art. 13, the file, the deadline and the day."""
    s = Selection().announced()
    notice = Notice.objects.get(kind="prequalification")
    assert (notice.root, notice.closes_at, notice.procedure) == (s.row.ref, CLOSES, "restricted_tender")
    facts = notice.facts
    assert facts["budget"] == "1000000.00" and facts["period"] == "自公告发布之日起 5 个工作日"
    assert OWN in facts["qualification"] and facts["qualification"].startswith("1. 具有独立承担民事责任的能力")
    assert "免费" in facts["file_how"] and facts["examined_on"] == "2026-03-10"
    assert facts["project_contact"].startswith(s.runner.person.name)
    # Whoever wants to apply signs in; the case itself is still nobody's but the buyer's.
    answer = client.get(reverse("notice", args=[notice.pk])).content.decode()
    assert reverse("work_prequalification", args=[s.row.pk]) in answer
    assert not SCOPES[Case](make_supplier(), s.now).filter(pk=s.case.pk).exists()
    assert seen(Prequalification, None, s.now) == [s.row.pk]


def test_anybody_reads_the_file(client: Client) -> None:
    s = Selection().written()
    stored = documents.store_bytes(data=b"%PDF-1.4\n", name="预审.pdf", person_id=s.runner.person_id, now=s.now)
    s.do("prequalification.draft", s.case, s.runner, **file(document=stored.digest))
    address = reverse("public_file", args=[Attachment.objects.get(kind="prequalification").pk])
    assert client.get(address).status_code == 404
    s.do("prequalification.confirm", s.row, s.reviewer)
    s.do("prequalification.publish", s.row, s.runner, **times())
    notice = Notice.objects.get(kind="prequalification")
    assert address in client.get(reverse("notice", args=[notice.pk])).content.decode()
    answer = client.get(address)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == b"%PDF-1.4\n"


def test_the_clocks_of_the_notice_run() -> None:
    s = Selection().announced()
    (clock,) = Task.objects.filter(root=s.row.ref, done_at=None).exclude(clock="")
    assert (clock.clock, clock.due_at) == ("C02", at("2026-03-09T00:00"))
    s.now = at("2026-03-06T09:00")
    s.do("prequalification.correct", s.row, s.runner, item="申请文件格式", after="附件一", affects_applications=True)
    found = dict(Task.objects.filter(root=s.row.ref, done_at=None).exclude(clock="").values_list("clock", "due_at"))
    assert found["C03"] == at("2026-03-09T00:00")


@pytest.mark.parametrize(
    ("more", "code", "article"),
    [
        ({"closes_at": at("2026-03-06T17:30"), "supply_closes_at": CLOSES}, "window_too_short", "第二十一条"),
        ({"supply_closes_at": at("2026-03-06T17:30")}, "supply_too_short", "第十八条"),
        ({"closes_at": at("2026-03-14T17:30")}, "not_a_working_day", "第二百零三条"),
        ({"examined_on": datetime.date(2026, 3, 6)}, "examined_before_deadline", ""),
        ({"supply_closes_at": at("2026-03-12T17:30")}, "supply_after_deadline", ""),
    ],
)
def test_a_notice_with_unlawful_times_is_refused(more: dict[str, object], code: str, article: str) -> None:
    s = Selection().written()
    s.do("prequalification.confirm", s.row, s.reviewer)
    found = s.refused("prequalification.publish", s.row, s.runner, **times(**more))
    assert code in found
    if article:
        assert found[code].citation is not None and found[code].citation.article == article


def test_the_file_is_written_for_this_way_alone_and_confirmed_by_another() -> None:
    plain = Selection()
    plain.describe(invited_by="library")
    assert "not_this_way" in plain.refused("prequalification.draft", plain.case, plain.runner, **file())
    s = Selection(agent=False).written()
    assert waiting(s.reviewer) >= {"prequalification.confirm"}
    early = s.refused("prequalification.publish", s.row, s.runner, **times())
    assert early["not_confirmed"].citation is not None
    both = make_post(Role.BUYER_REVIEWER, s.runner.organisation, person=s.runner.person)
    assert "same_person" in s.refused("prequalification.confirm", s.row, both)
    s.do("prequalification.confirm", s.row, s.reviewer)
    # A change of the tender file's conditions is a change of what is announced: it is confirmed again.
    assert "prequalification.confirm" not in waiting(s.reviewer)
    s.do("clauses.define", s.case, s.runner, rows=[])
    assert s.row.confirmed_at is None and waiting(s.reviewer) >= {"prequalification.confirm"}


def test_what_was_announced_stays() -> None:
    """不得改变资格条件 (87号令 art. 27); the way of inviting is announced too (art. 14, 29)."""
    s = Selection().announced()
    rows = [{"kind": "qualification", "text": "另一条件"}]
    refused = s.refused("clauses.define", s.case, s.runner, rows=rows)
    assert refused["conditions_are_announced"].citation is not None
    assert refused["conditions_are_announced"].citation.article == "第二十七条"
    rows = [{"kind": "qualification", "text": OWN}, {"kind": "responsiveness", "text": "★ 质保五年"}]
    s.do("clauses.define", s.case, s.runner, rows=rows)
    terms = {**document(), "invited_by": "library"}
    assert "way_is_announced" in s.refused("solicitation.draft", s.case, s.runner, **terms)
    assert "prequalification_runs" in s.refused("prequalification.draft", s.case, s.runner, **file())
    assert "already_announced" in s.refused("prequalification.publish", s.row, s.runner, **times())


ASIDE = {"set_aside": "package", "set_aside_share": Decimal("0.40"), "set_aside_small_micro": Decimal("0.60")}
RESERVED = "本采购包专门面向小微企业采购，投标人应当提供《中小企业声明函》"


def two_lots(**second: Any) -> list[dict[str, Any]]:
    return [
        {"number": "1", "title": "供小微", "budget": "400000.00", "evaluation_method": "rated", "set_aside": "package",
         "for_small_micro": True},
        {"number": "2", "title": "公开", "budget": "600000.00", "evaluation_method": "rated", **second},
    ]  # fmt: skip


def in_lots(**terms: Any) -> Selection:
    """Two lots, one of them set aside, the other with a condition of its own: announced."""
    s = Selection(procedure="open_tender", set_aside="package", plan=ASIDE)
    s.do("lots.define", s.case, s.runner, rows=two_lots())
    s.written(**terms)
    rows = [{"kind": "qualification", "text": OWN}, {"kind": "qualification", "text": "具有乙级资质", "lot": "2"}]
    s.do("clauses.define", s.case, s.runner, rows=rows)
    s.do("prequalification.confirm", s.row, s.reviewer)
    s.do("prequalification.publish", s.row, s.runner, **times())
    return s


def test_what_one_lot_demands_is_announced_too_and_looked_at_in_its_bids() -> None:
    s = in_lots()
    told = Notice.objects.get(kind="prequalification").facts["qualification"]
    assert f"（采购包 1）{RESERVED}" in told and "（采购包 2）具有乙级资质" in told
    s.apply()
    s.now = EXAMINED
    rows = s.findings()
    assert len(rows) == s.row.clauses.filter(lot="").count() == s.row.clauses.count() - 2
    alien = {**rows[0], "clause": s.row.clauses.get(lot="2").pk}
    assert "invalid_input" in s.refused("prequalification.record", s.row, s.runner, rows=[alien])
    s.concluded()
    assert s.row.concluded_at == EXAMINED


@pytest.mark.parametrize(
    ("code", "data", "refused"),
    [
        ("solicitation.draft", {**document(), "invited_by": "prequalification", "accepts_consortium": True},
         "consortium_is_announced"),
        ("lots.define", {"rows": two_lots(set_aside="package")}, "conditions_are_announced"),
        ("lots.define", {"rows": two_lots(set_aside="subcontract", set_aside_share="0.30")},
         "conditions_are_announced"),
        ("lots.define", {"rows": two_lots()[:1]}, "conditions_are_announced"),
        ("clauses.define", {"rows": [{"kind": "qualification", "text": OWN}]}, "conditions_are_announced"),
        ("clauses.define", {"rows": [{"kind": "qualification", "text": OWN}, {"kind": "qualification", "lot": "2",
         "text": "具有甲级资质"}]}, "conditions_are_announced"),
    ],
)  # fmt: skip
def test_no_announced_condition_is_changed(code: str, data: dict[str, Any], refused: str) -> None:
    """87号令 art. 27, where it is entered; and how to mend it is said."""
    s = in_lots()
    found = s.refused(code, s.case, s.runner, **data)[refused]
    assert found.citation is not None and found.citation.article == "第二十七条"
    assert "恢复为公告的内容" in found.zh and "终止后重新采购" in found.zh


def test_what_changes_no_condition_may_still_be_written() -> None:
    s = in_lots()
    s.do("lots.define", s.case, s.runner, rows=two_lots(title="公开部分", ceiling="590000.00"))
    s.do("solicitation.draft", s.case, s.runner, **{**document(), "invited_by": "prequalification"})
    rows = [{"kind": "qualification", "text": OWN}, {"kind": "qualification", "text": "具有乙级资质", "lot": "2"},
            {"kind": "responsiveness", "text": "★ 质保五年"}]  # fmt: skip
    s.do("clauses.define", s.case, s.runner, rows=rows)


@pytest.mark.parametrize("change", ["consortium", "condition"])
def test_no_invitation_goes_out_for_another_file_than_was_announced(change: str) -> None:
    """What came into the file by another door is met at the last one."""
    s = Selection()
    s.applied(3)
    s.concluded()
    s.confirm()
    if change == "consortium":
        Solicitation.objects.filter(case=s.case).update(accepts_consortium=True)
    else:
        Clause.objects.filter(case=s.case, text=OWN).update(text="具有甲级资质")
    refused = s.refused("invitation.publish", s.case, s.runner, **TIMES)
    assert set(refused) == {"consortium_is_announced" if change == "consortium" else "conditions_are_announced"}


def test_the_notice_says_of_consortia_what_the_file_says() -> None:
    s = Selection().written()
    s.do("solicitation.draft", s.case, s.runner,
         **{**document(), "invited_by": "prequalification", "accepts_consortium": True})  # fmt: skip
    s.do("prequalification.confirm", s.row, s.reviewer)
    s.do("prequalification.publish", s.row, s.runner, **times())
    assert Notice.objects.get(kind="prequalification").facts["accepts_consortium"] is True


def test_all_the_qualified_of_an_open_tender_get_the_file() -> None:
    """87号令 art. 18; a restricted tender draws three or more (art. 14)."""
    s = Selection(procedure="open_tender")
    s.describe(invited_by="prequalification")
    refused = s.refused("prequalification.draft", s.case, s.runner, **file(draws=3))
    assert refused["all_are_supplied"].citation is not None
    assert refused["all_are_supplied"].citation.article == "第十八条"
    other = Selection()
    other.describe(invited_by="prequalification")
    assert "too_few_drawn" in other.refused("prequalification.draft", other.case, other.runner, **file(draws=2))


# --- corrections ---------------------------------------------------------------------------------------------------

CHANGE = {"item": "申请文件格式", "before": "两份", "after": "一份", "affects_applications": True}


def test_a_late_correction_moves_the_deadline() -> None:
    """不足 3 日的，应当顺延 (87号令 art. 27); the correction stands where the notice stood."""
    s = Selection().announced()
    s.now = at("2026-03-08T09:00")
    sooner = s.refused("prequalification.correct", s.row, s.runner, **CHANGE, new_closes_at=at("2026-03-10T09:30"))
    told = sooner["deadline_not_extended"]
    assert told.citation is not None and told.citation.article == "第二十七条"
    assert told.facts["earliest"] == datetime.date(2026, 3, 11)
    s.do("prequalification.correct", s.row, s.runner, **CHANGE)
    assert (s.row.closes_at, s.row.examined_on) == (at("2026-03-11T17:30"), datetime.date(2026, 3, 11))
    first, second = Notice.objects.filter(root=s.row.ref).order_by("pk")
    assert (second.kind, second.supersedes) == ("prequalification_correction", first)
    assert second.closes_at == s.row.closes_at and second.facts["corrected"] == first.number
    # Whoever comes on the old last day's morrow is in time.
    s.now = at("2026-03-10T12:00")
    s.apply()


def test_a_correction_in_time_moves_nothing_and_never_the_subject() -> None:
    s = Selection().announced()
    s.now = at("2026-03-05T09:00")
    earlier = s.refused("prequalification.correct", s.row, s.runner, **CHANGE, new_closes_at=at("2026-03-06T17:30"))
    assert "deadline_brought_forward" in earlier
    subject = s.refused("prequalification.correct", s.row, s.runner, **CHANGE, changes_subject_or_conditions=True)
    assert "subject_changed" in subject
    s.do("prequalification.correct", s.row, s.runner, **CHANGE)
    assert (s.row.closes_at, s.row.revision) == (CLOSES, 2)
    s.now = EXAMINED
    assert "late_application" in s.refused("prequalification.correct", s.row, s.runner, **CHANGE)


# --- applications --------------------------------------------------------------------------------------------------


def test_nobody_learns_who_applied_before_the_deadline() -> None:
    s = Selection()
    one, other = s.applied(2)
    treasury, auditor = make_post(Role.TREASURY), make_post(Role.AUDITOR)
    inside = (s.runner, s.officer, s.reviewer, treasury, auditor)
    for post in inside:
        assert seen(PrequalificationApplication, post, s.now) == []
        assert not [e for e in entries([s.row.ref], post=post, is_open=False) if e.action == "prequalification.apply"]
    assert seen(PrequalificationApplication, one, s.now) == [s.of(one).pk]
    assert seen(PrequalificationApplication, make_supplier(), s.now) == []
    assert seen(PrequalificationApplication, None, s.now) == []
    version = s.row.version
    s.apply()
    assert s.row.version == version  # it is public and must not count the applications
    assert "applications_are_closed" in s.refused("prequalification.record", s.row, s.runner, rows=s.findings())
    entry = Entry.objects.filter(action="prequalification.apply").latest("seq")
    assert set(entry.payload.data["input"]) == {"receipt"}
    # From the deadline on whoever runs or oversees the case sees those that stand.
    for post in inside:
        assert len(seen(PrequalificationApplication, post, CLOSES)) == 3
    assert seen(PrequalificationApplication, other, CLOSES) == [s.of(other).pk]


def test_a_supplier_applies_once_and_may_think_again_until_the_deadline() -> None:
    s = Selection()
    (one,) = s.applied(1)
    assert "already_applied" in s.refused("prequalification.apply", s.row, one, **claim())
    first = s.of(one)
    assert "not_yours" in s.refused("prequalification.withdraw", first, make_supplier())
    s.now = CLOSES - datetime.timedelta(minutes=1)
    s.do("prequalification.withdraw", first, one)
    s.apply(one, statement="补充后的声明")
    assert (s.of(one).statement, s.of(one).submitted_at) == ("补充后的声明", s.now)
    s.now = CLOSES
    late = s.refused("prequalification.withdraw", s.of(one), one)
    assert late["late_application"].citation is not None
    assert late["late_application"].citation.article == "第十五条"
    assert "late_application" in s.refused("prequalification.apply", s.row, make_supplier(), **claim())
    # What was withdrawn is nobody's to read.
    assert first.pk not in seen(PrequalificationApplication, s.runner, s.now)


def test_an_application_has_its_papers_and_only_its_supplier_reads_them_before() -> None:
    s = Selection()
    (one,) = s.applied(1)
    assert "invalid_input" in s.refused("prequalification.apply", s.row, make_supplier(), **claim(attachments=[]))
    kind = "prequalification_application"
    for post, before, after in ((one, 1, 1), (s.runner, 0, 1), (make_supplier(), 0, 0), (s.officer, 0, 1)):
        assert readable(s.row, post=post, now=s.now).filter(kind=kind).count() == before
        assert readable(s.row, post=post, now=CLOSES).filter(kind=kind).count() == after
    assert Attachment.objects.get(kind=kind).title == PDF["name"]
    stranger = make_post(Role.BUYER_OFFICER)
    assert not readable(s.row, post=stranger, now=CLOSES).exists()


# --- the examination -----------------------------------------------------------------------------------------------


def test_each_application_is_examined_by_each_announced_condition() -> None:
    s = Selection()
    posts = s.applied(4)
    s.now = EXAMINED
    rows = s.findings()
    s.do("prequalification.record", s.row, s.runner, rows=rows[1:])
    missing = s.refused("prequalification.conclude", s.row, s.runner)["examination_unfinished"]
    assert missing.citation is not None and missing.citation.article == "第十四条"
    assert "duplicate_row" in s.refused("prequalification.record", s.row, s.runner, rows=[rows[0], rows[0]])
    silent = {**rows[0], "passed": False}
    assert "invalid_input" in s.refused("prequalification.record", s.row, s.runner, rows=[silent])
    alien = {**rows[0], "clause": 10**9}
    assert "invalid_input" in s.refused("prequalification.record", s.row, s.runner, rows=[alien])
    assert "not_yours" in s.refused("prequalification.record", s.row, make_post(Role.AGENT), rows=rows)
    s.concluded(posts[0])
    assert "already_concluded" in s.refused("prequalification.record", s.row, s.runner, rows=rows)


def test_each_applicant_is_told_its_own_result() -> None:
    s = Selection()
    bad, good, *_rest = s.applied(4)
    s.now = EXAMINED
    s.do("prequalification.record", s.row, s.runner, rows=s.findings(bad))
    assert seen(ApplicationFinding, bad, s.now) == []
    s.do("prequalification.conclude", s.row, s.runner)
    assert (s.of(bad).is_qualified, s.of(good).is_qualified) == (False, True)
    assert s.of(bad).reason == f"{OWN}（证书已过期，见申请文件第 12 页）"
    assert (s.of(good).reason, s.of(good).told_at) == ("", EXAMINED)
    own = ApplicationFinding.objects.filter(application=s.of(bad)).order_by("pk").values_list("pk", flat=True)
    assert seen(ApplicationFinding, bad, s.now) == list(own)
    assert seen(PrequalificationApplication, good, s.now) == [s.of(good).pk]
    # The three others are the list; nobody knows of it but the buyer's side.
    assert set(Invitee.objects.filter(case=s.case).values_list("source", flat=True)) == {"prequalified"}
    assert bad.organisation_id not in s.chosen() and len(s.chosen()) == 3
    assert seen(Invitee, good, s.now) == []


def test_the_debarred_are_not_qualified() -> None:
    s = Selection()
    listed, *_rest = s.applied(4)
    treasury = make_post(Role.TREASURY)
    Debarment.objects.create(
        organisation=listed.organisation, ground="procurement", authority=treasury.organisation.name, decision="1号",
        from_on=datetime.date(2026, 3, 9),
    )  # fmt: skip
    s.concluded()
    assert s.of(listed).is_qualified is False and s.of(listed).reason
    assert listed.organisation_id not in s.chosen()


# --- the list ------------------------------------------------------------------------------------------------------


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
          "opinion": "资格条件没有不合理条款", "opinion_experts": 3}, "notice"),
        ("restricted_tender", "restricted_tender.limited_range", {}, "prequalification"),
    ],
)  # fmt: skip
def test_the_next_case_calls_its_suppliers_as_its_own_method_does(
    method: str, ground: str, papers: dict[str, Any], way: str
) -> None:
    """After an open tender with too few qualified another method is approved; one that knows this way keeps it."""
    s = Selection(procedure="open_tender", budget="4500000.00")
    s.applied(2)
    s.concluded()
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商两家")
    office = Office()
    office.buyer, office.officer = s.case.buyer, s.officer
    change = {"procedure": method, "ground": ground, "reason": "合格供应商只有两家"}
    office.approved(s.case.plan_item, now=s.now, **change, **papers)
    again = s.do("case.retender", s.case, s.runner).value
    assert (again.procedure, again.solicitation.invited_by) == (method, way)
    # It can be gone: the file as it was taken over says a way of this method.
    assert again.solicitation.invited_by in {one.value for one in procedures.get(method).invites}


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


# --- in the tender -------------------------------------------------------------------------------------------------


def to_the_check(s: Selection, posts: list[Post]) -> None:
    """From the invitation to the qualification check."""
    for post in posts:
        s.do("documents.obtain", s.case, post)
        s.bid(post)
    s.now = OPENS
    s.do("opening.begin", s.case, s.runner)
    s.conclude()


def test_what_was_examined_beforehand_is_not_examined_again() -> None:
    """条例 art. 21."""
    s = Selection()
    posts = s.applied(3)
    s.concluded()
    s.invited()
    to_the_check(s, posts)
    rows = [{"bid": OpenedBid.objects.filter(lot=s.lot)[0].pk, "clause": 1, "passed": True}]
    refused = s.refused("qualification.record", s.lot, s.runner, rows=rows)
    assert refused["checked_beforehand"].citation is not None
    assert refused["checked_beforehand"].citation.article == "第二十一条"
    assert "qualification.conclude" in waiting(s.runner)
    s.do("qualification.conclude", s.lot, s.runner)
    assert not Finding.objects.exists() and len(standing.still_in(s.lot)) == 3


def test_a_changed_status_is_reported_and_examined_before_anybody_goes_on() -> None:
    """资格预审合格的供应商在评审阶段资格发生变化的，应当通知采购人和采购代理机构 (条例 art. 21)."""
    s = Selection()
    lost, kept, *rest = s.applied(5)
    s.concluded()
    s.invited()
    to_the_check(s, [lost, kept, *rest])
    change = s.do("prequalification.report_change", s.of(lost), lost, content="资质证书被吊销").value
    assert "change_is_open" in s.refused("prequalification.report_change", s.of(lost), lost, content="x")
    assert waiting(s.runner) >= {"prequalification.decide_change"}
    open_yet = s.refused("qualification.conclude", s.lot, s.runner)["status_change_open"]
    assert open_yet.citation is not None and open_yet.citation.article == "第二十一条"
    assert seen(StatusChange, kept, s.now) == [] and seen(StatusChange, s.officer, s.now) == [change.pk]
    assert seen(StatusChange, make_post(Role.AUDITOR), s.now) == [change.pk]
    answer = {"still_qualified": False, "opinion": "资质证书已被吊销"}
    assert "not_yours" in s.refused("prequalification.decide_change", change, make_post(Role.AGENT), **answer)
    s.do("prequalification.decide_change", change, s.runner, **answer)
    s.changed(kept, still_qualified=True)
    out = [one for one in standing.standings(s.lot) if not one.is_in]
    assert [(one.bid.supplier, one.reason) for one in out] == [(lost.organisation, "资格发生变化：资质证书已被吊销")]
    s.do("qualification.conclude", s.lot, s.runner)
    assert "not_qualified" in s.refused("prequalification.report_change", s.of(lost), lost, content="恢复")


def test_who_lost_its_status_before_the_invitation_leaves_the_list() -> None:
    s = Selection()
    lost, *_rest = s.applied(4)
    s.concluded()
    s.changed(lost, still_qualified=False)
    assert lost.organisation_id not in s.chosen() and len(s.chosen()) == 3
    s.invited()
    assert "not_invited" in s.refused("documents.obtain", s.case, lost)


def test_who_lost_its_status_is_not_drawn() -> None:
    """As many as the file draws are left: all of them are invited, and nobody is drawn."""
    s = Selection()
    lost, *left = s.applied(4, draws=3)
    s.concluded()
    s.changed(lost, still_qualified=False)
    assert s.chosen() == {post.organisation_id for post in left}
    assert "not_this_way" in s.refused("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    s.invited()


def test_the_next_in_the_order_of_the_draw_takes_the_place_of_who_lost_its_status() -> None:
    s = Selection()
    s.applied(5, draws=3)
    s.concluded()
    s.do("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    drawn = list(Invitee.objects.filter(case=s.case).order_by("drawn_rank"))
    s.changed(Post.objects.get(organisation=drawn[1].supplier), still_qualified=False)
    assert s.chosen() == {drawn[n].supplier_id for n in (0, 2, 3)}
    s.invited()


def test_where_too_few_are_left_after_the_draw_the_case_ends_and_nobody_is_sent_to_another_round() -> None:
    """What was drawn stands: the way that the refusal and the list of tasks name is one that can be gone."""
    s = Selection()
    one, two, *_rest = s.applied(4, draws=3)
    s.concluded()
    s.do("suppliers.draw", s.case, s.runner, watchers=[s.officer, s.reviewer])
    for post in (one, two):
        s.changed(post, still_qualified=False)
    s.confirm()
    told = s.refused("invitation.publish", s.case, s.runner, **TIMES)["too_few_prequalified"]
    assert "终止后重新采购" in told.zh and "重新组织资格预审" not in told.zh
    assert "already_drawn" in s.refused("prequalification.draft", s.case, s.runner, **file())
    assert "case.terminate" in waiting(s.runner) and "prequalification.draft" not in waiting(s.runner)
    s.do("case.terminate", s.case, s.runner, ground="too_few_prequalified", reason="合格供应商两家")
    assert "case.terminate" not in waiting(s.runner)


def test_who_lost_its_status_after_the_invitation_gets_no_file() -> None:
    s = Selection()
    lost, *_rest = s.applied(4)
    s.concluded()
    s.invited()
    s.changed(lost, still_qualified=False)
    refused = s.refused("documents.obtain", s.case, lost)
    assert refused["status_lost"].citation is not None
    # Who was not found qualified has nothing to report.
    s.of(lost)
    assert {r.code for r in can(ACTIONS["prequalification.report_change"], s.of(lost), by=lost, now=s.now)} == {
        "not_qualified"
    }


def test_an_open_tender_is_announced_and_only_the_qualified_take_part() -> None:
    """公开招标进行资格预审 (87号令 art. 18)."""
    s = Selection(procedure="open_tender")
    posts = s.applied(3)
    s.concluded()
    s.invited()
    notice = Notice.objects.get(root=s.case.ref)
    assert (notice.kind, notice.facts["documents_how"]) == (
        "invitation", "限于通过资格预审的供应商，登录本平台在线获取，免费",
    )  # fmt: skip
    assert "not_invited" in s.refused("documents.obtain", s.case, make_supplier())
    to_the_check(s, posts)
    s.do("qualification.conclude", s.lot, s.runner)
