"""Which logs and how many witnesses does somebody trust? C2SP tlog-policy.

A further line `log` may name the log's key of SM2 (type 0xff, `sm2sm3`). That is ours: other programs refuse such a
policy, so the one that a log publishes never has it, and the key of Ed25519 stands in every policy.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yangcai.kernel.tlog import checkpoint, note
from yangcai.kernel.tlog.checkpoint import Checkpoint
from yangcai.kernel.tlog.faults import Malformed, Unproven
from yangcai.kernel.tlog.note import Note, Signature, Verifier

NONE = "none"


@dataclass(frozen=True)
class Party:
    """A log or a witness: its key and, where the policy names one, its address."""

    verifier: Verifier
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Witnessed when `needed` of its members have."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Witnessed:
    """A checkpoint that a policy accepts, and by whose cosignatures."""

    checkpoint: Checkpoint
    log: Verifier
    cosignatures: Mapping[str, Signature]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups by name, and the name that must have witnessed (`none`: nobody); `sm2`: further keys
    of the logs."""

    logs: Sequence[Party]
    witnesses: Mapping[str, Party]
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    sm2: Sequence[Verifier] = ()

    def is_met_by(self, names: set[str]) -> bool:
        """Whether these witnesses are a quorum."""
        return self.quorum == NONE or self._witnessed(self.quorum, names)

    def _witnessed(self, name: str, names: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._witnessed(member, names) for member in group.members) >= group.needed

    def verify(self, signed: Note) -> Witnessed:
        """Raises Malformed where the note is no checkpoint; Unproven: an unknown origin, no signature of that log, a
        wrong signature, no quorum. A log does not count as its own witness."""
        found = checkpoint.parse(signed.text)
        logs = [log.verifier for log in self.logs if log.verifier.name == found.origin]
        if not logs:
            raise Unproven(
                f"a checkpoint of {found.origin!r}, which the policy does not know",
                zh=f"这是 {found.origin!r} 的检查点，信任策略中没有这个日志",
            )
        signers = [verifier for verifier, _signature in note.verified(signed, logs)]
        if not signers:
            raise Unproven(f"{found.origin} did not sign this checkpoint", zh=f"{found.origin} 没有签署这个检查点")
        self._signed_in_sm2(signed, found)
        own = {log.verifier.public for log in self.logs}
        by_key = {party.verifier: name for name, party in self.witnesses.items() if party.verifier.public not in own}
        seen = {by_key[verifier]: signature for verifier, signature in note.verified(signed, by_key)}
        if not self.is_met_by(set(seen)):
            raise Unproven(
                f"too few witnesses: {', '.join(sorted(seen)) or 'none'}",
                zh=f"见证人不足：{'、'.join(sorted(seen)) or '没有见证人联署'}",
            )
        return Witnessed(found, signers[0], seen)

    def verify_sm2(self, signed: Note) -> Verifier | None:
        """The key of SM2 that signed this checkpoint too; None where the policy names none of this log. One of several
        is enough, as when a key is replaced. Raises Malformed; Unproven where the line is wrong or missing. Not part of
        `verify`: what was kept from before a log had such a key stays good."""
        found = checkpoint.parse(signed.text)
        keys = self._sm2_of(found)
        signers = self._signed_in_sm2(signed, found)
        if keys and not signers:
            raise Unproven(
                f"{found.origin} did not sign this checkpoint with its key of SM2",
                zh=f"{found.origin} 没有以国密（SM2）密钥签署这个检查点",
            )
        return signers[0] if signers else None

    def _sm2_of(self, head: Checkpoint) -> list[Verifier]:
        return [one for one in self.sm2 if one.name == head.origin]

    def _signed_in_sm2(self, signed: Note, head: Checkpoint) -> list[Verifier]:
        try:
            return [verifier for verifier, _signature in note.verified(signed, self._sm2_of(head))]
        except Unproven as error:
            raise Unproven(
                f"the SM2 signature of {head.origin} is wrong", zh=f"{head.origin} 的国密（SM2）签名不符"
            ) from error


def parse(content: bytes) -> Policy:
    """A policy file. Raises Malformed, with the number of the line. Names are octets: compared as they are written."""
    if re.search(rb"[^\t\n\x20-\x7e\x80-\xff]", content):
        raise Malformed("a policy has no control characters but tab and newline")
    reading = _Reading()
    for place, line in enumerate(content.split(b"\n"), start=1):
        words = [word.decode(errors="surrogateescape") for word in re.split(rb"[ \t]+", line.strip(b" \t")) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reading.take(words)
        except Malformed as error:
            raise Malformed(f"line {place} of the policy: {error}") from error
    if reading.quorum is None:
        raise Malformed("a policy without a quorum")
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum, tuple(reading.sm2))


class _Reading:
    """A policy as far as it has been read."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.sm2: list[Verifier] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.members: set[str] = set()

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", vkey] if (key := note.parse_vkey(vkey)).kind == note.SM2:
                if key in self.sm2:
                    raise Malformed("the same key twice")
                self.sm2.append(key)
            case ["log", vkey, *url] if len(url) <= 1:
                self.logs.append(self._party(vkey, url, note.ED25519, self.logs))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._free(name)
                self.witnesses[name] = self._party(vkey, url, note.COSIGNATURE, list(self.witnesses.values()))
            case ["group", name, needed, *members] if members:
                self._free(name)
                self.groups[name] = self._group(needed, members)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise Malformed("a second quorum")
                if name != NONE:
                    self._defined(name)
                self.quorum = name
            case _:
                raise Malformed(f"not understood: {' '.join(words)!r}")

    def _party(self, vkey: str, url: list[str], kind: int, others: list[Party]) -> Party:
        verifier = note.parse_vkey(vkey)
        if verifier.kind != kind:
            raise Malformed(f"a key of type {verifier.kind:#04x} in the place of one of type {kind:#04x}")
        if any(other.verifier.public == verifier.public for other in others):
            raise Malformed("the same key twice")
        return Party(verifier, *url)

    def _group(self, needed: str, members: list[str]) -> Group:
        for member in members:
            self._defined(member)
            if member in self.members:
                raise Malformed(f"{member!r} is a member twice")
            self.members.add(member)
        if needed not in {"all", "any"} and not re.fullmatch(r"[1-9][0-9]{0,3}", needed, re.ASCII):
            raise Malformed(f"no threshold: {needed!r}")
        count = {"all": len(members), "any": 1}.get(needed) or int(needed)
        if count > len(members):
            raise Malformed(f"{count} of {len(members)} members")
        return Group(count, tuple(members))

    def _free(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"the name {name!r} is taken")

    def _defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"{name!r} is not defined before")
