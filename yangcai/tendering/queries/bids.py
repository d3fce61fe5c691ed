"""Who may see documents, bids and securities? Before the opening nobody learns who takes part, or how many."""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yangcai.cases.models import Period, Stage
from yangcai.cases.queries import OVERSEERS, concerns_case, run_by, visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.procedures import PROCEDURES
from yangcai.tendering import outages
from yangcai.tendering.models import (
    Bid,
    BidPartner,
    BidReconfirmation,
    BidSecurity,
    Clause,
    CommitteeMember,
    Consumable,
    ConsumablePrice,
    Correction,
    CorrectionReceipt,
    Criterion,
    Deviation,
    DialogueChange,
    DialogueTalk,
    FinalOffer,
    GoodsMaker,
    GreenProduct,
    Invitee,
    OfferedFigure,
    OpenedBid,
    Opening,
    Participation,
    PaymentTerm,
    Solicitation,
    SupplierDraw,
)

#: The methods whose opening is public.
READ_OUT = tuple(
    one.code for one in PROCEDURES.values() if any(step.reads_out for step in one.steps if step.stage == Stage.OPENING)
)

#: The methods in which offers are never opened: an agreement that stands open, what is called off or bought directly.
NEVER_OPENED = tuple(one.code for one in PROCEDURES.values() if all(step.stage != Stage.OPENING for step in one.steps))


def has_been_opened(now: datetime.datetime, case_ref: str) -> Exists:
    """The case has come to its opening: 投标截止前不得透露潜在投标人的名称、数量 (87号令 art. 28). Where the health
    journal does not say yet that the deadline stands, it may still be extended."""
    begun = Period.objects.filter(case=OuterRef(case_ref), stage=Stage.OPENING, opens_at__lte=now)
    return Exists(begun.filter(outages.stands("opens_at")))


# --- the documents: as public as the case --------------------------------------------------------------------------


@scope(Solicitation)
def visible_solicitations(post: Post | None, now: datetime.datetime) -> QuerySet[Solicitation]:
    """With the case."""
    return Solicitation.objects.filter(case__in=visible_to(post, now)).select_related("case")


@scope(Clause)
def visible_clauses(post: Post | None, now: datetime.datetime) -> QuerySet[Clause]:
    """With the case."""
    return Clause.objects.filter(case__in=visible_to(post, now)).select_related("case", "lot")


@scope(GreenProduct)
def visible_green_products(post: Post | None, now: datetime.datetime) -> QuerySet[GreenProduct]:
    """With the case."""
    return GreenProduct.objects.filter(case__in=visible_to(post, now)).select_related("case", "lot")


@scope(Consumable)
def visible_consumables(post: Post | None, now: datetime.datetime) -> QuerySet[Consumable]:
    """With the case."""
    return Consumable.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@scope(Criterion)
def visible_criteria(post: Post | None, now: datetime.datetime) -> QuerySet[Criterion]:
    """With the case."""
    return Criterion.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@scope(PaymentTerm)
def visible_payment_terms(post: Post | None, now: datetime.datetime) -> QuerySet[PaymentTerm]:
    """With the case."""
    return PaymentTerm.objects.filter(case__in=visible_to(post, now)).select_related("case")


@scope(Correction)
def visible_corrections(post: Post | None, now: datetime.datetime) -> QuerySet[Correction]:
    """With the case."""
    return Correction.objects.filter(case__in=visible_to(post, now)).select_related("case")


