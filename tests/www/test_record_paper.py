"""Does the record of an opening become a paper with the host's signature, and a note of the log's key, for all?"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender
from tests.www.conftest import clock as clock
from tests.www.paper_pages import checked, needs_poppler
from tests.www.support import Clock, follow, text_of
from yangcai.kernel import documents, log_keys, papers
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Attachment, Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.kernel.signatures import configured
from yangcai.kernel.signatures.verification import verify
from yangcai.kernel.tlog import note
from yangcai.parties.queries import platform_post
from yangcai.tendering import opening_proof
from yangcai.tendering.models import Opening
from yangcai.www import signed_papers
from yangcai.www.signed_papers import Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.YANGCAI_SANDBOX, settings.YANGCAI_SEALS, settings.YANGCAI_TIMESTAMPS = True, "demo", "demo"
    world.use(settings, tmp_path)
    signed_papers._checked.cache_clear()
    yield
    signed_papers._checked.cache_clear()


def concluded() -> SealedTender:
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    for device in devices:
        tender.hand_in(device)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    return tender


def issue(tender: SealedTender) -> list[str]:
    now = tender.now + datetime.timedelta(minutes=1)
    return [task.action for task in Issuer().round(now=now, tick=0.0, root=tender.case.ref)]


@needs_poppler
def test_the_record_is_issued_as_a_signed_paper_and_as_a_note(clock: Clock) -> None:
    tender = concluded()
    opening = Opening.objects.get()
    follow(tender, clock)
    assert "签署文本正在出具" in text_of(Client().get(reverse("hall_record", args=[tender.case.pk])))
    assert issue(tender) == ["opening.issue_paper"]
    assert issue(tender) == [] and not Task.objects.filter(action="opening.issue_paper", done_at=None).exists()
    found = papers.paper_of(opening)
    assert found is not None and found.is_public
    findings = verify(documents.read(found.document), trust=tuple(configured.trust()))
    assert findings.is_valid and [one.name for one in findings.signatures] == [tender.runner.person.name]
    entry = Entry.objects.get(action="opening.conclude", outcome="done")
    assert all(said in findings.signatures[0].reason for said in (opening.record_id or "", entry.hash[:16]))
    # Every page of it names its case and its code, by which anybody finds it.
    digest = str(opening.record_id)
    number, code = tender.case.number, digest[:16]
    pages = checked(documents.read(found.document), number=number, code=code, digest=digest, says=("开标记录表",))
    assert all("开标记录表" in page.footer for page in pages)
    assert "核对一致" in text_of(Client().get(reverse("verify"), {"code": code}))
    signed = Attachment.objects.get(kind=opening_proof.NOTE)
    content = documents.read(signed.document)
    text = note.opened(content, [log_keys.verifier()]).text
    assert text.splitlines()[0] == "opening-record/v1"
    assert f"record sha256:{opening.record_id} {opening.record.size}" in text and signed.is_public

    tender.now += datetime.timedelta(minutes=2)
    follow(tender, clock)
    told, of_case = (
        Client().get(reverse(name, args=[tender.case.pk]), {"tab": "documents"}).content.decode()
        for name in ("hall_record", "public_case")
    )
    assert "电子签名核验一致" in told
    for attachment in (found, signed):
        address = reverse("public_file", args=[attachment.pk])
        assert address in told and address in of_case
        assert b"".join(Client().get(address)) == documents.read(attachment.document)


def test_the_paper_is_the_same_however_often_it_is_made(clock: Clock) -> None:
    tender = concluded()
    follow(tender, clock)
    kind = signed_papers._kinds()["opening.issue_paper"][1]
    assert kind.unsigned(Opening.objects.get()) == kind.unsigned(Opening.objects.get())


def test_while_the_logs_key_cannot_sign_nothing_is_issued(clock: Clock, settings: Any, tmp_path: Path) -> None:
    tender = concluded()
    follow(tender, clock)
    settings.YANGCAI_LOG_SIGNER = str(tmp_path / "nobody.sock")
    assert issue(tender) == []
    assert papers.paper_of(Opening.objects.get()) is None
    settings.YANGCAI_LOG_SIGNER = ""
    assert issue(tender) == ["opening.issue_paper"]


@pytest.mark.long
def test_another_paper_is_refused(clock: Clock) -> None:
    tender = concluded()
    follow(tender, clock)
    opening, by = Opening.objects.get(), platform_post(now=tender.now)
    other = signed_papers._kinds()["opening.issue_paper"][1].unsigned(opening)
    document = documents.store_bytes(data=other, name="x.pdf", person_id=by.person_id, now=tender.now)
    with pytest.raises(Refused) as refused:
        perform(ACTIONS["opening.issue_paper"], opening, by=by, now=tender.now, paper=document)
    assert "signatures_of_others" in {one.code for one in refused.value.refusals}
    assert papers.paper_of(opening) is None
