"""Who gives the lines of the public log their places? One writer, batch by batch, never two roots for one size.

A round: places and tree are committed → the checkpoint is signed → what was signed is kept → the files are published →
witnesses cosign, and their lines are published too. A process that dies in between leaves something that the next round
finishes. Batches are filled up with decoys to a multiple of eight, and now and then there is one of decoys alone, so
that the growth of the log tells neither that a bid came in nor how many (87号令 art. 78; SBP/1 §2.7).
"""

import datetime
import random
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from yangcai.kernel import leaf_lines, leaves, log_files, log_keys, log_seen, log_tiles, log_witnesses
from yangcai.kernel.encoding import digest, jcs
from yangcai.kernel.models import Leaf, LeafSecret, TreeHead
from yangcai.kernel.tlog import tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.tlog.tiles import WIDTH

#: The advisory lock of the one writer.
LOCK = 7391003
#: Seconds between rounds, and within how many a line is merged (the promise of a receipt).
INTERVAL, MERGE_DELAY = 10, 60
BATCH = 8
#: How many lines are placed at once; the others wait for the next batch of the same round.
MOST = 4096
DECOYS_ALONE = 0.2
#: So long it is not told which lines were decoys.
DECOYS_KEPT = datetime.timedelta(days=90)


class LogStopped(Exception):
    """The log must not go on: what the database knows is less than what was published, or something else."""


@dataclass(frozen=True)
class Round:
    """What a round did: the size of the tree, how many lines were placed, whose cosignatures came, whose did not."""

    size: int
    placed: int
    cosigned: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def sequence(
    *, now: datetime.datetime, chance: random.Random | None = None, announced: Iterable[dict[str, Any]] = ()
) -> Round | None:
    """One round; None where another process is at it. `announced`: bodies that the log is to hold in clear, each once
    however often it is given (a client by which bids are sealed). Raises LogStopped, log_keys.NeverTwo,
    log_keys.NotSigned."""
    with _single_writer() as alone:
        if not alone:
            return None
        _check_continues()
        _announce([*_keys(), *announced])
        overdue = late()
        placed = _place_all(now=now, chance=chance or secrets.SystemRandom())
        head = log_files.newest_head()
        if head is None:
            return Round(0, 0, faults=overdue)
        _sign(head)
        _disclose_decoys(now=now)
        _publish_disclosed(now=now)  # before the line that says an opening is over: nobody misses its bids
        _publish(head)
        found = log_witnesses.ask_all(head)
        if found.cosigned:
            _publish(head)
            log_seen.publish(head)
        return Round(head.size, placed, found.cosigned, (*overdue, *found.faults))


@contextmanager
def _single_writer() -> Iterator[bool]:
    """Whether this process is the one writer, for as long as the block runs (or the connection lives)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _check_continues() -> None:
    """After a restore the database may know less than the world does: then it must not go on (SBP/1 §2.7)."""
    log = log_keys.verifier()
    try:
        outside = [head for head in (log_files.published(log), log_keys.last_signed()) if head]
    except (Malformed, Unproven) as error:
        raise LogStopped(f"the published checkpoint is not one of this log: {error}") from error
    largest = max((head.size for head in outside), default=0)
    newest = log_files.newest_head()
    if largest > (newest.size if newest else 0):
        raise LogStopped(
            f"the database knows {newest.size if newest else 0} lines and {largest} were published: restore it to at"
            " least that size, or begin a new log under a new origin and record the incident"
        )
    for head in outside:
        known = TreeHead.objects.filter(size=head.size).first()
        if head.size and (known is None or bytes(known.hash) != head.root):
            raise LogStopped(f"another root was published for the size {head.size}")


def late() -> tuple[str, ...]:
    """An alarm for lines that waited longer than receipts promise: nobody sequenced, or too slowly."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM kernel_leaf"
            " WHERE index IS NULL AND at < clock_timestamp() - make_interval(secs => %s)",
            [MERGE_DELAY],
        )
        count = cursor.fetchone()[0]
    return (f"{count} lines waited longer than {MERGE_DELAY} s",) if count else ()


def _keys() -> Iterator[dict[str, Any]]:
    """Each key of the site: a receipt can then be checked by the log alone."""
    for role, ask in log_keys.ANNOUNCED.items():
        if key := ask():
            yield {"role": role, "t": "key", "vkey": key.vkey}


def _announce(bodies: Iterable[dict[str, Any]]) -> None:
    """Each once, in clear."""
    for body in bodies:
        root = f"key:{body['vkey']}" if body["t"] == "key" else f"{body['t']}:{digest(jcs(body)).hex()}"
        if not Leaf.objects.filter(root=root).exists():
            leaves.append_leaf(body=body, root=root, in_clear=True)


def _place_all(*, now: datetime.datetime, chance: random.Random) -> int:
    """Batch after batch until nothing waits; how many lines got their place, decoys among them."""
    total = 0
    while placed := _place(now=now, chance=chance, first=total == 0):
        total += placed
        if placed < MOST:
            break
    return total


