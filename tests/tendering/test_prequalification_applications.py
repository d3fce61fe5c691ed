"""Who learns of an application, who examines it by what, and who is told the result?"""

import datetime

import pytest

from tests.factories import make_post, make_supplier
from tests.tendering.applying import CLOSES, EXAMINED, OWN, PDF, Selection, claim, seen
from yangcai.credit.models import Debarment
from yangcai.kernel.models import Attachment, Entry
from yangcai.parties.roles import Role
from yangcai.tendering.models import (
    ApplicationFinding,
    Invitee,
    PrequalificationApplication,
)
from yangcai.www.work.files import readable
from yangcai.www.work.timeline import entries

pytestmark = pytest.mark.django_db


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
