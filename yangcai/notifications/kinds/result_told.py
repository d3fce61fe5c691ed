"""采购结果: the winner gets the letter of award, each other bidder the reason why it did not win (87号令 art. 69)."""

import datetime
from collections.abc import Iterable

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import BUYER, Role
from yangcai.tendering.models import AwardLetter


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """Everybody who got a letter, and the buyer. The letter itself is read on the platform."""
    award = happened.home
    letters = AwardLetter.objects.filter(lot=award.lot, issued_at=now).values_list("supplier_id", flat=True)
    told = [Whom(organisation_id=one, roles=frozenset({Role.SUPPLIER})) for one in letters]
    return titled(happened), [*told, Whom(organisation_id=award.lot.case.buyer_id, roles=frozenset(BUYER))]


RESULT_TOLD = kind(
    Kind(
        "result_told",
        "采购结果",
        "Results",
        title=("采购结果已公告：%(case)s", "The result is out: %(case)s"),
        text=(
            "%(case)s 的结果已经公告。贵单位的中标通知书或者结果通知书在项目页面查看。",
            "The result of %(case)s was announced. Your letter stands on the page of the case.",
        ),
        rule="award.letter",
        actions=("award.announce",),
        tells=tells,
        roles=BUYER | {Role.SUPPLIER},
    )
)
