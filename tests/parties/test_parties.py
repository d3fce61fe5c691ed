"""Who comes onto the platform, who may act for whom, and can nobody hold two posts that check each other?"""

import csv
import datetime
import hashlib
import json
import threading
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings

from tests import factories
from tests.factories import NOW, at
from yangcai.kernel.actions import SCOPES, can, perform
from yangcai.kernel.models import Entry, EntryPayload, IdempotencyKey
from yangcai.kernel.refusals import Refused
from yangcai.parties.actions import end_post, grant_post, issue_token, register_organisation, revoke_token
from yangcai.parties.models import ApiToken, Organisation, Person, Post
from yangcai.parties.queries import post_of_token, posts_of
from yangcai.parties.roles import BUYER, INCOMPATIBLE, Role
from yangcai.parties.rules import KINDS, code_is_right

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[3] / "shared/data/reference/uscc/real_uscc_codes_sample.csv"


@pytest.fixture
def platform() -> Post:
    return factories.make_post(Role.PLATFORM)


def register(by: Post, **values: Any) -> Organisation:
    given = {"name": "兰州新区测试公司", "kind": "supplier", "uscc": "91140000783254954T", "jurisdiction": "620171"}
    return perform(register_organisation, by.organisation, by=by, now=NOW, **(given | values)).value


def codes_of(call: Any, *args: Any, **kwargs: Any) -> set[str]:
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


# --- organisations -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not SAMPLE.exists(), reason="the reference data is not on this machine")
def test_all_real_codes_are_accepted(platform: Post) -> None:
    with SAMPLE.open(encoding="utf-8") as file:
        codes = [row["uscc"] for row in csv.DictReader(file)]
    assert len(codes) == 611
    given = {"by": platform, "now": NOW, "kind": "supplier"}
    refused = {code for code in codes if code_is_right(platform.organisation, uscc=code, **given)}
    assert refused == set()


def test_registering_writes_the_organisation_and_its_entry(platform: Post) -> None:
    made = register(platform, size="small")
    assert (made.uscc, made.is_small_micro) == ("91140000783254954T", True)
    entry = Entry.objects.get(action="organisation.register")
    assert (entry.root, entry.subject) == (made.ref, made.ref)


@pytest.mark.parametrize(
    "code", ["91140000783254954X", "9114000078325495", "91140000783254954TT", "IIIIIIIIIIIIIIIIII", "９１１４", "'; --"]
)
def test_a_wrong_code_is_refused_at_its_field(platform: Post, code: str) -> None:
    with pytest.raises(Refused) as error:
        register(platform, uscc=code)
    assert {r.field for r in error.value.refusals} == {"uscc"}
    assert not Organisation.objects.filter(name="兰州新区测试公司").exists()


def test_every_change_of_one_character_is_noticed(platform: Post) -> None:
    good = "91140000783254954T"
    for place in range(len(good)):
        other = "1" if good[place] != "1" else "2"
        bad = good[:place] + other + good[place + 1 :]
        assert code_is_right(platform.organisation, by=platform, now=NOW, kind="supplier", uscc=bad), bad


def test_names_and_codes_are_unique_and_codes_are_needed(platform: Post) -> None:
    register(platform)
    assert codes_of(register, platform) == {"organisation_exists"}
    assert codes_of(register, platform, name="另一公司") == {"organisation_exists"}
    assert codes_of(register, platform, name="另一公司", uscc="") == {"uscc_missing"}
    assert register(platform, name="某大学", kind="expert_unit", uscc="").uscc is None


def test_the_treasury_registers_no_authority() -> None:
    treasury = factories.make_post(Role.TREASURY)
    assert codes_of(register, treasury, kind="treasury") == {"kind_not_yours"}
    assert register(treasury, kind="buyer").kind == "buyer"


