"""Which documents may this post read, and how are they handed out?"""

import datetime
from pathlib import PurePath
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.cases.queries import OVERSEERS, runs_or_oversees
from yangcai.challenges import objections
from yangcai.challenges.models import Objection
from yangcai.challenges.queries import visible_objections
from yangcai.frameworks.models import OutsideOffer
from yangcai.kernel import papers
from yangcai.kernel.beneath import may_have
from yangcai.kernel.models import Attachment
from yangcai.parties.credentials import KIND as VAULT
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering import blind, opening_record
from yangcai.tendering.models import Bid, CommitteeMember, EvaluationReport, OpenedBid, Prequalification
from yangcai.tendering.queries.bids import NEVER_OPENED
from yangcai.tendering.queries.draws import SUPERVISORS
from yangcai.tendering.queries.evaluation import sits_on
from yangcai.tendering.queries.prequalification import visible_applications
from yangcai.tendering.rules.committee.outside import LIST
from yangcai.tendering.rules.opening import opening_of
from yangcai.www.access import page
from yangcai.www.downloads import download
from yangcai.www.public.files import page_of
from yangcai.www.work import places

#: Kinds that have a word of their own in the list; the rest shows its title alone.
KINDS = {
    "agency_agreement": _("委托协议"),
    "solicitation": _("采购文件"),
    "termination": _("终止依据"),
    "framework_scheme": _("框架协议采购方案"),
    "replacement_proof": _("产品升级换代"),
    "dealer_commission": _("代理商委托协议"),
    "outside_proof": _("非入围供应商的更低价格"),
    "method_application": _("采购方式变更申请"),
    "method_decision": _("采购方式批复"),
    "import_application": _("进口产品申请材料"),
    "award_annulment": _("认定中标结果无效的依据"),
    "award_refusal": _("拒签证明材料"),
    "acceptance": _("验收书"),
    "bid": _("投标文件"),
    "clarification": _("书面澄清"),
    "reevaluation": _("重新评审情况报告"),
    "review_refusal": _("拒绝复核情况报告"),
    "negotiation_file": _("研发谈判文件"),
    "prequalification": _("资格预审文件"),
    "prequalification_application": _("资格预审申请文件"),
    objections.EVIDENCE: _("质疑证明材料"),
    objections.AUTHORISATION: _("授权委托书"),
    objections.ANSWER: _("质疑答复"),
}
#: What a supplier hands in stays with the supplier until the opening (87号令 art. 28, 33).
FROM_SUPPLIERS = ("bid", "bid_security")
#: What belongs to an objection: each names who objects.
OF_OBJECTIONS = (objections.EVIDENCE, objections.AUTHORISATION, objections.ANSWER)
#: What bidders hand in for the committee to judge.
JUDGED = ("bid", "clarification", "low_price_proof")
#: What tells of an evaluation before its report does.
OF_EVALUATION = ("clarification", "review_refusal")
#: What everybody still in a dialogue is told at once.
TOLD = ("negotiation_file",)
#: Names of experts who may be drawn: read by whoever reads the whole record of a draw (87号令 art. 47).
OF_THE_LIBRARY = (LIST,)
#: Records of what is not read out: with everything in it, and until the award the other one too (政府采购法 art. 38).
KEPT_INSIDE = Q(kind=opening_record.INSIDE) | Q(kind=opening_record.OF_CLOSING, is_public=False)
#: An empty Q adds nothing to an «or»: this one says all rows.
EVERYTHING = Q(pk__isnull=False)


def readable(root: Any, *, post: Post, now: datetime.datetime, under_letters: bool = False) -> QuerySet[Attachment]:
    """The documents under a root that this post may read: public ones, its own, and those of the side it stands on.
    `under_letters`: asked by a page that shows no bidder's name, of bids that are judged blindly too."""
    mine = Q(organisation_id=post.organisation_id)
    shown = Q(is_public=True) | mine
    if isinstance(root, Case):
        inside = runs_or_oversees(root, post)
        opened = opening_of(root) is not None
        if inside:
            shown |= EVERYTHING if opened else ~Q(kind__in=_kept_from(root, post))
            if opened and post.role in BUYER and not _reads_clarifications(root, now=now):
                shown &= ~Q(kind__in=OF_EVALUATION)
        elif opened and _judges(root, post):
            shown |= Q(kind__in=(*JUDGED, *TOLD))
        elif post.role == Role.EXPERT and sits_on(root, post):
            shown |= Q(kind="solicitation")  # confirmed by the group before it is public (74号令 art. 8)
        elif post.role == Role.SUPPLIER:
            if opened and _is_in_the_dialogue(root, post):
                shown |= Q(kind__in=TOLD)
            if may_have(root, Objection):
                answered = visible_objections(post, now).filter(case=root, answered_at__isnull=False)
                shown |= Q(kind=objections.ANSWER, subject__in=[one.ref for one in answered])
            if not procedures.get(root.procedure).spends:
                shown |= Q(kind="outside_proof", subject__in=_put_to(root, post))
        if not inside:  # also of the buyer's own experts: what is kept of an opening is for those who run the case
            shown &= ~KEPT_INSIDE
    elif isinstance(root, Prequalification):
        shown |= _of_applicants(root, post=post, now=now)
    elif post.role in OVERSEERS or post.role in BUYER:
        shown |= EVERYTHING
    found = Attachment.objects.filter(shown, root=root.ref).exclude(kind=papers.SIGNED)  # they have pages of their own
    found = found.exclude(~mine, kind=VAULT)  # what is kept for bids is handed in with them, and not before
    if isinstance(root, Case) and not under_letters and blind.case_is_blind_for(root, post):
        found = found.exclude(kind__in=JUDGED)  # they are read on the desk, where no name stands beside them
    if post.role == Role.PLATFORM:  # it runs the machine and oversees; it judges nothing (SBP/1 §2.8, last sentence)
        found = found.exclude(kind__in=JUDGED)
    if post.role not in SUPERVISORS:
        found = found.exclude(kind__in=OF_THE_LIBRARY)
    return found.select_related("document").order_by("at", "pk")


