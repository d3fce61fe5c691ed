"""Walked through the platform's own Actions, does a published timeline meet a refusal, or leave a clock overdue?"""

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from tests.law import published_timelines as data
from yangcai import law
from yangcai.kernel.calendar import SHANGHAI
from yangcai.kernel.models import Task
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.replay import defaults, driver, people, published
from yangcai.replay.published import CaseFile, Dates
from yangcai.replay.walk import Walk
from yangcai.www.work.clocks import clocks

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not data.IS_HERE, reason=data.ABSENT), pytest.mark.long]


@pytest.fixture(autouse=True)
def in_a_sandbox() -> Iterator[None]:
    with override_settings(YANGCAI_SANDBOX=True):
        yield


def moment(printed: str | None) -> published.Moment | None:
    """A day, or a time of day, as printed; midnight is how the source writes a day."""
    if printed is None:
        return None
    found = datetime.datetime.fromisoformat(printed)
    return found.date() if found.time() == datetime.time(0) else found.replace(tzinfo=SHANGHAI)


def budget(printed: str | None) -> Decimal | None:
    """Yuan, where a budget is printed: 750000.00, 18,000,000.00, 30.0 (万元)."""
    if printed is None:
        return None
    number = re.match(r"[\d.]+", printed.replace(",", ""))
    assert number is not None
    return (Decimal(number[0]) * (10_000 if "万元" in printed else 1)).quantize(Decimal("0.01"))


def file_of(case: dict[str, Any]) -> CaseFile:
    """What the timeline states, as a case file would; the rest is filled in as in any replay."""
    method = data.method(case["method_guess"])
    first, last = moment(case["doc_start"]), moment(case["doc_end"])
    assert first is not None and last is not None
    return CaseFile(
        file="",
        id=case["notice_no"].lower(),
        source=case["source_url"],
        title=case["title"],
        buyer=published.Organisation(f"采购人 {case['notice_no']}"),
        agent=published.Organisation(f"代理机构 {case['notice_no']}"),
        jurisdiction=data.jurisdiction(case),
        category=next(one for one in ("services", "goods") if one in method.categories),
        method=method.code,
        budget=budget(case["budget_as_printed"]),
        dates=Dates(
            invitation=moment(case["published_at"]),
            documents=(first, last),
            submission_closes=moment(case["bid_deadline"]),
            opening=moment(case["opening"]),
        ),
        lots=(published.Lot("1"),),
    )


def too_short(walk: Walk) -> Refusal:
    """What the platform says when the same notice closes on the very day on which the file is handed out."""
    assert walk.dates.documents is not None
    opens, supply_closes = walk.dates.documents
    given = {"documents_from": opens, "supply_closes_at": supply_closes, "submission_closes_at": opens}
    at, by = walk.at("invitation"), walk.people.runner
    with pytest.raises(Refused) as refused:
        driver.PythonDriver().do("invitation.publish", walk.refreshed(), by=by, at=at, **given)
    return next(refusal for refusal in refused.value.refusals if refusal.code == "submission_too_short")


@pytest.mark.parametrize("case", data.timelines(), ids=lambda case: case["notice_no"])
def test_no_action_is_refused_no_clock_is_overdue_and_a_shorter_time_is_refused(case: dict[str, Any]) -> None:
    driver.begin_again()
    completed = defaults.complete(published=file_of(case)).case
    walk = Walk(driver.PythonDriver(), completed, people.gather(completed))
    walk.run(until="preparation")
    citation = too_short(walk).citation
    assert citation is not None and citation.article
    walk.invitation()  # as published: a Refused would end it here
    walk.submission()
    solicitation, closes = walk.refreshed().solicitation, walk.at("submission_closes")
    assert solicitation.supply_closes_at is not None
    tasks = list(Task.objects.filter(root=walk.case.ref).order_by("pk"))
    shown = clocks(tasks, on=walk.file_law_on(), now=closes)
    assert [clock for clock in shown if clock.state == "overdue"] == []
    # Each shortest period of the method runs, and is over when what it protects ends as published.
    ends = {"documents_close": solicitation.supply_closes_at, "submission_closes": closes}
    windows = [task for task in tasks if task.clock and law.clock(task.clock).kind == "at_least"]
    wanted = {rule for rule in data.rules(walk.procedure).values() if rule}
    assert {law.clock(task.clock).rule for task in windows} == wanted
    for task in windows:
        assert task.due_at is not None and task.due_at <= ends[law.clock(task.clock).stop.key]
