"""F2: does an opening whose process dies between two envelopes leave nothing half open, and go on the next time?"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.tendering.sealing_walk import SealedTender, three
from yangcai.kernel.models import Entry
from yangcai.tendering.models import Bid, BidClosing, OpenedBid, SealedBid

ROOT = Path(__file__).resolve().parents[2]
POINTS = ("combined", "decrypted", "written", "entry", "commit")


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_next_one_opens_them_all(tells: Any) -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "YANGCAI_SANDBOX": "1",
        "YANGCAI_HOME": str(settings.YANGCAI_HOME),
        "PYTHONPATH": str(ROOT),
    }
    given = [str(tender.lot.pk), str(tender.runner.pk), tender.now.isoformat()]
    for point in POINTS:
        command = [sys.executable, "-m", "tests.faults.programs.opening", *given, point]
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert ended.returncode == -signal.SIGKILL, (point, ended.stderr)
        assert not OpenedBid.objects.exists() and not SealedBid.objects.exclude(price="").exists(), point
        assert not Bid.objects.exclude(damage="").exists(), point
    tender.unseal()
    assert OpenedBid.objects.count() == 3 and BidClosing.objects.get().unsealed_at == tender.now
    assert Entry.objects.filter(action="opening.unseal", outcome="done").count() == 1
    tells(deaths=len(POINTS), acknowledged=3, lost=3 - OpenedBid.objects.count(), roots_too_many=0)
