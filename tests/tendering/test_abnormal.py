"""Does the committee find a score abnormally high or low, its member heard, and does only that one correct it?"""

from typing import Any

import pytest

from tests.apart import shared
from tests.tendering.judging import COMPUTED, EQUAL, HEARING, SCORED, SIGNED, Hall, open_tasks, three
from yangcai import procedures
from yangcai.kernel.actions import ACTIONS, can
from yangcai.tendering.models import AbnormalScore, AbnormalScoreVote, Score
from yangcai.tendering.models.abnormal import Tally
from yangcai.tendering.rules.evaluation import abnormal as rules

pytestmark = pytest.mark.django_db

LOW = {**EQUAL, 1: {"technical": "5", "record": "10"}}


def compute_with_one_apart(**values: Any) -> Hall:
    """The last member gave the second bid 5 points where all others gave 40."""
    h = three(**values)
    *others, odd = [m.post for m in h.members]
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(EQUAL))
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows(LOW))
    h.compute()
    return h


computed = shared(compute_with_one_apart)


def fix(h: Hall, points: str = "38") -> list[dict[str, Any]]:
    return [{**h.rows({1: {"technical": points}})[0], "reason": "误读技术参数"}]


def correct(h: Hall, **data: Any) -> set[str]:
    return h.refused("scores.correct", h.lot, h.members[4].post, SIGNED, ground="abnormal", **data)


def test_a_member_alone_corrects_nothing_however_far_its_score_stands_apart(computed: Any) -> None:
    h = computed()
    assert [one["kind"] for one in h.report.result["findings"]] == ["abnormal"]
    assert correct(h, rows=fix(h)) == {"not_found_by_the_committee"}
    refusal = can(ACTIONS["scores.correct"], h.lot, by=h.members[4].post, now=SIGNED)
    assert refusal == []  # the form is open: of which score it is, the committee has a say


def test_proposed_heard_voted_on_and_corrected_by_its_own_member(computed: Any) -> None:
    h = computed()
    one, two, three_, four, odd = [m.post for m in h.members]
    h.do("report.sign", h.report, one, SIGNED)
    proposal = h.propose_abnormal(odd, 1, SIGNED, by=two)
    # While it is open nobody signs; nobody votes before the member has spoken; nobody speaks for it.
    assert h.refused("report.sign", h.report, two, SIGNED) == {"finding_open"}
    assert h.refused("abnormal_score.vote", proposal, one, SIGNED, agrees="true") == {"member_not_heard"}
    assert h.refused("abnormal_score.state", proposal, one, SIGNED, statement="x") == {"not_your_score"}
    assert {"abnormal_score.state", "abnormal_score.vote"} <= open_tasks(h) and "report.sign" not in open_tasks(h)
    h.do("abnormal_score.state", proposal, odd, SIGNED, statement="误读技术参数")
    assert h.refused("abnormal_score.state", proposal, odd, SIGNED, statement="再说") == {"stated_already"}
    h.do("abnormal_score.vote", proposal, one, SIGNED, agrees="true")
    assert h.refused("abnormal_score.vote", proposal, one, SIGNED, agrees="true") == {"voted_already"}
    h.do("abnormal_score.vote", proposal, two, SIGNED, agrees="true")
    assert correct(h, rows=fix(h)) == {"not_found_by_the_committee"}  # two of five are no majority
    h.do("abnormal_score.vote", proposal, three_, SIGNED, agrees="false", reason="评分有据")
    h.do("abnormal_score.vote", proposal, four, SIGNED, agrees="true")
    assert h.refused("abnormal_score.vote", proposal, odd, SIGNED, agrees="false") == {"vote_is_over"}
    # What the members sign tells of it, with every vote; the signature under the former revision lapsed.
    (told,) = h.report.result["abnormal_scores"]
    assert h.report.revision == 2 and told["is_found"] and told["side"] == "low" and told["value"] == "5"
    assert [vote["agrees"] for vote in told["votes"]] == [True, True, False, True]
    assert "scores.correct" in open_tasks(h)
    # Nobody else corrects it, and it goes up, not further down.
    assert h.refused("scores.correct", h.lot, one, SIGNED, ground="abnormal", rows=fix(h, "41")) == {
        "not_found_by_the_committee"
    }
    assert correct(h, rows=fix(h, "4")) == {"corrected_the_wrong_way"}
    h.do("scores.correct", h.lot, odd, SIGNED, ground="abnormal", rows=fix(h))
    assert (h.report.revision, h.report.correction_ground) == (3, "abnormal")
    assert h.report.result["abnormal_scores"] == [told]
    assert correct(h, rows=fix(h, "39")) == {"not_found_by_the_committee"}  # once; 38 was never put to the vote
    h.sign()
    assert h.report.signed_at is not None


