"""Is a change of law one reviewed file, and does its preview say what it would reach?"""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from yangcai import law
from yangcai.cases.models import Case
from yangcai.cli import main
from yangcai.law import loader, preview
from yangcai.law.source import LawFaults

PACK = """\
yangcai: law-pack/1
title: {zh: 缩短公示，提高数额标准, en: A longer window and a higher threshold}
prepared_by: 采购监管岗
reviewed_by: 法规岗
reviewed_on: 2026-12-01
instruments:
  NEW: {zh: 新办法, en: New Measures, number: 财库〔2026〕99号, issuer: 财政部, in_force: 2027-01-01, articles: 50,
    confidence: verified}
rules:
  submission.open_tender:
    values:
      - {from: 2027-01-01, value: 25, instrument: NEW, article: "12", confidence: verified}
  submission.quotations:
    values:
      - {from: 2027-01-01, value: 5, instrument: NEW, article: "13", confidence: verified}
  award.new_duty:
    zh: 新义务
    en: A new duty
    unit: working_days
    waits_for: tendering
    values:
      - {from: 2027-03-01, value: 4, instrument: NEW, article: "14(2)", confidence: verified, jurisdiction: "62"}
"""


def write(folder: Path, text: str = PACK, *changes: tuple[str, str]) -> Path:
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / "pack.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pack_adds_and_overwrites_nothing(tmp_path: Path) -> None:
    book = loader.load(law.FOLDER, extra=(write(tmp_path),))
    days = [(day, book.at("submission.open_tender", on=day, jurisdiction="620171")) for day in (
        datetime.date(2026, 12, 31), datetime.date(2027, 1, 1))]  # fmt: skip
    assert [value.value for _day, value in days if value] == [20, 25]
    assert book.at("award.new_duty", on=datetime.date(2027, 3, 1), jurisdiction="110000") is None
    assert book.packs[-1].reviewed_by == "法规岗"
    found = list(preview.changes(law.book(), book))
    assert {(c.rule.key, c.is_new) for c in found} == {
        ("submission.open_tender", False),
        ("submission.quotations", False),
        ("award.new_duty", True),
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("law-pack/1", "law-pack/9", "unknown yangcai law-pack/9"),
        ("prepared_by: 采购监管岗\n", "", "prepared_by is missing"),
        ("reviewed_by: 法规岗", "reviewed_by: 采购监管岗", "whoever prepared it does not review it"),
        ("reviewed_on: 2026-12-01", "reviewed_on: 2027-02-30", "reviewed_on is not a date"),
        ("reviewed_on: 2026-12-01", "reviewed_on: 2027-02-01", "applies from 2027-01-01, before its review"),
        ("in_force: 2027-01-01", "in_force: 2027-06-01", "NEW is in force only from 2027-06-01"),
        ('article: "12"', 'article: "51"', "NEW has only 50 articles"),
        ("instrument: NEW, article: \"13\"", "instrument: GONE, article: \"13\"", "unknown instrument GONE"),
        ("value: 25", "value: many", "many is not in days"),
        ("from: 2027-01-01, value: 25", "from: 2003-01-01, value: 25", "two values for cn from 2003-01-01"),
        ("open_tender:\n    values:", "open_tender:\n    zh: 改名\n    values:", "unknown key zh"),
        ("  award.new_duty:", "  NoKey:", "a key reads"),
        ("rules:", "rules: []\nunknown:", "unknown key unknown"),
        ("title: {zh: 缩短公示，提高数额标准, en:", "title: {zh: 缩短公示, fr:", "title: unknown key fr"),
    ],
)  # fmt: skip
def test_a_wrong_pack_is_refused_by_line(before: str, after: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(LawFaults) as refused:
        loader.load(law.FOLDER, extra=(write(tmp_path, PACK, (before, after)),))
    assert message in str(refused.value)
    assert "pack.yaml:" in str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("title: {zh", "title: [zh", "2: not YAML"),
        ("采购监管岗", "采购\x00监管岗", "3: a control character is no text"),
        ("rules:", "rules: &again\n  again: *again", "9: nested too deeply"),
        ("articles: 50", "articles: 五十", "7: NEW: articles is a number"),
        ("issuer: 财政部", "issuer: [财政部]", "7: NEW: issuer is a text"),
        ("in_force: 2027-01-01", "in_force: 明年", "7: NEW: in_force is not a date"),
        ("    confidence: verified}\nrules", "    confidence: sure}\nrules", "8: NEW: unknown confidence sure"),
        ("prepared_by:", "preparedby:", "3: pack.yaml: unknown key preparedby; did you mean prepared_by?"),
        ("    unit: working", "    units: working", "19: award.new_duty: unknown key units; did you mean unit?"),
        ("rules:", "  OLD: 旧\nrules:", "9: OLD: a mapping is expected"),
        ('jurisdiction: "62"', "also: O87 7", "22: award.new_duty: also is a list"),
    ],
)  # fmt: skip
def test_one_slip_is_told_in_one_line(before: str, after: str, line: str, tmp_path: Path) -> None:
    """Not once more for whatever rests on it, and never by a fault of the reader's own."""
    with pytest.raises(LawFaults) as refused:
        loader.load(law.FOLDER, extra=(write(tmp_path, PACK, (before, after)),))
    [fault] = refused.value.faults
    assert str(fault).startswith(f"pack.yaml:{line}")


