"""F1: is an upload whose process dies anywhere whole after the same part came again, and is what it left swept away?"""

import datetime
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.faults.programs.dying import expected, ways
from tests.faults.programs.uploading import POINTS
from tests.faults.test_f01_finalise import run
from tests.tendering.sealing_walk import SealedTender
from yangcai.kernel import documents
from yangcai.tendering import envelopes
from yangcai.tendering.models import BidPart, BidUpload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_an_upload_that_died_anywhere_is_whole_after_the_same_part_again(
    tells: Any, full: bool, tmp_path: Path
) -> None:
    tender = SealedTender().announced()
    cases = [f"{point}:{how}" for point in POINTS for how in ways(full=full)]
    requests = []
    for _case in cases:
        device = tender.device()
        device.seal(tender.policy(), {"price": "900000.00"}, files={}, recovery="auto")
        upload = tender.do("bid.upload", tender.lot, device.post, idem=device.idem.hex()).value
        requests.append(
            {
                "upload": upload.pk,
                "now": tender.now.isoformat(),
                "content": device.content.hex(),
                "header": device.header.content.decode(),
            }
        )
    file = tmp_path / "requests"
    file.write_text("".join(json.dumps(request) + "\n" for request in requests))
    for one in run("uploading", file, cases):
        assert one["ended"] == expected(one["case"].partition(":")[2]), one
        assert one["again"] == 0, one
    lost = 0
    for request in requests:
        upload = BidUpload.objects.get(pk=request["upload"])
        with envelopes.stream(envelopes.parts_of(upload.envelope)) as kept:
            lost += upload.verified_at is None or kept.read() != bytes.fromhex(request["content"])
    tells(
        deaths=len(cases),
        acknowledged=len(requests) - lost,
        lost=lost,
        effects_too_many=BidPart.objects.count() - len(requests),
    )
    assert lost == 0 and BidPart.objects.count() == len(requests)
    # What those who were killed had half written: nobody reads it, and after a day nobody keeps it.
    left = list(Path(settings.YANGCAI_FILES).glob(".part-*"))
    assert len(left) >= 2
    now = datetime.datetime.now(datetime.UTC)
    assert documents.sweep(now=now) == 0
    for path in left:
        os.utime(path, (0, 0))
    assert documents.sweep(now=now) == len(left)
    assert not list(Path(settings.YANGCAI_FILES).glob(".part-*"))
