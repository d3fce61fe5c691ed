"""Does the loader refuse every kind of broken law file, naming the line?"""

import shutil
from pathlib import Path

import pytest

from yangcai import law
from yangcai.law import loader
from yangcai.law.source import LawFaults

INSTRUMENTS = """\
GPL:
  {zh: 政府采购法, en: Law, number: "68", issuer: 全国人大, in_force: 2003-01-01, articles: 88, confidence: verified}
OLD: {zh: 旧办法, en: Old, number: 旧, issuer: 财政部, in_force: 2004-01-01,
  repealed_by: GPL, repealed_on: 2010-01-01, confidence: verified}
OWN: {zh: 平台规则, en: Terms, number: 告, issuer: 平台, in_force: 2003-01-01, confidence: own}
GS: {zh: 甘肃, en: Gansu, number: 文, issuer: 省政府, in_force: 2020-01-01, jurisdiction: "62", confidence: verified}
"""
RULE = """\
submission.open_tender:
  zh: 期限
  en: time
  unit: days
  values:
    - {from: 2003-01-01, value: 20, instrument: GPL, article: "35", confidence: verified}
"""
CLOCKS = """\
anchors:
  opened: {zh: 发出, en: issued}
  closed: {zh: 截止, en: closed}
clocks:
  C05:
    {zh: 投标, en: bid, from: opened, to: closed, actor: agent, rule: submission.open_tender, kind: at_least,
      fires: remind}
"""


def write(folder: Path, *, instruments: str = INSTRUMENTS, rule: str = RULE, clocks: str = CLOCKS) -> Path:
    (folder / "rules").mkdir()
    (folder / "instruments.yaml").write_text(instruments)
    (folder / "rules" / "submission.yaml").write_text(rule)
    (folder / "clocks.yaml").write_text(clocks)
    return folder


def faults(folder: Path) -> str:
    with pytest.raises(LawFaults) as refused:
        loader.load(folder)
    return str(refused.value)


def test_a_sound_folder_is_read(tmp_path: Path) -> None:
    book = loader.load(write(tmp_path))
    assert book.rules["submission.open_tender"].values[0].value == 20
    assert book.clocks["C05"].start.en == "issued"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('instrument: GPL, article: "35"', 'article: "35"', "submission.yaml:6: submission.open_tender: instrument is"),
        (', article: "35"', "", "submission.yaml:6: submission.open_tender: article is missing"),
        (", confidence: verified", "", "submission.yaml:6: submission.open_tender: confidence is missing"),
        ("GPL", "GPX", "submission.yaml:6: submission.open_tender: unknown instrument GPX"),
        ('"35"', '"89"', "GPL has only 88 articles"),
        ('"35"', "第三十五条", "an article reads 36 or 36(1)"),
        ('"35"', "unknown", "a verified value names its article"),
        ("2003-01-01", "2002-12-31", "in force only from 2003-01-01"),
        (
            "from: 2003-01-01, value: 20, instrument: GPL",
            "from: 2010-01-01, value: 20, instrument: OLD",
            "was repealed",
        ),
        ("2003-01-01", "2003-1-1", "submission.yaml:6: submission.open_tender: from is not a date"),
        ("2003-01-01", "20030101", "is not a date"),
        ("2003-01-01", "2003-02-30", "is not a date"),
        ("unit: days", "unit: fortnights", "submission.yaml:4: submission.open_tender: unknown unit fortnights"),
        ("value: 20, ", "", "value is missing"),
        ("value: 20", "value: 20.5", "20.5 is not in days"),
        ("value: 20", "value: 0", "0 is not in days"),
        ("value: 20", "value: true", "is not in days"),
        ("verified}", "surely}", "unknown confidence surely"),
        ("verified}", "own}", "the platform's own terms, and nothing else, are marked own"),
        ("instrument: GPL", "instrument: OWN", "the platform's own terms, and nothing else, are marked own"),
        ("verified}", "verified, also: [OWN 3]}", "the platform's own terms, and nothing else, are marked own"),
        ("verified}", "verified, url: x}", "unknown key url"),
        ("  unit: days", "  unit: days\n  unit: years", "submission.yaml:5: unit stands twice (first on line 4)"),
        (
            "  unit: days",
            "  unit: days\n  colour: red",
            "submission.yaml:5: submission.open_tender: unknown key colour",
        ),
        ("  unit: days", "  unit: days\n  waits_for: godot", "unknown waits_for godot"),
        ("  unit: days", "  unit: days\n  waits_for: framework", "unknown waits_for framework"),
        ("submission.open_tender", "award.open_tender", "a key reads submission.something"),
        ("submission.open_tender", "submission.Open", "a key reads submission.something"),
        ("verified}", "verified, jurisdiction: mars}", "unknown jurisdiction mars"),
        ("verified}", "verified, also: [GPX 3]}", "unknown instrument GPX"),
        (
            'from: 2003-01-01, value: 20, instrument: GPL, article: "35"',
            'from: 2020-01-01, value: 20, instrument: GS, article: "3"',
            "GS rules 62, not cn",
        ),
        ("  values:", "  value:", "unknown key value; did you mean values?"),
        (RULE, RULE + RULE, "submission.yaml:7: submission.open_tender stands twice"),
        (
            RULE,
            RULE + RULE.splitlines()[-1] + "\n",
            "two values for cn from 2003-01-01",
        ),
        (RULE, "- a list\n", "submission.yaml:1: a mapping is expected"),
        (RULE, "submission.open_tender: {zh: [\n", "not YAML"),
    ],
)
def test_a_broken_rule_is_refused_with_its_line(before: str, after: str, message: str, tmp_path: Path) -> None:
    assert before in RULE
    assert message in faults(write(tmp_path, rule=RULE.replace(before, after)))


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("ratio_band", "[0.10]"),
        ("ratio_band", "[0.20, 0.10]"),
        ("ratio_band", "0.10"),
        ("fraction", "0.66"),
        ("ratio", "-0.1"),
        ("month_day", "02-30"),
        ("month_day", "3-31"),
        ("principle", "false"),
        ("table", "nowhere"),
        ("yuan", "many"),
    ],
)
def test_a_value_that_does_not_fit_its_unit_is_refused(unit: str, value: str, tmp_path: Path) -> None:
    rule = RULE.replace("unit: days", f"unit: {unit}").replace("value: 20", f"value: {value}")
    assert "submission.yaml:6: submission.open_tender: " in faults(write(tmp_path, rule=rule))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("submission.open_tender", "submission.nothing", "C05: there is no rule submission.nothing"),
        ("from: opened", "from: started", "C05: unknown anchor started"),
        ("actor: agent", "actor: god", "C05: unknown actor god"),
        ("kind: at_least", "kind: about", "C05: unknown kind about"),
        ("      fires: remind", "", "C05: fires is missing"),
        ("remind}", "remind, at_once: entry.answer}", "C05: at_once is a list of Actions"),
        ("remind}", "remind, at_once: [a.b], waits_for: connect}", "C05: what is done at_once waits_for nothing"),
        ("anchors:", "alarms: [80, 50, 100]\nanchors:", "clocks.yaml:1: alarms: they rise, and the last one is 100"),
        ("anchors:", "alarms: [50, 80]\nanchors:", "clocks.yaml:1: alarms: they rise, and the last one is 100"),
        ("anchors:", "alarms: [often]\nanchors:", "clocks.yaml:1: alarms: a list of per cent is expected"),
        ("anchors:", "anchors:\n  idle: {zh: 无, en: none}", "clocks.yaml:2: idle: no clock uses this anchor"),
    ],
)
def test_a_broken_clock_is_refused(before: str, after: str, message: str, tmp_path: Path) -> None:
    assert before in CLOCKS
    assert message in faults(write(tmp_path, clocks=CLOCKS.replace(before, after)))


