"""Is every bad request a clear refusal, whatever it brings, and never a failure of ours?"""

import datetime
import string
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Clock
from tests.api.support import Caller, codes
from tests.factories import NOW, make_case, make_post
from tests.length import NIGHTLY
from tests.tendering.walk import Tender, document
from yangcai.api import bodies
from yangcai.cases.models import Case
from yangcai.kernel.actions import ACTIONS, Action
from yangcai.parties.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture
def case() -> Any:
    return make_case(agent=make_post(Role.AGENT).organisation)


@pytest.fixture
def caller(case: Any) -> Caller:
    return Caller(make_post(Role.AGENT, case.agent))


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"requirement": "\\ud800"}',
        b'{"payment_days": NaN}',
        b'{"payment_days": ' + b"9" * 5000 + b"}",
        b'{"rows": 1e9999999999999999999}',
        b"[" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
    ],
)
def test_what_is_no_object_of_values_is_400(case: Any, caller: Caller, body: bytes) -> None:
    answer = caller.act(case, "solicitation.draft", body, **{"Idempotency-Key": "k"})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_an_unknown_field_is_named(case: Any, caller: Caller) -> None:
    answer = caller.act(case, "solicitation.draft", {**document(), "requirements": "x"})
    assert answer.status_code == 422
    assert [r["field"] for r in answer.json()["refusals"] if r["code"] == "unknown_field"] == ["requirements"]
    multipart = caller.client.post(
        f"/api/v1/cases/{case.pk}/actions/solicitation.draft", {"requirements": "x"}, headers=caller.headers
    )
    assert codes(multipart) == {"unknown_field"}


def test_a_wrong_type_is_named_with_its_place(case: Any, caller: Caller) -> None:
    answer = caller.act(case, "payment_terms.define", {"rows": [{"title": 5, "percent": [], "due_on": "signature"}]})
    assert answer.status_code == 422
    texts = [r["zh"] for r in answer.json()["refusals"]]
    assert "rows / 1 / title：应为文本" in texts and len(texts) == 2


def test_what_is_too_large_is_refused_before_it_is_read(case: Any, caller: Caller, settings: Any) -> None:
    """The length alone decides: the body that is announced is never sent."""
    settings.YANGCAI_UPLOAD_MAX_BYTES = 2 * 2**20
    for path, kind, length in (
        (f"cases/{case.pk}/actions/solicitation.draft", "application/json", 6 * 2**20),
        ("documents", "multipart/form-data; boundary=x", 4 * 2**20),
        ("documents", "multipart/form-data; boundary=x", "-5"),
    ):
        answer = caller.client.generic(
            "POST", f"/api/v1/{path}", headers=caller.headers, CONTENT_TYPE=kind, CONTENT_LENGTH=str(length)
        )
        assert answer.status_code == 413 and answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("length", ["²", "9" * 4400, "1e3", "-1", " "])
def test_a_length_that_is_none_is_refused(case: Any, caller: Caller, length: str) -> None:
    answer = caller.client.generic(
        "POST",
        f"/api/v1/cases/{case.pk}/actions/solicitation.draft",
        headers=caller.headers,
        CONTENT_TYPE="application/json",
        CONTENT_LENGTH=length,
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("met", ["²", "9" * 4400, "9" * 30, "1,,x,\x00"])
def test_clauses_that_are_none_are_left_out(clock: Clock, met: str) -> None:
    tender = Tender().published()
    clock.now = tender.now
    answer = Caller(tender.supplier()).post(f"lots/{tender.lot.pk}/preflight?{urlencode({'met': met})}", {"price": "1"})
    assert answer.status_code == 200, answer.content


def test_hostile_uploads_are_refused(caller: Caller) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    def upload(**parts: Any) -> Any:
        return caller.client.post("/api/v1/documents", parts, headers=caller.headers)

    page = upload(file=SimpleUploadedFile("x.html", b"<script>alert(1)</script>", content_type="text/html"))
    assert page.json()["media_type"] == "application/octet-stream"  # never served as a page
    assert upload(file=SimpleUploadedFile("empty.pdf", b"")).status_code == 422
    assert upload(other="x").status_code == 400
    path = upload(file=SimpleUploadedFile("../../etc/passwd", b"x"))
    assert path.status_code == 201
    broken = caller.client.generic(
        "POST", "/api/v1/documents", b"--y\r\n", content_type="multipart/form-data", headers=caller.headers
    )
    assert broken.status_code == 400
    many = {f"f{n}": SimpleUploadedFile("a.txt", b"x") for n in range(60)}
    assert upload(**many).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "cases?after=x", "cases?after=" + "9" * 40, "feed?after=1e3", "notices?kind=%00", "notices?kind=nothing",
        "notices?after=" + "9" * 40, "feed?limit=", "cases?limit=%E4%B9%9D%00",
    ],
)  # fmt: skip
def test_bad_parameters_are_400(path: str) -> None:
    answer = Caller(None).get(path)
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["notices?q=%00%27%3A*%26", "notices?q=" + "%E5%9B%BD" * 3000, "nothing", "cases/0"])
def test_odd_but_lawful_questions_get_an_answer(path: str) -> None:
    assert Caller(None).get(path).status_code in (200, 404)


