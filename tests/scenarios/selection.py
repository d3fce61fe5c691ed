"""A tender whose suppliers come by a prequalification notice, for the stories that begin with one."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.factories import at
from tests.scenarios import story
from tests.scenarios.story import FIRST, FOURTH, SECOND, THIRD, Story
from yangcai.kernel import tasks
from yangcai.parties.models import Post
from yangcai.replay import defaults, published
from yangcai.replay.published import Dates
from yangcai.tendering.models import Prequalification, PrequalificationApplication, StatusChange

CONDITION = "具有电子与智能化工程专业承包资质"
PAPER = {"name": "资格预审申请文件.pdf", "content": "JVBERi0xLjQK"}
#: Announced on Monday, 2 March 2026; five working days end on Monday the 9th.
ANNOUNCED, CLOSES, EXAMINED = at("2026-03-02T11:00"), at("2026-03-09T17:30"), at("2026-03-10T09:00")
INVITED = datetime.date(2026, 3, 11)


def case_file(method: str, *bidders: tuple[str, str], invitation: datetime.date, lots: int = 1) -> published.CaseFile:
    bids = [story.bid(bidder, f"{900 + 10 * n}000.00") for n, bidder in enumerate(bidders)]
    parts = [story.lot(str(number), bids, budget="1000000.00") for number in range(1, lots + 1)]
    found = story.purchase(*parts, method=method)
    return replace(found, id=f"示例-{method}", dates=Dates(invitation=invitation))


class Selection(Story):
    """A story in which the suppliers come by a prequalification notice. `before`: what happens just before an Action
    of this code is done."""

    before: dict[str, Callable[[datetime.datetime], None]]

    def do(self, code: str, subject: Any, by: Post, at: datetime.datetime, **data: Any) -> Any:
        if step := getattr(self, "before", {}).pop(code, None):
            step(at)
        return super().do(code, subject, by, at, **data)

    def document(self) -> dict[str, Any]:
        return {**super().document(), "invited_by": "prequalification"}

    def suppliers(self, at: datetime.datetime) -> None:
        """Nobody is drawn yet; the buyer's own condition is written instead."""
        rows = [{"kind": "responsiveness", "text": "★实质性响应招标文件的全部要求"}]
        rows.append({"kind": "qualification", "text": CONDITION})
        self.do("clauses.define", self.case, self.people.runner, at, rows=rows)

    @property
    def row(self) -> Prequalification:
        return Prequalification.objects.filter(case=self.case).order_by("-round")[0]

    def announce(self, **more: Any) -> None:
        file = {
            "requirement": "示例采购项目",
            "standard": "逐项审查，全部符合的为合格",
            "materials": "资质证书、营业执照",
            "credit_check": "信用中国，截止时点为资格预审日",
            **more,
        }
        self.do("prequalification.draft", self.case, self.people.runner, ANNOUNCED, **file)
        self.do("prequalification.confirm", self.row, self.people.reviewer, ANNOUNCED)
        times = {"supply_closes_at": CLOSES, "closes_at": CLOSES, "examined_on": EXAMINED.date()}
        self.do("prequalification.publish", self.row, self.people.runner, ANNOUNCED, **times)

    def apply(self, who: tuple[str, str], when: datetime.datetime) -> None:
        papers = {"statement": "具备公告要求的资质", "attachments": [PAPER], "commitment": True}
        self.do("prequalification.apply", self.row, self.supplier(who), when, **papers)

    def of(self, who: tuple[str, str]) -> PrequalificationApplication:
        return PrequalificationApplication.objects.get(
            prequalification=self.row, supplier__name=who[0], withdrawn_at=None
        )

    def examine_applications(self, *failing: tuple[str, str]) -> None:
        bad = {self.of(who).pk for who in failing}
        rows = [
            {
                "application": one.pk,
                "clause": clause.pk,
                "passed": not (one.pk in bad and clause.text == CONDITION),
                "reason": "资质证书已过有效期",
            }
            for one in self.row.applications.filter(withdrawn_at=None)
            for clause in self.row.clauses.all()
        ]
        self.do("prequalification.record", self.row, self.people.runner, EXAMINED, rows=rows)
        self.do("prequalification.conclude", self.row, self.people.runner, EXAMINED)

    def go_on(self, *bidders: tuple[str, str]) -> None:
        """From here on the dates of the invitation: those who were qualified make the offers."""
        file = case_file(self.file.method, *bidders, invitation=INVITED, lots=len(self.file.lots))
        self.file = replace(defaults.complete(published=file).case, agent=self.file.agent)

    def changed(self, who: tuple[str, str], at: datetime.datetime) -> StatusChange:
        """Its licence is gone, it says."""
        content = {"content": "资质证书被吊销"}
        made: StatusChange = self.do("prequalification.report_change", self.of(who), self.supplier(who), at, **content)
        return made

    def decided(self, change: StatusChange, at: datetime.datetime, *, still: bool) -> None:
        answer = {"still_qualified": still, "opinion": "资质证书已被吊销" if not still else "证书仍在有效期内"}
        self.do("prequalification.decide_change", change, self.people.runner, at, **answer)

    def waits_for(self, post: Post) -> set[str]:
        return set(tasks.of_post(post).filter(root=self.row.ref).values_list("action", flat=True))


def begin(method: str, *, lots: int = 1) -> Selection:
    file = case_file(method, FIRST, SECOND, THIRD, FOURTH, invitation=ANNOUNCED.date(), lots=lots)
    told = story.begin(file, until="plan")
    selection = Selection(told.driver, told.file, told.people)
    vars(selection).update(vars(told))
    selection.preparation()
    return selection
