"""Does a contract that both have signed get its signed paper, at once or when the authority is back, never before?"""

import datetime
import logging
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from tests import factories
from tests.apart import shared
from tests.contracts import support
from tests.contracts.support import EFFECTIVE, SIGNED, Scene, scene
from tests.www.support import Clock, at_desk, text_of
from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.contracts import actions, paper
from yangcai.contracts.models import Contract
from yangcai.kernel import documents, papers
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Document, Entry, EntryPayload, Leaf, Task
from yangcai.kernel.refusals import Refused
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.authority import MARK
from yangcai.kernel.signatures.timestamps import Unavailable
from yangcai.kernel.signatures.verification import verify
from yangcai.kernel.wording import in_words
from yangcai.parties.queries import platform_post
from yangcai.www import signed_papers
from yangcai.www.signed_papers import Issuer

pytestmark = pytest.mark.django_db

LATER = SIGNED + datetime.timedelta(hours=3)


def sign() -> Scene:
    s = scene()
    support.signed(s)
    return s


signed = shared(sign)


@pytest.fixture(autouse=True)
def demo(settings: Any) -> Iterator[None]:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    signed_papers._checked.cache_clear()
    yield
    signed_papers._checked.cache_clear()


def waits(contract: Contract) -> bool:
    return Task.objects.filter(action="contract.issue_paper", subject=contract.ref, done_at__isnull=True).exists()


def issue(*, now: datetime.datetime = LATER) -> list[Task]:
    return Issuer().round(now=now, tick=0.0)


def content_of(contract: Contract) -> bytes:
    found = papers.paper_of(contract)
    assert found is not None
    return documents.read(found.document)


class Down:
    """An authority that does not answer."""

    def answer(self, request: bytes) -> bytes:
        raise Unavailable("the authority does not answer")


# --- what is signed ------------------------------------------------------------------------------------------------


def test_both_sign_one_digest_and_the_second_sees_when_it_is_no_longer_the_same() -> None:
    s = scene()
    contract = support.drafted(s)
    assert contract.digest == ""
    perform(actions.sign_contract, contract, by=s.supplier, now=SIGNED)
    first = s.contract.digest
    assert first == paper.digest_of(s.contract) and len(first) == 64 and not waits(s.contract)
    Contract.objects.filter(pk=contract.pk).update(terms="别的条款")  # before the second signature the database lets it
    with pytest.raises(Refused) as refused:
        perform(actions.sign_contract, s.contract, by=s.reviewer, now=SIGNED)
    assert [one.code for one in refused.value.refusals] == ["contract_changed"]
    Contract.objects.filter(pk=contract.pk).update(terms=contract.terms)
    perform(actions.sign_contract, s.contract, by=s.reviewer, now=SIGNED)
    assert s.contract.digest == first and waits(s.contract)


# --- the paper -----------------------------------------------------------------------------------------------------


def test_the_paper_bears_both_signatures_in_their_order_with_the_time_of_the_stamp(signed: Any) -> None:
    s = signed()
    assert waits(s.contract)
    assert [task.subject for task in issue()] == [s.contract.ref]
    assert not waits(s.contract) and issue() == []
    found = verify(content_of(s.contract), trust=configured.trust())
    assert found.is_valid and found.is_demo
    buyer, supplier = s.officer.organisation, s.supplier.organisation
    assert [(one.name, one.identifier) for one in found.signatures] == [
        (buyer.name, buyer.uscc or ""),
        (supplier.name, supplier.uscc or ""),
    ]
    acts = Entry.objects.filter(action="contract.sign", subject=s.contract.ref).order_by("seq")
    for one, act in zip(found.signatures, acts, strict=True):
        assert one.signed_at == act.at == SIGNED and one.stamped_at == LATER
        assert s.contract.digest in one.reason and act.hash[:16] in one.reason and s.contract.number in one.reason
    # The Entry of the platform names the digest of the very bytes: what is handed out can be looked up in the log.
    entry = Entry.objects.get(action="contract.issue_paper", outcome="done")
    put = papers.paper_of(s.contract)
    assert put is not None and put.document_id in str(EntryPayload.objects.get(entry=entry).data)
    lines = [bytes(leaf.line) for leaf in Leaf.objects.filter(root=s.contract.root.ref).order_by("-pk")]
    clear = [line for line in lines if line.startswith(b"sbp1c ") and b'"t":"contract"' in line]
    assert len(clear) == 1 and f'"sha256":"{put.document_id}"'.encode() in clear[0]


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="Poppler's programs are not installed")
def test_poppler_reads_the_paper_and_its_signatures(signed: Any, tmp_path: Path) -> None:
    s = signed()
    issue()
    file = tmp_path / "contract.pdf"
    file.write_bytes(content_of(s.contract))
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, timeout=60).stdout
    assert told.count("Signature is Valid.") == 2 and told.count(MARK) == 2
    read = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, timeout=60).stdout
    told = "".join(read.split())
    for wanted in ("900,000.00元", "玖拾万元整", s.contract.digest, s.supplier.organisation.name, "没有法律效力"):
        assert wanted in told, wanted


