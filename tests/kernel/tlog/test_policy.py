"""Is a policy read as written, and a checkpoint or proof believed only as far as it says?"""

import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.kernel.tlog.published import LEAVES, ROOTS
from yangcai.kernel.tlog import checkpoint, cosignature, note, policy, proof, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven


def signer(name: str, kind: int = note.COSIGNATURE, seed: str = "") -> note.Signer:
    secret = (seed or name).encode().ljust(32, b"-")
    return note.Signer(name, kind, Ed25519PrivateKey.from_private_bytes(secret))


LOG = signer("example.com/log", note.ED25519)
X1, X2, X3, Y1, Y2 = (signer(f"w.example/{name}") for name in ("X1", "X2", "X3", "Y1", "Y2"))
HEAD = checkpoint.Checkpoint(LOG.name, 8, ROOTS[8])
SIGNED = note.sign(HEAD.text, LOG)


def keys(*named: tuple[str, note.Signer]) -> str:
    return "".join(f"witness {name} {one.verifier.vkey}\n" for name, one in named)


LINE = f"log {LOG.verifier.vkey}\n"
WITNESSES = keys(("X1", X1), ("X2", X2), ("X3", X3), ("Y1", Y1), ("Y2", Y2))
EXAMPLE = (
    f"{LINE}{WITNESSES}"
    "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2\ngroup X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n"
)


def cosigned(*witnesses: note.Signer) -> note.Note:
    return cosignature.with_lines(SIGNED, tuple(one.sign(HEAD.text, at=1) for one in witnesses))


def accepts(text: str, signed: note.Note) -> bool:
    try:
        found = policy.parse(text.encode()).verify(signed)
    except Unproven:
        return False
    return found.checkpoint == HEAD and found.log == LOG.verifier


@pytest.mark.parametrize(
    ("witnesses", "enough"),
    [
        ((), False), ((X1, X2, X3), False), ((Y1, Y2), False), ((X1, Y1), False), ((X1, X3, Y2), True),
        ((X1, X2, X3, Y1, Y2), True),
    ],
)  # fmt: skip
def test_groups_of_groups(witnesses: tuple[note.Signer, ...], enough: bool) -> None:
    assert accepts(EXAMPLE, cosigned(*witnesses)) is enough


def test_spaces_comments_and_addresses() -> None:
    text = (
        f" \t log\t{LOG.verifier.vkey} https://log.example/ \n#comment\n  # more\n\n"
        f"witness \xe2\x84\xaa {X1.verifier.vkey} https://w.example/\nquorum \xe2\x84\xaa"
    )
    found = policy.parse(text.encode("latin-1"))
    assert [log.url for log in found.logs] == ["https://log.example/"]
    assert [party.url for party in found.witnesses.values()] == ["https://w.example/"]
    assert found.verify(cosigned(X1)).cosignatures


def test_names_are_octets() -> None:
    """K and the Kelvin sign are two names, and a name need not be UTF-8."""
    text = b"".join(b"witness %s %s\n" % (name, one.verifier.vkey.encode()) for name, one in (
        (b"K", X1), ("\u212a".encode(), X2), (b"\xff\xfe", X3),
    ))  # fmt: skip
    found = policy.parse(text + b"quorum \xff\xfe\n")
    assert len(found.witnesses) == 3
    assert found.is_met_by({b"\xff\xfe".decode(errors="surrogateescape")}) and not found.is_met_by({"K"})


def test_without_witnesses() -> None:
    assert accepts(f"{LINE}quorum none\n", SIGNED)
    assert policy.parse(b"quorum none\n").logs == ()


@pytest.mark.parametrize(
    "text",
    [
        "", LINE, f"{LINE}quorum none\nquorum none\n", f"{LINE}quorum X1\n{WITNESSES}", f"{LINE}{LINE}quorum none\n",
        f"{WITNESSES}{keys(('again', X1))}quorum none\n",
        f"{WITNESSES}{keys(('X1', signer('w.example/Z')))}quorum X1\n",
        f"{WITNESSES}{keys(('other', signer('w.example/renamed', seed=X1.name)))}quorum X1\n",
        f"{keys(('none', X1))}quorum none\n", f"{WITNESSES}group g 0 X1\nquorum g\n",
        f"{WITNESSES}group g 2 X1\nquorum g\n",
        f"{WITNESSES}group g\nquorum none\n", f"{WITNESSES}group g all\nquorum none\n",
        f"{WITNESSES}group g any X1 X1\nquorum g\n", f"{WITNESSES}group g any X1\ngroup h any X1 X2\nquorum h\n",
        f"{WITNESSES}group g any g\nquorum g\n", f"{WITNESSES}group g any none\nquorum g\n",
        f"{WITNESSES}group X1 any X2\nquorum X1\n", f"{WITNESSES}group g some X1\nquorum g\n",
        f"{WITNESSES}group g +1 X1\nquorum g\n", f"{WITNESSES}quorum X1 X2\n", "quorum\n",
        "quorum nobody\n", "oops\nquorum none\n",
        f"log {X1.verifier.vkey}\nquorum none\n", f"witness W {LOG.verifier.vkey}\nquorum W\n", "log x\nquorum none\n",
        f"{LINE[:-1]} url more\nquorum none\n", f"{LINE}quorum none\r\n", f"{LINE}quorum none\n\0",
        f"{LINE}quorum\N{NO-BREAK SPACE}none\n",
    ],
    ids=range(31),
)  # fmt: skip
def test_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        policy.parse(text.encode())


