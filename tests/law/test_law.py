"""Does a lookup give the right number of the right law, on the right day, for the right place?"""

import datetime
import timeit
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from yangcai import law, procedures
from yangcai.kernel import calendar
from yangcai.law import usage
from yangcai.law.model import chinese_number

TODAY = date(2026, 11, 23)


def test_the_latest_value_not_after_the_day_wins() -> None:
    key = "price_preference.small_micro"
    assert law.value(key, on=date(2022, 6, 30)) == {"min": Decimal("0.06"), "max": Decimal("0.10")}
    assert law.value(key, on=date(2022, 7, 1)) == {"min": Decimal("0.10"), "max": Decimal("0.20")}
    assert law.cite(key, on=date(2022, 6, 30)).instrument == "财库〔2020〕46号"
    assert law.cite(key, on=date(2022, 7, 1)).instrument == "财库〔2022〕19号"


def test_the_most_specific_jurisdiction_wins() -> None:
    key = "threshold.open_tender"
    assert law.value(key, on=TODAY) == 4_000_000
    assert law.value(key, on=TODAY, jurisdiction="62") == 4_000_000
    assert law.value(key, on=TODAY, jurisdiction="510100") == 2_000_000
    assert law.cited(key, on=TODAY).confidence == "unconfirmed"


def test_what_the_platform_laid_down_itself_is_never_shown_as_law() -> None:
    own = {value.rule for rule in law.all_rules() for value in rule.values if value.confidence == "own"}
    terms = {rule.key for rule in law.all_rules() if rule.key.startswith(("outage.", "service."))}
    assert own == terms | {
        "enquiry.public",
        "enquiry.contact_kept",
        "enquiry.published",
        "evaluation.extreme_reason",
        "objection.completion",
        "objection.withdrawal",
        "qualification.commitment",
    }
    told = law.cited("outage.extension", on=TODAY)
    assert told.confidence == "own" and "平台" in told.citation.title


def test_where_the_law_is_silent_it_says_so() -> None:
    with pytest.raises(law.LawGap) as gap:
        law.value("abnormally_low.average", on=date(2026, 1, 31))
    assert "2026-01-31" in gap.value.zh and "2026-01-31" in gap.value.en
    assert not law.applies("abnormally_low.average", on=date(2026, 1, 31))
    assert law.applies("abnormally_low.average", on=date(2026, 2, 1))
    assert law.find("abnormally_low.average", on=date(2026, 1, 31)) is None


@pytest.mark.parametrize("call", [law.rule, law.clock])
def test_an_unknown_name_is_the_codes_mistake(call) -> None:
    with pytest.raises(law.UnknownRule, match="nothing"):
        call("nothing.here")


def test_values_come_in_the_type_of_their_unit() -> None:
    assert law.value("committee.expert_share", on=TODAY) == Fraction(2, 3)
    assert law.value("submission.open_tender", on=TODAY) == 20
    assert str(law.value("requirement.survey.works", on=TODAY)) == "30000000.00"
    assert law.value("payment.overdue_disclosure", on=TODAY) == "03-31"
    assert law.value("sme.sizes", on=TODAY)["software"]["medium"] == {"employees": 100, "revenue_wan": 1000}


def test_a_band_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(TypeError):
        law.value("price_preference.small_micro", on=TODAY)["min"] = 0


def test_numbers_read_with_their_unit() -> None:
    assert law.limit("submission.open_tender", on=TODAY) == ("20日", "20 days")
    assert law.limit("notice.portal", on=TODAY) == ("1个工作日", "1 working day")
    assert law.limit("committee.expert_share", on=TODAY) == ("三分之二", "2/3")
    assert law.limit("price_preference.small_micro", on=TODAY) == ("10%至20%", "10% to 20%")
    assert law.limit("payment.sme_late_rate", on=TODAY) == ("0.05%", "0.05%")
    assert law.limit("committee.open_tender.large_budget", on=TODAY) == ("10,000,000.00元", "¥10,000,000.00")
    assert law.limit("payment.overdue_disclosure", on=TODAY)[0] == "3月31日"


def test_a_citation_prints_its_article() -> None:
    cited = law.cite("evaluation.above_ceiling", on=TODAY)
    assert (cited.instrument, cited.article, cited.article_en) == (
        "财政部令第87号",
        "第六十三条第（四）项",
        "art. 63(4)",
    )
    assert law.cite("payment.invoice_limit", on=TODAY).article == "第三部分"
    assert law.cite("abnormally_low.cap", on=TODAY).article == "（条号待核）"
    assert [c.article for c in law.cited("award.decide", on=TODAY).citations] == ["第六十八条", "第四十三条"]


def test_articles_are_numbered_in_chinese() -> None:
    numbers = {
        1: "一",
        10: "十",
        12: "十二",
        20: "二十",
        35: "三十五",
        101: "一百零一",
        110: "一百一十",
        1259: "一千二百五十九",
    }
    assert {number: chinese_number(number) for number in numbers} == numbers


