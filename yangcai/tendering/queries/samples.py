"""Who reads which samples came in: before the opening nobody but their own suppliers (87号令 art. 28)."""

import datetime

from django.db.models import Q, QuerySet

from yangcai.cases.queries import concerns_case, run_by, runs_or_oversees, visible_to
from yangcai.kernel.actions import scope, standing
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import CommitteeMember, Sample, SampleTerms
from yangcai.tendering.queries.bids import has_been_opened


@scope(SampleTerms)
def visible_sample_terms(post: Post | None, now: datetime.datetime) -> QuerySet[SampleTerms]:
    """With the case."""
    return SampleTerms.objects.filter(lot__case__in=visible_to(post, now)).select_related("lot__case")


@standing(SampleTerms)
def concerns_sample_terms(terms: SampleTerms, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(terms.lot.case, post)


@scope(Sample)
def visible_samples(post: Post | None, now: datetime.datetime) -> QuerySet[Sample]:
    """One's own; whoever runs, oversees or judges the case learns of them at the opening."""
    found = Sample.objects.select_related("lot__case", "supplier").order_by("pk")
    if post is None:
        return found.none()
    if post.role == Role.SUPPLIER:
        return found.filter(supplier_id=post.organisation_id)
    inside = run_by(post, "lot__case__")
    if post.role == Role.EXPERT:
        seats = CommitteeMember.objects.filter(post=post, replaced_at__isnull=True, signed_in_at__isnull=False)
        inside = Q(lot__case__in=seats.values("committee__case"))
    return found.filter(inside & Q(has_been_opened(now, "lot__case_id")))


@standing(Sample)
def concerns_sample(sample: Sample, post: Post) -> bool:
    """Its supplier, and whoever runs or oversees the case."""
    return sample.supplier_id == post.organisation_id or runs_or_oversees(sample.lot.case, post)