def test_what_was_never_there_is_repealed_without_a_word(tmp_path: Path) -> None:
    book = loader.load(law.FOLDER, extra=(write(tmp_path, PACK, ("value: 4, instrument", "value: null, instrument")),))
    assert "award.new_duty" not in {change.rule.key for change in preview.changes(law.book(), book)}


def test_a_repeal_leaves_the_past_alone_and_says_what_it_leaves_behind(tmp_path: Path) -> None:
    text = PACK.replace("rules:", "  O74: {repealed_by: NEW, repealed_on: 2027-01-01}\nrules:")
    book = loader.load(law.FOLDER, extra=(write(tmp_path, text),))
    assert book.instruments["O74"].repealed_by == "NEW"
    left = {rule.key for rule, _value in preview.left_behind(law.book(), book)}
    assert "submission.negotiation" in left and "submission.quotations" not in left
    later = 'instrument: O74, article: "29", confidence: verified}\n'
    with pytest.raises(LawFaults, match="O74 was repealed"):
        loader.load(law.FOLDER, extra=(write(tmp_path, text.replace(
            'instrument: NEW, article: "13", confidence: verified}\n', later)),))  # fmt: skip
    with pytest.raises(LawFaults, match="O74: unknown key number"):
        loader.load(law.FOLDER, extra=(write(tmp_path, text.replace("O74: {", "O74: {number: x, ")),))


def test_an_installed_pack_was_reviewed(tmp_path: Path) -> None:
    for name in ("instruments.yaml", "clocks.yaml", "rules", "data"):
        (tmp_path / name).symlink_to(law.FOLDER / name)
    (tmp_path / "packs").mkdir()
    write(tmp_path / "packs")
    assert loader.load(tmp_path).rules["award.new_duty"]
    write(tmp_path / "packs", PACK, ("reviewed_by: 法规岗\nreviewed_on: 2026-12-01\n", ""))
    with pytest.raises(LawFaults, match="an installed pack says reviewed_by and reviewed_on"):
        loader.load(tmp_path)


# --- the command -----------------------------------------------------------------------------------------------------


