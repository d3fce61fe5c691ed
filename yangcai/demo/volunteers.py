"""What does somebody in a story do unasked: what no worklist tells him to do, or only together with other things?"""

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yangcai import law
from yangcai.cases.models import Lot, Stage
from yangcai.cases.rules import applicable
from yangcai.demo import openings
from yangcai.demo.scene import Deed, Scene
from yangcai.kernel import calendar
from yangcai.kernel.money import CENT
from yangcai.parties.models import Post
from yangcai.planning.models import SetAside
from yangcai.procedures import engine, grounds
from yangcai.tendering import consortia, method
from yangcai.tendering.models import Criterion, PartnerKind, PreferenceClaim

HOUR = datetime.timedelta(hours=1)
#: Which of the bidders, counted from nought, leads a consortium where a story has one.
LEADER = 1
#: When on the day before an invitation may go out everybody comes to work, and until when offers are taken in.
BEGINS, ENDS = datetime.time(9), datetime.time(9, 30)
SUPPLIED_UNTIL = datetime.time(17, 30)
#: What a solicitation document of a story asks for, in points: the price has what the law leaves it at least.
WEIGHTS = {"goods": (30, 50, 20), "services": (20, 55, 25), "works": (30, 50, 20)}
PAYMENT = {"title": "验收合格后付款", "percent": "100", "due_on": "acceptance"}
CLAUSE = {"kind": "responsiveness", "text": "★实质性响应采购文件的全部要求"}


def deeds(scene: Scene) -> Iterator[Deed]:
    """What may be done next, in the order of a purchase. Who does it, and whether it is open, is asked elsewhere."""
    yield from planning(scene)
    if scene.case is not None and not scene.procedure.draws_on:
        yield from preparation(scene)
        yield from taking_part(scene)
        yield from openings.opening(scene)


def planning(scene: Scene) -> Iterator[Deed]:
    """The intention, and the plan under it; what follows is on a worklist."""
    plot = scene.plot
    if scene.intention is None:
        lead = law.value("intention.lead", on=timezone.localdate(scene.now))
        told = {
            "title": plot.title,
            "overview": plot.title,
            "amount": plot.budget,
            "expected_on": first_working_day(timezone.localdate(scene.now) + datetime.timedelta(days=lead + 1)),
            "for_sme": True,
        }
        yield Deed("intention.publish", scene.appropriation, scene.officer, told)
    elif scene.plan_item is None:
        yield Deed("plan.draft", scene.appropriation, scene.officer, plan(scene))


def plan(scene: Scene) -> dict[str, Any]:
    """A plan within the intention, set aside for small and medium firms as the law asks first."""
    plot, intention = scene.plot, scene.intention
    assert intention is not None
    respondents = law.find("requirement.survey.respondents", on=timezone.localdate(scene.now))
    return {
        "title": plot.title,
        "category": plot.category,
        "procedure": plot.procedure,
        "amount": plot.budget,
        "start_on": intention.expected_on,
        "intention": intention,
        "set_aside": SetAside.WHOLE,
        "description": plot.title,
        "quantity": "一批",
        "delivery": "合同签订后 30 日内，采购人指定地点",
        "acceptance_plan": "由采购人组织，按合同逐项验收",
        "survey_respondents": respondents.value if respondents else None,
        "survey_summary": "已向三家供应商开展需求调查",
        **ground(scene),
    }


def ground(scene: Scene) -> dict[str, Any]:
    """The first ground of the method that carries such a purchase, where the method needs one."""
    plot = scene.plot
    found = next((g for g in grounds.of_method(plot.procedure) if plot.category in g.categories), None)
    return {"ground": found.code, "method_reason": "市场竞争充分，采用该方式更有效率"} if found else {}


