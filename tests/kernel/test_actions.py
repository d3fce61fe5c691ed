"""Does the one write path keep its promises: all reasons, all or nothing, once, in order, and the same as `can`?"""

import dataclasses
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from tests import factories
from tests.contracts import support
from tests.factories import NOW, at
from tests.kernel import probe as probes
from tests.kernel.probe import probe
from yangcai.kernel import actions, documents, entries
from yangcai.kernel.actions import ACTIONS, BLOCKS, Action, can, is_about, perform, rehearse
from yangcai.kernel.inputs import DocumentField, Input
from yangcai.kernel.models import Document, Entry, EntryPayload, IdempotencyKey, Rooted, Task
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.parties.models import Organisation, Post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Post:
    """Of an organisation whose address and contact are for the probes to write."""
    return factories.make_post(Role.BUYER_OFFICER, factories.make_organisation(address="", contact=""))


def refused(*args: Any, **kwargs: Any) -> list[Refusal]:
    with pytest.raises(Refused) as error:
        perform(*args, **kwargs)
    return error.value.refusals


def codes(*args: Any, **kwargs: Any) -> set[str]:
    return {r.code for r in refused(*args, **kwargs)}


def test_an_action_is_about_some_rows_and_refused_on_the_others(officer: Post) -> None:
    """What it is about is asked before anything is said to be missing; what is not, is refused all the same."""
    code = "probe.only"
    declared = actions.action(code, zh="试验", en="Probe", on=Organisation, by=[Role.BUYER_OFFICER], sentence=("", ""),
                      only=[probes.not_closed], needs=[probes.not_barred])(probes.add_one)  # fmt: skip
    del ACTIONS[code]
    organisation = officer.organisation
    assert is_about(declared, organisation, by=officer, now=NOW)
    organisation.contact = "barred"  # missing, and yet it is about it
    assert is_about(declared, organisation, by=officer, now=NOW)
    organisation.address = "closed"
    assert not is_about(declared, organisation, by=officer, now=NOW)
    assert [r.code for r in can(declared, organisation, by=officer, now=NOW)] == ["closed", "barred"]
    Organisation.objects.filter(pk=organisation.pk).update(address="closed")
    assert codes(declared, organisation, by=officer, now=NOW) == {"closed"}


# --- doing -------------------------------------------------------------------------------------------------------


def test_an_action_writes_its_rows_its_entry_and_the_version(officer: Post) -> None:
    organisation = officer.organisation
    done = perform(probe(), organisation, by=officer, now=NOW, contact="电话")
    organisation.refresh_from_db()
    entry = Entry.objects.get(pk=done.entry)
    assert (organisation.contact, organisation.version, done.value) == ("电话", 1, organisation)
    assert (entry.action, entry.outcome, entry.root, entry.at) == ("probe.change", "done", organisation.ref, NOW)
    assert (entry.person_id, entry.post_id, entry.role) == (officer.person_id, officer.pk, Role.BUYER_OFFICER)
    assert entry.payload.data["input"] == {"contact": "电话"}


def test_nobody_calls_a_body_past_perform() -> None:
    with pytest.raises(TypeError, match="perform"):
        probe()(None)


def test_an_action_on_the_wrong_kind_of_row_is_a_mistake_of_the_program(officer: Post) -> None:
    with pytest.raises(TypeError):
        perform(probe(), officer, by=officer, now=NOW, contact="电话")


# --- refusing ----------------------------------------------------------------------------------------------------


def test_all_refusals_are_given_not_only_the_first(officer: Post) -> None:
    organisation = officer.organisation
    Organisation.objects.filter(pk=organisation.pk).update(address="closed", contact="barred")
    assert codes(probe(), organisation, by=officer, now=NOW, contact="电话") == {"closed", "barred"}
    Organisation.objects.filter(pk=organisation.pk).update(address="", contact="")
    assert codes(probe(), organisation, by=officer, now=NOW, contact="LOUD1") == {"shouting", "digits"}


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({}, ["contact"]),
        ({"contact": "长" * 21}, ["contact"]),
        ({"contact": "电话", "surprise": 1}, ["surprise"]),
        ({"surprise": 1}, ["surprise", "contact"]),
        ({"contact": "a\x00b"}, ["contact"]),
    ],
)
def test_bad_input_names_its_field(officer: Post, data: dict[str, Any], fields: list[str]) -> None:
    assert [r.field for r in refused(probe(), officer.organisation, by=officer, now=NOW, **data)] == fields


