"""Are samples asked for only as the law allows, handed in without a name, and returned or kept afterwards?"""

from typing import Any

import pytest

from tests import factories
from tests.factories import at
from tests.tendering.judging import ANNOUNCED, EQUAL, hall
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.models import Award, Case, Lot, LotOutcome
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import EntryPayload, Task
from yangcai.tendering.models import Sample, SampleTerms

pytestmark = pytest.mark.django_db

TERMS: dict[str, Any] = {
    "is_asked": True, "ground": "judged", "reason": "布料手感和色差须主观判断", "standard": "成衣一件，号型175/92A",
    "needs_report": True, "institution": "具有CMA资质的检测机构", "tested": "甲醛含量、色牢度",
    "judged_by": "外观20分：按缺陷数扣分", "place": "兰州新区采购中心", "keeping": "封存至验收结束",
}  # fmt: skip


def asked() -> Tender:
    tender = Tender()
    tender.describe()
    tender.do("samples.define", tender.lot, tender.runner, **TERMS)
    tender.confirm()
    tender.publish()
    return tender


def registered(tender: Tender) -> Sample:
    post = tender.supplier()
    tender.do("sample.register", tender.lot, post)
    return Sample.objects.get(supplier=post.organisation)


def received(tender: Tender) -> Sample:
    sample = registered(tender)
    tender.do("sample.receive", tender.lot, tender.runner, label=sample.code, condition="完好")
    return Sample.objects.get(pk=sample.pk)


# --- what the document says ---------------------------------------------------------------------------------------


def test_the_document_says_all_that_the_article_wants() -> None:
    tender = asked()
    terms = SCOPES[SampleTerms](None, tender.now).get()
    assert terms.tested == "甲醛含量、色牢度" and terms.lot == tender.lot


@pytest.mark.parametrize(
    ("left_out", "code", "article"),
    [
        ("ground", "samples_without_ground", "第二十二条"),
        ("reason", "samples_without_ground", "第二十二条"),
        ("standard", "sample_terms_missing", "第二十二条"),
        ("judged_by", "sample_terms_missing", "第二十二条"),
        ("institution", "sample_terms_missing", "第二十二条"),
        ("tested", "sample_terms_missing", "第二十二条"),
        ("keeping", "sample_terms_missing", "第二十二条"),
    ],
)
def test_what_is_left_out_is_refused_with_the_article(left_out: str, code: str, article: str) -> None:
    tender = Tender()
    tender.draft()
    found = tender.refused("samples.define", tender.lot, tender.runner, **{**TERMS, left_out: ""})
    assert set(found) == {code}
    assert found[code].citation is not None and found[code].citation.article == article


def test_without_a_report_nothing_is_said_of_its_institution() -> None:
    tender = Tender()
    tender.draft()
    bare = {**TERMS, "needs_report": False, "institution": "", "tested": ""}
    tender.do("samples.define", tender.lot, tender.runner, **bare)
    tender.do("samples.define", tender.lot, tender.runner, is_asked=False)
    assert not SampleTerms.objects.exists()


def test_no_test_after_the_award_may_change_the_result() -> None:
    tender = Tender()
    tender.draft()
    text = "中标后采购人对样品进行检测，不合格的取消中标资格"
    found = tender.refused(
        "clauses.define", tender.case, tender.runner, rows=[{"kind": "responsiveness", "text": text}]
    )
    assert set(found) == {"sample_changes_result"} and found["sample_changes_result"].citation.article == "第四十四条"


def test_other_orders_know_no_samples() -> None:
    officer = factories.make_post("buyer_officer")
    case = factories.make_case(procedure="negotiation", buyer=officer.organisation, method="lowest")
    lot = Lot.objects.get(case=case)
    assert "no_samples_here" in Tender().refused("samples.define", lot, officer, **TERMS)


# --- handing in ----------------------------------------------------------------------------------------------------


def test_a_sample_comes_in_by_its_code_and_nobody_learns_whose_it_is() -> None:
    tender = asked()
    sample = received(tender)
    assert sample.received_at == tender.now and sample.condition == "完好"
    # The runner, who has it on the shelf, reads no row of it before the opening; its supplier does.
    assert not SCOPES[Sample](tender.runner, tender.now).exists()
    assert not SCOPES[Sample](tender.officer, tender.now).exists()
    assert SCOPES[Sample](tender.suppliers[0], tender.now).get() == sample
    assert not SCOPES[Sample](factories.make_supplier(), tender.now).exists()
    name = tender.suppliers[0].organisation.name
    told = [one.data for one in EntryPayload.objects.filter(entry__action="sample.receive")]
    assert told and name not in str(told)
    tender.now = CLOSES
    assert SCOPES[Sample](tender.runner, tender.now).get().supplier == tender.suppliers[0].organisation


def test_what_nobody_registered_is_not_taken() -> None:
    tender = asked()
    sample = received(tender)
    for code in ("YP00000000", sample.code):
        found = tender.refused("sample.receive", tender.lot, tender.runner, label=code, condition="完好")
        assert set(found) == {"sample_unknown"}
    assert set(tender.refused("sample.register", tender.lot, tender.suppliers[0])) == {"sample_registered"}


