"""Does an outage of the platform give bidders the time that it took from them, and nobody anything else?"""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.contracts import support
from tests.factories import at, make_case, make_post, set_database_clock
from tests.kernel.log import world
from tests.portal.test_notices import check, check_pages
from tests.tendering import applying
from tests.tendering.applying import Selection
from tests.tendering.outage_journal import Journal, in_clear
from tests.tendering.sealing_walk import SealedTender, body_of
from tests.tendering.walk import CLOSES, Tender, stranger
from yangcai.cases import periods
from yangcai.cases.models import Case, Period, Stage
from yangcai.kernel.actions import can
from yangcai.kernel.encoding import parse_jcs, timestamp
from yangcai.kernel.models import Entry, Outage, Task
from yangcai.kernel.refusals import Refused
from yangcai.ocds import rows
from yangcai.ocds import tender as ocds_tender
from yangcai.parties.models import OrganisationKind
from yangcai.parties.queries import platform_post
from yangcai.parties.roles import Role
from yangcai.portal.models import Notice
from yangcai.tendering import health as watching
from yangcai.tendering import method, outages, policies
from yangcai.tendering.actions.outages import extend_period
from yangcai.tendering.models import OutageExtension
from yangcai.tendering.queries.bids import visible_participations
from yangcai.tendering.queries.hall import Phase, hall_state
from yangcai.tendering.queries.outages import extensions_of, latest_outages
from yangcai.tendering.queries.prequalification import visible_applications

pytestmark = [pytest.mark.django_db, pytest.mark.long]
MINUTE = datetime.timedelta(minutes=1)
HOUR = 60 * MINUTE
MORNING = CLOSES - 3 * HOUR


@pytest.fixture(autouse=True)
def site(settings: Any, tmp_path: Path) -> None:
    world.use(settings, tmp_path)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Journal:
    return Journal(monkeypatch)


@pytest.fixture
def tender() -> Tender:
    """Published, one supplier with the documents and a bid, two with the documents alone."""
    made = Tender().published()
    made.bids("900000.00")
    made.supplier()
    made.supplier()
    return made


def closing(tender: Tender) -> datetime.datetime | None:
    return periods.closing_at(Case.objects.get(pk=tender.case.pk))


def struck(journal: Journal, *, begins: int, ends: int, bad: tuple[str, ...] = ()) -> Any:
    """Well from MORNING on; not from `begins` to `ends` minutes before or after the deadline."""
    journal.line(MORNING)
    journal.until(CLOSES + begins * MINUTE)
    if bad:
        journal.until(CLOSES + ends * MINUTE - MINUTE, *bad)
    return journal.line(CLOSES + ends * MINUTE)


# --- what is extended ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [(), ("store",), ("finalise", "log")])
def test_what_failed_or_was_silent_before_the_deadline_extends_it(
    journal: Journal, tender: Tender, bad: tuple[str, ...]
) -> None:
    found = struck(journal, begins=-90, ends=-60, bad=bad)
    new = CLOSES + HOUR
    assert [one.new_closes_at for one in found.extensions] == [new] and closing(tender) == new
    case = Case.objects.get(pk=tender.case.pk)
    assert periods.planned(case, Stage.OPENING).opens_at == new
    assert periods.planned(case, Stage.SUBMISSION).round == 1
    assert Outage.objects.get().settled_at == CLOSES - HOUR
    entry = Entry.objects.filter(root=case.ref, outcome="done").latest("seq")
    assert (entry.action, entry.role) == ("period.extend", Role.PLATFORM)
    assert entry.payload.data["facts"]["new_closes_at"] == new.astimezone(datetime.UTC).isoformat()


@pytest.mark.parametrize(
    ("begins", "ends", "new"),
    [
        (-60, -56, 0),  # shorter than an outage
        (-179, -120, 0),  # two hours remain
        (-179, -119, 1),  # a minute less
        (-10, -3, 117),
        (-10, 0, 120),  # well again at the deadline itself
        (-10, 90, 210),  # over it
    ],
)
def test_after_an_outage_two_hours_remain(journal: Journal, tender: Tender, begins: int, ends: int, new: int) -> None:
    struck(journal, begins=begins, ends=ends)
    assert closing(tender) == CLOSES + new * MINUTE
    assert OutageExtension.objects.count() == bool(new)


