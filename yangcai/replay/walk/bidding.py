"""How do the suppliers of a walk ask, bid and offer for the last time, and when are their bids opened?"""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from yangcai import procedures
from yangcai.cases.models import Lot, Stage
from yangcai.replay import policy, published
from yangcai.replay.walk.trip import MINUTE, PAPER, Trip, moment_of
from yangcai.tendering.models import ConsortiumMember, PartnerKind


class Bidding(Trip):
    """Submission, opening, last offers."""

    def submission(self) -> None:
        """Suppliers fetch the documents; corrections and bids come in the order of their times."""
        assert self.dates.documents is not None
        begins, ends = (moment_of(moment) for moment in self.dates.documents)
        names = list(dict.fromkeys(bid.supplier.name for lot in self.file.lots for bid in lot.bids))
        pace = min(10 * MINUTE, (ends - begins) / (len(names) + 1))
        happenings: list[tuple[datetime.datetime, int, Callable[[datetime.datetime], None]]] = []
        for number, name in enumerate(names):
            happenings.append((begins + pace * (number + 1), 0, self._obtain(name)))
        for event in self.file.events:
            if moment_of(event.on) < self.at("opening"):
                happenings.append((moment_of(event.on), 1, self._event(event)))
            else:
                self.later.append(event)
        lots = {lot.number: lot for lot in Lot.objects.filter(case=self.case)}
        for lot in self.file.lots:
            for bid in lot.bids:
                happenings.append((moment_of(bid.received), 2, self._bid(lots[lot.lot], bid)))
        for at, _order, happen in sorted(happenings, key=lambda h: h[:2]):
            if self.refreshed().ended_at:
                return
            happen(at)

    def _obtain(self, name: str) -> Callable[[datetime.datetime], None]:
        return lambda at: self.do("documents.obtain", self.case, self.people.suppliers[name], at)

    def _bid(self, lot: Lot, bid: published.Bid) -> Callable[[datetime.datetime], None]:
        def submit(at: datetime.datetime) -> None:
            data = {"delivery": "按采购文件", "commitment": True, **policy.of_bid(bid)}
            if self.step(Stage.SUBMISSION).quotes:
                data["price"] = bid.price
            if bid.prefer:
                data["preference"] = bid.prefer
            if not procedures.get(self.file.method).own("evaluation.same_brand"):
                data.pop("brand", None)  # it counts for nothing there, and the form does not ask
            if agreed := self._agree(lot, bid, at):
                data["partners"] = [
                    {**row, "uscc": agreed.get(row["name"], row["uscc"])} for row in data.get("partners", ())
                ]
            self.do("bid.submit", lot, self.people.suppliers[bid.supplier.name], at, **data)

        return submit

    def _agree(self, lot: Lot, bid: published.Bid, at: datetime.datetime) -> dict[str, str]:
        """Before a consortium bids: its leader registers the agreement, each member confirms it. Gives back the codes
        of the members, by their names."""
        members = {one.name: one for one in bid.partners if one.kind == PartnerKind.MEMBER}
        if not members:
            return {}
        leader = self.people.suppliers[bid.supplier.name]
        codes = {name: self.people.suppliers[name].organisation.uscc or "" for name in members}
        rows = [
            {"name": name, "uscc": codes[name], "share": one.share, "work": one.work or "按联合协议"}
            for name, one in members.items()
        ]
        self.do("consortium.register", lot, leader, at, work="牵头", members=rows)
        named = ConsortiumMember.objects.filter(consortium__lot=lot, consortium__leader=leader.organisation_id)
        for one in named.select_related("organisation").order_by("pk"):
            self.do("consortium.confirm", one, self.people.suppliers[one.organisation.name], at, commitment=True)
        return codes

    def _event(self, event: published.Event) -> Callable[[datetime.datetime], None]:
        def happen(at: datetime.datetime) -> None:
            if event.kind in ("correction", "clarification", "extension"):
                data: dict[str, Any] = {"item": event.reason or "采购文件", "after": event.reason or "见更正公告"}
                if event.submission_closes:
                    data["new_submission_closes_at"] = moment_of(event.submission_closes)
                self.do("correction.publish", self.case, self.people.runner, at, **data)
            elif event.kind == "termination":
                data = {"ground": "task_cancelled", "reason": event.reason or "公告未载明"}
                self.do("case.terminate", self.case, self.people.runner, at, **data)
            elif event.kind == "suspension":
                paper = self.paper("suspension.txt", PAPER, self.people.treasury, at)
                until = timezone.localdate(at) + datetime.timedelta(days=30)
                data = {"reason": event.reason or "公告未载明", "until_on": until, "document": paper}
                self.do("case.suspend", self.case, self.people.treasury, at, **data)
            elif event.kind == "resumption":
                self.do("case.resume", self.case, self.people.treasury, at, reason=event.reason or "公告未载明")
            elif event.kind == "enquiry":
                asker = self.people.suppliers.get(event.by) or next(iter(self.people.suppliers.values()))
                self.do("enquiry.ask", self.case, asker, at, question=event.reason or "公告未载明")

        return happen

    def happened_before(self, stretch: str) -> bool:
        """Let happen what was published for between the opening and this stretch; True when that ended the case."""
        begins = {"qualification": 8, "dialogue": 11, "final_offer": 15, "evaluation": 17}
        while self.later:
            at = self.moment(begins[stretch]) if stretch in begins else self.at(stretch)
            if moment_of(self.later[0].on) > at:
                return False
            event = self.later.pop(0)
            self._event(event)(moment_of(event.on))
            if self.refreshed().ended_at:
                return True
        return False

    def opening(self) -> None:
        at = self.at("opening")
        self.do("opening.begin", self.case, self.people.runner, at)
        self.do("opening.conclude", self.case, self.people.runner, at + self.pace * 4)
        self.fail_lots(Stage.OPENING, at + self.pace * 5)

    def final_offer(self) -> None:
        """Everybody's last offer is the published price; all are opened when the time is over."""
        running = list(self.lots(Stage.FINAL_OFFER, self.moment(15)))
        for lot, told in running:
            for bid in told.bids:
                if bid.valid:
                    supplier = self.people.suppliers[bid.supplier.name]
                    price = {"price": bid.price, "delivery": "按采购文件"}
                    self.do("final_offer.submit", lot, supplier, self.moment(15), **price)
        if self.step(Stage.FINAL_OFFER).window:
            self.wait_for(running[0][0], Stage.FINAL_OFFER)
        for lot, _told in running:
            self.do("final_offer.open", lot, self.chair().post, self.moment(17))
