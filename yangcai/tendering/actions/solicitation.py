"""What must bidders know? The solicitation document: its terms, its payment plan, and the buyer's confirmation."""

import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MoneyField, RowsField, ShareField, TextField
from yangcai.kernel.models import Attachment
from yangcai.parties.roles import Role
from yangcai.planning.models import Requirement
from yangcai.procedures import PROCEDURES, each
from yangcai.procedures.evaluation.model import DEFAULT_DECIMALS, MEAN
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.tendering import method, two_bidders
from yangcai.tendering.clauses import write_clauses
from yangcai.tendering.models import (
    Changeable,
    InvitedBy,
    PaymentTerm,
    PaymentTermDue,
    Prequalification,
    Solicitation,
)
from yangcai.tendering.rules import green, lots
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.prequalification.announced import consortium_stays_announced, way_stays_announced
from yangcai.tendering.rules.solicitation import (
    completeness,
    confirmation,
    contract,
    deductions,
    payment,
    prices,
    products,
    securities,
    wording,
)

#: 投标有效期: the file sets it (87号令 art. 23); ninety days is what most files say.
USUAL_VALIDITY_DAYS = 90
#: A changed file is nobody's any more.
UNCONFIRMED = {"confirmed_at": None, "committee_confirmed_at": None}
ROLES = frozenset({Role.AGENT, Role.BUYER_OFFICER})
CHANGEABLE = tuple(f"may_change_{part}" for part in Changeable.values)


