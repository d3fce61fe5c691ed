"""质疑: whoever objected, the buyer and its agent, and the other suppliers concerned learn in writing what became of it
(政府采购法 art. 53). What it says, and who objected, is read on the platform."""

import datetime
from collections.abc import Iterable

from yangcai.challenges.models import Objection
from yangcai.challenges.queries import suppliers_concerned
from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role

SUPPLIER = frozenset({Role.SUPPLIER})


def _sides(objection: Objection) -> list[Whom]:
    """Who objected, and those who run the case."""
    case = objection.case
    found = [
        Whom(organisation_id=objection.supplier_id, roles=SUPPLIER),
        Whom(organisation_id=case.buyer_id, roles=frozenset(BUYER)),
    ]
    if case.agent_id:
        found.append(Whom(organisation_id=case.agent_id, roles=frozenset({Role.AGENT})))
    return found


def moved(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """Before the answer it is between the two sides."""
    return titled(happened), _sides(happened.home)


def answered(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """The answer goes to the other suppliers concerned too, as far as they may read it."""
    others = [Whom(organisation_id=one, roles=SUPPLIER) for one in sorted(suppliers_concerned(happened.home))]
    return titled(happened), [*_sides(happened.home), *others]


OBJECTION_MOVED = kind(
    Kind(
        "objection_moved",
        "质疑的进展",
        "How an objection goes on",
        title=("%(what)s：%(case)s", "%(what)s: %(case)s"),
        text=(
            "%(case)s 已办理“%(what)s”，内容在平台查看。",
            "“%(what)s” was done on %(case)s; read it on the platform.",
        ),
        actions=(
            "objection.raise",
            "prequalification.object",
            "objection.ask_completion",
            "objection.complete",
            "objection.withdraw",
        ),
        tells=moved,
        roles=BUYER | {Role.AGENT, Role.SUPPLIER},
    )
)

OBJECTION_ANSWERED = kind(
    Kind(
        "objection_answered",
        "质疑答复",
        "Answers to objections",
        title=("质疑已答复：%(case)s", "An objection was answered: %(case)s"),
        text=(
            "%(case)s 的一件质疑已经书面答复，答复书和投诉期限在项目页面查看。",
            "An objection to %(case)s was answered in writing. The answer, and until when one may complain, stand on"
            " the page of the case.",
        ),
        rule="objection.answer",
        actions=("objection.answer",),
        tells=answered,
        roles=BUYER | {Role.AGENT, Role.SUPPLIER},
    )
)
