"""How does a walk come from the budget to an approved plan?"""

import csv
import datetime
import io
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.funds.models import Appropriation
from yangcai.parties.models import Expert
from yangcai.planning import checks
from yangcai.planning.models import PlanItem, Publicity
from yangcai.planning.rules.method import needs_approval
from yangcai.procedures import grounds
from yangcai.replay import policy, published
from yangcai.replay.walk.trip import HOUR, MINUTE, PAPER, UNKNOWN, Trip


class Planning(Trip):
    """Budget, intention, plan."""

    def budget(self) -> None:
        """The budget line comes in as the file that a bureau would import."""
        at = self.at("intention") - HOUR
        table = io.StringIO()
        rows = csv.writer(table)
        rows.writerow(["采购人", "预算年度", "预算项目编码", "预算项目名称", "预算金额", "批复日期"])
        year = timezone.localdate(at).year
        rows.writerow(
            [self.file.buyer.name, year, self.file.id, self.file.title, self.file.budget, f"{timezone.localdate(at)}"]
        )
        paper = self.paper("budget.csv", table.getvalue().encode("utf-8-sig"), self.people.treasury, at)
        self.do("budget.import", self.people.treasury.organisation, self.people.treasury, at, file=paper)

    @property
    def appropriation(self) -> Appropriation:
        return Appropriation.objects.get(buyer=self.people.officer.organisation, code=self.file.id)

    def intention(self) -> None:
        assert self.file.budget is not None
        self.do(
            "intention.publish",
            self.appropriation,
            self.people.officer,
            self.at("intention"),
            title=self.file.title,
            overview=self.file.title,
            amount=self.file.budget,
            expected_on=timezone.localdate(self.at("invitation")),
            for_sme=self.file.set_aside != "none",
        )

    def plan(self) -> None:
        at, officer = self.at("intention"), self.people.officer
        on = self.file_law_on()
        respondents = law.find("requirement.survey.respondents", on=on)
        self.plan_item = self.do(
            "plan.draft",
            self.appropriation,
            officer,
            at + 10 * MINUTE,
            title=self.file.title,
            category=self.file.category,
            classification=self.file.classification,
            procedure=self.file.method,
            amount=self.file.budget,
            start_on=timezone.localdate(self.at("invitation")),
            intention=self.appropriation.intentions.latest("pk"),
            set_aside=self.file.set_aside,
            set_aside_reason="" if self.file.set_aside != "none" else UNKNOWN,
            description=self.file.title,
            quantity="按采购文件",
            delivery="按采购文件",
            acceptance_plan="按采购文件和合同验收",
            survey_respondents=respondents.value if respondents else None,
            survey_summary="已开展需求调查",
            **policy.planned(self.file),
            **self.ground(),
        )
        at = self.approved_method(at + 15 * MINUTE) - 15 * MINUTE
        self.do("plan.submit", self.plan_item, officer, at + 20 * MINUTE)
        answers = [{"check": code, "answer": "pass"} for code in checks.codes()]
        self.do(
            "plan.review", self.plan_item, self.people.reviewer, at + 30 * MINUTE, answers=answers, decision="approve"
        )
        self.do("plan.file", self.plan_item, officer, at + 40 * MINUTE)
        if self.file.imports is not None:
            self.imports(self.file.imports, at + 42 * MINUTE)

    def imports(self, told: published.Imports, at: datetime.datetime) -> None:
        """Imported products are applied for and approved before the activity; whoever gave the opinion is not told."""
        officer, policy_of_state = self.people.officer, told.policy or "other"
        approval = self.do(
            "import_approval.apply",
            self.plan_item,
            officer,
            at,
            products=told.products,
            policy=policy_of_state,
            reason=UNKNOWN,
            authority_opinion=UNKNOWN,
            experts=self.reasoners() if policy_of_state != "encouraged" else [],
            opinion=UNKNOWN,
            paper=self.paper("import.pdf", PAPER, officer, at),
        )
        decision = {"decision": "approve", "number": told.number or "演示核准"}
        self.do("import_approval.decide", approval, self.people.treasury, at + MINUTE, **decision)

    def reasoners(self) -> list[dict[str, str]]:
        """As many experts as the law asks for, its lawyers among them: who they were is not published."""
        on, library = self.file_law_on(), list(Expert.objects.select_related("person", "employer").order_by("pk"))
        wanted, lawyers = (law.value(f"import.{who}", on=on) for who in ("experts", "lawyers"))
        of_law = [one for one in library if one.is_lawyer][:lawyers]
        chosen = [*of_law, *(one for one in library if not one.is_lawyer)][:wanted]
        return [{"name": one.person.name, "unit": one.employer.name} for one in chosen]

    def ground(self) -> dict[str, Any]:
        """The ground of a method that needs one: as the file names it, else the first that carries such a purchase."""
        possible = [g.code for g in grounds.of_method(self.file.method) if self.file.category in g.categories]
        if not possible:
            return {}
        named = next((code for code in possible if self.file.grounds in {code, code.rpartition(".")[2]}), possible[0])
        spared = {"intention_exemption": "紧急采购"} if grounds.get(named).waives_intention else {}
        listed = {"in_catalogue": True} if grounds.get(named).in_catalogue else {}
        return {"ground": named, "method_reason": self.file.grounds or UNKNOWN, **listed, **spared}

    def publicised(self, item: PlanItem, at: datetime.datetime) -> datetime.datetime:
        """The single source is publicised, as a duty or because its buyer did so; the morning after it ended."""
        supplier = next(iter(self.people.suppliers.values())).organisation
        opinion = {"name": "论证专家", "unit": UNKNOWN, "professional_title": UNKNOWN, "opinion": "同意"}
        made: Publicity = self.do(
            "publicity.publish",
            item,
            self.people.officer,
            at,
            description=item.title,
            reason=item.method_reason,
            supplier_name=supplier.name,
            supplier_address=supplier.address,
            opinions=[opinion],
        )
        return made.closes_at + 9 * HOUR

    def approved_method(self, at: datetime.datetime) -> datetime.datetime:
        """Publicity, application and approval where the plan's method needs them; the moment at which it goes on."""
        item, people = PlanItem.objects.get(pk=self.plan_item.pk), self.people
        is_needed = needs_approval(item, now=at)
        if item.ground and grounds.get(item.ground).publicity and (is_needed or self.dates.publicity):
            at = self.publicised(item, self.at("publicity") if self.dates.publicity else at)
        if not is_needed:
            return at
        papers = {name: UNKNOWN for name in ("tender_notice", "objections_statement", "opinion")}
        failed = {**papers, "opinion_experts": 3} if grounds.get(item.ground).papers else {}
        approval = self.do(
            "method_approval.apply",
            item,
            people.officer,
            at,
            procedure=item.procedure,
            ground=item.ground,
            reason=item.method_reason,
            overview=item.title,
            funding=str(item.appropriation),
            paper=self.driver.file("application.pdf", PAPER, by=people.officer, at=at),
            **failed,
        )
        self.do("method_approval.decide", approval, people.treasury, at + MINUTE, decision="approve", number="演示批复")
        return at + 5 * MINUTE
