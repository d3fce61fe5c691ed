"""What does one hash say about a list that only grows? RFC 6962 §2.1: tree, inclusion, consistency.

The tree is read through a `Reader`: (level, index) -> the hash of the complete subtree over the leaves
[index·2^level, (index+1)·2^level). Nothing here needs more of a log than that, however large it is.
"""

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from yangcai.kernel.tlog.faults import Unproven

HASH = 32
Reader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00, entry): 32 bytes (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right): 32 bytes (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


#: The root of a tree without leaves.
EMPTY = hashlib.sha256(b"").digest()


def reader_of(leaves: Sequence[bytes]) -> Reader:
    """Reads a tree whose leaf hashes are all at hand."""

    @cache
    def read(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def peaks(*, start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees (level, index), largest first, that leaves [start, end) fall into; `start` must be a
    multiple of the largest."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_hash(*, start: int, end: int, read: Reader) -> bytes:
    """MTH(D[start:end]) for a range that is a subtree of some tree."""
    hashes = [read(level, index) for level, index in peaks(start=start, end=end)]
    if not hashes:
        return EMPTY
    found = hashes.pop()
    while hashes:
        found = node_hash(hashes.pop(), found)
    return found


def root(*, size: int, read: Reader) -> bytes:
    """MTH(D[size])."""
    return range_hash(start=0, end=size, read=read)


def inclusion_proof(*, index: int, size: int, read: Reader) -> list[bytes]:
    """PATH(index, D[size]), from the leaf's sibling upwards. Raises ValueError unless index < size."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _half(end - start)
        if index < middle:
            proof.append((middle, end))
            end = middle
        else:
            proof.append((start, middle))
            start = middle
    return [range_hash(start=a, end=b, read=read) for a, b in reversed(proof)]


def consistency_proof(*, old: int, size: int, read: Reader) -> list[bytes]:
    """PROOF(old, D[size]); nothing for old = size and for old = 0. Raises ValueError unless old <= size."""
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} has none of {old} before it")
    if old in {0, size}:
        return []
    ranges: list[tuple[int, int]] = []
    start, end = 0, size
    while old != end:
        middle = start + _half(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # else the old root itself is the subtree, which the verifier has
        ranges.append((start, end))
    return [range_hash(start=a, end=b, read=read) for a, b in reversed(ranges)]


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raises Unproven unless the leaf hash is at `index` of the tree with that root."""
    if not 0 <= index < size:
        raise Unproven(f"index {index} is beyond the size {size}", zh=f"序号 {index} 超出日志的 {size} 条")
    if len(leaf) != HASH or any(len(step) != HASH for step in proof):
        raise Unproven("a hash of a wrong length", zh="摘要的长度不符")
    inner, border = _shape(index, size)
    if len(proof) != inner + border:
        raise Unproven(
            f"the inclusion proof has {len(proof)} hashes instead of {inner + border}",
            zh=f"包含证明有 {len(proof)} 个摘要，应为 {inner + border} 个",
        )
    found = _chain_border(_chain(leaf, proof[:inner], index), proof[inner:])
    if found != root:
        raise Unproven("the inclusion proof leads to another root", zh="包含证明得出的不是检查点的根摘要")


def verify_consistency(*, old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """Raises Unproven unless the tree of `size` begins with that of `old`. From an empty tree nothing follows, so that
    is an error too, save for two that are the same."""
    if not 0 <= old <= size:
        raise Unproven(f"a tree of {size} cannot follow one of {old}", zh=f"{size} 条的日志不能在 {old} 条之后")
    if old == size:
        if proof:
            raise Unproven("a proof that one tree is itself must be empty", zh="同一大小的一致性证明应当为空")
        if old_root != root:
            raise Unproven(f"two roots for the size {size}", zh=f"{size} 条的日志有两个根摘要")
        return
    if old == 0:
        raise Unproven("from an empty tree nothing can be proved", zh="从空日志不能证明什么")
    if any(len(step) != HASH for step in proof):
        raise Unproven("a hash of a wrong length", zh="摘要的长度不符")
    if not proof:
        raise Unproven("the consistency proof is empty", zh="一致性证明为空")
    inner, border = _shape(old - 1, size)
    shift = (old & -old).bit_length() - 1  # the level of the last complete subtree of the old tree
    inner -= shift
    seed, steps = (old_root, proof) if old == 1 << shift else (proof[0], proof[1:])
    if len(steps) != inner + border:
        raise Unproven(
            f"the consistency proof has {len(proof)} hashes, which is not right",
            zh=f"一致性证明有 {len(proof)} 个摘要，个数不符",
        )
    path = (old - 1) >> shift
    if _chain_border(_chain_left(seed, steps[:inner], path), steps[inner:]) != old_root:
        raise Unproven("the consistency proof does not lead to the old root", zh="一致性证明得不出原来的根摘要")
    if _chain_border(_chain(seed, steps[:inner], path), steps[inner:]) != root:
        raise Unproven("the consistency proof does not lead to the new root", zh="一致性证明得不出新的根摘要")


def _half(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def _shape(index: int, size: int) -> tuple[int, int]:
    """How many steps of the path lie below where it leaves the right border, and how many left siblings above."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _chain(seed: bytes, steps: Sequence[bytes], path: int) -> bytes:
    for place, step in enumerate(steps):
        seed = node_hash(step, seed) if path >> place & 1 else node_hash(seed, step)
    return seed


def _chain_left(seed: bytes, steps: Sequence[bytes], path: int) -> bytes:
    """As the subtree was when its leaves to the right were not there yet."""
    for place, step in enumerate(steps):
        if path >> place & 1:
            seed = node_hash(step, seed)
    return seed


def _chain_border(seed: bytes, steps: Sequence[bytes]) -> bytes:
    for step in steps:
        seed = node_hash(step, seed)
    return seed