def test_only_who_has_the_documents_hands_one_in_and_only_where_they_are_asked_for() -> None:
    tender = asked()
    assert "documents_not_obtained" in tender.refused("sample.register", tender.lot, factories.make_supplier())
    bare = Tender().published()
    assert "no_samples_asked" in bare.refused("sample.register", bare.lot, bare.supplier())


def test_after_the_deadline_none_is_taken() -> None:
    tender = asked()
    sample = registered(tender)
    tender.now = CLOSES
    found = tender.refused("sample.receive", tender.lot, tender.runner, label=sample.code, condition="完好")
    assert found  # the stage is over


# --- afterwards ----------------------------------------------------------------------------------------------------


def ended(tender: Tender) -> None:
    """The lot has failed."""
    Lot.objects.filter(pk=tender.lot.pk).update(
        outcome=LotOutcome.UNSUCCESSFUL, outcome_at=CLOSES, outcome_reason="不足三家"
    )
    tender.now = at("2026-03-25T09:00")


def test_a_losers_sample_goes_back_or_is_disposed_of_with_its_consent() -> None:
    tender = asked()
    first, second = received(tender), received(tender)
    early = tender.refused("sample.settle", first, tender.runner, fate="returned", note="签收")
    assert set(early) == {"result_not_final"}
    ended(tender)
    refused = tender.refused("sample.settle", second, tender.runner, fate="disposed", note="销毁")
    assert (
        set(refused) == {"no_consent_to_disposal"}
        and refused["no_consent_to_disposal"].citation.article == "第二十二条"
    )
    assert set(tender.refused("sample.settle", first, tender.runner, fate="kept", note="x")) == {"fate_of_loser"}
    tender.do("sample.settle", first, tender.runner, fate="returned", note="凭编号签收")
    assert set(tender.refused("sample.settle", first, tender.runner, fate="returned", note="x")) == {"sample_settled"}
    assert not SCOPES[Sample](tender.suppliers[0], tender.now).filter(pk=second.pk).exists()
    found = {one.code for one in can(ACTIONS["sample.release"], second, by=tender.suppliers[0], now=tender.now)}
    assert found  # nobody else's to give away
    tender.do("sample.release", second, tender.suppliers[1])
    tender.do("sample.settle", second, tender.runner, fate="disposed", note="销毁")
    assert [one.fate for one in Sample.objects.order_by("pk")] == ["returned", "disposed"]


def test_what_waits_stands_on_the_runners_desk() -> None:
    tender = asked()
    sample = received(tender)
    assert not Task.objects.filter(action="sample.settle").exists()
    ended(tender)
    tasks.refresh(Case.objects.get(pk=tender.case.pk), now=tender.now)
    due = Task.objects.get(action="sample.settle", done_at=None)
    assert due.subject == sample.ref and due.organisation_id == tender.runner.organisation_id
    tender.do("sample.settle", sample, tender.runner, fate="returned", note="签收")
    assert not Task.objects.filter(action="sample.settle", done_at=None).exists()


@pytest.mark.long
def test_the_winners_sample_is_kept_for_the_acceptance() -> None:
    h = hall("950000", "1000000", "1100000").ready().judged(EQUAL)
    samples = [
        Sample.objects.create(
            lot=h.lot, supplier=bid.supplier, code=f"YP{n}", registered_at=CLOSES, received_at=CLOSES, condition="完好"
        )
        for n, bid in enumerate(h.bids)
    ]
    h.awarded()
    h.announced()
    award = Award.objects.get(lot=h.lot)
    kept = next(one for one in samples if one.supplier_id == award.supplier_id)
    other = next(one for one in samples if one.supplier_id != award.supplier_id)
    # The award may still fall: then the next candidate is held to its sample, and the winner's goes back.
    for sample, fate in ((kept, "kept"), (other, "returned")):
        found = h.refused("sample.settle", sample, h.runner, ANNOUNCED, fate=fate, note="x")
        assert found == {"result_not_final"}
    assert not Task.objects.filter(action="sample.settle").exists()
    contract = h.do("contract.draft", award, h.officer, ANNOUNCED).value
    h.do("contract.sign", contract, h.reviewer, ANNOUNCED)
    assert h.refused("sample.settle", other, h.runner, ANNOUNCED, fate="returned", note="x") == {"result_not_final"}
    signed = at("2026-04-20T09:00")
    h.do("contract.sign", contract, h.bidders[0], signed)
    # They wait since the signing that settled the result, not since the award.
    since = list(Task.objects.filter(action="sample.settle", done_at=None).values_list("since", flat=True))
    assert since == [signed] * len(samples)
    assert h.refused("sample.settle", kept, h.runner, signed, fate="returned", note="x") == {"fate_of_winner"}
    h.do("sample.settle", kept, h.runner, signed, fate="kept", note="封存于库房")
    h.do("sample.settle", other, h.runner, signed, fate="returned", note="签收")
    assert Sample.objects.get(pk=kept.pk).fate == "kept"
