"""Does an organisation come in by itself, run its own people, and lend its posts, without anybody gaining more?"""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import factories
from tests.factories import NOW, at
from tests.kernel.probe import probe
from yangcai.kernel.actions import SCOPES, can, perform
from yangcai.kernel.models import Entry, EntryPayload
from yangcai.kernel.refusals import Refused
from yangcai.parties import joining
from yangcai.parties.actions import end_post, grant_post
from yangcai.parties.delegation import delegate_post, recall_post
from yangcai.parties.models import Organisation, OrganisationKind, Person, Post
from yangcai.parties.queries import platform_post, posts_of
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
CODE = "91140000783254954T"
GIVEN = {
    "uscc": CODE,
    "name": "测试自行登记有限公司",
    "address": "某路 1 号",
    "contact": "办公室",
    "size": "small",
    "person_name": "测试人甲",
    "email": "",
    "is_true": True,
}


def join(**values: Any) -> Organisation:
    platform = platform_post(now=NOW)
    return perform(joining.join_platform, platform.organisation, by=platform, now=NOW, **(GIVEN | values)).value


def codes_of(call: Any, *args: Any, **kwargs: Any) -> set[str]:
    with pytest.raises(Refused) as error:
        call(*args, **kwargs)
    return error.value.codes


# --- joining -----------------------------------------------------------------------------------------------------


def test_a_supplier_registers_itself_and_its_first_person_administers_it() -> None:
    organisation = join()
    [person] = organisation.people.all()
    assert {p.role for p in posts_of(person, now=NOW)} == {Role.ADMINISTRATOR, Role.SUPPLIER}
    assert not person.has_usable_password()
    entry = Entry.objects.get(action="organisation.join")
    assert (entry.root, entry.outcome) == (organisation.ref, "done")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"uscc": CODE[:-1] + "X"}, "uscc_invalid", "uscc"),
        ({"uscc": ""}, "invalid_input", "uscc"),
        ({"is_true": False}, "invalid_input", "is_true"),
        ({"email": "x@example.com\nBcc: y@example.com"}, "invalid_input", "email"),
    ],
)
def test_a_wrong_registration_says_at_which_field(values: Any, code: str, field: str) -> None:
    with pytest.raises(Refused) as error:
        join(**values)
    assert {(r.code, r.field) for r in error.value.refusals} == {(code, field)}
    assert not Organisation.objects.filter(kind=OrganisationKind.SUPPLIER).exists()


def test_a_second_registration_is_refused_with_the_way_to_go_and_no_name_of_a_person() -> None:
    person = join().people.get()
    with pytest.raises(Refused) as error:
        join(name="别的名字有限公司")
    [refusal] = error.value.refusals
    assert refusal.code == "organisation_exists" and "邀请" in refusal.zh and "invite" in refusal.en
    assert person.name not in refusal.zh and person.username not in refusal.zh


def test_login_names_are_given_and_tell_nothing() -> None:
    """Nobody chooses one, so no form says which exist; none can be guessed from the public code."""
    names = {joining.new_username() for _ in range(50)}
    assert len(names) == 50
    assert not {"username", "login"} & set(joining.JoinPlatform.base_fields) | {"username"} & set(
        joining.InvitePerson.base_fields
    )


def test_an_invitation_is_good_once_and_not_for_ever() -> None:
    person = join().people.get()
    first = joining.invite(person, now=NOW)
    second = joining.invite(person, now=NOW)
    assert joining.invited(first, now=NOW) is None  # the newer one replaces it
    found = joining.invited(second, now=NOW + joining.GOOD_FOR - datetime.timedelta(seconds=1))
    assert found is not None and found.person == person
    assert joining.invited(second, now=NOW + joining.GOOD_FOR) is None
    assert joining.invited("guess", now=NOW) is None
    found.used_at = NOW
    found.save()
    assert joining.invited(second, now=NOW) is None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE parties_invitation SET used_at = NULL WHERE used_at IS NOT NULL")
    assert second not in str(list(EntryPayload.objects.values_list("data", flat=True)))


