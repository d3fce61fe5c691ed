"""When do suppliers learn of a purchase, by notice or invitation, and until when may they offer? The periods open."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, runs_the_case, through_the_central_agent
from yangcai.kernel import calendar
from yangcai.kernel.actions import action
from yangcai.kernel.calendar import SHANGHAI, HorizonError
from yangcai.kernel.inputs import Input, MomentField, TextField
from yangcai.kernel.models import Attachment
from yangcai.parties.roles import Role
from yangcai.procedures import each, engine, every
from yangcai.tendering import method
from yangcai.tendering.actions.suppliers import send_invitations
from yangcai.tendering.models import Solicitation
from yangcai.tendering.rules import invitation as rules
from yangcai.tendering.rules.prequalification.announced import file_is_as_announced
from yangcai.tendering.rules.prequalification.changes import changes_are_decided
from yangcai.tendering.rules.prequalification.qualified import enough_are_qualified
from yangcai.tendering.rules.sealed import board_is_used, covers_have_their_policy, seats_can_release
from yangcai.tendering.rules.solicitation.completeness import is_complete
from yangcai.tendering.rules.solicitation.confirmation import is_confirmed, is_confirmed_by_committee
from yangcai.tendering.rules.suppliers import buyer_share_is_kept, enough_are_invited
from yangcai.tendering.rules.terms import terms_are_lawful
from yangcai.tendering.rules.visits import visits_fit_the_times

#: What the form proposes; the law says only how many days.
SUPPLY_ENDS, SUBMISSION_ENDS = datetime.time(17, 30), datetime.time(9, 30)


class PublishInvitation(Input):
    documents_from = MomentField(label=_("采购文件提供开始时间"), required=False, help_text=_("不填时自公告发布起提供"))
    supply_closes_at = MomentField(label=_("采购文件提供截止时间"))
    submission_closes_at = MomentField(label=_("投标截止和开标时间"))
    opening_place = TextField(label=_("开标地点"), required=False, help_text=_("不填时为本平台在线开标"))

    def scope(self) -> None:
        """Propose the earliest times that keep every shortest period in full."""
        case = self.subject
        if not isinstance(case, Case) or self.now is None or not method.has(case, Stage.SUBMISSION):
            return
        supply = rules.step_of(case, Stage.INVITATION).documents
        window = rules.step_of(case, Stage.SUBMISSION).window
        on = applicable(case, now=self.now)
        try:
            # Where the law sets no time for the file, it is handed out as long as offers may be prepared.
            last, closes = (
                engine.window(key, start=self.now, region=case.jurisdiction, **on).strict_on
                if key
                else calendar.add_working_days(calendar.day_of(self.now), 1, region=case.jurisdiction)
                for key in (supply or window, window)
            )
        except (HorizonError, LookupError):
            return  # past the known calendar nothing is proposed; the check says so
        self.fields["supply_closes_at"].initial = datetime.datetime.combine(last, SUPPLY_ENDS, SHANGHAI)
        self.fields["submission_closes_at"].initial = datetime.datetime.combine(
            calendar.roll(closes, region=case.jurisdiction), SUBMISSION_ENDS, SHANGHAI
        )


@action(
    "invitation.publish",
    zh="发布采购公告",
    en="Publish the invitation",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.PREPARATION},
    needs=(
        runs_the_case,
        rules.takes_bids,
        through_the_central_agent,
        is_complete,
        is_confirmed,
        is_confirmed_by_committee,
        terms_are_lawful,
        rules.is_funded,
        rules.intention_precedes,
        enough_are_qualified,
        changes_are_decided,
        file_is_as_announced,
        enough_are_invited,
        buyer_share_is_kept,
        board_is_used,
        covers_have_their_policy,
        seats_can_release,
    ),
    checks=(
        rules.times_are_in_order,
        rules.supplied_long_enough,
        rules.submission_long_enough,
        rules.closes_on_a_working_day,
        visits_fit_the_times,
    ),
    input=PublishInvitation,
    notice="invitation",
    sentence=("{post}发布了采购公告", "{post} published the invitation"),
    cites=(
        *every(Stage.INVITATION, "documents"),
        *every(Stage.SUBMISSION, "window"),
        *every(Stage.INVITATION, "notice"),
        "intention.lead",
        "opening.at_deadline",
        *each("comes_by"),
        "prequalification.supplied_to_all",
        "correction.subject",
        "site_visit.visit",
    ),
    hint=(
        "公告发布后，本项目适用的法律和采购文件即固定，只能以更正公告修改",
        "Publication fixes the law that applies and the document; only corrections change it",
    ),
)
def publish_invitation(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    documents_from: datetime.datetime | None,
    supply_closes_at: datetime.datetime,
    submission_closes_at: datetime.datetime,
    opening_place: str,
) -> None:
    """Pin the law, make the case public, and lay down invitation, submission and opening."""
    supplied_from = max(documents_from or now, now)
    Solicitation.objects.filter(case=case).update(documents_from=supplied_from, supply_closes_at=supply_closes_at)
    periods.close_period(case, at=now)
    if supplied_from > now:
        periods.open_period(case, stage=Stage.INVITATION, opens_at=now, closes_at=supplied_from)
    periods.open_period(case, stage=Stage.SUBMISSION, opens_at=supplied_from, closes_at=submission_closes_at)
    opening = method.follows(case, Stage.SUBMISSION)
    periods.open_period(case, stage=opening, opens_at=submission_closes_at)
    send_invitations(case, now=now)
    case.law_as_of, case.published_at = timezone.localdate(now), now
    case.save(update_fields=["law_as_of", "published_at"])
    Attachment.objects.filter(root=case.ref, kind="solicitation").update(is_public=True)
