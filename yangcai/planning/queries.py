"""Which intentions and plans may a post see, and which wait for what?"""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from yangcai.funds.models import Appropriation
from yangcai.funds.queries import OVERSEERS
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER
from yangcai.planning.models import (
    AllowedSentence,
    CompetitionReview,
    ImportApproval,
    ImportExpert,
    Intention,
    MethodApproval,
    PlanItem,
    Publicity,
    PublicityObjection,
)
from yangcai.planning.rules.repeats import Repeat, repeats
from yangcai.planning.states import PlanState, state_of

__all__ = [
    "PlanState",
    "last_review",
    "state_of",
    "unplanned_appropriations",
    "unplanned_intentions",
    "visible_allowed_sentences",
    "visible_import_approvals",
    "visible_import_experts",
    "visible_intentions",
    "visible_method_approvals",
    "visible_plan_items",
    "visible_publicities",
    "visible_publicity_objections",
    "warnings",
]


@scope(Intention)
def visible_intentions(post: Post | None, now: datetime.datetime) -> QuerySet[Intention]:
    """Intentions are public from their publication on (财库〔2020〕10号)."""
    return Intention.objects.filter(published_at__lte=now).select_related("appropriation__buyer")


@standing(Intention)
def concerns_intention(intention: Intention, post: Post) -> bool:
    return post.role in OVERSEERS or (post.role in BUYER and intention.appropriation.buyer_id == post.organisation_id)


@scope(AllowedSentence)
def visible_allowed_sentences(post: Post | None, now: datetime.datetime) -> QuerySet[AllowedSentence]:
    """The buyer's own, and all for those who oversee."""
    found = AllowedSentence.objects.select_related("appropriation__buyer", "allowed_by__person")
    if post is not None and post.role in OVERSEERS:
        return found
    if post is not None and post.role in BUYER:
        return found.filter(appropriation__buyer_id=post.organisation_id)
    return found.none()


@standing(AllowedSentence)
def concerns_allowed_sentence(one: AllowedSentence, post: Post) -> bool:
    return post.role in OVERSEERS or (post.role in BUYER and one.appropriation.buyer_id == post.organisation_id)


@scope(PlanItem)
def visible_plan_items(post: Post | None, now: datetime.datetime) -> QuerySet[PlanItem]:
    """A plan is its buyer's own until its case is published; the overseers see every one."""
    items = PlanItem.objects.select_related("appropriation__buyer", "intention", "reserved_fund", "requirement")
    if post is not None and post.role in OVERSEERS:
        return items
    if post is not None and post.role in BUYER:
        own = Q(appropriation__buyer_id=post.organisation_id)
        asked = MethodApproval.objects.filter(consent_by_id=post.organisation_id).values("plan_item")
        return items.filter(own | Q(pk__in=asked))  # the unit above sees what it is asked to consent to
    return items.none()


@standing(PlanItem)
def concerns_plan_item(plan_item: PlanItem, post: Post) -> bool:
    return post.role in OVERSEERS or (post.role in BUYER and plan_item.buyer_id == post.organisation_id)


def warnings(plan_item: PlanItem, *, by: Post | None, now: datetime.datetime) -> list[Repeat]:
    """What is shown beside a plan while it can still be mended or judged. Of two drafts that split one purchase each
    says so, before either is sent for review; nothing once the plan is approved or cancelled. The unit above, which is
    asked to consent to the method of one draft, reads none of the others."""
    if plan_item.approved_at or plan_item.cancelled_at:
        return []
    is_own = by is not None and concerns_plan_item(plan_item, by)
    return repeats(plan_item, drafts=is_own and plan_item.submitted_at is None, now=now)


@scope(MethodApproval)
def visible_method_approvals(post: Post | None, now: datetime.datetime) -> QuerySet[MethodApproval]:
    """The buyer's, the unit's above it, and the overseers'."""
    found = MethodApproval.objects.select_related("plan_item__appropriation__buyer", "consent_by", "publicity")
    if post is not None and post.role in OVERSEERS:
        return found
    if post is not None and post.role in BUYER:
        own = Q(plan_item__appropriation__buyer_id=post.organisation_id)
        return found.filter(own | Q(consent_by_id=post.organisation_id))
    return found.none()


