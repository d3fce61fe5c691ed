"""Does every clock of the law (law.md §14) run in this chain, with the right last moment, and fire once?

Those that do not say in law/clocks.yaml what they wait for: a clock that nobody starts is not forgotten silently, and
one that claims to run must be yielded by somebody (`usage.check`).
"""

import datetime
from pathlib import Path

import pytest
from django.urls import reverse

from tests.factories import at
from tests.portal.chain import Chain
from tests.tendering import judging
from yangcai import law
from yangcai.cases.models import Case
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.tendering import explanation
from yangcai.tendering.models import AgentConductRecord, AwardLetter, BidSecurity
from yangcai.www.work import clocks, worklist

#: Clocks that start before the case or only where something goes another way, and the test that holds each.
BRANCHES = {
    "C01": "tests/cases/test_cases.py",
    "C02": "tests/tendering/test_prequalification.py", "C03": "tests/tendering/test_prequalification.py",
    "C08": "tests/tendering/test_invitation.py",
    "C16": "below", "C17": "below",
    "C18": "tests/tendering/test_bids.py", "C19": "tests/tendering/test_bids.py",
    "C24b": "tests/contracts/test_payment.py", "C25": "tests/contracts/test_payment.py",
    "C25b": "tests/contracts/test_payment.py", "C26": "tests/contracts/test_receivable.py",
    "C27": "tests/challenges/test_enquiry.py",
    "C27a": "tests/challenges/test_public_enquiry.py", "C27b": "tests/challenges/test_public_enquiry.py",
    "C29": "tests/challenges/test_objection.py", "C30": "tests/challenges/test_objection.py",
    "C36": "tests/supervision/test_suspension.py",
    "C48": "tests/contracts/test_disclosure.py", "C47": "tests/tendering/test_low_price.py",
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
    "C28": "2026-04-10",  # the notice of Friday the 27th ends on Monday; seven working days more, over Qingming
    "C45": "2026-03-31",
    "C45b": "2026-03-31",
    "C46": "2041-04-11",
}


def test_every_clock_of_this_procedure_has_its_place() -> None:
    ours = {clock.id for clock in law.clocks(procedure="open_tender")}
    later = [clock.id for clock in law.clocks(procedure="open_tender") if clock.waits_for]
    assert sorted([*STRAIGHT, *BRANCHES, *later]) == sorted(ours)
    for clock, place in BRANCHES.items():
        text = Path(__file__ if place == "below" else place).read_text(encoding="utf-8")
        assert f'"{clock}"' in text.replace(f'"{clock}": "', ""), f"{place} does not hold {clock}"


@pytest.mark.long
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


@pytest.mark.long
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
def test_a_loser_sees_until_when_it_may_object_and_the_right_leaves_the_list_with_its_last_day() -> None:
    chain = Chain().until("award announced")
    found = list(Task.objects.filter(clock="C28", done_at=None).order_by("pk"))
    losers = {post.organisation_id for post in chain.suppliers} - {chain.hall.award.supplier_id}
    assert {task.organisation_id for task in found} == losers and len(found) == len(losers) == 2
    one = found[0]
    post = next(post for post in chain.suppliers if post.organisation_id == one.organisation_id)
    letter = AwardLetter.objects.get(pk=one.subject.partition(":")[2])
    remedy = explanation.may_object_until(letter, now=chain.now)
    assert one.due_at == remedy.due_at == at(f"{STRAIGHT['C28']}T00:00")
    todo = next(t for g in worklist.groups(post, now=chain.now) for t in g.items if t.due_at == one.due_at)
    assert todo.url == reverse("work_explanation", args=[letter.pk]) and todo.title.startswith("提出质疑")
    assert todo.citation is not None and todo.citation.rule == "objection.file"
    [line] = [c for c in clocks.clocks([one], on=chain.now.date(), now=chain.now)]
    assert (line.state, line.actor) == ("running", "供应商")
    assert {task.clock for task in tasks.fire_due(now=one.due_at)} >= {"C28"}
    one.refresh_from_db()
    assert one.done_at == one.due_at
    assert [c.state for c in clocks.clocks([one], on=chain.now.date(), now=one.due_at)] == ["over"]
    assert not [task for task in tasks.fire_due(now=one.due_at) if task.clock == "C28"]


@pytest.mark.django_db
def test_the_buyer_records_how_its_agent_did() -> None:
    chain = Chain().until("judged")
    task = Task.objects.get(clock="C45b", done_at=None)
    assert (task.action, task.organisation_id) == ("agent_conduct.record", chain.case.buyer_id)
    with pytest.raises(Refused) as poor:
        chain.do("agent_conduct.record", chain.case, chain.officer, grade="poor")
    assert poor.value.codes == {"reason_missing"}
    record = chain.do("agent_conduct.record", chain.case, chain.officer, grade="good").value
    assert (record.agent, record.due_at) == (chain.case.agent, task.due_at)
    assert not Task.objects.filter(clock="C45b", done_at=None).exists()
    with pytest.raises(Refused) as twice:
        chain.do("agent_conduct.record", chain.case, chain.officer, grade="good")
    assert twice.value.codes == {"recorded_already"}
    readers = {post: SCOPES[AgentConductRecord](post, chain.now).count() for post in (None, chain.suppliers[0])}
    assert set(readers.values()) == {0}
    assert SCOPES[AgentConductRecord](chain.agent_post, chain.now).get() == record


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
