"""Does the list of a bid say what is done, what can be done and why the rest cannot, and tell nobody about others?"""

import datetime
import re
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_case
from tests.kernel.log import world
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.test_reconfirmation import confirm, correct, statement
from tests.tendering.walk import CLOSES, Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.parties.models import Post
from yangcai.www.official import KINDS

pytestmark = pytest.mark.django_db
#: The line of a bid that is older than a correction.
RECONFIRM = "更正后确认原投标文件"


def states(post: Post, tender: Tender) -> dict[str, str]:
    """Title -> the word beside it."""
    page = text_of(at_desk(post).get(reverse("work_bid_tasks", args=[tender.lot.pk])))
    found = {}
    for item in page.split('<ul class="tasks">')[1:]:
        for row in re.findall(r"<li>\s*<div>(.*?)</div>\s*<span[^>]*>(.*?)</span>\s*</li>", item, re.DOTALL):
            title, word = (re.sub(r"<svg.*?</svg>|<[^>]+>", "", part, flags=re.DOTALL).strip() for part in row)
            found[title.split("\n")[0]] = word
    return found


def word(found: dict[str, str], title: str) -> str:
    return next(state for name, state in found.items() if name.startswith(title))


def test_from_the_documents_to_the_receipt(clock: Clock) -> None:
    tender = Tender().published()
    bidder, rival = tender.supplier(), tender.supplier()
    follow(tender, clock)
    found = states(bidder, tender)
    assert word(found, "获取本项目采购文件") == "已完成"
    assert word(found, "投标文件和报价") == word(found, "密封并递交") == "可以办理"
    assert word(found, "递交回执") == "尚不能开始" and word(found, "参加开标") == "进入大厅"
    bid = tender.bid(bidder)
    follow(tender, clock)
    found = states(bidder, tender)
    assert word(found, "密封并递交") == word(found, "递交回执") == "已完成"
    assert any(bid.receipt in title for title in found)
    theirs = states(rival, tender)
    assert word(theirs, "密封并递交") == "可以办理" and not any(bid.receipt in title for title in theirs)


def test_a_bid_that_is_older_than_a_correction_says_so_until_it_is_replaced(clock: Clock) -> None:
    """It stays valid: its bidder decides (SBP/1 §2.3)."""
    tender = SealedTender().announced()
    device = tender.device()
    tender.hand_in(device)
    correct(tender, affects_bids=False)
    follow(tender, clock)
    assert not any(name.startswith(RECONFIRM) for name in states(device.post, tender))
    correct(tender)
    follow(tender, clock)
    assert word(states(device.post, tender), "投标文件和报价") == "已完成"
    assert word(states(device.post, tender), RECONFIRM) == "早于第 2 次更正"
    tender.now += datetime.timedelta(minutes=1)
    tender.hand_in(device, "880000.00")
    follow(tender, clock)
    assert not any(name.startswith(RECONFIRM) for name in states(device.post, tender))


def test_a_sealed_bid_is_confirmed_on_the_page_where_it_was_sealed(clock: Clock) -> None:
    tender = SealedTender().announced()
    device = tender.device()
    sealed = tender.hand_in(device)
    correct(tender)
    follow(tender, clock)
    client = at_desk(device.post)
    seal = reverse("work_seal", args=[tender.lot.pk])
    form = reverse("work_do", args=["bid", sealed.bid_id, "bid.reconfirm"])
    assert client.get(form).headers["Location"] == f"{seal}?cover=ALL"
    page = text_of(client.get(seal))
    assert "早于第 1 次更正" in page and 'data-do="reconfirm"' in page and sealed.header_digest in page
    confirm(tender, device, sealed, statement(device, sealed))
    follow(tender, clock)
    page = text_of(client.get(seal))
    assert 'data-do="reconfirm"' not in page and "第 1 次更正后，贵单位已于" in page
    assert word(states(device.post, tender), RECONFIRM) == "已完成"
    paper = text_of(client.get(reverse(KINDS["bid_receipt"].name, args=[sealed.bid_id])))
    assert RECONFIRM in paper


def test_a_bid_that_the_platform_sealed_is_confirmed_on_a_form(clock: Clock) -> None:
    tender = Tender().published()
    post = tender.supplier()
    bid = tender.bid(post)
    form = reverse("work_do", args=["bid", bid.pk, "bid.reconfirm"])
    correct(tender)
    follow(tender, clock)
    client = at_desk(post)
    tasks = text_of(client.get(reverse("work_bid_tasks", args=[tender.lot.pk])))
    assert form in tasks and form in text_of(client.get(reverse("work")))
    page = text_of(client.get(form))
    assert "第 2 版（第 1 次更正）" in page and 'name="message"' not in page
    assert client.post(form, {"rev": "2"}).status_code == 422
    assert client.post(form, {"rev": "7", "stands": "on"}).status_code == 422
    assert client.post(form, {"rev": "2", "stands": "on"}).status_code == 302
    assert word(states(post, tender), RECONFIRM) == "已完成"
    assert client.post(form, {"rev": "2", "stands": "on"}).status_code != 302
    assert at_desk(tender.supplier()).get(form).status_code == 404


