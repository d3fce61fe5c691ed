"""Does the page of a case show each role what it may do and see, and nothing else?"""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.contracts import support
from tests.factories import at, make_case, make_expert, make_organisation, make_post, make_supplier
from tests.tendering.awarding import evaluated, paper
from tests.tendering.judging import ANNOUNCED
from tests.tendering.walk import CLOSES, Tender
from tests.www.support import Clock, at_desk, follow, text_of
from yangcai.cases.models import Case
from yangcai.contracts.models import Contract
from yangcai.kernel import documents
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.models import OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.portal import pipeline
from yangcai.tendering.models import CommitteeMember, Solicitation
from yangcai.www.work import rail
from yangcai.www.work.offers import offers

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def page_of(post: Post, case: Case) -> str:
    answer = at_desk(post).get(reverse("work_case", args=[case.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def section(page: str, title: str) -> str:
    """The part of a page under a heading, up to the next one."""
    return re.split(r"<h2>", page.split(f"<h2>{title}</h2>")[1])[0]


@pytest.fixture
def published(clock: Clock) -> Tender:
    tender = Tender()
    tender.published()
    follow(tender, clock)
    return tender


@pytest.fixture
def opened(published: Tender, clock: Clock) -> Tender:
    published.bids("900000.00", "850000.00", "800000.00")
    published.open()
    published.conclude()
    follow(published, clock)
    return published


def test_what_may_be_done_stands_first_with_its_reason(clock: Clock) -> None:
    tender = Tender()
    tender.describe()
    follow(tender, clock)
    agent = section(page_of(tender.agent_post, tender.case), "现在可以办理")
    assert f"/work/do/case/{tender.case.pk}/solicitation.draft/" in agent
    assert "发布采购公告" in agent and f"/work/do/case/{tender.case.pk}/invitation.publish/" not in agent
    assert "采购文件" in agent and "refusals" in agent  # not confirmed yet, with the article
    assert "主持开标" in agent or "开标" in agent
    reviewer = section(page_of(tender.reviewer, tender.case), "现在可以办理")
    assert f"/work/do/case/{tender.case.pk}/solicitation.confirm/" in reviewer


def test_what_is_never_done_to_a_tender_is_not_even_closed(opened: Tender) -> None:
    """The first stage of a framework agreement, and a committee that confirms the file, are other methods'."""
    for post in (opened.agent_post, opened.officer):
        found = offers([opened.case, *opened.case.lots.all()], post=post, now=opened.now)
        codes = {one.action.code for part in (found.open, found.blocked, found.elsewhere) for one in part}
        assert not codes & {"framework.define", "consumables.define", "framework_approval.apply"}
        assert not {code for code in codes if code.startswith("entrants.")}
    assert "award.determine" in codes  # the officer's: of a tender, in another stage


def test_what_waits_for_this_post_is_the_primary_button(clock: Clock) -> None:
    tender = Tender(agent=False)
    follow(tender, clock)
    tender.draft()
    page = section(page_of(tender.officer, tender.case), "现在可以办理")
    first = re.search(r'<a class="button([^"]*)" href="([^"]+)"', page)
    assert "primary" in first.group(1)
    assert "case.terminate" not in first.group(2)


@pytest.mark.parametrize("role", [Role.SUPPLIER, Role.EXPERT, Role.AGENT, Role.BUYER_OFFICER])
def test_before_publication_it_does_not_exist_for_others(clock: Clock, role: str) -> None:
    case = make_case(stage="preparation", agent=make_organisation(OrganisationKind.AGENT))
    assert at_desk(make_post(role)).get(reverse("work_case", args=[case.pk])).status_code == 404


def test_the_group_reads_the_unpublished_file_that_it_confirms_and_no_other_expert_does(clock: Clock) -> None:
    """谈判小组确认谈判文件 (74号令 art. 8): what its members cannot open they cannot confirm."""
    tender = Tender(procedure="negotiation", method="lowest")
    tender.describe(document=documents.store_bytes(data=b"%PDF-1.7 file", name="采购文件.pdf", now=tender.now))
    tender.seat()
    stranger = make_expert()  # now: the draw takes whom it likes
    follow(tender, clock)
    chair, other = (member.post for member in tender.members()[:2])
    page = reverse("work_case", args=[tender.case.pk])
    form = reverse("work_do", args=["case", tender.case.pk, "solicitation.confirm_by_committee"])
    assert form in at_desk(chair).get(page).content.decode()
    file = reverse("work_file", args=[Attachment.objects.get(kind="solicitation").pk])
    assert f'href="{file}"' in at_desk(chair).get(form).content.decode()
    assert text_of(at_desk(chair).get(file)) == text_of(at_desk(other).get(file)) == "%PDF-1.7 file"
    assert at_desk(stranger).get(file).status_code == 404
    assert form not in at_desk(other).get(page).content.decode()
    assert at_desk(stranger).get(page).status_code == at_desk(stranger).get(form).status_code == 404
    assert at_desk(chair).post(form, {"opinion": "同意发出"}).status_code == 302
    assert Solicitation.objects.get(case=tender.case).committee_confirmed_at is not None
    tender.do("committee.replace", tender.members()[1], tender.runner, reason="出差", ground="absent")
    assert at_desk(other).get(page).status_code == 404


def test_the_four_lamps_are_for_those_inside(published: Tender) -> None:
    for post in (published.officer, published.agent_post, make_post(Role.TREASURY), make_post(Role.AUDITOR)):
        page = page_of(post, published.case)
        for name in ("无预算不采购", "无系统不交易", "无合同不支付", "无验收不结项"):
            assert name in page
    for post in (make_supplier(), make_post(Role.BUYER_OFFICER)):
        assert "无预算不采购" not in page_of(post, published.case)


def test_money_is_for_buyer_and_treasury(published: Tender) -> None:
    assert "本计划预留余额" in page_of(published.officer, published.case)
    assert "本计划预留余额" in page_of(make_post(Role.TREASURY), published.case)
    for post in (published.agent_post, make_supplier(), make_post(Role.BUYER_OFFICER)):
        assert "本计划预留余额" not in page_of(post, published.case)


def test_clocks_stand_with_time_and_article(published: Tender) -> None:
    part = section(page_of(published.agent_post, published.case), "法定时限")
    assert "投标期限" in part and "第三十五条" in part and "进行中" in part


@pytest.mark.long
def test_until_the_opening_nobody_learns_who_takes_part(published: Tender, clock: Clock) -> None:
    """87号令 art. 28: not from the tables, the timeline, the counts, or a row's number."""
    rival = published.supplier(name="隐名的投标人有限公司")
    published.bid(rival, price="876543.21")
    other = published.supplier(name="另一家供应商")
    watchers = [published.agent_post, published.officer, published.reviewer, other, make_supplier()]
    watchers += [make_post(role) for role in (Role.TREASURY, Role.AUDITOR, Role.PLATFORM, Role.BUYER_OFFICER)]
    for post in watchers:
        page = page_of(post, published.case)
        assert "隐名" not in page, post.role
        assert "876543" not in page and "876,543" not in page, post.role
        assert "递交了投标文件" not in page, post.role
        timeline = at_desk(post).get(reverse("work_timeline", args=[published.case.pk])).content.decode()
        assert "隐名" not in timeline and "递交了投标文件" not in timeline, post.role
    own = page_of(rival, published.case)
    assert "递交了投标文件" in own and "TB" in own and "876543" not in own


def test_from_the_opening_on_prices_are_read_out(opened: Tender) -> None:
    for post in (opened.agent_post, opened.officer, opened.suppliers[0], make_supplier(), make_post(Role.AUDITOR)):
        assert "850,000.00" in page_of(post, opened.case)


@pytest.mark.long
def test_who_sits_in_the_committee_is_secret(opened: Tender, clock: Clock) -> None:
    """87号令 art. 47: the agent's side learns a name when its bearer has signed in, a bidder with the award notice."""
    experts = [make_expert() for _ in range(9)]
    opened.do("committee.draw", opened.case, opened.agent_post, evaluates_at=opened.now + datetime.timedelta(hours=1))
    names = [expert.person.name for expert in experts]
    units = [expert.organisation.name for expert in experts]
    members = list(CommitteeMember.objects.order_by("pk").select_related("post__person"))
    inside = [opened.agent_post, opened.officer, make_post(Role.TREASURY)]
    for post in [*inside, *opened.suppliers, make_supplier()]:
        page = page_of(post, opened.case)
        assert not [secret for secret in names + units if secret in page], post.role
    assert "保密" in page_of(opened.agent_post, opened.case)
    me = members[0].post
    page = page_of(me, opened.case)
    assert not [name for name in names if name in page and name != me.person.name]
    drawn = [m.post.person_id for m in members]
    stranger = next(expert for expert in experts if expert.person_id not in drawn)
    assert "committee.sign_in" not in page_of(stranger, opened.case)
    opened.now += datetime.timedelta(hours=1)
    opened.do("committee.sign_in", members[0], me, commits=True)
    follow(opened, clock)
    assert me.person.name in page_of(opened.agent_post, opened.case)
    assert me.person.name not in page_of(opened.suppliers[0], opened.case)
    replace = f"/work/do/committeemember/{members[1].pk}/committee.replace/"
    form = at_desk(opened.agent_post).get(replace).content.decode()
    assert members[1].post.person.name not in form and members[1].post.organisation.name not in form


def test_the_rail_shows_where_it_stands(opened: Tender, clock: Clock) -> None:
    case = Case.objects.get(pk=opened.case.pk)
    steps = rail.steps(case.plan_item, case, now=opened.now)
    assert [step.state for step in steps] == ["done"] * 5 + ["current", "todo", "todo"]
    assert steps[3].at == CLOSES and "20日" in steps[3].limit and steps[3].citation.article == "第三十五条"
    Case.objects.filter(pk=case.pk).update(ended_at=opened.now, end_kind="unsuccessful")
    case.refresh_from_db()
    ended = rail.steps(case.plan_item, case, now=opened.now)
    assert (ended[5].state, ended[5].note) == ("stopped", "废标")


@pytest.mark.long
def test_the_rail_gives_the_contract_the_time_that_its_task_gives(db: None) -> None:
    """政府采购法 art. 46, 57: not while the case stands still, and not counted from an award that fell."""
    h, treasury = evaluated(), make_post(Role.TREASURY)
    h.awarded()
    h.announced()

    def shown(now: datetime.datetime) -> datetime.datetime | None:
        case = Case.objects.get(pk=h.case.pk)
        return rail.steps(case.plan_item, case, now=now)[-2].at

    def of_task() -> datetime.datetime | None:
        return Task.objects.get(root=h.case.ref, action="contract.draft", done_at=None).due_at

    first = shown(ANNOUNCED)
    assert first == of_task() and first is not None
    order = {"reason": "投诉", "until_on": (ANNOUNCED + 9 * DAY).date(), "document": paper(treasury)}
    h.do("case.suspend", h.case, treasury, ANNOUNCED + DAY, **order)
    assert shown(ANNOUNCED + 2 * DAY) is None
    h.do("case.resume", h.case, treasury, ANNOUNCED + 8 * DAY, reason="投诉不成立")
    later = shown(ANNOUNCED + 8 * DAY)
    assert later == of_task() and later is not None and later >= first + 7 * DAY
    h.do("award.refuse", h.award, h.bidders[0], ANNOUNCED + 9 * DAY, reason="无法供货")
    assert shown(ANNOUNCED + 9 * DAY) is None


def test_the_signing_of_a_contract_is_told_to_everybody_by_its_notice(db: None, clock: Clock) -> None:
    s = support.scene()
    support.signed(s)
    clock.at = at("2026-03-27T09:00")

    def signed_on(post: Post | None) -> bool:
        return rail.steps(s.case.plan_item, s.case, now=clock.at, post=post)[-2].state == "done"

    assert signed_on(s.officer) and signed_on(s.supplier) and signed_on(make_post(Role.TREASURY))
    assert not signed_on(None) and not signed_on(make_supplier())
    assert s.contract.award.lot in pipeline.to_sign(clock.at)
    Contract.objects.filter(pk=s.contract.pk).update(published_at=clock.at)
    assert s.contract.award.lot not in pipeline.to_sign(clock.at)
    assert signed_on(None) and signed_on(make_supplier())


def test_no_deadline_of_another_bidder_is_shown(opened: Tender) -> None:
    mine, other = opened.suppliers[:2]
    for post in (mine, other):
        Task.objects.create(
            root=opened.case.ref,
            subject=opened.case.ref,
            action="low_price.explain",
            clock="C13",
            role=Role.SUPPLIER,
            organisation_id=post.organisation_id,
            title="x",
            since=opened.now - (1 if post is mine else 2) * DAY,
            due_at=opened.now + (1 if post is mine else 2) * DAY,
        )
    page = page_of(mine, opened.case)
    assert (opened.now + DAY).strftime("2026-%m-%d") in page
    assert (opened.now + 2 * DAY).strftime("2026-%m-%d") not in section(page, "法定时限")


@pytest.mark.long
@pytest.mark.parametrize("role", [Role.AGENT, Role.SUPPLIER, Role.TREASURY])
def test_the_number_of_queries_does_not_grow_with_other_cases(clock: Clock, role: str) -> None:
    def queries(post: Post, case: Case) -> int:
        client = at_desk(post)
        client.get(reverse("work_case", args=[case.pk]))
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("work_case", args=[case.pk]))
        return len(caught)

    tender = Tender()
    tender.published()
    tender.bids("900000.00", "850000.00")
    follow(tender, clock)
    post = {Role.AGENT: tender.agent_post, Role.SUPPLIER: tender.suppliers[0]}.get(role) or make_post(role)
    alone = queries(post, tender.case)
    for _ in range(5):
        make_case(stage="submission", lots=2, agent=tender.agent_post.organisation)
    assert queries(post, tender.case) == alone <= 110
