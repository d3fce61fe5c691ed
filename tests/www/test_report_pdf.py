"""Is the signed report handed out as a PDF that says what was signed, by whom, and that can be verified?"""

import re
import shutil
import subprocess
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.apart import shared
from tests.tendering.judging import COMPUTED, EQUAL, SENT, SIGNED, Hall, three
from tests.www.paper_pages import checked
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel.models import Entry
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.verification import verify
from yangcai.parties.models import Post
from yangcai.tendering.models import EvaluationReport
from yangcai.www import typeset
from yangcai.www.signed_papers import Issuer

pytestmark = pytest.mark.django_db


def compute() -> Hall:
    h = three()
    h.score(EQUAL)
    h.compute()
    return h


computed = shared(compute)


def fetch(h: Hall, post: Post, *, status: int = 200, language: str = "zh-hans") -> bytes:
    client = at_desk(post)
    answer = client.get(reverse("work_report_pdf", args=[h.report.pk]), headers={"accept-language": language})
    assert answer.status_code == status
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def test_the_pdf_says_what_the_page_says_who_signed_and_how_to_verify(
    computed: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    h = computed()
    first, silent, *others = h.members
    h.do("report.sign", h.report, first.post, SIGNED, dissent="第二名的方案更好", reasons="见其第 20 页")
    for member in others:
        h.do("report.sign", h.report, member.post, SIGNED)
    h.do("report.deem_consent", h.report, h.agent, SIGNED, member=silent.pk, circumstances="拒绝签署")
    h.send()
    clock.at = SENT
    set_papers: list[typeset.Paper] = []
    set_as_ever = typeset.pdf
    monkeypatch.setattr(typeset, "pdf", lambda paper: set_papers.append(paper) or set_as_ever(paper))
    made = fetch(h, h.officer)
    assert made.startswith(b"%PDF-1.") and made == fetch(h, h.officer)
    paper = set_papers[0]
    page = text_of(at_desk(h.officer).get(reverse("work_report", args=[h.report.pk])))
    assert paper.html.strip() in page
    for text in (*(bid.supplier.name for bid in h.bids), "第二名的方案更好", "见其第 20 页", "视为同意"):
        assert text in paper.html, text
    # Every signature is one of the log; who did not sign has none.
    signed = {row[0]: row for row in paper.signatures}
    entry = Entry.objects.get(action="report.sign", person_id=first.post.person_id, outcome="done")
    assert signed[first.post.person.name][1:] == ["签署，有不同意见", "2026-03-23 16:30", entry.hash[:16]]
    assert signed[silent.post.person.name][1] == "未签署，视为同意" and signed[silent.post.person.name][3] == ""
    assert len(signed) == 5 and paper.digest == h.report.digest
    code = re.search(r"验证码 ([0-9a-f]{16})", paper.footer)
    assert code is not None
    told = text_of(at_desk(h.bidders[0]).get(reverse("verify"), {"code": code[1]}))
    assert "核对一致" in told and h.case.number in told
    if shutil.which("pdftotext"):
        checked(made, number=paper.number, code=code[1], digest=paper.digest, says=(), html=paper.html)
        read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True)
        text = read.stdout.decode()
        for wanted in (h.bids[0].supplier.name, h.report.digest, code[1], "文件内没有嵌入电子印章"):
            assert wanted in "".join(text.split()), wanted


