"""Do the window rules agree with every published timeline: no false alarm, and an alarm where one is too short?

The shortest periods that each is held against are the file's own words; the platform has only the law's.
"""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.law import published_timelines as published
from yangcai import law
from yangcai.kernel import calendar
from yangcai.kernel.calendar import SHANGHAI
from yangcai.kernel.refusals import Refusal
from yangcai.law.model import CHINA
from yangcai.procedures import engine

pytestmark = pytest.mark.skipif(not published.IS_HERE, reason=published.ABSENT)
#: Beyond the 30 days for the contract and 2 working days for its notice no holiday puts either off any longer.
LONGEST_HOLIDAY = 15


def judged(key: str, *, opens: date, closes: date, on: date, jurisdiction: str = CHINA) -> Refusal | None:
    """What the platform says of a period under the law of the day and the place of publication."""
    given = {"code": "short", "on": on, "jurisdiction": jurisdiction}
    return engine.too_short(key, opens=opens, closes=closes, **given) if key else None


def is_enough(number: int, unit: str, *, opens: date, closes: date) -> bool:
    """Counted plainly: the first day not, the last one yes."""
    if unit == "days":
        return (closes - opens).days >= number
    return calendar.working_days_between(opens, closes) >= number


def test_all_are_read() -> None:
    """As many timelines as the data says, each with a method that the platform knows and the file's own minimum."""
    cases = published.timelines()
    assert len(cases) == 17
    for case in cases:
        rules = published.rules(published.method(case["method_guess"]))
        # The platform has a rule for exactly what the file gives a number for, and the same number.
        assert {what for what, key in rules.items() if key} == set(published.minima(case["method_guess"]))
        for what, (number, unit) in published.minima(case["method_guess"]).items():
            where = published.jurisdiction(case)
            value = law.cited(rules[what], on=published.day(case["published_at"]), jurisdiction=where)
            assert (value.value, value.unit) == (number, unit)
    assert len(published.invitations()) > len(cases)
    assert published.contracts()


@pytest.mark.parametrize("case", published.timelines(), ids=lambda case: case["notice_no"])
def test_a_lawful_timeline_raises_no_alarm(case: dict[str, Any]) -> None:
    on, rules = published.day(case["published_at"]), published.rules(published.method(case["method_guess"]))
    opens, ends, closes = (published.day(case[key]) for key in ("doc_start", "doc_end", "bid_deadline"))
    law_of = {"on": on, "jurisdiction": published.jurisdiction(case)}
    assert judged(rules["submission"], opens=opens, closes=closes, **law_of) is None
    assert judged(rules["supply"], opens=on, closes=ends, **law_of) is None
    assert calendar.is_working_day(closes)


@pytest.mark.parametrize("case", published.timelines(), ids=lambda case: case["notice_no"])
def test_the_same_timeline_one_day_short_of_the_minimum_does(case: dict[str, Any]) -> None:
    """The last day that the file's own minimum forbids is reported, with the article and what would be lawful."""
    on, rules = published.day(case["published_at"]), published.rules(published.method(case["method_guess"]))
    opens = {"submission": published.day(case["doc_start"]), "supply": on}
    for what, (number, unit) in published.minima(case["method_guess"]).items():
        closes = opens[what]
        while not is_enough(number, unit, opens=opens[what], closes=closes + timedelta(days=1)):
            closes += timedelta(days=1)
        where = published.jurisdiction(case)
        refusal = judged(rules[what], opens=opens[what], closes=closes, on=on, jurisdiction=where)
        assert refusal is not None and refusal.citation is not None and refusal.citation.article
        assert str(refusal.facts["earliest"]) > str(closes)


@pytest.mark.parametrize("notice", published.invitations(), ids=lambda notice: notice.record)
def test_a_notice_of_a_chain_is_reported_exactly_when_it_was_too_short(notice: published.Invitation) -> None:
    """Nobody says that the chains are all lawful: the file's minimum decides, and the platform has to say the same."""
    number, unit = published.minima(published.method(notice.title).zh)["submission"]
    key = published.rules(published.method(notice.title))["submission"]
    lawful = is_enough(number, unit, opens=notice.published, closes=notice.closes)
    assert (judged(key, opens=notice.published, closes=notice.closes, on=notice.published) is None) is lawful


def test_the_chains_hold_both_kinds() -> None:
    """Else the test above could only fail one way."""
    verdicts = set()
    for notice in published.invitations():
        number, unit = published.minima(published.method(notice.title).zh)["submission"]
        verdicts.add(is_enough(number, unit, opens=notice.published, closes=notice.closes))
    assert verdicts == {True, False}


@pytest.mark.parametrize("one", published.contracts(), ids=lambda one: one.record)
def test_a_contract_notice_is_late_only_after_its_time(one: published.Contracted) -> None:
    """Thirty days from the letter, which goes out with the result, and two working days for the notice (C20, C21)."""
    result = one.result.replace(tzinfo=SHANGHAI)
    on = result.date()
    signed_by = law.due("C20", start=result, on=on) - timedelta(seconds=1)
    noticed_by = law.due("C21", start=signed_by, on=on)
    is_late = one.contract.replace(tzinfo=SHANGHAI) >= noticed_by
    days = (one.contract.date() - on).days
    allowed = law.value("contract.sign", on=on)
    if days <= allowed:
        assert not is_late
    if days > allowed + LONGEST_HOLIDAY:
        assert is_late
