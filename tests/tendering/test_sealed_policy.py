"""Which opening policy stands for a lot: who holds its shares, until when, and what may change of it?"""

import datetime
from typing import Any

import pytest

from tests.factories import make_post
from tests.tendering.sealing_walk import Holder, SealedTender, body_of
from tests.tendering.walk import CLOSES, Tender, offer, window
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.encoding import timestamp
from yangcai.parties.roles import Role
from yangcai.tendering import finalise, policies
from yangcai.tendering.models import OpeningPolicy

pytestmark = pytest.mark.django_db


def test_a_policy_must_keep_the_operator_out_and_the_absent_recoverable() -> None:
    tender = SealedTender()
    tender.describe()
    board = [holder.row.pk for holder in tender.board()]

    def refused(**changes: Any) -> set[str]:
        values = {
            "trustees": board, "threshold": 4, "supplier_shares": 2, "window_minutes": 30, "extension_minutes": 30,
            "recovery_allowed": ["auto"],
        }  # fmt: skip
        return set(tender.refused("opening_policy.set", tender.lot, tender.agent_post, **{**values, **changes}))

    assert refused(threshold=3) == {"threshold_too_low"}
    assert refused(threshold=6) == {"threshold_too_high"}
    assert refused(trustees=board[1:]) == {"one_seat_of_the_platform"}
    assert refused(trustees=board[:3]) == {"threshold_too_high"}
    number = tender.lot.number
    for other in ("第 1 包", "1\nsupplier x", "包" * 22):  # a receipt names it as one word of a line
        type(tender.lot).objects.filter(pk=tender.lot.pk).update(number=other)
        tender.lot.refresh_from_db()
        assert refused() == {"number_is_no_word"}
    type(tender.lot).objects.filter(pk=tender.lot.pk).update(number=number)
    tender.lot.refresh_from_db()
    policy = tender.set_policy()
    assert (policy.published_at, policies.in_force(tender.lot)) == (None, None)


def test_where_a_board_is_in_office_an_invitation_waits_for_the_policy() -> None:
    tender = SealedTender()
    tender.describe()
    tender.board()
    tender.confirm()
    found = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(found) == {"no_opening_policy"}
    tender.set_policy()
    tender.publish()
    assert tender.policy().deadline == CLOSES


def test_an_invitation_freezes_no_retired_keys() -> None:
    tender = SealedTender()
    tender.describe()
    tender.board()
    tender.set_policy()
    tender.confirm()
    old = tender.holders[4]
    tender.holders[4] = Holder(old.post, old.role)
    tender.register(tender.holders[4])  # the rotation retires the keys that the draft names
    found = tender.refused("invitation.publish", tender.case, tender.runner, **window())
    assert set(found) == {"seat_out_of_office"}
    tender.set_policy()
    tender.publish()
    sign = tender.holders[4].pair.public
    assert [trustee.sig for trustee in tender.policy().trustees][-1] == sign


@pytest.mark.parametrize(("role", "kind"), [(Role.BUYER_OFFICER, "buyer"), (Role.AGENT, "agent")])
def test_nobody_is_seated_whose_post_does_not_stand_in_the_case(role: Role, kind: str) -> None:
    """Another buyer's or agent's share could never be released."""
    tender = SealedTender()
    tender.describe()
    board = tender.board()
    elsewhere = Holder(make_post(role), kind)
    tender.register(elsewhere)
    rest = [holder.row.pk for holder in board if holder.role != kind]
    values = {
        "threshold": 4, "supplier_shares": 2, "window_minutes": 30, "extension_minutes": 30,
        "recovery_allowed": ["auto"],
    }  # fmt: skip
    found = tender.refused(
        "opening_policy.set", tender.lot, tender.runner, trustees=[*rest, elsewhere.row.pk], **values
    )
    assert set(found) == {"invalid_input"} and found["invalid_input"].field == "trustees"
    offered = ACTIONS["opening_policy.set"].input(subject=tender.lot).fields["trustees"].queryset
    assert set(offered) == {holder.row for holder in board}


def test_trustees_of_other_buyers_make_no_board() -> None:
    """Nobody waits for a policy that could not be set."""
    tender = SealedTender()
    tender.describe()
    tender.register(Holder(make_post(Role.PLATFORM), "platform"))
    for role, kind in ((Role.BUYER_OFFICER, "buyer"), (Role.BUYER_OFFICER, "buyer"), (Role.AGENT, "agent")):
        tender.register(Holder(make_post(role), kind))
    tender.confirm()
    tender.publish()
    assert policies.in_force(tender.lot) is None


def test_a_postponed_deadline_is_a_revision_and_what_was_sealed_stays_valid() -> None:
    tender = SealedTender().announced()
    early = tender.device()
    upload = tender.sealed(early)
    later = CLOSES + datetime.timedelta(days=7)
    correction = {"item": "时间", "after": "顺延", "new_submission_closes_at": later, "affects_bids": False}
    tender.do("correction.publish", tender.case, tender.agent_post, **correction)
    assert [(p.revision, p.closes_at) for p in policies.chain(tender.lot)] == [(1, CLOSES), (2, later)]
    tender.now = CLOSES
    asked = finalise.request_of(upload.sid, early.statement(), by=early.post, now=tender.now)
    taken = finalise.finalise(asked)
    assert body_of(taken.note)["deadline"] == timestamp(later)
    late = tender.device(tender.suppliers[0])
    tender.sealed(late)
    assert late.header.core.rev == 2


def test_either_way_of_sealing_is_refused_where_the_other_holds() -> None:
    plain = Tender().published()
    tender = SealedTender().announced()
    assert "sealed_by_the_bidder" in tender.refused("bid.submit", tender.lot, tender.supplier(), **offer())
    found = plain.refused("bid.upload", plain.lot, plain.supplier(), idem="00" * 16)
    assert "sealed_by_the_platform" in found


def test_a_rotation_retires_the_keys_before_and_policies_keep_theirs() -> None:
    tender = SealedTender().announced()
    notary = tender.holders[4]
    before = notary.row
    again = tender.refused(
        "trustee.register", notary.post.organisation, notary.post, role="notary",
        hpke_key=before.hpke_key, signing_key=before.signing_key, reason="轮换",
    )  # fmt: skip
    assert set(again) == {"key_known"}
    fresh = type(notary)(notary.post, "notary")
    tender.register(fresh)
    before.refresh_from_db()
    assert before.retired_at == tender.now and fresh.row.retired_at is None
    assert [seat.trustee_id for seat in OpeningPolicy.objects.get().seats.all()][-1] == before.pk
