"""质疑函、质疑答复书: what did a supplier object to, and what was it answered? (财政部令第94号 art. 12, 15)"""

import datetime
from typing import Any

from yangcai import law
from yangcai.cases.actions import chinese
from yangcai.cases.models import Stage
from yangcai.cases.queries import OVERSEERS
from yangcai.cases.rules import applicable
from yangcai.challenges.models import Objection, ObjectionConsequence, ObjectionTarget
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.portal.notices.base import CONTACTS, DAY, MOMENT, PROJECT, TABLE, Field, Section, contacts, project
from yangcai.tendering.models import SignedAs
from yangcai.www import formats
from yangcai.www.official.kind import Kind, official

#: What stands in a draft until somebody writes it.
TO_WRITE = "（在此填写）"


def reads_letter(objection: Objection, post: Post) -> bool:
    """Between whoever objected and those who answer or oversee: it says whom to call."""
    if post.role == Role.SUPPLIER:
        return objection.supplier_id == post.organisation_id
    return post.role in BUYER or post.role == Role.AGENT or post.role in OVERSEERS


def reads_answer(objection: Objection, post: Post) -> bool:
    """Everybody who sees the row, once it is answered; its draft is for those who answer."""
    return objection.answered_at is not None or post.role in BUYER or post.role == Role.AGENT


def _of_case(objection: Objection) -> dict[str, Any]:
    what = chinese(ObjectionTarget(objection.target).label)
    if objection.stage:
        what = f"{what}（{chinese(Stage(objection.stage).label)}环节）"
    return {
        **project(objection.case),
        "objection": objection.number,
        "target": what,
        "lot": f"{objection.lot.number} {objection.lot.title}" if objection.lot else "",
        "supplier": objection.supplier.name,
        "received_at": objection.received_at,
    }


def letter(objection: Objection) -> dict[str, Any]:
    """As it came in; what was added later stands beside it."""
    return {
        **_of_case(objection),
        "address": objection.address,
        "postcode": objection.postcode,
        "contact": objection.contact,
        "phone": objection.phone,
        "known_on": objection.known_on,
        "matters": [
            {"number": str(one.number), "matter": one.matter, "facts": one.facts, "basis": one.legal_basis}
            for one in objection.matters.order_by("number")
        ],
        "requests": objection.requests,
        "signed_as": chinese(SignedAs(objection.signed_as).label),
    }


def answer(objection: Objection) -> dict[str, Any]:
    return {
        **_of_case(objection),
        "matters": [_answered(one) for one in objection.matters.order_by("number")],
        "consequence": chinese(ObjectionConsequence(objection.consequence).label)
        if objection.consequence
        else TO_WRITE,
        "explanation": objection.explanation,
        "complaint": _right(objection),
        "answered_by": objection.answered_by.name if objection.answered_by else "",
        "answered_at": objection.answered_at,
        **contacts(objection.case),
    }


def _answered(matter: Any) -> dict[str, str]:
    if matter.is_founded is None:
        return {"number": str(matter.number), "matter": matter.matter, "found": TO_WRITE, "answer": TO_WRITE}
    return {
        "number": str(matter.number),
        "matter": matter.matter,
        "found": "成立" if matter.is_founded else "不成立",
        "answer": matter.answer,
        "facts": matter.answer_facts,
        "basis": matter.answer_basis,
    }


def _right(objection: Objection) -> str:
    """告知质疑供应商依法投诉的权利: how long, counted from what, and the last day."""
    found = law.cited("complaint.file", **applicable(objection.case, now=objection.received_at))
    last = f"（{formats.day(objection.complaint_until)} 24:00 前）" if objection.complaint_until else ""
    return f"对本答复不满意的，可以在答复期满后 {found.value} 个工作日内{last}向采购人同级的财政部门提起投诉。"


def lead(objection: Objection) -> str:
    on: datetime.date = objection.received_at
    return (
        f"{objection.supplier.name}：贵单位于 {formats.day(on)} 提出的质疑（编号 {objection.number}）收悉，现答复如下。"
    )


def reply_lead(objection: Objection) -> str:
    return f"{(objection.case.agent or objection.case.buyer).name}：现就下列采购项目提出质疑，请依法答复。"


ABOUT = Section(
    "质疑项目",
    "Procurement",
    (
        *PROJECT,
        Field("lot", "采购包", "Lot"),
        Field("target", "质疑对象", "Objection to"),
        Field("objection", "质疑编号", "Number of the objection"),
        Field("supplier", "质疑供应商", "Raised by"),
        Field("received_at", "收到质疑函时间", "Received", MOMENT),
    ),
)

OBJECTION_LETTER = official(
    Kind(
        code="objection",
        mark=11,
        zh="质疑函",
        en="Objection",
        model=Objection,
        sections=(
            ABOUT,
            Section(
                "质疑事项",
                "Matters",
                (
                    Field(
                        "matters",
                        "质疑事项",
                        "Matters",
                        TABLE,
                        columns=(
                            Field("number", "序号", "No."),
                            Field("matter", "质疑事项", "Matter"),
                            Field("facts", "事实依据", "Facts"),
                            Field("basis", "法律依据", "Legal basis"),
                        ),
                    ),
                    Field("requests", "与质疑事项相关的请求", "What is asked for"),
                    Field("known_on", "知道或者应知之日", "Day of knowing", DAY),
                ),
            ),
            Section(
                "质疑供应商",
                "The objecting supplier",
                (
                    Field("address", "地址", "Address"),
                    Field("postcode", "邮编", "Postcode"),
                    Field("contact", "联系人", "Contact person"),
                    Field("phone", "联系电话", "Telephone"),
                    Field("signed_as", "签署方式", "Signed as"),
                ),
            ),
        ),
        facts=letter,
        at=lambda objection: objection.received_at,
        acts=(
            "objection.raise",
            "prequalification.object",
            "objection.ask_completion",
            "objection.complete",
            "objection.withdraw",
        ),
        reads=reads_letter,
        lead=reply_lead,
    )
)

OBJECTION_ANSWER = official(
    Kind(
        code="objection_answer",
        mark=12,
        zh="质疑答复书",
        en="Answer to an objection",
        model=Objection,
        sections=(
            ABOUT,
            Section(
                "答复",
                "Answer",
                (
                    Field(
                        "matters",
                        "逐项答复",
                        "Matter by matter",
                        TABLE,
                        columns=(
                            Field("number", "序号", "No."),
                            Field("matter", "质疑事项", "Matter"),
                            Field("found", "认定", "Finding"),
                            Field("answer", "答复内容", "Answer"),
                            Field("facts", "事实依据", "Facts"),
                            Field("basis", "法律依据", "Legal basis"),
                        ),
                    ),
                    Field("consequence", "处理结果", "What follows"),
                    Field("explanation", "处理结果的说明", "Remarks"),
                    Field("complaint", "投诉的权利", "Right to complain"),
                    Field("answered_by", "质疑答复人", "Answered by"),
                    Field("answered_at", "答复时间", "Answered", MOMENT),
                ),
            ),
            CONTACTS,
        ),
        facts=answer,
        at=lambda objection: objection.answered_at or objection.received_at,
        acts=("objection.answer",),
        when=lambda objection: objection.withdrawn_at is None,
        reads=reads_answer,
        draft=True,
        is_draft=lambda objection: objection.answered_at is None,
        lead=lead,
    )
)
