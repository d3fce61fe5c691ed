"""Is everything there that the law wants kept of a purchase (政府采购法 art. 42), and how does one take it along?"""

import csv
import datetime
import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yangcai import law, procedures
from yangcai.cases.models import Award, Case
from yangcai.cases.queries import OVERSEERS, runs_or_oversees, visible_to
from yangcai.challenges.models import Enquiry, Objection
from yangcai.contracts.models import Acceptance, Contract
from yangcai.kernel import papers
from yangcai.kernel.actions import SCOPES
from yangcai.kernel.beneath import may_show
from yangcai.kernel.cells import BYTE_ORDER_MARK, harmless
from yangcai.kernel.documents import BadDocument, opened
from yangcai.kernel.models import Attachment
from yangcai.kernel.refusals import in_chinese
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.procedures import Procedure
from yangcai.tendering.models import Bid, Criterion, EvaluationReport, OpenedBid, Opening, Solicitation
from yangcai.www import formats, wording
from yangcai.www.access import page
from yangcai.www.work import explained, places, timeline
from yangcai.www.work.files import KINDS, readable

READERS = frozenset({*BUYER, Role.AGENT, *OVERSEERS})
#: Bytes of files in one archive; what lies beyond stands in its list, with its digest, and is fetched by itself.
LARGEST = 1024**3
#: In memory up to here, then on the disk.
SPOOLED = 8 * 1024**2


@dataclass(frozen=True)
class Part:
    """One kind of record that is kept: of which rows, from when on a row counts, whether a method has it."""

    title: str | Promise
    model: type[Any]
    made: Callable[[Any], Any]
    known_to: Callable[[Procedure], bool] = lambda method: True
    is_owed: bool = True


def takes_bids(method: Procedure) -> bool:
    return method.takes_bids


def spends(method: Procedure) -> bool:
    return method.spends


def awards(method: Procedure) -> bool:
    return method.takes_bids and method.spends


#: In the order in which the article names and a purchase makes them.
PARTS: tuple[Part, ...] = (
    Part(gettext_lazy("采购文件"), Solicitation, lambda row: row.confirmed_at, takes_bids),
    Part(gettext_lazy("评审标准"), Criterion, lambda row: True, takes_bids, is_owed=False),
    Part(gettext_lazy("询问和答复"), Enquiry, lambda row: row.answered_at, is_owed=False),
    Part(gettext_lazy("质疑答复"), Objection, lambda row: row.answered_at, takes_bids, is_owed=False),
    Part(gettext_lazy("开标记录"), Opening, lambda row: row.concluded_at, takes_bids),
    Part(gettext_lazy("投标（响应）文件"), OpenedBid, lambda row: True, takes_bids),
    Part(gettext_lazy("评审报告"), EvaluationReport, lambda row: row.signed_at, takes_bids),
    Part(
        gettext_lazy("定标文件"),
        Award,
        lambda row: row.announced_at,
        awards,
    ),
    Part(gettext_lazy("合同文本"), Contract, lambda row: row.signed_at, spends),
    Part(gettext_lazy("验收证明"), Acceptance, lambda row: True, spends),
)


@dataclass(frozen=True)
class Kept:
    """One line of the list: how many there are, what can be read of them, whether it still has to come."""

    title: str
    count: int
    links: list[Any]
    is_missing: bool


