"""F10: is a page of the database that rotted found when it is read, and does the standby's copy hold every bid?"""

import dataclasses
import random
from typing import Any

import psycopg

from tests.faults import clusters, process

PAGE = 8192
ON_PAGE = "SELECT note FROM tendering_sealedbid WHERE ctid BETWEEN %s::tid AND %s::tid"


def page(*, bids: int, pages: int, seed: int) -> dict[str, Any]:
    """Bytes are flipped in pages of the table of bids while the primary is down; it starts, and is read; then the
    standby takes its place."""
    chance = random.Random(seed)
    with clusters.pair() as pair, process.site_on(pair.address, pair.primary.home.parent / "site"):
        from django.db import DatabaseError, connection

        from tests.faults import judge, world
        from yangcai.tendering import finalise
        from yangcai.tendering.models import SealedBid

        tender = world.announced()
        asked = world.requests(tender, bids)
        load = judge.under_load(asked, clients=4)
        load.join()
        ((where, size),) = pair.primary.ask(
            "SELECT pg_relation_filepath('tendering_sealedbid'), pg_relation_size('tendering_sealedbid')"
        )
        connection.close()
        pair.primary.stop()
        file = pair.primary.data / where
        content = bytearray(file.read_bytes())
        flipped = chance.sample(range(size // PAGE), min(pages, size // PAGE))
        for number in flipped:
            content[number * PAGE + chance.randrange(PAGE // 2, PAGE)] ^= 1 << chance.randrange(8)
        with file.open("r+b") as out:
            out.write(content)
        pair.primary.start()
        found = served = 0
        for number in range(size // PAGE):
            try:
                pair.primary.ask(ON_PAGE, f"({number},0)", f"({number},65535)")
                served += number in flipped
            except psycopg.errors.DataCorrupted:
                found += number in flipped
        for request in asked:  # the same request again: what cannot be read is no receipt
            try:
                served += finalise.finalise(request).note not in load.journal.told[request.upload]
            except DatabaseError:
                connection.close()
        connection.close()
        pair.primary.kill()
        pair.promote()
        verdict = judge.judged(load.journal)
        mended = sum(finalise.finalise(request).note in load.journal.told[request.upload] for request in asked)
        return {
            **dataclasses.asdict(verdict),
            "pages_flipped": len(flipped),
            "found_by_checksum": found,
            "served": served,
            "mended": mended - bids + len(flipped) if SealedBid.objects.count() == bids else 0,
        }
