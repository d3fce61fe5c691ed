"""Which extensions after an outage may a post see, and which touch what it looks at?"""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yangcai.cases.models import Case, Stage
from yangcai.cases.queries import concerns_case, run_by, visible_to
from yangcai.kernel import health
from yangcai.kernel.actions import scope, standing
from yangcai.kernel.models import HealthLine, Outage
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.tendering import outages
from yangcai.tendering.models import ExtensionReceipt, Maintenance, OutageExtension
from yangcai.tendering.queries.bids import has_been_opened


@scope(OutageExtension)
def visible_extensions(post: Post | None, now: datetime.datetime) -> QuerySet[OutageExtension]:
    """With the case."""
    return OutageExtension.objects.filter(case__in=visible_to(post, now)).select_related("case", "lot", "outage")


@standing(OutageExtension)
def concerns_extension(extension: OutageExtension, post: Post) -> bool:
    """Whom its case concerns."""
    return concerns_case(extension.case, post)


@scope(ExtensionReceipt)
def visible_extension_receipts(post: Post | None, now: datetime.datetime) -> QuerySet[ExtensionReceipt]:
    """As the documents themselves: one's own; whoever runs or oversees the case learns of them at the opening."""
    found = ExtensionReceipt.objects.select_related("extension__case", "supplier")
    if post is None:
        return found.none()
    run = run_by(post, "extension__case__") & Q(has_been_opened(now, "extension__case_id"))
    return found.filter(Q(supplier_id=post.organisation_id) | run)


@scope(Outage)
def visible_outages(post: Post | None, now: datetime.datetime) -> QuerySet[Outage]:
    """Everybody's business."""
    return Outage.objects.filter(ends_at__lte=now)


@scope(Maintenance)
def visible_maintenance(post: Post | None, now: datetime.datetime) -> QuerySet[Maintenance]:
    """Everybody's business."""
    return Maintenance.objects.filter(announced_at__lte=now)


@standing(Maintenance)
def concerns_maintenance(maintenance: Maintenance, post: Post) -> bool:
    """The organisation that announced it."""
    return post.organisation_id == maintenance.organisation_id


def coming_maintenance(*, now: datetime.datetime) -> list[Maintenance]:
    """What was announced and is not over."""
    return list(visible_maintenance(None, now).filter(ends_at__gt=now).order_by("begins_at"))


def state_of_platform(*, now: datetime.datetime) -> health.State | None:
    """How the platform is by its journal; None where none is kept."""
    if not HealthLine.objects.exists():
        return None
    return health.state(now=now, terms=outages.terms(now=now))


@dataclass(frozen=True)
class Struck:
    """An outage, in words, with the extensions of it that this reader may see."""

    outage: Outage
    zh: str
    en: str
    extensions: tuple[OutageExtension, ...]

    @property
    def failed(self) -> str:
        return self.zh if in_chinese() else self.en


def latest_outages(post: Post | None, *, now: datetime.datetime, most: int) -> list[Struck]:
    """The newest first."""
    found = list(visible_outages(post, now).order_by("-begins_at")[:most])
    seen: dict[int, list[OutageExtension]] = {}
    for extension in visible_extensions(post, now).filter(outage__in=found).order_by("pk"):
        seen.setdefault(extension.outage_id, []).append(extension)
    return [Struck(one, *outages.what_failed(one.bad), tuple(seen.get(one.pk, ()))) for one in found]


def extensions_of(case: Case) -> list[Struck]:
    """Of the deadline for bids of one case, in order."""
    found = case.extensions.filter(stage=Stage.SUBMISSION).select_related("outage")
    return [Struck(one.outage, *outages.what_failed(one.outage.bad), (one,)) for one in found]
