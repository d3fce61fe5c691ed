"""Who stands behind a payment order (资金支付凭证), and was that sum paid that it names?"""

from yangcai.contracts.models import PaymentRequest
from yangcai.funds import queries as ledger
from yangcai.kernel import money, papers
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Organisation

#: The buyer agrees to a payment, the treasury makes it.
ACTS = (("payment.approve", "审核支付"), ("payment.pay", "支付"))


def signatures(request: PaymentRequest) -> list[Signature]:
    """One of the buyer and one of the treasury, in the order of their acts; each names the payment in full and the
    Entry that is the act."""
    entries = [(entry, said) for code, said in ACTS for entry in papers.acts(request, code=code)]
    parties = Organisation.objects.in_bulk([entry.organisation_id for entry, _said in entries])
    paid = f"合同 {request.contract.number} 发票 {request.invoice.number} 款项 {money.figures(request.amount)} 元"
    made = []
    for entry, said in entries:
        party = parties[entry.organisation_id]
        subject = Subject(party.name, party.name, party.uscc or "")
        made.append(Signature(subject, f"{said}{paid}，留痕 {entry.hash[:16]}", entry.at))
    return made


def is_what_was_paid(request: PaymentRequest) -> bool:
    """Whether the ledger moved exactly the sum that the request names, as its invoice does."""
    return ledger.paid_on(request.ref) == [request.amount] == [request.invoice.amount]
