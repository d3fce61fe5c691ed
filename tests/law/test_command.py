"""Does `yangcai law` answer people and programs, and fail when the law is broken?"""

import json
from pathlib import Path

import pytest

from yangcai import law
from yangcai.cli import main
from yangcai.law import loader
from yangcai.law.source import Fault, LawFaults


@pytest.mark.long
def test_check_is_content_with_the_law_as_it_stands(capsys) -> None:
    assert main(["law", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True and told["errors"] == []
    assert told["data"]["rules"] == len(law.all_rules())


def test_check_fails_with_file_and_line(capsys, monkeypatch) -> None:
    def broken() -> None:
        raise LawFaults(
            [Fault(Path("award.yaml"), 7, "award.report: unknown instrument IQ", "award.report：没有文件 IQ")]
        )

    monkeypatch.setattr(law, "book", broken)
    assert main(["law", "check", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == ["award.yaml:7: award.report：没有文件 IQ"]
    assert main(["law", "check", "--json", "--lang", "en"]) == 2
    assert json.loads(capsys.readouterr().out)["errors"] == ["award.yaml:7: award.report: unknown instrument IQ"]


@pytest.mark.long
def test_check_fails_for_a_rule_that_nobody_uses(capsys, monkeypatch, tmp_path) -> None:
    folder = Path(law.__file__).parent
    for path in [*folder.glob("*.yaml"), *folder.glob("data/*"), *folder.glob("rules/*")]:
        target = tmp_path / path.relative_to(folder)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    award = tmp_path / "rules" / "award.yaml"
    award.write_text(award.read_text(encoding="utf-8").replace("award.tell_losers:", "award.tell_nobody:"))
    award.write_text(
        "\n".join(line for line in award.read_text(encoding="utf-8").splitlines() if "waits_for: tendering" not in line)
    )
    book = loader.load(tmp_path)
    monkeypatch.setattr(law, "book", lambda: book)
    assert main(["law", "check", "--json"]) == 2
    assert any("award.tell_nobody" in error for error in json.loads(capsys.readouterr().out)["errors"])


@pytest.mark.parametrize(("lang", "word"), [("zh", "第三十五条"), ("en", "art. 35")])
def test_show_prints_the_history_with_articles(lang: str, word: str, capsys) -> None:
    assert main(["law", "show", "submission.open_tender", "--lang", lang]) == 0
    assert word in capsys.readouterr().out


def test_show_knows_clocks_and_days(capsys) -> None:
    assert main(["law", "show", "C13", "--on", "2026-03-02", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)["data"]
    assert (data["key"], data["clock"]) == ("award.decide", "C13")
    assert [value["value"] for value in data["values"]] == [5]
    assert main(["law", "show", "abnormally_low.cap", "--on", "2025-01-01"]) == 0
    assert "没有规定" in capsys.readouterr().out


def test_show_refuses_what_does_not_exist(capsys) -> None:
    assert main(["law", "show", "award.nothing"]) == 2
    assert "award.nothing" in capsys.readouterr().err


def test_show_names_the_keys_that_are_meant(capsys) -> None:
    assert main(["law", "show", "submision.open_tender"]) == 2
    assert "可试：yangcai law show submission.open_tender" in capsys.readouterr().err
    assert main(["law", "show", "award.", "--lang", "en"]) == 2
    assert "Try: yangcai law show award.report | " in capsys.readouterr().err
