"""Bids that come out the same every time: chance from a label, a policy of five trustees, small files."""

import datetime
import hashlib
import io
from collections.abc import Callable

from yangcai.sealing.chance import Chance
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy, Trustee
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.suites import Pair, suite

TENDER = "0b8f5d7e-3c1a-4e62-9b7d-5a1f2c3d4e5f"
SUPPLIER = "91620100MA7XY12345"
DEADLINE = datetime.datetime(2026, 11, 23, 2, 0, tzinfo=datetime.UTC)
ROLES = ("platform", "buyer", "agency", "supervisor", "notary")
PRICE = {"total_fen": 128_000_000, "lines": [{"item": "服务器", "quantity": 4, "unit_fen": 32_000_000}], "days": 30}


def chance(label: str) -> Chance:
    """Bytes that only the label decides: SHA-256 of label and a counter."""
    state = {"drawn": 0}

    def drawn(length: int) -> bytes:
        found = b""
        while len(found) < length:
            found += hashlib.sha256(f"{label} {state['drawn']}".encode()).digest()
            state["drawn"] += 1
        return found[:length]

    return drawn


def trustee_keys(count: int = 5, code: str = "I1") -> dict[int, tuple[Pair, Pair]]:
    """Per place: keys for wrapping, keys for signatures."""
    how = suite(code)
    return {
        x: (how.new_wrap_keys(chance(f"{code} wrap {x}")), how.new_sign_keys(chance(f"{code} sign {x}")))
        for x in range(1, count + 1)
    }


def policy(*, n: int = 5, ws: int = 2, theta: int = 4, code: str = "I1", **changed: object) -> Policy:
    """Trustees of as many organisations, all with fixed keys."""
    named = ("sm2_wrap", "sm2_sig") if code == "G1" else ("hpke", "sig")
    trustees = tuple(
        Trustee(
            x,
            ROLES[x - 1] if x <= len(ROLES) else "notary",
            f"机构{x}",
            **{named[0]: wrap.public, named[1]: sign.public},
        )
        for x, (wrap, sign) in trustee_keys(n, code).items()
    )
    fields = {
        "tender": TENDER,
        "rev": 1,
        "lot": "1",
        "cover": "ALL",
        "suites": (code,),
        "theta": theta,
        "ws": ws,
        "deadline": DEADLINE,
        "open_at": DEADLINE,
        "window_s": 1800,
        "extend_s": 1800,
        "recovery_allowed": ("auto", "consent", "never"),
        "trustees": trustees,
        "witness_policy": "",
    }
    return Policy(**(fields | changed))  # type: ignore[arg-type]


def source(name: str, content: bytes, media_type: str = "application/pdf") -> Source:
    return Source(name, media_type, lambda: io.BytesIO(content))


FILES = [
    source("投标函.pdf", b"%PDF-1.7 tender letter\n" * 9),
    source("empty.txt", b"", "text/plain"),
    source("technical.bin", bytes(range(256)) * 130, "application/octet-stream"),
]


def sealer(
    *,
    under: Policy | None = None,
    label: str = "bid",
    files: list[Source] | None = None,
    code: str = "I1",
    kind: Callable[..., Sealer] = Sealer,
    **terms: object,
) -> Sealer:
    """A bid of fixed chance, ready to be written."""
    asked = Terms(under or policy(code=code), SUPPLIER, suite=code, **terms)  # type: ignore[arg-type]
    return kind(asked, price=PRICE, sources=FILES if files is None else files, chance=chance(label))


def sealed(**how: object) -> tuple[Sealer, bytes]:
    """A bid and the bytes of its envelope."""
    made = sealer(**how)  # type: ignore[arg-type]
    out = io.BytesIO()
    made.write(Kept(out))
    return made, out.getvalue()


class Kept:
    """A writer that a reader may still ask after it was closed."""

    def __init__(self, out: io.BytesIO) -> None:
        self.out = out

    def write(self, content: bytes) -> int:
        return self.out.write(content)

    def close(self) -> None:
        """Stays open."""
