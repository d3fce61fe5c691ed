"""How is the demo district's year made? Each purchase is walked by the same Actions as any other, in sums that meet."""

import csv
import datetime
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from yangcai.cases.models import Case
from yangcai.contracts import shares
from yangcai.contracts.models import Contract
from yangcai.frameworks.models import Way
from yangcai.frameworks.rules import call_off as call_offs
from yangcai.frameworks.standing import staying
from yangcai.funds.budget_file import COLUMNS
from yangcai.kernel import clock, documents, tasks
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.calendar import SHANGHAI
from yangcai.notifications import queries
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.parties.sizes import SME, small_medium
from yangcai.planning.models import PlanItem
from yangcai.replay import defaults, district, people, year
from yangcai.replay.driver import PythonDriver, begin_again
from yangcai.replay.published import Bid, CaseFile, Dates, Evaluation, Lot, Outcome
from yangcai.replay.published import Organisation as Named
from yangcai.replay.recorded import RecordedWalk
from yangcai.replay.year import Order, Sums

#: The year's budget was approved before its first intention.
APPROVED = datetime.datetime(2025, 12, 1, 9, tzinfo=SHANGHAI)
#: Days from the intention of a call-off to the order, and from the order to what follows.
LEAD, SIGNING, ACCEPTING, PAYING = (datetime.timedelta(days=n) for n in (38, 3, 20, 22))
UNITS = ("人天", "小时")


