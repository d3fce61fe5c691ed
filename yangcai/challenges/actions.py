"""What may a supplier ask, and who answers?"""

import datetime

from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.challenges import rules
from yangcai.challenges.models import Enquiry
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import Prequalification


class AskEnquiry(Input):
    question = TextField(label=_("询问内容"), lines=4, max_length=5000)


@action(
    "enquiry.ask",
    zh="提出询问",
    en="Ask an enquiry",
    on=Case,
    by={Role.SUPPLIER},
    needs=(rules.published,),
    input=AskEnquiry,
    sentence=("{post}提出了询问", "{post} asked an enquiry"),
    is_public=False,
    creates=True,
    cites=("enquiry.answer",),
    hint=("采购人或代理机构在法定期限内答复", "The buyer or its agent answers within the legal period"),
    despite_block=True,
)
def ask_enquiry(case: Case, *, by: Post, now: datetime.datetime, question: str) -> Enquiry:
    """A supplier may ask at any time (政府采购法 art. 51); seen only by those who answer."""
    return Enquiry.objects.create(case=case, supplier=by.organisation, question=question, asked_at=now)


@action(
    "prequalification.ask",
    zh="就资格预审提出询问",
    en="Ask about the prequalification",
    on=Prequalification,
    by={Role.SUPPLIER},
    needs=(rules.announced,),
    input=AskEnquiry,
    sentence=("{post}就资格预审提出了询问", "{post} asked an enquiry about the prequalification"),
    is_public=False,
    creates=True,
    cites=("enquiry.answer",),
    hint=("采购人或代理机构在法定期限内答复", "The buyer or its agent answers within the legal period"),
    despite_block=True,
)
def ask_about_prequalification(
    prequalification: Prequalification, *, by: Post, now: datetime.datetime, question: str
) -> Enquiry:
    """对政府采购活动事项有疑问 (政府采购法 art. 51): it begins with this notice, before the case is public."""
    return Enquiry.objects.create(
        case=prequalification.case,
        prequalification=prequalification,
        supplier=by.organisation,
        question=question,
        asked_at=now,
    )


class AnswerEnquiry(Input):
    answer = TextField(
        label=_("答复"),
        lines=6,
        max_length=5000,
        help_text=_("不得涉及商业秘密；需要澄清或者修改采购文件的，另行发布更正公告"),
    )


@action(
    "enquiry.answer",
    zh="答复询问",
    en="Answer an enquiry",
    on=Enquiry,
    by={Role.AGENT, Role.BUYER_OFFICER},
    needs=(rules.not_answered,),
    input=AnswerEnquiry,
    sentence=("{post}答复了询问", "{post} answered an enquiry"),
    is_public=False,
    cites=("enquiry.answer",),
    despite_block=True,
)
def answer_enquiry(enquiry: Enquiry, *, by: Post, now: datetime.datetime, answer: str) -> Enquiry:
    """The answer, within 3 working days (条例 art. 52)."""
    enquiry.answer, enquiry.answered_at = answer, now
    enquiry.save(update_fields=["answer", "answered_at"])
    return enquiry
