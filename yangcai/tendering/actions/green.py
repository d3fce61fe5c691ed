"""Which products of the purchase stand on the state's lists of energy-saving and environmental-label products?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.tendering.actions.solicitation import ROLES, unconfirm
from yangcai.tendering.clauses import write_clauses
from yangcai.tendering.models import GreenKind, GreenProduct, Solicitation


class GreenRow(forms.Form):
    product = TextField(label=_("产品"), help_text=_("品目清单中的名称"))
    kind = forms.ChoiceField(label=_("政策要求"), choices=GreenKind.choices)
    lot = TextField(label=_("包号"), required=False, help_text=_("留空适用于所有采购包"))


class DefineGreenProducts(Input):
    rows = RowsField(GreenRow, label=_("节能环保产品"), max_rows=200)

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            own = GreenProduct.objects.filter(case=self.subject).select_related("lot")
            self.fields["rows"].initial = [
                {"product": one.product, "kind": one.kind, "lot": one.lot.number if one.lot else ""} for one in own
            ]

    def clean_rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.cleaned_data["rows"]
        known = dict(Lot.objects.filter(case=self.subject).values_list("number", "pk"))
        for number, row in enumerate(rows, start=1):
            if row["lot"] and row["lot"] not in known:
                raise forms.ValidationError(
                    _("第 %(row)s 行：没有采购包“%(lot)s”"),
                    code="unknown_lot",
                    params={"row": number, "lot": row["lot"]},
                )
        return [{**row, "lot": known.get(row["lot"])} for row in rows]


@action(
    "green_products.define",
    zh="列明节能环保产品",
    en="List the green products",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    input=DefineGreenProducts,
    sentence=("{post}列明了节能产品和环境标志产品", "{post} listed energy-saving and environmental-label products"),
    is_public=False,
    cites=("solicitation.green_products", "green.mandatory", "green.preference", "green.certificate"),
    hint=(
        "强制采购的节能产品自动写入实质性要求；优先采购的，在采购文件中规定价格扣除或者评审因素",
        "What is mandatory becomes a substantive requirement; for what is preferred the document sets the preference",
    ),
)
def define_green_products(case: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Make these the listed products and no others; the statutory clauses follow them."""
    GreenProduct.objects.filter(case=case).delete()
    GreenProduct.objects.bulk_create(
        GreenProduct(case=case, product=row["product"], kind=row["kind"], lot_id=row["lot"]) for row in rows
    )
    write_clauses(case, solicitation=Solicitation.objects.filter(case=case).first())
    unconfirm(case)
