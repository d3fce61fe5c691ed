"""How are the bids of a walk examined, talked over and scored?"""

import datetime
from collections.abc import Iterator
from typing import Any

from yangcai.cases.models import Lot, Stage
from yangcai.kernel.calendar import SHANGHAI
from yangcai.kernel.inputs import PrivateFile
from yangcai.parties.models import Post
from yangcai.procedures import engine
from yangcai.replay import published
from yangcai.replay.published import PRICE
from yangcai.replay.walk.trip import PAPER, UNKNOWN, Trip
from yangcai.tendering import arithmetic, method, standing
from yangcai.tendering.actions.invitation import SUBMISSION_ENDS
from yangcai.tendering.models import (
    ClauseKind,
    CommitteeMember,
    Criterion,
    EvaluationReport,
    OpenedBid,
)
from yangcai.tendering.rules.committee.seats import undeclared
from yangcai.tendering.rules.evaluation.scores import asks_for_reason


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
            if rows:  # after a prequalification nothing is checked again
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
        if self.step(Stage.DIALOGUE).together:
            self.begin_together(running)
        for lot, _told in running:
            for bid in standing.still_in(lot):
                self.do("dialogue.hold", bid, self.chair().post, self.moment(11), **record)
        for lot, _told in running:
            closes = self.least_end(self.step(Stage.FINAL_OFFER).window, self.moment(14)) or self.moment(16)
            self.do("final_offer.invite", lot, self.chair().post, self.moment(14), closes_at=closes)

    def begin_together(self, running: list[tuple[Lot, published.Lot]]) -> None:
        """One meeting with all, the file that comes of it, and everybody's first response to it in time."""
        closes = self.least_end(self.step(Stage.DIALOGUE).window, self.moment(11))
        for lot, _told in running:
            self.do("dialogue.meet", lot, self.chair().post, self.moment(11), minutes="交流情况公开资料未载明")
            paper = self.paper("negotiation.pdf", b"%PDF-1.4\n" + PAPER, self.people.runner, self.moment(11))
            told = {"content": self.file.title, "document": paper, "closes_at": closes}
            self.do("dialogue.issue_file", lot, self.people.runner, self.moment(11), **told)
            for bid in standing.still_in(lot):
                answer = PrivateFile("响应文件.pdf", "application/pdf", b"%PDF-1.4\n" + PAPER)
                supplier = self.people.suppliers[bid.supplier.name]
                self.do("dialogue.resubmit", bid, supplier, self.moment(12), attachments=[answer])
        assert closes is not None  # such a step says how long it lasts
        self.waited += closes - self.moment(11)

    def least_end(self, key: str, start: datetime.datetime) -> datetime.datetime | None:
        """The earliest lawful end of a period that begins then, in the afternoon; None where the law sets none."""
        if not key:
            return None
        on = self.file_law_on()
        last = engine.window(key, start=start, on=on, jurisdiction=self.file.jurisdiction).strict_on
        return datetime.datetime.combine(last, SUBMISSION_ENDS, SHANGHAI)

    def findings(self, bids: list[OpenedBid], told: published.Lot, kind: str, lot: Lot) -> Iterator[dict[str, Any]]:
        """Every bid × clause; a published reason fails the bid's first clause."""
        known = {bid.supplier.name: bid for bid in told.bids}
        for opened in bids:
            bid = known[opened.supplier.name]
            verdict = bid.qualified if kind == ClauseKind.QUALIFICATION else bid.responsive
            for number, clause in enumerate(standing.examined(lot, kind)):
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
                at = self.moment(30) + self.pace * number
                asked = {c.pk for c in criteria if asks_for_reason(self.case, c, now=at)}
                rows = [
                    {
                        "bid": bid.pk,
                        "criterion": c.pk,
                        "value": value,
                        **({"reason": UNKNOWN} if c.pk in asked and value in {0, c.weight} else {}),
                    }
                    for bid in valid
                    for c in criteria
                    for value in [panels[bid.supplier.name][c.code][number]]
                ]
                self.do("scores.submit", lot, member.post, at, rows=rows)
