"""What does an envelope say in the clear, and does it fit the published policy? (SBP/1 §2.4, 3-7)"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from yangcai.kernel.encoding import base64_of, digest, h2, jcs
from yangcai.sealing import VERSION
from yangcai.sealing.chunked import length
from yangcai.sealing.faults import HEADER_MALFORMED, HEADER_MISMATCH, POLICY_UNKNOWN, SUITE_UNKNOWN, Faulty
from yangcai.sealing.fields import SUPPLIER, UUID, Fields
from yangcai.sealing.payload import LARGEST, padme
from yangcai.sealing.policy import COVERS, RECOVERIES, SUITES, Policy
from yangcai.sealing.shares import SUPPLIER_FROM, positions
from yangcai.sealing.suites import suite

#: A header, bytes.
LARGEST_HEADER = 16 * 1024
_PLACE = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)


def price_commitment(*, salt: bytes, price: dict[str, Any]) -> bytes:
    """What binds the price before the deadline and says nothing of it."""
    return h2("sbp/1 price", salt, jcs(price))


@dataclass(frozen=True)
class Core:
    """What every share and the payload are bound to; `round` counts last quotes, 0 is the bid itself."""

    suite: str
    tender: str
    rev: int
    lot: str
    cover: str
    round: int
    supplier: str
    policy_sha256: bytes
    nonce: bytes
    padded_len: int
    recovery: str
    share_commit: dict[int, bytes]
    price_commit: bytes

    def as_dict(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "suite": self.suite,
            "tender": self.tender,
            "rev": self.rev,
            "lot": self.lot,
            "cover": self.cover,
            "round": self.round,
            "supplier": self.supplier,
            "policy_sha256": self.policy_sha256.hex(),
            "nonce": self.nonce.hex(),
            "padded_len": self.padded_len,
            "recovery": self.recovery,
            "share_commit": {str(x): committed.hex() for x, committed in self.share_commit.items()},
            "price_commit": self.price_commit.hex(),
        }

    @property
    def content(self) -> bytes:
        """The canonical bytes."""
        return jcs(self.as_dict())

    @property
    def payload_context(self) -> bytes:
        """What the payload's key is bound to besides the key itself."""
        return b"sbp/1 payload\0" + digest(self.content)


@dataclass(frozen=True)
class Header:
    """The core, and the wrapped share of each trustee by its place."""

    core: Core
    wraps: dict[int, bytes]

    @cached_property
    def content(self) -> bytes:
        """The canonical bytes."""
        wraps = [{"x": x, "ct": base64_of(ct)} for x, ct in sorted(self.wraps.items())]
        return jcs({"core": self.core.as_dict(), "wraps": wraps})

    @cached_property
    def sha256(self) -> bytes:
        """By which statements, receipts and releases name the bid."""
        return digest(self.content)

    @property
    def envelope_size(self) -> int:
        """Bytes of the whole `.sbe` file."""
        return 8 + len(self.content) + length(self.core.padded_len)

    @classmethod
    def parse(cls, content: bytes) -> "Header":
        """From canonical bytes. Raises Faulty (header_malformed, suite_unknown)."""
        fields = Fields.of(content, HEADER_MALFORMED, at_most=LARGEST_HEADER)
        core = _core(fields.inner("core"))
        wraps: dict[int, bytes] = {}
        size = suite(core.suite).wrapped_size(suite(core.suite).payload.key_size)
        for n, wrap in enumerate(fields.each("wraps", at_least=1, at_most=200), start=1):
            wrap.integer("x", at_least=n, at_most=n)
            wraps[n] = wrap.base64("ct", lengths=(size,))
            wrap.done()
        fields.done()
        if {x for x in core.share_commit if x < SUPPLIER_FROM} != set(wraps):
            raise Faulty(HEADER_MALFORMED, "wraps and commitments differ")
        header = cls(core, wraps)
        vars(header)["content"] = content  # which were canonical: they need not be written again
        return header

    def check(self, policy: Policy) -> None:
        """Does it fit the policy it was sealed under? Raises Faulty, naming the first difference."""
        core = self.core
        if core.policy_sha256 != policy.sha256:
            raise Faulty(POLICY_UNKNOWN, core.policy_sha256.hex())
        if core.suite not in policy.suites:
            raise Faulty(SUITE_UNKNOWN, core.suite)
        for name in ("tender", "rev", "lot", "cover"):
            if getattr(core, name) != getattr(policy, name):
                raise Faulty(HEADER_MISMATCH, name)
        if core.recovery not in policy.recovery_allowed:
            raise Faulty(HEADER_MISMATCH, "recovery")
        if list(core.share_commit) != positions(trustees=len(policy.trustees), supplier=policy.ws):
            raise Faulty(HEADER_MISMATCH, "share_commit")


def _core(fields: Fields) -> Core:
    fields.exactly("v", VERSION)
    core = Core(
        suite=_suite(fields),
        tender=fields.matching("tender", UUID),
        rev=fields.integer("rev", at_least=1),
        lot=fields.lot("lot"),
        cover=fields.one_of("cover", COVERS),
        round=fields.integer("round", at_most=1000),
        supplier=fields.matching("supplier", SUPPLIER),
        policy_sha256=fields.hexed("policy_sha256", 32),
        nonce=fields.hexed("nonce", 16),
        padded_len=fields.integer("padded_len", at_least=2, at_most=LARGEST),
        recovery=fields.one_of("recovery", RECOVERIES),
        share_commit=_commitments(fields.inner("share_commit")),
        price_commit=fields.hexed("price_commit", 32),
    )
    fields.done()
    if padme(core.padded_len) != core.padded_len:
        raise Faulty(HEADER_MALFORMED, "padded_len is no Padmé length")
    return core


def _suite(fields: Fields) -> str:
    code = fields.text("suite", at_most=16)
    if code not in SUITES:
        raise Faulty(SUITE_UNKNOWN, code)
    return code


def _commitments(fields: Fields) -> dict[int, bytes]:
    """In order of their place; canonical bytes have them in the order of text."""
    places = [key for key in fields.left if _PLACE.fullmatch(key) and int(key) <= 255]
    found = {int(key): fields.hexed(key, 32) for key in sorted(places, key=int)}
    fields.done()
    trustees = sum(x < SUPPLIER_FROM for x in found)
    if not found or list(found) != positions(trustees=trustees, supplier=len(found) - trustees):
        raise Faulty(HEADER_MALFORMED, "commitments lie elsewhere")
    return found
