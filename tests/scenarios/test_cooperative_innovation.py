"""How does cooperative innovation go, told by role: applications, one meeting with all, a file, two research contracts,
one of them eliminated or both accepted, the first purchase of what succeeded, and what others may buy of it?"""

import datetime
from copy import copy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.portal.test_notices import check
from tests.scenarios import story
from tests.scenarios.research import (
    RESEARCH,
    WITH_INCENTIVE,
    chair,
    evaluated,
    offers,
    paper,
    qualified,
    research,
    working_days_on,
)
from tests.scenarios.story import ADVANCE, DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Case, Lot, LotOutcome, Stage
from yangcai.kernel import at_rest, documents
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.kernel.inputs import PrivateFile
from yangcai.kernel.models import Attachment
from yangcai.parties.models import LAW
from yangcai.planning.models import PlanItem
from yangcai.planning.proposal import of_plan
from yangcai.portal.models import Notice
from yangcai.procedures.choice import Answer
from yangcai.tendering import draws
from yangcai.tendering.models import (
    AwardLetter,
    DialogueChange,
    DialogueTalk,
    FinalOffer,
    OpenedBid,
)
from yangcai.tendering.rules.committee.composition import ECONOMY
from yangcai.www.work.files import readable

pytestmark = [pytest.mark.django_db, pytest.mark.long]


# --- the choice of the method --------------------------------------------------------------------------------------


def test_it_is_proposed_on_its_grounds_and_with_a_permission_whatever_the_amount(world: None) -> None:
    """Below the open-tender threshold as well: who may use it at all is said by the Measures."""
    tale = qualified()
    plan = PlanItem.objects.get(pk=tale.plan_item.pk)
    assert plan.amount < Decimal(4_000_000) and plan.needs_approval
    at = tale.moment(11)
    asked = of_plan(plan, now=at, with_approvals=False).of(RESEARCH)
    assert asked.answer is Answer.APPROVAL
    (reason,) = asked.reasons
    assert reason.code == "method_not_approved" and "授权或者批准" in reason.zh
    assert reason.citation is not None and reason.citation.instrument == "财库〔2024〕13号"
    assert reason.citation.article == "第四条"
    assert asked.timeline is not None
    days = {one.code: one.earliest_on for one in asked.timeline.milestones}
    assert days["submission"] < days["dialogue"] < days["final_offer"] <= days["award_notice"]
    # Permitted it is lawful, on the ground that was stated and for its reason.
    permitted = of_plan(plan, now=at).of(RESEARCH)
    assert permitted.answer is Answer.OPEN
    assert {one.code for one in permitted.reasons} == {"ground_met", "method_approved"}
    # Without a ground it is not; works are not bought this way.
    bare = of_plan(plan, now=at, grounds=["policy"]).of(RESEARCH)
    assert {one.code for one in bare.reasons} == {"no_ground"}


# --- the order of research -----------------------------------------------------------------------------------------


def test_until_the_meeting(world: None) -> None:
    tale = qualified()
    at = tale.moment(11)
    assert tale.stage(at) == Stage.DIALOGUE
    # An odd group of five with a lawyer and an economist, drawn as openly as everybody else.
    specialities = [member.expert.specialities for member in tale.members() if member.expert]
    assert len(specialities) == 5
    assert all(any(word in one for one in specialities) for word in (LAW, ECONOMY))
    record = draws.record(tale.case.expert_draws.get())
    assert (record["commit"]["lawyers"], record["commit"]["economists"]) == (1, 1)
    # Applications name no price, and nobody learns who else applied.
    assert {bid.price for bid in offers(tale).values()} == {Decimal(0)}
    seen = SCOPES[OpenedBid](tale.supplier(FIRST), at).filter(lot__case=tale.case)
    assert [bid.supplier.name for bid in seen] == [FIRST[0]]
    # The second place is not applied for.
    second = Lot.objects.get(case=tale.case, number="2")
    assert second.follows_id == tale.lot.pk and not second.bids.exists()
    notice = Notice.objects.get(root=tale.case.ref, kind="invitation")
    check(notice)
    assert notice.title.endswith("合作创新采购公告") and notice.facts["period"] == "自公告发布之日起 5 个工作日"
    assert [row["number"] for row in notice.facts["lots"]] == ["1", "2"]
    assert tale.waiting(chair(tale)) == {"dialogue.meet"}