def test_a_method_that_is_not_offered_says_which_are(caller: Caller) -> None:
    answer = caller.post("notices")
    assert answer.status_code == 405 and answer["Allow"] == "GET"


# --- anything ----------------------------------------------------------------------------------------------------


#: Examples of each: for every Action here, so few in `make long`.
OF_AN_ACTION, OF_A_REQUEST = (100, 300) if NIGHTLY else (5, 30)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from([Decimal("1e999"), Decimal("-0.001"), 10**30, "1e400", "9" * 400, "\x00", "0", "-1", "２０２６"]),
    st.text(max_size=30),
    st.dates().map(str),
    st.datetimes().map(lambda at: at.isoformat()),
    st.just(NOW.isoformat()),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def like(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that look like the schema, and now and then others."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | SCALARS
    kind = schema.get("type")
    if kind == "object":
        fields = {name: like(sub) for name, sub in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=fields) | ANYTHING
    if kind == "array":
        return st.lists(like(schema["items"]), max_size=3) | ANYTHING
    if kind == "boolean":
        return st.booleans() | SCALARS
    if kind == "integer":
        return st.integers(min_value=-(2**70), max_value=2**70) | SCALARS
    if schema.get("format") == "date":
        return st.dates(min_value=datetime.date(1, 1, 1)).map(str) | SCALARS
    return st.text(max_size=40) | st.text(string.digits + ".-eE", max_size=12) | SCALARS


@pytest.mark.campaign
@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.code)
@settings(max_examples=OF_AN_ACTION, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_input_of_any_action_is_a_failure(case: Any, action: Action, data: Any) -> None:
    """A body that passes the types goes to the form, as it does in the API; the form refuses or cleans."""
    body = data.draw(like(action.input.schema()))
    if not isinstance(body, dict):
        return
    body = bodies._said(body)
    if list(bodies.of_wrong_type(action, body)):
        return
    subject = case if action.on is Case else None
    form = action.input(body, None, subject=subject, by=None, now=NOW)
    refusals = form.refusals()
    assert refusals or form.is_valid()
    assert all(refusal.text for refusal in refusals)


@pytest.mark.campaign
@settings(max_examples=OF_A_REQUEST, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_request_is_a_failure(case: Any, caller: Caller, data: Any) -> None:
    action = data.draw(st.sampled_from([a for a in ACTIONS.values() if a.on is type(case) and "agent" in a.by]))
    body = data.draw(like(action.input.schema()))
    answer = caller.act(case, action.code, body, query="?dry_run=1")
    assert answer.status_code < 500, answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/api",
        "/api/v1/",
        "/api/v1/nothing/at/all",
        "/api/v1/cases/1/x/y",
        "/api/v2/cases",
        "/sbp/v1/nothing",
        "/api/\x00",
    ],
)
def test_where_no_door_is_a_program_is_told_so_too(client: Any, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not-found"
    assert client.get("/nothing/at/all")["Content-Type"].startswith("text/html")


def test_what_breaks_is_told_a_program_with_its_number(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("yangcai.api.views.reply", broken)
    client.raise_request_exception = False
    answer = client.get("/api/v1/cases")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["incident"] in caplog.text