# --- an administrator and the people -----------------------------------------------------------------------------


@pytest.fixture
def admin() -> Post:
    return factories.make_post(Role.ADMINISTRATOR, factories.make_organisation(OrganisationKind.BUYER))


def invite(by: Post, **values: Any) -> Person:
    given = {"name": "测试人乙", "email": "", "role": "", "to_on": None, **values}
    done = perform(joining.invite_person, by.organisation, by=by, now=NOW, **given)
    return Person.objects.get(username=done.value.partition(":")[0])


def grant(by: Post, person: Person, role: str, organisation: Organisation | None = None) -> Post:
    given = {"username": person.username, "role": role, "from_on": "2026-03-01"}
    return perform(grant_post, organisation or by.organisation, by=by, now=NOW, **given).value


def test_an_administrator_invites_and_gives_posts_and_ends_them(admin: Post) -> None:
    person = invite(admin)
    assert person.employer == admin.organisation and not posts_of(person, now=NOW)
    post = grant(admin, person, Role.BUYER_OFFICER)
    assert posts_of(person, now=NOW).get() == post
    other = invite(admin, role=Role.BUYER_REVIEWER)
    assert posts_of(other, now=NOW).get().role == Role.BUYER_REVIEWER
    perform(end_post, post, by=admin, now=NOW, to_on="2026-03-01")
    assert not posts_of(person, now=NOW)


def test_who_did_not_come_in_time_is_invited_again_and_nobody_who_has_a_password(admin: Post) -> None:
    late, there = invite(admin), invite(admin, name="测试人丙")
    there.set_password("a-long-enough-passphrase")
    there.save()
    after = NOW + joining.GOOD_FOR + datetime.timedelta(days=1)
    assert "invalid_input" in codes_of(
        perform, joining.invite_again, admin.organisation, by=admin, now=after, username=there.username
    )
    said = perform(joining.invite_again, admin.organisation, by=admin, now=after, username=late.username).value
    secret = said.partition(":")[2]
    found = joining.invited(secret, now=after)
    assert found is not None and found.person == late
    assert secret not in str(list(EntryPayload.objects.values_list("data", flat=True)))
    # Nobody of another house, and nobody where all have come in.
    other = factories.make_post(Role.ADMINISTRATOR, factories.make_organisation(OrganisationKind.BUYER))
    invite(other)
    asked = {"by": other, "now": after, "username": late.username}
    assert codes_of(perform, joining.invite_again, other.organisation, **asked) == {"invalid_input"}
    found.used_at = after
    found.save()
    late.set_password("a-long-enough-passphrase")
    late.save()
    assert [r.code for r in can(joining.invite_again, admin.organisation, by=admin, now=after)] == ["nobody_waits"]


def test_no_house_opens_an_account_with_the_posts_of_another(admin: Post) -> None:
    """The link sets the one password that the person has: whoever holds it acts at both."""
    other = factories.make_post(Role.ADMINISTRATOR, factories.make_organisation(OrganisationKind.BUYER))
    theirs = invite(other)
    factories.make_post(Role.BUYER_OFFICER, admin.organisation, person=theirs)
    platform = factories.make_post(Role.PLATFORM)
    for house in (admin, other):
        asked = {"by": house, "now": NOW, "username": theirs.username}
        found = codes_of(perform, joining.invite_again, house.organisation, **asked)
        assert found and found <= {"invalid_input", "nobody_waits"}
    said = perform(joining.invite_again, admin.organisation, by=platform, now=NOW, username=theirs.username).value
    assert joining.invited(said.partition(":")[2], now=NOW) is not None


