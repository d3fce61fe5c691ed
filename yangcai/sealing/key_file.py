"""How does a supplier or a trustee keep its private keys? In a file under a passphrase, public keys beside it.

One file holds the keys of one suite: `sig` for signatures and, for a trustee, `wrap` to which shares are wrapped. A
device that lets no key out (a CA key, a certified module) stands in its place behind the suite's interface.
"""

from dataclasses import dataclass
from typing import Any

from yangcai.kernel.encoding import base64_of, jcs
from yangcai.sealing import lock as locks
from yangcai.sealing.chance import Chance
from yangcai.sealing.faults import KEY_LOCKED, KEY_MALFORMED, Faulty
from yangcai.sealing.fields import Fields
from yangcai.sealing.lock import Lock
from yangcai.sealing.policy import SUITES
from yangcai.sealing.suites import Pair, suite

VERSION = "sbp/1 key"
SUPPLIER, TRUSTEE = "supplier", "trustee"
LARGEST = 16 * 1024
#: Which keys each holder has.
_NAMES = {SUPPLIER: ("sig",), TRUSTEE: ("sig", "wrap")}


@dataclass(frozen=True)
class KeyFile:
    """The file as it lies on a disk; `public` by name."""

    holder: str
    suite: str
    public: dict[str, bytes]
    lock: Lock

    def about(self) -> dict[str, Any]:
        return {
            "v": VERSION,
            "holder": self.holder,
            "suite": self.suite,
            "public": {name: base64_of(key) for name, key in self.public.items()},
        }

    @property
    def content(self) -> bytes:
        """The canonical bytes."""
        return jcs(self.about() | {"lock": self.lock.as_dict()})

    @classmethod
    def parse(cls, content: bytes) -> "KeyFile":
        """From canonical bytes. Raises Faulty (key_malformed)."""
        fields = Fields.of(content, KEY_MALFORMED, at_most=LARGEST)
        fields.exactly("v", VERSION)
        holder, code = fields.one_of("holder", (SUPPLIER, TRUSTEE)), fields.one_of("suite", SUITES)
        inner = fields.inner("public")
        public = {name: inner.base64(name, at_most=65) for name in _NAMES[holder]}
        inner.done()
        found = cls(holder, code, public, locks.parse(fields.inner("lock")))
        fields.done()
        return found

    def keys(self, passphrase: str) -> dict[str, Pair]:
        """The key pairs by name. Raises Faulty (key_locked, key_malformed)."""
        try:
            inside = locks.opened(self.lock, about=self.about(), passphrase=passphrase)
        except Faulty as faulty:  # no bid depends on it: whoever has the key tries again
            raise Faulty(KEY_LOCKED, faulty.detail) from faulty
        fields = Fields.of(inside, KEY_MALFORMED, at_most=LARGEST)
        found = {name: Pair(fields.base64(name, lengths=(32,)), public) for name, public in self.public.items()}
        fields.done()
        return found


def created(*, holder: str, code: str, passphrase: str, chance: Chance) -> KeyFile:
    """New keys of this suite under this passphrase."""
    how = suite(code)
    made = {"sig": how.new_sign_keys(chance)}
    if "wrap" in _NAMES[holder]:
        made["wrap"] = how.new_wrap_keys(chance)
    empty = KeyFile(holder, code, {name: pair.public for name, pair in made.items()}, Lock("", b"", b""))
    inside = jcs({name: base64_of(pair.private) for name, pair in made.items()})
    lock = locks.by_passphrase(inside, about=empty.about(), passphrase=passphrase, chance=chance)
    return KeyFile(holder, code, empty.public, lock)


def check_holder(key_file: KeyFile, holder: str) -> None:
    """Is it a supplier's or a trustee's file, as wanted? Raises Faulty (key_malformed)."""
    if key_file.holder != holder:
        raise Faulty(KEY_MALFORMED, f"the key of a {key_file.holder}, not of a {holder}")
