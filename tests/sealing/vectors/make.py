"""The known answers: every value that went in, every value that came out, bytes as lower-case hex unless named b64.

Large bytes are given by rule instead: `pattern(n)` is byte i = (7·i + 3) mod 251, and their ciphertext by SHA-256.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from tests.sealing import fixed, hpke_reference
from yangcai.kernel.encoding import base64_of, h2, jcs
from yangcai.sealing import chunked, passphrase, payload, shares, statement
from yangcai.sealing.digests import ByParts
from yangcai.sealing.header import Header, price_commitment
from yangcai.sealing.opening import close_set
from yangcai.sealing.opening_file import OpeningFile
from yangcai.sealing.sealer import statement_for
from yangcai.sealing.suites.g1 import G1, Suite
from yangcai.sealing.suites.i1 import I1, share_info

FILE = Path(__file__).with_name("sbp1.json")
CLIENT = statement.Client("yangcai", "1.0.0", bytes(range(32)))


def pattern(length: int) -> bytes:
    block = bytes((7 * i + 3) % 251 for i in range(251))
    return (block * (length // 251 + 1))[:length]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def text() -> str:
    return json.dumps(everything(), ensure_ascii=False, indent=1) + "\n"


def everything() -> dict[str, Any]:
    return {
        "about": "Known answers of SBP/1, suite I1; `g1` those of suite G1. Bytes are lower-case hex unless a name"
        " ends in _b64. pattern(n): byte i is (7*i + 3) mod 251. Written by `python -m tests.sealing.vectors`.",
        "jcs": _jcs(),
        "h2": _h2(),
        "padme": [[n, payload.padme(n)] for n in _LENGTHS],
        "digest_by_parts": _digests(),
        "shamir": _shamir(),
        "chunked": _chunked(),
        "hpke": _hpke(),
        "ed25519": _ed25519(),
        "passphrase": _passphrases(),
        "bid": _bid(),
        "g1": _g1(),
    }


def _jcs() -> list[dict[str, Any]]:
    values: list[Any] = [
        {"b": 1, "a": "金额", "B": None, "aa": [True, False, -5, 9007199254740991]},
        ["\u2028", "\u001f", '"\\/', "\u007f", "é", "𠮷", "\b\f\n\r\t"],
        {"": {}, "z": [], "0": "", "10": 1, "9": 2},
    ]
    return [{"value": value, "bytes": jcs(value).hex()} for value in values]


def _h2() -> list[dict[str, Any]]:
    cases = [("sbp/1 test", []), ("sbp/1 test", [b""]), ("sbp/1 test", [b"a", b"bc"]), ("sbp/1 test", [b"ab", b"c"])]
    return [
        {"label": label, "parts": [p.hex() for p in parts], "out": h2(label, *parts).hex()} for label, parts in cases
    ]


_LENGTHS = [2, 3, 4, 7, 8, 9, 10, 15, 16, 17, 100, 1000, 1001, 16384, 16385, 100_000, 1_000_003, 8_388_608, 8_388_609]
_LENGTHS += [500_000_000, 524_288_001, 1_500_000_000, 2_147_000_000]


def _digests() -> list[dict[str, Any]]:
    found = []
    for length in (0, 1, 1000, 8_388_607, 8_388_608, 8_388_609, 20_000_000):
        running = ByParts()
        running.update(pattern(length))
        found.append(
            {
                "pattern": length,
                "parts": len(running.parts) + bool(length % running.part),
                "out": running.digest().hex(),
            }
        )
    return found


def _shamir() -> list[dict[str, Any]]:
    found = []
    for label, length, n, ws, theta in [("a", 32, 5, 2, 4), ("b", 32, 3, 1, 3), ("c", 16, 5, 2, 4), ("d", 32, 9, 3, 6)]:
        draw = fixed.chance(f"shamir {label}")
        key, seed = draw(length), draw(32)
        at = shares.positions(trustees=n, supplier=ws)
        dealt = shares.deal(key=key, deal_seed=seed, theta=theta, at=at)
        committed = {x: shares.commitment(tender=fixed.TENDER, x=x, share=s) for x, s in dealt.items()}
        found.append(
            {
                "key": key.hex(),
                "deal_seed": seed.hex(),
                "theta": theta,
                "n": n,
                "ws": ws,
                "tender": fixed.TENDER,
                "coefficients": [c.hex() for c in shares.coefficients(deal_seed=seed, length=length, theta=theta)],
                "shares": {str(x): s.hex() for x, s in dealt.items()},
                "share_commit": {str(x): c.hex() for x, c in committed.items()},
            }
        )
    return found


def _chunked() -> list[dict[str, Any]]:
    draw = fixed.chance("chunked")
    key, salt = draw(32), draw(24)
    context = b"sbp/1 payload\0" + draw(32)
    found = []
    for length in (0, 1, 15, 16, 100, 16383, 16384, 16385, 32767, 32768, 32769, 100_000):
        sealed = b"".join(chunked.encrypted(I1.payload, [pattern(length)], key=key, salt=salt, context=context))
        case = {
            "key": key.hex(),
            "salt": salt.hex(),
            "context": context.hex(),
            "pattern": length,
            "length": len(sealed),
            "sha256": sha(sealed),
        }
        found.append(case | ({"ciphertext": sealed.hex()} if length <= 100 else {"head": sealed[:128].hex()}))
    return found


def _hpke() -> dict[str, Any]:
    (wrap, _sign), draw = fixed.trustee_keys()[1], fixed.chance("hpke")
    core, share, ephemeral = b'{"a":1}', draw(32), draw(32)
    info = share_info(core=core, x=1)
    made = hpke_reference.schedule(public=wrap.public, info=info, ephemeral=ephemeral)
    sealed = hpke_reference.seal(plain=share, public=wrap.public, info=info, ephemeral=ephemeral)
    return {
        "private": wrap.private.hex(),
        "public": wrap.public.hex(),
        "ephemeral_private": ephemeral.hex(),
        "core": core.hex(),
        "x": 1,
        "info": info.hex(),
        "share": share.hex(),
        **{name: value.hex() for name, value in made.items()},
        "out": sealed.hex(),
    }


def _ed25519() -> list[dict[str, Any]]:
    _wrap, sign = fixed.trustee_keys()[1]
    return [
        {
            "private": sign.private.hex(),
            "public": sign.public.hex(),
            "message": message.hex(),
            "signature": I1.sign(message=message, private=sign.private).hex(),
        }
        for message in (b"", "sbp/1 statement\n阳采".encode())
    ]


def _passphrases() -> dict[str, Any]:
    drawn = [bytes(12), bytes(range(12)), b"\xff" * 12, bytes.fromhex("7f000001c0a8000108080808")]
    typed = ["  lusab-babad ", "ｌｕｓａｂ－ｂａｂａｄ", "口令 ①"]
    return {
        "generated": [{"drawn": d.hex(), "passphrase": passphrase.generated(lambda _n, d=d: d)} for d in drawn],
        "typed": [{"typed": t, "bytes": passphrase.as_bytes(t).hex()} for t in typed],
    }


def _g1() -> dict[str, Any]:
    """What is particular to the Chinese suite: the stream under SM4-GCM and SM3, a share wrapped by SM2."""
    draw = fixed.chance("g1")
    key, salt, share = draw(16), draw(24), draw(16)
    wrap = fixed.trustee_keys(1, "G1")[1][0]
    context, core = b"sbp/1 payload\0" + bytes(32), b'{"a":1}'
    sealed = {
        length: b"".join(chunked.encrypted(G1.payload, [pattern(length)], key=key, salt=salt, context=context))
        for length in (0, 100, 16384, 40_000)
    }
    drawn = fixed.chance("g1 scalar")(32)
    sealer = fixed.sealer(code="G1")
    return {
        "key": key.hex(),
        "salt": salt.hex(),
        "context": context.hex(),
        "chunked": [{"pattern": n, "head": s[:160].hex(), "sha256": sha(s)} for n, s in sealed.items()],
        "private": wrap.private.hex(),
        "public": wrap.public.hex(),
        "core": core.hex(),
        "x": 1,
        "share": share.hex(),
        "scalar": drawn.hex(),
        "wrapped": Suite(lambda _length: drawn).wrap(share=share, x=1, core=core, public=wrap.public).hex(),
        "policy": sealer.terms.policy.content.decode(),
        "header_core": sealer.header.core.content.decode(),
        "manifest": sealer.manifest.content.decode(),
    }


def _bid() -> dict[str, Any]:
    """A whole bid: everything drawn, every intermediate value, the envelope, the opening file, the messages."""
    sealer = fixed.sealer()
    core, draw = sealer.header.core, fixed.chance("bid hpke")
    ephemerals = {t.x: draw(32) for t in sealer.terms.policy.trustees}
    wraps = {
        t.x: hpke_reference.seal(
            plain=sealer.shares[t.x],
            public=t.hpke,
            info=share_info(core=core.content, x=t.x),
            ephemeral=ephemerals[t.x],
        )
        for t in sealer.terms.policy.trustees
    }
    sealer.header = Header(core, wraps)
    out = io.BytesIO()
    imprint = sealer.write(fixed.Kept(out))
    envelope = out.getvalue()
    keys = I1.new_sign_keys(fixed.chance("supplier"))
    submit = statement_for(sealer.header, imprint, client=CLIENT, idem=bytes(range(16)))
    submission = "5f0c1d2e-7a6b-4c5d-8e9f-0a1b2c3d4e5f"
    empty = OpeningFile(fixed.TENDER, sealer.header.sha256, ())
    words = passphrase.generated(fixed.chance("words"))
    prf, credential = fixed.chance("prf")(32), fixed.chance("credential")(32)
    sbo = empty.with_passphrase(sealer.own_shares, passphrase=words, chance=fixed.chance("sbo"))
    sbo = sbo.with_passkey(sealer.own_shares, prf=prf, credential=credential, chance=fixed.chance("sbo passkey"))
    released = statement.Release(
        tender=fixed.TENDER,
        cover="ALL",
        by="supplier",
        close_leaf=41,
        shares=tuple(statement.ReleasedShare(sealer.header.sha256, x, s) for x, s in sealer.own_shares.items()),
        ts=fixed.DEADLINE,
    )
    said = [
        submit,
        statement.Withdraw(fixed.TENDER, submission, bytes(range(16))),
        statement.Reconfirm(fixed.TENDER, 2, submission, sealer.header.sha256, bytes(range(16))),
        released,
    ]
    drawn = sealer.drawn
    return {
        "policy": sealer.terms.policy.content.decode(),
        "policy_sha256": sealer.terms.policy.sha256.hex(),
        "trustees": {str(x): {"hpke_private": w.private.hex()} for x, (w, _s) in fixed.trustee_keys().items()},
        "terms": {"supplier": fixed.SUPPLIER, "suite": "I1", "recovery": "auto", "round": 0},
        "price": fixed.PRICE,
        "price_commit": price_commitment(salt=drawn.price_salt, price=fixed.PRICE).hex(),
        "files": [{"name": s.name, "type": s.type, "content": s.open().read().hex()} for s in sealer.sources],
        "drawn": {
            "dek": drawn.key.hex(),
            "deal_seed": drawn.deal_seed.hex(),
            "price_salt": drawn.price_salt.hex(),
            "nonce": drawn.nonce.hex(),
            "payload_salt": drawn.payload_salt.hex(),
            "ephemeral_private": {str(x): e.hex() for x, e in ephemerals.items()},
        },
        "shares": {str(x): s.hex() for x, s in sealer.shares.items()},
        "manifest": sealer.manifest.content.decode(),
        "plain_size": sealer.manifest.plain_size,
        "core": core.content.decode(),
        "payload_context": core.payload_context.hex(),
        "header": sealer.header.content.decode(),
        "header_sha256": sealer.header.sha256.hex(),
        "envelope_length": imprint.env_len,
        "envelope_sha256": sha(envelope),
        "env_digest": imprint.env_digest.hex(),
        "envelope_b64": base64_of(envelope),
        "opening_file": {
            "content": sbo.content.decode(),
            "passphrase": words,
            "prf": prf.hex(),
            "credential": credential.hex(),
            "passphrase_nonce": sbo.locks[0].nonce.hex(),
            "passphrase_salt": sbo.locks[0].salt.hex(),
            "passkey_nonce": sbo.locks[1].nonce.hex(),
            "inside": empty._inside(sealer.own_shares).decode(),
        },
        "close_set": {
            "headers": [sealer.header.sha256.hex(), "00" * 32],
            "out": close_set([sealer.header.sha256, bytes(32)]).hex(),
        },
        "supplier_private": keys.private.hex(),
        "supplier_public": keys.public.hex(),
        "messages": [
            {
                "signed_bytes": statement.signed_bytes(each).hex(),
                "message": statement.signed(each, suite=I1, keys=keys).content.decode(),
            }
            for each in said
        ],
    }
