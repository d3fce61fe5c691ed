"""Where an attack on a published tender begins: invited, struck by an outage, its bids in the clear, talks."""

from decimal import Decimal

import pytest

from tests import factories
from tests.factories import at
from tests.invariants.worlds.moments import CLOSES, NOW, OPENED, Ids
from tests.invariants.worlds.planning import of_case, prepared
from yangcai.cases.models import Case, Lot, Period
from yangcai.kernel import documents, entries, health
from yangcai.kernel.models import HealthLine, Outage
from yangcai.planning.models import PlanItem
from yangcai.portal.models import Notice
from yangcai.tendering import health as watching
from yangcai.tendering import outages
from yangcai.tendering.models import (
    Bid,
    DialogueChange,
    DialogueTalk,
    FinalOffer,
    OpenedBid,
)


def published() -> Ids:
    """The case is published and takes bids until CLOSES; the database clock stands before that."""
    factories.set_database_clock(NOW)
    made = prepared()
    Period.objects.filter(case=made).update(closes_at=NOW)
    Period.objects.create(case=made, stage="submission", opens_at=NOW, closes_at=CLOSES)
    Period.objects.create(case=made, stage="opening", opens_at=CLOSES)
    Case.objects.filter(pk=made.pk).update(published_at=NOW, law_as_of=NOW.date())
    notice = Notice.objects.create(
        number="公告1", kind="invitation", root=made.ref, entry_seq=0, title="公告", buyer=made.buyer, facts={},
        digest="", published_at=NOW,
    )  # fmt: skip
    officer = factories.make_post("buyer_officer", made.buyer)
    entry = entries.append(
        action="invitation.publish", outcome="done", root=made.ref, subject=made.ref, by=officer, now=NOW, data={}
    )
    submission = Period.objects.get(case=made, stage="submission")
    return {
        **of_case(made),
        "submission": submission.pk,
        "notice": notice.pk,
        "entry": entry,
        "other_lot": factories.make_case().lots.get().pk,
    }


def struck() -> Ids:
    """The platform was well at 07:00 and 07:04, failed, and is well again at 08:20; the deadline of 09:30 stands."""
    ids = published()
    journal = [("07:00", ()), ("07:04", ()), ("07:08", ("store",)), ("08:20", ())]
    lines = [_health_line(f"2026-03-24T{moment}", *bad) for moment, bad in journal]
    outage = Outage.objects.get()
    return {
        **ids,
        "well": lines[1].number,
        "again": lines[3].number,
        "first": lines[0].at.isoformat(),
        "begins": lines[1].at.isoformat(),
        "ends": lines[3].at.isoformat(),
        "now": lines[3].at.isoformat(),
        "closes": CLOSES.isoformat(),
        "outage": outage.pk,
    }


def _health_line(moment: str, *bad: str) -> HealthLine:
    def fails() -> None:
        raise health.Unwell("x")

    factories.set_database_clock(at(moment))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "PROBES", {name: fails if name in bad else (lambda: None) for name in ("keys", "store")})
        kept = health.keep(now=at(moment), terms=outages.terms(now=at(moment)))
    assert kept is not None
    return kept.line


def extended() -> Ids:
    """The deadline was extended to 10:20 after that outage."""
    ids = struck()
    (extension,) = watching.settle(now=at("2026-03-24T08:20"))
    assert extension.new_closes_at == at("2026-03-24T10:20")
    return ids


def overrun() -> Ids:
    """Well until 09:20 and again at 10:00: the deadline lies in between, and nobody has extended it yet."""
    ids = published()
    for moment in ("09:16", "09:20", "10:00"):
        _health_line(f"2026-03-24T{moment}")
    return ids


def sealed() -> Ids:
    """Two sealed bids in the first lot, before the deadline."""
    ids = published()
    lot = Lot.objects.get(pk=ids["lot"])
    bids = [_seal(lot) for _n in range(2)]
    return {
        **ids,
        "bid": bids[0].pk,
        "second_bid": bids[1].pk,
        "supplier": bids[0].supplier_id,
        "envelope": bids[1].envelope_id,
    }


def _seal(lot: Lot) -> Bid:
    post = factories.make_supplier()
    return Bid.objects.create(
        lot=lot,
        supplier=post.organisation,
        envelope=documents.store_bytes(data=f"密封{factories.number()}".encode(), name="envelope"),
        sealed_key="key",
        seal_scheme="test",
        receipt=f"R{factories.number()}",
        submitted_by=post,
        received_at=NOW,
    )


def late() -> Ids:
    """The deadline has passed; nothing is opened yet."""
    ids = sealed()
    factories.set_database_clock(OPENED)
    return ids


def opened() -> Ids:
    """The first bid is opened, the second still sealed."""
    ids = late()
    bid = Bid.objects.get(pk=ids["bid"])
    one = OpenedBid.objects.create(
        lot_id=ids["lot"], bid=bid, supplier=bid.supplier, price=Decimal("400.00"), opened_at=OPENED
    )
    return {**ids, "opened": one.pk}


def failed() -> Ids:
    """The first lot failed on 24 March, the second goes on; the remedies ended with 2 April, now it is the third. A
    plan that renews this one is drafted for 500 on the same budget line."""
    ids = published()
    factories.set_database_clock(at("2026-04-03T09:00"))
    Lot.objects.filter(pk=ids["lot"]).update(outcome="unsuccessful", outcome_at=OPENED, outcome_reason="x")
    plan = PlanItem.objects.get(pk=ids["plan"])
    renewal = factories.make_plan_item(plan.appropriation, amount="500.00", approved=False, renews=plan)
    return {**ids, "renewal": renewal.pk}


LAST_CLOSES, LAST_OPENED = at("2026-03-24T16:00"), at("2026-03-24T16:10")


def talking() -> Ids:
    """The first bid is opened and talked about; a change was told to all; last offers come in until LAST_CLOSES."""
    ids = opened()
    lot = Lot.objects.get(pk=ids["lot"])
    talk = DialogueTalk.objects.create(opened_bid_id=ids["opened"], round=1, minutes="第一轮", held_at=OPENED)
    change = DialogueChange.objects.create(
        lot=lot, number=1, part="technical", after="16G", proposed_at=OPENED, told_at=OPENED
    )
    Period.objects.filter(case=lot.case, stage="opening").update(closes_at=OPENED)
    last = Period.objects.create(case=lot.case, lot=lot, stage="final_offer", opens_at=OPENED, closes_at=LAST_CLOSES)
    Period.objects.create(case=lot.case, lot=lot, stage="evaluation", opens_at=LAST_CLOSES)
    first = Bid.objects.get(pk=ids["bid"])
    sealed_last = Bid.objects.create(
        lot=lot,
        supplier=first.supplier,
        stage="final_offer",
        envelope=documents.store_bytes(data="最后报价".encode(), name="envelope"),
        sealed_key="key",
        seal_scheme="test",
        receipt=f"R{factories.number()}",
        submitted_by=first.submitted_by,
        received_at=OPENED,
    )
    return {**ids, "talk": talk.pk, "change": change.pk, "last": sealed_last.pk, "last_period": last.pk}


def last_opened() -> Ids:
    """The last offer lies open."""
    ids = talking()
    factories.set_database_clock(LAST_OPENED)
    offer = FinalOffer.objects.create(
        opened_bid_id=ids["opened"], bid_id=ids["last"], price=Decimal("390.00"), opened_at=LAST_OPENED
    )
    return {**ids, "final_offer": offer.pk}
