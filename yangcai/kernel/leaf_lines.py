"""How is a line of the public log written? In clear, or as a commitment that is opened later (SBP/1 §2.7). Pure."""

from yangcai.kernel.encoding import base64_of, h2
from yangcai.kernel.tlog.tiles import LONGEST_ENTRY

BLINDED, CLEAR = b"sbp1 ", b"sbp1c "
#: The label under which nonce and body are hashed together.
LABEL = "sbp/1 leaf"
NONCE = 32
#: Of a clear body all stands in the line, of a blinded one nothing: that one is bound by reason alone.
LONGEST_CLEAR, LONGEST_BLINDED = LONGEST_ENTRY - len(CLEAR) - 1, 1 << 20


def blinded(*, nonce: bytes, body: bytes) -> bytes:
    """The line of a body that is kept back: 50 bytes that look like any others."""
    return BLINDED + base64_of(h2(LABEL, nonce, body)).encode() + b"\n"


def in_clear(*, body: bytes) -> bytes:
    """The line of a leaf whose body anybody may read."""
    return CLEAR + body + b"\n"
