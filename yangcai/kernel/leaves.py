"""How does something get into the public log? One line, written in the transaction of what it tells.

Every Entry has its line already, by a trigger; what has no Entry, or must be more than that, is appended here.
"""

import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from yangcai.kernel.encoding import jcs, parse_jcs
from yangcai.kernel.leaf_lines import LONGEST_BLINDED, LONGEST_CLEAR
from yangcai.kernel.models import Entry, LeafSecret
from yangcai.kernel.tlog import tree

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


def append_leaf(*, body: dict[str, Any], root: str, in_clear: bool = False, nonce: bytes | None = None) -> Appended:
    """Append in the running transaction, by one query. `root` is the case (or whatever) that it belongs to, as in an
    Entry. Blinded, unless everybody may read it from this moment on; with a nonce of its own, unless one is given (32
    random bytes). In SQL: kernel_append_leaf. Raises BadEncoding at a body without a canonical
    form, ValueError at one that is too long or that nothing would ever disclose."""
    content = _content(body, root=root, in_clear=in_clear)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT leaf, line, nonce FROM kernel_append_leaf(%s, %s, %s, NULL, %s)", [root, content, in_clear, nonce]
        )
        leaf, line, used = cursor.fetchone()
    return Appended(leaf, bytes(line), bytes(used or b""))


def append_leaves(*, bodies: Iterable[dict[str, Any]], root: str) -> list[Appended]:
    """Several blinded lines of one root in their order, by one query. Raises as append_leaf does."""
    contents = json.dumps([_content(body, root=root, in_clear=False).decode() for body in bodies])
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf, line, nonce FROM kernel_append_leaves(%s, %s)", [root, contents])
        return [Appended(leaf, bytes(line), bytes(nonce)) for leaf, line, nonce in cursor.fetchall()]


def _content(body: dict[str, Any], *, root: str, in_clear: bool) -> bytes:
    content = jcs(body)
    if len(content) > (LONGEST_CLEAR if in_clear else LONGEST_BLINDED):
        raise ValueError(f"a body of {len(content)} bytes does not fit into the log")
    if not root and not in_clear:
        raise ValueError("a blinded line belongs to something that will be opened: name its root")
    return content


def disclose(*, leaves: Iterable[int], now: datetime.datetime) -> int:
    """From now on everybody may know what these (ids of leaves) say; how many of them were not known before. The next
    round of the sequencer publishes it."""
    return LeafSecret.objects.filter(leaf_id__in=list(leaves), disclosed_at__isnull=True).update(disclosed_at=now)


def disclose_entries(*, root: str, actions: Iterable[str], subjects: Iterable[str], now: datetime.datetime) -> int:
    """From now on everybody may know which of these Actions were done (never what was refused) in a case on these
    subjects; how many of the Entries were not known before."""
    entries = Entry.objects.filter(root=root, action__in=list(actions), subject__in=list(subjects), outcome="done")
    done = LeafSecret.objects.filter(leaf__entry__in=entries)
    return disclose(leaves=done.values_list("leaf_id", flat=True), now=now)


def kept_back(*, root: str) -> dict[int, dict[str, Any]]:
    """What was appended for a case (or whatever) beside its Entries and nobody was told yet: leaf id -> body."""
    kept = LeafSecret.objects.filter(leaf__root=root, leaf__entry__isnull=True, disclosed_at__isnull=True)
    return {leaf: parse_jcs(bytes(body)) for leaf, body in kept.values_list("leaf_id", "body")}