def test_bad_rows_name_row_and_column(officer: Post) -> None:
    table = probe(body=lambda organisation, **kwargs: None, input=probes.Table, checks=())
    rows = [{"name": "好", "count": 1}, {"name": "名称太长了吧", "count": 0}, {"nome": "?"}]
    found = refused(table, officer.organisation, by=officer, now=NOW, rows=rows)
    texts = [r.zh for r in found]
    assert all("第 2 行" in t or "第 3 行" in t for t in texts) and len(texts) >= 5
    for hostile in ("[", "{}", "7", {"a": 1}, [1, 2], [{"name": "好", "count": 1}] * 4, []):
        assert [r.field for r in refused(table, officer.organisation, by=officer, now=NOW, rows=hostile)] == ["rows"]


def test_role_post_and_standing_come_before_everything_else(officer: Post) -> None:
    organisation = officer.organisation
    Organisation.objects.filter(pk=organisation.pk).update(address="closed")
    organisation.refresh_from_db()
    agent = factories.make_post(Role.AGENT)
    stranger = factories.make_post(Role.BUYER_OFFICER)
    ended = factories.make_post(Role.BUYER_OFFICER, organisation)
    Post.objects.filter(pk=ended.pk).update(to_on="2026-03-01")
    ended.refresh_from_db()
    for by, code in ((None, "role_may_not"), (agent, "role_may_not"), (stranger, "not_yours"), (ended, "post_expired")):
        assert [r.code for r in can(probe(), organisation, by=by, now=NOW)] == [code]
        assert codes(probe(), organisation, by=by, now=NOW, contact="电话") == {code}
        assert codes(probe(), organisation, by=by, now=NOW, contact="电话", idempotency_key="k") == {code}


def test_a_refusal_on_a_legal_ground_is_an_entry_and_any_other_is_not(officer: Post) -> None:
    organisation = officer.organisation
    codes(probe(), organisation, by=officer, now=NOW, contact="1234")
    assert Entry.objects.count() == 0
    codes(probe(), organisation, by=officer, now=NOW, contact="LOUD1")
    entry = Entry.objects.get()
    assert (entry.outcome, [r["code"] for r in entry.refusals]) == ("refused", ["shouting"])
    assert "LOUD1" not in str(entry.payload.data)


def test_nothing_is_written_after_a_refusal_or_a_crash(officer: Post) -> None:
    organisation = officer.organisation
    codes(probe(), organisation, by=officer, now=NOW, contact="1234", idempotency_key="k")
    with pytest.raises(RuntimeError):
        perform(probe(probes.change_and_crash), organisation, by=officer, now=NOW, contact="电话", idempotency_key="k")
    organisation.refresh_from_db()
    assert (organisation.contact, organisation.version) == ("", 0)
    assert not Entry.objects.exists() and not IdempotencyKey.objects.exists() and not Task.objects.exists()


