"""Are trustees on duty at an opening, are their keys tried before it and once a year, and does the log know them?"""

import datetime
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import DatabaseError, transaction

from tests.factories import make_organisation, make_post
from tests.tendering.sealing_walk import I1, Holder, SealedTender
from tests.tendering.walk import CLOSES
from yangcai.kernel import calendar, tasks
from yangcai.kernel.encoding import base64_of
from yangcai.kernel.models import Entry, Leaf, Task
from yangcai.parties.models import OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.sealing.header import Header
from yangcai.sealing.policy import Policy
from yangcai.sealing.statement import signed
from yangcai.tendering import drills, keys, share_tests
from yangcai.tendering.models import Drill, DrillRelease, ShareTest, Trustee, TrusteeDuty
from yangcai.tendering.queries.sealed import visible_share_tests

pytestmark = pytest.mark.django_db
DAY = CLOSES.date()


def waiting_for(action: str, **of: Any) -> list[Task]:
    return list(Task.objects.filter(action=action, done_at=None, **of).order_by("pk"))


def told(root: str) -> list[dict[str, Any]]:
    """What the public log says in clear of a root."""
    lines = Leaf.objects.filter(root=root).order_by("pk").values_list("line", flat=True)
    return [json.loads(bytes(line)[6:]) for line in lines if bytes(line).startswith(b"sbp1c ")]


# --- duty ------------------------------------------------------------------------------------------------------------


def test_who_is_on_duty_and_its_stand_in_are_reminded_of_the_opening() -> None:
    tender = SealedTender().announced()
    supervisor = tender.holders[3]
    asked = [task for task in waiting_for("trustee.put_on_duty") if task.subject == supervisor.row.ref]
    assert [(task.role, task.due_at) for task in asked] == [(Role.TREASURY, CLOSES)]
    colleagues = [make_post(Role.TREASURY, supervisor.post.organisation) for _ in range(2)]
    duty = tender.do(
        "trustee.put_on_duty", supervisor.row, supervisor.post,
        post=colleagues[0].pk, stand_in=colleagues[1].pk, from_on=DAY, to_on=DAY,
    ).value  # fmt: skip
    reminded = [t for t in waiting_for("trustee.release") if t.organisation_id == supervisor.post.organisation_id]
    assert {task.person_id for task in reminded} == {post.person_id for post in colleagues}
    assert {task.due_at for task in reminded} == {CLOSES + datetime.timedelta(minutes=30)}
    assert supervisor.row.ref not in {task.subject for task in waiting_for("trustee.put_on_duty")}
    assert reminded[0] in tasks.of_post(colleagues[0]) and reminded[0] not in tasks.of_post(supervisor.post)
    tender.do("trustee_duty.cancel", duty, supervisor.post)
    again = [t for t in waiting_for("trustee.release") if t.organisation_id == supervisor.post.organisation_id]
    assert [task.person_id for task in again] == [None]
    assert "duty_cancelled" in tender.refused("trustee_duty.cancel", duty, supervisor.post)


def test_a_stand_in_releases_and_the_reminder_is_done() -> None:
    tender = SealedTender().announced()
    for _ in range(3):
        tender.hand_in(tender.device())
    supervisor = tender.holders[3]
    first, second, third = (make_post(Role.TREASURY, supervisor.post.organisation) for _ in range(3))
    values = {"post": first.pk, "stand_in": second.pk, "from_on": DAY, "to_on": DAY}
    tender.do("trustee.put_on_duty", supervisor.row, supervisor.post, **values)
    tender.begin()
    tender.now += datetime.timedelta(minutes=30)
    message = tender.trustee_message(supervisor).content.decode()
    assert "no_seat" in tender.refused("trustee.release", tender.lot, third, message=message)
    tender.do("trustee.release", tender.lot, second, message=message)
    assert not [t for t in waiting_for("trustee.release") if t.organisation_id == first.organisation_id]


def test_nobody_stands_in_for_itself_and_only_posts_that_hold_the_share_are_on_duty() -> None:
    tender = SealedTender().announced()
    supervisor = tender.holders[3]
    days = {"from_on": DAY, "to_on": DAY}
    same = {"post": supervisor.post.pk, "stand_in": supervisor.post.pk, **days}
    assert set(tender.refused("trustee.put_on_duty", supervisor.row, supervisor.post, **same)) == {"invalid_input"}
    payer = make_post(Role.TREASURY_PAYER, supervisor.post.organisation)
    other = {"post": payer.pk, **days}
    assert set(tender.refused("trustee.put_on_duty", supervisor.row, supervisor.post, **other)) == {"invalid_input"}
    with pytest.raises(DatabaseError, match="nobody_stands_in_for_itself"), transaction.atomic():
        TrusteeDuty.objects.create(
            trustee=supervisor.row, post=supervisor.post, stand_in=supervisor.post, from_on=DAY, to_on=DAY
        )


