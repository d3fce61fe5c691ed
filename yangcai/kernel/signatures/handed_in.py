"""What do the signatures of a PDF prove that somebody handed in? Read in a process of its own (kernel/confined.py).

What this process has just sealed itself came from nobody else, and is read where it was made.
"""

import base64
import dataclasses
import datetime
import hashlib
import json
from collections import deque
from collections.abc import Sequence
from typing import Any

from yangcai.kernel import confined
from yangcai.kernel.signatures.verification import BadTrust, Findings, Found, verify

#: Bytes that say how long the list of roots before the PDF is.
LENGTH = 4
TIMES = ("signed_at", "stamped_at")
#: Digests of the papers that this process sealed last.
_SEALED: deque[bytes] = deque(maxlen=32)


def sealed_here(pdf: bytes) -> None:
    """Says of these bytes that nobody handed them in."""
    _SEALED.append(hashlib.sha256(pdf).digest())


def verify_apart(pdf: bytes, *, trust: Sequence[bytes]) -> Findings:
    """As `verification.verify`; a file that takes more of the process than it may cannot be read. Raises BadTrust;
    confined.NoAnswer where it was waited for in vain."""
    if hashlib.sha256(pdf).digest() in _SEALED:
        return verify(pdf, trust=trust)
    roots = json.dumps([base64.b64encode(one).decode() for one in trust]).encode()
    try:
        told = confined.apart(plainly, len(roots).to_bytes(LENGTH) + roots + pdf)
    except confined.TooMuch:
        return Findings((), ("unreadable",))
    except ValueError as error:
        raise BadTrust(str(error)) from error
    return Findings(tuple(_found(one) for one in told["signatures"]), tuple(told["faults"]))


def plainly(content: bytes) -> dict[str, Any]:
    """`verify` of roots and PDF in one piece, as data."""
    end = LENGTH + int.from_bytes(content[:LENGTH])
    trust = [base64.b64decode(one) for one in json.loads(content[LENGTH:end])]
    found = verify(content[end:], trust=trust)
    return {"signatures": [_said(one) for one in found.signatures], "faults": list(found.faults)}


def _said(one: Found) -> dict[str, Any]:
    told = dataclasses.asdict(one)
    return told | {name: told[name].isoformat() if told[name] else None for name in TIMES}


def _found(told: dict[str, Any]) -> Found:
    times = {name: datetime.datetime.fromisoformat(told[name]) if told[name] else None for name in TIMES}
    return Found(**(told | times | {"faults": tuple(told["faults"])}))