@standing(MethodApproval)
def concerns_method_approval(approval: MethodApproval, post: Post) -> bool:
    if post.role in OVERSEERS:
        return True
    return post.role in BUYER and post.organisation_id in {approval.plan_item.buyer_id, approval.consent_by_id}


@scope(ImportApproval)
def visible_import_approvals(post: Post | None, now: datetime.datetime) -> QuerySet[ImportApproval]:
    """The buyer's and the overseers'."""
    found = ImportApproval.objects.select_related("plan_item__appropriation__buyer")
    if post is not None and post.role in OVERSEERS:
        return found
    if post is not None and post.role in BUYER:
        return found.filter(plan_item__appropriation__buyer_id=post.organisation_id)
    return found.none()


@standing(ImportApproval)
def concerns_import_approval(approval: ImportApproval, post: Post) -> bool:
    return concerns_plan_item(approval.plan_item, post)


@scope(ImportExpert)
def visible_import_experts(post: Post | None, now: datetime.datetime) -> QuerySet[ImportExpert]:
    """Whoever may read the application."""
    found = ImportExpert.objects.select_related("approval", "expert__person", "expert__employer").order_by("pk")
    return found.filter(approval__in=visible_import_approvals(post, now))


@standing(ImportExpert)
def concerns_import_expert(named: ImportExpert, post: Post) -> bool:
    return concerns_plan_item(named.approval.plan_item, post)


@scope(Publicity)
def visible_publicities(post: Post | None, now: datetime.datetime) -> QuerySet[Publicity]:
    """Public from the first moment on (74号令 art. 38)."""
    return Publicity.objects.filter(opens_at__lte=now).select_related("plan_item__appropriation__buyer")


@standing(Publicity)
def concerns_publicity(publicity: Publicity, post: Post) -> bool:
    """任何供应商、单位或者个人 may object (74号令 art. 39); whose the rest is, the rules say."""
    return True


@scope(PublicityObjection)
def visible_publicity_objections(post: Post | None, now: datetime.datetime) -> QuerySet[PublicityObjection]:
    """Whoever raised it, the buyer, and the treasury, which has its copy."""
    found = PublicityObjection.objects.select_related("publicity__plan_item__appropriation__buyer", "raised_by")
    if post is None:
        return found.none()
    if post.role in OVERSEERS:
        return found
    own = Q(raised_by_id=post.organisation_id)
    if post.role in BUYER:
        own |= Q(publicity__plan_item__appropriation__buyer_id=post.organisation_id)
    return found.filter(own)


@standing(PublicityObjection)
def concerns_publicity_objection(objection: PublicityObjection, post: Post) -> bool:
    return post.role in OVERSEERS or post.organisation_id in {
        objection.raised_by_id,
        objection.publicity.plan_item.buyer_id,
    }


def unplanned_intentions(*, appropriation_id: int) -> QuerySet[Intention]:
    """Intentions that stand and that no live plan has taken up."""
    taken = Q(plan_items__isnull=False, plan_items__cancelled_at__isnull=True)
    standing_ones = Intention.objects.filter(appropriation_id=appropriation_id, withdrawn_at__isnull=True)
    return standing_ones.exclude(pk__in=Intention.objects.filter(taken).values("pk")).order_by("pk")


def unplanned_appropriations(*, buyer_id: int, fiscal_year: int) -> QuerySet[Appropriation]:
    """The budget lines of a buyer's year that have neither a standing intention nor a live plan, newest first."""
    intended = Intention.objects.filter(appropriation=OuterRef("pk"), withdrawn_at__isnull=True)
    planned = PlanItem.objects.filter(appropriation=OuterRef("pk"), cancelled_at__isnull=True)
    lines = Appropriation.objects.filter(buyer_id=buyer_id, fiscal_year=fiscal_year)
    return lines.filter(~Exists(intended), ~Exists(planned)).order_by("-pk")


def last_review(plan_item: PlanItem) -> QuerySet[CompetitionReview]:
    """The answers of the latest review, in the order of the checklist."""
    latest = CompetitionReview.objects.filter(plan_item=plan_item).order_by("-at").values("at")[:1]
    return CompetitionReview.objects.filter(plan_item=plan_item, at=latest).order_by("check_code")
