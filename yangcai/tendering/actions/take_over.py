"""How does a purchase of lots that failed before begin with the document that there was of them?"""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input
from yangcai.tendering.actions.solicitation import ROLES
from yangcai.tendering.copying import copy_document
from yangcai.tendering.models import Solicitation
from yangcai.tendering.rules import taking_over as rules


class TakeOverDocument(Input):
    lots = forms.ModelMultipleChoiceField(
        label=_("沿用的采购包"),
        queryset=Lot.objects.none(),
        help_text=_("前次采购中废标并已解除预留的采购包；其他采购包的内容不带入"),
    )

    def scope(self) -> None:
        """The lots that were released for the plan of this case, all of them chosen at first."""
        if not isinstance(self.subject, Case):
            return
        found = [lot.pk for lot in rules.released_lots(self.subject)]
        field = self.fields["lots"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Lot.objects.filter(pk__in=found).select_related("case").order_by("pk")
        field.initial = found


@action(
    "solicitation.take_over",
    zh="沿用前次采购文件",
    en="Take over the earlier document",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    only=(rules.renews_released_lots,),
    needs=(runs_the_case, rules.nothing_is_written),
    checks=(rules.fits_the_plan,),
    input=TakeOverDocument,
    sentence=("{post}沿用前次采购文件开始编制采购文件", "{post} began the document with the earlier one"),
    is_public=False,
    cites=("evaluation.retender", "solicitation.redo", "solicitation.content"),
    hint=(
        "带入废标采购包的采购需求、评审因素、审查条款和付款安排，供修改；采购人须重新确认，系统不会自行确认",
        "Brings what was asked, scored, examined and paid of the failed lots, to be amended; nothing is confirmed by"
        " itself, the buyer confirms it anew",
    ),
)
def take_over_document(case: Case, *, by: Any, now: datetime.datetime, lots: Iterable[Lot]) -> Solicitation:
    """The draft of this case, of these lots alone, as the first case's document says; it names where it comes from."""
    earlier = case.predecessor
    assert earlier is not None  # it procures lots of an earlier case again
    Lot.objects.filter(case=case).delete()
    made = copy_document(earlier, to=case, lots=lots, now=now, **rules.set_aside_anew(case, earlier))
    assert made is not None  # the rules want a document
    return made
