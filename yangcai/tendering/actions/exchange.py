"""How does a dialogue begin with all suppliers at once, and what comes of it? A file to which everybody responds."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Lot, Stage
from yangcai.cases.rules import applicable, runs_the_case
from yangcai.kernel import calendar, documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MomentField, TextField
from yangcai.parties.roles import Role
from yangcai.procedures import engine
from yangcai.tendering import method
from yangcai.tendering.actions.invitation import SUBMISSION_ENDS
from yangcai.tendering.models import FILE, DialogueChange, DialogueTalk
from yangcai.tendering.rules import exchange as rules
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.dialogue import closes_ahead, remaining


class Meet(Input):
    minutes = TextField(
        label=_("交流记录"),
        lines=8,
        help_text=_("时间、地点、参加人员、供应商的提问和谈判小组的回答，全体供应商均可查看"),
    )


@action(
    "dialogue.meet",
    zh="进行创新概念交流",
    en="Meet on the concept",
    on=Lot,
    by={Role.EXPERT},
    at={Stage.DIALOGUE},
    needs=(seats.sits, seats.chairs, rules.meets_together, rules.not_met_yet),
    input=Meet,
    sentence=(
        "{post}记录了与全体供应商的创新概念交流",
        "{post} recorded the meeting with all suppliers on the concept",
    ),
    is_public=False,
    cites=("cooperative_innovation.concept_exchange", "dialogue.secrecy"),
    hint=(
        "谈判小组集中与所有通过资格审查的供应商共同交流最低研发目标、最高研发费用、应用场景等，全面回答提问",
        "The whole group with all qualified suppliers: least goal, most cost, scenario; every question is answered",
    ),
)
def meet(lot: Lot, *, by: Any, now: datetime.datetime, minutes: str) -> None:
    """One meeting, the same record for everybody: the first talk of each."""
    DialogueTalk.objects.bulk_create(
        DialogueTalk(opened_bid=bid, round=1, minutes=minutes, held_at=now) for bid in remaining(lot)
    )


def earliest_close(lot: Lot, stage: str, *, now: datetime.datetime) -> datetime.datetime | None:
    """When what suppliers hand in at this stage may close at the earliest, at the hour at which submissions end; None
    where the method sets no shortest time for it, or the calendar does not reach so far."""
    key = method.step_of(lot.case, stage).window if method.has(lot.case, stage) else ""
    if not key:
        return None
    try:
        found = engine.window(key, start=now, region=lot.case.jurisdiction, **applicable(lot.case, now=now))
    except (calendar.HorizonError, LookupError):
        return None
    return datetime.datetime.combine(found.strict_on, SUBMISSION_ENDS, calendar.SHANGHAI)


class IssueFile(Input):
    content = TextField(
        label=_("研发谈判文件要点"),
        lines=6,
        help_text=_("最低研发目标、研发供应商数量、补偿的成本范围和限额、首购、评审标准、验收标准、知识产权"),
    )
    document = DocumentField(label=_("研发谈判文件"))
    closes_at = MomentField(label=_("首次响应文件提交截止时间"))

    def scope(self) -> None:
        """Propose the earliest time that keeps the shortest period."""
        lot = self.subject
        if isinstance(lot, Lot) and self.now is not None and rules.begins_together(lot):
            self.fields["closes_at"].initial = earliest_close(lot, Stage.DIALOGUE, now=self.now)


@action(
    "dialogue.issue_file",
    zh="发出研发谈判文件",
    en="Issue the negotiation file",
    on=Lot,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.DIALOGUE},
    needs=(runs_the_case, rules.has_met_before, rules.not_issued_yet),
    checks=(closes_ahead, rules.time_for_responses),
    input=IssueFile,
    sentence=(
        "{post}向所有参加创新概念交流的供应商发出研发谈判文件",
        "{post} issued the negotiation file to everybody who had met on the concept",
    ),
    is_public=False,
    cites=("cooperative_innovation.concept_exchange", "cooperative_innovation.response"),
    hint=(
        "同时向所有参加交流的供应商提供；首次响应期满后谈判小组与供应商分别谈判",
        "To all who met at the same time; when the time for first responses is over the group talks with each",
    ),
)
def issue_file(
    lot: Lot, *, by: Any, now: datetime.datetime, content: str, document: Any, closes_at: datetime.datetime
) -> DialogueChange:
    """Told like a change, to all at one instant; first responses come in until then, then the dialogue goes on."""
    case: Case = lot.case
    number = DialogueChange.objects.filter(lot=lot).count() + 1
    file = DialogueChange.objects.create(lot=lot, number=number, part=FILE, after=content, proposed_at=now, told_at=now)
    documents.attach(document, to=file, title="研发谈判文件", kind="negotiation_file", by=by, now=now)
    periods.advance(case, to=str(Stage.DIALOGUE), at=now, lot=lot, closes_at=closes_at)
    periods.open_period(case, stage=str(Stage.DIALOGUE), opens_at=closes_at, lot=lot)
    return file
