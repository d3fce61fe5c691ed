"""How are suppliers qualified before a tender? The file, its notice, corrections, the examination, and the list."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case, Stage
from yangcai.cases.rules import applicable, runs_the_case
from yangcai.kernel import calendar, documents, tasks
from yangcai.kernel.actions import action
from yangcai.kernel.calendar import SHANGHAI, HorizonError
from yangcai.kernel.inputs import DateField, DocumentField, Input, MomentField, RowsField, TextField
from yangcai.kernel.models import Attachment, Document
from yangcai.parties.roles import Role
from yangcai.procedures import engine
from yangcai.tendering import findings, prequalified
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import (
    ApplicationFinding,
    Invitee,
    InviteeSource,
    Prequalification,
    PrequalificationClause,
    PrequalificationCorrection,
    Solicitation,
)
from yangcai.tendering.rules.outages import applications_are_closed_for_good
from yangcai.tendering.rules.prequalification import applications, examination, file, its_case, notice, qualified
from yangcai.tendering.rules.suppliers import not_drawn_yet

RUNNERS = frozenset({Role.AGENT, Role.BUYER_OFFICER})
#: What the form proposes; the law says only how many days.
CLOSES = datetime.time(17, 30)
CREDIT_CHECK = (
    "通过“信用中国”和中国政府采购网查询，截止时点为资格预审日；查询记录随采购文件保存；列入失信名单的，资格预审不合格"
)
MATERIALS = "营业执照、财务状况、纳税和社会保障缴纳证明、无重大违法记录声明，以及证明符合特定资格要求的材料"
STANDARD = "按公告的资格要求逐项审查，全部符合的为合格"


class DraftPrequalification(Input):
    requirement = TextField(label=_("采购需求"), lines=6)
    standard = TextField(label=_("资格审核标准和方法"), lines=4, initial=STANDARD)
    materials = TextField(label=_("申请文件的内容和格式"), lines=4, initial=MATERIALS)
    credit_check = TextField(label=_("信用信息查询渠道、截止时点和使用规则"), lines=3, initial=CREDIT_CHECK)
    draws = forms.IntegerField(
        label=_("随机抽取家数"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("从合格供应商中随机抽取的家数；不填时邀请全部合格供应商"),
    )
    document = DocumentField(label=_("资格预审文件正文"), required=False)

    def scope(self) -> None:
        """As far as it is written: the draft, else what the tender file says."""
        if not isinstance(self.subject, Case):
            return
        drafted = Prequalification.objects.filter(case=self.subject, opens_at__isnull=True).first()
        source: Any = drafted or Solicitation.objects.filter(case=self.subject).first()
        names = self.fields if drafted else ("requirement",)
        self.initial.update({name: value for name in names if (value := getattr(source, name, None))})


@action(
    "prequalification.draft",
    zh="编制资格预审文件",
    en="Draft the prequalification file",
    on=Case,
    by=RUNNERS,
    at={Stage.PREPARATION},
    only=(file.is_by_prequalification,),
    needs=(
        runs_the_case,
        file.announces_its_conditions,
        file.none_is_announced,
        not_drawn_yet,
    ),
    checks=(file.draws_lawfully,),
    input=DraftPrequalification,
    creates=True,
    sentence=("{post}编制了资格预审文件", "{post} drafted the prequalification file"),
    is_public=False,
    cites=("prequalification.file", "prequalification.examined", "prequalification.supplied_to_all"),
    hint=(
        "资格要求取自采购文件，随公告固定；修改后须由采购人审核岗重新确认",
        "The conditions are those of the tender file and are fixed by the notice; a change is confirmed again",
    ),
)
def draft_prequalification(
    case: Case, *, by: Any, now: datetime.datetime, document: Document | None, **terms: Any
) -> Prequalification:
    """Write or rewrite the file of the next round (87号令 art. 21)."""
    file = Solicitation.objects.get(case=case)
    held = Prequalification.objects.filter(case=case, opens_at__isnull=False).count()
    drafted, _made = Prequalification.objects.update_or_create(
        case=case,
        round=held + 1,
        defaults={
            **terms,
            "title": case.title,
            "accepts_consortium": file.accepts_consortium,
            "confirmed_at": None,
            "drafted_at": now,
        },
    )
    if document is not None:
        Attachment.objects.filter(root=drafted.ref, kind="prequalification").delete()
        documents.attach(document, to=drafted, title="资格预审文件", kind="prequalification", by=by, now=now)
    return drafted


@action(
    "prequalification.confirm",
    zh="确认资格预审文件",
    en="Confirm the prequalification file",
    on=Prequalification,
    by={Role.BUYER_REVIEWER},
    needs=(its_case.case_is_prepared, file.is_drafted, file.is_not_confirmed),
    not_same_person_as=("prequalification.draft",),
    sentence=("{post}确认了资格预审文件", "{post} confirmed the prequalification file"),
    is_public=False,
    cites=("prequalification.file", "agent.agreement", "control.separation"),
)
def confirm_prequalification(prequalification: Prequalification, *, by: Any, now: datetime.datetime) -> None:
    """The buyer stands for the file: after this its notice can go out."""
    prequalification.confirmed_at = now
    prequalification.save(update_fields=["confirmed_at"])


class PublishPrequalification(Input):
    supply_closes_at = MomentField(label=_("资格预审文件提供截止时间"))
    closes_at = MomentField(label=_("资格预审申请截止时间"))
    examined_on = DateField(label=_("资格预审日期"))
    place = TextField(label=_("提交申请文件的地点"), required=False, help_text=_("不填时为本平台在线提交"))

    def scope(self) -> None:
        """Propose the earliest times that keep every shortest period in full."""
        if not isinstance(self.subject, Prequalification) or self.now is None:
            return
        case = self.subject.case
        try:
            last = engine.window(
                "prequalification.window",
                start=self.now,
                region=case.jurisdiction,
                **applicable(case, now=self.now),
            ).strict_on
            examined = calendar.add_working_days(last, 1, region=case.jurisdiction)
        except (HorizonError, LookupError):
            return  # past the known calendar nothing is proposed; the check says so
        closes = datetime.datetime.combine(last, CLOSES, SHANGHAI)
        self.initial.update(supply_closes_at=closes, closes_at=closes, examined_on=examined)


@action(
    "prequalification.publish",
    zh="发布资格预审公告",
    en="Publish the prequalification notice",
    on=Prequalification,
    by=RUNNERS,
    needs=(
        its_case.case_is_prepared,
        its_case.runs_its_case,
        its_case.its_case_has_its_agent,
        file.is_drafted,
        file.is_confirmed,
        its_case.its_case_is_funded,
        its_case.its_intention_precedes,
    ),
    checks=(notice.lasts_long_enough, notice.times_are_in_order),
    input=PublishPrequalification,
    notice="prequalification",
    sentence=("{post}发布了资格预审公告", "{post} published the prequalification notice"),
    cites=(
        "prequalification.content",
        "prequalification.window",
        "prequalification.supply",
        "prequalification.notice",
        "prequalification.file",
    ),
    hint=(
        "公告发布后资格条件即固定，任何供应商都可以免费获取资格预审文件并提交申请",
        "The notice fixes the conditions; any supplier gets the file free of charge and may apply",
    ),
)
def publish_prequalification(
    prequalification: Prequalification,
    *,
    by: Any,
    now: datetime.datetime,
    supply_closes_at: datetime.datetime,
    closes_at: datetime.datetime,
    examined_on: datetime.date,
    place: str,
) -> None:
    """Fix the conditions, and let everybody see the file and apply."""
    PrequalificationClause.objects.bulk_create(
        PrequalificationClause(
            prequalification=prequalification,
            number=number,
            text=clause.text,
            lot=clause.lot.number if clause.lot else "",
            is_statutory=clause.is_statutory,
        )
        for number, clause in enumerate(file.conditions(prequalification.case), start=1)
    )
    prequalification.opens_at, prequalification.closes_at = now, closes_at
    prequalification.supply_closes_at, prequalification.examined_on = supply_closes_at, examined_on
    prequalification.place = place
    prequalification.save(update_fields=["opens_at", "closes_at", "supply_closes_at", "examined_on", "place"])
    Attachment.objects.filter(root=prequalification.ref, kind="prequalification").update(is_public=True)
    tasks.refresh(prequalification.case, now=now)


class CorrectPrequalification(Input):
    item = TextField(label=_("更正事项"))
    before = TextField(label=_("更正前"), lines=4, required=False)
    after = TextField(label=_("更正后"), lines=4)
    affects_applications = forms.BooleanField(
        label=_("可能影响申请文件编制"),
        required=False,
        initial=True,
        help_text=_("距申请截止不足法定时间、又未填写新的截止时间的，自动顺延至最早的合法工作日"),
    )
    changes_subject_or_conditions = forms.BooleanField(
        label=_("改变采购标的或者资格条件"), required=False, help_text=_("更正不得改变；确需改变的须重新采购")
    )
    new_closes_at = MomentField(label=_("新的资格预审申请截止时间"), required=False)


@action(
    "prequalification.correct",
    zh="更正资格预审文件",
    en="Correct the prequalification file",
    on=Prequalification,
    by=RUNNERS,
    needs=(its_case.case_is_prepared, its_case.runs_its_case, applications.takes_applications),
    checks=(notice.changes_no_condition, notice.is_extended_enough, notice.moves_only_later),
    input=CorrectPrequalification,
    notice="prequalification_correction",
    sentence=("{post}更正了资格预审文件", "{post} corrected the prequalification file"),
    cites=("correction.prequalification", "correction.subject", "correction.medium"),
    hint=(
        "更正在原媒体公告；已提交申请的供应商可以撤回后重新提交",
        "Published where the notice was; whoever has applied may withdraw and apply again",
    ),
)
def correct_prequalification(
    prequalification: Prequalification,
    *,
    by: Any,
    now: datetime.datetime,
    item: str,
    before: str,
    after: str,
    affects_applications: bool,
    changes_subject_or_conditions: bool,
    new_closes_at: datetime.datetime | None,
) -> PrequalificationCorrection:
    """Write what changed, and move the deadline as far as the law wants (87号令 art. 27)."""
    old = prequalification.closes_at
    assert old is not None  # published ones have
    new = new_closes_at or (notice.extended_to(prequalification, now=now) if affects_applications else None) or old
    correction = PrequalificationCorrection.objects.create(
        prequalification=prequalification,
        number=prequalification.corrections.count() + 1,
        item=item,
        before=before,
        after=after,
        affects_applications=affects_applications,
        old_closes_at=old,
        new_closes_at=new,
        at=now,
    )
    prequalification.closes_at, prequalification.revision = new, prequalification.revision + 1
    assert prequalification.examined_on is not None
    prequalification.examined_on = max(prequalification.examined_on, timezone.localdate(new))
    prequalification.save(update_fields=["closes_at", "examined_on", "revision"])
    return correction


class ExaminationRow(findings.Conclusion):
    application = forms.IntegerField(label=_("申请人"))
    clause = forms.IntegerField(label=_("资格要求"))
    passed = forms.BooleanField(label=_("通过"), required=False)
    reason = TextField(label=_("不通过的理由"), required=False)
    page = TextField(label=_("页码"), required=False, max_length=60)


class RecordExamination(Input):
    """Rows of application × condition; the form lists every pair, with what has been found so far."""

    rows = RowsField(ExaminationRow, label=_("审查结论"), min_rows=1, max_rows=5000, blank=0)

    def scope(self) -> None:
        if not isinstance(self.subject, Prequalification) or self.now is None:
            return
        if not examination.lies_open(self.subject, now=self.now):
            return  # the form would tell who has applied
        received, clauses = applications.live(self.subject), examination.examined(self.subject)
        narrow(
            self.fields["rows"],
            application=[(one.pk, one.supplier.name) for one in received],
            clause=[(clause.pk, clause.text) for clause in clauses],
        )
        found = {
            (finding.application_id, finding.clause_id): finding
            for finding in ApplicationFinding.objects.filter(application__in=received)
        }
        pairs = [(one.pk, clause.pk) for one in received for clause in clauses]
        self.fields["rows"].initial = findings.so_far("application", pairs, found=found)


@action(
    "prequalification.record",
    zh="记录资格预审",
    en="Record the prequalification",
    on=Prequalification,
    by=RUNNERS,
    needs=(
        its_case.case_is_prepared,
        its_case.runs_its_case,
        examination.deadline_is_past,
        applications_are_closed_for_good,
        examination.is_not_concluded,
        examination.somebody_applied,
    ),
    checks=(examination.one_finding_per_pair,),
    input=RecordExamination,
    sentence=("{post}记录了资格预审结论", "{post} recorded the prequalification"),
    is_public=False,
    cites=("prequalification.examined", "qualification.conditions", "qualification.credit_check"),
    hint=(
        "只按公告的资格要求逐家逐项审查；被列入失信名单的供应商由系统自动认定为不合格",
        "By the announced conditions alone, one by one; the credit lists are looked up by the platform",
    ),
)
def record_examination(
    prequalification: Prequalification, *, by: Any, now: datetime.datetime, rows: list[dict[str, Any]]
) -> None:
    """Keep the last finding of each pair until the prequalification is concluded."""
    findings.write_findings(ApplicationFinding, rows, application="application", now=now)


@action(
    "prequalification.conclude",
    zh="完成资格预审",
    en="Conclude the prequalification",
    on=Prequalification,
    by=RUNNERS,
    needs=(
        its_case.case_is_prepared,
        its_case.runs_its_case,
        examination.deadline_is_past,
        applications_are_closed_for_good,
        examination.is_not_concluded,
        examination.everything_is_examined,
    ),
    sentence=("{post}完成了资格预审", "{post} concluded the prequalification"),
    cites=("prequalification.examined", "prequalification.supplied_to_all", "prequalification.too_few"),
    hint=(
        "结果只告知各申请人本单位的结论和理由；合格的列入邀请名单，不足法定家数的须重新组织资格预审或者终止",
        "Each applicant is told its own result; the qualified become the list, and with too few another round is held",
    ),
)
def conclude_prequalification(prequalification: Prequalification, *, by: Any, now: datetime.datetime) -> None:
    """Tell each applicant its own result. Enough qualified become the list of those to be invited: all of them, or as
    the pool from which the file's number is drawn (87号令 art. 14, 18)."""
    for application in applications.live(prequalification):
        application.reason = examination.why_not(application, now=now)
        application.is_qualified, application.told_at = not application.reason, now
        application.save(update_fields=["is_qualified", "reason", "told_at"])
    prequalification.concluded_at = now
    prequalification.save(update_fields=["concluded_at"])
    if qualified.enough_came_through(prequalification, now=now):
        _list(prequalification)
    tasks.refresh(prequalification.case, now=now)


def _list(prequalification: Prequalification) -> None:
    """Whoever is qualified; nobody is drawn where the file draws no fewer than there are."""
    listed = prequalified.qualified(prequalification)
    drawn = prequalification.draws is not None and len(listed) > prequalification.draws
    Invitee.objects.filter(case=prequalification.case).delete()
    Invitee.objects.bulk_create(
        Invitee(
            case=prequalification.case,
            supplier=application.supplier,
            source=InviteeSource.PREQUALIFIED,
            reason="资格预审合格",
            is_chosen=not drawn,
        )
        for application in listed
    )


#: What is done to a case and changes what is due in its prequalification: who runs it, what its file says, whether it
#: stands still, and that the preparation is over.
CONCERNING = (
    "agent.appoint",
    "solicitation.draft",
    "clauses.define",
    "lots.define",
    "case.suspend",
    "case.resume",
    "case.terminate",
    "invitation.publish",
)


def keep_its_tasks(case: Case, *, by: Any, now: datetime.datetime) -> None:
    """The prequalification is a root of its own: nobody else looks at its tasks when its case changes."""
    for one in Prequalification.objects.filter(case=case):
        tasks.refresh(one, now=now)
