"""What when an error is found after everybody has signed: who may take it up, what changes, who is told?"""

from typing import Any

import pytest

from tests.apart import shared
from tests.factories import at
from tests.tendering.judging import DETERMINED, SCORED, SENT, Hall, hall
from yangcai.cases.models import Candidate, Stage
from yangcai.cases.queries import candidates
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS
from yangcai.kernel.models import Attachment, Document, Entry, Task
from yangcai.parties.models import Post
from yangcai.www.work.explained import told_in_report

pytestmark = pytest.mark.django_db
REOPENED = at("2026-03-25T09:00")
SIGNED_AGAIN = at("2026-03-25T15:00")
BEST = {
    0: {"technical": "40", "record": "10"},
    1: {"technical": "45", "record": "10"},
    2: {"technical": "20", "record": "10"},
}
FOUND = {"ground": "abnormal", "reason": "一名评委误读技术参数"}


def sign_and_send() -> tuple[Hall, Post]:
    """Signed and sent: one member gave the second bid 5 points where all others gave 45, so the first one leads."""
    h = hall("1000000", "1000000", "1000000").ready()
    odd, *others = [m.post for m in h.members]
    h.do("scores.submit", h.lot, odd, SCORED, rows=h.rows({**BEST, 1: {"technical": "5", "record": "10"}}))
    for post in others:
        h.do("scores.submit", h.lot, post, SCORED, rows=h.rows(BEST))
    h.compute()
    h.sign()
    h.send()
    return h, odd


signed = shared(sign_and_send)


def corrected(h: Hall, odd: Post, *, points: str = "45") -> None:
    rows = [{**h.rows({1: {"technical": points}})[0], "reason": "误读技术参数"}]
    h.find_abnormal(odd, 1, REOPENED)
    h.do("scores.correct", h.lot, odd, REOPENED, ground="abnormal", rows=rows)
    h.sign(now=SIGNED_AGAIN)


def paper(post: Post) -> Document:
    return documents.store_bytes(data=b"%PDF-1.7 report", name="报告.pdf", person_id=post.person_id, now=SIGNED_AGAIN)


def winners(h: Hall) -> list[int]:
    suppliers = [bid.supplier_id for bid in h.bids]
    return [suppliers.index(one.supplier_id) for one in candidates(h.lot)]


@pytest.mark.long
def test_the_same_committee_evaluates_anew_and_the_treasury_is_told(signed: Any) -> None:
    h, odd = signed()
    first = h.report
    assert winners(h) == [0, 1, 2]
    h.do("evaluation.reopen", h.lot, h.runner, REOPENED, **FOUND)
    assert h.stage(REOPENED) == Stage.EVALUATION
    assert (h.report.revision, h.report.correction_ground, h.report.signed_at) == (2, "abnormal", None)
    waiting = Task.objects.filter(root=h.case.ref, done_at=None)
    assert set(waiting.filter(action="report.sign").values_list("person_id", flat=True)) == {
        m.post.person_id for m in h.members
    }
    assert not waiting.filter(clock="C13").exists()
    assert h.refused("award.determine", h.lot, h.reviewer, REOPENED, candidate=h.lot.candidates.get(rank=1).pk) >= {
        "wrong_stage"
    }
    corrected(h, odd)
    assert winners(h) == [1, 0, 2]
    first.refresh_from_db()
    assert first.signed_at is not None and first.result["candidates"] != h.report.result["candidates"]
    assert Candidate.objects.filter(lot=h.lot).count() == 6

    h.send(now=SIGNED_AGAIN)
    assert h.stage(SIGNED_AGAIN) == Stage.AWARD
    assert waiting.get(clock="C13").since == SIGNED_AGAIN
    assert waiting.get(action="reevaluation.report").subject == h.report.ref
    assert h.refused("reevaluation.report", h.report, h.runner, SIGNED_AGAIN) == {"invalid_input"}
    h.do("reevaluation.report", h.report, h.runner, SIGNED_AGAIN, document=paper(h.runner))
    assert not waiting.filter(action="reevaluation.report").exists()
    assert Attachment.objects.get(kind="reevaluation").subject == h.report.ref
    again = paper(h.runner)
    assert h.refused("reevaluation.report", h.report, h.runner, SIGNED_AGAIN, document=again) == {"already_reported"}

    old = Candidate.objects.get(lot=h.lot, rank=1, superseded_at__isnull=False)
    assert h.refused("award.determine", h.lot, h.reviewer, DETERMINED, candidate=old.pk) == {"invalid_input"}
    new = candidates(h.lot)[0]
    award = h.do("award.determine", h.lot, h.reviewer, DETERMINED, candidate=new.pk).value
    assert award.supplier == h.bids[1].supplier
    h.do("award.announce", award, h.runner, at("2026-03-27T09:00"))


@pytest.mark.long
def test_a_result_that_stays_is_reported_to_nobody(signed: Any) -> None:
    h, odd = signed()
    h.do("evaluation.reopen", h.lot, h.runner, REOPENED, **FOUND)
    corrected(h, odd, points="6")
    h.send(now=SIGNED_AGAIN)
    assert winners(h) == [0, 1, 2]
    assert not Task.objects.filter(action="reevaluation.report").exists()
    given = paper(h.runner)
    assert h.refused("reevaluation.report", h.report, h.runner, SIGNED_AGAIN, document=given) == {"result_unchanged"}


