"""Why is this office not asked that, or not answered so?"""

import datetime
import re
from collections.abc import Iterator
from typing import Any

from yangcai import law
from yangcai.cases.models import Case
from yangcai.challenges.contact import opened
from yangcai.challenges.models import PublicEnquiry
from yangcai.kernel import calendar
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, OrganisationKind, Post

#: Who answers the public: those who buy, those who buy for them, those who oversee.
OFFICES = frozenset(
    {OrganisationKind.BUYER, OrganisationKind.AGENT, OrganisationKind.CENTRAL_AGENT, OrganisationKind.TREASURY}
)
#: What must not stand in a published wording: a mobile number, an identity number, an e-mail address.
PERSONAL = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)|[\w.+-]+@[\w-]+\.[\w.]+")
#: How a number is broken up, which makes it no other number.
BETWEEN = re.compile(r"[\s-]")
#: Parts of a contact that tell who it is: numbers and addresses, not single words.
TELLING = re.compile(r"\d{6,}|[\w.+-]+@[\w.-]+")


def answers_the_public(office: Organisation, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if office.kind in OFFICES:
        return None
    return Refusal("no_such_office", "该单位不受理公众询问", "This organisation does not answer the public")


def the_case_is_theirs(
    office: Organisation, *, by: Post, now: datetime.datetime, case: Case | None, **data: Any
) -> Refusal | None:
    """A purchase is asked about with the agent within its mandate, else with the buyer (政府采购法 art. 54)."""
    if case is None:
        return None
    if case.published_at is not None and case.published_at <= now and office.pk == (case.agent_id or case.buyer_id):
        return None
    return Refusal(
        "wrong_office",
        "该采购项目不由该单位答复询问",
        "Enquiries about this case are not answered by this organisation",
        field="case",
    )


def not_answered(enquiry: PublicEnquiry, *, by: Post, now: datetime.datetime) -> Refusal | None:
    if enquiry.answered_at is None:
        return None
    return law.refusal(
        "enquiry.answer",
        code="already_answered",
        zh="该询问已于 {answered_on} 答复",
        en="This enquiry was answered on {answered_on}",
        on=calendar.day_of(now),
        answered_on=calendar.day_of(enquiry.answered_at),
    )


def publication_has_a_wording(
    enquiry: PublicEnquiry,
    *,
    by: Post,
    now: datetime.datetime,
    publish: bool,
    public_title: str,
    public_question: str,
    **data: Any,
) -> Iterator[Refusal]:
    """What is published is written by whoever answers, never what somebody sent in."""
    for field, text in (("public_title", public_title), ("public_question", public_question)):
        if publish and not text:
            yield law.refusal(
                "enquiry.published",
                code="no_public_wording",
                zh="公开问答须另行表述，不能照搬来信",
                en="What is published is worded anew, not taken from the letter",
                on=calendar.day_of(now),
                field=field,
            )


def nobody_is_named(
    enquiry: PublicEnquiry, *, by: Post, now: datetime.datetime, publish: bool, **texts: Any
) -> Iterator[Refusal]:
    """No number or address of a person is published, nor what whoever asked gave as their contact."""
    if not publish:
        return
    given = {part.lower() for part in TELLING.findall(BETWEEN.sub("", opened(enquiry)))}
    for field in ("public_title", "public_question", "answer"):
        text = str(texts.get(field) or "")
        digits = BETWEEN.sub("", text).lower()
        personal = PERSONAL.search(text) if field != "answer" else None  # an answer may name the office's own address
        if personal or any(part in digits for part in given):
            yield law.refusal(
                "enquiry.published",
                code="names_somebody",
                zh="公开的内容不能出现个人的电话、证件号码、邮箱或者询问人的联系方式",
                en="What is published holds no personal number or address, nor the contact of whoever asked",
                on=calendar.day_of(now),
                field=field,
            )


def contact_has_been_kept(enquiry: PublicEnquiry, *, by: Post, now: datetime.datetime) -> Refusal | None:
    """Not before its time is over: until then the office may still have to reach somebody."""
    ends_at = law.due_at("C27b", since=enquiry.answered_at, on=calendar.day_of(now)) if enquiry.answered_at else None
    if ends_at is not None and now >= ends_at:
        return None
    return law.refusal(
        "enquiry.contact_kept",
        code="still_kept",
        zh="答复后 {limit} 内保存联系方式",
        en="A contact is kept for {limit} after the answer",
        on=calendar.day_of(now),
    )
