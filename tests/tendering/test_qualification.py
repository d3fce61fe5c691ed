"""Who is qualified, who says so, and what when there are too few?"""

import datetime

import pytest
from django.http import QueryDict

from tests.tendering.judging import OPENED, QUALIFIED, hall
from yangcai.credit.models import Debarment
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Entry, Task
from yangcai.kernel.refusals import Refused
from yangcai.tendering.models import Finding

pytestmark = pytest.mark.django_db


def test_every_bid_is_checked_against_every_clause() -> None:
    h = hall("950000", "1000000", "1100000")
    rows = h.findings("qualification")
    h.do("qualification.record", h.lot, h.agent, OPENED, rows=rows[:-1])
    refusals = can(ACTIONS["qualification.conclude"], h.lot, by=h.agent, now=QUALIFIED)
    assert {r.code for r in refusals} == {"qualification_unfinished"}
    assert refusals[0].facts["count"] == 1
    assert "第四十四条" in refusals[0].citation.text
    h.do("qualification.record", h.lot, h.officer, OPENED, rows=rows[-1:])
    h.do("qualification.conclude", h.lot, h.agent, QUALIFIED)
    assert h.stage(QUALIFIED) == "evaluation"
    assert [bid.invalid_reason for bid in h.lot.opened_bids.all()] == ["", "", ""]


def test_a_failed_bid_is_out_with_its_reason() -> None:
    h = hall("950000", "1000000", "1100000", "1150000")
    h.qualify(failing=[1])
    assert "具有独立承担民事责任的能力（未提供证明材料）" in h.bid(1).invalid_reason
    assert h.bid(0).invalid_reason == ""


def test_a_failed_finding_needs_a_reason() -> None:
    h = hall("950000", "1000000", "1100000")
    rows = h.findings("qualification", failing=[0])
    rows[0]["reason"] = ""
    assert h.refused("qualification.record", h.lot, h.agent, OPENED, rows=rows) == {"invalid_input"}
    assert not Finding.objects.exists()


def test_bids_and_clauses_of_another_case_are_refused() -> None:
    h, other = hall("950000", "1000000", "1100000"), hall("950000")
    assert h.refused("qualification.record", h.lot, h.agent, OPENED, rows=other.findings("qualification")) == {
        "invalid_input"
    }


def test_a_pair_stands_once_in_a_table() -> None:
    h = hall("950000", "1000000", "1100000")
    rows = h.findings("qualification")
    rows.append({**rows[0], "passed": False, "reason": "另一结论"})
    assert h.refused("qualification.record", h.lot, h.agent, OPENED, rows=rows) == {"duplicate_row"}


def test_two_qualified_bidders_are_not_evaluated() -> None:
    h = hall("950000", "1000000", "1100000")
    h.do("qualification.record", h.lot, h.agent, OPENED, rows=h.findings("qualification", failing=[2]))
    assert h.refused("qualification.conclude", h.lot, h.agent, QUALIFIED) == {"too_few_qualified"}
    assert Entry.objects.filter(action="qualification.conclude", outcome="refused").exists()
    open_tasks = set(Task.objects.filter(root=h.case.ref, done_at__isnull=True).values_list("action", flat=True))
    assert "lot.declare_unsuccessful" in open_tasks
    assert "qualification.conclude" not in open_tasks
    h.do("lot.declare_unsuccessful", h.lot, h.agent, QUALIFIED, ground="too_few")
    h.case.refresh_from_db()
    assert h.case.end_kind == "unsuccessful"
    letters = {letter.supplier_id: letter.reason for letter in h.lot.letters.all()}
    assert "未提供证明材料" in letters[h.bids[2].supplier_id]
    assert "不足三家" in letters[h.bids[0].supplier_id]


def test_a_debarred_supplier_is_out_whatever_was_recorded() -> None:
    h = hall("950000", "1000000", "1100000", "1150000")
    Debarment.objects.create(
        organisation=h.bids[0].supplier,
        ground="tax",
        from_on=datetime.date(2026, 1, 1),
        authority="国家税务总局",
        decision="税稽〔2026〕1号",
    )
    h.qualify()
    assert "重大税收违法失信主体" in h.bid(0).invalid_reason


def test_only_the_case_side_checks() -> None:
    h = hall("950000", "1000000", "1100000")
    rows = h.findings("qualification")
    assert h.refused("qualification.record", h.lot, h.bidders[0], OPENED, rows=rows) == {"role_may_not"}
    assert h.refused("qualification.record", h.lot, hall("950000").agent, OPENED, rows=rows) == {"not_yours"}


def test_the_browser_sends_the_same_table() -> None:
    """Rows as a form posts them; an unticked box without a reason is an error that names its row."""
    h = hall("950000", "1000000", "1100000")
    form = QueryDict(mutable=True)
    for n, row in enumerate(h.findings("qualification", failing=[2])):
        form.update({f"rows-{n}-bid": row["bid"], f"rows-{n}-clause": row["clause"], f"rows-{n}-reason": row["reason"]})
        if row["passed"]:
            form[f"rows-{n}-passed"] = "on"
    record = ACTIONS["qualification.record"]
    perform(record, h.lot, by=h.agent, now=OPENED, form_data=form)
    assert Finding.objects.filter(passed=False).count() == 2 and Finding.objects.count() == 6
    del form["rows-0-passed"]
    with pytest.raises(Refused) as refused:
        perform(record, h.lot, by=h.agent, now=OPENED, form_data=form)
    assert "第 1 行" in str(refused.value)


def test_the_form_lists_every_pair_unticked() -> None:
    h = hall("950000", "1000000", "1100000")
    form = ACTIONS["qualification.record"].input(subject=h.lot, by=h.agent, now=OPENED)
    rows = form.fields["rows"].initial
    assert len(rows) == 6 and not any(row["passed"] for row in rows)
    html = str(form["rows"])
    assert h.bids[0].supplier.name in html and "具有良好的商业信誉" in html
