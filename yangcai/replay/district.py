"""What does the demo district look like on its first morning? Purchases at every station, made by real Actions.

All organisations and people are invented, and everything made in a sandbox is marked 演示.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from stdnum.cn import uscc

from yangcai.kernel import clock, tasks
from yangcai.kernel.calendar import SHANGHAI
from yangcai.notifications import queries
from yangcai.parties.models import Organisation, OrganisationKind, Person, Post, Size
from yangcai.parties.queries import PLATFORM, platform_post
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem
from yangcai.replay import defaults, furnishing, people
from yangcai.replay.driver import PythonDriver, begin_again
from yangcai.replay.published import Bid, CaseFile, Criterion, Dates, Evaluation, Lot, Outcome
from yangcai.replay.published import Organisation as Named
from yangcai.replay.recorded import RecordedWalk
from yangcai.replay.walk import ONE_PAYMENT, Walk

#: The first morning of the demo: an ordinary Monday.
MORNING = datetime.datetime(2026, 6, 15, 10, tzinfo=SHANGHAI)
#: What is older has been read by then: nobody comes to the first morning with a year of unread messages.
UNREAD = datetime.timedelta(days=3)
AREA = "620171"
#: Everybody's password in the demo; outside a sandbox it fits nobody.
PASSWORD = "yangcai-demo-2026"
EXPERTS = 12
TREASURY = "兰州新区财政局（演示）"
AGENT = "陇原招标代理有限公司（演示）"
#: Holds a share of sealed bids beside buyer, agent, bureau and platform, and reads what the bureau's auditor reads.
NOTARY = "陇中公证处（演示）"
BUYERS = ("兰州新区教育体育局（演示）", "兰州新区卫生健康委员会（演示）")
SUPPLIERS = (
    ("兰州新区启明信息技术有限公司（演示）", Size.SMALL),
    ("甘肃陇上科技有限公司（演示）", Size.MEDIUM),
    ("兰州中川办公设备有限公司（演示）", Size.MICRO),
    ("西北博远系统集成股份有限公司（演示）", Size.LARGE),
)
#: Role, organisation, name of the person: surnames in order, no real person.
PEOPLE = (
    (Role.TREASURY, TREASURY, "郑监管"),
    (Role.TREASURY_PAYER, TREASURY, "冯支付"),
    (Role.AUDITOR, TREASURY, "陈审计"),
    (Role.BUYER_OFFICER, BUYERS[0], "王经办"),
    (Role.BUYER_REVIEWER, BUYERS[0], "李审核"),
    (Role.BUYER_OFFICER, BUYERS[1], "褚经办"),
    (Role.BUYER_REVIEWER, BUYERS[1], "卫审核"),
    (Role.AGENT, AGENT, "赵代理"),
    (Role.SUPPLIER, SUPPLIERS[0][0], "钱经理"),
    (Role.SUPPLIER, SUPPLIERS[1][0], "孙经理"),
    (Role.SUPPLIER, SUPPLIERS[2][0], "周经理"),
    (Role.SUPPLIER, SUPPLIERS[3][0], "吴经理"),
    (Role.EDITOR, TREASURY, "蒋编辑"),
    (Role.AUDITOR, NOTARY, "沈公证"),
    (Role.PLATFORM, PLATFORM, "韩运维"),
    (Role.ADMINISTRATOR, SUPPLIERS[0][0], "杨管理"),
    (Role.ADMINISTRATOR, BUYERS[0], "朱管理"),
)
ADVANCE = (
    {"title": "预付款", "percent": "30", "due_on": "signature"},
    {"title": "验收合格后付款", "percent": "70", "due_on": "acceptance"},
)


@dataclass(frozen=True)
class Purchase:
    """One purchase of the demo: what, by whom, when bids close, how far it has come by the first morning."""

    id: str
    title: str
    buyer: int
    category: str
    budget: str
    closes: datetime.datetime
    until: str
    prices: tuple[str, ...] = ()
    method: str = "rated"
    terms: tuple[dict[str, Any], ...] = ONE_PAYMENT
    after: Callable[[Walk], None] | None = None
    fails: bool = False
    procedure: str = "open_tender"
    ceiling: str = ""


def _day(month: int, day: int, hour: int = 9, minute: int = 30) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def under_review(walk: Walk) -> None:
    """A plan that waits for the second pair of eyes."""
    walk.intention()
    at, officer = walk.at("intention"), walk.people.officer
    data = {
        "title": walk.file.title,
        "category": walk.file.category,
        "procedure": "open_tender",
        "amount": walk.file.budget,
        "start_on": walk.at("invitation").date(),
        "intention": walk.appropriation.intentions.latest("pk"),
        "set_aside": "none",
        "set_aside_reason": "市场上中小企业供给不足以形成竞争",
        "description": "校园安防视频监控及门禁系统，含安装调试和三年质保",
        "quantity": "1 套",
        "delivery": "合同签订后 60 日内，采购人指定地点",
        "acceptance_plan": "由采购人组织，按合同逐项验收",
        "survey_respondents": 3,
        "survey_summary": "已向三家供应商开展需求调查",
    }
    item: PlanItem = walk.do("plan.draft", walk.appropriation, officer, at + datetime.timedelta(hours=1), **data)
    walk.do("plan.submit", item, officer, at + datetime.timedelta(hours=2))


def bidding(walk: Walk) -> None:
    """Documents are out; two suppliers have them, one has already bid."""
    first, second = list(walk.people.suppliers.values())[:2]
    walk.do("documents.obtain", walk.case, first, MORNING - datetime.timedelta(days=3))
    walk.do("documents.obtain", walk.case, second, MORNING - datetime.timedelta(days=3))
    lot = walk.case.lots.get()
    offer = {"price": Decimal("1480000.00"), "delivery": "60 日", "commitment": True}
    walk.do("bid.submit", lot, first, MORNING - datetime.timedelta(hours=2), **offer)
    question = {"question": "投标产品能否提供同等或更高规格的型号？"}
    walk.do("enquiry.ask", walk.case, second, MORNING - datetime.timedelta(hours=1), **question)


#: The agreement of the demo: days of auditors at a unit price.
AUDIT_TERMS = {
    "unit": "人天",
    "estimated_quantity": "1200",
    "users": "兰州新区各预算单位",
    "months": 12,
    "by_direct": True,
    "by_mini_competition": True,
    "by_rotation": True,
    "replacement_rule": "本项目为服务，不适用",
    "feedback_rule": "各预算单位每次委托后在平台评价，评价公开，供直接选定时参考",
}
#: What is called off under it: code, title, buyer, budget, way, days of audit, how far it has come.
CALL_OFFS = (
    ("demo-14", "教育专项资金绩效审计", 0, "48000.00", "call_off_direct", "30", "payment"),
    ("demo-15", "基建项目竣工财务决算审计", 1, "60000.00", "call_off_rotation", "40", "contract"),
    ("demo-16", "公立医院年度财务审计", 1, "90000.00", "call_off_mini_competition", "50", "plan"),
)


def called_off(walk: Walk) -> None:
    """Two units call off under the agreement, one directly, one in turn; a third asks for prices once more."""
    for code, title, buyer, budget, way, quantity, until in CALL_OFFS:
        begin_again()
        ordered = _day(5, 18, 10)
        dates = Dates(
            intention=_day(4, 10, 9),
            invitation=ordered,
            award=ordered,
            contract=ordered + datetime.timedelta(days=3),
            acceptance=ordered + datetime.timedelta(days=20),
            payment=ordered + datetime.timedelta(days=22),
        )
        file = replace(
            case_file(Purchase(code, title, buyer, "services", budget, ordered, until, procedure=way)), dates=dates
        )
        one = Walk(PythonDriver(), file, gathered(file), quantity=quantity)
        one.run(until=until)
        if until == "plan":
            framework = walk.case.lots.get().framework
            closes = {"closes_at": MORNING + datetime.timedelta(days=2), "need": "三家公立医院年度财务报表审计"}
            at = MORNING - datetime.timedelta(days=1)
            item = PlanItem.objects.get(pk=one.plan_item.pk)
            one.do("call_off.invite", item, one.people.officer, at, framework=framework.pk, quantity=quantity, **closes)


PURCHASES = (
    Purchase("demo-01", "智慧教室终端设备采购项目", 0, "goods", "980000.00", _day(3, 4), "payment",
             ("930000.00", "905000.00", "958000.00"), terms=ADVANCE),
    Purchase("demo-02", "医用耗材配送服务项目", 1, "services", "860000.00", _day(4, 9), "acceptance",
             ("812000.00", "840000.00", "826000.00"), method="lowest"),
    Purchase("demo-03", "职业教育园区实训设备采购项目", 0, "goods", "4862000.00", _day(5, 20), "contract",
             ("4580000.00", "4720000.00", "4655000.00"), terms=ADVANCE),
    Purchase("demo-04", "妇幼健康信息平台运维服务项目", 1, "services", "1280000.00", _day(6, 8), "award",
             ("1150000.00", "1196000.00", "1230000.00")),
    Purchase("demo-05", "学生课桌椅采购项目", 0, "goods", "1460000.00", _day(6, 11), "evaluation",
             ("1335000.00", "1398000.00", "1360000.00")),
    Purchase("demo-06", "疾控中心实验室仪器采购项目", 1, "goods", "2350000.00", _day(6, 12), "qualification",
             ("2210000.00", "2268000.00", "2295000.00")),
    Purchase("demo-07", "校园网络升级服务项目", 0, "services", "1690000.00", _day(6, 15), "submission",
             ("1548000.00", "1610000.00", "1655000.00")),
    Purchase("demo-08", "中小学计算机教室设备采购项目", 0, "goods", "1560000.00", _day(7, 2), "invitation",
             ("1480000.00", "1500000.00", "1520000.00"), after=bidding),
    Purchase("demo-09", "基层卫生院物业服务项目", 1, "services", "2160000.00", _day(7, 6), "preparation"),
    Purchase("demo-10", "社区卫生服务中心彩超采购项目", 1, "goods", "3150000.00", _day(5, 26), "opening",
             ("3080000.00", "3120000.00"), fails=True),
    Purchase("demo-11", "校园安防系统采购项目", 0, "goods", "2980000.00", _day(7, 20), "budget", after=under_review),
    Purchase("demo-13", "审计服务框架协议", 0, "services", "1800000.00", _day(4, 22), "award",
             ("1480.00", "1350.00", "1420.00", "1390.00"), method="lowest", procedure="framework",
             ceiling="1500.00", after=called_off),
    Purchase("demo-12", "体育场馆维护服务项目", 0, "services", "1180000.00", _day(7, 24), "intention"),
)  # fmt: skip


def case_file(purchase: Purchase) -> CaseFile:
    """The purchase in the words of a published case, so that one walker serves both."""
    bids = tuple(
        Bid(
            supplier=Named(name, size=size),
            price=Decimal(price),
            prefer="small_micro" if size in (Size.SMALL, Size.MICRO) else "",
        )
        for (name, size), price in zip(SUPPLIERS, purchase.prices, strict=False)
    )
    weight = Decimal(30 if purchase.category == "goods" else 20)
    criteria = (Criterion("price", weight), Criterion("technical", Decimal(50)), Criterion("business", 50 - weight))
    evaluation = Evaluation(
        method=purchase.method,
        criteria=criteria if purchase.method == "rated" else (),
        price_preference={"small_micro": Decimal("0.10")},
    )
    ceiling = Decimal(purchase.ceiling) if purchase.ceiling else None
    return CaseFile(
        file="",
        id=purchase.id,
        source="",
        title=purchase.title,
        buyer=Named(BUYERS[purchase.buyer]),
        agent=Named(AGENT),
        jurisdiction=AREA,
        category=purchase.category,
        method=purchase.procedure,
        grounds="framework.administration" if purchase.procedure == "framework" else "",
        budget=Decimal(purchase.budget),
        dates=Dates(submission_closes=purchase.closes),
        lots=(Lot("1", purchase.title, Decimal(purchase.budget), ceiling, evaluation, bids),),
        outcome=Outcome(status="unsuccessful") if purchase.fails else Outcome(),
    )


def code(number: int) -> str:
    """An invented credit code with its check digit: whoever seals a bid names itself by one."""
    stem = f"91620100MA000{number:04d}"
    return stem + str(uscc.calc_check_digit(stem))


def settle() -> None:
    """Organisations, people and posts with the names that the demo shows."""
    kinds = {TREASURY: OrganisationKind.TREASURY, AGENT: OrganisationKind.AGENT}
    kinds |= dict.fromkeys(BUYERS, OrganisationKind.BUYER)
    kinds |= {name: OrganisationKind.SUPPLIER for name, _size in SUPPLIERS}
    kinds[NOTARY] = OrganisationKind.TREASURY
    sizes, codes = dict(SUPPLIERS), {name: code(number) for number, (name, _size) in enumerate(SUPPLIERS, start=1)}
    for name, kind in kinds.items():
        Organisation.objects.create(
            name=name,
            kind=kind,
            uscc=codes.get(name),
            jurisdiction=AREA,
            size=sizes.get(name, ""),
            address="甘肃省兰州新区（演示地址）",
            contact="演示联系人",
        )
    people.experts(EXPERTS)
    platform_post(now=MORNING)  # first of its role: the clock acts through it, and nobody in person
    password = make_password(PASSWORD)  # once: a hash is costly on purpose, and here all share one password
    for number, (role, owner, name) in enumerate(PEOPLE, start=1):
        person = Person.objects.create(username=f"demo{number:02d}", password=password, name=name)
        Post.objects.create(
            person=person, organisation=Organisation.objects.get(name=owner), role=role, from_on=people.FROM
        )
    for number, post in enumerate(
        Post.objects.filter(role=Role.EXPERT).select_related("person").order_by("pk"), start=1
    ):
        post.person.name = f"评审专家{number:02d}"
        post.person.username = f"expert{number:02d}"
        post.person.password = password
        post.person.save()


def gathered(file: CaseFile) -> people.People:
    """As for a replay, with the demo's own bureau and all four suppliers at hand."""
    found = people.gather(file, bureau_name=TREASURY)
    owners = Organisation.objects.in_bulk([name for name, _size in SUPPLIERS], field_name="name")
    return replace(found, suppliers={name: people.post(owner, Role.SUPPLIER) for name, owner in owners.items()})


def found_district(*, told: Callable[[Purchase], None], purchases: Iterable[Purchase] | None = None) -> None:
    """Make the district on an empty database, or where its people are already, and stop the clock on its first
    morning."""
    if not Organisation.objects.filter(name=TREASURY).exists():
        with transaction.atomic():
            settle()
    for purchase in PURCHASES if purchases is None else purchases:
        told(purchase)
        begin_again()
        file = defaults.complete(published=case_file(purchase)).case
        if not purchase.prices:  # nobody has bid yet, and nobody is made up
            file = replace(file, lots=tuple(replace(lot, bids=()) for lot in file.lots))
        walk = RecordedWalk(
            PythonDriver(), file, gathered(file), payment_terms=purchase.terms, framework_terms=AUDIT_TERMS
        )
        walk.run(until=purchase.until)
        if purchase.after:
            purchase.after(walk)
    begin_again()
    furnishing.furnish(morning=MORNING, bureau=Organisation.objects.get(name=TREASURY))
    clock.set_sandbox(at=MORNING)
    tasks.fire_due(now=MORNING)
    queries.read_before(MORNING - UNREAD, now=MORNING)
