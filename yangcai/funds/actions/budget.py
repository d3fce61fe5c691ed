"""How does an approved budget come in: whole, or not at all?"""

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yangcai.funds import rules
from yangcai.funds.budget_file import MAX_BYTES, BudgetTable, read
from yangcai.funds.models import Bucket, TransferKind
from yangcai.kernel import documents
from yangcai.kernel.actions import action
from yangcai.kernel.inputs import DocumentField, Input
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

#: So many new rows that a plan made before them may be far wrong.
MANY = 1_000


class ImportBudget(Input):
    file = DocumentField(
        label=_("预算文件"),
        kinds=("text/csv", documents.OFFICE[".xlsx"]),
        max_bytes=MAX_BYTES,
        help_text=_(
            "XLSX 或 CSV，列：采购人、统一社会信用代码、预算年度、预算项目编码、预算项目名称、品目、资金来源、"
            "预算金额（元）、批复日期"
        ),
    )

    def refusals(self) -> list[Refusal]:
        """Every fault of every row at once; the table that was read joins the cleaned data."""
        found = super().refusals()
        if found:
            return found
        document = self.cleaned_data["file"]
        table = read(
            data=documents.read(document),
            name=".xlsx" if document.media_type == documents.OFFICE[".xlsx"] else ".csv",
            today=timezone.localdate(self.now),
        )
        table.faults += rules.find_buyers(table)
        table.faults += rules.lines_known_already(table)
        self.cleaned_data["table"] = table
        return table.refusals()


@action(
    "budget.import",
    zh="导入采购预算",
    en="Import the procurement budget",
    on=Organisation,
    by={Role.TREASURY},
    input=ImportBudget,
    sentence=("{post}导入了采购预算", "{post} imported the procurement budget"),
    cites=("control.no_budget_no_procurement",),
    hint=(
        "整份文件要么全部导入，要么一行也不导入；可先试运行查看每一处错误",
        "The whole file is imported or none of it; try it first to see every fault",
    ),
    is_public=False,
)
def import_budget(
    treasury: Organisation,
    *,
    by: Post,
    now: datetime.datetime,
    file: documents.Document,
    table: BudgetTable,
    **data: Any,
) -> dict[str, Any]:
    """Open an available fund, write the appropriation and bring its money in, for every line, by COPY: the ledger's
    own trigger posts the transfers, as a set. Returns how many lines and how much money came in."""
    lines = table.lines
    with connection.cursor() as cursor:
        funds = _new_ids(cursor, "funds_fund", len(lines))
        appropriations = _new_ids(cursor, "funds_appropriation", len(lines))
        with cursor.copy("COPY funds_fund (id, bucket, balance) FROM STDIN") as copy:
            for fund in funds:
                copy.write_row((fund, str(Bucket.AVAILABLE), 0))
        _plan_anew(cursor, "funds_fund", len(lines))
        with cursor.copy(
            "COPY funds_appropriation (id, version, buyer_id, fiscal_year, code, name, classification, source, amount,"
            " approved_on, batch, available_fund_id) FROM STDIN"
        ) as copy:
            for line, pk, fund in zip(lines, appropriations, funds, strict=True):
                copy.write_row(
                    (
                        pk,
                        0,
                        table.buyers[line.row],
                        line.fiscal_year,
                        line.code,
                        line.name,
                        line.classification,
                        line.source,
                        line.amount,
                        line.approved_on,
                        file.digest,
                        fund,
                    )
                )
        _plan_anew(cursor, "funds_appropriation", len(lines))
        with cursor.copy("COPY funds_transfer (kind, target_id, amount, at, ground) FROM STDIN") as copy:
            for line, pk, fund in zip(lines, appropriations, funds, strict=True):
                copy.write_row((str(TransferKind.APPROPRIATE), fund, line.amount, now, f"appropriation:{pk}"))
    return {"lines": len(lines), "total": sum((line.amount for line in lines), Decimal("0.00"))}


def _plan_anew(cursor: Any, table: str, count: int) -> None:
    """Make the database plan again what it asks a table that grew at once. A session keeps the plans of its triggers
    and foreign keys, and those made for a handful of rows read all of them for each new row."""
    if count >= MANY:
        cursor.execute(f"ANALYZE {table}")


def _new_ids(cursor: Any, table: str, count: int) -> list[int]:
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
        [table, count],
    )
    return [row[0] for row in cursor.fetchall()]
