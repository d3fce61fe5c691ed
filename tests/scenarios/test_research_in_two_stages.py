"""Where the best research plans go on: is the rest scored only of them, and what does a correction move?"""

import datetime
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.hurry import tasks_at_the_end
from tests.scenarios import story
from tests.scenarios.research import (
    offers,
    research,
)
from tests.scenarios.story import ADVANCE, FIRST, SECOND, THIRD, Story
from tests.told import told
from yangcai.cases.models import Lot, Stage
from yangcai.tendering.explanation import explain
from yangcai.tendering.models import (
    AwardLetter,
    Criterion,
    EvaluationReport,
)
from yangcai.tendering.queries.evaluation import score_table

pytestmark = pytest.mark.django_db


@dataclass
class InTwoStages(Story):
    """The file says that the two best research plans go on; the members come to their sheets twice."""

    def document(self) -> dict[str, Any]:
        return {**super().document(), "merit_first": 2}

    def sheets(
        self,
        lot: Lot,
        codes: set[str],
        points: dict[str, dict[str, str]],
        at: datetime.datetime,
        of: dict[int, dict[str, dict[str, str]]] | None = None,
    ) -> None:
        """Everybody gives the same points; who stands in `of` gives its own."""
        criteria = list(Criterion.objects.filter(lot=lot, code__in=codes))
        for member in self.members():
            given = (of or {}).get(member.pk, points)
            rows = [
                {"bid": bid.pk, "criterion": one.pk, "value": given[name][one.code], "reason": "演示理由"}
                for name, bid in offers(self).items()
                if name in given
                for one in criteria
            ]
            self.do("scores.submit", lot, member.post, at, rows=rows)

    def scores(self, judged: Any) -> None:
        ((lot, _bids),) = judged
        at, (first, *_others) = self.moment(30), self.members()
        everything = [
            {"bid": bid.pk, "criterion": one.pk, "value": "1"}
            for bid in offers(self).values()
            for one in Criterion.objects.filter(lot=lot).exclude(code="price")
        ]
        # Nothing but the plans is scored in the first sitting.
        assert self.refused("scores.submit", lot, first.post, at, rows=everything)["invalid_input"].field == "rows"
        plans = {FIRST[0]: {"technical": "30"}, SECOND[0]: {"technical": "45"}, THIRD[0]: {"technical": "44"}}
        self.sheets(lot, {"technical"}, plans, at)
        # All have scored, and still nobody may compute or see what the others gave.
        assert "scores_outstanding" in self.refused("evaluation.compute", lot, self.chair().post, at)
        table = score_table(lot, first.post, at)
        assert table is not None and [seat.member for seat in table.seats] == [first]
        assert "scores.submit" in self.waiting(first.post)
        given = {SECOND[0]: {"business": "10"}, THIRD[0]: {"business": "15"}}
        too_many = {**given, FIRST[0]: {"business": "15"}}
        rows = [
            {
                "bid": offers(self)[name].pk,
                "criterion": Criterion.objects.get(lot=lot, code="business").pk,
                "value": "9",
            }
            for name in too_many
        ]
        # The sheet of the second sitting does not know the bidder who stayed behind.
        assert self.refused("scores.submit", lot, first.post, at, rows=rows)["invalid_input"].field == "rows"
        self.sheets(lot, {"business"}, given, at)


def last_offers() -> InTwoStages:
    """The last offers lie open; nobody has scored a plan."""
    return told(last_offers, _last_offers)


@tasks_at_the_end()
def _last_offers() -> InTwoStages:
    begun = story.begin(replace(research(), id="示例两阶段"), until="plan", terms=ADVANCE)
    tale = InTwoStages(begun.driver, begun.file, begun.people)
    vars(tale).update(vars(begun))
    for stretch in ("preparation", "invitation", "submission", "opening", "qualification", "dialogue", "final_offer"):
        getattr(tale, stretch)()
    return tale


@pytest.mark.long
def test_the_plan_first_and_only_the_best_plans_are_evaluated_as_a_whole(world: None) -> None:
    tale = last_offers()
    tale.evaluation()
    ranked = tale.lot.candidates.order_by("rank")
    assert [one.supplier.name for one in ranked] == [THIRD[0], SECOND[0]]
    tale.award()
    letter = AwardLetter.objects.get(lot__case=tale.case, supplier__name=FIRST[0])
    assert letter.reason == "研发方案得分第 3 名，未达到采购文件规定的名次，不进入综合评审"
    (why,) = explain(letter, now=letter.issued_at).reasons
    assert why.citation is not None and why.citation.rule == "cooperative_innovation.two_stages"
    assert "30.00" in why.zh


