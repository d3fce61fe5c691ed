"""Is every official paper complete on every page, provable by its code, the same in Word, and for its readers alone?"""

import datetime
import io
import re
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest
import typst
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.apart import shared
from tests.challenges.support import LETTER, about, answer
from tests.contracts import support
from tests.factories import at, make_post, make_supplier
from tests.portal.chain import Chain
from tests.tendering.judging import ANNOUNCED, EQUAL, JUDGED, Hall, three
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import Tender
from tests.www.paper_pages import assert_margins_are_white, checked, needs_poppler, sheets, tight
from tests.www.support import Clock, at_desk, text_of
from yangcai.challenges.models import Objection
from yangcai.contracts.models import PaymentRequest
from yangcai.kernel import money
from yangcai.kernel.models import Entry
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering.models import AwardLetter, BidSecurity, DialogueTalk, OpenedBid, Solicitation
from yangcai.www import typeset
from yangcai.www.official import KINDS, codes, making, resolve, talks
from yangcai.www.official.receipts import BY_PARTS
from yangcai.www.official.word import written

pytestmark = pytest.mark.django_db
LATER = support.PAID + datetime.timedelta(days=1)
HOSTILE = '#read("/etc/passwd") $x$ *b* _i_ @a <b>&lt;</b> </w:t> ]]> \\ `c` {{ 1 }} ' + "长" * 300 + "x" * 400


def run_contract() -> tuple[support.Scene, PaymentRequest]:
    """A contract accepted and paid, with an acceptance in which somebody wrote everything that is markup anywhere."""
    scene = support.scene()
    support.effective(scene)
    milestone = scene.milestone("acceptance")
    support.delivered(scene, milestone)
    items = [{"item": f"第 {n} 项 {HOSTILE}"[:80], "result": "符合", "passed": True} for n in range(60)]
    support.accepted(scene, milestone=milestone, opinion=HOSTILE, items=items)
    return scene, support.paid(scene, milestone)


def judge() -> Hall:
    hall = three("900000.00", "950000.00", "980000.00")
    hall.judged(EQUAL)
    hall.awarded()
    hall.announced()
    return hall


running, judged = shared(run_contract), shared(judge)


def fetch(post: Post, name: str, pk: int, *, status: int = 200, language: str = "zh-hans") -> bytes:
    answer = at_desk(post).get(reverse(name, args=[pk]), headers={"accept-language": language})
    assert answer.status_code == status, f"{name} {answer.status_code}"
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def proves(kind: str, row: Any, reader: Post, *, says: tuple[str, ...], clock: Clock) -> bytes:
    """The page, its PDF page by page, and what /verify/ says of its code. Returns the PDF."""
    declared = KINDS[kind]
    page = text_of(
        at_desk(reader).get(reverse(declared.name if declared.body is None else "work_explanation", args=[row.pk]))
    )
    code, digest = declared.code_of(row), declared.digest(row)
    made = fetch(reader, f"{declared.name}_pdf", row.pk)
    assert made == fetch(reader, f"{declared.name}_pdf", row.pk)
    inside = making.inside(declared, row, now=clock.at)
    checked(made, number=declared.serial(row), code=code, digest=digest, says=says, html=inside)
    grouped = " ".join(digest[i : i + 4] for i in range(0, 64, 4))
    assert declared.serial(row) in page and grouped in page
    told = text_of(Client().get(reverse("verify"), {"code": " ".join(code[i : i + 4] for i in range(0, 32, 4))}))
    assert "核对一致" in told and declared.serial(row) in told and grouped in told
    assert not any(said in told for said in says if len(said) > 4), "the content stays between its readers"
    return made


@needs_poppler
def test_the_papers_of_a_contract(running: Any, clock: Clock) -> None:
    scene, request = running()
    clock.at = LATER
    acceptance = scene.contract.acceptances.get()
    sum_in_words = money.capitals(Decimal("360000.00"))
    made = proves(
        "acceptance", acceptance, scene.officer, clock=clock, says=("第59项", "长" * 300, '#read("/etc/passwd")')
    )
    assert len(sheets(made)) >= 3
    says = ("360,000.00元", sum_in_words, request.invoice.number, "审核支付")
    proves("payment_request", request, scene.supplier, clock=clock, says=says[:3])
    proves("payment_receipt", request, scene.payer, clock=clock, says=says[:3])
    case = text_of(at_desk(scene.officer).get(reverse("work_case", args=[scene.case.pk])))
    for kind, row in (("acceptance", acceptance), ("payment_request", request), ("payment_receipt", request)):
        assert reverse(KINDS[kind].name, args=[row.pk]) in case
        for stranger in (make_supplier(), make_post(Role.BUYER_OFFICER), make_post(Role.AGENT)):
            for suffix in ("", "_pdf"):
                fetch(stranger, f"{KINDS[kind].name}{suffix}", row.pk, status=404)
        assert Client().get(reverse(KINDS[kind].name, args=[row.pk])).status_code == 302


