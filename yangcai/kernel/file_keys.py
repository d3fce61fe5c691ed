"""Who keeps the keys of files that lie enciphered in the store? A keeper: a file of YANGCAI_HOME/keys, or another.

Each file has a data key of its own, which lies in the file's header, wrapped by the keeper (an envelope, as a KMS calls
it). The header names the key by which it was wrapped, so a new one may take over while older files go on being read.

The keeper is `keys/files.key`, mode 0600, made once. To change it, rename it to `files.key.` and anything: the next
file makes a new one, and the renamed one still unwraps. Another keeper, of a KMS or an HSM, is named by
YANGCAI_FILE_KEYS=module:function, a function without arguments that gives a Keeper.
"""

import hashlib
import secrets
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from yangcai.kernel import durable

#: File of the key, its bytes, those of a nonce; hexadecimal digits by which a header names it.
NAME, KEY, NONCE, FINGERPRINT = "files.key", 32, 12, 16
LABEL = b"yangcai file key/1\0"


class KeyAway(OSError):
    """The key is not to be had now: lost, not put back, readable by others, or its keeper does not answer."""


class NotWrapped(ValueError):
    """The key is there, and this was not wrapped by it: the header was changed."""


@dataclass(frozen=True)
class Wrapped:
    """A data key (32 bytes) as only its keeper opens it, and the name of the key by which."""

    key_id: str
    content: bytes


class Keeper(Protocol):
    """Whoever wraps data keys. Both raise KeyAway."""

    def wrap(self, key: bytes) -> Wrapped:
        """By the key that is in use now."""

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """By the key that is named, in use or retired. Raises NotWrapped too."""


def keeper() -> Keeper:
    """That of this site. Raises KeyAway."""
    return chosen(settings.YANGCAI_FILE_KEYS, home=Path(settings.YANGCAI_HOME))


def chosen(name: str, *, home: Path) -> Keeper:
    """The keeper of this name (module:function); without a name the key in a home's own folder. Raises KeyAway."""
    if not name:
        return KeyFile(home / "keys")
    module, _, function = name.partition(":")
    try:
        return _Named(getattr(import_module(module), function)())
    except Exception as error:  # whatever stands behind the name
        raise KeyAway(f"YANGCAI_FILE_KEYS={name}: {error}") from error


@dataclass(frozen=True)
class _Named:
    """A keeper that is not ours: whatever goes wrong in it, its key is away."""

    theirs: Keeper

    def wrap(self, key: bytes) -> Wrapped:
        try:
            return self.theirs.wrap(key)
        except Exception as error:  # the net, the device, the library
            raise _away(error) from error

    def unwrap(self, wrapped: Wrapped) -> bytes:
        try:
            return self.theirs.unwrap(wrapped)
        except NotWrapped:
            raise
        except Exception as error:  # likewise
            raise _away(error) from error


def _away(error: Exception) -> KeyAway:
    return error if isinstance(error, KeyAway) else KeyAway(f"{type(error).__name__}: {error}")


@dataclass(frozen=True)
class KeyFile:
    """A key in a folder, and those that were in use before it."""

    folder: Path

    def wrap(self, key: bytes) -> Wrapped:
        """AES-256-GCM under the key in use, which is made where there is none."""
        path = self.folder / NAME
        try:
            if not path.exists():  # of two processes that make one together, one wins
                durable.write(path, secrets.token_bytes(KEY), replace=False)
            own = _secret(path)
        except OSError as error:
            raise KeyAway(*error.args) from error
        name, nonce = _name(own), secrets.token_bytes(NONCE)
        return Wrapped(name, nonce + AESGCM(own).encrypt(nonce, key, LABEL + name.encode()))

    def unwrap(self, wrapped: Wrapped) -> bytes:
        """By whichever of the keys has this name; none is made."""
        try:
            found = {_name(own): own for own in map(_secret, sorted(self.folder.glob(f"{NAME}*")))}
        except OSError as error:
            raise KeyAway(*error.args) from error
        if wrapped.key_id not in found:
            raise KeyAway(f"{self.folder} has no key {wrapped.key_id}")
        nonce, sealed, bound = wrapped.content[:NONCE], wrapped.content[NONCE:], LABEL + wrapped.key_id.encode()
        try:
            return AESGCM(found[wrapped.key_id]).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError) as error:
            raise NotWrapped(f"not by {wrapped.key_id}") from error


def _name(key: bytes) -> str:
    return hashlib.sha256(LABEL + key).hexdigest()[:FINGERPRINT]


def _secret(path: Path) -> bytes:
    """Raises KeyAway, OSError."""
    if path.stat().st_mode & 0o077:
        raise KeyAway(f"{path} must be readable by its owner alone")
    content = path.read_bytes()
    if len(content) != KEY:
        raise KeyAway(f"{path} has {len(content)} bytes and not {KEY}")
    return content
