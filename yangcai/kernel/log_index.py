"""How is a log index named to the outside without telling how much was written in between?

Before the opening nobody may learn that somebody obtained the documents or handed in a bid (87号令 art. 28), and a
counter that everybody sees would tell it to the second. Outside, an index is therefore one enciphered block: it is the
same for the same Entry, it says nothing about its neighbours, and only this site can read it.
"""

from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils.crypto import salted_hmac

BYTES = 8
#: What must stand in the second half of a block that is ours.
ZEROS = bytes(BYTES)


class UnknownIndex(ValueError):
    """This is not an index that this site gave out."""


@cache
def _cipher() -> "Cipher[modes.ECB]":
    """A permutation of blocks by the site's key; ECB because there is never more than one block."""
    key = salted_hmac("yangcai.log_index", "1", algorithm="sha256").digest()
    return Cipher(algorithms.AES(key), modes.ECB())


def shown(seq: int) -> str:
    """The name of a log index, 32 hexadecimal digits."""
    encryptor = _cipher().encryptor()
    return (encryptor.update(seq.to_bytes(BYTES) + ZEROS) + encryptor.finalize()).hex()


def read(name: str) -> int:
    """The log index of a name. Raises UnknownIndex."""
    try:
        block = bytes.fromhex(name)
    except ValueError as error:
        raise UnknownIndex(name) from error
    if len(block) != 2 * BYTES or name != block.hex():
        raise UnknownIndex(name)
    decryptor = _cipher().decryptor()
    plain = decryptor.update(block) + decryptor.finalize()
    if plain[BYTES:] != ZEROS:
        raise UnknownIndex(name)
    return int.from_bytes(plain[:BYTES])
