"""How long does a budget of 100,000 lines take to come in, as CSV and as XLSX?

Beside it: the same rows by bare COPY into the same three tables (what the database needs, ledger and constraints
included), and openpyxl's bare reading of the same workbook. Every run brings in a fiscal year of its own, in one
transaction, committed to disk.
"""

import csv
import datetime
import io
import itertools
from decimal import Decimal
from typing import Any

import psycopg
from openpyxl import Workbook, load_workbook
from stdnum.cn import uscc

from benchmarks import site
from benchmarks.measure import Figure, beside, in_turn
from benchmarks.scale import Scale
from yangcai.funds.models import Appropriation
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.calendar import SHANGHAI
from yangcai.parties.models import Organisation, OrganisationKind
from yangcai.parties.roles import Role
from yangcai.replay import people

NOW = datetime.datetime(2026, 6, 15, 10, tzinfo=SHANGHAI)
BUYERS = 500
HEADER = (
    *("采购人", "统一社会信用代码", "预算年度", "预算项目编码", "预算项目名称"),
    *("品目", "资金来源", "预算金额（元）", "批复日期"),
)
GOODS = ("台式计算机", "激光打印机", "办公桌椅", "物业管理服务", "校园安防系统（二期）", "医用耗材", "食堂食材配送")
#: The years that the runs bring in, one each; a budget is approved in its own year or the one before.
FIRST_YEAR = 2001
#: The import checks every cell, every buyer and every code, and may take so many times what the database alone takes.
AT_MOST = 3


def run(scale: Scale) -> list[Figure]:
    """Both formats through `budget.import`, in turn with their peers."""
    buyers = _buyers(min(BUYERS, scale.lines))
    bureau = people.organisation(people.Named("财政部门"), OrganisationKind.TREASURY, jurisdiction="620171")
    treasury = people.post(bureau, Role.TREASURY)
    years = itertools.count(FIRST_YEAR)
    lines = scale.lines

    def bring_in(name: str, content: bytes) -> None:
        paper = documents.store_bytes(data=content, name=name, person_id=treasury.person_id, now=NOW)
        done = perform(ACTIONS["budget.import"], bureau, by=treasury, now=NOW, file=paper)
        if done.value["lines"] != lines:
            raise RuntimeError(f"{done.value['lines']} of {lines} lines came in")

    # The files are made beforehand: only reading them is part of the work.
    tables = {run: _table(buyers, lines=lines, year=next(years)) for run in range(3 * scale.runs)}
    csvs = {run: _csv(tables[run]) for run in range(scale.runs)}
    books = {run: _xlsx(tables[scale.runs + run]) for run in range(scale.runs)}
    known = {buyer.name: buyer.pk for buyer in buyers}
    with site.connect() as hand:
        hand.autocommit = True
        took = in_turn(
            {
                "csv": lambda run: bring_in("budget.csv", csvs[run]),
                "copy": lambda run: _copy(hand, tables[2 * scale.runs + run], known),
                "xlsx": lambda run: bring_in("budget.xlsx", books[run]),
                "openpyxl": lambda run: _bare_reading(books[run]),
            },
            runs=scale.runs,
        )
    if Appropriation.objects.count() != 3 * scale.runs * lines:
        raise RuntimeError("not every line came in")
    what = f"budget import of {lines:,} lines"
    per_second = f"{lines / took['csv'].median:,.0f} lines per second"
    return [
        beside(f"{what}, CSV", took["csv"], "COPY of the same rows", took["copy"], at_most=AT_MOST, note=per_second),
        beside(f"{what}, XLSX", took["xlsx"], "openpyxl's bare reading", took["openpyxl"], at_most=2),
    ]


def _buyers(count: int) -> list[Organisation]:
    """Invented buyers with valid credit codes."""
    found = []
    for n in range(count):
        stem = f"11620000{n:09d}"
        found.append(
            Organisation(
                name=f"第{n + 1}采购单位（演示）",
                kind=OrganisationKind.BUYER,
                uscc=stem + uscc.calc_check_digit(stem),
                jurisdiction="620171",
            )
        )
    return Organisation.objects.bulk_create(found)


def _table(buyers: list[Organisation], *, lines: int, year: int) -> list[tuple[Any, ...]]:
    """The lines of one year; a pure function of the year."""
    approved = datetime.date(year, 1, 15)
    return [
        (
            buyers[n % len(buyers)].name,
            buyers[n % len(buyers)].uscc,
            year,
            f"62{year}{n:08d}",
            f"{GOODS[n % len(GOODS)]}采购",
            GOODS[n % len(GOODS)],
            "一般公共预算",
            Decimal(10_000 + n * 37 % 5_000_000) + Decimal(n % 100) / 100,
            approved,
        )
        for n in range(lines)
    ]


def _csv(table: list[tuple[Any, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(table)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(table: list[tuple[Any, ...]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("预算")
    sheet.append(HEADER)
    for row in table:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bare_reading(content: bytes) -> None:
    book = load_workbook(io.BytesIO(content), read_only=True)
    for _row in book.worksheets[0].iter_rows(values_only=True):
        pass


def _ids(hand: psycopg.Connection, table: str, count: int) -> list[int]:
    rows = hand.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
    ).fetchall()
    return [row[0] for row in rows]


def _rows(table: list[Any], known: dict[str, int], funds: list[int], ids: list[int]) -> list[tuple[Any, ...]]:
    return [
        (pk, 0, known[buyer], year, code, name, goods, source, amount, day, "", fund)
        for (buyer, _code, year, code, name, goods, source, amount, day), fund, pk in zip(
            table, funds, ids, strict=True
        )
    ]


COLUMNS = (
    "id, version, buyer_id, fiscal_year, code, name, classification, source, amount, approved_on, batch,"
    " available_fund_id"
)


def _copy(hand: psycopg.Connection, table: list[tuple[Any, ...]], known: dict[str, int]) -> None:
    with hand.transaction(), hand.cursor() as cursor:
        funds, ids = _ids(hand, "funds_fund", len(table)), _ids(hand, "funds_appropriation", len(table))
        rows = _rows(table, known, funds, ids)
        with cursor.copy("COPY funds_fund (id, bucket, balance) FROM STDIN") as copy:
            for fund in funds:
                copy.write_row((fund, "available", 0))
        with cursor.copy(f"COPY funds_appropriation ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        with cursor.copy("COPY funds_transfer (kind, target_id, amount, at, ground) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(("appropriate", row[-1], row[8], NOW, f"appropriation:{row[0]}"))
