"""When is it due? Every deadline of the platform, in working days or calendar days, is computed here.

Counting rules (民法典 200-204, 财政部令第87号 85, 财政部令第94号 42): the start day is not counted; a last day that
is not a working day moves to the next one; the last day ends at 24:00, Asia/Shanghai. Holidays and make-up working
days come from a dated table; beyond its last announced year nothing is guessed (HorizonError). A sandbox goes on
into a year whose notice is not out: its file holds the days off that stand in the law, and is marked provisional.
"""

import contextlib
import datetime
from bisect import bisect_left, bisect_right
from calendar import monthrange
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOLIDAYS = Path(__file__).parent / "holidays"
ONE_DAY = datetime.timedelta(days=1)
SATURDAY = 5

#: Units in which the law counts time.
UNITS = ("minutes", "days", "working_days", "months", "years")
#: What happens when the last day is not a working day: `roll` moves it to the next working day, `none` leaves it,
#: `strict` takes the working day after the rolled one, so that N full days have passed (shortest windows).
ROUNDINGS = ("roll", "none", "strict")


class HorizonError(LookupError):
    """The holiday notice of `year` is not loaded, so nothing can be counted there. Callers show .zh or .en."""

    def __init__(self, year: int):
        self.year = year
        self.zh = f"{year} 年节假日安排尚未载入，无法计算期限"
        self.en = f"The public holidays of {year} are not loaded, so the deadline cannot be computed"
        super().__init__(self.en)


class CalendarError(ValueError):
    """A holiday file is wrong; the message names the file."""


def day_of(moment: datetime.date) -> datetime.date:
    """The day in Asia/Shanghai of a date or of an aware datetime. Naive datetimes are refused (ValueError)."""
    if isinstance(moment, datetime.datetime):
        if moment.tzinfo is None:
            raise ValueError("a naive datetime has no day")
        return moment.astimezone(SHANGHAI).date()
    return moment


