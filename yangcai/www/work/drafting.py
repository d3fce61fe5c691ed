"""How far is a solicitation document, and what is still missing? All its parts on one page, each with its own form."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.cases.models import Case, EvaluationMethod, Lot, Stage
from yangcai.cases.queries import concerns_case, visible_to
from yangcai.kernel.actions import ACTIONS, can
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Clause, Criterion, PaymentTerm, Solicitation
from yangcai.tendering.rules.solicitation.completeness import is_complete
from yangcai.www import wording
from yangcai.www.access import page
from yangcai.www.work import doing, here
from yangcai.www.work.offers import Offer, offers

CONFIRM = "solicitation.confirm"
TAKE_OVER = "solicitation.take_over"


@dataclass(frozen=True)
class Part:
    """One part: its Action, on which row, how far it is; why it cannot be written, where it cannot."""

    offer: Offer
    act: here.Act | None
    is_written: bool
    #: It may stay as it is: what the law and the plan say stands there already.
    is_optional: bool
    clauses: tuple[Clause, ...] = ()

    @property
    def tone(self) -> str:
        return "done" if self.is_written else "mute" if self.is_optional else "warn"

    @property
    def word(self) -> str:
        return _("已编制") if self.is_written else _("可不填") if self.is_optional else _("待编制")


class Desk:
    """One case in preparation, for whoever writes its document."""

    def __init__(self, case: Case, *, post: Post, now: datetime.datetime):
        self.case, self.post, self.now = case, post, now
        self.lots = list(Lot.objects.filter(case=case).order_by("number"))
        for lot in self.lots:
            lot.case = case
        self.document = Solicitation.objects.filter(case=case).select_related("taken_over_from").first()
        self.version = doing.stamp(case, post)
        self.parts = list(self._parts())
        self.missing = is_complete(case, by=post, now=now)
        found = offers([self.case, *self.lots], post=self.post, now=self.now).open
        self.take_over = next((offer for offer in found if offer.action.code == TAKE_OVER), None)
        #: What else may be settled before it goes out: visits, samples, opening policies, suppliers.
        elsewhere = (*here.OF_DRAFT, TAKE_OVER)
        self.others = [o for o in found if o.action.code not in elsewhere and not o.is_dangerous]

    def _parts(self) -> Iterator[Part]:
        clauses = tuple(Clause.objects.filter(case=self.case).order_by("kind", "number"))
        own = any(not clause.is_statutory for clause in clauses)
        yield self._part("lots.define", self.case, is_written=bool(self.lots), is_optional=True)
        yield self._part("solicitation.draft", self.case, is_written=self.document is not None)
        yield self._part("clauses.define", self.case, is_written=own, is_optional=True, clauses=clauses)
        scored = set(Criterion.objects.filter(lot__case=self.case).values_list("lot_id", flat=True))
        for lot in self.lots:
            if lot.evaluation_method == EvaluationMethod.RATED and lot.follows_id is None:
                yield self._part("criteria.define", lot, is_written=lot.pk in scored)
        paid = PaymentTerm.objects.filter(case=self.case).exists()
        yield self._part("payment_terms.define", self.case, is_written=paid)

    def _part(
        self, code: str, row: Any, *, is_written: bool, is_optional: bool = False, clauses: tuple[Clause, ...] = ()
    ) -> Part:
        action = ACTIONS[code]
        offer = Offer(action, row, can(action, row, by=self.post, now=self.now))
        act = None
        if not offer.refusals:
            act = here.act(offer, at=here.DRAFT, by=self.post, now=self.now, version=self.version)
        return Part(offer, act, is_written, is_optional, clauses)

    @property
    def asked(self) -> list[Part]:
        """What has to be written."""
        return [part for part in self.parts if not part.is_optional]

    @property
    def done(self) -> int:
        return sum(part.is_written for part in self.asked)

    @property
    def paper(self) -> str:
        """The document as it would be read, once there is one."""
        return reverse("work_paper_solicitation", args=[self.document.pk]) if self.document is not None else ""


@page(by={Role.AGENT, Role.BUYER_OFFICER})
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts, what is missing, and the preview; a case that is out already has only the way back."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = get_object_or_404(visible_to(post, now).prefetch_related("periods", "suspensions"), pk=pk)
    if not concerns_case(case, post):
        raise Http404
    wording.speak_of(case)
    is_written_now = case.published_at is None and case.stage_at(now) == Stage.PREPARATION
    desk = Desk(case, post=post, now=now) if is_written_now else None
    context = {
        "case": case,
        "kicker": [case.number],
        "desk": desk,
        "confirmer": ACTIONS[CONFIRM].title,
        "now": now,
    }
    return render(request, "work/draft.html", context)