def test_thirty_two_of_everything_fit() -> None:
    many = [signer(f"w.example/{number}") for number in range(32)]
    text = keys(*((f"W{number}", one) for number, one in enumerate(many)))
    text += "".join(f"group G{number} all W{number}\n" for number in range(31))
    text += f"group G 31 {' '.join(f'G{number}' for number in range(31))}\nquorum G\n"
    assert accepts(LINE + text, cosigned(*many)) and not accepts(LINE + text, cosigned(*many[1:]))


def test_what_a_checkpoint_must_show() -> None:
    text = f"{LINE}{keys(('W', X1))}quorum W\n"
    assert accepts(text, cosigned(X1))
    assert accepts(text, cosigned(X2, X1))  # a witness that nobody knows does no harm
    other = note.sign(HEAD.text, signer("example.com/other", note.ED25519))
    wrong = dataclasses.replace(cosigned(X1).signatures[1], signature=bytes(72))
    for signed in (
        SIGNED,
        cosigned(X2),
        cosignature.with_lines(other, cosigned(X1).signatures[1:]),
        cosignature.with_lines(SIGNED, (wrong,)),
        note.Note(HEAD.text, cosigned(X1).signatures[1:]),
        note.Note(HEAD.text.replace("8", "9", 1), cosigned(X1).signatures),
    ):
        assert not accepts(text, signed)


def test_a_log_is_not_its_own_witness() -> None:
    own = signer("w.example/own", seed=LOG.name)
    assert not accepts(f"{LINE}{keys(('W', own))}quorum W\n", cosigned(own))


HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
PATH = tuple(tree.inclusion_proof(index=5, size=8, read=tree.reader_of(HASHES)))
PROOF = proof.Proof(5, PATH, cosigned(X1), b"nonce")
TRUST = policy.parse(f"{LINE}{keys(('W', X1))}quorum W\n".encode())


def test_a_proof_is_what_the_specification_writes() -> None:
    lines = str(PROOF).split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bm9uY2U=", "index 5"]
    assert lines[6] == "" and lines[7] == LOG.name
    assert proof.parse(str(PROOF).encode()) == PROOF
    bare = dataclasses.replace(PROOF, extra=b"")
    assert "extra" not in str(bare) and proof.parse(str(bare).encode()) == bare
    first = proof.Proof(0, (), SIGNED)
    assert proof.parse(str(first).encode()) == first
    assert proof.verify(PROOF, leaf=HASHES[5], policy=TRUST) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"), ("c2sp.org", " c2sp.org"), ("extra bm9uY2U=", "extra bm9uY2U"), ("extra bm9uY2U=", "extra "),
        ("extra bm9uY2U=", "extra"), ("index 5", "index 05"), ("index 5", "index -5"), ("index 5", "index"),
        ("index 5\n", ""), ("index 5", "index 5\nindex 5"), ("\n\nexample", "\nexample"), ("\n", "\r\n"),
        ("index 5", "index 5\nAAAA"), ("index 5", "index 5" + "\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" * 61),
        ("index 5\n", "index 5\nextra bm9uY2U=\n"), ("\n8\n", "\nx\n"),
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_no_proof_is_refused(old: str, new: str) -> None:
    text = str(PROOF)
    assert old in text
    with pytest.raises(Malformed):
        proof.parse(text.replace(old, new).encode())


def test_a_proof_of_something_else_is_refused() -> None:
    for changed, leaf in (
        (PROOF, HASHES[4]),
        (dataclasses.replace(PROOF, index=4), HASHES[5]),
        (dataclasses.replace(PROOF, path=PATH[:-1]), HASHES[5]),
        (dataclasses.replace(PROOF, checkpoint=SIGNED), HASHES[5]),
        (dataclasses.replace(PROOF, index=8), HASHES[5]),
    ):
        with pytest.raises(Unproven):
            proof.verify(changed, leaf=leaf, policy=TRUST)
