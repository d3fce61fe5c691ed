"""Does every notice say what the law wants, once and for ever, and is nothing incomplete ever published?"""

import hashlib
import json
import re
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import override

from tests.factories import at, fund_appropriation, make_organisation, make_post
from tests.planning.office import Office
from tests.portal.chain import Chain
from tests.tendering.walk import CLOSES, Tender
from yangcai import law
from yangcai.contracts.models import Contract, Milestone
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, NOTICES, perform
from yangcai.kernel.entries import canonical
from yangcai.kernel.models import Attachment, Entry
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.portal.notices import base
from yangcai.portal.notices.base import TYPES

pytestmark = pytest.mark.django_db

#: type -> the facts that the law's list of fields asks for (law.md §6.3)
PUBLISHED = {
    "invitation": {"number", "title", "budget", "lots", "requirement", "delivery", "accepts_consortium",
                   "qualification", "set_aside", "documents_from", "supply_closes_at", "documents_how",
                   "submission_closes_at", "place", "period", "buyer", "agent"},
    "correction": {"number", "title", "corrected", "first_published_at", "item", "after", "submission_closes_at"},
    "award": {"number", "title", "winner", "amount", "items", "committee", "period", "buyer", "agent"},
    "contract": {"contract_number", "contract_title", "number", "title", "supplier", "amount", "items", "signed_at"},
    "contract_change": {"contract_number", "clause", "content", "reason", "signed_at"},
    "acceptance": {"contract_number", "contract_title", "supplier", "accepted_on", "passed", "opinion", "members"},
    "publicity": {"buyer", "title", "description", "amount", "reason", "supplier", "supplier_address", "opinions",
                  "opens_on", "closes_on", "how_to_object"},
    "intention": {"title", "overview", "amount", "expected_on"},
    "suspension": {"number", "authority", "reason", "suspended_at", "until_on"},
    "resumption": {"number", "resumed_at", "submission_closes_at"},
    "termination": {"number", "title", "reason"},
    "unsuccessful": {"number", "title", "lot", "reason"},
    "overdue_payments": {"buyer", "year", "contracts", "amount"},
    # Told in tests/scenarios: test_framework, test_framework_open, test_call_offs.
    "entrants": {"number", "title", "lot", "entrants", "highest", "unit", "elimination", "committee", "period"},
    "framework_call": {"number", "title", "requirement", "qualification", "agreements", "how"},
    "entry": {"number", "title", "lot", "entrants", "agreement"},
    "entrant_left": {"number", "title", "lot", "supplier", "how", "reason"},
    "call_off": {"number", "title", "framework", "way", "supplier", "amount", "items"},
    # Told in tests/scenarios/test_cooperative_innovation.
    "innovative_product": {"number", "title", "research", "ground", "supplier", "amount", "items"},
    "framework_summary": {"number", "title", "lot", "begins_on", "ends_on", "totals", "amount"},
}  # fmt: skip


def check(notice: Notice) -> None:
    """What holds of every notice, whatever its type."""
    declared = TYPES[notice.kind]
    for name in PUBLISHED[notice.kind]:
        assert notice.facts.get(name) not in (None, "", []), (notice.kind, name)
    assert set(notice.facts) <= {f.name for f in declared.fields}
    assert re.fullmatch(r"新区采公〔20\d\d〕\d{5}号", notice.number)
    content = {"kind": notice.kind, "title": notice.title, "facts": notice.facts}
    assert notice.digest == hashlib.sha256(canonical(content)).hexdigest()
    entry = Entry.objects.get(seq=notice.entry_seq)
    assert ACTIONS[entry.action].notice == notice.kind and entry.at == notice.published_at


def check_pages(notice: Notice, client: Any) -> None:
    """The page is made from the frozen facts, and its labels speak the reader's language."""
    pages = {}
    for code in ("zh-hans", "en"):
        client.cookies["django_language"] = code
        answer = client.get(reverse("notice", args=[notice.pk]))
        assert answer.status_code == 200
        pages[code] = answer.content.decode()
        assert notice.number in pages[code] and notice.digest[:16] in pages[code].replace(" ", "")
    for field in TYPES[notice.kind].fields:
        if notice.facts.get(field.name) not in (None, "", []):
            assert field.zh in pages["zh-hans"], field
            assert field.en.replace("'", "&#x27;") in pages["en"], field


