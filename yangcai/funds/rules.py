"""What in a budget file contradicts what the platform already knows?"""

from yangcai.funds.budget_cells import folded
from yangcai.funds.budget_file import BudgetTable, Line, fault
from yangcai.funds.models import Appropriation
from yangcai.kernel.refusals import Refusal
from yangcai.parties.models import Organisation, OrganisationKind


def find_buyers(table: BudgetTable) -> list[Refusal]:
    """Fill in `table.buyers`; the faults of the rows whose buyer is unknown or named wrongly."""
    buyers = list(Organisation.objects.filter(kind=OrganisationKind.BUYER).values_list("id", "name", "uscc"))
    # Full-width and half-width brackets are one name: （集团） is (集团).
    by_name = {folded(name): (pk, name) for pk, name, _uscc in buyers}
    by_uscc = {uscc: (pk, name) for pk, name, uscc in buyers if uscc}
    faults: list[Refusal] = []
    for line in table.lines:
        if line.uscc and line.uscc in by_uscc:
            pk, name = by_uscc[line.uscc]
            if folded(name) != folded(line.buyer):
                faults.append(
                    fault(
                        row=line.row,
                        column="buyer",
                        code="budget_buyer",
                        zh=f"“{line.buyer}”与代码 {line.uscc} 登记的名称“{name}”不一致",
                        en=f"“{line.buyer}” is not “{name}”, under which {line.uscc} is registered",
                    )
                )
                continue
        elif line.uscc or folded(line.buyer) not in by_name:
            faults.append(_unknown(line))
            continue
        else:
            pk, name = by_name[folded(line.buyer)]
        table.buyers[line.row] = pk
    return faults


def _unknown(line: Line) -> Refusal:
    return fault(
        row=line.row,
        column="uscc" if line.uscc else "buyer",
        code="budget_buyer",
        zh=f"没有登记这个采购人：{line.uscc or line.buyer}",
        en=f"no such buyer is registered: {line.uscc or line.buyer}",
    )


def lines_known_already(table: BudgetTable) -> list[Refusal]:
    """Lines that the database holds already: a budget is imported once (one_line_per_budget_code)."""
    years = {line.fiscal_year for line in table.lines}
    known = set(Appropriation.objects.filter(fiscal_year__in=years).values_list("buyer_id", "fiscal_year", "code"))
    seen: dict[tuple[int, int, str], int] = {}
    faults = []
    for line in table.lines:
        if line.row not in table.buyers:
            continue
        key = (table.buyers[line.row], line.fiscal_year, line.code)
        if key in known:
            faults.append(
                fault(
                    row=line.row,
                    column="code",
                    code="budget_duplicate",
                    zh=f"{line.fiscal_year} 年度的 {line.code} 已经导入过",
                    en=f"{line.code} of {line.fiscal_year} was imported before",
                )
            )
        elif key in seen:  # once by code, once by name: the file alone could not tell
            faults.append(
                fault(
                    row=line.row,
                    column="code",
                    code="budget_duplicate",
                    zh=f"与第 {seen[key]} 行重复（同一采购人、年度、编码）",
                    en=f"repeats row {seen[key]} (same buyer, year and code)",
                )
            )
        seen.setdefault(key, line.row)
    return faults
