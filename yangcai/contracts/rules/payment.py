"""Why can this invoice not be taken, this payment not be requested, approved or made?"""

import datetime
from decimal import Decimal
from typing import Any

from yangcai import law, procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.contracts import standing
from yangcai.contracts.content import solicitation_of
from yangcai.contracts.models import Invoice, Milestone, MilestoneDue, PaymentRequest
from yangcai.contracts.payment_paper import is_what_was_paid
from yangcai.contracts.rules import contract as of_contract
from yangcai.kernel import calendar, money
from yangcai.kernel.refusals import Refusal
from yangcai.kernel.wording import Written
from yangcai.law.figures.compensation import compensation
from yangcai.parties.models import Post

# --- invoices ----------------------------------------------------------------------------------------------------


def left_to_invoice(milestone: Milestone) -> Decimal:
    """What of a milestone no standing invoice claims yet, in yuan."""
    return max(standing.most(milestone) - standing.total(standing.standing_invoices(milestone)), money.ZERO)


def milestone_is_not_invoiced(milestone: Milestone, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if left_to_invoice(milestone):
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="milestone_invoiced",
        zh="“{title}”金额 {amount} 元已经全部开票",
        en="“{title}”: all of its {amount} yuan is invoiced",
        title=Written(milestone.title),
        amount=money.figures(milestone.amount),
        **applicable(milestone.root, now=now),
    )


def invoice_within_milestone(
    milestone: Milestone, *, by: Post, now: datetime.datetime, amount: Decimal, **data: Any
) -> Refusal | None:
    earlier = standing.total(standing.standing_invoices(milestone))
    most = standing.most(milestone)
    if earlier + amount <= most:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="invoice_above_milestone",
        zh="“{title}”金额 {amount} 元，已开票 {earlier} 元，本次最多开 {left} 元",
        en="“{title}” is {amount} yuan, of which {earlier} are invoiced: at most {left} yuan more",
        field="amount",
        title=Written(milestone.title),
        amount=money.figures(most),
        earlier=money.figures(earlier),
        left=money.figures(max(most - earlier, money.ZERO)),
        **applicable(milestone.root, now=now),
    )


def compensates(milestone: Milestone) -> bool:
    """Whether the milestone pays a share of costs: under a contract for research, once there are costs, unless it is an
    incentive."""
    method = procedures.get(milestone.contract.case.procedure)
    return bool(method.compensates) and milestone.due_on != MilestoneDue.SIGNATURE and not milestone.is_incentive


def agreed_share(case: Case) -> Decimal:
    """Which share of research costs the file says is paid (0 to 1); all of them where there is no file that says it."""
    file = solicitation_of(case)
    return file.compensation_rate if file is not None and file.compensation_rate is not None else Decimal(1)


def cost_is_compensated(
    milestone: Milestone, *, by: Post, now: datetime.datetime, amount: Decimal, eligible_cost: Decimal | None, **_: Any
) -> Refusal | None:
    """研发成本补偿按实际成本和约定的补偿比例确定 (财库〔2024〕13号): the agreed share of what research really cost."""
    if not compensates(milestone):
        return None
    case = milestone.contract.case
    key = procedures.get(case.procedure).compensates
    if eligible_cost is None:
        return law.refusal(
            key,
            code="cost_not_stated",
            zh="研发合同按实际成本补偿，请填写实际研发成本",
            en="A research contract compensates costs: state what research really cost",
            field="eligible_cost",
            **applicable(case, now=now),
        )
    rate = agreed_share(case)
    most = compensation(eligible_cost=eligible_cost, agreed_rate=rate)
    if amount <= most:
        return None
    return law.refusal(
        key,
        code="above_the_compensation",
        zh="实际研发成本 {cost} 元按约定比例 {rate} 补偿 {most} 元，不得开票 {amount} 元",
        en="Of a cost of {cost} yuan the agreed share of {rate} is {most} yuan: {amount} yuan is too much",
        field="amount",
        cost=money.figures(eligible_cost),
        rate=f"{rate:.2%}",
        most=money.figures(most),
        amount=money.figures(amount),
        **applicable(case, now=now),
    )


def invoice_number_is_new(
    milestone: Milestone, *, by: Post, now: datetime.datetime, number: str, **data: Any
) -> Refusal | None:
    """One invoice is claimed once, also across contracts of the supplier."""
    if not Invoice.objects.filter(contract__supplier_id=milestone.contract.supplier_id, number=number).exists():
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="invoice_number_used",
        zh="发票 {number} 已经提交过，一张发票只能支付一次",
        en="Invoice {number} was submitted before: an invoice is paid once",
        field="number",
        number=number,
        **applicable(milestone.root, now=now),
    )


def issued_by_today(
    milestone: Milestone, *, by: Post, now: datetime.datetime, issued_on: datetime.date, **data: Any
) -> Refusal | None:
    if issued_on <= calendar.day_of(now):
        return None
    return Refusal(
        "impossible_date", "开票日期不能晚于今天", "The invoice cannot bear a date after today", field="issued_on"
    )


# --- payment requests --------------------------------------------------------------------------------------------


