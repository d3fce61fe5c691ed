"""F35: does whoever holds everything of the operator read no bid before the trustees release their shares?"""

import itertools
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.kernel.log import world
from tests.tendering.sealing_walk import I1, SealedTender
from yangcai.kernel.encoding import read_base64
from yangcai.sealing.chunked import decrypted
from yangcai.sealing.faults import Faulty
from yangcai.sealing.header import Header
from yangcai.sealing.opening import open_envelope, share_fault
from yangcai.sealing.shares import combine
from yangcai.tendering import envelopes, finalise, unsealing
from yangcai.tendering.models import Bid

pytestmark = pytest.mark.django_db
PRICE, BRAND, FILE = "734561.89", "金丝雀", b"canary of the technical offer"


def keys_of_the_platform(home: Path) -> list[bytes]:
    """Whatever could be a private key for wrapped shares, in every file that the platform keeps."""
    found = [path.read_bytes() for path in (home / "keys").rglob("*") if path.is_file()]
    return [key for key in found if len(key) == 32]


def shares_in_reach(header: Header, privates: list[bytes], bid: Bid) -> dict[int, bytes]:
    """Every wrap tried with every key, and what was released already."""
    shares = {row.number: read_base64(row.share) for row in bid.released_shares.all()}
    for (x, wrapped), private in itertools.product(header.wraps.items(), privates):
        try:
            share = I1.unwrap(wrapped=wrapped, x=x, core=header.core.content, private=private)
        except (Faulty, ValueError):
            continue
        if share_fault(header.core, x, share) is None:
            shares[x] = share
    return shares


def is_read(bid: Bid, shares: dict[int, bytes]) -> bool:
    """By the rules, and past them: by each key that these shares would give if fewer were enough."""
    with envelopes.stream(envelopes.parts_of(bid.envelope)) as file:
        try:
            open_envelope(file, policy=unsealing.policy_of(bid), shares=shares)
            return True
        except Faulty:
            pass
    header = unsealing.header_of(bid)
    for size in range(1, len(shares) + 1):
        for chosen in itertools.combinations(sorted(shares.items()), size):
            with envelopes.stream(envelopes.parts_of(bid.envelope)) as file:
                content = envelopes.Envelope(file).payload()
                try:
                    next(decrypted(I1.payload, content, key=combine(dict(chosen)), context=header.core.payload_context))
                    return True
                except Faulty:
                    continue
    return False


def told_in_the_open(home: Path) -> int:
    """Places where the price, a brand or a file can be read: every row of every table, every byte of every file."""
    texts, binary = (PRICE, PRICE.replace(".", ""), BRAND), (PRICE.encode(), BRAND.encode(), FILE)
    needles = [*texts, *(content.hex() for content in binary)]  # so PostgreSQL writes bytes
    found = 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)',
                [[f"%{needle}%" for needle in needles]],
            )
            found += cursor.fetchone()[0]
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    return found + sum(needle in content for content in files for needle in binary)


@pytest.mark.long
@pytest.mark.parametrize("when", ["before the deadline", "after the suppliers released"])
def test_the_operator_reads_nothing(tells: Any, settings: Any, tmp_path: Path, when: str) -> None:
    world.use(settings, tmp_path)
    settings.YANGCAI_FILES = tmp_path / "files"
    tender = SealedTender().announced()
    devices = [tender.device() for _ in range(3)]
    for device in devices:
        tender.hand_in(device, PRICE, brand=BRAND, files={"技术方案.txt": FILE * 50})
    finalise.note_in(now=tender.now)
    if when != "before the deadline":
        tender.begin()
        for device in devices:
            tender.release(device)
    own = keys_of_the_platform(tmp_path)
    assert tender.holders[0].wrap.private_bytes_raw() in own
    others = [holder.wrap.private_bytes_raw() for holder in tender.holders[1:]]
    read = control = 0
    bids = list(Bid.objects.order_by("pk"))
    for bid in bids:
        held = shares_in_reach(unsealing.header_of(bid), own, bid)
        assert len(held) == (1 if when == "before the deadline" else 3)
        read += is_read(bid, held)
        control += is_read(bid, shares_in_reach(unsealing.header_of(bid), [*own, *others[:3]], bid))
    found = told_in_the_open(tmp_path)
    tells(attempts=len(bids), read=read, found_in_dump=found, control_read=control)
    assert (read, found, control) == (0, 0, len(bids))
