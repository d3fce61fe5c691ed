"""By what is a bid checked and judged? Lots, clauses and criteria of the solicitation document."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, EvaluationMethod, Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MoneyField, RowsField, ShareField, TextField
from yangcai.kernel.refusals import in_chinese
from yangcai.planning.models import SetAside
from yangcai.procedures import PROCEDURES
from yangcai.procedures.evaluation.point_formula import POINT_FORMULAS, TableError, parse, written
from yangcai.tendering.actions.solicitation import ROLES, unconfirm
from yangcai.tendering.clauses import write_clauses
from yangcai.tendering.models import (
    Clause,
    ClauseKind,
    Criterion,
    CriterionKind,
    Solicitation,
)
from yangcai.tendering.rules import lots, samples, visits
from yangcai.tendering.rules.prequalification.announced import clauses_stay_announced, lots_stay_announced
from yangcai.tendering.rules.solicitation import criteria, point_formulas, wording


class LotRow(forms.Form):
    number = TextField(label=_("包号"))
    title = TextField(label=_("名称"))
    budget = MoneyField(label=_("预算金额"), min_value=Decimal("0.01"))
    ceiling = MoneyField(label=_("最高限价"), min_value=Decimal("0.01"), required=False)
    evaluation_method = forms.ChoiceField(label=_("评审方法"), choices=EvaluationMethod.choices)
    core_product = TextField(label=_("核心产品"), required=False, help_text=_("各包不同的在此填写"))
    is_information_system = forms.BooleanField(label=_("政务信息系统项目"), required=False)
    award_order = forms.IntegerField(
        label=_("定标次序"), min_value=1, max_value=200, required=False, help_text=_("不填时按包号先后")
    )
    follows = TextField(
        label=_("随同评审的包号"),
        required=False,
        help_text=_("该包不另行投标，按所填采购包的评审结果由下一名供应商成交；限于可以确定多家供应商的采购方式"),
    )
    set_aside = forms.ChoiceField(label=_("预留份额"), choices=[("", "—"), *SetAside.choices], required=False)
    set_aside_share = ShareField(label=_("中小企业合同份额"), help_text=_("要求联合体或者合同分包的，如 0.30"))
    for_small_micro = forms.BooleanField(label=_("预留部分限于小微企业"), required=False)


class DefineLots(Input):
    rows = RowsField(LotRow, label=_("采购包"), min_rows=1, max_rows=200)

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            found = Lot.objects.filter(case=self.subject).order_by("pk")
            columns = [name for name in LotRow.base_fields if name != "follows"]
            rows = list(found.values(*columns, follows_number=F("follows__number")))
            for row in rows:
                row["follows"] = row.pop("follows_number") or ""
                row["award_order"] = row["award_order"] or None  # none is kept as 0, which nobody could send back
            self.fields["rows"].initial = rows

    def clean_rows(self) -> list[dict[str, Any]]:
        """A lot that says nothing goes with a purchase that is set aside as a whole, else it is not set aside."""
        rows: list[dict[str, Any]] = self.cleaned_data["rows"]
        usual = SetAside.WHOLE if self.subject.set_aside == SetAside.WHOLE else SetAside.NONE
        for row in rows:
            row["set_aside"] = row["set_aside"] or usual
            row["award_order"] = row["award_order"] or 0
            row["set_aside_share"] = row["set_aside_share"] or Decimal(0)
        return rows


@action(
    "lots.define",
    zh="划分采购包",
    en="Define the lots",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    checks=(
        lots.lots_within_budget,
        lots.dropped_lots_are_bare,
        lots.orders_differ,
        lots.followers_are_lawful,
        lots.set_aside_has_its_share,
        lots.lots_keep_the_planned_share,
        wording.names_are_lawful,
        lots_stay_announced,
    ),
    input=DefineLots,
    sentence=("{post}划分了采购包", "{post} defined the lots"),
    is_public=False,
    cites=(
        "solicitation.ceiling",
        "solicitation.budget",
        "set_aside.ways",
        "set_aside.partner_share",
        "correction.subject",
    ),
    hint=(
        "包号相同的保留其评审因素；删去的包连同其评审因素和专属条款一并删除，其他内容须先撤销；预留份额按采购计划分到各包",
        "A lot that keeps its number keeps its criteria; a lot left out takes its criteria and clauses with it,"
        " anything else of it is taken back first. What"
        " the plan sets aside is set aside in lots",
    ),
)
def define_lots(case: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Make the lots of the case these and no others."""
    gone = Lot.objects.filter(case=case).exclude(number__in=[row["number"] for row in rows])
    Criterion.objects.filter(lot__in=gone).delete()
    Clause.objects.filter(lot__in=gone).delete()
    Lot.objects.filter(case=case, follows__in=gone).update(follows=None)
    gone.delete()
    known: dict[str, Lot] = {}
    for row in sorted(rows, key=lambda row: bool(row["follows"])):
        values = {**row, "follows": known[row["follows"]] if row["follows"] else None}
        lot, _made = Lot.objects.update_or_create(case=case, number=values.pop("number"), defaults=values)
        known[lot.number] = lot
        if lot.evaluation_method != EvaluationMethod.RATED or lot.follows_id is not None:
            Criterion.objects.filter(lot=lot).delete()
    write_clauses(case, solicitation=Solicitation.objects.filter(case=case).first())
    unconfirm(case)


