"""Which bids are still in, and why are the others out? Derived from the rows alone, in the order of the law."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass

from django.db.models import Prefetch

from yangcai import law, procedures
from yangcai.cases import periods
from yangcai.cases.models import Candidate, Case, Lot
from yangcai.credit.models import Debarment
from yangcai.credit.queries import may_take_part
from yangcai.kernel.reading import remembered
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation
from yangcai.planning.models import SetAside
from yangcai.tendering import consortia, green, makers, partners, prequalified
from yangcai.tendering.models import (
    BidSecurity,
    Clause,
    ClauseKind,
    Finding,
    InvitedBy,
    OpenedBid,
)
from yangcai.tendering.solicitations import solicitation

#: The steps in which people find a bid in or out; what the arithmetic finds afterwards is in arithmetic.py.
QUALIFICATION, RESPONSIVENESS = ClauseKind.QUALIFICATION, ClauseKind.RESPONSIVENESS


@dataclass(frozen=True)
class Standing:
    """One bid: the step that put it out and the reason told to the bidder, or neither while it is in."""

    bid: OpenedBid
    step: str = ""
    reason: str = ""

    @property
    def is_in(self) -> bool:
        return not self.step


def clauses(lot: Lot, kind: str) -> list[Clause]:
    """What every bid of the lot is checked against in one step: the clauses of the case and of the lot."""
    return [one for one in _clauses(lot.case) if one.kind == kind and one.lot_id in (None, lot.pk)]


def examined(lot: Lot, kind: str) -> list[Clause]:
    """What people look at in every bid: not again what a prequalification has found (条例 art. 21)."""
    found = clauses(lot, kind)
    file = solicitation(lot.case)
    if kind != QUALIFICATION or file is None or file.invited_by != InvitedBy.PREQUALIFICATION:
        return found
    return [one for one in found if one.lot_id is not None]


@remembered
def _clauses(case: Case) -> list[Clause]:
    return list(Clause.objects.filter(case=case).order_by("number"))


def opened(lot: Lot) -> list[OpenedBid]:
    """Every bid opened in the lot, in the order of opening."""
    found = [bid for bid in _opened(lot.case) if bid.lot_id == lot.pk]
    for bid in found:
        bid.lot = lot
    return found


@remembered
def _opened(case: Case) -> list[OpenedBid]:
    """Of all lots at once: whoever looks at one of them looks at the next one too."""
    bids = OpenedBid.objects.filter(lot__case=case).select_related("supplier", "bid", "low_price_review", "final_offer")
    findings = Prefetch("findings", Finding.objects.filter(voided_at__isnull=True).select_related("clause"))
    return list(bids.prefetch_related(findings, "lines", "partners").order_by("pk"))


@remembered
def standings(lot: Lot, *, through: str = RESPONSIVENESS) -> list[Standing]:
    """Every bid of the lot with what was found up to a step; a step not yet taken puts nobody out."""
    unsecured = _unsecured(lot) if through == RESPONSIVENESS else frozenset()
    bids = opened(lot)
    listed, related, twice = _ever_debarred(lot.case), _related(lot), _twice(lot)
    lost = _lost(lot.case)
    found = []
    for bid in bids:
        reason = (
            _debarred(bid, listed)
            or consortia.unagreed(bid)
            or _with_debarred_members(bid)
            or lost.get(bid.supplier_id, "")
            or related.get(bid.pk, "")
            or twice.get(bid.pk, "")
            or _falls_short(lot, bid)
            or _failed(bid, QUALIFICATION)
        )
        if reason:
            found.append(Standing(bid, QUALIFICATION, reason))
            continue
        if through == RESPONSIVENESS:
            reason = (
                _insecure(bid, unsecured)
                or _imported(lot, bid)
                or _uncertified(lot, bid)
                or _failed(bid, RESPONSIVENESS)
                or bid.left_reason
            )
        found.append(Standing(bid, RESPONSIVENESS if reason else "", reason))
    return found


def still_in(lot: Lot, *, through: str = RESPONSIVENESS) -> list[OpenedBid]:
    """The bids that are in after the examinations up to `through`."""
    return [s.bid for s in standings(lot, through=through) if s.is_in]


def unchecked(lot: Lot, kind: str, bids: Iterable[OpenedBid]) -> list[tuple[OpenedBid, Clause]]:
    """The pairs of bid and clause on which nothing has been found yet."""
    required = examined(lot, kind)
    missing = []
    for bid in bids:
        found = {finding.clause_id for finding in bid.findings.all()}
        missing += [(bid, clause) for clause in required if clause.pk not in found]
    return missing


def record(lot: Lot, *, through: str) -> list[Standing]:
    """Write on each bid's row why it is out, or that it is not, for the screens; give back who is out."""
    words = {QUALIFICATION: "资格审查不合格", RESPONSIVENESS: "符合性审查不合格"}
    found = standings(lot, through=through)
    for one in found:
        reason = f"{words[ClauseKind(one.step)]}：{one.reason}" if one.reason else ""
        OpenedBid.objects.filter(pk=one.bid.pk).update(invalid_reason=reason)
    return [one for one in found if not one.is_in]