def test_what_cannot_begin_says_why_and_has_no_link(clock: Clock) -> None:
    tender = Tender().published()
    bidder = tender.supplier()
    late = CLOSES + datetime.timedelta(hours=1)
    clock.at = late
    page = text_of(at_desk(bidder).get(reverse("work_bid_tasks", args=[tender.lot.pk])))
    assert word(states(bidder, tender), "投标文件和报价") == "尚不能开始"
    assert "refusals" in page and "2026-03-24 09:30" in page
    assert "/bid.submit/" not in page.split('<ul class="tasks">')[2]


def test_the_list_to_check_oneself_by_is_read_in_english_too(clock: Clock) -> None:
    """Its lines are the document's own words, marked as Chinese: no reader sees the mark itself."""
    tender = Tender().published()
    supplier = tender.supplier()
    follow(tender, clock)
    desk = at_desk(supplier)
    desk.cookies["django_language"] = "en"
    page = desk.get(reverse("work_do", args=["lot", tender.lot.pk, "bid.submit"])).content.decode()
    assert "Check for yourself" in page and '<span lang="zh-Hans">具有独立承担民事责任的能力</span>' in page
    assert "&lt;span" not in page


def test_nothing_is_bid_for_before_the_notice(clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)
    hidden = make_case(stage="preparation").lots.get()
    assert at_desk(tender.supplier()).get(reverse("work_bid_tasks", args=[hidden.pk])).status_code == 404


def test_a_draft_is_kept_by_the_browser_and_by_it_alone(clock: Clock) -> None:
    """The form names where the browser keeps it; the page that says it was handed in names what goes."""
    tender = Tender().published()
    bidder = tender.supplier()
    follow(tender, clock)
    form = reverse("work_do", args=["lot", tender.lot.pk, "bid.submit"])
    name = f"{bidder.person_id}/{bidder.pk}/{tender.lot.pk}"
    desk = at_desk(bidder)
    assert f'data-keep="{name}"' in text_of(desk.get(form))
    assert f'data-local="draft:{name}"' in text_of(desk.get(reverse("work_bid_tasks", args=[tender.lot.pk])))
    done = desk.post(form, {"price": "900000.00", "commitment": "on"}, follow=True)
    assert f'data-drop="{name}"' in text_of(done)
    other = reverse("work_do", args=["case", tender.case.pk, "enquiry.raise"])
    assert "data-keep" not in text_of(desk.get(other))


def test_the_device_check_counts_bytes_and_keeps_none(clock: Clock) -> None:
    tender = Tender().published()
    bidder = tender.supplier()
    desk = at_desk(bidder)
    page = text_of(desk.get(reverse("work_environment")))
    assert "/hpke.js" in page and "environment-check" in page
    probe = reverse("environment_probe")
    told = desk.post(probe, b"x" * 4096, content_type="application/octet-stream").json()
    assert told["bytes"] == 4096 and told["now"].startswith("2026-03-")
    assert desk.post(probe, b"x" * (2 * 2**20 + 1), content_type="application/octet-stream").status_code == 413
    assert at_desk(tender.officer).post(probe, b"x", content_type="application/octet-stream").status_code == 403


def test_what_was_sealed_here_has_its_proof_once_it_is_in_the_public_log(
    clock: Clock, settings: Any, tmp_path: Path
) -> None:
    world.use(settings, tmp_path)
    tender = SealedTender().announced()
    device = tender.device()
    bid = tender.hand_in(device).bid
    follow(tender, clock)
    assert word(states(device.post, tender), "公开日志证明") == "等待并入日志"
    world.round_of(now=tender.now)
    assert word(states(device.post, tender), "公开日志证明") == "已完成"
    proof = reverse("sbp_proof", kwargs={"sid": bid.sealed.upload.sid})
    client = at_desk(device.post)
    for page in (reverse("work_bid_tasks", args=[tender.lot.pk]), reverse("work_seal", args=[tender.lot.pk])):
        assert proof in text_of(client.get(page)), page
    assert client.get(proof).content.startswith(b"c2sp.org/tlog-proof@v1\n")
    paper = text_of(client.get(reverse(KINDS["bid_receipt"].name, args=[bid.pk])))
    assert f"{bid.sealed.upload.envelope_size}" in paper