def told(path: Path, capsys: Any, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["law", "preview", str(path), "--json", *options])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.django_db
def test_the_preview_tells_rules_and_cases(tmp_path: Path, capsys: Any) -> None:
    waiting, running, over = (factories.make_case() for _ in range(3))
    Case.objects.filter(pk=running.pk).update(law_as_of="2026-11-02", published_at=factories.at("2026-11-02"))
    ended = factories.at("2026-11-03")
    Case.objects.filter(pk=over.pk).update(ended_at=ended, end_kind="terminated", end_reason="演示")
    code, said = told(write(tmp_path), capsys)
    assert (code, said["ok"]) == (0, True)
    window = next(c for c in said["data"]["changes"] if c["rule"] == "submission.open_tender")
    assert (window["before"]["value"], window["after"]["value"]) == (20, 25)
    assert window["methods"] == ["open_tender", "framework"]
    assert window["clocks"], "the clock that counts by this rule is named"
    cases = {(c["number"], c["rule"], c["running"]) for c in said["data"]["cases"]}
    assert (waiting.number, "submission.open_tender", False) in cases
    assert not {number for number, _rule, _running in cases} & {running.number, over.number}
    assert main(["law", "preview", str(write(tmp_path))]) == 0
    text = capsys.readouterr().out
    assert "20日 → 25日" in text and "第十二条" in text and waiting.number in text
    assert "所看数据库：网站" in text and "未结束项目 2 个" in text


@pytest.mark.django_db
def test_what_reaches_back_into_running_cases_is_said_and_fails(tmp_path: Path, capsys: Any) -> None:
    running = factories.make_case()
    Case.objects.filter(pk=running.pk).update(law_as_of="2027-02-01", published_at=factories.at("2027-02-01"))
    path = write(tmp_path, PACK, ("reviewed_on: 2026-12-01", "reviewed_on: 2027-03-15\nlate: 文件迟到"))
    code, said = told(path, capsys)
    assert code == 5
    assert any(running.number in error and "submission.open_tender" in error for error in said["errors"])


def test_the_preview_of_nothing_is_refused(tmp_path: Path, capsys: Any) -> None:
    assert main(["law", "preview", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml" in capsys.readouterr().err
    code, said = told(write(tmp_path, "- not a pack\n"), capsys)
    assert (code, said["errors"]) == (2, ["pack.yaml:1: 应当是一组键值", *said["errors"][1:]])
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert main(["law", "preview", str(binary)]) == 2
    assert "UTF-8" in capsys.readouterr().err


def test_a_misspelt_rule_is_named_with_the_one_that_was_meant(tmp_path: Path, capsys: Any) -> None:
    """Not three words that a change of a rule never says; and the reader is told first that the file cannot be used."""
    wrong = write(tmp_path, PACK, ("submission.quotations:", "submission.quotation:"))
    assert main(["law", "preview", str(wrong)]) == 2
    said = capsys.readouterr()
    assert said.out.strip().endswith("不能采用：1 处错误（文件:行）")
    assert "submission.quotation：没有这个键的规则，是否为 submission.quotations？" in said.err
    assert "缺少" not in said.err
    assert main(["law", "preview", str(wrong), "--lang", "en"]) == 2
    english = capsys.readouterr().err
    assert "submission.quotation: no rule stands under this key; did you mean submission.quotations?" in english


def test_no_fault_is_told_in_the_wrong_language(tmp_path: Path) -> None:
    """Every fault of a pack that is wrong all over has its sentence in Chinese, on the same line."""
    wrong = write(
        tmp_path,
        PACK,
        ("value: 25", "value: many"),
        ('article: "12"', 'article: "51"'),
        ("rules:", "unknown: 1\nrules:"),
    )
    with pytest.raises(LawFaults) as refused:
        loader.load(law.FOLDER, extra=(wrong,))
    told = refused.value.faults
    assert len(told) >= 3
    for fault in told:
        assert any("一" <= sign <= "鿿" for sign in fault.zh) and not any("一" <= sign <= "鿿" for sign in str(fault))
        assert fault.in_chinese.split(":")[:2] == str(fault).split(":")[:2]
