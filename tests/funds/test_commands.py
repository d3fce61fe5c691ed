"""Do `yangcai import budget` and `yangcai check-funds` say what happened, with the exit code that fits?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from tests import factories
from tests.funds.test_budget_import import GOOD, HEADER, USCC, csv_of
from yangcai import cli
from yangcai.funds.models import Appropriation
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _language_goes_back() -> Iterator[None]:
    """The command line speaks for a whole process; the other tests are not that process."""
    before = translation.get_language()
    yield
    translation.activate(before)
    cli.console.choose_language("zh")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    factories.make_organisation(name="测试教育局", uscc=USCC)
    path = tmp_path / "budget.csv"
    path.write_bytes(csv_of(HEADER, GOOD))
    return path


@pytest.fixture
def treasury() -> Any:
    return factories.make_post(Role.TREASURY)


def test_checks_then_imports(file: Path, treasury: Any, capsys: Any) -> None:
    assert cli.main(["import", "budget", str(file), "--dry-run"]) == 0
    assert capsys.readouterr().out == "检查通过：1 行，合计 1,200,000.50 元\n"
    assert not Appropriation.objects.exists()
    assert cli.main(["import", "budget", str(file), "--json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["data"] == {
        "imported": 1,
        "lines": 1,
        "total": "1200000.50",
        "dry_run": False,
        "already_there": False,
    }
    assert err == "" and Appropriation.objects.count() == 1


def test_a_batch_is_imported_once(file: Path, treasury: Any, capsys: Any) -> None:
    given = ["import", "budget", str(file), "--batch-id", "2026-1", "--json", "--quiet"]
    assert [cli.main(given), cli.main(given)] == [0, 0]
    first, again = (json.loads(line)["data"] for line in capsys.readouterr().out.splitlines())
    assert (first["imported"], again["imported"], again["already_there"]) == (1, 0, True)
    assert Appropriation.objects.count() == 1


def test_a_bad_file_is_told_line_by_line_in_the_readers_language(file: Path, treasury: Any, capsys: Any) -> None:
    file.write_bytes(csv_of(HEADER, [*GOOD[:7], "many", "soon"]))
    assert cli.main(["import", "budget", str(file), "--lang", "en", "--quiet"]) == 5
    out, err = capsys.readouterr()
    assert out == "Nothing was imported\n"
    assert err.splitlines() == [
        "Row 2, 预算金额 (amount in yuan): “many” is not an amount in yuan",
        "Row 2, 批复日期 (day of approval): “soon” is not a date: write 2026-01-31",
    ]
    assert cli.main(["import", "budget", str(file), "--json", "--quiet"]) == 5
    answer = json.loads(capsys.readouterr().out)
    assert not answer["ok"] and [f["facts"]["row"] for f in answer["data"]["faults"]] == ["2", "2"]


def test_says_who_could_import_when_it_is_not_clear(file: Path, treasury: Any, capsys: Any) -> None:
    second = factories.make_post(Role.TREASURY)
    assert cli.main(["import", "budget", str(file)]) == 5
    assert "有 2 个有效的财政监管岗位" in capsys.readouterr().err
    assert cli.main(["import", "budget", str(file), "--user", second.person.username]) == 0


def test_a_missing_file_is_a_mistake_in_the_command(tmp_path: Path, capsys: Any) -> None:
    assert cli.main(["import", "budget", str(tmp_path / "nothing.csv")]) == 2
    assert "没有这个文件" in capsys.readouterr().err


def test_the_second_witness_speaks_by_exit_code(capsys: Any) -> None:
    reserved = factories.make_case(budget="100.00").plan_item.reserved_fund
    assert cli.main(["check-funds"]) == 0
    assert capsys.readouterr().out == "核对 2 个资金账户，0 处不符\n"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE funds_fund DISABLE TRIGGER fund_moves")
        cursor.execute("UPDATE funds_fund SET balance = 99 WHERE id = %s", [reserved.pk])
        cursor.execute("ALTER TABLE funds_fund ENABLE TRIGGER fund_moves")
    assert cli.main(["check-funds", "--json"]) == 4
    answer = json.loads(capsys.readouterr().out)
    assert answer["data"]["differences"] == [
        {"fund": reserved.pk, "bucket": "reserved", "balance": "99.00", "from_transfers": "100.00"}
    ]
