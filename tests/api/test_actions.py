"""Does a program get the same Actions, rules and answers as a person on a page?"""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openapi_spec_validator import validate

from tests.api.conftest import Clock
from tests.api.support import Caller, codes, token_of
from tests.api.test_sbp_store import no_space
from tests.factories import NOW, fund_appropriation, make_case, make_organisation, make_post, make_supplier
from tests.tendering.walk import Tender, document, offer, set_database_clock
from yangcai.kernel import documents, log_index
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.documents import store_bytes
from yangcai.kernel.models import Entry, EntryPayload, IdempotencyKey, Upload
from yangcai.parties.queries import post_of_token
from yangcai.parties.roles import Role
from yangcai.planning.models import Intention
from yangcai.portal.models import Notice
from yangcai.tendering.models import Bid, Solicitation

pytestmark = pytest.mark.django_db
SUBMIT = {"price", "lines", "price_in_words", "commitment"}


def prepared() -> tuple[Any, Caller]:
    """A case in preparation, and a caller for its agent."""
    agent = make_post(Role.AGENT)
    return make_case(agent=agent.organisation), Caller(agent)


# --- the description -------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_description_is_valid_and_holds_every_action(language: str) -> None:
    answer = Caller(None, language=language).get("openapi.json")
    found = answer.json()
    validate(found)
    operations = {op["operationId"]: op for path in found["paths"].values() for op in path.values()}
    assert set(ACTIONS) <= set(operations)
    for code, action in ACTIONS.items():
        assert operations[code]["x-roles"] == sorted(action.by)
        body = operations[code]["requestBody"]["content"]["application/json"]["schema"]
        assert set(body["properties"]) == set(action.input.base_fields)
    title = operations["enquiry.ask"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert all(("一" <= text["title"][0] <= "鿿") == (language == "zh") for text in title.values() if "title" in text)


@pytest.mark.parametrize(
    ("procedure", "priced", "demanded"),
    [("open_tender", False, {"price"}), ("open_tender", True, set()), ("cooperative_innovation", False, set())],
)
def test_a_bid_is_described_as_its_method_takes_it(procedure: str, priced: bool, demanded: set[str]) -> None:
    """What the form accepts for some subject the schema accepts; what it demands of some only, the schema explains."""
    paths = Caller(None, language="en").get("openapi.json").json()["paths"]
    operations = {op["operationId"]: op for path in paths.values() for op in path.values()}
    for code in ("bid.submit", "lots.preflight"):
        schema = operations[code]["requestBody"]["content"]["application/json"]["schema"]
        assert schema["required"] == ["commitment"]
        for name in ("price", "lines", "consumables"):
            assert schema["properties"][name]["x-depends-on-subject"] is True
        assert "must name a price" in schema["properties"]["price"]["description"]
        assert "x-depends-on-subject" not in schema["properties"]["commitment"]
        body: dict[str, Any] = {"commitment": True} | ({"price": "900000.00"} if priced else {})
        assert jsonschema_rs.validator_for(schema).is_valid(body)
        assert not jsonschema_rs.validator_for(schema).is_valid({"price": "900000.00"})
    lot = make_case(procedure=procedure).lots.get()
    form = ACTIONS["bid.submit"].input(body, subject=lot, by=make_supplier(), now=NOW)
    assert {name for name in form.errors if name in SUBMIT} == demanded
    assert ("price" in form.fields) is (procedure == "open_tender")


# --- performing ------------------------------------------------------------------------------------------------------


def test_an_action_is_performed_and_told() -> None:
    case, caller = prepared()
    answer = caller.act(case, "solicitation.draft", document())
    assert answer.status_code == 201, answer.content
    done = answer.json()
    assert Entry.objects.get(seq=log_index.read(done["entry"])).action == "solicitation.draft"
    assert Solicitation.objects.get(case=case).requirement == document()["requirement"]
    assert caller.get(f"cases/{case.pk}").json()["version"] == 1


def test_every_refusal_comes_with_its_article_in_the_callers_language() -> None:
    case, caller = prepared()
    answer = caller.act(case, "invitation.publish", {})
    assert answer.status_code == 422
    found = answer.json()["refusals"]
    assert len(found) > 1 and any(refusal["citation"] for refusal in found)
    for refusal in found:
        assert refusal["zh"] and refusal["en"] and refusal["zh"] != refusal["en"]
    assert answer.json()["title"] == found[0]["zh"]
    caller.headers["Accept-Language"] = "en"
    again = caller.act(case, "invitation.publish", {}).json()
    assert again["title"] == again["refusals"][0]["en"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_field_is_refused_in_both_languages_whoever_asks(language: str) -> None:
    case, caller = prepared()
    caller.headers["Accept-Language"] = language
    told = caller.act(case, "solicitation.draft", {}).json()["refusals"]
    wrong = [(one["zh"], one["en"]) for one in told if one["code"] == "invalid_input"]
    assert ("采购需求：这个字段是必填项。", "Requirement: This field is required.") in wrong


def test_what_is_not_yours_does_not_exist_and_what_your_role_may_not_is_403() -> None:
    case, caller = prepared()
    stranger, officer = Caller(make_post(Role.SUPPLIER)), Caller(make_post(Role.BUYER_OFFICER, case.buyer))
    assert stranger.get(f"cases/{case.pk}").status_code == 404
    assert stranger.act(case, "solicitation.draft", document()).status_code == 404
    assert codes(officer.act(case, "solicitation.confirm")) == {"role_may_not"}
    assert officer.act(case, "solicitation.confirm").status_code == 403
    assert officer.act(case, "no.action").status_code == 404
    assert caller.get("cases/99999999999999999999999").status_code == 404


def test_open_actions_say_what_stands_in_the_way() -> None:
    case, caller = prepared()
    items = {item["code"]: item["refusals"] for item in caller.get(f"cases/{case.pk}/actions").json()["items"]}
    assert items["solicitation.draft"] == [] and items["invitation.publish"]
    assert "solicitation.confirm" not in items  # the reviewer's
    assert "prequalification.draft" not in items  # the file says that suppliers come by a notice


# --- keys, versions, dry runs ----------------------------------------------------------------------------------------


def test_the_same_key_gives_the_same_answer_and_another_request_under_it_is_a_conflict() -> None:
    case, caller = prepared()
    first = caller.act(case, "solicitation.draft", document(), **{"Idempotency-Key": "k1"})
    again = caller.act(case, "solicitation.draft", document(), **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["entry"] == first.json()["entry"] and again.json()["again"] is True
    other = caller.act(case, "solicitation.draft", {**document(), "payment_days": 20}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 409 and codes(other) == {"idempotency_mismatch"}
    assert Entry.objects.filter(action="solicitation.draft").count() == 1


def test_a_refused_request_does_not_use_its_key_up() -> None:
    case, caller = prepared()
    bad = caller.act(case, "solicitation.draft", {}, **{"Idempotency-Key": "k2"})
    assert bad.status_code == 422
    assert caller.act(case, "solicitation.draft", document(), **{"Idempotency-Key": "k2"}).status_code == 201


def test_a_version_that_has_passed_is_a_conflict() -> None:
    case, caller = prepared()
    tag = caller.get(f"cases/{case.pk}")["ETag"]
    assert caller.act(case, "solicitation.draft", document(), **{"If-Match": tag}).status_code == 201
    late = caller.act(case, "solicitation.draft", document(), **{"If-Match": tag})
    assert late.status_code == 409 and codes(late) == {"stale_form"}
    assert caller.act(case, "solicitation.draft", document(), **{"If-Match": "latest"}).status_code == 400


def test_a_dry_run_writes_nothing() -> None:
    case, caller = prepared()
    before = Entry.objects.count()
    assert caller.act(case, "solicitation.draft", document(), query="?dry_run=1").json() == {"dry_run": True}
    assert caller.act(case, "invitation.publish", {}, query="?dry_run=1").status_code == 422
    assert not Solicitation.objects.filter(case=case).exists() and Entry.objects.count() == before


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_acts_through_its_post_until_it_ends(clock: Clock) -> None:
    post = make_post(Role.BUYER_OFFICER)
    caller = Caller(post)
    assert caller.get("me").json()["post"] == post.pk
    assert Caller(None).get("me").status_code == 401
    for secret in (token_of(post, days=-1), token_of(post, revoked_at=clock.now), "nonsense", ""):
        caller.headers["Authorization"] = f"Bearer {secret}"
        answer = caller.get("me")
        assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
        assert caller.get("notices").status_code == 401  # a bad token is not taken for none
    caller.headers["Authorization"] = f"Bearer {token_of(post)}"
    type(post).objects.filter(pk=post.pk).update(to_on=clock.now.date().replace(year=2025))
    assert caller.get("me").status_code == 401


# --- asked twice -----------------------------------------------------------------------------------------------------


def twice(caller: Caller, subject: Any, code: str, data: Any) -> Any:
    """What a request and its retry were answered; they differ in the status and the flag that says so, only."""
    first, again = (caller.act(subject, code, data, **{"Idempotency-Key": "k1"}) for _n in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert again.content == first.content.replace(b'"again": false', b'"again": true')
    return again.json()


def test_a_retried_publication_names_its_notices_again() -> None:
    officer = make_post(Role.BUYER_OFFICER)
    line = fund_appropriation(officer.organisation)
    data = {"title": "设备", "overview": "一批", "amount": "500000.00", "expected_on": "2026-05-01"}
    answer = twice(Caller(officer), line, "intention.publish", data)
    assert answer["notices"] == [Notice.objects.get().number]
    assert answer["value"] == {"path": "intentions", "id": Intention.objects.get().pk}


def test_a_retried_import_counts_its_lines_again() -> None:
    treasury, buyer = make_post(Role.TREASURY), make_organisation()
    text = f"采购人,预算年度,预算项目编码,预算项目名称,预算金额,批复日期\n{buyer.name},2026,A1,设备,100.5,2026-01-05\n"
    paper = store_bytes(data=text.encode(), name="b.csv", person_id=treasury.person_id, now=NOW)
    answer = twice(Caller(treasury), treasury.organisation, "budget.import", {"file": paper.digest})
    assert answer["value"] == {"lines": 1, "total": "100.50"}


def test_a_retried_token_is_the_same_token() -> None:
    post = make_supplier()
    answer = twice(Caller(post), post, "token.issue", {"label": "对接", "expires_on": "2026-06-01"})
    assert post_of_token(answer["value"]["text"], now=NOW) == post


# --- what is secret --------------------------------------------------------------------------------------------------


def test_a_sealed_bid_leaves_no_trace_of_its_price(clock: Clock) -> None:
    tender = Tender().published()
    supplier = tender.supplier()
    clock.now = tender.now
    set_database_clock(tender.now)
    price = "912345.67"
    data = offer(price)
    answer = Caller(supplier).act(tender.lot, "bid.submit", data, **{"Idempotency-Key": "bid"})
    assert answer.status_code == 201, answer.content
    assert price not in answer.content.decode()
    written = json.dumps(
        [*EntryPayload.objects.values("data"), *IdempotencyKey.objects.values(), *Entry.objects.values("refusals")],
        default=str,
    )
    assert "912345" not in written
    for caller in (Caller(None), Caller(tender.agent_post), Caller(tender.officer), Caller(make_post(Role.TREASURY))):
        feed = caller.get("feed?limit=1000").content.decode()
        assert "bid.submit" not in feed and supplier.organisation.name not in feed
        assert caller.get(f"bids/{Bid.objects.get().pk}").status_code in (401, 404)
        assert caller.get("bids").json()["items"] == []
    assert "bid.submit" in Caller(supplier).get("feed?limit=1000").content.decode()


def test_a_document_belongs_to_who_brought_it() -> None:
    post = make_post(Role.BUYER_OFFICER)
    caller = Caller(post)
    file = SimpleUploadedFile("附件.pdf", b"%PDF-1.7 x")
    answer = caller.client.post("/api/v1/documents", {"file": file}, headers=caller.headers)
    assert answer.status_code == 201 and answer.json()["media_type"] == "application/pdf"
    assert Upload.objects.get(document_id=answer.json()["digest"]).person_id == post.person_id


@pytest.mark.parametrize(("trouble", "retry"), [("no-room", "60"), ("store", "1")])
def test_a_document_that_the_store_does_not_take_comes_again(
    trouble: str, retry: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = Caller(make_post(Role.BUYER_OFFICER))
    if trouble == "no-room":
        monkeypatch.setattr(documents.tempfile, "mkstemp", no_space)
    else:
        settings.YANGCAI_FILES = str(tmp_path / "a-file")
        (tmp_path / "a-file").write_text("")
    file = SimpleUploadedFile("附件.pdf", b"%PDF-1.7 x")
    answer = caller.client.post("/api/v1/documents", {"file": file}, headers=caller.headers)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, trouble, retry)


def test_the_worklist_is_the_posts_own() -> None:
    tender = Tender().published()
    items = Caller(tender.officer).get("worklist").json()["items"]
    assert all(set(item) == {"action", "subject", "root", "title", "clock", "due_at"} for item in items)
    assert Caller(make_post(Role.BUYER_OFFICER)).get("worklist").json()["items"] == []
    assert Caller(None).get("worklist").status_code == 401


def test_rows_are_listed_with_a_cursor_at_a_constant_price(django_assert_num_queries: Any) -> None:
    cases = [make_case(stage="submission", lots=3) for _n in range(4)]
    make_case(title="尚未公告")
    caller = Caller(None)
    with django_assert_num_queries(3):
        page = caller.get("cases?limit=3").json()
    assert [row["id"] for row in page["items"]] == [case.pk for case in cases[:3]]
    assert page["items"][0]["stage"] == "submission" and len(page["items"][0]["lots"]) == 3
    rest = caller.get(f"cases?after={page['next']}").json()
    assert [row["id"] for row in rest["items"]] == [cases[3].pk]