def test_the_notices_of_one_whole_purchase(client: Any) -> None:
    chain = Chain()
    for _stop in chain.stops():
        pass
    notices = list(Notice.objects.order_by("pk"))
    assert [n.kind for n in notices] == [
        "invitation", "correction", "award", "contract", "contract_change", "acceptance",
    ]  # fmt: skip
    assert [n.number[-6:-1] for n in notices] == [f"{n:05d}" for n in range(1, 7)]
    for notice in notices:
        check(notice)
        check_pages(notice, client)
    invitation, correction, award, *_rest = notices
    assert correction.supersedes == invitation and correction.facts["corrected"] == invitation.number
    assert (invitation.budget, invitation.buyer) == (chain.case.budget, chain.case.buyer)
    assert award.facts["winner"] == chain.hall.award.supplier.name
    assert len(award.facts["committee"].split("、")) == len(chain.hall.members)
    assert "测试供应商" not in str(invitation.facts) + str(correction.facts)


def kept(chain: Chain) -> dict[str, Any]:
    """What a purchase left behind for good, without the numbers that every test row gets anew."""
    case = chain.case
    roots = {case.ref, *(row.ref for row in Contract.objects.filter(case=case))}
    left = {
        "notices": [(n.kind, n.title, n.facts) for n in Notice.objects.filter(root__in=roots).order_by("pk")],
        "milestones": list(Milestone.objects.filter(contract__case=case).order_by("pk").values_list("title")),
        "attachments": list(Attachment.objects.filter(root__in=roots).order_by("pk").values_list("title")),
        "actors": [e.payload.data["actor"] for e in Entry.objects.filter(root__in=roots).order_by("seq")],
    }
    return json.loads(re.sub(r"[0-9]+", "0", canonical(left).decode()))


def test_what_is_kept_is_the_same_whatever_language_its_authors_read() -> None:
    chinese, english = Chain(), Chain()
    chinese.until("accepted")
    with override("en"):
        english.until("accepted")
    found, wanted = kept(english), kept(chinese)
    assert {name: len(rows) for name, rows in wanted.items()} == {name: len(rows) for name, rows in found.items()}
    for name, rows in wanted.items():
        assert rows and found[name] == rows


def test_the_notices_of_the_exits(client: Any) -> None:
    tender = Tender(lots=2).published()
    first, second = tender.case.lots.order_by("pk")
    treasury = make_post(Role.TREASURY)
    tender.now = at("2026-03-10T09:00")
    order = documents.store_bytes(data=b"%PDF-1.7 order", name="通知.pdf")
    tender.do("case.suspend", tender.case, treasury, reason="投诉", until_on=at("2026-04-01T00:00"), document=order)
    tender.now = at("2026-03-12T09:00")
    tender.do("case.resume", tender.case, treasury, reason="投诉不成立")
    tender.now = at("2026-03-26T10:00")
    tender.do("lot.declare_unsuccessful", first, tender.runner, ground="too_few")
    tender.do("case.terminate", tender.case, tender.officer, ground="task_cancelled", reason="机构撤并")
    notices = list(Notice.objects.order_by("pk"))
    kinds = [n.kind for n in notices]
    assert kinds == ["invitation", "suspension", "resumption", "unsuccessful", "termination"]
    for notice in notices:
        check(notice)
        check_pages(notice, client)
    assert notices[2].supersedes == notices[1]
    assert notices[2].facts["submission_closes_at"] == "2026-03-26T01:30:00+00:00"
    assert first.number in notices[3].title and second.title not in notices[3].facts["lot"]


def test_the_notice_of_an_intention(client: Any) -> None:
    officer = make_post(Role.BUYER_OFFICER)
    line = fund_appropriation(officer.organisation)
    given = {"title": "教学设备", "overview": "计算机 100 台", "amount": "900000.00", "expected_on": "2026-05-01"}
    done = perform(ACTIONS["intention.publish"], line, by=officer, now=at("2026-03-02T09:00"), **given)
    notice = done.notices[0]
    check(Notice.objects.get(pk=notice.pk))
    check_pages(Notice.objects.get(pk=notice.pk), client)
    assert notice.buyer == officer.organisation and str(notice.budget) == "900000.00"


