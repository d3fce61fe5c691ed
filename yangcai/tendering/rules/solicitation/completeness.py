"""Does the document say everything that it has to?"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from yangcai.cases.models import Case, EvaluationMethod, Lot
from yangcai.cases.rules import applicable, refuse
from yangcai.kernel.refusals import Refusal
from yangcai.tendering.models import Criterion, PaymentTerm, Solicitation
from yangcai.tendering.rules.solicitation.contract import contracts_are_described

#: functions(case, now) -> what else a file must say, by which later apps add to it (the terms of a framework agreement)
ALSO_COMPLETE: list[Callable[..., Iterable[Refusal]]] = []


def is_complete(subject: Case, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """采购文件应当包括的内容 (87号令 art. 20): every missing part at once."""
    on = applicable(subject, now=now)
    missing: list[Refusal] = []

    def need(condition: bool, key: str, code: str, zh: str, en: str, **facts: Any) -> None:
        if not condition:
            missing.append(refuse(key, code=code, zh=zh, en=en, **facts, **on))

    need(
        Solicitation.objects.filter(case=subject).exists(),
        "solicitation.content",
        "no_solicitation",
        "采购文件尚未编制",
        "The solicitation document has not been drafted",
    )
    need(
        PaymentTerm.objects.filter(case=subject).exists(),
        "solicitation.contract_terms",
        "no_payment_terms",
        "尚未设定付款安排",
        "The payment terms have not been set",
    )
    for lot in _lots(subject):
        need(
            lot.evaluation_method != EvaluationMethod.RATED
            or lot.follows_id is not None
            or Criterion.objects.filter(lot=lot).exists(),
            "evaluation.factors",
            "no_criteria",
            "采购包 {lot} 尚未设定评审因素",
            "Lot {lot} has no criteria",
            lot=lot.number,
        )
    missing += contracts_are_described(subject, now=now)
    return missing + [refusal for also in ALSO_COMPLETE for refusal in also(subject, now=now)]


def _lots(case: Case) -> Iterable[Lot]:
    return Lot.objects.filter(case=case).order_by("number")
