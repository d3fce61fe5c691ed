"""Are the proposals about abnormal scores listed to those who read their page, and to nobody else?"""

from typing import Any

import pytest

from tests.api.conftest import Clock
from tests.api.support import Caller
from tests.factories import make_post
from tests.tendering.judging import COMPUTED, EQUAL, SENT, SIGNED, three
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import AbnormalScore

pytestmark = pytest.mark.django_db


def listed(post: Post | None) -> list[dict[str, Any]]:
    """What this post is shown of them, in the list and one by one."""
    caller = Caller(post)
    items = caller.get("abnormal-scores").json()["items"]
    for one in AbnormalScore.objects.all():
        answer = caller.get(f"abnormal-scores/{one.pk}")
        assert answer.status_code == (200 if one.pk in {shown["id"] for shown in items} else 404)
    return items


def test_proposals_are_listed_as_their_page_shows_them(clock: Clock) -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    clock.now = COMPUTED
    odd = h.members[4].post
    proposal = h.propose_abnormal(odd, 1, COMPUTED)
    outside = [None, h.bidders[0], h.bidders[1], make_post(Role.EXPERT), make_post(Role.AGENT)]
    for post in [*outside, h.reviewer]:  # a buyer with an agent reads it with the report (87号令 art. 66)
        assert listed(post) == []
    [shown] = listed(odd)
    assert shown["outcome"] == "open" and shown["votes"] == [] and shown["statement"] == ""
    assert shown["score"] == {"member_id": h.members[4].pk, "opened_bid_id": h.bids[1].pk, "criterion": "technical"}
    assert (shown["side"], shown["lot_id"], shown["is_unanimous"]) == ("low", h.lot.pk, False)
    h.do("abnormal_score.state", proposal, odd, COMPUTED, statement="坚持评分")
    for member in h.members[:3]:
        # As the page does: how many agree, and not who, while others have still to vote.
        assert [(one["outcome"], one["votes"]) for one in listed(h.members[3].post)] == [("open", [])]
        h.do("abnormal_score.vote", proposal, member.post, COMPUTED, agrees="true", reason="偏离评分标准")
    [shown] = listed(h.agent)
    assert shown["outcome"] == "found" and shown["statement"] == "坚持评分"
    assert [vote["member_id"] for vote in shown["votes"]] == [member.pk for member in h.members[:3]]
    clock.now = SIGNED
    h.sign()
    h.send()
    clock.now = SENT
    assert [one["id"] for one in listed(h.reviewer)] == [proposal.pk]
    for post in outside:
        assert listed(post) == []


def test_a_proposal_about_a_member_who_left_is_void(clock: Clock) -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    proposal = h.propose_abnormal(h.members[4].post, 1, COMPUTED)
    clock.now = COMPUTED
    assert [one["outcome"] for one in listed(h.chair)] == ["open"]
    h.do("committee.replace", h.members[4], h.runner, COMPUTED, reason="中途离开")
    assert [(one["id"], one["outcome"]) for one in listed(h.chair)] == [(proposal.pk, "void")]
