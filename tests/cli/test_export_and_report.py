"""Do notices come out as tables, JSON and OCDS, and does the yearly report say its shares of what?"""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.contracts import support
from tests.tendering.walk import Tender
from yangcai import cli
from yangcai.cli import console
from yangcai.portal.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_site")]


def test_notices_come_out_in_three_formats(command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tender = Tender(title="=cmd|’计算’").published()
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: tender.now)
    notice = Notice.objects.get()
    assert command("export", "notices", "--output", tmp_path / "n.csv")["notices"] == 1
    with (tmp_path / "n.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["number"], row["kind"], row["digest"]) == (notice.number, "invitation", notice.digest)
    assert row["title"].startswith("'="), "no spreadsheet program computes it"
    command("export", "notices", "--format", "json", "--output", tmp_path / "n.json")
    (said,) = json.loads((tmp_path / "n.json").read_text(encoding="utf-8"))
    assert said["facts"] == notice.facts and said["title"] == notice.title
    command("export", "notices", "--format", "ocds", "--output", tmp_path / "n.ocds.json")
    assert json.loads((tmp_path / "n.ocds.json").read_text(encoding="utf-8"))["version"] == "1.1"
    assert command("export", "notices", "--type", "award", "--output", tmp_path / "a.csv")["notices"] == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["export", "notices", "--format", "ocds"], "0 个项目，0 条发布"),
        (["ocds", "export", "--records"], "0 个项目，0 条记录"),
        (["ocds", "export", "--lang", "en"], "0 cases, 0 releases"),
    ],
)
def test_how_much_came_out_is_told_in_one_language(
    given: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main([*given, "--output", str(tmp_path / "o.json")]) == console.OK
    assert capsys.readouterr().out.startswith(said)


def test_what_cannot_be_exported_is_a_wrong_use(command: Any, tmp_path: Path) -> None:
    for wrong in (["--type", "nonsense", "--output", tmp_path / "x"], [], ["--format", "ocds", "--type", "award"]):
        command("export", "notices", *wrong, code=console.USAGE)
    assert not list(tmp_path.iterdir())


def test_a_share_is_of_the_contracts_of_the_year(command: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    small = support.scene(amount="900000.00", size="small")
    support.signed(small)
    large = support.scene(amount="300000.00", size="large")
    support.signed(large)
    support.drafted(support.scene(amount="500000.00"))  # not signed: it does not count
    factories.make_plan_item(factories.fund_appropriation(small.officer.organisation), set_aside="whole")
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: support.EFFECTIVE)
    said = command("report", "sme", "--year", 2026)
    assert (said["all"]["contracts"], said["all"]["amount"]) == (2, "1200000.00")
    assert (said["all"]["sme_share"], said["all"]["small_micro_share"]) == ("0.7500", "0.7500")
    assert said["all"]["set_aside"] == "1000000.00" and Decimal(said["all"]["planned"]) == Decimal("4000000")
    by_name = {one["buyer"]: one for one in said["buyers"]}
    assert by_name[large.officer.organisation.name]["sme_share"] == "0.0000"
    assert said["until"] == support.EFFECTIVE.isoformat()
    # Before they were signed there was nothing, and in another year there is none.
    monkeypatch.setattr("yangcai.kernel.clock.now", lambda: factories.NOW)
    assert command("report", "sme", "--year", 2026)["all"]["sme_share"] is None
    assert command("report", "sme", "--year", 2025)["all"]["contracts"] == 0