@remembered
def _ever_debarred(case: Case) -> frozenset[int]:
    """Suppliers that stand on any list at any time: only these need a closer look."""
    found = Debarment.objects.filter(organisation__in={bid.supplier_id for bid in _opened(case)})
    return frozenset(found.values_list("organisation_id", flat=True))


def _debarred(bid: OpenedBid, listed: frozenset[int]) -> str:
    """The credit check of 财库〔2016〕125号, as of the opening."""
    if bid.supplier_id not in listed:
        return ""
    return "；".join(refusal.zh for refusal in may_take_part(bid.supplier, at=bid.opened_at))


def _with_debarred_members(bid: OpenedBid) -> str:
    """Every member of a consortium meets the conditions of a supplier, not its leader alone (政府采购法 art. 24)."""
    return "；".join(refusal.zh for one in behind(bid)[1:] for refusal in may_take_part(one, at=bid.opened_at))


def _lost(case: Case) -> dict[int, str]:
    """Suppliers whose status changed after they were found qualified beforehand (条例 art. 21)."""
    file = solicitation(case)
    if file is None or file.invited_by != InvitedBy.PREQUALIFICATION:
        return {}
    return {supplier: f"资格发生变化：{opinion}" for supplier, opinion in prequalified.lost(case).items()}


def behind(bid: OpenedBid) -> list[Organisation]:
    """Who bids: the bidder, and the members of its consortium that have confirmed it. Whom a bid names without that
    does not stand behind it, and its own bid is not touched."""
    return [bid.supplier, *consortia.members(bid)]


def bid_of(lot: Lot, supplier: Organisation) -> OpenedBid | None:
    """With what bid a supplier takes part in a lot; None where nothing of it was opened."""
    return next((one for one in opened(lot.judged_with) if one.supplier_id == supplier.pk), None)


def not_barred(lot: Lot, found: Iterable[Candidate], *, at: datetime.datetime) -> list[Candidate]:
    """Those of the candidates that may take part at that moment, each with every member of its consortium."""
    bids = {bid.supplier_id: bid for bid in opened(lot.judged_with)}
    return [one for one in found if not _barred(bids.get(one.supplier_id), one.supplier, at=at)]


def may_be_awarded(lot: Lot, supplier: Organisation, *, at: datetime.datetime) -> list[Refusal]:
    """Why a candidate may not take part at that moment: itself, or as a consortium one of its members, each of which
    meets the conditions of a supplier (政府采购法 art. 24)."""
    return _barred(bid_of(lot, supplier), supplier, at=at)


def _barred(bid: OpenedBid | None, supplier: Organisation, *, at: datetime.datetime) -> list[Refusal]:
    return [told for one in (behind(bid) if bid else [supplier]) for told in may_take_part(one, at=at)]


def names_of(bid: OpenedBid) -> frozenset[str]:
    """Under what names its bidder and the members of its consortium are counted: the registered ones, whatever a bid
    calls them."""
    return frozenset(one.name for one in behind(bid))


