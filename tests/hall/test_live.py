"""Does every viewer hear what happens, once, in order, and after an interruption nothing less?"""

import asyncio
import datetime
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import loops
from tests.factories import at, make_case, make_post
from tests.hall.test_state import BIDDERS, MINUTE, SECRETS, with_bids
from tests.tendering.walk import CLOSES, Tender
from tests.www.conftest import clock as clock
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.kernel import log_index
from yangcai.kernel.models import Entry
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.queries.hall import Message
from yangcai.www.hall import live as process
from yangcai.www.hall.board import Board, Part, _message, changes
from yangcai.www.hall.channel import KEPT, Channel
from yangcai.www.hall.tickets import Audience, BadTicket, read, ticket

SECONDS = 60


def note(key: str, post: Post) -> int:
    """A session that is written down, as at the sign-in; returns its number."""
    return UserSession.objects.create(user=post.person, ip="127.0.0.1", session_key=key).pk


def of_post(case: int, post: Post, language: str = "zh-hans") -> Audience:
    """Somebody inside, who is signed in."""
    store = SessionStore()
    store.create()
    return Audience(case, language, post.pk, note(store.session_key, post))


# --- channels: no database -----------------------------------------------------------------------------------------


def part(name: str, text: str) -> Part:
    return Part(name, f'<p id="{name}">{text}</p>', text)


def lot(*rows: str, head: str = "head") -> Part:
    drawn = tuple(Part(f"lot-1-{n}", f"<tr>{row}</tr>", row) for n, row in enumerate(rows, start=1))
    return Part("lot-1", f"<section>{head}{''.join(row.html for row in drawn)}</section>", (head, rows), drawn, head)


def a_board(*parts: Part, position: int = 0) -> Board:
    return Board(parts, position, "before")


def test_only_what_changed_is_sent() -> None:
    one = a_board(part("a", "1"), part("b", "1"))
    assert changes(None, one) == one.whole
    assert changes(one, a_board(part("a", "1"), part("b", "1"))) == ""
    assert changes(one, a_board(part("a", "1"), part("b", "2"))) == '<p id="b">2</p>'
    assert changes(one, a_board(part("a", "1"), part("b", "1"), part("c", "1"))) == '<p id="c">1</p>'


def test_of_a_lot_only_the_rows_that_changed() -> None:
    one = a_board(lot("x", "y"))
    assert changes(one, a_board(lot("x", "z"))) == "<table data-rows><tbody><tr>z</tr></tbody></table>"
    for other in (lot("x", "y", "z"), lot("x", "y", head="other"), lot()):
        assert changes(one, a_board(other)) == other.html


def test_who_was_away_gets_what_followed_and_no_more() -> None:
    channel = Channel()
    for n in range(1, 6):
        assert channel.show(a_board(part("a", str(n)), position=n))
    assert not channel.show(a_board(part("a", "5"), position=6)), "nothing changed: nothing is sent"
    assert channel.after(5) == b""
    assert re.findall(rb">(\d)<", channel.after(3)) == [b"4", b"5"]
    name = channel.name(3, 3)
    assert channel.number_of(name) == 3
    assert name.partition(".")[0] == log_index.shown(3), "the index is enciphered"
    for stranger in ("", "x", f"{log_index.shown(3)}.otherrun.3", f"{log_index.shown(3)}.{channel.run}.three"):
        assert channel.number_of(stranger) == 0
    assert channel.after(0) == channel.after(77) == channel.whole


def test_who_was_away_too_long_gets_the_whole_board() -> None:
    channel = Channel()
    for n in range(KEPT + 3):
        channel.show(a_board(part("a", str(n)), position=n))
    assert channel.after(2) == channel.whole
    assert channel.after(4).count(b"id: ") == KEPT + 3 - 4


def test_a_line_of_what_was_said_cannot_become_an_event_of_its_own() -> None:
    channel = Channel()
    channel.show(a_board(part("a", "one\n\nid: forged\r\ndata: two"), position=1))
    lines = channel.whole.decode().rstrip("\n").split("\n")
    assert [line.partition(":")[0] for line in lines] == ["id", *["data"] * (len(lines) - 1)]


def test_a_ticket_cannot_be_made_or_changed_by_others() -> None:
    good = ticket(Audience(7, "zh-hans"))
    assert read(good) == Audience(7, "zh-hans")
    for bad in ("", "x", good[:-1], good + "x", good.replace(good[0], "Z", 1)):
        with pytest.raises(BadTicket):
            read(bad)


# --- the process, with a database ----------------------------------------------------------------------------------


class Viewer:
    """One connection to the process: what came, event by event."""

    def __init__(self, live: process.Live, text: str, last: str = ""):
        self.came: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        headers = [(b"last-event-id", last.encode())] if last else []
        scope = {"type": "http", "method": "GET", "path": f"/live/{text}", "headers": headers}
        self.task = asyncio.create_task(live(scope, self.receive, self.came.put))
        self.last = last

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> int:
        return int((await asyncio.wait_for(self.came.get(), SECONDS))["status"])

    async def event(self) -> str:
        """The HTML of the next event; keeps its id."""
        while True:
            body = (await asyncio.wait_for(self.came.get(), SECONDS))["body"].decode()
            if ids := re.findall(r"^id: (.*)$", body, re.MULTILINE):
                self.last = ids[-1]
                return "\n".join(re.findall(r"^data: (.*)$", body, re.MULTILINE))

    def unread(self) -> list[bytes]:
        """What came and was not looked at yet."""
        return [self.came.get_nowait()["body"] for _ in range(self.came.qsize())]

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, SECONDS)


