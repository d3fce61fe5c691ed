"""供应商登记: platform staff learn who registered itself; nobody has to approve it, somebody may look."""

import datetime
from collections.abc import Iterable

from yangcai.kernel.actions import Happened
from yangcai.notifications.kinds.base import Facts, Kind, Whom, kind
from yangcai.notifications.models import Channel
from yangcai.parties.models import Post
from yangcai.parties.roles import Role


def tells(happened: Happened, *, by: Post, now: datetime.datetime) -> tuple[Facts, Iterable[Whom]]:
    """The name, to whoever runs the platform."""
    return {"case": happened.home.name}, [Whom(roles=frozenset({Role.PLATFORM}))]


SUPPLIER_JOINED = kind(
    Kind(
        "supplier_joined",
        "供应商登记",
        "New suppliers",
        title=("新登记的供应商：%(case)s", "A supplier registered: %(case)s"),
        text=(
            "%(case)s 已凭统一社会信用代码自行登记，不需要审批。如有人冒名登记，可以终止其岗位。",
            "%(case)s registered with its code; nobody has to approve it. If it was somebody else, end the posts.",
        ),
        actions=("organisation.join",),
        tells=tells,
        roles=frozenset({Role.PLATFORM}),
        by=frozenset({Channel.CENTRE}),
    )
)
