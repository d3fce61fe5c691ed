"""How does a supplier apply to be qualified beforehand, and say that its status has changed since?"""

import datetime
import secrets
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.credit.commitments import in_force_at
from yangcai.kernel import documents, tasks
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, PrivateFile, PrivateFilesField, TextField
from yangcai.kernel.models import Task
from yangcai.parties.roles import Role
from yangcai.tendering import prequalified
from yangcai.tendering.actions.prequalification import RUNNERS
from yangcai.tendering.inputs import AnswerField
from yangcai.tendering.models import (
    Invitee,
    Prequalification,
    PrequalificationApplication,
    StatusChange,
    SupplierDraw,
)
from yangcai.tendering.rules.bids import is_not_debarred
from yangcai.tendering.rules.prequalification import applications, changes, its_case


class ApplyForPrequalification(Input):
    depends: ClassVar[dict[str, Any]] = {"attachments": _("已签署信用承诺的，可以不上传")}

    statement = TextField(label=_("资格声明"), lines=6, max_length=5000, help_text=_("逐项说明如何符合公告的资格要求"))
    attachments = PrivateFilesField(
        label=_("资格预审申请文件"), max_files=20, help_text=_("申请截止前只有贵单位可以读取")
    )
    commitment = forms.BooleanField(label=_("我单位承诺符合政府采购法第二十二条规定的条件，申请内容真实"))

    def scope(self) -> None:
        """A commitment that is in force stands for the papers of the statutory conditions: nothing has to be uploaded
        for them, and the examiners see it beside the application."""
        if self.by is None or self.now is None:
            return
        if in_force_at([self.by.organisation_id], at=self.now).exists():
            files = self.fields["attachments"]
            files.required = False
            files.help_text = _(
                "贵单位的信用承诺有效，审查时一并显示，代替财务状况、设备和专业技术能力、纳税和社会保障的证明材料；"
                "只需上传公告另行要求的资质证书"
            )


@action(
    "prequalification.apply",
    zh="提交资格预审申请",
    en="Apply for prequalification",
    on=Prequalification,
    by={Role.SUPPLIER},
    needs=(
        its_case.case_is_prepared,
        applications.takes_applications,
        applications.has_not_applied,
        is_not_debarred,
    ),
    input=ApplyForPrequalification,
    sentence=("{post}提交了资格预审申请", "{post} applied for prequalification"),
    is_public=False,
    secret=True,
    cites=("prequalification.content", "prequalification.window", "submission.secrecy"),
    hint=(
        "提交后出具回执；截止前可以撤回后重新提交，任何人不会知道贵单位提交了申请",
        "Acknowledged with a receipt; until the deadline you may withdraw and apply again, and nobody learns of it",
    ),
)
def apply_for_prequalification(
    prequalification: Prequalification,
    *,
    by: Any,
    now: datetime.datetime,
    statement: str,
    attachments: list[PrivateFile],
    commitment: bool,
) -> PrequalificationApplication:
    """Keep the application; the database stamps when it came in, and refuses it after the deadline."""
    application = PrequalificationApplication.objects.create(
        prequalification=prequalification,
        supplier_id=by.organisation_id,
        statement=statement,
        # A counter would tell how many have applied.
        receipt=f"YS{timezone.localdate(now):%Y%m%d}-{secrets.token_hex(6).upper()}",
        submitted_by=by,
        submitted_at=models.Func(function="yangcai_now", output_field=models.DateTimeField()),
    )
    application.refresh_from_db(fields=["submitted_at"])
    for file in attachments:
        stored = documents.store_bytes(data=file.content, name=file.name)
        documents.attach(stored, to=application, title=file.name, kind="prequalification_application", by=by, now=now)
    return application


