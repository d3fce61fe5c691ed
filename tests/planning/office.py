"""One buyer with its people and a budget item, and the steps of a plan as a test wants them."""

from typing import Any

from tests import factories
from yangcai.kernel import documents
from yangcai.kernel.actions import can, perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.planning import actions, checks
from yangcai.planning.models import Intention, MethodApproval, PlanItem, Publicity

NOW = factories.NOW

REQUIREMENT = {
    "description": "教学用计算机，满足附件参数", "quantity": "100 台", "delivery": "合同签订后 30 日内，交付至学校",
    "acceptance_plan": "逐台开机检验，由使用单位出具验收书",
}  # fmt: skip


class Office:
    """One buyer with its two people and one budget item of a million."""

    def __init__(self, amount: str = "1000000.00", *, parent: bool = False):
        above = factories.make_organisation() if parent else None
        self.buyer = factories.make_organisation(parent=above)
        self.officer = factories.make_post(Role.BUYER_OFFICER, self.buyer)
        self.reviewer = factories.make_post(Role.BUYER_REVIEWER, self.buyer)
        self.above = factories.make_post(Role.BUYER_REVIEWER, above) if above else None
        self.treasury = factories.make_post(Role.TREASURY)
        self.appropriation = factories.fund_appropriation(self.buyer, amount=amount)

    def intention(self, **changes: Any) -> Intention:
        data = {"title": "教学设备", "overview": "100 台", "amount": "800000", "expected_on": "2026-05-01", **changes}
        return perform(actions.publish_intention, self.appropriation, by=self.officer, now=NOW, **data).value

    def draft(self, **changes: Any) -> PlanItem:
        data = {
            "title": "教学设备", "category": "goods", "procedure": "open_tender", "amount": "800000.00",
            "start_on": "2026-05-01", "intention_exemption": "突发情况，不可预见", "set_aside": "whole",
            **REQUIREMENT, **changes,
        }  # fmt: skip
        return perform(actions.draft_plan, self.appropriation, by=self.officer, now=NOW, **data).value

    def submitted(self, **changes: Any) -> PlanItem:
        item = self.draft(**changes)
        perform(actions.submit_plan, item, by=self.officer, now=NOW)
        return PlanItem.objects.get(pk=item.pk)

    def review(
        self, item: PlanItem, by: Any = None, decision: str = "approve", fail: str = "", now: Any = NOW, **data: Any
    ) -> PlanItem:
        answers = [
            {"check": c, "answer": "fail" if c == fail else "pass", "remark": "指定了品牌" if c == fail else ""}
            for c in checks.codes()
        ]
        perform(
            actions.review_plan, item, by=by or self.reviewer, now=now, decision=decision,
            **{"answers": answers, **data},
        )  # fmt: skip
        return PlanItem.objects.get(pk=item.pk)

    def why_not_submitted(self, **changes: Any) -> set[str]:
        return {r.code for r in can(actions.submit_plan, self.draft(**changes), by=self.officer, now=NOW)}

    # --- another method ----------------------------------------------------------------------------------------------

    def paper(self, post: Post, name: str = "申请函.pdf") -> Any:
        return documents.store_bytes(data=f"%PDF-1.4 {name}".encode(), name=name, person_id=post.person_id, now=NOW)

    def applied(self, item: PlanItem, *, now: Any = NOW, **changes: Any) -> MethodApproval:
        data = {
            "procedure": item.procedure, "ground": item.ground, "reason": item.method_reason or "理由",
            "overview": "教学用计算机", "funding": "兰新财预〔2026〕1号", "paper": self.paper(self.officer), **changes,
        }  # fmt: skip
        return perform(actions.apply_for_method, item, by=self.officer, now=now, **data).value

    def approved(self, item: PlanItem, *, now: Any = NOW, **changes: Any) -> MethodApproval:
        approval = self.applied(item, now=now, **changes)
        if self.above:
            perform(actions.consent_to_method, approval, by=self.above, now=now, decision="consent")
        perform(
            actions.decide_on_method,
            approval,
            by=self.treasury,
            now=now,
            decision="approve",
            number="兰财采1号",
        )
        return MethodApproval.objects.get(pk=approval.pk)

    def publicised(self, item: PlanItem, *, now: Any = NOW, **changes: Any) -> Publicity:
        opinion = {
            "name": "论证人员甲",
            "unit": "某大学",
            "professional_title": "教授",
            "opinion": "该供应商独有专利",
        }
        data = {
            "description": "专利设备", "reason": "不可替代的专利", "supplier_name": "示例甲公司",
            "supplier_address": "示例路1号", "opinions": [opinion], **changes,
        }  # fmt: skip
        return perform(actions.publicise_single_source, item, by=self.officer, now=now, **data).value


def refused(do: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The Refusals by code of what must not go through."""
    try:
        do(*args, **kwargs)
    except Refused as error:
        return {refusal.code: refusal for refusal in error.refusals}
    raise AssertionError("it went through")