async def act(deed: Callable[[], Any]) -> Any:
    """Something is done by somebody else, in a thread of its own."""

    def done() -> Any:
        try:
            return deed()
        finally:
            connection.close()

    return await asyncio.to_thread(done)


def run(story: Callable[[process.Live], Awaitable[None]]) -> None:
    async def told() -> None:
        live = process.Live()
        try:
            await story(live)
        finally:
            await live.close()

    loops.run(told())


@pytest.mark.django_db(transaction=True)
def test_an_opening_is_heard_by_everybody_and_nothing_before_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LOOK", 3600.0)
    tender = with_bids()
    tender.now = CLOSES - MINUTE
    follow(tender, clock)
    public, inside = Audience(tender.case.pk, "zh-hans"), of_post(tender.case.pk, tender.runner, "en")

    async def story(live: process.Live) -> None:
        looks = []
        ordinary = process.board
        process.board = lambda hall, **more: looks.append(hall.phase) or ordinary(hall, **more)  # type: ignore[assignment]
        try:
            viewers = [Viewer(live, ticket(public)) for _ in range(5)]
            host = Viewer(live, ticket(inside))
            assert [await viewer.start() for viewer in (*viewers, host)] == [200] * 6
            wholes = {await viewer.event() for viewer in viewers}
            assert len(wholes) == 1 and "距投标截止" in wholes.pop()
            assert "<section" in await host.event()
            tender.now = clock.at = CLOSES
            del looks[:]
            await act(tender.open)
            heard = {await viewer.event() for viewer in viewers}
            assert len(heard) == 1
            told = heard.pop()
            assert all(name in told for name in BIDDERS) and "876,543.21" in told
            assert looks.count("confirmation") <= 4, "two audiences, each looked for once per news, not once per viewer"
            for viewer in (*viewers, host):
                await viewer.leave()
            assert live.channels == {}
        finally:
            process.board = ordinary  # type: ignore[assignment]

    run(story)


@pytest.mark.django_db(transaction=True)
def test_a_bid_that_comes_in_sends_nothing_to_those_outside(clock: Clock) -> None:
    tender = Tender().published()
    follow(tender, clock)
    posts = [tender.supplier(name=name) for name in BIDDERS]
    public = Audience(tender.case.pk, "zh-hans")

    async def story(live: process.Live) -> None:
        viewer = Viewer(live, ticket(public))
        assert await viewer.start() == 200
        first = await viewer.event()
        for post in posts:
            await act(lambda post=post: tender.bid(post, price="876543.21"))  # type: ignore[misc]
            await act(lambda post=post: tender.do("opening.sign_in", tender.case, post))  # type: ignore[misc]
        await live.refresh(public)
        assert [came for came in viewer.unread() if b"data:" in came] == []
        tender.now = clock.at = CLOSES
        await act(lambda: tender.do("opening.remark", tender.case, tender.runner, remark="即将开标"))
        told = first
        while "即将开标" not in told:
            told += await viewer.event()
        assert [secret for secret in SECRETS if secret in told] == []
        await viewer.leave()

    run(story)


@pytest.mark.django_db(transaction=True)
def test_a_viewer_that_was_cut_off_loses_nothing(clock: Clock) -> None:
    tender = with_bids()
    tender.open()
    follow(tender, clock)
    text = ticket(Audience(tender.case.pk, "zh-hans"))

    def remark(said: str) -> Callable[[], Any]:
        return lambda: tender.do("opening.remark", tender.case, tender.runner, remark=said)

    async def story(live: process.Live) -> None:
        stays, goes = Viewer(live, text), Viewer(live, text)
        for viewer in (stays, goes):
            await viewer.start()
            await viewer.event()
        await goes.leave()
        for said in ("第一句", "第二句", "第三句"):
            await act(remark(said))
            while said not in await stays.event():
                pass
        back = Viewer(live, text, last=goes.last)
        await back.start()
        missed = await back.event()
        assert [said for said in ("第一句", "第二句", "第三句") if said in missed] == ["第一句", "第二句", "第三句"]
        assert "876,543.21" not in missed, "what it had already is not sent again"
        other = process.Live()  # after a restart the process knows nobody's events: the whole board
        again = Viewer(other, text, last=stays.last)
        await again.start()
        whole = await again.event()
        assert "876,543.21" in whole and "第三句" in whole
        for viewer in (stays, back, again):
            await viewer.leave()
        await other.close()

    run(story)