def test_all_meet_at_once_and_the_file_comes_of_it(world: None) -> None:
    tale = qualified()
    at, leader, bids = tale.moment(11), chair(tale), offers(tale)
    # Nobody is talked to alone before everybody met, and there is no file before that.
    assert "file_not_issued" in tale.refused("dialogue.hold", bids[FIRST[0]], leader, at, minutes="谈")
    enough = working_days_on(at, 10)
    early = {"content": "谈判文件", "closes_at": enough}
    assert "not_met_yet" in tale.refused(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, document=paper(tale, at), **early
    )
    tale.do("dialogue.meet", tale.lot, leader, at, minutes="共同交流")
    assert [talk.minutes for talk in DialogueTalk.objects.filter(opened_bid__lot=tale.lot)] == ["共同交流"] * 3
    assert "met_already" in tale.refused("dialogue.meet", tale.lot, leader, at, minutes="再来")
    assert tale.waiting(tale.people.runner) == {"dialogue.issue_file"}
    # At least ten working days for the first responses.
    short = tale.refused(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, content="谈判文件", document=paper(tale, at),
        closes_at=working_days_on(at, 9),
    )  # fmt: skip
    assert short["response_too_short"].citation is not None
    assert short["response_too_short"].citation.rule == "cooperative_innovation.response"
    file = tale.do(
        "dialogue.issue_file", tale.lot, tale.people.runner, at, content="谈判文件", document=paper(tale, at),
        closes_at=enough,
    )  # fmt: skip
    # Told to all at the same instant, and they can read it; an outsider cannot.
    attached = Attachment.objects.get(subject=file.ref, kind="negotiation_file")
    for bidder in (FIRST, SECOND, THIRD):
        assert SCOPES[DialogueChange](tale.supplier(bidder), at).get().told_at == at
        assert tale.waiting(tale.supplier(bidder)) == {"dialogue.resubmit"}
        assert readable(tale.case, post=tale.supplier(bidder), now=at).filter(pk=attached.pk).exists()
    assert "responses_still_come" in tale.refused("dialogue.hold", bids[FIRST[0]], leader, at + DAY, minutes="谈")
    # Two respond in time; the third is too late, and out with the first talk.
    for bidder in (FIRST, SECOND):
        answer = PrivateFile("研发方案.pdf", "application/pdf", b"%PDF-1.4\nx")
        tale.do("dialogue.resubmit", bids[bidder[0]], tale.supplier(bidder), at + DAY, attachments=[answer])
    late = enough + datetime.timedelta(hours=1)
    answer = PrivateFile("研发方案.pdf", "application/pdf", b"%PDF-1.4\nx")
    assert "response_too_late" in tale.refused(
        "dialogue.resubmit", bids[THIRD[0]], tale.supplier(THIRD), late, attachments=[answer]
    )
    assert "no_first_response" in tale.refused("dialogue.hold", bids[THIRD[0]], leader, late, minutes="谈")
    for bidder in (FIRST, SECOND):
        tale.do("dialogue.hold", bids[bidder[0]], leader, late, minutes="分别谈判")
    assert offers(tale)[THIRD[0]].left_reason == "未在规定时间内提交首次响应文件"
    # At least five working days for the last responses, whose prices stay sealed until then.
    short = tale.refused("final_offer.invite", tale.lot, leader, late, closes_at=working_days_on(late, 4))
    assert set(short) == {"final_response_too_short"}
    # The form proposes the earliest lawful time by itself, where the method has one.
    closes = ACTIONS["final_offer.invite"].input(subject=tale.lot, by=leader, now=late).fields["closes_at"].initial
    assert closes.date() == working_days_on(late, 5).date()
    tale.do("final_offer.invite", tale.lot, leader, late, closes_at=closes)
    assert "takes_no_part" in tale.refused(
        "final_offer.submit", tale.lot, tale.supplier(THIRD), late + DAY, price="1.00"
    )
    # Two, even one, may go on.
    plan = PrivateFile("最终研发方案.pdf", "application/pdf", b"%PDF-1.4\nlast")
    tale.do("final_offer.submit", tale.lot, tale.supplier(FIRST), late + DAY, price="450000.00", attachments=[plan])
    assert not Attachment.objects.filter(title="最终研发方案.pdf").exists()
    tale.do("final_offer.open", tale.lot, leader, closes + datetime.timedelta(minutes=1))
    assert [offer.price for offer in FinalOffer.objects.all()] == [Decimal("450000.00")]
    # The research plan of the last response lies open with its price, for the group and the buyer's side.
    plan_of = Attachment.objects.get(title="最终研发方案.pdf")
    assert plan_of.subject == bids[FIRST[0]].ref
    with documents.path_of(plan_of.document_id).open("rb") as file:
        assert at_rest.is_enciphered(file)  # as whatever comes out of an envelope
    assert tale.stage(closes + DAY) == Stage.EVALUATION


