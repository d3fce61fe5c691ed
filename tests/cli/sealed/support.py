"""What do tests of sealed bids by commands do again and again: seal one bid, prove its close, release its shares?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sealing import closed, fixed
from yangcai.sealing.envelope import Envelope
from yangcai.sealing.opening import close_set
from yangcai.sealing.policy import Policy

SUBMISSION = "5f0c1d2e-7a6b-4c5d-8e9f-0a1b2c3d4e5f"
WORDS = "correct horse battery staple"
Command = Callable[..., dict[str, Any]]


def seal(command: Command, folder: Path, *more: object, out: str = "out", code: int = 0) -> dict[str, Any]:
    words = folder / "words"
    return command(
        *["bid", "seal", folder / "files", "--policy", folder / "policy.json", "--price", folder / "price.json"],
        *["--supplier", fixed.SUPPLIER, "--key", folder / "supplier.key", "--key-passphrase-file", words],
        *["--out", folder / out, "--passphrase-file", words, *more],
        code=code,
    )


def proof_of_close(folder: Path, *digests: bytes) -> Path:
    """The line that closed this set, or that of the one bid, and its way into the log."""
    if not digests:
        with (folder / "out" / "bid.sbe").open("rb") as stream:
            digests = (Envelope(stream).header.sha256,)
    found = close_set(list(digests))
    path = folder / "close.tlog-proof"
    path.write_text(closed.proof_of(closed.body(Policy.parse((folder / "policy.json").read_bytes()), found)))
    return path


def release(command: Command, folder: Path, x: int, *more: object, code: int = 0) -> dict[str, Any]:
    """Trustee x releases its share of the one bid."""
    return command(
        *["trustee", "release", folder / "out" / "bid.sbe", *more, "--policy", folder / "policy.json"],
        *["--key", folder / f"t{x}.key", "--passphrase-file", folder / "words", "--close-leaf", 41],
        *["--out", folder / "out" / f"release-{x}.json", "--close-proof", proof_of_close(folder)],
        code=code,
    )


def release_own(command: Command, folder: Path, code: int = 0) -> dict[str, Any]:
    words = folder / "words"
    return command(
        *["bid", "release", "--policy", folder / "policy.json", "--envelope", folder / "out" / "bid.sbe"],
        *[
            "--opening",
            folder / "out" / "bid.sbo",
            "--key",
            folder / "supplier.key",
            "--close-proof",
            proof_of_close(folder),
        ],
        *["--passphrase-file", words, "--key-passphrase-file", words, "--out", folder / "out" / "release-own.json"],
        code=code,
    )


def opened(command: Command, folder: Path, *more: object, code: int = 0) -> dict[str, Any]:
    found = command("open", folder / "out", "--policy", folder / "policy.json", *more, code=code)
    return {**found["bids"][0], "warnings": found["warnings"]}