# --- keys in the log -------------------------------------------------------------------------------------------------


def test_a_rotation_stands_in_the_log_with_both_keys_and_its_reason() -> None:
    tender = SealedTender().announced()
    notary = tender.holders[4]
    fresh = Holder(notary.post, "notary")
    public = {
        "hpke_key": base64_of(fresh.wrap.public_key().public_bytes_raw()),
        "signing_key": base64_of(fresh.sign.public_key().public_bytes_raw()),
    }
    silent = tender.refused(
        "trustee.register", notary.post.organisation, notary.post, role="notary", reason="", **public
    )
    assert set(silent) == {"no_reason"}
    tender.register(fresh)
    line = told(notary.post.organisation.ref)[-1]
    assert (line["t"], line["hpke"], line["replaces"]) == ("trustee_key", public["hpke_key"], notary.row.hpke_key)
    assert line["reason"] == "例行轮换"
    notary.row.refresh_from_db()
    assert notary.row.retired_reason == "例行轮换"
    tender.do("trustee.retire", fresh.row, notary.post, reason="机构撤销")
    line = told(notary.post.organisation.ref)[-1]
    assert (line["t"], line["hpke"], line["reason"]) == ("trustee_key_retired", public["hpke_key"], "机构撤销")


def test_the_platform_releases_by_a_key_that_it_has_rotated_since() -> None:
    tender = SealedTender().announced()
    for device in (devices := [tender.device() for _ in range(3)]):
        tender.hand_in(device)
    platform = tender.holders[0]
    keys.rotate_trustee_keys()
    tender.register(Holder(platform.post, "platform", keys.trustee_wrap_key(), keys.trustee_signing_key()))
    assert keys.trustee_wrap_key().private_bytes_raw() != platform.wrap.private_bytes_raw()
    assert keys.trustee_wrap_key_of(bytes(32)) is None
    tender.begin()
    for device in devices:
        tender.release(device)
    tender.trustee_releases(tender.holders[2])
    from yangcai.tendering.models import OpenedBid, ShareRelease

    assert ShareRelease.objects.filter(trustee=platform.row).exists()
    tender.unseal()
    assert OpenedBid.objects.count() == 3


# --- shares tried before the opening ---------------------------------------------------------------------------------


class Broken(SealedTender):
    """The platform's key in office is not the one on its disk."""

    def board(self) -> list[Holder]:
        self.holders = super().board()
        return self.holders

    def register(self, holder: Holder) -> Trustee:
        if holder.role == "platform":
            holder.wrap = X25519PrivateKey.generate()
        return super().register(holder)


def test_the_platform_tries_its_share_of_every_bid_once() -> None:
    tender = SealedTender().announced()
    mine = tender.device()
    first = tender.hand_in(mine).bid
    assert share_tests.try_what_came_in(now=tender.now) == 1
    assert share_tests.try_what_came_in(now=tender.now) == 0
    test = ShareTest.objects.get(bid=first)
    assert (test.fault, test.trustee) == ("", tender.holders[0].row)
    assert "试解" not in " ".join(task.action for task in Task.objects.filter(done_at=None))
    entry = Entry.objects.get(action="bid.test_shares", outcome="done")
    assert entry.payload.data["input"] == {"trustee": test.trustee_id}  # not how many
    tender.hand_in(mine, "890000.00")
    tender.hand_in(tender.device())
    assert share_tests.try_what_came_in(now=tender.now) == 2
    assert not waiting_for("bid.upload")


