"""Which cases are this post's own, and where does each stand?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DurationField, F, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from yangcai import procedures
from yangcai.cases.models import Award, Case, CaseEnd, Lot, LotOutcome, Period, Stage
from yangcai.cases.queries import own_cases, visible_to
from yangcai.contracts.models import Contract
from yangcai.frameworks.models import EntryRequest
from yangcai.kernel.refusals import in_chinese
from yangcai.kernel.wording import in_words
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import (
    CommitteeMember,
    ConsortiumMember,
    InvitedBy,
    Invitee,
    Participation,
    Prequalification,
    PrequalificationApplication,
)
from yangcai.tendering.queries.prequalification import visible_prequalifications
from yangcai.www import formats, wording

#: So many prequalifications and standing calls stand above the list of tenders.
LINES = 50


#: An order that no index has: one's own few are found by key and sorted. By the index on `opened_at` PostgreSQL would
#: walk through everybody's cases until it has met enough of them, or all.
NEWEST_OF_FEW = (F("opened_at") + Value(datetime.timedelta(0), output_field=DurationField())).desc()


def cases(post: Post, *, now: datetime.datetime) -> QuerySet[Case]:
    """Newest first: a buyer's, an agent's, a supplier's, those of an expert's committees, all for overseers."""
    if post.role == Role.SUPPLIER:
        mine = Participation.objects.filter(supplier_id=post.organisation_id).values("case_id")
        mine = mine.union(invitations(post).values("case_id"))
        # Who was chosen without an offer of its own (a direct call-off), or bids with others, looks for it here too.
        won = Award.objects.filter(supplier_id=post.organisation_id).values("lot__case_id")
        joined = ConsortiumMember.objects.filter(organisation_id=post.organisation_id, declined_at__isnull=True)
        signed = Contract.objects.filter(supplier_id=post.organisation_id).values("case_id")
        asked = EntryRequest.objects.filter(supplier_id=post.organisation_id).values("framework__lot__case_id")
        return _lines(
            visible_to(post, now)
            .filter(pk__in=mine.union(won, joined.values("consortium__lot__case_id"), signed, asked))
            .order_by(NEWEST_OF_FEW, "-pk")
        )
    if post.role == Role.EXPERT:
        seats = CommitteeMember.objects.filter(post_id=post.pk, replaced_at__isnull=True)
        seated = seats.values("committee__case_id")
        # Who has a seat may read the case, published or not: asking that too would look at every seat again.
        return _lines(Case.objects.filter(pk__in=seated).order_by(NEWEST_OF_FEW, "-pk"))
    return _lines(own_cases(post, now))


def _lines(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what a line of a list shows and no more: all that is joined is joined before anything is sorted."""
    return cases.select_related(None).select_related("buyer")


def invitations(post: Post) -> QuerySet[Invitee]:
    """What this supplier was invited to."""
    return Invitee.objects.filter(supplier_id=post.organisation_id, invited_at__isnull=False)


def open_tenders(post: Post, *, now: datetime.datetime) -> QuerySet[Case]:
    """Published cases whose submission has not closed, what closes first on top; without a notice the invited."""
    called = Q(solicitation__invited_by=InvitedBy.NOTICE) | Q(solicitation=None)
    return (
        _lines(visible_to(post, now))
        .filter(called | Q(pk__in=invitations(post).values("case_id")))
        .filter(ended_at__isnull=True, periods__stage=Stage.SUBMISSION, periods__closes_at__gt=now)
        .annotate(closes=F("periods__closes_at"))
        .order_by("closes", "pk")
    )


def standing_calls(post: Post, *, now: datetime.datetime) -> list[Case]:
    """Open frameworks that may be joined at any time (110号令 art. 39), what began last on top: no window closes."""
    standing = [code for code, one in procedures.PROCEDURES.items() if one.stages[-1] == Stage.INVITATION]
    found = _lines(visible_to(post, now)).filter(
        procedure__in=standing,
        ended_at__isnull=True,
        periods__stage=Stage.INVITATION,
        periods__opens_at__lte=now,
        periods__closes_at__gt=now,
    )
    return list(found.prefetch_related("periods", "lots").order_by("-published_at", "-pk")[:LINES])


