"""Does the list of records say what is there and what is to come, and is all of it in one file with its digests?"""

import csv
import hashlib
import io
import zipfile

import pytest
from django.urls import reverse

from tests.contracts import support
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import documents
from yangcai.kernel.models import Attachment, Entry

pytestmark = pytest.mark.django_db


def test_what_the_law_wants_kept_is_listed_and_what_is_missing_is_said(clock: Clock) -> None:
    s = support.scene()
    support.effective(s)
    clock.at = support.EFFECTIVE
    address = reverse("work_archive", args=[s.case.pk])
    assert address in at_desk(s.officer).get(reverse("work_case", args=[s.case.pk])).content.decode()
    told = text_of(at_desk(s.officer).get(address))
    assert "自采购结束之日起至少保存 15年" in told and "采购尚未结束" in told
    assert "《中华人民共和国政府采购法》第四十二条" in told
    before, _title, after = told.partition("验收证明")
    assert "合同文本" in before and "尚未形成" in after
    support.accepted(s)
    clock.at = support.ACCEPTED
    told = text_of(at_desk(s.officer).get(address))
    after = told.partition("验收证明")[2]
    assert "履约验收单" in after and "尚未形成" not in after


def test_the_file_holds_every_document_and_the_log(clock: Clock) -> None:
    tender = Tender().published()
    tender.bids("900000.00", "850000.00", "800000.00")
    follow(tender, clock)
    paper = Attachment.objects.create(
        document=support.document("委托协议"),
        root=tender.case.ref,
        subject=tender.case.ref,
        title="=委托协议",
        kind="agency_agreement",
        at=tender.now,
    )
    pdf = documents.store_bytes(data=b"%PDF-1.7 " + b"x" * 999, name="x.pdf")
    Attachment.objects.create(
        document=pdf,
        root=tender.case.ref,
        subject=tender.case.ref,
        title="附件",
        kind="agency_agreement",
        at=tender.now,
    )
    address = reverse("work_archive_file", args=[tender.case.pk])
    answer = at_desk(tender.agent_post).get(address)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    listed = list(csv.DictReader(io.StringIO(packed.read("list.csv").decode("utf-8-sig"))))
    (line,) = [one for one in listed if one["SHA-256"] == paper.document_id]
    assert hashlib.sha256(packed.read(line["压缩包内路径"])).hexdigest() == paper.document_id
    assert packed.getinfo(line["压缩包内路径"]).compress_type == zipfile.ZIP_DEFLATED
    # A PDF is compressed already, and so is stored as it is.
    (line_of_pdf,) = [one for one in listed if one["SHA-256"] == pdf.pk]
    assert packed.getinfo(line_of_pdf["压缩包内路径"]).compress_type == zipfile.ZIP_STORED
    assert line["名称"] == "'=委托协议", "no formula for a spreadsheet"
    # Before the opening no sealed bid, and nothing of who handed one in.
    sealed = {bid.envelope_id for bid in tender.lot.bids.all()}
    assert len(sealed) == 3 and not sealed & {one["SHA-256"] for one in listed}
    log = packed.read("log.csv").decode("utf-8-sig")
    assert Entry.objects.get(root=tender.case.ref, action="invitation.publish").hash in log
    assert all(post.organisation.name not in log for post in tender.suppliers)
