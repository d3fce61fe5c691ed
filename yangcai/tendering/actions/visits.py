"""How is the site shown, or a meeting held, for everybody who has the documents (87号令 art. 26)?"""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, MomentField, RowsField, TextField
from yangcai.parties.models import Post
from yangcai.tendering.actions.solicitation import ROLES, unconfirm
from yangcai.tendering.models import SiteVisit, VisitKind
from yangcai.tendering.rules import visits as rules


class VisitRow(forms.Form):
    kind = forms.ChoiceField(label=_("种类"), choices=VisitKind.choices)
    place = TextField(label=_("地点"))
    content = TextField(label=_("内容"), lines=2)
    begins_at = MomentField(label=_("开始时间"))


class DefineVisits(Input):
    rows = RowsField(VisitRow, label=_("现场考察和答疑会"), max_rows=20)

    def scope(self) -> None:
        if isinstance(self.subject, Case):
            found = SiteVisit.objects.filter(case=self.subject)
            self.fields["rows"].initial = list(found.values(*VisitRow.base_fields))


@action(
    "site_visits.define",
    zh="载明现场考察和答疑会",
    en="State visits and meetings",
    on=Case,
    by=ROLES,
    at={Stage.PREPARATION},
    needs=(runs_the_case, rules.is_known_to_the_method),
    checks=(rules.begins_ahead,),
    input=DefineVisits,
    sentence=("{post}在采购文件中载明了现场考察、答疑会", "{post} stated visits and meetings in the document"),
    is_public=False,
    cites=("site_visit.visit", "site_visit.told"),
    hint=(
        "在招标文件提供期限截止后、投标截止前举行，对全部获取招标文件的潜在投标人开放；不参加的不受限制",
        "After the file was supplied and before the deadline, open to all who have it; who stays away loses nothing",
    ),
)
def define_visits(case: Case, *, by: Post, now: datetime.datetime, rows: list[dict[str, Any]]) -> None:
    """Make these the visits that the document states, and no others."""
    SiteVisit.objects.filter(case=case).delete()
    SiteVisit.objects.bulk_create(
        SiteVisit(case=case, number=number, **row) for number, row in enumerate(rows, start=1)
    )
    unconfirm(case)


class AnnounceVisit(Input):
    kind = forms.ChoiceField(label=_("种类"), choices=VisitKind.choices)
    place = TextField(label=_("地点"))
    content = TextField(label=_("内容"), lines=2)
    begins_at = MomentField(label=_("开始时间"))


@action(
    "site_visit.announce",
    zh="通知现场考察或者答疑会",
    en="Tell of a visit or meeting",
    on=Case,
    by=ROLES,
    at={Stage.SUBMISSION},
    needs=(runs_the_case, rules.is_known_to_the_method, rules.supply_has_ended),
    checks=(rules.comes_in_time, rules.names_no_bidder),
    input=AnnounceVisit,
    creates=False,
    sentence=(
        "{post}书面通知全部获取采购文件的潜在投标人参加现场考察或者答疑会",
        "{post} told everybody who has the documents of a visit or meeting",
    ),
    is_public=False,
    cites=("site_visit.visit", "site_visit.told", "submission.secrecy"),
)
def announce_visit(case: Case, *, by: Post, now: datetime.datetime, **told: Any) -> SiteVisit:
    """Everybody who has the documents reads it at the same moment."""
    number = SiteVisit.objects.filter(case=case).count() + 1
    return SiteVisit.objects.create(case=case, number=number, told_at=now, **told)


class HoldVisit(Input):
    minutes = TextField(
        label=_("说明和答疑记录"),
        lines=8,
        help_text=_("告知全部获取采购文件的潜在投标人；不写谁参加、多少人参加。需要改变采购文件的，另行更正"),
    )


@action(
    "site_visit.hold",
    zh="记录现场考察或者答疑会",
    en="Record a visit or meeting",
    on=SiteVisit,
    by=ROLES,
    at={Stage.SUBMISSION},
    needs=(runs_the_case, rules.is_ahead, rules.has_begun),
    checks=(rules.names_no_bidder,),
    input=HoldVisit,
    sentence=("{post}记录了现场考察或者答疑会", "{post} recorded a visit or meeting"),
    is_public=False,
    cites=("site_visit.visit", "submission.secrecy"),
)
def hold_visit(visit: SiteVisit, *, by: Post, now: datetime.datetime, minutes: str) -> SiteVisit:
    """What was shown and answered, for all alike; nobody's name (87号令 art. 28)."""
    visit.minutes, visit.held_at = minutes, now
    visit.save(update_fields=["minutes", "held_at"])
    return visit


class CancelVisit(Input):
    reason = TextField(label=_("取消理由"), lines=2)


@action(
    "site_visit.cancel",
    zh="取消现场考察或者答疑会",
    en="Cancel a visit or meeting",
    on=SiteVisit,
    by=ROLES,
    at={Stage.SUBMISSION},
    needs=(runs_the_case, rules.is_ahead),
    checks=(rules.names_no_bidder,),
    input=CancelVisit,
    sentence=("{post}取消了现场考察或者答疑会", "{post} cancelled a visit or meeting"),
    is_public=False,
    cites=("site_visit.told",),
)
def cancel_visit(visit: SiteVisit, *, by: Post, now: datetime.datetime, reason: str) -> SiteVisit:
    """Told to all, like the visit itself."""
    visit.cancelled_reason, visit.cancelled_at = reason, now
    visit.save(update_fields=["cancelled_reason", "cancelled_at"])
    return visit
