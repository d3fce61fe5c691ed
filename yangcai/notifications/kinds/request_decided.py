"""申请的办理结果: what a colleague or an authority decided on what this organisation had asked for."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role

OFFICER, SUPPLIER = frozenset({Role.BUYER_OFFICER}), frozenset({Role.SUPPLIER})


def _buyer_of_plan(row: Any) -> list[Whom]:
    return [Whom(organisation_id=row.root.buyer.pk, roles=OFFICER)]


def _runners(row: Any) -> list[Whom]:
    case, found = row.root, [Whom(organisation_id=row.root.buyer_id, roles=OFFICER)]
    if case.agent_id:
        found.append(Whom(organisation_id=case.agent_id, roles=frozenset({Role.AGENT})))
    return found


def _asker(row: Any) -> list[Whom]:
    return [Whom(organisation_id=row.supplier_id, roles=SUPPLIER)]


def _both_sides(row: Any) -> list[Whom]:
    contract = row.contract
    return [
        Whom(organisation_id=contract.buyer_id, roles=frozenset(BUYER)),
        Whom(organisation_id=contract.supplier_id, roles=SUPPLIER),
    ]


def _leader(row: Any) -> list[Whom]:
    return [Whom(organisation_id=row.consortium.leader_id, roles=SUPPLIER)]


def _members(row: Any) -> list[Whom]:
    named = row.members.values_list("organisation_id", flat=True)
    return [Whom(organisation_id=one, roles=SUPPLIER) for one in named]


#: Action -> who had asked; of a consortium nobody else learns of it (87号令 art. 28).
ASKED: dict[str, Callable[[Any], list[Whom]]] = {
    "plan.review": _buyer_of_plan,
    "plan.file": _buyer_of_plan,
    "method_approval.decide": _buyer_of_plan,
    "import_approval.decide": _buyer_of_plan,
    "price_weight_approval.decide": _runners,
    "payment.return": _both_sides,
    "payment.approve": _both_sides,
    "payment.pay": _both_sides,
    "enquiry.answer": _asker,
    "consortium.confirm": _leader,
    "consortium.decline": _leader,
    "consortium.withdraw": _members,
}


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """The title of what was decided; how it was decided is read on the platform."""
    return titled(happened), ASKED[happened.action.code](happened.home)


REQUEST_DECIDED = kind(
    Kind(
        "request_decided",
        "申请的办理结果",
        "Decisions on what you asked for",
        title=("%(what)s：%(case)s", "%(what)s: %(case)s"),
        text=(
            "%(case)s 已办理“%(what)s”，结果和理由在平台查看。",
            "“%(what)s” was done on %(case)s; read the decision and its reasons on the platform.",
        ),
        actions=tuple(ASKED),
        tells=tells,
        roles=BUYER | {Role.AGENT, Role.SUPPLIER},
    )
)
