"""Who reads the record of prices in covers of their own, and of last offers: when, where, and signed by whom?"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories import make_post
from tests.kernel.log import world
from tests.tendering.consultation_walk import Consultation
from tests.tendering.covers_walk import MINUTE, judged
from tests.tendering.outage_journal import in_clear
from tests.tendering.sealing_walk import Device, SealedTender
from tests.www.conftest import clock as clock
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import documents, log_keys, papers
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.models import Attachment, Entry
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.verification import verify
from yangcai.kernel.tlog import note
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opening_proof, opening_record
from yangcai.tendering.models import BidClosing, FinalOffer
from yangcai.www import formats, signed_papers
from yangcai.www.signed_papers import Issuer
from yangcai.www.work import files

pytestmark = pytest.mark.django_db
LAST = ("870000.00", "880000.00", "860000.00")
SHOWN = ("870,000.00", "880,000.00", "860,000.00")


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    world.use(settings, tmp_path)
    signed_papers._checked.cache_clear()
    yield
    signed_papers._checked.cache_clear()


def page(closing: BidClosing, post: Post | None = None, *, lang: str = "zh-hans") -> HttpResponse:
    client = at_desk(post) if post is not None else Client()
    client.cookies["django_language"] = lang
    return client.get(reverse("closing_record", args=[closing.pk]))


def issued(tender: SealedTender) -> list[str]:
    now = tender.now + datetime.timedelta(minutes=1)
    return [task.action for task in Issuer().round(now=now, tick=0.0, root=tender.case.ref)]


def is_signed(closing: BidClosing, *, by: Post) -> None:
    """The paper bears the signature of whoever opened, over the public record; so does the note of the log's key."""
    record = opening_record.shown(closing, inside=False)
    paper = papers.paper_of(closing)
    findings = verify(documents.read(paper.document), trust=tuple(configured.trust()))
    assert findings.is_valid and [one.name for one in findings.signatures] == [by.person.name]
    entry = Entry.objects.filter(action="opening.unseal", outcome="done").latest("seq")
    assert all(said in findings.signatures[0].reason for said in (record.document_id, entry.hash[:16]))
    signed = Attachment.objects.get(kind=opening_proof.NOTE, subject=closing.ref)
    text = note.opened(documents.read(signed.document), [log_keys.verifier()]).text
    assert f"record sha256:{record.document_id} {record.document.size}" in text
    assert paper.is_public and signed.is_public


@pytest.mark.long
def test_the_record_of_prices_is_everybodys_from_their_opening(clock: Clock) -> None:
    tender = judged(*LAST)
    tender.conclude_technical()
    closing = BidClosing.objects.get(cover="PRICE")
    follow(tender, clock)
    assert page(closing).status_code == 404
    assert issued(tender) == ["opening.issue_paper"]
    tender.open_prices(of=[0, 1, 2])
    follow(tender, clock)
    told = text_of(page(closing))
    assert all(price in told for price in SHOWN) and "报价与投标前的承诺一致" in told and "内部记录" not in told
    room = Client().get(reverse("hall", args=[tender.case.pk])).content.decode()
    assert reverse("closing_record", args=[closing.pk]) in room
    assert issued(tender) == ["closing.issue_paper"] and issued(tender) == []
    is_signed(closing, by=tender.runner)
    tender.now += 2 * MINUTE
    follow(tender, clock)
    assert "电子签名核验一致" in text_of(page(closing))
    english = text_of(page(closing, lang="en"))
    assert "Record of the opening of prices" in english and "870,000.00" in english


def last_offers_opened() -> tuple[Consultation, list[Device]]:
    tender = Consultation().talked()
    closes_at = tender.asked()
    last = [tender.last(device, price) for device, price in zip(tender.devices_in_order, LAST, strict=True)]
    tender.now = closes_at
    tender.do("final_offer.open", tender.lot, tender.chair)
    tender.release_all(last)
    return tender, last


@pytest.mark.long
def test_the_record_of_last_offers_is_kept_until_the_award_and_names_nobody_then(clock: Clock) -> None:
    tender, last = last_offers_opened()
    first, second = BidClosing.objects.order_by("pk")
    bidder = tender.devices_in_order[0].post
    follow(tender, clock)
    for closing in (first, second):
        for reader in (None, bidder):
            assert page(closing, reader).status_code == 404
    for reader in (tender.runner, tender.holders[3].post):
        told = text_of(page(second, reader))
        assert all(price in told for price in SHOWN) and bidder.organisation.name in told
        assert "内部记录，不公开" in told
    address = reverse("closing_record", args=[second.pk])
    case_page = {
        True: reverse("work_case", args=[tender.case.pk]),
        False: reverse("public_case", args=[tender.case.pk]) + "?tab=documents",
    }
    assert address in at_desk(tender.runner).get(case_page[True]).content.decode()
    assert address not in at_desk(bidder).get(case_page[True]).content.decode()
    assert address not in Client().get(case_page[False]).content.decode()
    assert issued(tender) == []

    tender.do("award.announce", tender.awarded(), tender.runner)
    follow(tender, clock)
    for reader in (None, bidder):
        told = page(second, reader).content.decode()
        assert not [secret for secret in (*SHOWN, *LAST) if secret in told]
        assert not [one for one in tender.devices_in_order if one.post.organisation.name in told.split("<main")[1]]
        assert last[0].header.sha256.hex()[:4] in told
    assert "No names and no prices" in text_of(page(second, lang="en"))
    assert address in Client().get(case_page[False]).content.decode()
    insider = text_of(page(second, tender.runner))
    assert "870,000.00" in insider and "已随结果公告公布" in insider, "the inner record, and the other beside it"
    public = opening_record.shown(second, inside=False)
    assert all(formats.fingerprint(one) in insider for one in (public.document_id, inner(second).document_id))
    data = reverse("public_file", args=[public.pk])
    assert data in insider and data in text_of(page(second)) and str(inner(second).document_id) not in data
    assert sorted(issued(tender)) == ["closing.issue_paper"] * 2 + ["report.issue_paper"]
    is_signed(second, by=tender.runner)
    insider = text_of(page(second, tender.runner))
    assert insider.index("电子签名核验一致") < insider.index("内部记录，不公开") < insider.index("870,000.00")
    seal = at_desk(bidder).get(reverse("work_seal", args=[tender.lot.pk])).content.decode()
    assert address in seal


