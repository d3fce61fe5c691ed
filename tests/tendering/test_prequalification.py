"""Is a prequalification announced whole and long enough, applied to in secret, examined by what was announced?"""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import at, make_post, make_supplier
from tests.tendering.applying import (
    CLOSES,
    EXAMINED,
    OWN,
    TIMES,
    Selection,
    file,
    seen,
    times,
    waiting,
)
from tests.tendering.walk import document
from yangcai.cases.models import Case
from yangcai.kernel import documents
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import (
    Clause,
    Prequalification,
    Solicitation,
)

pytestmark = pytest.mark.django_db


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


@pytest.mark.long
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
