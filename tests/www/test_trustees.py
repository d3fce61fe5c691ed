"""Does the page of the trustees say who holds keys, whose turn it is, and what has to be done?"""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_post, make_supplier
from tests.tendering.sealing_walk import SealedTender
from tests.tendering.test_sealed_in_g1 import NationalTender
from tests.tendering.walk import CLOSES
from tests.www.support import Clock, at_desk, follow, text_of
from tests.www.test_english import data, unmarked
from yangcai.kernel.actions import ACTIONS
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.tendering.models import ShareTest
from yangcai.www.work import places

pytestmark = pytest.mark.django_db


def page(post: Post, *, lang: str = "zh-hans") -> str:
    client = at_desk(post)
    client.cookies["django_language"] = lang
    answer = client.get(reverse("work_trustees"))
    assert answer.status_code == 200
    return text_of(answer)


def test_whoever_has_no_keys_yet_is_told_the_one_command(clock: Clock) -> None:
    shown = page(make_post(Role.TREASURY))
    assert "yangcai trustee setup" in shown and "--role supervisor" in shown and "还没有登记" in shown
    assert "yangcai trustee setup --platform" in page(make_post(Role.PLATFORM))
    assert at_desk(make_supplier()).get(reverse("work_trustees")).status_code == 403


def test_the_command_that_rotates_names_the_part_that_the_keys_have(clock: Clock) -> None:
    tender = SealedTender().announced()
    follow(tender, clock)
    for holder, role in zip(tender.holders[1:], ("buyer", "agent", "supervisor", "notary"), strict=True):
        shown = text_of(at_desk(holder.post).get(reverse("work_trustee_key")))
        assert f"--role {role}" in page(holder.post) and f"--role {role}" in shown
        assert "<select" not in shown or f'<option value="{role}" selected>' in shown


def test_openings_to_come_say_who_is_on_duty(clock: Clock) -> None:
    tender = SealedTender().announced()
    follow(tender, clock)
    supervisor = tender.holders[3]
    shown = page(supervisor.post)
    assert tender.case.title in shown and "有开标无人值守" in shown and supervisor.row.hpke_key in shown
    colleague = make_post(Role.TREASURY, supervisor.post.organisation)
    day = CLOSES.date()
    values = {"post": supervisor.post.pk, "stand_in": colleague.pk, "from_on": day, "to_on": day}
    tender.do("trustee.put_on_duty", supervisor.row, supervisor.post, **values)
    shown = page(supervisor.post)
    assert "有开标无人值守" not in shown
    assert supervisor.post.person.name in shown and colleague.person.name in shown
    assert tender.case.title in page(tender.officer) and tender.case.title not in page(make_post(Role.BUYER_OFFICER))


def test_a_drill_that_is_late_is_a_warning_and_one_that_goes_on_says_how_to_join(clock: Clock) -> None:
    tender = SealedTender()
    tender.board()
    follow(tender, clock)
    supervisor = tender.holders[3].post
    platform = platform_post(now=tender.now)
    assert "年度演练已经逾期" not in page(supervisor)
    clock.at = tender.now + datetime.timedelta(days=400)
    assert "年度演练已经逾期" in page(supervisor)
    tender.now = clock.at
    drill = tender.do("drill.begin", platform.organisation, platform).value
    shown = page(supervisor)
    assert "正在演练" in shown and "年度演练已经逾期" not in shown
    assert reverse("work_trustee_drill") in shown
    assert places.place_of_task("drill.release", drill.ref) == reverse("work_trustee_drill")
    client = at_desk(supervisor)
    assert 'data-do="release"' in text_of(client.get(reverse("work_trustee_drill")))
    assert 'data-do="release"' not in text_of(at_desk(platform).get(reverse("work_trustee_drill")))
    tender.do("drill.conclude", drill, platform)
    assert "正在演练" not in page(supervisor)
    assert client.get(reverse("work_trustee_drill")).status_code == 404


