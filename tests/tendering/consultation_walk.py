"""A consultation whose offers are sealed by their suppliers: its talks, its last offers, its award."""

import datetime
from decimal import Decimal

from tests.hurry import tasks_at_the_end
from tests.tendering.covers_walk import MINUTE, POINTS
from tests.tendering.sealing_walk import Device, SealedTender
from tests.tendering.walk import offer
from yangcai.cases.models import Award
from yangcai.kernel.entries import plain
from yangcai.tendering import policies, standing
from yangcai.tendering.models import BidClosing, Criterion, OpenedBid


class Consultation(SealedTender):
    """A consultation whose offers are sealed by their suppliers, up to its last offers."""

    def __init__(self, procedure: str = "consultation"):
        super().__init__(procedure=procedure)
        self.devices_in_order: list[Device] = []

    @property
    def chair(self) -> object:
        return next(member.post for member in self.members() if member.is_chair)

    def talked(self) -> "Consultation":
        return self._told(self._talk, {})

    @tasks_at_the_end()
    def _talk(self) -> None:
        self.announced()
        for price in ("900000.00", "910000.00", "920000.00"):
            device = self.device()
            self.hand_in(device, price)
            self.devices_in_order.append(device)
        self.begin()
        for device in self.devices_in_order:
            self.release(device)
        self.trustee_releases(self.holders[2])
        self.unseal()
        self.talk()

    def talk(self) -> "Consultation":
        """From the end of the opening to the end of the talks."""
        self.conclude()
        self.now += MINUTE
        self.seat()
        bids = list(OpenedBid.objects.order_by("bid_id"))
        for kind, action in (("qualification", "qualification.record"), ("responsiveness", "responsiveness.record")):
            rows = [
                {"bid": bid.pk, "clause": clause.pk, "passed": True, "reason": ""}
                for bid in bids
                for clause in standing.examined(self.lot, kind)
            ]
            self.do(action, self.lot, self.chair, rows=rows)
        self.do("qualification.conclude", self.lot, self.chair)
        self.now += MINUTE
        for bid in bids:
            self.do("dialogue.hold", bid, self.chair, minutes="一轮")
        return self

    def asked(self, *, minutes: int = 20, window: int = 5) -> datetime.datetime:
        """Until when last offers come in."""
        closes_at = self.now + minutes * MINUTE
        self.do("final_offer.invite", self.lot, self.chair, closes_at=closes_at, window_minutes=window)
        return closes_at

    def last(self, device: Device, price: str) -> Device:
        """Sealed anew on the same device, and handed in."""
        again = self.another(device)
        line = {**offer(price)["lines"][0], "unit_price": f"{Decimal(price) / 100:.2f}"}
        filled = plain({"price": price, "lines": [line], "delivery": offer(price)["delivery"]})
        again.seal(self.policy(round=policies.LAST), filled, files={}, recovery="auto", round=policies.LAST)
        self.finalised(again, self.uploaded(again))
        return again

    def release_all(self, devices: list[Device]) -> None:
        """Opened with the keys of these devices and, where one is missing, by the trustees alone."""
        self.now += 2 * MINUTE
        for device in devices:
            self.release(device)
        if len(devices) < BidClosing.objects.latest("pk").size:
            self.now = BidClosing.objects.latest("pk").window_closes_at
        for holder in (2, 3, 4):
            self.trustee_releases(self.holders[holder])
        self.unseal()

    def awarded(self) -> Award:
        """Judged, reported, determined; to be announced."""
        self.now += MINUTE
        for member in self.members():
            rows = [
                {"bid": bid.pk, "criterion": criterion.pk, "value": POINTS[criterion.code]}
                for bid in OpenedBid.objects.filter(left_at=None).order_by("bid_id")
                for criterion in Criterion.objects.filter(lot=self.lot).exclude(kind="price")
            ]
            self.do("scores.submit", self.lot, member.post, rows=rows)
        report = self.do("evaluation.compute", self.lot, self.chair).value
        for member in self.members():
            self.do("report.sign", report, member.post)
        self.do("report.send", report, self.runner)
        self.now += MINUTE
        first = self.lot.candidates.get(rank=1)
        return self.do("award.determine", self.lot, self.reviewer, candidate=first.pk).value
