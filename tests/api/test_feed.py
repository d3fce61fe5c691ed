"""Can a reader who keeps the cursor miss an Entry, or see one too many?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.api.support import Caller
from tests.factories import NOW, make_case, make_organisation, make_post, make_supplier
from tests.tendering.walk import Tender, document, offer, set_database_clock
from yangcai.kernel import log_index
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role

WRITERS, EACH = 8, 6


def read_all(caller: Caller, *, after: str = "", limit: int = 3) -> tuple[list[int], str]:
    """Everything from the cursor on, page by page, and the new cursor."""
    seen: list[int] = []
    while True:
        page = caller.get(f"feed?after={after}&limit={limit}").json()
        seen += [log_index.read(item["entry"]) for item in page["items"]]
        after = page["next"]
        if not page["more"]:
            return seen, after


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_while_eight_write() -> None:
    """Readers poll while writers commit in any order: every Entry comes once, in order."""
    buyer = make_organisation()
    posts = [make_post(Role.BUYER_OFFICER, buyer) for _n in range(WRITERS)]
    cases = [make_case(buyer=buyer) for _post in posts]
    colleague = Caller(make_post(Role.BUYER_REVIEWER, buyer))
    done = threading.Event()

    def write(post: Any, case: Any) -> None:
        try:
            for _n in range(EACH):
                perform(ACTIONS["solicitation.draft"], case, by=post, now=NOW, form_data=document())
        finally:
            connection.close()

    def watch() -> list[int]:
        try:
            seen: list[int] = []
            cursor = ""
            while not done.is_set():
                more, cursor = read_all(colleague, after=cursor)
                seen += more
            return seen + read_all(colleague, after=cursor)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(watch)
        try:
            for result in [pool.submit(write, post, case) for post, case in zip(posts, cases, strict=True)]:
                result.result()
        finally:
            done.set()
        seen = reader.result()
    written = list(Entry.objects.order_by("seq").values_list("seq", flat=True))
    assert len(written) == WRITERS * EACH
    assert seen == written
    # Drafting is not public: nobody else learns of it, not even that something was done.
    assert read_all(Caller(make_post(Role.AUDITOR))) == ([], "")


@pytest.mark.django_db
def test_the_public_sees_public_actions_of_published_cases_alone(clock: Any) -> None:
    tender = Tender().published()
    clock.now = tender.now
    hidden = make_case()
    supplier = tender.supplier()
    page = Caller(None).get("feed?limit=1000").json()
    actions = [item["action"] for item in page["items"]]
    assert "invitation.publish" in actions and "documents.obtain" not in actions and "solicitation.draft" not in actions
    assert page["next"] == page["items"][-1]["entry"]
    text = str(page)
    assert supplier.organisation.name not in text and hidden.ref not in text
    item = next(item for item in page["items"] if item["action"] == "invitation.publish")
    assert item["sentence"]["zh"].endswith("发布了采购公告") and item["root"] == tender.case.ref


@pytest.mark.django_db
def test_an_empty_log_keeps_the_cursor() -> None:
    start = log_index.shown(41)
    assert Caller(None).get(f"feed?after={start}").json() == {"items": [], "next": start, "more": False}


@pytest.mark.parametrize("after", ["-1", "41", "0" * 32, "g" * 32, "A" * 32, "\u0660" * 32])
@pytest.mark.django_db
def test_a_cursor_that_we_did_not_give_is_refused(after: str) -> None:
    assert Caller(None).get(f"feed?after={after}").status_code == 400


@pytest.mark.django_db
def test_no_cursor_and_no_page_tells_that_a_bid_came_in(clock: Any) -> None:
    """Until the opening nobody learns how many have the documents or have bid, nor when (87号令 art. 28)."""
    tender = Tender().published()
    clock.now = tender.now
    callers = [Caller(None), Caller(tender.agent_post), Caller(tender.officer), Caller(make_post(Role.TREASURY))]
    callers.append(Caller(make_supplier()))

    def told() -> list[list[str]]:
        return [[page(caller, after) for after in ("", log_index.shown(0))] for caller in callers]

    def page(caller: Caller, after: str) -> str:
        answers = [caller.get(f"feed?limit=1&after={after}").json()]
        while answers[-1]["more"]:
            answers.append(caller.get(f"feed?limit=1&after={answers[-1]['next']}").json())
        return str(answers)

    before = told()
    bidder = tender.supplier()
    set_database_clock(tender.now)
    perform(ACTIONS["bid.submit"], tender.lot, by=bidder, now=tender.now, **offer("900000"))
    assert Entry.objects.filter(action="bid.submit").exists()
    assert told() == before


def test_a_log_index_has_one_name_that_tells_nothing() -> None:
    names = [log_index.shown(seq) for seq in range(200)]
    assert [log_index.read(name) for name in names] == list(range(200))
    assert len({name[:8] for name in names}) == 200 and names != sorted(names)
