"""What does the platform answer to a submission? The text of the receipt, to be signed as a note (SBP/1 §2.6).

The digest of the envelope is that by parts. The log key's name ends in `/sbp-receipt`; the signature lines are the
business of `kernel.tlog.note`.
"""

import datetime
import re
from dataclasses import dataclass

from yangcai.kernel.encoding import BadEncoding, base64_of, read_base64, read_timestamp, timestamp
from yangcai.sealing.faults import RECEIPT_MALFORMED, Faulty

_FORM = re.compile(
    r"sbp-receipt/v1\n"
    r"tender (?P<tender>\S+) rev (?P<rev>\d{1,16}) lot (?P<lot>\S+) cover (?P<cover>\S+) round (?P<round>\d{1,16})\n"
    r"supplier (?P<supplier>\S+)\n"
    r"submission (?P<submission>\S+) seq (?P<seq>\d{1,16})\n"
    r"received (?P<received_at>\S+)\n"
    r"deadline (?P<deadline>\S+)\n"
    r"header sha256:(?P<header_sha256>[0-9a-f]{64})\n"
    r"envelope sha256:(?P<env_digest>[0-9a-f]{64}) (?P<env_len>\d{1,16})\n"
    r"(?:ciphertext follows within (?P<follows_s>[1-9]\d{0,15}) s of closing\n)?"
    r"leaf (?P<leaf>\S+)\n",
    re.ASCII,
)


@dataclass(frozen=True)
class Receipt:
    """What was received when; `leaf` is the hash of the log entry that will hold it. `follows_s`: the file store was
    down, and the bytes of the envelope are owed until so many seconds after the closing; 0 where they are here."""

    tender: str
    rev: int
    lot: str
    cover: str
    round: int
    supplier: str
    submission: str
    seq: int
    received_at: datetime.datetime
    deadline: datetime.datetime
    header_sha256: bytes
    env_digest: bytes
    env_len: int
    leaf: bytes
    follows_s: int = 0

    @property
    def text(self) -> str:
        """The text of the note."""
        owed = f"ciphertext follows within {self.follows_s} s of closing\n" if self.follows_s else ""
        return (
            "sbp-receipt/v1\n"
            f"tender {self.tender} rev {self.rev} lot {self.lot} cover {self.cover} round {self.round}\n"
            f"supplier {self.supplier}\n"
            f"submission {self.submission} seq {self.seq}\n"
            f"received {timestamp(self.received_at)}\n"
            f"deadline {timestamp(self.deadline)}\n"
            f"header sha256:{self.header_sha256.hex()}\n"
            f"envelope sha256:{self.env_digest.hex()} {self.env_len}\n"
            f"{owed}"
            f"leaf {base64_of(self.leaf)}\n"
        )

    @classmethod
    def parse(cls, text: str) -> "Receipt":
        """From the text of the note. Raises Faulty (receipt_malformed) unless it is what `text` writes."""
        match = _FORM.fullmatch(text)
        if not match:
            raise Faulty(RECEIPT_MALFORMED)
        found = match.groupdict()
        try:
            receipt = cls(
                tender=found["tender"],
                rev=int(found["rev"]),
                lot=found["lot"],
                cover=found["cover"],
                round=int(found["round"]),
                supplier=found["supplier"],
                submission=found["submission"],
                seq=int(found["seq"]),
                received_at=read_timestamp(found["received_at"]),
                deadline=read_timestamp(found["deadline"]),
                header_sha256=bytes.fromhex(found["header_sha256"]),
                env_digest=bytes.fromhex(found["env_digest"]),
                env_len=int(found["env_len"]),
                leaf=read_base64(found["leaf"]),
                follows_s=int(found["follows_s"] or 0),
            )
        except BadEncoding as error:
            raise Faulty(RECEIPT_MALFORMED, str(error)) from error
        if receipt.text != text or len(receipt.leaf) != 32:
            raise Faulty(RECEIPT_MALFORMED, "not in its one form")
        return receipt