def test_one_outage_extends_once_and_a_second_one_again(journal: Journal, tender: Tender) -> None:
    struck(journal, begins=-90, ends=-60)
    for _again in range(2):
        assert watching.settle(now=journal.now) == []
        Outage.objects.get()
    assert journal.until(CLOSES - 30 * MINUTE).extensions == ()
    journal.line(CLOSES - 20 * MINUTE)
    assert closing(tender) == CLOSES + 100 * MINUTE
    found = OutageExtension.objects.order_by("pk")
    assert [(one.old_closes_at, one.new_closes_at) for one in found] == [
        (CLOSES, CLOSES + HOUR),
        (CLOSES + HOUR, CLOSES + 100 * MINUTE),
    ]


def test_every_deadline_that_is_touched_is_extended_and_no_other(journal: Journal) -> None:
    near = [Tender().published() for _n in range(3)]
    far = Tender()
    far.describe()
    far.confirm()
    far.publish(submission_closes_at=at("2026-03-25T09:30"))
    found = struck(journal, begins=-90, ends=-60)
    assert {one.case_id for one in found.extensions} == {one.case.pk for one in near}
    assert closing(far) == at("2026-03-25T09:30")


def test_of_two_deadlines_a_correction_had_moved_one(journal: Journal, tender: Tender) -> None:
    later = at("2026-03-27T09:30")
    tender.now = at("2026-03-03T09:30")
    tender.do(
        "correction.publish", tender.case, tender.runner,
        item="时间", after="顺延", new_submission_closes_at=later, affects_bids=False,
    )  # fmt: skip
    struck(journal, begins=-90, ends=-60)
    assert closing(tender) == later and not OutageExtension.objects.exists()


def test_a_case_that_is_over_or_stands_still_is_left_alone(journal: Journal) -> None:
    ended, suspended = Tender().published(), Tender().published()
    ended.now = suspended.now = MORNING
    ended.do("case.terminate", ended.case, ended.officer, ground="task_cancelled", reason="取消采购任务")
    suspended.do(
        "case.suspend", suspended.case, make_post(Role.TREASURY), reason="投诉", until_on="2026-04-10",
        document=support.document("通知"),
    )  # fmt: skip
    struck(journal, begins=-90, ends=-60)
    assert not OutageExtension.objects.exists() and Outage.objects.get().settled_at is not None


def test_a_round_of_last_offers_goes_on_the_same_day(journal: Journal) -> None:
    set_database_clock(CLOSES)
    case = make_case(stage="dialogue", procedure="negotiation", now=CLOSES)
    lot = case.lots.get()
    round_ = Period.objects.create(
        case=case, lot=lot, stage=Stage.FINAL_OFFER, opens_at=CLOSES + 6 * HOUR, closes_at=CLOSES + 6.5 * HOUR
    )
    Period.objects.create(case=case, lot=lot, stage=method.follows(case, Stage.FINAL_OFFER), opens_at=round_.closes_at)
    journal.line(round_.opens_at)
    found = journal.line(round_.closes_at + 10 * MINUTE)
    assert [one.stage for one in found.extensions] == [Stage.FINAL_OFFER]
    new = periods.planned(Case.objects.get(pk=lot.case_id), Stage.FINAL_OFFER, lot=lot)
    assert (new.round, new.closes_at) == (2, round_.closes_at + 40 * MINUTE)
    assert not Notice.objects.filter(kind="extension").exists()  # a round is between those who are in it