def test_a_refusal_carries_article_number_and_facts() -> None:
    refusal = law.refusal(
        "submission.open_tender",
        code="submission_too_short",
        zh="不得少于{limit}，最早 {earliest}",
        en="at least {limit}, {earliest}",
        on=TODAY,
        field="closes_at",
        earliest="2026-12-14",
    )
    assert refusal.zh == "不得少于20日，最早 2026-12-14"
    assert refusal.en == "at least 20 days, 2026-12-14"
    assert refusal.citation is not None and refusal.citation.rule == "submission.open_tender"
    assert (refusal.field, refusal.facts) == ("closes_at", {"earliest": "2026-12-14"})


def test_a_moment_counts_by_its_day_in_shanghai() -> None:
    before_midnight = datetime.datetime(2022, 6, 30, 16, 30, tzinfo=datetime.UTC)  # 00:30 of July 1 in Shanghai
    assert law.value("price_preference.small_micro", on=before_midnight)["max"] == Decimal("0.20")


def test_a_lookup_takes_less_than_five_microseconds() -> None:
    law.value("submission.open_tender", on=TODAY)
    best = min(timeit.repeat(lambda: law.value("submission.open_tender", on=TODAY), number=2000, repeat=5)) / 2000
    assert best < 5e-6


def test_the_catalogue_holds_all_forty_eight_clocks() -> None:
    ids = {clock.id for clock in law.clocks()}
    assert {f"C{n:02}" for n in range(1, 49)} <= ids
    assert law.clock("C13").fires == "award.deem"
    assert law.clock("C12").fires == "remind"


def test_clocks_of_a_method_are_its_own_and_everybodys() -> None:
    ids = {clock.id for clock in law.clocks(procedure="open_tender")}
    assert {"C05", "C13", "C20"} <= ids
    assert not ids & {"C06", "C07", "C09", "C37"}


@pytest.mark.parametrize("clock", law.clocks(), ids=lambda clock: clock.id)
def test_every_clock_runs(clock) -> None:
    start = datetime.datetime(2026, 3, 2, 10, tzinfo=calendar.SHANGHAI)
    due = law.due(clock.id, start=start, on=date(2026, 10, 1))
    assert due > start
    if clock.kind == "at_most" and law.rule(clock.rule).unit != "minutes":
        assert due.astimezone(calendar.SHANGHAI).time() == datetime.time()


def test_overdue_payments_are_published_by_the_end_of_march() -> None:
    on = date(2026, 1, 1)
    assert law.due("C48", start=on, on=on) == calendar.end_of(date(2026, 3, 31))
    assert law.due("C48", start=date(2026, 4, 1), on=on) == calendar.end_of(date(2027, 3, 31))


def test_records_are_kept_beyond_the_holiday_tables() -> None:
    assert law.due("C46", start=TODAY, on=TODAY) == calendar.start_of(date(2041, 11, 23))


def test_a_deadline_beyond_the_holiday_tables_says_which_year() -> None:
    with pytest.raises(calendar.HorizonError) as refused:
        law.due("C20", start=date(2026, 12, 20), on=TODAY)
    assert refused.value.year == 2027


def test_every_key_that_a_procedure_names_is_a_rule() -> None:
    for procedure in procedures.PROCEDURES.values():
        for key in procedure.rule_keys():
            assert law.rule(key)


@pytest.mark.long
def test_every_rule_is_used_or_says_what_it_waits_for() -> None:
    windows = [key for procedure in procedures.PROCEDURES.values() for key in procedure.windows]
    found = usage.check(law.book(), usage.scan(Path(law.__file__).parents[1]), windows=windows)
    assert not found.problems


def test_a_clock_that_nothing_starts_is_told_and_one_that_runs_waits_for_nothing(tmp_path: Path) -> None:
    """Its last day on a page of its own starts no clock; what a module of tasks yields, or takes from a rule, does."""
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "page.py").write_text('from yangcai import law\nlaw.due_at("C13", since=1, on=1)\n')
    (tmp_path / "p" / "rules.py").write_text('CLOCK = "C31"\n')
    (tmp_path / "p" / "due.py").write_text('@tasks.due_on(Case)\ndef f(case, *, now):\n    yield Due(clock="C12")\n')
    scanned = usage.scan(tmp_path / "p")
    told = usage.check(law.book(), scanned, windows=["submission.open_tender"]).problems
    assert any(one.startswith("nothing starts the clock C13:") for one in told)
    assert not any("the clock C12" in one or "the clock C05:" in one or "the clock C31" in one for one in told)
    (tmp_path / "p" / "due.py").write_text("from p.rules import CLOCK\n@tasks.due_on(Case)\ndef f(): ...\n")
    told = usage.check(law.book(), usage.scan(tmp_path / "p")).problems
    assert "the clock C31 runs and no longer waits_for challenges" in told


def test_a_key_that_no_rule_has_is_found_in_the_code(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text(
        "from yangcai import law\nfrom yangcai.law import value\n"
        'law.value("submission.opne_tender", on=1)\nvalue("award.nothing", on=1)\nlaw.due("C99", start=1, on=1)\n'
    )
    found = usage.check(law.book(), usage.scan(tmp_path), named=["bidders.none"])
    told = "\n".join(found.problems)
    assert "code.py:3: there is no rule submission.opne_tender" in told
    assert "code.py:4: there is no rule award.nothing" in told
    assert "code.py:5: there is no clock C99" in told
    assert "a procedure names bidders.none" in told
    assert "nobody uses the rule termination.reason" in told
