"""Is the tree RFC 6962's, and is every wrong proof refused? With the probes of transparency-dev/merkle."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.tlog.published import CONSISTENT, LEAVES, ROOTS
from yangcai.kernel.tlog import tiles, tree
from yangcai.kernel.tlog.faults import Malformed, Unproven

HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]
READ = tree.reader_of(HASHES)
OTHER = b"\x5a" * tree.HASH


def many(count: int) -> list[bytes]:
    return [tree.leaf_hash(b"%d" % number) for number in range(count)]


def mth(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word, as a second witness."""
    if len(hashes) < 2:
        return hashes[0] if hashes else tree.EMPTY
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return tree.node_hash(mth(hashes[:half]), mth(hashes[half:]))


def test_the_published_roots_come_out() -> None:
    assert [tree.root(size=size, read=READ) for size in range(len(LEAVES) + 1)] == ROOTS


def test_the_published_consistency_proof_comes_out() -> None:
    old, size, proof = CONSISTENT
    found = tree.consistency_proof(old=old, size=size, read=READ)
    assert [base64.b64encode(step).decode() for step in found] == list(proof)


@given(st.integers(0, 700))
def test_a_root_is_that_of_the_definition(size: int) -> None:
    hashes = many(size)
    assert tree.root(size=size, read=tree.reader_of(hashes)) == mth(hashes)


@given(st.data())
def test_every_leaf_and_every_beginning_can_be_proved(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 700))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    hashes = many(size)
    read = tree.reader_of(hashes)
    root = mth(hashes)
    path = tree.inclusion_proof(index=index, size=size, read=read)
    tree.verify_inclusion(index=index, size=size, leaf=hashes[index], proof=path, root=root)
    steps = tree.consistency_proof(old=old, size=size, read=read)
    tree.verify_consistency(old=old, size=size, proof=steps, old_root=mth(hashes[:old]), root=root)