@page(by=READERS)
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """What is there, what is still to come, and the way to take it along."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = found(pk, post=post, now=now)
    lines = list(kept(case, post=post, now=now))
    on = timezone.localdate(now)
    owed = [line for line in lines if line.count or line.is_missing]
    files = list(documents_of(case, post=post, now=now))
    return render(
        request,
        "work/archive.html",
        {
            "case": case,
            "kicker": [case.number, case.get_category_display()],
            "lines": lines,
            "there": sum(not line.is_missing for line in owed),
            "owed": len(owed),
            "files": files,
            "bytes": sum(one.document.size for one in files),
            "years": law.limit("records.keep", on=on)[0 if in_chinese() else 1],
            "source": law.cite("records.keep", on=on),
            "ended_at": case.ended_at,
        },
    )


def found(pk: int, *, post: Post, now: datetime.datetime) -> Case:
    """The case, for whoever runs or oversees it and for nobody else."""
    case = get_object_or_404(visible_to(post, now), pk=pk)
    if not runs_or_oversees(case, post):
        raise Http404
    wording.speak_of(case)
    return case


def kept(case: Case, *, post: Post, now: datetime.datetime) -> Iterator[Kept]:
    """Budget and log of every case; of the rest what its method has, as far as this post may see it."""
    method = procedures.get(case.procedure)
    line = case.plan_item.appropriation
    if post.role in BUYER or post.role in OVERSEERS:
        yield Kept(
            _("采购预算"),
            1,
            [explained.Paper(formats.titled(_("预算")), reverse("work_appropriation", args=[line.pk]))],
            False,
        )
    log = explained.Paper(_("全部留痕"), reverse("work_timeline", args=[case.pk]))
    yield Kept(_("采购活动记录"), 1, [log], False)
    for part in PARTS:
        if not part.known_to(method):
            continue
        rows = _rows(part, case, post=post, now=now)
        links = [
            explained.Paper(formats.titled(paper.title), paper.url)
            for _row, paper in explained.papers({part.model: rows}, post=post, now=now)
        ]
        if part.model is Opening and rows:
            links = [explained.Paper(_("开标记录"), reverse("hall_record", args=[case.pk]))]
        yield Kept(formats.titled(str(part.title)), len(rows), links, part.is_owed and not rows)


def _rows(part: Part, case: Case, *, post: Post, now: datetime.datetime) -> list[Any]:
    model: Any = part.model
    if not may_show(case, model):
        return []
    scope = SCOPES[model](post, now).filter(**{places.path_to(model, Case): case})
    return [row for row in scope.order_by("pk") if part.made(row)]


def documents_of(case: Case, *, post: Post, now: datetime.datetime) -> Iterator[Attachment]:
    """Every file of the case that this post may read, and the signed papers of rows that it sees. An envelope is never
    handed out, whatever somebody attached it to."""
    sealed = set(Bid.objects.filter(lot__case=case).values_list("envelope_id", flat=True))
    for one in readable(case, post=post, now=now):
        if one.document_id not in sealed:
            yield one
    signed = (
        Attachment.objects.filter(root=case.ref, kind=papers.SIGNED).select_related("document").order_by("at", "pk")
    )
    for one in signed:
        row = places.row_of_ref(one.subject, post=post, now=now)
        if row is not None and any(explained.papers({type(row): [row]}, post=post, now=now)):
            yield one


@page(by=READERS)
def archive_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All of it as ZIP: the files, a list of them with their digests, and the log as far as this post reads it."""
    post, now = request.post, request.now  # type: ignore[attr-defined]
    case = found(pk, post=post, now=now)
    whole = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - the answer closes it
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
        listed, left = [], LARGEST
        for number, one in enumerate(documents_of(case, post=post, now=now), start=1):
            name = f"files/{number:04d}{PurePath(one.document.name).suffix}"
            packs = one.document.size <= left and _pack(packed, name, one)
            left -= one.document.size if packs else 0
            kind = KINDS.get(one.kind, _("签署文本") if one.kind == papers.SIGNED else "")
            at = formats.moment(one.at)
            listed.append([name if packs else "", one.title, str(kind), one.document.size, one.document_id, at])
        head = [_("压缩包内路径"), _("名称"), _("类别"), _("字节数"), "SHA-256", _("时间")]
        packed.writestr("list.csv", _table(head, listed))
        packed.writestr("log.csv", _table([_("序号"), _("时间"), _("记录"), _("留痕摘要")], _log(case, post=post)))
    whole.seek(0)
    response = FileResponse(whole, content_type="application/zip")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(case.number)}.zip"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _pack(packed: zipfile.ZipFile, name: str, one: Attachment) -> bool:
    """Whether the file went in; one that is not there as it was handed in stands in the list alone."""
    try:
        entry = zipfile.ZipInfo(name, timezone.localtime(one.at).timetuple()[:6])
        entry.external_attr = 0o600 << 16
        # What is compressed or enciphered grows no smaller: it is stored as it is, which is many times faster.
        text = one.document.media_type.startswith("text/")
        entry.compress_type = zipfile.ZIP_DEFLATED if text else zipfile.ZIP_STORED
        with opened(one.document) as source, packed.open(entry, "w", force_zip64=one.document.size >= 2**31) as target:
            for piece in iter(lambda: source.read(2**16), b""):
                target.write(piece)
    except (BadDocument, OSError):
        return False
    return True


def _log(case: Case, *, post: Post) -> Iterator[list[Any]]:
    found = timeline.entries(timeline.roots_of(case), post=post, is_open=timeline.is_open(case))
    lines = list(found.order_by("seq"))
    for entry, line in zip(lines, timeline.happenings(lines, post=post), strict=True):
        yield [entry.seq, formats.moment(entry.at), line.sentence, entry.hash]


def _table(head: list[str], rows: Any) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(head)
    table.writerows([harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return BYTE_ORDER_MARK + text.getvalue()
