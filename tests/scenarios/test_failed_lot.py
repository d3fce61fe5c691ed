"""Of three lots one fails: how is it procured again while the contracts of the other two run?"""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from tests.challenges.support import LETTER, answer
from tests.factories import at, make_post, set_database_clock
from tests.invariants.attacks import releases as attacks
from tests.invariants.worlds import planning, tender
from tests.scenarios import story
from tests.scenarios.story import DAY, FIRST, SECOND, THIRD, Story
from yangcai.cases.models import Award, Case, Lot, LotRelease
from yangcai.challenges.objection_windows import windows
from yangcai.contracts.models import Contract
from yangcai.kernel import calendar, tasks
from yangcai.kernel.actions import ACTIONS, is_about, perform
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role
from yangcai.planning import checks
from yangcai.planning.models import PlanItem
from yangcai.planning.rules import repeats
from yangcai.replay import defaults, people
from yangcai.tendering.actions.retender import retender_case
from yangcai.tendering.models import Clause, Criterion, Invitee, PaymentTerm, Solicitation
from yangcai.tendering.rules import releases, taking_over
from yangcai.tendering.tasks.releases import failed_lots_to_release

pytestmark = pytest.mark.django_db

PRICES = ("400000.00", "430000.00", "440000.00")
RELEASE = "plan.release_unsuccessful_lots"


def three() -> list[story.Bid]:
    return [story.bid(who, price) for who, price in zip((FIRST, SECOND, THIRD), PRICES, strict=True)]


@pytest.fixture(scope="module")
def awarded(world: None) -> Story:
    """Two lots are awarded, in the third only two of three responded."""
    lots = [story.lot(number, three(), budget="500000.00") for number in ("1", "2")]
    *two, last = three()
    lots.append(story.lot("3", [*two, replace(last, responsive="未响应★条款")], budget="500000.00"))
    return story.begin(story.purchase(*lots), until="award")


def failed(told: Story) -> Lot:
    return Lot.objects.select_related("case").get(case=told.case, number="3")


def over(told: Story) -> datetime.datetime:
    """The first moment after the last day on which the failure could be objected to."""
    lot = failed(told)
    assert lot.outcome_at is not None
    last = calendar.due_on(calendar.day_of(lot.outcome_at), 7, "working_days", region="620171")
    return calendar.end_of(last)


@pytest.mark.long
def test_its_money_waits_for_the_remedies(awarded: Story) -> None:
    told, lot = awarded, failed(awarded)
    assert lot.outcome == "unsuccessful" and len(told.awards()) == 2
    assert told.money == ("0", "1500000", "0", "0")
    officer, at = told.people.officer, over(told) - datetime.timedelta(seconds=1)
    # Neither the case nor the plan can be had in another way, and both say which way there is.
    for code, subject, refusal in (
        ("case.retender", told.refreshed(), "not_ended_without_result"),
        ("plan.cancel", told.refreshed().plan_item, "plan_in_use"),
    ):
        found = told.refused(code, subject, officer if code == "plan.cancel" else told.people.runner, at)[refusal]
        assert "解除废标采购包的预留" in found.zh and "Release unsuccessful lots" in found.en
    found = told.refused(RELEASE, told.case.plan_item, officer, at, lots=[lot.pk], drafts_plan=True)
    early = tasks.of_post(officer, now=at).filter(action=RELEASE)
    assert not early.exists() and tasks.of_post(officer, now=over(told)).filter(action=RELEASE).exists()
    assert set(found) == {"remedies_open"} and found["remedies_open"].citation.article == "第五十二条"
    # After an answer to an objection a complaint has its own time.
    at, answered = over(told), calendar.day_of(over(told))
    data = {"lots": [lot.pk], "drafts_plan": True, "answered_on": answered}
    found = told.refused(RELEASE, told.case.plan_item, officer, at, **data)
    assert found["remedies_open"].citation.article == "第五十五条"
    found = told.refused(RELEASE, told.case.plan_item, officer, at, **{**data, "answered_on": "2026-01-05"})
    assert set(found) == {"answer_out_of_time"}
    # A lot that was awarded gives nothing back.
    first = told.case.lots.get(number="1").pk
    assert set(told.refused(RELEASE, told.case.plan_item, officer, at, lots=[first])) == {"invalid_input"}


