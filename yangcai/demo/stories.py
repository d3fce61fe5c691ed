"""Which stories can a visitor of the demo live through, and what is there to try in each?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yangcai.demo.scene import Plot
from yangcai.parties.roles import Role


@dataclass(frozen=True)
class Item:
    """One thing to try; it is ticked when one of these Actions was done in the story's purchase."""

    text: str | Promise
    actions: frozenset[str]
    hint: str | Promise = ""


@dataclass(frozen=True)
class Guided:
    """A story: its plot, as whom it begins, how long it takes by hand, what to try."""

    plot: Plot
    title: str | Promise
    says: str | Promise
    minutes: int
    role: str
    items: tuple[Item, ...]
    ends_paid: bool = True


def _item(text: str | Promise, actions: Iterable[str], hint: str | Promise = "") -> Item:
    return Item(text, frozenset(actions), hint)


def _shares(*shares: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(share) for share in shares)


PLOTS: dict[str, Guided] = {
    "open-tender": Guided(
        Plot(
            "open-tender", "实训中心设备购置项目", "open_tender", "goods", Decimal("4862000.00"),
            _shares("0.93", "0.95", "0.965"), asks=True, joint=Decimal("0.30"),
        ),
        _("公开招标：实训设备 486.20 万元"),
        _("从预算到支付走一遍：三家投标，其中一家是联合体，一次询问，专家打分，签约、验收、付款。"),
        5,
        Role.BUYER_OFFICER,
        (
            _item(_("公开采购意向"), {"intention.publish"}),
            _item(_("编报采购计划并备案"), {"plan.file"}),
            _item(_("立项并委托代理机构"), {"agent.appoint"}),
            _item(_("看一家联合体：登记协议，成员确认"), {"consortium.confirm"}, _("开标前只有牵头人和成员看得到")),
            _item(_("等到开标，看谁来投标"), {"opening.begin"}, _("把时间快进到下一节点")),
            _item(_("起草并备案合同"), {"contract.file"}),
            _item(_("验收并申请支付"), {"payment.request"}),
            _item(_("办理合同结项"), {"contract.close"}),
        ),
    ),
    "consultation": Guided(
        Plot(
            "consultation", "卫生信息系统运维服务项目", "consultation", "services", Decimal("1280000.00"),
            _shares("0.96", "0.94", "0.97"),
        ),
        _("竞争性磋商：运维服务 128 万元"),
        _("以供应商的身份响应、磋商、最后报价，直到签约收款。"),
        4,
        Role.SUPPLIER,
        (
            _item(_("领取采购文件"), {"documents.obtain"}),
            _item(_("递交响应文件"), {"bid.submit"}, _("截止前都可以撤回重交")),
            _item(_("与磋商小组磋商"), {"dialogue.hold"}),
            _item(_("递交最后报价"), {"final_offer.submit"}),
            _item(_("签订合同"), {"contract.sign"}),
            _item(_("交付并开票"), {"invoice.submit"}),
        ),
    ),
    "call-off": Guided(
        Plot(
            "call-off", "预算绩效评价审计服务", "call_off_direct", "services", Decimal("60000.00"), quantity="40",
        ),
        _("框架协议：审计服务 6 万元"),
        _("在入围供应商里直接选定，不再招标：三分钟签约、验收、付款。"),
        3,
        Role.BUYER_OFFICER,
        (
            _item(_("公开采购意向"), {"intention.publish"}),
            _item(_("编报采购计划并备案"), {"plan.file"}),
            _item(_("在框架协议下选定供应商"), {"call_off.choose"}),
            _item(_("起草并备案合同"), {"contract.file"}),
            _item(_("验收、支付、结项"), {"contract.close"}),
        ),
    ),
    "failed-tender": Guided(
        Plot(
            "failed-tender", "社区卫生服务中心彩超采购项目", "open_tender", "goods", Decimal("3150000.00"),
            _shares("0.97", "0.98"), fails=True,
        ),
        _("废标：只来了两家投标人"),
        _("以代理机构的身份主持：投标人不足三家，不得开标，依法废标并公告。"),
        3,
        Role.AGENT,
        (
            _item(_("编制并确认招标文件"), {"solicitation.confirm"}),
            _item(_("发布招标公告"), {"invitation.publish"}),
            _item(_("供应商领取招标文件"), {"documents.obtain"}),
            _item(_("到时开标，看看为什么开不了"), {"opening.begin"}),
            _item(_("依法废标"), {"lot.declare_unsuccessful"}),
        ),
        ends_paid=False,
    ),
    "sealed-opening": Guided(
        Plot(
            "sealed-opening", "应急指挥大厅音视频系统采购项目", "open_tender", "goods", Decimal("2360000.00"),
            _shares("0.94", "0.955", "0.97"), sealed=True, objects=True,
        ),
        _("开标异常：一家没有解密，一家提出异议"),
        _("投标文件由投标人密封，五方受托保管份额：一家投标人缺席、一方受托人失联，其余份额仍能开启；有投标人当场提出异议，答复后才能结束开标。"),
        5,
        Role.AGENT,
        (
            _item(_("设定开启规则"), {"opening_policy.set"}, _("五方受托，四份份额才能开启")),
            _item(_("投标人密封递交"), {"bid.upload"}),
            _item(_("到时开标，看谁没有解密"), {"opening.begin"}),
            _item(_("受托人释放份额"), {"trustee.release"}, _("解密时限届满后，缺席的一家由受托人补救")),
            _item(_("解密唱标"), {"opening.unseal"}),
            _item(_("答复异议，结束开标"), {"opening.conclude"}),
            _item(_("公告中标结果"), {"award.announce"}),
        ),
    ),
}  # fmt: skip
