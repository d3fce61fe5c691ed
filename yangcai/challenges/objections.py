"""How does a supplier object, and how is it answered? 质疑: raised, completed, withdrawn, answered."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai import law
from yangcai.cases.models import Case
from yangcai.cases.rules import applicable
from yangcai.challenges import objection_rules as rules
from yangcai.challenges.models import Objection, ObjectionConsequence, ObjectionMatter
from yangcai.challenges.objection_windows import windows
from yangcai.kernel import calendar, documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, RowsField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.inputs import narrow
from yangcai.tendering.models import Prequalification, SignedAs

#: Of what was handed in with a letter, and with its answer.
EVIDENCE, AUTHORISATION, ANSWER = "objection_evidence", "objection_authorisation", "objection_answer"


class MatterRow(forms.Form):
    matter = TextField(label=_("质疑事项"), lines=3, max_length=2000)
    facts = TextField(label=_("事实依据"), lines=3, max_length=4000)
    legal_basis = TextField(label=_("法律依据"), lines=3, max_length=2000, required=False)


class RaiseObjection(Input):
    about = forms.ChoiceField(label=_("对什么提出质疑"))
    rows = RowsField(
        MatterRow, label=_("质疑事项"), min_rows=1, max_rows=20, blank=1, help_text=_("逐项写明，具体、明确")
    )
    requests = TextField(label=_("与质疑事项相关的请求"), lines=3, max_length=2000)
    evidence = DocumentField(label=_("证明材料"), required=False, help_text=_("多份材料合并为一个文件"))
    signed_as = forms.ChoiceField(label=_("签署方式"), choices=SignedAs.choices)
    authorisation = DocumentField(label=_("授权委托书"), required=False, help_text=_("由授权代表签署的必须提交"))
    contact = TextField(label=_("联系人"), max_length=50)
    phone = TextField(label=_("联系电话"), max_length=50)
    address = TextField(label=_("地址"), max_length=200)
    postcode = TextField(label=_("邮编"), max_length=10)

    def scope(self) -> None:
        """What may be objected to, each with its last day; one's own address is known."""
        if not isinstance(self.subject, Case | Prequalification) or self.by is None:
            return
        found = rules.open_to(self.subject, by=self.by, now=self.now)
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.choices = [
            (one.key, gettext("%(what)s，%(last)s 24:00 前") % {"what": one.title, "last": one.last_day or "—"})
            for one in sorted(found, key=lambda one: not one.is_open_at(self.now))
        ]
        if rules.wants_all_at_once(rules.case_of(self.subject)):
            about.help_text = gettext("采购文件要求一次性提出针对同一采购程序环节的质疑；全部事项写在同一份质疑函中")
        self.fields["address"].initial = self.by.organisation.address


@action(
    "objection.raise",
    zh="提出质疑",
    en="Raise an objection",
    on=Case,
    by={Role.SUPPLIER},
    needs=(rules.may_object_to_something,),
    checks=(rules.is_in_time, rules.raised_at_once, rules.representative_is_authorised),
    input=RaiseObjection,
    sentence=("{post}提出了质疑", "{post} raised an objection"),
    is_public=False,
    creates=True,
    cites=("objection.file", "objection.who", "objection.anchor", "objection.letter", "objection.once"),
    hint=(
        "采购人或者代理机构在法定期限内书面答复；答复之前可以撤回。对答复不满意的，可以向财政部门投诉",
        "The buyer or its agent answers in writing within the legal time; until then it may be withdrawn. Against the"
        " answer one may complain to the treasury",
    ),
    despite_block=True,
)
def raise_objection(
    case: Case,
    *,
    by: Post,
    now: datetime.datetime,
    about: str,
    rows: list[dict[str, Any]],
    evidence: Document | None,
    authorisation: Document | None,
    **letter: Any,
) -> Objection:
    """The letter with everything that 财政部令第94号 art. 12 wants in it; received at once, so that its time runs."""
    return _received(case, by=by, now=now, about=about, rows=rows, papers=(evidence, authorisation), **letter)


