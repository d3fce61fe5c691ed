"""Does every notice say what the law wants, once and for ever, and is nothing incomplete ever published?"""

import datetime
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
from tests.tendering import judging
from tests.tendering.applying import Selection
from tests.tendering.walk import CLOSES, Tender, window
from yangcai import law
from yangcai.contracts.models import Contract, Milestone
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, NOTICES, can, perform
from yangcai.kernel.entries import canonical
from yangcai.kernel.models import Attachment, Entry
from yangcai.kernel.refusals import Refused
from yangcai.parties.models import Organisation
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.portal.notices import base
from yangcai.portal.notices.base import TYPES

pytestmark = [pytest.mark.django_db, pytest.mark.long]

#: type -> the facts that the law's list of fields asks for (law.md §6.3)
PUBLISHED = {
    "invitation": {"number", "title", "budget", "lots", "requirement", "delivery", "accepts_consortium",
                   "qualification", "set_aside", "documents_from", "supply_closes_at", "documents_how",
                   "submission_closes_at", "place", "period", "quantity", "buyer", "buyer_address", "buyer_contact",
                   "agent", "agent_address", "agent_contact", "project_contact"},
    "correction": {"number", "title", "corrected", "first_published_at", "item", "after", "submission_closes_at"},
    # Told in tests/tendering/test_outages.
    "extension": {"number", "title", "corrected", "first_published_at", "outage_began_at", "outage_ended_at", "failed",
                  "old_closes_at", "submission_closes_at"},
    "award": {"number", "title", "winner", "winner_address", "amount", "items", "committee", "period", "buyer",
              "buyer_address", "buyer_contact", "agent", "agent_address", "agent_contact"},
    "award_change": {"number", "title", "lot", "corrected", "first_published_at", "supplier", "reason", "after"},
    "contract": {"contract_number", "contract_title", "number", "title", "supplier", "supplier_address",
                 "supplier_contact", "procedure", "amount", "items", "terms", "payment_term", "signed_at"},
    "contract_change": {"contract_number", "corrected", "first_published_at", "clause", "content", "reason",
                        "signed_at"},
    # Told in tests/contracts/test_closing.
    "contract_termination": {"contract_number", "corrected", "first_published_at", "supplier", "ground", "reason",
                             "amount", "paid", "terminated_at"},
    "acceptance": {"contract_number", "contract_title", "supplier", "accepted_on", "passed", "opinion", "members"},
    "publicity": {"buyer", "title", "description", "amount", "reason", "supplier", "supplier_address", "opinions",
                  "opens_on", "closes_on", "how_to_object"},
    "intention": {"title", "overview", "amount", "expected_on", "basis", "final"},
    "intention_withdrawal": {"buyer", "title", "withdrawn", "first_published_at", "withdrawn_at", "reason", "final"},
    "suspension": {"number", "authority", "reason", "suspended_at", "until_on"},
    "resumption": {"number", "resumed_at", "submission_closes_at"},
    "termination": {"number", "title", "reason"},
    "unsuccessful": {"number", "title", "lot", "reason"},
    "overdue_payments": {"buyer", "year", "contracts", "amount"},
    "prequalification": {"number", "title", "procedure", "budget", "requirement", "accepts_consortium",
                         "qualification", "set_aside", "standard", "materials", "credit_check", "selection",
                         "file_from", "supply_closes_at", "file_how", "applications_close_at", "place", "examined_on",
                         "period", "buyer", "buyer_address", "buyer_contact", "agent", "agent_address",
                         "agent_contact", "project_contact"},
    "prequalification_correction": {"number", "title", "corrected", "first_published_at", "item", "after",
                                    "applications_close_at", "examined_on"},
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
    invitation, correction, award, contract, change, _acceptance = notices
    assert change.supersedes == contract and change.facts["corrected"] == contract.number
    assert change.facts["first_published_at"] == contract.published_at.astimezone(datetime.UTC).isoformat()
    assert invitation.facts["project_contact"].startswith(chain.runner.person.name)
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
    assert "财库〔2020〕10号" in notice.facts["basis"] and "以相关采购公告和采购文件为准" in notice.facts["final"]
    back = perform(ACTIONS["intention.withdraw"], done.value, by=officer, now=at("2026-03-04T09:00"), reason="项目取消")
    withdrawal = Notice.objects.get(pk=back.notices[0].pk)
    check(withdrawal)
    check_pages(withdrawal, client)
    assert withdrawal.supersedes == notice and withdrawal.facts["withdrawn"] == notice.number
    client.cookies["django_language"] = "zh-hans"
    assert "本公告已被更正、变更或者撤回" in client.get(reverse("notice", args=[notice.pk])).content.decode()


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


def test_the_notices_of_a_prequalification(client: Any) -> None:
    """87号令 art. 15: items 1 to 4, 6 and 8 of art. 13, the file, the deadline with its place, and the day."""
    selection = Selection().announced(draws=3)
    change = {"item": "申请文件格式", "after": "一份", "affects_applications": True}
    selection.do("prequalification.correct", selection.row, selection.runner, **change)
    notices = list(Notice.objects.filter(root=selection.row.ref).order_by("pk"))
    assert [n.kind for n in notices] == ["prequalification", "prequalification_correction"]
    for notice in notices:
        check(notice)
        check_pages(notice, client)
    assert (notices[0].buyer, notices[0].budget) == (selection.case.buyer, selection.case.budget)
    assert "随机抽取 3 家" in notices[0].facts["selection"] and notices[1].supersedes == notices[0]


# --- what every type must do -----------------------------------------------------------------------------------------


def test_every_type_is_tested_and_named_by_an_action() -> None:
    assert set(TYPES) == set(PUBLISHED) == set(NOTICES) >= {a.notice for a in ACTIONS.values() if a.notice}
    assert {a.notice for a in ACTIONS.values() if a.notice} == set(TYPES)


@pytest.mark.parametrize("declared", TYPES.values(), ids=lambda declared: declared.code)
def test_a_missing_fact_is_refused_with_its_article(declared: base.NoticeType) -> None:
    day = at("2026-03-02T09:00").date()
    named = {f.of: "某单位" for f in declared.fields if f.of}  # only then is asked where it is
    found = [*base.missing(declared, {}, on=day), *base.missing(declared, named, on=day)]
    refusals = {r.facts["fact"]: r for r in found}
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


@pytest.mark.parametrize("fact", ["buyer_address", "buyer_contact", "agent_address", "agent_contact"])
def test_an_invitation_waits_for_address_and_contact_and_says_where_they_are_filled_in(fact: str) -> None:
    tender = Tender()
    tender.describe()
    tender.confirm()
    who, _underscore, column = fact.partition("_")
    owner, clerk = (tender.case.buyer, tender.officer) if who == "buyer" else (tender.case.agent, tender.agent_post)
    Organisation.objects.filter(pk=owner.pk).update(**{column: ""})
    (refusal,) = tender.refused("invitation.publish", tender.case, tender.runner, **window()).values()
    assert (refusal.code, refusal.facts["fact"]) == ("missing_fact", fact)
    assert refusal.citation == law.cite("notice.invitation.content", on=tender.now.date())
    declared = ACTIONS["organisation.update_contacts"]
    assert declared.zh in refusal.zh and declared.en in refusal.en
    tender.do(declared.code, owner, clerk, address="兰州新区 1 号", contact="采购办 0931")
    tender.publish()
    assert Notice.objects.get().facts[fact] in {"兰州新区 1 号", "采购办 0931"}


def test_an_award_waits_for_the_address_of_its_winner() -> None:
    h = judging.hall("950000", "1000000", "1100000").ready()
    h.judged({n: {"technical": str(40 - n), "record": "10"} for n in range(3)})
    h.awarded()
    winner = h.bidders[0]
    Organisation.objects.filter(pk=winner.organisation_id).update(address="")
    assert h.refused("award.announce", h.award, h.agent, judging.ANNOUNCED) == {"missing_fact"}
    told = {"address": "中标人地址", "contact": "中标人电话"}
    h.do("organisation.update_contacts", winner.organisation, winner, judging.ANNOUNCED, **told)
    h.announced()
    assert Notice.objects.get(kind="award").facts["winner_address"] == "中标人地址"


def test_a_stranger_updates_nobodys_contacts() -> None:
    one, other = make_post(Role.SUPPLIER), make_post(Role.SUPPLIER)
    found = can(ACTIONS["organisation.update_contacts"], one.organisation, by=other, now=at("2026-03-02T09:00"))
    assert [refusal.code for refusal in found] == ["not_yours"]


def test_a_refused_award_no_longer_stands_in_public(client: Any) -> None:
    h = judging.hall("950000", "1000000", "1100000").ready()
    h.judged({n: {"technical": str(40 - n), "record": "10"} for n in range(3)})
    h.awarded()
    h.announced()
    after = judging.ANNOUNCED + datetime.timedelta(days=3)
    h.do("award.refuse", h.award, h.bidders[0], after, reason="不能按期供货")
    award, change = Notice.objects.filter(kind__in=("award", "award_change")).order_by("pk")
    check(change)
    check_pages(change, client)
    assert change.supersedes == award and change.facts["corrected"] == award.number
    assert (change.facts["supplier"], change.facts["reason"]) == (award.facts["winner"], "不能按期供货")
    h.do("award.determine", h.lot, h.officer, after, candidate=h.lot.candidates.get(rank=2).pk)
    h.do("award.announce", h.award, h.agent, after)
    assert Notice.objects.get(supersedes=change).facts["winner"] == h.bids[1].supplier.name


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