@pytest.mark.usefixtures("every_method")
def test_the_notice_of_a_publicity(client: Any) -> None:
    office = Office("9000000.00")
    item = office.draft(
        procedure="single_source", ground="single_source.only_one", method_reason="专利", amount="4500000"
    )
    made = office.publicised(item)
    notice = Notice.objects.get(kind="publicity")
    check(notice)
    check_pages(notice, client)
    assert (notice.root, notice.buyer, str(notice.budget)) == (made.ref, office.buyer, "4500000.00")
    assert reverse("work_publicity", args=[made.pk]) in client.get(reverse("notice", args=[notice.pk])).content.decode()


# --- what every type must do -----------------------------------------------------------------------------------------


def test_every_type_is_tested_and_named_by_an_action() -> None:
    assert set(TYPES) == set(PUBLISHED) == set(NOTICES) >= {a.notice for a in ACTIONS.values() if a.notice}
    assert {a.notice for a in ACTIONS.values() if a.notice} == set(TYPES)


@pytest.mark.parametrize("declared", TYPES.values(), ids=lambda declared: declared.code)
def test_a_missing_fact_is_refused_with_its_article(declared: base.NoticeType) -> None:
    day = at("2026-03-02T09:00").date()
    refusals = {r.facts["fact"]: r for r in base.missing(declared, {}, on=day)}
    required = [f for f in declared.fields if not f.optional]
    assert set(refusals) == {f.name for f in required}
    assert any(f.rule for f in required)
    for field in required:
        refusal = refusals[field.name]
        assert refusal.code == "missing_fact" and field.zh in refusal.zh and field.en in refusal.en
        if field.rule:
            assert refusal.citation == law.cite(field.rule, on=day)


def test_an_incomplete_notice_takes_the_whole_action_back() -> None:
    tender = Tender()
    tender.describe()
    tender.confirm()
    Organisation.objects.filter(pk=tender.case.buyer_id).update(name="")
    with pytest.raises(Refused) as error:
        tender.publish()
    assert error.value.codes == {"missing_fact"}
    assert error.value.refusals[0].citation is not None
    tender.case.refresh_from_db()
    assert tender.case.published_at is None and not Notice.objects.exists()


def without_token(answer: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_what_is_published_stays_as_it_was(client: Any) -> None:
    tender = Tender().published()
    notice = Notice.objects.get()
    before = without_token(client.get(reverse("notice", args=[notice.pk])))
    Organisation.objects.filter(pk=tender.case.buyer_id).update(name="改名后的单位", address="别处")
    type(tender.case).objects.filter(pk=tender.case.pk).update(title="别的名称")
    assert without_token(client.get(reverse("notice", args=[notice.pk]))) == before
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(title="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).delete()


def test_corrections_supersede_one_another_in_a_chain(client: Any) -> None:
    tender = Tender().published()
    for number in (1, 2):
        tender.do("correction.publish", tender.case, tender.runner, item=f"事项{number}", after="内容")
    first, second, third = Notice.objects.order_by("pk")
    assert (second.supersedes, third.supersedes) == (first, second)
    page = client.get(reverse("notice", args=[first.pk])).content.decode()
    assert reverse("notice", args=[second.pk]) in page and "本公告已被更正" in page
    assert "本公告已被更正" not in client.get(reverse("notice", args=[third.pk])).content.decode()


def test_numbers_run_by_the_year_and_never_twice() -> None:
    tender = Tender().published()
    assert base.next_number(now=CLOSES) == "新区采公〔2026〕00002号"
    assert base.next_number(now=at("2027-01-01T00:00")) == "新区采公〔2027〕00001号"
    assert base.next_number(now=at("2026-12-31T23:59")) == "新区采公〔2026〕00002号"
    assert tender.case.number != Notice.objects.get().number


def test_labels_follow_the_language() -> None:
    for declared in TYPES.values():
        with override("en"):
            assert declared.name == declared.en and all(f.label == f.en for f in declared.fields)
        with override("zh-hans"):
            assert declared.name == declared.zh and all(s.title == s.zh for s in declared.sections)


def test_a_buyer_of_an_intention_is_its_lines() -> None:
    buyer = make_organisation()
    assert base._buyer(fund_appropriation(buyer)) == buyer
