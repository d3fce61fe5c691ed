"""F5, F6: is no receipt given while the standby does not confirm, and is every one given once it does?"""

import dataclasses
import datetime
import http.client
import statistics
import threading
import time
from typing import Any

from tests.faults import clusters, process
from yangcai.kernel import embedded_postgres

#: A client that waited for so long asks again.
CLIENT_SECONDS, GIVEN_UP = 120, 599
CANCELLED = "pg_cancel_backend"
ENDED = "pg_terminate_backend"
KEPT = "SELECT note FROM tendering_sealedbid WHERE bid_id = %s"


class Asking(threading.Thread):
    """One request, whose answer comes when it comes."""

    def __init__(self, ask: Any) -> None:
        super().__init__(daemon=True)
        self.ask, self.answer, self.error = ask, None, None
        self.start()

    def run(self) -> None:
        from django.db import connection

        try:
            self.answer = self.ask()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def told(self) -> Any:
        self.join(timeout=clusters.PATIENCE)
        assert not self.is_alive(), "no answer came"
        if self.error is not None:
            raise self.error
        return self.answer


def cancelled(*, rounds: int) -> dict[str, Any]:
    """The wait for the standby is cancelled, or its backend ended, in the middle of a finalise through HTTP: twice for
    each bid; then the standby is back and the bidder asks again. The negative control commits without listening."""
    with clusters.pair() as pair, process.site_on(pair.address, pair.primary.home.parent / "site"):
        from django.db import transaction

        from tests.api.test_sbp import Bidder
        from tests.faults import judge, world
        from yangcai.tendering import finalise
        from yangcai.tendering.models import SealedBid

        tender = world.announced()
        journal = judge.Journal()
        false, unavailable, on_standby = 0, 0, 0
        for number in range(rounds):
            bidder = Bidder(tender, tender.device()).verified()
            with pair.stalled():
                for how in (CANCELLED, ENDED) if number % 2 else (ENDED, CANCELLED):
                    asking = Asking(bidder.finalise)
                    clusters.wait_until(lambda: len(pair.waiting()) == 1)
                    pair.primary.ask(f"SELECT {how}(%s)", pair.waiting()[0])
                    answer = asking.told()
                    unavailable += answer.status_code == http.client.SERVICE_UNAVAILABLE
                    false += answer.status_code < 300 or b"sbp-receipt/v1" in answer.content
                    journal.unknown()
            answer = bidder.finalise()
            assert answer.status_code in (200, 201), answer.content
            sealed = SealedBid.objects.get(header_digest=bidder.device.header.sha256.hex())
            journal.acknowledged(sealed.upload_id, answer.content.decode(), again=answer.status_code == 200)
            clusters.wait_until(lambda pk=sealed.pk: pair.standby.ask(KEPT, pk) != [])
            on_standby += pair.standby.ask(KEPT, sealed.pk) == [(answer.content.decode(),)]

        (request,) = world.requests(tender, 1)

        def deaf() -> str:
            with transaction.atomic(durable=True):
                (taken,) = finalise.receive([request])
                return taken.note

        with pair.stalled():
            asking = Asking(deaf)
            clusters.wait_until(lambda: len(pair.waiting()) == 1)
            pair.primary.ask(f"SELECT {CANCELLED}(%s)", pair.waiting()[0])
            believed = asking.told()
            missing = pair.standby.ask("SELECT count(*) FROM tendering_sealedbid WHERE upload_id = %s", request.upload)
        return {
            **dataclasses.asdict(judge.judged(journal)),
            "cancelled": journal.unanswered,
            "unavailable": unavailable,
            "false_receipts": false,
            "already_in": journal.again,
            "on_standby": on_standby,
            "control_false_receipts": int("sbp-receipt/v1" in believed and missing == [(0,)]),
        }


