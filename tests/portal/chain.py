"""One purchase through all its real Actions, from the intention to the closing, stop by stop."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tests.contracts.support import document
from tests.factories import at, make_expert, make_post
from tests.hurry import step_by_step
from tests.tendering import judging, walk
from yangcai.cases.models import Case
from yangcai.contracts.models import Contract
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.tendering.models import OpenedBid

POINTS = {"technical": "45", "business": "15"}


class Chain(walk.Tender):
    """`stops()` takes one step after the other and names where it stands; `now` is the time of the last step."""

    def __init__(self, **values: Any):
        super().__init__(**values)
        self.payer = make_post(Role.TREASURY_PAYER)
        self.treasury = make_post(Role.TREASURY, self.payer.organisation)
        self.hall: judging.Hall

    @property
    def intention(self) -> Intention:
        found = self.case.plan_item.intention
        assert found is not None
        return found

    @property
    def contract(self) -> Contract:
        return Contract.objects.get(case=self.case)

    def stops(self) -> Iterator[str]:
        yield "prepared"
        self.describe()
        self.confirm()
        self.publish(submission_closes_at=judging.CLOSES)
        self.case = Case.objects.get(pk=self.case.pk)
        yield "published"
        self.correct()
        yield "corrected"
        self.now = at("2026-03-04T10:00")
        for price in ("900000.00", "910000.00", "920000.00"):
            unit = str(Decimal(price) / 100)
            line = {"item": "计算机", "specification": "X1", "quantity": "100", "unit_price": unit, "amount": price}
            self.bid(self.supplier(), price=price, lines=[line])
        yield "bids came in"
        self.now = judging.CLOSES + datetime.timedelta(minutes=1)
        opened = self.open()
        yield "opened"
        self.now = judging.OPENED
        self.conclude()
        yield "opening concluded"
        self.judge(opened)
        self.now = judging.SENT
        yield "judged"
        self.hall.awarded()
        self.now = judging.DETERMINED
        yield "award determined"
        self.hall.announced()
        self.now = judging.ANNOUNCED
        yield "award announced"
        yield from self.contract_stops()

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

    def contract_stops(self) -> Iterator[str]:
        winner = next(s for s in self.suppliers if s.organisation_id == self.hall.award.supplier_id)
        self.now = at("2026-03-30T09:00")
        self.do("contract.draft", self.hall.award, self.officer)
        yield "contract drafted"
        self.do("contract.sign", self.contract, self.reviewer)
        self.do("contract.sign", self.contract, winner)
        yield "contract signed"
        self.now = at("2026-03-31T09:00")
        self.do("contract.publish", self.contract, self.officer)
        yield "contract published"
        self.do("contract.file", self.contract, self.officer)
        # Signed on the day of the notice, entered two days later, published that afternoon: three different moments.
        self.now = at("2026-04-02T09:00")
        self.amend(signed_on=at("2026-03-31T00:00").date())
        yield "contract amended"
        self.now = at("2026-04-02T15:00")
        self.do("amendment.publish", self.contract.amendments.get(), self.officer)
        yield "amendment published"
        self.now = at("2026-04-08T09:00")
        for milestone in self.contract.milestones.exclude(due_on="signature"):
            self.do("delivery.report", milestone, winner, delivered_on=self.now.date())
        self.accept()
        yield "accepted"
        for milestone in self.contract.milestones.all():
            self.now += datetime.timedelta(days=1)
            self.pay(milestone, winner)
            yield "paid"
        self.do("contract.close", self.contract, self.officer)
        yield "closed"

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

    def until(self, stop: str) -> "Chain":
        """Walk up to the first stop of this name."""
        for here in self.stops():
            if here == stop:
                return self
        raise AssertionError(f"there is no stop {stop}")
