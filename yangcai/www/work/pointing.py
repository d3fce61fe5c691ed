"""Which sentences of a plan or of a file may point to one product? Shown to who sends it on, and to who checks it.

What is evident was refused where it was written; what may as well be a standard, or a thing that is there already, is
for people to judge (planning/designations.py).
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from yangcai import law, procedures
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.kernel.refusals import in_chinese
from yangcai.planning import designations, phrases
from yangcai.planning.models import PlanItem
from yangcai.planning.rules import base
from yangcai.planning.rules.sentences import allowed
from yangcai.planning.rules.wording import TEXTS
from yangcai.procedures.procedure import Invite
from yangcai.tendering import method
from yangcai.tendering.models import Clause, Solicitation
from yangcai.www import formats
from yangcai.www.work import tables
from yangcai.www.work.tables import Cell, Column, Line, Table

#: Where a text goes to the next person, or out.
OF_PLAN = frozenset({"plan.submit", "plan.review"})
OF_FILE = frozenset({"solicitation.confirm", "invitation.publish"})
#: (where it stands, the text, whether it is a name)
Text = tuple[str, str, bool]


def table(code: str, subject: Any, *, now: datetime.datetime) -> Table | None:
    """The places, each with the reason and the article; None without, and where one product has to be named."""
    if code in OF_PLAN and isinstance(subject, PlanItem):
        found, how, here = _of_plan(subject), procedures.get(subject.procedure), base.place(subject.buyer, now=now)
        stands = allowed(subject.appropriation)
    elif code in OF_FILE and isinstance(subject, Case):
        found, how, here = _of_file(subject), method.of(subject), applicable(subject, now=now)
        stands = allowed(subject.plan_item.appropriation)
    else:
        return None
    if Invite.NAMED in how.invites or how.draws_on:
        return None
    article = law.cite("solicitation.no_pointing", **here).text
    lines = [
        Line([Cell(where), Cell(words.quoted, is_data=True), Cell(_reason(why)), Cell(article)])
        for where, text, is_name in found
        for why, words in phrases.doubtful(text, is_name=is_name, allowed=stands)
    ]
    labels = (_("位置"), _("原文"), _("提示原因"), _("依据"))
    title = _("可能指向特定产品的表述")
    return Table(title, [Column(formats.titled(label)) for label in labels], lines) if lines else None


def _reason(code: str) -> str:
    zh, en = designations.REASONS[code]
    return zh if in_chinese() else en


def _of_plan(item: PlanItem) -> Iterator[Text]:
    yield tables.label(PlanItem, "title"), item.title, True
    requirement = getattr(item, "requirement", None)
    for name in TEXTS[1:] if requirement is not None else ():
        yield tables.label(type(requirement), name), getattr(requirement, name), False


def _of_file(case: Case) -> Iterator[Text]:
    file = Solicitation.objects.filter(case=case).first()
    for name in ("requirement", "contract_terms", "core_product") if file else ():
        yield tables.label(Solicitation, name), getattr(file, name), name == "core_product"
    for lot in case.lots.order_by("number"):
        yield _("采购包"), lot.title, True
        yield tables.label(type(lot), "core_product"), lot.core_product, True
    for clause in Clause.objects.filter(case=case):
        yield f"{clause.get_kind_display()} {clause.number}", clause.text, False