def test_two_places_go_to_two_suppliers_in_the_order_of_one_ranking(world: None) -> None:
    tale = evaluated(qualified())
    first, second = Lot.objects.filter(case=tale.case).order_by("number")
    assert [c.supplier.name for c in second.candidates.order_by("rank")] == [
        c.supplier.name for c in first.candidates.order_by("rank")
    ]
    at, reviewer = tale.moment(58), tale.people.reviewer
    assert tale.stage(at) == Stage.AWARD
    # Nothing is deemed here: the Measures know no silence of the buyer.
    assert tale.task("award.determine").due_at is None
    best, next_best, _last = first.candidates.order_by("rank")
    assert "earlier_lot_undecided" in tale.refused(
        "award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1)
    )
    made = tale.do("award.determine", first, reviewer, at, candidate=best)
    # Not announced before it is known who else won.
    assert "others_undecided" in tale.refused("award.announce", made, tale.people.runner, at)
    assert "lot_limit_reached" in tale.refused(
        "award.determine", second, reviewer, at, candidate=second.candidates.get(rank=1)
    )
    other = tale.do("award.determine", second, reviewer, at, candidate=second.candidates.get(rank=2))
    for award in (made, other):
        tale.do("award.announce", award, tale.people.runner, at)
    letters = {letter.supplier.name: letter for letter in AwardLetter.objects.filter(lot__case=tale.case)}
    assert len(letters) == 3 and AwardLetter.objects.filter(lot__case=tale.case).count() == 3
    assert {name for name, letter in letters.items() if letter.is_winner} == {
        best.supplier.name, next_best.supplier.name,
    }  # fmt: skip
    for notice in Notice.objects.filter(root=tale.case.ref, kind="award"):
        check(notice)
        assert notice.title.endswith("研发供应商成交结果公告")


# --- what the file may not say -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drafting(world: None) -> Story:
    """The plan is filed and permitted."""
    return story.begin(replace(research(), id="示例编制"), until="plan", terms=ADVANCE)