class DraftSolicitation(Input):
    requirement = TextField(label=_("采购需求"), lines=10)
    delivery = TextField(label=_("合同履行期限和地点"), lines=2)
    contract_terms = TextField(label=_("合同主要条款"), lines=8)
    contract_months = forms.IntegerField(
        label=_("合同期限（月）"), min_value=1, max_value=120, required=False, help_text=_("研发合同必填")
    )
    long_term_reason = TextField(
        label=_("合同期限超过一般期限的理由"), lines=2, required=False, help_text=_("如重大合作创新采购项目的认定")
    )
    follow_up_amount = MoneyField(
        label=_("首购费用（元）"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("合作创新采购必填；与各采购包的研发成本补偿限额合计不超过最高研发费用，即项目预算"),
    )
    compensation_rate = ShareField(
        label=_("成本补偿比例"), help_text=_("合作创新采购必填：研发成本中由采购人补偿的比例，如 0.80")
    )
    payment_days = forms.IntegerField(label=_("收到发票后付款期限（日）"), min_value=1, max_value=366)
    acceptance_days = forms.IntegerField(label=_("交付后验收期限（日）"), min_value=1, max_value=366)
    bid_validity_days = forms.IntegerField(label=_("投标有效期（日）"), min_value=1, max_value=366, required=False)
    bid_security = MoneyField(label=_("投标保证金（元）"), required=False, help_text=_("不收取时留空"))
    performance_security_rate = ShareField(label=_("履约保证金比例"), help_text=_("按合同金额，如 0.05"))
    industry = TextField(label=_("采购标的所属行业"), required=False, help_text=_("按中小企业划型标准的行业名称"))
    accepts_consortium = forms.BooleanField(label=_("接受联合体"), required=False)
    subcontracting = TextField(
        label=_("允许分包的内容和比例"), lines=2, required=False, help_text=_("不允许分包时留空")
    )
    max_lots_bid = forms.IntegerField(
        label=_("每家供应商可投采购包数"), min_value=1, max_value=200, required=False, help_text=_("不限制时留空")
    )
    max_lots_won = forms.IntegerField(
        label=_("每家供应商可中采购包数"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=_("兼投不兼中的填 1，按采购包的定标次序依次确定；不限制时留空"),
    )
    objections_at_once = forms.BooleanField(
        label=_("同一环节的质疑一次性提出"),
        required=False,
        help_text=_("要求供应商在法定质疑期内一次性提出针对同一采购程序环节的质疑；不要求的，可以多次提出"),
    )
    accepts_imports = forms.BooleanField(
        label=_("接受进口产品"), required=False, help_text=_("须在采购计划中申请并经财政部门核准")
    )
    small_micro_rate = ShareField(label=_("小微企业价格扣除比例"), help_text=_("不填时取法定最低比例"))
    consortium_rate = ShareField(label=_("联合体或者分包价格扣除比例"), help_text=_("不填时取法定最低比例"))
    domestic_rate = ShareField(label=_("本国产品价格扣除比例"), help_text=_("不填时按国家规定"))
    green_rate = ShareField(
        label=_("节能环保产品价格扣除比例"), help_text=_("优先采购的产品以价格扣除落实的填写，另设评审因素的留空")
    )
    average_rate = ShareField(label=_("异常低价审查：平均报价比例"), help_text=_("不填时按国家规定；只能提高"))
    second_rate = ShareField(label=_("异常低价审查：次低报价比例"), help_text=_("同上"))
    ceiling_rate = ShareField(label=_("异常低价审查：最高限价比例"), help_text=_("同上"))
    price_formula = forms.ChoiceField(
        label=_("价格分计算方法"),
        choices=[(formula.code, formula.zh) for formula in FORMULAS.values()],
        required=False,
    )
    score_formula = forms.ChoiceField(
        label=_("评委评分的汇总方法"),
        choices=[(formula.code, formula.zh) for formula in SCORE_FORMULAS.values()],
        required=False,
        help_text=_("不写明去掉最高分和最低分的，全体评委的评分都计入"),
    )
    merit_first = forms.IntegerField(
        label=_("研发方案先评：进入综合评审的名次"),
        min_value=1,
        max_value=200,
        required=False,
        help_text=_("合作创新采购采用两阶段评审的填写；不填时所有因素一并评审"),
    )
    two_covers = forms.BooleanField(
        label=_("技术与报价分别密封、先后开启"),
        required=False,
        help_text=_("开标时开启技术信封；技术评审结束后，只开启通过技术评审的投标人的报价信封。须设定开启规则"),
    )
    blind = forms.BooleanField(
        label=_("暗标评审"),
        required=False,
        help_text=_(
            "评审结果汇总前，评审专家看到的是代号，不是投标人名称和唱标内容。投标文件正文、图片中自行写明的身份系统不能隐去；"
            "报价未分别密封的，组长处理异常低价和报价修正时看得到报价，可与公开的开标记录对照，须一并隐去的请同时选择上一项"
        ),
    )
    rounding = forms.IntegerField(label=_("得分保留小数位数"), min_value=0, max_value=4, required=False)
    invited_by = forms.ChoiceField(label=_("邀请供应商的方式"), choices=InvitedBy.choices, required=False)
    may_change_technical = forms.BooleanField(label=_("谈判中技术要求可以变动"), required=False)
    may_change_service = forms.BooleanField(label=_("谈判中服务要求可以变动"), required=False)
    may_change_contract = forms.BooleanField(label=_("谈判中合同草案条款可以变动"), required=False)
    several_products = forms.BooleanField(label=_("非单一产品采购项目"), required=False)
    core_product = TextField(label=_("核心产品"), required=False, help_text=_("非单一产品采购项目须载明"))
    agent_fee = TextField(label=_("代理费用收取标准"), lines=2, required=False)
    confirmation_minutes = forms.IntegerField(
        label=_("开标记录确认时限（分钟）"),
        min_value=1,
        max_value=240,
        required=False,
        help_text=_("唱标后至少留给投标人确认或者提出异议的时间；留空时由主持人掌握"),
    )
    document = DocumentField(label=_("采购文件正文"), required=False)

    def scope(self) -> None:
        if not isinstance(self.subject, Case):
            return
        self.fields["agent_fee"].disabled = self.subject.agent_id is None
        ways = [(way.value, InvitedBy(way.value).label) for way in two_bidders.ways(self.subject)]
        self.fields["invited_by"].choices = ways  # type: ignore[attr-defined]
        if not method.of(self.subject).leads_to:
            for name in ("contract_months", "long_term_reason", "follow_up_amount", "compensation_rate"):
                self.fields[name].disabled = True
        if not method.of(self.subject).own("evaluation.same_brand"):  # of several products whose brand counts
            self.fields["several_products"].disabled = self.fields["core_product"].disabled = True
        self.fields["two_covers"].disabled = not method.of(self.subject).two_covers
        self.fields["merit_first"].disabled = not method.of(self.subject).merit_first
        for name, formulas in (("price_formula", FORMULAS), ("score_formula", SCORE_FORMULAS)):
            named = [(one.code, one.name) for one in formulas.values()]
            self.fields[name].choices = named  # type: ignore[attr-defined]
        self.fields["confirmation_minutes"].disabled = not method.reads_out(self.subject)
        for flag in CHANGEABLE:
            self.fields[flag].disabled = not method.has(self.subject, Stage.DIALOGUE)
        drafted = Solicitation.objects.filter(case=self.subject).first()
        if drafted is not None:
            values = {name: getattr(drafted, name, None) for name in self.fields}
        else:
            wanted = Requirement.objects.filter(plan_item_id=self.subject.plan_item_id).first()
            values = {
                "requirement": wanted.description if wanted else "",
                "delivery": wanted.delivery if wanted else "",
                **self.defaults(),
            }
        if not (values.get("accepts_consortium") or values.get("subcontracting")):
            del values["consortium_rate"]  # a 0 there would stand against whoever ticks one of them now
        for name, value in values.items():
            if value is not None:
                self.fields[name].initial = value

    def defaults(self, *, with_partner: bool = False) -> dict[str, Any]:
        """What stands where nothing is written: the law's own numbers where it has some."""
        case = self.subject
        return {
            "bid_validity_days": USUAL_VALIDITY_DAYS,
            "invited_by": two_bidders.ways(case)[0].value,
            "bid_security": Decimal(0),
            "performance_security_rate": Decimal(0),
            "small_micro_rate": deductions.least_rate(case, partner=False, now=self.now),
            "consortium_rate": deductions.least_rate(case, partner=True, now=self.now) if with_partner else Decimal(0),
            "green_rate": Decimal(0),
            "domestic_rate": deductions.domestic_rate_of(case, now=self.now),
            "price_formula": next(formula.code for formula in FORMULAS.values() if formula.lawful),
            "score_formula": MEAN,
            "rounding": DEFAULT_DECIMALS,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        partner = bool(cleaned.get("accepts_consortium") or cleaned.get("subcontracting"))
        for name, value in self.defaults(with_partner=partner).items():
            if name in cleaned and cleaned[name] in (None, ""):
                cleaned[name] = value
        return cleaned


@action(
    "solicitation.draft",
    zh="编制采购文件",
    en="Draft the solicitation document",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    checks=(
        securities.security_within_cap,
        securities.performance_within_cap,
        payment.paid_in_time,
        products.industry_is_stated,
        lots.limits_agree,
        products.imports_are_approved,
        prices.formula_is_lawful,
        deductions.deductions_are_lawful,
        deductions.domestic_rate_is_lawful,
        wording.no_floor_in_requirement,
        wording.names_no_brand,
        products.core_product_is_named,
        prices.low_price_rates_are_lawful,
        deductions.deductions_leave_a_price,
        wording.asks_for_no_imports,
        wording.keeps_nobody_out,
        contract.term_is_usual,
        way_stays_announced,
        consortium_stays_announced,
    ),
    input=DraftSolicitation,
    sentence=("{post}编制了采购文件", "{post} drafted the solicitation document"),
    is_public=False,
    cites=(
        "solicitation.content",
        "solicitation.contract_terms",
        "solicitation.validity",
        "solicitation.core_product",
        "solicitation.lot_limit",
        "solicitation.no_pointing",
        "solicitation.no_brand",
        "solicitation.negotiable",
        "qualification.banned_conditions",
        "requirement.competition_review",
        *each("comes_by"),
        "correction.subject",
        "bid_security.cap",
        "performance_security.form",
        "price_preference.evaluation_only",
        "import.approval",
        "import.domestic_allowed",
        "abnormally_low.cap",
        "green.preference",
        "evaluation.price_score",
        *dict.fromkeys(
            key
            for one in PROCEDURES.values()
            for key in (*one.terms, one.leads_to, one.compensates, one.merit_first)
            if key
        ),
    ),
    hint=(
        "修改后须由采购人审核岗重新确认",
        "After a change the buyer's reviewer must confirm it again",
    ),
)
def draft_solicitation(case: Case, *, by: Any, now: datetime.datetime, document: Any, **terms: Any) -> Solicitation:
    """Write or rewrite the terms; the statutory clauses follow them."""
    solicitation, _made = Solicitation.objects.update_or_create(case=case, defaults={**terms, **UNCONFIRMED})
    write_clauses(case, solicitation=solicitation)
    unconfirm_prequalification(case, accepts_consortium=solicitation.accepts_consortium)
    if document is not None:
        Attachment.objects.filter(root=case.ref, kind="solicitation").delete()
        Attachment.objects.create(
            document=document,
            root=case.ref,
            subject=solicitation.ref,
            title="采购文件",
            kind="solicitation",
            organisation_id=case.buyer_id,
            at=now,
        )
    return solicitation


class PaymentTermRow(forms.Form):
    title = TextField(label=_("名称"))
    percent = forms.DecimalField(label=_("比例（%）"), min_value=Decimal("0.01"), max_value=100, decimal_places=2)
    due_on = forms.ChoiceField(label=_("付款条件"), choices=PaymentTermDue.choices)


class ResearchTermRow(PaymentTermRow):
    is_incentive = forms.BooleanField(
        label=_("激励费用"), required=False, help_text=_("研发合同适用：不按实际成本补偿，验收合格后支付")
    )


class DefinePaymentTerms(Input):
    rows = RowsField(ResearchTermRow, label=_("付款安排"), min_rows=1, max_rows=50)

    def scope(self) -> None:
        """Only contracts for research know incentives: elsewhere nothing is asked about them."""
        if isinstance(self.subject, Case):
            row = ResearchTermRow if PROCEDURES[self.subject.procedure].compensates else PaymentTermRow
            rows = cast(RowsField, self.fields["rows"])
            rows.row = rows.widget.row = row
            terms = PaymentTerm.objects.filter(case=self.subject)
            rows.initial = list(terms.values(*row.base_fields))


@action(
    "payment_terms.define",
    zh="设定付款安排",
    en="Set the payment terms",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case,),
    checks=(payment.percentages_add_up, payment.advance_is_large_enough, payment.incentive_rewards_success),
    input=DefinePaymentTerms,
    sentence=("{post}设定了付款安排", "{post} set the payment terms"),
    is_public=False,
    cites=(
        "solicitation.contract_terms",
        "payment.invoice_limit",
        *dict.fromkeys(one.advance for one in PROCEDURES.values() if one.advance),
        "cooperative_innovation.incentive",
    ),
    hint=(
        "预付款的付款条件为“合同签订”；各期比例合计 100%",
        "An advance is due on signature; the payments add up to 100%",
    ),
)
def define_payment_terms(case: Case, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Replace the payment terms of the case."""
    PaymentTerm.objects.filter(case=case).delete()
    PaymentTerm.objects.bulk_create(PaymentTerm(case=case, number=n, **row) for n, row in enumerate(rows, start=1))
    unconfirm(case)


@action(
    "solicitation.confirm",
    zh="确认采购文件",
    en="Confirm the solicitation document",
    on=Case,
    by={Role.BUYER_REVIEWER},
    at={Stage.PREPARATION},
    needs=(
        completeness.is_complete,
        confirmation.not_confirmed_yet,
        lots.document_keeps_the_planned_share,
        lots.ways_are_open,
        green.preference_is_set,
    ),
    sentence=("{post}确认了采购文件", "{post} confirmed the solicitation document"),
    not_same_person_as=("solicitation.draft", "clauses.define", "criteria.define", "payment_terms.define"),
    cites=("solicitation.content", "agent.agreement", "control.separation"),
)
def confirm_solicitation(case: Case, *, by: Any, now: datetime.datetime) -> None:
    """The buyer stands for the document: after this it can be published."""
    Solicitation.objects.filter(case=case).update(confirmed_at=now)


class ConfirmByCommittee(Input):
    opinion = TextField(label=_("小组意见"), lines=3, required=False)


@action(
    "solicitation.confirm_by_committee",
    zh="小组确认采购文件",
    en="Confirm the file as its committee",
    on=Case,
    by={Role.EXPERT},
    at={Stage.PREPARATION},
    only=(confirmation.is_for_the_committee,),
    needs=(
        seats.sits,
        seats.chairs,
        completeness.is_complete,
        confirmation.not_confirmed_by_committee,
    ),
    input=ConfirmByCommittee,
    sentence=("{post}代表谈判小组确认了采购文件", "{post} confirmed the file for the committee"),
    is_public=False,
    cites=("committee.confirms_file",),
    hint=(
        "全体成员签到后由组长办理；采购文件此后有修改的，须重新确认",
        "By the chair once all members are here; whatever is changed afterwards is confirmed again",
    ),
)
def confirm_by_committee(case: Case, *, by: Any, now: datetime.datetime, opinion: str) -> None:
    """The file may go out; what the committee said of it stands in the Entry."""
    Solicitation.objects.filter(case=case).update(committee_confirmed_at=now)


def unconfirm(case: Case) -> None:
    """What was confirmed has changed: buyer and committee confirm it again."""
    Solicitation.objects.filter(case=case).update(**UNCONFIRMED)
    unconfirm_prequalification(case)


def unconfirm_prequalification(case: Case, **follows: Any) -> None:
    """A prequalification file that is not out yet announces the conditions of the tender file, as they are by then."""
    Prequalification.objects.filter(case=case, opens_at__isnull=True).update(confirmed_at=None, **follows)
