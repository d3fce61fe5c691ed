"""How is the payload of a bid one stream under one key, and what is it called where it is not? (SBP/1 §2.4, 8)

The construction is that of `yangcai/kernel/chunked.py`: Cobblestone-256 is it with SHA-512 and AES-256-GCM; G1 has it
with SM3 and SM4-GCM.
"""

from collections.abc import Iterable, Iterator

from yangcai.kernel import chunked
from yangcai.kernel.chunked import (
    CHUNK,
    COBBLESTONE,
    COMMITMENT,
    LEAD,
    NONCE,
    SALT,
    TAG,
    Aead,
    Construction,
    encrypted,
    length,
)
from yangcai.sealing.faults import MISDEALT, PAYLOAD_UNREADABLE, Faulty

__all__ = [
    "CHUNK",
    "COBBLESTONE",
    "COMMITMENT",
    "LEAD",
    "NONCE",
    "SALT",
    "TAG",
    "Aead",
    "Construction",
    "decrypted",
    "encrypted",
    "length",
]


def decrypted(how: Construction, sealed: Iterable[bytes], *, key: bytes, context: bytes) -> Iterator[bytes]:
    """The plain bytes, each piece authentic; that nothing is cut off is known only when the iterator has ended.

    Raises Faulty: `misdealt` when the key is not the one that was committed to, `payload_unreadable` at any change.
    """
    try:
        yield from chunked.decrypted(how, sealed, key=key, context=context)
    except chunked.WrongKey as error:
        raise Faulty(MISDEALT, str(error)) from error
    except chunked.NotAuthentic as error:
        raise Faulty(PAYLOAD_UNREADABLE, str(error)) from error
