"""What do the signatures of a PDF prove? Who signed, when, and whether the paper is still what each of them signed.

Offline: only the certificates in the file and the roots that the caller trusts count. A certificate is judged at the
moment that the timestamp proves, so that a paper stays good when its certificates have run out. Every fault is told,
never only the first; a file that cannot be read is a fault and not an error.
"""

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yangcai.kernel.calendar import SHANGHAI
from yangcai.kernel.signatures.apart import in_its_own_thread
from yangcai.kernel.signatures.authority import MARK

#: Code of a fault -> what it says, zh and en.
FAULTS = {
    "unreadable": ("文件无法作为 PDF 读取", "the file cannot be read as a PDF"),
    "unsigned": ("文件中没有电子签名", "the file bears no signature"),
    "altered": ("签名之后内容被改动", "what was signed has been altered"),
    "bad_signature": ("签名与证书不符", "the signature does not fit its certificate"),
    "untrusted": (
        "签名证书不是由所信任的认证机构签发",
        "the certificate does not come from an authority that is trusted",
    ),
    "no_timestamp": ("签名没有时间戳", "the signature has no timestamp"),
    "bad_timestamp": ("时间戳与签名不符", "the timestamp does not fit the signature"),
    "untrusted_timestamp": (
        "时间戳不是由所信任的机构签发",
        "the timestamp does not come from an authority that is trusted",
    ),
    "changed_afterwards": (
        "签名之后又加入了签名以外的内容",
        "something other than signatures was added after this signature",
    ),
    "loose_bytes": ("签名区域内有不属于签名的字节", "bytes stand in the room of the signature that belong to none"),
    "open_end": ("最后一个签名之后还有内容", "something follows the last signature"),
}


class BadTrust(ValueError):
    """What should name the roots that are believed holds no certificate."""


@dataclass(frozen=True)
class Found:
    """One signature: `signed_at` is what the signer says, `stamped_at` what the time-stamping authority proves."""

    field: str
    name: str
    organisation: str
    identifier: str
    issuer: str
    reason: str
    signed_at: datetime.datetime | None
    stamped_at: datetime.datetime | None
    stamped_by: str
    is_demo: bool
    is_last: bool
    faults: tuple[str, ...]

    @property
    def words(self) -> tuple[str, str]:
        """Who, when, and whether it is unchanged since, in Chinese and in English."""
        moment = self.stamped_at or self.signed_at
        at = moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else "—"
        zh = "；".join(FAULTS[code][0] for code in self.faults) or "此后未被改动"
        en = "; ".join(FAULTS[code][1] for code in self.faults) or "unchanged since"
        mark = f"（{MARK}）" if self.is_demo else ""
        return f"{self.name}{mark}：{at} 签名，{zh}", f"{self.name}{mark}: signed {at}, {en}"


@dataclass(frozen=True)
class Findings:
    """All the signatures in their order, and what is wrong with the file as a whole."""

    signatures: tuple[Found, ...]
    faults: tuple[str, ...]

    @property
    def is_valid(self) -> bool:
        """Signed, and no fault anywhere."""
        return not self.faults and bool(self.signatures) and not any(one.faults for one in self.signatures)

    @property
    def is_demo(self) -> bool:
        """Some signature comes from a demo's authority and has no legal force."""
        return any(one.is_demo for one in self.signatures)

    @property
    def first_fault(self) -> str:
        """The code of the first fault; empty when there is none."""
        every = [*self.faults, *(fault for one in self.signatures for fault in one.faults)]
        return every[0] if every else ""


