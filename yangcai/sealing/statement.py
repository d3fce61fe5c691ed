"""What does a supplier or a trustee sign, to the byte? (SBP/1 §2.4, 11; §2.8)

Each kind has a label of its own before the canonical bytes, so that a signature for one is none for another. A message
is one of these with its signature: that is what goes over the wire and into files.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from yangcai.kernel.encoding import base64_of, jcs, timestamp
from yangcai.sealing.faults import FAULTS, STATEMENT_MALFORMED, Faulty
from yangcai.sealing.fields import SUPPLIER, UUID, Fields
from yangcai.sealing.policy import COVERS
from yangcai.sealing.suites import Pair, Suite

#: A statement, bytes; a release carries one share per bid and is larger.
LARGEST = 8 * 1024
LARGEST_RELEASE = 2**20
MOST_SHARES = 5000


@dataclass(frozen=True)
class Client:
    """With what a bid was sealed: the digest is that of its published bundle."""

    name: str
    ver: str
    bundle_sha256: bytes

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "ver": self.ver, "bundle_sha256": self.bundle_sha256.hex()}


@dataclass(frozen=True)
class Submit:
    """This envelope is my bid. `idem` (16 bytes) names the attempt, so that a retry is no second bid."""

    LABEL: ClassVar[bytes] = b"sbp/1 statement\n"
    tender: str
    rev: int
    lot: str
    cover: str
    round: int
    supplier: str
    header_sha256: bytes
    env_digest: bytes
    env_len: int
    idem: bytes
    client: Client
    header_sm3: bytes = b""
    env_sm3: bytes = b""

    def as_dict(self) -> dict[str, Any]:
        told = {
            "t": "submit",
            "tender": self.tender,
            "rev": self.rev,
            "lot": self.lot,
            "cover": self.cover,
            "round": self.round,
            "supplier": self.supplier,
            "header_sha256": self.header_sha256.hex(),
            "env_digest": self.env_digest.hex(),
            "env_len": self.env_len,
            "idem": self.idem.hex(),
            "client": self.client.as_dict(),
        }
        national = {"header_sm3": self.header_sm3.hex(), "env_sm3": self.env_sm3.hex()}
        return told | (national if self.env_sm3 else {})

    @classmethod
    def read(cls, fields: Fields) -> "Submit":
        found = cls(
            tender=fields.matching("tender", UUID),
            rev=fields.integer("rev", at_least=1),
            lot=fields.lot("lot"),
            cover=fields.one_of("cover", COVERS),
            round=fields.integer("round", at_most=1000),
            supplier=fields.matching("supplier", SUPPLIER),
            header_sha256=fields.hexed("header_sha256", 32),
            env_digest=fields.hexed("env_digest", 32),
            env_len=fields.integer("env_len", at_least=1),
            idem=fields.hexed("idem", 16),
            client=_client(fields.inner("client")),
            **{name: fields.hexed(name, 32) for name in ("header_sm3", "env_sm3") if fields.has(name)},
        )
        if bool(found.header_sm3) != bool(found.env_sm3):
            raise Faulty(STATEMENT_MALFORMED, "one national digest without the other")
        return found


def _client(fields: Fields) -> Client:
    client = Client(
        name=fields.text("name", at_most=64),
        ver=fields.text("ver", at_most=64),
        bundle_sha256=fields.hexed("bundle_sha256", 32),
    )
    fields.done()
    return client


@dataclass(frozen=True)
class Withdraw:
    """I take this submission back."""

    LABEL: ClassVar[bytes] = b"sbp/1 withdraw\n"
    tender: str
    submission: str
    idem: bytes

    def as_dict(self) -> dict[str, Any]:
        return {"t": "withdraw", "tender": self.tender, "submission": self.submission, "idem": self.idem.hex()}

    @classmethod
    def read(cls, fields: Fields) -> "Withdraw":
        return cls(fields.matching("tender", UUID), fields.matching("submission", UUID), fields.hexed("idem", 16))


@dataclass(frozen=True)
class Reconfirm:
    """My bid stands as it was sealed, also under the corrected solicitation of revision `rev`."""

    LABEL: ClassVar[bytes] = b"sbp/1 reconfirm\n"
    tender: str
    rev: int
    submission: str
    header_sha256: bytes
    idem: bytes

    def as_dict(self) -> dict[str, Any]:
        return {
            "t": "reconfirm",
            "tender": self.tender,
            "rev": self.rev,
            "submission": self.submission,
            "header_sha256": self.header_sha256.hex(),
            "idem": self.idem.hex(),
        }

    @classmethod
    def read(cls, fields: Fields) -> "Reconfirm":
        return cls(
            tender=fields.matching("tender", UUID),
            rev=fields.integer("rev", at_least=1),
            submission=fields.matching("submission", UUID),
            header_sha256=fields.hexed("header_sha256", 32),
            idem=fields.hexed("idem", 16),
        )


@dataclass(frozen=True)
class ReleasedShare:
    """One share of one bid."""

    header_sha256: bytes
    x: int
    share: bytes

    def as_dict(self) -> dict[str, Any]:
        return {"header_sha256": self.header_sha256.hex(), "x": self.x, "share": base64_of(self.share)}


@dataclass(frozen=True)
class FailedShare:
    """The trustee has no usable share of this bid; `fault` is the code of why."""

    header_sha256: bytes
    fault: str

    def as_dict(self) -> dict[str, Any]:
        return {"header_sha256": self.header_sha256.hex(), "fault": self.fault}


@dataclass(frozen=True)
class Release:
    """These shares may be used now: a supplier's two of its own bid, or a trustee's one of each bid. `failed` is the
    trustee's signed failure (SBP/1 §2.9), so that no bid is left out in silence; where there is none it isn't written.
    """

    LABEL: ClassVar[bytes] = b"sbp/1 release\n"
    tender: str
    cover: str
    by: str
    close_leaf: int
    shares: tuple[ReleasedShare, ...]
    ts: datetime.datetime
    failed: tuple[FailedShare, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        told = {
            "t": "release",
            "tender": self.tender,
            "cover": self.cover,
            "by": self.by,
            "close_leaf": self.close_leaf,
            "shares": [share.as_dict() for share in self.shares],
            "ts": timestamp(self.ts),
        }
        return told | ({"failed": [one.as_dict() for one in self.failed]} if self.failed else {})

    @classmethod
    def read(cls, fields: Fields) -> "Release":
        failed = _failed(fields) if fields.has("failed") else ()
        return cls(
            tender=fields.matching("tender", UUID),
            cover=fields.one_of("cover", COVERS),
            by=fields.one_of("by", ("supplier", "trustee")),
            close_leaf=fields.integer("close_leaf"),
            # A trustee that can read none of its shares says so, and releases nothing.
            shares=tuple(
                _share(one) for one in fields.each("shares", at_least=0 if failed else 1, at_most=MOST_SHARES)
            ),
            ts=fields.time("ts"),
            failed=failed,
        )

    def of(self, header_sha256: bytes) -> dict[int, bytes]:
        """The shares of one bid, by their place."""
        return {share.x: share.share for share in self.shares if share.header_sha256 == header_sha256}


def _share(fields: Fields) -> ReleasedShare:
    share = ReleasedShare(
        header_sha256=fields.hexed("header_sha256", 32),
        x=fields.integer("x", at_least=1, at_most=255),
        share=fields.base64("share", lengths=(16, 32)),
    )
    fields.done()
    return share


def _failed(fields: Fields) -> tuple[FailedShare, ...]:
    found = []
    for one in fields.each("failed", at_least=1, at_most=MOST_SHARES):
        found.append(FailedShare(one.hexed("header_sha256", 32), one.one_of("fault", tuple(FAULTS))))
        one.done()
    return tuple(found)


Statement = Submit | Withdraw | Reconfirm | Release
_READERS: dict[str, Callable[[Fields], Statement]] = {
    "submit": Submit.read,
    "withdraw": Withdraw.read,
    "reconfirm": Reconfirm.read,
    "release": Release.read,
}


def content_of(statement: Statement) -> bytes:
    """The canonical bytes."""
    return jcs(statement.as_dict())


def signed_bytes(statement: Statement) -> bytes:
    """What the signature is over: the label of its kind, then the canonical bytes."""
    return statement.LABEL + content_of(statement)


def parse(content: bytes) -> Statement:
    """A statement of any kind from canonical bytes. Raises Faulty (statement_malformed)."""
    return _read(Fields.of(content, STATEMENT_MALFORMED, at_most=LARGEST_RELEASE), size=len(content))


def _read(fields: Fields, *, size: int) -> Statement:
    kind = fields.one_of("t", tuple(_READERS))
    if size > LARGEST and kind != "release":
        raise Faulty(STATEMENT_MALFORMED, f"{size} bytes, at most {LARGEST}")
    found = _READERS[kind](fields)
    fields.done()
    return found


@dataclass(frozen=True)
class Message:
    """A statement with the signature on it."""

    statement: Statement
    sig: bytes

    def as_dict(self) -> dict[str, Any]:
        return {"st": self.statement.as_dict(), "sig": base64_of(self.sig)}

    @property
    def content(self) -> bytes:
        """The canonical bytes, as they lie in a file."""
        return jcs(self.as_dict())

    @classmethod
    def parse(cls, content: bytes) -> "Message":
        """From canonical bytes. Raises Faulty (statement_malformed)."""
        fields = Fields.of(content, STATEMENT_MALFORMED, at_most=LARGEST_RELEASE + 256)
        inner = fields.mapping("st")
        said = jcs(inner)
        if len(said) > LARGEST_RELEASE:
            raise Faulty(STATEMENT_MALFORMED, f"{len(said)} bytes, at most {LARGEST_RELEASE}")
        found = cls(_read(Fields(inner, STATEMENT_MALFORMED), size=len(said)), fields.base64("sig", lengths=(64,)))
        fields.done()
        vars(found)["said"] = said  # the one form of what was read: it need not be written again
        return found

    @cached_property
    def said(self) -> bytes:
        """The canonical bytes of the statement."""
        return content_of(self.statement)

    def check(self, *, suite: Suite, public: bytes) -> None:
        """Did the holder of this key sign it? Raises Faulty (signature_wrong)."""
        suite.verify(message=self.statement.LABEL + self.said, signature=self.sig, public=public)


def signed(statement: Statement, *, suite: Suite, keys: Pair) -> Message:
    """The statement with a signature by these keys."""
    return Message(statement, suite.sign(message=signed_bytes(statement), private=keys.private))
