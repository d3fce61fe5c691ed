"""May whoever runs a tender have its result reviewed before it is signed, and what of a refusal? (87号令 45(8))"""

import datetime
from typing import Any

import pytest

from tests.apart import shared
from tests.factories import make_post
from tests.tendering.judging import COMPUTED, SIGNED, Hall, Offer, hall
from yangcai.kernel import documents
from yangcai.kernel.actions import ACTIONS, SCOPES, can, perform
from yangcai.kernel.models import Attachment, Task
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.models import ReviewRequest
from yangcai.tendering.rules import review

pytestmark = pytest.mark.django_db

MINUTE = datetime.timedelta(minutes=1)
FOUND = {"ground": "abnormal", "content": "第一家“技术”得分明显高于其他评委"}
POINTS = {n: {"technical": str(40 - n), "record": "18"} for n in range(3)}


def compute(**values: object) -> Hall:
    """Three bids, scored and added up; nobody has signed."""
    h = hall("950000", "1000000", "1100000", **values).ready()
    h.score(POINTS)
    h.compute()
    return h


computed = shared(compute)


def ask(h: Hall, **changes: str) -> ReviewRequest:
    return h.do("review.request", h.report, h.runner, COMPUTED + MINUTE, **{**FOUND, **changes}).value


def waits_for(h: Hall, action: str) -> set[int | None]:
    return set(Task.objects.filter(root=h.case.ref, action=action, done_at=None).values_list("person_id", flat=True))


def test_while_a_request_is_open_nobody_signs_and_the_chair_answers(computed: Any) -> None:
    h = computed()
    asked = ask(h)
    assert waits_for(h, "review.answer") == {h.chair.person_id}
    assert waits_for(h, "report.sign") == set()
    other = next(member.post for member in h.members if not member.is_chair)
    assert h.refused("report.sign", h.report, other, SIGNED) == {"review_open"}
    assert h.refused("review.request", h.report, h.runner, SIGNED, **FOUND) == {"review_open"}
    assert h.refused("review.answer", asked, other, SIGNED, answer="explained", reasons="x") == {"not_chair"}
    assert h.refused("review.answer", asked, h.chair, SIGNED, answer="explained") == {"reasons_missing"}
    refusal = can(ACTIONS["report.sign"], h.report, by=other, now=SIGNED)[0]
    assert refusal.citation is not None and refusal.citation.article == "第四十五条第（八）项"
    h.do("review.answer", asked, h.chair, SIGNED, answer="explained", reasons="该评委对参数的判断有依据，予以维持")
    assert h.refused("review.answer", asked, h.chair, SIGNED, answer="explained", reasons="x") == {"review_settled"}
    h.sign()
    assert h.report.signed_at is not None and h.report.revision == 1
    assert h.refused("review.request", h.report, h.runner, SIGNED, **FOUND) >= {"report_signed"}


def test_corrected_means_that_a_score_was_corrected_on_that_ground(computed: Any) -> None:
    h = computed()
    asked = ask(h)
    assert h.refused("review.answer", asked, h.chair, SIGNED, answer="corrected") == {"nothing_corrected"}
    member = h.members[0]
    rows = [{**one, "reason": "复核后调整"} for one in h.rows({0: {"technical": "38"}})]
    h.find_abnormal(member.post, 0, SIGNED, side="high")
    # A report that tells of the finding alone corrects nothing.
    assert h.refused("review.answer", asked, h.chair, SIGNED, answer="corrected") == {"nothing_corrected"}
    h.do("scores.correct", h.lot, member.post, SIGNED, ground="abnormal", rows=rows)
    assert h.report.revision == 3
    h.do("review.answer", asked, h.chair, SIGNED + MINUTE, answer="corrected")
    h.sign(now=SIGNED + 2 * MINUTE)
    assert h.report.signed_at is not None and h.report.correction_ground == "abnormal"


def test_a_correction_on_another_ground_is_no_answer(computed: Any) -> None:
    h = computed()
    asked = ask(h, ground="sum", content="合计分值核对不一致")
    rows = [{**one, "reason": "复核后调整"} for one in h.rows({0: {"technical": "38"}})]
    h.find_abnormal(h.members[0].post, 0, SIGNED, side="high")
    h.do("scores.correct", h.lot, h.members[0].post, SIGNED, ground="abnormal", rows=rows)
    assert h.refused("review.answer", asked, h.chair, SIGNED + MINUTE, answer="corrected") == {"nothing_corrected"}


def test_a_refusal_is_recorded_reported_and_the_signing_goes_on(computed: Any) -> None:
    h = computed()
    asked = ask(h)
    paper = documents.store_bytes(data=b"%PDF-1.7 refusal", name="报告.pdf", person_id=h.runner.person_id, now=SIGNED)
    stranger = make_post(Role.AGENT)
    assert h.refused("review.report_refusal", asked, stranger, SIGNED, refusal="x", document=paper)
    h.do("review.report_refusal", asked, h.runner, SIGNED, refusal="16:10 要求复核，组长口头拒绝", document=paper)
    asked.refresh_from_db()
    assert asked.reported_at == SIGNED and not asked.is_open
    assert Attachment.objects.get(subject=asked.ref).kind == "review_refusal"
    h.sign(now=SIGNED + MINUTE)
    assert h.report.signed_at is not None


def test_only_whoever_runs_the_tender_asks_and_only_insiders_read_it(computed: Any) -> None:
    h = computed()
    assert h.refused("review.request", h.report, h.officer, COMPUTED + MINUTE, **FOUND)  # the agent runs it
    asked = ask(h)

    def seen(post: Post | None) -> bool:
        return SCOPES[ReviewRequest](post, SIGNED).filter(pk=asked.pk).exists()

    assert seen(h.runner) and seen(h.chair) and seen(make_post(Role.TREASURY))
    assert not any(seen(post) for post in (None, h.officer, *h.bidders))
    alone = compute(self_organised=True)
    assert perform(ACTIONS["review.request"], alone.report, by=alone.officer, now=COMPUTED + MINUTE, **FOUND).value


def test_it_is_about_scores_and_about_tenders(computed: Any) -> None:
    lowest = hall(Offer("950000"), Offer("1000000"), Offer("1100000"), method="lowest").ready()
    lowest.compute()
    found = can(ACTIONS["review.request"], lowest.report, by=lowest.runner, now=COMPUTED + MINUTE)
    assert {refusal.code for refusal in found} == {"no_scores_asked"}
    report = computed().report
    report.lot.case.procedure = "consultation"
    refusal = review.is_for_tenders(report, by=None, now=COMPUTED + MINUTE)
    assert refusal is not None and refusal.code == "no_review_here"
