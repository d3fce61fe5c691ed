"""Is every release valid OCDS 1.1, the same for ever, and silent about what was not yet public?"""

import datetime
import json
from typing import Any

import pytest

from tests.factories import at, make_case, make_post
from tests.portal.chain import Chain
from tests.tendering.walk import CLOSES, Tender
from yangcai.cases.models import Case
from yangcai.kernel import documents
from yangcai.kernel.entries import canonical
from yangcai.ocds import release, rows, validation
from yangcai.parties.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.long]
URI = "https://example.org/ocds"
MINUTE = datetime.timedelta(minutes=1)


def packages(case: Case, now: datetime.datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    found = rows.read(case)
    releases = release.release_package(release.releases(found, now=now), uri=URI, now=now)
    return releases, release.record_package([release.record(found, now=now)], uri=URI, now=now)


def as_known(case: Case, when: datetime.datetime) -> dict[str, Any]:
    return release.release(rows.read(case), at=when, tag=["compiled"], number=0)


def test_every_stop_is_valid_and_the_past_never_changes() -> None:
    """One whole purchase: what a moment looked like when it was now is what it looks like ever after."""
    chain, then = Chain(), {}
    for stop in chain.stops():
        # Later stops may fall on the same instant: the one before the next step is kept.
        then[chain.now] = (stop, canonical(as_known(chain.case, chain.now)))
        if Case.objects.get(pk=chain.case.pk).published_at is None:
            continue
        for kind, package in zip(("release", "record"), packages(chain.case, chain.now), strict=True):
            assert validation.faults(package, kind=kind) == [], stop
    for when, (stop, was) in then.items():
        if stop != "prepared":
            assert json.loads(canonical(as_known(chain.case, when))) == json.loads(was), stop
    # What is entered with a day that has gone by has an instant of its own, or this test could not see it.
    stops = {stop: when for when, (stop, _was) in then.items()}
    assert {"contract published", "contract amended", "amendment published"} <= set(stops)
    assert chain.contract.amendments.get().signed_at < stops["contract published"] < stops["contract amended"]
    [before, unpublished, after] = (
        contract
        for stop in ("contract published", "contract amended", "amendment published")
        for contract in as_known(chain.case, stops[stop])["contracts"]
    )
    assert before == unpublished and "amendments" not in before and before["value"]["amount"] == 900000
    assert after["value"]["amount"] == 950000 and len(after["amendments"]) == 1
    milestones = [len(one["implementation"]["milestones"]) for one in (before, after)]
    assert milestones[1] == milestones[0] + 1
    _releases, records = packages(chain.case, chain.now)
    tags = [one["tag"][0] for one in records["records"][0]["releases"]]
    assert tags == [
        "tender", "tenderAmendment", "tenderUpdate", "award", "contract", "contractAmendment", "implementation",
        "implementationUpdate", "implementationUpdate", "implementationUpdate", "contractTermination",
    ]  # fmt: skip
    compiled = records["records"][0]["compiledRelease"]
    assert compiled["tender"]["status"] == "complete"
    assert compiled["contracts"][0]["status"] == "terminated"
    paid = sum(t["value"]["amount"] for t in compiled["contracts"][0]["implementation"]["transactions"])
    assert paid == compiled["contracts"][0]["value"]["amount"] == 950000
    assert {role for party in compiled["parties"] for role in party["roles"]} == {
        "buyer", "procuringEntity", "tenderer", "supplier", "payer", "payee",
    }  # fmt: skip


def test_the_same_rows_give_the_same_bytes() -> None:
    case = Tender().published().case
    first, again = (json.dumps(packages(case, CLOSES), ensure_ascii=False) for _n in range(2))
    assert first == again
    # A record does not depend on when it is asked for, only on what has been published.
    one, later = (release.record(rows.read(case), now=CLOSES + n * MINUTE) for n in (0, 9))
    assert one == later


def test_nothing_of_the_bidders_before_the_opening() -> None:
    tender = Tender().published()
    tender.bids("900000.00", "910000.00", "920000.00")
    before = json.dumps(packages(tender.case, tender.now), ensure_ascii=False)
    for post in tender.suppliers:
        assert post.organisation.name not in before
    assert "910000" not in before and "numberOfTenderers" not in before
    tender.open()
    after = as_known(tender.case, tender.now)
    assert after["tender"]["numberOfTenderers"] == 3
    assert {bid["status"] for bid in after["bids"]["details"]} == {"pending"}
    assert "bids" not in as_known(tender.case, tender.now - MINUTE)


def test_the_members_of_a_consortium_are_tenderers_and_suppliers() -> None:
    """A large enterprise with a small member, which has no credit code, and a subcontractor, who bids for nothing."""
    code = "91620000MA0000000X"
    tender = Tender().published(accepts_consortium=True, consortium_rate="0.04", subcontracting="安装，不超过 30%")
    beside = [
        {"kind": "member", "name": "示例成员公司", "size": "small", "share": "0.30", "work": "供货"},
        {"kind": "member", "name": "示例成员二", "size": "micro", "share": "0.10", "uscc": code},
        {"kind": "subcontractor", "name": "示例分包公司", "size": "small", "share": "0.20"},
    ]
    tender.bid(tender.supplier(), price="900000.00", partners=beside)
    tender.bids("910000.00", "920000.00")
    assert "示例成员公司" not in json.dumps(packages(tender.case, tender.now), ensure_ascii=False)
    tender.open()
    leader = tender.suppliers[0].organisation.name
    found = as_known(tender.case, tender.now)
    names = [one["name"] for one in found["tender"]["tenderers"]]
    assert sorted(names) == sorted(
        ["示例成员公司", "示例成员二", *(post.organisation.name for post in tender.suppliers)]
    )
    assert found["tender"]["numberOfTenderers"] == len(names)
    (bid,) = [one for one in found["bids"]["details"] if len(one["tenderers"]) > 1]
    assert [one["name"] for one in bid["tenderers"]] == [leader, "示例成员公司", "示例成员二"]
    parties = {one["name"]: one for one in found["parties"]}
    assert parties["示例成员公司"]["roles"] == ["tenderer"]
    assert parties["示例成员公司"]["details"] == {"scale": "small"}
    assert parties["示例成员二"]["identifier"]["id"] == code
    assert "示例分包公司" not in parties
    for kind, package in zip(("release", "record"), packages(tender.case, tender.now), strict=True):
        assert validation.faults(package, kind=kind) == []


def test_the_closing_time_is_the_one_that_was_announced_then() -> None:
    tender = Tender().published()
    published = tender.now
    tender.now = at("2026-03-20T09:00")
    moved = at("2026-04-08T09:30")
    tender.do(
        "correction.publish",
        tender.case,
        tender.runner,
        item="技术要求",
        after="内存 16G",
        affects_bids=True,
        new_submission_closes_at=moved,
    )
    assert as_known(tender.case, tender.now - MINUTE)["tender"]["tenderPeriod"]["endDate"] == "2026-03-24T01:30:00Z"
    assert as_known(tender.case, tender.now)["tender"]["tenderPeriod"]["endDate"] == "2026-04-08T01:30:00Z"
    treasury = make_post(Role.TREASURY)
    tender.now = suspended = at("2026-03-25T09:30")
    notice = documents.store_bytes(data=b"%PDF-1.7 suspension", name="通知.pdf")
    tender.do(
        "case.suspend",
        tender.case,
        treasury,
        reason="投诉处理",
        until_on=at("2026-04-20T00:00").date(),
        document=notice,
    )
    assert "endDate" not in as_known(tender.case, tender.now)["tender"]["tenderPeriod"]
    tender.now = at("2026-03-27T09:30")
    tender.do("case.resume", tender.case, treasury, reason="投诉不成立")
    period = as_known(tender.case, tender.now)["tender"]["tenderPeriod"]
    assert period["endDate"] == "2026-04-10T01:30:00Z"  # two days stood still, two days later
    assert as_known(tender.case, suspended - MINUTE)["tender"]["tenderPeriod"]["endDate"] == "2026-04-08T01:30:00Z"
    tender.now = at("2026-03-30T09:00")
    tender.do(
        "case.terminate",
        tender.case,
        tender.officer,
        ground="task_cancelled",
        reason="预算调整",
        document=documents.store_bytes(data=b"%PDF-1.7 termination", name="依据.pdf"),
    )
    assert as_known(tender.case, published)["tender"]["status"] == "active"
    assert as_known(tender.case, published)["tender"]["tenderPeriod"]["endDate"] == "2026-03-24T01:30:00Z"
    assert as_known(tender.case, tender.now)["tender"]["status"] == "cancelled"


def test_reading_many_cases_costs_no_more_queries(django_assert_num_queries: Any) -> None:
    cases = [make_case(stage="submission") for _n in range(3)]
    with django_assert_num_queries(12):
        found = list(rows.read_all([case.pk for case in cases]))
    with django_assert_num_queries(0):
        assert len([release.record(one, now=at("2026-03-03T09:00")) for one in found]) == 3


def test_a_fault_is_named_with_its_place() -> None:
    package = release.release_package([{"ocid": "x", "id": 5}], uri=URI, now=CLOSES)
    assert any(fault.startswith("releases/0/id:") for fault in validation.faults(package, kind="release"))


def test_what_leaves_a_demo_says_so(settings: Any) -> None:
    """In every release and every package, so that nobody takes it for real, however it is cut up."""
    settings.YANGCAI_SANDBOX = True
    tender = Tender()
    tender.published()
    Case.objects.filter(pk=tender.case.pk).update(is_demo=True)
    package, _record = packages(Case.objects.get(pk=tender.case.pk), tender.now)
    assert package["publisher"]["name"].startswith("【演示")
    assert package["releases"] and all(one["tender"]["title"].startswith("【演示") for one in package["releases"])
    assert validation.faults(package, kind="release") == []
