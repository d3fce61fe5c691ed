"""A close in a log that never was: the proof that a client wants to see before it gives out a share."""

import datetime
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yangcai.kernel.encoding import jcs, timestamp
from yangcai.kernel.leaf_lines import in_clear
from yangcai.kernel.tlog import note, tree
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.proof import Proof
from yangcai.sealing.policy import Policy

LOG = note.Signer("ggzy.example/log", note.ED25519, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESSES = [
    note.Signer(f"w{n}.example/w", note.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32))
    for n in (1, 2, 3)
]
#: Nobody but the log; and two of three witnesses.
ALONE = f"log {LOG.verifier.vkey}\nquorum none\n"
TWO_OF_THREE = (
    f"# whom we trust\nlog {LOG.verifier.vkey}\n"
    + "".join(f"witness W{n} {one.verifier.vkey} https://w{n}.example/\n" for n, one in enumerate(WITNESSES, start=1))
    + "group g 2 W1 W2 W3\nquorum g\n"
)


def body(policy: Policy, close_set: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "t": "close", "root": "case:1", "tender": policy.tender, "rev": policy.rev, "lot": policy.lot,
        "cover": policy.cover, "round": 0, "deadline": timestamp(policy.deadline), "close_set": close_set.hex(),
    } | changes  # fmt: skip


def proof_of(
    said: dict[str, Any], *, index: int = 41, size: int = 100, seen: dict[int, datetime.datetime] | None = None
) -> str:
    """The tlog-proof of this line at this place, cosigned by the witnesses of these numbers at these times."""
    line = in_clear(body=jcs(said))
    hashes = [tree.leaf_hash(b"sbp1 %d\n" % n) for n in range(size)]
    hashes[index] = tree.leaf_hash(line)
    read = tree.reader_of(hashes)
    head = Checkpoint(LOG.name, size, tree.root(size=size, read=read))
    signed = note.sign(head.text, LOG)
    lines = [WITNESSES[n - 1].sign(head.text, at=int(at.timestamp())) for n, at in (seen or {}).items()]
    steps = tree.inclusion_proof(index=index, size=size, read=read)
    return str(Proof(index, tuple(steps), note.Note(signed.text, (*signed.signatures, *lines)), line))


def in_sm2_too(proof: str) -> str:
    """The proof with the line of SM2 that a log may write under its own (decision 31): no client of a bidder knows it,
    so it need not even be a signature."""
    lines = proof.splitlines(keepends=True)
    place = next(n for n, line in enumerate(lines) if line.startswith(f"\N{EM DASH} {LOG.name} "))
    return "".join((*lines[: place + 1], note.Signature(LOG.name, b"sm2s", b"x" * 64).line, *lines[place + 1 :]))


def lies(policy: Policy) -> dict[str, tuple[str, str]]:
    """Proofs that prove nothing, each with the policy that it is held against."""
    at, close_set = policy.open_at, hashlib.sha256(b"the set").digest()
    hour = datetime.timedelta(hours=1)
    good = proof_of(body(policy, close_set), seen={1: at, 3: at})
    alone = proof_of(body(policy, close_set))
    other = note.sign(note.parse(alone.partition("\n\n")[2].encode()).text, note.Signer(
        LOG.name, note.ED25519, Ed25519PrivateKey.from_private_bytes(b"x" * 32)))  # fmt: skip
    index = next(line for line in good.splitlines() if line.startswith("index "))
    step = good.splitlines()[3]
    return {
        "nothing": ("", ALONE),
        "no proof": ("hello\n\nworld\n", ALONE),
        "one witness of two": (proof_of(body(policy, close_set), seen={1: at}), TWO_OF_THREE),
        "no witness": (alone, TWO_OF_THREE),
        "witnesses before the opening": (
            proof_of(body(policy, close_set), seen={1: at - hour, 2: at - hour, 3: at}), TWO_OF_THREE),
        "another key of the log": (alone.partition("\n\n")[0] + "\n\n" + str(other), ALONE),
        "a policy without a log": (alone, "quorum none\n"),
        "a policy of another log": (alone, ALONE.replace("ggzy.example", "other.example")),
        "another place": (good.replace(index, "index 42"), TWO_OF_THREE),
        "outside the tree": (good.replace(index, "index 141"), TWO_OF_THREE),
        "a step is missing": (good.replace(step + "\n", "", 1), TWO_OF_THREE),
        "a step too many": (good.replace(step + "\n", f"{step}\n{step}\n", 1), TWO_OF_THREE),
        "another root": (good.replace("\n100\n", "\n101\n"), TWO_OF_THREE),
        "another tender": (
            proof_of(body(policy, close_set, tender="00000000-0000-4000-8000-000000000000")), ALONE),
        "another lot": (proof_of(body(policy, close_set, lot="2")), ALONE),
        "another cover": (proof_of(body(policy, close_set, cover="TECH")), ALONE),
        "another round": (proof_of(body(policy, close_set, round=1)), ALONE),
        "another deadline": (proof_of(body(policy, close_set, deadline=timestamp(at - hour))), ALONE),
        "no close": (proof_of(body(policy, close_set, t="policy")), ALONE),
        "one witness under two names": (
            good, TWO_OF_THREE.replace(WITNESSES[2].verifier.vkey, WITNESSES[0].verifier.vkey)),
        "one witness twice in the group": (
            proof_of(body(policy, close_set), seen={1: at}), TWO_OF_THREE.replace("W1 W2 W3", "W1 W1 W3")),
        "a log that is its own witness": (
            alone, f"log {LOG.verifier.vkey}\nwitness W {_cosigner()}\nquorum W\n"),
    }  # fmt: skip


def _cosigner() -> str:
    return note.Signer("own.example/w", note.COSIGNATURE, LOG.private).verifier.vkey