@pytest.mark.parametrize(("ends", "closes"), [(-60, "2026-03-10T17:30"), (30, "2026-03-10T17:30")])
def test_the_time_for_applications_is_extended_likewise(journal: Journal, ends: int, closes: str) -> None:
    """Before its end or after it: nothing is examined, and nobody learns who applied, before the journal has spoken."""
    s = Selection().announced()
    early = s.apply()
    journal.line(applying.CLOSES - 180 * MINUTE)
    journal.until(applying.CLOSES - 90 * MINUTE)
    s.now = applying.CLOSES + 10 * MINUTE
    if ends > 0:
        assert "health_unknown" in s.refused("prequalification.conclude", s.row, s.runner)
        assert not visible_applications(s.runner, s.now).exists()
    journal.line(applying.CLOSES + ends * MINUTE)
    assert (s.row.closes_at, s.row.examined_on) == (at(closes), at(closes).date())
    notice = Notice.objects.get(kind="prequalification_correction")
    assert "平台停机" in notice.facts["after"] and notice.closes_at == at(closes)
    s.now = at("2026-03-10T09:00")
    assert s.apply() != early
    assert watching.settle(now=s.now) == [] and s.row.corrections.count() == 1


# --- over the deadline -----------------------------------------------------------------------------------------------


def test_the_whole_machine_was_down_over_the_deadline(journal: Journal, tender: Tender) -> None:
    """Nothing is opened in between, nobody learns who bid, and there is a second chance of two hours."""
    journal.line(MORNING)
    journal.until(CLOSES - 10 * MINUTE)
    tender.now = CLOSES + 20 * MINUTE  # the site is back before the worker is
    assert "health_unknown" in tender.refused("opening.begin", tender.case, tender.runner)
    assert hall_state(Case.objects.get(pk=tender.case.pk), inside=True, now=tender.now).phase == Phase.BEFORE
    assert not visible_participations(tender.runner, tender.now).exists()
    with pytest.raises(IntegrityError, match="journal"), transaction.atomic():
        _open_by_hand(tender)

    journal.line(CLOSES + 30 * MINUTE)
    new = CLOSES + 150 * MINUTE
    case = Case.objects.get(pk=tender.case.pk)
    again = periods.planned(case, Stage.SUBMISSION)
    assert (again.round, again.opens_at, again.closes_at) == (2, CLOSES + 30 * MINUTE, new)
    assert case.stage_at(CLOSES + 30 * MINUTE) == Stage.SUBMISSION and case.stage_at(new) == Stage.OPENING
    journal.until(new - MINUTE)
    tender.now = new - MINUTE
    tender.bid(tender.suppliers[1])  # and it comes in
    tender.bid(tender.suppliers[2])
    tender.now = new
    assert tender.refused("bid.submit", tender.lot, tender.suppliers[1], price="1")
    assert "health_unknown" in tender.refused("opening.begin", tender.case, tender.runner)
    journal.line(new + MINUTE)
    tender.now = new + MINUTE
    tender.do("opening.begin", tender.case, tender.runner)
    assert visible_participations(tender.runner, tender.now).exists()


def _open_by_hand(tender: Tender) -> None:
    from yangcai.tendering.models import Opening

    set_database_clock(tender.now)
    Opening.objects.create(case=tender.case, begun_at=tender.now)