def test_an_objection_to_the_failure_keeps_its_money_until_a_complaint_is_out_of_time(awarded: Story) -> None:
    told, lot, officer = awarded, failed(awarded), awarded.people.officer
    loser, at = told.supplier(THIRD), over(told) - datetime.timedelta(hours=9)
    key = next(one.key for one in windows(told.case, loser.organisation_id, now=at) if one.lot == lot and not one.stage)
    objection = told.do("objection.raise", told.case, loser, at, **LETTER, about=key)
    # However long nobody answers, and whatever day somebody writes down.
    after = at + 2 * DAY
    for data in ({}, {"answered_on": calendar.day_of(at)}):
        found = told.refused(RELEASE, told.case.plan_item, officer, after, lots=[lot.pk], **data)
        assert set(found) == {"objection_waits"} and found["objection_waits"].citation.article == "第五十三条"
    told.do("objection.answer", objection, told.people.runner, after, **answer(objection, False, False))
    objection.refresh_from_db()
    last = calendar.end_of(objection.complaint_until)
    assert releases.remedies_end(lot, now=after) == last > over(told)
    early = told.refused(RELEASE, told.case.plan_item, officer, last - datetime.timedelta(seconds=1), lots=[lot.pk])
    assert early["remedies_open"].citation.article == "第五十五条"
    assert tasks.of_post(officer, now=last).filter(action=RELEASE, since=last).exists()


def test_a_suspended_case_releases_nothing(awarded: Story) -> None:
    told, at = awarded, over(awarded)
    until = calendar.day_of(at) + 20 * DAY
    treasury = told.people.treasury
    order = told.paper("order.pdf", b"%PDF-1.7 order", treasury, at - DAY)
    told.do("case.suspend", told.case, treasury, at - DAY, reason="投诉", until_on=until, document=order)
    assert releases.remedies_end(failed(told), now=at) is None
    found = told.refused(RELEASE, told.case.plan_item, told.people.officer, at, lots=[failed(told).pk])
    assert "case_suspended" in found


@pytest.fixture
def released(awarded: Story) -> Story:
    """The contracts of the two other lots run; the failed lot is free, its renewal drafted."""
    officer = awarded.people.officer
    awarded.contract()
    assert Contract.objects.filter(case=awarded.case, signed_at__isnull=False).count() == 2
    set_database_clock(over(awarded))
    lot = failed(awarded)
    awarded.do(RELEASE, awarded.case.plan_item, officer, over(awarded), lots=[lot.pk], drafts_plan=True)
    return awarded


def filed(told: Story, renewal: PlanItem, at: datetime.datetime) -> None:
    officer, reviewer = told.people.officer, told.people.reviewer
    told.do("plan.submit", renewal, officer, at)
    answers = [{"check": code, "answer": "pass"} for code in checks.codes()]
    told.do("plan.review", renewal, reviewer, at, answers=answers, decision="approve")
    told.do("plan.file", renewal, officer, at)


@pytest.mark.long
def test_the_lot_is_procured_again_and_ends_with_a_contract(released: Story) -> None:
    told, at = released, over(released)
    assert told.money == ("500000", "200000", "800000", "0")
    assert told.lamps(at).split()[0] == "on"
    assert LotRelease.objects.get().lot == failed(told)
    assert not tasks.of_post(told.people.officer, now=at).filter(action=RELEASE).exists()
    assert set(told.refused(RELEASE, told.case.plan_item, told.people.officer, at, lots=[])) >= {"no_failed_lot"}
    renewal = PlanItem.objects.get(renews=told.case.plan_item)
    # The intention of the purchase stands, its thirty days are over; nothing is bought twice or split.
    assert (renewal.amount, renewal.intention) == (failed(told).budget, told.case.plan_item.intention)
    assert repeats.repeats(renewal, now=at) == []
    filed(told, renewal, at)
    assert told.money == ("0", "700000", "800000", "0")
    # The second case.
    lot = replace(story.lot("1", three(), budget="500000.00"))
    file = replace(story.purchase(lot), dates=story.Dates(invitation=(at + 3 * DAY).date()))
    completed = defaults.complete(published=file).case
    tale = Story(told.driver, completed, people.gather(completed))
    tale.plan_item = renewal
    for stretch in (
        "preparation", "invitation", "submission", "opening", "qualification", "evaluation", "award", "contract",
    ):  # fmt: skip
        getattr(tale, stretch)()
    again = Case.objects.get(plan_item=renewal)
    assert again.predecessor == told.case and Award.objects.get(lot__case=again).supplier.name == FIRST[0]
    assert Contract.objects.get(case=again).signed_at is not None
    # The first case is live all the while.
    assert told.refreshed().ended_at is None


TAKE_OVER = "solicitation.take_over"


