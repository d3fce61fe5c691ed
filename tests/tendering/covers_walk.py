"""A tender in two covers on its way: both handed in, the technical ones opened and judged, then the prices opened."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self

from tests.factories import make_expert
from tests.hurry import tasks_at_the_end
from tests.tendering.sealing_walk import Device, SealedTender
from tests.tendering.walk import offer
from yangcai.kernel.entries import plain
from yangcai.tendering import standing
from yangcai.tendering.models import CommitteeMember, Criterion, OpenedBid, SealedBid

PRICED = ("price", "price_in_words", "lines")
MINUTE = datetime.timedelta(minutes=1)
#: Points of every member for everybody: the price alone decides.
POINTS = {"technical": "40", "business": "15"}


class TwoCovers(SealedTender):
    """`prices` holds the devices with the covers in which the prices lie, in the order of the bidders."""

    def __init__(self, **values: Any):
        super().__init__(**values)
        self.technical: list[Device] = []
        self.prices: list[Device] = []

    def announced(self, **terms: Any) -> "TwoCovers":
        super().announced(two_covers=True, **terms)
        return self

    # --- handing in -----------------------------------------------------------------------------------------------

    def seal_technical(self, device: Device, *, files: dict[str, bytes] | None = None, **more: Any) -> None:
        filled = plain({**offer(), **more})
        for name in ("commitment", *(name for name in PRICED if name not in more)):
            filled.pop(name, None)
        device.seal(self.policy(cover="TECH"), filled, files=files or {}, recovery="auto")

    def seal_price(self, device: Device, price: str, *, recovery: str = "auto") -> None:
        line = {**offer(price)["lines"][0], "unit_price": f"{Decimal(price) / 100:.2f}"}
        filled = plain({"price": price, "lines": [line]})
        device.seal(self.policy(cover="PRICE"), filled, files={}, recovery=recovery)

    def hand_in_technical(self, device: Device, **more: Any) -> SealedBid:
        self.seal_technical(device, **more)
        return self.finalised(device, self.uploaded(device))

    def hand_in_price(self, device: Device, price: str, **more: Any) -> SealedBid:
        self.seal_price(device, price, **more)
        return self.finalised(device, self.uploaded(device))

    def hand_in_both(self, *prices: str, recovery: str = "auto") -> None:
        self._told(self._hand_in_both, {"prices": prices, "recovery": recovery})

    @tasks_at_the_end()
    def _hand_in_both(self, *, prices: Iterable[str], recovery: str) -> None:
        for price in prices:
            device = self.device()
            self.hand_in_technical(device)
            self.technical.append(device)
            self.prices.append(self.another(device))
            self.hand_in_price(self.prices[-1], price, recovery=recovery)

    # --- opening and judging --------------------------------------------------------------------------------------

    def opened_with(self, *prices: str, **terms: Any) -> Self:
        """Handed in for these prices, the technical covers opened."""
        return self._told(self._open_with, {"prices": prices, "terms": terms})

    @tasks_at_the_end()
    def _open_with(self, *, prices: Iterable[str], terms: dict[str, Any]) -> None:
        self.announced(**terms)
        self.hand_in_both(*prices)
        self.open_technical()

    def judged_with(self, *prices: str, failing: Iterable[int] = (), **terms: Any) -> Self:
        """And everything up to the end of the technical evaluation, which is not closed yet."""
        return self._told(self._judge_with, {"prices": prices, "failing": tuple(failing), "terms": terms})

    @tasks_at_the_end()
    def _judge_with(self, *, prices: Iterable[str], failing: Iterable[int], terms: dict[str, Any]) -> None:
        self.opened_with(*prices, **terms)
        self.qualify()
        self.judge(failing=failing)

    def open_technical(self) -> None:
        """At the deadline: keys, trustees, and the end of the opening."""
        self.begin()
        for device in self.technical:
            self.release(device)
        self.trustee_releases(self.holders[2])
        self.unseal()
        self.conclude()

    @property
    def opened(self) -> list[OpenedBid]:
        return list(OpenedBid.objects.filter(lot=self.lot).order_by("bid_id"))

    @property
    def chair(self) -> CommitteeMember:
        return next(member for member in self.members() if member.is_chair)

    def findings(self, kind: str, *, failing: Iterable[int] = ()) -> list[dict[str, Any]]:
        out = set(failing)
        return [
            {
                "bid": bid.pk,
                "clause": clause.pk,
                "passed": n not in out,
                "reason": "不满足" if n in out else "",
            }
            for n, bid in enumerate(self.opened)
            for clause in standing.examined(self.lot, kind)
        ]

    def qualify(self) -> None:
        self.now += MINUTE
        [make_expert() for _ in range(8)]
        self.do("committee.draw", self.case, self.runner, evaluates_at=self.now + MINUTE)
        self.now += MINUTE
        for member in self.members():
            self.do("committee.sign_in", member, member.post, commits=True)
        self.do("qualification.record", self.lot, self.runner, rows=self.findings("qualification"))
        self.do("qualification.conclude", self.lot, self.runner)
        self.now += MINUTE

    def judge(self, *, failing: Iterable[int] = ()) -> None:
        """Responsiveness, then the points of every member; the technical evaluation stays to be closed."""
        rows = self.findings("responsiveness", failing=failing)
        self.do("responsiveness.record", self.lot, self.chair.post, rows=rows)
        self.now += MINUTE
        for member in self.members():
            self.score(member, failing=failing)
        self.now += MINUTE

    def score(self, member: CommitteeMember, *, failing: Iterable[int] = ()) -> None:
        out = set(failing)
        rows = [
            {"bid": bid.pk, "criterion": criterion.pk, "value": POINTS[criterion.code]}
            for n, bid in enumerate(self.opened)
            if n not in out
            for criterion in Criterion.objects.filter(lot=self.lot).exclude(kind="price")
        ]
        self.do("scores.submit", self.lot, member.post, rows=rows)

    def conclude_technical(self) -> None:
        self.do("technical.conclude", self.lot, self.chair.post)

    def open_prices(self, *, of: Iterable[int]) -> None:
        for n in of:
            self.release(self.prices[n])
        self.trustee_releases(self.holders[3])
        self.unseal()


def judged(*prices: str, failing: Iterable[int] = (), **terms: Any) -> TwoCovers:
    """Everything up to the end of the technical evaluation, which is not closed yet."""
    return TwoCovers().judged_with(*(prices or ("900000.00", "910000.00", "920000.00")), failing=failing, **terms)
