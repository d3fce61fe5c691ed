"""By the doors of SBP/1: can a trustee register keys, try its shares before the deadline, and take part in a drill?"""

import datetime
from typing import Any

import pytest

from tests.api.test_sbp import Web, code
from tests.factories import make_post, make_supplier
from tests.tendering.sealing_walk import I1, Holder, SealedTender
from tests.tendering.walk import CLOSES, set_database_clock
from yangcai.kernel.encoding import base64_of
from yangcai.parties.roles import Role
from yangcai.sealing.statement import signed
from yangcai.tendering import drills
from yangcai.tendering.models import DrillRelease, ShareTest, Trustee

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
    for nothing in (None, [], "x", [{"header_sha256": 1}]):
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
    assert web.post(f"drill/{drill.tender}/release", message).status_code == 201
    assert DrillRelease.objects.get().trustee == supervisor.row
    assert code(web.post(f"drill/{drill.tender}/release", b"x")) == "statement_malformed"
