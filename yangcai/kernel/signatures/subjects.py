"""Whose signature is it, and who can make it?"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from yangcai.kernel.signatures.timestamps import Timestamps


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names: an organisation (`identifier` its unified social credit code), or a person of it."""

    name: str
    organisation: str = ""
    identifier: str = ""


@dataclass(frozen=True)
class Signature:
    """One signature to be made: by whom, the sentence that it carries (/Reason), and when that was decided."""

    subject: Subject
    reason: str
    at: datetime.datetime


class Seals(Protocol):
    """Whoever holds the signing keys: the demo's own authority, a licensed one, an appliance with national seals.

    It is given the whole PDF and gives it back with every signature in it, each a revision of its own: that fits a
    PKCS#11 token, a remote signing service, and a seal server that speaks SM2 and GB/T 38540 and takes a file in and
    hands a sealed file out. `roots` are the PEM certificates by which its signatures are believed.
    """

    @property
    def is_demo(self) -> bool: ...

    @property
    def roots(self) -> Sequence[bytes]: ...

    def sign(self, pdf: bytes, *, signatures: Sequence[Signature], timestamps: Timestamps) -> bytes:
        """The PDF with every signature, in their order, each with a timestamp. Raises Unavailable: all or nothing."""
        ...
