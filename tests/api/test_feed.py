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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 50])
def test_who_polls_after_every_action_gets_every_public_entry_once(clock: Any, limit: int) -> None:
    """What was done before the case was published, or the agent appointed, does not stay behind the cursor."""
    tender = Tender(agent=False)
    readers = {
        "public": Caller(None),
        "supplier": Caller(make_supplier()),
        "agent": Caller(tender.agent_post),
        "buyer": Caller(tender.reviewer),
        "treasury": Caller(make_post(Role.TREASURY)),
    }
    seen: dict[str, list[int]] = {name: [] for name in readers}
    cursors = dict.fromkeys(readers, "")

    def poll() -> None:
        clock.now = tender.now
        for name, caller in readers.items():
            more, cursors[name] = read_all(caller, after=cursors[name], limit=limit)
            seen[name] += more

    def do(code: str, subject: Any, by: Any, **data: Any) -> Any:
        done = Tender.do(tender, code, subject, by, **data)
        poll()
        return done

    tender.do = do  # type: ignore[method-assign]
    tender.describe()
    tender.confirm()
    terms = {"mandate": "全过程代理，至合同签订", "fee": "由中标人支付"}
    do("agent.appoint", tender.case, tender.officer, agent=tender.agent_post.organisation_id, **terms)
    tender.runner, tender.case = tender.agent_post, type(tender.case).objects.get(pk=tender.case.pk)
    tender.publish()
    tender.bids("900000.00", "910000.00", "920000.00")
    tender.open()
    public = [code for code, action in ACTIONS.items() if action.is_public]
    of_case = Entry.objects.filter(root=tender.case.ref, outcome="done").order_by("seq")
    everybody = list(of_case.filter(action__in=public).values_list("seq", flat=True))
    before = of_case.get(action="invitation.publish").seq
    assert any(seq < before for seq in everybody)  # something public was done while nobody could see it
    for name, got in seen.items():
        assert len(got) == len(set(got)), name
        assert set(everybody) <= set(got), name
    assert sorted(seen["public"]) == everybody
    assert [seq for seq in seen["supplier"] if seq in everybody] == seen["public"]
    # From the beginning it is the same, in the same order.
    assert read_all(readers["public"], limit=limit)[0] == seen["public"]


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