def test_what_was_agreed_later_does_not_stand_in_a_paper_that_comes_late(signed: Any) -> None:
    s = signed()
    before = paper.facts(s.contract)
    perform(actions.publish_contract, s.contract, by=s.officer, now=EFFECTIVE)
    values = {"is_supplement": True, "amount_change": "50000.00", "signed_on": EFFECTIVE.date()}
    written = {
        "clause": "第二条",
        "content": "增加同类设备",
        "reason": "追加",
        "ground": "",
        "document": support.document(),
    }
    refused = can(actions.amend_contract, s.contract, by=s.officer, now=EFFECTIVE)
    assert not refused, refused
    perform(actions.amend_contract, s.contract, by=s.officer, now=EFFECTIVE, **values, **written)
    assert s.contract.amount == support.Decimal("950000.00")
    assert paper.facts(s.contract) == before and paper.is_unchanged(s.contract)
    assert issue(now=EFFECTIVE)


# --- never fail open -----------------------------------------------------------------------------------------------


def test_without_an_authority_the_contract_stands_and_its_paper_waits(
    signed: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    s = signed()
    with monkeypatch.context() as away, caplog.at_level(logging.WARNING):
        away.setattr(configured, "timestamps", lambda **_: Down())
        assert issue() == []
        assert "does not answer" in caplog.text and "Traceback" not in caplog.text
        assert s.contract.signed_at == SIGNED and papers.paper_of(s.contract) is None and waits(s.contract)
        perform(actions.publish_contract, s.contract, by=s.officer, now=EFFECTIVE)  # the legal act is not held up
        perform(actions.file_contract, s.contract, by=s.officer, now=EFFECTIVE)
    assert len(issue(now=EFFECTIVE)) == 1
    assert verify(content_of(s.contract), trust=configured.trust()).is_valid


def test_an_authority_that_is_down_is_not_asked_again_at_once(signed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    signed()
    asked: list[int] = []

    class Counted(Down):
        def answer(self, request: bytes) -> bytes:
            asked.append(1)
            return super().answer(request)

    monkeypatch.setattr(configured, "timestamps", lambda **_: Counted())
    issuer = Issuer()
    for tick in (0.0, 5.0, 29.0, 31.0, 60.0, 92.0):  # rests 30 s, then 60 s
        issuer.round(now=LATER, tick=tick)
    assert len(asked) == 3


def test_no_more_are_made_in_a_round_than_one_asks_for(signed: Any) -> None:
    first, second = signed(), sign()
    issuer = Issuer()
    made = [[task.subject for task in issuer.round(now=LATER, tick=0.0, most=1)] for _round in range(3)]
    assert made == [[first.contract.ref], [second.contract.ref], []]


def test_where_nothing_is_configured_nothing_is_signed_and_it_says_what_to_set(
    signed: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    s = signed()
    for sandbox, seals, stamps, told in (
        (False, "", "", "YANGCAI_SEALS"),
        (False, "demo", "demo", "YANGCAI_SANDBOX"),
        (True, "demo", "", "YANGCAI_TIMESTAMPS"),
        (True, "demo", "ftp://stamps.example", "YANGCAI_TIMESTAMPS"),
        (True, "no_such_module:seals", "demo", "no_such_module"),
    ):
        settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = sandbox, seals, stamps
        caplog.clear()
        assert issue() == [] and told in caplog.text
        assert papers.paper_of(s.contract) is None and waits(s.contract)


def test_seals_of_somebody_else_are_called_with_the_whole_paper(
    signed: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interface for a licensed authority or a server of national seals: a function that gives Seals."""
    s = signed()
    ours = configured.seals()
    called: list[Any] = []

    class Appliance:
        is_demo = False
        roots = ours.roots

        def sign(self, pdf: bytes, *, signatures: Any, timestamps: Any) -> bytes:
            called.append([one.subject.name for one in signatures])
            return ours.sign(pdf, signatures=signatures, timestamps=timestamps)

    monkeypatch.setattr(support, "appliance", Appliance, raising=False)
    settings.YANGCAI_SEALS = "tests.contracts.support:appliance"
    assert len(issue()) == 1
    assert called == [[s.officer.organisation.name, s.supplier.organisation.name]]


# --- the Action looks for itself -----------------------------------------------------------------------------------


def refused_codes(contract: Contract, content: bytes) -> set[str]:
    by = platform_post(now=LATER)
    document = documents.store_bytes(data=content, name="x.pdf", person_id=by.person_id, now=LATER)
    with pytest.raises(Refused) as refused:
        perform(ACTIONS["contract.issue_paper"], contract, by=by, now=LATER, paper=document)
    return {one.code for one in refused.value.refusals}


@pytest.mark.long
def test_the_platform_cannot_put_any_other_pdf_in_its_place(signed: Any) -> None:
    s = signed()
    unsigned = signed_papers._kinds()["contract.issue_paper"][1].unsigned(s.contract)
    assert refused_codes(s.contract, unsigned) == {"paper_not_signed", "signatures_of_others"}
    seals, stamps = configured.seals(), configured.timestamps(now=LATER)
    both = paper.signatures(s.contract)
    backwards = seals.sign(unsigned, signatures=both[::-1], timestamps=stamps)
    assert refused_codes(s.contract, backwards) == {"signatures_of_others"}
    assert refused_codes(s.contract, seals.sign(unsigned, signatures=both[:1], timestamps=stamps)) == {
        "signatures_of_others"
    }
    good = bytearray(seals.sign(unsigned, signatures=both, timestamps=stamps))
    good[len(unsigned) // 2] ^= 1
    assert "paper_not_signed" in refused_codes(s.contract, bytes(good))
    assert not Document.objects.filter(attachment__kind=papers.SIGNED).exists()


def test_there_is_one_paper_and_none_before_both_have_signed(signed: Any) -> None:
    s = scene()
    contract = support.drafted(s)
    perform(actions.sign_contract, contract, by=s.supplier, now=SIGNED)
    assert "contract_not_signed" in refused_codes(s.contract, b"%PDF-1.7")
    done = signed()
    issue()
    assert refused_codes(done.contract, b"%PDF-1.7") == {"paper_is_issued"}


# --- the page ------------------------------------------------------------------------------------------------------


def page(s: Scene, post: Any, *, language: str = "zh-hans") -> Any:
    return at_desk(post).get(reverse("work_contract", args=[s.contract.pk]), headers={"accept-language": language})


def test_the_parties_read_the_verification_in_words_and_download_the_very_bytes(signed: Any, clock: Clock) -> None:
    s = signed()
    clock.at = LATER
    told = text_of(page(s, s.supplier))
    assert "签署文本正在出具" in told and "下载签署文本" not in told
    url = reverse("work_contract_pdf", args=[s.contract.pk])
    assert at_desk(s.supplier).get(url).status_code == 404
    at_desk(s.supplier).post(reverse("sandbox_papers"), {"root": s.case.ref})  # the demo's button
    for post in (s.supplier, s.officer, s.reviewer, s.treasury):
        told = text_of(page(s, post))
        assert "电子签名核验一致" in told and told.count("此后未被改动") == 2 and "没有法律效力" in told
        assert f"{s.supplier.organisation.name}（{MARK}）：2026-03-10 12:00:00 签名" in told
    answer = at_desk(s.officer).get(url)
    assert b"".join(answer.streaming_content) == content_of(s.contract)
    assert answer["Content-Type"] == "application/pdf"
    english = text_of(page(s, s.officer, language="en"))
    assert "unchanged since" in english and "此后未被改动" not in english


def test_nobody_else_reads_it_published_or_not(signed: Any, clock: Clock) -> None:
    s, other = signed(), scene()
    issue()
    perform(actions.publish_contract, s.contract, by=s.officer, now=EFFECTIVE)
    clock.at = EFFECTIVE
    for post in (other.supplier, other.officer):
        assert page(s, post).status_code == 404
        assert at_desk(post).get(reverse("work_contract_pdf", args=[s.contract.pk])).status_code == 404
        case = at_desk(post).get(reverse("work_case", args=[s.case.pk]))
        assert reverse("work_contract", args=[s.contract.pk]) not in text_of(case)
    put = papers.paper_of(s.contract)
    assert put is not None and at_desk(s.officer).get(reverse("work_file", args=[put.pk])).status_code == 404


def test_a_contract_that_was_changed_says_so_and_gets_no_paper(
    signed: Any, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    s = signed()
    clock.at = LATER
    with connection.cursor() as cursor:  # by whoever can go round the controls
        cursor.execute("ALTER TABLE contracts_contract DISABLE TRIGGER USER")
    Contract.objects.filter(pk=s.contract.pk).update(terms="别的条款")
    assert "内容与签订时的摘要不符" in text_of(page(s, s.officer))
    assert issue() == [] and "is not what was signed" in caplog.text


def test_a_damaged_paper_is_told_and_not_handed_out(signed: Any, clock: Clock) -> None:
    s = signed()
    clock.at = LATER
    issue()
    put = papers.paper_of(s.contract)
    assert put is not None
    path = documents.path_of(put.document_id)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    try:
        assert "电子签名核验不通过" in text_of(page(s, s.officer))
        answer = at_desk(s.officer).get(reverse("work_contract_pdf", args=[s.contract.pk]))
        assert answer.status_code != 200
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("around", ["consultation", "open_tender"])
def test_a_paper_speaks_in_the_words_of_its_case_whoever_has_it_made(around: str) -> None:
    """The worker makes it with nobody's words, a visitor of the demo from the page of some row; the page that shows the
    same record speaks in those of its case."""
    case, said = factories.make_case(procedure="consultation"), []

    def unsigned(row: Case) -> bytes:
        said.append(str(_("开标记录表")))
        raise Unavailable("x")

    kinds = {"x": (Case, signed_papers.Kind(unsigned, lambda row: [], lambda row: ""))}
    with in_words(procedures.get(around).word), pytest.raises(Unavailable):
        signed_papers.issue(Task(action="x", subject=case.ref), now=LATER, kinds=kinds)
    assert said == ["开启记录表"]
