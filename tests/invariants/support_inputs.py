"""With what is an Action tried? With data made from its Input's own declaration: as it should be, and hostile."""

import datetime
import random
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from yangcai.cases.models import Lot
from yangcai.kernel import calendar
from yangcai.kernel.actions import Action
from yangcai.kernel.inputs import DocumentField, PrivateFilesField, RowsField
from yangcai.kernel.models import Upload
from yangcai.parties.joining import still_outside
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.planning import checks
from yangcai.tendering.models import Clause, Criterion, OpenedBid

#: What no form should swallow, whatever the field: as text, for that is how a browser sends it.
HOSTILE = (
    "", " ", "\x00", "NaN", "Infinity", "-1", "0", "0.001", "1e400", "9" * 40, "壹佰元", "1,200.00", "null", "true",
    "'; DROP TABLE cases_case; --", "<script>alert(1)</script>", "\u202e文本", "x" * 20_001, "2026-02-30",
    "9999-12-31", "0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00", "2026-06-31T25:61", "../../etc/passwd", None,
)  # fmt: skip
HOSTILE_ROWS = ("[]", "{", [], [{}], [{"没有": "这一列"}], {"row": 1}, [1, 2], [None], "[[]]")
TEXTS = ("按采购文件", "演示内容", "见附件")
#: What the program takes for a brand or for unequal treatment.
HELD_UP = ("品牌：示例牌", "供应商须在兰州新区设有分支机构")


