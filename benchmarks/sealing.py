"""How long does it take to seal and to open a large bid, in how much memory, and to open very many small ones?

Beside it: AES-256-GCM (or SM4-GCM) over the same bytes from the same file to another one, without digests, shares or
padding: the limit of this machine for anything that encrypts. Memory is the peak of a process of its own, beside that
of a process that seals a hundredth of it.
"""

import datetime
import io
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from benchmarks.measure import Figure, Timing, beside, in_turn
from benchmarks.scale import Scale
from yangcai.sealing.chance import system
from yangcai.sealing.envelope import Imprint
from yangcai.sealing.opening import open_envelope
from yangcai.sealing.payload import BLOCK, Source, Writer, blocks
from yangcai.sealing.policy import Policy, Trustee
from yangcai.sealing.sealer import Sealer, Terms
from yangcai.sealing.suites import suite

WHEN = datetime.datetime(2026, 1, 5, 1, tzinfo=datetime.UTC)
ROLES = ("platform", "buyer", "agency", "supervisor", "notary")
#: A bid is read twice and encrypted once when it is sealed, and digested three times in between.
SEAL_AT_MOST, OPEN_AT_MOST = 8, 6
#: All bids of the largest opening that was ever published have to be open before anyone grows impatient.
OPENING_SECONDS = 60
MEMORY_AT_MOST = 1.3


def run(scale: Scale) -> list[Figure]:
    """A large bid in both suites beside plain encryption, its memory, and an opening of many bids."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        found = _large(room, "I1", scale.sealed_bytes, scale.runs)
        found += _large(room, "G1", scale.sealed_bytes // 10, scale.runs)
        found.append(_memory(scale.sealed_bytes))
    found.append(_many(scale.sealed_bids, scale.runs))
    return found


def policy_of(code: str) -> Policy:
    """Five trustees, any four shares."""
    how, trustees = suite(code), []
    for x, role in enumerate(ROLES, start=1):
        wrap, sign = how.new_wrap_keys(system).public, how.new_sign_keys(system).public
        keys = {"hpke": wrap, "sig": sign} if code == "I1" else {"sm2_wrap": wrap, "sm2_sig": sign}
        trustees.append(Trustee(x, role, role, **keys))
    return Policy(
        tender="00000000-0000-4000-8000-000000000000",
        rev=1,
        lot="1",
        cover="ALL",
        suites=(code,),
        theta=4,
        ws=2,
        deadline=WHEN,
        open_at=WHEN,
        window_s=1800,
        extend_s=1800,
        recovery_allowed=("auto",),
        trustees=tuple(trustees),
        witness_policy="",
    )


def _sealer(code: str, source: Source) -> Sealer:
    terms = Terms(policy_of(code), "91620100MA7XY12345", suite=code)
    return Sealer(terms, price={"total_fen": 1}, sources=[source])


def file_of(room: Path, size: int) -> Path:
    """Bytes that no compression of a disk shortens."""
    path = room / f"{size}.bin"
    if not path.exists():
        with path.open("wb") as out:
            for at in range(0, size, BLOCK):
                out.write(system(min(BLOCK, size - at)))
    return path


def _large(room: Path, code: str, size: int, runs: int) -> list[Figure]:
    path = file_of(room, size)
    envelope, plain, opened = room / "bid.sbe", room / "plain", room / "opened"
    source = Source("bid.bin", "application/octet-stream", lambda: path.open("rb"))
    kept: dict[str, tuple[Sealer, Imprint]] = {}

    def seal(_run: int) -> None:
        sealer = _sealer(code, source)
        with envelope.open("wb") as out:
            kept["last"] = sealer, sealer.write(out)

    def unseal(_run: int) -> None:
        sealer, imprint = kept["last"]
        with envelope.open("rb") as stream:
            policy = sealer.terms.policy
            open_envelope(stream, policy=policy, shares=sealer.shares, expected=imprint, sink=lambda _e: _out(opened))

    key, nonce = system(suite(code).payload.key_size), system(12)
    cipher = Cipher(algorithms.AES(key) if code == "I1" else algorithms.SM4(key), modes.GCM(nonce))

    def encrypt(_run: int) -> None:
        _through(path, plain, cipher.encryptor())

    def decrypt(_run: int) -> None:
        _through(plain, opened, cipher.decryptor())

    works: dict[str, Callable[[int], Any]] = {
        "seal": seal,
        "encrypt": encrypt,
        "unseal": unseal,
        "decrypt": decrypt,
    }
    times = in_turn(works, runs=runs)
    megabytes = f"{size / 1e6:,.0f} MB, {code}"
    name = "AES-256-GCM" if code == "I1" else "SM4-GCM"
    best = code == "I1" and size >= 100_000_000  # goals are for the size they are about
    return [
        beside(
            f"seal {megabytes}",
            times["seal"],
            f"{name} alone",
            times["encrypt"],
            at_most=SEAL_AT_MOST if best else None,
        ),
        beside(
            f"open {megabytes}, everything checked",
            times["unseal"],
            f"{name} alone",
            times["decrypt"],
            at_most=OPEN_AT_MOST if best else None,
        ),
    ]


def _out(path: Path) -> Writer:
    return path.open("wb")


def _through(source: Path, target: Path, running: CipherContext) -> None:
    """Every block through a cipher; the tag is left aside."""
    with source.open("rb") as stream, target.open("wb") as out:
        for block in blocks(stream):
            out.write(running.update(block))


def _memory(size: int) -> Figure:
    """Peak megabytes of a process that seals and opens, at full size and at a hundredth."""
    large, small = _peak(size), _peak(size // 100)
    return Figure(
        f"memory to seal and open {size / 1e6:,.0f} MB",
        large,
        large,
        large,
        "MB",
        f"{size / 1e8:,.0f} MB",
        small,
        goal=f"≤ {MEMORY_AT_MOST:g} ×",
        is_met=large / small <= MEMORY_AT_MOST,
        note="resident, Python and OpenSSL included",
    )


def _peak(size: int) -> float:
    command = [sys.executable, "-m", "benchmarks.sealing", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return float(done.stdout)


class _Generated(io.RawIOBase):
    """So many zeros that lie nowhere."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(size, self.left, BLOCK)
        self.left -= taken
        return bytes(taken)


def _alone(size: int) -> float:
    """In a process of its own: seal and open, and the peak of resident memory in MB."""

    def generated() -> BinaryIO:
        return _Generated(size)  # type: ignore[return-value]

    with tempfile.TemporaryFile() as out:
        sealer = _sealer("I1", Source("bid.bin", "application/octet-stream", generated))
        imprint = sealer.write(out)
        out.seek(0)
        sealer.try_opening(out, imprint)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _many(count: int, runs: int) -> Figure:
    """Small bids opened one after the other, each with every check."""
    content = bytes(20_000)
    sealer = _sealer("I1", Source("bid.bin", "application/octet-stream", lambda: io.BytesIO(content)))
    out = io.BytesIO()
    imprint = sealer.write(out)

    def work(_run: int) -> None:
        for _bid in range(count):
            out.seek(0)
            open_envelope(out, policy=sealer.terms.policy, shares=sealer.shares, expected=imprint)

    times = in_turn({"open": work}, runs=runs)
    limit = Timing((OPENING_SECONDS,))
    return beside(f"open {count:,} small bids", times["open"], "what an opening may take", limit, at_most=1)


if __name__ == "__main__":
    print(_alone(int(sys.argv[1])))
