"""Is a candidate that stood before the winner told why it did not win, in its own matter and nobody else's?"""

from typing import Any

import pytest

from tests.apart import shared
from tests.tendering.awarding import evaluated
from tests.tendering.judging import ANNOUNCED, DETERMINED, Hall
from yangcai.cases.models import Award
from yangcai.credit.models import Debarment
from yangcai.tendering.actions.award import write_letters
from yangcai.tendering.explanation import Said, explain
from yangcai.tendering.models import AwardLetter

pytestmark = pytest.mark.django_db
reported = shared(evaluated)
FOUND = "与评审专家串通，已由财政部门查实"


def reason(h: Hall, number: int) -> tuple[str, Said]:
    letter = AwardLetter.objects.get(lot=h.lot, supplier=h.bids[number].supplier)
    [told] = explain(letter, now=ANNOUNCED).reasons
    return letter.reason, told


def test_the_ground_of_the_buyer_is_told_to_who_was_passed_over(reported: Any) -> None:
    h = reported()
    h.awarded(rank=2, ground="misconduct", reason=FOUND)
    h.announced()
    written, told = reason(h, 0)
    assert written == f"{told.zh}：{FOUND}" and told.zh.startswith("评审排名第 1，被查实存在影响中标结果的违法行为")
    assert told.en.startswith("Ranked 1; was found") and told.quoted == FOUND
    assert told.citation is not None and told.citation.article == "第六十八条"
    # Who stood behind the winner reads nothing of it.
    assert reason(h, 2)[0] == "评审排名第 3，未被确定为中标供应商"


@pytest.mark.long
def test_of_two_that_were_passed_over_neither_reads_what_may_be_about_the_other(reported: Any) -> None:
    h = reported()
    h.awarded(rank=3, ground="decision", reason=FOUND)
    h.announced()
    for number in (0, 1):
        written, told = reason(h, number)
        assert "依财政部门的处理决定" in written and told.quoted == "" and FOUND not in written


def test_who_was_barred_when_the_winner_was_determined_is_told_by_whom(reported: Any) -> None:
    h = reported()
    Debarment.objects.create(
        organisation=h.bids[0].supplier,
        ground="procurement",
        from_on=DETERMINED.date(),
        authority="兰州新区财政局",
        decision="兰新财〔2026〕9号",
    )
    h.awarded(rank=2, ground="gave_up", reason="不需要的理由")
    h.announced()
    written, told = reason(h, 0)
    assert written == f"{told.zh}：{told.quoted}" and "兰新财〔2026〕9号" in told.quoted
    assert told.en == "Ranked 1, but barred from procurement when the winner was determined"
    assert told.citation is not None and told.citation.article == "第七十七条"
    assert not h.award.passed_over_ground


def test_what_the_buyer_wrote_is_said_in_no_other_words(reported: Any) -> None:
    """Where nobody tenders the letter speaks of a 成交; the buyer's reason is its own, and stays what it was."""
    h = reported()
    written = "其投标文件经查实系与其他投标人串通编制"
    h.awarded(rank=2, ground="misconduct", reason=written)
    award = Award.objects.select_related("lot__case").get(lot=h.lot)
    award.lot.case.procedure = "consultation"  # as if it had been one from the beginning
    write_letters(award.lot, award=award, reason="", now=ANNOUNCED)
    letter = AwardLetter.objects.get(lot=h.lot, supplier=h.bids[0].supplier).reason
    assert letter.endswith(f"：{written}") and "存在影响成交结果的违法行为" in letter
