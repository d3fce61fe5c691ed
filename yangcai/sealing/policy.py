"""Who holds shares of a bid's key, how many of them open it, and when? (SBP/1 §2.3)

The opening policy is published and logged with the notice. The server and every client refuse one that would let the
operator, even with a stolen opening file, read a bid; a later revision may only give more time.
"""

import datetime
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from yangcai.kernel.encoding import base64_of, digest, jcs, timestamp
from yangcai.sealing.faults import POLICY_MALFORMED, POLICY_SHORTENED, POLICY_UNSAFE, Faulty
from yangcai.sealing.fields import UUID, Fields
from yangcai.sealing.suites import suite

VERSION = "sbp/1 policy"
COVERS = ("ALL", "TECH", "PRICE")
#: What happens to a bid whose supplier does not release: see faults and §2.9.
RECOVERIES = ("auto", "consent", "never")
SUITES = ("I1", "G1")
#: The trustee whom the operator controls; it has one share and no more.
OPERATOR = "platform"
LARGEST = 64 * 1024


@dataclass(frozen=True)
class Trustee:
    """Who holds the share at x: public keys for wrapping and for signatures, `hpke` and `sig` of I1."""

    x: int
    role: str
    org: str
    hpke: bytes = b""
    sig: bytes = b""
    sm2_wrap: bytes = b""
    sm2_sig: bytes = b""

    def wrap_key(self, code: str) -> bytes:
        return self.sm2_wrap if code == "G1" else self.hpke

    def sign_key(self, code: str) -> bytes:
        return self.sm2_sig if code == "G1" else self.sig

    def as_dict(self) -> dict[str, Any]:
        keys = {"hpke": self.hpke, "sig": self.sig, "sm2_wrap": self.sm2_wrap, "sm2_sig": self.sm2_sig}
        named = {"x": self.x, "role": self.role, "org": self.org}
        return named | {name: base64_of(key) for name, key in keys.items() if key}


