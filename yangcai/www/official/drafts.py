"""采购文件、合同、答复书: which papers do officials go on writing in, so that they are offered as DOCX too?"""

from typing import Any

from yangcai import procedures
from yangcai.cases.models import Case
from yangcai.cases.queries import OVERSEERS
from yangcai.challenges.models import Enquiry
from yangcai.kernel.numbers import bare
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.portal.notices.base import CONTACTS, MOMENT, MONEY, PROJECT, TABLE, Field, Section, contacts, project
from yangcai.tendering import recovery_text, weights
from yangcai.tendering.models import Clause, ClauseKind, Solicitation
from yangcai.www.official.kind import Kind, official


def answers(enquiry: Enquiry, post: Post) -> bool:
    """The letter is for the two sides and the overseers; before it is answered its draft is for those who answer."""
    if enquiry.answered_at is None:
        return post.role in BUYER or post.role == Role.AGENT
    return post.role in BUYER or post.role in OVERSEERS or post.role in (Role.AGENT, Role.SUPPLIER)


def answered(enquiry: Enquiry) -> dict[str, Any]:
    return {
        **project(enquiry.case),
        "supplier": enquiry.supplier.name,
        "asked_at": enquiry.asked_at,
        "question": enquiry.question,
        "answer": enquiry.answer or "（在此填写答复内容，并写明事实和依据）",
        "answered_at": enquiry.answered_at,
        **contacts(enquiry.case),
    }


ANSWER = official(
    Kind(
        code="enquiry_answer",
        mark=8,
        zh="询问答复书",
        en="Answer to an enquiry",
        model=Enquiry,
        sections=(
            Section("采购项目", "Procurement", PROJECT),
            Section(
                "询问",
                "Enquiry",
                (
                    Field("supplier", "询问供应商", "Asked by"),
                    Field("asked_at", "收到时间", "Received", MOMENT),
                    Field("question", "询问内容", "Question"),
                ),
            ),
            Section(
                "答复",
                "Answer",
                (Field("answer", "答复内容", "Answer"), Field("answered_at", "答复时间", "Answered", MOMENT)),
            ),
            CONTACTS,
        ),
        facts=answered,
        at=lambda enquiry: enquiry.answered_at or enquiry.asked_at,
        acts=("enquiry.ask", "enquiry.answer", "prequalification.ask"),
        reads=answers,
        draft=True,
        is_draft=lambda enquiry: enquiry.answered_at is None,
    )
)


#: The paper is Chinese, and its digest the same in whatever language it is read.
DUE = {"signature": "合同签订", "delivery": "交付", "acceptance": "验收合格"}


def writes(solicitation: Solicitation, post: Post) -> bool:
    """The text with its lots and criteria: for whoever runs or oversees the case; suppliers have the published file."""
    case = solicitation.case
    if post.role == Role.AGENT:
        return case.agent_id == post.organisation_id
    return post.role in OVERSEERS or (post.role in BUYER and case.buyer_id == post.organisation_id)


def solicited(one: Solicitation) -> dict[str, Any]:
    case = one.case
    clauses = list(Clause.objects.filter(case=case).order_by("kind", "number"))
    return {
        **project(case),
        "method": procedures.get(case.procedure).zh,
        "budget": case.budget,
        "revision": str(one.revision),
        "lots": [
            {"number": lot.number, "title": lot.title, "budget": lot.budget, "ceiling": lot.ceiling}
            for lot in case.lots.order_by("number")
        ],
        "requirement": one.requirement,
        "delivery": one.delivery,
        "qualification": _numbered(clauses, ClauseKind.QUALIFICATION),
        "responsiveness": _numbered(clauses, ClauseKind.RESPONSIVENESS),
        "criteria": [
            {
                "lot": criterion.lot.number,
                "title": criterion.title,
                "standard": criterion.standard,
                "weight": bare(criterion.weight),
                "objective": "客观分" if criterion.is_objective else "主观分",
            }
            for lot in case.lots.order_by("number")
            for criterion in lot.criteria.order_by("pk")
        ],
        "bid_validity_days": str(one.bid_validity_days),
        "bid_security": one.bid_security or None,
        **_weight(case),
        **_sealing(case),
        "terms": one.contract_terms,
        "payment_terms": [
            {"title": term.title, "percent": bare(term.percent), "due": DUE[term.due_on]}
            for term in case.payment_terms.order_by("number")
        ],
        "payment_days": str(one.payment_days),
        "acceptance_days": str(one.acceptance_days),
        "agent_fee": one.agent_fee,
        **contacts(case),
    }


