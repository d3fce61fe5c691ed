"""保留表述: those who oversee are alerted that a buyer lets a sentence stand that the check of requirements held up,
while the purchase can still be set right. Which sentence, and why, is read on the platform: it may be of a requirement
that nobody else knows yet."""

import datetime
from collections.abc import Iterable

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind, titled
from yangcai.parties.models import Post
from yangcai.parties.roles import Role

#: Of those who may see it all, those whose office it is to look.
OVERSEEING = frozenset({Role.TREASURY, Role.AUDITOR})


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """Of which budget line, and by whom."""
    return {**titled(happened), "buyer": by.organisation.name}, [Whom(roles=OVERSEEING)]


SENTENCE_ALLOWED = kind(
    Kind(
        "sentence_allowed",
        "保留表述的预警",
        "Alerts of sentences that were let stand",
        title=(
            "预警：%(buyer)s保留了一句被拦下的采购需求表述",
            "Alert: %(buyer)s let a sentence stand that was held up",
        ),
        text=(
            "%(buyer)s在“%(case)s”项下保留了一句被检查拦下的采购需求表述。原句和理由在平台查看。",
            "%(buyer)s let a sentence of a requirement stand under “%(case)s” that the check had held up. The sentence,"
            " and the reason given, are read on the platform.",
        ),
        tone="warn",
        actions=("sentence.allow",),
        tells=tells,
        roles=OVERSEEING,
    )
)
