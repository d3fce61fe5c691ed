"""Does the calendar count as the law counts?"""

import datetime
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from yangcai.kernel import calendar

DAYS = st.dates(min_value=date(2018, 1, 2), max_value=date(2026, 6, 30))
COUNTS = st.integers(min_value=1, max_value=60)


def test_make_up_days_are_working_days_and_holidays_are_not() -> None:
    assert calendar.is_working_day(date(2026, 2, 14))  # a Saturday, made up for Spring Festival
    assert calendar.is_working_day(date(2026, 9, 20))  # a Sunday
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_working_day(date(2026, 11, 22))
    assert calendar.is_working_day(date(2018, 12, 29))  # ruled by the notice of 2019


def test_the_years_are_the_loaded_ones() -> None:
    assert calendar.years() == tuple(range(2018, 2027))


def test_a_region_adds_its_own_holidays(tmp_path, monkeypatch) -> None:
    (tmp_path / "2026.yaml").write_text("year: 2026\nregions: {'62': {days_off: {local: [2026-03-03]}}}\n")
    monkeypatch.setattr(calendar, "HOLIDAYS", tmp_path)
    calendar.read_again()
    try:
        assert calendar.is_working_day(date(2026, 3, 3))
        assert not calendar.is_working_day(date(2026, 3, 3), region="620171")
        assert calendar.is_working_day(date(2026, 3, 3), region="110000")
    finally:
        monkeypatch.undo()
        calendar.read_again()


@pytest.mark.parametrize(
    "text",
    [
        "year: 2025\n",
        "year: 2026\nholidays: {}\n",
        "year: 2026\ndays_off: {x: [2024-05-01]}\n",
        "year: 2026\ndays_off: {x: ['5 May']}\n",
        "year: 2026\ndays_off: {x: [2026-05-01]}\nmake_up_days: {x: [2026-05-01]}\n",
    ],
)
def test_a_wrong_holiday_file_is_refused(text: str, tmp_path, monkeypatch) -> None:
    (tmp_path / "2026.yaml").write_text(text)
    monkeypatch.setattr(calendar, "HOLIDAYS", tmp_path)
    calendar.read_again()
    try:
        with pytest.raises(calendar.CalendarError):
            calendar.working_days()
    finally:
        monkeypatch.undo()
        calendar.read_again()


def test_beyond_the_loaded_years_nothing_is_guessed() -> None:
    with pytest.raises(calendar.HorizonError) as refused:
        calendar.add_working_days(date(2026, 12, 25), 10)
    assert refused.value.year == 2027
    assert "2027" in refused.value.zh and "2027" in refused.value.en
    with pytest.raises(calendar.HorizonError):
        calendar.add_days(date(2026, 12, 20), 30)
    with pytest.raises(calendar.HorizonError):
        calendar.is_working_day(date(2017, 12, 31))
    with pytest.raises(calendar.HorizonError):
        calendar.working_days_before(date(2018, 1, 3), 5)


@pytest.fixture
def in_a_sandbox() -> Iterator[None]:
    calendar.count_provisional(True)
    yield
    calendar.count_provisional(False)


@pytest.mark.usefixtures("in_a_sandbox")
def test_a_sandbox_goes_on_by_the_days_off_of_the_law_itself() -> None:
    known = calendar.announced_until()
    assert known == calendar.end_of(date(2026, 12, 31)) < calendar.horizon()
    assert calendar.add_days(date(2026, 12, 20), 30) == date(2027, 1, 19)
    # Two of the four days of Spring Festival fall on a weekend, and two working days take their place.
    assert calendar.add_working_days(date(2027, 2, 4), 1) == date(2027, 2, 11)
    with pytest.raises(calendar.HorizonError):
        calendar.add_days(date(2027, 12, 20), 30)


def test_a_provisional_year_makes_up_for_each_weekend_and_moves_none() -> None:
    """全国年节及纪念日放假办法: 13 days off in seven holidays, those on a weekend made up for on working days."""
    statutory = {"元旦": 1, "春节": 4, "清明节": 1, "劳动节": 2, "端午节": 1, "中秋节": 1, "国庆节": 3}
    for path in calendar.HOLIDAYS.glob("*.yaml"):
        data = yaml.safe_load(path.read_text())
        if not data.get("provisional"):
            continue
        assert data["notices"] == [] and "make_up_days" not in data
        for name, days in data["days_off"].items():
            assert sum(day.weekday() < calendar.SATURDAY for day in days) == statutory.pop(name)
        assert not statutory


