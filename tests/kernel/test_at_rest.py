"""Does a file that lies enciphered come back through its key alone, whatever befalls file, key or process?"""

import io
import os
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from hypothesis import given
from hypothesis import strategies as st

from yangcai.kernel import at_rest, chunked, documents, file_keys
from yangcai.kernel.file_keys import KeyAway, KeyFile, NotWrapped, Wrapped
from yangcai.kernel.models import Document

CONTENT = bytes(range(251)) * 400  # six chunks and a part
EDGES = [n * chunked.CHUNK + d for n in (1, 2) for d in (-1, 0, 1)]
LENGTHS = st.one_of(st.integers(1, 50_000), st.sampled_from(EDGES))
NOWHERE = Path("/nowhere")


class InMemory:
    """A keeper whose key is only here."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def wrap(self, key: bytes) -> Wrapped:
        self.kept[name := f"arn:kms/{len(self.kept)}"] = key
        return Wrapped(name, name.encode())

    def unwrap(self, wrapped: Wrapped) -> bytes:
        return self.kept[wrapped.key_id]


KMS = InMemory()


def kms() -> InMemory:
    """What YANGCAI_FILE_KEYS names in these tests."""
    return KMS


def unreachable() -> InMemory:
    raise ConnectionError("the net is down")


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.YANGCAI_HOME, settings.YANGCAI_FILES = tmp_path, tmp_path / "files"
    return tmp_path


def kept(content: bytes = CONTENT) -> Document:
    return documents.store_enciphered(chunks=iter([content[:7], content[7:]]), name="标书.bin", limit=len(content))


def code_of(document: Document) -> str:
    with pytest.raises(documents.BadDocument) as refused:
        documents.opened(document)
    return refused.value.code


# --- the file itself ----------------------------------------------------------------------------------------------


@given(LENGTHS, st.data())
def test_it_is_read_from_any_place(length: int, data: st.DataObject) -> None:
    plain, out, keeper = random.Random(length).randbytes(length), io.BytesIO(), InMemory()
    writer = at_rest.Writer(out, keeper)
    cut = data.draw(st.integers(0, length))
    writer.write(plain[:cut])
    writer.write(plain[cut:])
    writer.finish()
    assert at_rest.is_enciphered(io.BytesIO(out.getvalue())) and not at_rest.is_enciphered(io.BytesIO(plain))
    file = at_rest.reader(io.BytesIO(out.getvalue()), keeper, root=NOWHERE)
    assert file.seek(0, io.SEEK_END) == length
    at, size = data.draw(st.integers(0, length + 5)), data.draw(st.integers(0, 40_000))
    file.seek(at)
    assert file.read(size) == plain[at : at + size]
    file.seek(0)
    assert file.read() == plain and file.read() == b""


@given(st.integers(1, 40_000), st.data())
def test_a_bit_or_a_cut_shows(length: int, data: st.DataObject) -> None:
    """What is not refused in opening it is refused in reading: no changed byte comes out."""
    out, keeper = io.BytesIO(), InMemory()
    writer = at_rest.Writer(out, keeper)
    writer.write(bytes(length))
    writer.finish()
    sealed = bytearray(out.getvalue())
    if data.draw(st.booleans()):
        at = data.draw(st.integers(len(at_rest.MAGIC), len(sealed) - 1))
        sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del sealed[data.draw(st.integers(len(at_rest.MAGIC), len(sealed) - 1)) :]
    with pytest.raises((at_rest.NotReadable, OSError, KeyError)):
        at_rest.reader(io.BytesIO(bytes(sealed)), keeper, root=NOWHERE).read()


def test_on_the_way_nothing_lies_in_the_clear(tmp_path: Path) -> None:
    spool = at_rest.Spool(tmp_path)
    for at in range(0, len(CONTENT), 1000):
        spool.write(CONTENT[at : at + 1000])
    spool.finish()
    spool._file.flush()
    on_the_disk = os.pread(spool._file.fileno(), 10**6, 0)
    assert len(on_the_disk) > len(CONTENT) and CONTENT[:32] not in on_the_disk
    assert b"".join(spool.pieces()) == CONTENT
    spool.close()


# --- in the store ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_under_the_name_of_its_plain_bytes_lies_what_tells_nothing(home: Path) -> None:
    document = kept()
    raw = documents.path_of(document.digest).read_bytes()
    assert document.size == len(CONTENT) and raw.startswith(at_rest.MAGIC) and CONTENT[:16] not in raw
    assert documents.read(document) == CONTENT and documents.state_of(document.digest) == ""
    key = home / "keys" / "files.key"
    assert key.stat().st_mode & 0o777 == 0o600 and key.read_bytes() not in raw
    with documents.opened(document) as file:
        file.seek(90_000)
        assert file.read(5) == CONTENT[90_000:90_005]
    assert documents.path_of(kept().digest).read_bytes() != raw  # a data key for each, also of the same bytes


@pytest.mark.django_db
def test_what_others_are_to_read_never_becomes_enciphered(home: Path) -> None:
    """In whichever order the same bytes come: as a file like any other, and out of an envelope."""
    for plain_first in (True, False):
        content = CONTENT + bytes([plain_first])
        steps = [lambda c=content: documents.store_bytes(data=c, name="公开.pdf"), lambda c=content: kept(c)]
        for step in steps if plain_first else reversed(steps):
            document = step()
        assert documents.path_of(document.digest).read_bytes() == content
    documents.path_of(document.digest).write_bytes(b"rotten")
    kept(content)  # the damaged one is no copy to keep
    assert documents.read(document) == content


@pytest.mark.django_db
def test_a_plain_file_that_begins_like_an_enciphered_one_is_read(home: Path) -> None:
    kept()
    stolen = documents.path_of(kept().digest).read_bytes()  # with a header that opens
    for content in (at_rest.MAGIC, at_rest.MAGIC + b"\xff\xff{}", stolen, stolen[:-1], at_rest.MAGIC + b"\0\x02{}"):
        assert documents.read(documents.store_bytes(data=content, name="x.bin")) == content


@pytest.mark.django_db
def test_every_flipped_bit_is_found(home: Path) -> None:
    document, chance = kept(), random.Random(7)
    path = documents.path_of(document.digest)
    whole = path.read_bytes()
    for at in (*range(0, 250, 3), *(chance.randrange(len(whole)) for _time in range(40))):  # header and chunks
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        assert code_of(document) == "damaged"
    path.write_bytes(whole)
    for at in (0, 20, len(whole) - 1):
        path.write_bytes(whole[:at])
        assert code_of(document) == "damaged"
    path.unlink()
    assert code_of(document) == "missing"
    assert documents.read(kept()) == CONTENT  # the same bytes mend it


@pytest.mark.django_db
def test_a_process_that_dies_leaves_nothing_half(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of writing: no file. Between file and row: a whole one, enciphered, that the next attempt takes."""
    with pytest.raises(documents.StoreDown):
        documents.store_enciphered(chunks=_broken(), name="x", limit=10**6)
    assert [path for path in home.joinpath("files").rglob("*") if path.is_file()] == []
    with monkeypatch.context() as patch:
        patch.setattr(documents, "_row", lambda wanted: (_ for _ in ()).throw(DatabaseError("gone")))
        with pytest.raises(DatabaseError):
            kept()
    found = [path for path in (home / "files").rglob("*") if path.is_file() and at_rest.KEYS not in path.parts]
    assert len(found) == 1 and found[0].read_bytes().startswith(at_rest.MAGIC) and not Document.objects.exists()
    assert documents.state_of(found[0].name) == "" and documents.read(kept()) == CONTENT


