"""Does the one form do every Action as its declaration says, and say clearly when it may not be done?"""

import re
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from tests.api.test_sbp_store import no_space
from tests.contracts import support as contract_support
from tests.factories import NOW, fund_appropriation, make_case, make_organisation, make_post, make_supplier
from tests.planning.office import Office
from tests.tendering.awarding import REFUSED, evaluated, paper
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.cases.models import Case
from yangcai.challenges.models import Enquiry
from yangcai.funds.models import Appropriation
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.documents import attach, path_of, store_bytes
from yangcai.kernel.models import Attachment, Entry
from yangcai.parties.models import ApiToken
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice
from yangcai.tendering.models import Bid, OpenedBid
from yangcai.www.forms import arrange

pytestmark = pytest.mark.django_db
INTENTION = {
    "title": "实训设备",
    "overview": "机器人一批",
    "amount": "500000.00",
    "expected_on": "2026-05-01",
}


def address(subject, code: str) -> str:
    return reverse("work_do", args=[subject._meta.model_name, subject.pk, code])


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page).group(1)


@pytest.fixture
def officer():
    return make_post(Role.BUYER_OFFICER)


@pytest.fixture
def line(officer) -> Appropriation:
    return fund_appropriation(officer.organisation)


def test_the_form_says_what_it_means(clock: Clock, officer, line) -> None:
    page = at_desk(officer).get(address(line, "intention.publish")).content.decode()
    assert "<h1>公开采购意向</h1>" in page
    assert line.name in page and line.code in page  # the facts
    assert "财库" in page or "意向公开工作" in page  # the ground
    assert "提交后立即发布" in page
    for name in INTENTION:
        assert f'name="{name}"' in page


def test_done_once_and_told(clock: Clock, officer, line) -> None:
    client = at_desk(officer)
    page = client.get(address(line, "intention.publish")).content.decode()
    data = INTENTION | {"key": hidden(page, "key"), "version": hidden(page, "version")}
    first = client.post(address(line, "intention.publish"), data)
    again = client.post(address(line, "intention.publish"), data)  # a double click
    assert first.status_code == again.status_code == 302
    assert first.headers["Location"] == again.headers["Location"]
    assert Intention.objects.count() == 1
    told = client.get(first.headers["Location"]).content.decode()
    assert "已办理：公开采购意向" in told
    notice = Notice.objects.get()
    assert notice.number in told and reverse("notice", args=[notice.pk]) in told