def test_a_score_that_its_member_stands_by_is_recorded_and_changed_by_nobody(computed: Any) -> None:
    h = computed()
    odd = h.members[4].post
    proposal = h.propose_abnormal(odd, 1, SIGNED)
    h.do("abnormal_score.state", proposal, odd, SIGNED, statement="坚持评分：样品实测不合格")
    for member in h.members[:3]:
        h.do("abnormal_score.vote", proposal, member.post, SIGNED, agrees="true")
    h.sign()
    assert h.report.signed_at is not None
    (told,) = h.report.result["abnormal_scores"]
    assert told["is_found"] and told["statement"] == "坚持评分：样品实测不合格"
    assert Score.objects.get(pk=proposal.score_id).value == 5


def test_the_committee_may_find_otherwise_and_a_silent_member_hinders_nobody(computed: Any) -> None:
    h = computed()
    odd = h.members[4].post
    proposal = h.propose_abnormal(odd, 1, SIGNED)
    later = SIGNED + HEARING
    for member in h.members[:3]:
        h.do("abnormal_score.vote", proposal, member.post, later, agrees="false")
    (told,) = h.report.result["abnormal_scores"]
    assert not told["is_found"] and told["statement"] == ""
    assert correct(h, rows=fix(h)) == {"not_found_by_the_committee"}
    h.sign(now=later)
    assert h.report.signed_at is not None


def test_what_cannot_be_put_to_the_committee(computed: Any) -> None:
    h = computed()
    one, odd = h.members[0], h.members[4]
    row = h.rows({1: {"technical": "1", "record": "1"}})
    named = {"member": odd.pk, "bid": row[0]["bid"], "criterion": row[0]["criterion"]}
    told = {"side": "low", "reason": "悬殊", "hear_until": SIGNED + HEARING}

    def refused(**data: Any) -> set[str]:
        return h.refused("abnormal_score.propose", h.lot, one.post, SIGNED, **{**named, **told, **data})

    assert refused(criterion=row[1]["criterion"]) == {"invalid_input"}  # objective: nothing to judge
    assert refused(reason=" ") == refused(side="") == refused(member=0) == {"invalid_input"}
    assert refused(hear_until=SIGNED) == {"answer_time_over"}
    assert h.refused("abnormal_score.propose", h.lot, h.agent, SIGNED, **named, **told) >= {"role_may_not"}
    h.do("abnormal_score.propose", h.lot, odd.post, SIGNED, **named, **told)  # of its own score: it has spoken
    assert AbnormalScore.objects.get().stated_at == SIGNED
    assert refused() == {"put_to_the_vote_already"}


def test_nothing_is_put_to_the_committee_before_the_result_or_after_the_signatures() -> None:
    h = three()
    h.score(EQUAL)
    named = {"member": h.members[0].pk, **{k: h.rows({1: {"technical": "1"}})[0][k] for k in ("bid", "criterion")}}
    told = {**named, "side": "low", "reason": "悬殊", "hear_until": SIGNED + HEARING}
    assert h.refused("abnormal_score.propose", h.lot, h.chair, COMPUTED, **told) == {"not_computed"}
    h.compute()
    h.sign()
    assert h.refused("abnormal_score.propose", h.lot, h.chair, SIGNED, **told) == {"report_signed"}
    assert h.report.revision == 1


@pytest.mark.parametrize(
    ("unanimous", "votes", "sitting", "outcome"),
    [
        (False, (True, True), 5, "open"),
        (False, (True, True, True), 5, "found"),
        (False, (False, False), 5, "open"),
        (False, (False, False, False), 5, "rejected"),
        (False, (True, False), 3, "open"),
        (False, (True, True, False, False), 4, "rejected"),  # a tie is no majority
        (True, (True, True), 3, "open"),
        (True, (True, True, True), 3, "found"),
        (True, (True, False), 3, "rejected"),  # 经磋商小组一致认定
        (True, (), 3, "open"),
    ],
)
def test_the_majority_finds_it_and_in_a_consultation_everybody(
    unanimous: bool, votes: tuple[bool, ...], sitting: int, outcome: str
) -> None:
    tally = Tally(
        AbnormalScore(is_unanimous=unanimous), tuple(AbnormalScoreVote(agrees=agrees) for agrees in votes), sitting
    )
    assert (tally.is_open, tally.is_found, tally.is_rejected) == tuple(
        outcome == name for name in ("open", "found", "rejected")
    )


def test_each_method_goes_by_its_own_article() -> None:
    keys = {code: procedures.get(code).own(rules.KEY) for code in ("open_tender", "consultation", "negotiation")}
    assert keys == {"open_tender": rules.KEY, "consultation": rules.UNANIMOUS, "negotiation": ""}
