"""What does the supplier keep to open the bid, and under what lock? The `.sbo` file (SBP/1 §2.4, 10).

It holds the supplier's shares: fewer than θ, so that whoever steals it and breaks the lock reads nothing yet. The same
content may stand under several locks, a passphrase and passkeys; the server keeps a copy and cannot open it.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from yangcai.kernel.encoding import base64_of, jcs
from yangcai.sealing import lock as locks
from yangcai.sealing.chance import Chance
from yangcai.sealing.faults import (
    OPENING_FILE_FOREIGN,
    OPENING_FILE_LOCKED,
    OPENING_FILE_MALFORMED,
    SUPPLIER_SHARE_INCONSISTENT,
    Faulty,
)
from yangcai.sealing.fields import UUID, Fields
from yangcai.sealing.header import Header
from yangcai.sealing.lock import Lock
from yangcai.sealing.shares import SUPPLIER_FROM, is_committed

VERSION = "sbp/1 opening"
LARGEST = 64 * 1024
_PLACE = re.compile(r"[0-9]{3}", re.ASCII)


@dataclass(frozen=True)
class OpeningFile:
    """The file as it lies on a disk: whose bid it opens, and locks around the shares."""

    tender: str
    header_sha256: bytes
    locks: tuple[Lock, ...]

    def about(self) -> dict[str, Any]:
        return {"v": VERSION, "tender": self.tender, "header_sha256": self.header_sha256.hex()}

    @property
    def content(self) -> bytes:
        """The canonical bytes."""
        return jcs(self.about() | {"locks": [lock.as_dict() for lock in self.locks]})

    @classmethod
    def parse(cls, content: bytes) -> "OpeningFile":
        """From canonical bytes. Raises Faulty (opening_file_malformed)."""
        fields = Fields.of(content, OPENING_FILE_MALFORMED, at_most=LARGEST)
        fields.exactly("v", VERSION)
        found = cls(
            tender=fields.matching("tender", UUID),
            header_sha256=fields.hexed("header_sha256", 32),
            locks=tuple(locks.parse(lock) for lock in fields.each("locks", at_least=1, at_most=16)),
        )
        fields.done()
        return found

    def with_passphrase(self, shares: dict[int, bytes], *, passphrase: str, chance: Chance) -> "OpeningFile":
        """The file with one more lock, which this passphrase opens."""
        lock = locks.by_passphrase(self._inside(shares), about=self.about(), passphrase=passphrase, chance=chance)
        return replace(self, locks=(*self.locks, lock))

    def with_passkey(self, shares: dict[int, bytes], *, prf: bytes, credential: bytes, chance: Chance) -> "OpeningFile":
        """The file with one more lock, which this output of a passkey's PRF opens."""
        inside = self._inside(shares)
        lock = locks.by_passkey(inside, about=self.about(), prf=prf, credential=credential, chance=chance)
        return replace(self, locks=(*self.locks, lock))

    def _inside(self, shares: dict[int, bytes]) -> bytes:
        return jcs(self.about() | {"shares": {str(x): base64_of(share) for x, share in sorted(shares.items())}})

    def shares(self, *, passphrase: str | None = None, prf: bytes | None = None) -> dict[int, bytes]:
        """The supplier's shares by their place. Raises Faulty (opening_file_locked, opening_file_malformed)."""
        wanted = locks.PASSPHRASE if passphrase is not None else locks.PASSKEY
        for lock in self.locks:
            if lock.kind == wanted:
                try:
                    inside = locks.opened(lock, about=self.about(), passphrase=passphrase, prf=prf)
                except Faulty:
                    continue
                return self._read(inside)
        raise Faulty(OPENING_FILE_LOCKED)

    def _read(self, inside: bytes) -> dict[int, bytes]:
        fields = Fields.of(inside, OPENING_FILE_MALFORMED, at_most=LARGEST)
        fields.exactly("v", VERSION)
        fields.exactly("tender", self.tender)
        fields.exactly("header_sha256", self.header_sha256.hex())
        inner = fields.inner("shares")
        fields.done()
        places = sorted(key for key in inner.left if _PLACE.fullmatch(key) and SUPPLIER_FROM <= int(key) <= 255)
        found = {int(key): inner.base64(key, lengths=(16, 32)) for key in places}
        inner.done()
        return found


def check_shares(header: Header, shares: dict[int, bytes]) -> None:
    """Are these all the supplier's shares of this bid? Raises Faulty."""
    core = header.core
    if set(shares) != {x for x in core.share_commit if x >= SUPPLIER_FROM}:
        raise Faulty(OPENING_FILE_FOREIGN, "not the shares of this bid")
    for x, share in shares.items():
        if not is_committed(tender=core.tender, x=x, share=share, committed=core.share_commit[x]):
            raise Faulty(SUPPLIER_SHARE_INCONSISTENT, f"share {x}")


def check_belongs(opening_file: OpeningFile, header: Header) -> None:
    """Is the file of this bid? Raises Faulty (opening_file_foreign)."""
    if (opening_file.tender, opening_file.header_sha256) != (header.core.tender, header.sha256):
        raise Faulty(OPENING_FILE_FOREIGN, opening_file.header_sha256.hex())
