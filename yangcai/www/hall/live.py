"""Who pushes what happens in a hall to everybody who watches? One small ASGI process beside the site.

It hears from PostgreSQL that a case has a new Entry (kernel/sql/entry_news.sql), reads the hall once for each audience,
writes it once in each language, and sends the same bytes to all. It writes nothing, keeps no session, and may be killed
at any time: viewers come back and get what they missed.
"""

import asyncio
import contextlib
import datetime
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import Error, close_old_connections, connection
from django.utils import translation

from yangcai.kernel import clock
from yangcai.kernel.reading import reading
from yangcai.parties.models import Post
from yangcai.tendering.queries.hall import hall_state, halls, is_inside
from yangcai.www import sessions
from yangcai.www.hall.board import Board, board
from yangcai.www.hall.channel import Channel
from yangcai.www.hall.tickets import Audience, BadTicket, read

PATH = "/live/"
#: Seconds: a sign of life to each viewer; a look at every hall though nobody told; after the database was away; whether
#: somebody inside may still be there.
PING, LOOK, AGAIN, STILL = 15.0, 15.0, 1.0, 15.0
#: After so many milliseconds a browser comes back.
RETRY = b"retry: 3000\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back
    # Another port is another origin. What is sent is what the ticket allows; no cookie is asked for.
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
]

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


# --- in the one thread that asks the database ----------------------------------------------------------------------


def admitted(audience: Audience) -> Audience | None:
    """The audience of a ticket, if it may still hear it. What everybody inside hears is kept once, under post 1."""
    close_old_connections()
    now = clock.now()
    post = Post.objects.filter(pk=audience.post).first() if audience.inside else None
    case = halls(post, now).filter(pk=audience.case).first()
    if case is None or audience.language not in {"zh-hans", "en"}:
        return None
    if audience.inside and (post is None or not post.is_valid_at(now) or not is_inside(case, post)):
        return None
    if audience.inside and not sessions.is_alive(audience.session, person=post.person_id):
        return None  # signed out, or ended from another device
    return Audience(audience.case, audience.language, post=1 if audience.inside else 0)


def look(audience: Audience, known: Board | None) -> tuple[Board, float | None] | None:
    """The hall as this audience may see it, and after how many seconds the clock alone changes it."""
    close_old_connections()
    now = clock.now()
    with reading(), translation.override(audience.language):
        case = halls(None, now).prefetch_related("periods", "lots", "suspensions").filter(pk=audience.case).first()
        if case is None:
            return None
        hall = hall_state(case, inside=audience.inside, now=now)
        rest = (hall.clock_until - now).total_seconds() if hall.clock_until else None
        return board(hall, now=now, known=known), rest


def listening() -> dict[str, Any]:
    """How to connect as Django does, with one's own class of connection."""
    parameters = connection.get_connection_params()
    return {k: v for k, v in parameters.items() if k not in {"cursor_factory", "context", "prepare_threshold"}}


# --- in the loop ---------------------------------------------------------------------------------------------------