def contract_is_payable(invoice: Invoice, *, by: Post, now: datetime.datetime) -> list[Refusal]:
    """无合同不支付: signed, published and filed, and not ended; so is the amendment to which a milestone belongs."""
    contract = invoice.contract
    rules = (of_contract.signed, of_contract.not_terminated, of_contract.not_closed)
    found = [refusal for rule in rules if (refusal := rule(contract, by=by, now=now))]
    found += of_contract.nothing_holds_it_up(contract, by=by, now=now)
    for code, at, zh, en in (
        ("contract_not_published", contract.published_at, "公告", "published"),
        ("contract_not_filed", contract.filed_at, "备案", "filed"),
    ):
        if at is None:
            found.append(
                law.refusal(
                    "control.no_contract_no_payment",
                    code=code,
                    zh="合同尚未" + zh + "，不得支付",
                    en="The contract has not been " + en + ": nothing may be paid on it",
                    **applicable(contract.case, now=now),
                )
            )
    amendment = invoice.milestone.amendment
    if amendment is not None and amendment.published_at is None:
        found.append(
            law.refusal(
                "control.no_contract_no_payment",
                code="amendment_not_published",
                zh="第 {number} 号合同变更尚未公告，其中增加的金额不得支付",
                en="Amendment {number} has not been published: nothing may be paid on what it adds",
                number=amendment.number,
                **applicable(contract.case, now=now),
            )
        )
    return found


def request_is_payable(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> list[Refusal]:
    """At every later step the contract must still be payable and the milestone's condition still be met."""
    found = contract_is_payable(request.invoice, by=by, now=now)
    unmet = condition_met(request.invoice, by=by, now=now)
    return [*found, unmet] if unmet else found


WAITING = {
    MilestoneDue.DELIVERY: ("供应商尚未报告交付", "the supplier has not reported the delivery"),
    MilestoneDue.ACCEPTANCE: ("尚未验收合格", "it has not been accepted"),
    MilestoneDue.SIGNATURE: ("合同尚未签订", "the contract is not signed"),
}


def condition_met(invoice: Invoice, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """An advance is lawful where the contract has a milestone for it; the rest waits for delivery or acceptance."""
    milestone = invoice.milestone
    if standing.condition_met_at(milestone) is not None:
        return None
    zh, en = WAITING[MilestoneDue(milestone.due_on)]
    return law.refusal(
        "control.no_contract_no_payment",
        code="milestone_not_met",
        zh="“{title}”的付款条件是“{due}”，" + zh + "，不得支付",
        en="“{title}” is not due: " + en,
        title=Written(milestone.title),
        due=milestone.get_due_on_display(),
        **applicable(invoice.root, now=now),
    )


def no_live_request(invoice: Invoice, *, by: Post, now: datetime.datetime) -> Refusal | None:
    request = standing.live_request(invoice)
    if request is None:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="already_requested",
        zh="该发票已于 {requested_on} 申请支付",
        en="Payment of this invoice was requested on {requested_on}",
        requested_on=calendar.day_of(request.requested_at),
        **applicable(invoice.root, now=now),
    )


def request_within_milestone(invoice: Invoice, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """All live requests of a milestone together stay within it, whatever was invoiced and returned before."""
    claimed, most = standing.claimed(invoice.milestone), standing.most(invoice.milestone)
    if claimed + invoice.amount <= most:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="request_above_milestone",
        zh="“{title}”金额 {amount} 元，已申请 {claimed} 元，不能再申请 {more} 元",
        en="“{title}” is {amount} yuan, of which {claimed} are requested: {more} yuan more is too much",
        title=Written(invoice.milestone.title),
        amount=money.figures(most),
        claimed=money.figures(claimed),
        more=money.figures(invoice.amount),
        **applicable(invoice.root, now=now),
    )


def is_open(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Neither paid nor returned."""
    if request.paid_at is not None:
        zh, en, at = "支付", "paid", request.paid_at
    elif request.returned_at is not None:
        zh, en, at = "退回", "returned", request.returned_at
    else:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="request_done",
        zh="该支付申请已于 {done_on} " + zh,
        en="This payment request was " + en + " on {done_on}",
        done_on=calendar.day_of(at),
        **applicable(request.root, now=now),
    )


def not_approved(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if request.approved_at is None:
        return None
    return law.refusal(
        "control.separation",
        code="already_approved",
        zh="该支付申请已于 {done_on} 审核通过",
        en="This payment request was approved on {done_on}",
        done_on=calendar.day_of(request.approved_at),
        **applicable(request.root, now=now),
    )


def approved(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if request.approved_at is not None:
        return None
    return law.refusal(
        "control.separation",
        code="not_approved",
        zh="支付申请尚未经采购人审核",
        en="The buyer has not approved this payment request",
        **applicable(request.root, now=now),
    )


def returned_by_the_right_side(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Before approval the buyer's reviewer returns it; after it, the treasury (whose turn it is, decides)."""
    turn = "treasury_payer" if request.approved_at is not None else "buyer_reviewer"
    if by.role == turn:
        return None
    return law.refusal(
        "control.separation",
        code="not_your_turn",
        zh="该支付申请现由{whose_zh}办理",
        en="This payment request is now with {whose_en}",
        whose_zh="国库支付岗位" if request.approved_at else "采购人审核岗位",
        whose_en="the treasury" if request.approved_at else "the buyer's reviewer",
        **applicable(request.root, now=now),
    )


# --- the order of a payment --------------------------------------------------------------------------------------


def is_paid(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if request.paid_at is not None:
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="not_paid",
        zh="尚未支付，没有支付凭证",
        en="Nothing is paid yet: there is no payment order",
        **applicable(request.root, now=now),
    )


def says_what_was_paid(request: PaymentRequest, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """There is no paper of a sum that the ledger did not pay."""
    if is_what_was_paid(request):
        return None
    return law.refusal(
        "control.no_contract_no_payment",
        code="payment_changed",
        zh="支付申请的金额与资金账上的支付或者发票不符，不得使用；请报告财政部门",
        en="The request does not name the sum that the ledger paid or the invoice asked: it must not be used; report it"
        " to the treasury",
        **applicable(request.root, now=now),
    )