def test_nothing_is_taken_up_before_the_signatures_or_after_the_decision(signed: Any) -> None:
    h, _odd = signed()
    h.awarded()
    assert h.refused("evaluation.reopen", h.lot, h.runner, DETERMINED, **FOUND) == {"winner_determined"}
    other = hall("1000000", "1000000", "1000000").ready()
    other.score(BEST)
    other.compute()
    assert other.refused("evaluation.reopen", other.lot, other.runner, SENT, **FOUND) == {"nothing_to_reopen"}
    assert other.refused("evaluation.reopen", other.lot, other.officer, SENT, **FOUND) >= {"agent_runs_the_case"}


@pytest.mark.long
def test_another_committee_evaluates_anew_and_the_treasury_is_told_whatever_comes_out(signed: Any) -> None:
    """87号令 art. 67: the member's scores are void, its place is drawn, and the old ones sign nothing alone."""
    h, odd = signed()
    h.do("evaluation.reopen", h.lot, h.runner, REOPENED, ground="committee", reason="一名评委与投标人私下接触")
    assert h.report.correction_ground == "committee"
    assert h.refused("report.sign", h.report, odd, REOPENED) == {"committee_unchanged"}
    member = next(one for one in h.members if one.post == odd)
    h.do("committee.replace", member, h.runner, REOPENED, reason="与投标人私下接触")
    new = next(one for one in h.members if not one.signed_in_at)
    assert new.post.person_id != odd.person_id
    h.do("committee.sign_in", new, new.post, REOPENED, commits=True)
    h.do("scores.submit", h.lot, new.post, REOPENED, rows=h.rows({**BEST, 1: {"technical": "1", "record": "10"}}))
    h.do("evaluation.compute", h.lot, h.chair, REOPENED)
    h.sign(now=SIGNED_AGAIN)
    h.send(now=SIGNED_AGAIN)
    assert winners(h) == [0, 1, 2]  # as before, and told all the same
    # The report that they sign names no ground of its own, and says all the same why it was evaluated anew.
    again, ((ground, _changes),) = told_in_report(h.report, post=h.runner, now=SIGNED_AGAIN)["grounds"]
    assert again and (h.report.revision, ground.revision, ground.correction_ground) == (3, 2, "committee")
    task = Task.objects.get(root=h.case.ref, action="reevaluation.report", done_at=None)
    assert task.subject == h.report.ref
    h.do("reevaluation.report", h.report, h.runner, SIGNED_AGAIN, document=paper(h.runner))
    assert Attachment.objects.filter(kind="reevaluation", subject=h.report.ref).exists()
    again = paper(h.runner)
    assert h.refused("reevaluation.report", h.report, h.runner, SIGNED_AGAIN, document=again) == {"already_reported"}


@pytest.mark.long
def test_a_correction_does_not_make_another_committee_of_the_same_one(signed: Any) -> None:
    """87号令 art. 67: whoever has to go cannot stay by correcting a score first."""
    h, odd = signed()
    h.do("evaluation.reopen", h.lot, h.runner, REOPENED, ground="committee", reason="一名评委与投标人私下接触")
    rows = [{**h.rows({1: {"technical": "6"}})[0], "reason": "误读技术参数"}]
    h.find_abnormal(odd, 1, REOPENED)
    h.do("scores.correct", h.lot, odd, REOPENED, ground="abnormal", rows=rows)
    assert (h.report.revision, h.report.correction_ground) == (4, "abnormal")
    for member in h.members:
        assert h.refused("report.sign", h.report, member.post, SIGNED_AGAIN) == {"committee_unchanged"}


def test_the_form_offers_the_grounds_of_the_method_alone(signed: Any) -> None:
    """资格性审查认定错误 is a ground of other methods (74号令 art. 21): it is not what a tender's form begins with."""
    h, _odd = signed()
    form = ACTIONS["evaluation.reopen"].input(subject=h.lot, by=h.runner, now=REOPENED)
    offered = [code for code, _label in form.fields["ground"].widget.choices]
    assert offered == ["", "sum", "range", "objective", "abnormal", "committee"]


@pytest.mark.parametrize("ground", ["better", "", "价格太高"])
def test_there_are_five_grounds_and_no_other(signed: Any, ground: str) -> None:
    h, _odd = signed()
    assert h.refused("evaluation.reopen", h.lot, h.runner, REOPENED, ground=ground, reason="x") == {"invalid_input"}
    assert h.stage(REOPENED) == Stage.AWARD and h.report.revision == 1


@pytest.mark.long
def test_before_it_is_sent_a_signed_report_is_taken_up_in_its_stage() -> None:
    h = hall("1000000", "1000000", "1000000").ready()
    h.score(BEST)
    h.compute()
    h.sign()
    h.do("evaluation.reopen", h.lot, h.runner, SENT, **FOUND)
    assert h.stage(SENT) == Stage.EVALUATION and h.report.signed_at is None
    assert h.refused("report.send", h.report, h.runner, SENT) == {"report_unsigned"}
    assert Entry.objects.filter(action="evaluation.reopen", outcome="done").count() == 1


@pytest.mark.long
def test_lowest_price_has_no_scores_to_correct_but_a_committee() -> None:
    h = hall("1000000", "990000", "980000", method="lowest").ready()
    h.compute()
    h.sign()
    assert h.refused("evaluation.reopen", h.lot, h.runner, SENT, **FOUND) == {"no_ground_to_reopen"}
    h.do("evaluation.reopen", h.lot, h.runner, SENT, ground="committee", reason="抽取违反规定")
    assert h.stage(SENT) == Stage.EVALUATION and h.report.signed_at is None