def inner(closing: BidClosing) -> Attachment:
    return Attachment.objects.get(kind=opening_record.INSIDE, subject=closing.ref)


@pytest.mark.long
def test_what_is_kept_inside_is_not_for_the_experts_of_the_buyer(clock: Clock) -> None:
    (tender, _last), closing = last_offers_opened(), BidClosing.objects.latest("pk")
    follow(tender, clock)
    kept = Attachment.objects.get(kind=opening_record.OF_CLOSING, subject=closing.ref)
    representative = make_post(Role.EXPERT, organisation=tender.case.buyer)
    for post, status in ((representative, 404), (tender.chair, 404), (tender.runner, 200), (tender.reviewer, 200)):
        for one in (inner(closing), kept):
            answer = at_desk(post).get(reverse("work_file", args=[one.pk]))
            text_of(answer)  # read to its end, it is closed
            assert answer.status_code == status
            assert files.readable(tender.case, post=post, now=tender.now).filter(pk=one.pk).exists() is (status == 200)
    tender.do("award.announce", tender.awarded(), tender.runner)
    follow(tender, clock)
    assert at_desk(representative).get(reverse("work_file", args=[inner(closing).pk])).status_code == 404
    assert files.readable(tender.case, post=representative, now=tender.now).filter(pk=kept.pk).exists()


@pytest.mark.long
def test_a_damaged_record_holds_no_award_up_and_its_figures_are_told(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tender, _last), closing = last_offers_opened(), BidClosing.objects.latest("pk")
    award = tender.awarded()
    record = Attachment.objects.get(kind=opening_record.OF_CLOSING, subject=closing.ref).document
    told = parse_jcs(documents.read(record))
    (lot,) = told["lots"]
    documents.path_of(record.digest).write_bytes(b"something else")
    tender.do("award.announce", award, tender.runner)
    line = next(body for body in in_clear(root=tender.case.ref) if body.get("record") == record.digest)
    assert line["t"] == "opening-record" and (line["received"], line["withdrawn"]) == (len(lot["came"]), 0)
    assert (line["bids"], line["opened"], line["recovered"], line["revoked"]) == (3, 3, 0, 0)
    assert opening_record.shown(closing, inside=False).is_public
    follow(tender, clock)
    answer = page(closing)  # its page says that the file is not as it was, and shows nothing of it
    assert answer.status_code == 503 and record.digest in caplog.text


@pytest.mark.long
@pytest.mark.parametrize("fault", [documents.NoRoom("full"), OSError("away")], ids=["full", "away"])
def test_an_opening_whose_record_cannot_be_kept_is_refused_and_done_again(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    tender = judged(*LAST)
    tender.conclude_technical()
    for device in tender.prices:
        tender.release(device)
    tender.trustee_releases(tender.holders[3])

    def away(**_what: Any) -> Any:
        raise fault

    with monkeypatch.context() as for_now:
        for_now.setattr(documents, "store_bytes", away)
        assert set(tender.refused("opening.unseal", tender.lot, tender.runner)) == {"record_not_kept"}
    assert BidClosing.objects.get(cover="PRICE").unsealed_at is None and not FinalOffer.objects.exists()
    tender.unseal()
    assert BidClosing.objects.get(cover="PRICE").unsealed_at == tender.now


@pytest.mark.long
def test_the_hall_links_to_no_page_that_is_not_there(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices opened before their record had a page: it is of another kind, among the documents of the case."""
    tender = judged(*LAST)
    tender.conclude_technical()
    with monkeypatch.context() as then:
        then.setattr(opening_record, "OF_CLOSING", "price_opening_record")
        tender.open_prices(of=[0, 1, 2])
    closing = BidClosing.objects.get(cover="PRICE")
    follow(tender, clock)
    assert page(closing).status_code == 404
    for reader in (Client(), at_desk(tender.runner)):
        room = reader.get(reverse("hall", args=[tender.case.pk])).content.decode()
        assert "870,000.00" in room and reverse("closing_record", args=[closing.pk]) not in room
