"""May anybody ask, is the answer due in time, is it read by its code alone, and is whoever asked never shown?"""

import datetime
import json
from typing import Any

import pytest

from tests import factories
from tests.factories import at
from yangcai.cases.models import Case
from yangcai.challenges.contact import code_of, found_by, opened
from yangcai.challenges.models import EnquiryContact, PublicEnquiry
from yangcai.challenges.queries import published_answers, visible_public_enquiries
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, can, perform
from yangcai.kernel.models import Entry, EntryPayload, IdempotencyKey, Leaf, LeafSecret, Task
from yangcai.kernel.refusals import Refused
from yangcai.notifications.models import Message
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role

pytestmark = pytest.mark.django_db
ASKED = at("2026-03-05T15:00")  # a Thursday
CONTACT = "王先生 139-0000-0000"
LETTER = {"asker": "person", "title": "怎么注册", "question": "我想知道怎么注册供应商", "contact": CONTACT}


@pytest.fixture
def case() -> Case:
    return factories.make_case(stage="submission", agent=factories.make_organisation("agent"))


@pytest.fixture
def bureau() -> Organisation:
    return factories.make_organisation(OrganisationKind.TREASURY)


def ask(office: Organisation, now: datetime.datetime = ASKED, **data: Any) -> PublicEnquiry:
    by = platform_post(now=now)
    return perform(ACTIONS["public_enquiry.receive"], office, by=by, now=now, **{**LETTER, **data}).value


def answer(enquiry: PublicEnquiry, by: Post, now: datetime.datetime = ASKED, **data: Any) -> PublicEnquiry:
    said = {"answer": "登录页有说明。", **data}
    return perform(ACTIONS["public_enquiry.answer"], enquiry, by=by, now=now, **said).value


def test_a_general_question_goes_to_the_bureau_by_the_platforms_own_clock(bureau: Organisation) -> None:
    enquiry = ask(bureau)
    task = Task.objects.get(action="public_enquiry.answer")
    assert (task.clock, task.role, task.organisation_id) == ("C27a", Role.TREASURY, bureau.pk)
    assert task.due_at == at("2026-03-11T00:00")
    answer(enquiry, factories.make_post(Role.TREASURY, bureau), now=at("2026-03-06T09:00"))
    task.refresh_from_db()
    assert task.done_at == at("2026-03-06T09:00")


def test_what_is_told_by_mail_names_the_number_and_not_what_was_asked(bureau: Organisation) -> None:
    """A title may name people; messages leave the platform as e-mails."""
    reader = factories.make_post(Role.TREASURY, bureau)
    enquiry = ask(bureau, title="举报某人围标")
    told = list(Message.objects.filter(person=reader.person))
    assert [enquiry.number in str(one.facts) for one in told] == [True]
    assert not [one for one in told if "围标" in str(one.facts)]
    assert Task.objects.get(action="public_enquiry.answer").title == enquiry.number


@pytest.mark.parametrize(("asker", "expected"), [("supplier", "C27"), ("person", "C27a"), ("other", "C27a")])
def test_the_law_sets_the_time_for_a_supplier_who_asks_about_a_purchase(case: Case, asker: str, expected: str) -> None:
    ask(case.agent, case=case.pk, asker=asker)
    task = Task.objects.get(action="public_enquiry.answer")
    assert (task.clock, task.role, task.organisation_id) == (expected, Role.AGENT, case.agent_id)


def test_a_purchase_is_asked_about_with_whoever_runs_it(case: Case, bureau: Organisation) -> None:
    hidden = factories.make_case()
    for office, asked in ((case.buyer, case), (bureau, case), (hidden.buyer, hidden)):
        with pytest.raises(Refused):
            ask(office, case=asked.pk)
    with pytest.raises(Refused) as error:
        ask(factories.make_organisation("supplier"))
    assert error.value.codes == {"no_such_office"}
    alone = factories.make_case(stage="submission")
    assert ask(alone.buyer, case=alone.pk).organisation == alone.buyer


def test_nothing_of_the_letter_is_in_the_log(bureau: Organisation) -> None:
    """What can never be erased holds its number, and to whom it went."""
    by = platform_post(now=ASKED)
    perform(ACTIONS["public_enquiry.receive"], bureau, by=by, now=ASKED, idempotency_key="k", **LETTER)
    kept = json.dumps(
        [
            *Entry.objects.values(),
            *EntryPayload.objects.values("data"),
            *IdempotencyKey.objects.values(),
            *[str(bytes(leaf.line)) for leaf in Leaf.objects.all()],
            *[bytes(secret.body).decode() for secret in LeafSecret.objects.all()],
        ],
        default=str,
        ensure_ascii=False,
    )
    assert PublicEnquiry.objects.get().number in kept
    for text in (*LETTER.values(), "13900000000", "王先生"):
        assert text in {"person"} or text not in kept, text
    assert CONTACT not in EnquiryContact.objects.get().sealed


def test_a_form_sent_twice_is_one_enquiry_with_one_code(bureau: Organisation) -> None:
    send = {"by": platform_post(now=ASKED), "now": ASKED, "idempotency_key": "once", **LETTER}
    first = perform(ACTIONS["public_enquiry.receive"], bureau, **send)
    second = perform(ACTIONS["public_enquiry.receive"], bureau, **send)
    assert second.again and first.value == second.value and PublicEnquiry.objects.count() == 1
    assert code_of(first.value.number) == code_of(second.value.number)