def test_an_administrator_rules_nobody_elses_house(admin: Post) -> None:
    foreign = factories.make_post(Role.BUYER_OFFICER)
    person = invite(admin)
    assert codes_of(grant, admin, person, Role.BUYER_OFFICER, foreign.organisation) == {"not_yours"}
    assert codes_of(grant, admin, foreign.person, Role.BUYER_OFFICER) == {"not_a_colleague"}
    assert can(end_post, foreign, by=admin, now=NOW)[0].code == "not_yours"
    assert not SCOPES[Post](admin, NOW).filter(pk=foreign.pk).exists()
    assert codes_of(perform, joining.invite_person, foreign.organisation, by=admin, now=NOW, name="甲") == {"not_yours"}


def test_an_administrator_gives_nothing_to_itself_and_no_post_that_is_not_its_to_give(admin: Post) -> None:
    assert "own_post" in codes_of(grant, admin, admin.person, Role.BUYER_OFFICER)
    person = invite(admin)
    assert "role_not_yours" in codes_of(grant, admin, person, Role.EXPERT)
    assert "role_does_not_fit" in codes_of(grant, admin, person, Role.TREASURY)
    officer = invite(admin, role=Role.BUYER_OFFICER)
    assert codes_of(grant, admin, officer, Role.BUYER_REVIEWER) == {"incompatible_roles"}
    assert codes_of(grant, admin, officer, Role.ADMINISTRATOR) == {"incompatible_roles"}


@pytest.mark.parametrize("role", [Role.BUYER_OFFICER, Role.BUYER_REVIEWER, Role.TREASURY_PAYER])
def test_who_gives_posts_holds_none_that_decides_on_money(role: str) -> None:
    platform, person = factories.make_post(Role.PLATFORM), factories.make_person()
    kind = OrganisationKind.TREASURY if role == Role.TREASURY_PAYER else OrganisationKind.BUYER
    organisation = factories.make_organisation(kind)
    grant(platform, person, Role.ADMINISTRATOR, organisation)
    assert codes_of(grant, platform, person, role, organisation) == {"incompatible_roles"}


# --- delegation --------------------------------------------------------------------------------------------------


@pytest.fixture
def reviewer(admin: Post) -> Post:
    return factories.make_post(Role.BUYER_REVIEWER, admin.organisation)


def lend(post: Post, person: Person, *, now: datetime.datetime = NOW, **values: Any) -> Post:
    given = {"username": person.username, "from_on": "2026-03-02", "to_on": "2026-03-06", "reason": "出差", **values}
    return perform(delegate_post, post, by=post, now=now, **given).value


def test_a_post_is_lent_for_some_days_and_comes_back_by_itself(admin: Post, reviewer: Post) -> None:
    deputy = invite(admin)
    lent = lend(reviewer, deputy)
    assert lent.person_ids == {deputy.pk, reviewer.person_id}
    assert posts_of(deputy, now=at("2026-03-06T23:59")).get() == lent and lent.is_valid_at(at("2026-03-06T23:59"))
    assert not posts_of(deputy, now=at("2026-03-07T00:00")) and not lent.is_valid_at(at("2026-03-07T00:00"))
    refused = can(probe(), admin.organisation, by=lent, now=at("2026-03-07T00:00"))
    assert [r.code for r in refused] == ["post_expired"]


def test_it_ends_with_the_post_that_it_comes_from_and_when_it_is_recalled(admin: Post, reviewer: Post) -> None:
    deputy = invite(admin)
    lent = lend(reviewer, deputy)
    perform(recall_post, lent, by=reviewer, now=NOW)
    assert not posts_of(deputy, now=NOW)
    assert not Post.objects.get(pk=lent.pk).is_valid_at(NOW)
    again = lend(reviewer, deputy)  # the same days, anew
    perform(end_post, reviewer, by=admin, now=NOW, to_on="2026-03-01")
    assert not posts_of(deputy, now=NOW) and not Post.objects.get(pk=again.pk).is_valid_at(NOW)


