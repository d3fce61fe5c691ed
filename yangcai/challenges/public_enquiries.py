"""What may anybody ask on the portal, who answers, and what becomes of their contact?"""

import datetime

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from yangcai.cases.models import Case
from yangcai.challenges import contact as contacts
from yangcai.challenges import public_enquiry_rules as rules
from yangcai.challenges.models import Asker, EnquiryContact, PublicEnquiry
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import Input, TextField
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role


class ReceiveEnquiry(Input):
    case = forms.ModelChoiceField(label=_("采购项目"), queryset=Case.objects.none(), required=False)
    asker = forms.ChoiceField(label=_("您是"), choices=Asker.choices, widget=forms.RadioSelect)
    title = TextField(label=_("主题"), max_length=60)
    question = TextField(
        label=_("询问内容"),
        lines=6,
        max_length=2000,
        help_text=_("请不要写姓名、证件号码等个人信息；只有答复单位看得到"),
    )
    contact = TextField(
        label=_("联系方式"),
        max_length=100,
        required=False,
        help_text=_("电话或者邮箱，可以不填：凭编号和查询码即可读取答复；加密保存，答复后到期自动清除"),
    )

    def scope(self) -> None:
        if isinstance(self.subject, Organisation):
            agent = Case.objects.filter(agent_id=self.subject.pk)
            cases = agent | Case.objects.filter(agent_id=None, buyer_id=self.subject.pk)
            self.fields["case"].queryset = cases.filter(published_at__lte=self.now)  # type: ignore[attr-defined]


@action(
    "public_enquiry.receive",
    zh="登记公众询问",
    en="Receive an enquiry from the public",
    on=Organisation,
    by={Role.PLATFORM},
    only=(rules.answers_the_public,),
    checks=(rules.the_case_is_theirs,),
    input=ReceiveEnquiry,
    sentence=("{post}收到一件公众询问", "{post} received an enquiry from the public"),
    creates=True,
    is_public=False,
    cites=("enquiry.answer", "enquiry.public"),
    hint=(
        "转给答复单位，期限自收到之日起算",
        "It goes to the office that answers; its time runs from the day it came in",
    ),
    secret=True,
)
def receive_enquiry(
    office: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    case: Case | None,
    asker: str,
    title: str,
    question: str,
    contact: str,
) -> PublicEnquiry:
    """Anybody asks without an account: the platform takes it in for the office that answers. What was asked and by whom
    is not in the log (DESIGN §9): it holds the number alone."""
    number = contacts.new_number(now)
    enquiry = PublicEnquiry.objects.create(
        number=number,
        organisation=office,
        case=case,
        asker=asker,
        title=title,
        question=question,
        asked_at=now,
        code_digest=contacts.digest_of(contacts.code_of(number)),
        is_demo=settings.YANGCAI_SANDBOX,
    )
    if contact:
        EnquiryContact.objects.create(enquiry=enquiry, sealed=contacts.sealed(contact, number=number, now=now))
    return enquiry


class AnswerPublicEnquiry(Input):
    answer = TextField(
        label=_("答复"),
        lines=8,
        max_length=5000,
        help_text=_("不得涉及商业秘密；需要澄清或者修改采购文件的，另行发布更正公告"),
    )
    publish = forms.BooleanField(
        label=_("公开本问答"), required=False, help_text=_("具有普遍意义的，公开后其他人也能看到")
    )
    public_title = TextField(label=_("公开的主题"), required=False, max_length=60)
    public_question = TextField(
        label=_("公开的问题"),
        lines=3,
        required=False,
        max_length=500,
        help_text=_("另行表述，不出现询问人及其联系方式"),
    )


@action(
    "public_enquiry.answer",
    zh="答复公众询问",
    en="Answer the public",
    on=PublicEnquiry,
    by={Role.AGENT, Role.BUYER_OFFICER, Role.TREASURY},
    needs=(rules.not_answered,),
    checks=(rules.publication_has_a_wording, rules.nobody_is_named),
    input=AnswerPublicEnquiry,
    sentence=("{post}答复了公众询问", "{post} answered an enquiry from the public"),
    is_public=False,
    cites=("enquiry.answer", "enquiry.public", "enquiry.published"),
)
def answer_public_enquiry(
    enquiry: PublicEnquiry,
    *,
    by: Post,
    now: datetime.datetime,
    answer: str,
    publish: bool,
    public_title: str,
    public_question: str,
) -> PublicEnquiry:
    """The answer, for whoever has the code; and for everybody, where it is of general use."""
    enquiry.answer, enquiry.answered_at = answer, now
    if publish:
        enquiry.public_title, enquiry.public_question, enquiry.published_at = public_title, public_question, now
    enquiry.save(update_fields=["answer", "answered_at", "public_title", "public_question", "published_at"])
    return enquiry


@action(
    "public_enquiry.erase_contact",
    zh="清除询问人联系方式",
    en="Erase the contact of whoever asked",
    on=PublicEnquiry,
    by={Role.PLATFORM},
    needs=(rules.contact_has_been_kept,),
    sentence=("{post}清除了询问人的联系方式", "{post} erased the contact of whoever asked"),
    is_public=False,
    cites=("enquiry.contact_kept",),
)
def erase_contact(enquiry: PublicEnquiry, *, by: Post, now: datetime.datetime, **data: object) -> PublicEnquiry:
    """What is no longer needed is not kept (个人信息保护法 art. 19 is why; the time is the platform's own)."""
    EnquiryContact.objects.filter(enquiry=enquiry, erased_at__isnull=True).update(sealed="", erased_at=now)
    return enquiry
