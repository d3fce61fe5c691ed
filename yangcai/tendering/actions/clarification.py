"""What does a bid mean? The committee asks in writing; the bidder answers in writing, within what the bid says."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Stage
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input, MomentField, TextField
from yangcai.kernel.models import Document
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.inputs import AnswerField, pages
from yangcai.tendering.models import Clarification, ClarificationGround, OpenedBid, SignedAs
from yangcai.tendering.rules import clarification as rules
from yangcai.tendering.rules.committee import seats
from yangcai.tendering.rules.qualification import is_examined_now

#: Where a committee is at work on what the bids say; which of them examines, the method says.
AT_WORK = frozenset({Stage.QUALIFICATION, Stage.EVALUATION})
CHAIRED = (seats.sits, seats.chairs)


class AskClarification(Input):
    ground = forms.ChoiceField(label=_("澄清情形"), choices=ClarificationGround.choices)
    page = TextField(label=_("页码"), required=False, help_text=_("投标文件的页码，如 12 或者 12、15-18"))
    question = TextField(label=_("要求澄清的内容"), lines=5)
    answer_by = MomentField(label=_("答复期限"))

    def clean_page(self) -> str:
        return pages(self.cleaned_data["page"])


@action(
    "clarification.ask",
    zh="要求澄清",
    en="Ask for a clarification",
    on=OpenedBid,
    by={Role.EXPERT},
    at=AT_WORK,
    needs=(*CHAIRED, is_examined_now, rules.is_in, rules.nothing_scored),
    checks=(rules.time_to_answer, rules.asks_for_no_other_offer),
    input=AskClarification,
    sentence=("{post}书面要求一家投标人澄清", "{post} asked one bidder in writing to clarify its bid"),
    is_public=False,
    cites=("evaluation.clarification",),
    hint=(
        "只限含义不明确、同类问题表述不一致或者有明显文字和计算错误的内容；期满没有答复的，按投标文件原文评审",
        "Only what is unclear, inconsistent or evidently wrong; without an answer the bid is judged on what it says",
    ),
)
def ask_clarification(
    bid: OpenedBid, *, by: Post, now: datetime.datetime, answer_by: datetime.datetime, **asked: Any
) -> Clarification:
    """Only this bidder reads the question (87号令 art. 51)."""
    number = Clarification.objects.filter(opened_bid=bid).count() + 1
    return Clarification.objects.create(opened_bid=bid, number=number, asked_at=now, answer_by_at=answer_by, **asked)


class AnswerClarification(Input):
    answer = TextField(label=_("澄清、说明或者补正"), lines=8)
    signed_as = forms.ChoiceField(label=_("签署方式"), choices=SignedAs.choices)
    document = DocumentField(label=_("签章的书面答复"), required=False)

    def scope(self) -> None:
        """The bidder reads what it is asked where it answers."""
        if isinstance(self.subject, Clarification):
            asked = self.subject
            where = gettext("投标文件第 %(page)s 页") % {"page": asked.page} if asked.page else ""
            told = (asked.get_ground_display(), where, asked.question)
            self.fields["answer"].help_text = " · ".join(filter(None, told))


@action(
    "clarification.answer",
    zh="答复澄清",
    en="Answer the clarification",
    on=Clarification,
    by={Role.SUPPLIER},
    at=AT_WORK,
    needs=(rules.awaits_answer,),
    input=AnswerClarification,
    sentence=("{post}书面答复了澄清", "{post} answered the clarification in writing"),
    is_public=False,
    cites=("evaluation.clarification",),
    hint=(
        "加盖公章或者由法定代表人、授权代表签字；不得超出投标文件的范围，不得改变实质性内容；提交后不能更改",
        "Sealed or signed by who may sign; within the bid and without changing its substance; final once given",
    ),
)
def answer_clarification(
    asked: Clarification, *, by: Post, now: datetime.datetime, answer: str, signed_as: str, document: Document | None
) -> Clarification:
    """The answer stands beside the bid; nothing in the bid itself changes."""
    asked.answer, asked.signed_as, asked.answered_at = answer, signed_as, now
    asked.save(update_fields=["answer", "signed_as", "answered_at"])
    documents.attach(document, to=asked, title="书面澄清", kind="clarification", by=by, now=now)
    return asked


class DecideClarification(Input):
    is_accepted = AnswerField(
        label=_("认定"),
        yes=_("没有超出投标文件的范围，采纳"),
        no=_("超出范围或者改变实质性内容，不采纳，按投标文件原文评审"),
    )
    opinion = TextField(label=_("认定意见"), lines=3, required=False, help_text=_("不采纳的必填"))

    def scope(self) -> None:
        """The committee reads the answer where it judges it."""
        if isinstance(self.subject, Clarification):
            self.fields["is_accepted"].help_text = self.subject.answer


@action(
    "clarification.decide",
    zh="认定澄清",
    en="Decide on the clarification",
    on=Clarification,
    by={Role.EXPERT},
    at=AT_WORK,
    needs=(*CHAIRED, rules.awaits_decision),
    checks=(rules.disregard_has_reasons,),
    input=DecideClarification,
    sentence=("{post}认定了一项澄清", "{post} decided on a clarification"),
    is_public=False,
    cites=("evaluation.clarification",),
)
def decide_clarification(
    asked: Clarification, *, by: Post, now: datetime.datetime, is_accepted: bool, opinion: str
) -> Clarification:
    """Accepted it counts beside the bid; else the bid is judged on what it says, and is not invalid for that."""
    asked.is_accepted, asked.opinion, asked.decided_at = is_accepted, opinion, now
    asked.save(update_fields=["is_accepted", "opinion", "decided_at"])
    return asked
