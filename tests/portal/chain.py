"""One purchase through all its real Actions, from the intention to the closing, stop by stop."""

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Self

from tests.contracts.support import document
from tests.factories import at, make_expert, make_post
from tests.hurry import step_by_step
from tests.tendering import judging, walk
from yangcai.cases.models import Case
from yangcai.contracts.models import Contract
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.tendering.models import OpenedBid

POINTS = {"technical": "45", "business": "15"}


class Chain(walk.Tender):
    """`stops()` takes one step after the other and names where it stands; `now` is the time of the last step."""

    hall: judging.Hall

    def _make(self, **values: Any) -> None:
        super()._make(**values)
        self.payer = make_post(Role.TREASURY_PAYER)
        self.treasury = make_post(Role.TREASURY, self.payer.organisation)

    @property
    def intention(self) -> Intention:
        found = self.case.plan_item.intention
        assert found is not None
        return found

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(case=self.case)

    def stops(self) -> Iterator[str]:
        for stop, step in STEPS.items():
            step(self)
            yield stop
        for milestone in self.contract.milestones.all():
            self.now += datetime.timedelta(days=1)
            self.pay(milestone, self.winner)
            yield "paid"
        self.do("contract.close", self.contract, self.officer)
        yield "closed"

    def until(self, stop: str) -> Self:
        """As far as this stop of STEPS: from the stop before, and from memory where somebody walked here already."""
        return self._told(self._walk, {"stop": stop})

    def _walk(self, *, stop: str) -> None:
        names = list(STEPS)
        if number := names.index(stop):
            self.until(names[number - 1])
        STEPS[stop](self)

    # --- the steps ------------------------------------------------------------------------------------------------

    def _prepared(self) -> None:
        assert self.case.published_at is None

    def _published(self) -> None:
        self.describe()
        self.confirm()
        self.publish(submission_closes_at=judging.CLOSES)
        self.case = Case.objects.get(pk=self.case.pk)

    def _bid(self) -> None:
        self.now = at("2026-03-04T10:00")
        for price in ("900000.00", "910000.00", "920000.00"):
            unit = str(Decimal(price) / 100)
            line = {"item": "计算机", "specification": "X1", "quantity": "100", "unit_price": unit, "amount": price}
            self.bid(self.supplier(), price=price, lines=[line])

    def _opened(self) -> None:
        self.now = judging.CLOSES + datetime.timedelta(minutes=1)
        self.open()

    def _concluded(self) -> None:
        self.now = judging.OPENED
        self.conclude()

    def _judged(self) -> None:
        self.judge(list(OpenedBid.objects.filter(lot__case=self.case).order_by("pk")))
        self.now = judging.SENT

    def _determined(self) -> None:
        self.hall.awarded()
        self.now = judging.DETERMINED

    def _announced(self) -> None:
        self.hall.announced()
        self.now = judging.ANNOUNCED

    def _drafted(self) -> None:
        self.now = at("2026-03-30T09:00")
        self.do("contract.draft", self.hall.award, self.officer)

    @property
    def winner(self) -> Post:
        return next(s for s in self.suppliers if s.organisation_id == self.hall.award.supplier_id)

    def _signed(self) -> None:
        self.do("contract.sign", self.contract, self.reviewer)
        self.do("contract.sign", self.contract, self.winner)

    def _contract_published(self) -> None:
        self.now = at("2026-03-31T09:00")
        self.do("contract.publish", self.contract, self.officer)

    def _amended(self) -> None:
        self.do("contract.file", self.contract, self.officer)
        # Signed on the day of the notice, entered two days later, published that afternoon: three different moments.
        self.now = at("2026-04-02T09:00")
        self.amend(signed_on=at("2026-03-31T00:00").date())

    def _amendment_published(self) -> None:
        self.now = at("2026-04-02T15:00")
        self.do("amendment.publish", self.contract.amendments.get(), self.officer)

    def _accepted(self) -> None:
        self.now = at("2026-04-08T09:00")
        for milestone in self.contract.milestones.exclude(due_on="signature"):
            self.do("delivery.report", milestone, self.winner, delivered_on=self.now.date())
        self.accept()

    def correct(self, **values: Any) -> None:
        self.do(
            "correction.publish",
            self.case,
            self.runner,
            **{"item": "技术要求", "before": "内存 8G", "after": "内存 16G", **values},
        )

    def open(self) -> list[OpenedBid]:
        self.do("opening.begin", self.case, self.runner)
        return list(OpenedBid.objects.filter(lot__case=self.case).order_by("pk"))

    def judge(self, opened: list[Any]) -> None:
        experts = [make_expert() for _ in range(8)]
        self.hall = judging.Hall(
            Case.objects.get(pk=self.case.pk),
            self.lot,
            self.officer,
            self.reviewer,
            self.agent_post if self.case.agent_id else None,
            self.suppliers,
            opened,
            experts,
        )
        with step_by_step():
            self.hall.ready()
            self.hall.judged({n: POINTS for n in range(len(opened))})

    def amend(self, **values: Any) -> None:
        given = {
            "is_supplement": True,
            "clause": "追加采购",
            "content": "追加同型号设备",
            "reason": "使用需要",
            "amount_change": "50000.00",
            "due_on": "acceptance",
            "signed_on": self.now.date(),
            "document": document(),
            **values,
        }
        self.do("contract.amend", self.contract, self.officer, **given)

    def accept(self, **values: Any) -> None:
        given = {
            "is_final": True,
            "accepted_on": self.now.date(),
            "items": [{"item": "技术标准", "result": "符合", "passed": True}],
            "members": "使用科室、资产科",
            "opinion": "同意验收",
            "for_public": True,
            "users_took_part": True,
            "report": document("验收书"),
            **values,
        }
        self.do("acceptance.record", self.contract, self.officer, **given)

    def pay(self, milestone: Any, winner: Any) -> None:
        number = f"FP{milestone.pk:08d}"
        given = {"number": number, "amount": Decimal(milestone.amount), "issued_on": self.now.date()}
        invoice = self.do("invoice.submit", milestone, winner, **given).value
        request = self.do("payment.request", invoice, self.officer).value
        self.do("payment.approve", request, self.reviewer)
        self.do("payment.pay", request, self.payer)


#: Where it stops, and how it comes there from the stop before; the payments follow.
STEPS: dict[str, Callable[[Chain], None]] = {
    "prepared": Chain._prepared,
    "published": Chain._published,
    "corrected": Chain.correct,
    "bids came in": Chain._bid,
    "opened": Chain._opened,
    "opening concluded": Chain._concluded,
    "judged": Chain._judged,
    "award determined": Chain._determined,
    "award announced": Chain._announced,
    "contract drafted": Chain._drafted,
    "contract signed": Chain._signed,
    "contract published": Chain._contract_published,
    "contract amended": Chain._amended,
    "amendment published": Chain._amendment_published,
    "accepted": Chain._accepted,
}