def test_a_clock_counts_time(tmp_path: Path) -> None:
    rule = RULE.replace("unit: days", "unit: count")
    assert "C05: submission.open_tender counts count, not time" in faults(write(tmp_path, rule=rule))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("in_force: 2003-01-01, ", "", "GPL: in_force is missing"),
        ("issuer: 财政部, ", "", "OLD: issuer is missing"),
        ("articles: 88", "pages: 88", "instruments.yaml:2: GPL: unknown key pages"),
        ("in_force: 2003-01-01", "in_force: soon", "in_force is not a date"),
        ("GS: {", "GPL: {", "GPL stands twice"),
    ],
)
def test_a_broken_instrument_is_refused(before: str, after: str, message: str, tmp_path: Path) -> None:
    assert before in INSTRUMENTS
    assert message in faults(write(tmp_path, instruments=INSTRUMENTS.replace(before, after)))


def test_every_fault_is_told_never_only_the_first(tmp_path: Path) -> None:
    rule = RULE.replace("GPL", "GPX").replace("unit: days", "unit: days\n  colour: red")
    told = faults(write(tmp_path, rule=rule, clocks=CLOCKS.replace("actor: agent", "actor: god")))
    assert "GPX" in told and "colour" in told and "god" in told


def test_null_repeals_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repealed = RULE + RULE.splitlines()[-1].replace("2003-01-01", "2030-01-01").replace("20,", "null,") + "\n"
    book = loader.load(write(tmp_path, rule=repealed))
    assert [value.value for value in book.rules["submission.open_tender"].values] == [20, None]


def test_the_platforms_own_law_is_sound() -> None:
    folder = Path(law.__file__).parent
    assert loader.load(folder).rules.keys() == law.book().rules.keys()


def test_a_copy_with_one_letter_changed_is_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(Path(law.__file__).parent, tmp_path / "law", ignore=shutil.ignore_patterns("*.py", "__py*"))
    path = copy / "rules" / "award.yaml"
    path.write_text(path.read_text().replace("instrument: IR", "instrument: IQ", 1))
    assert "award.yaml" in faults(copy)
