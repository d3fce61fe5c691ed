"""Who says when something was signed? A time-stamping authority (RFC 3161): a demo's own, or one by HTTP.

Both take a request in DER and give the reply in DER, so that whoever asks cannot tell them apart. An authority that
does not answer in time raises Unavailable: nothing goes on without its stamp.
"""

import datetime
import http.client
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from yangcai.kernel.patience import connected

if TYPE_CHECKING:
    from yangcai.kernel.signatures.authority import Identity

#: The policy under which the demo's authority stamps: an OID of the example arc, that nobody has registered.
POLICY = "2.999.1.3161"
#: Digests that are stamped, with their lengths in bytes.
DIGESTS = {"sha256": 32, "sha384": 48, "sha512": 64}
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
#: A reply with a whole chain of certificates is a few kilobytes.
LARGEST = 1 << 16


class Unavailable(Exception):
    """Whoever must sign or stamp does not answer, or refuses; the text says what happened. Try again later."""


def status_of(reply: bytes) -> tuple[str, str]:
    """What a reply (DER) says of itself: its status, and why it was refused. Raises ValueError at what is none."""
    from asn1crypto import core, tsp

    parts = core.SequenceOf.load(reply, spec=core.Any, strict=True)
    if not len(parts):
        raise ValueError("an empty reply")
    status = tsp.PKIStatusInfo.load(parts[0].dump())
    return status["status"].native, ", ".join(sorted(status["fail_info"].native or ()))


class Timestamps(Protocol):
    """A time-stamping authority."""

    def answer(self, request: bytes) -> bytes:
        """The TimeStampResp (DER) to a TimeStampReq (DER). Raises Unavailable."""
        ...


@dataclass(frozen=True)
class OwnTimestamps:
    """The demo's own authority, in this process: stamps with the moment `now` (whole seconds), an EC or an RSA key."""

    identity: "Identity"
    now: datetime.datetime

    def answer(self, request: bytes) -> bytes:
        """What is not a sound request is answered by a rejection, as RFC 3161 §2.4.2 has it."""
        from asn1crypto import tsp

        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            imprint, algorithm = asked["message_imprint"], asked["message_imprint"]["hash_algorithm"]["algorithm"]
            sound = asked["version"].native == "v1" and asked.native is not None
        except (ValueError, TypeError, KeyError):
            return self._rejected("bad_data_format")
        if not sound:
            return self._rejected("bad_request")
        if DIGESTS.get(algorithm.native) != len(imprint["hashed_message"].native):
            return self._rejected("bad_alg")
        if asked["req_policy"].native not in (None, POLICY):
            return self._rejected("unaccepted_policy")
        if asked["extensions"].native:
            return self._rejected("unaccepted_extensions")
        told: dict[str, Any] = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(127),
            "gen_time": self.now.astimezone(datetime.UTC).replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
        if asked["nonce"].native is not None:
            told["nonce"] = asked["nonce"]
        token = self._token(tsp.TSTInfo(told), with_certificate=bool(asked["cert_req"].native))
        return bytes(tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token}).dump())

    def _rejected(self, why: str) -> bytes:
        from asn1crypto import tsp

        # RFC 3161 §2.4.2: no token goes with it, and asn1crypto's structure cannot leave it out.
        status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
        return bytes([0x30, len(status)]) + status

    def _token(self, told: Any, *, with_certificate: bool) -> Any:
        """A SignedData over the TSTInfo. The authority's own certificate goes along and never its chain: of two, a
        strict reader refuses those that OpenSSL puts in the wrong order (sealed-bids.md §2.12)."""
        from asn1crypto import algos, cms, tsp
        from asn1crypto import x509 as asn1

        certificate = asn1.Certificate.load(self.identity.certificate.public_bytes(serialization.Encoding.DER))
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        serial = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        proof = tsp.ESSCertIDv2({"cert_hash": certificate.sha256})
        attributes = cms.CMSAttributes(
            [
                cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                cms.CMSAttribute({"type": "message_digest", "values": [_sha256(told.dump())]}),
                cms.CMSAttribute(
                    {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [proof]})]}
                ),
            ]
        )
        algorithm, signature = self._sign(attributes.dump())
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(serial)}),
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": algorithm},
            "signature": signature,
        }
        data: dict[str, Any] = {
            "version": "v3",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(told.dump())},
            "signer_infos": [signer],
        }
        if with_certificate:
            data["certificates"] = [cms.CertificateChoices("certificate", certificate)]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(data)})

    def _sign(self, content: bytes) -> tuple[str, bytes]:
        key = self.identity.key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return "sha256_ecdsa", key.sign(content, ec.ECDSA(hashes.SHA256()))
        return "sha256_rsa", key.sign(content, padding.PKCS1v15(), hashes.SHA256())


def _sha256(content: bytes) -> bytes:
    made = hashes.Hash(hashes.SHA256())
    made.update(content)
    return made.finalize()


@dataclass(frozen=True)
class HttpTimestamps:
    """An authority by HTTP(S) (RFC 3161 §3.4): so many seconds to connect, and as many for the whole answer."""

    url: str
    seconds: float = 10.0

    def answer(self, request: bytes) -> bytes:
        parts = urlsplit(self.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            with connected(self.url, seconds=self.seconds) as (connection, hung_up):
                connection.request("POST", path, body=request, headers={"Content-Type": QUERY, "Accept": REPLY})
                reply = connection.getresponse()
                content = reply.read(LARGEST + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(f"{self.url}: {type(error).__name__}: {error}") from error
        if hung_up.is_set():
            raise Unavailable(f"{self.url}: no whole answer within {self.seconds} s")
        if reply.status != http.HTTPStatus.OK or reply.headers.get_content_type() != REPLY:
            raise Unavailable(f"{self.url}: HTTP {reply.status}, {reply.headers.get_content_type()}")
        if len(content) > LARGEST:
            raise Unavailable(f"{self.url}: more than {LARGEST} bytes")
        return content