def test_a_share_that_cannot_be_read_is_a_task_for_its_bidder_until_it_seals_again() -> None:
    tender = Broken().announced()
    device, other = tender.device(), tender.device()
    tender.hand_in(device)
    assert share_tests.try_what_came_in(now=tender.now) == 1
    test = ShareTest.objects.get()
    assert test.fault == "wrap_unreadable" and "受托人" in test.told
    mine = {"organisation_id": device.post.organisation_id}  # the other is reminded that it has not bid
    task = waiting_for("bid.upload", **mine)[0]
    assert (task.organisation_id, task.subject, task.due_at) == (device.post.organisation_id, tender.lot.ref, CLOSES)
    assert list(visible_share_tests(device.post, tender.now)) == [test]
    for post in (other.post, tender.agent_post, tender.officer, tender.holders[3].post):
        assert not visible_share_tests(post, tender.now).exists()
    tender.hand_in(device, "890000.00")  # the old one was replaced: its test says nothing any more
    from yangcai.cases.models import Case

    tasks.refresh(Case.objects.get(pk=tender.case.pk), now=tender.now)
    assert not waiting_for("bid.upload", **mine)


def test_supervisor_and_notary_look_only_in_the_last_two_hours_and_buyer_and_agent_never() -> None:
    tender = SealedTender().announced()
    bid = tender.hand_in(tender.device()).bid
    results = json.dumps([{"header_sha256": bid.sealed.header_digest, "fault": ""}])

    def refusals(holder: Holder) -> set[str]:
        return set(tender.refused("bid.test_shares", tender.lot, holder.post, results=results))

    _platform, buyer, agent, supervisor, notary = tender.holders
    assert refusals(supervisor) == {"not_testing"}
    tender.now = CLOSES - share_tests.LAST_HOURS
    tender.do("bid.test_shares", tender.lot, supervisor.post, results=results)
    tender.do("bid.test_shares", tender.lot, notary.post, results=results)
    assert {refusals(buyer) == refusals(agent) == {"role_may_not"}} == {True}
    again = tender.refused("bid.test_shares", tender.lot, supervisor.post, results=results)
    assert set(again) == {"invalid_input"}
    tender.now = CLOSES
    assert refusals(supervisor) >= {"not_testing"}
    assert ShareTest.objects.count() == 2


@pytest.mark.parametrize(
    "results", ["", "x", "{}", "[]", '[{"header_sha256": "x"}]', '[{"header_sha256":"x","fault":"?"}]']
)
def test_what_is_no_result_is_refused(results: str) -> None:
    tender = SealedTender().announced()
    tender.hand_in(tender.device())
    told = tender.refused("bid.test_shares", tender.lot, platform_of(tender), results=results)
    assert set(told) == {"invalid_input"}


def platform_of(tender: SealedTender) -> Post:
    return tender.holders[0].post


def test_in_the_last_minute_the_worker_leaves_the_case_to_those_who_hand_in() -> None:
    tender = SealedTender().announced()
    tender.hand_in(tender.device())
    assert share_tests.try_what_came_in(now=CLOSES - share_tests.TOO_LATE) == 0


# --- drills ----------------------------------------------------------------------------------------------------------


class Rehearsal(SealedTender):
    """The board of a tender, in a drill."""

    def begun(self) -> Drill:
        self.board()
        platform = self.holders[0].post
        drill: Drill = self.do("drill.begin", platform.organisation, platform).value
        return drill

    def takes_part(self, holder: Holder, drill: Drill, **changes: Any) -> Any:
        opened = drills.read(drill)
        place = drills.holder_of(opened.policy, holder.row)
        said = drills.release_of(
            opened.policy, opened.headers, holder=place, wrap=holder.wrap.private_bytes_raw(), now=self.now
        )
        message = signed(replace(said, **changes), suite=I1, keys=holder.pair).content.decode()
        return message


def test_a_drill_opens_made_up_bids_and_says_who_took_part() -> None:
    tender = Rehearsal()
    drill = tender.begun()
    platform, *others = tender.holders
    assert {task.organisation_id for task in waiting_for("drill.release")} == {
        holder.post.organisation_id for holder in others
    }
    for holder in others[:3]:
        tender.do("drill.release", drill, holder.post, message=tender.takes_part(holder, drill))
    assert "drill_released" in tender.refused(
        "drill.release", drill, others[0].post, message=tender.takes_part(others[0], drill)
    )
    tender.do("drill.conclude", drill, platform.post)
    drill.refresh_from_db()
    names = [holder.post.organisation.name for holder in tender.holders]
    assert (drill.opened_count, drill.bid_count, drill.faults) == (3, 3, "")
    assert set(drill.took_part.split("、")) == set(names[:4]) and drill.absent == names[4]
    line = told(platform.post.organisation.ref)[-1]
    assert (line["t"], line["opened"], line["absent"]) == ("drill", 3, [names[4]])
    assert not waiting_for("drill.release")
    late = tender.refused("drill.release", drill, others[3].post, message=tender.takes_part(others[3], drill))
    assert "drill_concluded" in late
    with pytest.raises(DatabaseError, match="the drill is over"), transaction.atomic():
        DrillRelease.objects.create(
            drill=drill, trustee=others[3].row, post=others[3].post, statement="", signature="", released_at=tender.now
        )


