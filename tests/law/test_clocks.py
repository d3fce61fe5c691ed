"""Does every clock of the law (law.md §14) run in this chain, with the right last moment, and fire once?

Those that do not are named here, with what they wait for: a clock that nobody starts is not forgotten silently.
"""

import datetime

import pytest

from tests.factories import at
from tests.portal.chain import Chain
from tests.tendering import judging
from yangcai import law
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.models import Task
from yangcai.tendering.models import BidSecurity

OTHER_METHODS = "another method of procurement"
CHALLENGES = "objections and complaints"
ELSEWHERE = {
    "C15": "the platform itself publishes in the same instant",
    "C28": CHALLENGES, "C29": CHALLENGES, "C30": CHALLENGES, "C31": CHALLENGES, "C32": CHALLENGES,
    "C33": CHALLENGES, "C34": CHALLENGES, "C35": CHALLENGES,
    "C43": "the authority for small and medium enterprises",
    "C44": "the register of agents", "C45b": "the conduct records of credit",
}  # fmt: skip
#: Clocks that start before the case or only where something goes another way, and the test that holds each.
BRANCHES = {
    "C01": "tests/cases/test_cases.py",
    "C08": "tests/tendering/test_invitation.py",
    "C16": "below", "C17": "below",
    "C18": "tests/tendering/test_bids.py", "C19": "tests/tendering/test_bids.py",
    "C24b": "tests/contracts/test_payment.py", "C25": "tests/contracts/test_payment.py",
    "C25b": "tests/contracts/test_payment.py", "C26": "tests/contracts/test_receivable.py",
    "C27": "tests/challenges/test_enquiry.py", "C36": "tests/supervision/test_suspension.py",
    "C48": "tests/contracts/test_disclosure.py", "C47": "tests/tendering/test_evaluation.py",
}  # fmt: skip
#: One purchase from the notice to the end. NOW is Monday, 2 March 2026; Qingming is on 4 to 6 April.
STRAIGHT = {
    "C04": "2026-03-09",  # the fifth working day after Monday the 2nd
    "C05": "2026-03-23",  # 20 days from the same day on end on a Sunday
    "C11": "2026-03-26",
    "C12": "2026-03-26",
    "C13": "2026-04-01",
    "C14": "2026-03-31",
    "C20": "2026-04-28",  # 30 days from the letter of 27 March end on a Sunday
    "C21": "2026-04-02",
    "C22": "2026-04-10",
    "C23": "2026-04-03",  # from the day of signing, not from the day it was entered
    "C24": "2026-04-25",
    "C45": "2026-03-31",
    "C46": "2041-04-11",
}


def test_every_clock_of_this_procedure_has_its_place() -> None:
    ours = {clock.id for clock in law.clocks(procedure="open_tender")}
    placed = [*STRAIGHT, *BRANCHES, *ELSEWHERE]
    assert sorted(placed) == sorted(ours)


@pytest.mark.django_db
def test_one_purchase_starts_its_clocks_and_each_fires_once() -> None:
    chain = Chain()
    for _stop in chain.stops():
        pass
    found = {  # of several, the last
        clock: due_at and due_at.astimezone(judging.CLOSES.tzinfo).isoformat()
        for clock, due_at in Task.objects.filter(root=chain.case.ref)
        .exclude(clock="")
        .order_by("pk")
        .values_list("clock", "due_at")
    }
    assert found == {clock: at(f"{day}T00:00").isoformat() for clock, day in STRAIGHT.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stop", "clock"),
    [
        ("judged", "C13"),
        ("award determined", "C14"),
        ("award announced", "C20"),
        ("contract signed", "C21"),
        ("contract signed", "C22"),
    ],
)
def test_what_falls_due_fires_once_and_stays_on_the_list(stop: str, clock: str) -> None:
    chain = Chain().until(stop)
    due = Task.objects.filter(clock=clock, done_at=None).first()
    assert due is not None and due.due_at is not None
    before = due.due_at - datetime.timedelta(microseconds=1)
    assert not [task for task in tasks.fire_due(now=before) if task.clock == clock]
    fired = [task.pk for task in tasks.fire_due(now=due.due_at) if task.clock == clock]
    assert due.pk in fired and len(fired) == len(set(fired))
    assert not [task for task in tasks.fire_due(now=due.due_at) if task.clock == clock]
    still_open = Task.objects.filter(pk=due.pk, done_at=None).exists()
    assert still_open is (law.clock(clock).fires == "remind")
    assert chain.case.pk


@pytest.mark.django_db
def test_the_losers_securities_go_back_after_the_letters_and_the_winners_after_the_contract() -> None:
    chain = Chain().until("contract signed")
    for post in chain.suppliers:
        BidSecurity.objects.create(
            case=chain.case, supplier=post.organisation, kind="transfer", amount=1000, received_at=chain.now
        )
    case = Case.objects.get(pk=chain.case.pk)
    dues = [due for due in tasks.derive(case, now=chain.now) if due.action == "bid_security.return"]
    found = sorted((due.clock, due.due_at) for due in dues)
    # Five working days from the letters of Friday the 27th; from the contract of Monday the 30th, past Qingming.
    losers, winner = at("2026-04-04T00:00"), at("2026-04-08T00:00")
    assert found == [("C16", losers), ("C16", losers), ("C17", winner)]
