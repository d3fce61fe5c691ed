"""Does the hall know where it stands, and does nobody outside learn too early who bids, how many, or for how much?"""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_case, make_expert, make_post
from tests.tendering.walk import CLOSES, Tender
from tests.www.conftest import clock as clock
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import documents
from yangcai.kernel.encoding import parse_jcs
from yangcai.kernel.models import Attachment, Entry, EntryPayload
from yangcai.parties.roles import Role
from yangcai.tendering.models import OpenedBid, Opening, OpeningAttendance
from yangcai.tendering.queries.hall import Clock as Waits
from yangcai.tendering.queries.hall import Hall, Phase, Seal, hall_state
from yangcai.www.hall.board import board

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
BIDDERS = ("隐名甲有限公司", "隐名乙有限公司", "隐名丙有限公司")
PRICES = ("876543.21", "865432.10", "854321.09")
CAPITALS = "捌拾柒万陆仟伍佰肆拾叁元贰角壹分"
SECRETS = (*BIDDERS, *PRICES, "876,543.21", CAPITALS)


def with_bids(**terms: Any) -> Tender:
    tender = Tender().published(**terms)
    for name, price in zip(BIDDERS, PRICES, strict=True):
        tender.bid(tender.supplier(name=name), price=price)
    return tender


def state(tender: Tender, *, inside: bool = False) -> Hall:
    case = type(tender.case).objects.get(pk=tender.case.pk)
    return hall_state(case, inside=inside, now=tender.now)


def public_text(tender: Tender, client: Client | None = None) -> str:
    """Everything that one who looks on gets: the room, its parts, its card, the list."""
    client = client or Client()
    addresses = [reverse(name, args=[tender.case.pk]) for name in ("hall", "hall_board", "hall_mine")]
    return "".join(text_of(client.get(address)) for address in (*addresses, reverse("halls")))


def test_before_the_deadline_the_lobby_tells_the_time_and_nothing_else(clock: Clock) -> None:
    tender = with_bids()
    tender.do("opening.sign_in", tender.case, tender.suppliers[0])
    follow(tender, clock)
    for inside in (False, True):
        hall = state(tender, inside=inside)
        assert (hall.phase, hall.clock, hall.clock_until) == (Phase.BEFORE, Waits.DEADLINE, CLOSES)
        assert (hall.bids, hall.signed_in, hall.messages) == (None, None, ())
        assert [lot.lines for lot in hall.lots] == [()]
    for client in (Client(), at_desk(tender.runner), at_desk(make_post(Role.TREASURY))):
        text = public_text(tender, client)
        assert "开标大厅" in text
        assert [secret for secret in SECRETS if secret in text] == []


def test_the_number_of_bids_changes_nothing_that_is_seen_from_outside(clock: Clock) -> None:
    """Not even the size of the page: with one bid or with three, before and at the deadline, the same bytes."""
    tender = Tender().published()
    seen = []
    for name, price in zip(BIDDERS, PRICES, strict=True):
        tender.bid(tender.supplier(name=name), price=price)
        seen.append(board(state(tender), now=tender.now).whole)
    assert len(set(seen)) == 1
    tender.now = CLOSES
    at_the_deadline = board(state(tender), now=tender.now).whole
    tender.do("opening.sign_in", tender.case, tender.suppliers[0])
    assert board(state(tender), now=tender.now).whole == at_the_deadline
    follow(tender, clock)
    for client in (Client(), at_desk(tender.suppliers[1])):
        text = public_text(tender, client).replace(BIDDERS[1], "")  # who one is oneself stands in the masthead
        assert [secret for secret in SECRETS if secret in text] == []


def test_from_the_deadline_on_the_host_sees_who_came_and_no_price() -> None:
    tender = with_bids()
    tender.do("opening.sign_in", tender.case, tender.suppliers[0])
    tender.now = CLOSES
    hall = state(tender, inside=True)
    assert (hall.phase, hall.bids, hall.signed_in) == (Phase.SIGN_IN, 3, 1)
    assert [line.supplier for line in hall.lots[0].lines] == list(BIDDERS)
    assert {line.seal for line in hall.lots[0].lines} == {Seal.SEALED}
    assert {line.price for line in hall.lots[0].lines} == {None}
    assert [message.action for message in hall.messages] == ["opening.sign_in"]
    assert state(tender).messages == ()


