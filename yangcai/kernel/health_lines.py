"""What does a line of the health journal say, and which outages follow from the lines? Pure: no Django, no clock.

A line names the one before it by its digest and is signed, so that none can be left out or changed later. Between two
good lines that lie far enough apart there was an outage: because lines between them say that something failed, or
because there are none, for a machine that is down writes nothing.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from yangcai.kernel.encoding import BadEncoding, base64_of, digest, jcs, read_base64, read_timestamp, timestamp
from yangcai.kernel.health_terms import Outage
from yangcai.kernel.tlog import note

#: What is looked at, in Chinese and English.
PROBES: dict[str, tuple[str, str]] = {
    "finalise": ("投标递交", "handing in bids"),
    "keys": ("签名密钥", "the signing keys"),
    "log": ("公开日志", "the public log"),
    "store": ("上传存储", "the store of uploads"),
    "web": ("网站", "the site"),
}
KIND, ROLE = "health", "sbp-health"
LABEL = "sbp/1 health\n"
#: What the first line names as the one before it.
NONE_BEFORE = "0" * 64


@dataclass(frozen=True)
class Line:
    """`looked` is what was looked at, `bad` what of it failed; both in order."""

    number: int
    at: datetime.datetime
    looked: tuple[str, ...]
    bad: tuple[str, ...]
    previous: str
    signature: bytes = b""

    @property
    def is_good(self) -> bool:
        return not self.bad

    @property
    def said(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "t": KIND,
            "n": self.number,
            "at": timestamp(self.at),
            "looked": list(self.looked),
            "bad": list(self.bad),
            "prev": self.previous,
        }

    @property
    def text(self) -> str:
        return f"{LABEL}{jcs(self.said).decode()}\n"

    @property
    def body(self) -> dict[str, Any]:
        """The line as it stands in the log."""
        return {**self.said, "sig": base64_of(self.signature)}

    @property
    def digest(self) -> str:
        """By which the next line names this one."""
        return digest(jcs(self.body)).hex()

    def signed(self, signer: note.Signer) -> "Line":
        made = signer.sign(self.text)
        return Line(self.number, self.at, self.looked, self.bad, self.previous, made.signature)

    def is_signed_by(self, keys: Iterable[note.Verifier]) -> bool:
        return any(key.verifies(self.text, self.signature) for key in keys)


def read(body: dict[str, Any]) -> Line:
    """The line that a body of the log is. Raises BadEncoding."""
    try:
        line = Line(
            number=body["n"],
            at=read_timestamp(body["at"]),
            looked=tuple(body["looked"]),
            bad=tuple(body["bad"]),
            previous=body["prev"],
            signature=read_base64(body["sig"]),
        )
        is_whole = isinstance(line.number, int) and isinstance(line.previous, str) and line.looked
        if not is_whole or not set(line.bad) <= set(line.looked) or line.body != body:
            raise BadEncoding("not the form of a line")
    except (KeyError, TypeError) as error:
        raise BadEncoding(f"not the form of a line: {error}") from error
    return line


def outages(lines: Iterable[Line], *, shortest: datetime.timedelta) -> Iterator[Outage]:
    """Every outage of a journal, in order; one that is not over yet is none so far."""
    good: Line | None = None
    bad: set[str] = set()
    for line in lines:
        if not line.is_good:
            bad |= set(line.bad)
            continue
        if good is not None and line.at - good.at >= shortest:
            yield Outage(good.number, line.number, good.at, line.at, tuple(sorted(bad)))
        good, bad = line, set()
