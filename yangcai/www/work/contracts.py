"""What does a contract say, who has signed it, and does its signed paper prove it?"""

import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from yangcai.contracts import paper as text
from yangcai.contracts.models import Contract, MilestoneDue
from yangcai.contracts.queries import reads_paper, visible_to
from yangcai.kernel import papers
from yangcai.kernel.models import Entry
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.www import formats, signed_papers, typeset
from yangcai.www.access import page
from yangcai.www.downloads import download
from yangcai.www.official.pages import DOCX, file
from yangcai.www.pictures import Picture, csv_asked, of_contract, prices
from yangcai.www.public.notices import CODE_LENGTH


@page()
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract as a sheet, as it was signed, for its parties, their agent and the overseers."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = _found(pk, post=post, now=now)
    pictures = drawn(found, now=now)
    table = csv_asked(request, pictures)
    if table is not None:
        return table
    return render(
        request,
        "work/contract.html",
        {
            "contract": found,
            "pictures": pictures,
            "code": found.digest[:CODE_LENGTH] if found.signed_at else "",
            "docx_url": "" if found.signed_at else reverse("work_contract_draft", args=[found.pk]),
            "told": told(found),
            "is_unchanged": not found.digest or text.is_unchanged(found),
            "signatures": [{"role": side, "name": name, "at": at} for side, name, at, _proof in signed_by(found)],
            **signed_papers.context(
                found,
                pdf_url=reverse("work_contract_pdf", args=[found.pk]),
                is_waiting=bool(found.signed_at and found.digest),
            ),
        },
    )


def drawn(contract: Contract, *, now: datetime.datetime) -> list[Picture]:
    """How far it has come, once it is signed, and how its prices stand among others."""
    come = [of_contract.come_so_far(contract, now=now)] if contract.signed_at else []
    return [*come, *prices.strips(contract, now=now)]


@page()
def contract_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as DOCX, for both sides to propose changes in; once it is signed there is the signed paper alone."""
    found = _found(pk, post=request.post, now=request.now)  # type: ignore[attr-defined]
    if found.signed_at:
        raise Http404
    from yangcai.www.official.word import written  # the library costs memory that only this needs

    return file(written(draft(found)), media=DOCX, name=f"{found.number}.docx")


def draft(contract: Contract) -> typeset.Paper:
    """The contract as it would be signed now."""
    return typeset.Paper(
        title=_("采购合同（草稿，尚未签订）"),
        number=contract.number,
        author=contract.buyer.name,
        html=render_to_string("work/contract_inside.html", {"told": told(contract)}),
        lang="zh" if in_chinese() else "en",
        digest=text.digest_of(contract),
        footer=_("%(number)s 采购合同　内容摘要 %(code)s")
        % {"number": contract.number, "code": text.digest_of(contract)[:CODE_LENGTH]},
        at=contract.drafted_at,
        is_demo=contract.case.is_demo,
        words={
            "proof": _("核对"),
            "what_is_signed": _("双方签订时，签订的是平台上的合同内容；在本文件中的修改须先在平台上办理。"),
            "verify": "",
        },
    )


@page()
def contract_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signed paper, byte for byte as it was issued; nothing before that."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    paper = papers.paper_of(_found(pk, post=post, now=now))
    if paper is None:
        raise Http404
    return download(request, paper.document)


def _found(pk: int, *, post: Post, now: datetime.datetime) -> Contract:
    found: Contract = get_object_or_404(visible_to(post, now), pk=pk)
    if not reads_paper(found, post):
        raise Http404
    return found


def told(contract: Contract) -> dict[str, Any]:
    """What was signed, for the sheet: money in yuan, conditions in words."""
    facts = text.facts(contract)
    return {
        **facts,
        "amount": _yuan(facts["amount"]),
        "performance_security": _yuan(facts["performance_security"]),
        "items": [
            {**one, "unit_price": _yuan(one["unit_price"]), "amount": _yuan(one["amount"])} for one in facts["items"]
        ],
        "milestones": [
            {**one, "due": MilestoneDue(one["due_on"]).label, "amount": _yuan(one["amount"])}
            for one in facts["milestones"]
        ],
    }


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / text.FEN


def signed_by(contract: Contract) -> list[tuple[str, str, datetime.datetime, Entry]]:
    """Side, name, when, and the Entry that is the act; in the order in which they signed."""
    sides = {contract.buyer_id: (_("采购人"), contract.buyer), contract.supplier_id: (_("供应商"), contract.supplier)}
    return [
        (sides[entry.organisation_id][0], sides[entry.organisation_id][1].name, entry.at, entry)
        for entry in papers.acts(contract, code="contract.sign")
    ]


def unsigned(contract: Contract) -> bytes:
    """The paper before its signatures. Raises ValueError when the contract no longer says what was signed."""
    if not text.is_unchanged(contract):
        raise ValueError(f"{contract.ref} is not what was signed")
    rows = [[name, side, formats.moment(at), entry.hash[:16]] for side, name, at, entry in signed_by(contract)]
    return typeset.pdf(
        typeset.Paper(
            title=formats.titled(_("采购合同")),
            number=contract.number,
            author=contract.buyer.name,
            html=render_to_string("work/contract_inside.html", {"told": told(contract)}),
            lang="zh",
            digest=contract.digest,
            is_demo=contract.case.is_demo,
            footer=_("%(number)s 采购合同　内容摘要 %(code)s")
            % {"number": contract.number, "code": contract.digest[:CODE_LENGTH]},
            at=contract.signed_at,
            words=signed_papers.words(
                columns=(_("名称"), _("签订方"), _("时间"), _("留痕摘要")),
                what=_(
                    "双方各以本单位岗位在平台上签订，签订的是下列摘要所对应的合同内容；签订记录在平台留痕中，不可更改。"
                ),
            ),
            signatures=rows,
        )
    )