def test_what_was_read_out_is_there_for_everybody(clock: Clock) -> None:
    tender = with_bids()
    tender.open()
    follow(tender, clock)
    hall = state(tender)
    assert hall.phase == Phase.CONFIRMATION
    assert [(line.supplier, f"{line.price}") for line in hall.lots[0].lines] == list(zip(BIDDERS, PRICES, strict=True))
    text = public_text(tender)
    assert all(name in text for name in BIDDERS)
    assert "876,543.21" in text and CAPITALS in text


def test_too_few_bids_are_not_opened_and_not_told_apart() -> None:
    tender = Tender().published()
    tender.bid(tender.supplier(name=BIDDERS[0]), price=PRICES[0])
    tender.open()
    hall = state(tender)
    assert hall.phase == Phase.NO_OPENING and hall.lots[0].lines == () and hall.bids is None
    assert len(state(tender, inside=True).lots[0].lines) == 1
    text = board(hall, now=tender.now).whole
    assert "不开标" in text and [secret for secret in SECRETS if secret in text] == []


def test_a_damaged_envelope_keeps_its_line() -> None:
    tender = with_bids()
    documents.path_of(tender.case.lots.get().bids.order_by("pk")[0].envelope_id).unlink()
    tender.open()
    line = state(tender).lots[0].lines[0]
    assert (line.seal, line.price) == (Seal.DAMAGED, None) and line.damage


def test_only_bidders_sign_in_and_only_once() -> None:
    tender = with_bids()
    stranger = tender.supplier()
    assert set(tender.refused("opening.sign_in", tender.case, stranger)) == {"no_bid"}
    version = type(tender.case).objects.get(pk=tender.case.pk).version
    tender.do("opening.sign_in", tender.case, tender.suppliers[0])
    assert type(tender.case).objects.get(pk=tender.case.pk).version == version  # it would count the bids
    assert set(tender.refused("opening.sign_in", tender.case, tender.suppliers[0])) == {"signed_in"}
    assert OpeningAttendance.objects.count() == 1


# --- suspensions and minutes ----------------------------------------------------------------------------------------


def test_a_suspension_stops_the_opening_and_its_clock() -> None:
    tender = with_bids(confirmation_minutes=10)
    tender.open()
    treasury = make_post(Role.TREASURY)
    assert state(tender).clock_until == CLOSES + 10 * MINUTE
    tender.now += 4 * MINUTE
    tender.do("opening.suspend", tender.case, treasury, reason="平台网络故障")
    assert set(tender.refused("opening.suspend", tender.case, tender.runner, reason="再次")) == {"opening_suspended"}
    tender.now += 30 * MINUTE
    hall = state(tender)
    assert hall.suspension is not None and hall.suspension.reason == "平台网络故障" and hall.clock_until is None
    assert "opening_suspended" in tender.refused("opening.conclude", tender.case, tender.runner)
    opened = OpenedBid.objects.order_by("pk")[0]
    tender.do("opening.object", opened, tender.suppliers[0], objection="暂停期间也可以提出")
    tender.do("opening.resume", tender.case, tender.runner)
    assert set(tender.refused("opening.resume", tender.case, tender.runner)) == {"opening_not_suspended"}
    assert state(tender).clock_until == CLOSES + 40 * MINUTE
    said = {message.action: message.said for message in state(tender).messages}
    assert said["opening.suspend"] == "平台网络故障" and said["opening.object"] == "暂停期间也可以提出"


def test_silence_accepts_the_record_but_not_before_the_minutes_are_over() -> None:
    tender = with_bids(confirmation_minutes=10)
    one, two, _three = tender.open()
    tender.do("opening.confirm", one, tender.suppliers[0])
    tender.do("opening.object", two, tender.suppliers[1], objection="大写金额有误")
    tender.now += 9 * MINUTE
    found = tender.refused("opening.conclude", tender.case, tender.runner, answer="已核对")
    assert found["confirmation_is_open"].citation.article == "第四十二条"
    tender.now += MINUTE
    tender.conclude(answer="已核对")
    assert [line.is_deemed for line in state(tender).lots[0].lines] == [False, False, True]


def test_nobody_waits_once_all_have_spoken() -> None:
    tender = with_bids(confirmation_minutes=10)
    for opened, supplier in zip(tender.open(), tender.suppliers, strict=True):
        tender.do("opening.confirm", opened, supplier)
    tender.conclude()
    assert state(tender).phase == Phase.CONCLUDED


def test_a_document_without_minutes_leaves_it_to_the_host() -> None:
    tender = with_bids()
    tender.open()
    assert state(tender).clock == ""
    tender.conclude()


