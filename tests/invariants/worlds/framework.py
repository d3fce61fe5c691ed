"""Where an attack on a framework agreement begins."""

import datetime
from decimal import Decimal

from tests import factories
from tests.invariants.worlds.moments import NOW, Ids
from yangcai.cases.models import Candidate, Case, Lot
from yangcai.frameworks.models import (
    AgreedConsumable,
    CallOff,
    Entrant,
    Framework,
    FrameworkApproval,
    OutsideOffer,
    Replacement,
)


def framework() -> Ids:
    """A first stage whose plan spends nothing, with a ranked supplier and an entrant at 100 that has signed; a call-off
    of 5 under it, by a funded plan, ready for its award; a stranger ranked in both. Beside it a scheme, a new product
    and toner, and a cheaper price of the stranger which the entrant has still time to answer."""
    entrant, stranger = factories.make_supplier().organisation, factories.make_supplier().organisation
    unit = factories.make_organisation()
    money = factories.fund_appropriation(unit, amount="1000.00")
    item = factories.make_plan_item(money, amount="1000.00", procedure="framework", spends=False, approved=False)
    type(item).objects.filter(pk=item.pk).update(submitted_at=NOW, approved_at=NOW, filed_at=NOW)
    first = Case.objects.create(
        number="测框〔2026〕1号",
        title="征集",
        plan_item=item,
        buyer=unit,
        procedure="framework",
        category="goods",
        budget=Decimal(1000),
        jurisdiction="620171",
        opened_at=NOW,
    )
    lot = Lot.objects.create(case=first, number="1", title="包", budget=1000, ceiling=100, evaluation_method="lowest")
    Case.objects.filter(pk=first.pk).update(published_at=NOW, law_as_of=NOW.date())
    ranked = Candidate.objects.create(lot=lot, supplier=entrant, rank=1, amount=100, at=NOW)
    agreement = Framework.objects.create(
        lot=lot, unit="台", estimated_quantity=10, users="全区", months=6, allows_outside=True
    )
    signed = {"convener_signed_at": NOW, "supplier_signed_at": NOW, "signed_at": NOW}
    entry = Entrant.objects.create(
        framework=agreement, supplier=entrant, rank=1, unit_price=100, entered_at=NOW, **signed
    )
    called = factories.make_case(budget="1000.00", stage="award", procedure="call_off_direct", method="lowest")
    its_lot = called.lots.get()
    call_off = CallOff.objects.create(lot=its_lot, framework=agreement, way="call_off_direct", quantity=5)
    scheme = FrameworkApproval.objects.create(case=first, scheme="方案", terms=[], applied_at=NOW)
    replacement = Replacement.objects.create(
        entrant=entry, old_price=100, product="新型号", unit_price=90, statement="不低于原型号", asked_at=NOW
    )
    toner = AgreedConsumable.objects.create(entrant=entry, item="硒鼓", unit="支", unit_price=10, years=3)
    elsewhere = factories.make_case(budget="1000.00", stage="award", procedure="call_off_direct", method="lowest")
    offer = OutsideOffer.objects.create(
        entrant=entry,
        plan_item=elsewhere.plan_item,
        supplier=stranger,
        unit_price=80,
        agreed_price=100,
        quantity=5,
        evidence="同型号",
        reported_at=NOW,
        answer_by_at=NOW + datetime.timedelta(days=2),
    )
    outside_lot = elsewhere.lots.get()
    CallOff.objects.create(lot=outside_lot, framework=agreement, way="call_off_direct", quantity=5, outside_offer=offer)
    cheaper = Candidate.objects.create(lot=outside_lot, supplier=stranger, rank=1, amount=400, at=NOW)
    fair = Candidate.objects.create(lot=its_lot, supplier=entrant, rank=1, amount=500, at=NOW)
    outside = Candidate.objects.create(lot=its_lot, supplier=stranger, rank=2, amount=400, at=NOW)
    return {
        "lot": lot.pk, "ranked": ranked.pk, "supplier": entrant.pk, "stranger": stranger.pk,
        "framework": agreement.pk, "entrant": entry.pk, "call_off": call_off.pk, "call_lot": its_lot.pk,
        "fair": fair.pk, "outside": outside.pk, "scheme": scheme.pk, "replacement": replacement.pk, "toner": toner.pk,
        "offer": offer.pk, "outside_lot": outside_lot.pk, "cheaper": cheaper.pk,
    }  # fmt: skip