def test_an_outage_is_settled_before_anything_is_opened(
    journal: Journal, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died between the line and the extension: the opening waits for the next round."""
    monkeypatch.setattr(watching, "settle", lambda *, now: [])
    struck(journal, begins=-30, ends=10)
    tender.now = CLOSES + 11 * MINUTE
    assert "extension_due" in tender.refused("opening.begin", tender.case, tender.runner)
    assert not visible_participations(tender.runner, tender.now).exists()
    with pytest.raises(IntegrityError, match="journal"), transaction.atomic():
        _open_by_hand(tender)
    monkeypatch.undo()
    set_database_clock(tender.now)
    assert [one.new_closes_at for one in watching.settle(now=tender.now)] == [CLOSES + 131 * MINUTE]


def test_where_no_journal_is_kept_nothing_waits_for_it(tender: Tender) -> None:
    tender.bids("1.00", "2.00")
    tender.open()


def test_where_all_was_well_the_opening_waits_for_the_next_line(journal: Journal, tender: Tender) -> None:
    tender.bids("880000.00", "890000.00")
    journal.line(MORNING)
    journal.until(CLOSES - MINUTE)
    tender.now = CLOSES
    assert "health_unknown" in tender.refused("opening.begin", tender.case, tender.runner)
    journal.line(CLOSES)
    tender.do("opening.begin", tender.case, tender.runner)


# --- who learns of it ------------------------------------------------------------------------------------------------


def test_bidders_are_told_and_nobody_learns_who_they_are(journal: Journal, tender: Tender) -> None:
    struck(journal, begins=-90, ends=-60)
    extension = OutageExtension.objects.get()
    waiting = Task.objects.filter(action="extension.acknowledge", done_at__isnull=True)
    assert set(waiting.values_list("organisation_id", flat=True)) == {p.organisation_id for p in tender.suppliers}
    tender.now = CLOSES
    tender.do("extension.acknowledge", extension, tender.suppliers[0])
    assert waiting.count() == 2
    assert "acknowledged" in tender.refused("extension.acknowledge", extension, tender.suppliers[0])
    assert tender.refused("extension.acknowledge", extension, stranger())
    entry = Entry.objects.filter(action="extension.acknowledge").get()
    assert entry.payload.data["input"] == {}


def test_the_notice_stands_in_the_place_of_the_invitation(journal: Journal, tender: Tender, client: Any) -> None:
    struck(journal, begins=-90, ends=-60, bad=("store",))
    notice = Notice.objects.get(kind="extension")
    assert notice.supersedes.kind == "invitation" and notice.closes_at == CLOSES + HOUR
    assert notice.facts["failed"] == "上传存储" and notice.facts["round"] == "第 1 次"
    check(notice)
    check_pages(notice, client)
    tender.now = CLOSES - 50 * MINUTE
    tender.do(
        "correction.publish", tender.case, tender.runner,
        item="联系人", after="换人", new_submission_closes_at=at("2026-03-25T09:30"), affects_bids=False,
    )  # fmt: skip
    assert Notice.objects.get(kind="correction").supersedes == notice


def test_open_data_tells_the_deadline_as_everybody_knew_it(journal: Journal, tender: Tender) -> None:
    struck(journal, begins=-90, ends=30)
    read = rows.read(Case.objects.get(pk=tender.case.pk))
    assert ocds_tender.closes_at(read, CLOSES) == CLOSES
    assert ocds_tender.closes_at(read, CLOSES + 30 * MINUTE) == CLOSES + 150 * MINUTE


def test_pages_are_told_what_failed_and_what_it_extended(journal: Journal, tender: Tender) -> None:
    struck(journal, begins=-90, ends=-60, bad=("store",))
    (one,) = latest_outages(None, now=journal.now, most=5)
    assert (one.zh, one.en) == ("上传存储", "the store of uploads")
    assert [e.case_id for e in one.extensions] == [tender.case.pk]
    assert extensions_of(tender.case) == [one]
    state = hall_state(Case.objects.get(pk=tender.case.pk), inside=False, now=journal.now)
    assert [message.action for message in state.messages] == ["period.extend"]
    assert state.extension.new_closes_at == CLOSES + HOUR and state.clock_until == CLOSES + HOUR


# --- only by the rule ------------------------------------------------------------------------------------------------


def test_nobody_extends_at_will(journal: Journal, tender: Tender) -> None:
    journal.line(MORNING)
    by = platform_post(now=MORNING)
    assert [r.code for r in can(extend_period, tender.case, by=by, now=MORNING)] == ["no_outage_touches_it"]
    for post in (tender.officer, tender.agent_post, tender.suppliers[0], make_post(Role.TREASURY)):
        assert [r.code for r in can(extend_period, tender.case, by=post, now=MORNING)] == ["role_may_not"]


def test_an_outage_that_touches_nothing_extends_nothing(
    journal: Journal, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "settle", lambda *, now: [])
    journal.line(MORNING - 2 * HOUR)
    journal.line(MORNING - HOUR)
    struck(journal, begins=-90, ends=-60)
    early = Outage.objects.order_by("begins_at")[0]
    tender.now = CLOSES - HOUR
    refused = tender.refused("period.extend", tender.case, platform_post(now=tender.now), outage=early.pk)
    assert set(refused) == {"outage_does_not_touch_it"}


def test_a_case_that_cannot_be_extended_now_is_tried_again(
    journal: Journal, tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = iter([True])

    def perform(*args: Any, **kwargs: Any) -> Any:
        if next(refusing, False):
            raise Refused([])
        return real(*args, **kwargs)

    real = watching.perform
    monkeypatch.setattr(watching, "perform", perform)
    assert struck(journal, begins=-90, ends=-60).extensions == ()
    assert Outage.objects.get().settled_at is None
    assert len(journal.line(CLOSES - 56 * MINUTE).extensions) == 1


# --- sealed by their bidders -----------------------------------------------------------------------------------------


def test_the_opening_policy_and_the_close_follow(journal: Journal) -> None:
    tender = SealedTender().announced()
    *early, third = [tender.device() for _n in range(3)]
    first = [tender.hand_in(device) for device in early]
    struck(journal, begins=-30, ends=30)
    new = CLOSES + 150 * MINUTE
    assert [(p.rev, p.deadline, p.open_at) for p in (tender.policy(),)] == [(2, new, new)]
    said = list(in_clear(root=tender.case.ref))
    assert [one["t"] for one in said if one["t"] in {"policy", "extension"}] == ["policy", "extension", "policy"]
    (told,) = [one for one in said if one["t"] == "extension"]
    assert (told["old"], told["new"], told["tender"]) == (timestamp(CLOSES), timestamp(new), tender.policy().tender)

    tender.now = CLOSES + 40 * MINUTE
    late = tender.hand_in(third)
    assert body_of(late.note)["deadline"] == timestamp(new)
    assert body_of(first[0].note)["deadline"] == timestamp(CLOSES)  # as it was promised then
    journal.until(new)
    tender.now = new
    tender.begin()
    for device in (*early, third):
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    tender.unseal()
    tender.conclude()
    close = parse_jcs(bytes(tender.lot.bid_closings.get().leaf.line)[6:-1])
    assert (close["rev"], close["deadline"]) == (2, timestamp(new))
    assert policies.in_force(tender.lot).revision == 2


# --- planned maintenance ---------------------------------------------------------------------------------------------


def test_maintenance_keeps_off_the_protected_time(tender: Tender) -> None:
    platform = platform_post(now=tender.now)
    assert platform.organisation.kind == OrganisationKind.PLATFORM
    say = {"what": "更换存储"}
    tender.now = MORNING - 24 * HOUR
    for begins, ends in ((-30, 60), (-240, -119), (-600, 600), (-1, 1)):
        window = {"begins_at": CLOSES + begins * MINUTE, "ends_at": CLOSES + ends * MINUTE}
        found = tender.refused("maintenance.announce", platform.organisation, platform, **window, **say)
        assert set(found) == {"maintenance_before_a_deadline"}
        assert tender.case.title in found["maintenance_before_a_deadline"].zh
    for begins, ends in ((-240, -120), (0, 60)):
        window = {"begins_at": CLOSES + begins * MINUTE, "ends_at": CLOSES + ends * MINUTE}
        tender.do("maintenance.announce", platform.organisation, platform, **window, **say)
    window = {"begins_at": tender.now - MINUTE, "ends_at": tender.now + MINUTE}
    assert set(tender.refused("maintenance.announce", platform.organisation, platform, **window, **say)) == {
        "maintenance_not_ahead"
    }


def test_maintenance_counts_like_any_other_outage(journal: Journal) -> None:
    """Announced first, and a deadline published into it."""
    platform = platform_post(now=MORNING)
    helper = Tender()
    window = {"begins_at": CLOSES - HOUR, "ends_at": CLOSES - 30 * MINUTE}
    helper.do("maintenance.announce", platform.organisation, platform, what="更换存储", **window)
    helper.published()
    struck(journal, begins=-60, ends=-30)
    assert closing(helper) == CLOSES + 90 * MINUTE


def test_terms_before_there_were_any() -> None:
    with pytest.raises(LookupError):
        outages.terms(now=at("2025-12-31T12:00"))
