"""Does a witness answer as tlog-witness says, and cosign nothing that does not follow from what it saw?"""

import datetime
import hashlib
from typing import Any

import pytest

from tests.kernel.tlog.published import LEAVES, REQUEST, ROOTS, WITNESSED_LOG, WITNESSED_ORIGIN
from tests.kernel.tlog.test_policy import LOG, X1, signer
from yangcai.kernel.tlog import checkpoint, cosignature, note, tree, witness
from yangcai.kernel.tlog.faults import Malformed
from yangcai.kernel.tlog.witness import Answer, Seen

NOW = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)
READ = tree.reader_of([tree.leaf_hash(leaf) for leaf in LEAVES])


def asked(old: int, size: int, *, root: bytes | None = None, by: note.Signer = LOG, **change: Any) -> bytes:
    head = checkpoint.Checkpoint(change.pop("origin", LOG.name), size, ROOTS[size] if root is None else root)
    proof = change.pop("proof", None)
    if proof is None:
        proof = tree.consistency_proof(old=old, size=size, read=READ) if old <= size else []
    return witness.request(old=old, proof=proof, signed=note.sign(head.text, by))


def answer(content: bytes, *, seen: Seen | None = None) -> Answer:
    known = {LOG.name: seen} if seen else {}
    return witness.answer(content, logs={LOG.name: [LOG.verifier]}, seen=known, signer=X1, now=NOW)


def test_a_published_request_is_cosigned() -> None:
    key = bytes.fromhex(WITNESSED_LOG)
    assert WITNESSED_ORIGIN.endswith(hashlib.sha256(key).hexdigest())
    logs = {WITNESSED_ORIGIN: [note.Verifier(WITNESSED_ORIGIN, note.ED25519, key)]}
    found = witness.answer(REQUEST, logs=logs, seen={}, signer=X1, now=NOW)
    assert found.status == 200 and found.seen == Seen(1, b"\x2a" + bytes(31))
    parsed = witness.parse(REQUEST)
    assert witness.request(old=parsed.old, proof=parsed.proof, signed=parsed.signed) == REQUEST


@pytest.mark.parametrize(("old", "size"), [(0, 0), (0, 5), (5, 8), (4, 8), (8, 8)])
def test_what_follows_is_cosigned(old: int, size: int) -> None:
    content = asked(old, size)
    found = answer(content, seen=Seen(old, ROOTS[old]) if old else None)
    assert (found.status, found.seen) == (200, Seen(size, ROOTS[size]))
    text = witness.parse(content).signed.text
    (line,) = note.parse_signatures(found.body)
    assert X1.verifier.is_of(line) and X1.verifier.verifies(text, line.signature)
    assert cosignature.seen_at(line) == NOW


SEEN = Seen(5, ROOTS[5])
FORK = asked(5, 5, root=ROOTS[6])


@pytest.mark.parametrize(
    ("status", "content", "body"),
    [
        (400, b"", ""),
        (400, asked(5, 8).replace(b"old 5", b"old 05"), ""),
        (400, asked(5, 8).replace(b"old 5", b"new 5"), ""),
        (400, asked(5, 8).replace(b"old 5\n", b""), ""),
        (400, asked(5, 8, proof=[b"short"]), ""),
        (400, asked(5, 8, proof=[bytes(32)] * 64), ""),
        (400, asked(5, 8)[:-1], ""),
        (400, asked(9, 8), ""),
        (404, asked(5, 8, origin="example.com/unknown"), ""),
        (403, asked(5, 8, by=signer("example.com/log", note.ED25519, seed="forger")), ""),
        (403, asked(5, 8, by=signer("example.com/other", note.ED25519)), ""),
        (403, asked(5, 8).replace(b"\n8\n", b"\n7\n"), ""),
        (409, asked(0, 8), "5\n"),
        (409, asked(4, 8), "5\n"),
        (409, asked(8, 8), "5\n"),
        (409, FORK, "5\n"),
        (409, asked(0, 0), "5\n"),
        (422, asked(5, 8, root=ROOTS[7]), ""),
        (422, asked(5, 8, proof=[]), ""),
        (422, asked(5, 8, proof=tree.consistency_proof(old=4, size=8, read=READ)), ""),
        (422, asked(5, 5, proof=[ROOTS[5]]), ""),
    ],
)
def test_everything_else_is_refused(status: int, content: bytes, body: str) -> None:
    found = answer(content, seen=SEEN)
    assert found.status == status and found.seen is None
    # Only what the log signed itself and what contradicts what it signed before is worth keeping: a wrong proof does
    # not, whoever sent it.
    assert found.is_evidence is (content == FORK)
    assert "—" not in found.body
    if status == 409:
        assert (found.body, found.content_type) == (body, "text/x.tlog.size")


def test_of_a_log_that_it_never_saw_it_takes_any_size_but_no_proof() -> None:
    assert answer(asked(0, 8)).status == 200
    assert answer(asked(0, 8, proof=[ROOTS[8]])).status == 422
    assert answer(asked(5, 8)).status == 409 and answer(asked(5, 8)).body == "0\n"
    assert answer(asked(0, 0, root=ROOTS[1])).status == 409


def test_several_keys_of_one_log() -> None:
    """While a key is changed the log signs with both; one that the witness knows is enough."""
    new = signer(LOG.name, note.ED25519, seed="new key")
    head = checkpoint.Checkpoint(LOG.name, 8, ROOTS[8])
    both = witness.request(old=0, proof=[], signed=note.sign(head.text, new, LOG))
    for known in ([LOG.verifier], [new.verifier], [LOG.verifier, new.verifier]):
        assert witness.answer(both, logs={LOG.name: known}, seen={}, signer=X1, now=NOW).status == 200


def test_a_request_is_read_strictly() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        witness.parse(b"\xff" + asked(0, 1))
