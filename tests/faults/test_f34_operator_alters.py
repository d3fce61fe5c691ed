"""F34: does whoever verifies from outside find each alteration that an operator with all rights makes in secret?

Before the opening the operator does as he likes with the database; then the tender goes on, and everything is disclosed
as always. Bidders hold their receipts, somebody kept a checkpoint.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.factories import at
from tests.kernel.log import world
from tests.tendering.sealing_walk import Device, SealedTender, three
from tests.tendering.walk import offer
from yangcai.cli import verifier
from yangcai.kernel import documents, leaves, log_keys
from yangcai.kernel.encoding import jcs, parse_jcs, timestamp
from yangcai.kernel.entries import plain
from yangcai.kernel.models import LeafSecret
from yangcai.tendering import envelopes, finalise
from yangcai.tendering.models import Bid, SealedBid

pytestmark = [pytest.mark.django_db, pytest.mark.long]
TABLES = (
    "kernel_leaf", "kernel_leafsecret", "portal_notice", "tendering_bid", "tendering_bidpart", "tendering_bidupload",
    "tendering_sealedbid",
)  # fmt: skip


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def without_triggers(*tables: str) -> None:
    """What keeps everybody else from it is switched off."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
    for table in tables:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    sql("SET CONSTRAINTS ALL DEFERRED")


def tell_otherwise(sealed: SealedBid, **changed: Any) -> None:
    """What is going to be disclosed of a bid."""
    secret = LeafSecret.objects.get(pk=sealed.leaf_id)
    sql(
        "UPDATE kernel_leafsecret SET body = %s WHERE leaf_id = %s",
        jcs({**parse_jcs(bytes(secret.body)), **changed}),
        sealed.leaf_id,
    )


def nothing(tender: SealedTender, bids: list[SealedBid]) -> None:
    """The tender as it is: nobody may be accused."""


def edits_a_bid(tender: SealedTender, bids: list[SealedBid]) -> None:
    """Another commitment to the price, so that another price can be read out."""
    tell_otherwise(bids[0], price_commit="00" * 32)


def swaps_an_envelope(tender: SealedTender, bids: list[SealedBid]) -> None:
    """A bid that the operator sealed itself, in the supplier's name, takes the place of the second, in every row."""
    sealed, forger = bids[1], Device(bids[1].bid.submitted_by)
    price = {name: value for name, value in plain(offer("1.00")).items() if name != "commitment"}
    forger.seal(tender.policy(), price, files={}, recovery="auto")
    part = documents.store_bytes(data=forger.content, name="part")
    envelope, header = envelopes.bind([part]), forger.header
    sql("UPDATE tendering_bid SET envelope_id = %s, sealed_key = %s WHERE id = %s", envelope.pk,
        header.content.decode(), sealed.pk)  # fmt: skip
    sql("UPDATE tendering_sealedbid SET header_digest = %s WHERE bid_id = %s", header.sha256.hex(), sealed.pk)
    sql("UPDATE tendering_bidpart SET document_id = %s WHERE upload_id = %s", part.pk, sealed.upload_id)
    sql("UPDATE tendering_bidupload SET header = %s, envelope_id = %s, envelope_size = %s WHERE id = %s",
        header.content.decode(), envelope.pk, len(forger.content), sealed.upload_id)  # fmt: skip
    tell_otherwise(
        sealed,
        env_digest=envelope.pk,
        env_len=len(forger.content),
        header_sha256=header.sha256.hex(),
        price_commit=header.core.price_commit.hex(),
    )


def deletes_a_bid(tender: SealedTender, bids: list[SealedBid]) -> None:
    """Its rows, and what would have explained its line."""
    gone = bids[2]
    sql("DELETE FROM kernel_leafsecret WHERE leaf_id = %s", gone.leaf_id)
    sql("DELETE FROM tendering_sealedbid WHERE bid_id = %s", gone.pk)
    sql("DELETE FROM tendering_bid WHERE id = %s", gone.pk)
    tender.devices.pop(gone.bid.submitted_by_id)


def moves_a_time(tender: SealedTender, bids: list[SealedBid]) -> None:
    """A bid becomes the earliest."""
    early = at("2026-03-03T09:00")
    sql("UPDATE tendering_bid SET received_at = %s WHERE id = %s", early, bids[1].pk)
    tell_otherwise(bids[1], received_at=timestamp(early))


def keeps_a_bid_silent(tender: SealedTender, bids: list[SealedBid]) -> None:
    """The bid is opened with the others, and never disclosed."""
    sql("UPDATE kernel_leaf SET root = 'case:0' WHERE id = %s", bids[0].leaf_id)


