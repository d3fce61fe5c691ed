"""Who is drawn, so that anyone who knows the seed and the pool can draw again and get the same?"""

import hashlib
import json
from collections.abc import Iterable


def drawn_order(pool: Iterable[int], *, seed: str) -> list[int]:
    """The whole pool in the order of SHA-256(seed ‖ 0x00 ‖ id): the first n are drawn, the next one replaces."""
    return sorted(pool, key=lambda one: (hashlib.sha256(f"{seed}\0{one}".encode()).digest(), one))


def pool_digest(pool: Iterable[int]) -> str:
    """SHA-256 of the sorted ids as JSON: says who could have been drawn, without telling it."""
    return hashlib.sha256(json.dumps(sorted(pool), separators=(",", ":")).encode()).hexdigest()
