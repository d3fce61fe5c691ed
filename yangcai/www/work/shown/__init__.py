"""What of each kind of row stands on a page? One module per noun, put in the order of a case's life here.

A row appears only where its scope lets the reader see it; a column that is empty everywhere is left out.
"""

from typing import Any

from django.db import models

from yangcai.www.work.shown.agreements import ENTRANTS, TERMS
from yangcai.www.work.shown.articles import ARTICLES
from yangcai.www.work.shown.bids import BIDS
from yangcai.www.work.shown.cases import ASIDE, CASES
from yangcai.www.work.shown.contracts import AWARDS, CONTRACTS
from yangcai.www.work.shown.documents import CONTENT, LOTS, OBJECTIONS, UNTIL_BIDS
from yangcai.www.work.shown.enquiries import PUBLIC_ENQUIRIES
from yangcai.www.work.shown.judges import JUDGES
from yangcai.www.work.shown.kind import Kind
from yangcai.www.work.shown.parties import OF_EXPERT, OF_ORGANISATION, PARTIES
from yangcai.www.work.shown.plans import OF_METHOD, PLANS
from yangcai.www.work.shown.prequalification import OF_PREQUALIFICATION, PREQUALIFICATIONS

#: What stands under a case, in the order in which it comes about.
OF_CASE: tuple[Kind, ...] = (
    *LOTS,
    *TERMS,
    *CONTENT,
    *UNTIL_BIDS,
    *BIDS,
    *JUDGES,
    *ENTRANTS,
    *AWARDS,
    *CONTRACTS,
    OBJECTIONS,
    *ASIDE,
)

ROOTS: tuple[Kind, ...] = (
    *CASES,
    *PLANS,
    *PREQUALIFICATIONS,
    *PARTIES,
    *ARTICLES,
    *PUBLIC_ENQUIRIES,
)

KINDS: dict[type[models.Model], Kind] = {
    kind.model: kind for kind in (*OF_CASE, *OF_ORGANISATION, *OF_METHOD, *OF_PREQUALIFICATION, *OF_EXPERT, *ROOTS)
}


def kind_of(row: Any) -> Kind | None:
    return KINDS.get(type(row))
