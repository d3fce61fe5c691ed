"""项目暂停、恢复、终止: whoever takes part learns that the case stands still, goes on or is over."""

import datetime
from collections.abc import Iterable

from yangcai.cases.models import Case
from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.rules.bids import holders_at


def everybody(case: Case, *, now: datetime.datetime) -> list[Whom]:
    """Both posts of the buyer, the agent, and each supplier that has the documents."""
    found = [Whom(organisation_id=case.buyer_id, roles=frozenset(BUYER))]
    if case.agent_id:
        found.append(Whom(organisation_id=case.agent_id, roles=frozenset({Role.AGENT})))
    suppliers = holders_at(case, at=now).values_list("supplier_id", flat=True)
    return found + [Whom(organisation_id=one, roles=frozenset({Role.SUPPLIER})) for one in suppliers]


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """The title of the Action and the case."""
    return titled(happened), everybody(happened.home.root, now=now)


CASE_HALTED = kind(
    Kind(
        "case_halted",
        "项目暂停、恢复和终止",
        "Cases suspended, resumed, ended",
        title=("%(what)s：%(case)s", "%(what)s: %(case)s"),
        text=(
            "%(case)s 已办理“%(what)s”，理由见项目页面和公告。",
            "“%(what)s” was done on %(case)s; the reasons stand on its page and in the notice.",
        ),
        rule="notice.unsuccessful",
        tone="warn",
        actions=("case.suspend", "case.resume", "case.terminate", "lot.declare_unsuccessful"),
        tells=tells,
        roles=BUYER | {Role.AGENT, Role.SUPPLIER},
    )
)