def test_registering_the_same_code_at_the_same_time_is_a_refusal(platform: Post) -> None:
    """Past the check, the database still holds: its constraint comes back as a sentence."""
    from yangcai.kernel.refusals import BY_CONSTRAINT

    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'u'")
        names = {row[0] for row in cursor.fetchall()}
    for name in ("parties_organisation_name_key", "parties_organisation_uscc_key", "contracts_contract_number_key"):
        assert name in names and name in BY_CONSTRAINT


# --- posts -------------------------------------------------------------------------------------------------------


def organisation_for(role: str) -> Organisation:
    return factories.make_organisation(sorted(KINDS[role])[0])


def grant(by: Post, person: Person, role: str, organisation: Organisation, **values: Any) -> Post:
    given = {"username": person.username, "role": role, "from_on": "2026-03-01", **values}
    return perform(grant_post, organisation, by=by, now=NOW, **given).value


def test_every_incompatible_pair_is_refused_across_organisations_and_every_other_is_not(platform: Post) -> None:
    for one, other in combinations(Role, 2):
        person = factories.make_person()
        grant(platform, person, one, organisation_for(one))
        if frozenset({one, other}) in INCOMPATIBLE and not {one, other} <= BUYER:
            with pytest.raises(Refused) as error:
                grant(platform, person, other, organisation_for(other))
            assert error.value.codes == {"incompatible_roles"}
            assert error.value.refusals[0].citation.rule == "control.separation"
        else:
            grant(platform, person, other, organisation_for(other))


def test_handling_and_reviewing_exclude_each_other_within_a_buyer(platform: Post) -> None:
    person, buyer = factories.make_person(), factories.make_organisation()
    grant(platform, person, Role.BUYER_OFFICER, buyer)
    assert codes_of(grant, platform, person, Role.BUYER_REVIEWER, buyer) == {"incompatible_roles"}


def test_one_after_the_other_is_lawful(platform: Post) -> None:
    person, buyer = factories.make_person(), factories.make_organisation()
    grant(platform, person, Role.BUYER_OFFICER, buyer, to_on="2026-03-31")
    overlapping = {"from_on": "2026-03-31"}
    assert codes_of(grant, platform, person, Role.BUYER_REVIEWER, buyer, **overlapping) == {"incompatible_roles"}
    grant(platform, person, Role.BUYER_REVIEWER, buyer, from_on="2026-04-01")
    before = {"from_on": "2026-02-01", "to_on": "2026-03-01"}
    assert codes_of(grant, platform, person, Role.TREASURY, organisation_for(Role.TREASURY), **before) == {
        "incompatible_roles"
    }


def test_posts_that_make_no_sense_are_refused_with_every_reason(platform: Post) -> None:
    buyer = factories.make_organisation()
    given = {"by": platform, "now": NOW}
    with pytest.raises(Refused) as error:
        perform(
            grant_post, buyer, username="nobody", role="supplier", from_on="2026-03-02", to_on="2026-03-01", **given
        )
    assert error.value.codes == {"unknown_person", "role_does_not_fit", "impossible_date"}
    own = {"username": platform.person.username, "role": Role.BUYER_OFFICER, "from_on": "2026-03-02"}
    assert codes_of(perform, grant_post, buyer, **own, **given) == {"own_post"}


def test_the_same_post_twice_is_refused(platform: Post) -> None:
    person, buyer = factories.make_person(), factories.make_organisation()
    grant(platform, person, Role.BUYER_OFFICER, buyer)
    assert codes_of(grant, platform, person, Role.BUYER_OFFICER, buyer) == {"post_exists"}


def test_an_ended_post_acts_no_more_and_its_tokens_with_it(platform: Post) -> None:
    person, buyer = factories.make_person(), factories.make_organisation()
    post = grant(platform, person, Role.BUYER_OFFICER, buyer, from_on="2026-01-01")
    secret = perform(issue_token, post, by=post, now=NOW, label="接口", expires_on="2026-12-31").value
    assert post_of_token(secret, now=NOW) == post
    assert codes_of(perform, end_post, post, by=platform, now=NOW, to_on="2025-12-31") == {"impossible_date"}
    perform(end_post, post, by=platform, now=NOW, to_on="2026-03-01")
    assert not posts_of(person, now=NOW) and post_of_token(secret, now=NOW) is None
    post.refresh_from_db()
    assert can(end_post, post, by=platform, now=NOW)[0].code == "post_ended"
    assert can(issue_token, post, by=post, now=NOW)[0].code == "post_expired"


