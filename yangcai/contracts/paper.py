"""What exactly do the two parties sign, and who has signed it?"""

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from yangcai.contracts.models import Contract
from yangcai.kernel import money, papers
from yangcai.kernel.encoding import digest, jcs
from yangcai.kernel.signatures.subjects import Signature, Subject
from yangcai.parties.models import Organisation

FEN = 100


def facts(contract: Contract) -> dict[str, Any]:
    """Everything that the parties agree on, as they signed it: amendments came later and are papers of their own.
    Money in fen, as the canonical form wants it (SBP/1 §2.2)."""
    added = contract.amendments.aggregate(sum=Sum("amount_change"))["sum"] or money.ZERO
    return {
        "number": contract.number,
        "title": contract.title,
        "case": contract.case.number,
        "buyer": _party(contract.buyer),
        "supplier": _party(contract.supplier),
        "amount": _fen(contract.amount - added),
        "items": [
            {
                "number": one.number,
                "item": one.item,
                "specification": one.specification,
                "quantity": None if one.quantity is None else str(one.quantity),
                "unit_price": None if one.unit_price is None else _fen(one.unit_price),
                "amount": _fen(one.amount),
            }
            for one in contract.items.all()
        ],
        "milestones": [
            {"number": one.number, "title": one.title, "due_on": one.due_on, "amount": _fen(one.amount)}
            for one in contract.milestones.filter(amendment=None)
        ],
        "terms": contract.terms,
        "delivery": contract.delivery,
        "payment_days": contract.payment_days,
        "acceptance_days": contract.acceptance_days,
        "performance_security": _fen(contract.performance_security),
        "for_sme": contract.for_sme,
    }


def digest_of(contract: Contract) -> str:
    """SHA-256 (hex) of what the parties agree on, in its canonical form."""
    return digest(jcs(facts(contract))).hex()


def is_unchanged(contract: Contract) -> bool:
    """Whether the contract still says what was signed."""
    return bool(contract.digest) and digest_of(contract) == contract.digest


def signatures(contract: Contract) -> list[Signature]:
    """One of each party, in the order in which they signed, each naming the digest and the Entry that is the act."""
    acts = papers.acts(contract, code="contract.sign")
    parties = {one.pk: one for one in (contract.buyer, contract.supplier)}
    made = []
    for entry in acts:
        party = parties[entry.organisation_id]
        reason = f"签订采购合同 {contract.number}，内容摘要 SHA-256 {contract.digest}，留痕 {entry.hash[:16]}"
        made.append(Signature(Subject(party.name, party.name, party.uscc or ""), reason, entry.at))
    return made


def _party(organisation: Organisation) -> dict[str, str]:
    return {"name": organisation.name, "uscc": organisation.uscc or ""}


def _fen(amount: Decimal) -> int:
    return int(amount * FEN)
