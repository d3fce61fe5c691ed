"""Is there an address that breaks on what somebody writes into it? Every parameter that a page reads, with values that
are no number, no text, or too much of either."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.test_urls import ADDRESSES
from tests.factories import fund_appropriation, make_case, make_post, make_supplier
from tests.length import NIGHTLY
from tests.www.support import Clock, at_desk, text_of
from yangcai.kernel.models import Entry, IdempotencyKey
from yangcai.parties.roles import Role
from yangcai.www import errors

pytestmark = pytest.mark.django_db

WWW = Path(errors.__file__).parent
#: No number though `isdigit`, a number that is not ASCII, more digits than `int` reads, no text, no row.
HOSTILE = (
    "²",
    "２０２６",
    "9" * 4400,
    "9" * 30,
    "-1",
    "\x00",
    "a\x00b",
    "\ud7ff\uffff",
    "1e999",
    "9999-12-31T23:59",
    "",
)
#: In `make long` each page gets one value in three, the next page the next ones.
EVERY = 1 if NIGHTLY else 3


def parameters() -> list[str]:
    """The names of what any page reads from its query or from a form of its own, found in the source."""
    source = "".join(path.read_text(encoding="utf-8") for path in sorted(WWW.rglob("*.py")))
    found = re.findall(r"""(?:GET|POST)(?:\.get|\.getlist)?[(\[]"(\w+)\"""", source)
    return sorted({*found, "q", "category", "csrfmiddlewaretoken"})


def desk(post: Any) -> Client:
    client = at_desk(post) if post else Client()
    client.raise_request_exception = False  # a server answers 500 where a test would raise
    return client


def test_the_source_is_read() -> None:
    assert {"page", "year", "q", "key", "version", "met", "forward", "post", "next", "kind", "code"} <= set(
        parameters()
    )


@pytest.mark.long
@pytest.mark.campaign
def test_no_query_breaks_a_page(clock: Clock, settings: Any) -> None:
    """Each address is asked by one who may read it: by nobody in particular, or by the first post that it is for."""
    settings.YANGCAI_SANDBOX = True
    names, broken, asked = parameters(), [], set()
    desks: dict[Any, Client] = {None: desk(None)}
    for number, (_address, entry) in enumerate(ADDRESSES):
        if entry.pattern.converters or not entry.name or entry.name in {"account_logout", "api_feed"}:
            continue
        by = entry.callback.by
        who = None if by in {"public", "token"} else Role.TREASURY
        if isinstance(by, frozenset) and who not in by:
            who = min(by)
        if who not in desks:
            desks[who] = desk(make_post(who))
        asked.add(who)
        for value in HOSTILE[number % EVERY :: EVERY]:
            answer = desks[who].get(reverse(entry.name), dict.fromkeys(names, value))
            if answer.status_code >= 500:
                broken.append(f"{entry.name} with {value[:20]!r}")
    assert broken == []
    assert {None, Role.TREASURY} < asked


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
@pytest.mark.parametrize("name", ["work_organisations", "work_experts", "notices", "law"])
def test_what_is_no_text_is_a_bad_request(clock: Clock, name: str, text: str) -> None:
    answer = desk(make_post(Role.TREASURY)).get(reverse(name), {"q": text})
    assert answer.status_code == 400 and "请求无法识别" in text_of(answer)
    answer = desk(None).get(reverse("home"), {"x": text}, headers={"Accept-Language": "en"})
    assert answer.status_code == 400 and "cannot be read" in text_of(answer)


@pytest.mark.parametrize("year", ["²", "9" * 4400, "20266", "-2026", "２０２６"])
def test_a_year_that_is_none_is_the_newest(clock: Clock, year: str) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    line = fund_appropriation(officer.organisation)
    answer = desk(officer).get(reverse("work_budget"), {"year": year})
    assert answer.status_code == 200 and line.code in text_of(answer)


@pytest.mark.long
def test_no_form_breaks_on_its_hidden_values(clock: Clock, settings: Any) -> None:
    settings.YANGCAI_SANDBOX = True
    case = make_case(stage="submission")
    officer, supplier = make_post(Role.BUYER_OFFICER, case.buyer), make_supplier()
    line = case.plan_item.appropriation
    forms = [
        (officer, reverse("work_do", args=["appropriation", line.pk, "intention.publish"])),
        (officer, reverse("work_do", args=["case", case.pk, "payment_terms.define"])),
        (supplier, reverse("work_do", args=["lot", case.lots.get().pk, "bid.submit"])),
        (supplier, reverse("work_try", args=["lot", case.lots.get().pk, "bid.submit"])),
        (officer, reverse("choose_post")),
        (None, reverse("account_login")),
        (None, reverse("set_language")),
        (None, reverse("sandbox_post")),
        (None, reverse("sandbox_clock")),
    ]
    for value in HOSTILE:
        data: dict[str, Any] = dict.fromkeys((*parameters(), "login", "password", "language"), value)
        data |= {f"{name}-{value}-x": value for name in ("rows", "lines")} | {"rows-0-title": value}
        for post, address in forms:
            answer = desk(post).post(address, data)
            assert answer.status_code < 500, (address, value[:20])


def test_a_key_that_is_no_text_is_a_bad_request(clock: Clock) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    line = fund_appropriation(officer.organisation)
    address = reverse("work_do", args=["appropriation", line.pk, "intention.publish"])
    assert desk(officer).post(address, {"key": "\x00"}).status_code == 400
    assert not Entry.objects.exists() and not IdempotencyKey.objects.exists()


def test_numbers_are_read_in_one_way() -> None:
    """`isdigit` lets ² through, at which `int` fails: `kernel.inputs.number_of` is there instead."""
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(WWW.parent.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\.is(digit|numeric)\(|int\(request\.", line)
    ]
    assert found == []