def test_a_lost_key_is_found_in_the_drill_and_not_at_an_opening() -> None:
    tender = Rehearsal()
    drill = tender.begun()
    platform, buyer, agent, *_rest = tender.holders
    tender.do("drill.release", drill, buyer.post, message=tender.takes_part(buyer, drill))
    agent.wrap = X25519PrivateKey.generate()  # it has another one now
    tender.do("drill.release", drill, agent.post, message=tender.takes_part(agent, drill))
    tender.do("drill.conclude", drill, platform.post)
    drill.refresh_from_db()
    name = agent.post.organisation.name
    assert f"{name}：受托人不能解出其份额" in drill.faults and name not in drill.took_part
    assert drill.opened_count == 3  # two of the bidder, buyer and platform


def test_without_a_person_the_platform_does_not_release_in_a_drill_either() -> None:
    tender = Rehearsal()
    drill = tender.begun()
    tender.do("drill.conclude", drill, tender.holders[0].post)
    drill.refresh_from_db()
    assert (drill.opened_count, drill.took_part) == (0, "") and "有效份额不足" in drill.faults
    assert not DrillRelease.objects.exists()


def test_a_release_for_another_drill_or_of_another_trustee_is_refused() -> None:
    tender = Rehearsal()
    drill = tender.begun()
    _platform, buyer, agent, *_rest = tender.holders
    foreign = tender.takes_part(buyer, drill, tender="00000000-0000-4000-8000-000000000000")
    partial = tender.takes_part(buyer, drill, shares=())
    borrowed = tender.takes_part(agent, drill)
    for message in (foreign, borrowed, "x"):
        assert set(tender.refused("drill.release", drill, buyer.post, message=message)) == {"invalid_input"}
    assert partial  # a message without shares and without reasons is none
    assert set(tender.refused("drill.release", drill, buyer.post, message=partial)) == {"invalid_input"}
    stranger = make_post(Role.TREASURY)
    assert tender.refused("drill.release", drill, stranger, message=borrowed)


def test_the_next_drill_is_due_a_year_after_the_last() -> None:
    tender = Rehearsal()
    tender.board()
    platform = tender.holders[0].post
    first = waiting_for("drill.begin")[-1]
    assert first.due_at == calendar.end_of(calendar.day_of(tender.now).replace(year=tender.now.year + 1))
    drill = tender.do("drill.begin", platform.organisation, platform).value
    assert not [task for task in waiting_for("drill.begin") if task.subject == platform.organisation.ref]
    assert "drill_is_open" in tender.refused("drill.begin", platform.organisation, platform)
    tender.now += datetime.timedelta(days=30)
    tender.do("drill.conclude", drill, platform)
    later = [task for task in waiting_for("drill.begin") if task.subject == platform.organisation.ref]
    assert [task.due_at - first.due_at for task in later] == [datetime.timedelta(days=30)]


def test_too_small_a_board_holds_no_drill_and_nobody_else_begins_one() -> None:
    tender = Rehearsal()
    platform = make_post(Role.PLATFORM)
    assert "board_too_small" in tender.refused("drill.begin", platform.organisation, platform)
    other = make_post(Role.PLATFORM, make_organisation(OrganisationKind.AGENT))
    assert "not_the_platform" in tender.refused("drill.begin", other.organisation, other)


def test_made_up_bids_name_a_bidder_that_cannot_exist() -> None:
    """What a trustee's client holds on to before it gives out a share at any time."""
    from stdnum.cn import uscc

    from yangcai.sealing.drill import NOBODY, check_made_up
    from yangcai.sealing.faults import Faulty

    assert not uscc.is_valid(NOBODY)
    tender = SealedTender().announced()
    platform = tender.holders[0].post
    drill = tender.do("drill.begin", platform.organisation, platform).value
    for header in drills.read(drill).headers.values():
        check_made_up(header)
    bid = tender.hand_in(tender.device()).bid
    with pytest.raises(Faulty):
        check_made_up(Header.parse(bid.sealed_key.encode()))
    assert Policy.parse(drill.policy.encode()).theta == 4