def _broken() -> Any:
    yield CONTENT
    raise OSError(5, "the disk is gone")


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_new_key_takes_over_and_older_files_are_read(home: Path) -> None:
    old = kept()
    key = home / "keys" / "files.key"
    key.rename(key.with_name("files.key.2026"))
    new = kept(CONTENT + b"new")
    assert documents.read(old) + b"new" == documents.read(new)
    assert at_rest.keys_noted(home / "files") == 2 and at_rest.keys_away(home / "files", file_keys.keeper()) == {}
    (home / "keys" / "files.key.2026").unlink()
    assert code_of(old) == "locked" and documents.state_of(new.digest) == ""
    assert len(at_rest.keys_away(home / "files", file_keys.keeper())) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["lost", "another", "exposed", "short"])
def test_without_its_key_a_file_is_refused_by_name(home: Path, how: str) -> None:
    document, key = kept(), home / "keys" / "files.key"
    whole = key.read_bytes()
    match how:
        case "lost":
            key.unlink()
        case "another":
            key.write_bytes(bytes(32))
        case "exposed":
            key.chmod(0o644)
        case "short":
            key.write_bytes(whole[:31])
    assert code_of(document) == "locked" and at_rest.keys_away(home / "files", file_keys.keeper())
    assert key.exists() == (how != "lost")  # reading makes none
    if how in {"exposed", "short"}:
        with pytest.raises(documents.StoreDown):
            kept(b"more")
        assert not Document.objects.filter(size=4).exists()
    key.unlink(missing_ok=True)
    key.write_bytes(whole)
    key.chmod(0o600)
    assert documents.read(document) == CONTENT


@pytest.mark.django_db
def test_another_keeper_is_named_by_a_setting(home: Path, settings: Any) -> None:
    settings.YANGCAI_FILE_KEYS = f"{__name__}:kms"
    document = kept()
    assert documents.read(document) == CONTENT and not (home / "keys").exists()
    assert at_rest.keys_away(home / "files", file_keys.keeper()) == {}
    KMS.kept.clear()  # its KeyError is not ours to know
    assert code_of(document) == "locked" and at_rest.keys_away(home / "files", file_keys.keeper())
    for name in ("unreachable", "unknown", "kms.x"):
        settings.YANGCAI_FILE_KEYS = f"{__name__}:{name}"
        assert code_of(document) == "locked"
        with pytest.raises(documents.StoreDown):
            kept(b"more")
    settings.YANGCAI_FILE_KEYS = "no such module"
    assert code_of(document) == "locked"


def test_a_key_opens_only_what_it_wrapped(tmp_path: Path) -> None:
    mine, key = KeyFile(tmp_path), bytes(32)
    wrapped = mine.wrap(key)
    assert mine.unwrap(wrapped) == key and mine.wrap(key) != wrapped
    for content in (b"", wrapped.content[:-1], wrapped.content[:-1] + bytes([wrapped.content[-1] ^ 1])):
        with pytest.raises(NotWrapped):
            mine.unwrap(Wrapped(wrapped.key_id, content))
    with pytest.raises(KeyAway):
        mine.unwrap(Wrapped("another", wrapped.content))