def _related(lot: Lot) -> dict[int, str]:
    """Bids of suppliers that hold or manage one another, alone or as members of a consortium (条例 art. 18).

    Found after the opening and not when a bid comes in: a refusal then would tell that the other one bids
    (87号令 art. 28)."""
    case = lot.case
    on = case.law_as_of or case.opened_at.date()
    if not law.applies("qualification.related_bidders", on=on, jurisdiction=case.jurisdiction):
        return {}
    bids_of: dict[int, set[int]] = defaultdict(set)
    held: list[tuple[int, int]] = []
    for bid in opened(lot):
        for one in behind(bid):
            bids_of[one.pk].add(bid.pk)
            if one.parent_id is not None:
                held.append((bid.pk, one.parent_id))
    pairs = [{mine, other} for mine, parent in held for other in bids_of.get(parent, ()) if other != mine]
    reason = "与参加本包的其他投标人存在直接控股、管理关系"
    return dict.fromkeys((pk for pair in pairs for pk in pair), reason)


def _twice(lot: Lot) -> dict[int, str]:
    """Bids whose consortium shares a member with another bid of the lot (政府采购法 art. 24; 条例 art. 22). Found after
    the opening, like related bidders."""
    by_name: dict[str, set[int]] = defaultdict(set)
    for bid in opened(lot):
        for name in names_of(bid):
            by_name[name].add(bid.pk)
    return {
        pk: f"“{name}”以联合体形式参加后，又单独或者与其他供应商组成联合体参加同一采购包"
        for name, bids in by_name.items()
        if len(bids) > 1
        for pk in bids
    }


def _falls_short(lot: Lot, bid: OpenedBid) -> str:
    """What a set-aside demands of bidder and partners, as of the opening (财库〔2020〕46号 art. 12(2))."""
    if lot.way == SetAside.NONE:
        return ""
    goods, beside = makers.counted_of(bid), partners.of_bid(bid)
    told = partners.falls_short(lot, bidder=bid.supplier, partners=beside, goods=goods, now=bid.opened_at)
    return "；".join(refusal.zh for refusal in told)


def _failed(bid: OpenedBid, kind: str) -> str:
    failed = [f for f in bid.findings.all() if f.clause.kind == kind and not f.passed]
    failed.sort(key=lambda finding: finding.clause.number)
    return "；".join(f"{f.clause.text}（{with_page(f)}）" for f in failed)


def with_page(finding: Finding) -> str:
    """The reason with the pages of the bid on which it was read, where somebody noted them."""
    return f"{finding.reason}，见投标文件第 {finding.page} 页" if finding.page else finding.reason


def core_product(lot: Lot) -> str:
    """The product whose brand counts in the lot; empty where there is none, or where the method knows no such rule."""
    file = solicitation(lot.case)
    if file is None or not procedures.get(lot.case.procedure).own("evaluation.same_brand"):
        return ""
    return lot.core_product or file.core_product


def _imported(lot: Lot, bid: OpenedBid) -> str:
    """Imported products take part only where the document says so, which rests on an approval (财库〔2007〕119号)."""
    file = solicitation(lot.case)
    return "采购文件不接受进口产品" if bid.has_imports and not (file and file.accepts_imports) else ""


def _uncertified(lot: Lot, bid: OpenedBid) -> str:
    """What the state's list makes mandatory needs its certificate (财库〔2019〕9号)."""
    wanted = green.mandatory(lot)
    if not wanted or bid.green_certificates.strip():
        return ""
    return f"未提供政府强制采购节能产品的认证证书：{'、'.join(wanted)}"


def _unsecured(lot: Lot) -> frozenset[int]:
    return without_security(lot, suppliers={bid.supplier_id for bid in opened(lot)})


def without_security(lot: Lot, *, suppliers: Set[int]) -> frozenset[int]:
    """Those of the suppliers whose bid security has not fully arrived by the bid deadline (87号令 art. 63(1)): nobody,
    as long as no deadline has been set."""
    file = solicitation(lot.case)
    required = file.bid_security if file is not None else None
    closes_at = periods.closing_at(lot.case)
    if not required or closes_at is None:
        return frozenset()
    arrived = BidSecurity.objects.filter(case_id=lot.case_id, amount__gte=required, received_at__lte=closes_at)
    return frozenset(suppliers - set(arrived.values_list("supplier_id", flat=True)))


def _insecure(bid: OpenedBid, unsecured: frozenset[int]) -> str:
    return "未按照招标文件的规定提交投标保证金" if bid.supplier_id in unsecured else ""
