"""What papers does an evaluation leave that are read and printed: each bidder's explanation, and the signed report?"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai.challenges.models import Objection
from yangcai.contracts.models import Contract
from yangcai.contracts.queries import reads_paper
from yangcai.kernel import papers as signed
from yangcai.kernel.models import Entry
from yangcai.kernel.numbers import bare
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.queries import platform_post
from yangcai.portal.models import Notice
from yangcai.procedures.evaluation.panel import SCORE_FORMULAS
from yangcai.procedures.evaluation.price_score import FORMULAS
from yangcai.tendering import arithmetic
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import (
    AwardLetter,
    ClarificationGround,
    ClauseKind,
    Committee,
    EvaluationReport,
    LowPriceReview,
    OpenedBid,
    Opening,
    ReviewRequest,
    SignedAs,
)
from yangcai.tendering.queries import evaluation
from yangcai.tendering.queries.evaluation import visible_letters, visible_reports
from yangcai.tendering.rules import reevaluation
from yangcai.www import formats, signed_papers, typeset, wording
from yangcai.www.access import page
from yangcai.www.downloads import download
from yangcai.www.official import KINDS
from yangcai.www.official.awards import AWARD_LETTER, RESULT_NOTICE
from yangcai.www.official.pages import PDF, file
from yangcai.www.public.notices import CODE_LENGTH
from yangcai.www.work import objections
from yangcai.www.work.judging import seat_name

#: Kind of row -> its page, and what the link to it is called.
PAPERS: dict[type[Any], tuple[str, Any]] = {
    AwardLetter: ("work_explanation", gettext_lazy("评审结果说明")),
    EvaluationReport: ("work_report", gettext_lazy("评标报告")),
    Contract: ("work_contract", gettext_lazy("合同文本")),
    Objection: ("work_objection", gettext_lazy("质疑和答复")),
}


#: Headings of the table of signatures under a report.
COLUMNS = (gettext_lazy("成员"), gettext_lazy("签署情况"), gettext_lazy("时间"), gettext_lazy("留痕摘要"))


@dataclass(frozen=True)
class Paper:
    """A link beside a row, as an open Action is one."""

    title: str
    url: str


def papers(
    rows: dict[Any, list[Any]], *, post: Post, now: datetime.datetime
) -> Iterable[tuple[tuple[Any, int], Paper]]:
    """The paper of each row that has one which this post may read."""
    for model, (name, title) in PAPERS.items():
        for row in rows.get(model, ()):
            if isinstance(row, Contract) and not reads_paper(row, post):
                continue
            yield (model, row.pk), Paper(str(title), reverse(name, args=[row.pk]))
    for kind in KINDS.values():
        if kind.body is not None:
            continue  # it has a page of its own above
        for row in rows.get(kind.model, ()):
            if kind.exists(row, now=now) and kind.reads(row, post):
                yield (kind.model, row.pk), Paper(kind.title, reverse(kind.name, args=[row.pk]))


@page()
def explanation(request: HttpRequest, pk: int) -> HttpResponse:
    """Why this bidder did not win, as a letter: for the bidder itself, the buyer's side and the overseers."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    letter = get_object_or_404(visible_letters(post, now), pk=pk)
    wording.speak_of(letter)
    paper = RESULT_NOTICE
    return render(
        request,
        "work/explanation.html",
        {
            **explanation_context(letter, now=now),
            "objection": objections.entry(letter, post=post, now=now),
            "now": now,
            "serial": paper.serial(letter),
            "digest": paper.digest(letter),
            "code": paper.code_of(letter),
            "pdf_url": reverse(f"{paper.name}_pdf", args=[letter.pk]),
            "award_url": reverse(AWARD_LETTER.name, args=[letter.pk]) if letter.is_winner else "",
        },
    )


def explanation_context(letter: AwardLetter, *, now: datetime.datetime) -> dict[str, Any]:
    """All that the letter says, in the reader's language."""
    told = explain(letter, now=now)
    return {
        "letter": letter,
        "case": letter.lot.case,
        "told": told,
        "price": told.price,
        "remedy": told.remedy,
        "failed": [(str(ClauseKind(one.kind).label), one) for one in told.failed],
        "formula": (told.price.formula_zh if in_chinese() else told.price.formula_en) if told.price else "",
    }


def explanation_inside(letter: AwardLetter, *, now: datetime.datetime) -> str:
    """The inside of its sheet, for its paper."""
    return render_to_string("work/explanation_inside.html", explanation_context(letter, now=now))


