"""Does every story of the demo run from its budget line to its end, by the Actions of everybody in it?"""

import argparse
import datetime
import json

import pytest

from tests.told import told as told_before
from yangcai.cases.models import Award, CaseEnd
from yangcai.cli import console
from yangcai.cli import story as by_script
from yangcai.contracts.models import Contract
from yangcai.demo import acting, living
from yangcai.demo.acting import Told
from yangcai.demo.models import Story
from yangcai.demo.stories import PLOTS
from yangcai.frameworks.models import Framework
from yangcai.funds.queries import balances, check_funds
from yangcai.kernel import clock
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.calendar import ONE_DAY
from yangcai.kernel.models import Entry
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.replay import district
from yangcai.replay.driver import begin_again
from yangcai.tendering.models import Bid, BidClosing, BidReconfirmation, OpenedBid, Opening
from yangcai.www import signed_papers

pytestmark = pytest.mark.django_db


def played(name: str) -> tuple[Story, list[Told]]:
    """A story in which everybody acts by himself, from its first step to its last; as the first thing that happens in
    its test it comes out as it did in an earlier one."""
    if Story.objects.exists():
        return lived_through(name)
    return told_before(("a story", name), lambda: lived_through(name), onwards=True)


def lived_through(name: str) -> tuple[Story, list[Told]]:
    told: list[Told] = []
    story = living.begin(name, now=clock.now())
    assert living.play(story, told=told.append, now=clock.now()), [str(one) for one in told]
    done = {one.action for one in told}
    for item in PLOTS[name].items:
        assert item.actions & done, f"nobody ticks: {item.text}"
    return story, told


@pytest.mark.long
def test_an_open_tender_ends_paid_and_closed() -> None:
    story, told = played("open-tender")
    (contract,) = Contract.objects.filter(case=living.case_of(story))
    assert contract.closed_at is not None
    assert balances(story.appropriation).paid == contract.amount
    assert check_funds() == []
    # Every step is an Entry like anybody's: nothing was written around the Actions.
    log = Entry.objects.filter(outcome="done", at__gte=story.started_at).exclude(action="budget.import")
    assert {one.action for one in told} <= set(log.values_list("action", flat=True))
    assert len(told) == log.exclude(role=Role.PLATFORM).count()
    assert [one.at for one in told] == sorted(one.at for one in told)


@pytest.mark.long
def test_a_consultation_talks_asks_for_last_offers_and_ends_paid() -> None:
    story, told = played("consultation")
    (contract,) = Contract.objects.filter(case=living.case_of(story))
    assert contract.closed_at is not None
    assert sum(one.action == "final_offer.submit" for one in told) == 3


@pytest.mark.long
def test_a_consortium_is_registered_confirmed_and_bids() -> None:
    story, told = played("open-tender")
    steps = [one.action for one in told if one.action.startswith("consortium.") or one.action == "bid.submit"]
    assert steps == ["consortium.register", "consortium.confirm", "bid.submit", "bid.submit", "bid.submit"]
    leader, member = (
        next(one.by for one in told if one.action == f"consortium.{did}") for did in ("register", "confirm")
    )
    assert leader.organisation_id != member.organisation_id
    bid = OpenedBid.objects.get(lot__case=living.case_of(story), supplier=leader.organisation_id)
    [partner] = bid.partners.all()
    assert (partner.name, partner.share) == (member.organisation.name, PLOTS["open-tender"].plot.joint)
    # Its member is large, and the goods of a lot for small and medium firms are the leader's: it stays in to the end.
    assert partner.size == "large" and [one.maker for one in bid.makers.all()] == [leader.organisation.name]
    assert bid.invalid_reason == ""


@pytest.mark.long
def test_whose_partner_does_not_confirm_bids_alone() -> None:
    story = living.begin("open-tender", now=clock.now())
    member = acting.Scene(story, acting.plot_of(story), now=clock.now()).partner
    assert member is not None
    story.post_id = member.pk  # the visitor, who does nothing
    story.save()
    told: list[Told] = []
    living.play(story, told=told.append, now=clock.now())
    steps = [one.action for one in told if one.action.startswith("consortium.")]
    assert steps == ["consortium.register", "consortium.withdraw"]
    assert OpenedBid.objects.filter(lot__case=living.case_of(story)).count() == 3


class Reached(Exception):
    """A story is as far as it was to go."""


def until(story: Story, code: str, *, times: int = 1) -> None:
    seen = []

    def told(one: Told) -> None:
        seen.append(one.action)
        if seen.count(code) == times:
            raise Reached

    with pytest.raises(Reached):
        living.play(story, told=told, now=clock.now())


@pytest.mark.long
@pytest.mark.parametrize(("before", "code"), [("", "bid.submit"), ("sealed-opening", "bid.upload")])
def test_after_a_correction_the_bidders_of_a_story_confirm_their_bids(before: str, code: str) -> None:
    if before:
        played(before)
    story = living.begin("open-tender", now=clock.now())
    until(story, code, times=3)
    case = living.case_of(story)
    bids = Bid.objects.filter(lot__case=case, withdrawn_at=None, replaced_at=None)
    said = {"item": "技术参数", "after": "内存 16G", "affects_bids": True}
    runner = Post.objects.get(organisation=case.agent, role=Role.AGENT)
    clock.set_sandbox(at=clock.now() + datetime.timedelta(minutes=1))
    perform(ACTIONS["correction.publish"], case, by=runner, now=clock.now(), **said)
    older = set(bids.values_list("pk", flat=True))
    assert older
    until(story, "opening.begin")
    confirmed = BidReconfirmation.objects.filter(bid__in=bids)
    assert set(confirmed.values_list("bid", flat=True)) == older