def preparation(scene: Scene) -> Iterator[Deed]:
    """From the appointment of the agent to the notice, each once."""
    case, plot = scene.case, scene.plot
    assert case is not None
    if case.published_at is not None or case.ended_at is not None:
        return
    agent = scene.agent
    terms = {"agent": agent.organisation, "mandate": "组织本项目采购活动", "fee": "按委托代理协议"}
    rates = scene.procedure.award_by[0]
    lot = {"number": "1", "title": plot.title, "budget": plot.budget, "evaluation_method": rates, "set_aside": "whole"}
    steps: list[tuple[str, Any, Post, dict[str, Any]]] = [
        ("agent.appoint", case, scene.officer, terms),
        ("lots.define", case, agent, {"rows": [lot]}),
        ("solicitation.draft", case, agent, document(scene)),
        ("clauses.define", case, agent, {"rows": [CLAUSE]}),
        *(("criteria.define", one, agent, {"rows": criteria(plot.category)}) for one in scene.lots if rates == "rated"),
        ("payment_terms.define", case, agent, {"rows": [PAYMENT]}),
    ]
    for code, subject, by, data in steps:
        if not scene.did(code):
            yield Deed(code, subject, by, data)
            return  # each builds on the one before
    for seated in openings.seating(scene):
        yield seated
        return
    if not scene.did("solicitation.confirm"):
        yield Deed("solicitation.confirm", case, scene.reviewer)
        return
    yield Deed("invitation.publish", case, agent, times(scene), at=opens_at(scene))


def document(scene: Scene) -> dict[str, Any]:
    """The solicitation document in the words of a form."""
    talks = Stage.DIALOGUE in scene.procedure.stages
    changeable = ("may_change_technical", "may_change_service", "may_change_contract") if talks else ()
    return {
        "requirement": f"{scene.plot.title}，技术和商务要求详见采购需求",
        "delivery": "合同签订后 30 日内",
        "contract_terms": "按采购文件所附合同文本",
        "payment_days": 30,
        "acceptance_days": 10,
        "bid_validity_days": 90,
        "industry": "其他未列明行业",
        "price_formula": "lowest_first",
        "accepts_consortium": scene.plot.joint is not None,
        **dict.fromkeys(changeable, True),
    }


def criteria(category: str) -> list[dict[str, Any]]:
    price, technical, business = WEIGHTS[category]
    return [
        {"code": "price", "kind": "price", "title": "报价", "weight": price},
        {"code": "technical", "kind": "technical", "title": "技术方案", "weight": technical},
        {"code": "business", "kind": "business", "title": "业绩和服务", "weight": business},
    ]


def opens_at(scene: Scene) -> datetime.datetime:
    """The morning on which the notice may go out: the day that the plan names."""
    assert scene.plan_item is not None
    return moment(scene.plan_item.start_on, BEGINS)


def times(scene: Scene) -> dict[str, Any]:
    """Documents and offers for as long as the law asks, counted from the day of the notice."""
    assert scene.case is not None
    opens = max(scene.now, opens_at(scene))
    invitation, submission = (method.step_of(scene.case, stage) for stage in (Stage.INVITATION, Stage.SUBMISSION))
    on, region = applicable(scene.case, now=opens), scene.case.jurisdiction
    last = {
        key: engine.window(key, start=opens, on=on["on"], jurisdiction=region).strict_on
        for key in {invitation.documents or invitation.notice, submission.window} - {""}
    }
    supplied = last.get(invitation.documents or invitation.notice)
    closes = last.get(submission.window) or calendar.add_working_days(timezone.localdate(opens), 5)
    closes = max(closes, supplied or closes)
    closes = first_working_day(closes + datetime.timedelta(days=1))
    return {
        "supply_closes_at": moment(supplied or closes - datetime.timedelta(days=1), SUPPLIED_UNTIL),
        "submission_closes_at": moment(closes, ENDS),
    }