def test_a_crash_in_notice_or_tasks_takes_everything_back(officer: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the machine fell over")

    organisation = officer.organisation
    monkeypatch.setattr("yangcai.kernel.tasks.refresh", fall)
    with pytest.raises(RuntimeError):
        perform(probe(), organisation, by=officer, now=NOW, contact="电话")
    organisation.refresh_from_db()
    assert organisation.contact == "" and not Entry.objects.exists() and not EntryPayload.objects.exists()


def test_a_constraint_speaks_as_a_refusal(officer: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a body forgot, the database refuses by name, also when its check is deferred to the end."""
    other = factories.make_organisation(name="已有名称")

    def take_the_name(organisation: Organisation, *, by: Post, now: Any, contact: str) -> None:
        Organisation.objects.filter(pk=organisation.pk).update(name=other.name)

    assert codes(probe(take_the_name), officer.organisation, by=officer, now=NOW, contact="电话") == {
        "organisation_exists"
    }


def test_separation_of_duties_follows_the_person_through_the_posts(
    officer: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ACTIONS, "probe.change", probe())
    organisation = officer.organisation
    review = probe(code="probe.review", not_same_person_as=("probe.change",))
    reviewer = factories.make_post(Role.BUYER_REVIEWER, organisation, person=officer.person)
    assert can(review, organisation, by=reviewer, now=NOW) == []
    perform(probe(), organisation, by=officer, now=NOW, contact="电话")
    assert [r.code for r in can(review, organisation, by=reviewer, now=NOW)] == ["same_person"]
    assert codes(review, organisation, by=reviewer, now=NOW, contact="电话") == {"same_person"}
    perform(review, organisation, by=factories.make_post(Role.BUYER_REVIEWER, organisation), now=NOW, contact="电话")


def test_a_block_closes_all_but_the_declared(officer: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = Refusal("blocked", "已暂停", "Blocked")
    monkeypatch.setitem(BLOCKS, Organisation, [lambda organisation, *, by, now: blocked])
    assert codes(probe(), officer.organisation, by=officer, now=NOW, contact="电话") == {"blocked"}
    assert can(probe(), officer.organisation, by=officer, now=NOW) == [blocked]
    perform(probe(despite_block=True), officer.organisation, by=officer, now=NOW, contact="电话")


def test_a_rehearsal_keeps_nothing(officer: Post) -> None:
    organisation = officer.organisation
    assert rehearse(probe(), organisation, by=officer, now=NOW, contact="电话").value.contact == "电话"
    with pytest.raises(Refused):
        rehearse(probe(), organisation, by=officer, now=NOW, contact="LOUD")
    organisation.refresh_from_db()
    assert (organisation.contact, organisation.version, Entry.objects.count()) == ("", 0, 0)


# --- can and perform ---------------------------------------------------------------------------------------------


def subjects() -> tuple[list[Rooted], list[Post]]:
    """Rows of a contract half carried out, and everybody who could want something of them."""
    s = support.scene()
    support.effective(s)
    support.delivered(s, s.milestone("delivery"))
    claim = support.invoiced(s, s.milestone("delivery"))
    request = perform(ACTIONS["payment.request"], claim, by=s.officer, now=support.PAID).value
    question = perform(ACTIONS["enquiry.ask"], s.case, by=s.supplier, now=support.PAID, question="?").value
    rows: list[Rooted] = [s.case, s.award, s.award.lot, s.contract, claim, request, question, s.case.plan_item]
    rows += [*s.contract.milestones.all(), s.officer, s.officer.organisation, s.case.plan_item.appropriation]
    posts = [s.officer, s.reviewer, s.supplier, s.payer, s.treasury]
    posts += [factories.make_post(role) for role in Role]
    return rows, posts


@pytest.mark.long
def test_can_and_perform_agree_on_every_action_row_and_post() -> None:
    """`can` is empty exactly when `perform` finds nothing against role, stage and needs; else both say the same."""
    rows, posts = subjects()
    now = at("2026-03-30T09:00")
    tried = refused_by_can = 0
    for action in ACTIONS.values():
        for row in (r for r in rows if type(r) is action.on):
            for by in posts:
                row = type(row)._base_manager.get(pk=row.pk)
                before = [r.code for r in can(action, row, by=by, now=now)]
                try:
                    rehearse(action, row, by=by, now=now)
                    after: list[str] = []
                except Refused as error:
                    after = [r.code for r in error.refusals]
                tried += 1
                if before:
                    refused_by_can += 1
                    assert before == after, (action.code, by.role)
                else:
                    needs = {"role_may_not", "not_yours", "post_expired", "wrong_stage", "same_person"}
                    assert not needs & set(after), (action.code, by.role)
    assert tried > 500 and 0 < refused_by_can < tried


def test_can_writes_nothing() -> None:
    rows, posts = subjects()
    count = Entry.objects.count()
    for action in ACTIONS.values():
        for row in (r for r in rows if type(r) is action.on):
            with connection.execute_wrapper(_read_only):
                can(action, row, by=posts[0], now=support.PAID)
    assert Entry.objects.count() == count


def _read_only(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    assert sql.lstrip().upper().startswith("SELECT") and "FOR UPDATE" not in sql, sql
    return execute(sql, params, many, context)


# --- once --------------------------------------------------------------------------------------------------------


def test_a_retried_request_gets_the_first_answer(officer: Post) -> None:
    organisation = officer.organisation
    first = perform(probe(), organisation, by=officer, now=NOW, contact="甲", idempotency_key="k1")
    again = perform(probe(), organisation, by=officer, now=at("2026-03-05T09:00"), contact="甲", idempotency_key="k1")
    assert (again.entry, again.value, again.again, first.again) == (first.entry, organisation, True, False)
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        Decimal("1200000.50"),
        {"lines": 2, "total": Decimal("0.10"), "of": {"row": "x"}},
        ("数", Decimal("1.0"), (1, None)),
        "一个只显示一次的令牌",
    ],
)
def test_a_retried_request_gets_whatever_the_first_one_got(officer: Post, value: Any) -> None:
    def give(organisation: Organisation, *, by: Post, now: Any, contact: str) -> Any:
        return value

    action = probe(give)
    given = {"by": officer, "now": NOW, "contact": "甲", "idempotency_key": "k1"}
    first, again = (perform(action, officer.organisation, **given) for _n in range(2))
    assert first.value == again.value == value
    assert str(again.value) == str(value)  # 1.0 stays 1.0
    assert dataclasses.replace(again, again=False) == first


def test_what_could_not_be_given_again_is_not_done_at_all(officer: Post) -> None:
    def give(organisation: Organisation, *, by: Post, now: Any, contact: str) -> Any:
        return object()

    with pytest.raises(TypeError):
        perform(probe(give), officer.organisation, by=officer, now=NOW, contact="甲", idempotency_key="k1")
    assert not Entry.objects.exists() and not IdempotencyKey.objects.exists()


def test_a_key_stands_for_one_request(officer: Post) -> None:
    organisation = officer.organisation
    perform(probe(), organisation, by=officer, now=NOW, contact="甲", idempotency_key="k1")
    given = {"by": officer, "now": NOW, "idempotency_key": "k1"}
    assert codes(probe(), organisation, contact="乙", **given) == {"idempotency_mismatch"}
    assert codes(probe(code="probe.other"), organisation, contact="甲", **given) == {"idempotency_mismatch"}
    colleague = factories.make_post(Role.BUYER_OFFICER, organisation)
    perform(probe(), organisation, by=colleague, now=NOW, contact="乙", idempotency_key="k1")
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "paper", "again"),
    [
        ("contact=甲", b"one", True),
        ("contact=甲&csrfmiddlewaretoken=2", b"one", True),
        ("contact=甲", b"two", False),
        ("contact=乙&contact=甲", b"one", False),
        ("contact=甲", None, False),
    ],
)
def test_a_key_stands_for_every_value_and_every_byte(
    officer: Post, form: str, paper: bytes | None, again: bool
) -> None:
    """Two files of one name and size are two requests, and so are two values of one field."""

    def sent(form: str, paper: bytes | None) -> dict[str, Any]:
        files = MultiValueDict({"paper": [SimpleUploadedFile("a.txt", paper)]} if paper else {})
        return {"form_data": QueryDict(form), "files": files, "by": officer, "now": NOW, "idempotency_key": "k1"}

    perform(probe(), officer.organisation, **sent("contact=甲&csrfmiddlewaretoken=1", b"one"))
    if again:
        assert perform(probe(), officer.organisation, **sent(form, paper)).again is True
    else:
        assert codes(probe(), officer.organisation, **sent(form, paper)) == {"idempotency_mismatch"}
    assert Entry.objects.count() == 1


def test_a_file_can_still_be_read_after_its_digest_was_taken(officer: Post) -> None:
    class Paper(Input):
        paper = DocumentField()

    def keep(organisation: Organisation, *, by: Post, now: Any, paper: Document) -> None:
        kept.append(documents.read(paper))

    kept: list[bytes] = []
    files = MultiValueDict({"paper": [SimpleUploadedFile("a.txt", b"one")]})
    action = probe(keep, input=Paper, checks=())
    perform(action, officer.organisation, by=officer, now=NOW, form_data=QueryDict(), files=files, idempotency_key="k1")
    assert kept == [b"one"]


def test_a_key_stands_for_one_post_of_its_person(officer: Post) -> None:
    other = factories.make_post(Role.BUYER_REVIEWER, officer.organisation, person=officer.person)
    perform(probe(), officer.organisation, by=officer, now=NOW, contact="甲", idempotency_key="k1")
    given = {"by": other, "now": NOW, "contact": "甲", "idempotency_key": "k1"}
    assert codes(probe(), officer.organisation, **given) == {"idempotency_mismatch"}


def test_a_refused_request_may_be_mended_under_its_key(officer: Post) -> None:
    organisation = officer.organisation
    codes(probe(), organisation, by=officer, now=NOW, contact="123", idempotency_key="k1")
    assert perform(probe(), organisation, by=officer, now=NOW, contact="甲", idempotency_key="k1").again is False


def test_a_stale_form_is_a_conflict(officer: Post) -> None:
    organisation = officer.organisation
    perform(probe(), organisation, by=officer, now=NOW, contact="甲", expected_version=0)
    assert codes(probe(), organisation, by=officer, now=NOW, contact="乙", expected_version=0) == {"stale_form"}
    perform(probe(), organisation, by=officer, now=NOW, contact="乙", expected_version=1)


def test_what_is_handed_out_is_read_afresh_under_the_lock(officer: Post) -> None:
    organisation = officer.organisation
    Organisation.objects.filter(pk=organisation.pk).update(address="closed")
    assert codes(probe(), organisation, by=officer, now=NOW, contact="甲") == {"closed"}


# --- at the same time --------------------------------------------------------------------------------------------


def together(work: Callable[[int], Any], *, threads: int) -> list[Any]:
    """Run `work(n)` in several threads at once, each with its own connection; what each returned or raised."""
    outcomes: list[Any] = [None] * threads
    start = threading.Barrier(threads)

    def run(n: int) -> None:
        start.wait()
        try:
            outcomes[n] = work(n)
        except Exception as error:
            outcomes[n] = error
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return outcomes


def counting(**values: Any) -> Action:
    return probe(probes.add_one, input=probes.Input, checks=(), **values)


@pytest.mark.django_db(transaction=True)
def test_writers_on_one_root_meet_on_its_lock(officer: Post) -> None:
    organisation = officer.organisation
    outcomes = together(lambda n: perform(counting(), organisation, by=officer, now=NOW), threads=8)
    organisation.refresh_from_db()
    assert (organisation.address, organisation.version) == ("8", 8), outcomes


@pytest.mark.django_db(transaction=True)
def test_two_threads_with_one_key_have_one_effect(officer: Post) -> None:
    organisation = officer.organisation
    outcomes = together(
        lambda n: perform(counting(), organisation, by=officer, now=NOW, idempotency_key="same"), threads=4
    )
    organisation.refresh_from_db()
    assert organisation.address == "1"
    assert len({done.entry for done in outcomes}) == 1
    assert sorted(done.again for done in outcomes) == [False, True, True, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_of_one_version_one_wins(officer: Post) -> None:
    organisation = officer.organisation
    outcomes = together(lambda n: perform(counting(), organisation, by=officer, now=NOW, expected_version=0), threads=4)
    losers = [o for o in outcomes if isinstance(o, Refused)]
    assert len(losers) == 3 and all(o.codes == {"stale_form"} for o in losers)
    organisation.refresh_from_db()
    assert organisation.address == "1"


@pytest.mark.django_db(transaction=True)
def test_a_legal_refusal_is_noted_although_the_action_is_rolled_back(officer: Post) -> None:
    codes(probe(), officer.organisation, by=officer, now=NOW, contact="LOUD")
    with transaction.atomic():
        assert Entry.objects.get().outcome == "refused"


def test_plain_takes_no_floats_and_names_rows(officer: Post) -> None:
    with pytest.raises(TypeError):
        entries.plain({"x": 1.5})
    assert entries.plain([officer, NOW, {"a": (1, None)}]) == [
        officer.ref,
        "2026-03-02T01:00:00+00:00",
        {"a": [1, None]},
    ]


# --- whatever language its author reads ----------------------------------------------------------------------------


def test_what_is_kept_is_chinese_and_the_author_reads_on_in_english(officer: Post) -> None:
    def write_a_label(organisation: Organisation, *, by: Post, now: Any) -> Organisation:
        """Keep a label of the interface, as a careless body does."""
        organisation.contact = str(_("暂停"))
        organisation.save(update_fields=["contact"])
        return organisation

    labelled = probe(write_a_label, input=Input)
    with override("en"):
        assert str(_("暂停")) != "暂停", "a word without a translation shows nothing"
        done = perform(labelled, officer.organisation, by=officer, now=NOW)
        assert get_language() == "en"
        Organisation.objects.filter(pk=officer.organisation_id).update(address="closed")
        refused(labelled, officer.organisation, by=officer, now=NOW)
        assert get_language() == "en"
    assert Organisation.objects.get(pk=officer.organisation_id).contact == "暂停"
    actors = [entry.payload.data["actor"] for entry in Entry.objects.filter(seq__gte=done.entry)]
    assert actors == [str(officer), str(officer)] and "（" in actors[0]
