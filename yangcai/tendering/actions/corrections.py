"""How is a published solicitation document changed? By a correction that everybody sees, with the deadline it needs."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import runs_the_case
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MomentField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.roles import Role
from yangcai.procedures import every
from yangcai.tendering import method
from yangcai.tendering.models import Correction, CorrectionReceipt, Solicitation
from yangcai.tendering.rules import bids
from yangcai.tendering.rules import invitation as rules
from yangcai.tendering.rules.solicitation import wording


class PublishCorrection(Input):
    item = TextField(label=_("更正事项"))
    before = TextField(label=_("更正前"), lines=4, required=False)
    after = TextField(label=_("更正后"), lines=4)
    affects_bids = forms.BooleanField(
        label=_("可能影响投标文件编制"),
        required=False,
        initial=True,
        help_text=_("距投标截止不足法定时间、又未填写新的截止时间的，自动顺延至最早的合法工作日，开标时间随之顺延"),
    )
    changes_subject_or_qualification = forms.BooleanField(
        label=_("改变采购标的或者资格条件"), required=False, help_text=_("更正不得改变；确需改变的须重新采购")
    )
    new_submission_closes_at = MomentField(label=_("新的投标截止和开标时间"), required=False)
    new_supply_closes_at = MomentField(label=_("新的采购文件提供截止时间"), required=False)
    document = DocumentField(
        label=_("更正后的采购文件正文"),
        required=False,
        help_text=_("随更正公告向所有人公开；此前各版本继续公开，并标明已被取代"),
    )


@action(
    "correction.publish",
    zh="发布更正公告",
    en="Publish a correction",
    on=Case,
    by={Role.AGENT, Role.BUYER_OFFICER},
    at={Stage.INVITATION, Stage.SUBMISSION},
    needs=(runs_the_case, rules.before_the_opening),
    checks=(
        rules.changes_no_subject,
        rules.is_extended_enough,
        rules.moves_only_later,
        wording.correction_is_lawful,
    ),
    input=PublishCorrection,
    notice="correction",
    sentence=("{post}发布了更正公告", "{post} published a correction"),
    cites=(
        *every(Stage.SUBMISSION, "correction"),
        "correction.subject",
        "correction.medium",
        "correction.notify",
        "submission.secrecy",
    ),
    hint=(
        "更正公告在原媒体发布，并通知所有已获取采购文件的供应商：更正列入各供应商的待办，由其确认收到",
        "Published where the invitation was; every supplier that has the documents finds it in its worklist",
    ),
)
def publish_correction(
    case: Case,
    *,
    by: Any,
    now: datetime.datetime,
    item: str,
    before: str,
    after: str,
    affects_bids: bool,
    changes_subject_or_qualification: bool,
    new_submission_closes_at: datetime.datetime | None,
    new_supply_closes_at: datetime.datetime | None,
    document: Document | None,
) -> Correction:
    """Write the correction, the document's next version, and move the deadline with the opening."""
    solicitation = Solicitation.objects.get(case=case)
    submission = periods.planned(case, Stage.SUBMISSION)
    opening = periods.planned(case, method.follows(case, Stage.SUBMISSION))
    assert submission is not None and submission.closes_at is not None and opening is not None  # published cases have
    old_closes_at = submission.closes_at
    by_law = rules.extended_to(case, now=now) if affects_bids else None
    new_closes_at = new_submission_closes_at or by_law or old_closes_at
    correction = Correction.objects.create(
        case=case,
        number=Correction.objects.filter(case=case).count() + 1,
        item=item,
        before=before,
        after=after,
        affects_bids=affects_bids,
        old_closes_at=old_closes_at,
        new_closes_at=new_closes_at,
        at=now,
    )
    if new_closes_at != old_closes_at:
        # The later period first: at no moment do the two overlap.
        opening.opens_at = new_closes_at
        opening.save(update_fields=["opens_at"])
        submission.closes_at = new_closes_at
        submission.save(update_fields=["closes_at"])
    solicitation.revision += 1
    if new_supply_closes_at is not None:
        solicitation.supply_closes_at = new_supply_closes_at
    solicitation.save(update_fields=["revision", "supply_closes_at"])
    title = f"采购文件（第 {solicitation.revision} 版）"
    documents.attach(document, to=solicitation, title=title, kind="solicitation", by=by, now=now, is_public=True)
    return correction


@action(
    "correction.acknowledge",
    zh="确认收到更正",
    en="Acknowledge the correction",
    on=Correction,
    by={Role.SUPPLIER},
    at={Stage.INVITATION, Stage.SUBMISSION},
    needs=(bids.obtained_the_corrected_documents, bids.not_acknowledged),
    sentence=("{post}确认收到更正", "{post} acknowledged the correction"),
    is_public=False,
    secret=True,
    cites=("correction.notify", "submission.secrecy"),
    hint=(
        "请按更正后的采购文件编制投标文件；开标前任何人不会知道贵单位已确认",
        "Prepare the bid by the corrected documents; until the opening nobody learns that you acknowledged",
    ),
)
def acknowledge_correction(correction: Correction, *, by: Any, now: datetime.datetime) -> CorrectionReceipt:
    """The supplier has read what changed; until it says so the correction stays in its worklist."""
    return CorrectionReceipt.objects.create(correction=correction, supplier_id=by.organisation_id, received_at=now)