def test_the_host_speaks_to_the_hall() -> None:
    tender = with_bids()
    tender.now = CLOSES
    tender.do("opening.remark", tender.case, tender.runner, remark="宣布开标纪律")
    assert [message.said for message in state(tender).messages] == ["宣布开标纪律"]
    assert "role_may_not" in tender.refused("opening.remark", tender.case, tender.suppliers[0], remark="我说两句")
    EntryPayload.objects.filter(entry__action="opening.remark").update(data={}, salt="", erased_at=tender.now)
    assert [message.said for message in state(tender).messages] == [""]


# --- the record ----------------------------------------------------------------------------------------------------


def test_the_record_is_frozen_published_and_in_the_log(clock: Clock) -> None:
    tender = with_bids()
    tender.do("opening.sign_in", tender.case, tender.suppliers[0])
    one, two, _three = tender.open()
    tender.do("opening.confirm", one, tender.suppliers[0])
    tender.do("opening.object", two, tender.suppliers[1], objection="大写金额有误")
    tender.conclude(answer="经核对无误")
    follow(tender, clock)
    opening = Opening.objects.get()
    record = parse_jcs(documents.read(opening.record))
    bids = record["lots"][0]["bids"]
    assert [bid["price_fen"] for bid in bids] == [87654321, 86543210, 85432109]
    assert [bid["deemed"] for bid in bids] == [False, False, True]
    assert bids[1]["objection"] == "大写金额有误" and record["answer"] == "经核对无误"
    assert bids[0]["signed_in_at"] and not bids[1]["signed_in_at"]
    assert Attachment.objects.get(document=opening.record).is_public
    concluded = Entry.objects.select_related("payload").get(action="opening.conclude")
    assert concluded.payload.data["facts"] == {"record": opening.record_id}
    address = reverse("hall_record", args=[tender.case.pk])
    page = text_of(Client().get(address))
    assert "开标记录表" in page and CAPITALS in page and "视同认可" in page
    download = Client().get(reverse("public_file", args=[Attachment.objects.get(document=opening.record).pk]))
    assert b"".join(download.streaming_content) == documents.read(opening.record)


def test_there_is_no_record_before_the_end(clock: Clock) -> None:
    tender = with_bids()
    tender.open()
    follow(tender, clock)
    assert Client().get(reverse("hall_record", args=[tender.case.pk])).status_code == 404


# --- who may come in -----------------------------------------------------------------------------------------------


def test_each_finds_what_it_may_do(clock: Clock) -> None:
    tender = with_bids(confirmation_minutes=10)
    tender.now = CLOSES
    follow(tender, clock)
    address = reverse("hall", args=[tender.case.pk])

    def links(post: Any) -> set[str]:
        text = text_of(at_desk(post).get(address))
        return {
            code
            for code in ("begin", "sign_in", "confirm", "object", "suspend", "conclude")
            if f"/opening.{code}/" in text
        }

    assert links(tender.runner) == {"begin"}
    assert links(tender.suppliers[0]) == {"sign_in"}
    assert links(make_post(Role.TREASURY)) == set()
    tender.open()
    assert links(tender.runner) == {"suspend"}
    assert links(tender.suppliers[0]) == {"sign_in", "confirm", "object"}
    assert links(make_post(Role.TREASURY)) == {"suspend"}
    assert links(make_post(Role.SUPPLIER)) == set()


def test_who_judges_the_bids_stays_outside(clock: Clock) -> None:
    """评标委员会成员不得参加开标活动 (87号令 art. 40)."""
    tender = with_bids()
    experts = [make_expert() for _ in range(9)]
    tender.open()
    tender.conclude()
    tender.do("committee.draw", tender.case, tender.runner, evaluates_at=tender.now)
    follow(tender, clock)
    seated = {member.post_id for member in tender.members()}
    address = reverse("hall", args=[tender.case.pk])
    found = {at_desk(e).get(address).status_code for e in experts if e.pk in seated}
    others = {at_desk(e).get(address).status_code for e in experts if e.pk not in seated}
    assert (found, others) == ({404}, {200})


def test_offers_that_are_not_read_out_have_no_hall(clock: Clock) -> None:
    case = make_case(procedure="consultation", stage="submission", title="磋商项目")
    assert Client().get(reverse("public_case", args=[case.pk])).status_code == 200
    assert Client().get(reverse("hall", args=[case.pk])).status_code == 404
    assert case.title not in text_of(Client().get(reverse("halls")))
