"""Who computes the report, who signs it or dissents, and who reads it?"""

import pytest

from tests.tendering.judging import COMPUTED, EQUAL, SCORED, SENT, SIGNED, hall, open_tasks, three
from yangcai.kernel.actions import SCOPES
from yangcai.tendering.models import EvaluationReport
from yangcai.tendering.queries.evaluation import findings, report_for, score_table

pytestmark = pytest.mark.django_db


def test_chair_and_agent_may_compute_but_not_another_member() -> None:
    h = three()
    h.score(EQUAL)
    other = next(m.post for m in h.members if not m.is_chair)
    assert h.refused("evaluation.compute", h.lot, other, COMPUTED) == {"not_chair"}
    assert h.do("evaluation.compute", h.lot, h.agent, COMPUTED).value.revision == 1
    assert open_tasks(h) == {"report.sign"}


def test_every_member_signs_and_dissent_is_kept() -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    assert h.refused("evaluation.compute", h.lot, h.chair, COMPUTED) == {"already_computed"}
    *most, last = [m.post for m in h.members]
    for post in most:
        h.do("report.sign", h.report, post, SIGNED)
    assert h.refused("report.sign", h.report, most[0], SIGNED) == {"already_signed"}
    assert h.refused("report.send", h.report, h.agent, SENT) == {"report_unsigned"}
    assert not h.lot.candidates.exists()
    for half in ({"dissent": "技术分依据不足"}, {"reasons": "检测报告没有原件"}):
        assert h.refused("report.sign", h.report, last, SIGNED, **half) == {"dissent_incomplete"}
    h.do("report.sign", h.report, last, SIGNED, dissent="技术分依据不足", reasons="检测报告没有原件")
    signature = h.report.signatures.get(member__post=last)
    assert (signature.dissent, signature.reasons) == ("技术分依据不足", "检测报告没有原件")
    assert h.lot.candidates.count() == 3
    h.send()
    assert h.stage(SENT) == "award"
    assert h.refused("report.send", h.report, h.agent, SENT) >= {"wrong_stage"}


def test_who_neither_signs_nor_says_why_is_deemed_to_consent() -> None:
    """87号令 art. 61: 否则视为同意评标报告. The record never says that the member signed."""
    h = three()
    h.score(EQUAL)
    h.compute()
    *most, silent = h.members
    told = {"member": silent.pk, "circumstances": "16 时 20 分请其签署，拒绝且不说明理由"}
    for member in most[:2]:
        h.do("report.sign", h.report, member.post, SIGNED)
    assert h.refused("report.deem_consent", h.report, h.agent, SIGNED, **told) == {"too_few_signatures"}
    for member in most[2:]:
        h.do("report.sign", h.report, member.post, SIGNED)
    assert h.refused("report.deem_consent", h.report, h.chair, SIGNED, **told) == {"role_may_not"}
    for wrong in ({"member": most[0].pk}, {"member": 0}, {"circumstances": ""}):
        assert h.refused("report.deem_consent", h.report, h.agent, SIGNED, **{**told, **wrong}) == {"invalid_input"}
    assert h.report.signed_at is None
    h.do("report.deem_consent", h.report, h.agent, SIGNED, **told)
    signature = h.report.signatures.get(member=silent)
    assert signature.is_deemed and signature.dissent == "" and h.report.signed_at == SIGNED
    assert h.lot.candidates.count() == 3
    assert "already_signed" in h.refused("report.deem_consent", h.report, h.agent, SIGNED, **told)


def test_a_member_replaced_after_the_result_makes_it_stale() -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    gone = h.members[-1]
    new = h.do("committee.replace", gone, h.agent, COMPUTED, reason="应当回避").value
    h.do("committee.sign_in", new, new.post, COMPUTED, commits=True)
    assert h.refused("report.sign", h.report, h.chair, SIGNED) == {"report_superseded"}
    h.do("scores.submit", h.lot, new.post, COMPUTED, rows=h.rows(EQUAL))
    h.compute()
    assert h.report.revision == 2
    h.sign()
    assert h.report.signed_at


def test_who_sees_what_while_it_is_judged() -> None:
    h = three()
    h.score(EQUAL)
    h.compute()
    bidder = h.bidders[0]
    assert list(findings(h.lot, bidder, SCORED)) == [] == list(findings(h.lot, None, SCORED))
    assert findings(h.lot, h.agent, SCORED).count() == 9
    assert score_table(h.lot, bidder, COMPUTED) is None and score_table(h.lot, None, COMPUTED) is None
    assert report_for(h.lot, h.officer, COMPUTED) is None
    assert report_for(h.lot, h.agent, COMPUTED) == h.report
    assert report_for(h.lot, bidder, COMPUTED) is None and report_for(h.lot, None, COMPUTED) is None
    h.sign()
    h.send()
    assert report_for(h.lot, h.officer, SENT) == h.report
    outsider = hall("950000").agent
    assert not SCOPES[EvaluationReport](outsider, SENT).exists()
