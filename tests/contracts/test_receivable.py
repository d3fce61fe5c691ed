"""Can a small or medium supplier get what it is owed confirmed, in time, once, and no more than that?"""

from decimal import Decimal

import pytest

from tests.contracts import support
from tests.factories import at
from yangcai.contracts import actions
from yangcai.kernel import tasks
from yangcai.kernel.actions import perform
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refused

pytestmark = pytest.mark.django_db
ASKED = at("2026-03-12T09:00")


def scene(size: str = "small") -> support.Scene:
    s = support.scene()
    s.supplier.organisation.size = size
    s.supplier.organisation.save()
    support.effective(s)
    return s


def asked(s: support.Scene, amount: str = "900000.00") -> set[str]:
    try:
        perform(actions.request_receivable, s.contract, by=s.supplier, now=ASKED, amount=amount, purpose="银行融资")
    except Refused as refused:
        return refused.codes
    return set()


def test_the_buyer_has_thirty_days_and_is_reminded_once() -> None:
    s = scene()
    assert asked(s) == set()
    task = Task.objects.get(clock="C26", done_at=None)
    assert (task.action, task.organisation_id, task.due_at) == (
        "receivable.confirm",
        s.case.buyer_id,
        at("2026-04-14T00:00"),  # 30 days end on a Saturday: until the end of Monday
    )
    late = at("2026-04-14T09:00")
    assert [t.clock for t in tasks.fire_due(now=late) if t.clock == "C26"] == ["C26"]
    assert not [t for t in tasks.fire_due(now=late) if t.clock == "C26"]
    receivable = s.contract.receivables.get()
    perform(actions.confirm_receivable, receivable, by=s.officer, now=late)
    receivable.refresh_from_db()
    assert (receivable.confirmed_at, receivable.confirmed_amount) == (late, Decimal("900000.00"))
    assert not Task.objects.filter(clock="C26", done_at=None).exists()
    with pytest.raises(Refused) as refused:
        perform(actions.confirm_receivable, receivable, by=s.officer, now=late)
    assert refused.value.codes == {"already_confirmed"}


@pytest.mark.long
def test_no_more_than_is_unpaid_and_one_at_a_time() -> None:
    s = scene()
    assert asked(s, "900000.01") == {"receivable_above_unpaid"}
    assert asked(s, "0") == {"invalid_input"}
    assert asked(s, "900000.00") == set()
    assert asked(s, "1.00") == {"already_requested"}
    support.paid(s, s.milestone("signature"))
    done = perform(actions.confirm_receivable, s.contract.receivables.get(), by=s.officer, now=support.PAID)
    assert done.value.confirmed_amount == Decimal("630000.00")
    assert asked(s, "630000.00") == set()


def test_a_large_enterprise_has_no_such_right() -> None:
    assert asked(scene("large")) == {"not_an_sme"}
