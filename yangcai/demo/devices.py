"""With which keys do the people of a story seal and open, as each would on a device of his own?

A visitor's counterparties have no device. Their keys are derived from the site's secret, so that nothing is kept of
them; what a bidder keeps until the opening (its shares) lies in a file of its own, as an opening file would.
"""

import base64
import datetime
import hashlib
import io
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.utils.crypto import salted_hmac

from yangcai.kernel.encoding import base64_of, digest
from yangcai.kernel.entries import plain
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.sealing import schedule
from yangcai.sealing.header import Header
from yangcai.sealing.payload import Source
from yangcai.sealing.policy import Policy
from yangcai.sealing.sealer import Sealer, Terms, statement_for
from yangcai.sealing.statement import Client, Reconfirm, Release, ReleasedShare, signed
from yangcai.sealing.suites import Pair, suite
from yangcai.tendering import envelopes, finalise, keys, policies, unsealing
from yangcai.tendering.models import Bid, BidClosing, BidUpload, Trustee
from yangcai.tendering.rules import sealed as rules

SUITE = suite("I1")
#: By which program the demo's bids say to be sealed: this one.
CLIENT = Client("yangcai-demo", "1", hashlib.sha256(Path(__file__).read_bytes()).digest())


def _derived(use: str, post: Post) -> bytes:
    return salted_hmac("yangcai.demo.device", f"{use}:{post.organisation_id}", algorithm="sha256").digest()


def signing_key(post: Post) -> Ed25519PrivateKey:
    """The platform's own, else the one of this organisation's device."""
    if post.role == Role.PLATFORM:
        return keys.trustee_signing_key()
    return Ed25519PrivateKey.from_private_bytes(_derived(f"sign:{post.role == Role.SUPPLIER}", post))


def wrap_key(post: Post) -> X25519PrivateKey:
    """With which a trustee unwraps its shares."""
    if post.role == Role.PLATFORM:
        return keys.trustee_wrap_key()
    return X25519PrivateKey.from_private_bytes(_derived("wrap", post))


def public(key: Ed25519PrivateKey | X25519PrivateKey) -> str:
    return str(base64_of(key.public_key().public_bytes_raw()))


def _pair(post: Post) -> Pair:
    key = signing_key(post)
    return Pair(key.private_bytes_raw(), key.public_key().public_bytes_raw())


def is_on_the_device(trustee: Trustee, post: Post) -> bool:
    """Whether the keys in office are those of this device: a visitor may have made others in his browser."""
    return trustee.signing_key == public(signing_key(post))


# --- a bidder ------------------------------------------------------------------------------------------------------


def hand_in(upload: BidUpload, offer: Mapping[str, Any], *, by: Post, now: datetime.datetime) -> None:
    """Seal the offer under the lot's policy, upload it, and sign it in: the receipt's moment is the database's."""
    latest = policies.in_force(upload.lot)
    assert latest is not None  # bid.upload has seen it
    filled = plain({**offer, "price_in_words": ""})
    filled.pop("commitment", None)
    price, rest = schedule.split(filled)
    sources = []
    if rest:
        content = schedule.content(rest)
        sources.append(Source(schedule.NAME, schedule.TYPE, lambda: io.BytesIO(content)))
    terms = Terms(Policy.parse(latest.content.encode()), supplier=by.organisation.uscc or "", recovery="auto", round=0)
    sealer, out = Sealer(terms, price=price, sources=sources), io.BytesIO()
    imprint = sealer.write(out)
    sealed = out.getvalue()
    for number, at in enumerate(range(0, len(sealed), envelopes.PART), start=1):
        part = sealed[at : at + envelopes.PART]
        envelopes.take_part(upload, number=number, digest=digest(part).hex(), stream=io.BytesIO(part), now=now)
    upload = envelopes.verify(upload, header=sealer.header.content, now=now)
    said = statement_for(sealer.header, imprint, client=CLIENT, idem=bytes.fromhex(upload.idem))
    _keep(sealer)
    request = finalise.request_of(upload.sid, signed(said, suite=SUITE, keys=_pair(by)), by=by, now=now)
    finalise.finalise(request)


def new_idem() -> str:
    return secrets.token_hex(16)


def _file(header: str) -> Path:
    return Path(settings.YANGCAI_HOME) / "devices" / f"{header}.json"


def _keep(sealer: Sealer) -> None:
    path = _file(sealer.header.sha256.hex())
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    shares = {str(x): base64.b64encode(share).decode() for x, share in sorted(sealer.own_shares.items())}
    path.write_text(json.dumps(shares))


def can_release(bid: Bid) -> bool:
    """Whether this bid was sealed here: one that a visitor sealed in his browser opens with his own file."""
    return _file(bid.sealed.header_digest).exists()


def bidder_release(bid: Bid, *, by: Post, now: datetime.datetime) -> str:
    """The bidder's own shares of its bid, signed."""
    header = Header.parse(bid.sealed_key.encode())
    kept = json.loads(_file(header.sha256.hex()).read_text())
    shares = tuple(ReleasedShare(header.sha256, int(x), base64.b64decode(share)) for x, share in kept.items())
    closing = rules.closing_of(bid.lot)
    close_leaf = unsealing.place_of(closing) if closing is not None else 0
    said = Release(header.core.tender, header.core.cover, "supplier", close_leaf, shares, now)
    return signed(said, suite=SUITE, keys=_pair(by)).content.decode()


def bidder_confirms(bid: Bid, *, version: int, by: Post) -> str:
    """That the bid stands under this version of the documents, signed."""
    header = Header.parse(bid.sealed_key.encode())
    sid = str(bid.sealed.upload.sid)
    said = Reconfirm(header.core.tender, version, sid, header.sha256, secrets.token_bytes(16))
    return signed(said, suite=SUITE, keys=_pair(by)).content.decode()


# --- a trustee -----------------------------------------------------------------------------------------------------


def trustee_release(closing: BidClosing, *, by: Post, now: datetime.datetime) -> str:
    """The trustee's share of every bid in the close set, signed."""
    policy, wrap = Policy.parse(closing.policy.content.encode()), wrap_key(by)
    x = next(one.x for one in policy.trustees if one.hpke == wrap.public_key().public_bytes_raw())
    shares = []
    for bid in unsealing.in_close_set(closing).values():
        header = Header.parse(bid.sealed_key.encode())
        share = SUITE.unwrap(wrapped=header.wraps[x], x=x, core=header.core.content, private=wrap.private_bytes_raw())
        shares.append(ReleasedShare(header.sha256, x, share))
    said = Release(policy.tender, policy.cover, "trustee", unsealing.place_of(closing), tuple(shares), now)
    return signed(said, suite=SUITE, keys=_pair(by)).content.decode()
