"""How does something get into the public log? One line, written in the transaction of what it tells.

Every Entry has its line already, by a trigger; what has no Entry, or must be more than that, is appended here.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from yangcai.kernel.encoding import base64_of, h2, jcs
from yangcai.kernel.models import LeafSecret
from yangcai.kernel.tlog import tree
from yangcai.kernel.tlog.tiles import LONGEST_ENTRY

BLINDED, CLEAR = b"sbp1 ", b"sbp1c "
#: The label under which nonce and body are hashed together (SBP/1 §2.7).
LABEL = "sbp/1 leaf"
NONCE = 32
#: Of a clear body all stands in the line, of a blinded one nothing: that one is bound by reason alone.
LONGEST_CLEAR, LONGEST_BLINDED = LONGEST_ENTRY - len(CLEAR) - 1, 1 << 20
DECOY: dict[str, Any] = {"t": "decoy"}


@dataclass(frozen=True)
class Appended:
    """A line that waits for its place. `hash` is what a receipt names; who has nonce and body can explain the line."""

    id: int
    line: bytes
    nonce: bytes = field(default=b"", repr=False)

    @property
    def hash(self) -> bytes:
        return tree.leaf_hash(self.line)


def append_leaf(*, body: dict[str, Any], root: str, in_clear: bool = False) -> Appended:
    """Append in the running transaction, by one query. `root` is the case (or whatever) that it belongs to, as in an
    Entry. Blinded, unless everybody may read it from this moment on. Raises BadEncoding at a body without a canonical
    form, ValueError at one that is too long or that nothing would ever disclose."""
    content = jcs(body)
    if len(content) > (LONGEST_CLEAR if in_clear else LONGEST_BLINDED):
        raise ValueError(f"a body of {len(content)} bytes does not fit into the log")
    if not root and not in_clear:
        raise ValueError("a blinded line belongs to something that will be opened: name its root")
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf, line, nonce FROM kernel_append_leaf(%s, %s, %s)", [root, content, in_clear])
        leaf, line, nonce = cursor.fetchone()
    return Appended(leaf, bytes(line), bytes(nonce or b""))


def blinded(*, nonce: bytes, body: bytes) -> bytes:
    """The line of a body that is kept back: 50 bytes that look like any others."""
    return BLINDED + base64_of(h2(LABEL, nonce, body)).encode() + b"\n"


def in_clear(*, body: bytes) -> bytes:
    return CLEAR + body + b"\n"


def disclose(*, leaves: Iterable[int], now: datetime.datetime) -> int:
    """From now on everybody may know what these (ids of leaves) say; how many of them were not known before. The next
    round of the sequencer publishes it."""
    return LeafSecret.objects.filter(leaf_id__in=list(leaves), disclosed_at__isnull=True).update(disclosed_at=now)


def disclose_root(*, root: str, now: datetime.datetime, entries: Iterable[str] = ()) -> int:
    """Everything that was kept back of a case: what was appended (submissions, withdrawals), and of its Entries those
    whose Action is named. To be called when the opening makes it public (SBP/1 §2.7)."""
    kept = LeafSecret.objects.filter(leaf__root=root, disclosed_at__isnull=True)
    told = kept.filter(leaf__entry__isnull=True) | kept.filter(leaf__entry__action__in=list(entries))
    return disclose(leaves=told.values_list("leaf_id", flat=True), now=now)
