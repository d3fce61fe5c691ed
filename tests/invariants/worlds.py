"""Where does an attack begin? Rows at each point of the chain, made lawfully, with the ids that the attacks name."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest

from tests import factories
from tests.contracts import support
from tests.factories import at
from tests.tendering.covers_walk import judged
from tests.tendering.sealing_walk import SealedTender
from yangcai.cases.models import Candidate, Case, Lot, Period
from yangcai.contracts import actions as contracts
from yangcai.frameworks.models import (
    AgreedConsumable,
    CallOff,
    Entrant,
    Framework,
    FrameworkApproval,
    OutsideOffer,
    Replacement,
)
from yangcai.kernel import documents, entries, health
from yangcai.kernel.actions import perform
from yangcai.kernel.models import HealthLine, Outage
from yangcai.parties.models import Post
from yangcai.planning.models import MethodApproval, Publicity
from yangcai.portal.models import Notice
from yangcai.tendering import health as watching
from yangcai.tendering import outages
from yangcai.tendering.models import (
    ApplicationFinding,
    Bid,
    BidUpload,
    Clause,
    Criterion,
    DialogueChange,
    DialogueTalk,
    EvaluationReport,
    FinalOffer,
    Invitee,
    OpenedBid,
    PaymentTerm,
    Prequalification,
    PrequalificationApplication,
    PrequalificationClause,
    PrequalificationCorrection,
    Solicitation,
    StatusChange,
)

NOW = factories.NOW
CLOSES = at("2026-03-24T09:30")
OPENED = at("2026-03-24T10:00")
Ids = dict[str, Any]


def plan() -> Ids:
    """1000 approved, a draft plan of 600; another budget beside it."""
    ours, theirs = (factories.fund_appropriation(factories.make_organisation(), amount="1000.00") for _n in range(2))
    item = factories.make_plan_item(ours, amount="600.00", approved=False)
    other = factories.make_plan_item(theirs, amount="600.00")
    return {
        "appropriation": ours.pk,
        "available": ours.available_fund_id,
        "plan": item.pk,
        "reserved": item.reserved_fund_id,
        "intention": item.intention_id,
        "other_appropriation": theirs.pk,
        "other_available": theirs.available_fund_id,
        "other_plan": other.pk,
        "other_reserved": other.reserved_fund_id,
        "other_buyer": theirs.buyer_id,
    }


def method() -> Ids:
    """A filed plan of 5000 whose method needs approval, with an application that waits for the unit above; one was
    sent back, one approved for 999.99. A case in preparation by open tender beside it, a publicity that is over."""
    made = _prepared()
    buyer = factories.make_organisation(parent=factories.make_organisation())
    item = factories.make_plan_item(
        factories.fund_appropriation(buyer, amount="5000.00"),
        amount="5000.00",
        procedure="quotations",
        ground="quotations.uniform",
        needs_approval=True,
    )
    values = {
        "plan_item": item, "procedure": "quotations", "ground": "quotations.uniform", "reason": "规格统一",
        "overview": "桌椅", "amount": item.amount, "funding": "预算批复", "consent_by": buyer.parent, "applied_at": NOW,
    }  # fmt: skip
    returned = MethodApproval.objects.create(**values, consented_at=NOW, returned_at=NOW, return_reason="补充材料")
    MethodApproval.objects.create(**{**values, "amount": "999.99"}, consented_at=NOW, approved_at=NOW, number="1号")
    application = MethodApproval.objects.create(**values)
    publicity = Publicity.objects.create(
        plan_item=item, title="公示", description="说明", reason="唯一", supplier_name="甲", supplier_address="乙",
        opens_at=NOW, closes_at=NOW,
    )  # fmt: skip
    return {
        **_of_case(made),
        "method_plan": item.pk,
        "method_buyer": buyer.pk,
        "returned": returned.pk,
        "application": application.pk,
        "publicity": publicity.pk,
    }


def _of_case(case: Case) -> Ids:
    lots = list(case.lots.order_by("pk"))
    return {
        "case": case.pk,
        "buyer": case.buyer_id,
        "plan": case.plan_item_id,
        "reserved": case.plan_item.reserved_fund_id,
        "available": case.plan_item.appropriation.available_fund_id,
        "lot": lots[0].pk,
        "second_lot": lots[-1].pk,
        "period": Period.objects.filter(case=case).order_by("pk").first().pk,
    }


def case() -> Ids:
    """A case in preparation with its document and two lots of 500; a filed plan of another buyer without a case."""
    made = _prepared()
    free = factories.make_plan_item(
        factories.fund_appropriation(factories.make_organisation(), amount="5000.00"), amount="5000.00"
    )
    cancelled = factories.make_plan_item(free.appropriation, amount="1.00", approved=False)
    return {**_of_case(made), "free_plan": free.pk, "draft_plan": cancelled.pk, "free_buyer": free.buyer_id}


def _prepared() -> Case:
    made = factories.make_case(lots=2, budget="1000.00")
    Solicitation.objects.create(
        case=made,
        requirement="采购需求",
        delivery="30 日",
        bid_validity_days=90,
        contract_terms="条款",
        payment_days=30,
        acceptance_days=10,
    )
    Clause.objects.create(case=made, kind="qualification", number=1, text="法定条件")
    PaymentTerm.objects.create(case=made, number=1, title="验收款", percent=Decimal(100), due_on="acceptance")
    for lot in made.lots.all():
        Criterion.objects.create(lot=lot, code="price", kind="price", title="价格", weight=Decimal(100))
    return made


def published() -> Ids:
    """The case is published and takes bids until CLOSES; the database clock stands before that."""
    factories.set_database_clock(NOW)
    made = _prepared()
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
        **_of_case(made),
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


def handed_in() -> Ids:
    """Three bids sealed by their bidders, before the deadline."""
    return _sealed_by_bidders()[1]


def _sealed_by_bidders() -> tuple[SealedTender, Ids]:
    tender = SealedTender(now=NOW).announced()
    for price in ("900000.00", "910000.00", "920000.00"):
        tender.hand_in(tender.device(), price)
    bids = list(Bid.objects.filter(lot=tender.lot).select_related("sealed").order_by("pk"))
    return tender, {
        "case": tender.case.pk,
        "lot": tender.lot.pk,
        "buyer": tender.case.buyer_id,
        "bid": bids[0].pk,
        "other_bid": bids[1].pk,
        "supplier": bids[0].supplier_id,
        "envelope": bids[1].envelope_id,
        "upload": bids[0].sealed.upload_id,
        "policy": bids[0].sealed.upload.policy_id,
        "platform": tender.holders[0].row.pk,
        "human": tender.holders[1].row.pk,
        "post": tender.agent_post.pk,
    }


def due() -> Ids:
    """The microsecond of their deadline; nothing is closed yet."""
    ids = handed_in()
    factories.set_database_clock(CLOSES)
    return ids


def keys_due() -> Ids:
    """Closed: the bidders may release their keys."""
    tender, ids = _sealed_by_bidders()
    tender.begin()
    return {**ids, "closing": tender.lot.bid_closings.get().pk}


def window_over() -> Ids:
    """Nobody has released a key in time."""
    ids = keys_due()
    factories.set_database_clock(CLOSES + datetime.timedelta(minutes=30))
    return ids


def prices_sealed() -> Ids:
    """Every member has scored the technical covers; the technical evaluation is not closed, the prices lie sealed."""
    tender = judged()
    price = Bid.objects.filter(cover="PRICE").select_related("sealed__upload").order_by("pk")[0]
    return {
        "lot": tender.lot.pk,
        "price": price.pk,
        "opened": OpenedBid.objects.get(supplier=price.supplier_id).pk,
        "policy": price.sealed.upload.policy_id,
        "closing": tender.lot.bid_closings.get().pk,
        "human": tender.holders[1].row.pk,
        "post": price.submitted_by_id,
    }


def promised() -> Ids:
    """The header, digest and length of an envelope are bound, and its bytes have not come."""
    tender = SealedTender(now=NOW).announced()
    upload = tender.sealed(tender.device())
    BidUpload.objects.create(
        sid=uuid.uuid4(), lot=upload.lot, supplier=upload.supplier, post=upload.post, policy=upload.policy,
        idem="1" * 32, begun_at=NOW, header=upload.header, envelope=upload.envelope, envelope_size=1, promised_at=NOW,
    )  # fmt: skip
    return {"upload": BidUpload.objects.get(promised_at__isnull=False).pk, "envelope": upload.parts.get().document_id}


def opened() -> Ids:
    """The first bid is opened, the second still sealed."""
    ids = late()
    bid = Bid.objects.get(pk=ids["bid"])
    one = OpenedBid.objects.create(
        lot_id=ids["lot"], bid=bid, supplier=bid.supplier, price=Decimal("400.00"), opened_at=OPENED
    )
    return {**ids, "opened": one.pk}


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


def _of_scene(s: support.Scene) -> Ids:
    runner_up = Candidate.objects.create(
        lot=s.award.lot, supplier=factories.make_supplier().organisation, rank=2, amount=Decimal("1.00"), at=NOW
    )
    report = EvaluationReport.objects.create(lot=s.award.lot, result={"ranking": []}, digest="", computed_at=NOW)
    return {
        **_of_case(s.case),
        "report": report.pk,
        "award": s.award.pk,
        "candidate": s.award.candidate_id,
        "runner_up": runner_up.pk,
        "runner_up_supplier": runner_up.supplier_id,
        "supplier": s.award.supplier_id,
    }


def _of_contract(s: support.Scene) -> Ids:
    contract = s.contract
    return {
        **_of_scene(s),
        "contract": contract.pk,
        "committed": contract.committed_fund_id,
        "paid": contract.paid_fund_id,
        **{f"milestone_{m.due_on}": m.pk for m in contract.milestones.all()},
    }


def awarded() -> Ids:
    """An announced award of 900000 without a contract; beside it another one with a drafted contract."""
    s, other = support.scene(), support.scene()
    theirs = support.drafted(other)
    return {**_of_scene(s), "other_contract": theirs.pk, "other_reserved": other.case.plan_item.reserved_fund_id}


def drafted() -> Ids:
    s = support.scene()
    support.drafted(s)
    return _of_contract(s)


def signed() -> Ids:
    """Signed, neither published nor filed."""
    s = support.scene()
    support.signed(s)
    return _of_contract(s)


def requested() -> Ids:
    """In force; of the advance of 270000 an invoice of 1000 is requested and approved, one of 500 is only requested.
    The acceptance has failed. Another contract of the same size stands beside it, accepted and unpaid."""
    s, other = support.scene(), support.scene()
    support.effective(s)
    support.effective(other)
    advance = s.milestone("signature")
    approved, open_one = (
        perform(
            contracts.request_payment,
            support.invoiced(s, advance, amount=amount, now=support.PAID),
            by=s.officer,
            now=support.PAID,
        ).value
        for amount in ("1000.00", "500.00")
    )
    perform(contracts.approve_payment, approved, by=s.reviewer, now=support.PAID)
    failed = support.accepted(s, passed=False)
    theirs = support.accepted(other)
    other_advance = other.milestone("signature")
    return {
        **_of_contract(s),
        "request": approved.pk,
        "open_request": open_one.pk,
        "invoice": approved.invoice_id,
        "failed": failed.pk,
        "other_acceptance": theirs.pk,
        "other_contract": other.contract.pk,
        "other_committed": other.contract.committed_fund_id,
        "other_paid": other.contract.paid_fund_id,
        "other_milestone": other_advance.pk,
    }


def paid() -> Ids:
    """The advance and the delivery, 270000 each, are paid; finally accepted, the rest is still committed."""
    s = support.scene()
    support.effective(s)
    request = support.paid(s, s.milestone("signature"))
    support.delivered(s, s.milestone("delivery"))
    support.paid(s, s.milestone("delivery"))
    acceptance = support.accepted(s, now=at("2026-03-28T09:00"))
    return {**_of_contract(s), "request": request.pk, "invoice": request.invoice_id, "acceptance": acceptance.pk}


def closed() -> Ids:
    """Accepted, settled below its amount, closed; with its only lot the case is over."""
    s = support.scene()
    support.effective(s)
    support.paid(s, s.milestone("signature"))
    support.accepted(s, now=at("2026-03-28T09:00"))
    perform(contracts.close_contract, s.contract, by=s.officer, now=at("2026-03-30T09:00"), settlement="余款不再支付")
    return _of_contract(s)


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


PREQUALIFIES_UNTIL = at("2026-03-09T17:30")
EXAMINED = at("2026-03-10T09:00")


def applied() -> Ids:
    """A prequalification takes applications until PREQUALIFIES_UNTIL; two have come, a third is withdrawn. Beside it
    one that nobody has applied to, and a draft."""
    factories.set_database_clock(NOW)
    made = _prepared()
    Solicitation.objects.filter(case=made).update(invited_by="prequalification")
    announced, other, drafted = (
        _prequalification(case) for case in (made, factories.make_case(), factories.make_case())
    )
    times = {
        "confirmed_at": NOW, "opens_at": NOW, "supply_closes_at": PREQUALIFIES_UNTIL, "closes_at": PREQUALIFIES_UNTIL,
        "examined_on": EXAMINED.date(),
    }  # fmt: skip
    Prequalification.objects.filter(pk__in=[announced.pk, other.pk]).update(**times)
    posts = [factories.make_supplier() for _n in range(4)]
    one, two, gone = (_apply(announced, post) for post in posts[:3])
    PrequalificationApplication.objects.filter(pk=gone.pk).update(withdrawn_at=NOW)
    correction = PrequalificationCorrection.objects.create(
        prequalification=announced, number=1, item="格式", after="一份", old_closes_at=PREQUALIFIES_UNTIL,
        new_closes_at=PREQUALIFIES_UNTIL, at=NOW,
    )  # fmt: skip
    return {
        **_of_case(made),
        "prequalification": announced.pk,
        "other_prequalification": other.pk,
        "drafted_prequalification": drafted.pk,
        "clause": announced.clauses.get().pk,
        "other_clause": other.clauses.get().pk,
        "application": one.pk,
        "second_application": two.pk,
        "withdrawn_application": gone.pk,
        "supplier": one.supplier_id,
        "second_supplier": two.supplier_id,
        "stranger": posts[3].organisation_id,
        "prequalification_correction": correction.pk,
    }


def _prequalification(case: Case) -> Prequalification:
    made = Prequalification.objects.create(
        case=case, title=case.title, requirement="需求", standard="逐项审查", materials="证照", credit_check="信用中国",
        drafted_at=NOW,
    )  # fmt: skip
    PrequalificationClause.objects.create(prequalification=made, number=1, text="具有资质")
    return made


def _apply(prequalification: Prequalification, post: Post) -> PrequalificationApplication:
    return PrequalificationApplication.objects.create(
        prequalification=prequalification, supplier=post.organisation, statement="符合",
        receipt=f"YS{factories.number()}", submitted_by=post, submitted_at=NOW,
    )  # fmt: skip


def examined() -> Ids:
    """After the deadline the first application meets the condition, the second not yet looked at."""
    ids = applied()
    factories.set_database_clock(EXAMINED)
    ApplicationFinding.objects.create(
        application_id=ids["application"], clause_id=ids["clause"], passed=True, at=EXAMINED
    )
    return ids


def prequalified() -> Ids:
    """The first applicant is qualified and on the list, the second is not; the first reported a change."""
    ids = examined()
    ApplicationFinding.objects.create(
        application_id=ids["second_application"], clause_id=ids["clause"], passed=False, reason="过期", at=EXAMINED
    )
    applications = PrequalificationApplication.objects.filter(prequalification_id=ids["prequalification"])
    applications.filter(pk=ids["application"]).update(is_qualified=True, told_at=EXAMINED)
    applications.filter(pk=ids["second_application"]).update(is_qualified=False, reason="过期", told_at=EXAMINED)
    Prequalification.objects.filter(pk=ids["prequalification"]).update(concluded_at=EXAMINED)
    invitee = Invitee.objects.create(
        case_id=ids["case"], supplier_id=ids["supplier"], source="prequalified", is_chosen=True
    )
    change = StatusChange.objects.create(application_id=ids["application"], content="变更", reported_at=EXAMINED)
    return {**ids, "invitee": invitee.pk, "status_change": change.pk}


WORLDS = {
    world.__name__: world
    for world in (
        plan,
        method,
        case,
        published,
        struck,
        extended,
        overrun,
        sealed,
        late,
        handed_in,
        due,
        keys_due,
        window_over,
        prices_sealed,
        promised,
        opened,
        talking,
        last_opened,
        awarded,
        drafted,
        signed,
        requested,
        paid,
        closed,
        framework,
        applied,
        examined,
        prequalified,
    )
}
