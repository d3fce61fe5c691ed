"""How does a walk go from the award to the last payment?"""

import datetime
from decimal import ROUND_UP
from typing import Any

from django.utils import timezone

from yangcai.cases.models import Award, Stage
from yangcai.cases.queries import candidates
from yangcai.contracts.content import solicitation_of
from yangcai.contracts.models import Contract, Milestone, PaymentRequest
from yangcai.contracts.rules import payment as payment_rules
from yangcai.frameworks.models import Entrant, Framework, Way
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.frameworks.rules.agreement import convener
from yangcai.frameworks.standing import staying
from yangcai.kernel.money import CENT
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.replay.walk.trip import HOUR, MINUTE, PAPER, Trip
from yangcai.tendering.rules.award import open_candidates


class Fulfilling(Trip):
    """Award, contract, acceptance, payment."""

    def award(self) -> None:
        """The buyer decides in rank order before its time runs out; the notice goes out on the published day."""
        if not self.procedure.spends:
            return self.entry()
        if self.procedure.draws_on:
            return self.call_off()
        for lot, told in list(self.lots(Stage.AWARD, self.moment(58))):
            if Award.objects.filter(lot=lot, refused_at=None).exists():
                continue
            winner = next((a.supplier for a in self.file.outcome.awards if a.lot == told.lot), None)
            first = open_candidates(lot, now=self.moment(58))[0]
            chosen = next((c for c in candidates(lot) if c.supplier.name == winner), first)
            data: dict[str, Any] = {"candidate": chosen}
            if chosen.rank > first.rank:
                data |= {"ground": "other", "reason": "公布的结果"}
            self.do("award.determine", lot, self.people.reviewer, self.moment(58), **data)
        self.fail_lots(Stage.EVALUATION, self.moment(58), beside_awards=True)
        for made in self.awards():
            self.do("award.announce", made, self.people.runner, self.at("award"))

    def entry(self) -> None:
        """As many enter as may; everybody signs, and the agreement is filed and told."""
        at, people = self.at("award"), self.people
        for lot, _told in list(self.lots(Stage.AWARD, self.moment(58))):
            self.do("entrants.determine", lot, self.convener, self.moment(58))
        for entrant in Entrant.objects.filter(framework__lot__case=self.case).select_related("supplier"):
            self.do("agreement.sign", entrant, self.convener, at)
            self.do("agreement.sign", entrant, people.suppliers[entrant.supplier.name], at)
        for framework in Framework.objects.filter(lot__case=self.case):
            self.do("framework.file", framework, people.runner, at)
            self.do("framework.tell", framework, people.runner, at)

    @property
    def convener(self) -> Post:
        """Who signs for the convener of a framework agreement."""
        role, _organisation = convener(self.refreshed())
        return self.people.runner if role == Role.AGENT else self.people.reviewer

    def call_off(self) -> None:
        """Under the first agreement that can be used: of its first entrant, or of the one whose turn it is."""
        at, item = self.at("award"), PlanItem.objects.get(pk=self.plan_item.pk)
        framework = call_offs.offered(item, Way(item.procedure), now=at)[0]
        if item.procedure == Way.DIRECT:
            whom: dict[str, Any] = {"entrant": staying(framework)[0].pk}
            self.case = self.do("call_off.choose", item, self.people.officer, at, quantity=self.quantity, **whom)
        else:
            under = {"framework": framework.pk, "quantity": self.quantity}
            self.case = self.do("call_off.take_turn", item, self.people.officer, at, **under)

    def contract(self) -> None:
        at = self.at("contract")
        drafted = [
            self.do("contract.draft", award, self.people.officer, at - 30 * MINUTE).pk for award in self.awards()
        ]
        made = list(Contract.objects.filter(pk__in=drafted).select_related("supplier").order_by("pk"))
        for contract in made:
            self.do("contract.sign", contract, self.people.reviewer, at - 10 * MINUTE)
        for contract in made:
            self.do("contract.sign", contract, self.people.suppliers[contract.supplier.name], at)
        for contract in made:
            self.do("contract.publish", contract, self.people.officer, at + 30 * MINUTE)
        for contract in made:
            self.do("contract.file", contract, self.people.officer, at + 60 * MINUTE)
        self.pay([milestone for milestone in self.milestones() if milestone.due_on == "signature"], at + 2 * HOUR)

    def contracts(self) -> list[Contract]:
        return list(Contract.objects.filter(case=self.case).select_related("supplier").order_by("pk"))

    def milestones(self) -> list[Milestone]:
        found = Milestone.objects.filter(contract__case=self.case).select_related("contract__supplier")
        return list(found.order_by("contract", "number"))

    def acceptance(self) -> None:
        at = self.at("acceptance")
        day = timezone.localdate(at)
        for milestone in self.milestones():
            if milestone.due_on != "signature":
                supplier = self.people.suppliers[milestone.contract.supplier.name]
                self.do("delivery.report", milestone, supplier, at - 2 * HOUR, delivered_on=day, note="已交付")
        for contract in self.contracts():
            paper = self.paper("acceptance.pdf", b"%PDF-1.4\n" + PAPER, self.people.officer, at)
            data: dict[str, Any] = {
                "is_final": True,
                "accepted_on": day,
                "items": [{"item": "技术、服务、安全要求", "result": "符合合同约定", "passed": True}],
                "members": "采购人验收小组",
                "opinion": "验收合格",
                "report": paper,
            }
            if self.for_public:
                data |= {"for_public": True, "users_took_part": True}
            self.do("acceptance.record", contract, self.people.officer, at, **data)

    def payment(self) -> None:
        at = self.at("payment")
        self.pay([milestone for milestone in self.milestones() if milestone.due_on != "signature"], at - 30 * MINUTE)
        for contract in self.contracts():
            self.do("contract.close", contract, self.people.officer, at + HOUR)

    def pay(self, milestones: list[Milestone], at: datetime.datetime) -> None:
        """Invoices, requests, approvals, payments: each for all contracts before the next, half an hour in all."""
        invoices = []
        for milestone in milestones:
            bill = {
                "number": f"{milestone.contract.number}-{milestone.number}",
                "amount": milestone.amount,
                "issued_on": timezone.localdate(at),
            }
            if payment_rules.compensates(milestone):  # costs enough for the whole of what was agreed
                rate = solicitation_of(self.case).compensation_rate
                bill["eligible_cost"] = (milestone.amount / rate).quantize(CENT, rounding=ROUND_UP)
            supplier = self.people.suppliers[milestone.contract.supplier.name]
            invoices.append(self.do("invoice.submit", milestone, supplier, at, **bill))
        requests: list[PaymentRequest] = []
        for invoice in invoices:
            requests.append(self.do("payment.request", invoice, self.people.officer, at + 10 * MINUTE))
        for request in requests:
            self.do("payment.approve", request, self.people.reviewer, at + 20 * MINUTE)
        for request in requests:
            self.do("payment.pay", request, self.people.payer, at + 30 * MINUTE)