def test_with_two_bidders_the_tender_fails() -> None:
    story, _told = played("failed-tender")
    case = living.case_of(story)
    assert case is not None and case.end_kind == CaseEnd.UNSUCCESSFUL
    assert not Award.objects.filter(lot__case=case).exists()


@pytest.mark.long
def test_under_an_agreement_a_call_off_ends_paid() -> None:
    agreement = [one for one in district.PURCHASES if one.procedure == "framework"]
    begin_again()
    district.found_district(told=lambda one: None, purchases=[district.replace(one, after=None) for one in agreement])
    assert Framework.objects.filter(told_at__lte=clock.now()).exists()
    story, _told = lived_through("call-off")
    (contract,) = Contract.objects.filter(case=living.case_of(story))
    assert balances(story.appropriation).paid == contract.amount


def test_nobody_does_the_visitors_part() -> None:
    officer = Post.objects.filter(role=Role.BUYER_OFFICER).order_by("pk")[0]
    story = living.begin("open-tender", now=clock.now(), post=officer)
    assert acting.advance(story, now=clock.now()) == []
    deed = acting.turn_of(story, now=clock.now())
    assert deed is not None and (deed.action, deed.by) == ("intention.publish", officer)


def test_the_others_wait_where_the_visitor_acts_for_everybody() -> None:
    story = living.begin("open-tender", now=clock.now())
    story.is_automatic = False
    assert acting.advance(story, now=clock.now()) == []
    story.is_automatic = True
    assert [one.action for one in acting.advance(story, now=clock.now())] == [
        "intention.publish", "plan.draft", "plan.submit", "plan.review", "plan.file",
    ]  # fmt: skip


def test_outside_a_sandbox_nothing_happens_by_itself(settings) -> None:
    story = living.begin("open-tender", now=clock.now())
    settings.YANGCAI_SANDBOX = False
    assert acting.advance(story, now=clock.now()) == []


def test_two_visitors_have_two_purchases() -> None:
    one, other = (living.begin("open-tender", now=clock.now()) for _ in range(2))
    acting.advance(one, now=clock.now())
    assert living.case_of(other) is None and other.appropriation_id != one.appropriation_id
    assert not other.appropriation.intentions.exists()


@pytest.mark.long
def test_a_release_that_fails_and_an_objection_do_not_stop_the_opening() -> None:
    story, told = played("sealed-opening")
    case = living.case_of(story)
    opened = list(OpenedBid.objects.filter(lot__case=case).order_by("pk"))
    # Two bidders released their keys and the third did not; of five trustees the notary stayed away.
    assert sum(one.action == "bid.release" for one in told) == 2 and len(opened) == 3
    recovered = [one for one in opened if not one.invalid_reason and not one.bid.releases.exists()]
    assert len(recovered) == 1
    (closing,) = BidClosing.objects.filter(lot__case=case)
    released = set(closing.releases.exclude(trustee=None).values_list("trustee__role", flat=True))
    assert released == {"platform", "buyer", "agent", "supervisor"}
    assert "异议不成立" in Opening.objects.get(case=case).answer
    (contract,) = Contract.objects.filter(case=case)
    assert contract.closed_at is not None


@pytest.mark.long
def test_once_trustees_are_in_office_every_tender_is_sealed() -> None:
    played("sealed-opening")
    _story, told = played("open-tender")
    assert "opening_policy.set" in {one.action for one in told}
    assert sum(one.action == "bid.release" for one in told) == 3  # nobody stays away here


@pytest.mark.long
def test_a_consultation_after_it_is_bid_for_as_its_checklist_says() -> None:
    """Nothing of it is read out: the visitor, a supplier, fills in the form that its story knows, and no envelope."""
    played("sealed-opening")
    _story, told = played("consultation")
    done = [one.action for one in told]
    assert "opening_policy.set" not in done and "bid.upload" not in done and done.count("bid.submit") == 3


def test_a_script_stops_at_a_step_of_its_own_story(capsys) -> None:
    """Another story that runs comes to the same step earlier, because it began earlier."""
    other = living.begin("open-tender", now=clock.now())
    acting.advance(other, now=clock.now())
    living.forward(to=clock.now() + ONE_DAY, now=clock.now())
    options = argparse.Namespace(json=True, quiet=False)
    assert by_script.run(options, name="failed-tender", until="agent.appoint") == console.OK
    captured = capsys.readouterr()
    steps = json.loads(captured.out)["data"]["steps"]
    assert [step["action"] for step in steps].count("intention.publish") == 1
    assert steps[-1]["action"] == "agent.appoint"
    story = Story.objects.get(name="failed-tender")
    assert living.case_of(story) is not None, "its own case has come to that step"
    assert "其他正在进行的剧本" in captured.err


@pytest.mark.long
def test_a_script_leaves_no_signed_paper_waiting(capsys, settings) -> None:
    settings.YANGCAI_SEALS = settings.YANGCAI_TIMESTAMPS = "demo"
    options = argparse.Namespace(json=True, quiet=False)
    assert by_script.run(options, name="open-tender", until="contract.file") == console.OK
    assert Entry.objects.filter(action="contract.issue_paper", outcome="done").count() == 1
    assert not signed_papers.waiting().exists()
