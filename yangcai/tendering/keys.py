"""Where do the platform's own private keys lie? A file each in YANGCAI_HOME/keys, mode 0600, none in the database.

A rotation puts a new key in the place of the old one, which stays beside it under its fingerprint: published policies
name it until their bids lie open.
"""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings

from yangcai.sealing.chance import system
from yangcai.sealing.suites import Pair, suite

WRAPPING, SIGNING = "trustee.x25519", "trustee.ed25519"
#: Those of suite G1 by what they are for.
_SM2 = {"wrap": "trustee.sm2.wrap", "sig": "trustee.sm2.sig"}
#: Hexadecimal digits of the public key in the name of a retired one.
FINGERPRINT = 16


class KeyExposed(Exception):
    """The private key can be read by others: nothing is sealed, opened or signed with it."""


def trustee_wrap_key() -> X25519PrivateKey:
    """To which bidders wrap the platform's own share; made when the platform registers as a trustee."""
    return X25519PrivateKey.from_private_bytes(_raw(WRAPPING, _new_wrapping))


def trustee_signing_key() -> Ed25519PrivateKey:
    """What the platform signs its releases with."""
    return Ed25519PrivateKey.from_private_bytes(_raw(SIGNING, _new_signing))


def trustee_wrap_key_of(public: bytes) -> X25519PrivateKey | None:
    """The key that belongs to this public one, in use or retired; None where it is not ours."""
    for raw in _kept(WRAPPING):
        key = X25519PrivateKey.from_private_bytes(raw)
        if key.public_key().public_bytes_raw() == public:
            return key
    return None


def trustee_signing_key_of(public: bytes) -> Ed25519PrivateKey | None:
    """As `trustee_wrap_key_of`."""
    for raw in _kept(SIGNING):
        key = Ed25519PrivateKey.from_private_bytes(raw)
        if key.public_key().public_bytes_raw() == public:
            return key
    return None


def rotate_trustee_keys() -> None:
    """New keys in the place of those in use, which are kept. Broken off half-way, it is run again."""
    _replace(WRAPPING, trustee_wrap_key().public_key().public_bytes_raw(), _new_wrapping)
    _replace(SIGNING, trustee_signing_key().public_key().public_bytes_raw(), _new_signing)


def rotate_trustee_sm2_keys() -> None:
    """As `rotate_trustee_keys`, those of suite G1."""
    for name, pair in trustee_sm2_keys().items():
        _replace(_SM2[name], pair.public, _new_sm2)


def _replace(name: str, public: bytes, new: Callable[[], bytes]) -> None:
    """A new key under this name; the one before it stays, under its fingerprint."""
    path = Path(settings.YANGCAI_HOME) / "keys" / name
    with contextlib.suppress(FileExistsError):  # an earlier attempt came so far
        os.link(path, path.with_name(f"{name}.{public.hex()[:FINGERPRINT]}"))
    fresh = path.with_name(f"{name}.new")
    fresh.unlink(missing_ok=True)
    make(fresh, new)
    os.replace(fresh, path)


def _kept(name: str) -> Iterator[bytes]:
    """The raw key in use, then the retired ones."""
    folder = Path(settings.YANGCAI_HOME) / "keys"
    for path in (folder / name, *sorted(folder.glob(f"{name}.{'[0-9a-f]' * FINGERPRINT}"))):
        if path.exists():
            yield _secret(path)


def trustee_sm2_keys() -> dict[str, Pair]:
    """The platform's own keys of suite G1: `wrap` and `sig`. Private and public half lie together: the public one is
    computed once, while the key is made."""
    return {name: _sm2_pair(_raw(file, _new_sm2)) for name, file in _SM2.items()}


def trustee_sm2_keys_of(public: dict[str, bytes]) -> dict[str, Pair] | None:
    """The keys that belong to these public ones, `wrap` and `sig`, in use or retired; None where they are not ours."""
    found = {
        name: pair for name, file in _SM2.items() for pair in map(_sm2_pair, _kept(file)) if pair.public == public[name]
    }
    return found if set(found) == set(_SM2) else None


def _sm2_pair(content: bytes) -> Pair:
    return Pair(content[:32], content[32:])


def _new_sm2() -> bytes:
    pair = suite("G1").new_wrap_keys(system)
    return pair.private + pair.public


def _new_signing() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes_raw()


def _new_wrapping() -> bytes:
    return X25519PrivateKey.generate().private_bytes_raw()


def _raw(name: str, new: Callable[[], bytes]) -> bytes:
    """The raw key; made when first asked for: of two processes that make one together, one wins."""
    path = Path(settings.YANGCAI_HOME) / "keys" / name
    if not path.exists():
        make(path, new)
    return _secret(path)


def _secret(path: Path) -> bytes:
    status = path.stat()
    if status.st_mode & 0o077:
        raise KeyExposed(f"{path} must be readable by its owner alone")
    return _read(path, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int, _file: int) -> bytes:
    return path.read_bytes()


def make(path: Path, new: Callable[[], bytes]) -> None:
    """Write a new key where none lies, so that it survives a power cut: something will be sealed or signed for it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(new())
            out.flush()
            os.fsync(out.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