def _weight(case: Case) -> dict[str, str]:
    """Only where a weight of price rests on the treasury's consent: other documents stay as they are, to the byte."""
    told = weights.announced(case)
    return {"weight_consent": told} if told else {}


def _sealing(case: Case) -> dict[str, list[dict[str, str]]]:
    """Only where bidders seal: other documents stay as they are, to the byte."""
    texts = recovery_text.clauses(case)
    return {"sealing": [{"number": str(n), "text": text} for n, text in enumerate(texts, start=1)]} if texts else {}


def _numbered(clauses: list[Any], kind: str) -> list[dict[str, str]]:
    return [{"number": str(one.number), "text": one.text} for one in clauses if one.kind == kind]


CLAUSE = (Field("number", "序号", "No."), Field("text", "内容", "Content"))

SOLICITATION = official(
    Kind(
        code="solicitation",
        mark=9,
        zh="采购文件",
        en="Solicitation document",
        model=Solicitation,
        sections=(
            Section(
                "采购项目",
                "Procurement",
                (
                    *PROJECT,
                    Field("method", "采购方式", "Method"),
                    Field("budget", "预算金额", "Budget", MONEY),
                    Field("revision", "版本", "Revision"),
                    Field(
                        "lots",
                        "采购包",
                        "Lots",
                        TABLE,
                        columns=(
                            Field("number", "包号", "No."),
                            Field("title", "名称", "Name"),
                            Field("budget", "预算金额（元）", "Budget (CNY)", MONEY),
                            Field("ceiling", "最高限价（元）", "Ceiling (CNY)", MONEY),
                        ),
                    ),
                ),
            ),
            Section(
                "采购需求",
                "Requirement",
                (
                    Field("requirement", "采购需求", "Requirement"),
                    Field("delivery", "合同履行期限和地点", "Time and place of delivery"),
                ),
            ),
            Section(
                "供应商的资格条件",
                "Qualification of suppliers",
                (Field("qualification", "资格要求", "Qualification", TABLE, columns=CLAUSE),),
            ),
            Section(
                "实质性要求",
                "Substantive requirements",
                (Field("responsiveness", "实质性要求", "Substantive requirements", TABLE, columns=CLAUSE),),
            ),
            Section(
                "评审因素和标准",
                "Criteria",
                (
                    Field(
                        "criteria",
                        "评审因素",
                        "Criteria",
                        TABLE,
                        columns=(
                            Field("lot", "包号", "Lot"),
                            Field("title", "评审因素", "Criterion"),
                            Field("standard", "评分标准", "Standard"),
                            Field("weight", "满分", "Points"),
                            Field("objective", "性质", "Kind"),
                        ),
                    ),
                    Field("weight_consent", "价格分权重", "Weight of price", optional=True),
                ),
            ),
            Section(
                "投标",
                "Bids",
                (
                    Field("bid_validity_days", "投标有效期（日）", "Validity of bids (days)"),
                    Field("bid_security", "投标保证金", "Bid security", MONEY),
                ),
            ),
            Section(
                "密封、解密和补救",
                "Sealing, keys, and bids that do not open",
                (Field("sealing", "密封、解密和补救", "Sealing, keys, recovery", TABLE, columns=CLAUSE),),
            ),
            Section(
                "合同草案条款",
                "Draft terms of the contract",
                (
                    Field("terms", "合同主要条款", "Main terms"),
                    Field(
                        "payment_terms",
                        "付款安排",
                        "Payments",
                        TABLE,
                        columns=(
                            Field("title", "名称", "Name"),
                            Field("percent", "比例（%）", "Share (%)"),
                            Field("due", "付款条件", "Due on"),
                        ),
                    ),
                    Field("payment_days", "付款期限（日）", "Days to pay"),
                    Field("acceptance_days", "验收期限（日）", "Days to accept"),
                    Field("agent_fee", "代理费用收取标准", "Fee of the agent"),
                ),
            ),
            CONTACTS,
        ),
        facts=solicited,
        at=lambda one: one.confirmed_at or one.case.opened_at,
        acts=("solicitation.confirm",),
        reads=writes,
        draft=True,
        is_draft=lambda one: one.confirmed_at is None,
    )
)
