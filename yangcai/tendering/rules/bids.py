"""May this supplier take part, hand in, replace or take back a bid, and may a bid security be recorded or returned?"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from yangcai.cases import periods
from yangcai.cases.models import Award, AwardFall, Case, Lot, LotOutcome, Stage
from yangcai.cases.rules import applicable, own, refuse
from yangcai.credit.queries import may_take_part
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation
from yangcai.planning.models import Category
from yangcai.tendering import method, policies, prequalified
from yangcai.tendering.models import (
    Bid,
    BidSecurity,
    Correction,
    Cover,
    InvitedBy,
    Invitee,
    OpenedBid,
    Opening,
    Participation,
)
from yangcai.tendering.solicitations import solicitation


def live_bids(*, stage: str = Stage.SUBMISSION, cover: str = "", **found: Any) -> Any:
    """Offers of a stage that are in: neither replaced nor withdrawn. A bid in two covers is its technical one; that
    with its price is found by its name alone."""
    live = Bid.objects.filter(replaced_at__isnull=True, withdrawn_at__isnull=True, stage=stage, **found)
    return live.filter(cover=cover) if cover else live.exclude(cover=Cover.PRICE)


def close_set_of(lot: Any, *, cover: str, round: int) -> Any:
    """The offers that are closed together, as `controls_close_set` finds them: a technical cover with its price; a
    price of a bid that went on."""
    found = live_bids(lot=lot, stage=policies.STAGES[round], cover=cover)
    if cover == Cover.TECH:
        return found.filter(supplier__in=live_bids(lot=lot, cover=Cover.PRICE).values("supplier"))
    if cover == Cover.PRICE:
        gone_on = OpenedBid.objects.filter(lot=lot, went_on_at__isnull=False)
        return found.filter(supplier__in=gone_on.values("supplier"))
    return found


def covers_of(bid: Bid) -> QuerySet[Bid]:
    """Every cover of the bid that is in."""
    live = Bid.objects.filter(replaced_at__isnull=True, withdrawn_at__isnull=True)
    return live.filter(lot=bid.lot_id, supplier=bid.supplier_id, stage=bid.stage)


def whole_bids(lot: Lot) -> Any:
    """The bids of a lot that are in with all their covers."""
    cover = Cover.TECH if policies.has_two_covers(lot.case) else Cover.ALL
    return close_set_of(lot, cover=cover, round=policies.BID)


# --- the documents -------------------------------------------------------------------------------------------------


def documents_are_supplied(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """招标文件在公告的期限内提供 (87号令 art. 18)."""
    file = solicitation(subject)
    opens, closes = (None, None) if file is None else (file.documents_from, file.supply_closes_at)
    if opens is not None and closes is not None and opens <= now < closes:
        return None
    if opens is None or closes is None:
        return Refusal("not_published", "采购公告尚未发布", "The invitation has not been published")
    return refuse(
        method.said(subject, Stage.INVITATION, "documents"),
        code="documents_not_supplied",
        zh="采购文件的提供时间为 {opens} 至 {closes}",
        en="The documents are supplied from {opens} until {closes}",
        opens=calendar.to_the_minute(opens),
        closes=calendar.to_the_minute(closes),
        **applicable(subject, now=now),
    )


def is_invited(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Without a notice only those to whom an invitation went take part (87号令 art. 14; 74号令 art. 12)."""
    open_to_all = prequalified.way(subject) in {"", InvitedBy.NOTICE}
    invited = Invitee.objects.filter(case=subject, supplier_id=by.organisation_id, invited_at__isnull=False)
    if open_to_all or invited.exists():
        return None
    return refuse(
        method.comes_by(subject),
        code="not_invited",
        zh="本项目向特定供应商发出邀请，贵单位不在受邀之列",
        en="This purchase is among suppliers who were invited, and yours was not",
        **applicable(subject, now=now),
    )


