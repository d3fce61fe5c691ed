"""Does publication keep every shortest period, and does a correction move the deadline as far as the law wants?"""

import datetime

import pytest

from tests.factories import NOW, at, make_supplier
from tests.tendering.walk import CLOSES, SUPPLY_CLOSES, Tender, window
from yangcai.cases import periods
from yangcai.cases.models import Case, Stage
from yangcai.kernel import tasks
from yangcai.kernel.actions import ACTIONS, SCOPES, can
from yangcai.kernel.models import Task
from yangcai.kernel.tasks import derive
from yangcai.parties.models import Post
from yangcai.portal.models import Notice
from yangcai.tendering.models import Correction, CorrectionReceipt, Solicitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready() -> Tender:
    tender = Tender()
    tender.describe()
    tender.confirm()
    return tender


def test_publication_pins_the_law_and_lays_down_the_periods(ready: Tender) -> None:
    done = ready.publish()
    case = ready.case
    case.refresh_from_db()
    assert (case.published_at, case.law_as_of) == (NOW, datetime.date(2026, 3, 2))
    assert [case.stage_at(moment) for moment in (NOW, CLOSES - datetime.timedelta(microseconds=1), CLOSES)] == [
        Stage.SUBMISSION,
        Stage.SUBMISSION,
        Stage.OPENING,
    ]
    assert len(done.notices) == 1
    assert Notice.objects.get().kind == "invitation"


BY_POINTS = "综合评分法；价格分：低价优先法；评委评分的汇总：去掉一个最高分和一个最低分后的平均分"


@pytest.mark.parametrize(
    ("methods", "told"),
    [
        (["rated"], BY_POINTS),
        (["rated", "rated"], BY_POINTS),
        (["rated", "lowest"], f"采购包 1：{BY_POINTS}\n采购包 2：最低评标价法"),
    ],
)
def test_the_notice_says_by_which_formulas_points_come_about(methods: list[str], told: str) -> None:
    tender = Tender()
    rows = [
        {"number": str(n), "title": "设备", "budget": "400000.00", "evaluation_method": one}
        for n, one in enumerate(methods, start=1)
    ]
    tender.do("lots.define", tender.case, tender.runner, rows=rows)
    tender.published(score_formula="trimmed_mean")
    assert Notice.objects.get(root=tender.case.ref).facts["evaluation"] == told


def test_documents_may_be_supplied_later_than_the_notice(ready: Tender) -> None:
    later = at("2026-03-04T09:00")
    ready.publish(
        documents_from=later, supply_closes_at=at("2026-03-11T17:30"), submission_closes_at=at("2026-03-25T09:00")
    )
    case = ready.case
    assert [case.stage_at(moment) for moment in (NOW, later)] == [Stage.INVITATION, Stage.SUBMISSION]
    assert Solicitation.objects.get(case=case).documents_from == later


def test_documents_from_the_morning_of_the_notice_are_supplied_from_the_notice(ready: Tender) -> None:
    ready.publish(documents_from=at("2026-03-02T00:00"))
    assert Solicitation.objects.get(case=ready.case).documents_from == NOW


def test_documents_are_supplied_for_five_working_days(ready: Tender) -> None:
    # 2 March is not counted: 3, 4, 5, 6 and 9 March.
    found = ready.refused(
        "invitation.publish", ready.case, ready.runner, **{**window(), "supply_closes_at": at("2026-03-06T23:59")}
    )
    assert set(found) == {"supply_too_short"}
    assert "2026-03-09" in found["supply_too_short"].zh
    assert "5个工作日" in found["supply_too_short"].zh
    ready.publish(supply_closes_at=at("2026-03-09T08:00"))


def test_submission_stays_open_for_twenty_days(ready: Tender) -> None:
    # 2 March + 20 days is Sunday 22 March, hence Monday 23 March: the hard floor; 24 March leaves 20 full days.
    found = ready.refused(
        "invitation.publish", ready.case, ready.runner, **{**window(), "submission_closes_at": at("2026-03-20T17:00")}
    )
    assert found["submission_too_short"].citation.article == "第三十五条"
    assert "2026-03-23" in found["submission_too_short"].en
    ready.publish(submission_closes_at=at("2026-03-23T09:30"))


def test_the_form_proposes_the_strict_reading(ready: Tender) -> None:
    form = ACTIONS["invitation.publish"].input(subject=ready.case, by=ready.runner, now=NOW)
    assert form.fields["supply_closes_at"].initial == SUPPLY_CLOSES
    assert form.fields["submission_closes_at"].initial == CLOSES


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ({"submission_closes_at": at("2026-03-28T09:30")}, "not_a_working_day"),  # a Saturday
        ({"submission_closes_at": at("2026-04-06T09:30")}, "not_a_working_day"),  # Qingming
        ({"submission_closes_at": at("2028-03-28T09:30")}, "calendar_unknown"),
        ({"documents_from": at("2026-03-01T09:00")}, "documents_in_the_past"),
        ({"supply_closes_at": at("2026-03-24T10:00")}, "supply_after_submission"),
    ],
)
def test_impossible_times_are_refused(ready: Tender, times: dict[str, datetime.datetime], code: str) -> None:
    assert set(ready.refused("invitation.publish", ready.case, ready.runner, **{**window(), **times})) == {code}
    ready.case.refresh_from_db()
    assert ready.case.published_at is None
    assert not Notice.objects.exists()


