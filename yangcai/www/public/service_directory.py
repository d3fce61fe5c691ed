"""What can be done on this platform, by whom, with what, how fast, and where is the button?

Nothing of it is written down twice. A service names what it is about (the first word of an Action's code) and the page
where it begins; whatever else a role does on such rows belongs to it, too, unless they are rows of several services.
Its steps, who may take them, what each asks for and the times of the law come from the registry of Actions and from the
law book. A test sees to it that every Action of every role stands in one service.
"""

import datetime
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.kernel.actions import ACTIONS, Action
from yangcai.kernel.refusals import in_chinese
from yangcai.law.model import TIME_UNITS
from yangcai.parties.roles import BUYER, Role
from yangcai.www import formats
from yangcai.www.access import PUBLIC, page

#: Who has no account.
ANYBODY = "public"
RUNNING = frozenset({Role.BUYER_OFFICER, Role.BUYER_REVIEWER, Role.AGENT})


@dataclass(frozen=True, eq=False)
class Service:
    """A job that people come for: of which roles, about which kinds of rows, beginning on which page."""

    title: "str | Promise"
    hint: "str | Promise"
    roles: frozenset[str]
    page: str
    nouns: tuple[str, ...] = ()


def _service(title: Any, hint: Any, roles: Iterable[str], page: str, *nouns: str) -> Service:
    return Service(title, hint, frozenset(str(role) for role in roles), page, nouns)


