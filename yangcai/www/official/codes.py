"""What code stands on an official paper, by which /verify/ finds what it was made of?

One enciphered block that names the kind and the row: it tells nothing of how many there are, cannot be guessed, and
only this site can read it. A code that was stored would have to be written when somebody merely reads.
"""

from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils.crypto import salted_hmac

#: Two bytes for the kind, eight for the row, six zeros by which a block that is ours is known.
KIND, ROW = 2, 8
ZEROS = bytes(6)
LENGTH = 2 * (KIND + ROW + len(ZEROS))


@cache
def _cipher() -> "Cipher[modes.ECB]":
    """A permutation of blocks by the site's key; ECB because there is never more than one block."""
    key = salted_hmac("yangcai.official.codes", "1", algorithm="sha256").digest()
    return Cipher(algorithms.AES(key), modes.ECB())


def code_of(*, mark: int, pk: int) -> str:
    """32 hexadecimal digits for row `pk` of the kind `mark`."""
    encryptor = _cipher().encryptor()
    return (encryptor.update(mark.to_bytes(KIND) + pk.to_bytes(ROW) + ZEROS) + encryptor.finalize()).hex()


def read(code: str) -> tuple[int, int] | None:
    """(mark, pk) of a code that this site gave out; None for everything else."""
    try:
        block = bytes.fromhex(code)
    except ValueError:
        return None
    if len(code) != LENGTH or len(block) * 2 != LENGTH:
        return None
    decryptor = _cipher().decryptor()
    plain = decryptor.update(block) + decryptor.finalize()
    if plain[KIND + ROW :] != ZEROS:
        return None
    return int.from_bytes(plain[:KIND]), int.from_bytes(plain[KIND : KIND + ROW])
