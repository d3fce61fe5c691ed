"""What if the database dies under bidders who hand in? Its server and every child of it do, by SIGKILL, and come back.

Called by tests/faults/test_postmaster.py in a process of its own, on a cluster of its own that writes to the disk:
BIDS CLIENTS ROUNDS. Each client keeps a journal of what it was told, asks again with the same key where it was told
nothing, and the journal is compared with the database at the end. What was found goes out as one JSON object.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from benchmarks import site

PATIENCE = 60


def kill(home: Path) -> int:
    """SIGKILL to the server and all its children, as a power cut would end them; how many."""
    from yangcai.kernel import embedded_postgres

    postmaster = embedded_postgres.status(home).pid
    assert postmaster is not None
    children = [int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == postmaster]
    for pid in (postmaster, *children):
        os.kill(pid, signal.SIGKILL)
    return 1 + len(children)


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0  # it has ended meanwhile


class Client(threading.Thread):
    """Hands in its bids one after another, and keeps what it was told."""

    def __init__(self, requests: list[Any], told: dict[int, str], back: threading.Event) -> None:
        super().__init__()
        self.requests, self.told, self.back = requests, told, back
        self.unanswered = 0

    def run(self) -> None:
        from django.db import InterfaceError, OperationalError, connection

        from yangcai.tendering import finalise

        for request in self.requests:
            while request.upload not in self.told:
                try:
                    self.told[request.upload] = finalise.finalise(request).note
                except (OperationalError, InterfaceError, finalise.NotDurable):
                    self.unanswered += 1
                    connection.close()
                    self.back.wait(timeout=PATIENCE)
        connection.close()


def main(bids: int, clients: int, rounds: int) -> dict[str, Any]:
    with site.throw_away_site(durable=True):
        from django.db import connections

        from benchmarks import bidders
        from benchmarks.published import publish
        from yangcai.cases.models import Lot
        from yangcai.kernel import embedded_postgres
        from yangcai.kernel.models import LeafSecret
        from yangcai.tendering import finalise, receipts
        from yangcai.tendering.models import Bid, SealedBid

        found = publish(cases=1)
        lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
        requests = bidders.requests(lot, bidders.policy_of(lot, found.now), bids, now=found.now)
        receipts.signer()
        connections.close_all()
        home, told, back = Path(os.environ["YANGCAI_HOME"]) / "postgres", dict[int, str](), threading.Event()
        back.set()
        working = [Client(requests[n::clients], told, back) for n in range(clients)]
        for client in working:
            client.start()
        killed, acknowledged = 0, []
        for number in range(1, rounds + 1):
            while len(told) < number * bids // (rounds + 1):
                threading.Event().wait(0.001)
            back.clear()
            killed += kill(home)
            acknowledged.append(len(told))
            embedded_postgres.start(home)
            back.set()
        for client in working:
            client.join()
        noted = finalise.note_in(now=found.now)
        kept = dict(SealedBid.objects.values_list("upload_id", "note"))
        return {
            "killed": killed,
            "acknowledged": acknowledged,
            "unanswered": sum(client.unanswered for client in working),
            "lost": sum(1 for upload, note in told.items() if kept.get(upload) != note),
            "told": len(told),
            "bids": Bid.objects.filter(lot=lot, replaced_at__isnull=True).count(),
            "replaced": Bid.objects.filter(lot=lot, replaced_at__isnull=False).count(),
            "lines": LeafSecret.objects.filter(leaf__entry__isnull=True, leaf__root=lot.case.ref).count(),
            "noted": noted,
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*map(int, sys.argv[1:]))) + "\n")