#: In the order of a purchase. What nobody but the platform's staff does is no service.
SERVICES: tuple[Service, ...] = (
    # anybody
    _service(_("找公告和项目"), _("按单位、项目名称、编号检索，每个项目有一个全程页面"), {ANYBODY}, "notices"),
    _service(_("看开标"), _("正在和即将开标的项目，开标过程公开"), {ANYBODY}, "halls"),
    _service(_("提问并读取答复"), _("不用登录；凭编号和查询码读取答复"), {ANYBODY}, "enquiry_ask"),
    _service(_("看政策和办事指南"), _("怎么办、要什么、多久，每一版都可查"), {ANYBODY}, "guidance"),
    _service(_("查法规规则"), _("平台执行的每一条规则、现行值、条款和历史"), {ANYBODY}, "law"),
    _service(_("核对文件真伪"), _("输入公告或者报告上的验证码"), {ANYBODY}, "verify"),
    _service(_("质疑和投诉找谁"), _("什么事找谁、期限和联系方式"), {ANYBODY}, "contacts"),
    _service(_("注册成为供应商"), _("凭统一社会信用代码登记，三步完成，不用等审批"), {ANYBODY}, "register"),
    _service(_("看平台运行状态"), _("停机、维护和对期限的影响"), {ANYBODY}, "status"),
    # suppliers
    _service(_("找项目、取得采购文件"), _("可以参加的项目，先截止的在前"), {Role.SUPPLIER}, "work_tenders",
             "documents", "prequalification", "correction", "extension"),
    _service(_("编制和递交投标（响应）文件"), _("在浏览器中密封递交，立即得到回执"), {Role.SUPPLIER}, "work_tenders",
             "bid", "bid_upload", "signing_key", "sample", "consortium", "dialogue"),
    _service(_("参加开标"), _("签到、解密、确认、异议都在开标大厅"), {Role.SUPPLIER}, "halls", "opening"),
    _service(_("评审中的澄清和说明"), _("评审委员会要求的澄清、算术修正确认、异常低价说明"), {Role.SUPPLIER},
             "work_cases", "clarification", "price_correction", "low_price"),
    _service(_("询问和异议"), _("对采购活动有疑问的提出询问；对单一来源公示有异议的提出异议"), {Role.SUPPLIER},
             "work_cases", "enquiry", "publicity"),
    _service(_("质疑"), _("认为采购文件、采购过程或者结果使自己的权益受到损害的，在期限内提出"),
             {Role.SUPPLIER}, "work_cases", "objection"),
    _service(_("签合同、交货、收款"), _("中标后在同一个项目页完成"), {Role.SUPPLIER}, "work_cases",
             "award", "contract", "agreement", "invoice", "receivable"),
    _service(_("框架协议入围和退出"), _("申请入围、指定经销商、更换产品、退出"), {Role.SUPPLIER}, "work_cases",
             "entry", "entrant", "dealer", "replacement", "outside_offer"),
    # buyers
    _service(_("公开意向、编制采购计划"), _("从预算项目开始；系统建议采购方式并检查"), BUYER, "work_plans",
             "intention", "plan", "method_approval", "publicity", "import_approval", "framework_approval", "sentence"),
    _service(_("发起采购"), _("立项、委托代理机构、选择供应商来源"), BUYER, "work_cases",
             "case", "agent", "suppliers", "first_purchase", "innovative_product"),
    _service(_("框架协议第二阶段采购"), _("直接选定、二次竞价、顺序轮候"), BUYER, "work_cases",
             "call_off", "outside_offer"),
    _service(_("编制采购文件、发布公告"), _("条款、评审因素、付款条件逐项填写，发布前自动检查期限"), BUYER,
             "work_cases",
             "solicitation", "payment_terms", "lots", "clauses", "criteria", "price_weight_approval", "invitation",
             "correction",
             "green_products", "samples", "site_visits", "site_visit", "consumables", "opening_policy",
             "prequalification", "framework", "dialogue", "bid_security", "sample"),
    _service(_("组织开标和评审"), _("开标、抽取专家、资格审查、汇总、送达报告"), BUYER, "work_cases",
             "opening", "draw", "committee", "experts", "outside_library", "qualification", "evaluation", "review",
             "final_offer", "lot", "agent_conduct"),
    _service(_("定标、签订和变更合同"), _("确认中标、公告、签合同、备案"), BUYER, "work_cases",
             "award", "entrants", "entry", "entrant", "replacement", "agreement", "contract", "amendment"),
    _service(_("验收和支付"), _("验收、支付申请、应收账款确认、逾期信息公开"), BUYER, "work_cases",
             "acceptance", "payment", "receivable", "overdue", "compensation"),
    _service(_("答复质疑"), _("在法定期限内逐项答复；影响结果的，答复之前不签合同"), BUYER, "work_cases", "objection"),
    _service(_("答复询问、公布联系方式"), _("供应商和公众的询问在期限内答复"), BUYER, "work_public_enquiries",
             "enquiry", "public_enquiry", "contact_point"),
    # agents
    _service(_("编制采购文件、发布公告"), _("条款、评审因素、付款条件逐项填写，发布前自动检查期限"), {Role.AGENT},
             "work_cases",
             "solicitation", "payment_terms", "lots", "clauses", "criteria", "price_weight_approval", "invitation",
             "correction", "suppliers",
             "green_products", "samples", "site_visits", "site_visit", "consumables", "opening_policy",
             "prequalification", "framework", "framework_approval", "dialogue", "bid_security", "sample", "case",
             "publicity"),
    _service(_("组织开标和评审"), _("开标、抽取专家、资格审查、汇总、送达报告"), {Role.AGENT}, "work_cases",
             "opening", "draw", "committee", "outside_library", "qualification", "evaluation", "review", "final_offer",
             "lot", "award", "entry", "entrant", "entrants", "replacement"),
    _service(_("答复质疑"), _("在法定期限内逐项答复；影响结果的，答复之前不签合同"), {Role.AGENT}, "work_cases",
             "objection"),
    _service(_("答复询问、公布联系方式"), _("供应商和公众的询问在期限内答复"), {Role.AGENT}, "work_public_enquiries",
             "enquiry", "public_enquiry", "contact_point"),
    # experts
    _service(_("评审"), _("签到、回避、逐项评审、汇总、签署报告"), {Role.EXPERT}, "work_cases",
             "committee", "dialogue", "clarification", "report", "review", "same_brand", "suppliers", "abnormal_score"),
    _service(_("回避申报和履职评价"), _("申报劳动关系、持股等回避事实，对履职评价作出说明"), {Role.EXPERT},
             "work_experts", "expert_tie", "conduct", "publicity"),
    # treasury
    _service(_("审批和备案"), _("采购方式变更、进口产品、框架协议、价格分权重、外省专家名单"), {Role.TREASURY},
             "work_plans",
             "method_approval", "import_approval", "framework_approval", "price_weight_approval", "outside_library"),
    _service(_("监督"), _("暂停和恢复、禁止参加、开标监督、抽取监督"), {Role.TREASURY}, "work_cases",
             "case", "debarment", "opening", "draw"),
    _service(_("专家库"), _("入库、变动、退库、回避事实"), {Role.TREASURY}, "work_experts", "expert", "expert_tie"),
    _service(_("导入采购预算"), _("先试算，没有差错再写入"), {Role.TREASURY}, "work_budget", "budget"),
    _service(_("答复咨询、公布联系方式"), _("公众的一般问题在期限内答复"), {Role.TREASURY}, "work_public_enquiries",
             "public_enquiry", "contact_point"),
    _service(_("审核发布政策和指南"), _("编辑起草，他人审核发布"), {Role.TREASURY, Role.EDITOR}, "work_articles",
             "article"),
    _service(_("国库支付"), _("核对合同、验收和发票后支付"), {Role.TREASURY_PAYER}, "work_payments", "payment"),
    # whoever holds a share of a key, and everybody
    _service(_("受托保管开启密钥"), _("登记公钥、值守、到时开启、演练"),
             {*RUNNING, Role.TREASURY, Role.AUDITOR}, "work_trustees", "trustee", "trustee_duty", "drill"),
    _service(_("资质库和信用承诺"), _("证照存一次、到期提醒、投标时引用；签署承诺代替证明材料"),
             {Role.SUPPLIER, Role.AGENT, Role.ADMINISTRATOR}, "work_vault", "credential", "commitment"),
    _service(_("人员和岗位"), _("邀请同事、授予和终止岗位、委托他人代办"), {Role.ADMINISTRATOR}, "work_people",
             "person", "post"),
    _service(_("委托他人代办"), _("把自己的岗位在一段时间内委托给同事，到期自动收回"),
             {role for role in Role if role not in {Role.PLATFORM, Role.EXPERT, Role.ADMINISTRATOR}},
             "work_people", "post"),
    _service(_("单位信息和接口令牌"), _("地址和联系方式、程序接口"),
             {role for role in Role if role != Role.PLATFORM}, "work", "organisation", "token"),
)  # fmt: skip


