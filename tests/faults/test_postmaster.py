"""F3: is every bid there whose bidder holds a receipt, when the database died under load by SIGKILL and came back?"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.settings import OWN_CLUSTER

ROOT = Path(__file__).resolve().parents[2]
BIDS, CLIENTS, ROUNDS = 240, 8, 2


@pytest.mark.long
@pytest.mark.skipif(not OWN_CLUSTER, reason="a server is killed: it has to be our own")
def test_f3_no_acknowledged_bid_is_lost_when_the_database_dies() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "YANGCAI_HOME", "YANGCAI_DEBUG"}
    } | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.faults.postmaster", *map(str, (BIDS, CLIENTS, ROUNDS))]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["killed"] > ROUNDS and found["unanswered"] > 0  # it was under load
    assert 0 < found["acknowledged"][0] < BIDS
    assert found["lost"] == 0
    assert found["told"] == found["bids"] == found["lines"] == found["noted"] == BIDS
    assert found["replaced"] == 0