def verify(pdf: bytes, *, trust: Sequence[bytes]) -> Findings:
    """Check every signature of a PDF. `trust`: PEM or DER certificates of the roots that are believed; a PEM file may
    hold several, and whatever else is in it is passed over. Raises BadTrust."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow to import: only for who verifies

    roots = [root for one in trust for root in _roots(one)]
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        embedded = list(reader.embedded_regular_signatures)
        if not embedded:
            return Findings((), ("unsigned",))
        found = [_found(one, pdf, roots=roots, is_last=one is embedded[-1]) for one in embedded]
    except Exception:  # whatever a damaged file makes of a parser
        return Findings((), ("unreadable",))
    last = embedded[-1].byte_range
    return Findings(tuple(found), () if last[2] + last[3] == len(pdf) else ("open_end",))


def _roots(content: bytes) -> list[Any]:
    """The certificates of a file: what is wrong with them is no fault of the paper."""
    from asn1crypto import pem, x509

    try:
        blocks = pem.unarmor(content, multiple=True) if pem.detect(content) else [("CERTIFICATE", {}, content)]
        found = [x509.Certificate.load(block, strict=True) for kind, _headers, block in blocks if kind == "CERTIFICATE"]
        names = [one.subject.native for one in found]  # it is read only when it is asked
    except (ValueError, TypeError) as error:
        raise BadTrust(f"not a certificate: {error}") from error
    if not names:
        raise BadTrust("no certificate is in it")
    return found


def _found(embedded: Any, pdf: bytes, *, roots: Sequence[Any], is_last: bool) -> Found:
    stamped_at, stamped_by = _stamp(embedded)
    signed_at = embedded.self_reported_timestamp
    certificate = embedded.signer_cert
    subject, issuer = certificate.subject.native, certificate.issuer.native
    return Found(
        field=embedded.field_name,
        name=str(subject.get("common_name", "")),
        organisation=str(subject.get("organization_name", "")),
        identifier=str(subject.get("serial_number", "")),
        issuer=str(issuer.get("common_name", "")),
        reason=str(embedded.sig_object.get("/Reason", "")),
        signed_at=signed_at,
        stamped_at=stamped_at,
        stamped_by=stamped_by,
        is_demo=MARK in str(issuer) or MARK in stamped_by,
        is_last=is_last,
        faults=tuple(_faults(embedded, pdf, roots=roots, at=stamped_at or signed_at)),
    )


def _stamp(embedded: Any) -> tuple[datetime.datetime | None, str]:
    """What the token of the signature says, believed or not: when, and by whom."""
    tokens = [
        token["content"]
        for attribute in embedded.signer_info["unsigned_attrs"]
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]
    if not tokens:
        return None, ""
    token = tokens[0]
    told = token["encap_content_info"]["content"].parsed
    certificates = [one.chosen for one in token["certificates"]]
    serials = {one["sid"].chosen["serial_number"].native for one in token["signer_infos"]}
    names = [one.subject.native.get("common_name", "") for one in certificates if one.serial_number in serials]
    return told["gen_time"].native, str(names[0] if names else "")


def _faults(embedded: Any, pdf: bytes, *, roots: Sequence[Any], at: datetime.datetime | None) -> list[str]:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import ModificationLevel, SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    def context() -> Any:
        return ValidationContext(trust_roots=roots, allow_fetching=False, moment=at)

    status = in_its_own_thread(lambda: validate_pdf_signature(embedded, context(), context()))
    stamp = status.timestamp_validity
    faults = {
        "altered": not status.intact or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION,
        "bad_signature": not status.valid,
        "untrusted": not status.trusted,
        "no_timestamp": stamp is None,
        "bad_timestamp": stamp is not None and not (stamp.intact and stamp.valid),
        "untrusted_timestamp": stamp is not None and not stamp.trusted,
        "changed_afterwards": not status.docmdp_ok or status.modification_level > ModificationLevel.FORM_FILLING,
        "loose_bytes": not _is_filled(embedded, pdf),
    }
    return [code for code, is_so in faults.items() if is_so]


def _is_filled(embedded: Any, pdf: bytes) -> bool:
    """No signature covers the room that it stands in itself: there only its own bytes may stand, then zeros."""
    from asn1crypto import parser

    room = pdf[embedded.byte_range[1] : embedded.byte_range[2]]
    inside = room[1:-1]
    if room[:1] != b"<" or room[-1:] != b">" or (inside.lower() != inside and inside.upper() != inside):
        return False
    content = bytes.fromhex(inside.decode("ascii"))
    return not content[parser.peek(content) :].strip(b"\0")