def steps_of(service: Service, *, role: str) -> list[Action]:
    """The Actions of a service that this role may do, in the order in which they were declared."""
    return [action for action in ACTIONS.values() if role in action.by and home_of(action, role=role) is service]


@functools.cache
def home_of(action: Action, *, role: str) -> Service | None:
    """The one service of a role to which an Action belongs: that which names it, else that which is about its rows.
    None where there is none, or more than one."""
    named = _naming(action, role)
    if not named:
        rows = (one for one in ACTIONS.values() if one.on is action.on and role in one.by)
        named = {service for one in rows for service in _naming(one, role)}
    return next(iter(named)) if len(named) == 1 else None


def _naming(action: Action, role: str) -> set[Service]:
    return {service for service in of_role(role) if action.code.partition(".")[0] in service.nouns}


def of_role(role: str) -> list[Service]:
    return [service for service in SERVICES if role in service.roles]


def needs(action: Action) -> list[str]:
    """What the form asks for and cannot do without; papers are marked as such."""
    found = []
    for field in action.input.base_fields.values():
        if field.required and not isinstance(field.widget, forms.HiddenInput):
            label = formats.titled(field.label or "")
            found.append(
                gettext("%(label)s（文件）") % {"label": label} if isinstance(field, forms.FileField) else label
            )
    return found


def terms(action: Action, *, on: datetime.date) -> list[dict[str, Any]]:
    """The times that the law sets for it, each with its article."""
    found = []
    for key in action.cites:
        value = law.find(key, on=on)
        rule = law.rule(key)
        if value is not None and rule.unit in TIME_UNITS:
            title = rule.zh if in_chinese() else rule.en
            found.append({"title": title, "text": value.text[0 if in_chinese() else 1], "citation": value.citation})
    return found


def shown(service: Service, *, role: str, on: datetime.date) -> dict[str, Any]:
    """A service as the page shows it to one role."""
    steps = [
        {
            "title": action.title,
            "hint": action.meaning,
            "needs": needs(action),
            "terms": terms(action, on=on),
            "publishes": bool(action.notice),
        }
        for action in steps_of(service, role=role)
    ]
    return {"title": service.title, "hint": service.hint, "url": reverse(service.page), "steps": steps}


@page(by=PUBLIC)
def services(request: HttpRequest) -> HttpResponse:
    """Every service of one role; without a choice those that need no account, or those of the post one is at."""
    now = request.now  # type: ignore[attr-defined]
    post = request.post  # type: ignore[attr-defined]
    roles = [(ANYBODY, _("公众")), *((r.value, formats.titled(r.label)) for r in Role if of_role(r))]
    asked = request.GET.get("role", post.role if post else ANYBODY)
    role = asked if asked in dict(roles) else ANYBODY
    on = timezone.localdate(now)
    context = {
        "roles": [{"label": label, "url": f"?role={key}", "current": key == role} for key, label in roles],
        "role": dict(roles)[role],
        "services": [shown(service, role=role, on=on) for service in of_role(role)],
        "needs_account": role != ANYBODY,
        "free": law.cited("service.free", on=on) if law.applies("service.free", on=on) else None,
    }
    return render(request, "public/services.html", context)
