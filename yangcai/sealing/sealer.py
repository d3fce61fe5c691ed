"""What does a client do to seal a bid, from files and a price to the envelope and the opening file? (SBP/1 §2.4)

The key lives in memory from the drawing of chance to the end of the trial opening, and is written nowhere. The trial
opens the finished envelope from θ of the dealt shares and checks everything an opening checks: that is the proof, at
the moment of sealing, that the bid will open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import hashes

from yangcai.sealing import payload
from yangcai.sealing.chance import Chance, system
from yangcai.sealing.chunked import SALT, encrypted, length
from yangcai.sealing.envelope import Imprint, write
from yangcai.sealing.faults import FILES_REFUSED, HEADER_MISMATCH, Faulty
from yangcai.sealing.header import LARGEST_HEADER, Core, Header, price_commitment
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.payload import Manifest, Source, Writer
from yangcai.sealing.policy import Policy
from yangcai.sealing.shares import SUPPLIER_FROM, commitment, deal, positions
from yangcai.sealing.statement import Client, Submit
from yangcai.sealing.suites import Suite, suite


@dataclass(frozen=True)
class Drawn:
    """The chance of one bid, in the order in which it is drawn."""

    key: bytes
    deal_seed: bytes
    price_salt: bytes
    nonce: bytes
    payload_salt: bytes

    @classmethod
    def by(cls, chance: Chance, how: Suite) -> "Drawn":
        return cls(chance(how.payload.key_size), chance(32), chance(32), chance(16), chance(SALT))


@dataclass(frozen=True)
class Terms:
    """For what and by whom a bid is sealed; `round` 0 is the bid itself, 1 and on are last quotes."""

    policy: Policy
    supplier: str
    suite: str = "I1"
    recovery: str = "auto"
    round: int = 0


class Sealer:
    """One bid being sealed: prepared from its files, written to an envelope, tried, and forgotten."""

    def __init__(
        self, terms: Terms, *, price: dict[str, Any], sources: Iterable[Source], chance: Chance = system
    ) -> None:
        """Reads every file once for its digest. Raises Faulty (files_refused, suite_unknown, header_mismatch)."""
        self.terms, self.sources = terms, list(sources)
        self.suite = suite(terms.suite)
        self.drawn = Drawn.by(chance, self.suite)
        files = payload.entries(self.sources, self.suite)
        self.manifest = Manifest(self.drawn.deal_seed, self.drawn.price_salt, price, files)
        policy = terms.policy
        padded = payload.padme(self.manifest.plain_size)
        if (
            8 + LARGEST_HEADER + length(padded) > payload.LARGEST
        ):  # padding and tags are part of what may not be too large
            raise Faulty(FILES_REFUSED, f"{padded} bytes with padding, at most {payload.LARGEST} in all")
        places = positions(trustees=len(policy.trustees), supplier=policy.ws)
        self.shares = deal(key=self.drawn.key, deal_seed=self.drawn.deal_seed, theta=policy.theta, at=places)
        self.header = self._header()
        self.header.check(policy)

    def _header(self) -> Header:
        terms, policy = self.terms, self.terms.policy
        core = Core(
            suite=terms.suite,
            tender=policy.tender,
            rev=policy.rev,
            lot=policy.lot,
            cover=policy.cover,
            round=terms.round,
            supplier=terms.supplier,
            policy_sha256=policy.sha256,
            nonce=self.drawn.nonce,
            padded_len=payload.padme(self.manifest.plain_size),
            recovery=terms.recovery,
            share_commit={x: commitment(tender=policy.tender, x=x, share=s) for x, s in self.shares.items()},
            price_commit=price_commitment(salt=self.drawn.price_salt, price=self.manifest.price),
        )
        wraps = {
            t.x: self.suite.wrap(share=self.shares[t.x], x=t.x, core=core.content, public=t.wrap_key(terms.suite))
            for t in policy.trustees
        }
        return Header.parse(Header(core, wraps).content)  # what no reader takes is not written

    def write(self, out: Writer) -> Imprint:
        """The envelope, streamed; reads every file once more. Raises Faulty (file_changed)."""
        sealed = encrypted(
            self.suite.payload,
            payload.plain(self.manifest, self.sources),
            key=self.drawn.key,
            salt=self.drawn.payload_salt,
            context=self.header.core.payload_context,
        )
        return write(out, self.header, sealed)

    def try_opening(self, stream: BinaryIO, imprint: Imprint) -> None:
        """Opens what was written from the last θ of the dealt shares. Raises Faulty: then the bid must not go out."""
        policy = self.terms.policy
        chosen = dict(list(self.shares.items())[-policy.theta :])
        opened = open_envelope(stream, policy=policy, shares=chosen, expected=imprint)
        if (opened.header, opened.manifest) != (self.header, self.manifest):
            raise Faulty(HEADER_MISMATCH, "what was opened is not what was sealed")

    @property
    def own_shares(self) -> dict[int, bytes]:
        """The supplier's shares, for the opening file."""
        return {x: share for x, share in self.shares.items() if x >= SUPPLIER_FROM}

    def opening_file(self, *, passphrase: str, chance: Chance = system) -> OpeningFile:
        """The `.sbo` file under this passphrase."""
        empty = OpeningFile(self.terms.policy.tender, self.header.sha256, ())
        return empty.with_passphrase(self.own_shares, passphrase=passphrase, chance=chance)

    def statement(self, imprint: Imprint, *, client: Client, chance: Chance = system) -> Submit:
        """What the supplier has to sign to submit this envelope."""
        return statement_for(self.header, imprint, client=client, idem=chance(16))


def statement_for(header: Header, imprint: Imprint, *, client: Client, idem: bytes) -> Submit:
    """What a supplier signs to submit an envelope."""
    core = header.core
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(header.content)
    return Submit(
        tender=core.tender,
        rev=core.rev,
        lot=core.lot,
        cover=core.cover,
        round=core.round,
        supplier=core.supplier,
        header_sha256=header.sha256,
        env_digest=imprint.env_digest,
        env_len=imprint.env_len,
        idem=idem,
        client=client,
        header_sm3=sm3.finalize() if imprint.env_sm3 else b"",
        env_sm3=imprint.env_sm3,
    )