@pytest.mark.long
def test_the_page_of_a_lot_says_where_it_stands_and_what_is_left_for_each_suite(clock: Clock) -> None:
    tender = NationalTender().announced()
    national, others = tender.national(), [tender.device() for _n in range(2)]
    for device in (national, *others):
        tender.hand_in(device)
    address = reverse("work_trustee_lot", args=[tender.lot.pk])
    supervisor = tender.holders[3]

    def shown(post: Post = supervisor.post) -> str:
        follow(tender, clock)
        return text_of(at_desk(post).get(address))

    assert at_desk(make_post(Role.TREASURY)).get(address).status_code == 404  # no share of this lot
    assert at_desk(make_supplier()).get(address).status_code == 403
    assert "尚未截止" in shown() and "trustee.g1.key" not in shown()
    tender.begin()
    assert "投标人解密尚未全部完成" in shown() and 'data-do="release"' not in shown()
    for device in (national, *others):
        tender.release(device)
    page = shown()
    assert "将释放 2 份投标文件" in page and "1 份投标文件用国密套件" in page and "trustee.g1.key" in page
    assert "平台份额自动释放" in shown(tender.holders[0].post)
    colleague = make_post(Role.TREASURY, supervisor.post.organisation)
    day = CLOSES.date()
    values = {"post": colleague.pk, "from_on": day, "to_on": day}
    tender.do("trustee.put_on_duty", supervisor.row, supervisor.post, **values)
    assert "您不在值守" in shown() and 'data-do="release"' not in shown()
    ordinary = tender.trustee_message(supervisor, bids=tender.international()).content.decode()
    pasted = at_desk(colleague).post(
        reverse("work_do", args=["lot", tender.lot.pk, "trustee.release"]), {"message": ordinary}
    )
    assert pasted.status_code == 302
    page = shown(colleague)
    assert (
        "本单位已经释放份额" in page and "还有 1 份投标文件缺本单位的份额" in page and 'data-do="release"' not in page
    )
    assert "trustee.g1.key" in page
    overview = at_desk(colleague)
    assert "部分已释放" in text_of(overview.get(reverse("work_trustees")))
    message = tender.national_message(supervisor).content.decode()
    tender.do("trustee.release", tender.lot, colleague, message=message)
    assert "trustee.g1.key" not in shown(colleague)
    assert "部分已释放" not in text_of(overview.get(reverse("work_trustees")))
    tender.unseal()
    assert "投标文件已经开启" in shown()


def test_tasks_and_offers_lead_to_the_page_of_the_lot(clock: Clock) -> None:
    tender = SealedTender().announced()
    address = reverse("work_trustee_lot", args=[tender.lot.pk])
    assert places.form_of(ACTIONS["trustee.release"], tender.lot) == address
    assert places.place_of_task("trustee.release", tender.lot.ref) == address
    follow(tender, clock)
    assert address in page(tender.holders[3].post)


def test_a_browser_makes_keys_for_whoever_may_register_them(clock: Clock) -> None:
    address = reverse("work_trustee_key")
    assert at_desk(make_post(Role.PLATFORM)).get(address).status_code == 403  # its keys lie on its server
    assert at_desk(make_supplier()).get(address).status_code == 403
    shown = text_of(at_desk(make_post(Role.AUDITOR)).get(address))
    assert '<option value="notary">' in shown and 'data-ask="reason"' not in shown
    assert at_desk(make_post(Role.AUDITOR)).get(reverse("work_trustee_drill")).status_code == 404


def test_the_page_is_whole_in_english(clock: Clock) -> None:
    tender = SealedTender().announced()
    follow(tender, clock)
    platform = platform_post(now=tender.now)
    tender.do("drill.begin", platform.organisation, platform)
    names = [holder.post.person.name for holder in tender.holders]
    for post in (tender.holders[3].post, platform, make_post(Role.AUDITOR)):
        assert not unmarked(page(post, lang="en"), [*data(), *names])
    client = at_desk(tender.holders[3].post)
    client.cookies["django_language"] = "en"
    lot = reverse("work_trustee_lot", args=[tender.lot.pk])
    for address in (lot, reverse("work_trustee_key"), reverse("work_trustee_drill")):
        assert not unmarked(text_of(client.get(address)), [*data(), *names])
    for model, row, code in (
        ("trustee", tender.holders[3].row, "trustee.put_on_duty"),
        ("trustee", tender.holders[3].row, "trustee.retire"),
    ):
        answer: Any = client.get(reverse("work_do", args=[model, row.pk, code]))
        assert answer.status_code == 200
        assert not unmarked(text_of(answer), [*data(), *names])


def test_a_bidder_sees_which_trustee_cannot_read_its_share_and_gives_up_uploads(clock: Clock) -> None:
    tender = SealedTender().announced()
    device = tender.device()
    sealed = tender.hand_in(device)
    unfinished = tender.do("bid.upload", tender.lot, device.post, idem="cd" * 16).value
    platform, notary = tender.holders[0], tender.holders[4]
    for holder, fault in ((platform, ""), (notary, "wrap_unreadable")):
        ShareTest.objects.create(
            bid=sealed.bid, trustee=holder.row, tested_by=holder.post, tested_at=tender.now, fault=fault
        )
    follow(tender, clock)
    client = at_desk(device.post)
    shown = text_of(client.get(reverse("work_seal", args=[tender.lot.pk])))
    assert "有受托人读不出份额" in shown and notary.post.organisation.name in shown
    assert "受托人不能解出其份额" in shown and str(unfinished.sid) in shown
    address = reverse("work_do", args=["bidupload", unfinished.pk, "bid_upload.give_up"])
    assert address in shown
    assert client.post(address, {}).status_code == 302
    unfinished.refresh_from_db()
    assert unfinished.given_up_at == tender.now
    assert str(unfinished.sid) not in text_of(client.get(reverse("work_seal", args=[tender.lot.pk])))
    stranger = at_desk(tender.device().post)
    assert stranger.get(address).status_code == 404
