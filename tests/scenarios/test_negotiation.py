"""How does a negotiation go, told by role: talks, one change for all, sealed last offers, the lowest wins?"""

import datetime
from copy import copy
from decimal import Decimal

import pytest

from tests.scenarios import story
from tests.scenarios.story import FIFTH, FIRST, FOURTH, SECOND, THIRD, Story, pass_time
from yangcai.cases.models import Award, Stage
from yangcai.cases.queries import candidates
from yangcai.contracts.models import Contract
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.inputs import PrivateFile
from yangcai.portal.models import Notice
from yangcai.tendering import sealing
from yangcai.tendering.actions.dialogue import HoldTalk, ProposeChange
from yangcai.tendering.models import (
    AwardLetter,
    Bid,
    CommitteeMember,
    DialogueChange,
    EvaluationReport,
    FinalOffer,
    OpenedBid,
)
from yangcai.tendering.rules import dialogue as rules

pytestmark = pytest.mark.django_db

BIDDERS = (FIRST, SECOND, THIRD, FOURTH, FIFTH)
#: What everybody asked first; the prices below are the last offers.
ASKED_FIRST = {name: {"price": Decimal("990000.00")} for name, _size in BIDDERS}


@pytest.fixture(scope="module")
def beginning(world: None) -> Story:
    """Five offers came; one leaves out what the file demands. The committee is about to talk with the other four."""
    bids = [
        story.bid(FIRST, "900000.00"),
        story.bid(SECOND, "870000.00"),
        story.bid(THIRD, "910000.00"),
        story.bid(FOURTH, "880000.00", responsive="没有提供★质保承诺"),
        story.bid(FIFTH, "860000.00"),
    ]
    file = story.purchase(story.lot("1", bids, budget="1000000.00", method="lowest"), method="negotiation")
    return story.begin(file, until="qualification", in_bids=ASKED_FIRST)


@pytest.fixture
def talking(beginning: Story) -> Story:
    """From there each story goes on by itself."""
    return copy(beginning)


def chair(tale: Story) -> CommitteeMember:
    return next(member for member in tale.members() if member.is_chair)


def offers(tale: Story) -> dict[str, OpenedBid]:
    return {bid.supplier.name: bid for bid in OpenedBid.objects.filter(lot=tale.lot).select_related("supplier")}


def test_until_the_talks(talking: Story) -> None:
    at = talking.moment(11)
    assert talking.stage(at) == Stage.DIALOGUE
    # 74号令 art. 7: three members, two of them experts at least; nobody had to wait for the opening to be drawn.
    assert len(talking.members()) == 3
    # 74号令 art. 30: who does not respond is told at once and has nothing more to do with it.
    letter = AwardLetter.objects.get(lot=talking.lot)
    assert letter.supplier.name == FOURTH[0] and "没有提供★质保承诺" in letter.reason
    # 政府采购法 art. 38: nobody learns what others ask.
    seen = SCOPES[OpenedBid](talking.supplier(FIRST), at).filter(lot=talking.lot)
    assert [bid.supplier.name for bid in seen] == [FIRST[0]]
    assert not SCOPES[OpenedBid](None, at).filter(lot=talking.lot).exists()
    notice = Notice.objects.get(root=talking.case.ref, kind="invitation")
    assert notice.title.endswith("竞争性谈判公告") and notice.facts["period"] == "自公告发布之日起 3 个工作日"
    assert talking.waiting(chair(talking).post) == {"dialogue.hold"}


