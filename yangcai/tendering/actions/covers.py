"""When may the prices be opened that lie in covers of their own? When the technical evaluation is closed."""

import datetime
from typing import Any

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.actions import action
from yangcai.parties.roles import Role
from yangcai.tendering import finalise, policies, unsealing
from yangcai.tendering.models import BidClosing, Cover, OpenedBid
from yangcai.tendering.rules import covers
from yangcai.tendering.rules.clarification import clarifications_settled
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.evaluation import responsiveness, scores


@action(
    "technical.conclude",
    zh="结束技术评审",
    en="Close the technical evaluation",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.EVALUATION},
    only=(covers.has_two,),
    needs=(
        seats.sits,
        seats.chairs,
        seats.is_complete,
        covers.not_closed_yet,
        responsiveness.responsiveness_found,
        responsiveness.not_failed,
        clarifications_settled,
        scores.all_submitted,
    ),
    sentence=(
        "{post}结束技术评审，开启通过技术评审的投标人的报价信封",
        "{post} closed the technical evaluation: the prices of those who came through are opened",
    ),
    is_public=False,
    cites=("evaluation.conformity", "committee.independence", "opening.no_disclosure"),
    hint=(
        "全部评委提交评分后办理；此后技术评审结论不能再改，只开启通过技术评审的投标人的报价信封",
        "Once every member has scored; what was found then stands, and only the prices of those who came through open",
    ),
)
def conclude_technical(lot: Lot, *, by: Any, now: datetime.datetime) -> BidClosing:
    """Write down who goes on, move the prices' opening time to now, and close them: their bidders release the keys."""
    finalise.note_in(now=now, wait=True)
    through = [bid.pk for bid in covers.going_on(lot)]
    OpenedBid.objects.filter(pk__in=through).update(went_on_at=now)
    laid_down = policies.in_force(lot, cover=Cover.PRICE)
    assert laid_down is not None  # the invitation published one for each cover
    policies.revise(laid_down, opens_at=now, now=now)
    return unsealing.close(lot, cover=Cover.PRICE, now=now)
