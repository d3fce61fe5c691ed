"""单一来源公示: why only one supplier, who says so, and how anybody may object (条例 38; 74号令 38-39)."""

from typing import Any

from yangcai.kernel import calendar
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.planning.models import Publicity
from yangcai.planning.rules.method import last_day
from yangcai.portal.notices.base import DAY, MONEY, TABLE, Field, NoticeType, Section, notice_type

CONTENT = "single_source.publicity_content"


def facts(publicity: Publicity, *, now: Any, **_context: Any) -> dict[str, Any]:
    buyer = publicity.buyer
    treasury = (
        Organisation.objects.filter(kind=OrganisationKind.TREASURY, jurisdiction=buyer.jurisdiction)
        .order_by("pk")
        .first()
    )
    return {
        "buyer": buyer.name,
        "title": publicity.title,
        "description": publicity.description,
        "amount": publicity.plan_item.amount,
        "nature": "自愿公示：未达到公开招标数额标准，采购人自行公示，公示和异议按同样要求办理"
        if publicity.is_voluntary
        else "",
        "reason": publicity.reason,
        "supplier": publicity.supplier_name,
        "supplier_address": publicity.supplier_address,
        "opinions": [
            {"name": o.name, "unit": o.unit, "professional_title": o.professional_title, "opinion": o.opinion}
            for o in publicity.opinions.order_by("pk")
        ],
        "opens_on": calendar.day_of(publicity.opens_at),
        "closes_on": last_day(publicity.closes_at),
        "how_to_object": "任何供应商、单位或者个人对采用单一来源采购方式公示有异议的，可以在公示期内以书面形式"
        "向采购人反馈，同时抄送财政部门",
        "buyer_address": buyer.address,
        "buyer_contact": buyer.contact,
        "treasury": treasury.name if treasury else "",
        "treasury_address": treasury.address if treasury else "",
        "treasury_contact": treasury.contact if treasury else "",
    }


notice_type(
    NoticeType(
        "publicity",
        "单一来源公示",
        "single-source publicity",
        (
            Section(
                "项目信息",
                "The project",
                (
                    Field("buyer", "采购人", "Buyer", rule=CONTENT),
                    Field("title", "项目名称", "Project", rule=CONTENT),
                    Field("description", "拟采购的货物或者服务的说明", "Goods or services", rule=CONTENT),
                    Field("amount", "预算金额", "Budget", MONEY, rule=CONTENT),
                    Field("nature", "公示性质", "Nature", rule="single_source.voluntary", optional=True),
                    Field("reason", "采用单一来源采购方式的原因及说明", "Reason", rule=CONTENT),
                ),
            ),
            Section(
                "拟定供应商信息",
                "The supplier",
                (
                    Field("supplier", "名称", "Name", rule=CONTENT),
                    Field("supplier_address", "地址", "Address", rule=CONTENT),
                ),
            ),
            Section(
                "专业人员论证意见",
                "Opinions of professionals",
                (
                    Field(
                        "opinions",
                        "论证意见",
                        "Opinions",
                        TABLE,
                        rule=CONTENT,
                        columns=(
                            Field("name", "姓名", "Name"),
                            Field("unit", "工作单位", "Unit"),
                            Field("professional_title", "职称", "Title"),
                            Field("opinion", "论证意见", "Opinion"),
                        ),
                    ),
                ),
            ),
            Section(
                "公示期限",
                "Period",
                (
                    Field("opens_on", "公示开始", "From", DAY, rule="single_source.publicity"),
                    Field("closes_on", "公示截止", "Until", DAY, rule="single_source.publicity"),
                    Field("how_to_object", "异议", "Objections", rule="single_source.objection"),
                ),
            ),
            Section(
                "联系方式",
                "Contacts",
                (
                    Field("buyer_address", "采购人地址", "Buyer's address", optional=True),
                    Field("buyer_contact", "采购人联系方式", "Buyer's contact", optional=True),
                    Field("treasury", "财政部门", "Treasury", optional=True),
                    Field("treasury_address", "财政部门地址", "Treasury's address", optional=True),
                    Field("treasury_contact", "财政部门联系方式", "Treasury's contact", optional=True),
                ),
            ),
        ),
        facts,
        lambda p: f"{p.buyer}{p.title}单一来源公示",
    )
)