def test_nothing_is_published_before_it_is_confirmed() -> None:
    tender = Tender()
    codes = {r.code for r in can(ACTIONS["invitation.publish"], tender.case, by=tender.runner, now=tender.now)}
    assert codes == {"no_solicitation", "no_payment_terms", "no_criteria", "not_confirmed"}
    tender.describe()
    assert set(tender.refused("invitation.publish", tender.case, tender.runner, **window())) == {"not_confirmed"}


def test_an_intention_that_is_too_recent_holds_publication_up(ready: Tender) -> None:
    early = at("2026-01-30T09:00")  # the intention is of 1 January
    found = {r.code: r for r in can(ACTIONS["invitation.publish"], ready.case, by=ready.runner, now=early)}
    assert "2026-02-02" in found["intention_too_recent"].zh


def test_the_buyer_publishes_what_it_runs_itself() -> None:
    tender = Tender(agent=False).published()
    assert tender.case.published_at == NOW
    agent = Tender()
    agent.describe()
    agent.confirm()
    assert set(agent.refused("invitation.publish", agent.case, agent.officer, **window())) == {"agent_runs_the_case"}


def test_the_shortest_periods_are_shown_and_the_opening_is_due(ready: Tender) -> None:
    ready.publish()
    ready.case.refresh_from_db()
    due = {task.clock or task.action: task for task in derive(ready.case, now=NOW)}
    assert due["C04"].due_at == at("2026-03-09T00:00")
    assert due["C05"].due_at == at("2026-03-23T00:00")
    assert (due["C04"].action, due["C04"].role) == ("", "")
    assert due["opening.begin"].due_at == CLOSES
    assert due["opening.begin"].organisation_id == ready.agent_post.organisation_id
    stored = Task.objects.get(action="opening.begin", done_at__isnull=True)
    assert stored.due_at == CLOSES


def test_each_step_of_the_preparation_is_due_until_it_is_done() -> None:
    tender = Tender()

    def due() -> set[str]:
        return {d.action for d in derive(tender.case, now=tender.now)}

    assert due() == {"solicitation.draft", "payment_terms.define", "criteria.define"}
    tender.describe()
    assert due() == {"solicitation.confirm"}
    tender.confirm()
    assert due() == {"invitation.publish"}
    tender.publish()
    tender.case.refresh_from_db()
    assert {"opening.begin", ""} <= due()
    assert "invitation.publish" not in due()


# --- corrections -----------------------------------------------------------------------------------------------------


def correction(**changed: object) -> dict[str, object]:
    return {"item": "技术参数", "before": "内存 8G", "after": "内存 16G", **changed}


def test_a_correction_in_time_leaves_the_deadline() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-09T10:00")  # fifteen days before 24 March
    done = tender.do("correction.publish", tender.case, tender.runner, **correction(affects_bids=True))
    assert periods.closing_at(tender.case) == CLOSES
    assert Solicitation.objects.get(case=tender.case).revision == 2
    assert done.notices[0].supersedes.kind == "invitation"
    clocks = {task.clock: task for task in derive(tender.case, now=tender.now)}
    assert clocks["C08"].due_at == at("2026-03-24T00:00")


def test_a_late_correction_that_affects_bids_extends_the_deadline() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-10T10:00")
    tender.do("correction.publish", tender.case, tender.runner, **correction(affects_bids=True))
    later = at("2026-03-25T09:30")  # fifteen days on, at the announced hour
    tender.case.refresh_from_db()
    assert tender.case.stage_at(CLOSES) == Stage.SUBMISSION
    assert tender.case.stage_at(later) == Stage.OPENING
    assert (Correction.objects.get().old_closes_at, Correction.objects.get().new_closes_at) == (CLOSES, later)
    assert Task.objects.get(action="opening.begin", done_at__isnull=True).due_at == later


def test_an_extension_ends_on_a_working_day() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-20T10:00")  # fifteen days on is Saturday, 4 April, and Qingming until the 6th
    tender.do("correction.publish", tender.case, tender.runner, **correction(affects_bids=True))
    assert periods.closing_at(tender.case) == at("2026-04-07T09:30")