@standing(Correction)
def concerns_correction(correction: Correction, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(correction.case, post)


@scope(CorrectionReceipt)
def visible_receipts(post: Post | None, now: datetime.datetime) -> QuerySet[CorrectionReceipt]:
    """As the documents themselves: one's own; whoever runs or oversees the case learns of them at the opening."""
    found = CorrectionReceipt.objects.select_related("correction__case", "supplier")
    if post is None:
        return found.none()
    run = run_by(post, "correction__case__") & Q(has_been_opened(now, "correction__case_id"))
    return found.filter(Q(supplier_id=post.organisation_id) | run)


# --- who takes part ------------------------------------------------------------------------------------------------


@scope(Participation)
def visible_participations(post: Post | None, now: datetime.datetime) -> QuerySet[Participation]:
    """One's own; whoever runs or oversees the case learns of them at the opening."""
    found = Participation.objects.select_related("case", "supplier")
    if post is None:
        return found.none()
    return found.filter(
        Q(supplier_id=post.organisation_id) | run_by(post, "case__") & Q(has_been_opened(now, "case_id"))
    )


@scope(Bid)
def visible_bids(post: Post | None, now: datetime.datetime) -> QuerySet[Bid]:
    """One's own sealed bids; whoever runs or oversees the case learns of them at the opening."""
    found = Bid.objects.select_related("lot__case", "supplier")
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    lying_open = Q(stage=Stage.SUBMISSION) & Q(has_been_opened(now, "lot__case_id"))
    lying_open |= Q(pk__in=FinalOffer.objects.filter(opened_at__lte=now).values("bid"))
    return found.filter(own | run_by(post, "lot__case__") & lying_open)


@standing(Bid)
def concerns_bid(bid: Bid, post: Post) -> bool:
    """Its bidder alone: until the opening nobody else knows of it (87号令 art. 33)."""
    return post.role == Role.SUPPLIER and bid.supplier_id == post.organisation_id


@scope(BidReconfirmation)
def visible_reconfirmations(post: Post | None, now: datetime.datetime) -> QuerySet[BidReconfirmation]:
    """With the bid: one's own; whoever runs or oversees the case learns of them when it lies open."""
    found = BidReconfirmation.objects.select_related("bid__lot__case", "bid__supplier", "correction")
    return found.filter(bid__in=visible_bids(post, now))


@scope(BidSecurity)
def visible_securities(post: Post | None, now: datetime.datetime) -> QuerySet[BidSecurity]:
    """One's own, and those that whoever runs the case holds."""
    found = BidSecurity.objects.select_related("case", "supplier")
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id) if post.role == Role.SUPPLIER else Q(pk__in=[])
    held = run_by(post, "case__")
    return found.filter(own | (held & Q(has_been_opened(now, "case_id")) if post.role in OVERSEERS else held))


@standing(BidSecurity)
def concerns_security(security: BidSecurity, post: Post) -> bool:
    """Its supplier, and whom the case concerns."""
    if post.role == Role.SUPPLIER:
        return security.supplier_id == post.organisation_id
    return concerns_case(security.case, post)


# --- the opening ---------------------------------------------------------------------------------------------------


@scope(Opening)
def visible_openings(post: Post | None, now: datetime.datetime) -> QuerySet[Opening]:
    """With the case, once it has begun."""
    return Opening.objects.filter(case__in=visible_to(post, now), begun_at__lte=now).select_related("case")


@standing(Opening)
def concerns_opening(opening: Opening, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(opening.case, post)


@scope(OpenedBid)
def visible_opened_bids(post: Post | None, now: datetime.datetime) -> QuerySet[OpenedBid]:
    """A tender's opening is public: bidders' names and prices are read out (87号令 art. 41). In any other method nobody
    learns another supplier's price (政府采购法 art. 38(4)): one's own, and the buyer's side with its committee."""
    found = OpenedBid.objects.filter(opened_at__lte=now, lot__case__in=visible_to(post, now))
    found = found.select_related("lot__case", "supplier", "bid", "final_offer")
    public = Q(lot__case__procedure__in=READ_OUT)
    if post is None:
        return found.filter(public)
    seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
    inside = run_by(post, "lot__case__") | Q(lot__case__in=seat)
    return found.filter(public | Q(supplier_id=post.organisation_id) | inside)


@scope(BidPartner)
def visible_partners(post: Post | None, now: datetime.datetime) -> QuerySet[BidPartner]:
    """Read out with the bid they stand behind."""
    found = BidPartner.objects.select_related("opened_bid__lot__case", "opened_bid__supplier")
    return found.filter(opened_bid__in=visible_opened_bids(post, now))


@scope(GoodsMaker)
def visible_makers(post: Post | None, now: datetime.datetime) -> QuerySet[GoodsMaker]:
    """Read out with the bid whose goods they made."""
    found = GoodsMaker.objects.select_related("opened_bid__lot__case", "opened_bid__supplier")
    return found.filter(opened_bid__in=visible_opened_bids(post, now))


@scope(ConsumablePrice)
def visible_consumable_prices(post: Post | None, now: datetime.datetime) -> QuerySet[ConsumablePrice]:
    """Read out with the bid they belong to."""
    found = ConsumablePrice.objects.select_related("opened_bid__lot__case", "opened_bid__supplier", "consumable")
    return found.filter(opened_bid__in=visible_opened_bids(post, now))


@scope(OfferedFigure)
def visible_figures(post: Post | None, now: datetime.datetime) -> QuerySet[OfferedFigure]:
    """No part of what is read out: one's own, whoever judges the bids, and whoever runs or oversees the case."""
    found = OfferedFigure.objects.select_related("opened_bid__lot__case", "opened_bid__supplier", "criterion")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(opened_bid__supplier_id=post.organisation_id)
    if post.role == Role.EXPERT:
        seats = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True)
        return found.filter(opened_bid__lot__case__in=seats.values("committee__case"))
    return found.filter(run_by(post, "opened_bid__lot__case__"))