def test_equal_chances_and_one_change_for_all(talking: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    tale, at, leader = talking, talking.moment(11), chair(talking).post
    bids = offers(tale)
    remaining = [bids[name] for name, _size in (FIRST, SECOND, THIRD, FIFTH)]
    assert "not_in_the_dialogue" in tale.refused("dialogue.hold", bids[FOURTH[0]], leader, at, minutes="谈")
    tale.do("dialogue.hold", remaining[0], leader, at, minutes="第一轮")
    # Nobody is talked to twice before everybody was once.
    assert "others_come_first" in tale.refused("dialogue.hold", remaining[0], leader, at, minutes="再谈")
    until = at + datetime.timedelta(minutes=30)
    assert "chances_not_equal" in tale.refused("final_offer.invite", tale.lot, leader, at, closes_at=until)
    for bid in remaining[1:]:
        tale.do("dialogue.hold", bid, leader, at, minutes="第一轮")
    # What a talk with an only supplier must say is asked of nobody here.
    asked = HoldTalk(subject=remaining[0], by=leader, now=at)
    assert all(asked.fields[name].disabled for name in HoldTalk.depends)
    # Only what the file lists is offered to be changed; where it lists nothing, nothing is proposed.
    with monkeypatch.context() as patch:
        patch.setitem(rules.FLAGS, "service", "several_products")  # a flag that this file leaves open
        offered = ProposeChange(subject=tale.lot, by=leader, now=at)["part"].subwidgets
        assert [one.data["value"] for one in offered] == ["technical", "contract"]
        for part in rules.FLAGS:
            patch.setitem(rules.FLAGS, part, "several_products")
        shut = {one.code: one for one in can(ACTIONS["dialogue.propose_change"], tale.lot, by=leader, now=at)}
        assert shut["nothing_may_change"].citation is not None
    # The change is the lot's: nothing in it names a supplier. It waits for the buyer.
    change = tale.do("dialogue.propose_change", tale.lot, leader, at, part="technical", before="8G", after="16G")
    assert not {field.name for field in DialogueChange._meta.get_fields()} & {"supplier", "opened_bid", "invitee"}
    told = at + datetime.timedelta(minutes=5)
    for name, _size in BIDDERS:
        assert not SCOPES[DialogueChange](tale.supplier(name), told).exists()
    assert "change_unconfirmed" in tale.refused("final_offer.invite", tale.lot, leader, told, closes_at=until)
    assert "not_the_buyer" in tale.refused("dialogue.confirm_change", change, leader, told, agrees="true")
    tale.do("dialogue.confirm_change", change, tale.people.officer, told, agrees="true")
    # Everybody still in reads it from the same instant on; who is out does not.
    for name, _size in (FIRST, SECOND, THIRD, FIFTH):
        assert SCOPES[DialogueChange](tale.supplier(name), told).get().told_at == told
        assert "dialogue.resubmit" in tale.waiting(tale.supplier(name))
    assert not SCOPES[DialogueChange](tale.supplier(FOURTH), told).exists()
    # Last offers wait for the new offers of all; one leaves instead, and gets its way.
    assert "offers_not_renewed" in tale.refused("final_offer.invite", tale.lot, leader, told, closes_at=until)
    tale.do("dialogue.leave", bids[FIFTH[0]], tale.supplier(FIFTH), told, reason="不能按期供货")
    for bid in remaining[:3]:
        paper = PrivateFile("响应文件.pdf", "application/pdf", b"%PDF-1.4\nx")
        tale.do("dialogue.resubmit", bid, tale.supplier(bid.supplier.name), told, attachments=[paper])
    tale.do("final_offer.invite", tale.lot, leader, told, closes_at=until)
    assert tale.stage(told) == Stage.FINAL_OFFER and tale.stage(until) == Stage.EVALUATION
    assert "takes_no_part" in tale.refused("final_offer.submit", tale.lot, tale.supplier(FIFTH), told, price="1.00")


def test_last_offers_are_sealed_until_the_time_of_all_is_over(talking: Story) -> None:
    tale = talking
    tale.dialogue()
    at, closes = tale.moment(15), tale.moment(16)
    prices = {FIRST: "900000.00", SECOND: "870000.00", THIRD: "910000.00"}
    # Each of those still in is asked by a task of its own, until the time for all is over.
    for bidder in (*prices, FIFTH):
        assert tale.waiting(tale.supplier(bidder)) == {"final_offer.submit"}
    for bidder, price in prices.items():
        tale.do("final_offer.submit", tale.lot, tale.supplier(bidder), at, price=price)
    sealed = Bid.objects.filter(lot=tale.lot, stage=Stage.FINAL_OFFER)
    assert sealed.count() == 3 and not FinalOffer.objects.exists()
    # Before the barrier nobody opens one, whoever asks, and nobody on the other side sees that it is there.
    with pytest.raises(sealing.StillSealed):
        sealing.open_envelope(sealed[0], now=at)
    for post in (tale.people.officer, tale.people.agent, chair(tale).post, tale.supplier(THIRD)):
        seen = SCOPES[Bid](post, at).filter(pk__in=sealed)
        assert {bid.supplier_id for bid in seen} <= {post.organisation_id}
    early = tale.refused("final_offer.open", tale.lot, chair(tale).post, at)
    assert "wrong_stage" in early
    # Too late by the period that the database itself derives: the Action's clock is behind, the database's is not.
    pass_time(closes)
    assert {"late_final_offer", "wrong_stage"} <= set(
        tale.refused("final_offer.submit", tale.lot, tale.supplier(FIFTH), closes, price="1.00")
    )
    tale.do("final_offer.open", tale.lot, chair(tale).post, tale.moment(17))
    last = {offer.opened_bid.supplier.name: offer.price for offer in FinalOffer.objects.all()}
    assert last == {bidder[0]: Decimal(price) for bidder, price in prices.items()}
    # Who made none is out, and its first price counts for nothing.
    assert offers(tale)[FIFTH[0]].left_reason == "未在规定时间内提交最后报价"
    assert "last_offers_open" in tale.refused("final_offer.open", tale.lot, chair(tale).post, tale.moment(18))


@pytest.mark.long
def test_the_lowest_last_offer_wins_and_silence_says_so(talking: Story) -> None:
    tale = talking
    tale.dialogue()
    tale.final_offer()
    tale.evaluation()
    ranked = tale.lot.candidates.order_by("rank")
    # The small enterprise's price counts ten per cent less: 810,000 against 860,000.
    assert [(c.supplier.name, c.amount, c.evaluated_price) for c in ranked][:2] == [
        (FIRST[0], Decimal("900000.00"), Decimal("810000.00")),
        (FIFTH[0], Decimal("860000.00"), Decimal("860000.00")),
    ]
    task = tale.task("award.determine")
    assert task.clock == "C13" and task.due_at is not None
    pass_time(task.due_at)
    award = Award.objects.get(lot=tale.lot)
    assert award.is_deemed and award.supplier.name == FIRST[0]
    tale.do("award.announce", award, tale.people.runner, task.due_at + datetime.timedelta(hours=9))
    notice = Notice.objects.get(root=tale.case.ref, kind="award")
    assert notice.title.endswith("成交结果公告") and notice.facts["amount"] == "900000.00"
    assert tasks.of_post(tale.people.officer).filter(action="contract.draft").exists()


@pytest.mark.long
def test_a_signed_evaluation_is_taken_up_again_on_two_grounds_only(talking: Story) -> None:
    """74号令 art. 21: qualification wrongly found, a price wrongly computed."""
    tale = talking
    for stretch in ("dialogue", "final_offer", "evaluation"):
        getattr(tale, stretch)()
    at, runner = tale.moment(56), tale.people.runner
    refused = tale.refused("evaluation.reopen", tale.lot, runner, at, ground="abnormal", reason="评分畸高")
    assert refused["no_ground_to_reopen"].citation is not None
    assert refused["no_ground_to_reopen"].citation.article == "第二十一条"
    tale.do("evaluation.reopen", tale.lot, runner, at, ground="qualification", reason="营业执照已过期")
    leader, first = chair(tale).post, offers(tale)[FIRST[0]]
    clause = first.findings.filter(clause__kind="qualification").first()
    assert clause is not None
    row = {"bid": first.pk, "clause": clause.clause_id, "passed": False, "reason": "营业执照已过期"}
    tale.do("qualification.record", tale.lot, leader, at, rows=[row])
    tale.do("evaluation.compute", tale.lot, leader, at)
    report = EvaluationReport.objects.filter(lot=tale.lot).latest("revision")
    for member in tale.members():
        tale.do("report.sign", report, member.post, at)
    best = candidates(tale.lot)[0]
    assert (best.supplier.name, best.amount) == (FIFTH[0], Decimal("860000.00"))


@pytest.mark.long
def test_from_budget_to_payment(talking: Story) -> None:
    tale = talking
    for stretch in ("dialogue", "final_offer", "evaluation", "award", "contract", "acceptance", "payment"):
        getattr(tale, stretch)()
    contract = Contract.objects.get(case=tale.case)
    assert (contract.amount, contract.supplier.name) == (Decimal("900000.00"), FIRST[0])
    assert tale.money == ("0", "0", "0", "900000") or tale.money[3] == "900000"
    assert tale.refreshed().end_kind == "closed"