def start_of(day: datetime.date) -> datetime.datetime:
    """00:00 of the day in Asia/Shanghai."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=SHANGHAI)


def end_of(day: datetime.date) -> datetime.datetime:
    """24:00 of the day in Asia/Shanghai, that is 00:00 of the next one (民法典 203)."""
    return start_of(day + ONE_DAY)


def to_the_minute(moment: datetime.datetime) -> str:
    """How a Refusal writes a time: 2026-03-02 09:00, in Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _read(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(data) - {"year", "notices", "days_off", "make_up_days", "regions", "provisional"}
    if unknown or data.get("year") != int(path.stem):
        raise CalendarError(f"{path.name}: year must be {path.stem} and keys {sorted(unknown)} are unknown")
    return data


def _flat(groups: dict[str, list[datetime.date]] | None, *, path: Path) -> set[datetime.date]:
    days = {day for group in (groups or {}).values() for day in group}
    year = int(path.stem)
    for day in days:
        # A notice may also rule the last days of the year before (2018-12-29 was made up for New Year 2019).
        if not isinstance(day, datetime.date) or day.year not in (year - 1, year):
            raise CalendarError(f"{path.name}: {day!r} is not a day that the notice of {year} can rule")
    return days


def _prefixes(region: str) -> list[str]:
    """Division codes from the widest to the narrowest: 620171 -> 62, 6201, 620171."""
    return [region[:n] for n in (2, 4, 6) if len(region) >= n]


@cache
def _files() -> dict[int, bool]:
    """The years that have a file, without a gap, and whether what it says is provisional: only the last ones are."""
    found = {int(path.stem): bool(_read(path).get("provisional")) for path in sorted(HOLIDAYS.glob("*.yaml"))}
    if list(found) != list(range(min(found), max(found) + 1)):
        raise CalendarError("a year is missing among the holiday files")
    if list(found.values()) != sorted(found.values()):
        raise CalendarError("a provisional year stands before one that is announced")
    return found


#: Whether provisional years count: in a sandbox alone, where no deadline binds anybody (kernel/apps.py).
_provisional_counts = False


def count_provisional(whether: bool) -> None:
    """Said once, where the program starts."""
    global _provisional_counts
    _provisional_counts = whether
    read_again()


def read_again() -> None:
    """The files are read anew when next asked for."""
    for kept in (_files, years, working_days):
        kept.cache_clear()


@cache
def years() -> tuple[int, ...]:
    """The years in which deadlines are counted, without a gap: those announced, in a sandbox also provisional ones."""
    return tuple(year for year, is_provisional in _files().items() if _provisional_counts or not is_provisional)


def announced_until() -> datetime.datetime:
    """24:00 of the last day that a notice of the State Council rules; what is counted beyond it may still change."""
    last = max(year for year, is_provisional in _files().items() if not is_provisional)
    return end_of(datetime.date(last, 12, 31))


def horizon() -> datetime.datetime:
    """24:00 of the last day whose holidays are known: no deadline that rolls can be told beyond it."""
    return end_of(datetime.date(years()[-1], 12, 31))


@cache
def working_days(region: str = "") -> tuple[datetime.date, ...]:
    """Every working day of the loaded years in order; a region adds its own days (放假办法 4)."""
    off: set[datetime.date] = set()
    made_up: set[datetime.date] = set()
    for year in years():
        path = HOLIDAYS / f"{year}.yaml"
        data = _read(path)
        for source in (data, *((data.get("regions") or {}).get(prefix, {}) for prefix in _prefixes(region))):
            off |= _flat(source.get("days_off"), path=path)
            made_up |= _flat(source.get("make_up_days"), path=path)
    if off & made_up:
        raise CalendarError(f"{min(off & made_up)} is both a day off and a make-up day")
    first, last = datetime.date(years()[0], 1, 1), datetime.date(years()[-1], 12, 31)
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    return tuple(day for day in days if day in made_up or (day.weekday() < SATURDAY and day not in off))


def _known(day: datetime.date) -> datetime.date:
    if not years()[0] <= day.year <= years()[-1]:
        raise HorizonError(day.year)
    return day


def is_working_day(day: datetime.date, *, region: str = "") -> bool:
    """Whether offices work on this day, make-up Saturdays and Sundays included."""
    table = working_days(region)
    at = bisect_left(table, _known(day))
    return at < len(table) and table[at] == day


def roll(day: datetime.date, *, region: str = "") -> datetime.date:
    """The day itself when it is a working day, else the next working day (民法典 203)."""
    table = working_days(region)
    at = bisect_left(table, _known(day))
    if at == len(table):
        raise HorizonError(day.year + 1)
    return table[at]


def add_working_days(start: datetime.date, n: int, *, region: str = "") -> datetime.date:
    """The n-th working day after `start`; n = 0 gives the start itself, rolled to a working day."""
    if n < 0:
        raise ValueError("count backwards with working_days_before")
    if n == 0:
        return roll(start, region=region)
    table = working_days(region)
    at = bisect_right(table, _known(start)) + n - 1
    if at >= len(table):
        raise HorizonError(years()[-1] + 1)
    return table[at]


def working_days_before(day: datetime.date, n: int, *, region: str = "") -> datetime.date:
    """The n-th working day before `day`: the earliest day for what may not happen more than n working days ahead."""
    table = working_days(region)
    at = bisect_left(table, _known(day)) - n
    if n < 1:
        raise ValueError("n must be positive")
    if at < 0:
        raise HorizonError(years()[0] - 1)
    return table[at]


def add_days(start: datetime.date, n: int, *, region: str = "") -> datetime.date:
    """`n` calendar days after `start`, moved to the next working day when it is none."""
    return roll(start + n * ONE_DAY, region=region)


def add_months(start: datetime.date, n: int) -> datetime.date:
    """The corresponding day `n` months later, else the end of that month (民法典 202)."""
    month = start.year * 12 + start.month - 1 + n
    year, month = divmod(month, 12)
    month += 1
    return datetime.date(year, month, min(start.day, monthrange(year, month)[1]))


def working_days_between(start: datetime.date, end: datetime.date, *, region: str = "") -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later. Inverse of add_working_days."""
    table = working_days(region)
    return max(0, bisect_right(table, _known(end)) - bisect_right(table, _known(start)))


def working_days_within(first: datetime.date, last: datetime.date, *, region: str = "") -> int:
    """Working days from `first` to `last`, both included."""
    table = working_days(region)
    return max(0, bisect_right(table, _known(last)) - bisect_left(table, _known(first)))


def same_hour(time: datetime.datetime, *, not_before: datetime.datetime, region: str = "") -> datetime.datetime:
    """The first working day on which the hour of `time` is not before `not_before`; an end of a day stays one."""
    of_day = time - start_of(day_of(time)) or ONE_DAY
    day = day_of(not_before - of_day)
    if start_of(day) + of_day < not_before:
        day += ONE_DAY
    # Where no holidays are known the hour is kept and the day stays.
    with contextlib.suppress(HorizonError):
        day = roll(day, region=region)
    return start_of(day) + of_day


def days_between(start: datetime.date, end: datetime.date) -> int:
    """Calendar days from `start` to `end`, the start day not counted; negative when `end` is earlier."""
    return (end - start).days


def due_on(start: datetime.date, n: int, unit: str, *, rounding: str = "roll", region: str = "") -> datetime.date:
    """The last day of a period of `n` days, working_days, months or years that begins after `start`.

    `rounding` is one of ROUNDINGS. With "none" (or working days in the table) no holiday is needed, so periods of
    years reach beyond the horizon. Raises HorizonError where the calendar ends, ValueError for an unknown unit.
    """
    if rounding not in ROUNDINGS:
        raise ValueError(f"unknown rounding {rounding!r}")
    begin = day_of(start)
    if unit == "working_days":
        last = add_working_days(begin, n, region=region)
    elif unit == "days":
        last = begin + n * ONE_DAY
    elif unit in ("months", "years"):
        last = add_months(begin, n * 12 if unit == "years" else n)
    else:
        raise ValueError(f"unknown unit {unit!r}")
    if rounding == "none":
        return last
    last = roll(last, region=region)
    return add_working_days(last, 1, region=region) if rounding == "strict" else last


def deadline(start: datetime.date, n: int, unit: str, *, rounding: str = "roll", region: str = "") -> datetime.datetime:
    """The instant at which something is overdue: 24:00 of the last day, or `n` minutes after `start`.

    The one function for every deadline. `start` is a date or an aware datetime (minutes need the latter).
    """
    if unit == "minutes":
        if not isinstance(start, datetime.datetime) or start.tzinfo is None:
            raise ValueError("minutes are counted from an aware datetime")
        return start + datetime.timedelta(minutes=n)
    return end_of(due_on(start, n, unit, rounding=rounding, region=region))
