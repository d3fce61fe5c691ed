"""Is an oversized or hostile upload refused early, with a sentence, and without leaving anything behind?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import factories
from tests.factories import NOW
from yangcai.funds.budget_file import MAX_BYTES
from yangcai.funds.models import Appropriation
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Document, Entry, Upload
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
HEAD = "采购人,预算年度,预算项目编码,预算项目名称,预算金额,批复日期\n"


@pytest.fixture
def treasury() -> Post:
    return factories.make_post(Role.TREASURY)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.YANGCAI_FILES = tmp_path
    return tmp_path


def refused(treasury: Post, file: Any) -> str:
    """The sentences with which a budget file is refused; nothing of it is kept."""
    with pytest.raises(Refused) as caught:
        perform(ACTIONS["budget.import"], treasury.organisation, by=treasury, now=NOW, file=file)
    assert not Appropriation.objects.exists()
    assert not Document.objects.exists() and not Upload.objects.exists()
    assert not Entry.objects.filter(outcome="done").exists()
    return " ".join(refusal.zh for refusal in caught.value.refusals)


class Endless(SimpleUploadedFile):
    """Says that it is small and goes on and on; counts what was read of it."""

    read_bytes = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while True:
            self.read_bytes += documents.CHUNK
            yield b"x" * documents.CHUNK


def test_what_says_that_it_is_too_large_is_not_read(treasury: Post, folder: Path) -> None:
    file = Endless("预算.csv", b"")
    file.size = MAX_BYTES + 1
    assert "超过 50 MB" in refused(treasury, file)
    assert file.read_bytes == 0


def test_what_lies_about_its_size_is_read_no_further_than_the_limit(treasury: Post, folder: Path) -> None:
    file = Endless("预算.csv", b"x")
    assert "超过 50 MB" in refused(treasury, file)
    assert file.read_bytes == MAX_BYTES + documents.CHUNK
    assert list(folder.rglob("*")) == []  # no part of it stays on the disk either


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.csv", b""),
        ("假.xlsx", b"PK\x03\x04" + bytes(200)),
        ("木马.csv", b"MZ\x90\x00" + bytes(500)),
        ("页面.csv", b"<html><script>alert(1)</script></html>"),
        ("乱码.csv", HEAD.encode() + b"\xff\xfe\x00\xd8"),
        ("半行.csv", HEAD.encode() + "示例采购人,2026\n".encode()),
        ("负数.csv", HEAD.encode() + "示例采购人,2026,1,项目,-5,2026-01-05\n".encode()),
        ("无穷.csv", HEAD.encode() + "示例采购人,2026,1,项目,1e999999999,2026-01-05\n".encode()),
        ("公式.csv", HEAD.encode() + "示例采购人,2026,1,项目,=1+1,2026-01-05\n".encode()),
    ],
)
def test_a_hostile_file_is_refused_with_a_sentence(treasury: Post, folder: Path, name: str, content: bytes) -> None:
    factories.make_organisation(name="示例采购人")
    assert refused(treasury, SimpleUploadedFile(name, content)).strip()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + "甲" * 99_000 + ",x\n", "超过 300 字"),
        (HEAD + "甲" * 200_000 + "\n", "有一行超过"),
        (HEAD + '"\n",' * 100_000, "有一行超过"),
        ("," * 2_000_000, "有一行超过"),
        (",".join(f"第{n}列" for n in range(41)) + "\n", "第 1 行有 41 列，最多 40 列"),
        (HEAD + "示例采购人" + "," * 50 + "x\n", "第 2 行有 51 列"),
        (HEAD.replace("金额", "额" * 90_000), "不认识的列：预算" + "额" * 28 + "…"),
    ],
)
def test_a_csv_file_without_end_is_refused_in_a_few_words(
    treasury: Post, folder: Path, content: str, said: str
) -> None:
    """It is neither read to the end of a row nor repeated to whoever sent it."""
    sentence = refused(treasury, SimpleUploadedFile("长.csv", content.encode()))
    assert said in sentence and len(sentence) < 2000


def test_empty_columns_at_the_end_are_none(treasury: Post, folder: Path) -> None:
    buyer = factories.make_organisation(name="示例采购人")
    text = "".join(f"{line}{',' * 60}\n" for line in (HEAD.strip(), f"{buyer.name},2026,1,项目,5,2026-01-05"))
    file = SimpleUploadedFile("宽.csv", text.encode())
    perform(ACTIONS["budget.import"], treasury.organisation, by=treasury, now=NOW, file=file)
    assert Appropriation.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x.csv", "..\\..\\x.csv", "/etc/passwd", "a\x00b.csv", "\x00", ".."]
)
def test_a_name_leads_nowhere(treasury: Post, folder: Path, name: str) -> None:
    """Files lie under their digest; what somebody calls them is a label and no path."""
    upload = SimpleUploadedFile("x", b"some text")
    upload._name = name
    stored = documents.store(file=upload, person_id=treasury.person_id, now=NOW)
    assert documents.path_of(stored.digest).is_relative_to(folder)
    assert stored.name and not set(stored.name) & set("/\\\x00")
    assert documents.read(stored) == b"some text"


def test_the_digest_of_somebody_elses_file_opens_nothing(treasury: Post, folder: Path) -> None:
    mine = factories.make_post(Role.TREASURY)
    secret = documents.store_bytes(data=HEAD.encode(), name="预算.csv", person_id=mine.person_id, now=NOW)
    with pytest.raises(Refused):
        perform(ACTIONS["budget.import"], treasury.organisation, by=treasury, now=NOW, file=secret.digest)


@pytest.mark.parametrize("digest", ["\x00", "0" * 64, "../../etc/passwd", "x" * 20_001])
def test_what_is_no_digest_opens_nothing(treasury: Post, folder: Path, digest: str) -> None:
    """U+0000 is refused like the rest, before the database chokes on it."""
    assert "没有您上传过的这个文件" in refused(treasury, digest)


def test_what_changed_on_the_disk_is_never_served(treasury: Post, folder: Path) -> None:
    stored = documents.store_bytes(data=b"signed", name="合同.txt", person_id=treasury.person_id, now=NOW)
    documents.path_of(stored.digest).write_bytes(b"forged")
    with pytest.raises(documents.BadDocument) as error:
        documents.read(stored)
    assert error.value.code == "damaged"