class ClauseRow(forms.Form):
    kind = forms.ChoiceField(label=_("种类"), choices=ClauseKind.choices)
    text = TextField(label=_("内容"), lines=2)
    lot = TextField(label=_("包号"), required=False, help_text=_("留空适用于所有采购包"))


class DefineClauses(Input):
    rows = RowsField(ClauseRow, label=_("资格要求和实质性要求"), max_rows=500)

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            own = Clause.objects.filter(case=self.subject, is_statutory=False).select_related("lot")
            self.fields["rows"].initial = [
                {"kind": c.kind, "text": c.text, "lot": c.lot.number if c.lot else ""} for c in own
            ]

    def clean_rows(self) -> list[dict[str, Any]]:
        rows = self.cleaned_data["rows"]
        known = set(Lot.objects.filter(case=self.subject).values_list("number", flat=True))
        for number, row in enumerate(rows, start=1):
            if row["lot"] and row["lot"] not in known:
                raise forms.ValidationError(
                    _("第 %(row)s 行：没有采购包“%(lot)s”"),
                    code="unknown_lot",
                    params={"row": number, "lot": row["lot"]},
                )
        return rows


@action(
    "clauses.define",
    zh="设定资格和实质性要求",
    en="Define the requirements",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    checks=(
        wording.clauses_are_lawful,
        clauses_stay_announced,
        visits.clauses_keep_nobody_out,
        samples.clauses_leave_the_result,
    ),
    input=DefineClauses,
    sentence=("{post}设定了资格和实质性要求", "{post} defined the requirements"),
    is_public=False,
    cites=(
        "qualification.conditions",
        "qualification.banned_conditions",
        "requirement.competition_review",
        "qualification.prior_service",
        "solicitation.substantive",
        "correction.subject",
        "requirement.similar_contracts",
        "site_visit.no_condition",
        "samples.no_change_of_result",
    ),
    hint=(
        "政府采购法第二十二条的法定条件由系统自动写入，不必重复填写",
        "The statutory conditions of the Procurement Law are added automatically",
    ),
)
def define_clauses(case: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Replace the buyer's own clauses; the statutory ones stay."""
    known = dict(Lot.objects.filter(case=case).values_list("number", "pk"))
    own = [(row["kind"], row["text"], known.get(row["lot"])) for row in rows]
    write_clauses(case, solicitation=Solicitation.objects.filter(case=case).first(), own=own)
    unconfirm(case)


def formulas() -> list[tuple[str, str]]:
    """Empty: the members score. A named one: the points are counted from a figure that each bid declares."""
    return [("", "—"), *((one.code, one.name) for one in POINT_FORMULAS.values())]


class CriterionRow(forms.Form):
    code = TextField(label=_("编号"))
    kind = forms.ChoiceField(label=_("种类"), choices=CriterionKind.choices)
    title = TextField(label=_("评审因素"))
    standard = TextField(label=_("评分标准"), lines=2, required=False)
    weight = forms.DecimalField(label=_("分值"), min_value=Decimal("0.01"), max_value=100, decimal_places=2)
    is_objective = forms.BooleanField(label=_("客观分"), required=False)
    formula = forms.ChoiceField(label=_("计分公式"), choices=formulas, required=False)
    figure = TextField(label=_("计分指标"), required=False, help_text=_("投标人填写的数值，如质保期"))
    unit = TextField(label=_("计量单位"), required=False)
    points_table = TextField(label=_("计分表"), required=False, help_text=_("数值=分值，如 12=0；24=10"))


class DefineCriteria(Input):
    rows = RowsField(CriterionRow, label=_("评审因素"), min_rows=1, max_rows=100)
    is_information_system = forms.BooleanField(
        label=_("政务信息系统项目"), required=False, help_text=_("价格分值为国家规定的固定比例")
    )

    def clean_rows(self) -> list[dict[str, Any]]:
        """A table of points is kept in one way of writing it."""
        rows: list[dict[str, Any]] = self.cleaned_data["rows"]
        for number, row in enumerate(rows, start=1):
            if row["formula"]:
                try:
                    row["points_table"] = written(parse(row["points_table"]))
                except TableError as error:
                    raise forms.ValidationError(
                        _("第 %(row)s 行：%(fault)s"),
                        code="points_table",
                        params={"row": number, "fault": error.zh if in_chinese() else error.en},
                    ) from error
        return rows

    def scope(self) -> None:
        if isinstance(self.subject, Lot):
            criteria = Criterion.objects.filter(lot=self.subject)
            self.fields["rows"].initial = list(criteria.values(*CriterionRow.base_fields))
            self.fields["is_information_system"].initial = self.subject.is_information_system


@action(
    "criteria.define",
    zh="设定评审因素",
    en="Define the criteria",
    on=Lot,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case, criteria.lot_is_rated, criteria.lot_is_judged_itself),
    checks=(
        criteria.weights_add_up,
        criteria.standards_fit_the_weights,
        criteria.one_price_criterion,
        criteria.price_weighs_enough,
        criteria.merit_weighs_enough,
        criteria.quality_is_scored_alone,
        criteria.criteria_are_no_conditions,
        point_formulas.formulas_count_the_points,
        visits.criteria_keep_nobody_out,
    ),
    input=DefineCriteria,
    sentence=("{post}设定了评审因素", "{post} defined the criteria"),
    is_public=False,
    cites=(
        "evaluation.factors",
        "evaluation.intervals",
        "evaluation.total",
        "evaluation.price_score",
        *dict.fromkeys(key for one in PROCEDURES.values() for _category, key in one.price_weights),
        *dict.fromkeys(one.weight_consent for one in PROCEDURES.values() if one.weight_consent),
        *dict.fromkeys(one.merit_weight for one in PROCEDURES.values() if one.merit_weight),
        *dict.fromkeys(one.rates_quality for one in PROCEDURES.values() if one.rates_quality),
    ),
    hint=(
        "分值合计 100 分；评审因素应当细化量化，资格条件不得作为评审因素",
        "Weights add up to 100; criteria are quantified, and qualification conditions are none",
    ),
)
def define_criteria(
    lot: Lot, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]], is_information_system: bool
) -> None:
    """Replace the criteria of a lot. The price is always objective."""
    if lot.is_information_system != is_information_system:
        Lot.objects.filter(pk=lot.pk).update(is_information_system=is_information_system)
    Criterion.objects.filter(lot=lot).delete()
    for row in rows:
        objective = row["is_objective"] or row["kind"] == CriterionKind.PRICE or bool(row["formula"])
        Criterion.objects.create(lot=lot, **{**row, "is_objective": objective})
    unconfirm(lot.case)