def did_not_refuse_before(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """拒绝签订合同的成交供应商不得参加重新开展的采购活动 (74号令 art. 22; 214号文 art. 33)."""
    case = subject.root
    key = own(case, "award.refused")
    if case.predecessor_id is None or key == "award.refused":
        return None
    refused = Award.objects.filter(
        lot__case_id=case.predecessor_id, supplier_id=by.organisation_id, fall_ground=AwardFall.REFUSED
    )
    if not refused.exists():
        return None
    return refuse(
        key,
        code="refused_before",
        zh="贵单位在上一次采购中拒绝签订合同，不得参加重新开展的采购活动",
        en="Your organisation refused the contract of the purchase before this one and may not take part in its rerun",
        **applicable(case, now=now),
    )


def has_no_documents_yet(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A supplier obtains the documents once."""
    if not Participation.objects.filter(case=subject, supplier_id=by.organisation_id).exists():
        return None
    return Refusal("has_documents", "贵单位已获取采购文件", "Your organisation has the documents already")


def obtained_the_corrected_documents(subject: Correction, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Who was to be told: whoever had the documents when they changed (87号令 art. 27)."""
    if holders(subject).filter(supplier_id=by.organisation_id).exists():
        return None
    return Refusal(
        "not_a_holder",
        "更正发布时贵单位没有获取采购文件，无须确认",
        "Your organisation did not have the documents when they were corrected: nothing to acknowledge",
    )


def not_acknowledged(subject: Correction, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A supplier acknowledges a correction once."""
    if not subject.receipts.filter(supplier_id=by.organisation_id).exists():
        return None
    return Refusal("acknowledged", "贵单位已确认收到该更正", "Your organisation has acknowledged this correction")


def holders(correction: Correction) -> QuerySet[Participation]:
    """All who had obtained the documents when they changed; who comes later gets them corrected."""
    return holders_at(correction.case, at=correction.at)


def holders_at(case: Case, *, at: datetime.datetime) -> QuerySet[Participation]:
    """All who had obtained the documents of a case by then."""
    return Participation.objects.filter(case=case, obtained_at__lte=at)


def is_not_debarred(subject: Any, *, by: Any, now: datetime.datetime) -> list[Refusal]:
    """被列入失信名单的供应商应当拒绝其参加 (财库〔2016〕125号)."""
    return may_take_part(by.organisation, at=now)


# --- the bid -------------------------------------------------------------------------------------------------------


def is_bid_for(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A lot that follows another one goes to the next in that one's ranking."""
    if subject.follows_id is None:
        return None
    return refuse(
        method.of(subject.case).winners,
        code="lot_follows_another",
        zh="该包随采购包 {lot} 一并评审，请对采购包 {lot} 提交",
        en="This lot is decided with lot {lot}: make your offer for that one",
        lot=subject.judged_with.number,
        **applicable(subject.case, now=now),
    )


def names_a_price(case: Case) -> bool:
    """Whether what is handed in at the deadline is an offer with its price; not so an application to take part, nor the
    technical cover of a bid."""
    if policies.has_two_covers(case):
        return False
    return not method.has(case, Stage.SUBMISSION) or method.step_of(case, Stage.SUBMISSION).quotes


def has_documents(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """A bidder is who obtained the documents (87号令 art. 18)."""
    if Participation.objects.filter(case=subject.root, supplier_id=by.organisation_id).exists():
        return None
    return refuse(
        method.said(subject.root, Stage.INVITATION, "documents"),
        code="documents_not_obtained",
        zh="贵单位没有获取采购文件，不能投标；提供期限内可以先获取",
        en="Your organisation has not obtained the documents and cannot bid; obtain them while they are supplied",
        **applicable(subject.root, now=now),
    )


def opening_not_begun(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Whoever waited for the lock while the opening began came too late (87号令 art. 33)."""
    if not may_have(subject.root, Opening) or not Opening.objects.filter(case=subject.root).exists():
        return None
    return refuse(
        own(subject.root, "submission.late_bid"),
        code="late_bid",
        zh="开标已经开始，逾期送达的投标文件应当拒收",
        en="The opening has begun: a late bid is refused",
        **applicable(subject.root, now=now),
    )


def submission_is_open(subject: Any, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """逾期送达的投标文件应当拒收 (87号令 art. 33): with the time, besides the stage that `at` names."""
    closes_at = periods.closing_at(subject.root)
    if closes_at is None or now < closes_at:
        return None
    return refuse(
        own(subject.root, "submission.late_bid"),
        code="late_bid",
        zh="投标已于 {closes} 截止，逾期送达的投标文件应当拒收",
        en="Submission closed at {closes}: a late bid is refused",
        closes=calendar.to_the_minute(closes_at),
        **applicable(subject.root, now=now),
    )


def is_eligible(subject: Lot, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """专门面向中小企业采购的，投标人应当是中小企业 (财库〔2020〕46号 art. 7, 8). Of goods it is who made them (art. 4),
    which only the bid says: there the form asks."""
    return None if subject.case.category == Category.GOODS else not_an_sme(subject, by.organisation, now=now)


def not_an_sme(subject: Lot, bidder: Organisation, *, now: datetime.datetime) -> Refusal | None:
    """Why a bidder that makes its goods, or does the work, itself is too large for a lot that is reserved."""
    if not subject.is_reserved or (bidder.is_small_micro if subject.for_small_micro else bidder.is_sme):
        return None
    return refuse(
        "set_aside.declaration",
        code="not_an_sme",
        zh="本包专门面向{who}采购，贵单位登记的企业规模不符",
        en="This lot is reserved for {who_en}; your organisation is not registered as one",
        who="小微企业" if subject.for_small_micro else "中小企业",
        who_en="small and micro enterprises" if subject.for_small_micro else "small and medium enterprises",
        **applicable(subject.case, now=now),
    )


def bids_for_enough_lots(subject: Any, *, by: Any, now: datetime.datetime, opened: Bid | None = None) -> Refusal | None:
    """The file may limit for how many lots one supplier bids. Said on the form and not as a need: what is refused there
    is written down, and would tell that the supplier bids (87号令 art. 28). Of a bid that is being opened only those
    count that were received before it: the surplus falls, not all of them."""
    if not isinstance(subject, Lot):
        return None
    file = solicitation(subject.case)
    if file is None or (most := file.max_lots_bid) is None:
        return None
    others = live_bids(lot__case_id=subject.case_id, supplier_id=by.organisation_id).exclude(lot=subject)
    if opened is not None:
        same_moment = Q(received_at=opened.received_at, pk__lt=opened.pk)
        others = others.filter(Q(received_at__lt=opened.received_at) | same_moment)
    if others.count() < most:
        return None
    return refuse(
        "solicitation.lot_limit",
        code="enough_lots",
        zh="采购文件规定每家供应商至多投 {most} 个采购包，贵单位已经投满；请先撤回其他采购包的投标文件",
        en="The file lets one supplier bid for {most} lots at most, and you bid for as many: withdraw a bid first",
        most=most,
        **applicable(subject.case, now=now),
    )


def is_live(subject: Bid, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a bid that was replaced or withdrawn."""
    if subject.replaced_at is None and subject.withdrawn_at is None:
        return None
    return Refusal("bid_not_live", "该投标文件已被替换或者撤回", "This bid has been replaced or withdrawn")


# --- bid securities ------------------------------------------------------------------------------------------------


def security_is_asked(subject: Case, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses where the document asks for no bid security."""
    file = solicitation(subject)
    if file is not None and (file.bid_security or 0) > 0:
        return None
    return Refusal("no_security_asked", "采购文件未要求提交投标保证金", "The document asks for no bid security")


def security_came_before_now(subject: Case, *, now: datetime.datetime, received_at: Any, **_: Any) -> Refusal | None:
    """A security arrived no later than `now`."""
    if received_at <= now:
        return None
    return Refusal(
        "future_receipt", "到账时间不得晚于当前时间", "The time of arrival cannot lie ahead", field="received_at"
    )


def recorded_once(subject: Case, *, supplier: Organisation, **_: Any) -> Refusal | None:
    """A supplier's security is recorded once in a case."""
    if not BidSecurity.objects.filter(case=subject, supplier=supplier).exists():
        return None
    return Refusal(
        "security_recorded", "该供应商的保证金已登记", "This supplier's security is recorded already", field="supplier"
    )


def security_is_held(subject: BidSecurity, *, by: Any, now: datetime.datetime) -> Refusal | None:
    """Refuses a security that was returned or kept."""
    if subject.returned_at is None and not subject.kept_reason:
        return None
    return Refusal("security_settled", "该保证金已退还或者已依法不予退还", "This security is settled already")


def released(security: BidSecurity) -> tuple[datetime.datetime, str] | None:
    """(since when, by which clock) the security is to go back; None while it still secures a bid.

    C18 withdrawn before the deadline, or left before the last offer; C19 the case was terminated; C16 a loser once the
    award letters are out, or the failed tender's bidders; C17 the winner once the contract is signed by both.
    """
    case = security.case
    if case.end_kind == "terminated":
        return case.ended_at, "C19"
    handed_in = Bid.objects.filter(lot__case=case, supplier_id=security.supplier_id, stage=Stage.SUBMISSION)
    withdrawn = handed_in.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at").first()
    if withdrawn and not live_bids(lot__case=case, supplier_id=security.supplier_id).exists():
        return withdrawn.withdrawn_at, "C18"
    left = OpenedBid.objects.filter(lot__case=case, supplier_id=security.supplier_id, left_at__isnull=False)
    if (
        left.exists()
        and left.count() == OpenedBid.objects.filter(lot__case=case, supplier_id=security.supplier_id).count()
    ):
        return max(left.values_list("left_at", flat=True)), "C18"
    moments = list(_decided(case, security.supplier_id))
    if not moments or None in moments:
        return None
    won = Award.objects.filter(lot__case=case, supplier_id=security.supplier_id, refused_at__isnull=True).exists()
    return max(m for m in moments if m), "C17" if won else "C16"


def _decided(case: Case, supplier_id: int) -> Iterator[datetime.datetime | None]:
    """Per lot that the supplier bid for (all lots, if for none): when its security was released there, else None."""
    lots = list(case.lots.all())
    bid_for = set(live_bids(lot__case=case, supplier_id=supplier_id).values_list("lot_id", flat=True))
    for lot in lots:
        if bid_for and lot.judged_with.pk not in bid_for:
            continue
        if lot.follows_id is not None and not lot.awards.filter(supplier_id=supplier_id).exists():
            continue
        if lot.outcome == LotOutcome.UNSUCCESSFUL:
            yield lot.outcome_at
            continue
        award = Award.objects.filter(lot=lot, refused_at__isnull=True).first()
        if award is None or award.announced_at is None:
            yield None
        elif award.supplier_id == supplier_id:
            yield _signed_at(case, supplier_id)
        else:
            yield award.announced_at


def _signed_at(case: Case, supplier_id: int) -> datetime.datetime | None:
    """When the winner's contract had both signatures. Read from the log, because contracts stand above tenders."""
    signatures = Entry.objects.filter(root=case.ref, action="contract.sign", outcome="done")
    for subject in signatures.filter(organisation_id=supplier_id).values_list("subject", flat=True):
        both = list(signatures.filter(subject=subject).values_list("organisation_id", "at"))
        if {case.buyer_id, supplier_id} <= {organisation for organisation, _at in both}:
            return max(at for _organisation, at in both)
    return None


def security_is_released(subject: BidSecurity, *, now: datetime.datetime, kept_reason: str, **_: Any) -> Refusal | None:
    """A security goes back when its bid is out of the running, not before; it is kept only on a lawful ground."""
    if kept_reason or released(subject):
        return None
    return refuse(
        "bid_security.refund_losers",
        code="security_still_needed",
        zh="该投标尚在采购活动中，保证金应当在中标通知书发出后、合同签订后、撤回投标后或者终止后退还",
        en="This bid is still in the running; the security goes back after the award letter, the contract, a withdrawal"
        " or the termination",
        **applicable(subject.case, now=now),
    )
