"""May an agreement be signed, filed, told, left or wound up?"""

import datetime
from typing import Any

from django.utils import timezone

from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.frameworks.models import CallOff, Entrant, Framework
from yangcai.frameworks.rules.terms import is_closed
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.parties.models import OrganisationKind
from yangcai.parties.roles import Role


def convener(case: Case) -> tuple[str, int]:
    """征集人, as (role, organisation) of who signs for it: 集中采购机构 for items of the catalogue; off it the unit
    itself, whoever else runs the call for it (art. 5)."""
    agent = case.agent
    if case.plan_item.in_catalogue and agent is not None and agent.kind == OrganisationKind.CENTRAL_AGENT:
        return Role.AGENT, agent.pk
    return Role.BUYER_REVIEWER, case.buyer_id


def _on(framework: Framework, *, now: datetime.datetime) -> dict[str, Any]:
    return applicable(framework.lot.case, now=now)


def is_still_in(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.left_at is None:
        return None
    return refuse(
        "framework.removal",
        code="has_left",
        zh="该供应商已于 {left_on} {how}",
        en="This supplier left on {left_on}",
        left_on=calendar.day_of(subject.left_at),
        how=subject.get_left_by_display(),
        **_on(subject.framework, now=now),
    )


def decides(case: Case) -> tuple[str, int]:
    """On whose desk the entrants are determined, as (role, organisation): the convener, of a unit its officer."""
    role, organisation = convener(case)
    return (Role.AGENT if role == Role.AGENT else Role.BUYER_OFFICER), organisation


def is_decided_by_the_convener(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """征集程序由征集人负责 (art. 5): of a catalogue item the centralised agency determines the entrants, not the unit
    that entrusted it; off the catalogue the unit does, and not its agent."""
    role, _organisation = convener(subject.case)
    if (by.role == Role.AGENT) == (role == Role.AGENT):
        return None
    central = role == Role.AGENT
    return refuse(
        "framework.convener",
        code="other_convener",
        zh="集中采购目录以内品目由集中采购机构负责征集，入围供应商由 {who} 确定"
        if central
        else "集中采购目录以外的征集人是采购人，入围供应商由 {who} 确定",
        en="A catalogue item is called for by the centralised agency: {who} determines the entrants"
        if central
        else "Off the catalogue the buyer is the convener: {who} determines the entrants",
        who=Written((subject.case.agent if central and subject.case.agent else subject.case.buyer).name),
        **applicable(subject.case, now=now),
    )


def signs_for_its_side(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Of the buyer and its agent, only the one that is the convener is a party to the agreement (art. 5, 29)."""
    role, _organisation = convener(subject.root)
    if by.role in {Role.SUPPLIER, role}:
        return None
    central = role == Role.AGENT
    return refuse(
        "framework.convener",
        code="other_convener",
        zh=f"征集人是{'集中采购机构' if central else '采购人'}，由其签订框架协议",
        en=f"The convener is {'the centralised agency' if central else 'the buyer'}: it signs the agreement",
        **_on(subject.framework, now=now),
    )


def not_signed_by_own_side(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    at = subject.supplier_signed_at if by.role == Role.SUPPLIER else subject.convener_signed_at
    if at is None:
        return None
    return refuse(
        "framework.sign",
        code="already_signed",
        zh="贵方已于 {signed_on} 签订框架协议",
        en="Your side signed the agreement on {signed_on}",
        signed_on=calendar.day_of(at),
        **_on(subject.framework, now=now),
    )


def is_signed(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.begins_on is not None:
        return None
    return refuse(
        "framework.sign",
        code="not_signed",
        zh="框架协议尚未签订",
        en="The agreement has not been signed",
        **_on(subject, now=now),
    )


def not_filed(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return None if subject.filed_at is None else Refusal("filed_already", "已经备案", "It has been filed already")


def not_told(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    return None if subject.told_at is None else Refusal("told_already", "已经告知", "The buyers know it already")


def may_leave(subject: Entrant, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """An open agreement is left at any time; a closed one not without a good reason, which the convener finds
    (art. 20)."""
    if not is_closed(subject.framework.lot.case):
        return None
    return refuse(
        "framework.exit_closed",
        code="no_exit_without_reason",
        zh="封闭式框架协议入围供应商无正当理由不得退出；有正当理由的，向征集人书面说明，由征集人办理退出",
        en="Nobody leaves a closed agreement without a good reason; whoever has one writes to the convener, which then"
        " records the exit",
        **_on(subject.framework, now=now),
    )


def is_the_convener(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """The centralised agency alone for the catalogue; off it the unit whose agreement it is, or its agent for it."""
    case: Case = subject.root
    _role, organisation = convener(case)
    if by.organisation_id in {organisation, case.agent_id}:
        return None
    return Refusal("not_the_convener", "只有征集人可以办理", "Only the convener does this")


def term_is_over(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """有效期满后 10 个工作日内发布成交结果汇总公告 (art. 35)."""
    if subject.ends_on is not None and subject.ends_on < timezone.localdate(now):
        return None
    return refuse(
        "framework.summary",
        code="term_not_over",
        zh="框架协议有效期尚未届满",
        en="The term of the agreement is not over",
        **_on(subject, now=now),
    )


def not_summarised(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    if subject.summarised_at is None:
        return None
    return Refusal("summarised_already", "汇总公告已经发布", "The summary has been published")


def nothing_is_open(subject: Framework, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A second competition that is still running belongs into the summary."""
    running = CallOff.objects.filter(framework=subject, lot__outcome="", lot__case__ended_at__isnull=True).count()
    if not running:
        return None
    return Refusal(
        "call_offs_running",
        f"还有 {running} 笔成交正在进行",
        f"{running} call-offs are still running",
        facts={"running": running},
    )
