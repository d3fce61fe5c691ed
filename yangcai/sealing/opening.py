"""How do released shares and an envelope become files and a price again, and what if they do not? (SBP/1 §2.8, §2.9)

Nothing found here depends on which θ shares came: whoever opens a bid, now or in fifteen years, finds the same files or
the same fault.
"""

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from yangcai.kernel.encoding import h2
from yangcai.sealing import payload
from yangcai.sealing.chunked import decrypted
from yangcai.sealing.envelope import Envelope, Imprint, check_imprint
from yangcai.sealing.faults import (
    ENVELOPE_DAMAGED,
    MISDEALT,
    PRICE_MISMATCH,
    SHARE_INCONSISTENT,
    SUPPLIER_SHARE_INCONSISTENT,
    TOO_FEW_SHARES,
    Fault,
    Faulty,
)
from yangcai.sealing.header import Core, Header, price_commitment
from yangcai.sealing.payload import Manifest, Nowhere, Sink
from yangcai.sealing.policy import Policy
from yangcai.sealing.shares import SUPPLIER_FROM, combine, commitment, deal, is_committed
from yangcai.sealing.suites import suite


def close_set(headers: list[bytes]) -> bytes:
    """What the log says of the bids that are to be opened: a digest of their header hashes in order."""
    return h2("sbp/1 closeset", *sorted(headers))


def share_fault(core: Core, x: int, share: bytes) -> Fault | None:
    """Why may this share not be used? None: it is the one committed to."""
    fault = SUPPLIER_SHARE_INCONSISTENT if x >= SUPPLIER_FROM else SHARE_INCONSISTENT
    if x not in core.share_commit or len(share) != suite(core.suite).payload.key_size:
        return fault
    if not is_committed(tender=core.tender, x=x, share=share, committed=core.share_commit[x]):
        return fault
    return None


def key_of(core: Core, shares: Mapping[int, bytes], *, theta: int) -> bytes:
    """The payload's key. Shares that do not match their commitment are left out. Raises Faulty (too_few_shares)."""
    good = {x: share for x, share in sorted(shares.items()) if share_fault(core, x, share) is None}
    if len(good) < theta:
        raise Faulty(TOO_FEW_SHARES, f"{len(good)} of {theta}")
    return combine(dict(list(good.items())[:theta]))


def check_dealing(header: Header, manifest: Manifest, key: bytes, *, theta: int) -> None:
    """Was every share dealt from the seed in the manifest, also those that nobody used? Raises Faulty (misdealt)."""
    core = header.core
    dealt = deal(key=key, deal_seed=manifest.deal_seed, theta=theta, at=list(core.share_commit))
    for x, share in dealt.items():
        if not hmac.compare_digest(commitment(tender=core.tender, x=x, share=share), core.share_commit[x]):
            raise Faulty(MISDEALT, f"share {x}")


@dataclass(frozen=True)
class Opened:
    """What came out: the manifest with the price and its salt (to be published), the header, the envelope's imprint."""

    header: Header
    manifest: Manifest
    imprint: Imprint

    @property
    def price(self) -> dict[str, Any]:
        return self.manifest.price


def open_envelope(
    stream: BinaryIO,
    *,
    policy: Policy,
    shares: Mapping[int, bytes],
    expected: Imprint | None = None,
    sink: Sink = Nowhere,
) -> Opened:
    """Opens an envelope as a stream; its files go to `sink`, and are good only when this returns.

    `policy` is the one that the bid was sealed under, `expected` what the receipt says. Raises Faulty; where the bytes
    are not those of the receipt, that is the fault whatever else is wrong, since then it is the platform's.
    """
    try:
        envelope = Envelope(stream)
        envelope.header.check(policy)
        opened = _opened(envelope, policy.theta, shares, sink)
    except Faulty:
        if expected is not None:
            _blame_the_platform(stream, expected)
        raise
    if expected is not None and not _is_same(opened.imprint, expected):
        raise Faulty(ENVELOPE_DAMAGED, opened.imprint.env_digest.hex())
    return opened


def _opened(envelope: Envelope, theta: int, shares: Mapping[int, bytes], sink: Sink) -> Opened:
    header = envelope.header
    how = suite(header.core.suite)
    key = key_of(header.core, shares, theta=theta)
    plain: Iterator[bytes] = decrypted(how.payload, envelope.payload(), key=key, context=header.core.payload_context)
    manifest = payload.read(plain, how, sink=sink)
    committed = price_commitment(salt=manifest.price_salt, price=manifest.price)
    if not hmac.compare_digest(committed, header.core.price_commit):
        raise Faulty(PRICE_MISMATCH)
    check_dealing(header, manifest, key, theta=theta)
    return Opened(header, manifest, envelope.imprint())


def _is_same(found: Imprint, expected: Imprint) -> bool:
    return (found.env_digest, found.env_len) == (expected.env_digest, expected.env_len)


def _blame_the_platform(stream: BinaryIO, expected: Imprint) -> None:
    """Raises Faulty (envelope_damaged) when the bytes are not those of the receipt."""
    if stream.seekable():
        stream.seek(0)
        check_imprint(stream, expected)