def test_the_code_opens_it_and_nothing_else_does(bureau: Organisation) -> None:
    one, other = ask(bureau), ask(bureau, title="另一件")
    code = code_of(one.number)
    assert code not in (one.code_digest, one.number) and code != code_of(other.number)
    assert found_by(one.number, code) == one
    assert found_by(f" {one.number.lower()} ", code.lower().replace("-", " ")) == one
    for number, wrong in (
        (other.number, code),
        (one.number, ""),
        (one.number, code[:-1]),
        (one.number, one.code_digest),
        ("", code),
        ("' OR 1=1 --", code),
        ("20260305-AAAAAA", code),
    ):
        assert found_by(number, wrong) is None


def test_the_office_reads_the_contact_and_nobody_else_the_letter(case: Case, bureau: Organisation) -> None:
    enquiry = ask(case.agent, case=case.pk)
    agent = factories.make_post(Role.AGENT, case.agent)
    assert visible_public_enquiries(agent, ASKED).get() == enquiry and opened(enquiry) == CONTACT
    others = (
        None,
        factories.make_post(Role.AGENT),
        factories.make_post(Role.BUYER_OFFICER, case.buyer),
        factories.make_post(Role.TREASURY, bureau),
        factories.make_post(Role.AUDITOR, bureau),
        factories.make_supplier(),
        platform_post(now=ASKED),
    )
    assert [visible_public_enquiries(post, ASKED).count() for post in others] == [0] * len(others)
    stranger = factories.make_post(Role.AGENT)
    assert can(ACTIONS["public_enquiry.answer"], enquiry, by=stranger, now=ASKED)[0].code == "not_yours"


def test_an_answer_is_given_once(bureau: Organisation) -> None:
    enquiry, post = ask(bureau), factories.make_post(Role.TREASURY, bureau)
    answer(enquiry, post)
    with pytest.raises(Refused) as error:
        answer(enquiry, post, answer="改口")
    assert error.value.codes == {"already_answered"}


PUBLIC = {"publish": True, "public_title": "怎样注册", "public_question": "供应商怎样注册？"}


def test_what_is_published_is_worded_anew(bureau: Organisation) -> None:
    enquiry, post = ask(bureau), factories.make_post(Role.TREASURY, bureau)
    answer(enquiry, post, **PUBLIC)
    shown = published_answers(now=ASKED).get()
    assert (shown.public_title, shown.public_question) == ("怎样注册", "供应商怎样注册？")
    answer(ask(bureau), post)
    assert published_answers(now=ASKED).count() == 1


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"public_question": ""}, "no_public_wording", "public_question"),
        ({"public_title": ""}, "no_public_wording", "public_title"),
        ({"public_question": "请回电 13912345678"}, "names_somebody", "public_question"),
        ({"public_question": "请回电 139 1234-5678"}, "names_somebody", "public_question"),
        ({"public_question": "证件 62010019900101123X"}, "names_somebody", "public_question"),
        ({"public_title": "写信到 someone@example.org"}, "names_somebody", "public_title"),
        ({"answer": "已致电 139-0000-0000 说明"}, "names_somebody", "answer"),
        ({"answer": "已致电 13900000000 说明"}, "names_somebody", "answer"),
    ],
)
def test_nobody_is_named_in_public(bureau: Organisation, change: dict[str, str], code: str, field: str) -> None:
    enquiry, post = ask(bureau), factories.make_post(Role.TREASURY, bureau)
    with pytest.raises(Refused) as error:
        answer(enquiry, post, **{**PUBLIC, **change})
    assert [(r.code, r.field) for r in error.value.refusals] == [(code, field)]
    assert error.value.refusals[0].citation.confidence == "own"


def test_an_office_may_name_its_own_number(bureau: Organisation) -> None:
    answer(ask(bureau), factories.make_post(Role.TREASURY, bureau), **{**PUBLIC, "answer": "请拨打 0000-0000000 咨询"})
    assert published_answers(now=ASKED).exists()


def test_a_contact_is_erased_when_its_time_is_over(bureau: Organisation) -> None:
    """30 days after the answer, and not before."""
    enquiry, post = ask(bureau), factories.make_post(Role.TREASURY, bureau)
    answer(enquiry, post, now=at("2026-03-06T09:00"))
    task = Task.objects.get(action="public_enquiry.erase_contact")
    assert (task.clock, task.role, task.due_at) == ("C27b", "", at("2026-04-08T00:00"))  # 4 to 6 April: Qingming
    with pytest.raises(Refused) as error:
        early = {"by": platform_post(now=ASKED), "now": at("2026-04-01T09:00")}
        perform(ACTIONS["public_enquiry.erase_contact"], enquiry, **early)
    assert error.value.codes == {"still_kept"}
    later = at("2026-04-08T00:00")
    tasks.fire_due(now=later)
    kept = EnquiryContact.objects.get()
    assert (kept.sealed, kept.erased_at, opened(enquiry)) == ("", later, "")
    task.refresh_from_db()
    assert task.done_at == later


def test_no_contact_nothing_to_erase(bureau: Organisation) -> None:
    answer(ask(bureau, contact=""), factories.make_post(Role.TREASURY, bureau))
    assert not EnquiryContact.objects.exists() and not Task.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    "data",
    [
        {"question": ""},
        {"question": "长" * 2001},
        {"title": "长" * 61},
        {"asker": "robot"},
        {"contact": "长" * 101},
        {"question": "\x00"},
    ],
)
def test_what_is_no_letter_is_refused(bureau: Organisation, data: dict[str, str]) -> None:
    with pytest.raises(Refused):
        ask(bureau, **data)
    assert not PublicEnquiry.objects.exists() and not Entry.objects.exists()
