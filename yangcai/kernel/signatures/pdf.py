"""How does a signature get into a PDF? As PAdES (ETSI EN 319 142): each a revision of its own, with its timestamp.

All fields are made with the first signature, which certifies the paper: from then on only those fields may be filled in
(DocMDP 2). What was signed before stays byte for byte the beginning of what is signed after. A field has no look of its
own: the paper's own text says who signs, so that it stays the PDF/A that it was.

pyHanko is slow to import (0.8 s): nothing imports this file that does not sign.
"""

import datetime
import io
from collections.abc import Sequence
from functools import partial
from typing import Any

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from yangcai.kernel.signatures.apart import in_its_own_thread
from yangcai.kernel.signatures.authority import Identity
from yangcai.kernel.signatures.subjects import Signature
from yangcai.kernel.signatures.timestamps import Timestamps, Unavailable, status_of

DIGEST = "sha256"


def signed(pdf: bytes, *, signatures: Sequence[tuple[Identity, Signature]], timestamps: Timestamps) -> bytes:
    """The PDF with each signature in turn. Raises Unavailable where a stamp cannot be had: then nothing is signed."""
    names = [field_of(number) for number in range(1, len(signatures) + 1)]
    stamper = _Stamper(timestamps)
    for number, (identity, signature) in enumerate(signatures, start=1):
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        if number == 1:
            for name in names:
                fields.append_signature_field(writer, fields.SigFieldSpec(name))
        told = signers.PdfSignatureMetadata(
            field_name=field_of(number),
            md_algorithm=DIGEST,
            reason=signature.reason,
            name=signature.subject.name,
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=number == 1,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        )
        signer = _At(told, signer=_signer(identity), timestamper=stamper)
        signer.at = signature.at
        try:
            sign = partial(signer.sign_pdf, writer, existing_fields_only=True)
            pdf = in_its_own_thread(sign).getvalue()
        except TimestampRequestError as error:
            raise Unavailable(str(error)) from error
    return pdf


def field_of(number: int) -> str:
    """The name of the n-th signature's field."""
    return f"Signature{number}"


class _At(signers.PdfSigner):
    """Signs at a moment that it is told: below the door nobody looks at a clock."""

    at: datetime.datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


class _Stamper(TimeStamper):
    """Our interface of an authority as pyHanko wants to call one; asked once more per paper, to learn the size."""

    def __init__(self, timestamps: Timestamps):
        super().__init__()
        self.timestamps = timestamps

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        content = self.timestamps.answer(req.dump())
        try:
            status, why = status_of(content)
            if status not in {"granted", "granted_with_mods"}:
                raise Unavailable(f"the timestamp is refused: {status} {why}".strip())
            reply = tsp.TimeStampResp.load(content, strict=True)
            told = reply["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
            same = told["message_imprint"].dump() == req["message_imprint"].dump()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unavailable(f"not a timestamp reply: {error}") from error
        if not same:
            raise Unavailable("the timestamp is of something else")
        return reply


def _signer(identity: Identity) -> signers.SimpleSigner:
    """The root does not go along: a reader has it from elsewhere or not at all, and no signature would cover it."""
    key = identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    return signers.SimpleSigner(_asn1(identity.certificate), keys.PrivateKeyInfo.load(key), store)


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
