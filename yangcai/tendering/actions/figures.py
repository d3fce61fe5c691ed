"""What does the committee read in a bid where the bid declares a figure to be counted?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.kernel.numbers import bare
from yangcai.parties.roles import Role
from yangcai.tendering import blind
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import OfferedFigure
from yangcai.tendering.rules import covers
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import figures as rules
from yangcai.tendering.rules.evaluation import responsiveness


class FoundRow(forms.Form):
    figure = forms.IntegerField(label=_("评分指标"))
    found = forms.DecimalField(label=_("核实数值"), min_value=0, max_digits=16, decimal_places=4)
    reason = TextField(label=_("理由"), max_length=500)
    page = TextField(label=_("页码"), required=False)


class FindFigures(Input):
    rows = RowsField(FoundRow, label=_("与承诺不符的数值"), min_rows=1, max_rows=1000, blank=1)

    def scope(self) -> None:
        """Every declared figure of the lot, with its bidder."""
        if not isinstance(self.subject, Lot):
            return
        choices = [
            (
                one.pk,
                f"{blind.name_for(one.opened_bid, self.by)}，{one.criterion.title}：{bare(one.declared)}",
            )
            for one in OfferedFigure.objects.filter(opened_bid__lot=self.subject)
            .select_related("opened_bid__supplier", "opened_bid__lot__case", "criterion")
            .order_by("pk")
        ]
        narrow(self.fields["rows"], figure=choices)


@action(
    "figures.find",
    zh="核实评分指标",
    en="Check the declared figures",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    only=(rules.something_is_counted,),
    needs=(
        seats.sits,
        seats.chairs,
        responsiveness.responsiveness_found,
        responsiveness.not_failed,
        rules.nothing_is_computed_yet,
        covers.technical_is_open,
    ),
    checks=(rules.each_figure_once,),
    input=FindFigures,
    sentence=("{post}核实了按公式计分的数值", "{post} checked the figures that are counted by formula"),
    is_public=False,
    cites=("evaluation.intervals", "evaluation.corrections"),
    hint=(
        "投标文件的证明与承诺数值不符的，记录核实数值和理由；没有记录的按承诺数值计分，对全部评委一致",
        "Where the proof in a bid does not bear the figure out, record what it says and why; else the declared figure"
        " counts, for every member alike",
    ),
)
def find_figures(lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """From here on these figures are counted."""
    for row in rows:
        OfferedFigure.objects.filter(pk=row["figure"]).update(
            found=row["found"], reason=row["reason"], page=row["page"], found_at=now
        )