@action(
    "prequalification.object",
    zh="对资格预审提出质疑",
    en="Object to the prequalification",
    on=Prequalification,
    by={Role.SUPPLIER},
    only=(rules.was_told_here,),
    needs=(rules.may_object_to_something,),
    checks=(rules.is_in_time, rules.raised_at_once, rules.representative_is_authorised),
    input=RaiseObjection,
    sentence=("{post}对资格预审提出了质疑", "{post} objected to the prequalification"),
    is_public=False,
    creates=True,
    cites=("objection.file", "objection.who", "objection.anchor", "objection.letter", "objection.once"),
    hint=(
        "投标邀请发出之前也可以提出；采购人或者代理机构在法定期限内书面答复，答复之前可以撤回",
        "Also before the invitation is out; the buyer or its agent answers in writing within the legal time, and until"
        " then it may be withdrawn",
    ),
    despite_block=True,
)
def object_to_prequalification(
    prequalification: Prequalification,
    *,
    by: Post,
    now: datetime.datetime,
    about: str,
    rows: list[dict[str, Any]],
    evidence: Document | None,
    authorisation: Document | None,
    **letter: Any,
) -> Objection:
    """Its time runs from the day on which the applicants are told (条例 art. 53(2)), and may be over before the
    invitation makes the case itself public."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=prequalification.case_id)
    return _received(case, by=by, now=now, about=about, rows=rows, papers=(evidence, authorisation), **letter)


def _received(
    case: Case,
    *,
    by: Post,
    now: datetime.datetime,
    about: str,
    rows: list[dict[str, Any]],
    papers: tuple[Document | None, Document | None],
    **letter: Any,
) -> Objection:
    evidence, authorisation = papers
    chosen = next(one for one in windows(case, by.organisation_id, now=now) if one.key == about)
    objection = Objection.objects.create(
        case=case,
        number=f"{case.number}-质{Objection.objects.filter(case=case).count() + 1}",
        supplier=by.organisation,
        target=chosen.target,
        lot=chosen.lot,
        stage=chosen.stage,
        known_on=chosen.since,
        received_at=now,
        **letter,
    )
    ObjectionMatter.objects.bulk_create(
        [ObjectionMatter(objection=objection, number=n, **row) for n, row in enumerate(rows, start=1)]
    )
    documents.attach(evidence, to=objection, title="质疑证明材料", kind=EVIDENCE, by=by, now=now)
    documents.attach(authorisation, to=objection, title="授权委托书", kind=AUTHORISATION, by=by, now=now)
    return objection


class AskCompletion(Input):
    missing = TextField(label=_("需要补正的事项"), lines=4, max_length=2000, help_text=_("一次性告知全部事项"))


@action(
    "objection.ask_completion",
    zh="告知补正质疑函",
    en="Ask to complete an objection",
    on=Objection,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.is_open, rules.completion_not_asked),
    input=AskCompletion,
    sentence=("{post}告知质疑供应商补正质疑函", "{post} asked for an objection to be completed"),
    is_public=False,
    cites=("objection.completion", "objection.letter"),
    hint=(
        "不得因此拒收；答复期限照常计算",
        "The letter is not turned away for it, and the time for the answer runs on",
    ),
    despite_block=True,
)
def ask_completion(objection: Objection, *, by: Post, now: datetime.datetime, missing: str) -> None:
    """What the letter lacks, told once."""
    objection.completion_asked, objection.completion_asked_at = missing, now
    objection.save(update_fields=["completion_asked", "completion_asked_at"])


class CompleteObjection(Input):
    completion = TextField(label=_("补正内容"), lines=5, max_length=4000)
    evidence = DocumentField(label=_("补充的证明材料"), required=False)

    def scope(self) -> None:
        if isinstance(self.subject, Objection):
            self.fields["completion"].help_text = self.subject.completion_asked


@action(
    "objection.complete",
    zh="补正质疑函",
    en="Complete an objection",
    on=Objection,
    by={Role.SUPPLIER},
    needs=(rules.is_open, rules.completion_is_asked),
    input=CompleteObjection,
    sentence=("{post}补正了质疑函", "{post} completed an objection"),
    is_public=False,
    cites=("objection.completion", "objection.letter"),
    despite_block=True,
)
def complete_objection(
    objection: Objection, *, by: Post, now: datetime.datetime, completion: str, evidence: Document | None
) -> None:
    """What was missing; the letter itself stays as it came."""
    objection.completion, objection.completed_at = completion, now
    objection.save(update_fields=["completion", "completed_at"])
    documents.attach(evidence, to=objection, title="质疑补充证明材料", kind=EVIDENCE, by=by, now=now)


class WithdrawObjection(Input):
    reason = TextField(label=_("撤回理由"), lines=2, max_length=1000, required=False)


@action(
    "objection.withdraw",
    zh="撤回质疑",
    en="Withdraw an objection",
    on=Objection,
    by={Role.SUPPLIER},
    needs=(rules.is_open,),
    input=WithdrawObjection,
    sentence=("{post}撤回了质疑", "{post} withdrew an objection"),
    is_public=False,
    cites=("objection.withdrawal",),
    hint=(
        "撤回后不再答复，也不能就此投诉；仍在期限内的可以另行提出",
        "It is not answered any more and cannot be complained about; while the time runs another may be raised",
    ),
    despite_block=True,
    dangerous=True,
)
def withdraw_objection(objection: Objection, *, by: Post, now: datetime.datetime, reason: str) -> None:
    """Before it is answered, by whoever raised it."""
    objection.withdrawal_reason, objection.withdrawn_at = reason, now
    objection.save(update_fields=["withdrawal_reason", "withdrawn_at"])


class FindHarmless(Input):
    reason = TextField(label=_("不影响结果的理由"), lines=4, max_length=2000)


@action(
    "objection.find_harmless",
    zh="认定质疑事项不影响结果",
    en="State that an objection cannot affect the result",
    on=Objection,
    by={Role.BUYER_OFFICER},
    needs=(rules.is_open, rules.not_found_harmless),
    input=FindHarmless,
    sentence=("{post}认定一件质疑不影响结果", "{post} stated that an objection cannot affect the result"),
    is_public=False,
    cites=("objection.signing",),
    hint=(
        "认定后合同可以签订；质疑仍须在法定期限内答复",
        "Then the contract may be signed; the objection is answered in its time all the same",
    ),
)
def find_harmless(objection: Objection, *, by: Post, now: datetime.datetime, reason: str) -> None:
    """The buyer's own judgement, with its reason (条例 art. 54)."""
    objection.harmless_reason, objection.harmless_at = reason, now
    objection.save(update_fields=["harmless_reason", "harmless_at"])


