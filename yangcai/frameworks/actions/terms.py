"""What does the call for a framework agreement say of quantity, term and ways of award, and how does it go out?"""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.frameworks.models import Framework, QualityGround, QuantityDiscount
from yangcai.frameworks.rules import quality
from yangcai.frameworks.rules import terms as rules
from yangcai.kernel import calendar
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, RowsField, TextField
from yangcai.parties.roles import Role
from yangcai.tendering.actions.solicitation import unconfirm
from yangcai.tendering.inputs import limit
from yangcai.tendering.models import Consumable
from yangcai.tendering.rules.invitation import intention_precedes
from yangcai.tendering.rules.solicitation.completeness import is_complete
from yangcai.tendering.rules.solicitation.confirmation import is_confirmed

RUNNERS = frozenset({Role.AGENT, Role.BUYER_OFFICER})


class DiscountRow(forms.Form):
    from_quantity = forms.DecimalField(
        label=_("采购数量达到"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    rate = forms.DecimalField(
        label=_("价格降低比例"),
        min_value=Decimal("0.0001"),
        max_value=Decimal("0.9999"),
        max_digits=5,
        decimal_places=4,
        help_text=_("如 0.05 即降低 5%"),
    )


class DefineFramework(Input):
    unit = TextField(label=_("计量单位"), help_text=_("如 台、人天、次"))
    estimated_quantity = forms.DecimalField(
        label=_("预估采购数量"), min_value=Decimal("0.001"), max_digits=14, decimal_places=3
    )
    users = TextField(label=_("适用框架协议的采购人或者服务对象范围"), lines=2)
    months = forms.IntegerField(label=_("有效期（月）"), min_value=1, max_value=120)
    term_reason = TextField(label=_("有效期超过一般期限的理由"), lines=2, required=False)
    quality_ground = forms.ChoiceField(
        label=_("采用质量优先法的情形"),
        choices=[("", "—"), *QualityGround.choices],
        required=False,
        help_text=_("采购包的评审方法为质量优先法的填写；其他项目应当采用价格优先法"),
    )
    quality_reason = TextField(label=_("采用质量优先法的理由"), lines=2, required=False)
    by_direct = forms.BooleanField(label=_("直接选定"), required=False, initial=True)
    by_mini_competition = forms.BooleanField(label=_("二次竞价"), required=False)
    by_rotation = forms.BooleanField(label=_("顺序轮候"), required=False)
    allows_outside = forms.BooleanField(
        label=_("可以按更低价格授予非入围供应商"),
        required=False,
        help_text=_("仅限货物：采购人证明有更低价格、入围供应商不同意降价的"),
    )
    uses_consumables = forms.BooleanField(
        label=_("耗材使用量大的复印、打印、实验、医疗等仪器设备"),
        required=False,
        help_text=_("应当另行列明专用耗材，由供应商同时报价"),
    )
    discounts = RowsField(
        DiscountRow,
        label=_("量价关系折扣"),
        max_rows=20,
        blank=1,
        help_text=_("一次采购达到所填数量的，各入围供应商的协议价格按比例降低；没有折扣的不填"),
    )
    replacement_rule = TextField(label=_("入围产品升级换代规则"), lines=2, required=False)
    feedback_rule = TextField(label=_("用户反馈和评价机制"), lines=2, required=False)
    tops_up = forms.ModelChoiceField(
        label=_("补充征集的框架协议"),
        queryset=Framework.objects.none(),
        required=False,
        help_text=_("初次征集不填；补充征集沿用该协议的条款，不得改变"),
    )
    top_up_reason = TextField(label=_("影响框架协议执行的情况"), lines=2, required=False)

    def scope(self) -> None:
        """Only agreements of the same convener are topped up; what stands there when it is written again, and else the
        terms of the agreement that lacks entrants, which a top-up keeps (财政部令第110号 art. 31)."""
        if not isinstance(self.subject, Lot):
            return
        running = Framework.objects.filter(lot__case__buyer_id=self.subject.case.buyer_id, begins_on__isnull=False)
        limit(self.fields["tops_up"], running.exclude(lot=self.subject).filter(tops_up__isnull=True))
        written = Framework.objects.filter(lot=self.subject).first()
        first = None if written or self.now is None else rules.to_be_topped_up(self.subject, now=self.now)
        if (said := written or first) is not None:
            self.initial.update({name: getattr(said, name) for name in self.fields if name != "discounts"})
            self.initial["discounts"] = list(said.discounts.values(*DiscountRow.base_fields))
        if first is not None:
            self.initial["tops_up"], self.initial["top_up_reason"] = first, ""


@action(
    "framework.define",
    zh="设定框架协议条款",
    en="Set the terms of the framework agreement",
    on=Lot,
    by=RUNNERS,
    at={Stage.PREPARATION},
    only=(rules.is_first_stage,),
    needs=(runs_the_case,),
    checks=(
        rules.term_is_usual,
        quality.is_permitted,
        rules.has_a_way,
        rules.says_its_rules,
        rules.outside_is_possible,
        rules.consumables_are_of_goods,
        rules.discounts_grow,
        rules.top_up_is_lawful,
    ),
    input=DefineFramework,
    sentence=("{post}设定了框架协议条款", "{post} set the terms of the framework agreement"),
    is_public=False,
    cites=(
        "framework.call_content",
        "framework.ceiling",
        "framework.term",
        "framework.quality_first",
        "framework.second_stage",
        "framework.outside_said",
        "framework.consumables",
        "framework.quantity_discount",
        "framework.replacement_said",
        "framework.feedback_said",
        "framework.topup_below",
        "framework.topup_terms",
    ),
    hint=(
        "最高限制单价即采购包的最高限价；直接选定是主要方式，二次竞价和顺序轮候须在征集文件中载明",
        "The highest unit price is the lot's ceiling; direct choice is the main way, the others must stand in the call",
    ),
)
def define_framework(
    lot: Lot, *, by: Any, now: datetime.datetime, discounts: list[dict[str, Any]], **terms: Any
) -> Framework:
    """Write or rewrite the terms; a confirmed file is confirmed again."""
    framework, _made = Framework.objects.update_or_create(lot=lot, defaults=terms)
    framework.discounts.all().delete()
    QuantityDiscount.objects.bulk_create(QuantityDiscount(framework=framework, **row) for row in discounts)
    unconfirm(lot.case)
    return framework


@action(
    "framework.withdraw",
    zh="撤销框架协议条款",
    en="Take back the terms of the framework agreement",
    on=Framework,
    by=RUNNERS,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    sentence=("{post}撤销了一个采购包的框架协议条款", "{post} took back the terms of a lot's framework agreement"),
    is_public=False,
    hint=(
        "用于删去采购包之前；所列专用耗材一并删除",
        "Before its lot is left out; the consumables listed with it go as well",
    ),
    dangerous=True,
)
def withdraw_terms(framework: Framework, *, by: Any, now: datetime.datetime) -> None:
    """Nothing was called for yet: the lot is bare again, and a confirmed file is confirmed again."""
    case = framework.lot.case
    Consumable.objects.filter(lot=framework.lot_id).delete()
    framework.discounts.all().delete()
    Framework.objects.filter(pk=framework.pk).delete()  # the row goes, what was written of it keeps its number
    unconfirm(case)


@action(
    "framework.call",
    zh="发布开放式征集公告",
    en="Publish the standing call",
    on=Case,
    by=RUNNERS,
    at={Stage.PREPARATION},
    needs=(runs_the_case, rules.is_open, is_complete, is_confirmed, intention_precedes),
    notice="framework_call",
    sentence=("{post}发布了开放式框架协议征集公告", "{post} published the standing call for an open framework"),
    cites=("framework.open_call", "framework.call_content", "method.framework_open"),
    hint=(
        "公告发布后供应商可以随时申请加入，征集持续到有效期届满",
        "From then on suppliers may apply at any time, until the term ends",
    ),
)
def call_framework(case: Case, *, by: Any, now: datetime.datetime) -> None:
    """Pin the law, make the case public, and keep the call open for the whole term of the longest lot."""
    today = timezone.localdate(now)
    ends = []
    for framework in Framework.objects.filter(lot__case=case):
        framework.begins_on, framework.ends_on = today, calendar.add_months(today, framework.months)
        framework.save(update_fields=["begins_on", "ends_on"])
        ends.append(framework.ends_on)
    over = calendar.start_of(max(ends) + datetime.timedelta(days=1))
    periods.advance(case, to=Stage.INVITATION, at=now, closes_at=over)
    case.law_as_of, case.published_at = today, now
    case.save(update_fields=["law_as_of", "published_at"])