@needs_poppler
def test_the_letters_of_a_result(judged: Any, clock: Clock) -> None:
    hall = judged()
    clock.at = ANNOUNCED + datetime.timedelta(hours=1)
    won, lost = (AwardLetter.objects.filter(lot=hall.lot, is_winner=flag).first() for flag in (True, False))
    assert won is not None and lost is not None
    winner, loser = (next(b for b in hall.bidders if b.organisation_id == one.supplier_id) for one in (won, lost))
    amount = hall.award.amount
    says = (won.supplier.name, money.figures(amount) + "元", money.capitals(amount), hall.case.number)
    proves("award_letter", won, winner, clock=clock, says=says[:3])
    own = OpenedBid.objects.get(lot=hall.lot, supplier=lost.supplier).price
    says = (lost.supplier.name, "未中标的理由", "不服怎么办", money.capitals(amount), money.capitals(own))
    proves("result_notice", lost, loser, clock=clock, says=says)
    fetch(loser, "work_paper_award_letter", won.pk, status=404)
    fetch(winner, "work_paper_award_letter", lost.pk, status=404)
    fetch(loser, "work_paper_award_letter", lost.pk, status=404)
    page = text_of(at_desk(winner).get(reverse("work_case", args=[hall.case.pk])))
    assert reverse("work_paper_award_letter", args=[won.pk]) in page


@pytest.mark.long
@needs_poppler
def test_an_objection_and_its_answer(clock: Clock) -> None:
    chain = Chain().until("award announced")
    clock.at = chain.now = at("2026-03-31T10:00")
    loser, other = (post for post in chain.suppliers if post.organisation_id != chain.hall.award.supplier_id)
    key = about(chain.case, loser, "result", chain.now)
    objection = chain.do("objection.raise", chain.case, loser, **LETTER, about=key).value
    proves("objection", objection, loser, clock=clock, says=("中标人业绩不实", "87号令第五十五条", "0000-0000000"))
    fetch(other, "work_paper_objection_pdf", objection.pk, status=404)
    fetch(loser, "work_paper_objection_answer_pdf", objection.pk, status=404)
    chain.do("objection.answer", objection, chain.agent_post, **answer(objection, False, False))
    proves("objection_answer", Objection.objects.get(), loser, clock=clock, says=("经核查，如下。", "15个工作日"))
    fetch(other, "work_paper_objection_answer_pdf", objection.pk)
    fetch(make_supplier(), "work_paper_objection_answer_pdf", objection.pk, status=404)


@needs_poppler
def test_what_a_bidder_gets_at_once(clock: Clock) -> None:
    tender = Tender().published(bid_security=Decimal("5000"))
    bidder = tender.supplier()
    bid = tender.bid(bidder)
    tender.do("bid_security.record", tender.case, tender.agent_post, supplier=bidder.organisation_id,
              kind="transfer", amount="5000.00", received_at=tender.now)  # fmt: skip
    clock.at = tender.now + datetime.timedelta(minutes=1)
    security = BidSecurity.objects.get()
    made = proves("bid_receipt", bid, bidder, clock=clock, says=(bid.receipt, bidder.organisation.name))
    serials = [KINDS["bid_receipt"].serial(bid), KINDS["security_receipt"].serial(security)]
    assert not any(f"{row.pk:06d}" in serial for row, serial in zip((bid, security), serials, strict=True)), serials
    assert tight(bid.envelope_id) in "".join(sheet.text for sheet in sheets(made))
    proves("security_receipt", security, bidder, clock=clock, says=("5,000.00元", "人民币伍仟元整"))
    # Whoever runs the case learns of no bid before the opening, and gets nobody's receipt after it.
    fetch(tender.agent_post, "work_paper_bid_receipt", bid.pk, status=404)
    fetch(make_post(Role.TREASURY), "work_paper_bid_receipt", bid.pk, status=404)


@needs_poppler
def test_the_receipt_of_a_sealed_bid_tells_of_the_file_that_its_bidder_has(clock: Clock) -> None:
    tender = SealedTender().announced()
    device = tender.device(tender.supplier())
    bid = tender.hand_in(device, "950000.00").bid
    clock.at = tender.now + datetime.timedelta(minutes=1)
    size = bid.sealed.upload.envelope_size
    assert size > 32 and bid.envelope.size == 32  # of one part
    says = (f"密封文件字节数{size}", BY_PARTS, "信封投标文件")
    proves("bid_receipt", bid, device.post, clock=clock, says=says)