def lists(proof: list[bytes], *roots: bytes) -> Iterator[list[bytes]]:
    """Proofs that differ from the right one: a bit, one step more at either end, one less."""
    for place, step in enumerate(proof):
        yield [*proof[:place], bytes([step[0] ^ 16]) + step[1:], *proof[place + 1 :]]
    for more in (b"garbage", b"", OTHER, *roots, *proof[:1]):
        yield [more, *proof]
        yield [*proof, more]
    if proof:
        yield proof[:-1]
        yield proof[1:]
        yield [step[:-1] for step in proof]


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5), (4, 5)])
def test_no_wrong_inclusion_is_believed(index: int, size: int) -> None:
    proof = tree.inclusion_proof(index=index, size=size, read=READ)
    right: dict[str, Any] = {"index": index, "size": size, "leaf": HASHES[index], "proof": proof, "root": ROOTS[size]}
    tree.verify_inclusion(**right)
    wrong = [{"index": n} for n in (index - 1, index + 1, index ^ 2, size, size + 1, -1)]
    wrong += [{"size": n} for n in (size * 2, size // 2, index, 0, -size)]
    wrong += [{"leaf": leaf} for leaf in (OTHER, b"", ROOTS[0], HASHES[index][:-1])]
    wrong += [{"root": root} for root in (OTHER, b"", ROOTS[0])]
    wrong += [{"proof": other} for other in lists(proof, ROOTS[size])]
    believed = []
    for change in wrong:
        try:
            tree.verify_inclusion(**right | change)
        except Unproven:
            continue
        believed.append(change)
    assert believed == []


@pytest.mark.parametrize(("old", "size"), [(1, 8), (6, 8), (2, 5), (6, 7), (4, 8), (3, 4)])
def test_no_wrong_growth_is_believed(old: int, size: int) -> None:
    proof = tree.consistency_proof(old=old, size=size, read=READ)
    right: dict[str, Any] = {"old": old, "size": size, "proof": proof, "old_root": ROOTS[old], "root": ROOTS[size]}
    tree.verify_consistency(**right)
    wrong: list[dict[str, Any]] = [{"old": n} for n in (old - 1, old + 1, old ^ 2, 0, size, -old)]
    wrong += [{"size": n} for n in (size * 2, size // 2, old - 1)]
    wrong += [{"old_root": OTHER}, {"root": OTHER}, {"old_root": ROOTS[size], "root": ROOTS[old]}, {"proof": []}]
    wrong += [{"proof": other} for other in lists(proof, ROOTS[old], ROOTS[size])]
    believed = []
    for change in wrong:
        try:
            tree.verify_consistency(**right | change)
        except Unproven:
            continue
        believed.append(change)
    assert believed == []


def test_from_an_empty_tree_nothing_follows() -> None:
    for proof in ([], [ROOTS[0]], [OTHER]):
        with pytest.raises(Unproven):
            tree.verify_consistency(old=0, size=1, proof=proof, old_root=ROOTS[0], root=ROOTS[1])
    for size in (0, 1):
        tree.verify_consistency(old=size, size=size, proof=[], old_root=ROOTS[size], root=ROOTS[size])
        for wrong in ({"root": OTHER}, {"proof": [ROOTS[0]]}):
            with pytest.raises(Unproven):
                tree.verify_consistency(
                    **{"old": size, "size": size, "proof": [], "old_root": ROOTS[size], "root": ROOTS[size]} | wrong
                )


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (0, 0), (8, 8)])
def test_what_is_not_there_cannot_be_proved(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion_proof(index=index, size=size, read=READ)


@pytest.mark.parametrize(("number", "path"), [(0, "000"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")])
def test_numbers_become_paths(number: int, path: str) -> None:
    assert tiles.number_path(number) == path
    for tile in (tiles.Tile(-1, number), tiles.Tile(0, number, 7), tiles.Tile(63, number, 255)):
        assert tiles.parse_path(tile.path) == tile
    assert tiles.Tile(-1, number, 7).path == f"tile/entries/{path}.p/7"


@pytest.mark.parametrize(
    "path",
    [
        "tile/64/000", "tile/00/000", "tile/-1/000", "tile/0/0", "tile/0/0000", "tile/0/x000/001", "tile/0/001/002",
        "tile/0/x001/x002", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p", "tile/8/0/000",
        "/tile/0/000", "tile/0/000/", "tile/entries/../000", "tile/data/000", "tile/0/٠٠٠", "tile/0/000\n",
        f"tile/0/{'x123/' * 1500}000",
    ],
)  # fmt: skip
def test_other_paths_are_none(path: str) -> None:
    with pytest.raises(Malformed):
        tiles.parse_path(path)


def test_a_tree_lies_in_the_tiles_that_the_specification_counts() -> None:
    """70,000 entries: 273 full tiles and one of 112, a full one and one of 17 above, one of 1 on top."""
    found = list(tiles.tiles_of(size=70_000))
    level0 = [tile for tile in found if tile.level == 0]
    assert len(level0) == 274 and level0[-1] == tiles.Tile(0, 273, 112)
    above = [tile for tile in found if tile.level > 0]
    assert above == [tiles.Tile(1, 0), tiles.Tile(1, 1, 17), tiles.Tile(2, 0, 1)]
    assert [t for t in tiles.tiles_of(size=256) if t.level >= 0] == [tiles.Tile(0, 0), tiles.Tile(1, 0, 1)]
    assert list(tiles.tiles_of(size=0)) == [] == list(tiles.tiles_of(size=9, since=9))
    assert list(tiles.tiles_of(size=264, since=256)) == [tiles.Tile(-1, 1, 8), tiles.Tile(0, 1, 8)]


@given(st.integers(1, 70_000), st.data())
def test_what_the_tiles_say_is_what_the_leaves_say(size: int, data: st.DataObject) -> None:
    """Levels above the first hold hashes of whole tiles: a reader of tiles gets the same proofs."""
    hashes = BIG[:size]

    def content(tile: tiles.Tile) -> bytes:
        first = tile.index * tiles.WIDTH
        return b"".join(BIG_READ(tiles.HEIGHT * tile.level, first + place) for place in range(tile.width))

    read = tiles.reader_of(size=size, read_tile=content)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion_proof(index=index, size=size, read=read)
    root = tree.root(size=size, read=read)
    assert root == tree.root(size=size, read=BIG_READ)
    tree.verify_inclusion(index=index, size=size, leaf=hashes[index], proof=path, root=root)


BIG = many(70_000)
BIG_READ = tree.reader_of(BIG)


def test_a_tile_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(Malformed, match="31 bytes"):
        tree.root(size=1, read=tiles.reader_of(size=1, read_tile=lambda _tile: b"x" * 31))


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_come_back(entries: list[bytes]) -> None:
    assert tiles.unpack_entries(tiles.pack_entries(entries)) == entries


def test_bundles_that_are_cut_off_are_refused() -> None:
    whole = tiles.pack_entries([b"one", b"two"])
    assert whole == b"\x00\x03one\x00\x03two"
    for end in (1, 2, 4, 6, 9):
        with pytest.raises(Malformed):
            tiles.unpack_entries(whole[:end])
    tiles.pack_entries([bytes(tiles.LONGEST_ENTRY)])
    with pytest.raises(Malformed):
        tiles.pack_entries([bytes(tiles.LONGEST_ENTRY + 1)])
