"""Do plans and suppliers come in row by row, each fault named by row and column, and a batch never twice?"""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.tendering.sealing_walk import credit_code
from yangcai import cli
from yangcai.cli import console
from yangcai.kernel.models import Entry
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.planning.models import PlanItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_site")]
SUPPLIERS = ["名称", "统一社会信用代码", "企业规模", "地址"]


def written(path: Path, *rows: list[Any]) -> Path:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def answered(capsys: Any) -> dict[str, Any]:
    return dict(json.loads(capsys.readouterr().out))


def test_what_is_wrong_in_a_row_keeps_no_other_row_out(tmp_path: Path, capsys: Any) -> None:
    codes = [credit_code() for _ in range(3)]
    rows = [["甲公司", codes[0], "小型企业", "兰州"], ["乙公司", "123", "small", ""], ["丙公司", codes[2], "巨型", ""]]
    path = written(tmp_path / "s.csv", SUPPLIERS, *rows)
    given = ["import", "suppliers", str(path), "--json", "--quiet", "--lang", "en"]
    assert cli.main([*given, "--dry-run"]) == console.PARTIAL
    assert answered(capsys)["data"]["checked"] == 1 and not Organisation.objects.filter(kind="supplier").exists()
    assert cli.main(given) == console.PARTIAL
    first = answered(capsys)
    assert (first["data"]["rows"], first["data"]["imported"], first["data"]["refused"]) == (3, 1, 2)
    assert [(fault["row"], fault["column"]) for fault in first["data"]["faults"]] == [
        (3, "unified social credit code"),
        (4, ""),
    ]
    made = Organisation.objects.get(name="甲公司")
    assert (made.uscc, made.size, made.jurisdiction) == (codes[0], "small", "620171")
    assert Entry.objects.get(action="organisation.register").role == Role.PLATFORM
    # Mended, and given again as the same batch: what is in is not imported twice.
    written(path, SUPPLIERS, rows[0], ["乙公司", codes[1], "small", ""], ["丙公司", codes[2], "large", ""])
    assert cli.main([*given, "--batch-id", first["data"]["batch_id"]]) == 0
    again = answered(capsys)["data"]
    assert (again["imported"], again["already_there"]) == (2, 1)
    assert Organisation.objects.filter(kind="supplier").count() == 3


def test_columns_are_known_by_field_label_or_map(tmp_path: Path, capsys: Any) -> None:
    given = ["import", "suppliers", "--json", "--quiet"]
    path = written(tmp_path / "s.csv", ["企业名称", "Unified social credit code"], ["丁公司", credit_code()])
    assert cli.main([*given, str(path)]) == console.NOT_MET
    assert "标题行" in answered(capsys)["errors"][0]
    (tmp_path / "map.yml").write_text("企业名称: name\n", encoding="utf-8")
    assert cli.main([*given, str(path), "--map", str(tmp_path / "map.yml")]) == 0
    assert Organisation.objects.filter(name="丁公司").exists()
    capsys.readouterr()
    strange = written(tmp_path / "t.csv", ["name", "uscc", "星级"], ["戊公司", credit_code(), "5"])
    assert cli.main([*given, str(strange)]) == console.NOT_MET
    assert "星级" in answered(capsys)["errors"][0] and not Organisation.objects.filter(name="戊公司").exists()


def test_plans_are_drafted_on_the_budget_items_of_the_buyer(tmp_path: Path, capsys: Any) -> None:
    officer = factories.make_post(Role.BUYER_OFFICER)
    own = factories.fund_appropriation(officer.organisation)
    other = factories.fund_appropriation(factories.make_organisation())
    head = [
        "预算项目编码",
        "采购项目名称",
        "类别",
        "采购方式",
        "预算金额",
        "计划开始日期",
        "预留份额",
        "集中采购目录以内",
    ]
    rows = [
        [own.code, "教学设备", "货物", "公开招标", "800000", "2026-05-01", "整体专门面向中小企业", "否"],
        [other.code, "别人的", "goods", "open_tender", "1", "2026-05-01", "whole", "no"],
        [own.code, "没有金额", "goods", "open_tender", "", "2026-05-01", "whole", "no"],
    ]
    path = written(tmp_path / "p.csv", head, *rows)
    assert cli.main(["import", "plans", str(path), "--json", "--quiet"]) == console.PARTIAL
    said = answered(capsys)["data"]
    item = PlanItem.objects.get()
    assert (item.title, item.appropriation, item.set_aside, item.procedure) == ("教学设备", own, "whole", "open_tender")
    assert item.submitted_at is None, "a draft: a person sends it for review"
    assert [(fault["row"], fault["code"]) for fault in said["faults"]] == [(3, "not_found"), (4, "invalid_input")]
    assert said["faults"][1]["column"] == "预算金额"
    assert Entry.objects.get(action="plan.draft").person_id == officer.person_id
