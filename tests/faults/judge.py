"""Who says whether anything was lost? Clients' own journals of what they were told, held against the database, the
stored envelopes and the lines of the log.

An acknowledgement counts when the client has it in hand: it is written down before anything else happens. A client that
was told nothing asks again with the same key, as SBP/1 has it.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from yangcai.kernel import documents
from yangcai.kernel.models import LeafSecret
from yangcai.tendering import envelopes, finalise
from yangcai.tendering.finalise import Request
from yangcai.tendering.models import Bid, SealedBid

PATIENCE = 60
ENVELOPE = re.compile(r"\nenvelope sha256:([0-9a-f]{64}) ")


@dataclass
class Journal:
    """Upload -> the receipts that were given out for it, in order; and what was not answered."""

    told: dict[int, list[str]] = field(default_factory=dict)
    unanswered: int = 0
    again: int = 0
    last_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self.told)

    def acknowledged(self, upload: int, note: str, *, again: bool = False) -> None:
        with self._lock:
            self.told.setdefault(upload, []).append(note)
            self.again += again
            self.last_at = time.monotonic()

    def unknown(self) -> None:
        """Nothing was said: it may be in, or not."""
        with self._lock:
            self.unanswered += 1


@dataclass(frozen=True)
class Verdict:
    """What the database has of it. All of these but the first are faults, where they are not 0."""

    acknowledged: int
    lost: int
    differing: int
    twice: int
    torn: int
    unlogged: int

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.differing or self.twice or self.torn or self.unlogged)


def judged(journal: Journal) -> Verdict:
    """Each receipt that somebody holds is that of a bid that is there, once and whole, with its line of the log; its
    envelope is there byte for byte as the receipt has it."""
    connection.close()  # the server that it led to may have died meanwhile
    kept = dict(SealedBid.objects.values_list("upload_id", "note"))
    logged = set(LeafSecret.objects.values_list("leaf_id", flat=True))
    leaves = dict(SealedBid.objects.values_list("upload_id", "leaf_id"))
    return Verdict(
        acknowledged=len(journal.told),
        lost=sum(upload not in kept for upload in journal.told),
        differing=sum(upload in kept and set(notes) != {kept[upload]} for upload, notes in journal.told.items()),
        twice=Bid.objects.filter(replaced_at__isnull=False).count(),  # each client hands in once
        torn=Bid.objects.filter(sealed__isnull=True).count() + _unreadable(journal),
        unlogged=sum(upload in leaves and leaves[upload] not in logged for upload in journal.told),
    )


def _unreadable(journal: Journal) -> int:
    """Receipts whose envelope is not there byte for byte."""
    kept = dict(SealedBid.objects.values_list("upload_id", "bid__envelope_id"))
    said = {upload: set(ENVELOPE.findall(" ".join(notes))) for upload, notes in journal.told.items() if upload in kept}
    whole = {digest: _is_whole(digest) for digest in {kept[upload] for upload in said}}
    return sum(digests != {kept[upload]} or not whole[kept[upload]] for upload, digests in said.items())


def _is_whole(digest: str) -> bool:
    try:
        with envelopes.stream(envelopes.parts_of(documents.Document.objects.get(pk=digest))) as file:
            while file.read(2**20):
                pass
    except (documents.BadDocument, documents.Document.DoesNotExist, OSError):
        return False
    return True


def submitted() -> int:
    """Lines of the log that commit to a bid."""
    return sum(json.loads(bytes(secret.body))["t"] == "submit" for secret in LeafSecret.objects.all())


class Client(threading.Thread):
    """Hands in its bids one after another; where it is told nothing it asks again, until `gives_up`."""

    def __init__(self, requests: list[Request], journal: Journal, *, gives_up: threading.Event) -> None:
        super().__init__(daemon=True)
        self.requests, self.journal, self.gives_up = requests, journal, gives_up
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for request in self.requests:
                while not self._taken(request) and not self.gives_up.wait(0.02):
                    pass
                if self.gives_up.is_set():
                    return
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def _taken(self, request: Request) -> bool:
        try:
            taken = finalise.finalise(request)
        except (OperationalError, InterfaceError, finalise.NotDurable):
            self.journal.unknown()
            connection.close()
            return False
        self.journal.acknowledged(request.upload, taken.note, again=taken.again)
        return True


@dataclass
class Load:
    """Clients at work."""

    clients: list[Client]
    journal: Journal
    gives_up: threading.Event

    def join(self) -> None:
        """Until every bid is in. Raises what went wrong in a client."""
        for client in self.clients:
            client.join(timeout=PATIENCE * 4)
        self.check()
        assert not any(client.is_alive() for client in self.clients), "a client still waits"

    def is_over(self) -> bool:
        """Nobody asks any more."""
        self.check()
        return not any(client.is_alive() for client in self.clients)

    def check(self) -> None:
        """Raises what went wrong in a client."""
        for client in self.clients:
            if client.error is not None:
                raise client.error

    def wait_for(self, number: int, *, also: Callable[[], bool] = lambda: True) -> None:
        """Until so many were acknowledged."""
        from tests.faults.clusters import wait_until

        wait_until(lambda: (len(self.journal) >= number and also()) or self.check())


def under_load(requests: list[Any], *, clients: int) -> Load:
    """So many clients begin now."""
    journal, gives_up = Journal(), threading.Event()
    working = [Client(requests[n::clients], journal, gives_up=gives_up) for n in range(clients)]
    for client in working:
        client.start()
    return Load(working, journal, gives_up)
