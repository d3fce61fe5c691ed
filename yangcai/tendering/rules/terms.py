"""Is the evaluation of every lot lawful as a whole, by the law of the day of publication?"""

import datetime
from dataclasses import replace
from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case, Lot, Stage
from yangcai.kernel.refusals import Refusal
from yangcai.procedures import evaluation
from yangcai.tendering import arithmetic, method, weights
from yangcai.tendering.rules.solicitation.completeness import is_complete


def terms_are_lawful(subject: Case, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """Each form checked its own rows on its own day; the law, the lots or the rates may have changed since."""
    if not method.has(subject, Stage.SUBMISSION) or is_complete(subject, by=by, now=now):
        return []  # what is missing is said by that rule
    procedure = procedures.get(subject.procedure)
    found = [
        refusal
        for lot in subject.lots.filter(follows__isnull=True).order_by("number")
        for refusal in evaluation.check_terms(terms=_terms(lot, now=now), procedure=procedure)
    ]
    return list(dict.fromkeys(found))


def _terms(lot: Lot, *, now: datetime.datetime) -> evaluation.Terms:
    """With the weight of price that the treasury consented to: the check alone asks for it, no evaluation does."""
    consent = weights.consented(lot)
    return replace(arithmetic.terms(lot, now=now), consented_weight=consent.weight if consent else None)