def test_drafts_are_papers_and_word_files_with_the_same_facts(clock: Clock) -> None:
    tender = Tender().published()
    clock.at = tender.now
    solicitation = Solicitation.objects.get(case=tender.case)
    facts = (tender.case.buyer.name, solicitation.requirement)
    proves("solicitation", solicitation, tender.agent_post, clock=clock, says=facts)
    text = words(fetch(tender.agent_post, "work_paper_solicitation_docx", solicitation.pk))
    for fact in (*facts, KINDS["solicitation"].digest(solicitation), solicitation.contract_terms):
        assert tight(fact) in tight(text), fact
    fetch(tender.supplier(), "work_paper_solicitation_docx", solicitation.pk, status=404)
    bidder = tender.supplier()
    enquiry = tender.do("enquiry.ask", tender.case, bidder, question=HOSTILE).value
    clock.at = tender.now
    fetch(bidder, "work_paper_enquiry_answer", enquiry.pk, status=404)
    draft = words(fetch(tender.agent_post, "work_paper_enquiry_answer_docx", enquiry.pk))
    assert tight(HOSTILE) in tight(draft) and "草稿，尚未定稿" in draft and "在此填写答复内容" in draft
    tender.do("enquiry.answer", enquiry, tender.agent_post, answer="允许，见采购文件。")
    enquiry.refresh_from_db()
    made = proves("enquiry_answer", enquiry, bidder, clock=clock, says=("允许，见采购文件。", "长" * 300))
    assert "草稿" not in "".join(sheet.text for sheet in sheets(made))
    assert "允许，见采购文件。" in words(fetch(bidder, "work_paper_enquiry_answer_docx", enquiry.pk))


@needs_poppler
def test_a_notice_is_a_file_for_everybody(clock: Clock) -> None:
    tender = Tender().published()
    clock.at = tender.now
    notice = Notice.objects.get(root=tender.case.ref, kind="invitation")
    answer = Client().get(reverse("notice_pdf", args=[notice.pk]))
    says = (notice.title, notice.facts["buyer"], "发布于")
    checked(bytes(answer.content), number=notice.number, code=notice.digest[:16], digest=notice.digest, says=says)
    assert reverse("notice_pdf", args=[notice.pk]) in text_of(Client().get(reverse("notice", args=[notice.pk])))
    clock.at = tender.now - datetime.timedelta(days=1)
    assert Client().get(reverse("notice_pdf", args=[notice.pk])).status_code == 404


@needs_poppler
def test_a_contract_is_a_draft_in_word_until_it_is_signed_and_then_a_signed_paper(clock: Clock) -> None:
    scene = support.scene()
    contract = support.drafted(scene)
    clock.at = support.SIGNED
    text = words(fetch(scene.officer, "work_contract_draft", contract.pk))
    for fact in (contract.number, scene.supplier.organisation.name, "900,000.00元", money.capitals(contract.amount)):
        assert tight(fact) in tight(text), fact
    fetch(make_supplier(), "work_contract_draft", contract.pk, status=404)
    with pytest.MonkeyPatch.context() as patched:
        from yangcai.contracts import actions
        from yangcai.kernel.actions import perform

        for post in (scene.reviewer, scene.supplier):
            perform(actions.sign_contract, contract, by=post, now=support.SIGNED)
        patched.setattr("yangcai.www.signed_papers.configured.seals", lambda: type("Seals", (), {"is_demo": False})())
        from yangcai.www.work import contracts

        made = contracts.unsigned(scene.contract)
    signed = scene.contract
    says = ("900,000.00元", money.capitals(signed.amount), scene.supplier.organisation.name)
    checked(made, number=signed.number, code=signed.digest[:16], digest=signed.digest, says=says)
    fetch(scene.officer, "work_contract_draft", contract.pk, status=404)
    assert "核对一致" in text_of(Client().get(reverse("verify"), {"code": signed.digest[:16]}))


def words(content: bytes) -> str:
    """Everything that a DOCX says: its body, its tables in their place, head and foot."""
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    document = docx.Document(io.BytesIO(content))
    section = document.sections[0]
    parts = [*document.element.body.iter(), *section.header._element.iter(), *section.footer._element.iter()]
    return "".join(part.text or "" for part in parts if part.tag.endswith("}t"))


PROOF = {"proof": "核对", "what_is_signed": "所签的内容。", "verify": "如何核验。"}


