"""Is every fault of a case file found, with its line and key, and every good file read as it stands?"""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import pytest

from yangcai.kernel.calendar import SHANGHAI
from yangcai.procedures import PROCEDURES
from yangcai.replay.casefile import parse_case, read_case, read_cases
from yangcai.replay.document import MAX_BYTES, MAX_TEXT, CaseFileError

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / "cases").rglob("*.yaml") if path.parent.name != "left-out")

GOOD = dedent(
    """\
    yangcai: case/1
    id: sample
    source: 公告 1
    title: 样例
    buyer: {name: 采购人}
    jurisdiction: "620171"
    category: services
    method: open_tender
    budget: "1000.00"
    dates:
      invitation: 2024-03-01
      documents: [2024-03-01, 2024-03-08]
      submission_closes: 2024-03-25T09:30
    events:
      - {on: 2024-03-05, kind: correction, submission_closes: 2024-03-26T09:30}
    lots:
      - lot: "1"
        evaluation:
          rounding: 2
          criteria:
            - {code: price, weight: 10}
            - {code: technical, weight: "90.0"}
          price_preference: {small_micro: "0.10"}
        bids:
          - supplier: {name: 甲, size: small, uscc: 91370211780374731M}
            price: "900.00"
            prefer: small_micro
            panel: {technical: ["80", "81", "82", "83", "84"]}
          - supplier: {name: 乙}
            qualified: 缺少营业执照
            panel: {technical: [60, 61, 62, 63, 64]}
    outcome:
      status: awarded
      awards: [{lot: "1", supplier: 甲, amount: "900.00"}]
      totals: {"1": {甲: "92.00"}}
      ranking: {"1": [甲]}
      known_errors:
        - {path: totals.1.甲, published: "92.01", right: "92.00", why: 加总有误}
    """
)