def test_nobody_passes_a_lent_post_on(admin: Post, reviewer: Post) -> None:
    lent = lend(reviewer, invite(admin))
    third = invite(admin)
    assert codes_of(lend, lent, third) == {"delegated_already"}
    assert can(delegate_post, reviewer, by=lent, now=NOW)[0].code != ""


def test_who_acts_for_somebody_is_that_person_to_the_separation_of_duties(admin: Post, reviewer: Post) -> None:
    """Neither does the deputy approve what the holder did, nor the holder what the deputy did."""
    deputy = invite(admin)
    lent = lend(reviewer, deputy)
    organisation = admin.organisation
    first = probe(code="probe.first")
    second = probe(code="probe.second", not_same_person_as=("probe.first",))
    from yangcai.kernel.actions import ACTIONS

    ACTIONS["probe.first"] = first
    try:
        for one, other in ((reviewer, lent), (lent, reviewer)):
            perform(first, organisation, by=one, now=NOW, contact="甲")
            assert codes_of(perform, second, organisation, by=other, now=NOW, contact="乙") == {"same_person"}
    finally:
        del ACTIONS["probe.first"]


def test_a_deputy_has_no_incompatible_post_and_the_administrator_none_through_a_loan(
    admin: Post, reviewer: Post
) -> None:
    officer = invite(admin, role=Role.BUYER_OFFICER)
    assert codes_of(lend, reviewer, officer) == {"incompatible_roles"}
    assert codes_of(lend, reviewer, admin.person) == {"incompatible_roles"}
    deputy = invite(admin)
    lend(reviewer, deputy)
    assert codes_of(grant, admin, deputy, Role.BUYER_OFFICER) == {"incompatible_roles"}


@pytest.mark.parametrize(
    "days",
    [
        {"from_on": "2026-03-01"},
        {"to_on": "2026-03-01"},
        {"from_on": "2026-03-05", "to_on": "2026-03-04"},
        {"to_on": "2026-12-31"},
    ],
)
def test_a_loan_lies_within_its_post(admin: Post, reviewer: Post, days: dict[str, str]) -> None:
    Post.objects.filter(pk=reviewer.pk).update(to_on="2026-06-30")
    reviewer.refresh_from_db()
    assert codes_of(lend, reviewer, invite(admin), **days) == {"impossible_date"}


def test_a_stranger_and_a_nobody_get_the_same_answer(admin: Post, reviewer: Post) -> None:
    stranger = factories.make_person()
    texts = set()
    for name in (stranger.username, "nobody"):
        with pytest.raises(Refused) as error:
            lend(reviewer, Person(username=name))
        texts |= {r.zh.replace(name, "") for r in error.value.refusals}
    assert len(texts) == 1
    expert = factories.make_expert()
    assert can(delegate_post, expert, by=expert, now=NOW)[0].code == "role_may_not"


@pytest.mark.parametrize(
    "change",
    [
        "to_on = NULL",
        "to_on = '2099-01-01'",
        "from_on = '1999-01-01'",
        "delegated_from_id = NULL",
        "role = 'buyer_officer'",
        "person_id = (SELECT person_id FROM parties_post WHERE delegated_from_id IS NULL LIMIT 1)",
    ],
)
def test_the_database_holds_a_loan_within_its_post(admin: Post, reviewer: Post, change: str) -> None:
    Post.objects.filter(pk=reviewer.pk).update(to_on="2026-06-30")
    lent = lend(reviewer, invite(admin))
    with pytest.raises(IntegrityError, match="delegation"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE parties_post SET {change} WHERE id = %s", [lent.pk])


def test_the_database_knows_no_chains(admin: Post, reviewer: Post) -> None:
    lent = lend(reviewer, invite(admin))
    with pytest.raises(IntegrityError, match="delegation"), transaction.atomic():
        Post.objects.create(
            person=invite(admin),
            organisation=lent.organisation,
            role=lent.role,
            from_on=lent.from_on,
            to_on=lent.to_on,
            delegated_from=lent,
        )