def away(*, bids: int, seconds_away: float) -> dict[str, Any]:
    """The standby is gone for so long: more bidders ask than the served site has threads, and the public reads on. By
    the minutes of the health journal it is gone for ten, an hour and a half before the deadline."""
    with clusters.pair() as pair, process.site_on(pair.address, pair.primary.home.parent / "site"):
        from benchmarks.api import served
        from tests.api.test_sbp import Bidder
        from tests.faults import judge, world
        from tests.tendering.walk import CLOSES
        from yangcai.kernel import sequencer
        from yangcai.tendering import health
        from yangcai.tendering.models import SealedBid

        tender = world.announced()
        bidders = [Bidder(tender, tender.device()).verified() for _ in range(bids)]
        uploads = {bidder.sid: bidder for bidder in bidders}
        journal = judge.Journal()
        doctor = [_doctor(pair)]  # which may not see it yet
        pair.primary.ask(f"GRANT pg_monitor TO {embedded_postgres.NAME}")
        doctor.append(_doctor(pair))
        with served() as port:
            _read(port, "/")  # every worker is awake
            minute = datetime.timedelta(minutes=1)
            before = CLOSES - 90 * minute
            sequencer.sequence(now=tender.now)
            well = health.watch(now=before)
            pair.standby.stop()
            gone_at = time.monotonic()
            doctor.append(_doctor(pair))
            asking = {sid: Asking(_posting(port, bidder)) for sid, bidder in uploads.items()}
            clusters.wait_until(lambda: len(pair.waiting()) > 0)
            looking = Asking(lambda: health.watch(now=before + minute))
            reads, errors, receipts, unavailable = [], 0, 0, 0
            paths = ("/", "/notices/", f"/sbp/v1/tenders/{tender.policy().tender}/policies")
            while time.monotonic() - gone_at < seconds_away:
                for path in paths:
                    began = time.monotonic()
                    errors += _read(port, path) >= 500
                    reads.append(time.monotonic() - began)
                for sid, one in list(asking.items()):
                    if not one.is_alive():
                        status, content = one.told()
                        unavailable += status == http.client.SERVICE_UNAVAILABLE
                        receipts += status < 300
                        journal.unknown()
                        asking[sid] = Asking(_posting(port, uploads[sid]))
                threading.Event().wait(0.2)
            ill = looking.told()
            pair.standby.start()
            back_at = time.monotonic()
            left = dict(asking)
            first = 0.0
            while left:
                for sid, one in list(left.items()):
                    if one.is_alive():
                        continue
                    status, content = one.told()
                    if status < 300:
                        first = first or time.monotonic() - back_at
                        sealed = SealedBid.objects.get(upload__sid=sid)
                        journal.acknowledged(sealed.upload_id, content.decode(), again=status == 200)
                        del left[sid]
                    else:
                        unavailable += status == http.client.SERVICE_UNAVAILABLE
                        left[sid] = Asking(_posting(port, uploads[sid]))
                threading.Event().wait(0.05)
        sequencer.sequence(now=tender.now)
        again = health.watch(now=before + 10 * minute)
        return {
            **dataclasses.asdict(judge.judged(journal)),
            "bids": bids,
            "journal": [one.line and one.line.bad for one in (well, ill, again)],
            "extended_minutes": [(one.new_closes_at - one.old_closes_at) // minute for one in again.extensions],
            "away_seconds": round(seconds_away, 1),
            "false_receipts": receipts,
            "unavailable": unavailable,
            "pages_read": len(reads),
            "page_errors": errors,
            "page_p95_seconds": round(statistics.quantiles(reads, n=20)[-1], 2),
            "page_slowest_seconds": round(max(reads), 2),
            "receipts_back_seconds": round(first, 2),
            "doctor": doctor,
        }


def _doctor(pair: clusters.Pair) -> str:
    """What it says of a receipt: fine, to be mended, or a part of the platform stands still."""
    import psycopg

    from yangcai.cli.commands import doctor

    with psycopg.connect(pair.primary.address) as connection:
        found = doctor._durable(connection, own=False)
    return "well" if found.well else "stands still" if found.needed else "to be mended"


def _read(port: int, path: str) -> int:
    """The status of a page; 599 where none came in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return GIVEN_UP
    finally:
        connection.close()


def _posting(port: int, bidder: Any) -> Any:
    """Its finalise, as its client sends it again and again: the same bytes."""
    body = bidder.device.statement().content if not getattr(bidder, "body", None) else bidder.body
    bidder.body = body

    def post() -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=CLIENT_SECONDS)
        try:
            headers = {**bidder.headers, "Content-Type": "application/json"}
            connection.request("POST", f"/sbp/v1/submissions/{bidder.sid}/finalise", body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except TimeoutError:
            return GIVEN_UP, b""
        finally:
            connection.close()

    return post
