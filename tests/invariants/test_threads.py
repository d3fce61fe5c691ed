"""Do the controls hold when eight people act at once? Real transactions, real threads."""

import datetime
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, connection, transaction

from tests import factories
from tests.challenges import support as challenges
from tests.contracts import support
from tests.factories import at
from tests.invariants.attacks import releases
from tests.invariants.worlds import tender
from tests.portal.chain import Chain
from yangcai.cases.models import Case
from yangcai.challenges.models import Objection
from yangcai.challenges.objections import raise_objection
from yangcai.contracts import actions as contracts
from yangcai.funds import actions as ledger
from yangcai.funds import queries
from yangcai.funds.models import Fund, Transfer
from yangcai.kernel.actions import perform
from yangcai.kernel.refusals import Refused
from yangcai.parties.roles import Role
from yangcai.planning import actions as planning
from yangcai.planning import checks
from yangcai.planning.models import PlanItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
NOW = factories.NOW


@pytest.fixture(autouse=True)
def _nothing_is_lost() -> Iterator[None]:
    """Whatever happened, every balance is what its transfers say."""
    yield
    assert queries.check_funds() == []


def at_once(*jobs: Callable[[], Any]) -> Counter[str]:
    """Run the jobs in threads that start together; what each ended with: done, or the name of the refusal."""
    barrier, outcomes, lock = threading.Barrier(len(jobs)), [], threading.Lock()

    def run(job: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            with transaction.atomic():
                job()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            outcome = "done"
        except Refused as refused:
            outcome = ",".join(sorted(refused.codes))
        except Error as error:
            outcome = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or repr(error)
        finally:
            connection.close()
        with lock:
            outcomes.append(outcome)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


def balance(fund: int) -> Decimal:
    return Fund.objects.get(pk=fund).balance


def plans(*amounts: str, approved: str) -> list[PlanItem]:
    """Draft plans of these amounts on one budget."""
    appropriation = factories.fund_appropriation(factories.make_organisation(), amount=approved)
    return [factories.make_plan_item(appropriation, amount=amount, approved=False) for amount in amounts]


def reserve(item: PlanItem) -> Callable[[], Any]:
    return lambda: ledger.reserve(fund=item.reserved_fund, amount=item.amount, now=NOW, ground=item.ref)


def test_of_eight_reservations_of_30_from_100_three_pass() -> None:
    items = plans(*["30.00"] * 8, approved="100.00")
    assert at_once(*map(reserve, items)) == {"done": 3, "never_negative": 5}
    assert balance(items[0].reserved_fund.parent_id) == Decimal("10.00")


def test_of_eight_reviews_through_the_actions_three_pass() -> None:
    buyer = factories.make_organisation()
    appropriation = factories.fund_appropriation(buyer, amount="100.00")
    items = [
        factories.make_plan_item(appropriation, amount="30.00", approved=False, submitted_at=NOW) for _n in range(8)
    ]
    reviewers = [factories.make_post(Role.BUYER_REVIEWER, buyer) for _n in items]
    answers = [{"check": code, "answer": "pass", "remark": ""} for code in checks.codes()]

    def review(item: PlanItem, by: Any) -> Callable[[], Any]:
        return lambda: perform(planning.review_plan, item, by=by, now=NOW, answers=answers, decision="approve")

    found = at_once(*map(review, items, reviewers))
    # Whoever looks after the money is gone reads the rule's sentence, whoever looked just before the constraint's.
    assert found["done"] == 3 and found["over_budget"] + found["never_negative"] == 5, found
    assert PlanItem.objects.filter(approved_at__isnull=False).count() == 3


def test_reservations_and_releases_of_one_budget_never_deadlock() -> None:
    items = plans(*["10.00"] * 8, approved="80.00")
    for item in items[:4]:
        reserve(item)()

    def release(item: PlanItem) -> Callable[[], Any]:
        return lambda: ledger.release_reservation(fund=item.reserved_fund, amount=item.amount, now=NOW, ground=item.ref)

    assert at_once(*map(release, items[:4]), *map(reserve, items[4:])) == {"done": 8}
    assert balance(items[0].reserved_fund.parent_id) == Decimal("40.00")


def test_a_publication_and_a_release_of_its_money_see_each_other() -> None:
    for _round in range(5):
        case = factories.make_case(budget="100.00")
        reserved = case.plan_item.reserved_fund

        def publish(case: Case = case) -> None:
            Case.objects.filter(pk=case.pk).update(published_at=NOW, law_as_of=NOW.date())

        def release(fund: Fund = reserved) -> None:
            ledger.release_reservation(fund=fund, amount=Decimal("100.00"), now=NOW, ground="x")

        found = at_once(publish, release)
        assert found["done"] == 1, found
        is_published = Case.objects.get(pk=case.pk).published_at is not None
        assert found["published_case_stays_funded" if is_published else "no_publication_beyond_the_reservation"] == 1
        assert balance(reserved.pk) == (Decimal("100.00") if is_published else 0)


def test_a_case_is_not_opened_on_a_plan_that_is_being_cancelled() -> None:
    for _round in range(5):
        item = factories.make_plan_item(factories.fund_appropriation(factories.make_organisation()))

        def cancel(item: PlanItem = item) -> None:
            PlanItem.objects.filter(pk=item.pk).update(cancelled_at=NOW)

        def open_case(item: PlanItem = item) -> None:
            Case.objects.create(
                number=f"X{factories.number()}", title="测试", plan_item=item, buyer=item.buyer,
                procedure="open_tender", category="goods", budget=item.amount, jurisdiction="620171", opened_at=NOW,
            )  # fmt: skip

        found = at_once(cancel, open_case)
        assert found["done"] == 1, found
        assert found["no_budget_no_case"] + found["plan_with_a_live_case_is_not_cancelled"] == 1


def test_of_eight_payments_of_one_request_one_is_made() -> None:
    s = support.scene()
    support.effective(s)
    invoice = support.invoiced(s, s.milestone("signature"), now=support.PAID)
    request = perform(contracts.request_payment, invoice, by=s.officer, now=support.PAID).value
    perform(contracts.approve_payment, request, by=s.reviewer, now=support.PAID)

    def pay() -> None:
        ledger.pay(fund=s.contract.paid_fund, amount=request.amount, now=NOW, ground=request.ref)

    assert at_once(*[pay] * 8) == {"done": 1, "one_payment_per_request": 7}
    assert balance(s.contract.paid_fund_id) == request.amount


def test_of_eight_clicks_on_pay_one_pays() -> None:
    s = support.scene()
    support.effective(s)
    invoice = support.invoiced(s, s.milestone("signature"), now=support.PAID)
    request = perform(contracts.request_payment, invoice, by=s.officer, now=support.PAID).value
    perform(contracts.approve_payment, request, by=s.reviewer, now=support.PAID)

    def pay() -> None:
        perform(contracts.pay_payment, request, by=s.payer, now=support.PAID + datetime.timedelta(hours=1))

    assert at_once(*[pay] * 8) == {"done": 1, "request_done": 7}
    assert Transfer.objects.filter(kind="pay").count() == 1


def test_of_eight_contracts_on_one_award_one_is_drafted() -> None:
    s = support.scene()

    def draft() -> None:
        perform(contracts.draft_contract, s.award, by=s.officer, now=support.DRAFTED)

    found = at_once(*[draft] * 8)
    assert found["done"] == 1 and sum(found.values()) == 8, found
    assert balance(s.contract.committed_fund_id) == s.contract.amount


def test_requests_of_one_milestone_do_not_slip_past_each_other() -> None:
    s = support.scene()
    support.effective(s)
    advance = s.milestone("signature")
    invoices = [support.invoiced(s, advance, amount="67500.00", now=support.PAID) for _n in range(4)]
    with connection.cursor() as cursor:  # as if the rule on invoices had been forgotten
        cursor.execute(
            "INSERT INTO contracts_invoice (contract_id, milestone_id, number, amount, issued_on, received_at)"
            " SELECT contract_id, milestone_id, number || 'b', amount, issued_on, received_at FROM contracts_invoice"
            " WHERE milestone_id = %s RETURNING id",
            [advance.pk],
        )
        ids = [invoice.pk for invoice in invoices] + [row[0] for row in cursor.fetchall()]

    def request(invoice: int) -> Callable[[], Any]:
        def run() -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO contracts_paymentrequest (contract_id, milestone_id, invoice_id, amount, requested_at,"
                    " return_reason) VALUES (%s, %s, %s, 67500, now(), '')",
                    [s.contract.pk, advance.pk, invoice],
                )

        return run

    assert at_once(*map(request, ids)) == {"done": 4, "requests_within_the_milestone": 4}


def test_a_release_waits_for_the_case_before_it_holds_the_lot() -> None:
    """As every Action on the case does: the other way round two of them would wait for each other."""
    ids = tender.failed()
    release = releases.release().format(**ids)
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
    done: Counter[str] = Counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT FROM cases_case WHERE id = %s FOR UPDATE", [ids["case"]])
        other = threading.Thread(target=lambda: done.update(at_once(lambda: run(release))))
        other.start()
        waiting = 0
        while not waiting:
            cursor.execute(waits)
            (waiting,) = cursor.fetchone()
        cursor.execute("SELECT FROM cases_lot WHERE id = %s FOR UPDATE NOWAIT", [ids["lot"]])
    other.join()
    assert done == {"released_means_transferred": 1}


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.long
def test_who_writes_under_a_matter_waits_for_who_answers_the_objection() -> None:
    """Else a finding could change beside the answer that rests on it, neither seeing the other."""
    chain = Chain().until("award announced")
    loser = next(post for post in chain.suppliers if post.organisation_id != chain.hall.award.supplier_id)
    about = challenges.about(chain.case, loser, "result", at("2026-03-31T10:00"))
    letter = {**challenges.LETTER, "about": about}
    objection = perform(raise_objection, chain.case, by=loser, now=at("2026-03-31T10:00"), **letter).value

    def rewrite() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
        objection.matters.update(is_founded=True)

    objection.matters.update(is_founded=False, answer="x")
    with transaction.atomic():
        answered = Objection.objects.filter(pk=objection.pk)
        answered.update(consequence="go_on", answered_at=objection.received_at, answered_by=chain.case.buyer)
        found = at_once(rewrite)
    assert found["done"] == 0, found
    assert at_once(rewrite) == {"objection_answer_stands": 1}