def test_its_second_case_begins_with_the_document_of_the_first(released: Story) -> None:
    """政府采购法 art. 37: of the released lot alone, recorded, and confirmed by nobody yet."""
    told, at = released, over(released)
    officer, lot = told.people.officer, failed(told)
    renewal = PlanItem.objects.get(renews=told.case.plan_item)
    filed(told, renewal, at)
    # A case that renews nothing has nothing to take over.
    assert not is_about(ACTIONS[TAKE_OVER], told.refreshed(), by=told.people.runner, now=at)
    told.do("case.open", renewal, officer, at)
    again = Case.objects.get(plan_item=renewal)
    assert {"solicitation.draft"} <= set(tasks.of_post(officer, now=at).values_list("action", flat=True))
    above = Case.objects.get(pk=again.pk)
    above.budget = lot.budget - 1
    (refusal,) = taking_over.fits_the_plan(above, now=at, lots=[lot])
    assert (refusal.code, refusal.field) == ("lots_above_budget", "lots")
    # Lots that were awarded are not on offer.
    first = told.case.lots.get(number="1").pk
    assert set(told.refused(TAKE_OVER, again, officer, at, lots=[first])) == {"invalid_input"}
    told.do(TAKE_OVER, again, officer, at, lots=[lot.pk])
    (copied,) = again.lots.all()
    assert (copied.number, copied.title, copied.budget, copied.outcome) == ("3", lot.title, lot.budget, "")
    was, made = (Solicitation.objects.get(case=case) for case in (told.case, again))
    assert (made.taken_over_from, made.requirement, made.contract_terms) == (
        told.case, was.requirement, was.contract_terms
    )  # fmt: skip
    assert was.confirmed_at is not None and made.confirmed_at is None and again.published_at is None
    for model, of in ((Criterion, {"lot": lot}), (PaymentTerm, {"case": told.case})):
        same = {"lot": copied} if "lot" in of else {"case": again}
        theirs, ours = model.objects.filter(**of), model.objects.filter(**same)
        assert theirs and [str(one) for one in ours] == [str(one) for one in theirs]
    assert Clause.objects.filter(case=again, lot__isnull=False).exclude(lot=copied).count() == 0
    # It says so to whoever reads the case, and its buyer confirms it as any other.
    entry = Entry.objects.get(root=again.ref, action=TAKE_OVER, outcome="done")
    assert entry.post_id == officer.pk
    assert "solicitation.confirm" in set(
        tasks.of_post(told.people.reviewer, now=at).filter(root=again.ref).values_list("action", flat=True)
    )
    # Nobody's work is overwritten.
    assert set(told.refused(TAKE_OVER, again, officer, at, lots=[lot.pk])) == {"document_begun"}
    told.do("solicitation.confirm", again, told.people.reviewer, at)
    assert Solicitation.objects.get(case=again).confirmed_at == at


def test_a_lot_whose_leading_lot_was_released_is_procured_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two lots that one evaluation decides the first is released; then the rest of the case fails, too."""

    def led() -> Case:
        made = planning.prepared()
        head, *others = made.lots.order_by("pk")
        made.lots.filter(pk__in=[one.pk for one in others]).update(follows=head)
        return made

    monkeypatch.setattr(tender, "prepared", led)
    ids = tender.failed()
    case, second = Case.objects.get(pk=ids["case"]), ids["second_lot"]
    with connection.cursor() as cursor:
        cursor.execute(attacks.LAWFUL.format(**ids))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    now = at("2026-04-03T10:00")
    set_database_clock(now)
    Lot.objects.filter(pk=second).update(outcome="unsuccessful", outcome_at=now, outcome_reason="x")
    Case.objects.filter(pk=case.pk).update(ended_at=now, end_kind="unsuccessful", end_reason="x")
    officer = make_post(Role.BUYER_OFFICER, case.buyer)
    again = perform(retender_case, Case.objects.get(pk=case.pk), by=officer, now=now).value
    [lot] = again.lots.all()
    assert (lot.follows, lot.title, again.budget) == (None, Lot.objects.get(pk=second).title, Decimal(500))


def test_where_nothing_is_reserved_nobody_is_asked_to_release_it() -> None:
    """A lot of a call for a framework agreement fails: its plan spends nothing, and the release could never be done."""
    plan, now = PlanItem.objects.get(pk=tender.failed()["plan"]), at("2026-04-03T09:00")
    assert [due.action for due in failed_lots_to_release(plan, now=now)] == [RELEASE]
    plan.spends = False
    assert list(failed_lots_to_release(plan, now=now)) == []
    found = releases.has_failed_lots(plan, by=None, now=now)
    assert found is not None and found.code == "nothing_is_reserved"


def test_a_lot_that_had_two_is_negotiated_on_its_renewal_with_those_two(released: Story) -> None:
    """经评审实质性响应的只有两家 of the released lot, whoever bid for the others (74号令 art. 27)."""
    told, at = released, over(released)
    renewal = PlanItem.objects.get(renews=told.case.plan_item)
    chosen = {"procedure": "negotiation", "ground": "negotiation.two_bidders", "method_reason": "实质性响应的只有两家"}
    PlanItem.objects.filter(pk=renewal.pk).update(**chosen, needs_approval=False)
    filed(told, PlanItem.objects.get(pk=renewal.pk), at)
    told.do("case.open", PlanItem.objects.get(pk=renewal.pk), told.people.officer, at, evaluation_method="lowest")
    again = Case.objects.get(plan_item=renewal)
    listed = Invitee.objects.filter(case=again).select_related("supplier")
    assert {(one.supplier.name, one.source, one.is_chosen) for one in listed} == {
        (FIRST[0], "bidder", True), (SECOND[0], "bidder", True),
    }  # fmt: skip
