"""Does a bid answer clause by clause, and does what it declares reach those who judge it, unchanged and nobody else?"""

from typing import Any

import pytest

from tests.factories import make_expert, make_supplier
from tests.tendering.walk import Tender, stranger
from yangcai.kernel.actions import ACTIONS, SCOPES
from yangcai.tendering import blind, preflight
from yangcai.tendering.models import Clause, Deviation

pytestmark = pytest.mark.django_db


def own_clause(tender: Tender) -> Clause:
    return Clause.objects.get(case=tender.case, is_statutory=False)


def row(tender: Tender, stance: str, response: str = "", page: str = "") -> dict[str, Any]:
    return {"clause": own_clause(tender).number, "stance": stance, "response": response, "page": page}


def test_what_was_declared_is_read_when_the_bid_is_opened_and_not_before() -> None:
    tender = Tender().published()
    first = tender.supplier()
    tender.bid(first, deviations=[row(tender, "positive", "质保五年", "第 12 页，15–18")])
    tender.bids("880000.00", "870000.00")
    assert not Deviation.objects.exists()
    tender.open()
    one = Deviation.objects.get()
    assert (one.clause, one.stance, one.response, one.page) == (
        own_clause(tender),
        "positive",
        "质保五年",
        "12、15-18",
    )
    assert SCOPES[Deviation](first, tender.now).count() == 1
    assert SCOPES[Deviation](tender.runner, tender.now).count() == 1
    for nobody in (tender.suppliers[1], stranger(), make_expert(), None):
        assert not SCOPES[Deviation](nobody, tender.now).exists()


def test_an_empty_table_declares_nothing() -> None:
    tender = Tender().published()
    tender.bid(tender.supplier(), deviations=[row(tender, "")])
    tender.bids("880000.00", "870000.00")
    tender.open()
    assert not Deviation.objects.exists()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("positive", "", "")], "有偏离的，请写明投标响应"),
        ([("negative", "", "3")], "有偏离的，请写明投标响应"),
        ([("", "质保五年", "")], "请选择偏离情况"),
        ([("none", "", "末页")], "页码写成"),
        ([("none", "", ""), ("none", "", "")], "声明了不止一次"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_at_its_field(rows: list[tuple[str, str, str]], said: str) -> None:
    tender = Tender().published()
    table = [row(tender, *cells) for cells in rows]
    refused = tender.refused("bid.submit", tender.lot, tender.supplier(), deviations=table, price="1", commitment=True)
    assert said in refused["invalid_input"].text


def test_the_statutory_clauses_are_not_asked_about() -> None:
    tender = Tender().published()
    form = ACTIONS["bid.submit"].input(subject=tender.lot, by=tender.supplier(), now=tender.now)
    assert form.fields["deviations"].initial == [{"clause": own_clause(tender).number}]
    bare = Tender()
    bare.draft()
    assert "deviations" not in ACTIONS["bid.submit"].input(subject=bare.lot, by=None, now=bare.now).fields


def test_a_table_that_was_begun_and_not_finished_is_told() -> None:
    tender = Tender()
    tender.describe()
    rows = [{"kind": "responsiveness", "text": "★ 质保三年"}, {"kind": "responsiveness", "text": "★ 现场培训"}]
    tender.do("clauses.define", tender.case, tender.runner, rows=rows)
    first, second = Clause.objects.filter(case=tender.case, is_statutory=False).order_by("number")
    offer = {"deviations": [{"clause": first.number, "stance": "none", "response": "", "page": ""}]}
    found = preflight.check(
        tender.lot, supplier=make_supplier().organisation, offer=offer, met=frozenset(), now=tender.now
    )
    [told] = [one for one in found if one.code == "undeclared_deviation"]
    assert told.verdict == "warn" and f"第 {second.number} 条" in told.zh


def test_the_pre_flight_says_what_a_negative_deviation_means() -> None:
    tender = Tender().published()
    supplier = tender.supplier()

    def verdicts(rows: list[dict[str, Any]]) -> dict[str, str]:
        found = preflight.check(
            tender.lot, supplier=supplier.organisation, offer={"deviations": rows}, met=frozenset(), now=tender.now
        )
        return {one.code: one.verdict for one in found if one.field == "deviations"}

    assert verdicts([row(tender, "negative", "质保一年")]) == {"negative_deviation": "fail"}
    assert verdicts([]) == {}
    assert verdicts([row(tender, "none")]) == {}


def test_bids_that_are_judged_blindly_are_opened_in_another_order_than_they_came_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their numbers stand in addresses, and the hall shows in which order they came in."""
    monkeypatch.setattr(blind.secrets.SystemRandom, "shuffle", lambda _self, found: found.reverse())

    def came_in(**document: Any) -> list[str]:
        tender = Tender().published(**document)
        tender.bids("880000.00", "870000.00", "860000.00")
        return [str(bid.price) for bid in sorted(tender.open(), key=lambda bid: bid.pk)]

    assert came_in() == ["880000.00", "870000.00", "860000.00"]
    assert came_in(blind=True) == ["860000.00", "870000.00", "880000.00"]
