"""What is a passphrase that nobody guesses and everyone can copy by hand? Six words of five letters (96 bits).

The words are proquints (arXiv:0901.4016): consonant, vowel, consonant, vowel, consonant, 16 bits each. They need no
list, are no words of any language, and have no letter that is confused with another or with a digit.
"""

import unicodedata

from yangcai.sealing.chance import Chance

WORDS = 6
_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"


def generated(chance: Chance) -> str:
    """Six words from twelve bytes of chance."""
    drawn = chance(2 * WORDS)
    return "-".join(_word(int.from_bytes(drawn[at : at + 2])) for at in range(0, len(drawn), 2))


def _word(number: int) -> str:
    c, v = _CONSONANTS, _VOWELS
    return c[number >> 12] + v[number >> 10 & 3] + c[number >> 6 & 15] + v[number >> 4 & 3] + c[number & 15]


def as_bytes(passphrase: str) -> bytes:
    """What the key is derived from: the same for every way of typing it (full-width letters, spaces around)."""
    return unicodedata.normalize("NFKC", passphrase).strip().encode()
