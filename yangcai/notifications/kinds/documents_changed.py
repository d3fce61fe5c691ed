"""采购文件更正、截止时间顺延: all who obtained the documents are told in writing (87号令 art. 27)."""

import datetime
from collections.abc import Iterable

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import Role
from yangcai.tendering.rules.bids import holders_at


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """Every supplier that has the documents, each in a message of its own: nobody learns who the others are."""
    case = happened.home.root
    suppliers = holders_at(case, at=now).values_list("supplier_id", flat=True)
    return titled(happened), [Whom(organisation_id=one, roles=frozenset({Role.SUPPLIER})) for one in suppliers]


DOCUMENTS_CHANGED = kind(
    Kind(
        "documents_changed",
        "采购文件更正和延期",
        "Corrections and extensions",
        title=("采购文件有变动：%(case)s", "The documents changed: %(case)s"),
        text=(
            "%(case)s 已办理“%(what)s”。请查看最新的采购文件和截止时间，并在平台确认收到。",
            "“%(what)s” was done on %(case)s. Look at the latest documents and deadline and acknowledge them.",
        ),
        rule="correction.notify",
        tone="warn",
        actions=("correction.publish", "period.extend"),
        tells=tells,
        roles=frozenset({Role.SUPPLIER}),
    )
)