class Live:
    """All channels that somebody listens to."""

    def __init__(self) -> None:
        self.channels: dict[Audience, Channel] = {}
        self.stale: set[Audience] = set()
        self.at_work: dict[Audience, asyncio.Task[None]] = {}
        self.timers: dict[Audience, asyncio.TimerHandle] = {}
        #: One thread, one connection: a look takes milliseconds, and halls are few.
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="hall")
        self.listener: asyncio.Task[None] | None = None

    async def ask(self, function: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.thread, function, *args)

    def refresh(self, audience: Audience) -> "asyncio.Task[None]":
        """Look again; while a look is under way, once more after it."""
        self.stale.add(audience)
        if audience not in self.at_work:
            self.at_work[audience] = asyncio.create_task(self._work(audience))
        return self.at_work[audience]

    async def _work(self, audience: Audience) -> None:
        try:
            while audience in self.stale:
                self.stale.discard(audience)
                channel = self.channels.get(audience)
                if channel is None:
                    return
                seen = await self.ask(look, audience, channel.board)
                if seen is None:
                    continue
                drawn, rest = seen
                channel.show(drawn)
                self._again_in(audience, rest)
        except Error:  # the database is away; the next look, within LOOK seconds, finds it again or waits on
            pass
        finally:
            self.at_work.pop(audience, None)

    def _again_in(self, audience: Audience, seconds: float | None) -> None:
        """When a countdown is over, the phase is another one though nobody did anything."""
        if timer := self.timers.pop(audience, None):
            timer.cancel()
        if seconds is not None and seconds < datetime.timedelta(days=1).total_seconds():
            loop = asyncio.get_running_loop()
            self.timers[audience] = loop.call_later(max(seconds, 0) + 0.05, self.refresh, audience)

    def heard(self, root: str) -> None:
        for audience in list(self.channels):
            if root == f"case:{audience.case}":
                self.refresh(audience)

    async def listen(self) -> None:
        """Hear of every new Entry. Whatever was said while the database was away is seen in the look afterwards."""
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(**listening(), autocommit=True) as ear:
                    await ear.execute("LISTEN yangcai_entry")
                    while True:
                        for audience in list(self.channels):
                            self.refresh(audience)
                        async for note in ear.notifies(timeout=LOOK):
                            self.heard(note.payload)
            await asyncio.sleep(AGAIN)

    async def admit(self, audience: Audience) -> Audience | None:
        """Whoever only looks on need not be looked at where others do so already: hundreds come in the same minute."""
        channel = self.channels.get(audience)
        if not audience.inside and channel is not None and channel.board is not None:
            return audience
        found: Audience | None = await self.ask(admitted, audience)
        return found

    async def enter(self, audience: Audience, wake: asyncio.Event) -> Channel:
        """The channel of an audience with something in it; `wake` is set whenever there is more."""
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self.listen())
        channel = self.channels.setdefault(audience, Channel())
        channel.viewers.add(wake)
        if channel.board is None:
            await asyncio.shield(self.refresh(audience))
        return channel

    def leave(self, audience: Audience, wake: asyncio.Event) -> None:
        """The last one to go turns off the light."""
        channel = self.channels.get(audience)
        if channel is None:
            return
        channel.viewers.discard(wake)
        if not channel.viewers:
            self.channels.pop(audience, None)
            if timer := self.timers.pop(audience, None):
                timer.cancel()

    async def stays(self, asked: Audience) -> bool:
        """Whether somebody inside may go on listening: a post ends, is taken back, its person is locked out."""
        try:
            return await self.ask(admitted, asked) is not None
        except Error:  # the database is away: nothing new is heard either
            return True

    async def stream(self, asked: Audience, audience: Audience, last: str, receive: Receive, send: Send) -> None:
        """What this viewer lacks, then everything that happens, until it goes or may not hear it any more."""
        wake, is_gone = asyncio.Event(), False
        seconds = asyncio.get_running_loop().time
        looked = seconds()

        async def wait_for_the_end() -> None:
            nonlocal is_gone
            while (await receive())["type"] != "http.disconnect":
                pass
            is_gone = True
            wake.set()

        end = asyncio.create_task(wait_for_the_end())
        try:
            channel = await self.enter(audience, wake)
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": RETRY, "more_body": True})
            number = channel.number_of(last)
            while not is_gone:
                if asked.inside and seconds() - looked >= STILL:
                    if not await self.stays(asked):
                        await send({"type": "http.response.body", "body": b"", "more_body": False})
                        return
                    looked = seconds()
                wake.clear()
                body, number = channel.after(number) or b": still here\n\n", channel.number
                await send({"type": "http.response.body", "body": body, "more_body": True})
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), PING)
        finally:
            end.cancel()
            self.leave(audience, wake)

    async def close(self) -> None:
        """Let go of the database."""
        for task in [self.listener, *self.at_work.values()]:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        for timer in self.timers.values():
            timer.cancel()
        await self.ask(lambda: connection.close())  # that thread's own, not this one's
        self.thread.shutdown()

    async def _life(self, receive: Receive, send: Send) -> None:
        """The server's own messages: it begins, it ends."""
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._life(receive, send)
            return
        path, headers = scope["path"], dict(scope["headers"])
        ticket = path.removeprefix(PATH)
        asked = audience = None
        if scope["method"] == "GET" and path.startswith(PATH):
            with contextlib.suppress(BadTicket, Error):
                asked = read(ticket)
                audience = await self.admit(asked)
        if asked is None or audience is None:
            headers_out = [(b"content-type", b"text/plain"), (b"access-control-allow-origin", b"*")]
            await send({"type": "http.response.start", "status": 403, "headers": headers_out})
            await send({"type": "http.response.body", "body": b"no ticket for this hall\n"})
            return
        await self.stream(asked, audience, headers.get(b"last-event-id", b"").decode("latin-1"), receive, send)


application = Live()
