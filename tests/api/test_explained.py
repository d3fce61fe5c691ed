"""Does a program get the pre-flight and the explanation as a person does, and does the pre-flight keep nothing?"""

from typing import Any

import pytest

from tests.api.conftest import Clock
from tests.api.support import Caller
from tests.factories import make_supplier
from tests.tendering.judging import ANNOUNCED, hall
from tests.tendering.walk import Tender, offer
from tests.www.test_urls import rows
from yangcai.kernel.entries import plain
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db
JSON = "application/json"


def post(caller: Caller, path: str, body: Any) -> Any:
    return caller.client.post(f"/api/v1/{path}", plain(body), content_type=JSON, headers=caller.headers)


def test_a_draft_is_checked_and_kept_nowhere(clock: Clock) -> None:
    tender = Tender().published()
    caller, stranger = Caller(tender.supplier()), Caller(make_supplier())
    clock.now = tender.now
    before = rows()
    answer = post(caller, f"lots/{tender.lot.pk}/preflight?met=1,x", offer("1000000.01") | {"lines": []})
    assert answer.status_code == 200, answer.content
    found = {one["code"]: one for one in answer.json()["items"]}
    assert found["above_ceiling"]["verdict"] == "fail" and found["above_ceiling"]["citation"]["article"]
    assert found["attachments_missing"]["field"] == "attachments" and found["not_debarred"]["verdict"] == "pass"
    assert rows() == before
    assert post(stranger, f"lots/{tender.lot.pk}/preflight", offer()).status_code in {403, 422}
    assert post(caller, "lots/987654321/preflight", offer()).status_code == 404
    unreadable = post(caller, f"lots/{tender.lot.pk}/preflight", {"prize": "1"}).json()["items"]
    assert {"unknown_field", "invalid_input"} <= {one["code"] for one in unreadable if one["verdict"] == "fail"}


def test_the_explanation_goes_to_its_addressee(clock: Clock) -> None:
    h = hall("1000000", "1100000", "1150000").ready()
    h.judged({n: {"technical": str(40 - n), "record": "10"} for n in range(3)})
    h.awarded()
    h.announced()
    clock.now = ANNOUNCED
    path = f"award-letters/{AwardLetter.objects.get(supplier=h.bids[1].supplier).pk}/explanation"
    told = Caller(h.bidders[1]).get(path).json()
    assert told["rank"] == 2 and told["price"]["base_price"] == "1000000.00" and told["price"]["score"] == "27.27"
    assert told["objection"]["last_day"] == "2026-04-09" and told["objection"]["working_days"] == 7
    assert told["award"] == {"winner": h.bids[0].supplier.name, "amount": "1000000.00"}
    assert Caller(h.bidders[2]).get(path).status_code == 404
    assert Caller(None).get(path).status_code == 401
