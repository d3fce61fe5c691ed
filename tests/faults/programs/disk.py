"""F9: is nothing lost, and no receipt given for what is not kept, while a disk is full, and does it go on afterwards?

Each place that the platform writes to is a file system of its own in memory: database, its WAL, envelopes, public log,
temporary files. It is filled to the last byte under load, and then made larger. Only root may mount one.
"""

import contextlib
import dataclasses
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.faults import clusters, process

MIB = 2**20
LARGER = "1g"
PLACES = ("data", "wal", "files", "log", "tmp")


def may_mount() -> bool:
    """Whether this process can make a file system at all."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False).returncode:
            return False
        subprocess.run(["umount", folder], check=True)
    return True


@dataclasses.dataclass(frozen=True)
class Disk:
    """A small file system."""

    at: Path

    def fill(self, *, but: int = 0) -> None:
        """With a ballast, so that no more than so many bytes are left."""
        ballast = self.at / f"ballast-{len(list(self.at.glob('ballast-*')))}"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as out:
            for size in (MIB, 4096):  # to the last page
                with contextlib.suppress(OSError):
                    while shutil.disk_usage(self.at).free > but:
                        out.write(bytes(size))

    def enlarge(self) -> None:
        """The ballast stays: room comes from outside."""
        subprocess.run(["mount", "-o", f"remount,size={LARGER}", self.at], check=True)


@contextlib.contextmanager
def disk(at: Path, *, size: int, like: Path | None = None) -> Iterator[Disk]:
    """Of so many bytes; owned as `like` is."""
    at.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", at], check=True)
    try:
        if like is not None:
            clusters.own(at, as_=like)
            at.chmod(0o700)
        yield Disk(at)
    finally:
        subprocess.run(["umount", "-l", at], check=True)


def full(*, bids: int, clients: int) -> dict[str, Any]:
    """One place after the other."""
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(clusters.folder())
        kept = clusters.migrated().data
        size = sum(path.stat().st_size for path in kept.rglob("*") if path.is_file())
        cluster = clusters.Cluster(where / "alone")
        cluster.home.mkdir(mode=0o700)
        clusters.own(cluster.home, as_=kept)
        disks = {"data": stack.enter_context(disk(cluster.home / "data", size=size + 96 * MIB, like=kept))}
        subprocess.run(["cp", "-a", f"{kept}/.", cluster.home / "data"], check=True)
        disks["wal"] = stack.enter_context(disk(where / "wal", size=128 * MIB, like=kept))
        subprocess.run(f"mv {cluster.home}/data/pg_wal/* {where}/wal/", shell=True, check=True)
        (cluster.home / "data" / "pg_wal").rmdir()
        (cluster.home / "data" / "pg_wal").symlink_to(where / "wal")
        with (cluster.home / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("wal_keep_size = 0\nmin_wal_size = '32MB'\nmax_wal_size = '32MB'\n")
        for name, bytes_ in (("files", 32 * MIB), ("log", 2 * MIB), ("tmp", 2 * MIB)):
            disks[name] = stack.enter_context(disk(where / name, size=bytes_))
        stack.callback(cluster.stop)
        cluster.start()
        stack.enter_context(process.site_on(cluster.address, where / "site"))
        return _found(cluster, disks, bids=bids, clients=clients)


def _found(cluster: clusters.Cluster, disks: dict[str, Disk], *, bids: int, clients: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection

    from tests.faults import judge, world
    from yangcai.tendering import finalise

    settings.YANGCAI_FILES, settings.YANGCAI_LOG = disks["files"].at, disks["log"].at
    tender = world.announced()
    journals, found = [], {}
    for place in ("data", "wal"):
        load = judge.under_load(world.requests(tender, bids), clients=clients)
        load.wait_for(bids // 10)
        disks[place].fill()
        _press(cluster, place)
        clusters.wait_until(lambda load=load: load.journal.unanswered > 0 or load.is_over())
        threading.Event().wait(0.5)
        found[f"{place}_before"] = len(load.journal)
        disks[place].enlarge()
        cluster.start()  # where it gave up
        load.join()
        found[f"{place}_unanswered"] = load.journal.unanswered
        journals.append(load.journal)
        connection.close()  # the server may have been another one
    own = judge.Journal()
    found |= _files(tender, disks["files"], own)
    found |= _log(tender, disks["log"], own)
    found |= _tmp(tender, disks["tmp"], own)
    whole = judge.Journal(told={upload: notes for one in (*journals, own) for upload, notes in one.told.items()})
    finalise.note_in(now=tender.now)
    return {**dataclasses.asdict(judge.judged(whole)), "bids": 2 * bids + 5, **found}


def _press(cluster: clusters.Cluster, place: str) -> None:
    """What is left of the room, even what was set aside, is used up by somebody else."""
    import psycopg

    statement = {
        "data": "CREATE TABLE ballast AS SELECT repeat(md5(n::text), 60) FROM generate_series(1, 60000) n",
        "wal": "SELECT pg_logical_emit_message(false, 'ballast', repeat('x', 4000000)) FROM generate_series(1, 60)",
    }[place]
    with contextlib.suppress(psycopg.Error):
        cluster.ask(statement)


def _kept(bidder: Any, answer: Any, journal: Any) -> None:
    from yangcai.tendering.models import SealedBid

    assert answer.status_code in (200, 201), answer.content
    upload = SealedBid.objects.get(header_digest=bidder.device.header.sha256.hex()).upload_id
    journal.acknowledged(upload, answer.content.decode())


def _files(tender: Any, store: Disk, journal: Any) -> dict[str, Any]:
    """Nearly full: nothing new begins, what is verified comes in. Full: a part is refused whole, and taken later."""
    from tests.api.test_sbp import Bidder

    early, late, later = (Bidder(tender, tender.device()) for _ in range(3))
    early.verified()
    late.seal()
    assert late.begin().status_code == 201
    (part,) = late.parts()
    store.fill(but=2 * MIB)
    nearly = late.put(f"submissions/{late.sid}/parts/1", part)
    _kept(early, early.finalise(), journal)
    (again,) = early.parts()
    store.fill()
    full = early.put(f"submissions/{early.sid}/parts/1", again)
    left = len(list(store.at.glob(".part-*")))
    store.enlarge()
    assert late.put(f"submissions/{late.sid}/parts/1", part).status_code == 200
    assert late.check().status_code == 200
    _kept(late, late.finalise(), journal)
    later.verified()
    _kept(later, later.finalise(), journal)
    return {
        "refused_when_nearly_full": int((nearly.status_code, _code(nearly)) == (503, "no-room")),
        "refused_when_full": int((full.status_code, _code(full)) == (503, "no-room")),
        "left_behind": left,
    }


def _code(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit("/", 1)[-1]


def _log(tender: Any, folder: Disk, journal: Any) -> dict[str, Any]:
    """The log waits; receipts go on; afterwards every line is there."""
    from tests.api.test_sbp import Bidder
    from tests.kernel.log import world as logs
    from yangcai.kernel import sequencer
    from yangcai.kernel.models import Leaf

    sequencer.sequence(now=tender.now)
    before = logs.head().size
    bidder = Bidder(tender, tender.device()).verified()
    folder.fill()
    _kept(bidder, bidder.finalise(), journal)
    stopped = 0
    try:
        sequencer.sequence(now=tender.now)
    except OSError:
        stopped = 1
    assert logs.head().size == before
    folder.enlarge()
    sequencer.sequence(now=tender.now)
    found = logs.assert_whole()
    assert found.size > before and not Leaf.objects.filter(index__isnull=True).exists()
    return {"log_stopped": stopped, "log_lines": found.size}


def _tmp(tender: Any, folder: Disk, journal: Any) -> dict[str, Any]:
    """A finalise needs no temporary file."""
    from tests.api.test_sbp import Bidder

    bidder = Bidder(tender, tender.device()).verified()
    folder.fill()
    before, tempfile.tempdir = tempfile.tempdir, str(folder.at)
    try:
        _kept(bidder, bidder.finalise(), journal)
    finally:
        tempfile.tempdir = before
    return {}
