"""With which key does the platform sign what a bidder gets at once? A note, stored and given out byte for byte."""

from yangcai.kernel import log_keys
from yangcai.kernel.tlog import note
from yangcai.sealing.receipt import Receipt


def signer() -> note.Signer:
    """The platform's key for receipts, with its name; read once and again when its file changes."""
    return log_keys.signer(log_keys.RECEIPT)


def signed(receipt: Receipt) -> str:
    """The note as it is stored; nobody signs it a second time."""
    return str(note.sign(receipt.text, signer()))
