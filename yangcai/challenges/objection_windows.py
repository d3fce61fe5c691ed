"""To what may this supplier object, and until when? Each thing has its own day on which harm is taken to be known.

政府采购法 art. 52; 政府采购法实施条例 art. 53; 财政部令第94号 art. 10, 11.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from yangcai import law
from yangcai.cases.models import Case, Lot, Period, Stage
from yangcai.cases.rules import applicable
from yangcai.challenges.models import ObjectionTarget
from yangcai.kernel import calendar
from yangcai.kernel.beneath import may_have
from yangcai.kernel.reading import remembered
from yangcai.tendering import explanation, method, prequalified
from yangcai.tendering.models import AwardLetter, Bid, Correction, Participation, PrequalificationApplication

CLOCK = "C28"
#: The steps of the procedure that have an end of their own, after which they may be objected to.
STEPS = (
    Stage.SUBMISSION,
    Stage.OPENING,
    Stage.QUALIFICATION,
    Stage.DIALOGUE,
    Stage.FINAL_OFFER,
    Stage.EVALUATION,
)


@dataclass(frozen=True)
class Window:
    """One thing that may be objected to. `since`: the day of which harm is taken to be known, not counted itself;
    `due_at`: the instant from which it is too late, None past the known calendar."""

    target: str
    lot: Lot | None
    stage: str
    since: datetime.date
    due_at: datetime.datetime | None

    @property
    def key(self) -> str:
        """How a form names it."""
        return ":".join([self.target, str(self.lot.pk) if self.lot else "", self.stage])

    @property
    def last_day(self) -> datetime.date | None:
        return calendar.day_of(self.due_at - datetime.timedelta(microseconds=1)) if self.due_at else None

    def is_open_at(self, now: datetime.datetime) -> bool:
        return self.due_at is None or now < self.due_at

    @property
    def title(self) -> str:
        """In the reader's language: what it is, of which lot."""
        what = Stage(self.stage).label if self.stage else ObjectionTarget(self.target).label
        return _("%(what)s（采购包 %(lot)s）") % {"what": what, "lot": self.lot.number} if self.lot else str(what)


@remembered
def windows(case: Case, supplier_id: int, *, now: datetime.datetime) -> tuple[Window, ...]:
    """Everything that this supplier may or might have objected to, the result first. Nothing of a case in which it
    neither obtained the document nor took part, if by no more than an application to be found qualified."""
    return (
        *_of_results(case, supplier_id, now=now),
        *_of_steps(case, supplier_id, now=now),
        *_of_document(case, supplier_id, now=now),
        *_of_prequalification(case, supplier_id, now=now),
    )


def of_letter(letter: AwardLetter, *, now: datetime.datetime) -> Window | None:
    """The window of the result that a letter tells; None past the known calendar."""
    remedy = explanation.may_object_until(letter, now=now)
    if remedy.since is None:
        return None
    return _window(ObjectionTarget.RESULT, letter.lot.case, remedy.since, lot=letter.lot, now=now)


def beyond_calendar(case: Case, supplier_id: int, *, now: datetime.datetime) -> calendar.HorizonError | None:
    """Why the time to object to a result cannot be told yet: its notice period ends in a year whose holidays are not
    known. Then there is no window for it, though this supplier took part."""
    told = (explanation.may_object_until(one, now=now).beyond for one in _letters(case, supplier_id, now=now))
    return next((one for one in told if one is not None), None)


def _window(
    target: str, case: Case, since: datetime.date, *, lot: Lot | None = None, stage: str = "", now: datetime.datetime
) -> Window:
    """As the letter and its task have it: a supplier's right runs while the case stands still, and may be used then."""
    return Window(target, lot, stage, since, law.due_at(CLOCK, since=since, **applicable(case, now=now)))


def _of_results(case: Case, supplier_id: int, *, now: datetime.datetime) -> Iterator[Window]:
    """中标、成交结果: from the end of the notice period (条例 art. 53(3)), of the latest result of each lot."""
    for letter in _letters(case, supplier_id, now=now):
        found = of_letter(letter, now=now)
        if found is not None:
            yield found