class AnswerRow(forms.Form):
    matter = forms.IntegerField(label=_("质疑事项"))
    is_founded = forms.ChoiceField(label=_("认定"), choices=[("false", _("不成立")), ("true", _("成立"))])
    answer = TextField(
        label=_("答复内容"), widget=forms.Textarea(attrs={"rows": 4, "lang": "zh-Hans"}), max_length=4000
    )  # the letter is Chinese, and so is its frame
    answer_facts = TextField(label=_("事实依据"), lines=3, max_length=4000)
    answer_basis = TextField(label=_("法律依据"), lines=2, max_length=2000)

    def clean_is_founded(self) -> bool:
        return bool(self.cleaned_data["is_founded"] == "true")


class AnswerObjection(Input):
    rows = RowsField(
        AnswerRow, label=_("逐项答复"), min_rows=1, max_rows=20, blank=0, help_text=_("答复的内容不得涉及商业秘密")
    )
    consequence = forms.ChoiceField(label=_("处理结果"), choices=ObjectionConsequence.choices)
    explanation = TextField(label=_("处理结果的说明"), lines=3, max_length=4000, required=False)
    document = DocumentField(label=_("签章的书面答复"), required=False)

    def scope(self) -> None:
        """The frame of the answer: a row for each matter, begun; and what may follow from what was objected to."""
        if not isinstance(self.subject, Objection):
            return
        matters = list(self.subject.matters.order_by("number"))
        narrow(self.fields["rows"], matter=[(one.pk, str(one)) for one in matters])
        self.fields["rows"].initial = [
            {"matter": one.pk, "is_founded": "false", "answer": "经核查，", "answer_facts": "", "answer_basis": ""}
            for one in matters
        ]


@action(
    "objection.answer",
    zh="答复质疑",
    en="Answer an objection",
    on=Objection,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.is_open,),
    checks=(rules.every_matter_is_answered, rules.consequence_follows),
    input=AnswerObjection,
    sentence=("{post}书面答复了质疑", "{post} answered an objection in writing"),
    is_public=False,
    cites=("objection.answer", "objection.answer_content", "objection.outcome", "complaint.file"),
    hint=(
        "提交后即送达质疑供应商和其他有关供应商，答复不能更改",
        "It goes to whoever objected and to the other suppliers concerned at once, and is not changed any more",
    ),
    despite_block=True,
)
def answer_objection(
    objection: Objection,
    *,
    by: Post,
    now: datetime.datetime,
    rows: list[dict[str, Any]],
    consequence: str,
    explanation: str,
    document: Document | None,
) -> Objection:
    """The answer with all that 财政部令第94号 art. 15 wants in it, and the last day for a complaint."""
    for row in rows:
        ObjectionMatter.objects.filter(pk=row["matter"], objection=objection).update(
            is_founded=row["is_founded"],
            answer=row["answer"],
            answer_facts=row["answer_facts"],
            answer_basis=row["answer_basis"],
        )
    objection.consequence, objection.explanation = consequence, explanation
    objection.answered_by, objection.answered_at = by.organisation, now
    until = complaint_ends(objection, now=now)
    objection.complaint_until = calendar.day_of(until - datetime.timedelta(microseconds=1)) if until else None
    objection.save(update_fields=["consequence", "explanation", "answered_by", "answered_at", "complaint_until"])
    documents.attach(document, to=objection, title="签章的质疑答复", kind=ANSWER, by=by, now=now)
    return objection


def answer_due(objection: Objection, *, now: datetime.datetime) -> datetime.datetime | None:
    """From when the answer is late (政府采购法 art. 53); None past the known calendar."""
    return law.due_at("C29", since=objection.received_at, **applicable(objection.case, now=now))


def complaint_ends(objection: Objection, *, now: datetime.datetime) -> datetime.datetime | None:
    """From when it is too late to complain: counted from the end of the time for the answer, whenever it was answered
    (政府采购法 art. 55); None past the known calendar."""
    due = answer_due(objection, now=now)
    if due is None:
        return None
    last = calendar.day_of(due - datetime.timedelta(microseconds=1))
    return law.due_at("C30", since=last, **applicable(objection.case, now=now))