@page()
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """The evaluation report with what 财政部令第87号 art. 58 wants in it, from what was frozen and signed."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = get_object_or_404(visible_reports(post, now), pk=pk)
    wording.speak_of(found)
    told = told_in_report(found, post=post, now=now)
    paper = signed_papers.context(found, pdf_url=told["pdf_url"], is_waiting=bool(found.signed_at))
    return render(request, "work/report.html", {**told, **paper, "pdf_url": told["pdf_url"]})


@page()
def report_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The signed report as a file, byte for byte as it was issued. While its paper still waits for seals or stamps:
    what the page says, with every recorded signature, and that none is embedded. Not before all have signed, and never
    of a report that is not what was signed."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    found = get_object_or_404(visible_reports(post, now).filter(signed_at__isnull=False), pk=pk)
    told = told_in_report(found, post=post, now=now)
    if not told["is_unchanged"]:
        raise Http404
    issued = signed.paper_of(found)
    if issued is not None:
        return download(request, issued.document)
    where = {
        "number": found.lot.case.number,
        "code": told["code"],
        "url": request.build_absolute_uri(reverse("verify")),
    }
    words = {
        "signatures": _("签署"),
        "columns": [formats.titled(text) for text in COLUMNS],
        "proof": _("核对"),
        "what_is_signed": _(
            "每名成员以本人岗位在平台上签署，签署的是下列摘要所对应的评审结果；签署记录在平台留痕中，不可更改。"
            "本文件由平台按签署的内容生成，文件内没有嵌入电子印章。"
        ),
        "verify": _("在 %(url)s 输入验证码 %(code)s 或者完整摘要，即可核对。") % where,
    }
    made = _typeset(found, told, words=words, footer=_("%(number)s 评标报告　验证码 %(code)s　%(url)s") % where)
    return file(made, media=PDF, name=file_name(found))


def unsigned(report: EvaluationReport) -> bytes:
    """The paper before its signatures, the same whoever asks and whenever: what was signed, as the platform reads it.
    Raises ValueError when the report is no longer what was signed."""
    report.sent_at = None  # on the row in hand alone: sending came after the signatures
    told = told_in_report(report, post=platform_post(now=report.signed_at), now=report.signed_at)
    if not told["is_unchanged"]:
        raise ValueError(f"{report.ref} is not what was signed")
    where = {"number": report.lot.case.number, "code": told["code"]}
    words = signed_papers.words(
        columns=COLUMNS,
        what=_("每名成员以本人岗位在平台上签署，签署的是下列摘要所对应的评审结果；签署记录在平台留痕中，不可更改。"),
    )
    return _typeset(report, told, words=words, footer=_("%(number)s 评标报告　验证码 %(code)s") % where)


def file_name(report: EvaluationReport) -> str:
    return f"{report.lot.case.number}-{report.lot.number}-{report.revision}.pdf"


def _typeset(found: EvaluationReport, told: dict[str, Any], *, words: dict[str, Any], footer: str) -> bytes:
    return typeset.pdf(
        typeset.Paper(
            title=formats.titled(_("评标报告")),
            number=found.lot.case.number,
            author=found.lot.case.buyer.name,
            html=render_to_string("work/report_inside.html", told),
            lang="zh" if in_chinese() else str(translation.get_language())[:2],
            digest=found.digest,
            is_demo=found.lot.case.is_demo,
            footer=footer,
            at=found.signed_at,
            words=words,
            signatures=list(_signed(found, told["names"])),
        )
    )


def _signed(found: EvaluationReport, names: dict[int, str]) -> Iterable[list[str]]:
    """Member, how it signed, when, and the Entry that says so."""
    entries = Entry.objects.filter(subject=found.ref, action="report.sign", outcome="done")
    hashes = dict(entries.values_list("person_id", "hash"))
    for one in evaluation.signatures(found):
        if one.is_deemed:
            how, proof = _("未签署，视为同意"), ""
        else:
            how = _("签署，有不同意见") if one.dissent else _("签署，同意")
            proof = hashes.get(one.member.post.person_id, "")[:CODE_LENGTH]
        yield [names.get(one.member_id, ""), how, formats.moment(one.signed_at), proof]


def told_in_report(found: EvaluationReport, *, post: Post, now: datetime.datetime) -> dict[str, Any]:
    """Everything that the page of a report says, for this reader."""
    lot, case, result = found.lot, found.lot.case, found.result
    bids = {str(bid.pk): bid for bid in OpenedBid.objects.filter(lot=lot).select_related("supplier")}
    seats = evaluation.seats(case, post, now)
    names = {seat.member.pk: seat.name or seat_name(seat.number) for seat in seats}
    lines = [_line(bids[key], one) for key, one in result["bids"].items() if key in bids]
    lines.sort(key=lambda line: (line["rank"] is None, line["rank"] or 0))
    signed = list(evaluation.signatures(found))
    made_it = [seat for seat in seats if seat.member.pk in result.get("members", ())]
    theirs = {seat.member.committee_id for seat in made_it}
    return {
        "report": found,
        "names": names,
        "pdf_url": reverse("work_report_pdf", args=[found.pk]) if found.signed_at else "",
        "lot": lot,
        "case": case,
        "notice": Notice.objects.filter(root=case.ref, kind="invitation").order_by("published_at").first(),
        "opening": Opening.objects.filter(case=case).first(),
        "is_void": arithmetic.is_void(found),
        "grounds": _grounds(found, names, bids),
        "seats": [(names[seat.member.pk], seat) for seat in made_it],
        "replaced": [
            (names[seat.member.pk], seat.member)
            for seat in seats
            if seat.member.replaced_at and seat not in made_it and seat.member.committee_id in theirs
        ],
        "dissolved": Committee.objects.filter(case=case, dissolved_at__lte=found.computed_at).order_by("pk"),
        "criteria": [_criterion(one) for one in result["criteria"]],
        "formulas": _formulas(result),
        "lines": lines,
        "invalid": [line for line in lines if line["invalid"]],
        "steps": [_step(step, bids) for step in result["steps"]],
        "reasons": list(_reasons(result, names, bids)),
        "clarifications": [_clarified(one, bids) for one in result.get("clarifications", ())],
        "same_brands": result.get("same_brands", ()),
        "abnormal_scores": [_found_abnormal(one, result, names, bids) for one in result.get("abnormal_scores", ())],
        "requests": ReviewRequest.objects.filter(report__lot=lot, report__revision__lte=found.revision).order_by("pk"),
        "candidates": [line for line in lines if line["key"] in result["candidates"]],
        "unsuccessful": _said(result["unsuccessful"]) if result["unsuccessful"] else "",
        "reviews": LowPriceReview.objects.filter(opened_bid__lot=lot).select_related("opened_bid__supplier"),
        "signatures": [
            {"role": _("评委"), "name": names.get(one.member_id, ""), "at": one.signed_at}
            for one in signed
            if not one.is_deemed
        ],
        "dissents": [(names.get(one.member_id, ""), one) for one in signed if one.dissent],
        "deemed": [(names.get(one.member_id, ""), one) for one in signed if one.is_deemed],
        "code": found.digest[:CODE_LENGTH],
        "is_unchanged": arithmetic.digest(result) == found.digest,
    }


#: A report with a ground, and the scores that it changed: member, bidder, criterion, before, after.
Taken = tuple[EvaluationReport, list[tuple[str, str, str, str, str]]]


def _grounds(found: EvaluationReport, names: dict[int, str], bids: dict[str, OpenedBid]) -> tuple[bool, list[Taken]]:
    """Whether the report comes of a re-evaluation, and the revisions since the last signed one that name a ground: what
    was taken up because of the committee is computed anew by the next one, which names none itself. A revision that
    only carries the ground of the one before it, with a reason more, is not told again."""
    before = reevaluation.former(found)
    of_lot = EvaluationReport.objects.filter(lot=found.lot_id, revision__lte=found.revision).order_by("revision")
    earlier: EvaluationReport | None = None
    taken: list[Taken] = []
    for one in of_lot.filter(revision__gte=before.revision) if before is not None else of_lot:
        changes = list(_changes(earlier, one, names, bids)) if earlier is not None else []
        is_carried = earlier is not None and earlier.correction_ground == one.correction_ground
        if one != before and one.correction_ground and (changes or one.reopen_reason or not is_carried):
            taken.append((one, changes))
        earlier = one
    return before is not None, taken


def _changes(
    earlier: EvaluationReport, found: EvaluationReport, names: dict[int, str], bids: dict[str, OpenedBid]
) -> Iterable[tuple[str, str, str, str, str]]:
    """The scores that one revision has otherwise than the one before (修改评标结果应当在评标报告中记载)."""
    titles = {one["code"]: one["title"] for one in found.result["criteria"]}
    for bid, scores in found.result["scores"].items():
        former = earlier.result["scores"].get(bid, {})
        for code, by_member in scores.items():
            for member, value in by_member.items():
                old = former.get(code, {}).get(member)
                if old is not None and Decimal(old) != Decimal(value):
                    supplier = bids[bid].supplier.name if bid in bids else ""
                    points = (bare(Decimal(one)) for one in (old, value))
                    yield names.get(int(member), ""), supplier, titles.get(code, code), *points


def _criterion(told: dict[str, Any]) -> dict[str, Any]:
    """A criterion with the formula by which a declared figure is counted, where it has one."""
    formula = told.get("formula")
    return {**told, "formula": f"{formula['figure']}：{_said(formula)}" if formula else ""}


def _formulas(result: dict[str, Any]) -> list[tuple[str, str]]:
    """(what, by which formula): of a report from before they were written down, nothing."""
    used = result.get("formulas", {})
    price, scores = FORMULAS.get(used.get("price", "")), SCORE_FORMULAS.get(used.get("scores", ""))
    told = ((_("价格分计算方法"), price), (_("评委评分的汇总方法"), scores))
    return [(label, formula.name) for label, formula in told if formula is not None]


def _said(told: dict[str, Any]) -> str:
    return str(told["zh"] if in_chinese() else told["en"])


def _line(bid: OpenedBid, result: dict[str, Any]) -> dict[str, Any]:
    """One bid of the report: as read out, as evaluated, and why it is invalid."""
    return {
        "key": str(bid.pk),
        "supplier": bid.supplier.name,
        "price": bid.price,
        "bid_price": result["bid_price"],
        "evaluated_price": result["evaluated_price"],
        "price_score": result["price_score"],
        "means": result["means"],
        "total": result["total"],
        "rank": result["rank"],
        "invalid": _said(result["invalid"]) if result["invalid"] else "",
        "same_brand": bool(result["same_brand_as"]),
    }


def _reasons(
    result: dict[str, Any], names: dict[int, str], bids: dict[str, OpenedBid]
) -> Iterable[tuple[str, str, str, str]]:
    """Member, bidder, criterion and what the member wrote beside its score."""
    titles = {one["code"]: one["title"] for one in result["criteria"]}
    for bid, by_code in result.get("reasons", {}).items():
        for code, by_member in by_code.items():
            for member, reason in by_member.items():
                supplier = bids[bid].supplier.name if bid in bids else ""
                yield names.get(int(member), ""), supplier, titles.get(code, code), reason


def _found_abnormal(
    one: dict[str, Any], result: dict[str, Any], names: dict[int, str], bids: dict[str, OpenedBid]
) -> dict[str, Any]:
    """One score that was put to the committee: whose, why, what its member said, who voted how, what came of it."""
    titles = {criterion["code"]: criterion["title"] for criterion in result["criteria"]}
    stands = result["scores"].get(one["bidder"], {}).get(one["criterion"], {}).get(one["member"])
    if not one["is_found"]:
        came_of_it = _("未获认定，评分不变")
    elif stands is not None and Decimal(stands) == Decimal(one["value"]):
        came_of_it = _("该评委未更正，评分不变；他人不得代改")
    else:
        came_of_it = _("该评委已更正")
    votes = [(names.get(int(vote["member"]), ""), vote["agrees"], vote["reason"]) for vote in one["votes"]]
    return {
        **one,
        "member": names.get(int(one["member"]), ""),
        "proposer": names.get(int(one["proposed_by"]), ""),
        "supplier": bids[one["bidder"]].supplier.name if one["bidder"] in bids else "",
        "title": titles.get(one["criterion"], one["criterion"]),
        "side": _("畸高") if one["side"] == "high" else _("畸低"),
        "agreed": [(who, why) for who, agrees, why in votes if agrees],
        "against": [(who, why) for who, agrees, why in votes if not agrees],
        "came_of_it": came_of_it,
    }


def _clarified(one: dict[str, Any], bids: dict[str, OpenedBid]) -> dict[str, Any]:
    """One question and what came of it, in words."""
    if not one["answered_at"]:
        came_of_it = _("未在期限内答复，按投标文件原文评审")
    elif one["is_accepted"]:
        came_of_it = _("采纳")
    else:
        came_of_it = _("不采纳，按投标文件原文评审")
    return {
        **one,
        "supplier": bids[one["bidder"]].supplier.name if one["bidder"] in bids else "",
        "ground": ClarificationGround(one["ground"]).label,
        "signed_as": SignedAs(one["signed_as"]).label if one["signed_as"] else "",
        "outcome": came_of_it,
    }


def _step(step: dict[str, Any], bids: dict[str, OpenedBid]) -> dict[str, Any]:
    """One step of the evaluation, each note with the bidder it is about."""
    notes = [
        (bids[note["bidder"]].supplier.name if note["bidder"] in bids else "", _said(note)) for note in step["notes"]
    ]
    return {"title": _said(step), "notes": notes}
