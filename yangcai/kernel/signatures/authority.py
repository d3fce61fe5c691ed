"""Where do a demo's certificates come from? An authority of its own, every certificate of which says 演示 TEST.

Keys lie in a folder of YANGCAI_HOME/keys, mode 0600, made when first needed. Their days are fixed, so that the same
authority serves a replay of 2003 and a demo whose clock was moved: a certificate of the demo vouches for nothing.
"""

import datetime
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yangcai.kernel.encoding import jcs
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.kernel.signatures.timestamps import Timestamps

#: Stands in the name of every certificate of the demo's authority, and in what is told of its signatures.
MARK = "演示 TEST"
AUTHORITY = f"阳采{MARK}认证机构"
STAMPER = f"阳采{MARK}时间戳服务"
NO_FORCE = f"{MARK} 无法律效力"
FROM = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
UNTIL = datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC)
#: Longest text that X.520 lets a name have, in characters.
LONGEST = 64

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A key, its certificate, and the root above it."""

    key: PrivateKey
    certificate: x509.Certificate
    root: x509.Certificate


class DemoAuthority:
    """Issues certificates to whoever is named, because nothing hangs on them."""

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def root(self) -> Identity:
        return self._kept("root", lambda key: _issued(key, key.public_key(), subject=_name(AUTHORITY), is_root=True))

    def signer(self, subject: Subject) -> Identity:
        """The key and certificate of a subject: made once, the same ever after."""
        told = jcs([subject.name, subject.organisation, subject.identifier])
        name = f"signer-{hashlib.sha256(told).hexdigest()[:32]}"
        return self._issued(name, subject=_name(subject.name, subject.organisation, subject.identifier))

    def stamper(self, *, kind: str = "ec") -> Identity:
        """The key and certificate of the time-stamping service; `kind` is "ec" (P-256) or "rsa" (3072 bits)."""
        return self._issued(f"stamper-{kind}", subject=_name(STAMPER), kind=kind, stamps=True)

    def _issued(self, name: str, *, subject: x509.Name, kind: str = "ec", stamps: bool = False) -> Identity:
        root = self.root
        made = self._kept(
            name,
            lambda key: _issued(root.key, key.public_key(), subject=subject, stamps=stamps, under=root.certificate),
            kind=kind,
        )
        return Identity(made.key, made.certificate, root.certificate)

    def _kept(self, name: str, make: Callable[[PrivateKey], x509.Certificate], *, kind: str = "ec") -> Identity:
        """From its file, else made once: of two processes that start together, one wins."""
        path = self.folder / f"{name}.pem"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            key = _new_key(kind)
            private = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _write_once(path, private + make(key).public_bytes(serialization.Encoding.PEM))
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None)  # type: ignore[assignment]
        certificate = x509.load_pem_x509_certificate(content)
        return Identity(key, certificate, certificate)


class DemoSeals:
    """Signs for everybody with keys of the demo's own authority."""

    is_demo = True

    def __init__(self, authority: DemoAuthority):
        self.authority = authority

    @property
    def roots(self) -> Sequence[bytes]:
        return [self.authority.root.certificate.public_bytes(serialization.Encoding.PEM)]

    def sign(self, pdf: bytes, *, signatures: Sequence[Signature], timestamps: Timestamps) -> bytes:
        from yangcai.kernel.signatures.pdf import signed  # slow to import: only for who signs

        made = [(self.authority.signer(one.subject), one) for one in signatures]
        return signed(pdf, signatures=made, timestamps=timestamps)


def _write_once(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def _new_key(kind: str) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())


def _name(name: str, organisation: str = "", identifier: str = "") -> x509.Name:
    parts = [
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, NO_FORCE),
        (NameOID.COMMON_NAME, name),
        (NameOID.SERIAL_NUMBER, identifier),
    ]
    given = [x509.NameAttribute(oid, text[:LONGEST]) for oid, text in parts if text]
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), *given])


def _issued(
    signing: PrivateKey,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    *,
    subject: x509.Name,
    under: x509.Certificate | None = None,
    is_root: bool = False,
    stamps: bool = False,
) -> x509.Certificate:
    usage = {
        name: False
        for name in (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        )
    }
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(under.subject if under else subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=not is_root,
                key_cert_sign=is_root,
                crl_sign=is_root,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if stamps:  # RFC 3161 §2.3: this purpose, alone and critical
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return built.sign(signing, hashes.SHA256())
