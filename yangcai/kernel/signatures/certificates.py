"""With which certificates was a PDF signed and stamped, and how long is each of them good? Nothing is judged here."""

import datetime
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SIGNER, STAMPER = "signer", "stamper"


@dataclass(frozen=True)
class Used:
    """A certificate: whose, as what, and its days."""

    role: str
    name: str
    since: datetime.datetime
    until: datetime.datetime


def used(pdf: bytes) -> Iterator[Used]:
    """Of each signature its signer's certificate and that of whoever stamped it. `pdf` is a paper that was verified
    when it was put in its place: of another, whatever the parser raises."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow to import: only for who asks

    for one in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
        yield _told(SIGNER, one.signer_cert)
        for token in _tokens(one):
            serials = {info["sid"].chosen["serial_number"].native for info in token["signer_infos"]}
            for certificate in (held.chosen for held in token["certificates"]):
                if certificate.serial_number in serials:
                    yield _told(STAMPER, certificate)


def _tokens(embedded: Any) -> Iterator[Any]:
    """The timestamps of a signature (RFC 3161)."""
    for attribute in embedded.signer_info["unsigned_attrs"]:
        if attribute["type"].native == "signature_time_stamp_token":
            for token in attribute["values"]:
                yield token["content"]


def _told(role: str, certificate: Any) -> Used:
    days = certificate["tbs_certificate"]["validity"]
    subject = certificate.subject.native
    name = str(subject.get("common_name") or subject.get("organization_name") or certificate.subject.human_friendly)
    return Used(role, name, days["not_before"].native, days["not_after"].native)
