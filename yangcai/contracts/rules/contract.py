"""Why may this contract not be drafted, signed, published, filed, changed or ended?"""

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from yangcai import law, procedures
from yangcai.cases.actions import chinese
from yangcai.cases.models import Award, AwardFall
from yangcai.cases.rules import applicable, own
from yangcai.contracts import standing
from yangcai.contracts.content import solicitation_of
from yangcai.contracts.models import Acceptance, Amendment, Contract, PaymentRequest, TerminationGround
from yangcai.contracts.paper import is_unchanged
from yangcai.kernel import calendar, money
from yangcai.kernel.refusals import Refusal, refuses
from yangcai.law.figures.supplement import growth
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.rules.award import annulment_of, no_annulment_waits
from yangcai.tendering.rules.solicitation.contract import term_is_usual

#: functions(contract, now) by which later apps say why it is not signed yet, or not carried on (an objection waits)
HELD_UP_BY: list[Callable[..., Iterable[Refusal]]] = []

# --- before there is a contract ----------------------------------------------------------------------------------


def award_announced(award: Award, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if award.announced_at is not None and award.announced_at <= now:
        return None
    return law.refusal(
        own(award.lot.case, "award.publish"),
        code="award_not_announced",
        zh="中标结果尚未公告、中标通知书尚未发出，公告后再起草合同",
        en="The award has not been announced and its letter not sent: draft the contract after the announcement",
        **applicable(award.lot.case, now=now),
    )


def award_stands(award: Award, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if award.refused_at is None:
        return None
    return law.refusal(
        "award.refused",
        code="award_refused",
        zh="该中标结果已于 {on_zh} 因拒签合同或者被认定无效而失效，须按候选人顺序另行确定或者重新采购",
        en="The winner refused on {on_zh}, or its award was void: determine the next candidate or procure again",
        on_zh=calendar.day_of(award.refused_at),
        **applicable(award.lot.case, now=now),
    )


def no_contract_yet(award: Award, *, by: Post, now: datetime.datetime) -> Refusal | None:
    contract = Contract.objects.filter(award=award).first()
    if contract is None:
        return None
    return law.refusal(
        "control.no_system_no_trade",
        code="contract_exists",
        zh="该中标结果已有合同 {number}，一个中标结果只能签订一份合同",
        en="This award already has contract {number}: one award, one contract",
        number=contract.number,
        **applicable(award.lot.case, now=now),
    )


def has_solicitation(award: Award, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if solicitation_of(award.lot.case) is not None:
        return None
    return law.refusal(
        "contract.as_awarded",
        code="no_solicitation",
        zh="本项目没有采购文件，合同条款无从产生",
        en="This case has no solicitation document from which the contract could be made",
        **applicable(award.lot.case, now=now),
    )


def case_goes_on(award: Award, *, by: Post, now: datetime.datetime) -> Refusal | None:
    case = award.lot.case
    if case.ended_at is None:
        return None
    return law.refusal(
        "contract.sign",
        code="case_ended",
        zh="采购项目已于 {ended_on} 结束（{kind}），不能再签订合同",
        en="The case ended on {ended_on}: no contract can be made any more",
        ended_on=calendar.day_of(case.ended_at),
        kind=case.get_end_kind_display(),
        **applicable(case, now=now),
    )


NUMBER_TAKEN = Refusal(
    "contract_number_taken",
    "该合同编号已被使用，请另编一个或留空由平台编号",
    "This contract number is taken: choose another, or leave it empty and the platform numbers it",
    field="number",
)
refuses("contracts_contract_number_key", NUMBER_TAKEN)


def number_is_free(award: Award, *, by: Post, now: datetime.datetime, number: str, **data: Any) -> Refusal | None:
    return NUMBER_TAKEN if number and Contract.objects.filter(number=number).exists() else None


# --- signing, publishing, filing ---------------------------------------------------------------------------------


def not_terminated(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.terminated_at is None:
        return None
    return _over(contract, "contract_terminated", "解除", "was terminated", contract.terminated_at, now=now)


def not_closed(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.closed_at is None:
        return None
    return _over(contract, "contract_closed", "结项", "was closed", contract.closed_at, now=now)


def _over(contract: Contract, code: str, zh: str, en: str, at: datetime.datetime, *, now: datetime.datetime) -> Refusal:
    return law.refusal(
        "contract.amendment_ground",
        code=code,
        zh="合同已于 {ended_on} " + zh + "，不能再办理",
        en="The contract " + en + " on {ended_on}: nothing more can be done on it",
        ended_on=calendar.day_of(at),
        **applicable(contract.case, now=now),
    )


def award_still_stands(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    return award_stands(contract.award, by=by, now=now)


def no_annulment_of_its_award_waits(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Once it is signed nobody could confirm what was asked for before (条例 art. 71). The winner's own signature
    answers a report that it refuses, and waits for nobody (政府采购法 art. 46)."""
    asked = annulment_of(contract.award)
    if asked is None or (asked.ground == AwardFall.REFUSED and by.role == Role.SUPPLIER):
        return None
    return no_annulment_waits(contract.award, by=by, now=now)


def nothing_holds_it_up(contract: Contract, *, by: Post, now: datetime.datetime) -> Iterator[Refusal]:
    """What later parts of the house know: 质疑事项可能影响结果的，暂停签订合同，已经签订的中止履行 (条例 art. 54)."""
    for asks in HELD_UP_BY:
        yield from asks(contract, now=now)


def not_signed_by_own_side(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    signed_at = contract.supplier_signed_at if by.role == Role.SUPPLIER else contract.buyer_signed_at
    if signed_at is None:
        return None
    return law.refusal(
        "contract.written",
        code="already_signed",
        zh="贵方已于 {signed_on} 签订本合同",
        en="Your side signed this contract on {signed_on}",
        signed_on=calendar.day_of(signed_at),
        **applicable(contract.case, now=now),
    )


def signed(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.signed_at is not None:
        return None
    missing = [
        side
        for side, at in (
            (("采购人", "the buyer"), contract.buyer_signed_at),
            (("供应商", "the supplier"), contract.supplier_signed_at),
        )
        if at is None
    ]
    return law.refusal(
        "contract.written",
        code="contract_not_signed",
        zh="合同尚未签订，还缺：{zh_missing}",
        en="The contract is not signed yet; still missing: {en_missing}",
        zh_missing="、".join(zh for zh, _ in missing),
        en_missing=", ".join(en for _, en in missing),
        **applicable(contract.case, now=now),
    )


def says_what_the_other_signed(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Two signatures under one digest. Of a contract that both have signed it is not asked again."""
    if not contract.digest or contract.signed_at:
        return None
    return says_what_was_signed(contract, by=by, now=now)


def says_what_was_signed(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """The paper says what the digest says that stands in it; without one (before there were any) there is no paper."""
    if is_unchanged(contract):
        return None
    return law.refusal(
        "contract.written",
        code="contract_changed",
        zh="合同内容与一方签订时的摘要不符，不得使用；请报告财政部门",
        en="The contract no longer says what one side signed: it must not be used; report it to the treasury",
        **applicable(contract.case, now=now),
    )


def not_published(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.published_at is None:
        return None
    return law.refusal(
        "contract.publish",
        code="already_published",
        zh="合同已于 {done_on} 公告",
        en="The contract was published on {done_on}",
        done_on=calendar.day_of(contract.published_at),
        **applicable(contract.case, now=now),
    )


def not_filed(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if contract.filed_at is None:
        return None
    return law.refusal(
        "contract.file",
        code="already_filed",
        zh="合同已于 {done_on} 备案",
        en="The contract was filed on {done_on}",
        done_on=calendar.day_of(contract.filed_at),
        **applicable(contract.case, now=now),
    )


# --- amending and ending -----------------------------------------------------------------------------------------


def supplement_within_share(
    contract: Contract, *, by: Post, now: datetime.datetime, is_supplement: bool, amount_change: Decimal, **data: Any
) -> Refusal | None:
    """All supplements together stay within the share of the original amount (政府采购法 art. 49)."""
    applies = applicable(contract.case, now=now)
    earlier = standing.supplements(contract)
    original = contract.amount - earlier
    key = own(contract.case, "contract.supplement")
    if not is_supplement or growth(original=original, added=[earlier, amount_change], rule=key, **applies).allowed:
        return None
    most = (original * law.value(key, **applies)).quantize(money.CENT, rounding="ROUND_DOWN")
    return law.refusal(
        key,
        code="supplement_too_large",
        zh="补充合同累计金额 {sum} 元，超过原合同金额 {original} 元的 {limit}（{most} 元），本次最多 {left} 元",
        en="Supplements would add up to {sum} yuan, above {limit} of the original {original} yuan ({most} yuan); "
        "at most {left} yuan are left",
        field="amount_change",
        sum=money.figures(earlier + amount_change),
        original=money.figures(original),
        most=money.figures(most),
        left=money.figures(max(most - earlier, money.ZERO)),
        **applies,
    )


def reservation_suffices(
    contract: Contract, *, by: Post, now: datetime.datetime, amount_change: Decimal, **data: Any
) -> Refusal | None:
    balance = contract.case.plan_item.reserved_fund.balance
    if amount_change <= balance:
        return None
    return law.refusal(
        "control.no_budget_no_procurement",
        code="reservation_too_small",
        zh="采购计划尚余预留资金 {balance} 元，不足以增加 {change} 元，请先调增预算",
        en="The plan has {balance} yuan reserved, too little for {change} yuan more: have the budget raised first",
        field="amount_change",
        balance=money.figures(balance),
        change=money.figures(amount_change),
        **applicable(contract.case, now=now),
    )


def money_only_by_supplement(
    contract: Contract, *, by: Post, now: datetime.datetime, is_supplement: bool, amount_change: Decimal, **data: Any
) -> Refusal | None:
    if is_supplement or not amount_change:
        return None
    return law.refusal(
        "contract.supplement",
        code="change_may_not_add_money",
        zh="合同变更不得增加金额，需追加同类标的的请签订补充合同（累计不超过 {limit}）",
        en="A change may not add money: more of the same subject needs a supplement (within {limit} in all)",
        field="amount_change",
        **applicable(contract.case, now=now),
    )


def change_has_ground(
    contract: Contract, *, by: Post, now: datetime.datetime, is_supplement: bool, ground: str, **data: Any
) -> Refusal | None:
    if is_supplement or ground:
        return None
    return law.refusal(
        "contract.amendment_ground",
        code="no_lawful_ground",
        zh="双方不得擅自变更合同，请选择法定的变更情形",
        en="The parties may not change the contract as they please: choose the lawful ground",
        field="ground",
        **applicable(contract.case, now=now),
    )


def term_is_limited(contract: Contract) -> bool:
    """Whether the method limits how long its contracts last: those for research (财库〔2024〕13号)."""
    return bool(procedures.get(contract.case.procedure).terms)


def months_of(contract: Contract) -> int | None:
    """How long the contract lasts by the file and what lengthened it since; None where nothing says so."""
    longer = contract.amendments.filter(contract_months__isnull=False).order_by("-number").first()
    file = solicitation_of(contract.case)
    if longer is not None:
        return longer.contract_months
    return file.contract_months if file is not None else None


def longer_term_is_lawful(
    contract: Contract, *, by: Post, now: datetime.datetime, contract_months: int | None, **data: Any
) -> Refusal | None:
    """Two years in all, three in a major project: as for the file, which says whether it is one (财库〔2024〕13号)."""
    before, file = months_of(contract), solicitation_of(contract.case)
    if contract_months is None or file is None:
        return None
    if before is not None and contract_months <= before:
        return Refusal(
            "term_not_longer",
            f"合同期限现为 {before} 个月，延长后的期限应当更长",
            f"The contract lasts {before} months now: a longer term is longer than that",
            field="contract_months",
        )
    return term_is_usual(
        contract.case, now=now, contract_months=contract_months, long_term_reason=file.long_term_reason
    )


def amendment_not_published(amendment: Amendment, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if amendment.published_at is None:
        return None
    return law.refusal(
        "contract.amendment_publish",
        code="already_published",
        zh="合同变更已于 {done_on} 公告",
        en="The contract change was published on {done_on}",
        done_on=calendar.day_of(amendment.published_at),
        **applicable(amendment.contract.case, now=now),
    )


def signed_in_the_past(
    contract: Contract, *, by: Post, now: datetime.datetime, signed_on: datetime.date, **data: Any
) -> Refusal | None:
    first = calendar.day_of(contract.signed_at or now)
    if first <= signed_on <= calendar.day_of(now):
        return None
    return Refusal(
        "impossible_date",
        f"签订日期应在 {first} 至 {calendar.day_of(now)} 之间",
        f"The day of signing must lie between {first} and {calendar.day_of(now)}",
        field="signed_on",
    )


def may_be_terminated(
    contract: Contract, *, by: Post, now: datetime.datetime, ground: str, **data: Any
) -> Refusal | None:
    """An unsigned contract ends only because its award fell, and says how: the winner refused (条例 art. 49), or it was
    void (条例 art. 71), which accuses nobody; a signed one ends on every other lawful ground."""
    applies = applicable(contract.case, now=now)
    fallen = {TerminationGround.AWARD_REFUSED, TerminationGround.AWARD_VOID}
    if contract.signed_at is not None:
        if ground not in fallen:
            return None
        return law.refusal(
            "contract.amendment_ground",
            code="no_lawful_ground",
            zh="合同已经签订，“{ground}”不是解除的理由",
            en="The contract is signed: this is no ground to end it: {ground}",
            field="ground",
            ground=chinese(TerminationGround(ground).label),
            **applies,
        )
    if contract.award.refused_at is None:
        return law.refusal(
            "award.refused",
            code="award_not_refused",
            zh="合同尚未签订，只有中标供应商拒签并登记、或者中标结果被认定无效后才能作废",
            en="The contract is not signed: it can only be dropped after its award was refused or found void",
            field="ground",
            **applies,
        )
    refused = contract.award.fall_ground == AwardFall.REFUSED
    owed = TerminationGround.AWARD_REFUSED if refused else TerminationGround.AWARD_VOID
    if ground == owed:
        return None
    return law.refusal(
        "award.refused" if refused else "award.annulled",
        code="no_lawful_ground",
        zh="合同尚未签订，解除情形只能是“{ground}”",
        en="The contract is not signed: it ends only as its award fell, which is {ground}",
        field="ground",
        ground=chinese(owed.label),
        **applies,
    )


#: What ends a contract for research beside what ends any other (财库〔2024〕13号).
OF_RESEARCH = (
    TerminationGround.ON_THE_MARKET,
    TerminationGround.INSURMOUNTABLE,
    TerminationGround.MILESTONE_MISSED,
)


def research_may_end(
    contract: Contract, *, by: Post, now: datetime.datetime, ground: str, **data: Any
) -> Refusal | None:
    """市场已出现同类产品、不可克服的困难、标志性成果未完成: grounds of research contracts alone; a milestone that was
    missed is one whose acceptance failed (研发中期谈判)."""
    key = procedures.get(contract.case.procedure).ends
    if ground not in OF_RESEARCH:
        return None
    if not key:
        return law.refusal(
            "contract.amendment_ground",
            code="no_lawful_ground",
            zh="该情形只适用于研发合同",
            en="This ground is for research contracts only",
            field="ground",
            **applicable(contract.case, now=now),
        )
    failed = Acceptance.objects.filter(contract=contract, passed=False).exists()
    if ground != TerminationGround.MILESTONE_MISSED or failed:
        return None
    return law.refusal(
        key,
        code="no_milestone_missed",
        zh="没有验收不合格的标志性成果，不得以此淘汰研发供应商",
        en="No milestone failed its acceptance: the research supplier may not be eliminated on this ground",
        field="ground",
        **applicable(contract.case, now=now),
    )


def nothing_in_payment(contract: Contract, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """What has been claimed is paid or returned first: an undisputed part stays due (令802 art. 15)."""
    waiting = PaymentRequest.objects.filter(contract=contract, returned_at__isnull=True, paid_at__isnull=True).count()
    if not waiting:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="payment_in_progress",
        zh="还有 {n} 笔支付申请在办，请先支付或者退回",
        en="{n} payment request(s) are under way: pay or return them first",
        n=waiting,
        **applicable(contract.case, now=now),
    )
