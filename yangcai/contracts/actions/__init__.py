"""What may be done on a contract, from its draft to its closing?"""

from yangcai.contracts.actions.acceptance import record_acceptance, report_delivery
from yangcai.contracts.actions.amendment import amend_contract, publish_amendment, terminate_contract
from yangcai.contracts.actions.closing import close_contract
from yangcai.contracts.actions.compensation import settle_costs
from yangcai.contracts.actions.contract import draft_contract, file_contract, publish_contract, sign_contract
from yangcai.contracts.actions.disclosure import disclose_overdue
from yangcai.contracts.actions.first_purchase import begin_review, buy_product
from yangcai.contracts.actions.outside_contract import copy_contract
from yangcai.contracts.actions.paper import issue_contract_paper
from yangcai.contracts.actions.payment import (
    approve_payment,
    pay_payment,
    request_payment,
    return_payment,
    submit_invoice,
)
from yangcai.contracts.actions.payment_paper import issue_payment_paper
from yangcai.contracts.actions.receivable import confirm_receivable, request_receivable

__all__ = [
    "amend_contract",
    "approve_payment",
    "begin_review",
    "buy_product",
    "close_contract",
    "confirm_receivable",
    "copy_contract",
    "disclose_overdue",
    "draft_contract",
    "file_contract",
    "issue_contract_paper",
    "issue_payment_paper",
    "pay_payment",
    "publish_amendment",
    "publish_contract",
    "record_acceptance",
    "report_delivery",
    "request_payment",
    "request_receivable",
    "return_payment",
    "settle_costs",
    "sign_contract",
    "submit_invoice",
    "terminate_contract",
]