def _place(*, now: datetime.datetime, chance: random.Random, first: bool) -> int:
    """One batch, one transaction: decoys, places, tree, head."""
    with transaction.atomic():
        waiting = list(Leaf.objects.filter(index__isnull=True).order_by("pk").values_list("pk", "line")[:MOST])
        if not waiting and not (first and chance.random() < DECOYS_ALONE):
            return 0
        missing = -len(waiting) % BATCH or (0 if waiting else BATCH)
        batch = _mixed([(pk, bytes(line)) for pk, line in waiting], _decoys(missing), chance)
        newest = log_files.newest_head()
        size = newest.size if newest else 0
        _assign(start=size, ids=[pk for pk, _line in batch])
        root = log_tiles.grow(size=size, hashes=[tree.leaf_hash(line) for _pk, line in batch])
        _keep_head(size=size + len(batch), root=root, now=now)
        return len(batch)


def _keep_head(*, size: int, root: bytes, now: datetime.datetime) -> None:
    TreeHead.objects.create(size=size, hash=root, at=now)


def _decoys(count: int) -> list[tuple[int, bytes]]:
    """Lines that say nothing, each with the nonce that will prove it."""
    body, made = jcs(leaves.DECOY), []
    for _number in range(count):
        nonce = secrets.token_bytes(leaf_lines.NONCE)
        line = leaf_lines.blinded(nonce=nonce, body=body)
        leaf = Leaf.objects.create(line=line)
        LeafSecret.objects.create(leaf=leaf, nonce=nonce, body=body)
        made.append((leaf.pk, line))
    return made


def _mixed(
    waiting: list[tuple[int, bytes]], decoys: list[tuple[int, bytes]], chance: random.Random
) -> list[tuple[int, bytes]]:
    """The decoys anywhere among the others, which stay in their order: whoever knows one line's place must not learn
    that all before it are real."""
    count = len(waiting) + len(decoys)
    places = set(chance.sample(range(count), len(decoys)))
    real, false = iter(waiting), iter(decoys)
    return [next(false) if place in places else next(real) for place in range(count)]


def _assign(*, start: int, ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_leaf SET index = %s + given.place - 1"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS given (id, place) WHERE kernel_leaf.id = given.id",
            [start, ids],
        )


def _sign(head: TreeHead) -> None:
    """Of the newest head alone: a larger tree says all that those before it would have said."""
    if head.signed:
        return
    signed = log_keys.sign_head(Checkpoint(log_keys.verifier().name, head.size, bytes(head.hash)))
    _keep_signed(head, str(signed))


def _keep_signed(head: TreeHead, signed: str) -> None:
    TreeHead.objects.filter(pk=head.pk).update(signed=signed)
    head.signed = signed


def _publish(head: TreeHead) -> None:
    """Tiles, bundles and records first, the checkpoint last."""
    before = log_files.published(log_keys.verifier())
    since = before.size if before else 0
    log_files.publish_tiles(size=head.size, since=since)
    log_files.publish_records(size=head.size, since=since)
    lines = head.cosignatures.order_by("witness").values_list("line", flat=True)
    if not log_files.publish_checkpoint(head.signed + "".join(lines), log=log_keys.verifier()):
        raise LogStopped(f"another process has published more than these {head.size} lines meanwhile")
    log_witnesses.publish_policy()


def _disclose_decoys(*, now: datetime.datetime) -> None:
    """After their time it is told which lines were decoys, so that every line of the log can be explained. They are
    told in their order: from the newest that is old enough back to the first that is known."""
    before: int = TreeHead.objects.filter(at__lte=now - DECOYS_KEPT).aggregate(size=Max("size"))["size"] or 0
    decoys = LeafSecret.objects.filter(leaf__root="", leaf__entry__isnull=True).order_by("-leaf__index")
    told: list[int] = []
    while before:
        found = decoys.filter(leaf__index__lt=before).values_list("leaf_id", "leaf__index", "disclosed_at")
        rows: list[tuple[int, Any, Any]] = list(found[:WIDTH])
        unknown = [leaf for leaf, _index, disclosed_at in rows if disclosed_at is None]
        told += unknown
        before = rows[-1][1] if len(unknown) == WIDTH else 0
    if told:
        leaves.disclose(leaves=told, now=now)


def _publish_disclosed(*, now: datetime.datetime) -> None:
    """What may be told by now and is not in its file yet."""
    found = LeafSecret.objects.filter(disclosed_at__isnull=False, published_at__isnull=True, leaf__index__isnull=False)
    if rows := list(found.values_list("leaf_id", "leaf__index")):
        log_files.publish_disclosed({index // WIDTH for _leaf, index in rows if index is not None})
        LeafSecret.objects.filter(leaf_id__in=[leaf for leaf, _index in rows]).update(published_at=now)