@action(
    "prequalification.withdraw",
    zh="撤回资格预审申请",
    en="Withdraw the application",
    on=PrequalificationApplication,
    by={Role.SUPPLIER},
    needs=(its_case.case_is_prepared, applications.takes_applications, applications.is_live),
    sentence=("{post}撤回了资格预审申请", "{post} withdrew its application"),
    is_public=False,
    secret=True,
    cites=("prequalification.content", "submission.secrecy"),
    hint=("截止前可以重新提交", "Until the deadline you may apply again"),
    dangerous=True,
)
def withdraw_application(
    application: PrequalificationApplication, *, by: Any, now: datetime.datetime
) -> PrequalificationApplication:
    """The application is out; nobody but its supplier ever reads it."""
    application.withdrawn_at = now
    application.save(update_fields=["withdrawn_at"])
    return application


class ReportChange(Input):
    content = TextField(label=_("变化情况"), lines=4, max_length=5000)


@action(
    "prequalification.report_change",
    zh="报告资格变化",
    en="Report a change of status",
    on=PrequalificationApplication,
    by={Role.SUPPLIER},
    needs=(changes.was_qualified, changes.tender_goes_on, changes.nothing_is_open),
    input=ReportChange,
    sentence=("{post}报告了资格变化", "{post} reported a change of its status"),
    is_public=False,
    cites=("prequalification.change",),
    hint=(
        "资格预审合格后资格发生变化的，应当通知采购人和采购代理机构；不通知的，处以罚款并列入不良行为记录，中标无效",
        "A qualified supplier whose status changes must say so; silence is fined and voids an award",
    ),
)
def report_change(
    application: PrequalificationApplication, *, by: Any, now: datetime.datetime, content: str
) -> StatusChange:
    """The buyer and its agent are told, and look at it before anybody goes on (条例 art. 21)."""
    return StatusChange.objects.create(application=application, content=content, reported_at=now)


class DecideChange(Input):
    still_qualified = AnswerField(label=_("审查结论"), yes=_("仍然符合资格条件"), no=_("不再符合资格条件"))
    opinion = TextField(label=_("审查意见"), lines=4)


@action(
    "prequalification.decide_change",
    zh="审查资格变化",
    en="Examine a change of status",
    on=StatusChange,
    by=RUNNERS,
    needs=(its_case.runs_its_case, changes.is_undecided),
    input=DecideChange,
    sentence=("{post}审查了资格变化", "{post} examined a change of status"),
    is_public=False,
    cites=("prequalification.change", "prequalification.examined"),
    hint=(
        "按资格预审文件载明的标准审查；不再符合的，不得参加投标，已经投标的按资格审查不合格处理",
        "By the standard of the prequalification file; who is qualified no longer does not bid, and its bid is out",
    ),
)
def decide_change(
    change: StatusChange, *, by: Any, now: datetime.datetime, still_qualified: bool, opinion: str
) -> None:
    """Who is qualified no longer is told why; it leaves the list, or its bid fails the qualification check."""
    change.still_qualified, change.opinion, change.decided_at = still_qualified, opinion, now
    change.save(update_fields=["still_qualified", "opinion", "decided_at"])
    case = change.root.case
    counts = change.application.prequalification == prequalified.latest(case)
    if not still_qualified and counts and case.published_at is None:
        leave_the_list(change)
    # A buyer's time that ran out meanwhile decided nothing (award.deem waited): it runs out again at the next tick.
    Task.objects.filter(root=case.ref, action="award.determine", done_at__isnull=True).update(fired_at=None)
    tasks.refresh(case, now=now)


def leave_the_list(change: StatusChange) -> None:
    """Before the invitations go out: nobody is drawn any more where the file draws no fewer than are left, and the next
    in the order of a draw takes the place of one who was drawn."""
    case, listed = change.root.case, Invitee.objects.filter(case=change.root.case, invited_at__isnull=True)
    gone = listed.filter(supplier_id=change.application.supplier_id)
    draw = SupplierDraw.objects.filter(case=case).first()
    if draw is None:
        gone.delete()
        if change.root.draws is None or listed.count() <= change.root.draws:
            listed.update(is_chosen=True)
        return
    gone.update(is_chosen=False)
    lost = prequalified.lost(case)
    left = listed.exclude(supplier_id__in=lost).order_by("drawn_rank").values_list("pk", flat=True)
    listed.filter(pk__in=list(left[: draw.wanted])).update(is_chosen=True)
