"""What is the digest of a large file when every part of 8 MiB is to be checked as it arrives? (SBP/1, amendment 1)

H(H(part 1) ‖ … ‖ H(part k)): a browser, which has no running SHA-256, computes it part by part; an empty file has no
part, its digest is that of nothing. The suite G1 records the same over SM3 besides.
"""

from cryptography.hazmat.primitives import hashes

#: One part of an upload, bytes.
PART = 8 * 2**20


class ByParts:
    """The digest by parts of bytes that come in any pieces; `size` counts them."""

    def __init__(self, algorithm: hashes.HashAlgorithm | None = None, *, part: int = PART) -> None:
        self.algorithm = algorithm or hashes.SHA256()
        self.part = part
        self.size = 0
        self.parts: list[bytes] = []
        self._running = hashes.Hash(self.algorithm)

    def update(self, content: bytes | memoryview) -> None:
        view = memoryview(content)
        while len(view):
            room = self.part - self.size % self.part
            taken = view[:room]
            self._running.update(taken)
            self.size += len(taken)
            if self.size % self.part == 0:
                self._close()
            view = view[room:]

    def _close(self) -> None:
        self.parts.append(self._running.finalize())
        self._running = hashes.Hash(self.algorithm)

    def digest(self) -> bytes:
        """The digest over the parts so far; the last may be short."""
        parts = list(self.parts)
        if self.size % self.part:
            parts.append(self._running.copy().finalize())
        return of_parts(parts, self.algorithm)


def of_parts(parts: list[bytes], algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    """The digest of the whole from those of its parts, in order: what a server computes from its rows."""
    whole = hashes.Hash(algorithm or hashes.SHA256())
    for part in parts:
        whole.update(part)
    return whole.finalize()