def problems_of(text: str | bytes) -> list[tuple[int, str, str]]:
    """(line, key path, English sentence) of every fault."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(CaseFileError) as raised:
        parse_case(data=data, name="sample.yaml")
    for problem in raised.value.problems:
        assert problem.file == "sample.yaml"
        assert problem.zh and problem.en and problem.zh != problem.en
    return [(problem.line, problem.path, problem.en) for problem in raised.value.problems]


def test_a_consent_to_a_weight_of_price_says_to_which() -> None:
    named = GOOD.replace("    rounding: 2\n", "    rounding: 2\n      price_weight_consent: 财采〔2024〕7号\n")
    evaluation = parse_case(data=named.encode()).lots[0].evaluation
    assert evaluation is not None and evaluation.price_weight_consent == "财采〔2024〕7号"
    silent = named.replace("{code: price, weight: 10}", "{code: price}")
    [(line, key, said)] = problems_of(silent)
    assert key == "lots[0].evaluation.price_weight_consent" and "“price”" in said and line == line_with(silent, "7号")


def line_with(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_a_good_file_is_read_as_it_stands():
    case = parse_case(data=GOOD.encode())
    assert case.budget == Decimal("1000.00")
    assert case.dates.submission_closes == dt.datetime(2024, 3, 25, 9, 30, tzinfo=SHANGHAI)
    assert case.dates.documents == (dt.date(2024, 3, 1), dt.date(2024, 3, 8))
    assert case.dates.award is None and case.agent is None
    lot = case.lots[0]
    assert lot.evaluation is not None
    assert lot.evaluation.weight("technical") == 90
    assert lot.evaluation.price_preference == {"small_micro": Decimal("0.10")}
    first, second = lot.bids
    assert first.panel["technical"][4] == 84 and first.valid
    assert second.qualified == "缺少营业执照" and not second.valid and second.price is None
    assert case.outcome.known_errors[0].path == "totals.1.甲"
    assert case.events[0].kind == "correction"


def test_json_reads_like_yaml():
    text = (
        '{\n\t"yangcai": "case/1", "id": "j", "source": "s", "title": "t", "buyer": {"name": "b"},\n'
        '\t"jurisdiction": "620171", "category": "goods", "method": "open_tender",\n'
        '\t"events": [{"on": "2024-03-05", "kind": "correction"}],\n\t"lots": [{"lot": "1"}]}'
    )
    assert parse_case(data=text.encode()).lots[0].lot == "1"
    bad = text.replace('"lots"', '"budgte": "1.00",\n"lots"')
    assert problems_of(bad) == [(5, "budgte", "unknown key")]


REPLACED = [
    ("unknown key", 'budget: "1000.00"', 'budgte: "1000.00"', "budgte", "unknown key"),
    ("unknown nested key", "size: small", "seize: small", "lots[0].bids[0].supplier.seize", "unknown key"),
    ("format", "case/1", "case/2", "yangcai", "is none of"),
    ("id", "id: sample", "id: 样例", "id", "a-z"),
    ("text", "title: 样例", "title: 12", "title", "must be text"),
    ("empty text", "title: 样例", 'title: " "', "title", "must not be empty"),
    ("nul", "title: 样例", 'title: "a\\0b"', "title", "control character"),
    ("surrogate", "title: 样例", 'title: "a\\ud800"', "title", "control character"),
    ("long text", "title: 样例", f"title: {'长' * (MAX_TEXT + 1)}", "title", f"longer than {MAX_TEXT}"),
    ("division", '"620171"', "620171", "jurisdiction", "must be text"),
    ("division length", '"620171"', '"6201"', "jurisdiction", "6 digits"),
    ("category", "category: services", "category: things", "category", "is none of"),
    ("method", "method: open_tender", "method: open", "method", "is none of"),
    ("bare money", 'budget: "1000.00"', "budget: 1000.00", "budget", "money is yuan in quotes"),
    ("no money", 'budget: "1000.00"', 'budget: "0.00"', "budget", "0.00 yuan is less than 0.01"),
    ("not a number", 'budget: "1000.00"', "budget: .nan", "budget", "money is yuan in quotes"),
    ("too much money", 'price: "900.00"', 'price: "99999999999999999999.00"', "lots[0].bids[0].price", "money is yuan"),
    ("money with commas", 'budget: "1000.00"', 'budget: "1,000.00"', "budget", "money is yuan in quotes"),
    ("money with three decimals", 'price: "900.00"', 'price: "900.001"', "lots[0].bids[0].price", "money is yuan"),
    ("negative money", 'price: "900.00"', 'price: "-900.00"', "lots[0].bids[0].price", "money is yuan"),
    ("date", "invitation: 2024-03-01", "invitation: 2024-02-30", "dates.invitation", "not a date of the calendar"),
    ("29 February", "invitation: 2024-03-01", "invitation: 2023-02-29", "dates.invitation", "not a date of"),
    ("year 1", "invitation: 2024-03-01", "invitation: 0001-03-01", "dates.invitation", "must lie in the years"),
    ("year 9999", "2024-03-25T09:30", "9999-12-31T09:30", "dates.submission_closes", "must lie in the years"),
    ("date form", "invitation: 2024-03-01", "invitation: 1/3/2024", "dates.invitation", "a date is YYYY-MM-DD"),
    ("time zone", "2024-03-25T09:30", "2024-03-25T09:30Z", "dates.submission_closes", "a date is YYYY-MM-DD"),
    ("documents", "[2024-03-01, 2024-03-08]", "[2024-03-08]", "dates.documents", "[first day, last day]"),
    ("documents order", "[2024-03-01, 2024-03-08]", "[2024-03-08, 2024-03-01]", "dates.documents", "ends before"),
    ("event kind", "kind: correction", "kind: change", "events[0].kind", "is none of"),
    ("rounding", "rounding: 2", "rounding: two", "lots[0].evaluation.rounding", "whole number"),
    ("weights", "weight: 10", "weight: 20", "lots[0].evaluation.criteria", "add up to 110.0, not 100"),
    (
        "nothing left over",
        'weight: "90.0"}',
        'weight: "90.0"}\n        - {code: business}',
        "lots[0].evaluation.criteria",
        "add up to 100.0: none is left over",
    ),
    (
        "scores over the top",
        '{code: technical, weight: "90.0"}',
        "{code: technical}\n        - {code: business, weight: 20}",
        "lots[0].evaluation.criteria",
        "points and best scores add up to 114, over 100",
    ),
    ("infinite weight", "weight: 10", "weight: .inf", "lots[0].evaluation.criteria[0].weight", "must be a number"),
    ("formula", "rounding: 2", "price_formula: magic", "lots[0].evaluation.price_formula", "is none of"),
    ("formula of scores", "rounding: 2", "score_formula: median", "lots[0].evaluation.score_formula", "is none of"),
    (
        "unknown preference",
        '{small_micro: "0.10"}',
        '{charm: "0.10"}',
        "lots[0].evaluation.price_preference.charm",
        "none",
    ),
    ("criterion twice", "code: technical, w", "code: price, w", "lots[0].evaluation.criteria[1].code", "is taken"),
    ("preference", "prefer: small_micro", "prefer: consortium", "lots[0].bids[0].prefer", "no price preference"),
    ("rate", 'small_micro: "0.10"', 'small_micro: "10"', "lots[0].evaluation.price_preference.small_micro", "more"),
    ("a preference nobody claims", "prefer: small_micro", "prefer: green", "lots[0].bids[0].prefer", "no price pref"),
    ("lot's way", '- lot: "1"', '- lot: "1"\n    set_aside: some', "lots[0].set_aside", "is none of"),
    ("lot's way alone", '- lot: "1"', '- lot: "1"\n    set_aside: package', "lots[0].set_aside", "the case is none"),
    ("no share", "events:", 'set_aside_share: "0"\nevents:', "set_aside_share", "more than 0"),
    ("more than all", "events:", 'set_aside_share: "1.2"\nevents:', "set_aside_share", "more than 1"),
    ("policy", "events:", "imports: {products: 仪器, policy: free}\nevents:", "imports.policy", "is none of"),
    ("imports of what", "events:", "imports: {policy: other}\nevents:", "imports.products", "is missing"),
    ("green kind", "events:", "green: [{product: 空调机, kind: nice}]\nevents:", "green[0].kind", "is none of"),
    ("green lot", "events:", 'green: [{product: 空调机, kind: energy, lot: "9"}]\nevents:', "green[0].lot", "no lot"),
    (
        "partner",
        "qualified: 缺",
        "partners: [{kind: friend, name: 丙}]\n        qualified: 缺",
        "lots[0].bids[1].partners[0].kind",
        "is none of",
    ),
    (
        "partner twice",
        "qualified: 缺",
        "partners: [{kind: member, name: 乙}]\n        qualified: 缺",
        "lots[0].bids[1].partners[0].name",
        "stands twice",
    ),
    (
        "partners with all",
        "qualified: 缺",
        'partners: [{kind: member, name: 丙, share: "1"}]\n        qualified: 缺',
        "lots[0].bids[1].partners",
        "not to less than 1",
    ),
    (
        "share of what",
        "qualified: 缺",
        'domestic_share: "0.8"\n        qualified: 缺',
        "lots[0].bids[1].domestic_share",
        "needs domestic: true",
    ),
    ("supplier twice", "{name: 乙}", "{name: 甲}", "lots[0].bids[1].supplier", "stands twice"),
    (
        "uscc twice",
        "{name: 乙}",
        "{name: 乙, uscc: 91370211780374731M}",
        "lots[0].bids[1].supplier.uscc",
        "and also of",
    ),
    ("uscc", "91370211780374731M", "91370211780374731I", "lots[0].bids[0].supplier.uscc", "social credit"),
    ("reason", "qualified: 缺少营业执照", "qualified: false", "lots[0].bids[1].qualified", "write the reason"),
    ("panel length", "[60, 61, 62, 63, 64]", "[60, 61, 62]", "lots[0].bids[1].panel.technical", "3 members, but 5"),
    ("score too high", '"84"]', '"91"]', "lots[0].bids[0].panel.technical[4]", "91 is more than 90"),
    ("score of nothing", "{technical: [60", "{charm: [60", "lots[0].bids[1].panel.charm", "no criterion"),
    ("status", "status: awarded", "status: won", "outcome.status", "is none of"),
    ("award in unknown lot", '{lot: "1", supplier: 甲', '{lot: "2", supplier: 甲', "outcome.awards[0].lot", "no lot"),
    ("award to a stranger", '"1", supplier: 甲', '"1", supplier: 丙', "outcome.awards[0].supplier", "no bid in lot"),
    ("failed with award", "status: awarded", "status: unsuccessful", "outcome.awards", "cannot have awards"),
    ("total in unknown lot", 'totals: {"1"', 'totals: {"9"', "outcome.totals.9", "no lot"),
    ("total of a stranger", '{"1": {甲: "92.00"}}', '{"1": {丙: "92.00"}}', "outcome.totals.1.丙", "no bid in lot"),
    ("ranked twice", '{"1": [甲]}', '{"1": [甲, 甲]}', "outcome.ranking.1[1]", "stands twice"),
    ("known error of nothing", "totals.1.甲,", "totals.1.乙,", "outcome.known_errors[0].path", "outcome has no"),
    ("known error without figure", 'right: "92.00"', "right: 对", "outcome.known_errors[0].right", "a number"),
    ("list", "buyer: {name: 采购人}", "buyer: [采购人]", "buyer", "must be a mapping"),
    ("mapping", '{"1": [甲]}', '{"1": 甲}', "outcome.ranking.1", "must be a list"),
]


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "path", "says"), [row[1:] for row in REPLACED], ids=[row[0] for row in REPLACED]
)
def test_each_fault_is_named_with_line_and_key(old, new, path, says):
    assert GOOD.count(old) == 1
    text = GOOD.replace(old, new)
    found = [(line, sentence) for line, where, sentence in problems_of(text) if where == path]
    assert found, f"{path} not among {problems_of(text)}"
    line, sentence = found[0]
    assert says in sentence
    changed = line_with(GOOD, old)
    assert abs(changed - line) <= 2, "the line is that of the key, or of the value next to it"


def test_all_faults_are_reported_not_only_the_first():
    text = (
        GOOD.replace('budget: "1000.00"', "budget: much").replace("kind: correction", "kind: x").replace("甲]}", "丁]}")
    )
    assert [path for _, path, _ in problems_of(text)] == ["budget", "events[0].kind", "outcome.ranking.1[0]"]


def test_missing_keys_are_named():
    found = problems_of("yangcai: case/1\nid: x\n")
    assert {path for _, path, _ in found} == {"source", "title", "buyer", "jurisdiction", "category", "method", "lots"}
    assert {sentence for _, _, sentence in found} == {"is missing"}


def test_a_duplicate_key_is_refused_with_its_second_line():
    text = GOOD + "title: 又一个\n"
    assert problems_of(text) == [(len(GOOD.splitlines()) + 1, "title", "the key “title” stands twice")]


def test_a_duplicate_lot_is_refused():
    text = GOOD.replace("outcome:", '  - {lot: "1"}\noutcome:')
    assert problems_of(text) == [(line_with(text, '{lot: "1"}'), "lots[1].lot", "the lot “1” stands twice")]


def test_lots_may_not_cost_more_than_the_case():
    text = GOOD.replace('  - lot: "1"\n', '  - lot: "1"\n    budget: "1000.01"\n')
    assert [path for _, path, _ in problems_of(text)] == ["lots"]


def test_more_awards_than_allowed_are_refused():
    text = GOOD.replace("        qualified: 缺少营业执照\n", "").replace(
        'amount: "900.00"}]', 'amount: "900.00"}, {lot: "1", supplier: 乙}]'
    )
    assert problems_of(text)[0][1:] == ("outcome.awards", "lot “1” has 2 awards, at most 1")


def test_events_stand_in_the_order_of_time():
    text = GOOD.replace("lots:\n", "  - {on: 2024-03-04, kind: clarification}\nlots:\n", 1)
    assert [(path, sentence) for _, path, sentence in problems_of(text)] == [
        ("events[1].on", "is before the event above it")
    ]


def test_member_totals_stand_alone():
    text = GOOD.replace("[60, 61, 62, 63, 64]}", "[60, 61, 62, 63, 64], total: [1, 2, 3, 4, 5]}")
    assert problems_of(text)[0][1:] == ("lots[0].bids[1].panel", "panel.total cannot stand beside single criteria")


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "the file is empty"),
        (b"a: [1, 2\nb: 3", 2, "not valid YAML or JSON"),
        (b'{"a": 1,\n "b" 2}', 2, "not valid YAML or JSON"),
        (b"title: good\nother: \xff\xfe\n", 2, "not UTF-8"),
        (b"a: &x [1]\nb: [*x, *x]\n", 2, "aliases"),
        (b"[" * 500, 1, "nested deeper"),
        (b"a: 1\n---\nb: 2\n", 2, "one case only"),
        (b"- 1\n- 2\n", 1, "must be a mapping"),
        (b"a: !!python/object:os.system x\n", 1, "unknown key"),
        (b"#" * (MAX_BYTES + 1), 0, "larger than"),
        (b"a: \x00\n", 0, "not valid YAML or JSON"),
        (b"a: 1\n? [b, c]\n: 2\n", 2, "a key must be text"),
        (b"a: 1\n<<: {b: 2}\n", 2, "unknown key"),
    ],
    ids=[
        "empty",
        "yaml",
        "json",
        "encoding",
        "alias",
        "depth",
        "documents",
        "list",
        "tag",
        "size",
        "nul",
        "key",
        "merge",
    ],
)
def test_a_hostile_or_broken_document_is_refused_early(data, line, says):
    found = problems_of(data)
    assert any(says in sentence and where == line for where, _, sentence in found), found


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(CaseFileError) as raised:
        read_case(path=tmp_path / "none.yaml")
    assert "cannot be read" in raised.value.problems[0].in_language("en")


def test_ids_differ_between_files_and_all_files_are_checked(tmp_path):
    for name, text in (("a", GOOD), ("b", GOOD), ("c", GOOD.replace("case/1", "case/9"))):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseFileError) as raised:
        read_cases(paths=sorted(tmp_path.iterdir()))
    assert [(Path(problem.file).name, problem.path) for problem in raised.value.problems] == [
        ("b.yaml", "id"),
        ("c.yaml", "yangcai"),
    ]


def test_a_problem_prints_file_line_key_and_sentence():
    with pytest.raises(CaseFileError) as raised:
        parse_case(data=GOOD.replace("category: services", "category: x").encode(), name="sample.yaml")
    problem = raised.value.problems[0]
    assert str(problem).startswith("sample.yaml:7: category：")
    assert problem.in_language("en").startswith("sample.yaml:7: category: “x” is none of: goods, works, services")


def test_enough_cases_are_shipped():
    assert len([path for path in CASES if path.parent.name == "cases"]) >= 14
    read_cases(paths=CASES)


@pytest.mark.long
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_shipped_case_reads_and_is_named_like_its_file(path):
    case = read_case(path=path)
    assert case.id == path.stem
    assert case.method in PROCEDURES
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# "), "a case says first what it shows"
    if path.parent.name == "refused":
        assert "退出码5" in text and "Expected: exit 5" in text
