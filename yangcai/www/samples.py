"""Which files can a visitor of the demo take along to try things with? Made on the spot, and marked 演示."""

import csv
import datetime
import hashlib
import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from yangcai.funds.budget_file import COLUMNS
from yangcai.funds.models import Appropriation
from yangcai.kernel import clock
from yangcai.kernel.cells import BYTE_ORDER_MARK
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.www import formats, typeset
from yangcai.www.access import PUBLIC, page

#: What the sample budget asks for.
SAMPLE_TITLES = ("实训中心设备购置项目", "卫生信息系统运维项目")
SAMPLE_AMOUNT = "4800000.00"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A file within a ZIP bears no time of its own, so that the same bids give the same bytes.
EPOCH = (1980, 1, 1, 0, 0, 0)
#: The three bids: bidder, price in yuan, which text of the technical part, which fault of spelling it repeats.
BIDS = (
    ("甲公司（演示）", "4521600.00", "own", ""),
    ("乙公司（演示）", "4617300.00", "copied", "交负"),
    ("丙公司（演示）", "4617200.00", "copied", "交负"),
)


def offered() -> list[dict[str, Any]]:
    """The sample files, each with what it is for."""
    rows = (
        ("demo_budget", _("采购预算导入样例"), _("以财政监管身份导入，再以采购人经办身份公开意向。"), "CSV"),
        ("demo_template", _("采购预算导入模板"), _("空表，第一行是各列标题；填好后同样由财政监管导入。"), "XLSX"),
        ("demo_solicitation", _("招标文件示范文本"), _("办理“编制采购文件”时，作为采购文件正文上传。"), "PDF"),
        (
            "demo_bids",
            _("三份投标文件"),
            _("以供应商身份递交投标文件时作附件；其中两份有意雷同：同一处错字，报价只差一百元，评审时并排可见。"),
            "ZIP",
        ),
    )
    return [{"url": reverse(name), "title": title, "hint": hint, "kind": kind} for name, title, hint, kind in rows]


def _only_in_sandbox() -> None:
    if not settings.YANGCAI_SANDBOX:
        raise Http404


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _rows(now: datetime.datetime) -> Iterable[list[Any]]:
    """One line for each of the first buyers of the demo, under codes that are still free."""
    first = Appropriation.objects.count() + 1
    buyers = Organisation.objects.filter(kind=OrganisationKind.BUYER).order_by("pk")[: len(SAMPLE_TITLES)]
    day = timezone.localdate(now)
    for number, (buyer, title) in enumerate(zip(buyers, SAMPLE_TITLES, strict=False), start=first):
        values = {
            "buyer": buyer.name,
            "uscc": buyer.uscc,
            "fiscal_year": day.year,
            "code": f"{day.year}-{number:03d}",
            "name": title,
            "source": "一般公共预算",
            "amount": SAMPLE_AMOUNT,
            "approved_on": formats.day(day),
        }
        yield [values.get(column.key, "") for column in COLUMNS]


@page(by=PUBLIC)
def budget(request: HttpRequest) -> HttpResponse:
    """A budget file to begin with."""
    _only_in_sandbox()
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([column.titles[0] for column in COLUMNS])
    table.writerows(_rows(clock.now()))
    # The mark at the beginning tells a spreadsheet program that this is UTF-8.
    return _file((BYTE_ORDER_MARK + text.getvalue()).encode(), "budget.csv", "text/csv; charset=utf-8")


@page(by=PUBLIC)
def template(request: HttpRequest) -> HttpResponse:
    """An empty table in which a bureau fills in its budget lines."""
    _only_in_sandbox()
    book = Workbook()
    sheet = book.active
    sheet.title = "采购预算（演示）"
    sheet.append([column.titles[0] for column in COLUMNS])
    for number, column in enumerate(COLUMNS, start=1):
        letter = sheet.cell(row=1, column=number).column_letter
        sheet.column_dimensions[letter].width = 4 + 2 * max(len(column.titles[0]), 8)
    data = io.BytesIO()
    book.save(data)
    return _file(data.getvalue(), "budget-template.xlsx", XLSX)


@page(by=PUBLIC)
def solicitation(request: HttpRequest) -> HttpResponse:
    """A solicitation document to look at and to attach."""
    _only_in_sandbox()
    html = render_to_string("demo/solicitation.html", {"title": SAMPLE_TITLES[0]})
    data = _pdf(html, title="招标文件（示范文本，演示）", now=clock.now())
    return _file(data, "solicitation.pdf", "application/pdf")


@page(by=PUBLIC)
def bids(request: HttpRequest) -> HttpResponse:
    """Three bids, of which two were plainly written by one hand."""
    _only_in_sandbox()
    now, data = clock.now(), io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bundle:
        for number, (bidder, price, text, fault) in enumerate(BIDS, start=1):
            told = {"title": SAMPLE_TITLES[0], "bidder": bidder, "price": formats.yuan(Decimal(price)), "text": text}
            html = render_to_string("demo/bid.html", {**told, "handing_over": fault or "交付"})
            bundle.writestr(
                zipfile.ZipInfo(f"bid-{number}.pdf", EPOCH), _pdf(html, title=f"投标文件 {bidder}", now=now)
            )
    return _file(data.getvalue(), "bids.zip", "application/zip")


def _pdf(html: str, *, title: str, now: datetime.datetime) -> bytes:
    return typeset.pdf(
        typeset.Paper(
            title=title,
            number="演示",
            author="演示",
            html=html,
            lang="zh",
            digest=hashlib.sha256(html.encode()).hexdigest(),
            footer="演示数据，不是真实采购",
            at=now,
            words={"proof": "样例文件", "what_is_signed": "供演示时试用，其中的单位和金额均为虚构。", "verify": ""},
        )
    )
