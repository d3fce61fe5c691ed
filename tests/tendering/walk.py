"""A tender on its way through the real Actions, for the tests of each stretch of it."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

from django.db import connection

from tests.factories import NOW, at, make_case, make_expert, make_organisation, make_person, make_post, make_supplier
from tests.hurry import is_hurried, tasks_at_the_end
from tests.told import is_untouched, told, written
from yangcai.cases.models import Case, Lot
from yangcai.kernel.actions import ACTIONS, Done, perform
from yangcai.kernel.refusals import Refusal, Refused
from yangcai.parties.models import Organisation, OrganisationKind, Post
from yangcai.parties.roles import Role
from yangcai.tendering import consortia, method
from yangcai.tendering.models import Bid, CommitteeMember, OpenedBid

#: NOW is Monday, 2 March 2026; Qingming is on 4 to 6 April.
SUPPLY_CLOSES = at("2026-03-09T17:30")
CLOSES = at("2026-03-24T09:30")


def set_database_clock(now: datetime.datetime) -> None:
    """The time that the database stamps, as in a replay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_sandboxclock (id, at) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at",
            [now],
        )


class Tender:
    """One case with its posts; every method is one step and leaves `now` where it was taken.

    The rows are made when somebody first looks at one of them: a tender that is published before that may find its
    beginning already told (tests/told.py)."""

    def __init__(self, *, agent: bool = True, **values: Any):
        self.now = self._begins = values.pop("now", NOW)
        self._how = {"agent": agent, **values}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "case" in vars(self):
            raise AttributeError(name)
        self._make(**self._how)
        return getattr(self, name)

    def _make(self, *, agent: bool, **values: Any) -> None:
        buyer = make_organisation(address="兰州新区", contact="采购办")
        self.agent_post = make_post(
            Role.AGENT, make_organisation(OrganisationKind.AGENT, address="兰州", contact="招标部")
        )
        self.officer = make_post(Role.BUYER_OFFICER, buyer)
        self.reviewer = make_post(Role.BUYER_REVIEWER, buyer)
        made = make_case(buyer=buyer, agent=self.agent_post.organisation if agent else None, now=self._begins, **values)
        self.case = Case.objects.get(pk=made.pk)  # as the database has it: the reservation was posted by a trigger
        self.runner = self.agent_post if agent else self.officer
        self.suppliers: list[Post] = []

    def _told(self, begin: Callable[..., Any], terms: dict[str, Any]) -> Self:
        """This tender after `begin`: from memory where nobody has looked at it yet, or where nothing was done since it
        came out of memory."""
        how, onwards = self._known(), "case" in vars(self)
        if how is None or not (onwards or is_untouched()):
            begin(**terms)  # and what comes after it is not known either: others stand beside this tender
        else:
            how = *how, begin.__name__, repr(terms), is_hurried()
            self.__dict__ = vars(told(how, lambda: begin(**terms) or self, onwards=onwards))
            self._stands = how, self._looks()
        return self

    def _known(self) -> tuple[Any, ...] | None:
        """What all that there is depends on, where that is known."""
        if "case" not in vars(self):
            return (type(self), repr(self._how), repr(self._plain())) if self.now == self._begins else None
        how, looked = vars(self).get("_stands", (None, None))
        return how if how is not None and looked == self._looks() else None

    def _looks(self) -> tuple[Any, ...]:
        return written(), self._plain()

    def _plain(self) -> dict[str, Any]:
        """What a test may have set, as `now`."""
        return {name: value for name, value in vars(self).items() if isinstance(value, str | int | datetime.datetime)}

    @property
    def lot(self) -> Lot:
        return self.case.lots.order_by("pk").first()

    def do(self, code: str, subject: Any, by: Post, **data: Any) -> Done:
        """Perform an Action at `self.now` by both clocks."""
        set_database_clock(self.now)
        fresh = type(subject)._base_manager.get(pk=subject.pk)
        return perform(ACTIONS[code], fresh, by=by, now=self.now, **data)

    def refused(self, code: str, subject: Any, by: Post, **data: Any) -> dict[str, Refusal]:
        """The Refusals of an Action that must not go through, by code."""
        try:
            self.do(code, subject, by, **data)
        except Refused as refused:
            return {refusal.code: refusal for refusal in refused.refusals}
        raise AssertionError(f"{code} was not refused")

    # --- the steps ------------------------------------------------------------------------------------------------

    def draft(self, **terms: Any) -> None:
        self.do("solicitation.draft", self.case, self.runner, **{**document(), **terms})

    @tasks_at_the_end()
    def describe(self, **terms: Any) -> None:
        """Document, clauses, criteria of every rated lot, payment terms."""
        self.draft(**terms)
        self.do("clauses.define", self.case, self.runner, rows=[{"kind": "responsiveness", "text": "★ 质保三年"}])
        for lot in self.case.lots.filter(evaluation_method="rated"):
            self.do("criteria.define", lot, self.runner, rows=criteria())
        self.do("payment_terms.define", self.case, self.runner, rows=payment_terms())

    @tasks_at_the_end()
    def confirm(self) -> None:
        """By the buyer, and by the committee where the method wants that too."""
        self.do("solicitation.confirm", self.case, self.reviewer)
        if method.file_confirmed_by_committee(self.case):
            self.seat()
            self.do("solicitation.confirm_by_committee", self.case, self.members()[0].post)

    @tasks_at_the_end()
    def seat(self) -> None:
        """A committee that is formed before the invitation, all signed in; the first chairs."""
        if not self.members():
            [make_expert() for _ in range(6)]
            self.do("committee.draw", self.case, self.runner, evaluates_at=self.now + datetime.timedelta(days=5))
        for member in self.members():
            if member.signed_in_at is None:
                self.do("committee.sign_in", member, member.post, commits=True)

    def members(self) -> list[CommitteeMember]:
        return list(CommitteeMember.objects.filter(committee__case=self.case).select_related("post").order_by("pk"))

    def publish(self, **times: Any) -> Done:
        return self.do("invitation.publish", self.case, self.runner, **{**window(), **times})

    def published(self, **terms: Any) -> Self:
        return self._told(self._publish, terms)

    @tasks_at_the_end()
    def _publish(self, **terms: Any) -> None:
        self.describe(**terms)
        self.confirm()
        self.publish()
        self.case.refresh_from_db()

    @tasks_at_the_end()
    def supplier(self, **values: Any) -> Post:
        """A supplier that has obtained the documents."""
        post = make_supplier(**values)
        self.do("documents.obtain", self.case, post)
        self.suppliers.append(post)
        return post

    def agree(self, leader: Post, beside: Sequence[Mapping[str, Any]], *, lot: Lot | None = None) -> list[Post]:
        """The members among these partners agree with the leader, each by its own post; those not registered yet are.
        What they had agreed before is withdrawn."""
        lot, members = lot or self.lot, [row for row in beside if row["kind"] == "member"]
        earlier = consortia.live(lot, leader.organisation)
        if earlier is not None:
            self.do("consortium.withdraw", earlier, leader)
        posts = [_post_of(row) for row in members]
        if not members:
            return posts
        rows = [
            {"work": "安装", **{key: row[key] for key in ("name", "uscc", "share") if key in row}} for row in members
        ]
        made = self.do("consortium.register", lot, leader, work="牵头", members=rows).value
        for post in posts:
            self.do("consortium.confirm", made.members.get(organisation=post.organisation), post, commitment=True)
        return posts

    def bid(self, post: Post, *, lot: Lot | None = None, price: str = "900000.00", **more: Any) -> Bid:
        """The members of a consortium have confirmed it before, as they must."""
        self.agree(post, more.get("partners", ()), lot=lot)
        return self.do("bid.submit", lot or self.lot, post, **{**offer(price), **more}).value

    def bids(self, *prices: str) -> list[Bid]:
        self._told(self._bids, {"prices": prices})
        return list(Bid.objects.filter(lot=self.lot).order_by("pk"))[-len(prices) :]

    @tasks_at_the_end()
    def _bids(self, *, prices: Sequence[str]) -> None:
        for price in prices:
            self.bid(self.supplier(), price=price)

    def open(self) -> list[OpenedBid]:
        self.now = max(self.now, CLOSES)
        self.do("opening.begin", self.case, self.runner)
        return list(OpenedBid.objects.filter(lot__case=self.case).order_by("pk"))

    def conclude(self, **data: Any) -> None:
        self.do("opening.conclude", self.case, self.runner, **data)