@pytest.mark.django_db(transaction=True)
def test_time_alone_moves_the_hall_on(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline passes with nobody doing anything: those inside see who came."""
    tender = with_bids()
    tender.now = clock.at = CLOSES - MINUTE / 600
    monkeypatch.setattr(process, "LOOK", 3600.0)
    insider = of_post(tender.case.pk, tender.runner)

    async def story(live: process.Live) -> None:
        host = Viewer(live, ticket(insider))
        await host.start()
        assert BIDDERS[0] not in await host.event()
        clock.at = CLOSES
        assert BIDDERS[0] in await host.event()
        await host.leave()

    run(story)


@pytest.mark.django_db(transaction=True)
def test_a_ticket_opens_only_what_its_post_may_still_see(clock: Clock) -> None:
    tender = with_bids()
    follow(tender, clock)
    treasury, stranger = make_post(Role.TREASURY), make_post(Role.AGENT)
    case = tender.case.pk
    other = make_case(procedure="consultation", stage="submission").pk
    inside, outside = of_post(case, treasury), of_post(case, stranger)

    async def story(live: process.Live) -> None:
        for wanted, text in (
            (200, ticket(Audience(case, "en"))),
            (200, ticket(inside)),
            (403, ticket(outside)),
            (403, ticket(Audience(case, "zh-hans", treasury.pk))),
            (403, ticket(Audience(case, "zh-hans", treasury.pk, outside.session))),
            (403, ticket(Audience(case, "fr"))),
            (403, ticket(Audience(other, "zh-hans"))),
            (403, "nothing"),
        ):
            viewer = Viewer(live, text)
            assert await viewer.start() == wanted
            await viewer.leave()
        treasury.to_on = (clock.at - datetime.timedelta(days=7)).date()
        await act(treasury.save)
        viewer = Viewer(live, ticket(inside))
        assert await viewer.start() == 403, "the post has ended since"
        await viewer.leave()

    run(story)


@pytest.mark.django_db(transaction=True)
def test_who_listens_inside_is_let_go_when_the_post_ends(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PING", "STILL"):
        monkeypatch.setattr(process, name, 0.05)
    tender = with_bids()
    follow(tender, clock)
    treasury = make_post(Role.TREASURY)
    ending = make_post(Role.TREASURY, treasury.organisation)

    asked = [ticket(of_post(tender.case.pk, post)) for post in (treasury, ending)]

    async def story(live: process.Live) -> None:
        inside = [Viewer(live, text) for text in asked]
        for viewer in inside:
            assert await viewer.start() == 200
        ending.to_on = (clock.at - datetime.timedelta(days=1)).date()
        await act(ending.save)
        await asyncio.wait_for(inside[1].task, SECONDS)
        assert not inside[0].task.done(), "whose post stands listens on"
        await inside[0].leave()

    run(story)


@pytest.mark.django_db(transaction=True)
def test_who_signed_out_or_was_ended_hears_no_more(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PING", "STILL"):
        monkeypatch.setattr(process, name, 0.05)
    tender = with_bids()
    follow(tender, clock)
    asked = of_post(tender.case.pk, make_post(Role.TREASURY))

    async def story(live: process.Live) -> None:
        viewer = Viewer(live, ticket(asked))
        assert await viewer.start() == 200
        await act(lambda: UserSession.objects.get(pk=asked.session).end())
        await asyncio.wait_for(viewer.task, SECONDS)
        again = Viewer(live, ticket(asked))
        assert await again.start() == 403
        await again.leave()

    run(story)


# --- the page knows where to listen --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_listens_at_one_origin_and_no_other(clock: Clock, settings: Any) -> None:
    tender = with_bids()
    follow(tender, clock)
    address = reverse("hall", args=[tender.case.pk])
    page = Client().get(address)
    assert "data-live" not in text_of(page)
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    settings.YANGCAI_LIVE_PORT = 8001
    page = Client().get(address)
    assert "connect-src 'self' http://testserver:8001;" in page.headers["Content-Security-Policy"]
    assert 'data-live="http://testserver:8001/live/' in text_of(page)
    assert '<noscript><meta http-equiv="refresh"' in text_of(page)
    settings.YANGCAI_BEHIND_TLS = True
    page = Client().get(address)
    assert "connect-src 'self';" in page.headers["Content-Security-Policy"]
    found = re.search(r'data-live="/live/([^"]+)"', text_of(page))
    assert found and read(found[1]) == Audience(tender.case.pk, "zh-hans")
    settings.YANGCAI_BEHIND_TLS = False
    desk = at_desk(tender.runner)
    row = note(desk.session.session_key, tender.runner)
    mine = re.search(r'data-live="[^"]*/live/([^"]+)"', text_of(desk.get(address)))
    assert mine and read(mine[1]) == Audience(tender.case.pk, "zh-hans", tender.runner.pk, row)
    assert desk.session.session_key not in mine[1]
    assert Entry.objects.exclude(action__startswith="opening").exists()


def test_what_is_said_on_another_day_than_the_first_says_which() -> None:
    first = Message(1, at("2026-08-07T09:30"), "opening.begin", "代理机构")
    later = Message(2, at("2026-08-10T09:00:05"), "opening.resume", "财政局")
    assert ">09:30:00</time>" in _message(first, first=first).html
    assert ">2026-08-10 09:00:05</time>" in _message(later, first=first).html
