"""How is the key dealt so that any θ shares give it and fewer say nothing about it? Shamir over GF(2^8) (SBP/1 §2.4).

The coefficients come from the deal seed, so that after opening everyone can deal again and compare. Bytes are looked up
in tables: this is not constant time, as nothing in Python is. Dealing and combining happen once each, on machines that
hold the key anyway; nobody can make them repeat it and measure.
"""

import hmac
from collections.abc import Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yangcai.kernel.encoding import h2

#: The supplier's shares lie at 201, 202, …; those of the trustees at 1, 2, ….
SUPPLIER_FROM = 201
#: x^8 + x^4 + x^3 + x + 1, as AES has it.
_POLYNOMIAL = 0x11B


def _tables() -> tuple[list[int], list[int]]:
    """Powers of the generator 3, and logarithms to it."""
    exp, log = [0] * 510, [0] * 256
    value = 1
    for power in range(255):
        exp[power] = exp[power + 255] = value
        log[value] = power
        value ^= value << 1  # times 3
        if value & 0x100:
            value ^= _POLYNOMIAL
    return exp, log


_EXP, _LOG = _tables()


def times(a: int, b: int) -> int:
    """a · b in GF(2^8)."""
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def divided(a: int, b: int) -> int:
    """a / b in GF(2^8); b is not 0."""
    return _EXP[_LOG[a] + 255 - _LOG[b]] if a else 0


def coefficients(*, deal_seed: bytes, length: int, theta: int) -> list[bytes]:
    """Those of degree 1 to θ-1, each as long as the key: HKDF-SHA256 of the deal seed."""
    out = HKDF(hashes.SHA256(), length * (theta - 1), salt=None, info=b"sbp/1 shamir").derive(deal_seed)
    return [out[at : at + length] for at in range(0, len(out), length)]


def positions(*, trustees: int, supplier: int) -> list[int]:
    """Where the shares lie: 1 to n for trustees, 201 and on for the supplier."""
    return [*range(1, trustees + 1), *range(SUPPLIER_FROM, SUPPLIER_FROM + supplier)]


def deal(*, key: bytes, deal_seed: bytes, theta: int, at: list[int]) -> dict[int, bytes]:
    """The shares of a key at these positions (1-255); any θ of them give it back."""
    polynomial = [key, *coefficients(deal_seed=deal_seed, length=len(key), theta=theta)]
    return {x: _value(polynomial, x) for x in at}


def _value(polynomial: list[bytes], x: int) -> bytes:
    value = bytes(len(polynomial[0]))
    for coefficient in reversed(polynomial):  # Horner
        value = bytes(times(v, x) ^ c for v, c in zip(value, coefficient, strict=True))
    return value


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The value at 0 of the polynomial through these shares: the key, when they are θ or more of one dealing."""
    key = bytes(len(next(iter(shares.values()))))
    for x, share in shares.items():
        weight = 1
        for other in shares:
            if other != x:
                weight = times(weight, divided(other, other ^ x))
        key = bytes(k ^ times(weight, s) for k, s in zip(key, share, strict=True))
    return key


def commitment(*, tender: str, x: int, share: bytes) -> bytes:
    """What the header says of a share; it hides the share, whose bytes are uniform."""
    return h2("sbp/1 share commit", tender.encode(), bytes([x]), share)


def is_committed(*, tender: str, x: int, share: bytes, committed: bytes) -> bool:
    """Is this the share that was committed to?"""
    return hmac.compare_digest(commitment(tender=tender, x=x, share=share), committed)
