"""A prequalification on its way through the real Actions, for the tests of each stretch of it."""

import datetime
from typing import Any

from tests.factories import at, make_supplier
from tests.hurry import tasks_at_the_end
from tests.tendering.walk import Tender
from yangcai.kernel import tasks
from yangcai.kernel.actions import SCOPES
from yangcai.parties.models import Post
from yangcai.tendering.models import Invitee, Prequalification, PrequalificationApplication, StatusChange

#: NOW is Monday, 2 March 2026: five working days end on Monday the 9th.
CLOSES = at("2026-03-09T17:30")
EXAMINED = at("2026-03-10T09:00")
#: Twenty days from the 10th end on Monday the 30th.
TIMES = {"supply_closes_at": at("2026-03-17T17:30"), "submission_closes_at": at("2026-03-31T09:30")}
OPENS = TIMES["submission_closes_at"]
OWN = "具有建筑智能化工程设计资质"
PDF = {"name": "申请.pdf", "content": "JVBERi0xLjQK"}


def file(**more: Any) -> dict[str, Any]:
    return {
        "requirement": "台式计算机 100 台",
        "standard": "逐项审查，全部符合的为合格",
        "materials": "营业执照等",
        "credit_check": "信用中国，截止时点为资格预审日",
        **more,
    }


def times(**more: Any) -> dict[str, Any]:
    return {"supply_closes_at": CLOSES, "closes_at": CLOSES, "examined_on": EXAMINED.date(), **more}


def claim(**more: Any) -> dict[str, Any]:
    return {"statement": "具有公告要求的资质，证书附后", "attachments": [PDF], "commitment": True, **more}


class Selection(Tender):
    """A tender whose suppliers come by a prequalification."""

    def __init__(self, *, procedure: str = "restricted_tender", **values: Any):
        super().__init__(procedure=procedure, **values)

    @property
    def row(self) -> Prequalification:
        return Prequalification.objects.filter(case=self.case).order_by("-round")[0]

    @tasks_at_the_end()
    def written(self, **more: Any) -> "Selection":
        """The tender file and the prequalification file, with one condition of the buyer's own."""
        self.describe(invited_by="prequalification")
        rows = [{"kind": "responsiveness", "text": "★ 质保三年"}, {"kind": "qualification", "text": OWN}]
        self.do("clauses.define", self.case, self.runner, rows=rows)
        self.do("prequalification.draft", self.case, self.runner, **file(**more))
        return self

    @tasks_at_the_end()
    def announced(self, **more: Any) -> "Selection":
        self.written(**more)
        self.do("prequalification.confirm", self.row, self.reviewer)
        self.do("prequalification.publish", self.row, self.runner, **times())
        return self

    def apply(self, post: Post | None = None, **more: Any) -> Post:
        post = post or make_supplier()
        self.do("prequalification.apply", self.row, post, **claim(**more))
        return post

    @tasks_at_the_end()
    def applied(self, count: int, **more: Any) -> list[Post]:
        self.announced(**more)
        return [self.apply() for _ in range(count)]

    def of(self, post: Post) -> PrequalificationApplication:
        """The application of a supplier that stands."""
        return PrequalificationApplication.objects.get(
            prequalification=self.row, supplier=post.organisation, withdrawn_at=None
        )

    def findings(self, *failing: Post) -> list[dict[str, Any]]:
        """Everybody meets everything, but for the buyer's own condition in the applications of `failing`."""
        clauses = list(self.row.clauses.filter(lot="").order_by("number"))
        bad = {self.of(post).pk for post in failing}
        standing = self.row.applications.filter(withdrawn_at=None).order_by("pk")
        return [
            {"application": one.pk, "clause": clause.pk, "passed": False, "reason": "证书已过期", "page": "12"}
            if one.pk in bad and clause.text == OWN
            else {"application": one.pk, "clause": clause.pk, "passed": True}
            for one in standing
            for clause in clauses
        ]

    @tasks_at_the_end()
    def concluded(self, *failing: Post, when: datetime.datetime = EXAMINED) -> "Selection":
        self.now = max(self.now, when)
        if self.row.applications.filter(withdrawn_at=None).exists():
            self.do("prequalification.record", self.row, self.runner, rows=self.findings(*failing))
        self.do("prequalification.conclude", self.row, self.runner)
        return self

    @tasks_at_the_end()
    def invited(self) -> "Selection":
        self.confirm()
        self.publish(**TIMES)
        self.case.refresh_from_db()
        return self

    def chosen(self) -> set[int]:
        return set(Invitee.objects.filter(case=self.case, is_chosen=True).values_list("supplier_id", flat=True))

    def changed(self, post: Post, *, still_qualified: bool) -> StatusChange:
        """A supplier reports that something has changed, and the buyer's side looks at it."""
        change: StatusChange = self.do(
            "prequalification.report_change", self.of(post), post, content="资质证书被吊销"
        ).value
        answer = {"still_qualified": still_qualified, "opinion": "资质证书已被吊销"}
        self.do("prequalification.decide_change", change, self.runner, **answer)
        return change


def seen(model: type, post: Post | None, now: datetime.datetime) -> list[int]:
    return list(SCOPES[model](post, now).order_by("pk").values_list("pk", flat=True))


def waiting(post: Post) -> set[str]:
    return set(tasks.of_post(post).values_list("action", flat=True))
