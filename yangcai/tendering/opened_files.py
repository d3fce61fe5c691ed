"""Where do the files go that come out of an opened envelope? Enciphered into the store (SBP/1 §2.8, last sentence).

This is the one place where that is decided, for both sealings: what a bidder or the platform sealed, the first offer
and the last. Every other file of the platform lies as it came. Who may read a file is asked when it is fetched, each
time (www/work/files.py): the cipher keeps out whoever has a disk, a backup or a copy of the store.
"""

from collections.abc import Iterator

from yangcai.kernel import documents
from yangcai.kernel.models import Document


def keep(chunks: Iterator[bytes], *, name: str, limit: int) -> Document:
    """A file of an envelope that was found good, of at most so many bytes. Raises BadDocument, NoRoom, StoreDown."""
    return documents.store_enciphered(chunks=chunks, name=name, limit=limit)


def keep_bytes(content: bytes, *, name: str) -> Document:
    """Likewise, one that lies in memory."""
    return keep(iter([content]), name=name, limit=max(len(content), 1))
