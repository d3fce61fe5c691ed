"""Does the page of a prequalification show each reader what it may see, in both languages, and can one apply there?"""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.challenges.support import LETTER, about
from tests.factories import make_post, make_supplier
from tests.tendering.applying import CLOSES, EXAMINED, Selection, claim
from tests.www.support import Clock, at_desk, follow, text_of
from tests.www.test_english import data, unmarked
from yangcai.challenges.models import Enquiry, Objection
from yangcai.kernel.models import Attachment
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import PrequalificationApplication, PrequalificationClause

pytestmark = pytest.mark.django_db


def page(post: Any, selection: Selection, *, language: str = "zh-hans") -> str:
    client = at_desk(post)
    client.cookies["django_language"] = language
    answer = client.get(reverse("work_prequalification", args=[selection.row.pk]))
    assert answer.status_code == 200
    return text_of(answer)


@pytest.mark.long
def test_a_supplier_finds_it_reads_it_and_applies(clock: Clock) -> None:
    s = Selection().announced()
    follow(s, clock)
    supplier = make_supplier(name="循公告而来的供应商")
    address = reverse("work_prequalification", args=[s.row.pk])
    assert address in text_of(at_desk(supplier).get(reverse("work_tenders")))
    shown = page(supplier, s)
    do = reverse("work_do", args=["prequalification", s.row.pk, "prequalification.apply"])
    assert do in shown and "具有独立承担民事责任的能力" in shown
    paper = SimpleUploadedFile("资质.pdf", b"%PDF-1.4\n", "application/pdf")
    form = {"statement": "资质证书附后", "attachments": paper, "commitment": "on"}
    client = at_desk(supplier)
    assert client.get(do).status_code == 200
    assert client.post(do, form).status_code == 302
    application = PrequalificationApplication.objects.get(supplier=supplier.organisation)
    own = page(supplier, s)
    assert application.receipt in own and "资质证书附后" in own
    assert reverse("work_do", args=["prequalificationapplication", application.pk, "prequalification.withdraw"]) in own
    # Nobody else reads of it before the deadline, nor the paper by its number.
    paper_url = reverse("work_file", args=[Attachment.objects.get(kind="prequalification_application").pk])
    for post in (s.runner, s.officer, make_supplier(), make_post(Role.TREASURY), make_post(Role.AUDITOR)):
        seen = page(post, s)
        assert supplier.organisation.name not in seen and application.receipt not in seen
        assert at_desk(post).get(paper_url).status_code == 404
    for code in ("prequalification.record", "prequalification.conclude"):
        form = at_desk(s.runner).get(reverse("work_do", args=["prequalification", s.row.pk, code]))
        assert form.status_code == 200 and supplier.organisation.name not in text_of(form)
    assert Client().get(paper_url).status_code in {302, 404}
    clock.at = CLOSES
    for post in (s.runner, s.officer, make_post(Role.TREASURY)):
        assert supplier.organisation.name in page(post, s)
        assert "%PDF" in text_of(at_desk(post).get(paper_url))
    record = reverse("work_do", args=["prequalification", s.row.pk, "prequalification.record"])
    examined = text_of(at_desk(s.runner).get(record))
    papers = examined[examined.index('class="documents"') :]  # where it is examined, a paper says whose it is
    assert paper_url in papers and supplier.organisation.name in papers
    stranger = make_supplier()
    assert supplier.organisation.name not in page(stranger, s)
    assert at_desk(stranger).get(paper_url).status_code == 404


def test_a_supplier_asks_about_it_there_and_reads_the_answer(clock: Clock) -> None:
    s = Selection().announced()
    follow(s, clock)
    supplier, client = (post := make_supplier()), at_desk(post)
    do = reverse("work_do", args=["prequalification", s.row.pk, "prequalification.ask"])
    assert do in page(supplier, s)
    done = client.post(do, {"question": "是否接受分公司申请？"}, follow=True)
    assert done.status_code == 200 and reverse("work_prequalification", args=[s.row.pk]) in text_of(done)
    enquiry = Enquiry.objects.get()
    answer = reverse("work_do", args=["enquiry", enquiry.pk, "enquiry.answer"])
    asked = page(s.runner, s)
    assert answer in asked and enquiry.question in asked and supplier.organisation.name not in asked
    assert at_desk(s.runner).post(answer, {"answer": "可以，由总公司授权。"}).status_code == 302
    assert "可以，由总公司授权。" in page(supplier, s)
    assert enquiry.question not in page(make_supplier(), s)


