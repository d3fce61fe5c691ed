"""F1: does a client that dies anywhere in a finalise have one bid or none, and one receipt?"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from tests.faults.judge import submitted
from tests.faults.programs.dying import expected, ways
from tests.faults.programs.finalising import POINTS
from tests.tendering.sealing_walk import SealedTender
from yangcai.kernel.models import Entry
from yangcai.tendering import finalise
from yangcai.tendering.models import Bid, SealedBid

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
LONGEST = 1500


@pytest.mark.long
def test_f1_a_client_that_dies_anywhere_has_one_bid_or_none_and_one_receipt(
    tells: Any, full: bool, tmp_path: Path
) -> None:
    tender = SealedTender().announced()
    cases = [f"{point}:{how}" for point in POINTS for how in ways(full=full)]
    requests = []
    for _case in cases:
        device = tender.device()
        upload = tender.sealed(device)
        requests.append(
            {
                "upload": upload.pk,
                "post": device.post.pk,
                "now": tender.now.isoformat(),
                "message": device.statement().content.decode(),
            }
        )
    file = tmp_path / "requests"
    file.write_text("".join(json.dumps(request) + "\n" for request in requests))
    journal = run("finalising", file, cases)
    assert [one["case"] for one in journal] == cases
    kept = set(SealedBid.objects.values_list("note", flat=True))
    for request, one in zip(requests, journal, strict=True):
        assert one["ended"] == expected(one["case"].partition(":")[2]), one
        assert one["again"] == 0, one
        sealed = SealedBid.objects.get(upload=request["upload"])
        assert set(one["told"]) == {sealed.note}, one
    assert Bid.objects.count() == SealedBid.objects.count() == submitted() == len(cases)
    assert not Bid.objects.filter(replaced_at__isnull=False).exists()
    assert Entry.objects.filter(action="bid.submit", outcome="done").count() == len(cases)
    assert finalise.note_in(now=tender.now) == 0
    tells(
        deaths=len(cases),
        acknowledged=sum(len(one["told"]) for one in journal),
        lost=sum(not set(one["told"]) <= kept for one in journal),
        effects_too_many=Bid.objects.count() - len(cases),
    )


def run(program: str, file: Path, cases: list[str]) -> list[dict[str, Any]]:
    """What the program says of each case, on this test's database and files."""
    url = urlsplit(os.environ["DATABASE_URL"])
    environment = os.environ | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}")),
        "DJANGO_SETTINGS_MODULE": "yangcai.settings",
        "YANGCAI_HOME": str(settings.YANGCAI_HOME),
        "YANGCAI_SANDBOX": "1",  # the database's clock stands for this process too
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", f"tests.faults.programs.{program}", str(file), *cases]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]
