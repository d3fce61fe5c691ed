"""Do rail, case page and worklist of a method without a tender come out of its own data, in both languages?"""

from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.scenarios import story
from tests.scenarios.story import FIRST, SECOND, THIRD, Story
from tests.www.support import Clock, at_desk
from tests.www.test_english import data, unmarked
from yangcai.parties.models import Post
from yangcai.www.public.cases import TABS
from yangcai.www.work import rail

pytestmark = pytest.mark.django_db
NODES = [
    "采购意向",
    "采购计划",
    "采购公告",
    "提交响应文件",
    "开启响应文件",
    "谈判",
    "最后报价",
    "评审定标",
    "合同",
    "验收支付",
]


@pytest.fixture
def talking(clock: Clock, settings: Any) -> Story:
    bids = [story.bid(FIRST, "900000.00"), story.bid(SECOND, "870000.00"), story.bid(THIRD, "910000.00")]
    file = story.purchase(story.lot("1", bids, budget="1000000.00", method="lowest"), method="negotiation")
    with override_settings(YANGCAI_SANDBOX=True):
        tale = story.begin(
            file, until="qualification", in_bids={name: {"price": Decimal("999999.00")} for name, _ in (FIRST, SECOND)}
        )
    clock.at = tale.moment(11)
    return tale


def page_of(post: Post, tale: Story, *, language: str = "zh-hans") -> str:
    client = at_desk(post)
    client.cookies["django_language"] = language
    answer = client.get(reverse("work_case", args=[tale.case.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.long
def test_the_rail_is_the_method_s(talking: Story, clock: Clock) -> None:
    case = talking.refreshed()
    steps = rail.steps(case.plan_item, case, now=clock.at)
    assert [step.name for step in steps] == NODES
    assert [step.state for step in steps][5] == "current"
    submission, dialogue = steps[3], steps[5]
    assert submission.citation is not None and "第74号" in submission.citation.instrument
    assert dialogue.citation is not None and dialogue.citation.article == "第三十一条"


def test_last_offers_are_not_in_before_their_time_is_over(talking: Story, clock: Clock) -> None:
    with override_settings(YANGCAI_SANDBOX=True):
        talking.dialogue()
    clock.at = talking.moment(14)
    case = talking.refreshed()
    node = rail.steps(case.plan_item, case, now=clock.at)[6]
    assert node.state == "current" and node.at is not None and node.at > clock.at
    after = rail.steps(case.plan_item, case, now=node.at)
    assert (after[6].state, after[7].state) == ("done", "current")


@pytest.mark.long
def test_the_form_of_a_last_offer_cites_no_article_of_another_method(talking: Story, clock: Clock) -> None:
    with override_settings(YANGCAI_SANDBOX=True):
        talking.dialogue()
    clock.at = talking.moment(14)
    form = reverse("work_do", args=["lot", talking.lot.pk, "final_offer.submit"])
    page = at_desk(talking.supplier(FIRST)).get(form).content.decode()
    assert "第三十三条" in page and "第四十七条" not in page


@pytest.mark.long
def test_each_role_reads_its_page_in_both_languages(talking: Story) -> None:
    chair = next(member.post for member in talking.members() if member.is_chair)
    people = talking.people
    for post in (people.officer, people.agent, chair, talking.supplier(FIRST), people.treasury):
        page = page_of(post, talking)
        assert "谈判" in page and "竞争性谈判" in page
        assert unmarked(page_of(post, talking, language="en"), data()) == []
    # The committee's chair is offered the talk; nobody but the supplier and the buyer's side sees a price.
    assert "记录谈判" in page_of(chair, talking)
    own, others = page_of(talking.supplier(FIRST), talking), page_of(talking.supplier(THIRD), talking)
    assert "999,999.00" in own and "999,999.00" not in others
    assert "退出谈判" in own


def test_the_public_page_keeps_the_prices(talking: Story) -> None:
    address, reader = reverse("public_case", args=[talking.case.pk]), at_desk(talking.supplier(THIRD))
    public = "".join(reader.get(address, {"tab": tab}).content.decode() for tab in TABS)
    assert "999,999.00" not in public and "竞争性谈判公告" in public
