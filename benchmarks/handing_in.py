"""How many sealed bids a second come in through HTTP, each with its receipt, and how long does a bidder wait?

The site is served by Granian as in production (`yangcai serve`, two processes, no sandbox); the bidders are threads of
this process on the same machine, with keep-alive connections and tokens of their own. What is counted is the one step
that races the deadline: the signed statement out, the receipt back. Beside it, on the same server in the same run:
requests that do nothing but say who asks. Then the Entries of all of them are there, too.
"""

from benchmarks import bidders
from benchmarks.api import WORKERS, Load, Request, load, served
from benchmarks.finalise import at
from benchmarks.measure import Figure
from benchmarks.published import publish
from benchmarks.scale import Scale
from yangcai.cases.models import Lot
from yangcai.kernel import clock
from yangcai.tendering import finalise
from yangcai.tendering.models import SealedBid

#: The goal of the issue.
AT_LEAST, P99_SECONDS = 200, 2.0
#: So long bids are taken.
SECONDS = 7200


def run(scale: Scale) -> list[Figure]:
    """One run for each number of bidders at a time: alone, and all the clients."""
    found = publish(cases=1)
    lot = Lot.objects.select_related("case").get(pk=found.cases[0].lots.order_by("pk").first().pk)
    policy = bidders.policy_of(lot, found.now)
    bidders.close_in(lot, seconds=SECONDS)
    one = bidders.ready(lot, policy, scale.handed_in // 10, now=found.now)
    many = bidders.ready(lot, policy, scale.handed_in, now=found.now)
    with served(sandbox=False) as port:
        awake = [Request("GET", "/api/v1/me", bidder.token) for bidder in many[: 8 * WORKERS]]
        load(port, awake, clients=min(WORKERS, len(awake)))
        alone = load(port, [statement(bidder) for bidder in one], clients=1)
        nothing = load(
            port, [Request("GET", "/api/v1/me", bidder.token) for bidder in many], clients=scale.bidders_at_once
        )
        together = load(port, [statement(bidder) for bidder in many], clients=scale.bidders_at_once)
    finalise.note_in(now=clock.now(), wait=True)
    if SealedBid.objects.filter(is_noted=True).count() != len(one) + len(many):
        raise RuntimeError("not every bid came in and got its Entry")
    who = f"bids over HTTP, {scale.bidders_at_once} bidders at a time, {WORKERS} processes"
    peer = "requests that do nothing"
    return [
        Figure(
            who,
            together.per_second,
            together.per_second,
            together.per_second,
            "/s",
            peer,
            nothing.per_second,
            goal=f"≥ {AT_LEAST} /s",
            is_met=together.per_second >= AT_LEAST,
        ),
        _wait(f"{who}, p50", together, nothing, 50),
        _wait(f"{who}, p99", together, nothing, 99, most=P99_SECONDS),
        _wait("bids over HTTP, one after the other, p50", alone, nothing, 50),
    ]


def statement(bidder: bidders.Bidder) -> Request:
    """What a bidder's client sends at last."""
    return Request("POST", f"{bidder.address}/finalise", bidder.token, bidder.message.content)


def _wait(what: str, mine: Load, others: Load, percent: int, *, most: float | None = None) -> Figure:
    value = at(list(mine.each.seconds), percent)
    return Figure(
        what,
        value,
        mine.each.low * 1000,
        mine.each.high * 1000,
        "ms",
        "requests that do nothing",
        at(list(others.each.seconds), percent),
        goal=f"< {most:g} s" if most else "",
        is_met=value < most * 1000 if most else None,
    )