def test_what_the_file_may_not_say(drafting: Story) -> None:
    tale, people_, at = copy(drafting), drafting.people, drafting.at("invitation")
    case = tale.do("case.open", tale.plan_item, people_.officer, at)
    tale.case = case
    tale.do(
        "agent.appoint", case, people_.officer, at, agent=people_.agent.organisation, mandate="组织采购", fee="按协议"
    )
    runner = people_.runner
    row = {"title": "研发", "budget": "300000.00", "evaluation_method": "rated"}

    def lots(*rows: dict[str, str]) -> Any:
        return [{**row, **one} for one in rows]

    four = lots({"number": "1"}, *({"number": n, "follows": "1"} for n in ("2", "3", "4")))
    refused = tale.refused("lots.define", case, runner, at, rows=four)
    assert refused["too_many_winners"].citation is not None
    assert "follows_no_lot" in tale.refused(
        "lots.define", case, runner, at, rows=lots({"number": "1"}, {"number": "2", "follows": "9"})
    )
    tale.do("lots.define", case, runner, at, rows=lots({"number": "1"}, {"number": "2", "follows": "1"}))
    head, follower = Lot.objects.filter(case=case).order_by("number")
    criteria = [
        {"code": "price", "kind": "price", "title": "报价", "weight": "51"},
        {"code": "plan", "kind": "technical", "title": "研发方案", "weight": "49"},
    ]
    assert "merit_weight" in tale.refused("criteria.define", head, runner, at, rows=criteria)
    assert "lot_follows_another" in tale.refused("criteria.define", follower, runner, at, rows=criteria)
    terms = {**tale.document(), "follow_up_amount": "900000.01"}
    # Two years, three for major projects with their reason.
    assert "term_too_long" in tale.refused("solicitation.draft", case, runner, at, **{**terms, "contract_months": 25})
    major = {"contract_months": 37, "long_term_reason": "重大项目"}
    assert "term_too_long" in tale.refused("solicitation.draft", case, runner, at, **{**terms, **major})
    tale.do("solicitation.draft", case, runner, at, **{**terms, **major, "contract_months": 36})
    # An incentive rewards what was accepted, and is not all that is paid.
    early = [*ADVANCE[1:], {**ADVANCE[0], "is_incentive": True}]
    told = tale.refused("payment_terms.define", case, runner, at, rows=early)["incentive_before_acceptance"]
    assert told.citation is not None and told.citation.confidence == "memory"
    only = [{"title": "激励", "percent": "100", "due_on": "acceptance", "is_incentive": True}]
    assert "nothing_is_compensated" in tale.refused("payment_terms.define", case, runner, at, rows=only)
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert {"no_criteria", "no_payment_terms", "above_the_most_cost"} <= set(refused)
    assert "too_few_go_on" not in refused
    # Of one plan no two suppliers are chosen.
    tale.do("solicitation.draft", case, runner, at, **{**terms, **major, "contract_months": 36, "merit_first": 1})
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert refused["too_few_go_on"].citation is not None
    tale.do("solicitation.draft", case, runner, at, **{**terms, "follow_up_amount": None, "compensation_rate": None})
    refused = tale.refused("solicitation.confirm", case, people_.reviewer, at)
    assert "contract_not_described" in refused and "above_the_most_cost" not in refused


def test_other_methods_have_one_winner_and_no_small_advance(world: None) -> None:
    """What is said of research is not said of a tender."""
    bids = [story.bid(one, price) for one, price in ((FIRST, "90.00"), (SECOND, "91.00"), (THIRD, "92.00"))]
    told = story.begin(
        replace(story.purchase(story.lot("1", bids, budget="100.00")), id="示例招标"), until="preparation"
    )
    rows = [
        {"number": "1", "title": "一", "budget": "50.00", "evaluation_method": "rated"},
        {"number": "2", "title": "二", "budget": "50.00", "evaluation_method": "rated", "follows": "1"},
    ]
    at = told.at("invitation") - datetime.timedelta(minutes=5)
    assert "one_winner_only" in told.refused("lots.define", told.case, told.people.runner, at, rows=rows)
    paid = told.refused("payment_terms.define", told.case, told.people.runner, at, rows=list(WITH_INCENTIVE))
    assert {one.field for one in paid.values()} == {"rows"} and all("is_incentive" in one.zh for one in paid.values())
    assert LotOutcome.PENDING == "" and Case.objects.filter(pk=told.case.pk).exists()