def _letters(case: Case, supplier_id: int, *, now: datetime.datetime) -> Iterable[AwardLetter]:
    """The latest that tells the result of each lot."""
    if not may_have(case, AwardLetter):
        return ()
    letters = AwardLetter.objects.filter(lot__case=case, supplier_id=supplier_id, issued_at__lte=now)
    return {one.lot_id: one for one in letters.select_related("lot__case").order_by("issued_at", "pk")}.values()


def _of_steps(case: Case, supplier_id: int, *, now: datetime.datetime) -> Iterator[Window]:
    """采购过程: from the end of each step (条例 art. 53(2)); for who came with an offer and did not take it back,
    opened or not. Of itself alone: who else took part is nobody's business (87号令 art. 28)."""
    if not may_have(case, Bid):
        return
    stands = Q(replaced_at=None, withdrawn_at=None) | Q(opened__isnull=False)
    bids = Bid.objects.filter(stands, lot__case=case, supplier_id=supplier_id)
    mine = set(bids.values_list("lot_id", flat=True))
    if not mine:
        return
    lots = {lot.pk: lot for lot in case.every_lot()}
    ended: dict[tuple[int | None, str], Period] = {}
    for period in case.every_period():
        if period.stage not in STEPS or period.closes_at is None or period.closes_at > now:
            continue
        if period.lot_id is None or lots[period.lot_id].judged_with.pk in mine:
            ended[period.lot_id, period.stage] = period
    for (lot_id, stage), period in reversed(ended.items()):
        assert period.closes_at is not None
        since = calendar.day_of(period.closes_at)
        lot = lots[lot_id] if lot_id else None
        yield _window(ObjectionTarget.PROCESS, case, since, lot=lot, stage=stage, now=now)


def _of_document(case: Case, supplier_id: int, *, now: datetime.datetime) -> Iterator[Window]:
    """采购文件: from the day on which it was obtained, or the end of the notice period (条例 art. 53(1)). The law says
    «or»; who answers may not turn away a letter that is in time (94号令 art. 13), so the later of the two counts, and
    what was corrected since counts anew."""
    if case.published_at is None or not may_have(case, Participation):
        return
    obtained = Participation.objects.filter(case=case, supplier_id=supplier_id, obtained_at__lte=now).first()
    if obtained is None:
        return
    days = [calendar.day_of(obtained.obtained_at), *_notice_ends(case, now=now)]
    corrections = Correction.objects.filter(case=case, at__lte=now).order_by("-at")
    corrected = corrections.first() if may_have(case, Correction) else None
    if corrected is not None:
        days.append(calendar.day_of(corrected.at))
    yield _window(ObjectionTarget.DOCUMENT, case, max(days), now=now)


def _of_prequalification(case: Case, supplier_id: int, *, now: datetime.datetime) -> Iterator[Window]:
    """资格预审: a step before the offers, which ends when the applicants are told their results (条例 art. 53(2))."""
    if not may_have(case, PrequalificationApplication) or not prequalified.is_the_way(case):
        return
    told = told_in(case, supplier_id, now=now)
    if told is not None and told.told_at is not None:
        yield _window(ObjectionTarget.PREQUALIFICATION, case, calendar.day_of(told.told_at), now=now)


def told_in(case: Case, supplier_id: int, *, now: datetime.datetime) -> PrequalificationApplication | None:
    """The last application of a supplier whose result it was told."""
    mine = PrequalificationApplication.objects.filter(prequalification__case=case, supplier_id=supplier_id)
    return mine.filter(withdrawn_at=None, told_at__lte=now).order_by("-prequalification__round").first()


def _notice_ends(case: Case, *, now: datetime.datetime) -> Iterator[datetime.date]:
    """The last day of the notice period of the invitation, where its method has one."""
    assert case.published_at is not None
    key = method.step_of(case, Stage.INVITATION).notice if method.has(case, Stage.INVITATION) else ""
    period = law.find(key, **applicable(case, now=now)) if key else None
    if period is None:
        return
    try:
        yield calendar.due_on(case.published_at, period.value, period.unit, region=case.jurisdiction)
    except calendar.HorizonError:
        return
