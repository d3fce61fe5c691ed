"""Is what no purchase may ask refused by the form in which it is written, with its article and how to mend it?"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.factories import make_expert, make_post
from tests.planning.office import NOW as PLANNED
from tests.planning.office import Office
from tests.tendering.judging import DRAWN, OPENED, SEATED, Hall, hall
from tests.tendering.walk import Tender, criteria, document
from tests.through.filling import Sent, filled
from tests.through.markup import page_of
from tests.through.ways import Desk
from tests.www.support import Clock
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Entry
from yangcai.parties.models import Expert, ExpertTie, Post, TieKind
from yangcai.parties.roles import Role
from yangcai.planning.models import Requirement
from yangcai.tendering.models import Clause, Committee, CommitteeMember, Criterion, ExpertChoice, Solicitation
from yangcai.www.work import places

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")


@dataclass
class Form:
    """A form that somebody fills in: who, which Action, on what row, with what."""

    by: Post
    code: str
    subject: Any
    data: dict[str, Any]
    at: Any


def scored(**changed: dict[str, Any]) -> Form:
    """The criteria of a tender for goods; of those with this code other cells are said."""
    tender = Tender()
    rows = [{**row, **changed.get(row["code"], {})} for row in criteria()]
    return Form(tender.runner, "criteria.define", tender.lot, {"rows": rows}, tender.now)


def file_of(procedure: str, **terms: Any) -> Form:
    """The document of a purchase by that method."""
    tender = Tender(procedure=procedure, method="lowest" if procedure == "negotiation" else "rated")
    return Form(tender.runner, "solicitation.draft", tender.case, {**document(), **terms}, tender.now)


def condition(text: str) -> Form:
    tender = Tender()
    rows = [{"kind": "qualification", "text": text}]
    return Form(tender.runner, "clauses.define", tender.case, {"rows": rows}, tender.now)


def plan_that_says(text: str) -> Form:
    """A plan that came back, written again."""
    office = Office()
    item = office.draft(description="教学设备一批")
    told = {"description": text}
    return Form(office.officer, "plan.revise", item, told, PLANNED)


def seats(size: int) -> Form:
    h = bids_opened()
    return Form(h.runner, "committee.draw", h.case, {"evaluates_at": SEATED, "size": size}, DRAWN)


def group_of(size: int) -> Form:
    """The negotiating group, which is formed before the invitation."""
    tender = Tender(procedure="negotiation", method="lowest")
    tender.describe()
    tender.do("solicitation.confirm", tender.case, tender.reviewer)
    [make_expert() for _ in range(8)]
    data = {"evaluates_at": SEATED, "size": size}
    return Form(tender.runner, "committee.draw", tender.case, data, tender.now)


def bids_opened() -> Hall:
    return hall("950000", "1000000", "1100000")


def tied(h: Hall, post: Post) -> Expert:
    """This expert has somebody of the family at the first bidder."""
    expert = Expert.objects.get(person_id=post.person_id)
    since = h.case.published_at.date()
    ExpertTie.objects.create(
        expert=expert,
        organisation=h.bidders[0].organisation,
        kind=TieKind.KINSHIP,
        from_on=since.replace(year=since.year - 1),
        declared_at=OPENED,
    )
    return expert


def chosen_in_spite() -> Form:
    """The buyer names an expert who is tied to a bidder."""
    h = bids_opened()
    named = tied(h, h.experts[0])
    reasons = {"reason": "手术机器人专用导航，全国同类专家很少", "attempts": "两次抽取均不熟悉该专业"}
    rows = [{"expert": named.pk, "reason": "长期从事该领域"}]
    return Form(h.officer, "experts.choose", h.case, {**reasons, "experts": rows}, OPENED)


def sent_in_spite() -> Form:
    """Whom the buyer sends works for a bidder, too."""
    h = bids_opened()
    sent = make_post(Role.EXPERT, h.officer.organisation)
    make_post(Role.SUPPLIER, h.bidders[0].organisation, person=sent.person)
    return Form(h.runner, "committee.draw", h.case, {"evaluates_at": SEATED, "representatives": [sent]}, DRAWN)


def drawn() -> tuple[Hall, Post]:
    h = bids_opened()
    h.do("committee.draw", h.case, h.runner, DRAWN, evaluates_at=SEATED)
    return h, h.members[1].post


def signs_without_saying_so() -> Form:
    h, post = drawn()
    return Form(post, "committee.sign_in", next(m for m in h.members if m.post == post), {"commits": False}, SEATED)


def signs_in_spite() -> Form:
    """Who was drawn has meanwhile declared a tie to a bidder."""
    h, post = drawn()
    tied(h, post)
    return Form(post, "committee.sign_in", next(m for m in h.members if m.post == post), {"commits": True}, SEATED)


#: What is wrong -> the form, the Refusal, the rule that it cites, and what the page says: what to do about it, in
#: both languages.
WRONG: dict[str, tuple[Callable[[], Form], str, str, str, str]] = {
    "weights of 110": (
        lambda: scored(technical={"weight": "60"}),
        "weights_not_100", "evaluation.total", "请减去 10 分", "take 10 away",
    ),
    "weights of 95": (
        lambda: scored(business={"weight": "15"}),
        "weights_not_100", "evaluation.total", "请补足 5 分", "add 5",
    ),
    "price weighs too little": (
        lambda: scored(price={"weight": "20"}, technical={"weight": "60"}),
        "price_weight", "evaluation.price_weight.goods", "请增加到 30 分以上", "give it 30 or more",
    ),
    "a standard that contradicts its weight": (
        lambda: scored(technical={"standard": "全部响应的满分为 60 分"}),
        "standard_contradicts_weight", "evaluation.intervals", "请改为一致", "make them agree",
    ),
    "a floor price in the plan": (
        lambda: plan_that_says("教学设备一批，最低限价为 80 万元"),
        "floor_price", "solicitation.ceiling", "请删去", "Take it out",
    ),
    "a floor price in the file": (
        lambda: file_of("open_tender", requirement="台式计算机 100 台，报价不得低于80万元"),
        "floor_price", "solicitation.ceiling", "需要时只设定最高限价", "Take it out; a ceiling may stand",
    ),
    "a floor price among the conditions": (
        lambda: condition("投标报价不得低于预算金额的80%"),
        "floor_price", "solicitation.ceiling", "需要时只设定最高限价", "Take it out; a ceiling may stand",
    ),
    "the size of the supplier": (
        lambda: condition("注册资本不低于500万元"),
        "banned_condition", "qualification.banned_conditions", "请删去，或者改写", "Take it out, or ask for",
    ),
    "the word of the maker": (
        lambda: condition("提供生产厂家针对本项目的授权书"),
        "banned_condition", "qualification.banned_conditions", "请删去，或者改写", "Take it out, or ask for",
    ),
    "where the supplier is at home": (
        lambda: condition("供应商须为兰州市企业"),
        "banned_condition", "requirement.competition_review", "请删去，或者改写", "Take it out, or ask for",
    ),
    "a brand that is called one, in a negotiation": (
        lambda: file_of("negotiation", requirement="交换机 20 台，品牌：华为"),
        "brand_named", "solicitation.no_brand", "请改写为技术、服务要求和性能指标", "Say what it must do instead",
    ),
    "a brand that is not called one, in a negotiation": (
        lambda: file_of("negotiation", requirement="采用华为交换机 20 台"),
        "brand_named", "solicitation.no_brand", "请改写为技术、服务要求和性能指标", "Say what it must do instead",
    ),
    "a committee of four": (
        lambda: seats(4),
        "committee_size", "committee.open_tender.size", "请改为 5 人", "make it 5",
    ),
    "a committee of six": (
        lambda: seats(6),
        "committee_size", "committee.open_tender.size", "请改为 7 人", "make it 7",
    ),
    "a negotiating group of four": (
        lambda: group_of(4),
        "committee_size", "committee.negotiation.size", "本项目谈判小组应当为 3 人以上单数，而不是 4 人；请改为 5 人",
        "make it 5",
    ),
    "an expert who must recuse is chosen": (
        chosen_in_spite, "recusal", "committee.recusal", "请选定其他专家", "choose another expert",
    ),
    "a representative who must recuse is sent": (
        sent_in_spite, "recusal", "committee.recusal", "请另派代表", "send another representative",
    ),
    "a member does not say that there is nothing to recuse for": (
        signs_without_saying_so, "not_declared", "committee.recusal", "请不要勾选", "leave the box empty",
    ),
}  # fmt: skip


def articles(html: str, mend: str) -> list[str]:
    """The rules to which the sentences lead that say how to mend it."""
    return re.findall(rf'{re.escape(mend)}[^<]*(?:</a>)? <a class="citation" href="/law/([^"]+)"', html)


@pytest.mark.parametrize("name", WRONG)
def test_it_is_refused_where_it_is_written(name: str, clock: Clock) -> None:
    make, code, rule, *mends = WRONG[name]
    form = make()
    clock.at = form.at
    action, desk = ACTIONS[form.code], Desk(form.by)
    address = places.form_of(action, form.subject)
    desk.place_of(action, form.subject)  # a page leads there
    before = kept()
    for language, mend in zip(LANGUAGES, mends, strict=True):
        desk.client.cookies["django_language"] = language
        written = page_of(desk.get(address)).form_to(address)
        assert written is not None
        sent = filled(written, form.data)
        answer = desk.post_to(address, sent)
        assert answer.status_code == 422
        assert [one.code for one in answer.context["refusals"]] == [code]
        # First of all, with a link to its field, and beside that.
        (refusal,) = answer.context["refusals"]
        html = answer.content.decode()
        assert f'href="#id_{refusal.field}' in html and articles(html, mend) == [rule, rule]
        again = page_of(answer).form_to(address)
        assert again is not None and typed(filled(again, {})) == typed(sent), "what was written is there to be mended"
    assert kept() == before
    assert Entry.objects.filter(action=form.code, outcome="refused").count() == len(LANGUAGES)


def typed(sent: Sent) -> Sent:
    """What of it somebody wrote or chose."""
    of_the_page = ("key", "csrfmiddlewaretoken")
    return {name: value for name, value in sent.items() if name not in of_the_page and any(value)}


def test_who_was_drawn_and_must_recuse_is_told_instead_of_being_asked(clock: Clock) -> None:
    form = signs_in_spite()
    clock.at = form.at
    desk, address = Desk(form.by), places.form_of(ACTIONS[form.code], form.subject)
    for language, mend in zip(LANGUAGES, ("请办理“不能参加评审”", "decline the seat"), strict=True):
        desk.client.cookies["django_language"] = language
        answer = desk.get(address)
        assert answer.context["form"] is None and page_of(answer).form_to(address) is None
        assert articles(answer.content.decode(), mend) == ["committee.recusal"]
        instead = places.form_of(ACTIONS["committee.decline"], form.subject)
        assert page_of(answer).leads_to(instead)
        assert desk.post_to(address, {"commits": "on"}).status_code == 422
    assert not CommitteeMember.objects.filter(signed_in_at__isnull=False).exists()


def kept() -> list[Any]:
    """All that these forms could have written."""
    return [
        sorted(model.objects.values_list())
        for model in (Criterion, Clause, Solicitation, Requirement, Committee, ExpertChoice)
    ]