class YearWalk(RecordedWalk):
    """A walk whose budget line came in with the year's file, and whose call-offs go to entrants by turns."""

    number = 0

    def budget(self) -> None:
        """Imported with the others."""

    def call_off(self) -> None:
        item = PlanItem.objects.get(pk=self.plan_item.pk)
        under = [one for one in call_offs.offered(item, Way.DIRECT, now=self.at("award")) if one.lot.case.title in OURS]
        entrants = staying(under[self.number % len(under)])
        chosen = entrants[self.number // len(under) % len(entrants)]
        whom = {"entrant": chosen.pk, "quantity": self.quantity}
        self.case = self.do("call_off.choose", item, self.people.officer, self.at("award"), **whom)


OURS = frozenset(order.title for order in year.agreements())


def sums(*, now: datetime.datetime) -> Sums:
    """What the rows of the year come to: what the portal shows as this year's figures, counted the same way."""
    of_year = timezone.localdate(now).year
    cases = Case.objects.filter(published_at__year=of_year, published_at__lte=now)
    contracts = Contract.objects.filter(signed_at__year=of_year, signed_at__lte=now, terminated_at=None)
    small = contracts.filter(small_medium("supplier"))
    nothing = Decimal(0)
    of_members = shares.gained_by_small(shares.moved(contracts.annotate(value=F("amount"))))
    return Sums(
        cases=cases.count(),
        budget=cases.aggregate(sum=Sum("budget"))["sum"] or nothing,
        signed=contracts.aggregate(sum=Sum("amount"))["sum"] or nothing,
        small=(small.aggregate(sum=Sum("amount"))["sum"] or nothing) + of_members,
    )


def make(*, told: Callable[[Order, int], object]) -> None:
    """Add the year to a district that was found before, and stop the clock on its first morning. `told` is called
    before each purchase, with how many are still to come."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")  # what is lost with the power is made anew
    for name in year.BUYERS:
        people.organisation(Named(name), OrganisationKind.BUYER, jurisdiction=district.AREA)
    known = [*year.agreements(), *year.unsuccessful(), *year.running()]
    agreed = known[: year.AGREEMENTS]
    left = year.CASES - sums(now=district.MORNING).cases
    begin_again()
    approve(known)
    for order in known:
        told(order, left)
        left -= 1
        walk(order)
    orders = year.call_offs(so_far=_beside_call_offs())
    begin_again()
    approve(orders)
    for order in orders:
        told(order, left)
        left -= 1
        walk(order, entrants=[one for agreement in agreed for one in agreement.bidders])
    last = year.competitive(so_far=sums(now=district.MORNING))
    begin_again()
    approve(last)
    for order in last:
        told(order, left)
        left -= 1
        walk(order)
    begin_again()
    clock.set_sandbox(at=district.MORNING)
    tasks.fire_due(now=district.MORNING)
    queries.read_before(district.MORNING - district.UNREAD, now=district.MORNING)


def _beside_call_offs() -> Sums:
    """What there is, the purchases that did not take place counted with those planned beside the call-offs."""
    found = sums(now=district.MORNING)
    return replace(found, cases=found.cases - year.FAILED - year.RUNNING)


def approve(orders: Sequence[Order]) -> None:
    """One budget file with all their lines, imported by the bureau."""
    treasury = Post.objects.filter(role=Role.TREASURY).select_related("organisation").order_by("pk")[:1].get()
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([column.titles[0] for column in COLUMNS])
    for order in orders:
        values = {
            "buyer": order.buyer,
            "fiscal_year": 2026,
            "code": order.id,
            "name": order.title,
            "source": "一般公共预算",
            "amount": order.budget,
            "approved_on": APPROVED.date().isoformat(),
        }
        table.writerow([values.get(column.key, "") for column in COLUMNS])
    data = text.getvalue().encode("utf-8-sig")
    paper = documents.store_bytes(data=data, name="budget.csv", person_id=treasury.person_id, now=APPROVED)
    perform(ACTIONS["budget.import"], treasury.organisation, by=treasury, now=APPROVED, file=paper)


def walk(order: Order, *, entrants: Sequence[Named] = ()) -> None:
    """One purchase, as far as it has come."""
    begin_again()
    file = case_file(order)
    found = people.gather(file, bureau_name=district.TREASURY)
    if entrants:
        owners = Organisation.objects.in_bulk([one.name for one in entrants], field_name="name")
        found = replace(found, suppliers={name: people.post(owner, Role.SUPPLIER) for name, owner in owners.items()})
    terms: dict[str, Any] = {}
    if order.procedure == "framework":
        terms = {**district.AUDIT_TERMS, "unit": UNITS[order.number], "estimated_quantity": "20000"}
    one = YearWalk(PythonDriver(), file, found, quantity=order.quantity, framework_terms=terms)
    one.number = order.number
    one.run(until=order.until)


def case_file(order: Order) -> CaseFile:
    """The purchase in the words of a published case, so that one walker serves all."""
    bids = tuple(
        Bid(supplier=one, price=price, partners=order.partners if number == 0 else ())
        for number, (one, price) in enumerate(zip(order.bidders, order.prices, strict=True))
    )
    evaluation = Evaluation(method="rated" if order.procedure == "consultation" else "lowest")
    is_small = all(one.size in SME for one in order.bidders)
    file = CaseFile(
        file="",
        id=order.id,
        source="",
        title=order.title,
        buyer=Named(order.buyer),
        agent=Named(district.AGENT),
        jurisdiction=district.AREA,
        category=order.category,
        method=order.procedure,
        grounds="framework.administration" if order.procedure == "framework" else "",
        set_aside="whole" if is_small and order.bidders and order.procedure != "framework" else "none",
        subcontracting="配套供货和安装可以分包" if order.partners else "",
        budget=order.budget,
        dates=dates(order),
        lots=(Lot("1", order.title, order.budget, order.ceiling, evaluation, bids),),
        outcome=Outcome(status="unsuccessful") if order.fails else Outcome(),
    )
    if order.procedure == Way.DIRECT:
        return file
    completed = defaults.complete(published=file).case
    if not order.bidders:  # nobody has bid yet, and nobody is made up
        completed = replace(completed, lots=tuple(replace(lot, bids=()) for lot in completed.lots))
    return completed


def dates(order: Order) -> Dates:
    """A call-off is ordered on a day; of any other the day is known on which offers are due."""
    if order.procedure != "call_off_direct":
        return Dates(submission_closes=order.on)
    return Dates(
        intention=order.on - LEAD,
        invitation=order.on,
        award=order.on,
        contract=order.on + SIGNING,
        acceptance=order.on + ACCEPTING,
        payment=order.on + PAYING,
    )


def is_complete(*, now: datetime.datetime) -> bool:
    """Whether the rows of the year come to what was published."""
    return sums(now=now) == Sums(year.CASES, year.BUDGET, year.SIGNED, year.SMALL)