def test_a_deadline_that_is_given_is_late_enough() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-12T10:00")
    given = correction(affects_bids=True, new_submission_closes_at=at("2026-03-25T09:30"))
    found = tender.refused("correction.publish", tender.case, tender.runner, **given)
    assert found["deadline_not_extended"].citation.article == "第二十七条"
    assert "2026-03-27" in found["deadline_not_extended"].zh
    assert periods.closing_at(tender.case) == CLOSES


def test_a_correction_that_affects_no_bid_needs_no_time() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-23T10:00")
    tender.do("correction.publish", tender.case, tender.runner, **correction())
    assert periods.closing_at(tender.case) == CLOSES


def test_subject_and_qualification_cannot_be_corrected() -> None:
    tender = Tender().published()
    found = tender.refused(
        "correction.publish", tender.case, tender.runner, **correction(changes_subject_or_qualification=True)
    )
    assert found["subject_changed"].citation.article == "第二十七条"


def test_deadlines_are_only_postponed_to_working_days() -> None:
    tender = Tender().published()
    found = tender.refused(
        "correction.publish",
        tender.case,
        tender.runner,
        **correction(new_submission_closes_at=at("2026-03-23T09:30"), new_supply_closes_at=at("2026-03-09T17:00")),
    )
    assert set(found) == {"deadline_brought_forward"}
    found = tender.refused(
        "correction.publish",
        tender.case,
        tender.runner,
        **correction(new_submission_closes_at=at("2026-04-05T09:30")),
    )
    assert set(found) == {"not_a_working_day"}


def test_the_supply_of_documents_can_be_extended() -> None:
    tender = Tender().published()
    tender.now = at("2026-03-09T18:00")
    tender.do(
        "correction.publish",
        tender.case,
        tender.runner,
        **correction(item="延长文件提供期限", new_supply_closes_at=at("2026-03-12T17:30")),
    )
    tender.supplier()


# --- everybody who has the documents is told -------------------------------------------------------------------------


def to_acknowledge(post: Post) -> list[Task]:
    return list(tasks.of_post(post).filter(action="correction.acknowledge"))


def corrected() -> tuple[Tender, Post, Post]:
    """A tender, corrected when the first supplier had the documents; the second obtained them after that."""
    tender = Tender().published()
    tender.now = at("2026-03-03T09:00")
    holder = tender.supplier()
    tender.now = at("2026-03-04T09:00")
    tender.do("correction.publish", tender.case, tender.runner, **correction())
    tender.now = at("2026-03-05T09:00")
    return tender, holder, tender.supplier()


def test_a_correction_waits_on_the_desk_of_every_holder_until_it_is_acknowledged() -> None:
    tender, holder, later = corrected()
    change = Correction.objects.get()
    (task,) = to_acknowledge(holder)
    assert (task.subject, task.organisation_id, task.due_at) == (change.ref, holder.organisation_id, CLOSES)
    assert to_acknowledge(later) == [] == to_acknowledge(make_supplier())
    tender.do("correction.acknowledge", change, holder)
    assert to_acknowledge(holder) == []
    assert CorrectionReceipt.objects.get().supplier_id == holder.organisation_id
    assert set(tender.refused("correction.acknowledge", change, holder)) == {"acknowledged"}
    assert set(tender.refused("correction.acknowledge", change, later)) == {"not_a_holder"}
    assert set(tender.refused("correction.acknowledge", change, tender.officer)) == {"role_may_not"}
    # The next one is told anew, now to both.
    tender.do("correction.publish", tender.case, tender.runner, **correction())
    assert len(to_acknowledge(holder)) == len(to_acknowledge(later)) == 1


def test_an_unread_correction_leaves_the_desk_when_bids_are_in() -> None:
    tender, holder, _later = corrected()
    tender.bids("900000.00", "910000.00", "920000.00")
    assert len(to_acknowledge(holder)) == 1
    tender.open()
    assert to_acknowledge(holder) == []
    assert "wrong_stage" in tender.refused("correction.acknowledge", Correction.objects.get(), holder)


def test_who_acknowledged_is_as_secret_as_who_has_the_documents() -> None:
    tender, holder, later = corrected()
    version = Case.objects.get(pk=tender.case.pk).version
    tender.do("correction.acknowledge", Correction.objects.get(), holder)
    assert Case.objects.get(pk=tender.case.pk).version == version
    seen = SCOPES[CorrectionReceipt]
    assert seen(holder, tender.now).count() == 1
    assert not any(seen(post, tender.now).exists() for post in (tender.officer, tender.runner, later, None))
    assert not ACTIONS["correction.acknowledge"].is_public
    tender.now = CLOSES
    assert seen(tender.officer, tender.now).count() == 1


def test_after_the_deadline_nothing_is_corrected() -> None:
    tender = Tender().published()
    tender.now = CLOSES
    assert set(tender.refused("correction.publish", tender.case, tender.runner, **correction())) == {
        "wrong_stage",
        "too_late_to_correct",
    }
