"""What happens after a failed or terminated tender? The same plan is procured again, on the same document, amended."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.cases import periods
from yangcai.cases.actions import next_number
from yangcai.cases.models import Case, CaseEnd, LotRelease, Stage
from yangcai.cases.rules import applicable, begins_by_itself, grounds, has_its_own_file, refuse, runs_the_case
from yangcai.kernel import tasks
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.kernel.refusals import Refusal
from yangcai.parties.roles import Role
from yangcai.planning.models import MethodApproval, SetAside
from yangcai.planning.rules.publicity import outcome_under
from yangcai.procedures.grounds import PREFIX
from yangcai.tendering import two_bidders
from yangcai.tendering.copying import copy_document


def ended_without_result(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """废标后，应当重新组织招标 (政府采购法 art. 37); what was called off is called off again on its plan."""
    if not begins_by_itself(subject.plan_item):
        return has_its_own_file(subject.plan_item, by=by, now=now)
    if subject.end_kind in {CaseEnd.UNSUCCESSFUL, CaseEnd.TERMINATED}:
        return None
    if not subject.plan_item.spends:
        return refuse(
            "evaluation.retender",
            code="not_ended_without_result",
            zh="只有废标或者终止的项目才能重新采购；框架协议只有部分采购包废标的，不占用预算，无须解除预留，请就该采购包另行编制采购计划"
            "重新征集",
            en="Only a case that failed or was terminated can be procured again; where only some lots of a framework"
            " failed, nothing is reserved for them: call for them again on another plan",
            **applicable(subject, now=now),
        )
    return refuse(
        "evaluation.retender",
        code="not_ended_without_result",
        zh="只有废标或者终止的项目才能重新采购；只有部分采购包废标的，请在采购计划上办理“解除废标采购包的预留”，"
        "按接续的采购计划重新采购",
        en="Only a case that failed or was terminated can be procured again; where only some lots failed, use “Release"
        " unsuccessful lots” on the plan and procure them on the plan that renews it",
        **applicable(subject, now=now),
    )


def not_retendered_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A case is procured again once; names the case that does."""
    successor = Case.objects.filter(predecessor=subject, plan_item=subject.plan_item).first()
    if successor is None:
        return None
    return Refusal(
        "retendered",
        f"该项目已重新采购：{successor.number}",
        f"This case is being procured again: {successor.number}",
        facts={"number": successor.number},
    )