def open_prequalifications(post: Post, *, now: datetime.datetime) -> list[Prequalification]:
    """What a supplier can apply to now or has applied to, while the purchase goes on; what closes first on top."""
    applied = PrequalificationApplication.objects.filter(supplier_id=post.organisation_id, withdrawn_at__isnull=True)
    wanted = Q(closes_at__gt=now) | Q(pk__in=applied.values("prequalification"))
    found = visible_prequalifications(post, now).filter(wanted, case__ended_at__isnull=True)
    return list(found.order_by("closes_at", "pk")[:LINES])


def prequalification_word(row: Prequalification, *, now: datetime.datetime) -> str:
    """How far a prequalification has come."""
    if row.opens_at is None or row.closes_at is None:
        return _("待发布公告") if row.confirmed_at else _("编制中")
    if row.concluded_at is not None:
        return _("已完成")
    return _("接受申请") if now < row.closes_at else _("审查中")


def stages(post: Post, *, now: datetime.datetime) -> dict[str, dict[str, int]]:
    """Stage -> method -> number of the organisation's running cases in it; a case whose lots differ counts in each."""
    own = Q(case__agent_id=post.organisation_id) if post.role == Role.AGENT else Q(case__buyer_id=post.organisation_id)
    running = Period.objects.filter(own, Q(closes_at__isnull=True) | Q(closes_at__gt=now), opens_at__lte=now)
    counted = running.filter(case__ended_at__isnull=True).values_list("stage", "case__procedure")
    found: dict[str, dict[str, int]] = {}
    for stage, method, n in counted.annotate(n=Count("case", distinct=True)):
        found.setdefault(stage, {})[method] = n
    return found


@dataclass(frozen=True)
class Listed:
    """A case as one line of a list."""

    case: Case
    stage: str
    tone: str
    closes_at: datetime.datetime | None


def listed(rows: "QuerySet[Case] | Iterable[Case]", *, now: datetime.datetime) -> list[Listed]:
    """The lines of some cases; their periods and lots in two queries."""
    lots = Prefetch("lots", queryset=Lot.objects.order_by("number"))
    found = list(rows.prefetch_related("periods", lots)) if isinstance(rows, QuerySet) else list(rows)
    lines = []
    for case in found:
        with in_words(wording.of(case)):
            lines.append(Listed(case, *stage_word(case, now=now), closes_at(case)))
    return lines


def closes_at(case: Case) -> datetime.datetime | None:
    """When the latest submission period closes, from prefetched periods."""
    found = [p.closes_at for p in case.periods.all() if p.stage == Stage.SUBMISSION and p.closes_at]
    return max(found) if found else None


def stage_word(case: Case, *, now: datetime.datetime) -> tuple[str, str]:
    """Where the case stands, in a word, with the tone of that word."""
    if case.ended_at is not None and case.ended_at <= now:
        return formats.titled(CaseEnd(case.end_kind).label), "done" if case.end_kind == CaseEnd.CLOSED else "mute"
    lots: list[Any] = list(case.lots.all())
    for lot in lots:
        lot.case = case
    codes = {code for lot in lots if (code := lot.stage_at(now))} or {case.stage_at(now)}
    order = [str(stage) for stage in procedures.get(case.procedure).stages]
    names = [stage_name(case, code) for code in sorted(codes - {""}, key=order.index)]
    if not names and not any(lot.outcome == LotOutcome.AWARDED for lot in lots) and case.is_suspended_at(now):
        return _("已暂停"), "warn"  # asked only of those few that are in no stage: a list has many that were awarded
    if not names:
        return _after_award(case, lots), "info"
    return formats.titled(" / ".join(names)), "info"


def stage_name(case: Case, code: str) -> str:
    """What the case's method calls a stage, where it has a word of its own."""
    step = procedures.engine.step(procedure=procedures.get(case.procedure), stage=code)
    if step.zh:
        return step.titles[0 if in_chinese() else 1]
    return str(Stage(code).label)


def _after_award(case: Case, lots: list[Any]) -> str:
    if not any(lot.outcome == LotOutcome.AWARDED for lot in lots):
        return _("待办理")
    return _("合同履行") if procedures.get(case.procedure).spends else _("框架协议履行")
