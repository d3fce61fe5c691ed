"""Which consumables are priced with the equipment of a lot, and for how many years?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.frameworks.models import Framework
from yangcai.frameworks.rules import consumables as rules
from yangcai.frameworks.rules.terms import is_first_stage
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.roles import Role
from yangcai.tendering.actions.solicitation import unconfirm
from yangcai.tendering.models import Consumable


class ConsumableRow(forms.Form):
    item = TextField(label=_("专用耗材"))
    unit = TextField(label=_("计量单位"))
    quantity = forms.DecimalField(
        label=_("约定期限内每台用量"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )


class DefineConsumables(Input):
    years = forms.IntegerField(label=_("约定期限（年）"), min_value=1, max_value=20)
    rows = RowsField(ConsumableRow, label=_("专用耗材"), min_rows=1, max_rows=100)

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            listed = Consumable.objects.filter(lot=self.subject)
            self.fields["rows"].initial = list(listed.values(*ConsumableRow.base_fields))
            written = Framework.objects.filter(lot=self.subject).first()
            self.fields["years"].initial = written and written.consumables_years


@action(
    "consumables.define",
    zh="列明专用耗材",
    en="List the consumables",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    only=(is_first_stage,),
    needs=(runs_the_case, rules.terms_are_set),
    checks=(rules.for_years_enough, rules.each_is_listed_once),
    input=DefineConsumables,
    sentence=("{post}列明了专用耗材", "{post} listed the consumables"),
    is_public=False,
    cites=("framework.consumables", "framework.consumables_years", "framework.consumables_bound"),
    hint=(
        "供应商逐项报价；评审价为响应单价加约定期限内每台设备的耗材成本，入围后按不高于报价供应",
        "Each is priced; the evaluated price is the unit price and what one piece uses up in those years, and the"
        " entrant supplies at no more than its price",
    ),
)
def define_consumables(lot: Lot, *, by: Any, now: datetime.datetime, years: int, rows: list[dict[str, Any]]) -> None:
    """Replace the list; a confirmed file is confirmed again."""
    Framework.objects.filter(lot=lot).update(consumables_years=years)
    Consumable.objects.filter(lot=lot).delete()
    Consumable.objects.bulk_create(Consumable(lot=lot, number=n, **row) for n, row in enumerate(rows, start=1))
    unconfirm(lot.case)