@standing(OfferedFigure)
def concerns_figure(figure: OfferedFigure, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    if post.role == Role.SUPPLIER:
        return figure.opened_bid.supplier_id == post.organisation_id
    return concerns_opened_bid(figure.opened_bid, post)


@scope(Deviation)
def visible_deviations(post: Post | None, now: datetime.datetime) -> QuerySet[Deviation]:
    """As the declared figures: one's own, whoever judges the bids, and whoever runs or oversees the case."""
    found = Deviation.objects.select_related("opened_bid__lot__case", "opened_bid__supplier", "clause")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(opened_bid__supplier_id=post.organisation_id)
    if post.role == Role.EXPERT:
        seats = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True)
        return found.filter(opened_bid__lot__case__in=seats.values("committee__case"))
    return found.filter(run_by(post, "opened_bid__lot__case__"))


@standing(Deviation)
def concerns_deviation(one: Deviation, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    if post.role == Role.SUPPLIER:
        return one.opened_bid.supplier_id == post.organisation_id
    return concerns_opened_bid(one.opened_bid, post)


@standing(GoodsMaker)
def concerns_maker(maker: GoodsMaker, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    return concerns_opened_bid(maker.opened_bid, post)


@standing(BidPartner)
def concerns_partner(partner: BidPartner, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    return concerns_opened_bid(partner.opened_bid, post)


# --- without a notice, and in the dialogue -------------------------------------------------------------------------


@scope(Invitee)
def visible_invitees(post: Post | None, now: datetime.datetime) -> QuerySet[Invitee]:
    """Whoever runs or oversees the case, those who recommend, and an invited supplier its own place; the recommended
    are published with the result (87号令 art. 69)."""
    found = Invitee.objects.select_related("case", "supplier", "recommended_by__organisation")
    if post is None:
        return found.none()
    own = Q(supplier_id=post.organisation_id, invited_at__lte=now) | Q(recommended_by=post)
    return found.filter(own | run_by(post, "case__"))


@standing(Invitee)
def concerns_invitee(invitee: Invitee, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(invitee.case, post)


@scope(SupplierDraw)
def visible_supplier_draws(post: Post | None, now: datetime.datetime) -> QuerySet[SupplierDraw]:
    """The seed tells who was drawn: the buyer's side and the overseers, everybody once the offers lie open."""
    found = SupplierDraw.objects.select_related("case")
    if post is None:
        return found.none()
    return found.filter(run_by(post, "case__") | Q(case__in=visible_to(post, now)) & Q(has_been_opened(now, "case_id")))


@standing(SupplierDraw)
def concerns_supplier_draw(draw: SupplierDraw, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(draw.case, post)


@scope(DialogueTalk)
def visible_talks(post: Post | None, now: datetime.datetime) -> QuerySet[DialogueTalk]:
    """The committee and the buyer's side; a supplier the talks it took part in."""
    found = DialogueTalk.objects.select_related("opened_bid__lot__case", "opened_bid__supplier")
    if post is None:
        return found.none()
    seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
    own = Q(opened_bid__supplier_id=post.organisation_id)
    return found.filter(own | run_by(post, "opened_bid__lot__case__") | Q(opened_bid__lot__case__in=seat))


@standing(DialogueTalk)
def concerns_talk(talk: DialogueTalk, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    return concerns_opened_bid(talk.opened_bid, post)


@scope(DialogueChange)
def visible_changes(post: Post | None, now: datetime.datetime) -> QuerySet[DialogueChange]:
    """Told to every supplier still in at the same instant, and to none of them before (74号令 art. 32)."""
    found = DialogueChange.objects.select_related("lot__case")
    if post is None:
        return found.none()
    seat = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True).values("committee__case")
    in_it = OpenedBid.objects.filter(supplier_id=post.organisation_id, lot=OuterRef("lot"), invalid_reason="")
    told = Q(told_at__lte=now) & Q(Exists(in_it.filter(left_at__isnull=True)))
    return found.filter(told | run_by(post, "lot__case__") | Q(lot__case__in=seat))


@standing(DialogueChange)
def concerns_change(change: DialogueChange, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(change.lot.case, post)


@scope(FinalOffer)
def visible_final_offers(post: Post | None, now: datetime.datetime) -> QuerySet[FinalOffer]:
    """As the offers they belong to."""
    found = FinalOffer.objects.select_related("opened_bid__lot__case", "opened_bid__supplier", "bid")
    return found.filter(opened_at__lte=now, opened_bid__in=visible_opened_bids(post, now))


@standing(FinalOffer)
def concerns_final_offer(offer: FinalOffer, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    return concerns_opened_bid(offer.opened_bid, post)


@standing(OpenedBid)
def concerns_opened_bid(opened: OpenedBid, post: Post) -> bool:
    """Its bidder, and whom the case concerns."""
    if post.role == Role.SUPPLIER:
        return opened.supplier_id == post.organisation_id
    return concerns_case(opened.lot.case, post)
