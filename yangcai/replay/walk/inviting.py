"""How are the documents of a walk made, and who is invited?"""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case, Lot, Stage
from yangcai.contracts.rules import first_purchase
from yangcai.frameworks.rules import approval as approvals
from yangcai.parties.roles import Role
from yangcai.replay import published
from yangcai.replay.people import post, reserve
from yangcai.replay.walk.trip import MINUTE, TITLES, UNKNOWN, Trip, evaluation_of, moment_of
from yangcai.tendering import method
from yangcai.tendering.models import (
    Invitee,
)

#: A factor of a method that scores quality alone.
GRADED = {"is_objective": True, "standard": "按等次评分（公开资料未载明）"}


class Inviting(Trip):
    """Preparation and invitation."""

    def preparation(self) -> None:
        """Everything that must stand before the invitation, on the same morning."""
        before, people = self.at("invitation"), self.people
        begin, begun_with = self.begins_with()
        self.case = self.do(begin, self.plan_item, people.officer, before - 50 * MINUTE, **begun_with)
        if people.agent:
            terms = {"agent": people.agent.organisation, "mandate": "组织本项目采购活动", "fee": "按委托代理协议"}
            self.do("agent.appoint", self.case, people.officer, before - 45 * MINUTE, **terms)
        rows = [
            {
                "number": lot.lot,
                "title": lot.title or self.file.title,
                "budget": lot.budget,
                **({"ceiling": lot.ceiling} if lot.ceiling is not None else {}),
                "evaluation_method": self.award_by(lot),
                **self.aside(lot),
                "core_product": lot.core_product,
                **({"follows": lot.follows} if lot.follows else {}),
            }
            for lot in self.file.lots
        ]
        self.do("lots.define", self.case, people.runner, before - 40 * MINUTE, rows=rows)
        self.do("solicitation.draft", self.case, people.runner, before - 35 * MINUTE, **self.document())
        if self.file.green:
            listed = [{"product": one.product, "kind": one.kind, "lot": one.lot} for one in self.file.green]
            self.do("green_products.define", self.case, people.runner, before - 33 * MINUTE, rows=listed)
        clause = {"kind": "responsiveness", "text": self.procedure.say("★实质性响应招标文件的全部要求")}
        self.do("clauses.define", self.case, people.runner, before - 30 * MINUTE, rows=[clause])
        by_number = {lot.number: lot for lot in Lot.objects.filter(case=self.case)}
        for lot in self.file.lots:
            if self.award_by(lot) != "rated" or lot.follows:
                continue
            criteria = [
                {
                    "code": c.code,
                    "kind": c.code if c.code in ("price", "technical", "business") else "technical",
                    "title": self.procedure.say(TITLES.get(c.code, c.code)),
                    "weight": c.weight,
                    **(GRADED if self.procedure.rates_quality else {}),
                }
                for c in evaluation_of(lot).criteria
            ]
            self.consented_weight(lot, by_number[lot.lot], before - 27 * MINUTE)
            self.do("criteria.define", by_number[lot.lot], people.runner, before - 25 * MINUTE, rows=criteria)
        self.do("payment_terms.define", self.case, people.runner, before - 20 * MINUTE, rows=list(self.payment_terms))
        self.suppliers(before - 15 * MINUTE)
        if method.file_confirmed_by_committee(self.case):
            chair = self.seat([(by_number[lot.lot], lot) for lot in self.file.lots], at=before - 13 * MINUTE)
            self.do("solicitation.confirm_by_committee", self.case, chair.post, before - 11 * MINUTE)
        self.do("solicitation.confirm", self.case, people.reviewer, before - 10 * MINUTE)

    def consented_weight(self, lot: published.Lot, row: Lot, at: datetime.datetime) -> None:
        """What the treasury consented to beside the range of the weight of price is asked for, and consented to."""
        number = evaluation_of(lot).price_weight_consent
        if not number:
            return
        asked = {"weight": evaluation_of(lot).weight(published.PRICE), "reason": UNKNOWN}
        approval = self.do("price_weight_approval.apply", row, self.people.runner, at, **asked)
        decided = {"decision": "approve", "number": number}
        self.do("price_weight_approval.decide", approval, self.people.treasury, at + MINUTE, **decided)

    def aside(self, lot: published.Lot) -> dict[str, Any]:
        """How a lot is set aside; one that says nothing goes with the whole purchase."""
        found: dict[str, Any] = {"for_small_micro": bool(lot.small_micro)}
        if lot.set_aside:
            found["set_aside"] = lot.set_aside
        if lot.set_aside_share is not None:
            found["set_aside_share"] = lot.set_aside_share
        return found

    def begins_with(self) -> tuple[str, dict[str, Any]]:
        """The Action by which the case comes about: what follows another purchase names it (the buyer's latest)."""
        if not self.procedure.follows:
            return "case.open", {}
        return "first_purchase.begin", {"research": first_purchase.researched(self.plan_item).latest("pk")}

    def award_by(self, lot: published.Lot) -> str:
        """As published, where the method knows it; else the method's own."""
        ways = [str(way) for way in self.procedure.award_by]
        return evaluation_of(lot).method if evaluation_of(lot).method in ways else ways[0]

    def suppliers(self, at: datetime.datetime) -> None:
        """Without a notice somebody has to be invited: the only one, or those who are drawn. The call for a framework
        agreement says its terms."""
        if not self.procedure.spends:
            for lot in Lot.objects.filter(case=self.case).order_by("pk"):
                self.do("framework.define", lot, self.people.runner, at, **self.framework_terms)
                if self.consumables:
                    self.do("consumables.define", lot, self.people.runner, at, **self.consumables)
            self.approved_scheme(at + MINUTE)
        invite, runner = self.procedure.invites[0], self.people.runner
        if self.procedure.follows:
            return  # the suppliers of the contracts that it follows
        if invite == procedures.Invite.NAMED:
            only = next(iter(self.people.suppliers.values()))
            why = {"supplier": only.organisation, "reason": UNKNOWN}
            self.do("suppliers.name", self.case, self.people.officer, at, **why)
        elif invite == procedures.Invite.LIBRARY:
            names = list(self.people.suppliers)
            spare = [reserve(number, area=self.file.jurisdiction) for number in range(1, len(names) + 1)]
            pool = [post.organisation for post in (*self.people.suppliers.values(), *spare)]
            watchers = [self.people.officer, self.people.reviewer]
            self.do("suppliers.draw", self.case, runner, at, pool=pool, wanted=len(names), watchers=watchers)
            self.whoever_was_drawn(names)

    def approved_scheme(self, at: datetime.datetime) -> None:
        """What the centralised agency calls for is examined by the treasury."""
        if approvals.is_needed(Case.objects.get(pk=self.case.pk)):
            scheme = self.do("framework_approval.apply", self.case, self.people.runner, at, scheme="公开资料未载明")
            decided = {"decision": "approve", "number": "演示批复"}
            self.do("framework_approval.decide", scheme, self.people.treasury, at + MINUTE, **decided)

    def whoever_was_drawn(self, names: list[str]) -> None:
        """The lot decides who may offer: those drawn make the offers of this story, in its order."""
        drawn = Invitee.objects.filter(case=self.case, is_chosen=True).select_related("supplier")
        posts = {one.supplier.name: post(one.supplier, Role.SUPPLIER) for one in drawn.order_by("drawn_rank")}
        renamed = dict(zip(names, posts, strict=True))
        lots = tuple(
            replace(
                lot,
                bids=tuple(
                    replace(bid, supplier=replace(bid.supplier, name=renamed[bid.supplier.name]), prefer="")
                    for bid in lot.bids
                ),
            )
            for lot in self.file.lots
        )
        self.file, self.people = replace(self.file, lots=lots), replace(self.people, suppliers=posts)

    def document(self) -> dict[str, Any]:
        evaluation = evaluation_of(self.file.lots[0])
        rates = evaluation.price_preference
        data: dict[str, Any] = {
            "requirement": self.file.title,
            "delivery": "按合同约定",
            "contract_terms": self.procedure.say("按招标文件所附合同文本"),
            "payment_days": 30,
            "acceptance_days": 10,
            "bid_validity_days": 90,
            "industry": "其他未列明行业",
            "price_formula": evaluation.price_formula,
            "score_formula": evaluation.score_formula,
            "rounding": evaluation.rounding,
        }
        for limit in ("max_lots_bid", "max_lots_won"):
            if getattr(self.file, limit) is not None:
                data[limit] = getattr(self.file, limit)
        if "small_micro" in rates:
            data["small_micro_rate"] = rates["small_micro"]
        data |= self.partners_allowed(rates)
        for code in ("consortium", "domestic", "green"):
            if code in rates:
                data[f"{code}_rate"] = rates[code]
        if any(lot.core_product for lot in self.file.lots):
            data["several_products"] = True
        if self.file.imports is not None:
            data["accepts_imports"] = True
        if self.procedure.leads_to:
            first = self.file.budget - sum((lot.budget or 0 for lot in self.file.lots), Decimal(0))
            data |= {"contract_months": 12, "compensation_rate": "0.8", "follow_up_amount": first}
        if Stage.DIALOGUE in self.procedure.stages:
            data |= {"may_change_technical": True, "may_change_service": True, "may_change_contract": True}
        return data

    def partners_allowed(self, rates: Mapping[str, Any]) -> dict[str, Any]:
        """Consortia and subcontracts are open where the source says so, and where one was made or demanded."""
        file, ways = self.file, {lot.set_aside for lot in self.file.lots}
        kinds = {partner.kind for lot in file.lots for bid in lot.bids for partner in bid.partners}
        subcontracts = file.subcontracting or (
            "按采购文件" if (ways | kinds) & {"subcontract", "subcontractor"} else ""
        )
        accepts = file.accepts_consortium
        if accepts is None:
            accepts = bool(kinds & {"member"} or "consortium" in ways or ("consortium" in rates and not subcontracts))
        return {"accepts_consortium": accepts} | ({"subcontracting": subcontracts} if subcontracts else {})

    def invitation(self) -> None:
        assert self.dates.documents is not None
        begins, ends = (moment_of(moment) for moment in self.dates.documents)
        times = {"supply_closes_at": ends, "submission_closes_at": self.at("submission_closes")}
        if begins > self.at("invitation"):
            times["documents_from"] = begins
        self.do("invitation.publish", self.case, self.people.runner, self.at("invitation"), **times)