def taking_part(scene: Scene) -> Iterator[Deed]:
    """Suppliers fetch the documents one after the other, one asks, and all offer in the hours before the deadline."""
    case, closes = scene.case, scene.closes_at
    assert case is not None
    if case.published_at is None or closes is None:
        return
    for number, supplier in enumerate(scene.suppliers):
        if not scene.did("documents.obtain", by=supplier):
            yield Deed("documents.obtain", case, supplier, at=case.published_at + (number + 1) * HOUR)
        elif scene.plot.asks and number == 0 and not scene.did("enquiry.ask"):
            question = {"question": "同等或者更高规格的产品是否视为满足要求？"}
            yield Deed("enquiry.ask", case, supplier, question, at=case.published_at + 25 * HOUR)
    for lot in scene.at_stage(Stage.SUBMISSION):
        for number, (supplier, share) in enumerate(zip(scene.suppliers, scene.plot.offers, strict=False)):
            has_bid = scene.did("bid.submit", by=supplier) or scene.did("bid.upload", by=supplier)
            if has_bid or not scene.did("documents.obtain", by=supplier):
                continue
            at = closes - (len(scene.suppliers) - number) * HOUR
            if number == LEADER and scene.partner is not None:
                yield from joining(scene, lot, supplier, scene.partner, bids_at=at)
            if openings.takes_sealed(lot):
                yield from openings.sealing(scene, lot, supplier, offer(scene, supplier, share, lot), at=at)
                continue
            yield Deed("bid.submit", lot, supplier, offer(scene, supplier, share, lot), at=at)


def joining(scene: Scene, lot: Lot, leader: Post, partner: Post, *, bids_at: datetime.datetime) -> Iterator[Deed]:
    """The leader registers what both have agreed; where its partner has not confirmed by the time to bid, it bids
    alone."""
    agreed = consortia.live(lot, leader.organisation)
    if agreed is not None:
        if any(member.confirmed_at is None for member in agreed.members.all()):
            yield Deed("consortium.withdraw", agreed, leader, at=bids_at)
    elif not scene.did("consortium.register", by=leader):
        assert lot.case.published_at is not None
        member = partner.organisation
        row = {"name": member.name, "uscc": member.uscc or "", "share": scene.plot.joint, "work": "安装、调试和培训"}
        told = {"work": "设备供货和项目管理", "members": [row]}
        yield Deed("consortium.register", lot, leader, told, at=lot.case.published_at + 26 * HOUR)


def together(lot: Lot, leader: Post) -> list[dict[str, Any]]:
    """The members that have confirmed, as the bid names them."""
    agreed = consortia.live(lot, leader.organisation)
    return [
        {
            "kind": PartnerKind.MEMBER,
            "name": one.organisation.name,
            "uscc": one.organisation.uscc or "",
            "size": one.organisation.size,
            "share": str(one.share),
            "work": one.work,
        }
        for one in (agreed.members.all() if agreed else ())
        if one.confirmed_at is not None and one.declined_at is None
    ]


def made_by(leader: Post, scene: Scene) -> list[dict[str, Any]]:
    """The leader makes the goods itself and says so: then nobody asks how large its partner is (46号 art. 4)."""
    maker = leader.organisation
    if scene.plot.category != "goods":
        return []
    return [{"item": scene.plot.title, "maker": maker.name, "size": maker.size}]


def offer(scene: Scene, supplier: Post, share: Decimal, lot: Lot) -> dict[str, Any]:
    small = supplier.organisation.is_small_micro
    beside = together(lot, supplier) if scene.plot.joint else []
    return {
        **({"partners": beside, "makers": made_by(supplier, scene)} if beside else {}),
        "price": (scene.plot.budget * share).quantize(CENT),
        "delivery": "合同签订后 30 日内",
        "commitment": True,
        **({"preference": PreferenceClaim.SMALL_MICRO} if small and not reserved(scene) else {}),
    }


def reserved(scene: Scene) -> bool:
    return any(lot.is_reserved for lot in scene.lots)


def weights_of(lot: Lot) -> Iterable[Criterion]:
    return Criterion.objects.filter(lot=lot).exclude(code="price").order_by("pk")


def first_working_day(day: datetime.date) -> datetime.date:
    return calendar.roll(day, region=law.HOME)


def moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, tzinfo=calendar.SHANGHAI)