@dataclass(frozen=True)
class Policy:
    """An opening policy; times in UTC, `window_s` and `extend_s` in seconds, `theta` and `ws` in shares."""

    tender: str
    rev: int
    lot: str
    cover: str
    suites: tuple[str, ...]
    theta: int
    ws: int
    deadline: datetime.datetime
    open_at: datetime.datetime
    window_s: int
    extend_s: int
    recovery_allowed: tuple[str, ...]
    trustees: tuple[Trustee, ...]
    witness_policy: str

    def __post_init__(self) -> None:
        if faults := self._unsafe():
            raise Faulty(POLICY_UNSAFE, "; ".join(faults))

    def _unsafe(self) -> list[str]:
        n, found = len(self.trustees), []
        if not 1 + self.ws < self.theta:
            found.append("the supplier's shares and the operator's would open: 1 + ws < theta")
        if not self.theta <= n:
            found.append("the trustees alone could not recover a bid: theta <= n")
        operators = [trustee for trustee in self.trustees if trustee.role == OPERATOR]
        if len(operators) != 1:
            found.append("the operator has exactly one share")
        if any(t.org == o.org for o in operators for t in self.trustees if t is not o):
            found.append("the operator's organisation holds a second share")
        if len({trustee.org for trustee in self.trustees}) < min(4, n):
            found.append("too few different organisations")
        if [trustee.x for trustee in self.trustees] != list(range(1, n + 1)):
            found.append("trustees stand at 1 to n in order")
        for name in ("hpke", "sig", "sm2_wrap", "sm2_sig"):
            keys = [key for trustee in self.trustees if (key := getattr(trustee, name))]
            if len(set(keys)) != len(keys):
                found.append("two trustees have one key")
        if self.open_at < self.deadline:
            found.append("opening before the deadline")
        return found

    @classmethod
    def parse(cls, content: bytes) -> "Policy":
        """From canonical bytes. Raises Faulty (policy_malformed, policy_unsafe)."""
        fields = Fields.of(content, POLICY_MALFORMED, at_most=LARGEST)
        fields.exactly("v", VERSION)
        codes = _names(fields, "suites", SUITES)
        found = cls(
            tender=fields.matching("tender", UUID),
            rev=fields.integer("rev", at_least=1),
            lot=fields.lot("lot"),
            cover=fields.one_of("cover", COVERS),
            suites=codes,
            theta=fields.integer("theta", at_least=2, at_most=200),
            ws=fields.integer("ws", at_least=1, at_most=55),
            deadline=fields.time("deadline"),
            open_at=fields.time("open_at"),
            window_s=fields.integer("window_s", at_least=1),
            extend_s=fields.integer("extend_s"),
            recovery_allowed=_names(fields, "recovery_allowed", RECOVERIES),
            trustees=tuple(_trustee(t, codes) for t in fields.each("trustees", at_least=1, at_most=200)),
            witness_policy=fields.text("witness_policy", at_least=0, at_most=16384),
        )
        fields.done()
        return found

    def as_dict(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "tender": self.tender,
            "rev": self.rev,
            "lot": self.lot,
            "cover": self.cover,
            "suites": list(self.suites),
            "theta": self.theta,
            "ws": self.ws,
            "deadline": timestamp(self.deadline),
            "open_at": timestamp(self.open_at),
            "window_s": self.window_s,
            "extend_s": self.extend_s,
            "recovery_allowed": list(self.recovery_allowed),
            "trustees": [trustee.as_dict() for trustee in self.trustees],
            "witness_policy": self.witness_policy,
        }

    @property
    def content(self) -> bytes:
        """The canonical bytes."""
        return jcs(self.as_dict())

    @property
    def sha256(self) -> bytes:
        """By which headers name the policy."""
        return digest(self.content)

    def trustee(self, x: int) -> Trustee:
        """Who holds the share at x. Raises KeyError."""
        for trustee in self.trustees:
            if trustee.x == x:
                return trustee
        raise KeyError(x)


def _names(fields: Fields, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    names = fields.items(key, at_least=1, at_most=len(allowed))
    if len(set(map(str, names))) != len(names) or not set(map(str, names)) <= set(allowed):
        raise Faulty(POLICY_MALFORMED, f"$.{key}: each of {', '.join(allowed)} at most once")
    return tuple(str(name) for name in names)


def _trustee(fields: Fields, codes: tuple[str, ...]) -> Trustee:
    x = fields.integer("x", at_least=1, at_most=200)
    role, org = fields.text("role", at_most=64), fields.text("org", at_most=256)
    keys = {}
    for code, wrap, sign in (("I1", "hpke", "sig"), ("G1", "sm2_wrap", "sm2_sig")):
        if code in codes:
            keys[wrap] = fields.base64(wrap, lengths=(suite(code).wrap_key_size,))
            keys[sign] = fields.base64(sign, lengths=(suite(code).sign_key_size,))
    fields.done()
    return Trustee(x, role, org, **keys)


def check_follows(earlier: Policy, later: Policy) -> None:
    """A later revision may only postpone or lengthen: then what is sealed stays valid. Raises Faulty."""
    if later.rev <= earlier.rev:
        raise Faulty(POLICY_SHORTENED, "rev does not grow")
    for name in ("deadline", "open_at", "window_s"):
        if getattr(later, name) < getattr(earlier, name):
            raise Faulty(POLICY_SHORTENED, name)
    moved = replace(earlier, rev=later.rev, deadline=later.deadline, open_at=later.open_at, window_s=later.window_s)
    if moved != later:
        raise Faulty(POLICY_SHORTENED, "something besides the times changed: bids have to be sealed again")


def check_chain(policies: list[Policy]) -> Policy:
    """The policy in force, the newest of a chain of revisions in order. Raises Faulty."""
    for earlier, later in pairwise(policies):
        check_follows(earlier, later)
    return policies[-1]