@dataclass
class CorrectedInTwoStages(InTwoStages):
    """In the first sitting one member misread a plan; found abnormal, its points put another bid through."""

    def scores(self, judged: Any) -> None:
        ((lot, _bids),) = judged
        at, (odd, *_others) = self.moment(30), self.members()
        plans = {FIRST[0]: {"technical": "46"}, SECOND[0]: {"technical": "45"}, THIRD[0]: {"technical": "44"}}
        self.sheets(lot, {"technical"}, plans, at, of={odd.pk: {**plans, FIRST[0]: {"technical": "3"}}})
        given = {SECOND[0]: {"business": "10"}, THIRD[0]: {"business": "15"}}
        self.sheets(lot, {"business"}, given, at)

    def find(self, lot: Lot, member: Any) -> None:
        """The committee votes that the member's points for the first plan are abnormally low."""
        at, others = self.moment(50), [one for one in self.members() if one.pk != member.pk]
        proposal = self.do(
            "abnormal_score.propose",
            lot,
            others[0].post,
            at,
            member=member.pk,
            bid=offers(self)[FIRST[0]].pk,
            criterion=Criterion.objects.get(lot=lot, code="technical").pk,
            side="low",
            reason="与其他成员评分差距悬殊",
            hear_until=at + datetime.timedelta(minutes=10),
        )
        self.do("abnormal_score.state", proposal, member.post, at, statement="误读研发方案")
        for one in (member, *others)[: len(self.members()) // 2 + 1]:
            self.do("abnormal_score.vote", proposal, one.post, at, agrees="true")

    def correct(self, lot: Lot, member: Any, points: str) -> EvaluationReport:
        row = {"bid": offers(self)[FIRST[0]].pk, "criterion": Criterion.objects.get(lot=lot, code="technical").pk}
        rows = [{**row, "value": points, "reason": "误读研发方案"}]
        made: EvaluationReport = self.do(
            "scores.correct", lot, member.post, self.moment(50), ground="abnormal", rows=rows
        )
        return made


@pytest.mark.long
def test_a_correction_that_puts_another_bid_through_makes_the_report_void(world: None) -> None:
    begun = last_offers()
    tale = CorrectedInTwoStages(begun.driver, begun.file, begun.people)
    vars(tale).update(vars(begun))
    at, lot, (odd, *others) = tale.moment(50), tale.lot, tale.members()
    chair = tale.chair().post
    tale.examine(list(tale.lots(Stage.EVALUATION, tale.moment(18))), by=chair, at=tale.moment(18))
    tale.low_prices(lot, tale.chair())
    tale.scores([(lot, None)])
    first: EvaluationReport = tale.do("evaluation.compute", lot, chair, at)
    assert first.result["bids"][str(offers(tale)[FIRST[0]].pk)]["left_behind"]
    tale.do("report.sign", first, others[0].post, at)
    tale.find(lot, odd)
    kept = tale.correct(lot, odd, "46")
    # The first plan is now second best: it has to be scored as a whole before there is another result. Until then the
    # report says on what ground it fell, and can be neither signed nor sent.
    assert (kept.revision, kept.overtaken_ground, kept.signed_at) == (2, "abnormal", None)
    assert "report_superseded" in tale.refused("report.sign", first, odd.post, at)
    assert "scores_outstanding" in tale.refused("evaluation.compute", lot, chair, at)
    assert "scores.submit" in tale.waiting(odd.post) and "report.sign" not in tale.waiting(odd.post)
    tale.sheets(lot, {"business"}, {FIRST[0]: {"business": "20"}}, at)
    second: EvaluationReport = tale.do("evaluation.compute", lot, chair, at)
    assert (second.revision, second.correction_ground, second.overtaken_ground) == (3, "abnormal", "")
    assert not second.result["bids"][str(offers(tale)[FIRST[0]].pk)]["left_behind"]
    for member in tale.members():
        tale.do("report.sign", second, member.post, at)
    assert EvaluationReport.objects.get(pk=second.pk).signed_at is not None
    assert EvaluationReport.objects.get(pk=first.pk).signed_at is None