def plan_still_stands(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """无预算不采购: the plan is not cancelled and its money still lies reserved."""
    item = subject.plan_item
    held = item.reserved_fund.balance
    if item.cancelled_at is None and (not item.spends or held >= subject.budget or held >= _budget(subject)):
        return None
    return refuse(
        "control.no_budget_no_procurement",
        code="plan_gone",
        zh="采购计划已取消或者预留资金不足，不能重新采购",
        en="The plan is cancelled or its money is no longer reserved: it cannot be procured again",
        **applicable(subject, now=now),
    )


def _budget(case: Case) -> Decimal:
    """What is procured again, in yuan: without lots that gave their budgets back before the case ended."""
    released = LotRelease.objects.filter(lot__case=case).aggregate(sum=Sum("lot__budget"))["sum"]
    return case.budget - (released or Decimal(0))


def method_now(case: Case) -> str:
    """The method of the next case: the one approved after this case ended (采购方式变更), else the same."""
    last = _changed(case)
    return last.procedure if last else case.procedure


def _changed(case: Case) -> MethodApproval | None:
    found = case.plan_item.method_approvals.filter(approved_at__isnull=False, applied_at__gte=case.ended_at)
    return found.order_by("-pk").first()


def publicity_has_its_outcome(subject: Case, *, by: Any, now: datetime.datetime) -> Iterator[Refusal]:
    """A single source that was publicised, by duty or by choice, is procured again no sooner than planned: its end and
    the answer to objections are waited for, and one that was upheld ends it (74号令 art. 39-40). What counts is
    the ground of the purchase that begins: of the change of method since, else of the case that ended, not of the
    plan."""
    if subject.ended_at is not None:
        last = _changed(subject)
        for ground in {last.ground} if last else grounds(subject):
            yield from outcome_under(ground, subject.plan_item, now=now)


def there_were_two(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """与该两家供应商谈判 (74号令 art. 27): what was approved for two has two, as the bids themselves show."""
    last = _changed(subject) if subject.ended_at is not None else None
    if last is None or not two_bidders.are_meant_by(procedures.get(last.procedure), {last.ground}):
        return None
    if two_bidders.of_case(subject):
        return None
    return refuse(
        f"{PREFIX}{last.ground}",
        code="not_two_bidders",
        zh="批准的是与公开招标中仅有的两家供应商谈判，但原项目提交投标文件或者实质性响应的供应商不是两家；请按其他情形重新报批",
        en="What was approved is to negotiate with the only two suppliers of the tender, and it did not have two who"
        " bid or responded: apply on another ground",
        **applicable(subject, now=now),
    )


def set_aside_only_lifted(subject: Case, *, now: datetime.datetime, lift_set_aside: bool, **_: Any) -> Refusal | None:
    """合格中小企业不足的，按非预留项目重新采购 (财库〔2020〕46号 art. 10)."""
    if not lift_set_aside or subject.set_aside != SetAside.NONE:
        return None
    return refuse(
        "set_aside.too_few",
        code="nothing_set_aside",
        zh="该项目没有预留份额，无须取消",
        en="Nothing was set aside in this case",
        field="lift_set_aside",
        **applicable(subject, now=now),
    )


class Retender(Input):
    title = TextField(label=_("项目名称"), required=False, help_text=_("不填时沿用原名称，并注明重新采购"))
    lift_set_aside = forms.BooleanField(
        label=_("取消预留份额"),
        required=False,
        help_text=_("预留项目合格的中小企业不足三家而终止的，按非预留项目重新采购"),
    )

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            self.fields["lift_set_aside"].disabled = self.subject.set_aside == SetAside.NONE


@action(
    "case.retender",
    zh="重新采购",
    en="Procure again",
    on=Case,
    by={Role.BUYER_OFFICER, Role.AGENT},
    needs=(
        runs_the_case,
        ended_without_result,
        not_retendered_yet,
        plan_still_stands,
        publicity_has_its_outcome,
        there_were_two,
    ),
    checks=(set_aside_only_lifted,),
    input=Retender,
    creates=True,
    sentence=("{post}按原采购计划重新采购", "{post} began to procure again on the same plan"),
    is_public=False,
    cites=("evaluation.retender", "solicitation.redo", "set_aside.too_few", "single_source.outcome"),
    hint=(
        "沿用原采购文件、评审因素和付款安排，修改并重新确认后发布公告",
        "The document, criteria and payment terms are copied; amend them, have them confirmed, publish",
    ),
)
def retender_case(case: Case, *, by: Any, now: datetime.datetime, title: str, lift_set_aside: bool) -> Case:
    """A new case in preparation with everything that the old one had written down."""
    again = Case.objects.create(
        number=next_number(now=now),
        title=title or f"{case.title.removesuffix('（重新采购）')}（重新采购）",
        plan_item=case.plan_item,
        buyer=case.buyer,
        agent=case.agent,
        procedure=method_now(case),
        category=case.category,
        classification=case.classification,
        budget=_budget(case),
        ceiling=case.ceiling if case.ceiling is None else min(case.ceiling, _budget(case)),
        set_aside=SetAside.NONE if lift_set_aside else case.set_aside,
        jurisdiction=case.jurisdiction,
        opened_at=now,
        predecessor=case,
        is_demo=settings.YANGCAI_SANDBOX,
    )
    periods.open_period(again, stage=Stage.PREPARATION, opens_at=now)
    lifted = {"set_aside": SetAside.NONE, "set_aside_share": 0, "for_small_micro": False}
    lots = case.lots.filter(releases__isnull=True)
    copy_document(case, to=again, lots=lots, now=now, **(lifted if lift_set_aside else {}))
    if two_bidders.are_invited(again):
        two_bidders.put_on_the_list(again, now=now)
    tasks.refresh(case.plan_item, now=now)  # the plan waited for this
    return again