@pytest.mark.parametrize("others", [{2025: "provisional: true\n"}, {2024: ""}])
def test_a_gap_and_a_guess_in_between_are_refused(others: dict[int, str], tmp_path, monkeypatch) -> None:
    for year, text in {2026: "", **others}.items():
        (tmp_path / f"{year}.yaml").write_text(f"year: {year}\n{text}")
    monkeypatch.setattr(calendar, "HOLIDAYS", tmp_path)
    calendar.read_again()
    try:
        with pytest.raises(calendar.CalendarError):
            calendar.years()
    finally:
        monkeypatch.undo()
        calendar.read_again()


def test_years_of_keeping_records_reach_beyond_the_horizon() -> None:
    assert calendar.due_on(date(2026, 11, 23), 15, "years", rounding="none") == date(2041, 11, 23)


def test_months_end_on_the_corresponding_day_or_the_last_of_the_month() -> None:
    assert calendar.add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert calendar.add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert calendar.add_months(date(2025, 12, 15), 1) == date(2026, 1, 15)
    assert calendar.add_months(date(2026, 11, 20), -12) == date(2025, 11, 20)


def test_the_last_day_ends_at_midnight_in_shanghai() -> None:
    due = calendar.deadline(date(2026, 6, 10), 10, "working_days")
    assert due == datetime.datetime(2026, 6, 26, tzinfo=calendar.SHANGHAI)
    assert due == datetime.datetime(2026, 6, 25, 16, tzinfo=datetime.UTC)


def test_a_moment_belongs_to_its_day_in_shanghai() -> None:
    evening = datetime.datetime(2026, 6, 9, 17, tzinfo=datetime.UTC)  # 01:00 of the 10th in Shanghai
    assert calendar.due_on(evening, 10, "working_days") == date(2026, 6, 25)
    with pytest.raises(ValueError, match="naive"):
        calendar.day_of(datetime.datetime(2026, 6, 9))


def test_minutes_are_counted_from_the_moment() -> None:
    start = datetime.datetime(2026, 6, 9, 10, tzinfo=calendar.SHANGHAI)
    assert calendar.deadline(start, 30, "minutes") - start == timedelta(minutes=30)
    with pytest.raises(ValueError, match="aware"):
        calendar.deadline(date(2026, 6, 9), 30, "minutes")


@pytest.mark.parametrize(("unit", "rounding"), [("fortnights", "roll"), ("days", "down")])
def test_unknown_units_and_roundings_are_refused(unit: str, rounding: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        calendar.due_on(date(2026, 6, 9), 1, unit, rounding=rounding)


@given(DAYS, COUNTS)
def test_counting_working_days_is_the_inverse_of_adding_them(start: date, n: int) -> None:
    end = calendar.add_working_days(start, n)
    assert calendar.is_working_day(end)
    assert calendar.working_days_between(start, end) == n
    assert calendar.working_days_within(start, end) == n + calendar.is_working_day(start)
    assert calendar.working_days_before(end, n) <= calendar.roll(start)


@given(DAYS, DAYS, COUNTS, st.sampled_from(["days", "working_days", "months"]))
def test_a_later_start_is_never_due_earlier(a: date, b: date, n: int, unit: str) -> None:
    n = min(n, 5) if unit == "months" else n
    first, second = sorted((a, b))
    assert calendar.due_on(first, n, unit) <= calendar.due_on(second, n, unit)


@given(DAYS, COUNTS)
def test_more_days_are_never_due_earlier(start: date, n: int) -> None:
    for unit in ("days", "working_days"):
        assert calendar.due_on(start, n, unit) <= calendar.due_on(start, n + 1, unit)


@given(DAYS, COUNTS)
def test_calendar_days_roll_only_over_days_off(start: date, n: int) -> None:
    raw, due = start + timedelta(days=n), calendar.add_days(start, n)
    assert calendar.is_working_day(due)
    between = [raw + timedelta(days=i) for i in range((due - raw).days)]
    assert not any(calendar.is_working_day(day) for day in between)