@pytest.mark.long
def test_the_issued_paper_bears_the_signature_of_each_member_who_signed(
    computed: Any, clock: Clock, settings: Any
) -> None:
    h = computed()
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    silent, *others = h.members
    for member in others:
        h.do("report.sign", h.report, member.post, SIGNED)
    assert Issuer().round(now=SIGNED, tick=0.0) == []
    h.do("report.deem_consent", h.report, h.agent, SIGNED, member=silent.pk, circumstances="拒绝签署")
    clock.at = SIGNED
    before = fetch(h, h.agent)  # what was signed is to be had at once; it says of itself that nothing is embedded
    assert not verify(before, trust=configured.trust()).signatures
    assert [task.subject for task in Issuer().round(now=SENT, tick=0.0)] == [h.report.ref]
    made = fetch(h, h.agent)
    found = verify(made, trust=configured.trust())
    assert found.is_valid
    assert [one.name for one in found.signatures] == [member.post.person.name for member in others]
    assert all(h.report.digest in one.reason and one.stamped_at == SENT for one in found.signatures)
    told = text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))
    assert "电子签名核验一致" in told and told.count("此后未被改动") == len(others)
    # Whoever may not read the report reads no paper of it either: the buyer before it is sent, a bidder never.
    fetch(h, h.officer, status=404)
    fetch(h, h.bidders[0], status=404)
    case = text_of(at_desk(h.officer).get(reverse("work_case", args=[h.case.pk])))
    assert "签署文本" not in case
    h.send()
    clock.at = SENT
    assert fetch(h, h.officer) == made
    if shutil.which("pdftotext"):
        read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True)
        text = "".join(read.stdout.decode().split())
        assert "没有嵌入" not in text and "没有法律效力" in text and "未签署，视为同意" in text


@pytest.mark.long
def test_a_report_that_went_to_the_buyer_first_gets_its_paper_too(computed: Any, clock: Clock, settings: Any) -> None:
    """The agent does not wait for an authority, and the paper does not wait for ever."""
    h = computed()
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    for member in h.members:
        h.do("report.sign", h.report, member.post, SIGNED)
    h.do("report.send", h.report, h.agent, SENT)
    assert [task.subject for task in Issuer().round(now=SENT, tick=0.0)] == [h.report.ref]
    clock.at = SENT
    assert verify(fetch(h, h.officer), trust=configured.trust()).is_valid


def test_in_english_the_words_around_it_are_english(
    computed: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    h = computed()
    h.sign()
    clock.at = SIGNED
    told: list[Any] = []
    monkeypatch.setattr(typeset, "pdf", lambda paper: told.append(paper) or b"%PDF-")
    fetch(h, h.agent, language="en")
    assert told[0].lang == "en" and told[0].words["signatures"] == "Signatures" and "Evaluation report" in told[0].title


def test_nobody_gets_it_before_all_have_signed_and_no_bidder_ever(computed: Any, clock: Clock) -> None:
    h = computed()
    clock.at = COMPUTED
    fetch(h, h.agent, status=404)
    assert "下载 PDF" not in text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))
    h.sign()
    clock.at = SIGNED
    fetch(h, h.officer, status=404)  # sent to the buyer only later
    fetch(h, h.bidders[0], status=404)
    assert "下载 PDF" in text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))


def test_a_report_that_was_changed_is_not_made_into_a_paper(computed: Any, clock: Clock) -> None:
    h = computed()
    h.sign()
    clock.at = SIGNED
    result = {**h.report.result, "candidates": []}
    with connection.cursor() as cursor:  # by whoever can go round the controls
        cursor.execute("ALTER TABLE tendering_evaluationreport DISABLE TRIGGER USER")
    EvaluationReport.objects.filter(pk=h.report.pk).update(result=result)
    fetch(h, h.agent, status=404)


def test_what_stands_in_a_paper_is_text_and_never_markup() -> None:
    found = typeset.tree(
        '<p>a<br> b &lt;i&gt; #read("/etc/passwd")</p><script>x</script>'
        "<table> <tr> <td class='num'>1</td></tr></table>"
    )
    line = {"tag": "br", "num": False, "children": []}
    row = {
        "tag": "tr",
        "num": False,
        "children": [{"tag": "td", "num": True, "children": ["1"], "wide": typeset.NARROW, "lines": 1}],
    }
    assert found == [
        {"tag": "p", "num": False, "children": ["a", line, ' b <i> #read("/etc/passwd")']},
        {"tag": "table", "num": False, "children": [row]},
    ]


def test_a_report_that_a_correction_overtook_says_on_what_ground(computed: Any, clock: Clock) -> None:
    """Another bid goes on by the correction and has to be scored first (see test_cooperative_innovation)."""
    h = computed()
    clock.at = COMPUTED
    EvaluationReport.objects.filter(pk=h.report.pk).update(overtaken_ground="abnormal")
    told = text_of(at_desk(h.agent).get(reverse("work_report", args=[h.report.pk])))
    assert "本报告已作废" in told and "评分畸高、畸低" in told and "尚未全部签署" not in told
