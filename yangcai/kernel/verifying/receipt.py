"""Does a receipt hold? The platform signed it, its line is in the log, and after the opening it is among those told."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from yangcai.kernel.encoding import BadEncoding, read_base64, read_timestamp
from yangcai.kernel.tlog import note, proof
from yangcai.kernel.tlog.faults import Malformed, Unproven, in_chinese
from yangcai.kernel.tlog.policy import Policy
from yangcai.kernel.verifying import opening
from yangcai.kernel.verifying.findings import Evidence, NotVerified
from yangcai.kernel.verifying.log import Log

#: Within so long after the receipt its line is in the log (SBP/1 §2.6).
MERGE_DELAY = datetime.timedelta(seconds=60)
ROLE = "sbp-receipt"
#: Covers of which some are never opened: a technical part without its price, the price of a bid that did not go on.
HALVES = frozenset({"TECH", "PRICE"})
_FORM = re.compile(
    r"sbp-receipt/v1\n"
    r"tender (?P<tender>\S+) rev \d{1,16} lot (?P<lot>\S+) cover (?P<cover>\S+) round (?P<round>\d{1,16})\n"
    r"supplier (?P<supplier>\S+)\n"
    r"submission (?P<submission>\S+) seq \d{1,16}\n"
    r"received (?P<received>\S+)\n"
    r"deadline (?P<deadline>\S+)\n"
    r"header sha256:(?P<header>[0-9a-f]{64})\n"
    r"envelope sha256:[0-9a-f]{64} \d{1,16}\n"
    r"(?:ciphertext follows within [1-9]\d{0,15} s of closing\n)?"
    r"leaf (?P<leaf>\S+)\n",
    re.ASCII,
)


@dataclass(frozen=True)
class Receipt:
    """What is needed of it here."""

    tender: str
    lot: str
    cover: str
    round: int
    supplier: str
    submission: str
    received_at: datetime.datetime
    deadline: datetime.datetime
    header: str
    leaf: bytes

    def is_opened_with(self, body: dict[str, Any]) -> bool:
        """Whether a line is of the set that this bid was to be opened with: one lot, one cover, one round."""
        mine = {"tender": self.tender, "lot": self.lot, "cover": self.cover, "round": self.round}
        return all(body.get(name) == value for name, value in mine.items())


def parse(content: bytes) -> tuple[Receipt, note.Note]:
    """Raises NotVerified where it is none."""
    try:
        signed = note.parse(content)
        match = _FORM.fullmatch(signed.text)
        if match is None:
            raise Malformed("not the text of a receipt")
        found = match.groupdict()
        receipt = Receipt(
            found["tender"],
            found["lot"],
            found["cover"],
            int(found["round"]),
            found["supplier"],
            found["submission"],
            read_timestamp(found["received"]),
            read_timestamp(found["deadline"]),
            found["header"],
            read_base64(found["leaf"]),
        )
    except (Malformed, BadEncoding) as error:
        raise NotVerified(zh=f"这不是收据：{in_chinese(error)}", en=f"this is no receipt: {error}") from error
    return receipt, signed


def keys_in(log: Log) -> list[note.Verifier]:
    """The keys of receipts that the log itself announced."""
    return [note.parse_vkey(body["vkey"]) for _index, body in log.saying("key") if body.get("role") == ROLE]


def check_signature(signed: note.Note, keys: list[note.Verifier]) -> None:
    """Raises NotVerified unless one of these keys signed it."""
    try:
        good = note.verified(signed, keys)
    except Unproven as error:
        raise NotVerified(zh="收据的签名不符", en="the receipt's signature is wrong") from error
    if not good:
        raise NotVerified(zh="收据不是平台的密钥签署的", en="the receipt was not signed by a key of the platform")


def verify(content: bytes, *, log: Log, keys: list[note.Verifier], now: datetime.datetime) -> int:
    """The place of its line. Raises NotVerified; Evidence where the bid was suppressed."""
    receipt, signed = parse(content)
    check_signature(signed, keys or keys_in(log))
    index = log.places.get(receipt.leaf)
    if index is None:
        if (log.seen_at or now) < receipt.received_at + MERGE_DELAY:
            raise NotVerified(zh="收据尚未并入公开日志，请稍后再核对", en="not merged yet: try again in a minute")
        raise Evidence(
            zh=f"投标被隐瞒：收据 {receipt.submission} 的条目不在公开日志中",
            en=f"SUPPRESSED BID: the line of receipt {receipt.submission} is not in the log",
        )
    if index not in log.told:
        _check_may_be_untold(receipt, log=log)
    told = log.told.get(index)
    if told is not None and (told.get("t") != "submit" or told.get("header_sha256") != receipt.header):
        raise Evidence(
            zh=f"收据 {receipt.submission} 与其条目公布的内容不符",
            en=f"what is told of the line is not what receipt {receipt.submission} says",
        )
    return index


def _check_may_be_untold(receipt: Receipt, *, log: Log) -> None:
    """Nothing of it is told: so it must be of all that was to be opened with it. Raises Evidence; NotVerified where it
    may have been left out by rule."""
    told = [body for _place, body in log.saying("submit", "opening") if receipt.is_opened_with(body)]
    if not [body for body in told if "kept" not in body]:
        _check_is_recorded(receipt, log=log)
        return
    # Who is left out is so with every submission to that cover: one of them told, and the other not, is no such case.
    if receipt.cover in HALVES and not any(body.get("supplier") == receipt.supplier for body in told):
        raise NotVerified(
            zh=f"同批信封已经公布，收据 {receipt.submission} 的信封没有公布：只有技术信封而没有报价的，"
            "或者未进入报价开启的，内容始终保密；名单是否完整，请核对项目",
            en=f"not told: the covers of this set were, that of receipt {receipt.submission} was not; it stays secret"
            " if its other half is missing, or its bid did not go on; `verify case` shows whether the set is whole",
        )
    raise Evidence(
        zh=f"投标被隐瞒：同批的投标已经公布，收据 {receipt.submission} 的条目未公布",
        en=f"SUPPRESSED BID: the bids of its set were told, that of receipt {receipt.submission} was not",
    )


def _check_is_recorded(receipt: Receipt, *, log: Log) -> None:
    """Of offers that are not read out no line is ever told; the record that the award lays open names each that came.
    Raises Evidence where it leaves this one out."""
    key = (receipt.tender, receipt.lot, receipt.cover, receipt.round)
    for _place, line in log.saying("opening-record"):
        if receipt.is_opened_with(line) and receipt.header not in opening.came(line, key=key, log=log):
            raise Evidence(
                zh=f"投标被隐瞒：公布的开启记录没有收据 {receipt.submission} 的文件",
                en=f"SUPPRESSED BID: the record that was told leaves out the envelope of receipt {receipt.submission}",
            )


def verify_proof(content: bytes, *, proved: bytes, policy: Policy, keys: list[note.Verifier]) -> int:
    """Without the log, by a `.tlog-proof` alone: the place of the line. Raises NotVerified."""
    receipt, signed = parse(content)
    check_signature(signed, keys)
    try:
        found = proof.parse(proved)
        proof.verify(found, leaf=receipt.leaf, policy=policy)
    except (Malformed, Unproven) as error:
        raise NotVerified(zh=f"证明核对不符：{in_chinese(error)}", en=f"the proof does not verify: {error}") from error
    return found.index
