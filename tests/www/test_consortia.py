"""Does the named member find what it is asked on its worklist, and does the leader see who has confirmed?"""

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_supplier
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.walk import Tender
from tests.www.support import Clock, at_desk, follow, text_of
from tests.www.test_english import data, unmarked
from yangcai.kernel.models import Entry
from yangcai.parties.models import Post
from yangcai.tendering.models import ConsortiumMember

pytestmark = pytest.mark.django_db
ACCEPTED = {"accepts_consortium": True}


def tasks_page(tender: Tender, post: Post) -> str:
    return plain_text(at_desk(post).get(reverse("work_bid_tasks", args=[tender.lot.pk])))


def plain_text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text_of(answer)).split())


def test_from_the_leaders_form_to_the_members_worklist(clock: Clock) -> None:
    """Walked in the browser's way: form, worklist, confirmation, and what each of them and a stranger see."""
    tender = Tender().published(**ACCEPTED)
    leader, member, stranger = tender.supplier(size="large"), make_supplier(name="示例乙公司"), tender.supplier()
    follow(tender, clock)
    assert "单独投标的不需要；组成联合体的先登记" in tasks_page(tender, leader)
    cells = {"name": "示例丁公司", "uscc": "", "share": "0.30", "work": "安装调试"}
    address = reverse("work_do", args=["lot", tender.lot.pk, "consortium.register"])

    def send() -> int:
        form = {"work": "供货", **{f"members-0-{name}": value for name, value in cells.items()}}
        return at_desk(leader).post(address, form).status_code

    assert send() == 422 and not Entry.objects.filter(action="consortium.register").exists()
    cells["name"] = "示例乙公司"
    assert send() == 302
    assert "1 家待确认" in tasks_page(tender, leader) and "示例乙公司 待确认" in tasks_page(tender, leader)
    desk, row = at_desk(member), ConsortiumMember.objects.get()
    confirm = reverse("work_do", args=["consortiummember", row.pk, "consortium.confirm"])
    assert confirm in desk.get(reverse("work")).content.decode()
    page = text_of(desk.get(confirm))
    for told in (leader.organisation.name, "供货", "安装调试", "70%", "30%"):
        assert told in page
    assert (
        reverse("work_do", args=["consortiummember", row.pk, "consortium.decline"])
        in desk.get(confirm).content.decode()
    )
    assert at_desk(stranger).get(confirm).status_code == at_desk(tender.officer).get(confirm).status_code == 404
    assert desk.post(confirm, {"commitment": "on"}).status_code == 302
    assert "示例乙公司 已确认 已全部确认" in tasks_page(tender, leader)
    here = reverse("work_case", args=[tender.case.pk])
    assert "联合协议" in text_of(at_desk(leader).get(here))
    for other in (stranger, tender.officer):
        assert "示例乙公司" not in text_of(at_desk(other).get(here))


@pytest.mark.parametrize("page", ["tasks", "confirm", "case"])
def test_in_english(clock: Clock, page: str) -> None:
    tender = Tender().published(**ACCEPTED)
    leader, member = tender.supplier(size="large"), make_supplier()
    rows = [{"name": member.organisation.name, "share": "0.30", "work": "安装"}]
    tender.do("consortium.register", tender.lot, leader, work="供货", members=rows)
    follow(tender, clock)
    row = ConsortiumMember.objects.get()
    post, address = {
        "tasks": (leader, reverse("work_bid_tasks", args=[tender.lot.pk])),
        "confirm": (member, reverse("work_do", args=["consortiummember", row.pk, "consortium.confirm"])),
        "case": (member, reverse("work_case", args=[tender.case.pk])),
    }[page]
    desk = at_desk(post)
    desk.cookies["django_language"] = "en"
    assert unmarked(desk.get(address).content.decode(), data()) == []


@pytest.mark.long
def test_the_sealing_page_says_who_is_still_to_confirm(clock: Clock) -> None:
    tender = SealedTender().announced(**ACCEPTED)
    device, member = tender.device(), make_supplier()
    rows = [{"name": member.organisation.name, "share": "0.30", "work": "安装"}]
    made = tender.do("consortium.register", tender.lot, device.post, work="供货", members=rows).value
    follow(tender, clock)
    address = reverse("work_seal", args=[tender.lot.pk])
    assert f"“{member.organisation.name}”尚未确认联合协议" in text_of(at_desk(device.post).get(address))
    tender.do("consortium.confirm", made.members.get(), member, commitment=True)
    page = at_desk(device.post).get(address)
    assert "尚未确认联合协议" not in text_of(page) and member.organisation.name in page.content.decode()