class Inputs:
    """Makes data for one post at one moment, all from one random generator."""

    def __init__(self, chance: random.Random):
        self.chance = chance

    def data(self, action: Action, subject: Any, *, by: Post, now: datetime.datetime) -> dict[str, Any]:
        """Nearly always of the right shape; often lawful; sometimes with something hostile in it."""
        form = action.input(subject=subject, by=by, now=now)
        data = {
            name: self.value(field, subject, by=by, now=now)
            for name, field in form.fields.items()
            if field.required or self.chance.random() < 0.4
        }
        known = getattr(self, "for_" + action.code.replace(".", "_"), None)
        if known and self.chance.random() < 0.8:
            data = known(subject, by, now)
        dice = self.chance.random()
        if dice < 0.12 and data:
            name = self.chance.choice(sorted(data))
            rows = isinstance(form.fields.get(name), RowsField) and self.chance.random() < 0.7
            data[name] = self.chance.choice(HOSTILE_ROWS if rows else HOSTILE)
        elif dice < 0.16 and data:
            del data[self.chance.choice(sorted(data))]
        elif dice < 0.18:
            data["unheard_of"] = "1"
        return {name: value for name, value in data.items() if value is not None}

    def value(self, field: forms.Field, subject: Any, *, by: Post, now: datetime.datetime) -> Any:
        """A value of the right kind for a field, from what the field says of itself."""
        chance = self.chance
        match field:
            case RowsField():
                row = field.row()
                return [
                    {
                        name: value
                        for name, inner in row.fields.items()
                        if (value := self.value(inner, subject, by=by, now=now)) is not None
                    }
                    for _ in range(max(field.min_rows, chance.randint(0, 3)))
                ]
            case forms.ModelMultipleChoiceField():
                return [
                    pk
                    for pk in field.queryset.order_by("pk").values_list("pk", flat=True)[:10]
                    if chance.random() < 0.3
                ]
            case forms.ModelChoiceField():
                known = list(field.queryset.order_by("pk").values_list("pk", flat=True)[:20])
                return chance.choice([*known, 10**9] if chance.random() < 0.1 or not known else known)
            case forms.ChoiceField():
                return str(chance.choice([key for key, _label in field.choices] or [""]))
            case DocumentField():
                return self.document(by, now)
            case PrivateFilesField():
                return [{"name": "响应.pdf", "content": chance.choice(["JVBERi0xLjQK", "JVBERi0xLjQK", "*"])}]
            case forms.BooleanField():
                return chance.random() < 0.7
            case forms.DecimalField():
                return self.amount(subject) if field.decimal_places == 2 else chance.choice(["0.05", "0.1", "1", "30"])
            case forms.IntegerField():
                return chance.choice([0, 1, 3, 5, 7, 10, 30, 90, -1, 10**6])
            case forms.DateTimeField():
                return (
                    now + datetime.timedelta(minutes=chance.choice([-600, -5, 5, 60, 600, 6000, 60000]))
                ).isoformat()
            case forms.DateField():
                return (
                    (now + datetime.timedelta(days=chance.choice([-400, -3, 0, 0, 1, 10, 40, 400]))).date().isoformat()
                )
        return chance.choice(TEXTS)

    def amount(self, subject: Any) -> str:
        """About what the subject is worth: exactly, a little more, a part."""
        worth = next(
            (Decimal(v) for name in ("amount", "budget", "price") if (v := getattr(subject, name, None))), None
        )
        worth = worth or Decimal("1000000.00")
        share = self.chance.choice(["1", "1", "0.95", "0.9", "0.5", "0.1", "0.11", "0", "1.0001", "2"])
        return str((worth * Decimal(share)).quantize(Decimal("0.01")))

    def document(self, by: Post, now: datetime.datetime) -> Any:
        """A paper that this person uploaded before; now and then a new, an empty or somebody else's one."""
        if self.chance.random() < 0.85:
            own = Upload.objects.filter(person_id=by.person_id).order_by("pk").values_list("document_id", flat=True)
            return self.chance.choice(list(own) or ["0" * 64])
        content = self.chance.choice([b"", b"%PDF-1.4\n", b"PK\x03\x04" + bytes(9), b"\xff\xfe\x00", b"a,b\n1,\x00\n"])
        return SimpleUploadedFile(self.chance.choice(["甲.pdf", "../../乙.xlsx", "丙.csv"]), content)

    # --- what a careful clerk would write ---------------------------------------------------------------------------

    def working_day(self, now: datetime.datetime, days: int, hour: int) -> datetime.datetime:
        day = calendar.add_days(calendar.day_of(now), days, region="620171")
        while not calendar.is_working_day(day, region="620171"):
            day += datetime.timedelta(days=1)
        return datetime.datetime.combine(day, datetime.time(hour, 30), tzinfo=calendar.SHANGHAI)

    def for_intention_publish(self, appropriation: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {
            "title": "演示意向", "overview": "演示", "amount": self.amount(appropriation),
            "expected_on": (now + datetime.timedelta(days=35)).date().isoformat(),
        }  # fmt: skip

    def for_plan_draft(self, appropriation: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        intention = appropriation.intentions.order_by("-pk").first()
        return {
            "title": f"演示计划{self.chance.randint(1, 999)}", "category": self.chance.choice(["goods", "services"]),
            "procedure": "open_tender", "amount": self.amount(appropriation),
            "start_on": (now + datetime.timedelta(days=40)).date().isoformat(),
            "intention": intention.pk if intention else None,
            "set_aside": self.chance.choice(["none", "whole"]), "set_aside_reason": "供给不足", "description": "设备",
            "quantity": "1 批", "delivery": "30 日", "acceptance_plan": "逐项验收", "survey_respondents": 3,
            "survey_summary": "已调查",
        }  # fmt: skip

    def for_plan_revise(self, item: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return self.for_plan_draft(item.appropriation, by, now)

    def for_plan_review(self, item: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        answers = [{"check": code, "answer": "pass"} for code in checks.codes()]
        return {
            "answers": answers,
            "decision": self.chance.choice(["approve", "approve", "return"]),
            "reason": "请补正",
        }

    def for_lots_define(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        half = (case.budget / 2).quantize(Decimal("0.01"))
        parts = self.chance.choice([[case.budget], [half, case.budget - half], [case.budget, half]])
        method = self.chance.choice(["rated", "lowest"])
        rows = [
            {"number": str(n), "title": f"第{n}包", "budget": str(part), "evaluation_method": method}
            for n, part in enumerate(parts, start=1)
        ]
        return {"rows": rows}

    def for_solicitation_draft(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {
            "requirement": "演示需求", "delivery": "30 日", "contract_terms": "按合同文本", "payment_days": 30,
            "acceptance_days": 10, "bid_validity_days": 90, "industry": "其他未列明行业", "rounding": 2,
            "price_formula": "lowest_first", "small_micro_rate": "0.10",
            "bid_security": self.chance.choice(["0", "1000.00"]),
            "invited_by": self.chance.choice([None, None, None, "prequalification"]),
        }  # fmt: skip

    def for_consortium_register(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        """With one or two other suppliers, now and then with a code that is not theirs."""
        others = Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).exclude(pk=by.organisation_id)
        known = list(others.order_by("pk")[:20])
        code = self.chance.choice([None, None, None, "91140000783254954T"])
        return {
            "work": "供货",
            "members": [
                {"name": one.name, "uscc": code or one.uscc or "", "share": "0.30", "work": "安装"}
                for one in self.chance.sample(known, min(len(known), self.chance.choice([1, 1, 2])))
            ],
        }

    def for_prequalification_draft(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {
            "requirement": "演示需求", "standard": "逐项审查", "materials": "证照", "credit_check": "信用中国",
            "draws": self.chance.choice([None, None, 3]),
        }  # fmt: skip

    def for_prequalification_publish(self, found: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        closes = self.working_day(now, self.chance.choice([8, 9, 3]), 17)
        return {
            "supply_closes_at": closes.isoformat(), "closes_at": closes.isoformat(),
            "examined_on": self.working_day(closes, 1, 9).date().isoformat(),
        }  # fmt: skip

    def for_prequalification_apply(self, found: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        paper = {"name": "申请.pdf", "content": "JVBERi0xLjQK"}
        return {"statement": "符合公告的条件", "attachments": [paper], "commitment": True}

    def for_prequalification_record(self, found: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        rows = [
            {"application": one.pk, "clause": clause.pk, "passed": self.chance.random() < 0.95, "reason": "不符合"}
            for one in found.applications.filter(withdrawn_at=None)
            for clause in found.clauses.filter(lot="")
        ]
        return {"rows": rows}

    def for_clauses_define(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {"rows": [{"kind": "responsiveness", "text": "★质保三年"}]}

    def for_criteria_define(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        price = self.chance.choice([30, 30, 40, 10])
        rows = [
            {"code": "price", "kind": "price", "title": "报价", "weight": str(price)},
            {"code": "technical", "kind": "technical", "title": "技术", "weight": str(100 - price)},
        ]
        return {"rows": rows}

    def for_payment_terms_define(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        rows = [
            {"title": "预付款", "percent": "30", "due_on": "signature"},
            {"title": "到货款", "percent": "20", "due_on": "delivery"},
            {"title": "验收款", "percent": self.chance.choice(["50", "50", "60"]), "due_on": "acceptance"},
        ]
        return {"rows": rows}

    def for_invitation_publish(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        supply, submission = self.chance.choice([(8, 23), (8, 23), (9, 26), (2, 10), (30, 5)])
        return {
            "supply_closes_at": self.working_day(now, supply, 17).isoformat(),
            "submission_closes_at": self.working_day(now, submission, 9).isoformat(),
        }

    def for_correction_publish(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        later = self.working_day(now, self.chance.choice([3, 16, 30]), 9).isoformat()
        data = {"item": "第二章", "after": "更正内容", "affects_bids": self.chance.random() < 0.5}
        return data | ({"new_submission_closes_at": later} if self.chance.random() < 0.6 else {})

    def for_bid_submit(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        share = Decimal(self.chance.choice(["0.95", "0.9", "0.97", "0.6", "0.4", "1.01"]))
        price = str((lot.budget * share).quantize(Decimal("0.01")))
        wrong = self.chance.random() < 0.2
        lines = [{"item": "设备", "quantity": "1", "unit_price": price, "amount": "1.00" if wrong else price}]
        return {
            "price": price, "delivery": "30 日", "commitment": True,
            **({"lines": lines} if self.chance.random() < 0.5 else {}),
            **({"preference": "small_micro"} if by.organisation.size in ("small", "micro") else {}),
        }  # fmt: skip

    def findings(self, lot: Any, kind: str) -> dict[str, Any]:
        rows = [
            {"bid": bid.pk, "clause": clause.pk, "passed": passed, "reason": "" if passed else "未提供证明材料"}
            for bid in OpenedBid.objects.filter(lot=lot).order_by("pk")
            for clause in Clause.objects.filter(case=lot.case, kind=kind).order_by("pk")
            for passed in [self.chance.random() < 0.99]
        ]
        return {"rows": rows}

    def for_qualification_record(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return self.findings(lot, "qualification")

    def for_responsiveness_record(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return self.findings(lot, "responsiveness")

    def for_committee_draw(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {"evaluates_at": (now + datetime.timedelta(hours=self.chance.choice([0, 1, 20]))).isoformat()}

    def for_committee_sign_in(self, member: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {"commits": True}

    def for_scores_submit(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        rows = [
            {
                "bid": bid.pk,
                "criterion": criterion.pk,
                "value": str((criterion.weight * self.chance.randint(40, 100) / 100).quantize(Decimal("0.01"))),
                "reason": "演示理由",
            }
            for bid in OpenedBid.objects.filter(lot=lot, invalid_reason="").order_by("pk")
            for criterion in Criterion.objects.filter(lot=lot).exclude(code="price").order_by("pk")
        ]
        return {"rows": rows}

    def for_award_determine(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        candidate = lot.candidates.order_by("rank" if self.chance.random() < 0.9 else "-rank").first()
        return {"candidate": candidate.pk if candidate else 0}

    def for_acceptance_record(self, contract: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        milestones = list(contract.milestones.order_by("pk"))
        milestone = self.chance.choice(milestones) if milestones and self.chance.random() < 0.3 else None
        return {
            "is_final": milestone is None, "milestone": milestone.pk if milestone else None,
            "accepted_on": calendar.day_of(now).isoformat(),
            "items": [{"item": "技术", "result": "符合", "passed": self.chance.random() < 0.9}], "members": "验收小组",
            "opinion": "同意", "report": self.document(by, now),
        }  # fmt: skip

    def for_delivery_report(self, milestone: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {"delivered_on": calendar.day_of(now).isoformat()}

    def for_invoice_submit(self, milestone: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {
            "number": f"演示{self.chance.randint(1, 10**6)}", "amount": self.amount(milestone),
            "issued_on": calendar.day_of(now).isoformat(),
        }  # fmt: skip

    def for_contract_amend(self, contract: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        more = self.chance.choice(["0.1", "0.05", "0.1001", "0.5", "0"])
        return {
            "is_supplement": True, "clause": "数量", "content": "追加同类货物", "reason": "需要增加",
            "amount_change": str((contract.amount * Decimal(more)).quantize(Decimal("0.01"))),
            "signed_on": calendar.day_of(now).isoformat(), "document": self.document(by, now),
        }  # fmt: skip

    def for_compensation_settle(self, milestone: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        """Of what research cost about the agreed share, or a cent more; now and then on another ground."""
        cost = (milestone.amount * Decimal(self.chance.choice(["0.5", "0.9", "1.3"]))).quantize(Decimal("0.01"))
        share = Decimal(self.chance.choice(["0.5", "0.8", "0.8", "0.81", "1"]))
        return {
            "ending": self.chance.choice(["on_the_market", "on_the_market", "insurmountable", "milestone_missed"]),
            "reason": "研发终止", "eligible_cost": str(cost),
            "amount": str((cost * share).quantize(Decimal("0.01"))),
            "signed_on": calendar.day_of(now).isoformat(), "document": self.document(by, now),
        }  # fmt: skip

    def for_contract_terminate(self, contract: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        grounds = ["public_interest", "breach", "decision", "on_the_market", "insurmountable", "milestone_missed"]
        return {"ground": self.chance.choice(grounds), "reason": "不再履行"}

    def for_plan_release_unsuccessful_lots(self, item: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        """The lots that failed, or any lots at all; mostly with the plan on which they are bought again."""
        lots = Lot.objects.filter(case__plan_item=item).order_by("pk")
        failed = lots.filter(outcome="unsuccessful") if self.chance.random() < 0.9 else lots
        answered = calendar.day_of(now - datetime.timedelta(days=self.chance.choice([1, 20, 90]))).isoformat()
        return {
            "lots": list(failed.values_list("pk", flat=True)), "drafts_plan": self.chance.random() < 0.8,
            **({"answered_on": answered} if self.chance.random() < 0.1 else {}),
        }  # fmt: skip

    def for_solicitation_take_over(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        before = Lot.objects.filter(case=case.predecessor_id).order_by("pk")
        mine = before.filter(releases__isnull=False) if self.chance.random() < 0.9 else before
        return {"lots": list(mine.values_list("pk", flat=True))}

    def for_sentence_allow(self, appropriation: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        """What was mistaken for a brand; what is forbidden; what nobody holds up; more than one."""
        said = ["供应商品牌：学校标识", "须为本地注册企业", "注册资本不低于一百万元", "质保三年", "一句。两句"]
        return {"sentence": self.chance.choice([*HELD_UP * 3, *said]), "reason": "不构成限定品牌"}

    def for_person_invite_again(self, organisation: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        outside = [one.username for one in still_outside(organisation, by=by)]
        return {"username": self.chance.choice([*outside, *outside, "nobody"])}

    def for_case_suspend(self, case: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        until = (now + datetime.timedelta(days=self.chance.choice([5, 30, 60]))).date().isoformat()
        return {"reason": "投诉处理期间暂停", "until_on": until, "document": self.document(by, now)}

    def for_lot_declare_unsuccessful(self, lot: Any, by: Post, now: datetime.datetime) -> dict[str, Any]:
        return {"ground": "too_few"}
