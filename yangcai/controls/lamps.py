"""Do the four controls hold for this case now, and what proves it? Read from the rows that the database guards."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from yangcai.cases.models import Case, LotOutcome
from yangcai.contracts.models import Acceptance, Contract
from yangcai.controls.register import CONTROLS
from yangcai.funds.models import Fund
from yangcai.kernel import money
from yangcai.kernel.beneath import may_have
from yangcai.kernel.refusals import Citation, in_chinese

#: off: nothing yet; on: holds, with proof; warn: something is missing or wrong; closed: done with.
TONES = {"off": "mute", "on": "ok", "warn": "warn", "closed": "done"}
LOST = (LotOutcome.UNSUCCESSFUL, LotOutcome.TERMINATED)


@dataclass(frozen=True)
class Evidence:
    """One row that proves a lamp."""

    label: str
    value: str


@dataclass(frozen=True)
class Lamp:
    """One control as it stands for a case: `state` off | on | warn | closed, `word` is the sentence beside it."""

    code: str
    state: str
    word: str
    evidence: list[Evidence] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def label(self) -> str:
        control = next(c for c in CONTROLS if c.code == self.code)
        return control.zh if in_chinese() else control.en

    @property
    def citation(self) -> Citation:
        return next(c for c in CONTROLS if c.code == self.code).constraints[0].citation


def lamps(case: Case, *, now: datetime.datetime) -> list[Lamp]:
    """The four lamps of a case, in the order of the chain."""
    found = Contract.objects.filter(case=case).select_related("committed_fund", "paid_fund", "supplier").order_by("pk")
    contracts = list(found) if may_have(case, Contract) else []
    live = [contract for contract in contracts if contract.terminated_at is None]
    return [
        budget_lamp(case, contracts),
        system_lamp(case, now=now),
        contract_lamp(live),
        acceptance_lamp(live),
    ]


def _yuan(amount: Decimal) -> str:
    return _("%(amount)s 元") % {"amount": money.figures(amount)}


def _day(moment: datetime.datetime) -> str:
    return timezone.localdate(moment).isoformat()


def still_needed(case: Case) -> Decimal:
    """What the published lots may still need of the reservation: the very function by which the database decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT controls_still_needed(%s)", [case.plan_item_id])
        return cursor.fetchone()[0]


def budget_lamp(case: Case, contracts: Sequence[Contract]) -> Lamp:
    if not case.plan_item.spends:
        spent = [Evidence(_("采购计划"), _yuan(case.plan_item.amount))]
        return Lamp("budget", "off", _("框架协议第一阶段不动用资金"), spent)
    reserved = Fund.objects.get(pk=case.plan_item.reserved_fund_id).balance
    needed = still_needed(case)
    committed = sum((contract.committed_fund.balance for contract in contracts), money.ZERO)
    paid = sum((contract.paid_fund.balance for contract in contracts), money.ZERO)
    released = case.plan_item.released_amount
    evidence = [
        Evidence(_("采购预算"), str(case.plan_item.appropriation)),
        Evidence(_("采购计划"), _yuan(case.plan_item.amount)),
        *([Evidence(_("废标采购包已解除预留"), _yuan(released))] if released else []),
        Evidence(_("预留"), _yuan(reserved)),
        Evidence(_("合同占用"), _yuan(committed)),
        Evidence(_("已支付"), _yuan(paid)),
    ]
    if case.ended_at is not None:
        return Lamp("budget", "closed", _("采购结束，已支付 %(paid)s") % {"paid": _yuan(paid)}, evidence)
    if reserved < needed:
        return Lamp("budget", "warn", _("预留资金少于公告所需 %(needed)s") % {"needed": _yuan(needed)}, evidence)
    held = _yuan(reserved + committed + paid)
    return Lamp("budget", "on", _("资金已落实 %(held)s") % {"held": held}, evidence)


def system_lamp(case: Case, *, now: datetime.datetime) -> Lamp:
    if case.published_at is None or case.published_at > now:
        return Lamp("system", "off", _("尚未发布采购公告"), [Evidence(_("项目编号"), case.number)])
    lots = case.every_lot()
    awards = {award.lot_id: award for award in case.every_award() if award.refused_at is None}
    evidence = [Evidence(_("项目编号"), case.number), Evidence(_("公告时间"), _day(case.published_at))]
    for lot in lots:
        award = awards.get(lot.pk)
        if award is not None and (award.announced_at is None or award.announced_at > now):
            award = None  # nobody learns the result from a lamp before it is announced
        outcome = f"{award.supplier} {_yuan(award.amount)}" if award else str(lot.get_outcome_display())
        evidence.append(Evidence(_("采购包 %(number)s") % {"number": lot.number}, outcome))
    lost = [lot for lot in lots if lot.outcome in LOST]
    if lots and len(lost) == len(lots):
        return Lamp("system", "closed", _("没有中标结果，不得签订合同"), evidence)
    awarded = [lot for lot in lots if lot.outcome == LotOutcome.AWARDED]
    if awarded and len(awarded) + len(lost) == len(lots):
        state = "closed" if case.ended_at else "on"
        return Lamp("system", state, _("在平台定标 %(count)s 个采购包") % {"count": len(awarded)}, evidence)
    return Lamp("system", "on", _("正在平台上采购"), evidence)


def contract_lamp(contracts: Sequence[Contract]) -> Lamp:
    if not contracts:
        return Lamp("contract", "off", _("尚无合同，不得支付"))
    evidence = []
    for contract in contracts:
        evidence.append(Evidence(contract.number, _yuan(contract.amount)))
        for label, moment in (
            (_("签订"), contract.signed_at),
            (_("公告"), contract.published_at),
            (_("备案"), contract.filed_at),
        ):
            evidence.append(Evidence(label, _day(moment) if moment else _("尚未办理")))
        evidence.append(Evidence(_("已支付"), _yuan(contract.paid_fund.balance)))
    if all(contract.closed_at for contract in contracts):
        return Lamp("contract", "closed", _("合同已结项"), evidence)
    if any(contract.signed_at is None for contract in contracts):
        return Lamp("contract", "warn", _("合同尚未签订，不得支付"), evidence)
    if any(contract.published_at is None or contract.filed_at is None for contract in contracts):
        return Lamp("contract", "warn", _("合同尚未公告和备案，不得支付"), evidence)
    return Lamp("contract", "on", _("合同已签订、公告、备案，可以按节点支付"), evidence)


def acceptance_lamp(contracts: Sequence[Contract]) -> Lamp:
    acceptances = list(Acceptance.objects.filter(contract__in=contracts).order_by("at", "pk"))
    if not acceptances:
        return Lamp("acceptance", "off", _("尚未验收，不得结项"))
    evidence = [Evidence(_("最终验收") if one.is_final else _("节点验收"), _result(one)) for one in acceptances]
    if all(contract.closed_at for contract in contracts):
        return Lamp("acceptance", "closed", _("验收合格并已结项"), evidence)
    last = {one.contract_id: one for one in acceptances}
    if any(not one.passed for one in last.values()):
        return Lamp("acceptance", "warn", _("验收不合格，不得结项"), evidence)
    final = {one.contract_id for one in acceptances if one.is_final and one.passed}
    if all(contract.pk in final for contract in contracts):
        return Lamp("acceptance", "on", _("最终验收合格，可以结项"), evidence)
    return Lamp("acceptance", "on", _("部分节点验收合格"), evidence)


def _result(acceptance: Acceptance) -> str:
    word = _("合格") if acceptance.passed else _("不合格")
    return f"{acceptance.accepted_on} {word}"
