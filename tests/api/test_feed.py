"""Can a reader who keeps the cursor miss an Entry, or see one too many?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.api.support import Caller
from tests.factories import NOW, make_case, make_organisation, make_post
from tests.tendering.walk import Tender, document
from yangcai.kernel.actions import ACTIONS, perform
from yangcai.kernel.models import Entry
from yangcai.parties.roles import Role

WRITERS, EACH = 8, 6


def read_all(caller: Caller, *, after: int = -1, limit: int = 3) -> tuple[list[int], int]:
    """Everything from the cursor on, page by page, and the new cursor."""
    seen: list[int] = []
    while True:
        page = caller.get(f"feed?after={after}&limit={limit}").json()
        seen += [item["seq"] for item in page["items"]]
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
            cursor = -1
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
    # Drafting is not public: nobody else learns of it, and the cursor moves on all the same.
    assert read_all(Caller(make_post(Role.AUDITOR))) == ([], written[-1])


@pytest.mark.django_db
def test_the_public_sees_public_actions_of_published_cases_alone(clock: Any) -> None:
    tender = Tender().published()
    clock.now = tender.now
    hidden = make_case()
    supplier = tender.supplier()
    page = Caller(None).get("feed?limit=1000").json()
    actions = [item["action"] for item in page["items"]]
    assert "invitation.publish" in actions and "documents.obtain" not in actions and "solicitation.draft" not in actions
    assert page["next"] == Entry.objects.order_by("-seq")[0].seq
    text = str(page)
    assert supplier.organisation.name not in text and hidden.ref not in text
    item = next(item for item in page["items"] if item["action"] == "invitation.publish")
    assert item["sentence"]["zh"].endswith("发布了采购公告") and item["root"] == tender.case.ref


@pytest.mark.django_db
def test_an_empty_log_keeps_the_cursor() -> None:
    assert Caller(None).get("feed?after=41").json() == {"items": [], "next": 41, "more": False}
