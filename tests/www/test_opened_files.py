"""Who gets the file of an opened bid, which lies enciphered, and what does the page say when its key is away?"""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_post, make_supplier
from tests.tendering.judging import SCORED, Hall, three
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel.models import Attachment
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering import opened_files

pytestmark = pytest.mark.django_db
CONTENT = "技术方案：采用钛合金结构。".encode() * 3000


@pytest.fixture
def h(clock: Clock, settings: Any, tmp_path: Path) -> Hall:
    settings.YANGCAI_HOME, settings.YANGCAI_FILES = tmp_path, tmp_path / "files"
    clock.at = SCORED
    return three()


def came_with(h: Hall, number: int) -> Attachment:
    """A file that came out of the envelope of a bid."""
    bid = h.bids[number]
    return Attachment.objects.create(
        document=opened_files.keep_bytes(CONTENT, name="技术方案.txt"),
        root=h.case.ref,
        subject=bid.ref,
        title="技术方案.txt",
        kind="bid",
        organisation_id=bid.supplier_id,
        at=bid.opened_at,
    )


def test_the_committee_and_the_sides_of_the_law_read_it_and_nobody_else(h: Hall) -> None:
    address = reverse("work_file", args=[came_with(h, 0).pk])
    assert h.agent is not None
    reading = [h.chair, h.officer, h.reviewer, h.agent, make_post(Role.TREASURY), h.bidders[0]]
    shut: list[Post] = [
        h.bidders[1],
        make_supplier(),
        make_post(Role.EXPERT),
        make_post(Role.AGENT),
        make_post(Role.BUYER_OFFICER),
        make_post(Role.PLATFORM),
    ]
    got = {post.pk: at_desk(post).get(address) for post in (*reading, *shut)}
    assert [got[post.pk].status_code for post in reading] == [200] * len(reading)
    assert [got[post.pk].status_code for post in shut] == [404] * len(shut)
    assert Client().get(address).status_code == 302
    for post in reading:
        answer = got[post.pk]
        assert b"".join(answer.streaming_content) == CONTENT and answer.headers["Content-Length"] == str(len(CONTENT))


def test_words_are_found_in_it_and_it_goes_into_the_archive(h: Hall) -> None:
    file = came_with(h, 0)
    page = text_of(at_desk(h.chair).get(reverse("work_evaluate", args=[h.lot.pk]), {"q": "钛合金"}))
    assert "<mark>钛合金</mark>" in page
    answer = at_desk(h.runner).get(reverse("work_archive_file", args=[h.case.pk]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        digests = [hashlib.sha256(packed.read(name)).hexdigest() for name in packed.namelist()]
    assert file.document_id in digests


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_where_the_key_is_away_the_page_says_so(h: Hall, tmp_path: Path, caplog: Any, lang: str) -> None:
    file, key = came_with(h, 0), tmp_path / "keys" / "files.key"
    key.rename(tmp_path / "elsewhere")
    desk = at_desk(h.chair)
    desk.cookies["django_language"] = lang
    answer = desk.get(reverse("work_file", args=[file.pk]))
    page = text_of(answer)
    assert answer.status_code == 503 and answer.headers["Cache-Control"] == "no-store"
    assert ("没有解密它的密钥" if lang == "zh-hans" else "the key by which it is read is not here") in page
    assert "恢复原文件" not in page and "put the original" not in page and file.document_id[:4] in page
    assert f"stored file {file.document_id} is locked" in caplog.text
    (tmp_path / "elsewhere").rename(key)
    assert b"".join(desk.get(reverse("work_file", args=[file.pk])).streaming_content) == CONTENT