def document() -> dict[str, Any]:
    return {
        "requirement": "台式计算机 100 台",
        "delivery": "合同签订后 30 日内，采购人指定地点",
        "contract_terms": "按政府采购货物买卖合同（试行）",
        "payment_days": 30,
        "acceptance_days": 10,
        "industry": "工业",
    }


def criteria() -> list[dict[str, Any]]:
    return [
        {"code": "price", "kind": "price", "title": "投标报价", "weight": "30"},
        {"code": "technical", "kind": "technical", "title": "技术参数响应", "weight": "50", "is_objective": True},
        {"code": "business", "kind": "business", "title": "售后服务方案", "weight": "20"},
    ]


def payment_terms() -> list[dict[str, Any]]:
    return [
        {"title": "预付款", "percent": "30", "due_on": "signature"},
        {"title": "验收款", "percent": "70", "due_on": "acceptance"},
    ]


def window() -> dict[str, Any]:
    return {"supply_closes_at": SUPPLY_CLOSES, "submission_closes_at": CLOSES}


def offer(price: str = "900000.00") -> dict[str, Any]:
    return {
        "price": Decimal(price),
        "lines": [
            {"item": "计算机", "specification": "X1", "quantity": "100", "unit_price": "9000.00", "amount": price}
        ],
        "delivery": "30 日",
        "commitment": True,
    }


def _post_of(row: Mapping[str, Any]) -> Post:
    """Of the supplier that a row of partners names."""
    found = Organisation.objects.filter(name=row["name"]).first()
    if found is None:
        return make_supplier(name=row["name"], size=row["size"], uscc=row.get("uscc") or None)
    return Post.objects.filter(organisation=found, role=Role.SUPPLIER).first() or make_post(Role.SUPPLIER, found)


def stranger() -> Post:
    """A supplier that has nothing to do with the case."""
    return make_post(Role.SUPPLIER, person=make_person())