def rewrites_the_log(tender: SealedTender, bids: list[SealedBid]) -> None:
    """A line is another one now, and the files are written again from the database."""
    sql("UPDATE kernel_leaf SET line = %s WHERE id = %s", b"sbp1 " + b"A" * 43 + b"=\n", bids[0].leaf_id)
    for bundle in (world.log_files.folder() / "tile" / "entries").rglob("*"):
        if bundle.is_file():
            bundle.unlink()
    world.log_files.publish_tiles(size=world.head().size, since=0)


BEFORE = (edits_a_bid, swaps_an_envelope, deletes_a_bid, moves_a_time, keeps_a_bid_silent, rewrites_the_log)


def inserts_a_late_bid(tender: SealedTender) -> None:
    """After the close, with a time before it."""
    some = SealedBid.objects.order_by("pk").first()
    body = parse_jcs(bytes(LeafSecret.objects.get(pk=some.leaf_id).body))
    appended = leaves.append_leaf(
        body={**body, "supplier": "91620100MA0000000X", "header_sha256": "ab" * 32}, root=tender.case.ref
    )
    leaves.disclose(leaves=[appended.id], now=tender.now)


def changes_a_notice(tender: SealedTender) -> None:
    """What was published is not what stands there now."""
    sql("UPDATE portal_notice SET title = '更正后的公告' WHERE root = %s", tender.case.ref)


AFTER = (inserts_a_late_bid, changes_a_notice)


@pytest.mark.parametrize("drill", [nothing, *BEFORE, *AFTER], ids=lambda one: one.__name__)
def test_it_is_found_from_outside(
    tells: Any, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], drill: Callable[..., None]
) -> None:
    world.use(settings, tmp_path / "site")
    tender = SealedTender().announced()
    three(tender)
    tender.hand_in(tender.device(), "930000.00")  # so that enough are left where one is gone
    finalise.note_in(now=tender.now)
    world.round_of(now=tender.now)
    bids = list(SealedBid.objects.order_by("pk").select_related("bid"))
    notes = [sealed.note for sealed in bids]
    notices = _published(tender)
    shutil.copy(world.log_files.folder() / "checkpoint", tmp_path / "kept")
    without_triggers(*TABLES)
    if drill is nothing or drill in BEFORE:
        drill(tender, bids)
    _goes_on(tender)
    if drill in AFTER:
        drill(tender)
    world.round_of(now=tender.now)
    codes = _verified(tmp_path, tender, notes, notices if drill is not changes_a_notice else _published(tender))
    capsys.readouterr()
    flagged = any(codes)
    untouched = drill is nothing
    tells(
        drills=int(not untouched),
        flagged=int(flagged and not untouched),
        unflagged=int(not flagged and not untouched),
        untouched_flagged=int(flagged and untouched),
    )
    assert flagged != untouched, codes


def _goes_on(tender: SealedTender) -> None:
    """To the end of the opening, as far as it goes."""
    tender.begin()
    for device in tender.devices.values():
        bid = Bid.objects.filter(sealed__header_digest=device.header.sha256.hex()).first()
        if bid is not None and bid.sealed_key == device.header.content.decode():
            tender.release(device)
    tender.now = max(tender.now, Bid.objects.first().lot.bid_closings.get().window_closes_at)
    for holder in tender.holders[1:]:
        tender.trustee_releases(holder)
    tender.unseal()
    tender.conclude()


def _published(tender: SealedTender) -> list[bytes]:
    """The notices as anybody keeps them from the API."""
    from yangcai.portal.models import Notice

    return [
        json.dumps({"kind": one.kind, "title": one.title, "facts": one.facts}, ensure_ascii=False).encode()
        for one in Notice.objects.filter(root=tender.case.ref)
    ]


def _verified(folder: Path, tender: SealedTender, notes: list[str], notices: list[bytes]) -> list[int]:
    """Every exit code of `sbp-verify`: the log against the kept checkpoint, the case, each receipt and notice."""
    log = folder / "site" / "log"
    codes = [verifier.main(["log", str(log), "--kept", str(folder / "kept"), "--quiet"])]
    codes.append(verifier.main(["case", tender.policy().tender, str(log), "--quiet"]))
    key = log_keys.signer(log_keys.RECEIPT).verifier.vkey
    for number, content in enumerate([*(note.encode() for note in notes), *notices]):
        path = folder / f"{number}.file"
        path.write_bytes(content)
        kind, more = ("receipt", ["--key", key]) if number < len(notes) else ("notice", [])
        codes.append(verifier.main([kind, str(path), str(log), *more, "--quiet"]))
    return codes
