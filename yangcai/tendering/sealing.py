"""How is a bid kept from everybody until the opening? The seam: an envelope goes in, an opened bid comes out.

What stands here: the server seals what came in over TLS. Manifest and files are one plaintext, padded (Padmé) so that
its length says little, encrypted with AES-256-GCM under a key of its own; that key is wrapped by HPKE (RFC 9180:
X25519, HKDF-SHA256, AES-256-GCM) to the opener's public key. Case, lot, supplier and revision are bound into both, so
that no envelope can be passed off as another. The opener's private key lies in YANGCAI_HOME/keys, mode 0600, never in
the database: a copy of the database and of the file store opens nothing.

What it does not do: whoever runs the server can read along while a bid is being sealed, and holds the key. A later
issue puts SBP/1 (threshold keys, sealed in the bidder's browser, receipts in a public log) inside these same two
functions; callers keep handing in a payload and getting one back. `Bid.seal_scheme` says by which scheme each envelope
was sealed.
"""

import base64
import datetime
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.conf import settings
from django.db import connection

from yangcai.cases.models import Stage
from yangcai.kernel import documents
from yangcai.kernel.inputs import PrivateFile
from yangcai.tendering import method
from yangcai.tendering.models import Bid

SCHEME = "yangcai-envelope/1"
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
NONCE, LENGTH, KEY_ID = 12, 4, 16


class StillSealed(Exception):
    """Somebody asked for the contents of an envelope before the opening."""


class DamagedEnvelope(Exception):
    """The envelope cannot be opened; the text says why and goes into the record of the opening."""


@dataclass(frozen=True)
class Envelope:
    """What is stored of a bid: ciphertext for the file store, the wrapped key, the scheme."""

    content: bytes = field(repr=False)
    sealed_key: str = field(repr=False)
    scheme: str = SCHEME


def context_of(bid: Bid) -> dict[str, Any]:
    """What binds an envelope to its place."""
    return context(
        case=bid.lot.case.number,
        lot=bid.lot.number,
        supplier=bid.supplier_id,
        revision=bid.revision,
        stage=bid.stage,
    )


def context(*, case: str, lot: str, supplier: int, revision: int, stage: str = str(Stage.SUBMISSION)) -> dict[str, Any]:
    """A first offer is bound as it always was; a later one also to its stage."""
    later = {} if stage == Stage.SUBMISSION else {"stage": str(stage)}
    return {"case": case, "lot": lot, "supplier": supplier, "revision": revision, **later}


def seal(payload: dict[str, Any], files: Sequence[PrivateFile], *, context: dict[str, Any]) -> Envelope:
    """Encrypt a bid for the opener. The payload holds JSON values only (money as text)."""
    listing = [{"name": f.name, "type": f.media_type, "size": len(f.content)} for f in files]
    manifest = _json({"payload": payload, "files": listing})
    plain = len(manifest).to_bytes(LENGTH, "big") + manifest + b"".join(f.content for f in files)
    plain += bytes(padded(len(plain)) - len(plain))
    bound, key, nonce = _json({"scheme": SCHEME, **context}), AESGCM.generate_key(256), secrets.token_bytes(NONCE)
    public = _private_key().public_key()
    wrapped = SUITE.encrypt(key, public, info=bound)
    return Envelope(
        content=nonce + AESGCM(key).encrypt(nonce, plain, bound),
        sealed_key=f"{key_id()}:{base64.b64encode(wrapped).decode()}",
    )


def open_envelope(bid: Bid, *, now: datetime.datetime) -> dict[str, Any]:
    """The payload as it was sealed, with `files` as PrivateFiles. Raises StillSealed before the opening, by the time
    given and by the database's own clock; DamagedEnvelope where it cannot be opened."""
    case, barrier = bid.lot.case, method.follows(bid.lot.case, bid.stage)
    for moment in (now, database_now()):
        if bid.lot.stage_at(moment) != barrier or case.is_suspended_at(moment):
            raise StillSealed(f"{bid.receipt}: the lot is not at the opening of these offers")
    if bid.seal_scheme != SCHEME:
        raise DamagedEnvelope(f"未知的密封方案 {bid.seal_scheme}")
    used, _colon, wrapped = bid.sealed_key.partition(":")
    if used != key_id():
        raise DamagedEnvelope("密封所用的密钥与开标密钥不符")
    bound = _json({"scheme": SCHEME, **context_of(bid)})
    try:
        content = documents.read(bid.envelope)
        key = SUITE.decrypt(base64.b64decode(wrapped, validate=True), _private_key(), info=bound)
        plain = AESGCM(key).decrypt(content[:NONCE], content[NONCE:], bound)
    except (OSError, ValueError, InvalidTag, documents.BadDocument) as error:
        raise DamagedEnvelope(f"密封文件已损坏或者缺失（{type(error).__name__}）") from error
    return _read(plain)


def _read(plain: bytes) -> dict[str, Any]:
    end = LENGTH + int.from_bytes(plain[:LENGTH], "big")
    manifest = json.loads(plain[LENGTH:end])
    files = []
    for entry in manifest["files"]:
        files.append(PrivateFile(entry["name"], entry["type"], plain[end : end + entry["size"]]))
        end += entry["size"]
    return {**manifest["payload"], "files": files}


def padded(length: int) -> int:
    """Padmé: the next length that shows only the magnitude; at most 12 % more."""
    if length < 2:
        return 2
    exponent = length.bit_length() - 1
    low = exponent - exponent.bit_length()
    mask = (1 << max(low, 0)) - 1
    return (length + mask) & ~mask


def database_now() -> datetime.datetime:
    """The time that the database itself stamps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT yangcai_now()")
        return cursor.fetchone()[0]


# --- the opener's key ----------------------------------------------------------------------------------------------


class KeyExposed(Exception):
    """The private key can be read by others: nothing is sealed or opened with it."""


def key_id() -> str:
    """Names the opener's key in each envelope, so that a wrong one is recognised."""
    public = _private_key().public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:KEY_ID]


def _key_path() -> Path:
    return Path(settings.YANGCAI_HOME) / "keys" / "opener.x25519"


def _private_key() -> X25519PrivateKey:
    """The opener's key, made when first asked for; of two processes that make one together, one wins."""
    path = _key_path()
    if not path.exists():
        _make_key(path)
    if path.stat().st_mode & 0o077:
        raise KeyExposed(f"{path} must be readable by its owner alone")
    return X25519PrivateKey.from_private_bytes(path.read_bytes())


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(X25519PrivateKey.generate().private_bytes_raw())
            out.flush()
            os.fsync(out.fileno())  # bids are sealed for it: it must survive a power cut
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