def test_who_was_turned_away_objects_there_before_the_case_is_public(clock: Clock) -> None:
    s = Selection()
    out, good, *_others = s.applied(4)
    s.concluded(out)
    follow(s, clock)
    do = reverse("work_do", args=["prequalification", s.row.pk, "prequalification.object"])
    assert do in page(out, s)
    assert do not in page(s.runner, s) and do not in page(make_supplier(), s)
    client = at_desk(out)
    form = client.get(do)
    assert form.status_code == 200 and "资格预审" in text_of(form) and "2026-03-19" in text_of(form)
    letter = {key: value for key, value in LETTER.items() if key != "rows"}
    matters = {f"rows-0-{key}": value for key, value in LETTER["rows"][0].items()}
    counted = {"rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0"}
    key = about(s.case, out, "prequalification", s.now)
    done = client.post(do, {**letter, **matters, **counted, "about": key}, follow=True)
    objection = Objection.objects.get()
    own = reverse("work_objection", args=[objection.pk])
    assert done.status_code == 200 and own in text_of(done)
    read = client.get(own)
    assert read.status_code == 200 and reverse("work_prequalification", args=[s.row.pk]) in text_of(read)
    assert reverse("work_case", args=[s.case.pk]) not in text_of(read)  # not public yet
    for post in (out, s.runner):
        assert own in page(post, s) and objection.number in page(post, s)
    assert objection.number not in page(good, s)
    assert reverse("work_case", args=[s.case.pk]) in text_of(at_desk(s.runner).get(own))


def test_the_draft_is_its_buyers_own(clock: Clock) -> None:
    s = Selection().written()
    follow(s, clock)
    address = reverse("work_prequalification", args=[s.row.pk])
    assert at_desk(make_supplier()).get(address).status_code == 404
    assert at_desk(make_post(Role.BUYER_OFFICER)).get(address).status_code == 404
    assert "prequalification.confirm" in page(s.reviewer, s)
    for state, step in (("编制中", None), ("待发布公告", "prequalification.confirm")):
        if step:
            s.do(step, s.row, s.reviewer)
        shown = text_of(at_desk(s.runner).get(reverse("work_case", args=[s.case.pk])))
        assert address in shown and f">{state}<" in shown


@pytest.mark.long
@pytest.mark.parametrize("role", ["runner", "supplier", "failing"])
def test_every_page_is_english_for_who_reads_english(role: str, clock: Clock) -> None:
    s = Selection()
    posts = s.applied(4)
    bad, good = posts[0], posts[1]
    s.now = EXAMINED
    s.do("prequalification.record", s.row, s.runner, rows=s.findings(bad))
    s.do("prequalification.conclude", s.row, s.runner)
    s.changed(good, still_qualified=False)
    follow(s, clock)
    reader = {"runner": s.runner, "supplier": good, "failing": bad}[role]
    written = [
        *data(),
        *PrequalificationClause.objects.values_list("text", flat=True),
        *PrequalificationApplication.objects.values_list("reason", flat=True),
        "具有公告要求的资质，证书附后", "资质证书已被吊销", "资质证书被吊销", "证书已过期", "申请.pdf",
        s.row.requirement, s.row.standard, s.row.materials, s.row.credit_check,
    ]  # fmt: skip
    assert unmarked(page(reader, s, language="en"), [text for text in written if text]) == []
    own = page(reader, s)
    assert ("证书已过期" in own) == (role != "supplier")


def test_the_notice_leads_to_it(clock: Clock) -> None:
    s = Selection().announced()
    follow(s, clock)
    notice = Notice.objects.get(kind="prequalification")
    answer = Client().get(reverse("notice", args=[notice.pk]))
    assert reverse("work_prequalification", args=[s.row.pk]) in text_of(answer)


def test_who_made_the_commitment_uploads_no_papers_and_the_examiners_see_it(clock: Clock) -> None:
    s = Selection().announced()
    supplier, other = make_supplier(), make_supplier()
    s.do("commitment.sign", supplier.organisation, supplier, representative="法定代表人甲", agrees=True)
    refused = s.refused("prequalification.apply", s.row, other, **claim(attachments=[]))
    assert refused["invalid_input"].field == "attachments"
    s.do("prequalification.apply", s.row, supplier, **claim(attachments=[]))
    s.apply(other)
    record = reverse("work_do", args=["prequalification", s.row.pk, "prequalification.record"])
    follow(s, clock)
    assert "法定代表人甲" not in text_of(at_desk(s.runner).get(record))  # before the deadline nobody reads who applied
    clock.at = EXAMINED
    page = text_of(at_desk(s.runner).get(record))
    rows = page.split("信用承诺", 1)[1]
    assert "法定代表人甲" in rows and supplier.organisation.name in rows and other.organisation.name in rows
    assert "没有" in rows
