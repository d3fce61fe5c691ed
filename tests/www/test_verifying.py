"""Is somebody told what a paper, a receipt or a file is, and nobody what they must not know?"""

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import NOW
from tests.kernel.log import world
from tests.portal.chain import STEPS, Chain
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import Tender
from tests.www.support import Clock, follow
from yangcai.kernel import documents, log_keys, log_proofs
from yangcai.kernel.models import Attachment
from yangcai.portal.models import Notice
from yangcai.portal.queries import leaf_of
from yangcai.www.public.verifying import LONGEST_FILE

pytestmark = pytest.mark.django_db
FOUND, UNKNOWN = "核对一致", "没有找到"


def asked(client: Client, code: str) -> str:
    answer = client.get(reverse("verify"), {"code": code})
    assert answer.status_code == 200
    return answer.content.decode()


def uploaded(client: Client, content: bytes, *, name: str = "x.pdf", status: int = 200) -> str:
    answer = client.post(reverse("file_check"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == status
    return answer.content.decode()


def test_a_notice_by_its_number_its_code_and_its_digest(client: Client, clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)
    notice = Notice.objects.get()
    for typed in (notice.number, f" {notice.number}\n", notice.digest, notice.digest[:16].upper()):
        said = asked(client, typed)
        assert FOUND in said and "现行有效" in said and notice.title in said
        assert reverse("notice_proof", args=[notice.pk]) in said
    tender.do("correction.publish", tender.case, tender.runner, item="技术要求", after="改")
    later = Notice.objects.get(kind="correction")
    said = asked(client, notice.number)
    assert FOUND in said and f"撤回：{later.number}" in said, "genuine, and no longer what counts"
    for odd in ("x", "TB20260304-ABCDEF012345", "0" * 64, "'", "%", "长" * 9000):
        assert UNKNOWN in asked(client, odd)
    assert UNKNOWN not in client.get(reverse("verify")).content.decode()


def test_the_page_shows_with_which_keys_the_log_signs(client: Client, settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)
    settings.YANGCAI_LOG_SM2 = True
    assert "公钥" not in client.get(reverse("verify")).content.decode()
    assert not (tmp_path / "keys").exists()  # no key is made by looking
    settings.YANGCAI_LOG_SM2 = False
    world.submit(1)
    world.round_of()
    shown = client.get(reverse("verify")).content.decode()
    assert log_keys.verifier().vkey in unescape(shown) and "国密（SM2）公钥" not in shown
    settings.YANGCAI_LOG_SM2 = True
    assert "国密（SM2）公钥" not in client.get(reverse("verify")).content.decode()  # before the log has one
    second = log_keys.sm2_verifier()
    assert second is not None
    shown = unescape(client.get(reverse("verify")).content.decode())
    assert second.vkey in shown and shown.index(log_keys.verifier().vkey) < shown.index(second.vkey)


@pytest.mark.long
def test_a_contract_is_known_from_its_notice_on_and_to_its_holder_before(client: Client, clock: Clock) -> None:
    chain = Chain().until("contract signed")
    clock.at = chain.now
    number, digest = chain.contract.number, chain.contract.digest
    assert UNKNOWN in asked(client, number)
    held = asked(client, digest)  # whoever types it has the signed paper
    assert FOUND in held and chain.contract.supplier.name not in held
    STEPS["contract published"](chain)
    clock.at = chain.now
    assert digest
    for typed in (number, digest, digest[:16]):
        said = asked(client, typed)
        assert FOUND in said and number in said


def test_a_receipt_tells_its_holder_that_it_is_genuine_and_nothing_else(client: Client, clock: Clock) -> None:
    tender = Tender().published()
    bid = tender.bid(tender.supplier(name="不可说的供应商"), price="876543.21")
    follow(tender, clock)
    said = asked(client, bid.receipt.lower())
    assert FOUND in said and tender.case.number in said
    assert "不可说的供应商" not in said and "876" not in said
    assert UNKNOWN in asked(client, bid.envelope_id), "that an envelope lies here is said to nobody"
    assert UNKNOWN in uploaded(client, documents.read(bid.envelope))
    assert UNKNOWN in asked(client, bid.receipt[:-1])


def test_a_sealed_bids_receipt_and_a_notices_proof_are_checked_whole(
    client: Client, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    device = tender.device()
    sealed = tender.hand_in(device)
    follow(tender, clock)
    assert "正在写入" in asked(client, sealed.note)
    world.round_of(now=tender.now)
    sealed.leaf.refresh_from_db()
    said = asked(client, sealed.note)
    assert FOUND in said and f"第 {sealed.leaf.index} 条" in said
    assert device.post.organisation.name not in said
    assert FOUND in uploaded(client, sealed.note.encode(), name="receipt.txt"), "as a file, by whoever runs no script"
    forged = sealed.note.replace("lot 1 ", "lot 2 ")
    assert forged != sealed.note and "核对不符" in asked(client, forged)
    assert "核对不符" in asked(client, "sbp-receipt/v1\nnothing\n")
    notice = Notice.objects.latest("pk")
    proof = log_proofs.proof_of(leaf_of(notice))
    assert proof is not None
    said = asked(client, proof)
    assert FOUND in said and notice.title in said and "日志条目数" in said
    assert "核对不符" in asked(client, proof.replace("index ", "index 1"))
    assert "核对不符" in asked(client, "c2sp.org/tlog-proof@v1\nx")


def test_a_file_is_known_once_it_is_public(client: Client, clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)

    def attached(content: bytes, *, is_public: bool) -> Attachment:
        document = documents.store_bytes(data=content, name="采购文件.pdf")
        case = tender.case
        return Attachment.objects.create(
            document=document, root=case.ref, subject=case.ref, title="采购文件", kind="solicitation",
            is_public=is_public, at=tender.now,
        )  # fmt: skip

    attached(b"%PDF-1.7 open", is_public=True)
    attached(b"%PDF-1.7 kept", is_public=False)
    assert FOUND in uploaded(client, b"%PDF-1.7 open")
    assert UNKNOWN in uploaded(client, b"%PDF-1.7 open.") and UNKNOWN in uploaded(client, b"%PDF-1.7 kept")
    api = client.get(reverse("api_notices")).content
    said = uploaded(client, api, name="notices.json")
    assert Notice.objects.get().title in said, "the API's own JSON is known by the notices in it"


def test_only_so_much_is_taken_and_only_from_a_form_of_ours(clock: Clock) -> None:
    client = Client()
    address = reverse("file_check")
    assert client.post(address, {}).status_code == 200
    said = client.post(address, {"file": SimpleUploadedFile("x", b"1")}, headers={"content-length": str(2**30)})
    assert said.status_code == 413
    assert LONGEST_FILE < 2**30
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"file": SimpleUploadedFile("x", b"1")}).status_code == 403
    assert client.post(reverse("verify"), {"code": "x"}).status_code == 405
    assert clock.at == NOW