def test_nobody_ends_the_own_post(platform: Post) -> None:
    assert can(end_post, platform, by=platform, now=NOW)[0].code == "own_post"


@pytest.mark.django_db(transaction=True)
def test_two_grants_at_the_same_time_see_each_other() -> None:
    """One person, two incompatible posts, two organisations, two threads: exactly one is granted."""
    platform, person = factories.make_post(Role.PLATFORM), factories.make_person()
    wanted = [(Role.AGENT, organisation_for(Role.AGENT)), (Role.SUPPLIER, organisation_for(Role.SUPPLIER))]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def attempt(role: str, organisation: Organisation) -> None:
        start.wait()
        try:
            grant(platform, person, role, organisation)
            outcomes.append("granted")
        except Refused as refused:
            outcomes.extend(refused.codes)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=pair) for pair in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["granted", "incompatible_roles"]
    assert Post.objects.filter(person=person).count() == 1


# --- tokens ------------------------------------------------------------------------------------------------------


def test_the_secret_is_shown_to_one_request_and_kept_nowhere_in_clear() -> None:
    post = factories.make_supplier()
    done = perform(issue_token, post, by=post, now=NOW, label="接口", expires_on="2026-12-31", idempotency_key="k1")
    assert ApiToken.objects.get().digest == hashlib.sha256(done.value.encode()).hexdigest()
    rows = [
        *EntryPayload.objects.values_list("data", flat=True),
        *IdempotencyKey.objects.values_list("answer", flat=True),
    ]
    stored = json.dumps(rows, ensure_ascii=False)
    assert done.value not in stored and "接口" in stored and '"sealed"' in stored
    again = perform(issue_token, post, by=post, now=NOW, label="接口", expires_on="2026-12-31", idempotency_key="k1")
    assert (again.again, again.value, ApiToken.objects.count()) == (True, done.value, 1)  # the same request, no other
    with override_settings(SECRET_KEY="another"):  # the database alone does not tell it
        again = perform(
            issue_token, post, by=post, now=NOW, label="接口", expires_on="2026-12-31", idempotency_key="k1"
        )
    assert (again.again, again.value) == (True, None)


def test_a_token_dies_on_its_day_or_when_revoked() -> None:
    post = factories.make_supplier()
    secret = perform(issue_token, post, by=post, now=NOW, label="接口", expires_on="2026-03-03").value
    assert post_of_token(secret, now=at("2026-03-03T23:59")) == post
    assert post_of_token(secret, now=at("2026-03-04T00:00")) is None
    token = ApiToken.objects.get()
    stranger = factories.make_supplier()
    assert can(revoke_token, token, by=stranger, now=NOW)[0].code == "not_yours"
    assert SCOPES[ApiToken](stranger, NOW).count() == 0
    perform(revoke_token, token, by=post, now=NOW)
    assert post_of_token(secret, now=NOW) is None
    token.refresh_from_db()
    assert can(revoke_token, token, by=post, now=NOW)[0].code == "token_revoked"


def test_a_token_is_issued_for_the_own_post_and_not_for_ever() -> None:
    post = factories.make_supplier()
    other = factories.make_post(Role.AGENT, person=post.person)
    assert can(issue_token, other, by=post, now=NOW)[0].code == "not_own_post"
    for day in (NOW.date() - datetime.timedelta(days=1), NOW.date() + datetime.timedelta(days=367)):
        assert codes_of(perform, issue_token, post, by=post, now=NOW, label="接口", expires_on=day) == {
            "impossible_date"
        }
