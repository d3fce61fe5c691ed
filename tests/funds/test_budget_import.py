"""Is a budget file imported whole or not at all, and is every fault named by row and column?"""

import csv
import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import translation

from tests import factories
from yangcai.funds import budget_file, queries, spreadsheet
from yangcai.funds.actions import import_budget
from yangcai.funds.models import Appropriation, Fund, Transfer
from yangcai.kernel.actions import perform, rehearse
from yangcai.kernel.models import Document, Entry
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role

NOW = factories.NOW
USCC = "11620000013896400D"
HEADER = [column.titles[0] for column in budget_file.COLUMNS]
OTHER_TITLES = [
    "单位名称", "信用代码", "年度", "项目编码", "项目名称", "采购品目", "资金性质", "金额（元）", "批复时间",
]  # fmt: skip
GOOD: list[Any] = [
    "测试教育局", USCC, 2026, "E-001", "教学设备", "A02", "一般公共预算", "1200000.50", "2026-01-20",
]  # fmt: skip


def xlsx(*rows: list[Any], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for n in range(sheets):
        sheet = book.active if n == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(*rows: list[Any], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def repack(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The workbook with parts put in or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def buyer(db: None) -> Organisation:
    return factories.make_organisation(name="测试教育局", uscc=USCC)


@pytest.fixture
def treasury(db: None) -> Any:
    return factories.make_post(Role.TREASURY)


def bring_in(treasury: Any, data: bytes, name: str = "budget.xlsx", how: Any = perform) -> Any:
    return how(import_budget, treasury.organisation, by=treasury, now=NOW, file=ContentFile(data, name=name))


def refused(treasury: Any, data: bytes, name: str = "budget.xlsx") -> list[Any]:
    with pytest.raises(Refused) as error:
        bring_in(treasury, data, name)
    assert not Appropriation.objects.exists() and not Fund.objects.exists() and not Transfer.objects.exists()
    return error.value.refusals


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (xlsx(["2026 年部门采购预算表"], HEADER, GOOD), "b.xlsx"),
        (repack(xlsx(HEADER, GOOD), {"xl/printerSettings/printerSettings1.bin": b"\x00printer"}), "b.xlsx"),
        (csv_of(HEADER, GOOD), "b.csv"),
        (csv_of(HEADER, GOOD, encoding="gb18030"), "b.csv"),
        (csv_of(HEADER, GOOD, delimiter="\t"), "b.csv"),
        (csv_of(OTHER_TITLES, [*GOOD[:7], "1,200,000.50", "2026年1月20日"]), "b.csv"),
    ],
    ids=["title row", "settings of a printer", "csv", "gb18030", "tabs", "other titles, grouped amount, Chinese date"],
)  # fmt: skip
def test_a_line_becomes_an_appropriation_with_its_money(
    buyer: Organisation, treasury: Any, data: bytes, name: str
) -> None:
    done = bring_in(treasury, data, name)
    assert done.value == {"lines": 1, "total": Decimal("1200000.50")}
    line = Appropriation.objects.get()
    assert (line.buyer, line.fiscal_year, line.code, line.name) == (buyer, 2026, "E-001", "教学设备")
    assert (line.classification, line.source, str(line.approved_on)) == ("A02", "一般公共预算", "2026-01-20")
    assert line.available_fund.balance == line.amount == Decimal("1200000.50")
    assert queries.balances(line).agrees
    assert queries.check_funds() == []


def test_brackets_do_not_part_a_buyer_from_its_name_and_digits_may_be_full_width(treasury: Any) -> None:
    factories.make_organisation(name="测试教育局（新区）")
    line = [
        "测试教育局(新区)",
        "",
        "２０２６",
        "E-001",
        "教学设备（二期）",
        "",
        "",
        "１，２００．５０",
        "2026年1月20日",
    ]
    bring_in(treasury, xlsx(HEADER, line))
    found = Appropriation.objects.get()
    assert (found.name, found.amount) == ("教学设备（二期）", Decimal("1200.50"))


def test_the_entry_keeps_the_digest_and_the_sums_not_the_lines(buyer: Organisation, treasury: Any) -> None:
    done = bring_in(treasury, xlsx(HEADER, GOOD))
    data = Entry.objects.get(seq=done.entry).payload.data["input"]
    assert data == {"file": f"document:{Document.objects.get().digest}", "table": "1 行，合计 1,200,000.50 元"}


def test_every_fault_is_named_by_row_and_column(buyer: Organisation, treasury: Any) -> None:
    def row(**changes: Any) -> list[Any]:
        return [changes.get(column.key, value) for column, value in zip(budget_file.COLUMNS, GOOD, strict=True)]

    found = refused(
        treasury,
        xlsx(
            HEADER,
            row(code="E-002", amount="-5", approved_on="20 January"),
            row(code="E-003", amount="=1+1"),
            row(code="E-004", fiscal_year="二〇二六", name=None),
            row(code="E-005", uscc="11620000013896400E"),
            row(code="E-006", buyer="没有这个单位", uscc=None),
            row(code="E-007", amount="100.005"),
            row(code="E-008", approved_on="2026-03-03"),
            row(code="E-009", buyer="另一个名称"),
            row(),
            row(),
            row(code="E-010", approved_on="2024-12-31"),
            row(code="E-011", amount=0),
        ),
    )
    assert [(r.facts["row"], r.facts["column"]) for r in found] == [
        (2, "预算金额"), (2, "批复日期"), (3, "预算金额"), (4, "预算年度"), (4, "预算项目名称"),
        (5, "统一社会信用代码"), (6, "采购人"), (7, "预算金额"), (8, "批复日期"), (9, "采购人"),
        (11, "预算项目编码"), (12, "批复日期"), (13, "预算金额"),
    ]  # fmt: skip
    assert found[0].zh == "第 2 行“预算金额”：“-5”不是以元为单位的金额"
    with translation.override("en"):
        assert found[0].text == "Row 2, 预算金额 (amount in yuan): “-5” is not an amount in yuan"
    assert "公式" in found[2].zh and "第 10 行" in found[10].zh


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (xlsx([*HEADER[:-1], "批复人"], GOOD), "b.xlsx", "budget_header"),
        (xlsx([*HEADER, "采购单位"], [*GOOD, "x"]), "b.xlsx", "budget_header"),
        (xlsx([h if h != "预算金额" else "预算金额（万元）" for h in HEADER], GOOD), "b.xlsx", "budget_unit"),
        (xlsx(["单位：万元"], HEADER, GOOD), "b.xlsx", "budget_unit"),
        (csv_of(["2026 年预算表（金额单位：千元）"], HEADER, GOOD), "b.csv", "budget_unit"),
        (xlsx(HEADER, [*GOOD[:3], "E-0\u200b01", *GOOD[4:]]), "b.xlsx", "budget_line"),
        (xlsx(HEADER, [*GOOD[:4], "教学\u202e备设", *GOOD[5:]]), "b.xlsx", "budget_line"),
        (xlsx(HEADER), "b.xlsx", "budget_empty"),
        (xlsx(), "b.xlsx", "budget_header"),
        (xlsx(HEADER, GOOD, sheets=2), "b.xlsx", "budget_sheets"),
        (xlsx(HEADER, [*GOOD, None, "beside"]), "b.xlsx", "budget_line"),
        (b"PK\x03\x04 not a zip at all", "b.xlsx", "budget_workbook"),
        (xlsx(HEADER, GOOD)[:-200], "b.xlsx", "budget_workbook"),
        (repack(xlsx(HEADER, GOOD), {"xl/vbaProject.bin": b"macro"}), "b.xlsx", "budget_macros"),
        (repack(xlsx(HEADER, GOOD), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "b.xlsx", "budget_links"),
        (repack(xlsx(HEADER, GOOD), {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "b.xlsx",
         "budget_entities"),
        (repack(xlsx(HEADER, GOOD), {"xl/workbook.xml": b"<broken"}), "b.xlsx", "budget_workbook"),
        ("采购人，预算年度\n甲，2026\n".encode(), "b.csv", "budget_delimiter"),
        (csv_of(HEADER, GOOD).replace("教学设备".encode(), b"\xff\xff\xff"), "b.csv", "budget_encoding"),
        (csv_of(HEADER, GOOD) + b'"unclosed', "b.csv", "budget_csv"),
        (csv_of(HEADER, GOOD), "b.txt", "invalid_input"),
        (b"\xd0\xcf\x11\xe0 an old .xls", "b.xls", "invalid_input"),
        (b"", "b.csv", "invalid_input"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_budget_is_refused_with_a_reason(
    buyer: Organisation, treasury: Any, data: bytes, name: str, code: str
) -> None:
    assert code in {refusal.code for refusal in refused(treasury, data, name)}


@pytest.mark.long
def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    buyer: Organisation, treasury: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = repack(xlsx(HEADER, GOOD), {"xl/worksheets/sheet9.xml": b"0" * (spreadsheet.MAX_UNPACKED + 1)})
    assert len(bomb) < 2**20
    monkeypatch.delattr(zipfile.ZipFile, "open")
    assert refused(treasury, bomb)[0].code == "budget_zip_bomb"


def test_more_faults_than_a_person_can_read_are_counted(buyer: Organisation, treasury: Any) -> None:
    found = refused(treasury, csv_of(HEADER, *([*GOOD[:7], "x", GOOD[8]] for _n in range(1200))), "b.csv")
    assert len(found) == budget_file.FAULTS_SHOWN + 1
    assert found[-1].facts == {"more": 200}


def test_the_same_budget_is_not_imported_twice(buyer: Organisation, treasury: Any) -> None:
    bring_in(treasury, xlsx(HEADER, GOOD))
    with pytest.raises(Refused) as error:
        bring_in(treasury, csv_of(HEADER, [*GOOD[:3], "E-009", *GOOD[4:]], GOOD), "b.csv")
    assert [(r.code, r.facts["row"]) for r in error.value.refusals] == [("budget_duplicate", 3)]
    assert Appropriation.objects.count() == 1


def test_one_buyer_by_code_and_by_name_is_one_buyer(buyer: Organisation, treasury: Any) -> None:
    found = refused(treasury, csv_of(HEADER, GOOD, [GOOD[0], "", *GOOD[2:]]), "b.csv")
    assert [(r.code, r.facts["row"]) for r in found] == [("budget_duplicate", 3)]


def test_a_dry_run_says_the_same_and_keeps_nothing(buyer: Organisation, treasury: Any) -> None:
    entries = Entry.objects.count()
    assert bring_in(treasury, xlsx(HEADER, GOOD), how=rehearse).value["total"] == Decimal("1200000.50")
    with pytest.raises(Refused):
        bring_in(treasury, xlsx(HEADER), how=rehearse)
    assert not Appropriation.objects.exists() and Entry.objects.count() == entries and not Document.objects.exists()


def test_only_the_treasury_imports(buyer: Organisation) -> None:
    officer = factories.make_post(Role.BUYER_OFFICER, buyer)
    with pytest.raises(Refused) as error:
        perform(import_budget, buyer, by=officer, now=NOW, file=ContentFile(xlsx(HEADER, GOOD), name="b.xlsx"))
    assert error.value.codes == {"role_may_not"}


def test_ten_thousand_lines_are_posted_as_one_set(buyer: Organisation, treasury: Any) -> None:
    rows = ([*GOOD[:3], f"E-{n}", *GOOD[4:7], "10.00", GOOD[8]] for n in range(10_000))
    assert bring_in(treasury, csv_of(HEADER, *rows), "b.csv").value["lines"] == 10_000
    assert queries.check_funds() == []
    assert queries.waterfall(buyer=buyer, fiscal_year=2026).available == Decimal("100000.00")


def test_what_was_planned_for_few_lines_is_not_asked_of_many(buyer: Organisation, treasury: Any) -> None:
    """A session keeps the plans of triggers and foreign keys. Made while the tables were nearly empty, they read the
    whole table for every new line: ten thousand took a minute."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE funds_fund, funds_appropriation, funds_transfer")
        for n in range(12):  # the sixth makes the plan that is kept
            bring_in(treasury, csv_of(HEADER, [*GOOD[:3], f"F-{n}", *GOOD[4:]]), "b.csv")
        before = _read_without_index(cursor)
        bring_in(treasury, csv_of(HEADER, *([*GOOD[:3], f"M-{n}", *GOOD[4:]] for n in range(2_000))), "b.csv")
        assert _read_without_index(cursor) - before < 10 * 2_000


def _read_without_index(cursor: Any) -> int:
    """Rows of the funds' tables that this transaction read in whole tables."""
    cursor.execute("SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname LIKE 'funds_%'")
    return int(cursor.fetchone()[0])