def _kept_from(case: Case, post: Post) -> tuple[str, ...]:
    """What tells, before the opening, who has the document: of objections the two sides know, and nobody else."""
    is_secret = not case.ended_at and case.procedure not in NEVER_OPENED
    return (*FROM_SUPPLIERS, *OF_OBJECTIONS) if post.role in OVERSEERS and is_secret else FROM_SUPPLIERS


def _of_applicants(root: Prequalification, *, post: Post, now: datetime.datetime) -> Q:
    """The file for those who run the case; what applicants handed in as far as they see the application."""
    if not runs_or_oversees(root.case, post):
        return Q(pk__in=[])
    seen = [one.ref for one in visible_applications(post, now).filter(prequalification=root)]
    return ~Q(kind="prequalification_application") | Q(subject__in=seen)


def _put_to(case: Case, post: Post) -> list[str]:
    """The lower prices that this entrant is asked to answer: it reads their proof (110号令 art. 37)."""
    offers = OutsideOffer.objects.filter(entrant__framework__lot__case=case, entrant__supplier_id=post.organisation_id)
    return [offer.ref for offer in offers]


def _reads_clarifications(case: Case, *, now: datetime.datetime) -> bool:
    """A buyer with an agent learns of the evaluation by its report (87号令 art. 66)."""
    return case.agent_id is None or EvaluationReport.objects.filter(lot__case=case, sent_at__lte=now).exists()


def _is_in_the_dialogue(case: Case, post: Post) -> bool:
    """A supplier whose offer is still in it."""
    found = OpenedBid.objects.filter(lot__case=case, supplier_id=post.organisation_id, invalid_reason="")
    return found.filter(left_at__isnull=True).exists()


def _judges(case: Case, post: Post) -> bool:
    """A member who has signed in reads the bids that it judges (87号令 art. 50)."""
    seats = CommitteeMember.objects.filter(committee__case=case, post_id=post.pk, replaced_at=None)
    return seats.filter(signed_in_at__isnull=False).exists()


def attachments(
    root: Any, *, post: Post, now: datetime.datetime, of: str = "", kinds: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """The list of documents, as the component shows it; papers of applicants, all called alike, say whose they are.
    `of`: those of one row below the root alone; `kinds`: those of these kinds alone."""
    shown = readable(root, post=post, now=now)
    if kinds:
        shown = shown.filter(kind__in=kinds)
    found = list(shown.filter(subject=of) if of else shown)
    senders = {one.organisation_id for one in found if one.kind == "prequalification_application"}
    names = dict(Organisation.objects.filter(pk__in=senders).values_list("pk", "name")) if senders else {}
    return [
        {
            "title": attachment.title,
            "by": names.get(attachment.organisation_id, ""),
            "url": reverse("work_file", args=[attachment.pk]),
            "page": page_of(attachment),
            "size": attachment.document.size,
            "kind": KINDS.get(attachment.kind, ""),
            "digest": attachment.document_id,
            "at": attachment.at,
        }
        for attachment in found
    ]


@page()
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One document that this post may read."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    attachment = Attachment.objects.select_related("document").filter(pk=pk).first()
    root = places.row_of_ref(attachment.root, post=post, now=now) if attachment else None
    if root is None or not readable(root, post=post, now=now, under_letters=True).filter(pk=pk).exists():
        raise Http404
    assert attachment is not None
    if attachment.kind in JUDGED and isinstance(root, Case) and blind.case_is_blind_for(root, post):
        attachment.document.name = (
            f"{pk}{PurePath(attachment.document.name).suffix}"  # its own name may tell whose it is
        )
    if Bid.objects.filter(envelope=attachment.document).exists():
        raise Http404  # an envelope is never handed out, whatever somebody attached it to
    return download(request, attachment.document)