def paper(html: str, **more: Any) -> typeset.Paper:
    told: dict[str, Any] = {
        "title": "文件", "number": "甲 1", "author": "某局", "html": html, "lang": "zh", "digest": "ab" * 32,
        "footer": "验证码 1", "at": support.PAID, "words": {"signatures": "签署", "columns": ["一", "二", "三", "四"],
        **PROOF},
    }  # fmt: skip
    return typeset.Paper(**{**told, **more})


ROWS = "<table><thead><tr><th>甲</th><th>乙</th><th>丙</th></tr></thead><tbody>{}</tbody></table>"
SPANNED = ROWS.format('<tr><td>一</td><td colspan="2">横跨</td></tr><tr><td>二</td><td>三</td><td>四</td></tr>')


@needs_poppler
def test_a_cell_that_spans_takes_its_places_in_the_pdf_and_in_word() -> None:
    read = "".join(sheet.text for sheet in sheets(typeset.pdf(paper(SPANNED))))
    assert "一横跨二三四" in read
    table = docx.Document(io.BytesIO(written(paper(SPANNED)))).tables[0]
    assert [cell.text for cell in table.rows[1].cells] == ["一", "横跨", "横跨"]
    assert [cell.text for cell in table.rows[2].cells] == ["二", "三", "四"]


CLAUSES = ROWS.replace("<table>", "<table><caption>付款安排</caption>").format(
    "".join(f"<tr><td>{n}</td><td>短</td><td>{'长' * 30}</td></tr>" for n in range(3))
)


@pytest.mark.long
@needs_poppler
@pytest.mark.parametrize("lines", range(28, 40))
def test_nothing_is_left_alone_at_the_end_of_a_page(lines: int) -> None:
    """Neither what a table is called without its table, nor how the paper is checked without the half of it."""
    found = sheets(typeset.pdf(paper("<p>一行。</p>" * lines + "<h2>六、付款</h2>" + CLAUSES)))
    (named,) = [sheet.text for sheet in found if "付款安排" in sheet.text]
    assert "六、付款付款安排甲" in named
    (proof,) = [sheet.text for sheet in found if tight(PROOF["what_is_signed"]) in sheet.text]
    assert tight(PROOF["verify"]) in proof


LONG_SIGNATURE = ["Approve the request of payment", "Education and Sports Bureau of the New Area, reviewing officer"]
SIGNED_BY_MANY = [[*LONG_SIGNATURE, "2026-03-23 16:30", f"{n:016x}"] for n in range(20)]


@needs_poppler
def test_what_many_did_is_on_as_many_pages_as_it_takes() -> None:
    told = paper("<p>一行。</p>", signatures=SIGNED_BY_MANY)
    found = checked(typeset.pdf(told), number=told.number, code="1", digest=told.digest, says=(f"{19:016x}",))
    assert 2 <= len(found) <= 3


MANY_LINES = "<table><tbody><tr><th>需求</th><td>{}</td></tr></tbody></table>".format(
    "<br>".join("一行。" for _ in range(90))
)


@needs_poppler
def test_a_cell_of_many_short_lines_goes_on_on_the_next_page() -> None:
    told = paper(MANY_LINES)
    assert (
        len(checked(typeset.pdf(told), number=told.number, code="1", digest=told.digest, says=(), html=told.html)) > 1
    )


BROKEN = {
    "off the text": "#block(breakable: false)[#for n in range(60) [line #n \\ ]]",
    "cut": "#box(width: 30cm)[#h(16.2cm) beyond]",
    "stands on": "#place(top + left)[one] #place(top + left)[two]",
    "ink in the margin": "#place(top + left, dx: -1.5cm, line(length: 20cm)) text",
    "ink outside": "#place(top + left, dy: -2.4cm, line(length: 10cm)) text",
}


@needs_poppler
@pytest.mark.parametrize("says", BROKEN)
def test_what_does_not_fit_is_noticed(says: str) -> None:
    """The test of the tests: a page on which something is cut, or stands where something else does, is not passed."""
    margins = '#set page(paper: "a4", margin: (x: 2cm, top: 2.4cm, bottom: 2.4cm))\n'
    made = typst.compile((margins + BROKEN[says]).encode())
    with pytest.raises(AssertionError, match=says):
        sheets(made)
        assert_margins_are_white(made)


@needs_poppler
def test_a_column_is_as_wide_as_what_stands_in_it() -> None:
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=typeset.pdf(paper(CLAUSES)), capture_output=True)
    starts = {text: float(at) for at, text in re.findall(r'xMin="([\d.]+)"[^>]*>([甲乙丙])<', told.stdout.decode())}
    assert starts["丙"] - starts["甲"] < 100  # of some 480 points


