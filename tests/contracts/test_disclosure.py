"""Does a buyer tell once a year, in time, what it owes small and medium enterprises and has not paid?"""

from decimal import Decimal
from typing import Any

import pytest

from tests.contracts import support
from tests.factories import at
from tests.portal.test_notices import check, check_pages
from yangcai.contracts import actions
from yangcai.contracts.models import OverdueDisclosure
from yangcai.kernel import tasks
from yangcai.kernel.actions import can, perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused
from yangcai.portal.models import Notice

pytestmark = pytest.mark.django_db
NEXT_YEAR = at("2027-01-04T09:00")


def scene(size: str = "small") -> support.Scene:
    s = support.scene()
    s.supplier.organisation.size = size
    s.supplier.organisation.save()
    support.effective(s)
    return s


def disclosed(s: support.Scene, **at_: Any) -> OverdueDisclosure:
    buyer = type(s.case.buyer).objects.get(pk=s.case.buyer_id)
    return perform(actions.disclose_overdue, buyer, by=s.officer, now=at_.get("now", NEXT_YEAR)).value


def test_what_was_overdue_at_the_end_of_the_year_is_published_in_time(client: Any, monkeypatch: Any) -> None:
    s = scene()
    support.invoiced(s, s.milestone("signature"))  # 270000, due in spring 2026, never paid
    task = Task.objects.get(clock="C48", done_at=None)
    assert (task.action, task.root, task.since) == ("overdue.disclose", s.case.buyer.ref, at("2027-01-01T00:00"))
    assert task.due_at == at("2027-04-01T00:00")
    assert {r.code for r in can(actions.disclose_overdue, s.case.buyer, by=s.officer, now=support.PAID)} == {
        "year_not_over"
    }
    late = at("2027-04-02T09:00")
    assert [t.pk for t in tasks.fire_due(now=late) if t.clock == "C48"] == [task.pk]
    assert not [t for t in tasks.fire_due(now=late) if t.clock == "C48"]
    found = disclosed(s, now=late)
    assert (found.year, found.contracts, found.amount) == (2026, 1, Decimal("270000.00"))
    notice = Notice.objects.get(kind="overdue_payments")
    assert notice.buyer == s.case.buyer and "2026年度" in notice.title
    check(notice)
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: late)
    check_pages(notice, client)
    task.refresh_from_db()
    assert task.done_at == late
    assert Task.objects.get(clock="C48", done_at=None).due_at == at("2028-04-01T00:00")
    with pytest.raises(Refused) as refused:
        disclosed(s, now=late)
    assert refused.value.codes == {"year_not_over"}


def test_what_was_paid_or_was_not_due_is_not_overdue() -> None:
    s = scene()
    support.paid(s, s.milestone("signature"))
    support.delivered(s, s.milestone("delivery"), now=at("2026-12-18T09:00"))
    support.invoiced(s, s.milestone("delivery"), now=at("2026-12-20T09:00"))  # due in January
    found = disclosed(s)
    assert (found.contracts, found.amount) == (0, Decimal("0.00"))
    assert Notice.objects.get(kind="overdue_payments").facts["amount"] == "0.00"


def test_who_buys_from_large_enterprises_alone_has_nothing_to_say() -> None:
    s = scene("large")
    assert not Task.objects.filter(clock="C48").exists()
    with pytest.raises(Refused) as refused:
        disclosed(s)
    assert refused.value.codes == {"nothing_to_disclose"}
