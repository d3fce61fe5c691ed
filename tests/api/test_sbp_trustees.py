"""By the doors of SBP/1: can a trustee register keys, try its shares before the deadline, and take part in a drill?"""

import dataclasses
import datetime
from typing import Any

import pytest

from tests.api.test_sbp import Web, code
from tests.factories import make_post, make_supplier
from tests.tendering.sealing_walk import I1, Holder, SealedTender, three
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.api.sbp import opening
from yangcai.kernel.actions import perform
from yangcai.kernel.encoding import base64_of
from yangcai.parties.roles import Role
from yangcai.sealing.statement import signed
from yangcai.tendering import drills
from yangcai.tendering.models import DrillRelease, SealedBid, ShareRelease, ShareTest, Trustee

pytestmark = pytest.mark.django_db


def public(holder: Holder) -> dict[str, str]:
    return {
        "role": holder.role,
        "hpke": base64_of(holder.wrap.public_key().public_bytes_raw()),
        "sig": base64_of(holder.sign.public_key().public_bytes_raw()),
    }


def at(clock: Any, now: datetime.datetime) -> None:
    clock.now = now
    set_database_clock(now)


def test_keys_are_registered_and_rotated_with_a_reason(clock: Any) -> None:
    holder = Holder(make_post(Role.TREASURY), "supervisor")
    web = Web(holder.post)
    assert Web(None).post("trustees", public(holder)).status_code == 401
    first = web.post("trustees", public(holder))
    assert first.status_code == 201 and first.json()["hpke"] == public(holder)["hpke"]
    fresh = public(Holder(holder.post, "supervisor"))
    answer = web.post("trustees", fresh)
    assert [one["code"] for one in answer.json()["refusals"]] == ["no_reason"]
    assert web.post("trustees", {**fresh, "reason": "密钥遗失"}).status_code == 201
    assert [one["hpke"] for one in Web(None).get("trustees").json()["items"]] == [fresh["hpke"]]
    assert Trustee.objects.filter(retired_reason="密钥遗失").count() == 1
    refused = Web(make_supplier()).post("trustees", public(Holder(make_supplier(), "buyer")))
    assert refused.status_code in {403, 422}


def test_keys_whose_registration_got_no_answer_are_sent_again(clock: Any) -> None:
    first, second = (Holder(make_post(Role.TREASURY), "supervisor") for _n in range(2))
    web = Web(first.post)
    assert web.post("trustees", public(first)).status_code == 201
    again = web.post("trustees", public(first))
    assert (again.status_code, again.json()["hpke"]) == (200, public(first)["hpke"])
    assert web.post("trustees", {**public(first), "role": "notary"}).status_code == 422, "not exactly these"
    assert Trustee.objects.count() == 1
    mine, others = (Web(post).get("trustees").json()["items"][0]["own"] for post in (first.post, second.post))
    assert (mine, others) == (True, False)
    assert Web(second.post).post("trustees", public(first)).status_code == 422, "of another organisation"
    web.post("trustees", {**public(second), "reason": "轮换"})
    assert web.post("trustees", {**public(first), "reason": "轮换"}).status_code == 422, "no longer in office"


def twice(*given: Any, **data: Any) -> Any:
    """The same request was done a moment before, by a line that broke: this one waited for it."""
    perform(*given, **data)
    return perform(*given, **data)


@pytest.mark.long
@pytest.mark.parametrize("at_once", [False, True], ids=["later", "at once"])
def test_a_release_that_got_no_answer_is_sent_again(at_once: bool, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tender = SealedTender().announced()
    devices = three(tender)
    tender.begin()
    at(clock, tender.now)
    path = f"opening/{tender.policy().tender}"

    def sent(post: Any, door: str, message: Any) -> tuple[list[int], int]:
        with monkeypatch.context() as for_now:
            if at_once:
                for_now.setattr(opening, "perform", twice)
            answers = [Web(post).post(f"{path}/{door}", message.content) for _n in range(2)]
        assert answers[0].json() == answers[1].json()
        later = Web(post).post(f"{path}/{door}", other(message).content)
        return [answer.status_code for answer in answers], later.status_code

    def other(message: Any) -> Any:
        """Signed a second later, so by another signature."""
        said = dataclasses.replace(message.statement, ts=message.statement.ts + datetime.timedelta(seconds=1))
        return signed(said, suite=I1, keys=pair)

    expected = ([200, 200] if at_once else [201, 200], 422)
    for device in devices:
        pair = device.pair
        assert sent(device.post, "supplier-release", device.release(now=tender.now)) == expected
    holder = tender.holders[3]
    pair = holder.pair
    assert sent(holder.post, "trustee-release", tender.trustee_message(holder)) == expected
    assert ShareRelease.objects.filter(trustee=holder.row).count() == 1
    assert ShareRelease.objects.filter(bid__isnull=False).count() == SealedBid.objects.count() == 3


def test_a_supervisor_tries_its_shares_in_the_last_two_hours(clock: Any) -> None:
    tender = SealedTender().announced()
    bid = tender.hand_in(tender.device()).bid
    path = f"opening/{tender.policy().tender}/share-tests"
    supervisor = Web(tender.holders[3].post)
    at(clock, tender.now)
    assert supervisor.get(path).status_code == 404
    at(clock, CLOSES - datetime.timedelta(hours=1))
    for holder in tender.holders[1:3]:  # it would tell them how many bids there are
        assert Web(holder.post).get(path).status_code == 404
    (item,) = supervisor.get(path).json()["items"]
    assert (item["lot"], item["x"], item["headers"]) == ("1", 4, [bid.sealed_key])
    results = [{"header_sha256": bid.sealed.header_digest, "fault": "wrap_unreadable"}]
    assert supervisor.post(path, {"lot": "9", "results": results}).status_code == 404
    assert supervisor.post(path, {"lot": "1", "results": results}).status_code == 201
    assert ShareTest.objects.get().fault == "wrap_unreadable"
    assert supervisor.get(path).json()["items"][0]["headers"] == []
    for nothing in (None, [], "x", [{"header_sha256": 1}], [1.5], [{"fault": 0.5}]):
        assert supervisor.post(path, {"lot": "1", "results": nothing}).status_code == 422


def test_a_drill_is_taken_part_in_by_two_doors(clock: Any) -> None:
    tender = SealedTender()
    tender.board()
    platform, _buyer, _agent, supervisor, _notary = tender.holders
    web = Web(supervisor.post)
    assert web.get("drill").status_code == 404
    drill = tender.do("drill.begin", platform.post.organisation, platform.post).value
    assert Web(make_supplier()).get("drill").status_code == 404
    told = web.get("drill").json()
    assert (told["drill"], len(told["headers"])) == (str(drill.tender), drills.BIDS)
    opened = drills.read(drill)
    place = drills.holder_of(opened.policy, supervisor.row)
    said = drills.release_of(
        opened.policy, opened.headers, holder=place, wrap=supervisor.wrap.private_bytes_raw(), now=tender.now
    )
    message = signed(said, suite=I1, keys=supervisor.pair).content
    assert web.post("drill/00000000-0000-4000-8000-000000000000/release", message).status_code == 404
    assert [web.post(f"drill/{drill.tender}/release", message).status_code for _n in range(2)] == [201, 200]
    later = dataclasses.replace(said, ts=said.ts + datetime.timedelta(seconds=1))
    other = signed(later, suite=I1, keys=supervisor.pair).content
    assert web.post(f"drill/{drill.tender}/release", other).status_code == 422
    assert DrillRelease.objects.get().trustee == supervisor.row
    assert code(web.post(f"drill/{drill.tender}/release", b"x")) == "statement_malformed"