def test_what_is_wrong_stands_at_its_field_and_on_top(clock: Clock, officer, line) -> None:
    answer = at_desk(officer).post(address(line, "intention.publish"), INTENTION | {"amount": "壹万", "title": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'class="error-summary"' in page and 'href="#id_amount"' in page
    assert page.count("这个字段是必填项") == 2  # the summary and the field
    assert 'value="壹万"' in page  # what was typed is kept
    assert not Intention.objects.exists()


def test_a_refusal_cites_its_article(clock: Clock, officer, line) -> None:
    answer = at_desk(officer).post(address(line, "intention.publish"), INTENTION | {"amount": "2000000.00"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "1,000,000.00" in page
    link = r'1,000,000\.00[^<]*(?:</a>)? (<a class="citation" href="/law/[^"]+">[^<]+</a>)'
    cited = re.findall(link, page)
    assert len(cited) == 2 and len(set(cited)) == 1, cited  # in the summary and beside the amount
    article = re.sub("<[^>]+>", "", cited[0])
    told = at_desk(officer).get(reverse("work_appropriation", args=[line.pk])).content.decode()
    assert f"（{article}）" in told  # and in the timeline, where the attempt is kept


def test_a_stale_form_is_told_so(clock: Clock, officer, line) -> None:
    client = at_desk(officer)
    version = hidden(client.get(address(line, "intention.publish")).content.decode(), "version")
    assert version != str(line.version) and len(version) == 24  # says nothing about how busy a row is
    Appropriation.objects.filter(pk=line.pk).update(version=7)
    answer = client.post(address(line, "intention.publish"), INTENTION | {"version": version})
    assert "请刷新后重试" in answer.content.decode()
    fresh = hidden(answer.content.decode(), "version")
    assert client.post(address(line, "intention.publish"), INTENTION | {"version": fresh}).status_code == 302


def test_suppliers_are_not_told_how_busy_a_case_is(clock: Clock) -> None:
    tender = Tender()
    tender.published()
    follow(tender, clock)
    page = at_desk(make_supplier()).get(address(tender.case, "documents.obtain")).content.decode()
    assert 'name="key"' in page and 'name="version"' not in page


def test_closed_actions_give_all_reasons_and_no_form(clock: Clock) -> None:
    tender = Tender()
    follow(tender, clock)
    answer = at_desk(tender.agent_post).get(address(tender.case, "invitation.publish"))
    page = answer.content.decode()
    assert answer.status_code == 200 and "暂不能办理" in page
    assert page.count('class="refusals"') == 1 and page.count("<li>") > 2
    assert 'name="key"' not in page
    assert at_desk(tender.agent_post).post(address(tender.case, "invitation.publish")).status_code == 422
    tender.case.refresh_from_db()
    assert tender.case.published_at is None


def test_another_role_may_not(clock: Clock, line) -> None:
    treasury = make_post(Role.TREASURY)
    answer = at_desk(treasury).post(address(line, "intention.publish"), INTENTION)
    assert answer.status_code == 422 and "您的岗位不能办理" in answer.content.decode()
    assert not Intention.objects.exists()


def test_what_is_not_visible_does_not_exist(clock: Clock, line) -> None:
    stranger = at_desk(make_post(Role.BUYER_OFFICER))
    assert stranger.get(address(line, "intention.publish")).status_code == 404
    assert stranger.post(address(line, "intention.publish"), INTENTION).status_code == 404
    case = make_case()
    for path in (
        f"/work/do/case/{case.pk}/no.such/",
        f"/work/do/case/{case.pk}/intention.publish/",
        f"/work/do/nothing/{case.pk}/case.terminate/",
        "/work/do/entry/1/case.terminate/",
        "/work/do/case/999999/case.terminate/",
    ):
        assert at_desk(make_post(Role.TREASURY)).get(path).status_code == 404, path


def test_a_rehearsal_writes_nothing_and_names_every_fault(clock: Clock) -> None:
    treasury = make_post(Role.TREASURY)
    client, buyer = at_desk(treasury), make_organisation(uscc="116201710139001239")
    target = reverse("work_try", args=["organisation", treasury.organisation_id, "budget.import"])
    header = "采购人,统一社会信用代码,预算年度,预算项目编码,预算项目名称,品目,资金来源,预算金额（元）,批复日期\n"
    good = f"{buyer.name},{buyer.uscc},2026,A1,设备,A02,公共预算,100.00,2026-01-20\n"
    bad = "不存在的单位,116201710139001239,2026,A2,设备,A02,公共预算,-5,2026-13-40\n"
    answer = client.post(target, {"file": SimpleUploadedFile("b.csv", (header + good).encode())})
    assert "尚未写入" in answer.content.decode()
    answer = client.post(target, {"file": SimpleUploadedFile("b.csv", (header + good + bad).encode())})
    assert answer.status_code == 422 and "第 3 行" in answer.content.decode()
    assert not Appropriation.objects.exists()
    assert not Entry.objects.exists()
    target = address(treasury.organisation, "budget.import")
    answer = client.post(target, {"file": SimpleUploadedFile("b.csv", b"%PDF-1.4")})
    assert "不接受这种文件（PDF），可以上传：CSV, XLSX" in text_of(answer)
    answer = client.post(target, {"file": SimpleUploadedFile("b.csv", (header + good).encode())}, follow=True)
    assert "已写入 1 行，合计 100.00 元。" in text_of(answer), "the outcome says as much as the rehearsal"


@pytest.mark.parametrize(("is_full", "retry"), [(True, "60"), (False, "1")], ids=["full", "down"])
def test_where_the_store_takes_no_file_nothing_is_done_and_the_page_says_so(
    is_full: bool, retry: str, clock: Clock, settings, tmp_path, monkeypatch
) -> None:
    treasury = make_post(Role.TREASURY)
    if is_full:
        monkeypatch.setattr(documents.tempfile, "mkstemp", no_space)
    else:
        settings.YANGCAI_FILES = str(tmp_path / "a-file")
        (tmp_path / "a-file").write_text("")
    for target in ("work_do", "work_try"):
        file = SimpleUploadedFile("b.csv", b"x")
        url = reverse(target, args=["organisation", treasury.organisation_id, "budget.import"])
        answer = at_desk(treasury).post(url, {"file": file})
        assert (answer.status_code, answer["Retry-After"]) == (503, retry)
        assert "没有办理" in answer.content.decode() and ("空间不足" in answer.content.decode()) == is_full
    assert not Entry.objects.exists()


def test_of_very_many_faults_the_first_are_shown(clock: Clock) -> None:
    treasury = make_post(Role.TREASURY)
    header = "采购人,统一社会信用代码,预算年度,预算项目编码,预算项目名称,品目,资金来源,预算金额（元）,批复日期\n"
    lines = "".join(f"某单位,,2026,A{n},设备,A02,公共预算,-5,2026-01-20\n" for n in range(400))
    file = SimpleUploadedFile("b.csv", (header + lines).encode())
    page = at_desk(treasury).post(address(treasury.organisation, "budget.import"), {"file": file}).content.decode()
    assert page.count("第 2 行") == 2 and "另有" in page
    assert page.count("<li>") < 450


def test_a_token_is_shown_once(clock: Clock, officer) -> None:
    client = at_desk(officer)
    data = {"label": "对接", "expires_on": "2026-06-01", "key": "k1"}
    answer = client.post(address(officer, "token.issue"), data)
    secret = re.search(r"<code>([\w-]{20,})</code>", answer.content.decode()).group(1)
    assert secret in client.post(address(officer, "token.issue"), data).content.decode()  # a double click loses nothing
    assert ApiToken.objects.get().label == "对接"
    told = client.get(reverse("work_done", args=[Entry.objects.get().seq])).content.decode()
    assert secret not in told


def test_the_outcome_is_only_for_whoever_did_it(clock: Clock, officer, line) -> None:
    client = at_desk(officer)
    told = client.post(address(line, "intention.publish"), INTENTION).headers["Location"]
    assert at_desk(make_post(Role.BUYER_REVIEWER, officer.organisation)).get(told).status_code == 404


def test_fixed_rows_are_words_that_cannot_be_changed(clock: Clock) -> None:
    tender = Tender()
    tender.published()
    tender.bids("900000.00", "850000.00", "800000.00")
    tender.open()
    tender.conclude()
    follow(tender, clock)
    page = at_desk(tender.agent_post).get(address(tender.lot, "qualification.record")).content.decode()
    for post in tender.suppliers:
        assert page.count(f">{post.organisation.name}</th>") == 1  # one heading per bid, its clauses under it
    assert page.count('<span class="pinned" lang="zh-Hans">具有独立承担民事责任的能力</span>') == len(tender.suppliers)
    assert page.count('type="hidden" name="rows-0-bid"') == page.count('type="hidden" name="rows-0-clause"') == 1
    assert "增加一行" not in page
    assert not re.search(r'<select[^>]+name="rows-0-bid"', page)


def test_who_concludes_an_opening_reads_what_was_objected_to(clock: Clock) -> None:
    tender = Tender().published()
    tender.bids("900000.00", "850000.00", "800000.00")
    tender.open()
    one = OpenedBid.objects.get(supplier=tender.suppliers[1].organisation)
    tender.do("opening.object", one, tender.suppliers[1], objection="唱标金额有误")
    follow(tender, clock)
    page = text_of(at_desk(tender.agent_post).get(address(tender.case, "opening.conclude")))
    assert "须先处理的异议" in page and "唱标金额有误" in page and str(one.supplier) in page


@pytest.mark.parametrize(("prices", "is_told"), [(("900000.00", "850000.00"), True), (("9", "8", "7"), False)])
def test_who_opens_is_told_which_lot_had_too_few_bids(clock: Clock, prices: tuple[str, ...], is_told: bool) -> None:
    tender = Tender().published()
    tender.bids(*prices)
    tender.open()
    follow(tender, clock)
    begun = Entry.objects.get(action="opening.begin", outcome="done")
    page = at_desk(tender.agent_post).get(reverse("work_done", args=[begun.seq]))
    said = "采购包 1 只有 2 家投标人，不足 3 家，没有开标。"
    assert page.status_code == 200 and (said in text_of(page)) is is_told
    assert ("第四十一条" in text_of(page)) is is_told
    assert f'href="{reverse("hall", args=[tender.case.pk])}"' in page.content.decode()


def test_who_signs_a_contract_can_read_it(clock: Clock) -> None:
    scene = contract_support.scene()
    contract_support.drafted(scene)
    clock.at = contract_support.SIGNED
    page = at_desk(scene.supplier).get(address(scene.contract, "contract.sign")).content.decode()
    paper = reverse("work_contract", args=[scene.contract.pk])
    assert f'href="{paper}"' in page and at_desk(scene.supplier).get(paper).status_code == 200


@pytest.mark.parametrize(("size", "word"), [(0, "没有可以选择的"), (2, "乙"), (40, "乙")])
def test_several_out_of_a_list_are_ticked(size: int, word: str) -> None:
    """One click in the browser's own list drops what was chosen before."""

    class Choosing(forms.Form):
        which = forms.MultipleChoiceField(label="哪些", choices=[(n, "乙") for n in range(size)], required=False)

    shown = Template("{% load yangcai %}{% fields form %}").render(Context({"form": arrange(Choosing())}))
    assert word in shown and shown.count('type="checkbox"') == size and "<select" not in shown


def test_a_bid_is_handed_in_through_the_form_and_its_price_stands_nowhere(clock: Clock) -> None:
    tender = Tender()
    tender.published()
    post = tender.supplier()
    follow(tender, clock)
    client = at_desk(post)
    data = {
        "price": "876543.21",
        "delivery": "30 日",
        "commitment": "on",
        "lines-0-item": "计算机",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "876543.21",
        "lines-0-amount": "876543.21",
    }
    answer = client.post(address(tender.lot, "bid.submit"), data, follow=True)
    bid = Bid.objects.get()
    assert bid.receipt in answer.content.decode()
    for page in (
        answer.content.decode(),
        client.get(reverse("work_case", args=[tender.case.pk])).content.decode(),
        at_desk(tender.agent_post).get(reverse("work_case", args=[tender.case.pk])).content.decode(),
    ):
        assert "876543" not in page and "876,543" not in page


# --- documents -----------------------------------------------------------------------------------------------------


def attached(case: Case, post, **values) -> Attachment:
    document = store_bytes(data=b"%PDF-1.4 secret", name="报告 1.pdf")
    return attach(document, to=case, title="报告", kind="", by=post, now=NOW, **values)


def test_documents_are_handed_out_as_downloads(clock: Clock, officer) -> None:
    case = make_case(buyer=officer.organisation)
    answer = at_desk(officer).get(reverse("work_file", args=[attached(case, officer).pk]))
    assert text_of(answer) == "%PDF-1.4 secret"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A%201.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_who_decides_reads_what_was_asked_for_and_its_papers(clock: Clock) -> None:
    h = evaluated()
    h.awarded()
    h.announced()
    asked: dict[str, Any] = {"evidence": "letter", "reason": "中标人来函称无法供货", "proof": paper(h.officer)}
    h.do("award.report_refusal", h.award, h.officer, REFUSED, **asked)
    clock.at = REFUSED
    for code in ("award.confirm_annulment", "award.decline_annulment"):
        page = at_desk(h.reviewer).get(address(h.award, code)).content.decode()
        assert "中标供应商拒绝签订合同" in page and "中标人来函称无法供货" in page
        attached = Attachment.objects.get(subject=h.award.ref)
        assert reverse("work_file", args=[attached.pk]) in page
        others = Attachment.objects.filter(root=h.case.ref).exclude(pk=attached.pk)
        assert not [one for one in others if reverse("work_file", args=[one.pk]) in page]


def test_who_reasons_on_an_objection_or_approves_a_method_has_them_before_the_eyes(clock: Clock) -> None:
    office = Office("9000000.00")
    item = office.draft(
        procedure="single_source", ground="single_source.only_one", method_reason="不可替代的专利", amount="4500000"
    )
    made = office.publicised(item)
    raised: dict[str, Any] = {"objector": "示例乙公司", "contact": "", "content": "本公司有同类产品"}
    perform(ACTIONS["publicity.object"], made, by=make_supplier(), now=NOW, **raised)
    clock.at = made.closes_at
    page = at_desk(office.officer).get(address(made, "publicity.conclude")).content.decode()
    assert "示例乙公司：本公司有同类产品" in page
    told: dict[str, Any] = {"reasoning": "不能替代", "outcome": "dismissed", "answer": "异议不成立"}
    perform(ACTIONS["publicity.conclude"], made, by=office.officer, now=clock.at, **told)
    approval = office.applied(item, now=clock.at)
    page = at_desk(office.treasury).get(address(approval, "method_approval.decide")).content.decode()
    assert reverse("work_file", args=[Attachment.objects.get(subject=approval.ref).pk]) in page


def test_documents_of_others_do_not_exist(clock: Clock, officer) -> None:
    case = make_case(buyer=officer.organisation, stage="submission")
    private, public = attached(case, officer), attached(case, officer, is_public=True)
    supplier = at_desk(make_supplier())
    assert supplier.get(reverse("work_file", args=[private.pk])).status_code == 404
    assert text_of(supplier.get(reverse("work_file", args=[public.pk]))) == "%PDF-1.4 secret"
    assert supplier.get(reverse("work_file", args=[999_999])).status_code == 404


@pytest.mark.parametrize(("harm", "said"), [("forged", "与摘要不符"), ("missing", "不在存储中")])
def test_a_file_that_is_not_what_was_handed_in_is_not_handed_out(
    clock: Clock, officer, settings, tmp_path, caplog, harm: str, said: str
) -> None:
    settings.YANGCAI_FILES = tmp_path
    case = make_case(buyer=officer.organisation, stage="submission")
    row = attached(case, officer, is_public=True)
    path = path_of(row.document_id)
    path.write_bytes(b"%PDF-1.4 forged") if harm == "forged" else path.unlink()
    for client, name in ((at_desk(officer), "work_file"), (Client(), "public_file")):
        answer = client.get(reverse(name, args=[row.pk]))
        page = text_of(answer)
        assert answer.status_code == 503 and answer.headers["Cache-Control"] == "no-store"
        assert said in page and row.document_id[:4] in page and "forged" not in page
    assert caplog.text.count(f"stored file {row.document_id} is {'damaged' if harm == 'forged' else 'missing'}") == 2


def test_a_large_file_is_checked_and_sent_in_pieces(clock: Clock, officer, monkeypatch) -> None:
    case = make_case(buyer=officer.organisation)
    document = store_bytes(data=bytes(range(256)) * 2**16, name="大.bin")
    row = attach(document, to=case, title="大", kind="", by=officer, now=NOW)
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda path: pytest.fail("read as a whole"))
    answer = at_desk(officer).get(reverse("work_file", args=[row.pk]))
    pieces = list(answer.streaming_content)
    assert len(pieces) > 1 and sum(map(len, pieces)) == 2**24


def test_an_envelope_is_never_handed_out(clock: Clock) -> None:
    tender = Tender()
    tender.published()
    bid = tender.bid(tender.supplier())
    follow(tender, clock)
    row = Attachment.objects.create(
        document=bid.envelope, root=tender.case.ref, subject=bid.ref, title="封", kind="", is_public=True, at=NOW
    )
    for post in (tender.agent_post, tender.officer, tender.suppliers[0], make_post(Role.PLATFORM)):
        assert at_desk(post).get(reverse("work_file", args=[row.pk])).status_code == 404


def test_an_enquiry_is_answered_from_the_case_page(clock: Clock) -> None:
    tender = Tender()
    tender.published()
    post = tender.supplier()
    follow(tender, clock)
    at_desk(post).post(address(tender.case, "enquiry.ask"), {"question": "接口协议？"})
    enquiry = Enquiry.objects.get()
    page = at_desk(tender.agent_post).get(reverse("work_case", args=[tender.case.pk])).content.decode()
    assert address(enquiry, "enquiry.answer") in page
    assert (
        "接口协议？" not in at_desk(make_supplier()).get(reverse("work_case", args=[tender.case.pk])).content.decode()
    )