@needs_poppler
def test_where_somebody_signs_by_hand_there_is_room_for_a_hand() -> None:
    rows = "".join(f"<tr><td>供应商代表</td><td>{talks.BLANK}</td><td>{talks.BLANK}</td></tr>" for _ in range(3))
    told = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=typeset.pdf(paper(ROWS.format(rows))), capture_output=True
    )
    starts = {text: float(at) for at, text in re.findall(r'xMin="([\d.]+)"[^>]*>([甲乙丙])<', told.stdout.decode())}
    assert starts["丙"] - starts["乙"] > 100  # of some 480 points


@needs_poppler
def test_what_only_a_listener_needs_is_not_set() -> None:
    table = CLAUSES.replace("<caption>", '<caption class="sr">')
    assert "付款安排" not in "".join(sheet.text for sheet in sheets(typeset.pdf(paper(table))))
    assert len(docx.Document(io.BytesIO(written(paper(table)))).tables) == 1


@needs_poppler
def test_a_demonstration_says_so_above_every_page() -> None:
    long = "<p>很长的文件。</p>" * 120
    found = sheets(typeset.pdf(paper(long, is_demo=True)))
    assert len(found) > 2 and all("演示数据，不是真实采购" in sheet.header for sheet in found)
    assert not any("演示" in sheet.header for sheet in sheets(typeset.pdf(paper(long))))
    assert "演示数据，不是真实采购" in words(written(paper(long, is_demo=True)))


def test_what_xml_cannot_hold_is_left_out_of_a_word_file() -> None:
    made = written(paper("<p>甲\x02\x00乙\ufffe</p>", title="题\x07", signatures=[["一\x01", "二", "三", "四"]]))
    assert "甲乙" in words(made) and "题" in words(made)


def test_a_code_is_of_this_site_and_cannot_be_guessed() -> None:
    code = codes.code_of(mark=3, pk=77)
    assert codes.read(code) == (3, 77) and len(code) == codes.LENGTH
    for other in (code[:-1] + ("0" if code[-1] != "0" else "1"), code[:-2], "0" * 32, "zz" * 16, "", code + "00"):
        assert codes.read(other) is None
    assert resolve(codes.code_of(mark=3, pk=987_654), now=LATER) is None
    assert resolve(codes.code_of(mark=999, pk=1), now=LATER) is None


def test_a_paper_is_found_only_once_it_is_there(running: Any) -> None:
    _scene, request = running()
    kind = KINDS["payment_receipt"]
    assert resolve(kind.code_of(request), now=support.PAID - datetime.timedelta(days=1)) is None
    found = resolve(kind.code_of(request), now=LATER)
    assert found is not None and found.digest == kind.digest(request) and found.at == request.paid_at


def test_the_digest_is_of_the_facts_whatever_the_language(running: Any) -> None:
    scene, request = running()
    kind = KINDS["payment_request"]
    with translation.override("en"):
        english = kind.digest(request)
    with translation.override("zh-hans"):
        assert kind.digest(request) == english
    request.amount += 1
    assert kind.digest(request) != english
    entry = Entry.objects.get(action="payment.pay", outcome="done", root=scene.case.ref)
    assert entry.hash[:16] in [act.proof for act in kind.done(request)]


def test_every_kind_has_its_own_mark() -> None:
    assert len({kind.mark for kind in KINDS.values()}) == len(KINDS)
    printed = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{code}"' in printed for code in KINDS), "every kind is printed page by page above"


@needs_poppler
def test_the_minutes_of_a_talk_are_taken_to_the_table_in_word(clock: Clock) -> None:
    h = three("900000.00", "950000.00", "980000.00")
    clock.at = LATER
    talk = DialogueTalk.objects.create(
        opened_bid=h.bids[0], round=1, minutes=f"质保延长至五年 {HOSTILE}", held_at=JUDGED
    )
    proves("talk", talk, h.officer, clock=clock, says=("质保延长至五年", "确认签字", "供应商代表"))
    word = docx.Document(io.BytesIO(fetch(h.officer, "work_paper_talk_docx", talk.pk)))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in word.paragraphs), *cells])
    assert {"签字", "日期"} <= set(cells), "there is room to sign"
    assert "质保延长至五年" in text and "供应商代表" in cells and h.bids[0].supplier.name in text
    fetch(h.bidders[0], "work_paper_talk", talk.pk)
    fetch(h.chair, "work_paper_talk_docx", talk.pk)
    for stranger in (h.bidders[1], make_supplier(), make_post(Role.AGENT)):
        fetch(stranger, "work_paper_talk", talk.pk, status=404)
