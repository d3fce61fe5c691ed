"""When is a contract, and with the last one the case, at its end? Accepted, settled, nothing left over."""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, CaseEnd, Lot
from yangcai.contracts import standing
from yangcai.contracts.models import Contract
from yangcai.contracts.rules import acceptance as of_acceptance
from yangcai.contracts.rules import contract as rules
from yangcai.funds import actions as ledger
from yangcai.funds.models import Fund
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


class CloseContract(Input):
    settlement = TextField(label=_("结算说明"), lines=3, required=False, help_text=_("有余款不再支付时，写明理由"))


@action(
    "contract.close",
    zh="合同结项",
    en="Close the contract",
    on=Contract,
    by={Role.BUYER_OFFICER},
    needs=(
        rules.signed,
        rules.not_terminated,
        rules.not_closed,
        of_acceptance.finally_accepted,
        rules.nothing_in_payment,
        of_acceptance.no_open_invoice,
    ),
    checks=(of_acceptance.remainder_explained,),
    input=CloseContract,
    sentence=("{post}办理了合同结项", "{post} closed the contract"),
    cites=("control.no_acceptance_no_closing", "acceptance.by_buyer"),
    hint=(
        "结项后余款退回采购计划；全部采购包办结时，采购项目同时结束，剩余预留资金退回预算",
        "What is left goes back to the plan; with the last lot the case ends and its reservation returns to the budget",
    ),
)
def close_contract(contract: Contract, *, by: Post, now: datetime.datetime, settlement: str) -> Contract:
    """Close on the contract's own final acceptance; with the last lot the case ends."""
    left = Fund.objects.get(pk=contract.committed_fund_id)
    if left.balance:
        ledger.release_commitment(fund=left, amount=left.balance, now=now, ground=contract.ref)
    contract.closed_at, contract.closing_acceptance = now, standing.final_acceptance(contract)
    contract.save(update_fields=["closed_at", "closing_acceptance"])
    end_case_when_over(contract.case, now=now)
    return contract


def after_the_last_lot_failed(lot: Lot, *, by: Post, now: datetime.datetime) -> None:
    """The other lots' contracts may have been closed long before the last lot failed."""
    end_case_when_over(Case.objects.get(pk=lot.case_id), now=now)


def end_case_when_over(case: Case, *, now: datetime.datetime) -> None:
    """End the case when no lot is open any more, and give the rest of its reservation back to the budget."""
    if case.ended_at is not None or not standing.all_lots_over(case):
        return
    closed = Contract.objects.filter(case=case, closed_at__isnull=False).exists()
    periods.end(case, at=now, kind=CaseEnd.CLOSED if closed else CaseEnd.TERMINATED, reason="")
    left = Fund.objects.get(pk=case.plan_item.reserved_fund_id)
    if left.balance:
        ledger.release_reservation(fund=left, amount=left.balance, now=now, ground=case.ref)
