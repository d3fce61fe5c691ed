"""How are the bids of a walk examined, talked over and scored?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot, Stage
from yangcai.parties.models import Post
from yangcai.replay import published
from yangcai.replay.published import PRICE
from yangcai.replay.walk.trip import Trip
from yangcai.tendering import arithmetic, method, standing
from yangcai.tendering.models import (
    Clause,
    ClauseKind,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    OpenedBid,
)
from yangcai.tendering.rules.committee import undeclared


class Judging(Trip):
    """Qualification, dialogue, evaluation."""

    def qualification(self) -> None:
        """By the buyer's side in a tender; by the committee, substance included, in any other method."""
        self.declarations()
        running, checker = list(self.lots(Stage.QUALIFICATION, self.moment(5))), self.people.runner
        if running and method.committee_does(self.case, Stage.QUALIFICATION):
            checker = (self.chair() if self.members() else self.seat(running, at=self.moment(5))).post
        for lot, told in running:
            rows = list(self.findings(standing.opened(lot), told, ClauseKind.QUALIFICATION, lot))
            self.do("qualification.record", lot, checker, self.moment(8), rows=rows)
        examines = self.step(Stage.QUALIFICATION).examines
        if examines:
            self.examine(running, by=checker, at=self.moment(9))
        fewest = method.fewest(self.case, Stage.QUALIFICATION, now=self.moment(8))
        for lot, told in running:
            passed = [bid for bid in told.bids if (bid.valid if examines else bid.qualified is True)]
            # A published award with too few bidders is tried, so that the rule that forbids it speaks.
            if len(passed) >= fewest or (self.file.outcome.status and self.awarded(told)):
                self.do("qualification.conclude", lot, checker, self.moment(10))
        self.fail_lots(Stage.QUALIFICATION, self.moment(11))

    def declarations(self) -> None:
        """A group that sat before the suppliers were known says again that nobody has an interest."""
        for member in undeclared(self.refreshed(), now=self.no_earlier(self.moment(5))):
            self.do("committee.declare", member, member.post, self.moment(5), commits=True)

    def examine(self, running: list[tuple[Lot, published.Lot]], *, by: Post, at: datetime.datetime) -> None:
        """What the committee finds on every substantive requirement."""
        for lot, told in running:
            bids = standing.still_in(lot, through=standing.QUALIFICATION)
            rows = list(self.findings(bids, told, ClauseKind.RESPONSIVENESS, lot))
            if rows:
                self.do("responsiveness.record", lot, by, at, rows=rows)

    def dialogue(self) -> None:
        """One talk with everybody still in; then the last offers are asked for."""
        running = list(self.lots(Stage.DIALOGUE, self.moment(11)))
        record = {"minutes": "谈判情况公开资料未载明"}
        if "agreed" in {lot.evaluation_method for lot, _told in running}:
            record |= {"cost": "未公布", "similar_prices": "未公布", "rights": "未公布"}
        for lot, _told in running:
            for bid in standing.still_in(lot):
                self.do("dialogue.hold", bid, self.chair().post, self.moment(11), **record)
        for lot, _told in running:
            self.do("final_offer.invite", lot, self.chair().post, self.moment(14), closes_at=self.moment(16))

    def findings(self, bids: list[OpenedBid], told: published.Lot, kind: str, lot: Lot) -> Iterator[dict[str, Any]]:
        """Every bid × clause; a published reason fails the bid's first clause."""
        known = {bid.supplier.name: bid for bid in told.bids}
        clauses = Clause.objects.filter(case=self.case, kind=kind, lot__in=[lot]) | Clause.objects.filter(
            case=self.case, kind=kind, lot=None
        )
        for opened in bids:
            bid = known[opened.supplier.name]
            verdict = bid.qualified if kind == ClauseKind.QUALIFICATION else bid.responsive
            for number, clause in enumerate(clauses.order_by("number")):
                fails = verdict is not True and number == 0
                yield {
                    "bid": opened.pk,
                    "clause": clause.pk,
                    "passed": not fails,
                    "reason": str(verdict) if fails else "",
                }

    def evaluation(self) -> None:
        """Committee, responsiveness, low prices, scores, arithmetic, signatures, report."""
        at = self.moment(17)
        running = list(self.lots(Stage.EVALUATION, at))
        if not running:
            return
        chair = self.chair() if self.members() else self.seat(running, at=at)
        if not self.step(Stage.QUALIFICATION).examines:
            self.examine(running, by=chair.post, at=self.moment(18))
        fewest = method.fewest(self.case, Stage.EVALUATION, now=at)
        judged = []
        for lot, told in running:
            enough = sum(1 for bid in told.bids if bid.valid) >= fewest
            if enough and self.file.outcome.status != "terminated" and not self.awarded(told):
                self.fail(lot, self.moment(18))  # published as unsuccessful in spite of enough bids: the rule speaks
            elif enough or (self.file.outcome.status and self.awarded(told)):  # likewise
                judged.append((lot, told))
        for lot, _told in judged:
            self.low_prices(lot, chair)
        self.scores(judged)
        for lot, _told in judged:
            self.do("evaluation.compute", lot, chair.post, self.moment(50))
        reports = [EvaluationReport.objects.filter(lot=lot).latest("revision") for lot, _told in judged]
        for member in self.members():
            for report in reports:
                self.do("report.sign", report, member.post, self.moment(52))
        for report in reports:
            self.do("report.send", report, self.people.runner, self.moment(54))
        self.fail_lots(Stage.EVALUATION, self.moment(55))

    def low_prices(self, lot: Lot, chair: CommitteeMember) -> None:
        """A price that the tests catch is explained and accepted: publication says that the bid went on."""
        at = self.moment(20)
        for bid in arithmetic.outcome(lot, now=at).pending("explain_low_price"):
            self.do("low_price.start", bid, chair.post, at)
            supplier = self.people.suppliers[bid.supplier.name]
            told = {"explanation": "成本构成说明（公开资料未载明）"}
            self.do("low_price.explain", bid, supplier, self.moment(22), **told)
            ruling = {"is_accepted": True, "decision": "公布的结果表明其报价被认可"}
            self.do("low_price.decide", bid, chair.post, self.moment(24), **ruling)

    def scores(self, judged: list[tuple[Lot, published.Lot]]) -> None:
        """Each member scores every lot, one member after the other."""
        tables = []
        for lot, told in judged:
            if lot.evaluation_method == "rated":
                criteria = [c for c in Criterion.objects.filter(lot=lot) if c.code != PRICE]
                valid = arithmetic.outcome(lot, now=self.moment(30)).valid
                tables.append((lot, criteria, valid, {bid.supplier.name: bid.panel for bid in told.bids}))
        for number, member in enumerate(self.members()):
            for lot, criteria, valid, panels in tables:
                rows = [
                    {"bid": bid.pk, "criterion": c.pk, "value": panels[bid.supplier.name][c.code][number]}
                    for bid in valid
                    for c in criteria
                ]
                self.do("scores.submit", lot, member.post, self.moment(30) + self.pace * number, rows=rows)
