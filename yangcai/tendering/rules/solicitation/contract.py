"""Is the contract described whose term, cost and sequel the law asks for?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law
from yangcai.cases.models import Case, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering import method
from yangcai.tendering.solicitations import solicitation

MONTHS = 12


def term_is_usual(
    subject: Case, *, now: datetime.datetime, contract_months: int | None, long_term_reason: str, **_: Any
) -> Refusal | None:
    """一般不得超过: a longer term needs its reason, and stays within the longest (财库〔2024〕13号)."""
    keys, on = method.of(subject).terms, applicable(subject, now=now)
    if contract_months is None or not keys or not law.applies(keys[0], **on):
        return None
    usual, longest = (law.value(key, **on) * MONTHS for key in keys)
    if contract_months <= usual or (long_term_reason and contract_months <= longest):
        return None
    return refuse(
        keys[1] if long_term_reason else keys[0],
        code="term_too_long",
        zh="合同期限一般不得超过{limit}；超过的须写明理由（重大项目），并且不得超过最长期限"
        if not long_term_reason
        else "合同期限最长不得超过{limit}",
        en="The contract usually lasts {limit} at most; a longer one needs its reason and has its own limit"
        if not long_term_reason
        else "The contract may last {limit} at most",
        field="contract_months",
        **on,
    )


def contracts_are_described(case: Case, *, now: datetime.datetime) -> list[Refusal]:
    """Where another purchase follows (首购) the file says how long research lasts, which share of its cost is paid and
    what is spent afterwards; lots and first purchase together stay within the most that it may cost."""
    found, on = method.of(case), applicable(case, now=now)
    file = solicitation(case)
    if not found.leads_to or file is None:
        return []
    missing = [
        (
            found.terms[0] if found.terms else found.leads_to,
            file.contract_months,
            "合同期限",
            "the term of the contract",
        ),
        (found.compensates, file.compensation_rate, "成本补偿比例", "the share of the cost that is paid"),
        (found.leads_to, file.follow_up_amount, "首购费用", "the amount for the first purchase"),
    ]
    refusals = [
        refuse(
            key,
            code="contract_not_described",
            zh="采购文件应当写明{what}",
            en="The file must state {what_en}",
            what=zh,
            what_en=en,
            **on,
        )
        for key, value, zh, en in missing
        if not value
    ]
    places = Lot.objects.filter(case=case).count()
    if file.merit_first is not None and file.merit_first < places:
        refusals.append(
            refuse(
                found.merit_first,
                code="too_few_go_on",
                zh="进入综合评审的名次 {rank} 少于研发供应商家数 {places}，选不出规定家数的研发供应商",
                en="Only the first {rank} go on, fewer than the {places} research suppliers who are wanted",
                rank=file.merit_first,
                places=places,
                **on,
            )
        )
    spent = sum((lot.budget for lot in Lot.objects.filter(case=case)), Decimal(0)) + (file.follow_up_amount or 0)
    if spent > case.budget:
        refusals.append(
            refuse(
                "cooperative_innovation.plan",
                code="above_the_most_cost",
                zh="各采购包限额与首购费用合计 {spent} 元，超过最高研发费用 {most} 元",
                en="The lots and the first purchase come to {spent} yuan, more than the most that research may cost,"
                " {most}",
                spent=f"{spent:,.2f}",
                most=f"{case.budget:,.2f}",
                **on,
            )
        )
    return refusals
